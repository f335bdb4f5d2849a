package basket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/promise"
)

// Leaving is what a shop tells of a basket that was left.
type Leaving struct {
	ProgrammeID        id.ID `json:"-"`
	Source, ExternalID string
	// MemberID or Identities say whose it was. Identities that belong to nobody
	// make it an unknown visitor's, and are not kept.
	MemberID   id.ID             `json:"-"`
	Identities []member.Identity `json:"-"`
	// Shop is the code of a shop, or empty.
	Shop, Channel string
	// Left is when it was left; the zero time is now.
	Left  time.Time
	Step  Step
	Items int64
	// Currency is the programme's, also when empty.
	Currency money.Currency
	// First is the price that was shown first, 0 where it is not known; Last that
	// at which it was left. Where the parts are told, the price may be left out:
	// it is their sum.
	First, Last           int64
	FirstParts, LastParts []promise.Amount
	// Why is the answer, nil for none; Asked is how they were asked without
	// answering, or are about to be.
	Why   *Why
	Asked Way
}

// Leave keeps a basket that was left. The same source and external id give the
// same basket, whatever is known of it by now; another telling under them is a
// conflict ("basket_taken"). It needs baskets.write.
func (s *Service) Leave(ctx context.Context, a auth.Actor, n Leaving) (*Basket, error) {
	if err := a.Can(n.ProgrammeID, auth.BasketsWrite); err != nil {
		return nil, err
	}
	hash, err := n.ready(s.Now())
	if err != nil {
		return nil, err
	}
	var b *Basket
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		b, err = s.leave(ctx, tx, a, &n, hash)
		return err
	})
	return b, err
}

// ready refuses what can be seen to be wrong without the database, fills in what
// may be left out, and returns the hash of sameness. It is of what was told but
// for whose it was: whoever joins later is no other telling.
func (n *Leaving) ready(now time.Time) (string, error) {
	for _, t := range []struct {
		at, text string
		needed   bool
		most     int
	}{{"/source", n.Source, true, maxReference}, {"/external_id", n.ExternalID, true, maxReference}, {"/channel", n.Channel, false, maxChannel}} {
		if err := i18n.CheckLine(t.at, t.text, t.needed, t.most); err != nil {
			return "", err
		}
	}
	if !n.Left.IsZero() {
		if err := journal.CheckMoment("/left", n.Left, now); err != nil {
			return "", err
		}
	}
	switch {
	case !slices.Contains(Steps(), n.Step):
		return "", fault.Invalid("basket_step", "say how far they came: basket, address, delivery, payment or review").At("/step")
	case n.Items < 0 || n.Items > MaxItems:
		return "", fault.Invalid("basket_items", "a basket holds 0 to %d things", MaxItems).At("/items").With("most", MaxItems)
	case n.Asked != "" && !slices.Contains(Asking(), n.Asked):
		return "", fault.Invalid("basket_asked", "a customer is asked on_the_spot or by link").At("/asked")
	}
	n.Left = db.Time(db.Micros(n.Left))
	if err := n.readyPrices(); err != nil {
		return "", err
	}
	if err := n.readyWhy(); err != nil {
		return "", err
	}
	said, err := json.Marshal(n)
	if err != nil {
		return "", fmt.Errorf("packing a left basket: %w", err)
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:]), nil
}

func (n *Leaving) readyPrices() error {
	if n.First == 0 {
		n.First = promise.SumOf(n.FirstParts)
	}
	if n.Last == 0 {
		n.Last = promise.SumOf(n.LastParts)
	}
	switch {
	case n.First < 0 || n.First > money.MaxMinor:
		return fault.Invalid("basket_price", "a price is above 0; leave it out where it is not known").At("/first_price")
	case n.Last <= 0 || n.Last > money.MaxMinor:
		return fault.Invalid("basket_price", "say at which price it was left, above 0").At("/last_price")
	case len(n.FirstParts) > 0 && len(n.LastParts) == 0 || len(n.LastParts) > 0 && n.First > 0 && len(n.FirstParts) == 0:
		return fault.Invalid("basket_parts", "tell both prices by parts, or neither: what has no part at first is taken for hidden").At("/last_parts")
	case len(n.LastParts) > 0 && n.First == 0:
		return fault.Invalid("basket_parts", "tell both prices by parts, or neither: what has no part at first is taken for hidden").At("/first_parts")
	}
	if err := promise.AddUp("/first_parts", n.FirstParts, n.First); err != nil {
		return err
	}
	return promise.AddUp("/last_parts", n.LastParts, n.Last)
}

func (n *Leaving) readyWhy() error {
	if n.Why == nil {
		return nil
	}
	if err := n.Why.check(); err != nil {
		return err
	}
	if n.Asked != "" && n.Why.Origin != ByStaff && n.Why.Origin != n.Asked {
		return fault.Invalid("basket_asked", "they were asked as they answered; leave one of the two out").At("/asked")
	}
	return nil
}

