package calls

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/outreach"
)

const (
	// line is how long somebody is kept for whoever took them.
	line = 30 * time.Minute
	// again is after how long who did not answer is phoned again.
	again = 4 * time.Hour
	// another is after how long the policy is asked anew about whoever it spared.
	another = 24 * time.Hour
	// forgotten is how long after that it is believed that nobody will say what came
	// of it.
	forgotten = 12 * time.Hour
	// lookedAt bounds whom one question for the next looks at.
	lookedAt = 200
	mostNote = 2_000
	source   = "calls"
)

// Outcome is what came of a call.
type Outcome string

// The outcomes: they want it, they do not, they are to be phoned another time,
// they did not answer, it is somebody else's number, they want no calls any more.
const (
	Agreed   Outcome = "agreed"
	Declined Outcome = "declined"
	Later    Outcome = "later"
	NoAnswer Outcome = "no_answer"
	Wrong    Outcome = "wrong_number"
	Stop     Outcome = "stop"
)

// Outcomes returns them, in the order in which they are offered.
func Outcomes() []Outcome { return []Outcome{Agreed, Declined, Later, NoAnswer, Wrong, Stop} }

// Text names the outcome in words.
func (o Outcome) Text() i18n.Text { return i18n.Text{Key: "calls.outcome." + string(o)} }

// unspoken is why nobody was spoken with.
func (o Outcome) unspoken() outreach.Unspoken {
	switch o {
	case NoAnswer:
		return outreach.NoAnswer
	case Wrong:
		return outreach.WrongNumber
	}
	return outreach.Spoken
}

// spoke reports whether somebody was spoken with.
func (o Outcome) spoke() bool { return o.unspoken() == outreach.Spoken }

// EventMade is the kind of event of a call on timelines.
const EventMade = journal.Kind(journal.Custom + "call_made")

// Next returns whom one of the staff phones next: whoever they have on the line
// already, or else who has most points of those who may be phoned now, and is
// theirs for half an hour. It returns nil when there is nobody now. It needs
// calls.read, calls.make and members.read.
func (s *Service) Next(ctx context.Context, a auth.Actor, programme, list id.ID) (n *Chosen, err error) {
	if err := a.Can(programme, auth.CallsRead, auth.CallsMake, auth.MembersRead); err != nil {
		return nil, err
	}
	return n, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		n = nil
		l, err := kind.Load(ctx, tx, programme, list, s.Now(), tx.ForUpdate())
		if err != nil {
			return err
		}
		if l.State != Running {
			return fault.Conflict("call_list_not_running", "it is not running")
		}
		now := s.clock()
		waiting, err := selectChosen(ctx, tx, `list_id = $1 AND state = 'waiting' AND programme_id = $2 AND due <= $3 AND (taken_by = $4 OR taken_until <= $3)
			ORDER BY CASE WHEN taken_by = $4 AND taken_until > $3 THEN 0 ELSE 1 END, points DESC, member_id LIMIT $5`, l.ID, programme, db.Micros(now), a.String(), lookedAt)
		for _, one := range waiting {
			if err != nil || n != nil {
				break
			}
			if one.TakenBy == a.String() && one.TakenUntil.After(now) {
				n = one
				break
			}
			var may bool
			if may, err = s.take(ctx, tx, a, l, one, now); may {
				n = one
			}
		}
		return err
	})
}

