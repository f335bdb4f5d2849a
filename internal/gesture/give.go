package gesture

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/program"
)

// State is what became of a wish to give something.
type State string

// The states.
const (
	Given State = "given"
	// Withheld was asked for and held out by the draw.
	Withheld State = "withheld"
	// TakenBack was noted by mistake.
	TakenBack State = "taken_back"
)

// Text names the state in words.
func (n State) Text() i18n.Text { return i18n.Text{Key: "gesture.state." + string(n)} }

const (
	// MaxNote bounds a note, in letters, and a reason.
	MaxNote = 500
	maxName = 200
	maxSKU  = 200
	// TakeBackDays is how long what was noted by mistake can be taken back.
	TakeBackDays = 14
	// mostGivings bounds a list.
	mostGivings = 500
)

// Giving is one time that staff wished to give something to a member.
type Giving struct {
	ID, ProgrammeID, GestureID id.ID
	// MemberID is the member at the time; merges do not rewrite it.
	MemberID id.ID
	ShopID   id.ID // 0 where none was named
	Version  int64 // of the gesture
	State    State
	At       time.Time
	Actor    string
	Channel  string
	Note     string
	Cost     int64 // minor units
	// Asked is the product that was asked for, Advised that which was recommended
	// instead, empty for none; Saved is what the customer kept thereby.
	Asked, Advised string
	Saved          int64
	// Share is how many of 10,000 members the draw held out at the time.
	Share int
	// Name is the caller's own, by which a repeat is known.
	Name string
	// Taken is when it was taken back, by whom and why.
	Taken           time.Time
	TakenBy, Reason string
}

// Wish is what staff say of what they are about to give.
type Wish struct {
	GestureID, MemberID id.ID
	Shop                id.ID // 0 for none
	Channel, Note       string
	Asked, Advised      string
	Saved               int64
	// Name makes it be noted once; empty for a wish that is not repeated.
	Name string
}

func (w *Wish) check(kind Kind) error {
	w.Note = i18n.Tidy(w.Note)
	long := func(is bool, at string, most int) error {
		return fault.When(is, fault.Invalid("gesture_text_long", "the text takes at most %d letters", most).At(at).With("most", most))
	}
	return fault.Gather(
		long(utf8.RuneCountInString(w.Note) > MaxNote, "/note", MaxNote), long(len(w.Name) > maxName, "/name", maxName),
		long(len(w.Asked) > maxSKU, "/asked", maxSKU), long(len(w.Advised) > maxSKU, "/advised", maxSKU),
		fault.When(w.Saved < 0 || w.Saved > money.MaxMinor, fault.Invalid("gesture_saved", "what the customer saved is 0 or more").At("/saved")),
		fault.When(kind != Tip && (w.Asked != "" || w.Advised != "" || w.Saved != 0), fault.Invalid("gesture_no_tip", "products and savings belong to tips").At("/advised")))
}

// Give notes that something is given. Whom the draw holds out is refused with
// "gesture_withheld", and that they were asked for is kept, since the effect is
// measured among those who were asked for. It needs gestures.give.
func (s *Service) Give(ctx context.Context, a auth.Actor, programme id.ID, w Wish) (*Giving, error) {
	if err := a.Can(programme, auth.GesturesGive); err != nil {
		return nil, err
	}
	var n *Giving
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		n, err = s.give(ctx, tx, a, programme, w)
		return err
	})
	if err == nil && n.State == Withheld {
		err = fault.Refused("gesture_withheld", "not for this customer: the draw holds some out, so that the effect can be measured; do not give it").With("giving", n.ID.In(id.Giving))
	}
	return n, err
}

