package complaint

import (
	"context"
	"crypto/subtle"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Ticket is what a customer shows for a case: its code with the PIN, or with the
// member who is signed in and whose it is.
type Ticket struct {
	Track, PIN string
	MemberID   id.ID
}

// noCase is the one answer to whatever is wrong with a ticket, so that nobody
// learns which codes exist.
func noCase() error {
	return fault.Missing("case_not_found", "there is no case with this code and PIN; compare both with your receipt")
}

// enter returns the case of a ticket. A wrong PIN counts against the case,
// which shuts for a while; a code that does not exist costs the same work.
func (s *Service) enter(ctx context.Context, programme id.ID, t Ticket) (id.ID, error) {
	track := NormaliseTrack(t.Track)
	if !trackFits(track) {
		return 0, noCase()
	}
	found, err := selectCases(ctx, s.DB.Reader(), `c.programme_id = $1 AND c.track = $2`, programme, track)
	if err != nil {
		return 0, err
	}
	if t.MemberID != 0 {
		return s.ofMember(ctx, programme, t.MemberID, found)
	}
	if len(found) == 0 {
		hashPIN(t.PIN, programme)
		return 0, noCase()
	}
	hash := hashPIN(t.PIN, found[0].ID)
	right := false
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		c, err := loadCase(ctx, tx, programme, found[0].ID, tx.ForUpdate())
		if err != nil {
			return err
		}
		now := s.clock()
		right = !now.Before(c.locked) && subtle.ConstantTimeCompare(hash, c.pin) == 1
		if right && c.tries == 0 || now.Before(c.locked) {
			return nil
		}
		c.locked = time.Time{}
		if right {
			c.tries = 0
		} else {
			c.tries++
			if shut := shutFor(c.tries); shut > 0 {
				c.locked = now.Add(shut)
			}
		}
		return saveCase(ctx, tx, c)
	})
	if err == nil && !right {
		err = noCase()
	}
	return found[0].ID, err
}

// ofMember returns the case that was found, if it is the member's own.
func (s *Service) ofMember(ctx context.Context, programme, m id.ID, found []*Case) (id.ID, error) {
	aliases, err := member.AliasesOf(ctx, s.DB.Reader(), programme, m)
	if err != nil {
		return 0, err
	}
	if len(found) == 0 || !slices.Contains(aliases, found[0].MemberID) {
		return 0, noCase()
	}
	return found[0].ID, nil
}

// View is a case as its customer sees it: no staff, no notes, no price.
type View struct {
	Track    string
	Kind     Kind
	Reason   i18n.Text
	State    State
	Opened   time.Time
	Language i18n.Lang
	Messages []Message // without notes and actors
	Remedies []*Remedied
	// Answerable and Disputable say what the customer can do.
	Answerable, Disputable bool
}

// Follow returns the case of a ticket.
func (s *Service) Follow(ctx context.Context, programme id.ID, t Ticket, lang i18n.Lang) (*View, error) {
	n, err := s.enter(ctx, programme, t)
	if err != nil {
		return nil, err
	}
	var v *View
	err = s.DB.View(ctx, func(q db.Queryer) error {
		c, err := loadCase(ctx, q, programme, n, "")
		if err != nil {
			return err
		}
		v, err = s.view(ctx, q, c, lang)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, q db.Queryer, c *Case, lang i18n.Lang) (*View, error) {
	p, err := program.Load(ctx, q, c.ProgrammeID)
	if err != nil {
		return nil, err
	}
	set, _, err := loadSettings(ctx, q, &p)
	if err != nil {
		return nil, err
	}
	said, err := messagesOf(ctx, q, c.ProgrammeID, c.ID)
	if err != nil {
		return nil, err
	}
	v := &View{
		Track: c.Track, Kind: c.Kind, Reason: set.ReasonText(c.Reason, lang), State: c.State, Opened: c.Opened, Language: c.Language,
		Answerable: c.answerable(), Disputable: c.disputable(s.clock()),
	}
	photos, err := photosOf(ctx, q, c.ProgrammeID, c.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range said {
		if m.Author != Note {
			m.Actor, m.Form, m.hash = "", "", ""
			for _, p := range photos {
				if p.MessageID == m.ID {
					m.Photos++
				}
			}
			v.Messages = append(v.Messages, m)
		}
	}
	given, err := remediesOf(ctx, q, c.ProgrammeID, c.ID)
	for _, r := range given {
		if r.State == RemedyPaid {
			v.Remedies = append(v.Remedies, r)
		}
	}
	return v, err
}

func (c *Case) answerable() bool { return c.State != Closed && c.State != Done && c.State != Declined }

// disputable reports whether the customer may say "not solved".
func (c *Case) disputable(now time.Time) bool {
	return c.Kind == Complaint && (c.State == Solved || c.State == Closed) && now.Before(c.Solved.AddDate(0, 0, reopenDays))
}

// Reply is what the customer says further. It ends the wait.
func (s *Service) Reply(ctx context.Context, programme id.ID, t Ticket, text string, uploads [][]byte) error {
	text = i18n.Tidy(text)
	if text == "" && len(uploads) == 0 {
		return fault.Invalid("required", "write something").At("/text")
	}
	return s.byCustomer(ctx, programme, t, "case.reply", text, uploads, func(d *desk) error {
		if !d.answerable() {
			return fault.Conflict("case_over", "this case is closed; tell us again if something is still wrong")
		}
		if d.State == Waiting {
			d.turn(Open, d.clock, &d.settings, d.now)
		}
		return nil
	})
}

// NotSolved opens a case again, as its customer says that it is not solved.
func (s *Service) NotSolved(ctx context.Context, programme id.ID, t Ticket, text string) error {
	return s.byCustomer(ctx, programme, t, "case.dispute", i18n.Tidy(text), nil, func(d *desk) error {
		if d.State == Reopened {
			return nil // pressed twice
		}
		if !d.disputable(d.now) {
			return fault.Conflict("case_over", "this case is closed; tell us again if something is still wrong")
		}
		d.turn(Reopened, d.clock, &d.settings, d.now)
		return nil
	})
}

func (s *Service) byCustomer(ctx context.Context, programme id.ID, t Ticket, action, text string, uploads [][]byte, turn func(d *desk) error) error {
	n, err := s.enter(ctx, programme, t)
	if err != nil {
		return err
	}
	if err := checkText(text, "/text", MaxText); err != nil {
		return err
	}
	photos, err := redrawAll(uploads)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, ourselves, programme, n, action, func(d *desk) error {
		if err := turn(d); err != nil {
			return err
		}
		d.actor = string(auth.KindMember)
		if text == "" && len(photos) == 0 {
			return nil
		}
		if said, err := d.again(ctx, text, photos); said || err != nil {
			return err
		}
		return d.say(ctx, Message{Author: ByCustomer, Text: text}, photos)
	})
	return err
}
