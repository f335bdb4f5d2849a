package complaint

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/lexicon"
	"regulars/internal/member"
	"regulars/internal/photo"
	"regulars/internal/program"
)

// MailOutcome says what became of an e-mail.
type MailOutcome string

// The outcomes: a case was opened, it went to a case, it is known, it was
// written by a machine.
const (
	MailOpened  MailOutcome = "opened"
	MailAdded   MailOutcome = "added"
	MailKnown   MailOutcome = "known"
	MailMachine MailOutcome = "machine"
)

// MailTaken is what became of an e-mail.
type MailTaken struct {
	Outcome MailOutcome
	// CaseID is the case that it opened or went to, 0 for none.
	CaseID id.ID
	// Mark is the head by which a machine wrote it.
	Mark string
}

// mailsOfDay is how many cases one sender opens within a day; what answers by
// itself without saying so is stopped by it.
const mailsOfDay = 10

var mailTable = db.NewTable("complaint_mail", []string{"programme_id", "hash"}, join(ints("programme_id"), texts("hash"), ints("case_id"), texts("outcome"), ints("at"))...)

// errMailTwice says that the same e-mail was taken at the same moment.
var errMailTwice = errors.New("the e-mail is known")

// TakeMail takes an e-mail as it came (RFC 5322): one that answers a case, or
// has its code in the subject, goes there, any other opens a complaint. The same
// one is taken once. What a machine wrote makes no case. Its sender is not
// proven, so nothing is ever told to them; a member whose address it is can be
// written to, at that address, that we have it. It needs cases.mail.
func (s *Service) TakeMail(ctx context.Context, a auth.Actor, programme id.ID, raw []byte) (MailTaken, error) {
	if err := a.Can(programme, auth.CasesMail); err != nil {
		return MailTaken{}, err
	}
	m, err := ReadMail(raw)
	if err != nil {
		return MailTaken{}, err
	}
	if known, err := knownMails(ctx, s.DB.Reader(), programme, []string{m.Name}); err != nil || len(known) > 0 {
		return MailTaken{Outcome: MailKnown, CaseID: known[m.Name]}, err
	}
	photos, err := redrawAll(m.Photos)
	if err != nil {
		return MailTaken{}, err
	}
	taken, err := s.takeMail(ctx, a, programme, m, photos)
	if errors.Is(err, errMailTwice) {
		known, err := knownMails(ctx, s.DB.Reader(), programme, []string{m.Name})
		return MailTaken{Outcome: MailKnown, CaseID: known[m.Name]}, err
	}
	return taken, err
}

func (s *Service) takeMail(ctx context.Context, a auth.Actor, programme id.ID, m *Mail, photos []photo.Photo) (MailTaken, error) {
	if m.Machine != "" {
		taken := MailTaken{Outcome: MailMachine, Mark: m.Machine}
		return taken, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
			if err := s.noteMail(ctx, tx, programme, m, taken); err != nil {
				return err
			}
			return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "case.mail_machine", Subject: programme.In(id.Programme), Detail: map[string]any{"mark": m.Machine}})
		})
	}
	c, err := s.caseOf(ctx, programme, m)
	if err != nil {
		return MailTaken{}, err
	}
	if c != nil && c.answerable() {
		return s.addMail(ctx, a, c, m, photos)
	}
	return s.openMail(ctx, a, programme, m, photos)
}

func (s *Service) noteMail(ctx context.Context, tx *db.Tx, programme id.ID, m *Mail, t MailTaken) error {
	n, err := tx.InsertNew(ctx, mailTable, [][]any{{programme, m.Name, t.CaseID, string(t.Outcome), db.Micros(s.clock())}})
	if err != nil {
		return fmt.Errorf("noting an e-mail: %w", err)
	}
	if n == 0 {
		return errMailTwice
	}
	return nil
}

