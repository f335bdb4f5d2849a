package console

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/promo"
)

// percentOff is the form of a plain offer, as a browser sends it.
func percentOff(more ...string) []string {
	return append([]string{"do", "save", "name", "Spring", "audience", "regulars", "kind", "percent", "percent", "12.5", "goods", "all", "join", "all"}, more...)
}

// set replaces the value of a field of a form.
func set(form []string, pairs ...string) []string {
	form = slices.Clone(form)
	for i := 0; i < len(pairs); i += 2 {
		for at := 0; at < len(form); at += 2 {
			if form[at] == pairs[i] {
				form[at+1] = pairs[i+1]
			}
		}
	}
	return form
}

func (w *town) offers() []promo.History {
	w.t.Helper()
	list, err := w.console.Promo.List(ctx, system, w.programme.ID)
	check(w.t, err)
	return list
}

func TestTheFirstOfferIsTaught(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/offers").is(t, 200).shows(t, "No offer is in force.", "No offers yet", "try it on a basket", "Begin an offer", "Three for two").hides(t, "For newcomers")
	who.get("/p/bean/codes").is(t, 200).shows(t, "No codes yet", "Codes belong to an offer", "To the offers")
	w.as(auth.ReadOnly).get("/p/bean/offers").is(t, 200).shows(t, "No offers yet").hides(t, "Begin an offer", "New offer")
}

func TestOffersAreListed(t *testing.T) {
	w := newPromoTown(t)
	who := w.as(auth.Owner)
	p := who.get("/p/bean/offers").is(t, 200)
	p.shows(t, "3 offers are in force; 1 draft waits to be published.", "Ten off for members 10 % off all goods. In force since 8 Feb 2025 2 £7.70",
		"£5.00 off tea, with a code, from £15.00.", "Welcome 15 % off all goods for a first purchase. Begins later 15 Apr 2026 – 15 May 2026", "Three for two").hides(t, "Last winter")
	if strings.Index(p.text(), "Welcome 15") > strings.Index(p.text(), "Three for two Of each") {
		t.Error("drafts stand before what is published")
	}
	for show, wants := range map[string][2]string{
		"regulars": {"Ten off for members", "Welcome 15"}, "newcomers": {"Welcome 15", "Ten off for members"}, "code": {"Five pounds off tea", "Ten off for members"},
		"ended": {"Last winter 10 % off all goods. Withdrawn 15 Nov 2025 – 15 Mar 2026", "Welcome 15"},
	} {
		who.get("/p/bean/offers?show="+show).is(t, 200).shows(t, wants[0]).hides(t, wants[1])
	}
}

func TestAnOfferIsWrittenAndPublished(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/offers/new?start=newcomers&name=Hello").is(t, 200).shows(t, "15 % off all goods for a first purchase.")
	p := who.post("/p/bean/offers/new", percentOff()...).is(t, 200)
	p.shows(t, "The draft is saved.", "Never published: nobody gets it yet.", "12.5 % off all goods.", "Publish", "Try on a basket", "Edit the draft").hides(t, "Withdraw", "Results", "Codes Whoever")
	at := p.path
	who.post(at+"/publish", "begins", "soon").is(t, http.StatusUnprocessableEntity).shows(t, "This is not a day.")
	who.post(at+"/publish", "begins", "2026-05-01", "ends", "2026-04-01").is(t, http.StatusUnprocessableEntity).shows(t, "An offer must end after it begins.")
	who.post(at+"/publish", "begins", "2026-03-15", "ends", "2026-03-31").is(t, 200).shows(t, "The offer is published.", "In force until 31 March 2026.", "15 Mar 2026 – 31 Mar 2026", "How often it applied 0 Not used yet")
	who.post(at+"/edit", set(percentOff(), "percent", "20", "name", "Late spring")...).is(t, 200).shows(t, "Late spring", "a draft waits to be published", "20 % off all goods.", "Versions")
	who.post(at+"/publish", "begins", "2026-03-01").is(t, http.StatusUnprocessableEntity).shows(t, "Only the first version of an offer can begin in the past.")
	who.post(at+"/publish", "begins", "2026-03-20").is(t, 200).shows(t, "In force until 19 March 2026.", "Begins later since 20 Mar 2026", "No. 2 20 % off all goods.")
	w.clock = w.clock.Add(time.Hour)
	who.post(at+"/withdraw").is(t, 200).shows(t, "The offer is withdrawn.", "Over since 15 March 2026.", "What it said", "12.5 % off all goods.").hides(t, "Withdraw ")
	for _, action := range []string{"offer.create", "offer.publish", "offer.rename", "offer.draft", "offer.withdraw"} {
		has(t, w.audited(), action)
	}
	who.get("/p/bean/audit").is(t, 200).shows(t, "Published an offer", "Withdrew an offer", "Late spring")
}

