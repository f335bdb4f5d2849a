package complaint

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime/debug"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"golang.org/x/sync/errgroup"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

const (
	// mailboxesAtOnce are read beside each other, mailboxesInRound in one round;
	// the others wait for the next.
	mailboxesAtOnce  = 4
	mailboxesInRound = 50
)

// TryMailbox looks whether the mailbox can be read as it is set, and changes
// nothing there. It needs cases.approve.
func (s *Service) TryMailbox(ctx context.Context, a auth.Actor, programme id.ID) (MailboxTrial, error) {
	if err := a.Can(programme, auth.CasesApprove); err != nil {
		return MailboxTrial{}, err
	}
	m, err := loadMailbox(ctx, s.DB.Reader(), programme, "")
	if err != nil {
		return MailboxTrial{}, err
	}
	if m == nil {
		return MailboxTrial{}, errNoMailbox()
	}
	ctx, cancel := context.WithTimeout(ctx, 2*mailboxDial+tokenWait)
	defer cancel()
	t, err := s.try(ctx, m)
	if broken, is := errors.AsType[*brokenMailbox](err); is {
		return MailboxTrial{Failure: broken.what, Detail: m.shown(broken.detail)}, nil
	}
	return t, err
}

// FetchMails reads every mailbox that is due. What goes wrong with one is kept
// with it and tried later; the others are read.
func (s *Service) FetchMails(ctx context.Context) error {
	list, err := selectMailboxes(ctx, s.DB.Reader(), `next <= $1 AND active ORDER BY next, programme_id LIMIT $2`, db.Micros(s.Now()), mailboxesInRound)
	if err != nil {
		return err
	}
	var group errgroup.Group // what goes wrong with one does not stop the others
	group.SetLimit(mailboxesAtOnce)
	for _, m := range list {
		group.Go(func() error { return s.fetchMailbox(ctx, m) })
	}
	return group.Wait()
}

// fetchMailbox reads one mailbox and keeps how far it came.
func (s *Service) fetchMailbox(ctx context.Context, m *Mailbox) error {
	r := &mailRound{Service: s, box: m, left: map[imap.UID]LeftMail{}}
	known, err := leftMails(ctx, s.DB.Reader(), m.ProgrammeID)
	if err != nil {
		return err
	}
	for _, n := range known {
		r.left[imap.UID(n.UID)] = n
	}
	err = r.run(ctx)
	broken, _ := errors.AsType[*brokenMailbox](err)
	if ctx.Err() != nil {
		return err // the process ends
	}
	switch {
	case broken != nil:
		s.Log.Info("a mailbox cannot be read", "programme", m.ProgrammeID.In(id.Programme), "failure", broken.what, "error", broken.err)
	case err == nil && r.unmarked != nil:
		broken = r.unmarked
	}
	saved := s.keepRound(ctx, r, broken)
	if broken != nil {
		return saved
	}
	return errors.Join(err, saved)
}

// keepRound writes how far a round came, unless somebody changed the mailbox
// meanwhile: then it is due again, and what was taken is known.
func (s *Service) keepRound(ctx context.Context, r *mailRound, broken *brokenMailbox) error {
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		m, err := loadMailbox(ctx, tx, r.box.ProgrammeID, tx.ForUpdate())
		if err != nil || m == nil || !m.changed.Equal(r.box.changed) {
			return err
		}
		m.validity, m.last, m.newer = r.box.validity, r.box.last, r.box.newer
		switch {
		case broken == nil:
			m.reads(s.clock())
			if r.more {
				m.Next = s.clock()
			}
		case broken.what == MailboxMark: // what comes in is taken all the same
			m.fails(broken.what, m.shown(r.box.shown(broken.detail)), s.clock())
			m.Looked, m.Next = s.clock(), s.clock().Add(mailboxEvery)
		default:
			m.fails(broken.what, m.shown(r.box.shown(broken.detail)), s.clock())
		}
		if err := saveMailbox(ctx, tx, m); err != nil {
			return err
		}
		return saveLeft(ctx, tx, m.ProgrammeID, r.remembered())
	})
}