// OnTheLine returns whom the actor has on the line, nil for nobody. It needs
// calls.read and calls.make.
func (s *Service) OnTheLine(ctx context.Context, a auth.Actor, programme, list id.ID) (*Chosen, error) {
	if err := a.Can(programme, auth.CallsRead, auth.CallsMake); err != nil {
		return nil, err
	}
	found, err := selectChosen(ctx, s.DB.Reader(), `list_id = $1 AND state = 'waiting' AND programme_id = $2 AND taken_by = $3 AND taken_until > $4 LIMIT 1`, list, programme, a.String(), db.Micros(s.clock()))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// take gives somebody to one of the staff if they may be phoned now, and else
// keeps when that is asked again, or that it never is.
func (s *Service) take(ctx context.Context, tx *db.Tx, a auth.Actor, l *List, n *Chosen, now time.Time) (bool, error) {
	twin, err := twins(ctx, tx, n)
	if err != nil {
		return false, err
	}
	v := outreach.Verdict{Outcome: outreach.Refuse, Reason: i18n.Text{Key: "calls.barred.merged"}, Trail: []outreach.Step{{Check: outreach.CheckPerson}}}
	if !twin {
		if v, err = s.Policy.BeginCall(ctx, tx, callOf(l, n)); err != nil {
			return false, err
		}
	}
	switch {
	case v.Outcome == outreach.Allow:
		n.TakenBy, n.TakenUntil = a.String(), now.Add(line)
	case v.Outcome == outreach.Defer:
		n.Due = v.Until
	case forGood(v):
		n.State, n.Why = LotBarred, v.Reason.Key
	default:
		n.Due = now.Add(another)
	}
	return v.Outcome == outreach.Allow, n.update(ctx, tx)
}

// forGood reports whether a refusal will not be another one tomorrow.
func forGood(v outreach.Verdict) bool {
	return len(v.Trail) > 0 && slices.Contains([]outreach.Check{outreach.CheckPerson, outreach.CheckAddress, outreach.CheckConsent, outreach.CheckControl}, v.Trail[len(v.Trail)-1].Check)
}

// twins reports whether somebody became one with a person of the list who is held
// back, or was phoned already.
func twins(ctx context.Context, q db.Queryer, n *Chosen) (bool, error) {
	aliases, err := member.AliasesOf(ctx, q, n.ProgrammeID, n.MemberID)
	if err != nil {
		return false, err
	}
	others := slices.DeleteFunc(aliases, func(m id.ID) bool { return m == n.MemberID })
	if len(others) == 0 {
		return false, nil
	}
	var args db.Args
	list, err := selectChosen(ctx, q, `member_id IN `+args.In(others)+` AND list_id = `+args.Add(n.ListID)+` AND (held OR tries > 0 OR taken_until > 0)`, args.Values()...)
	return len(list) > 0, err
}

// callOf is what the contact policy is told of a call.
func callOf(l *List, n *Chosen) outreach.Call {
	return outreach.Call{ProgrammeID: l.ProgrammeID, MemberID: n.MemberID, Name: n.name(), About: l.Spec.Name}
}

// Word is what came of a call, as whoever made it says.
type Word struct {
	MemberID id.ID
	// No is the number of the call, so that a word said twice counts once.
	No      int
	Outcome Outcome
	// Again is when they are to be phoned another time.
	Again time.Time
	Note  string
}

func (w *Word) check() error {
	w.Note = strings.TrimSpace(strings.ReplaceAll(i18n.Tidy(w.Note), "\r\n", "\n"))
	if !slices.Contains(Outcomes(), w.Outcome) {
		return fault.Invalid("call_outcome", "say what came of the call").At("/outcome")
	}
	if utf8.RuneCountInString(w.Note) > mostNote {
		return fault.Invalid("call_note", "a note takes at most %d letters", mostNote).At("/note").With("most", mostNote)
	}
	return nil
}

// Note keeps what came of a call that the actor has on the line; saying the same
// again changes nothing. Whoever wants no calls any more has their consent
// withdrawn. It needs calls.read and calls.make.
func (s *Service) Note(ctx context.Context, a auth.Actor, programme, list id.ID, w Word) error {
	if err := a.Can(programme, auth.CallsRead, auth.CallsMake); err != nil {
		return err
	}
	if err := w.check(); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		l, n, err := s.held(ctx, tx, programme, list, w.MemberID)
		if err != nil {
			return err
		}
		if w.No <= n.Tries {
			return n.same(ctx, tx, a, w)
		}
		now := s.clock()
		if n.TakenBy != a.String() || n.State != LotWaiting || w.No != n.Tries+1 {
			return fault.Conflict("call_not_yours", "you do not have this customer on the line any more; take the next")
		}
		if w.Outcome == Later && (!w.Again.After(now) || !w.Again.Before(l.Until)) {
			return fault.Invalid("call_again", "say when to phone again, before the last day of the list is over").At("/again")
		}
		return s.settle(ctx, tx, a, l, n, w, now)
	})
}

// held returns a list, locked, and somebody on it who is to be phoned.
func (s *Service) held(ctx context.Context, tx *db.Tx, programme, list, who id.ID) (*List, *Chosen, error) {
	l, err := kind.Load(ctx, tx, programme, list, s.Now(), tx.ForUpdate())
	if err != nil {
		return nil, nil, err
	}
	found, err := selectChosen(ctx, tx, `member_id = $1 AND list_id = $2 AND programme_id = $3 AND NOT held`, who, list, programme)
	if err == nil && len(found) == 0 {
		err = fault.Missing("call_nobody", "%s is not to be phoned by this list", who.In(id.Member)).With("member", who.In(id.Member))
	}
	if err != nil {
		return nil, nil, err
	}
	return l, found[0], nil
}

// same refuses another word about a call that was noted.
func (n *Chosen) same(ctx context.Context, q db.Queryer, a auth.Actor, w Word) error {
	list, err := selectMade(ctx, q, `member_id = $1 AND list_id = $2 AND no = $3`, n.MemberID, n.ListID, int64(w.No))
	if err == nil && (len(list) == 0 || list[0].Outcome != w.Outcome || list[0].By != a.String()) {
		err = fault.Conflict("call_noted", "what came of this call was noted already")
	}
	return err
}

