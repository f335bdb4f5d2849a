package basket

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/link"
	"regulars/internal/program"
)

const (
	// Path is where the page of a personal link is; its secret follows.
	Path = "/left/"
	// Scheme begins a contact's path that stands for such a link, followed by the
	// basket.
	Scheme = "basket"
)

// links are those of the page that asks why.
var links = link.Kind{Name: "basket", Path: Path, Opens: id.Basket, Bytes: 16}

// LinkPath makes the path of a basket's page when a message is written, of the
// programme's salt and the basket's shown id; empty for another id.
func LinkPath(salt, basket string) string { return links.To(salt, basket) }

// Link returns the path of the basket's page, from the root; empty where the
// customer was not asked by link, or can no longer answer. It needs
// baskets.write, as whoever has it may answer in the customer's place.
func (s *Service) Link(ctx context.Context, a auth.Actor, b *Basket) (string, error) {
	if err := a.Can(b.ProgrammeID, auth.BasketsWrite); err != nil || b.link == "" || b.Told() {
		return "", err
	}
	p, err := program.Load(ctx, s.DB.Reader(), b.ProgrammeID)
	if err != nil {
		return "", err
	}
	return Path + links.Secret(p.Salt, b.ID), nil
}

// ask notes that a customer is asked.
func (b *Basket) ask(salt string, how Way, now time.Time) {
	b.Asked, b.AskedAt, b.link = how, now, ""
	if how == ByLink {
		b.link = links.Hash(links.Secret(salt, b.ID))
	}
}

// take notes why they left. Who answers was asked, whatever was told of that.
func (b *Basket) take(w Why, now time.Time, a auth.Actor) {
	b.Reason, b.Words, b.Origin, b.Answered, b.AnsweredBy = w.Reason, w.Words, w.Origin, now, a.String()
	if b.Told() && b.Asked != b.Origin {
		b.Asked, b.link = b.Origin, ""
		b.AskedAt = now
	}
}

func answered() *fault.Error {
	return fault.Conflict("basket_answered", "the customer has said why they left; their answer stays")
}

// Ask notes that a customer is sent the link of their page; see Link. Asked so
// again, nothing changes. Who has answered is not asked ("basket_answered"). It
// needs baskets.write.
func (s *Service) Ask(ctx context.Context, a auth.Actor, programme, which id.ID) (*Basket, error) {
	return s.change(ctx, a, programme, which, func(tx *db.Tx, b *Basket) (string, error) {
		switch {
		case b.Told():
			return "", answered()
		case b.Forgotten():
			return "", fault.Conflict("basket_forgotten", "the customer was erased; nobody is asked any more")
		case b.Asked == ByLink:
			return "", nil
		}
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return "", err
		}
		b.ask(p.Salt, ByLink, s.clock())
		return "basket.ask", nil
	})
}

// Explain notes why a customer left. What they said themselves stays
// ("basket_answered"); the same again changes nothing. It needs baskets.write.
func (s *Service) Explain(ctx context.Context, a auth.Actor, programme, which id.ID, w Why) (*Basket, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	return s.change(ctx, a, programme, which, func(tx *db.Tx, b *Basket) (string, error) {
		switch {
		case b.Reason == w.Reason && b.Words == w.Words && b.Origin == w.Origin:
			return "", nil
		case b.Told():
			return "", answered()
		case b.Forgotten():
			return "", fault.Conflict("basket_forgotten", "the customer was erased; nobody is asked any more")
		}
		b.take(w, s.clock(), a)
		return "basket.explain", s.tellOf(ctx, tx, b, toldWhy)
	})
}

// change does something to one basket; do returns what the audit calls it, empty
// where nothing changed.
func (s *Service) change(ctx context.Context, a auth.Actor, programme, which id.ID, do func(tx *db.Tx, b *Basket) (string, error)) (*Basket, error) {
	if err := a.Can(programme, auth.BasketsWrite); err != nil {
		return nil, err
	}
	var b *Basket
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if b, err = loadBasket(ctx, tx, programme, which, tx.ForUpdate()); err != nil {
			return err
		}
		action, err := do(tx, b)
		if err != nil || action == "" {
			return err
		}
		if err := updateBasket(ctx, tx, b); err != nil {
			return err
		}
		return record(ctx, tx, a, b, action)
	})
	return b, err
}

// Question is what the holder of a link sees: nothing of the basket.
type Question struct {
	Programme program.Programme
	// Done says that it is answered.
	Done bool
}

// Open returns what a link's secret stands for, and changes nothing. It refuses
// links that are none of ours ("basket_link_unknown") or over
// ("basket_link_over"); with the latter the programme comes along.
func (s *Service) Open(ctx context.Context, secret string) (Question, error) {
	_, q, err := s.hold(ctx, s.DB.Reader(), secret, "")
	return q, err
}

func (s *Service) hold(ctx context.Context, q db.Queryer, secret, lock string) (*Basket, Question, error) {
	unknown := fault.Missing("basket_link_unknown", "this link is not complete; open it from the message again")
	hash := links.Hash(secret)
	if hash == "" {
		return nil, Question{}, unknown
	}
	b, err := one(selectBaskets(ctx, q, `link = $1`+lock, hash))
	if err != nil {
		return nil, Question{}, err
	}
	if b == nil {
		return nil, Question{}, unknown
	}
	p, err := program.Load(ctx, q, b.ProgrammeID)
	if err != nil {
		return nil, Question{}, err
	}
	asked := Question{Programme: p, Done: b.Told()}
	if !asked.Done && s.Now().After(b.AskedAt.AddDate(0, 0, LinkDays)) {
		return b, asked, fault.Refused("basket_link_over", "the link has ended; thank you all the same")
	}
	return b, asked, nil
}

// Answer takes what the holder of a link says, once: whoever comes later is told
// that it is done, and changes nothing.
func (s *Service) Answer(ctx context.Context, secret string, reason Reason, words string) (Question, error) {
	w := Why{Reason: reason, Words: words, Origin: ByLink}
	var asked Question
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		b, q, err := s.hold(ctx, tx, secret, tx.ForUpdate())
		if asked = q; err != nil || q.Done {
			return err
		}
		if err := w.check(); err != nil {
			return err
		}
		b.take(w, s.clock(), ourselves)
		asked.Done = true
		if err := updateBasket(ctx, tx, b); err != nil {
			return err
		}
		if err := s.tellOf(ctx, tx, b, toldWhy); err != nil {
			return err
		}
		return record(ctx, tx, ourselves, b, "basket.answer")
	})
	return asked, err
}