// mailRound is one look into a mailbox.
type mailRound struct {
	*Service
	box  *Mailbox
	line *mailLine
	left map[imap.UID]LeftMail
	// taken are to be marked, spurned to be shown to a person there.
	taken   []LeftMail
	spurned []imap.UID
	// more says that others wait for the next round, unmarked why what was taken
	// could not be marked.
	more     bool
	unmarked *brokenMailbox
}

// run takes what is new in the folder, and what was left and is due again.
func (r *mailRound) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, mailboxRound)
	defer cancel()
	var err error
	if r.line, err = r.reach(ctx, r.box); err != nil {
		return err
	}
	defer r.line.leave()
	data, err := r.line.open(false)
	if err != nil {
		return err
	}
	if data.UIDValidity == 0 || data.UIDNext == 0 {
		return &brokenMailbox{what: MailboxBroken, detail: "the server tells no UIDVALIDITY or UIDNEXT"}
	}
	if data.UIDValidity != r.box.validity {
		r.box.validity, r.box.last, r.box.newer = data.UIDValidity, 0, uint32(data.UIDNext)
		clear(r.left)
	}
	uids, err := r.due(data.UIDNext)
	if err == nil {
		err = r.takeAll(ctx, uids)
	}
	r.tell()
	return err
}

// due returns what is to be taken, the lowest number first, and forgets what was
// left and is gone from the folder.
func (r *mailRound) due(next imap.UID) ([]imap.UID, error) {
	uids, err := r.again()
	if err != nil || r.box.last == math.MaxUint32 {
		return uids, err
	}
	if from := imap.UID(r.box.last + 1); r.box.last+1 < r.box.newer {
		older, err := r.line.find(imap.UIDSet{{Start: from, Stop: imap.UID(r.box.newer - 1)}}, r.box.started.Add(-24*time.Hour), mailsInRound)
		if err != nil {
			return nil, err
		}
		if uids = append(uids, older...); len(older) == mailsInRound {
			r.more = true
			return uids, nil
		}
		if len(older) == 0 {
			r.box.last = r.box.newer - 1
		}
	}
	fresh, err := r.line.find(imap.UIDSet{{Start: imap.UID(max(r.box.last+1, r.box.newer)), Stop: math.MaxUint32}}, time.Time{}, mailsInRound)
	r.more = len(fresh) == mailsInRound
	if err == nil && len(fresh) == 0 && len(uids) == 0 {
		r.box.last = max(r.box.last, uint32(next)-1)
	}
	return append(uids, fresh...), err
}

// again returns which of those that were left are due, and forgets those that are
// no longer in the folder.
func (r *mailRound) again() (uids []imap.UID, err error) {
	if len(r.left) == 0 {
		return nil, nil
	}
	set := imap.UIDSetNum(slices.Collect(maps.Keys(r.left))...)
	there, err := r.line.find(set, time.Time{}, len(r.left))
	if err != nil {
		return nil, err
	}
	for _, uid := range slices.Sorted(maps.Keys(r.left)) {
		n := r.left[uid]
		switch {
		case !slices.Contains(there, uid):
			delete(r.left, uid)
		case n.Taken:
			r.taken = append(r.taken, n)
		case !n.Again.IsZero() && !n.Again.After(r.clock()) && len(uids) < mailsInRound:
			uids = append(uids, uid)
		}
	}
	return uids, nil
}

// errMailLater says that no e-mail can be taken now, as the database is away.
var errMailLater = errors.New("e-mails cannot be taken now")

