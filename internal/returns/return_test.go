package returns

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/promise"
	"regulars/internal/sale"
)

func (w *town) rules() Setting {
	return Setting{
		Open: true, AnswerDays: 3, RefundDays: 10, Address: "Corner\n1 High Street\nLondon", GiftMonths: 12, Rules: []Rule{
			{Name: "hygiene", Never: true, Categories: []string{"Hygiene"}},
			{Name: "far away", Days: 60, Countries: []string{"PL"}, Outcomes: []Outcome{ForMoney}},
			{Name: "china", Days: 30, Brands: []string{"spode"}, Outcomes: []Outcome{ForMoney, ForKeeping}, KeepShare: 2500, Photo: true},
			{Name: "the rest", Days: 14, Outcomes: []Outcome{ForMoney, ForPoints, ForGiftCard, ForExchange}, Fee: 200},
		},
	}
}

// bought is a sale of three teapots at 10.00, a cup, soap, half a kilo of tea and
// postage.
func (w *town) bought(order string) id.ID {
	w.Helper()
	a, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "shop", ExternalID: order, Kind: journal.Purchase, Occurred: w.Now(), Who: flow.Who{MemberID: w.ann}, Actor: boss,
		Payload: flow.Payload{Lines: []sale.Line{
			{SKU: "pot", Name: "Teapot", Quantity: 3000, Amount: 3000}, {SKU: "cup", Quantity: 1000, Amount: 801}, {SKU: "soap", Quantity: 2000, Amount: 400},
			{SKU: "tea", Name: "Tea", Quantity: 500, Amount: 333}, {Name: "Postage", Quantity: 1000, Amount: 399, Fee: true},
		}},
	})
	w.OK(err)
	return a.EventID
}

// link is how Ann opens an order.
func (w *town) link(order string) string {
	w.Helper()
	link, err := w.FindOrder(w.Context(), w.Programme.ID, " #"+order+" ", "Ann@Example.com ")
	w.OK(err)
	return link
}

func (w *town) order(link string) *Order {
	w.Helper()
	o, err := w.Order(w.Context(), w.Programme.ID, link)
	w.OK(err)
	return o
}

func (w *town) asks(link, name string, items ...ItemAsk) *Return {
	w.Helper()
	r, err := w.Ask(w.Context(), w.Programme.ID, link, Ask{Name: name, Items: items})
	w.OK(err)
	return r
}

// accepts accepts every item and, where something is sent, lets it arrive.
func (w *town) accepts(r *Return) *Return {
	w.Helper()
	var list []Decision
	for _, t := range r.Items {
		list = append(list, Decision{No: t.No, Accept: true})
	}
	r, err := w.Decide(w.Context(), boss, w.Programme.ID, r.ID, list)
	w.OK(err)
	if r.CanArrive() {
		r, err = w.Arrive(w.Context(), boss, w.Programme.ID, r.ID)
		w.OK(err)
	}
	return r
}

func (w *town) settles(r *Return) *Return {
	w.Helper()
	r, err := w.Settle(w.Context(), boss, w.Programme.ID, r.ID)
	w.OK(err)
	return r
}

func (w *town) sold(sold id.ID) *sale.Sale {
	w.Helper()
	s, err := sale.Get(w.Context(), w.DB.Reader(), []id.ID{w.ann}, sold)
	w.OK(err)
	return s
}