func TestOffersAreDiscarded(t *testing.T) {
	w := newTown(t)
	offer := w.draftOffer("Spring", tenOff())
	who := w.as(auth.Owner)
	if p := who.post(w.offerAt(offer, "/discard")).is(t, 200).shows(t, "The draft is gone."); p.path != "/p/bean/offers" {
		t.Errorf("an offer that never was leads to %s", p.path)
	}
	offer = w.putOffer("Spring", 1, tenOff())
	who.post(w.offerAt(offer, "/discard")).is(t, http.StatusConflict)
	who.post(w.offerAt(offer, "/edit"), percentOff()...).is(t, 200)
	if p := who.post(w.offerAt(offer, "/discard")).is(t, 200); p.path != w.offerAt(offer, "") {
		t.Errorf("came to %s", p.path)
	}
}

// TestLimitsBesideOtherOffersStandInTheForm as they are said, and are shown again.
func TestLimitsBesideOtherOffersStandInTheForm(t *testing.T) {
	who := newTown(t).as(auth.Owner)
	p := who.post("/p/bean/offers/new", percentOff("together", "2", "most_off", "40")...).is(t, 200).
		shows(t, "at most 2 offers apply to the sale", "No line falls more than 40 % below its list price")
	edit := who.get(p.path+"/edit").is(t, 200)
	for _, want := range []string{`value="2"`, `value="40"`, `<details class="more" open`} {
		if !strings.Contains(edit.body, want) {
			t.Errorf("the form does not hold %s", want)
		}
	}
	who.post("/p/bean/offers/new", set(percentOff("together", "2", "exclusive", "on"), "name", "Alone")...).is(t, http.StatusUnprocessableEntity)
}

func TestMistakesInAnOffer(t *testing.T) {
	w := newTown(t)
	w.draftOffer("Taken", tenOff())
	who := w.as(auth.Owner)
	p := who.post("/p/bean/offers/new", set(percentOff(), "percent", "lots")...).is(t, http.StatusUnprocessableEntity)
	if !strings.Contains(p.body, `href="#f-percent"`) || !strings.Contains(p.body, `value="lots"`) || !strings.Contains(p.body, `value="Spring"`) {
		t.Error("the summary does not lead to the field, or what was typed is lost")
	}
	who.post("/p/bean/offers/new", set(percentOff(), "name", "Taken")...).is(t, http.StatusUnprocessableEntity).shows(t, "There is an offer called “Taken” already.")
	who.post("/p/bean/offers/new", set(percentOff(), "name", "", "goods", "chosen")...).is(t, http.StatusUnprocessableEntity).
		shows(t, "There are 2 things to put right", "Give the offer a name.", "Name product codes or categories.")
	who.post("/p/bean/offers/new", set(percentOff("priority", "first", "budget.amount", "-4", "most_off", "120"), "name", "", "percent", "0")...).
		is(t, http.StatusUnprocessableEntity).shows(t, "There are 5 things to put right", "Give the offer a name.", "“first” is not a number", "at most 100")
	if len(w.offers()) != 1 {
		t.Error("an offer with mistakes was kept")
	}
	who.post("/p/bean/offers/new", set(percentOff(), "do", "add-cap")...).is(t, 200).shows(t, "At most times")
	who.post("/p/bean/offers/new?do=words", percentOff("with_code", "on")...).is(t, 200).shows(t, "12.5 % off all goods, with a code.").hides(t, "Save the draft")
	who.post("/p/bean/offers/new?do=words", set(percentOff(), "percent", "")...).is(t, 200).shows(t, "Fill in the form")
}

