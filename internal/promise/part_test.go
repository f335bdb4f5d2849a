package promise

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/id"
)

// offer is a price that is shown by parts.
func (w *town) offer(name string, parts ...Amount) New {
	return New{ProgrammeID: w.Programme.ID, MemberID: w.ann, Kind: Price, Source: "shop", ExternalID: name, Parts: parts}
}

func (w *town) charges(p *Promise, charged int64, parts ...Amount) *Promise {
	w.Helper()
	got, err := w.Charge(w.Context(), boss, w.Programme.ID, p.ID, charged, parts)
	w.OK(err)
	return got
}

func TestAPriceIsShownAndChargedByParts(t *testing.T) {
	each(t, func(w *town) {
		shown := w.offer("one", Amount{PartDelivery, 0}, Amount{PartGoods, 1000})
		p := w.makes(shown)
		if p.Shown != 1000 || len(p.Parts) != 2 || p.Parts[0].Part != PartGoods {
			t.Errorf("%+v", p)
		}
		if again := w.makes(shown); again.ID != p.ID {
			t.Error("made twice")
		}
		shown.Parts[0].Minor, shown.Parts[1].Minor, shown.Shown = 100, 900, 1000
		_, err := w.Make(w.Context(), boss, shown)
		w.Refuses(err, "promise_taken")
		for code, n := range map[string]New{
			"promise_parts_sum":  {Shown: 5, Parts: []Amount{{PartGoods, 4}}},
			"promise_part":       {Parts: []Amount{{"luck", 4}}},
			"promise_part_twice": {Parts: []Amount{{PartGoods, 4}, {PartGoods, 4}}},
			"promise_price":      {Parts: []Amount{{PartGoods, 4}, {PartTax, -1}}},
		} {
			n.ProgrammeID, n.Kind, n.Source, n.ExternalID = w.Programme.ID, Price, "shop", code
			_, err := w.Make(w.Context(), boss, n)
			w.Refuses(err, code)
		}
		delivery := w.word("d")
		delivery.Parts = []Amount{{PartGoods, 1}}
		_, err = w.Make(w.Context(), boss, delivery)
		w.Refuses(err, "promise_price_only")

		_, err = w.Charge(w.Context(), boss, w.Programme.ID, p.ID, 1350, []Amount{{PartGoods, 1000}})
		w.Refuses(err, "promise_parts_sum")
		if p = w.charges(p, 1350); p.State != Broken || p.partsCharged() {
			t.Errorf("charged as a whole it is %+v", p)
		}
		parts := []Amount{{PartGoods, 950}, {PartDelivery, 250}, {PartService, 150}, {PartTax, 0}}
		p = w.charges(p, 1350, parts...) // by which parts is learnt later
		w.charges(p, 1350, parts...)     // again
		_, err = w.Charge(w.Context(), boss, w.Programme.ID, p.ID, 1350, []Amount{{PartGoods, 1350}})
		w.Refuses(err, "promise_over")
		p = w.get(p)
		if want := []Piece{{PartGoods, true, 1000, true, 950}, {PartDelivery, true, 0, true, 250}, {PartService, false, 0, true, 150}}; !slices.Equal(p.Parts, want) {
			t.Errorf("the parts are %+v", p.Parts)
		}
		if !p.Parts[2].Hidden() || p.Parts[1].Hidden() || joinParts(p.Grew()) != "delivery,service_fee" {
			t.Errorf("grew %v", p.Grew())
		}
		whole := w.makes(New{ProgrammeID: w.Programme.ID, Kind: Price, Source: "shop", ExternalID: "whole", Shown: 10})
		_, err = w.Charge(w.Context(), boss, w.Programme.ID, whole.ID, 10, []Amount{{PartGoods, 10}})
		w.Refuses(err, "promise_no_parts")
		w.charges(whole, 10)
		w.Clean(Room())
		w.exportsParts(p.ID)
	})
}

// exportsParts looks for the parts of a price in what leaves, which erasing keeps:
// they tell of nobody.
func (w *town) exportsParts(promise id.ID) {
	w.Helper()
	w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
		all, err := Room().Export(w.Context(), q, w.Programme.ID, []id.ID{w.ann})
		if text := w.text(all); !strings.Contains(text, `"part":"service_fee","was_shown":false,"shown":0,"was_charged":true,"charged":150`) {
			w.Errorf("the person's export has %s", text)
		}
		w.OK(err)
		rows := 0
		w.OK(Room().Dump(w.Context(), q, w.Programme.ID, func(table string, row any) error {
			if table == "promise_parts" && row.(PartRecord).Promise == promise.In(id.Promise) {
				rows++
			}
			return nil
		}))
		if rows != 3 {
			w.Errorf("%d parts leave", rows)
		}
		return nil
	}))
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return Room().Erase(w.Context(), tx, w.Programme.ID, []id.ID{w.ann}) }))
	w.Clean(Room())
}