// knownMails returns the cases of those of the names that were taken.
func knownMails(ctx context.Context, q db.Queryer, programme id.ID, names []string) (map[string]id.ID, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT hash, case_id FROM complaint_mail WHERE programme_id = `+args.Add(programme)+` AND hash IN `+args.InText(names), args.Values()...)
	found := map[string]id.ID{}
	type pair struct {
		hash string
		n    id.ID
	}
	err = db.Each(rows, err, func(r *sql.Rows) (p pair, err error) { return p, r.Scan(&p.hash, &p.n) }, func(p pair) error {
		found[p.hash] = p.n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading known e-mails: %w", err)
	}
	return found, nil
}

// codes are what may be a tracking code within a subject.
var codes = regexp.MustCompile(`[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}-?[0-9A-Za-z]`)

// caseOf returns the case that an e-mail answers, or whose code it names; nil
// for none.
func (s *Service) caseOf(ctx context.Context, programme id.ID, m *Mail) (*Case, error) {
	if len(m.Replies) > 0 {
		known, err := knownMails(ctx, s.DB.Reader(), programme, m.Replies)
		if err != nil {
			return nil, err
		}
		for _, name := range m.Replies {
			if n := known[name]; n != 0 {
				return loadCase(ctx, s.DB.Reader(), programme, n, "")
			}
		}
	}
	for _, code := range codes.FindAllString(m.Subject, 5) {
		track := NormaliseTrack(code)
		if !trackFits(track) {
			continue
		}
		found, err := selectCases(ctx, s.DB.Reader(), `c.programme_id = $1 AND c.track = $2`, programme, track)
		if err != nil || len(found) > 0 {
			return firstCase(found), err
		}
	}
	return nil, nil //nolint:nilnil // no case and no failure
}

func firstCase(list []*Case) *Case {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// senderMember returns the member whose address the sender wrote, or 0.
func senderMember(ctx context.Context, q db.Queryer, p *program.Programme, from string) (id.ID, error) {
	address, err := member.Normalise(member.Email, from, p.Region)
	if err != nil {
		return 0, nil //nolint:nilerr // an address that can be nobody's
	}
	found, err := member.Recognise(ctx, q, []member.Ask{{ProgrammeID: p.ID, Identities: []member.Identity{address}}})
	if err != nil {
		return 0, err
	}
	return found[0].MemberID, found[0].Err
}

// addMail puts an e-mail into the case that it answers. From an address that the
// case does not know it is a note among staff, who judge whose it is: a code can
// be guessed or passed on.
func (s *Service) addMail(ctx context.Context, a auth.Actor, c *Case, m *Mail, photos []photo.Photo) (MailTaken, error) {
	taken := MailTaken{Outcome: MailAdded, CaseID: c.ID}
	_, err := s.change(ctx, ourselves, c.ProgrammeID, c.ID, "case.mail", func(d *desk) error {
		who, err := senderMember(ctx, d.tx, &d.programme, m.From)
		if err != nil {
			return err
		}
		own := strings.EqualFold(d.Contact, m.From)
		if who != 0 && d.MemberID != 0 && !own {
			aliases, err := member.Aliases(ctx, d.tx, d.MemberID)
			if err != nil {
				return err
			}
			own = slices.Contains(aliases, who)
		}
		d.detail["by"], d.detail["own"] = a.String(), own
		if err := s.noteMail(ctx, d.tx, d.ProgrammeID, m, taken); err != nil {
			return err
		}
		return s.sayMail(ctx, d, m, photos, own)
	})
	return taken, err
}

// sayMail writes what an e-mail says into a case, and what of it was left out.
func (s *Service) sayMail(ctx context.Context, d *desk, m *Mail, photos []photo.Photo, own bool) error {
	said := Message{Author: Note, Text: m.words(), Form: mailForm}
	actor := d.actor
	if own {
		said.Author, d.actor = ByCustomer, string(auth.KindMember)
		if d.State == Waiting {
			d.turn(Open, d.clock, &d.settings, d.now)
		}
	}
	if said.Text != "" || len(photos) > 0 {
		if err := d.say(ctx, said, photos); err != nil {
			return err
		}
	}
	d.actor = actor
	return s.remarkMail(ctx, d, m, own)
}

// mailForm marks messages that came by e-mail.
const mailForm = "mail"

func (m *Mail) words() string {
	if m.Subject == "" || m.Text == "" {
		return strings.TrimSpace(m.Subject + m.Text)
	}
	return cutText(m.Subject+"\n\n"+m.Text, MaxText)
}

// remarkMail notes among staff who wrote, that it is not proven, and what was
// attached and not taken, in the programme's first language.
func (s *Service) remarkMail(ctx context.Context, d *desk, m *Mail, own bool) error {
	texts, err := s.texts()
	if err != nil {
		return err
	}
	p := texts.Printer(languageOf("", &d.programme), d.programme.Zone, d.programme.Currency)
	key := "complaint.mail_from"
	if !own {
		key = "complaint.mail_stranger"
	}
	lines := []string{p.T(key, "from", m.From)}
	if len(m.Refused) > 0 {
		lines = append(lines, p.T("complaint.mail_refused", "names", strings.Join(m.Refused, ", ")))
	}
	return d.say(ctx, Message{Author: Note, Text: cutText(strings.Join(lines, "\n"), MaxText), Form: mailForm}, nil)
}

// texts are those of the service, or the binary's own.
func (s *Service) texts() (*i18n.Catalog, error) {
	if s.Texts != nil {
		return s.Texts, nil
	}
	return i18n.New()
}

// openMail opens a complaint from an e-mail.
func (s *Service) openMail(ctx context.Context, a auth.Actor, programme id.ID, m *Mail, photos []photo.Photo) (MailTaken, error) {
	taken := MailTaken{Outcome: MailOpened}
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		if err := s.fewMails(ctx, tx, programme, m.From); err != nil {
			return err
		}
		who, err := senderMember(ctx, tx, &p, m.From)
		if err != nil {
			return err
		}
		ask := Ask{
			Name: "mail:" + m.Name, Kind: Complaint, Reason: Other, Wanted: JustTelling, MemberID: who, Source: FromEmail, Contact: cutText(m.From, maxContact), Text: m.words(),
		}
		if ask.Text != "" {
			ask.Language = lexicon.LangOf(ask.Text)
		}
		opened, err := s.begin(ctx, tx, a, programme, ask, photos)
		if err != nil {
			return err
		}
		taken.CaseID = opened.ID
		if err := s.noteMail(ctx, tx, programme, m, taken); err != nil || opened.Repeated {
			return err
		}
		d := &desk{Case: opened.Case, tx: tx, programme: p, now: opened.Opened, actor: a.String()}
		if d.settings, _, err = loadSettings(ctx, tx, &p); err != nil {
			return err
		}
		if err := s.remarkMail(ctx, d, m, true); err != nil || !d.settings.Acknowledge {
			return err
		}
		return d.write(ctx, "case_received")
	})
	return taken, err
}

// fewMails refuses a sender who has opened too many cases within a day.
func (s *Service) fewMails(ctx context.Context, q db.Queryer, programme id.ID, from string) error {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM complaint_case WHERE programme_id = $1 AND opened > $2 AND source = $3 AND contact = $4`,
		programme, db.Micros(s.clock().Add(-24*time.Hour)), string(FromEmail), cutText(from, maxContact)).Scan(&n)
	if err != nil {
		return fmt.Errorf("counting the e-mails of a sender: %w", db.Fault(err))
	}
	if n >= mailsOfDay {
		return fault.Busy("mail_many", "this sender opened %d cases within a day; no more are taken today", mailsOfDay).With("most", mailsOfDay)
	}
	return nil
}