func TestOffersNeedPermission(t *testing.T) {
	w := newPromoTown(t)
	at := w.offerAt(w.draft, "")
	marketer := w.as(auth.Marketer)
	marketer.get(at).is(t, 200).shows(t, "Edit the draft", "Try on a basket").hides(t, "Publish", "Withdraw")
	marketer.post(at+"/publish").is(t, http.StatusForbidden)
	marketer.post(at+"/withdraw").is(t, http.StatusForbidden)
	reader := w.as(auth.ReadOnly)
	reader.get(at).is(t, 200).hides(t, "Publish", "Edit the draft", "Discard")
	reader.get(w.batchAt(w.unique, "")).is(t, 200).hides(t, "Download", "Cancel the batch")
	for _, path := range []string{"/edit", "/codes/new"} {
		reader.get(at+path).is(t, http.StatusForbidden)
	}
	reader.get(w.batchAt(w.unique, "/csv")).is(t, http.StatusForbidden)
	for _, path := range []string{at + "/publish", at + "/edit", at + "/discard", at + "/codes/new", at + "/codes/import", w.batchAt(w.unique, "/cancel"), "/p/bean/codes/" + w.used.ID.In(id.Code) + "/cancel"} {
		reader.post(path).is(t, http.StatusForbidden)
	}
	till := w.as(auth.Till)
	till.get("/p/bean/offers").is(t, http.StatusForbidden)
	till.get("/p/bean/codes").is(t, 200).hides(t, "Offers")
	w.as(auth.Agent).get("/p/bean/codes/"+w.used.ID.In(id.Code)).is(t, 200).shows(t, "Used up", "Five pounds off tea")
	w.makeProgramme("leaf", "Leaf")
	owner := w.as(auth.Owner)
	for _, path := range []string{at, at + "/preview", w.batchAt(w.unique, ""), "/p/bean/codes/" + w.used.ID.In(id.Code)} {
		owner.get(strings.Replace(path, "/bean/", "/leaf/", 1)).is(t, http.StatusNotFound)
	}
	owner.get("/p/bean/offers/"+id.ID(5).In(id.Offer)).is(t, http.StatusNotFound)
}

// TestResultsOfAnOffer counts what sales have had of it.
func TestResultsOfAnOffer(t *testing.T) {
	w := newPromoTown(t)
	who := w.as(auth.Owner)
	who.get(w.offerAt(w.members, "")).is(t, 200).shows(t, "How often it applied 2", "What it cost in all £7.70", "on average £3.85", "£7.70 of the budget of £100.00 is used")
	who.get(w.offerAt(w.tea, "")).is(t, 200).shows(t, "Spring letter unique codes 40 1 Ready", "Poster a shared code 1 1 Ready", "Parcels unique codes 0 0 Being made")
}

func TestStandsOfVersions(t *testing.T) {
	for _, tc := range []struct {
		state        promo.State
		begins, ends int // days from now; 0 for none
		want         stand
	}{
		{promo.Draft, 0, 0, standsDraft}, {promo.Published, -1, 0, standsLive}, {promo.Published, -2, 1, standsLive}, {promo.Published, 1, 2, standsAhead},
		{promo.Published, -2, -1, standsOver}, {promo.Withdrawn, -2, 1, standsLive}, {promo.Withdrawn, -2, -1, standsWithdrawn}, {promo.Withdrawn, 2, 2, standsWithdrawn},
	} {
		v := promo.Version{State: tc.state, Begins: noon.AddDate(0, 0, tc.begins)}
		if tc.ends != 0 {
			v.Ends = noon.AddDate(0, 0, tc.ends)
		}
		if got := standOf(&v, noon); got != tc.want {
			t.Errorf("%s %d–%d stands %s, want %s", tc.state, tc.begins, tc.ends, got, tc.want)
		}
	}
}
