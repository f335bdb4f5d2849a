package partner

import (
	"bytes"
	encsv "encoding/csv"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/promo"
)

// tenth makes an offer of ten per cent off that is open since long ago.
func (w *town) tenth() id.ID {
	w.Helper()
	s := promo.New(w.d, func() time.Time { return w.clock })
	v, err := s.Create(ctx, boss, promo.Offer{ProgrammeID: w.prog.ID, Name: "A tenth"}, promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}})
	w.ok(err)
	_, err = s.Publish(ctx, boss, w.prog.ID, v.OfferID, w.clock.AddDate(-1, 0, 0), time.Time{})
	w.ok(err)
	return v.OfferID
}

// shares says which part of an offer the bakery bears from now on.
func (w *town) shares(offer id.ID, part money.Rate) {
	w.Helper()
	_, err := w.ShareOffer(ctx, boss, w.prog.ID, Share{OfferID: offer, PartnerID: w.baker.ID, Part: part})
	w.ok(err)
}

// TestWhatCameBackIsFoundAfterAParting: a sale of somebody comes back while they
// are merged into another by way of a third, and all are parted before the reader
// is told of it.
func TestWhatCameBackIsFoundAfterAParting(t *testing.T) {
	each(t, func(w *town) {
		w.shares(w.tenth(), money.NewRate(3, 10))
		sold := w.must(w.buys("s", "bob", "own", 0, 10_00))
		third, first := w.must(w.buys("t", "cid", "own", 0, 5_00)), w.must(w.buys("u", "ann", "own", 0, 5_00))
		w.read()
		one, err := w.flow.Merge(ctx, boss, w.prog.ID, third.MemberID, sold.MemberID)
		w.ok(err)
		two, err := w.flow.Merge(ctx, boss, w.prog.ID, first.MemberID, third.MemberID)
		w.ok(err)
		w.clock = w.clock.Add(time.Hour)
		e := w.back("r", "s", "own", 1)
		e.Payload.Return = &flow.Return{SaleReference: "s", Cancel: true}
		back := w.must(e)
		if back.MemberID != first.MemberID {
			w.Fatalf("it came back from %v", back.MemberID)
		}
		for _, m := range []id.ID{two.ID, one.ID} {
			_, err := w.flow.Unmerge(ctx, boss, w.prog.ID, m)
			w.ok(err)
		}
		w.read()
		var left int64
		for _, l := range w.kept(w.d.Reader()) {
			if l.Side == Offer && l.SourceID == sold.EventID {
				left += l.Quantity
			}
		}
		if left != 0 {
			w.Errorf("the bakery still bears its part of %d", left)
		}
	})
}

// TestAnOfferCountsFromTheDayItIsShared: sales before it are charged to nobody,
// however late they are told of, and what is said later changes none of those
// before it.
func TestAnOfferCountsFromTheDayItIsShared(t *testing.T) {
	each(t, func(w *town) {
		offer := w.tenth()
		sells := func(number string) id.ID {
			w.Helper()
			sold := w.must(w.buys(number, "anna", "own", 0, 10_00)).EventID
			w.clock = w.clock.Add(time.Hour)
			return sold
		}
		before := sells("before")
		w.shares(offer, money.NewRate(3, 10))
		third := sells("third")
		w.shares(offer, money.NewRate(1, 2))
		half := sells("half")
		w.shares(offer, money.Rate{})
		after := sells("after")
		late := w.buys("late", "anna", "own", 0, 10_00)
		late.Occurred = noon.Add(-time.Hour)
		w.must(late)

		want := map[id.ID]money.Rate{third: money.NewRate(3, 10), half: money.NewRate(1, 2)}
		found := func() {
			w.Helper()
			kept := w.kept(w.d.Reader())
			for key, l := range kept {
				if key.side == Offer && l.Quantity != 1_00 || want[key.source] != l.Rate {
					w.Errorf("%+v is charged at %s", key, l.Rate)
				}
			}
			if len(kept) != len(want) {
				w.Errorf("%d lines are kept of %d (before %d, after %d)", len(kept), len(want), before, after)
			}
		}
		w.collectsAsBefore() // the readers have been told nothing yet
		found()
		w.read()
		found()
		now, err := w.OfferShares(ctx, boss, w.prog.ID, w.baker.ID)
		w.ok(err)
		if len(now) != 0 {
			w.Errorf("it still shares %v", now)
		}
		w.clock = noon.AddDate(0, 1, 0)
		s := w.closes(w.baker, MonthOf(noon, w.prog.Zone))
		if s.Total != 30+50 {
			w.Errorf("the statement comes to %d", s.Total)
		}
		w.balanced()
	})
}