func (s *Service) leave(ctx context.Context, tx *db.Tx, a auth.Actor, n *Leaving, hash string) (*Basket, error) {
	p, err := program.Load(ctx, tx, n.ProgrammeID)
	if err != nil {
		return nil, err
	}
	if n.Currency != "" && n.Currency != p.Currency {
		return nil, fault.Invalid("basket_currency", "the programme counts in %s; say prices in that", p.Currency).At("/currency").With("currency", string(p.Currency))
	}
	who, err := whose(ctx, tx, &p, n)
	if err != nil {
		return nil, err
	}
	b := &Basket{
		ID: tx.IDs().New(), ProgrammeID: p.ID, Source: n.Source, ExternalID: n.ExternalID, MemberID: who, Channel: n.Channel, Left: db.Time(db.Micros(n.Left)), Recorded: s.clock(),
		Step: n.Step, Items: n.Items, First: n.First, Last: n.Last, hash: hash,
	}
	if b.Left.IsZero() {
		b.Left = b.Recorded
	}
	if len(n.LastParts) > 0 {
		b.Parts = promise.Pieces(n.FirstParts, n.LastParts)
	}
	if b.ShopID, err = program.ShopOf(ctx, tx, p.ID, n.Shop); err != nil {
		return nil, err
	}
	if n.Asked != "" {
		b.ask(p.Salt, n.Asked, b.Recorded)
	}
	if n.Why != nil {
		b.take(*n.Why, b.Recorded, a)
	}
	fresh, err := insertBasket(ctx, tx, b)
	if err != nil {
		return nil, err
	}
	if fresh {
		return b, s.follow(ctx, tx, a, b)
	}
	old, err := one(selectBaskets(ctx, tx, `programme_id = $1 AND source = $2 AND external_id = $3`, p.ID, n.Source, n.ExternalID))
	if err != nil {
		return nil, err
	}
	return old, repeats(ctx, tx, old, who, hash)
}

// follow does what follows from a new basket.
func (s *Service) follow(ctx context.Context, tx *db.Tx, a auth.Actor, b *Basket) error {
	if err := s.tellOf(ctx, tx, b, toldLeft); err != nil {
		return err
	}
	if b.Reason != "" {
		if err := s.tellOf(ctx, tx, b, toldWhy); err != nil {
			return err
		}
	}
	if err := s.planLetter(ctx, tx, b); err != nil {
		return err
	}
	return record(ctx, tx, a, b, "basket.leave")
}

// repeats refuses a telling that is not that of before. What is known of whose
// it is may be more by now, but not somebody else.
func repeats(ctx context.Context, q db.Queryer, old *Basket, who id.ID, hash string) error {
	taken := fault.Conflict("basket_taken", "this source has told of another basket under this name; use another name").At("/external_id")
	if !old.Forgotten() && old.hash != hash {
		return taken
	}
	if old.MemberID == 0 || who == 0 {
		return nil
	}
	people, err := member.Read(ctx, q, []id.ID{old.MemberID})
	if err != nil {
		return err
	}
	if m := people[old.MemberID]; m != nil && m.Status != member.Erased && m.ID != who {
		return taken
	}
	return nil
}

// whose finds the member of a basket, and holds their row, so that nobody is
// forgotten meanwhile; 0 for an unknown visitor.
func whose(ctx context.Context, tx *db.Tx, p *program.Programme, n *Leaving) (id.ID, error) {
	if n.MemberID != 0 {
		return memberOf(ctx, tx, p.ID, n.MemberID)
	}
	if len(n.Identities) == 0 {
		return 0, nil
	}
	who := make([]member.Identity, len(n.Identities))
	for i, raw := range n.Identities {
		var err error
		if who[i], err = member.Normalise(raw.Kind, raw.Value, p.Region); err != nil {
			return 0, fault.At(fmt.Sprintf("/identities/%d", i), err)
		}
	}
	found, err := member.Recognise(ctx, tx, []member.Ask{{ProgrammeID: p.ID, Identities: who}})
	if err != nil {
		return 0, err
	}
	if found[0].Err != nil || found[0].MemberID == 0 {
		return 0, found[0].Err
	}
	return memberOf(ctx, tx, p.ID, found[0].MemberID)
}

// memberOf locks a member of the programme who is not erased and returns whom
// they are by now; fault "unknown_member".
func memberOf(ctx context.Context, tx *db.Tx, programme, n id.ID) (id.ID, error) {
	m, err := member.Held(ctx, tx, programme, n)
	if err == nil && m.Status == member.Erased {
		err = member.Unknown(n)
	}
	if err != nil {
		return 0, fault.At("/member", err)
	}
	return m.ID, nil
}

func record(ctx context.Context, tx *db.Tx, a auth.Actor, b *Basket, action string) error {
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: b.ProgrammeID, Action: action, Subject: b.ID.In(id.Basket)})
}