// settle keeps what came of a call and what follows from it.
func (s *Service) settle(ctx context.Context, tx *db.Tx, a auth.Actor, l *List, n *Chosen, w Word, now time.Time) error {
	if err := s.Policy.EndCall(ctx, tx, callOf(l, n), w.Outcome.unspoken()); err != nil {
		return err
	}
	n.Tries++
	n.TakenBy, n.TakenUntil = "", time.Time{}
	switch {
	case w.Outcome == Later:
		n.Due = w.Again
	case w.Outcome.spoke():
		n.State = LotTalked
	case w.Outcome == Wrong || n.Tries >= l.Spec.Tries:
		n.State = LotUnreached
	default:
		n.Due = now.Add(again)
	}
	if w.Outcome == Stop {
		if err := s.spare(ctx, tx, a, l, n, now); err != nil {
			return err
		}
	}
	if err := n.update(ctx, tx); err != nil {
		return err
	}
	made := Made{MemberID: n.MemberID, ListID: n.ListID, ProgrammeID: n.ProgrammeID, No: n.Tries, At: now, By: a.String(), Outcome: w.Outcome, Note: w.Note}
	if err := tx.Insert(ctx, madeTable, [][]any{made.row()}); err != nil {
		return fmt.Errorf("writing a call: %w", err)
	}
	if err := jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: TellJob, Unique: made.name(), Payload: telling{n.ProgrammeID, n.MemberID, n.ListID, made.No}}); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: n.ProgrammeID, Action: "call.note", Subject: n.ListID.In(id.CallList), Detail: map[string]any{
		"member": n.MemberID.In(id.Member), "no": made.No, "outcome": string(w.Outcome),
	}})
}

// spare withdraws the consent to calls of whoever wants none any more.
func (s *Service) spare(ctx context.Context, tx *db.Tx, a auth.Actor, l *List, n *Chosen, now time.Time) error {
	m, err := member.Changeable(ctx, tx, n.ProgrammeID, n.MemberID)
	if err != nil {
		return err
	}
	return member.AddConsents(ctx, tx, []member.Consent{{
		MemberID: m.ID, Purpose: member.Marketing, Channel: member.ByCall, At: now, Source: cmp.Or(l.Spec.Name, source), By: a.String(),
	}})
}

// GiveBack has somebody whom the actor took, and did not phone, be taken by
// others. It needs calls.read and calls.make.
func (s *Service) GiveBack(ctx context.Context, a auth.Actor, programme, list, who id.ID) error {
	if err := a.Can(programme, auth.CallsRead, auth.CallsMake); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		l, n, err := s.held(ctx, tx, programme, list, who)
		if err != nil || n.TakenBy != a.String() {
			return err
		}
		if err := s.Policy.EndCall(ctx, tx, callOf(l, n), outreach.NotPhoned); err != nil {
			return err
		}
		n.TakenBy, n.TakenUntil, n.Due = "", time.Time{}, s.clock().Add(again)
		return n.update(ctx, tx)
	})
}

// Sweep ends the calls of which nobody said what came of them: they do not count
// for the caps any more, and whoever waits can be phoned.
func (s *Service) Sweep(ctx context.Context) error {
	lapsed, err := selectChosen(ctx, s.DB.Reader(), `state = 'waiting' AND taken_until > 0 AND taken_until < $1 ORDER BY member_id, list_id LIMIT $2`, db.Micros(s.clock().Add(-forgotten)), lookedAt)
	for _, was := range lapsed {
		if err != nil {
			break
		}
		err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
			l, n, err := s.held(ctx, tx, was.ProgrammeID, was.ListID, was.MemberID)
			if err != nil || n.TakenBy != was.TakenBy || !n.TakenUntil.Equal(was.TakenUntil) {
				return err
			}
			if err := s.Policy.EndCall(ctx, tx, callOf(l, n), outreach.NotNoted); err != nil {
				return err
			}
			n.TakenBy, n.TakenUntil = "", time.Time{}
			return n.update(ctx, tx)
		})
	}
	return err
}

// TellJob is the kind of job that puts a call on its member's timeline.
const TellJob = "calls.tell"

type telling struct {
	ProgrammeID id.ID `json:"programme"`
	MemberID    id.ID `json:"member"`
	ListID      id.ID `json:"list"`
	No          int   `json:"no"`
}

var ourselves = auth.System("calls")

// name names a call in the journal and among jobs.
func (n *Made) name() string {
	return fmt.Sprintf("%s%s:%d", Names(n.ListID), n.MemberID.In(id.Member), n.No)
}

// Tell puts a call on its member's timeline, by ids and what came of it alone.
func (s *Service) Tell(ctx context.Context, j *jobs.Job) error {
	var t telling
	if err := j.Read(&t); err != nil {
		return err
	}
	list, err := selectMade(ctx, s.DB.Reader(), `member_id = $1 AND list_id = $2 AND no = $3`, t.MemberID, t.ListID, int64(t.No))
	if err != nil || len(list) == 0 {
		return err
	}
	n := list[0]
	_, err = s.Flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: n.ProgrammeID, Source: source, ExternalID: n.name(), Kind: EventMade, Occurred: n.At, Who: flow.Who{MemberID: n.MemberID}, Actor: ourselves,
		Payload: flow.Payload{Attributes: map[string]string{"call_list": n.ListID.In(id.CallList), "outcome": string(n.Outcome)}},
	})
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}