// takeAll takes e-mails one after the other. One that cannot be taken is left and
// listed; the others are taken.
func (r *mailRound) takeAll(ctx context.Context, uids []imap.UID) error {
	if len(uids) == 0 {
		return nil
	}
	there, err := r.line.envelopes(uids)
	if err != nil {
		return err
	}
	for _, uid := range uids {
		n, still := there[uid]
		_, before := r.left[uid]
		old := uint32(uid) < r.box.newer && n.received.Before(r.box.started)
		switch {
		case !still:
			delete(r.left, uid)
		case before || !old:
			if err := r.takeOne(ctx, n); err != nil {
				return err
			}
		}
		r.box.last = max(r.box.last, uint32(uid))
	}
	return nil
}

// takeOne takes an e-mail, or lists why not. Its error is that of the line or of
// the database.
func (r *mailRound) takeOne(ctx context.Context, n envelope) error {
	if n.size > MaxMail {
		r.leave(n, tooLarge())
		return nil
	}
	raw, err := r.line.fetch(n.uid)
	if err != nil {
		return err
	}
	if raw == nil {
		delete(r.left, n.uid)
		return nil
	}
	switch err := r.takeSafely(ctx, raw); {
	case err == nil:
		delete(r.left, n.uid)
		r.taken = append(r.taken, LeftMail{UID: uint32(n.uid), Taken: true, Received: n.received, Size: n.size, First: r.clock(), Why: i18n.Text{Key: "complaint.mail_unmarked"}})
	case ctx.Err() != nil, db.Retryable(err), fault.KindOf(err) == fault.KindBusy && fault.As(err).Code != "mail_many":
		return errors.Join(errMailLater, err)
	default:
		r.leave(n, err)
	}
	return nil
}

// takeSafely takes an e-mail. What breaks us is the failure of that e-mail.
func (r *mailRound) takeSafely(ctx context.Context, raw []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	_, err = r.TakeMail(ctx, auth.System("mailbox"), r.box.ProgrammeID, raw)
	return err
}

// leave lists an e-mail as left. What no time mends is not tried again.
func (r *mailRound) leave(n envelope, why error) {
	now := r.clock()
	l := LeftMail{UID: uint32(n.uid), Received: n.received, Size: n.size, First: now, Why: i18n.Text{Key: "complaint.mail_failed"}}
	if before, known := r.left[n.uid]; known {
		l.First = before.First
	}
	if f := fault.As(why); f != nil {
		l.Why = i18n.Text{Key: "fault." + f.Code, Args: f.Args}
	} else {
		r.Log.Error("an e-mail could not be taken", "programme", r.box.ProgrammeID.In(id.Programme), "uid", uint32(n.uid), "error", why)
	}
	if fault.KindOf(why) != fault.KindInvalid && now.Sub(l.First) < mailGiveUp {
		l.Again = now.Add(mailRetry)
	} else {
		r.spurned = append(r.spurned, n.uid)
	}
	r.left[n.uid] = l
}

// tell marks in the mailbox what was taken, and flags what a person must look
// at. What cannot be marked is marked with the next round.
func (r *mailRound) tell() {
	if len(r.spurned) > 0 {
		if err := r.line.flag(imap.UIDSetNum(r.spurned...), imap.FlagFlagged); err != nil {
			r.Log.Debug("e-mails could not be flagged", "error", err)
		}
	}
	if len(r.taken) == 0 {
		return
	}
	var set imap.UIDSet
	for _, n := range r.taken {
		set.AddNum(imap.UID(n.UID))
		delete(r.left, imap.UID(n.UID))
	}
	err := r.line.mark(set)
	if err == nil {
		return
	}
	r.unmarked = broke(MailboxMark, err)
	r.unmarked.what = MailboxMark
	for _, n := range r.taken {
		r.left[imap.UID(n.UID)] = n
	}
}

// remembered are the e-mails to be listed, the latest where there are too many.
func (r *mailRound) remembered() []LeftMail {
	list := slices.SortedFunc(maps.Values(r.left), func(a, b LeftMail) int { return int(int64(b.UID) - int64(a.UID)) })
	return list[:min(len(list), maxLeft)]
}
