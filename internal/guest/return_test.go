package guest_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/promise"
	"regulars/internal/returns"
	"regulars/internal/sale"
)

// takesBack opens the page of returns, with an order of Anna's: three teapots, a
// scarf of a very long name, and postage.
func (w *town) takesBack(t testing.TB, anna id.ID) {
	check(t, w.returns.SetSetting(ctx, system, w.programme.ID, 0, returns.Setting{
		Open: true, AnswerDays: 3, RefundDays: 10, Address: "Bean & Leaf\n1 High Street\nLondon", Words: map[string]string{"en": "Bring it to the post office."}, Rules: []returns.Rule{
			{Name: "soap", Never: true, SKUs: []string{"soap"}},
			{Name: "scarves", Days: 30, SKUs: []string{"scarf"}, Outcomes: []returns.Outcome{returns.ForMoney, returns.ForKeeping}, KeepShare: 4000},
			{Name: "all", Days: 14, Outcomes: []returns.Outcome{returns.ForMoney, returns.ForExchange}, Fee: 250},
		},
	}))
	_, err := w.flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: w.programme.ID, Source: "shop", ExternalID: "1001", Kind: journal.Purchase, Occurred: w.now().Add(-time.Hour), Who: flow.Who{MemberID: anna}, Actor: system,
		Payload: flow.Payload{Lines: []sale.Line{
			{SKU: "pot", Name: "Teapot", Quantity: 3000, Amount: 3000}, {SKU: "scarf", Name: strings.Repeat("Woollen <b>scarf</b> ☕ שלום ", 8), Quantity: 1000, Amount: 4999},
			{SKU: "soap", Name: "Soap", Quantity: 1000, Amount: 300}, {Name: "Postage", Quantity: 1000, Amount: 399, Fee: true},
		}},
	})
	check(t, err)
}

// snapshot is a photo as a telephone takes it.
func snapshot(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 90, 60)), nil))
	return b.Bytes()
}

func TestACustomerSendsSomethingBack(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		w.takesBack(t, l.anna)
		_, err := w.promises.Register(ctx, system, promise.NewParcel{ProgrammeID: w.programme.ID, Number: "P1", Source: "shop", Order: "1001", Postcode: "SW1A 1AA"})
		check(t, err)
		b := w.phone()
		for lang, want := range map[string]string{"en": "Send something back", "ru": "Вернуть покупку", "pl": "Zwrot zakupu"} {
			p := b.get("/return/bean", "Accept-Language", lang).is(http.StatusOK)
			if !strings.Contains(p.text(), want) || p.header.Get("X-Robots-Tag") != "noindex" || len(p.body) > 50_000 {
				t.Errorf("%s: %s", lang, p.text())
			}
		}
		wrong := b.post("/return/bean", "order", "1001", "key", "anna@example.com").is(http.StatusUnprocessableEntity)
		unknown := b.post("/return/bean", "order", "1002", "key", "anna@example.com").is(http.StatusUnprocessableEntity)
		if strings.ReplaceAll(wrong.text(), "1001", "") != strings.ReplaceAll(unknown.text(), "1002", "") || strings.Contains(wrong.body, "Teapot") {
			t.Error("the answer tells whether the order is there")
		}
		order := b.post("/return/bean", "order", "#1001", "key", "sw1a 1aa").is(http.StatusOK)
		if s := order.text(); !strings.Contains(s, "Order 1001") || !strings.Contains(s, "Teapot") || !strings.Contains(s, "This cannot be sent back") || strings.Contains(s, "Postage") ||
			strings.Contains(order.body, "<b>scarf") || len(order.body) > 50_000 {
			t.Errorf("the order says %s", s)
		}
		for _, secret := range []string{"SW1A", "anna@", "Anna"} {
			if strings.Contains(order.body, secret) {
				t.Errorf("the page tells %s", secret)
			}
		}
		b.get(order.path + "?step=items&q1=0").is(http.StatusOK).shows("Choose at least one item")
		items := b.get(order.path + "?step=items&q1=2&q2=1&q3=1").is(http.StatusOK)
		if s := items.text(); !strings.Contains(s, "A fee of £2.50") || !strings.Contains(s, "40% of the price back: £19.99") || strings.Contains(s, "Soap") || !strings.Contains(s, "We answer within 3 days") {
			t.Errorf("the second step says %s", s)
		}
		nonce := items.value("nonce")
		form := []string{"nonce", nonce, "q1", "2", "o1", "refund", "c1", "The lid <script>alert(1)</script> is loose", "q2", "1", "o2", "keep"}
		b.post(order.path, "nonce", nonce, "q1", "2", "o1", "keep").is(http.StatusUnprocessableEntity).shows("Choose what you want")
		b.uploadAs("p1", order.path, []byte("no photo"), form...).is(http.StatusUnprocessableEntity).shows("no photo")
		for range 2 {
			b.uploadAs("p1", order.path, snapshot(t), form...).is(http.StatusOK).shows("We answer by")
		}
		list, err := w.returns.List(ctx, system, returns.Query{ProgrammeID: w.programme.ID, Limit: 10})
		check(t, err)
		if len(list) != 1 || len(list[0].Items) != 2 || len(list[0].Items[0].Photos) != 1 || list[0].Items[1].Outcome != returns.ForKeeping {
			t.Fatalf("asked were %+v", list)
		}
		r := list[0]
		at := order.path + "/" + r.Number()
		b.get(at + "/label.pdf").is(http.StatusNotFound)
		_, err = w.returns.Decide(ctx, system, w.programme.ID, r.ID, []returns.Decision{{No: 1, Accept: true}, {No: 2, Answer: "It was worn, sorry."}})
		check(t, err)
		b.get(order.path).is(http.StatusOK).shows("It was worn, sorry.", "Bring it to the post office", "Label as PDF")
		if pdf := b.get(at + "/label.pdf").is(http.StatusOK); !bytes.HasPrefix([]byte(pdf.body), []byte("%PDF")) {
			t.Error("the label is no PDF")
		}
		b.post(at + "/cancel").is(http.StatusOK).shows("The return is cancelled")
		b.get(order.path + "/rtn_01h9x3k7q2v5n/label.pdf").is(http.StatusNotFound)
		b.post(order.path + "/nonsense/cancel").is(http.StatusNotFound)
		w.pass(25 * time.Hour)
		b.get(order.path).is(http.StatusUnprocessableEntity).shows("This link has ended")
	})
}

