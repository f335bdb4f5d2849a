package console

import (
	"testing"

	"regulars/internal/auth"
	"regulars/internal/challenge"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/sale"
)

const challengesAt = "/p/bean/challenges"

// challengeTown has an open challenge, a draft, and Anna, who bought 5 coffees
// in each of the last two months.
type challengeTown struct {
	*town
	anna        id.ID
	open, draft challenge.Challenge
}

func newChallengeTown(t testing.TB) *challengeTown {
	t.Helper()
	w := &challengeTown{town: newTown(t)}
	w.anna = w.join("Anna", "Wiśniewska", "anna@example.com")
	for _, days := range []int{5, 35} {
		w.buy(w.anna, days, sale.Line{SKU: "espresso", Category: "coffee", Quantity: 5000, Amount: 10_00})
	}
	spec := challenge.Spec{
		Names: map[string]string{"en": "Coffee month"}, Descriptions: map[string]string{"en": "Beans of the month count too."}, Form: challenge.Goal, Counts: challenge.Units,
		Lines: &earn.Lines{Categories: []string{"coffee"}}, Span: challenge.Monthly, Audience: challenge.Audience{Ranks: []string{"regular", "gold"}},
		Steps:  []challenge.Step{{At: 5, Reward: challenge.Reward{Kind: challenge.Points, WalletID: w.wallet.ID, Points: 50, Months: 6}}},
		Budget: challenge.Budget{Rewards: 100},
	}
	var err error
	w.open, err = w.console.Challenges.Create(ctx, system, w.programme.ID, spec)
	check(t, err)
	w.open, err = w.console.Challenges.Publish(ctx, system, w.programme.ID, w.open.ID)
	check(t, err)
	spec.Names, spec.Form, spec.Counts, spec.Span, spec.Unit = map[string]string{"en": "Every week"}, challenge.Streak, challenge.Visits, challenge.Fixed, earn.Week
	spec.Lines, spec.Gaps, spec.Budget = nil, 1, challenge.Budget{}
	spec.Steps = []challenge.Step{{At: 3, Reward: spec.Steps[0].Reward}, {At: 6, Reward: spec.Steps[0].Reward}}
	w.draft, err = w.console.Challenges.Create(ctx, system, w.programme.ID, spec)
	check(t, err)
	return w
}

func challengeAt(c challenge.Challenge) string { return challengesAt + "/" + c.ID.In(id.Challenge) }

func TestChallengesAreListedAndTried(t *testing.T) {
	w := newChallengeTown(t)
	b := w.as(auth.Manager)
	b.get(challengesAt).is(t, 200).shows(t, "There are 2 challenges.", "1 is open.", "Coffee month", "Buy 5 items, get 50 points for 6 months (only coffee, in a calendar month", "Every week")
	b.get(challengesAt+"?state=draft").is(t, 200).shows(t, "Every week").hides(t, "Coffee month")
	b.get(challengeAt(w.open)).is(t, 200).shows(t, "Only for the rank Regular or Gold.", "100 rewards for all members together.", "Take part", "Beans of the month count too.")
	b.get(challengeAt(w.open)+"?member=anna@example.com").is(t, 200).shows(t, "Anna Wiśniewska would have been rewarded")
	b.get(challengeAt(w.open)+"?member=zzz").is(t, 200).shows(t, "Nobody was found.")
	b.get(challengesAt+"/chl_01h9x3k7q2v5n").is(t, 404)
	b.get(challengesAt+"/nonsense").is(t, 404)
	w.as(auth.Till).get(challengesAt+"/new").is(t, 403)
}

func TestAChallengeIsWrittenOpenedAndEnded(t *testing.T) {
	w := newChallengeTown(t)
	b := w.as(auth.Manager)
	fill := []string{
		"name_en", "Ten stamps", "form", "stamps", "counts", "units", "categories", "tea, cake", "span", "fixed", "last_day", "2031-12-31",
		"gives", "points", "at_0", "10", "points_0", "70", "per_member", "3", "opt_in", "on",
	}
	said := b.post(challengesAt+"/new?do=words", fill...).is(t, 200)
	said.shows(t, "Collect 10 stamps, one for each item, get 70 points (only tea or cake, until 31 December 2031). It must be joined. 3 rewards for each member at most.")
	b.post(challengesAt+"/new", "name_en", "Ten stamps", "form", "stamps", "counts", "amount", "span", "fixed", "gives", "points", "at_0", "10", "points_0", "70").is(t, 422).
		shows(t, "Stamps count purchases, visits or goods; streaks count purchases or visits.")
	b.post(challengesAt+"/new", fill...).is(t, 200).shows(t, "The challenge is saved.", "Collect 10 stamps")
	list, err := w.console.Challenges.List(ctx, system, w.programme.ID)
	check(t, err)
	made := list[2]
	b.get(challengeAt(made)+"/edit").is(t, 200).shows(t, "only tea or cake, until 31 December 2031")
	b.post(challengeAt(made)+"/publish").is(t, 200).shows(t, "The challenge is open.")
	b.post(challengeAt(made)+"/edit", "name_en", "Ten stamps for tea", "at_0", "1").is(t, 200).shows(t, "Ten stamps for tea", "Collect 10 stamps")
	b.post(challengeAt(made)+"/publish").is(t, 422).shows(t, "The challenge is open already.")
	b.post(challengeAt(made)+"/end").is(t, 200).shows(t, "The challenge has ended.")
	b.post(challengeAt(w.draft)+"/discard").is(t, 200).shows(t, "The draft is gone.").hides(t, "Every week")
	w.as(auth.Marketer).post(challengeAt(w.open)+"/end").is(t, 403)
}
