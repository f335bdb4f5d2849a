package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/promise"
)

const basketsAt = "/p/bean/baskets"

// leaves has a basket left, for 12.50 at first and then for 16.40, two days ago.
func (w *town) leaves(name string, who id.ID, change func(n *basket.Leaving)) *basket.Basket {
	w.t.Helper()
	n := basket.Leaving{
		ProgrammeID: w.programme.ID, Source: "shop", ExternalID: name, MemberID: who, Channel: "site", Left: w.console.Now().Add(-48 * time.Hour), Step: basket.AtDelivery, Items: 2,
		FirstParts: []promise.Amount{{Part: promise.PartGoods, Minor: 1250}, {Part: promise.PartDelivery, Minor: 0}},
		LastParts:  []promise.Amount{{Part: promise.PartGoods, Minor: 1250}, {Part: promise.PartDelivery, Minor: 240}, {Part: promise.PartService, Minor: 150}},
	}
	if change != nil {
		change(&n)
	}
	b, err := w.console.Baskets.Leave(ctx, system, n)
	check(w.t, err)
	return b
}

// leavers has many leave, some of whom come back, so that there are figures.
func (w *town) leavers(n int) {
	w.t.Helper()
	for i := range n {
		who := w.join("Ann", fmt.Sprint("Number ", i), fmt.Sprintf("crowd%d@example.com", i))
		w.leaves(fmt.Sprint("crowd-", i), who, func(n *basket.Leaving) {
			n.Left, n.Step = w.console.Now().Add(-20*24*time.Hour), basket.Steps()[i%5]
			switch i % 4 {
			case 0:
				n.Why = &basket.Why{Reason: basket.Reasons()[min(i%3, 1)], Origin: basket.OnTheSpot}
			case 1:
				n.FirstParts, n.LastParts, n.First, n.Last = nil, nil, 1000, 1000
			case 2:
				n.Asked = basket.ByLink
			}
		})
		if i%5 == 0 {
			w.take(flow.Event{Kind: journal.Purchase, ExternalID: fmt.Sprint("crowd-", i), Who: flow.Who{MemberID: who}, Occurred: w.console.Now().Add(-19 * 24 * time.Hour), Payload: flow.Payload{Lines: list(tea(20))}})
		}
	}
}

func TestLeftBasketsAreShownAskedAndExplained(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(basketsAt).is(t, 200).shows(t, "No basket was left in the last 90 days.", "POST /v1/abandonments")
	b.get(basketsAt+"/list").is(t, 200).shows(t, "No basket here")
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	one := w.leaves("1", anna, nil)
	w.leaves("2", 0, func(n *basket.Leaving) {
		n.Why = &basket.Why{Reason: basket.DeliveryCost, Origin: basket.OnTheSpot, Words: "It was <b>dear</b>"}
	})
	b.get(basketsAt).is(t, 200).shows(t, "2 baskets were left in 90 days; of 1 it is known why.", "1 by unknown visitors", "No reason known", "Too few to set beside each other", "service fee").hides(t, "Most often")
	b.fragment(basketsAt+"?days=30").is(t, 200).shows(t, "2 baskets were left in 30 days")
	b.get(basketsAt+"/list").is(t, 200).shows(t, "Anna Wiśniewska", "unknown visitor", "delivery too dear", "not known", "still time")
	b.fragment(basketsAt+"/list?reason=unknown&step=delivery").is(t, 200).shows(t, "Anna").hides(t, "too dear")
	b.fragment(basketsAt+"/list?step=review").is(t, 200).shows(t, "No basket here")
	page := basketsAt + "/" + one.ID.In(id.Basket)
	b.get(page).is(t, 200).shows(t, "Nobody knows yet.", "Ask by link", "hidden", "not shown", "Anna Wiśniewska", "+£3.90").hides(t, basket.Path)
	b.post(page+"/ask").is(t, 200).shows(t, "Send it to the customer", basket.Path)
	b.post(page+"/reason", "reason", "").is(t, http.StatusUnprocessableEntity).shows(t, "Choose a reason of the list")
	b.post(page+"/reason", "reason", "delivery_time", "words", "A <i>present</i>").is(t, 200).shows(t, "Noted.", "delivery too slow", "noted by staff", "A <i>present</i>")
	reader := w.as(auth.ReadOnly)
	reader.get(page).is(t, 200).hides(t, basket.Path, "Note the reason")
	reader.post(page+"/ask").is(t, http.StatusForbidden)
	w.as(auth.Till).get(basketsAt).is(t, http.StatusForbidden)
	b.get(basketsAt+"/bsk_01h9x3k7q2v5n").is(t, 404)
	form := []string{"version", "0", "days", "14", "wait_hours", "12"}
	b.post(basketsAt+"/settings", form...).is(t, 200).shows(t, "Saved.")
	b.post(basketsAt+"/settings", form...).is(t, http.StatusUnprocessableEntity).shows(t, "Somebody changed the settings meanwhile")
	b.post(basketsAt+"/settings", "version", "1", "days", "many", "wait_hours", "12").is(t, http.StatusUnprocessableEntity).shows(t, "within 1 to 90 days")
	w.as(auth.Agent).post(basketsAt+"/settings", "version", "1", "days", "7", "wait_hours", "12").is(t, http.StatusForbidden)
}

// TestManyLeftBasketsHaveFigures: shares with their intervals, and an association
// that is called one.
func TestManyLeftBasketsHaveFigures(t *testing.T) {
	w := newTown(t)
	w.leavers(80)
	b := w.as(auth.Manager)
	b.get(basketsAt).is(t, 200).shows(t, "80 baskets were left in 90 days; of 20 it is known why. Most often: delivery too dear, 65%", "Preliminary.", "no proof", "+£3.90", "+£2.40", "20 of 40", "16 of 80 of members")
	if page := b.get(basketsAt+"?days=30").is(t, 200).shows(t, "80 baskets").body; strings.Count(page, `class="hbars"`) != 3 || strings.Count(page, "<table") != 5 {
		t.Errorf("%d charts have %d tables, with those of the asked and of who came back", strings.Count(page, `class="hbars"`), strings.Count(page, "<table"))
	}
	page := b.get(basketsAt+"/list").is(t, 200).body
	if n := strings.Count(page, "/baskets/bsk_"); n != basketsShown {
		t.Errorf("the first page has %d rows", n)
	}
}

func TestPagesOfBasketsInTheBrowser(t *testing.T) {
	w := newTown(t)
	w.leavers(40)
	one := w.leaves("1", w.join(longWord, longWord, "anna@example.com"), func(n *basket.Leaving) {
		n.Why = &basket.Why{Reason: basket.TotalUnclear, Origin: basket.ByStaff, Words: longWord + "\nevil"}
	})
	walk(t, browse(t, w.console.Handler()), map[string]string{
		"baskets": basketsAt, "baskets-short": basketsAt + "?days=30", "baskets-list": basketsAt + "/list", "baskets-none": basketsAt + "/list?step=review&reason=other",
		"basket": basketsAt + "/" + one.ID.In(id.Basket), "baskets-settings": basketsAt + "/settings",
	})
}