func snapshot(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnOrderOpensOnlyToWhoKnowsIt(t *testing.T) {
	each(t, func(w *town) {
		w.bought("1001")
		w.bought("1002")
		_, err := w.promises.Register(w.Context(), boss, promise.NewParcel{ProgrammeID: w.Programme.ID, Number: "P1", Source: "shop", Order: "1002", Postcode: "SW1A 1AA", Phone: "020 7946 0018"})
		w.OK(err)
		for name, k := range map[string]struct {
			order, key string
			opens      bool
		}{
			"e-mail": {"1001", "ann@example.com", true}, "another's e-mail": {"1001", "bob@example.com", false}, "no such order": {"1003", "ann@example.com", false},
			"postcode": {"1002", "sw1a1aa", true}, "e-mail where a postcode is known": {"1002", "ann@example.com", false},
			"the end of a telephone": {"1002", "0018", false}, "nothing": {"1001", "", false}, "no order": {"", "ann@example.com", false}, "control letters": {"1001", "a\x00b", false},
			"long": {"1001", strings.Repeat("x", 201), false},
		} {
			_, err := w.FindOrder(w.Context(), w.Programme.ID, k.order, k.key)
			if k.opens {
				w.OK(err)
			} else if w.Refuses(err, "unknown_order"); w.Failed() {
				w.Fatal(name)
			}
		}
		link := w.link("1001")
		if o := w.order(link); o.Sale.Reference != "1001" || o.Source != "shop" || !o.Open() {
			w.Errorf("the link opens %+v", o)
		}
		for i := range link { // one letter changed anywhere opens nothing
			forged := []byte(link)
			forged[i] = map[bool]byte{true: 'B', false: 'A'}[forged[i] == 'A']
			if _, err := w.Order(w.Context(), w.Programme.ID, string(forged)); err == nil && i < len(link)-1 {
				w.Errorf("letter %d changed, it still opens", i)
			}
		}
		path, err := w.Link(w.Context(), boss, w.Programme.ID, "shop", "1002")
		w.OK(err)
		w.order(strings.TrimPrefix(path, "/return/corner/"))
		_, err = w.Link(w.Context(), boss, w.Programme.ID, "desk", "1002")
		w.Refuses(err, "unknown_order")
		w.Set(w.Now().Add(visitLasts))
		_, err = w.Order(w.Context(), w.Programme.ID, link)
		w.Refuses(err, "return_link_over")
		w.order(strings.TrimPrefix(path, "/return/corner/"))
	})
}

func TestRulesSayWhatComesBack(t *testing.T) {
	each(t, func(w *town) {
		w.bought("1001")
		link := w.link("1001")
		why := func() string {
			var said []string
			for _, l := range w.order(link).Lines {
				said = append(said, l.SKU+":"+l.Why+strconv.Itoa(len(l.Outcomes)))
			}
			return strings.Join(said, " ")
		}
		if got := why(); got != "pot:4 cup:2 soap:never0 tea:4" {
			w.Errorf("on the day of the sale %s", got)
		}
		p, err := w.promises.Register(w.Context(), boss, promise.NewParcel{ProgrammeID: w.Programme.ID, Number: "P1", Source: "shop", Order: "1001", Country: "GB"})
		w.OK(err)
		w.Set(w.Now().Add(20 * time.Hour))
		if o := w.order(link); !o.Lines[0].Until.IsZero() {
			w.Error("days run before the parcel has come")
		}
		_, err = w.promises.Follow(w.Context(), boss, w.Programme.ID, p.ID, []promise.Scan{{Status: promise.Delivered, Occurred: w.Now()}})
		w.OK(err)
		if o := w.order(link); !o.Lines[0].Until.Equal(time.Date(w.Now().Year(), w.Now().Month(), w.Now().Day()+15, 0, 0, 0, 0, time.UTC)) {
			w.Errorf("14 days after the delivery end at %s", o.Lines[0].Until)
		}
		long, err := w.Link(w.Context(), boss, w.Programme.ID, "shop", "1001")
		w.OK(err)
		link = strings.TrimPrefix(long, "/return/corner/")
		w.Set(w.Now().AddDate(0, 0, 15))
		if got := why(); got != "pot:late0 cup:2 soap:never0 tea:late0" {
			w.Errorf("15 days after the delivery %s", got)
		}
		_, err = w.promises.Register(w.Context(), boss, promise.NewParcel{ProgrammeID: w.Programme.ID, Number: "P1", Source: "shop", Order: "1001", Country: "PL"})
		w.OK(err)
		if got := why(); got != "pot:1 cup:1 soap:never0 tea:1" {
			w.Errorf("sent to Poland %s", got)
		}
		set := w.rules()
		set.Rules = nil
		w.OK(w.SetSetting(w.Context(), boss, w.Programme.ID, 1, set))
		if got := why(); got != "pot:none0 cup:none0 soap:none0 tea:none0" {
			w.Errorf("without rules %s", got)
		}
		set.Open = false
		w.OK(w.SetSetting(w.Context(), boss, w.Programme.ID, 2, set))
		_, err = w.Order(w.Context(), w.Programme.ID, link)
		w.Refuses(err, "return_closed")
		w.Refuses(w.SetSetting(w.Context(), boss, w.Programme.ID, 2, set), "promise_setting_changed")
	})
}

func TestWhatCannotBeAskedFor(t *testing.T) {
	each(t, func(w *town) {
		w.bought("1001")
		link := w.link("1001")
		for code, items := range map[string][]ItemAsk{
			"return_nothing":   nil,
			"return_line":      {{Line: 5, Quantity: 1000, Outcome: ForMoney}},
			"return_refused":   {{Line: 3, Quantity: 1000, Outcome: ForMoney}},
			"return_quantity":  {{Line: 1, Quantity: 4000, Outcome: ForMoney}},
			"return_outcome":   {{Line: 1, Quantity: 1000, Outcome: ForKeeping}},
			"return_photo":     {{Line: 2, Quantity: 1000, Outcome: ForMoney}},
			"return_twice":     {{Line: 1, Quantity: 1000, Outcome: ForMoney}, {Line: 1, Quantity: 1000, Outcome: ForMoney}},
			"photo_unreadable": {{Line: 1, Quantity: 1000, Outcome: ForMoney, Photos: [][]byte{[]byte("<svg/>")}}},
			"return_photos":    {{Line: 1, Quantity: 1000, Outcome: ForMoney, Photos: make([][]byte, 4)}},
			"too_long":         {{Line: 1, Quantity: 1000, Outcome: ForMoney, Comment: strings.Repeat("x", MaxComment+1)}},
		} {
			_, err := w.Ask(w.Context(), w.Programme.ID, link, Ask{Name: code, Items: items})
			w.Refuses(err, code)
		}
		_, err := w.Ask(w.Context(), w.Programme.ID, link, Ask{Name: "half", Items: []ItemAsk{{Line: 1, Quantity: 1500, Outcome: ForMoney}}})
		w.Refuses(err, "return_quantity")
		_, err = w.Ask(w.Context(), w.Programme.ID, link, Ask{Name: "a part of what is weighed", Items: []ItemAsk{{Line: 4, Quantity: 200, Outcome: ForMoney}}})
		w.Refuses(err, "return_quantity")
		// Who asks mends all at once.
		_, err = w.Ask(w.Context(), w.Programme.ID, link, Ask{Items: []ItemAsk{{Line: 1, Comment: strings.Repeat("x", MaxComment+1)}, {Line: 2, Photos: [][]byte{[]byte("<svg/>")}}}})
		tells(t, err, "/name", "/items/0/comment", "/items/1/photos")
		_, err = w.Ask(w.Context(), w.Programme.ID, link, Ask{Name: "many", Items: []ItemAsk{{Line: 1, Quantity: 4000}, {Line: 2, Quantity: 1000, Outcome: ForPoints}, {Line: 3, Quantity: 1000}}})
		tells(t, err, "/items/0/quantity", "/items/0/outcome", "/items/1/outcome", "/items/1/photos", "/items/2/line")
	})
}

// tells says at which fields something was refused.
func tells(t testing.TB, err error, want ...string) {
	t.Helper()
	var at []string
	for _, f := range fault.All(err) {
		at = append(at, f.Field)
	}
	if !slices.Equal(at, want) {
		t.Errorf("told are %q, want %q", at, want)
	}
}

func TestAReturnFromTheQuestionToTheMoney(t *testing.T) {
	each(t, func(w *town) {
		sold := w.bought("1001")
		link := w.link("1001")
		items := []ItemAsk{
			{Line: 1, Quantity: 2000, Outcome: ForMoney, Comment: " too\r\nsmall\x00 ☕ "}, {Line: 2, Quantity: 1000, Outcome: ForMoney, Photos: [][]byte{snapshot(w.T)}}, {Line: 4, Quantity: 500, Outcome: ForMoney},
		}
		r := w.asks(link, "n1", items...)
		if again := w.asks(link, "n1", items...); again.ID != r.ID {
			w.Error("sent twice it is two")
		}
		_, err := w.Ask(w.Context(), w.Programme.ID, link, Ask{Name: "n1", Items: items[:1]})
		w.Refuses(err, "return_reused")
		if r.Items[0].Comment != "too\nsmall ☕" || r.Items[0].Amount != 2000 || len(r.Items[1].Photos) != 1 {
			w.Errorf("it is kept as %+v", r.Items)
		}
		b, err := w.Picture(w.Context(), boss, w.Programme.ID, r.ID, r.Items[1].Photos[0].ID)
		if m, _, bad := image.Decode(bytes.NewReader(b)); err != nil || bad != nil || m.Bounds().Dx() != 40 {
			w.Errorf("the photo is %v %v", err, bad)
		}
		clock, err := w.Clock(w.Context(), boss, r)
		w.OK(err)
		if clock.Kind != string(promise.Reply) || clock.Left(w.Now()) != 72*time.Hour {
			w.Errorf("an answer is promised: %+v", clock)
		}
		_, err = w.Decide(w.Context(), boss, w.Programme.ID, r.ID, []Decision{{No: 3}})
		w.Refuses(err, "required")
		r, err = w.Decide(w.Context(), boss, w.Programme.ID, r.ID, []Decision{{No: 1, Accept: true}, {No: 3, Answer: "It was opened."}})
		w.OK(err)
		if r.State != Asked {
			w.Errorf("with one undecided it is %s", r.State)
		}
		r, err = w.Decide(w.Context(), boss, w.Programme.ID, r.ID, []Decision{{No: 2, Accept: true}})
		w.OK(err)
		_, err = w.Decide(w.Context(), boss, w.Programme.ID, r.ID, []Decision{{No: 3, Accept: true}})
		w.Refuses(err, "return_decided")
		if got := w.word(r.AnswerID); got.State != promise.Kept || r.State != Accepted || len(w.Waiting(flow.ContactWanted)) != 1 {
			w.Errorf("answered, the promise is %s and the return %s", got.State, r.State)
		}
		_, err = w.Settle(w.Context(), boss, w.Programme.ID, r.ID)
		w.Refuses(err, "return_state")
		pdf, err := w.MyLabel(w.Context(), w.Programme.ID, link, r.ID, printer(w.T, "pl"))
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			w.Errorf("the label is %.20q, %v", pdf, err)
		}
		r, err = w.Arrive(w.Context(), boss, w.Programme.ID, r.ID)
		w.OK(err)
		clock, err = w.Clock(w.Context(), boss, r)
		w.OK(err)
		if clock.Kind != string(promise.Refund) || clock.Left(w.Now()) != 10*24*time.Hour || w.word(r.PromiseID).MemberID != w.ann {
			w.Errorf("a refund is promised: %+v", clock)
		}
		_, err = w.Cancel(w.Context(), boss, w.Programme.ID, r.ID, "no")
		w.Refuses(err, "return_state")
		w.Set(w.Now().AddDate(0, 0, 11))
		if _, err = w.promises.Sweep(w.Context()); err != nil {
			w.Fatal(err)
		}
		if clock, err = w.Clock(w.Context(), boss, r); err != nil || clock.State != string(promise.Broken) || !clock.Late(w.Now()) {
			w.Errorf("not refunded in time, the clock is %+v, %v", clock, err)
		}
		for range 2 {
			r = w.settles(r)
		}
		if r.State != Owed || r.Refund != 2000+801-200 || r.Fee != 200 || r.EventID == 0 {
			w.Errorf("settled it is %+v", r)
		}
		if s := w.sold(sold); s.Lines[0].ReturnedQuantity != 2000 || s.Lines[1].ReturnedAmount != 801 || s.Lines[3].ReturnedQuantity != 0 || s.Returned != 2801 {
			w.Errorf("the sale is %+v", s)
		}
		r, err = w.Fulfil(w.Context(), boss, w.Programme.ID, r.ID, "till receipt 7")
		w.OK(err)
		if got := w.word(r.PromiseID); r.State != Done || got.Actual.IsZero() || got.Mended.IsZero() {
			w.Errorf("paid late, the return is %s and the promise %+v", r.State, got)
		}
		if l := w.order(strings.TrimPrefix(must(w.Link(w.Context(), boss, w.Programme.ID, "shop", "1001")), "/return/corner/")).Lines; l[0].Left != 1000 && l[0].Why != "late" {
			w.Errorf("of the teapots %+v is left", l[0])
		}
	})
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

func printer(t *testing.T, lang i18n.Lang) *i18n.Printer {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(lang, time.UTC, "GBP")
}

// givenBy tells at whose wish an award was given.
func (w *town) givenBy(external string) string {
	w.Helper()
	key := journal.Key{ProgrammeID: w.Programme.ID, Source: Source, ExternalID: external}
	known, err := journal.Known(w.Context(), w.DB.Reader(), []journal.Key{key})
	w.OK(err)
	e, err := journal.Get(w.Context(), w.DB.Reader(), known[key].MemberID, known[key].EventID)
	w.OK(err)
	var body struct{ Award flow.Award }
	w.OK(json.Unmarshal(e.Body, &body))
	return body.Award.By
}

func TestReturnsForOtherThanMoney(t *testing.T) {
	each(t, func(w *town) {
		sold := w.bought("1001")
		link := w.link("1001")
		r := w.settles(w.accepts(w.asks(link, "n1",
			ItemAsk{Line: 1, Quantity: 1000, Outcome: ForPoints}, ItemAsk{Line: 4, Quantity: 500, Outcome: ForGiftCard},
			ItemAsk{Line: 2, Quantity: 1000, Outcome: ForKeeping, Photos: [][]byte{snapshot(w.T)}})))
		// 1333 less a fee of 200 is 1133: of it 850 by 1000, 283 by 333; a quarter of 801 is 200.
		if r.Items[0].Points != 850 || r.Items[1].Given != 283 || r.Items[2].Given != 200 || r.Refund != 200 || r.State != Owed {
			w.Errorf("given were %+v", r)
		}
		balances, _, err := w.Flow.Standing(w.Context(), w.Programme.ID, w.ann)
		w.OK(err)
		cards, err := w.GiftCards.List(w.Context(), boss, giftcard.Query{ProgrammeID: w.Programme.ID, Limit: 10})
		w.OK(err)
		if balances[0].Available != 850 || len(cards) != 1 || cards[0].Balance != 283 {
			w.Errorf("there are %+v and %+v", balances, cards)
		}
		// whoever had it booked gives the points, so that nobody gives them to themselves unseen
		if by := w.givenBy(r.Number() + ":points:1"); by != boss.String() {
			w.Errorf("the points were given by %q", by)
		}
		if s := w.sold(sold); s.Lines[1].ReturnedQuantity != 0 {
			w.Error("what is kept was booked back")
		}
		if l := w.order(link).Lines[1]; l.Why != "asked" {
			w.Errorf("what is kept can be sent back: %+v", l)
		}
		swap := w.settles(w.accepts(w.asks(link, "n2", ItemAsk{Line: 1, Quantity: 2000, Outcome: ForExchange})))
		if p, err := w.Clock(w.Context(), boss, swap); err != nil || p.Kind != string(promise.Delivery) || swap.State != Owed || swap.Refund != 0 || swap.EventID != 0 {
			w.Errorf("an exchange is %+v, %+v, %v", swap, p, err)
		}
		_, err = w.Fulfil(w.Context(), boss, w.Programme.ID, swap.ID, "RM123")
		w.OK(err)
		if l := w.order(link).Lines[0]; l.Left != 2000 {
			w.Errorf("of what was exchanged %d can come back", l.Left)
		}
	})
}
