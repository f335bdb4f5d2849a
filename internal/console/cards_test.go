package console

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/program"
	"regulars/internal/touch"
)

const cardsAt = "/p/bean/cards"

// TestCardsReviewsAndSupport walks through the pages of cards and reviews.
func TestCardsReviewsAndSupport(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.get(cardsAt).is(t, 200).shows(t, "There is no touchpoint yet")
	b.get(cardsAt+"/touchpoints/new").is(t, 200)
	point, err := w.console.Touch.CreateTouchpoint(ctx, system, w.programme.ID, touch.TouchpointSpec{Kind: touch.InParcel, Name: "Web parcels", Links: []touch.Link{{Platform: touch.Google, Place: "g1"}}})
	check(t, err)
	at := cardsAt + "/touchpoints/" + point.ID.In(id.Touchpoint)
	b.get(at).is(t, 200).shows(t, "Test link: Google")
	batch, err := w.console.Touch.CreateBatch(ctx, system, w.programme.ID, point.ID, "Spring", 2, touch.Design{Layout: touch.Band, Language: "en"})
	check(t, err)
	b.get(cardsAt).is(t, 200).shows(t, "2 cards have been made", "Web parcels", "Spring", "Scan the card, then the order.")
	b.get(cardsAt+"/batches/new").is(t, 200)
	b.get(cardsAt+"/batches/"+batch.ID.In(id.CardBatch)+"/cards.pdf?paper=a4&part=1").is(t, 200)
	taken, err := w.console.Touch.Take(ctx, system, w.programme.ID, []touch.Seen{{Platform: touch.Google, ExternalID: "1", Place: "g1", Rating: 2, Occurred: w.clock, Text: "Cold <b>tea</b>"}})
	check(t, err)
	review := "/p/bean/reviews/" + taken[0].ReviewID.In(id.Review)
	b.get("/p/bean/reviews").is(t, 200).shows(t, "1 review in the last 90 days. Answered: 0. Waiting for an answer: 1.", "Cold <b>tea</b>", "2 / 5")
	b.get(review).is(t, 200).shows(t, "Cold <b>tea</b>")
	b.post(review+"/answer", "text", "We are sorry.").is(t, 200)
	b.get("/p/bean/reviews?state=answered").is(t, 200).shows(t, "Cold <b>tea</b>")
	b.get("/p/bean/reviews?state=unanswered").is(t, 200).hides(t, "Cold <b>tea</b>")
	b.get("/p/bean/support").is(t, 200).shows(t, "Support Index", "lower bound", "Not known yet: 0 customers")
	b.get("/p/bean/reviews").is(t, 200).hides(t, "reviews.js")
	written := []string{"platform", "otzovik", "external_id", "https://otzovik.com/review_1.html", "rating", "5", "text", "Strong tea 🫖", "author", "Анна"}
	b.post("/p/bean/reviews/write", append(written, "time", "")...).is(t, 422).shows(t, "Write when the review was left", "Strong tea 🫖")
	for range 2 { // sent again it is not taken again
		b.post("/p/bean/reviews/write", append(written, "time", w.clock.In(w.programme.Zone).Format(time.DateOnly))...).is(t, 200)
	}
	b.get("/p/bean/reviews").is(t, 200).shows(t, "2 reviews in the last 90 days. Answered: 1. Waiting for an answer: 1.", "Strong tea 🫖", "Otzovik")
	b.post("/p/bean/reviews/widget", "shown", "on").is(t, 200)
	b.get("/p/bean/reviews").is(t, 200).shows(t, "/w/bean/reviews.js", "Look at it")
}

// TestTheSupportIndexHasAPeriodAndAShop: what lies before the period does not
// count, and a shop has its own customers.
func TestTheSupportIndexHasAPeriodAndAShop(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	w.buy(anna, 60, tea(20))
	var first string
	for _, code := range []string{"north", "south"} {
		shop, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: code, Name: "Shop " + code})
		check(t, err)
		first = firstOr(first, shop.ID.In(id.Shop))
		m := w.join("Jan", "Nowak", code+"@example.com")
		w.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: m}, Occurred: w.clock.AddDate(0, 0, -1), Shop: code, Payload: flow.Payload{Lines: list(tea(20))}})
	}
	b := w.as(auth.Manager)
	b.get("/p/bean/support").is(t, 200).shows(t, "There were 3 customers in this time", "Shop north", "Last 365 days")
	b.get("/p/bean/support?days=30").is(t, 200).shows(t, "There were 2 customers in this time")
	b.get("/p/bean/support?days=1000000").is(t, 200).shows(t, "There were 3 customers in this time")
	b.fragment("/p/bean/support?days=30&shop="+first).is(t, 200).shows(t, "Shop north. There was 1 customer in this time").hides(t, "Last 365 days")
}