func (s *Service) give(ctx context.Context, tx *db.Tx, a auth.Actor, programme id.ID, w Wish) (*Giving, error) {
	m, err := member.Held(ctx, tx, programme, w.MemberID)
	if err == nil && m.Status == member.Erased {
		err = member.Unknown(w.MemberID)
	}
	if err != nil {
		return nil, fault.At("/member", err)
	}
	g, err := load(ctx, tx, programme, w.GestureID, tx.ForUpdate()) // one after the other: limits hold however many give at once
	if err != nil {
		return nil, err
	}
	if err := w.check(g.Spec.Kind); err != nil {
		return nil, err
	}
	if again, err := repeated(ctx, tx, programme, &w, m); again != nil || err != nil {
		return again, err
	}
	p, err := program.Load(ctx, tx, programme)
	if err != nil {
		return nil, err
	}
	if err := s.checkPlace(ctx, tx, programme, &w); err != nil {
		return nil, err
	}
	if err := g.mayGive(a); err != nil {
		return nil, err
	}
	aliases, err := member.Aliases(ctx, tx, m.ID)
	if err != nil {
		return nil, err
	}
	if err := s.refusal(ctx, tx, &p, g, aliases, w.Shop); err != nil {
		return nil, err
	}
	n := &Giving{
		ID: tx.IDs().New(), ProgrammeID: programme, GestureID: g.ID, MemberID: m.ID, ShopID: w.Shop, Version: g.Version, State: Given, At: s.clock(), Actor: a.String(),
		Channel: w.Channel, Note: w.Note, Cost: g.Spec.Cost, Asked: w.Asked, Advised: w.Advised, Saved: w.Saved, Share: g.Spec.Withhold, Name: w.Name,
	}
	if g.heldOut(p.Salt, m.ID) {
		known, err := before(ctx, tx, g, aliases, Withheld, g.Measured.Add(-time.Microsecond))
		if known != nil || err != nil {
			return known, err
		}
		n.State, n.Cost = Withheld, 0
	}
	return n, s.note(ctx, tx, a, n, g.Spec.Kind)
}

// repeated returns what was noted under the wish's own name, nil for nothing.
func repeated(ctx context.Context, q db.Queryer, programme id.ID, w *Wish, m *member.Member) (*Giving, error) {
	if w.Name == "" {
		return nil, nil
	}
	n, err := one(selectGivings(ctx, q, `programme_id = $1 AND name = $2`, programme, w.Name))
	if err != nil || n == nil {
		return nil, err
	}
	owner, err := member.Read(ctx, q, []id.ID{n.MemberID})
	if err != nil {
		return nil, err
	}
	if o := owner[n.MemberID]; n.GestureID != w.GestureID || o == nil || o.ID != m.ID {
		return nil, fault.Conflict("gesture_name_taken", "something else was noted under this name; give each its own").At("/name")
	}
	return n, nil
}

// checkPlace refuses a shop and products that there are not.
func (s *Service) checkPlace(ctx context.Context, q db.Queryer, programme id.ID, w *Wish) error {
	if w.Shop != 0 {
		shops, err := program.Shops(ctx, q, programme)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(shops, func(o program.Shop) bool { return o.ID == w.Shop }) {
			return fault.Invalid("gesture_shop", "the programme has no such shop").At("/shop")
		}
	}
	for _, one := range []struct{ field, sku string }{{"/asked", w.Asked}, {"/advised", w.Advised}} {
		if one.sku == "" {
			continue
		}
		known, err := product.Lookup(ctx, q, programme, []string{one.sku})
		if err != nil {
			return err
		}
		if _, there := known[one.sku]; !there {
			return fault.Invalid("gesture_product", "the programme has no product %q", one.sku).At(one.field).With("sku", one.sku)
		}
	}
	return nil
}

// note writes a giving down, with what follows from it.
func (s *Service) note(ctx context.Context, tx *db.Tx, a auth.Actor, n *Giving, kind Kind) error {
	if err := tx.Insert(ctx, givingTable, [][]any{n.row()}); err != nil {
		return fmt.Errorf("noting what was given: %w", err)
	}
	action := "gesture.give"
	if n.State == Withheld {
		action = "gesture.withhold"
	} else if err := s.tellOf(ctx, tx, n, string(kind)+"_given"); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: n.ProgrammeID, Action: action, Subject: n.ID.In(id.Giving), Detail: map[string]any{
		"gesture": n.GestureID.In(id.Gesture), "member": n.MemberID.In(id.Member),
	}})
}

