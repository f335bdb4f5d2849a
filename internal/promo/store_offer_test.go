package promo_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

var boss = auth.System("test")

// office is a programme with offers, and a clock that the test moves.
type office struct {
	*promo.Service
	d         *db.DB
	programme id.ID
	now       time.Time
}

func eachOffice(t *testing.T, fn func(t *testing.T, o *office)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		zone, err := time.LoadLocation("Europe/London")
		if err != nil {
			t.Fatal(err)
		}
		p, err := program.New(d).Create(t.Context(), boss, program.Programme{
			Slug: "demo", Name: "Demo", Currency: "GBP", Zone: zone, Languages: []string{"en"},
		})
		if err != nil {
			t.Fatal(err)
		}
		o := &office{d: d, programme: p.ID, now: dbtest.Start}
		o.Service = promo.New(d, func() time.Time { return o.now })
		fn(t, o)
	}, auth.Schema, program.Schema, promo.Schema)
}

// off returns the spec of so many minor units off, and more.
func off(t *testing.T, amount, more string) promo.Spec {
	t.Helper()
	s, err := promo.ParseSpec([]byte(`{"benefit":{"kind":"amount","amount":` + amount + `}` + more + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (o *office) offer(name string) promo.Offer {
	return promo.Offer{ProgrammeID: o.programme, Name: name}
}

// create makes an offer and publishes it.
func (o *office) create(t *testing.T, name string, s promo.Spec) promo.Version {
	t.Helper()
	v, err := o.Create(t.Context(), boss, o.offer(name), s)
	if err == nil {
		v, err = o.Publish(t.Context(), boss, o.programme, v.OfferID, time.Time{}, time.Time{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (o *office) set(t *testing.T) *promo.Offerset {
	t.Helper()
	s, err := promo.LoadOfferset(t.Context(), o.d.Reader(), o.programme)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func saleOf(amount int64, when time.Time) promo.Basket {
	return promo.Basket{Enrolled: true, Facts: &earn.Facts{
		Kind: "purchase", Occurred: when, Nth: 1, Goods: amount, Total: amount,
		Lines: []sale.Line{{No: 1, SKU: "A", Quantity: 1000, Amount: amount}},
	}}
}

// takes returns what the stored offers take off a sale of £100 at that moment.
func (o *office) takes(t *testing.T, when time.Time) int64 {
	t.Helper()
	return 10000 - o.set(t).Price(saleOf(10000, when), promo.Usage{}).Amounts[0]
}

func (o *office) version(t *testing.T) int64 {
	t.Helper()
	p, err := program.Load(t.Context(), o.d.Reader(), o.programme)
	if err != nil {
		t.Fatal(err)
	}
	return p.Version
}

func (o *office) sound(t *testing.T) {
	t.Helper()
	if faults, err := promo.Check(t.Context(), o.d.Reader(), o.programme); err != nil || len(faults) > 0 {
		t.Errorf("check: %+v, %v", faults, err)
	}
}

func denied(t *testing.T, err error, code, at string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Code != code || f.Field != at {
		t.Errorf("got %v, want %s at %q", err, code, at)
	}
}

func TestLifeOfAnOffer(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx, first := t.Context(), o.now
		v, err := o.Create(ctx, boss, o.offer("Spring"), off(t, "100", ""))
		if err != nil || v.State != promo.Draft || v.Number != 1 {
			t.Fatalf("got %+v, %v", v, err)
		}
		if n := o.takes(t, first); n != 0 {
			t.Errorf("a draft takes off %d", n)
		}
		publish := func(begins, ends time.Time) promo.Version {
			t.Helper()
			v, err := o.Publish(ctx, boss, o.programme, v.OfferID, begins, ends)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if p := publish(time.Time{}, time.Time{}); p.State != promo.Published || !p.Begins.Equal(first) {
			t.Fatalf("published %+v", p)
		}
		for _, amount := range []string{"500", "200"} {
			if d, err := o.SaveDraft(ctx, boss, o.programme, v.OfferID, off(t, amount, "")); err != nil || d.Number != 2 {
				t.Fatalf("got %+v, %v", d, err)
			}
		}
		// The second begins in an hour and ends by itself an hour later.
		publish(first.Add(time.Hour), first.Add(2*time.Hour))
		want := map[time.Duration]int64{-1: 0, 0: 100, time.Hour - 1: 100, time.Hour: 200, 2*time.Hour - time.Microsecond: 200, 2 * time.Hour: 0}
		o.expect(t, first, want)
		// A third takes its place before it began.
		if _, err := o.SaveDraft(ctx, boss, o.programme, v.OfferID, off(t, "300", "")); err != nil {
			t.Fatal(err)
		}
		o.now = first.Add(30 * time.Minute)
		publish(time.Time{}, time.Time{})
		o.expect(t, first, map[time.Duration]int64{0: 100, 29 * time.Minute: 100, 30 * time.Minute: 300, time.Hour: 300, 5 * time.Hour: 300})
		o.now = first.Add(3 * time.Hour)
		if err := o.Withdraw(ctx, boss, o.programme, v.OfferID); err != nil {
			t.Fatal(err)
		}
		o.expect(t, first, map[time.Duration]int64{0: 100, time.Hour: 300, 3*time.Hour - time.Microsecond: 300, 3 * time.Hour: 0})
		denied(t, o.Withdraw(ctx, boss, o.programme, v.OfferID), "offer_not_in_force", "")
		o.sound(t)
	})
}

func (o *office) expect(t *testing.T, from time.Time, want map[time.Duration]int64) {
	t.Helper()
	for after, n := range want {
		if got := o.takes(t, from.Add(after)); got != n {
			t.Errorf("%s after the beginning it takes off %d, want %d", after, got, n)
		}
	}
}

func TestPublishedTermsNeverChange(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		v := o.create(t, "Spring", off(t, "100", ""))
		o.now = o.now.Add(time.Hour)
		if _, err := o.SaveDraft(ctx, boss, o.programme, v.OfferID, off(t, "700", `,"priority":3`)); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Publish(ctx, boss, o.programme, v.OfferID, time.Time{}, time.Time{}); err != nil {
			t.Fatal(err)
		}
		h, err := o.Get(ctx, boss, o.programme, v.OfferID)
		if err != nil {
			t.Fatal(err)
		}
		old := h.Versions[1]
		if old.ID != v.ID || old.State != promo.Withdrawn || !old.Begins.Equal(v.Begins) || !old.Ends.Equal(o.now) {
			t.Errorf("the first version became %+v", old)
		}
		was, _ := json.Marshal(v.Spec)
		is, _ := json.Marshal(old.Spec)
		if diff := cmp.Diff(string(was), string(is)); diff != "" {
			t.Errorf("what it says changed:\n%s", diff)
		}
		if p := h.Published(); p == nil || p.Number != 2 || h.Draft() != nil {
			t.Errorf("in force: %+v", p)
		}
	})
}

// TestWithdrawnBeforeItBegins holds that what never came into force is
// withdrawn once.
func TestWithdrawnBeforeItBegins(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		v, err := o.Create(ctx, boss, o.offer("Spring"), off(t, "100", ""))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Publish(ctx, boss, o.programme, v.OfferID, o.now.AddDate(0, 1, 0), time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := o.Withdraw(ctx, boss, o.programme, v.OfferID); err != nil {
			t.Fatal(err)
		}
		denied(t, o.Withdraw(ctx, boss, o.programme, v.OfferID), "offer_not_in_force", "")
	})
}

func TestSpans(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		v, err := o.Create(ctx, boss, o.offer("Spring"), off(t, "100", ""))
		if err != nil {
			t.Fatal(err)
		}
		publish := func(begins, ends time.Time) error {
			_, err := o.Publish(ctx, boss, o.programme, v.OfferID, begins, ends)
			return err
		}
		denied(t, publish(o.now, o.now), "offer_ends_first", "/ends")
		past := o.now.AddDate(-20, 0, 0)
		if err := publish(past, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if n := o.takes(t, past); n != 100 {
			t.Errorf("in the past it takes off %d", n)
		}
		denied(t, publish(time.Time{}, time.Time{}), "offer_no_draft", "")
		if _, err := o.SaveDraft(ctx, boss, o.programme, v.OfferID, off(t, "2", "")); err != nil {
			t.Fatal(err)
		}
		denied(t, publish(o.now.Add(-time.Microsecond), time.Time{}), "offer_begins_past", "/begins")
		// What has ended by itself can be followed by something new.
		if err := publish(time.Time{}, o.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		end := o.now.Add(time.Hour)
		o.now = end.Add(time.Hour)
		denied(t, o.Withdraw(ctx, boss, o.programme, v.OfferID), "offer_not_in_force", "")
		if _, err := o.SaveDraft(ctx, boss, o.programme, v.OfferID, off(t, "3", "")); err != nil {
			t.Fatal(err)
		}
		if err := publish(time.Time{}, time.Time{}); err != nil {
			t.Fatal(err)
		}
		o.expect(t, end, map[time.Duration]int64{-1: 2, 0: 0, time.Hour - 1: 0, time.Hour: 3})
		o.sound(t)
	})
}

func TestDiscardAndRenameOffers(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		v := o.create(t, "Spring", off(t, "1", ""))
		denied(t, o.DiscardDraft(ctx, boss, o.programme, v.OfferID), "offer_no_draft", "")
		never, err := o.Create(ctx, boss, o.offer("Summer"), off(t, "1", ""))
		if err != nil {
			t.Fatal(err)
		}
		denied(t, o.Rename(ctx, boss, o.programme, never.OfferID, "Spring"), "offer_name_taken", "/name")
		denied(t, o.Rename(ctx, boss, o.programme, never.OfferID, " "), "offer_name", "/name")
		if err := o.Rename(ctx, boss, o.programme, never.OfferID, "Лето"); err != nil {
			t.Fatal(err)
		}
		if err := o.DiscardDraft(ctx, boss, o.programme, never.OfferID); err != nil {
			t.Fatal(err)
		}
		_, err = o.Get(ctx, boss, o.programme, never.OfferID)
		denied(t, err, "unknown_offer", "")
		list, err := o.List(ctx, boss, o.programme)
		if err != nil || len(list) != 1 || list[0].Name != "Spring" {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestOffersAreGuarded(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		v := o.create(t, "Spring", off(t, "1", ""))
		before := o.version(t)
		as := func(r auth.Role) auth.Actor {
			return auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: o.programme, Role: r}}}
		}
		_, err := o.Create(ctx, boss, o.offer("Spring"), off(t, "1", ""))
		denied(t, err, "offer_name_taken", "/name")
		_, err = o.Create(ctx, boss, o.offer("x"), promo.Spec{})
		denied(t, err, "offer_required", "/benefit/kind")
		_, err = o.SaveDraft(ctx, boss, o.programme, 99, off(t, "1", ""))
		denied(t, err, "unknown_offer", "")
		_, err = o.Create(ctx, as(auth.Agent), o.offer("x"), off(t, "1", ""))
		denied(t, err, "not_permitted", "")
		_, err = o.List(ctx, as(auth.Till), o.programme)
		denied(t, err, "not_permitted", "")
		_, err = o.Publish(ctx, as(auth.Marketer), o.programme, v.OfferID, time.Time{}, time.Time{})
		denied(t, err, "not_permitted", "")
		denied(t, o.Withdraw(ctx, as(auth.Marketer), o.programme, v.OfferID), "not_permitted", "")
		if after := o.version(t); after != before {
			t.Errorf("refusals moved the programme from version %d to %d", before, after)
		}
		if _, err := o.SaveDraft(ctx, as(auth.Marketer), o.programme, v.OfferID, off(t, "2", "")); err != nil {
			t.Errorf("a marketer may write: %v", err)
		}
		if _, err := o.Get(ctx, as(auth.ReadOnly), o.programme, v.OfferID); err != nil {
			t.Errorf("a reader may read: %v", err)
		}
	})
}

func TestEveryChangeOfAnOfferIsTraced(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx, before := t.Context(), o.version(t)
		v := o.create(t, "Spring", off(t, "1", ""))
		_, err := o.SaveDraft(ctx, boss, o.programme, v.OfferID, off(t, "2", ""))
		for _, step := range []func() error{
			func() error { return err },
			func() error { return o.DiscardDraft(ctx, boss, o.programme, v.OfferID) },
			func() error { return o.Rename(ctx, boss, o.programme, v.OfferID, "Summer") },
			func() error { return o.Withdraw(ctx, boss, o.programme, v.OfferID) },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if got := o.version(t) - before; got != 6 {
			t.Errorf("6 changes moved the programme's version by %d", got)
		}
		rows, err := auth.New(o.d, auth.Config{Now: func() time.Time { return o.now }}).
			Audit(ctx, boss, auth.AuditFilter{ProgrammeID: o.programme, Subject: v.OfferID.In(id.Offer)})
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, r := range rows {
			actions = append(actions, strings.TrimPrefix(r.Action, "offer."))
		}
		slices.Reverse(actions)
		if diff := cmp.Diff([]string{"create", "publish", "draft", "discard", "rename", "withdraw"}, actions); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
	})
}
