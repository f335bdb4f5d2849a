package basket

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/promise"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "basket" }

// Erase takes out what a person wrote, the hash that could tell whether they
// wrote something, and the way to their page; what was counted stays.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	if _, err := tx.Exec(ctx, `UPDATE basket SET words = '', hash = '', link = '' WHERE member_id IN `+args.In(members)+` AND member_id <> 0 AND programme_id = `+args.Add(programme), args.Values()...); err != nil {
		return fmt.Errorf("forgetting what was said of left baskets: %w", err)
	}
	return nil
}

// Check notes settings that cannot be, and baskets that contradict themselves.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	set, version, err := loadSettings(ctx, q, programme)
	if err != nil {
		return err
	}
	if err := set.Check(); err != nil {
		note(fmt.Sprintf("the settings of left baskets, version %d, cannot be: %v", version, err))
	}
	list, err := selectBaskets(ctx, q, `programme_id = $1 AND member_id <> 0 AND NOT EXISTS (SELECT 1 FROM member AS m WHERE m.id = basket.member_id AND m.programme_id = basket.programme_id)
		ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, b := range list {
		note(b.ID.In(id.Basket) + " is of a member that the programme has not")
	}
	return eachBasket(ctx, q, programme, func(b *Basket) error {
		if what := b.odd(); what != "" {
			note(b.ID.In(id.Basket) + " " + what)
		}
		return nil
	})
}

// odd says what contradicts itself in a basket.
func (b *Basket) odd() string {
	switch {
	case !slices.Contains(Steps(), b.Step):
		return fmt.Sprintf("was left at the step %q, which there is not", b.Step)
	case b.Last <= 0 || b.First < 0 || b.Items < 0:
		return fmt.Sprintf("has a price of %d, was %d, and %d things", b.Last, b.First, b.Items)
	case b.Left.IsZero() || b.Left.After(b.Recorded.Add(24*time.Hour)):
		return "was left after it was told of"
	case (b.Asked == "") == !b.AskedAt.IsZero() || b.Asked != "" && !slices.Contains(Asking(), b.Asked):
		return "was asked at no time or in no way"
	case b.link != "" && b.Asked != ByLink:
		return "has a page and was not asked by link"
	case (b.Reason == "") != (b.Origin == "") || (b.Reason == "") == !b.Answered.IsZero() || b.Reason == "" && b.Words != "":
		return "has a reason from nowhere, or half an answer"
	case b.Reason != "" && (!slices.Contains(Reasons(), b.Reason) || !slices.Contains(Ways(), b.Origin)):
		return fmt.Sprintf("was left for %q, known by %q", b.Reason, b.Origin)
	case b.Told() && b.Asked != b.Origin:
		return "answered in a way in which nobody asked"
	}
	return b.oddParts()
}

func (b *Basket) oddParts() string {
	var first, last int64
	for _, c := range b.Parts {
		if !slices.Contains(promise.PartNames(), c.Part) || !c.WasShown && c.Shown != 0 {
			return fmt.Sprintf("has a part %q that cannot be", c.Part)
		}
		first, last = first+c.Shown, last+c.Charged
	}
	if len(b.Parts) > 0 && (first != b.First || last != b.Last) {
		return fmt.Sprintf("has parts of %d and %d, and prices of %d and %d", first, last, b.First, b.Last)
	}
	return ""
}

// PartRecord is a part of a price in exports, in minor units; First is left out
// where it was not shown at first.
type PartRecord struct {
	Part  promise.Part `json:"part"`
	First *int64       `json:"first,omitempty"`
	Last  int64        `json:"last"`
}

// Record is a left basket in exports. Prices are in minor units.
type Record struct {
	Basket     string       `json:"basket"`
	Member     string       `json:"member,omitempty"`
	Shop       string       `json:"shop,omitempty"`
	Channel    string       `json:"channel,omitempty"`
	Source     string       `json:"source"`
	ExternalID string       `json:"external_id"`
	Left       time.Time    `json:"left"`
	Recorded   time.Time    `json:"recorded"`
	Step       Step         `json:"step"`
	Items      int64        `json:"items,omitempty"`
	First      int64        `json:"first_price,omitempty"`
	Last       int64        `json:"last_price"`
	Parts      []PartRecord `json:"parts,omitempty"`
	Asked      Way          `json:"asked,omitempty"`
	AskedAt    time.Time    `json:"asked_at,omitzero"`
	Reason     Reason       `json:"reason,omitempty"`
	Words      string       `json:"words,omitempty"`
	Origin     Way          `json:"origin,omitempty"`
	Answered   time.Time    `json:"answered,omitzero"`
	AnsweredBy string       `json:"answered_by,omitempty"`
}

func (b *Basket) record() Record {
	r := Record{
		Basket: b.ID.In(id.Basket), Channel: b.Channel, Source: b.Source, ExternalID: b.ExternalID, Left: b.Left, Recorded: b.Recorded, Step: b.Step, Items: b.Items, First: b.First, Last: b.Last,
		Asked: b.Asked, AskedAt: b.AskedAt, Reason: b.Reason, Words: b.Words, Origin: b.Origin, Answered: b.Answered, AnsweredBy: b.AnsweredBy,
	}
	if b.MemberID != 0 {
		r.Member = b.MemberID.In(id.Member)
	}
	if b.ShopID != 0 {
		r.Shop = b.ShopID.In(id.Shop)
	}
	for _, c := range b.Parts {
		p := PartRecord{Part: c.Part, Last: c.Charged}
		if c.WasShown {
			p.First = &c.Shown
		}
		r.Parts = append(r.Parts, p)
	}
	return r
}

// Export returns the baskets that a person left.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var args db.Args
	list, err := selectBaskets(ctx, q, `member_id IN `+args.In(members)+` AND member_id <> 0 AND programme_id = `+args.Add(programme)+` ORDER BY id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	all := make([]Record, len(list))
	for i, b := range list {
		all[i] = b.record()
	}
	return all, nil
}

// SettingsRecord are the choices in force, in exports.
type SettingsRecord struct {
	Version  int64    `json:"version"`
	Settings Settings `json:"settings"`
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"basket_settings", "baskets"} }

// Dump gives the choices and every basket.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	set, version, err := loadSettings(ctx, q, programme)
	if err != nil {
		return err
	}
	if version > 0 {
		if err := to("basket_settings", SettingsRecord{version, set}); err != nil {
			return err
		}
	}
	return eachBasket(ctx, q, programme, func(b *Basket) error { return to("baskets", b.record()) })
}
