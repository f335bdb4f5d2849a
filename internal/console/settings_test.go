package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
)

// settled are the settings' form, as a browser sends it.
func settled() []string {
	return []string{
		"name", "Bean & Leaf", "zone", "Europe/Warsaw", "languages", "en", "languages", "pl", "first", "pl",
		"settings/enrolment", "on_request", "settings/region", "PL", "settings/control_share", "2.5", "hue", "30",
	}
}

func TestSettingsAreChanged(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/programme/settings").is(t, 200).shows(t, "Time zone", "Days begin and end by its clock.", "Points £0.01 The rest is owed", "No shops yet")
	who.post("/p/bean/programme/settings", settled()...).is(t, 200).shows(t, "The settings are saved.").hides(t, "put right")
	p, err := w.console.Programmes.Get(ctx, system, w.programme.ID)
	check(t, err)
	want := program.Settings{ControlShare: 250, Enrolment: program.OnRequest, Region: "PL"}
	if p.Settings != want || p.Zone.String() != "Europe/Warsaw" || p.Hue != 30 || !cmp.Equal(p.Languages, []string{"pl", "en"}) {
		t.Errorf("got %+v", p)
	}
	has(t, w.audited(), "programme.update")
}

func TestMistakesInSettings(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	for _, tc := range []struct {
		at                 int
		value, field, want string
	}{
		{1, " ", "name", "A name takes"}, {3, "Mars/Base", "zone", "is not a time zone"}, {13, "Poland", "settings/region", "is not a country code"},
		{15, "101", "settings/control_share", "from 0 to 100"}, {15, "some", "settings/control_share", "not a number"}, {17, "x", "hue", "0 to 360"}, {11, "never", "settings/enrolment", "Choose how customers join"},
	} {
		form := settled()
		form[tc.at] = tc.value
		p := who.post("/p/bean/programme/settings", form...).is(t, http.StatusUnprocessableEntity).shows(t, tc.want)
		if at := "f-" + strings.ReplaceAll(tc.field, "/", "-"); !strings.Contains(p.body, `href="#`+at+`"`) || !strings.Contains(p.body, `id="`+at+`"`) {
			t.Errorf("nothing leads to %s", at)
		}
	}
	form := settled()
	form[5], form[7] = "", ""
	who.post("/p/bean/programme/settings", form...).is(t, http.StatusUnprocessableEntity).shows(t, "Choose one or more of English, Russian and Polish")
}

func TestTheColourIsTried(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	p := who.fragment("/p/bean/programme/settings/hue?hue=360").is(t, 200).shows(t, "Hue 360")
	if !strings.Contains(p.body, `href="/assets/hue-0.css"`) || strings.Contains(p.body, "<html") {
		t.Errorf("got %s", p.body)
	}
	who.get("/assets/hue-0.css").is(t, 200)
	who.fragment("/p/bean/programme/settings/hue?hue=361").is(t, http.StatusUnprocessableEntity)
	who.fragment("/p/bean/programme/settings/hue?hue=red").is(t, http.StatusUnprocessableEntity)
}

func TestShopsAreAddedAndChanged(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.post("/p/bean/programme/settings/shops/new", "name", "Leeds", "code", "leeds", "zone", "").is(t, 200).shows(t, "The shop is added.", "Leeds")
	who.post("/p/bean/programme/settings/shops/new", "name", "Leeds again", "code", "leeds", "zone", "").is(t, http.StatusUnprocessableEntity).shows(t, "already uses the code “leeds”")
	shops, err := w.console.Programmes.Shops(ctx, system, w.programme.ID)
	check(t, err)
	at := "/p/bean/programme/settings/shops/" + shops[0].ID.In(id.Shop)
	p := who.post(at, "name", "Leeds", "code", "lee ds", "zone", "Nowhere").is(t, http.StatusUnprocessableEntity)
	if !strings.Contains(p.body, "data-open") {
		t.Error("the dialog is not shown again")
	}
	who.post(at, "name", "Leeds, Briggate", "code", "lds", "zone", "Europe/London", "closed", "on").is(t, 200).shows(t, "The shop is saved.", "Leeds, Briggate closed lds Europe/London")
	who.post("/p/bean/programme/settings/shops/"+id.ID(9).In(id.Shop), "name", "x", "code", "x").is(t, http.StatusNotFound)
	for _, action := range []string{"shop.create", "shop.update"} {
		has(t, w.audited(), action)
	}
}

func TestWalletsAreAddedAndChanged(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.post("/p/bean/programme/settings/wallets/new", "name", "Cashback", "unit", "1", "decimals", "2", "clawback", "to_zero").is(t, 200).
		shows(t, "The points are added.", "Cashback £1.00 Down to zero")
	who.post("/p/bean/programme/settings/wallets/new", "name", "Cashback", "unit", "0", "decimals", "0", "clawback", "debt").is(t, 200)
	all, err := w.console.Ledger.Wallets(ctx, system, w.programme.ID)
	check(t, err)
	if c := all[1]; c.Code != "cashback" || c.Decimals != 2 || c.Unit.String() != "1" || c.Clawback != ledger.PolicyToZero || all[2].Code != "cashback-2" {
		t.Errorf("got %+v", all)
	}
	at := "/p/bean/programme/settings/wallets/" + all[1].ID.In(id.Wallet)
	who.post(at, "name", "Cash back", "unit", "0.5", "clawback", "debt").is(t, 200).shows(t, "Cash back £0.50 The rest is owed")
	for _, form := range [][]string{
		{"name", "", "unit", "1", "decimals", "0", "clawback", "debt"}, {"name", "x", "unit", "one", "decimals", "0", "clawback", "debt"},
		{"name", "x", "unit", "-1", "decimals", "0", "clawback", "debt"}, {"name", "x", "unit", "1", "decimals", "9", "clawback", "debt"},
		{"name", "x", "unit", "1", "decimals", "0", "clawback", "perhaps"},
	} {
		p := who.post("/p/bean/programme/settings/wallets/new", form...).is(t, http.StatusUnprocessableEntity)
		if !strings.Contains(p.body, "data-open") || !strings.Contains(p.body, "field-error") {
			t.Errorf("%v: the dialog does not say what is wrong", form)
		}
	}
	who.post(at, "name", "", "unit", "1", "clawback", "debt").is(t, http.StatusUnprocessableEntity)
	who.post("/p/bean/programme/settings/wallets/"+id.ID(9).In(id.Wallet), "name", "x", "unit", "1", "clawback", "debt").is(t, http.StatusNotFound)
}

func TestSettingsNeedPermission(t *testing.T) {
	w := newTown(t)
	reader := w.as(auth.ReadOnly)
	reader.get("/p/bean/programme/settings").is(t, 200).shows(t, "Europe/London", "GBP", "English, Русский and Polski").hides(t, "Save", "Add a shop", "Change")
	for _, path := range []string{"", "/shops/new", "/shops/" + id.ID(9).In(id.Shop), "/wallets/new"} {
		reader.post("/p/bean/programme/settings"+path).is(t, http.StatusForbidden)
	}
}
