package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/promise"
)

const promisesAt = "/p/bean/promises"

func (w *town) promised(m id.ID, name, what string) *promise.Promise {
	w.t.Helper()
	p, err := w.console.Promises.Make(ctx, system, promise.New{
		ProgrammeID: w.programme.ID, MemberID: m, Kind: promise.Repair, What: what, Source: "desk", ExternalID: name, Made: w.console.Now().Add(-48 * time.Hour), Due: w.console.Now().Add(-time.Hour),
	})
	check(w.t, err)
	return p
}

func TestPromisesAreListedMendedAndCounted(t *testing.T) {
	w := newTown(t)
	p := w.promised(w.join("Anna", "Wiśniewska", "anna@example.com"), "1", "The <b>kettle</b>")
	_, err := w.console.Promises.Sweep(ctx)
	check(t, err)
	b := w.as(auth.Owner)
	b.get(promisesAt).is(t, 200).shows(t, "The <b>kettle</b>", "repair", "broken")
	b.fragment(promisesAt+"?only=unmended&kind=repair&state=broken").is(t, 200).shows(t, "kettle")
	b.fragment(promisesAt+"?state=kept").is(t, 200).shows(t, "No promise here").hides(t, "kettle")
	b.get(promisesAt+"/rates").is(t, 200).shows(t, "1 promise has come due within a year", "1 is too few", "Broken and not put right")
	b.get(promisesAt+"/rates").shows(t, "March 2026").hides(t, "February 2026", "March 2025") // before the first promise
	one := promisesAt + "/" + p.ID.In(id.Promise)
	b.get(one).is(t, 200).shows(t, "Put it right", "Open the member").hides(t, "Withdraw the promise")
	b.post(one+"/mend", "note", "").is(t, http.StatusUnprocessableEntity)
	b.post(one+"/mend", "note", "Gave a new one").is(t, 200).shows(t, "Noted as put right", "Gave a new one")
	b.post(one+"/withdraw", "reason", "It looks bad").is(t, http.StatusUnprocessableEntity)
	w.as(auth.Till).get(promisesAt).is(t, http.StatusForbidden)
	w.as(auth.ReadOnly).post(one+"/mend", "note", "x").is(t, http.StatusForbidden)
}

func TestAPriceShowsByWhichPartItGrew(t *testing.T) {
	w := newTown(t)
	m := w.join("Anna", "Wiśniewska", "anna@example.com")
	p, err := w.console.Promises.Make(ctx, system, promise.New{
		ProgrammeID: w.programme.ID, MemberID: m, Kind: promise.Price, What: "Basket 7", Source: "shop", ExternalID: "7", Made: w.console.Now().Add(-time.Hour),
		Parts: []promise.Amount{{Part: promise.PartGoods, Minor: 1000}, {Part: promise.PartDelivery, Minor: 0}},
	})
	check(t, err)
	b := w.as(auth.Owner)
	one := promisesAt + "/" + p.ID.In(id.Promise)
	b.get(one).is(t, 200).shows(t, "What the price is made of", "goods", "delivery").hides(t, "hidden")
	b.get(promisesAt+"/rates").is(t, 200).hides(t, "By which part prices grew")
	_, err = w.console.Promises.Charge(ctx, system, w.programme.ID, p.ID, 1390, []promise.Amount{{Part: promise.PartGoods, Minor: 1000}, {Part: promise.PartDelivery, Minor: 240}, {Part: promise.PartService, Minor: 150}})
	check(t, err)
	b.get(one).is(t, 200).shows(t, "service fee", "not shown", "hidden", "+")
	w.clock = w.clock.Add(time.Minute)
	b.get(promisesAt+"/rates").is(t, 200).shows(t, "By which part prices grew", "1 of them hidden", "1 price was charged", "1 is too few")
}

func TestSettingsOfPromisesAndParcels(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	at := promisesAt + "/settings"
	b.get(at).is(t, 200).shows(t, "None is open")
	b.post(at, "version", "0", "warn_hours", "6", "grace_minutes", "30", "late_en", "Ring us", "mapper", `{"number":"n","status":"s","time":"t","words":{"HOME":"delivered"}}`).is(t, 200).shows(t, "Saved.")
	b.post(at, "version", "0", "warn_hours", "6", "grace_minutes", "30").is(t, http.StatusUnprocessableEntity)
	b.post(at, "version", "1", "warn_hours", "6", "grace_minutes", "30", "mapper", "{").is(t, http.StatusUnprocessableEntity).shows(t, "cannot be read as JSON")
	b.post(at, "version", "1", "warn_hours", "6", "grace_minutes", "30", "mapper", `{"numbr":"n"}`).is(t, http.StatusUnprocessableEntity).shows(t, "cannot be read as JSON")
	many := b.post(at, "version", "1", "warn_hours", "x", "grace_minutes", "-1", "late_pl", strings.Repeat("x", 2001), "mapper", `{"number":"n","place":"a\u0000","words":{"HOME":"delivered"}}`).
		is(t, http.StatusUnprocessableEntity).shows(t, "status: a value is needed · time: a value is needed", "place: the text is not valid")
	for _, field := range []string{"warn_hours", "grace_minutes", "late_pl", "mapper"} {
		if !strings.Contains(many.body, `href="#f-`+field+`"`) || !strings.Contains(many.body, `id="f-`+field+`-error"`) {
			t.Errorf("what is wrong with %s is not told at it", field)
		}
	}
	b.post(at+"/secret", "carrier", "easypost", "secret", "short").is(t, http.StatusUnprocessableEntity)
	b.post(at+"/secret", "carrier", "easypost", "secret", "0123456789abcdef").is(t, 200).shows(t, "/hooks/parcels/bean/easypost").hides(t, "0123456789abcdef")
	set, _, err := w.console.Promises.Setting(ctx, system, w.programme.ID)
	check(t, err)
	if set.WarnHours != 6 || set.GraceMinutes != 30 || set.TellCustomer || set.LateHelp["en"] != "Ring us" || set.Mapper.Words["HOME"] != promise.Delivered {
		t.Errorf("the setting is %+v", set)
	}
	_, err = w.console.Promises.Register(ctx, system, promise.NewParcel{ProgrammeID: w.programme.ID, Number: "RM1", Carrier: "dpd"})
	check(t, err)
	b.get(promisesAt+"/parcels").is(t, 200).shows(t, "RM1", "dpd", "announced")
	b.fragment(promisesAt+"/parcels?status=returned").is(t, 200).hides(t, "RM1")
}