// TestASharedOfferSaysSinceWhen: saying the same again changes nothing.
func TestASharedOfferSaysSinceWhen(t *testing.T) {
	each(t, func(w *town) {
		offer := w.tenth()
		w.shares(offer, money.NewRate(3, 10))
		w.clock = w.clock.Add(time.Hour)
		w.shares(offer, money.NewRate(3, 10))
		list, err := w.OfferShares(ctx, boss, w.prog.ID, w.baker.ID)
		w.ok(err)
		if len(list) != 1 || !list[0].Begins.Equal(noon) || list[0].Part.String() != "0.3" {
			w.Errorf("the shares are %v", list)
		}
	})
}

// TestASharedDiscountComesBackWithItsGoods: a third of a discount of £3 comes
// back with a third of the goods, all of it when the sale is cancelled, in the
// month of the return if that of the sale is closed; goods that nobody brought
// back are settled as they were.
func TestASharedDiscountComesBackWithItsGoods(t *testing.T) {
	each(t, func(w *town) {
		w.shares(w.tenth(), money.NewRate(3, 10))
		w.must(w.buys("1", "anna", "own", 0, 10_00, 10_00, 10_00))
		w.must(w.buys("2", "anna", "bakery", 0, 20_00))
		w.must(w.back("3", "1", "own", 1))
		w.read()
		w.clock = noon.AddDate(0, 1, 0)
		jan := w.closes(w.baker, 202601)
		offers := func(s Statement) (n, owed int64) {
			for _, l := range s.Lines {
				if l.Side == Offer {
					n, owed = n+l.Quantity, owed+l.Amount
				}
			}
			return n, owed
		}
		// Of £3 − £1 in our shop the bakery owes three tenths; of its own £2 we owe
		// it seven.
		if n, owed := offers(jan); n != 2_00+2_00 || owed != 60-1_40 {
			w.Errorf("January settles discounts of %d at %d", n, owed)
		}
		rest := w.back("4", "1", "own", 1)
		rest.Payload.Return = &flow.Return{SaleReference: "1", Cancel: true}
		w.must(rest)
		w.collectsAsBefore() // the readers have been told nothing of it yet
		w.read()
		feb := w.statement(w.baker, 202602)
		if n, owed := offers(feb); n != -2_00 || owed != -60 {
			w.Errorf("February settles discounts of %d at %d", n, owed)
		}
		for _, l := range feb.Lines {
			if l.Side == Offer && (l.SaleID != jan.Lines[0].SaleID || l.SourceID != l.SaleID || l.EventID == l.SaleID) {
				w.Errorf("the line does not go back to its sale: %+v", l)
			}
			if l.Receipt != "" {
				w.Errorf("the bakery is told our receipt %s", l.Receipt)
			}
		}
		w.balanced()
	})
}

// TestAStatementAsAFile: a line says which offer and which receipt it is for, and
// the receipts of our own shops stay with us.
func TestAStatementAsAFile(t *testing.T) {
	each(t, func(w *town) {
		w.shares(w.tenth(), money.NewRate(3, 10))
		w.must(w.buys("B 1", "anna", "bakery", 0, 20_00))
		w.must(w.buys("O 1", "anna", "own", 0, 10_00))
		w.must(w.back("B 2", "B 1", "bakery", 1))
		w.read()
		s := w.statement(w.baker, 202601)
		texts, err := i18n.New()
		w.ok(err)
		paper := Paper{Print: texts.Printer("en", time.UTC, w.prog.Currency), Currency: w.prog.Currency, Zone: time.UTC, Shops: map[id.ID]string{w.shops["bakery"].ID: "bakery", w.shops["own"].ID: "own"}}
		var csv, pdf bytes.Buffer
		w.ok(s.CSV(paper, &csv))
		w.ok(s.PDF(paper, &pdf))
		if !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")) {
			w.Errorf("the PDF begins with %q", pdf.Bytes()[:8])
		}
		var got [][]string
		rows, err := encsv.NewReader(&csv).ReadAll()
		w.ok(err)
		for _, row := range rows {
			got = append(got, []string{row[1], row[2], row[6], row[7], row[10], row[12]})
		}
		want := [][]string{
			{"side", "offer", "receipt", "shop", "quantity", "amount"},
			{"issue", "", "B 1", "bakery", "18", "0.27"},
			{"offer", "A tenth", "B 1", "bakery", "2.00", "-1.40"},
			{"offer", "A tenth", "", "own", "1.00", "0.30"},
			{"issue", "", "B 1", "bakery", "-18", "-0.27"},
			{"offer", "A tenth", "B 1", "bakery", "-2.00", "1.40"},
			{"fee_issue", "", "", "", "0.00", "0.00"},
			{"total", "", "", "", "", "0.30"},
		}
		by := func(a, b []string) int { return slices.Compare(a, b) }
		slices.SortFunc(got[1:], by)
		slices.SortFunc(want[1:], by)
		if diff := cmp.Diff(want, got); diff != "" {
			w.Errorf("the file differs:\n%s", diff)
		}
	})
}