// TestReturnsAreReachedFromTheWallet goes from the first page, from a purchase and
// from a parcel to what can be sent back; nobody comes to what another bought.
func TestReturnsAreReachedFromTheWallet(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		anna, ewa := w.signedIn("anna@example.com"), w.signedIn("ewa@example.com")
		own := regexp.MustCompile(`/me/bean/return/evt_[0-9a-z]{13}`)
		if body := anna.get("/me/bean/history").is(http.StatusOK).body; own.MatchString(body) || strings.Contains(anna.get("/me/bean/").body, "/return/bean") {
			t.Error("returns are offered while they are closed")
		}
		w.takesBack(t, l.anna)
		anna.get("/me/bean/").is(http.StatusOK).shows("Send something back")
		links := own.FindAllString(anna.get("/me/bean/history").is(http.StatusOK).body, -1)
		if len(links) != 2 { // not the purchase of 300 days ago
			t.Fatalf("the history leads to %v", links)
		}
		anna.get(links[0]).is(http.StatusOK).shows("Order 1001", "Teapot")
		ewa.get(links[0]).is(http.StatusNotFound)
		anna.get("/me/bean/return/evt_01h9x3k7q2v5n").is(http.StatusNotFound)
		anna.get("/me/bean/return/nonsense").is(http.StatusNotFound)
		if stranger := w.phone().get(links[0]).is(http.StatusOK); strings.Contains(stranger.body, "Teapot") || !strings.HasSuffix(stranger.path, "/sign-in") {
			t.Errorf("a stranger comes to %s", stranger.path)
		}
		p := w.sends("P9")
		if strings.Contains(w.phone().get("/track/"+p.Code).body, "/return/bean") {
			t.Error("a parcel that is on its way can be sent back")
		}
		_, err := w.promises.Follow(ctx, system, w.programme.ID, p.ID, []promise.Scan{{Status: promise.Delivered, Occurred: w.now()}})
		check(t, err)
		w.phone().get("/track/" + p.Code).is(http.StatusOK).shows("Send something back")
		w.pass((61 + 16) * 24 * time.Hour) // silver has 16 days more
		if strings.Contains(w.phone().get("/track/"+p.Code).body, "/return/bean") || strings.Contains(w.signedIn("anna@example.com").get("/me/bean/").body, "/return/bean") {
			t.Error("returns are offered when their time is over")
		}
	})
}

func TestReturnsAreThrottledAndMayBeClosed(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	b := w.phone()
	b.get("/return/bean").is(http.StatusNotFound).shows("ask the shop")
	b.get("/return/nowhere").is(http.StatusNotFound)
	l := newLively(w)
	w.takesBack(t, l.anna)
	b.get("/return/bean/" + strings.Repeat("A", 48)).is(http.StatusUnprocessableEntity)
	guesses := 0
	for range 60 {
		got := b.post("/return/bean", "order", "1001", "key", "x@example.com")
		if got.status != http.StatusUnprocessableEntity {
			got.is(http.StatusTooManyRequests).shows("That was too often")
			if got.header.Get("Retry-After") == "" || !strings.Contains(got.body, `value="1001"`) || !strings.Contains(got.body, `value="x@example.com"`) {
				t.Errorf("too often, and what was typed is gone: %s", got.body)
			}
			break
		}
		guesses++
	}
	if guesses > 30 {
		t.Errorf("%d guesses were answered", guesses)
	}
	link, err := w.returns.Link(ctx, system, w.programme.ID, "shop", "1001")
	check(t, err)
	for range 30 {
		got := b.post(link, "q1", "1", "o1", "nothing of this", "c1", "It has a crack")
		got.shows("It has a crack")
		if got.status == http.StatusTooManyRequests {
			got.shows("That was too often")
			return
		}
		got.is(http.StatusUnprocessableEntity)
	}
	t.Error("returns are asked for without end")
}