// TakeBack takes back what was noted by mistake, within TakeBackDays and with a
// reason: one's own with gestures.give, everybody's with gestures.write.
func (s *Service) TakeBack(ctx context.Context, a auth.Actor, programme, giving id.ID, reason string) (*Giving, error) {
	if err := a.Can(programme, auth.GesturesGive); err != nil {
		return nil, err
	}
	reason = i18n.Tidy(reason)
	var n *Giving
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if n, err = loadGiving(ctx, tx, programme, giving, tx.ForUpdate()); err != nil {
			return err
		}
		if n.Actor != a.String() {
			if err := a.Can(programme, auth.GesturesWrite); err != nil {
				return err
			}
		}
		now := s.clock()
		switch {
		case n.State != Given:
			return fault.Conflict("gesture_not_given", "it does not stand as given")
		case now.After(n.At.AddDate(0, 0, TakeBackDays)):
			return fault.Conflict("gesture_take_back_late", "it can be taken back within %d days", TakeBackDays).With("days", TakeBackDays)
		case reason == "":
			return fault.Invalid("gesture_reason", "say why it is taken back").At("/reason")
		case utf8.RuneCountInString(reason) > MaxNote:
			return fault.Invalid("gesture_text_long", "the text takes at most %d letters", MaxNote).At("/reason").With("most", MaxNote)
		}
		n.State, n.Taken, n.TakenBy, n.Reason = TakenBack, now, a.String(), reason
		if err := tx.Update(ctx, givingTable, [][]any{n.row()}); err != nil {
			return fmt.Errorf("taking back what was given: %w", err)
		}
		if err := s.tellOf(ctx, tx, n, "gesture_taken_back"); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "gesture.take_back", Subject: n.ID.In(id.Giving), Detail: map[string]any{"gesture": n.GestureID.In(id.Gesture)}})
	})
	return n, err
}

func loadGiving(ctx context.Context, q db.Queryer, programme, which id.ID, lock string) (*Giving, error) {
	n, err := one(selectGivings(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, which))
	if err == nil && n == nil {
		err = fault.Missing("unknown_giving", "nothing was given under %s", which.In(id.Giving)).With("giving", which.In(id.Giving))
	}
	return n, err
}

// GetGiving returns one giving. It needs gestures.read.
func (s *Service) GetGiving(ctx context.Context, a auth.Actor, programme, which id.ID) (*Giving, error) {
	if err := a.Can(programme, auth.GesturesRead); err != nil {
		return nil, err
	}
	return loadGiving(ctx, s.DB.Reader(), programme, which, "")
}

// Query chooses givings.
type Query struct {
	ProgrammeID id.ID
	GestureID   id.ID // 0 for all
	MemberID    id.ID // 0 for everybody
	Before      id.ID // 0 from the latest
	Limit       int
}

// Givings returns what was given, the latest first. It needs gestures.read.
func (s *Service) Givings(ctx context.Context, a auth.Actor, w Query) ([]*Giving, error) {
	if err := a.Can(w.ProgrammeID, auth.GesturesRead); err != nil {
		return nil, err
	}
	q := s.DB.Reader()
	var args db.Args
	where := `programme_id = ` + args.Add(w.ProgrammeID)
	if w.GestureID != 0 {
		where += ` AND gesture_id = ` + args.Add(w.GestureID)
	}
	if w.MemberID != 0 {
		aliases, err := member.Aliases(ctx, q, w.MemberID)
		if err != nil || len(aliases) == 0 {
			return nil, err
		}
		where += ` AND member_id IN ` + args.In(aliases)
	}
	if w.Before != 0 {
		where += ` AND id < ` + args.Add(w.Before)
	}
	limit := w.Limit
	if limit <= 0 || limit > mostGivings {
		limit = mostGivings
	}
	return selectGivings(ctx, q, where+` ORDER BY id DESC LIMIT `+args.Add(limit), args.Values()...)
}