func TestTheTimelineNamesThePartsThatGrew(t *testing.T) {
	each(t, func(w *town) {
		p := w.makes(w.offer("one", Amount{PartGoods, 1000}))
		w.Set(w.Now().Add(time.Minute))
		w.charges(p, 1200, Amount{PartGoods, 1000}, Amount{PartDelivery, 200})
		w.tells()
		if e := w.timeline()[0]; e.Kind != EventBroken || !strings.Contains(string(e.Body), `"grew_by":"delivery"`) {
			t.Errorf("%s %s", e.Kind, e.Body)
		}
	})
}

func TestTheReportTellsByWhichPartPricesGrew(t *testing.T) {
	each(t, func(w *town) {
		for i, growth := range []int64{0, 100, 100, 301, 900} {
			p := w.makes(w.offer(fmt.Sprint(i), Amount{PartGoods, 1000}, Amount{PartDelivery, 300}))
			w.charges(p, 1300+growth, Amount{PartGoods, 1000}, Amount{PartDelivery, 300 + growth})
		}
		for i, fee := range []int64{50, 75} {
			p := w.makes(w.offer(fmt.Sprint("fee", i), Amount{PartGoods, 1000}))
			w.charges(p, 900+fee, Amount{PartGoods, 900}, Amount{PartService, fee})
		}
		w.charges(w.makes(New{ProgrammeID: w.Programme.ID, Kind: Price, Source: "shop", ExternalID: "whole", Shown: 10}), 11)
		w.makes(w.offer("open", Amount{PartGoods, 1000}))
		w.Set(w.Now().Add(time.Minute))
		r, err := w.Rates(w.Context(), boss, w.Programme.ID, time.Time{}, time.Time{})
		w.OK(err)
		want := []PartRate{
			{Part: PartGoods, Kept: 7},
			{Part: PartDelivery, Kept: 1, Grew: 4, Total: 1401, Median: 201}, // of 100 and 301, rounded up
			{Part: PartService, Grew: 2, Hidden: 2, Total: 125, Median: 63},
		}
		if !slices.Equal(r.ByPart, want) || r.Prices != (Prices{8, 7}) {
			t.Errorf("%+v, %+v", r.ByPart, r.Prices)
		}
		// The figure of Wilson (1927) for 7 of 7 at 95 %.
		if low := r.ByPart[0].Share().Low; low < 0.645 || low > 0.647 {
			t.Errorf("the lower bound is %f", low)
		}
		w.Clean(Room())
	})
}

func TestTheCheckFindsPartsThatDoNotAddUp(t *testing.T) {
	each(t, func(w *town) {
		p := w.charges(w.makes(w.offer("one", Amount{PartGoods, 1000}, Amount{PartTax, 10})), 1010, Amount{PartGoods, 1000}, Amount{PartTax, 10})
		for _, spoil := range []string{
			`UPDATE promise_part SET shown = 9 WHERE programme_id = $1 AND promise_id = $2 AND part = 'tax'`,
			`UPDATE promise_part SET shown = 10, charged = 11 WHERE programme_id = $1 AND promise_id = $2 AND part = 'tax'`,
			`UPDATE promise_part SET charged = 10, was_charged = FALSE WHERE programme_id = $1 AND promise_id = $2 AND part = 'tax'`,
		} {
			w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(w.Context(), spoil, w.Programme.ID, p.ID)
				return err
			}))
			found := 0
			w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
				return Room().Check(w.Context(), q, w.Programme.ID, func(string) { found++ })
			}))
			if found != 1 {
				t.Errorf("%s: %d", spoil, found)
			}
		}
	})
}

// TestPartsAlwaysAddUp: whatever is shown and charged, the parts make up both, and
// by how much the price grew is what its parts grew by.
func TestPartsAlwaysAddUp(t *testing.T) {
	amounts := rapid.Custom(func(t *rapid.T) []Amount {
		var list []Amount
		for _, part := range rapid.SliceOfNDistinct(rapid.SampledFrom(PartNames()), 1, 5, rapid.ID).Draw(t, "parts") {
			list = append(list, Amount{part, rapid.Int64Range(0, 5000).Draw(t, "minor")})
		}
		return list
	})
	rapid.Check(t, func(t *rapid.T) {
		shown, charged := amounts.Draw(t, "shown"), amounts.Draw(t, "charged")
		p := &Promise{Shown: SumOf(shown), Charged: SumOf(charged)}
		p.showParts(shown)
		p.chargeParts(charged)
		var was, is, grew int64
		for _, c := range p.Parts {
			was, is, grew = was+c.Shown, is+c.Charged, grew+c.Growth()
			if c.Hidden() && slices.ContainsFunc(shown, func(a Amount) bool { return a.Part == c.Part }) {
				t.Fatalf("%+v was shown", c)
			}
		}
		if was != p.Shown || is != p.Charged || grew != p.Charged-p.Shown || !p.chargedAs(charged) {
			t.Fatalf("%+v of %v and %v", p.Parts, shown, charged)
		}
		if p.Charged > p.Shown && len(p.Grew()) == 0 {
			t.Fatalf("it grew by nothing: %+v", p.Parts)
		}
	})
}
