package basket

import (
	"context"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/program"
)

const (
	// TellJob is the kind of job that puts a basket on its member's timeline.
	TellJob = "basket.tell"
	// AskJob is the kind of job that has a member asked by a message.
	AskJob = "basket.ask"

	// source is what the room's events come from.
	source = "basket"

	toldLeft = "left"
	toldWhy  = "explained"
)

// Kinds of events on timelines.
const (
	EventLeft      = journal.Kind(journal.Custom + "basket_" + toldLeft)
	EventExplained = journal.Kind(journal.Custom + "basket_" + toldWhy)
)

// ourselves also writes down what customers say on their own page.
var ourselves = auth.System("basket")

type telling struct {
	ProgrammeID id.ID  `json:"programme"`
	BasketID    id.ID  `json:"basket"`
	What        string `json:"what,omitempty"`
}

// tellOf leaves a job Tell in the transaction that notes something; of unknown
// visitors there is no timeline.
func (s *Service) tellOf(ctx context.Context, tx *db.Tx, b *Basket, what string) error {
	if b.MemberID == 0 {
		return nil
	}
	return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: TellJob, Unique: b.ID.In(id.Basket) + ":" + what, Payload: telling{b.ProgrammeID, b.ID, what}})
}

// Tell puts on a member's timeline that they left a basket, or why, by ids and
// words of ours alone. No points move.
func (s *Service) Tell(ctx context.Context, j *jobs.Job) error {
	var t telling
	if err := j.Read(&t); err != nil {
		return err
	}
	b, err := loadBasket(ctx, s.DB.Reader(), t.ProgrammeID, t.BasketID, "")
	if fault.KindOf(err) == fault.KindMissing {
		return jobs.Permanent(err)
	}
	if err != nil {
		return err
	}
	e := &flow.Event{
		ProgrammeID: b.ProgrammeID, Source: source, ExternalID: b.ID.In(id.Basket) + ":" + t.What, Kind: journal.Kind(journal.Custom + "basket_" + t.What), Occurred: b.Left,
		Who: flow.Who{MemberID: b.MemberID}, Channel: b.Channel, Actor: ourselves,
		Payload: flow.Payload{Attributes: map[string]string{"basket": b.ID.In(id.Basket), "step": string(b.Step)}},
	}
	if e.Kind == EventExplained {
		e.Occurred = b.Answered
		e.Payload.Attributes = map[string]string{"basket": b.ID.In(id.Basket), "reason": string(b.Reason)}
	}
	if e.Shop, err = program.ShopCode(ctx, s.DB.Reader(), b.ProgrammeID, b.ShopID); err != nil {
		return err
	}
	_, err = s.Flow.TakeOne(ctx, e)
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}

// planLetter leaves it to be looked later whether the member is to be asked by a
// message.
func (s *Service) planLetter(ctx context.Context, tx *db.Tx, b *Basket) error {
	if b.MemberID == 0 || b.Asked != "" || b.Reason != "" {
		return nil
	}
	set, _, err := loadSettings(ctx, tx, b.ProgrammeID)
	if err != nil || !set.Letters {
		return err
	}
	at := b.Left.Add(time.Duration(set.WaitHours) * time.Hour)
	if s.Now().After(at.Add(maxWait * time.Hour)) {
		return nil // it was told of long after; nobody remembers
	}
	return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: AskJob, Unique: b.ID.In(id.Basket), Payload: telling{ProgrammeID: b.ProgrammeID, BasketID: b.ID}, RunAt: at})
}

// contactPrefix begins the names of the contacts by which members are asked.
const contactPrefix = "basket:"

// Invite has a member asked by a message why they left, unless they were asked or
// bought since, or the programme asks nobody any more. The contact policy
// decides whether and when the message goes out.
func (s *Service) Invite(ctx context.Context, j *jobs.Job) error {
	var t telling
	if err := j.Read(&t); err != nil {
		return err
	}
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		b, err := loadBasket(ctx, tx, t.ProgrammeID, t.BasketID, tx.ForUpdate())
		if err != nil || b.Asked != "" || b.Reason != "" || b.Forgotten() {
			return err
		}
		set, _, err := loadSettings(ctx, tx, b.ProgrammeID)
		if err != nil || !set.Letters {
			return err
		}
		p, err := program.Load(ctx, tx, b.ProgrammeID)
		if err != nil {
			return err
		}
		if back, err := boughtSince(ctx, tx, b, s.Now()); back || err != nil {
			return err
		}
		b.ask(p.Salt, ByLink, s.clock())
		if err := updateBasket(ctx, tx, b); err != nil {
			return err
		}
		if err := record(ctx, tx, ourselves, b, "basket.ask"); err != nil {
			return err
		}
		shown := b.ID.In(id.Basket)
		return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: flow.ContactWanted, Unique: contactPrefix + shown, Payload: flow.Contact{
			ProgrammeID: b.ProgrammeID, MemberID: b.MemberID, Class: flow.AskContact, Message: "basket_why", Figures: map[string]int64{"days": LinkDays},
			Path: Scheme + ":" + shown, Name: contactPrefix + shown,
		}})
	})
	if fault.KindOf(err) == fault.KindMissing {
		return jobs.Permanent(err)
	}
	return err
}

// Undelivered notes by the name of a contact that it did not reach its member, as
// it could not be handed over or the policy held it back, so that they do not count
// among those asked; contacts of others don't concern baskets.
func (s *Service) Undelivered(ctx context.Context, tx *db.Tx, programme id.ID, contact string) error {
	shown, ours := strings.CutPrefix(contact, contactPrefix)
	if which, err := id.Parse(id.Basket, shown); ours && err == nil {
		return unreached(ctx, tx, programme, which)
	}
	return nil
}

// unreached takes back that the customer of a basket was asked.
func unreached(ctx context.Context, tx *db.Tx, programme, which id.ID) error {
	b, err := one(selectBaskets(ctx, tx, `programme_id = $1 AND id = $2`+tx.ForUpdate(), programme, which))
	if err != nil || b == nil || b.Told() {
		return err
	}
	b.Asked, b.AskedAt, b.link = "", time.Time{}, ""
	if err := updateBasket(ctx, tx, b); err != nil {
		return err
	}
	return record(ctx, tx, ourselves, b, "basket.unreached")
}
