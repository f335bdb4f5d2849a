package outreach

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// Wanted does a job flow.ContactWanted: it decides whether and when the member
// is told. A second contact of a name is the first.
func (s *Service) Wanted(ctx context.Context, j *jobs.Job) error {
	var w flow.Contact
	if err := j.Read(&w); err != nil {
		return err
	}
	words := make(map[i18n.Lang]Words, len(w.Words))
	for l, n := range w.Words {
		words[l] = Words(n)
	}
	own := &Letter{Class: w.Class, Words: words, Path: w.Path}
	said := s.Texts.Has("message."+w.Message+".subject") && s.Texts.Has("message."+w.Message+".body")
	if w.Message == "" {
		said = own.check() == nil
	}
	if !knownClass(w.Class) || w.Name == "" || !said {
		return jobs.Permanent(fmt.Errorf("contact %q of class %q has no words %q", w.Name, w.Class, w.Message))
	}
	c := &Contact{
		ProgrammeID: w.ProgrammeID, MemberID: w.MemberID, Name: w.Name, Class: w.Class, Message: w.Message,
		Content: Content{Args: w.Args, Figures: w.Figures, Path: w.Path, Words: words},
	}
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error { return s.begin(ctx, tx, c) })
	if f := fault.As(err); f != nil && f.Kind == fault.KindMissing {
		return jobs.Permanent(err) // nobody to tell
	}
	return err
}

// begin names, decides and keeps a new contact, and sets it going.
func (s *Service) begin(ctx context.Context, tx *db.Tx, c *Contact) error {
	c.ID = tx.IDs().New()
	if c.Name == "" {
		c.Name = "own:" + c.ID.In(id.Contact)
	}
	p, err := s.hold(ctx, tx, c.ProgrammeID, c.MemberID)
	if err != nil {
		return err
	}
	c.MemberID = p.ID
	free, err := claimName(ctx, tx, c)
	if err != nil || !free {
		return err
	}
	if err := s.decide(ctx, tx, p, c); err != nil {
		return err
	}
	c.Made = c.Decided
	if err := insertContact(ctx, tx, c); err != nil {
		return err
	}
	return s.goOn(ctx, tx, c)
}

// Again does a job DecideJob: a contact that was deferred is decided again.
func (s *Service) Again(ctx context.Context, j *jobs.Job) error {
	var k ref
	if err := j.Read(&k); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		c, p, err := s.take(ctx, tx, k)
		if err != nil || c == nil || c.State != Deferred || s.Now().Before(c.Due) {
			return err
		}
		if err := s.decide(ctx, tx, p, c); err != nil {
			return err
		}
		if err := updateContact(ctx, tx, c); err != nil {
			return err
		}
		return s.goOn(ctx, tx, c)
	})
}

// goOn has a decided contact go on; of one that was refused it tells whoever may
// count on it.
func (s *Service) goOn(ctx context.Context, tx *db.Tx, c *Contact) error {
	if c.State == Refused && s.Withheld != nil {
		if err := s.Withheld(ctx, tx, c.ProgrammeID, c.Name); err != nil {
			return err
		}
	}
	return jobs.Add(ctx, tx, s.Now(), c.next()...)
}

// take reads a contact with the person, who is locked; nil where there is none.
func (s *Service) take(ctx context.Context, tx *db.Tx, k ref) (*Contact, *person, error) {
	c, err := loadContact(ctx, tx, k)
	if err != nil || c == nil {
		return nil, nil, err
	}
	p, err := s.hold(ctx, tx, c.ProgrammeID, c.MemberID)
	if err != nil {
		return nil, nil, err
	}
	c, err = loadContact(ctx, tx, k) // as it is under the lock
	return c, p, err
}

const (
	maxSubject = 200 // letters
	maxBody    = 20_000
)

// Letter is a contact that somebody asks for, in the shop's own words.
type Letter struct {
	ProgrammeID, MemberID id.ID
	Class                 flow.Class
	Words                 map[i18n.Lang]Words
	// Path is a page of ours that the message leads to, or empty.
	Path string
}

// check refuses what cannot be sent, pointing at the field.
func (n *Letter) check() error {
	if !knownClass(n.Class) {
		return fault.Invalid("contact_class", "the class is service, relationship, ask or stimulus").At("/class")
	}
	if len(n.Words) == 0 {
		return fault.Invalid("contact_words", "give a subject and a text in at least one language").At("/words")
	}
	for l, w := range n.Words {
		at := "/words/" + string(l)
		if got, ok := i18n.ParseLang(string(l)); !ok || got != l {
			return fault.Invalid("contact_language", "the languages are en, ru and pl").At(at)
		}
		if strings.TrimSpace(w.Subject) == "" || utf8.RuneCountInString(w.Subject) > maxSubject || strings.ContainsFunc(w.Subject, unicode.IsControl) {
			return fault.Invalid("contact_subject", "a subject takes one line of 1–%d letters", maxSubject).At(at+"/subject").With("most", maxSubject)
		}
		if strings.TrimSpace(w.Body) == "" || utf8.RuneCountInString(w.Body) > maxBody {
			return fault.Invalid("contact_body", "a text takes 1–%d letters", maxBody).At(at+"/body").With("most", maxBody)
		}
	}
	if n.Path != "" && (!strings.HasPrefix(n.Path, "/") || strings.HasPrefix(n.Path, "//") || strings.ContainsFunc(n.Path, unicode.IsControl)) {
		return fault.Invalid("contact_path", "a path begins with one slash, as /me").At("/path")
	}
	return nil
}

// Write tells a member something in the shop's own words, as far as the policy
// allows; the contact says what became of it. It needs contacts.write.
func (s *Service) Write(ctx context.Context, a auth.Actor, n Letter) (*Contact, error) {
	if err := a.Can(n.ProgrammeID, auth.ContactsWrite); err != nil {
		return nil, err
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	var c *Contact
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		c = &Contact{ProgrammeID: n.ProgrammeID, MemberID: n.MemberID, Class: n.Class, Content: Content{Words: n.Words, Path: n.Path}}
		if err := s.begin(ctx, tx, c); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: n.ProgrammeID, Action: "contact.write", Subject: c.ID.In(id.Contact),
			Detail: map[string]any{"member": c.MemberID.In(id.Member), "class": string(c.Class)},
		})
	})
	return c, err
}

// WouldDecide says what would become of a contact of a class now, and changes
// nothing. It needs contacts.read.
func (s *Service) WouldDecide(ctx context.Context, a auth.Actor, programme, m id.ID, class flow.Class) (Verdict, error) {
	if err := a.Can(programme, auth.ContactsRead); err != nil {
		return Verdict{}, err
	}
	if !knownClass(class) {
		return Verdict{}, fault.Invalid("contact_class", "the class is service, relationship, ask or stimulus").At("/class")
	}
	var v Verdict
	err := s.DB.View(ctx, func(q db.Queryer) error {
		p, err := s.meet(ctx, q, programme, m)
		if err != nil {
			return err
		}
		f, _, err := s.facts(ctx, q, p, class, 0)
		v = Decide(p.policy, f)
		return err
	})
	return v, err
}
