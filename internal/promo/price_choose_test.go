package promo

import (
	"testing"

	"regulars/internal/earn"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

func TestGroups(t *testing.T) {
	ten := `{"group":"g","benefit":{"kind":"percent","percent":"10"}}`
	three := `{"group":"g","benefit":{"kind":"amount","amount":300}}`
	coffee := `{"group":"g","lines":{"categories":["coffee"]},"benefit":{"kind":"percent","percent":"20"}}`
	code := `{"group":"g","with_code":true,"benefit":{"kind":"amount","amount":500}}`
	apart := `{"group":"h","benefit":{"kind":"amount","amount":100}}`
	gift := `{"group":"g","benefit":{"kind":"gift","sku":"MUG"}}`
	b := basket(t, "A coffee 1 20.00", "B tea 1 5.00")
	same(t, b, offers(t, ten, three, apart).Price(b, Usage{}), "[1680 420] B:300 C:100 A!group")
	same(t, b, offers(t, ten, coffee).Price(b, Usage{}), "[1600 500] B:400 A!group")
	same(t, b, offers(t, ten, coffee, code).Price(b.withCodes(3), Usage{}), "[1600 400] C:500 B!group A!group")
	same(t, b, offers(t, gift).Price(b, Usage{}), "[2000 500] A:0+MUG")
	same(t, b, offers(t, gift, three).Price(b, Usage{}), "[1760 440] B:300 A!group")
	// Of equals the one that comes first.
	same(t, b, offers(t, three, three).Price(b, Usage{}), "[1760 440] A:300 B!group")
	// One that cannot apply leaves its place to another, and says its own reason.
	far := `{"group":"g","minimum":9900,"benefit":{"kind":"amount","amount":2000}}`
	same(t, b, offers(t, far, three).Price(b, Usage{}), "[1760 440] B:300 A!below_minimum")
}

// TestGroupsOfSeveralStages chooses by what is left when an offer has its turn.
func TestGroupsOfSeveralStages(t *testing.T) {
	line := `{"lines":{"skus":["A"]},"benefit":{"kind":"percent","percent":"50"}}`
	ten := `{"group":"g","benefit":{"kind":"percent","percent":"10"}}`
	nine := `{"group":"g","with_code":true,"benefit":{"kind":"amount","amount":900}}`
	b := basket(t, "A x 1 40.00", "B x 1 60.00").withCodes(3)
	// From list prices ten per cent would be 10.00; of the 80.00 left it is 8.00.
	same(t, b, offers(t, line, ten, nine).Price(b, Usage{}), "[1775 5325] A:2000 C:900 B!group")
}

// TestGroupIsChosenAgain covers a winner that a later choice leaves without its
// minimum.
func TestGroupIsChosenAgain(t *testing.T) {
	line := `{"group":"b","lines":{"skus":["A"]},"benefit":{"kind":"percent","percent":"50"}}`
	big := `{"group":"a","minimum":2000,"benefit":{"kind":"amount","amount":600}}`
	small := `{"group":"a","benefit":{"kind":"amount","amount":100}}`
	b := basket(t, "A x 1 20.00")
	same(t, b, offers(t, line, big, small).Price(b, Usage{}), "[900] A:1000 C:100 B!below_minimum")
}

func TestExclusive(t *testing.T) {
	quarter := `{"exclusive":true,"benefit":{"kind":"percent","percent":"25"}}`
	ten := `{"lines":{"skus":["A"]},"benefit":{"kind":"percent","percent":"10"}}`
	amount := func(n string) string { return `{"benefit":{"kind":"amount","amount":` + n + `}}` }
	b := basket(t, "A x 1 40.00")
	same(t, b, offers(t, quarter, ten, amount("599")).Price(b, Usage{}), "[3000] A:1000 B!exclusive C!exclusive")
	// Not when the others take off as much.
	p := offers(t, quarter, ten, amount("600")).Price(b, Usage{})
	same(t, b, p, "[3000] B:400 C:600 A!exclusive_less")
	if got, want := p.Refused[0].Reason.Args["others"], int64(1000); got != want {
		t.Errorf("the others take off %v, want %d", got, want)
	}
	same(t, b, offers(t, quarter).Price(b, Usage{}), "[3000] A:1000")
	// The better of two.
	third := `{"exclusive":true,"benefit":{"kind":"amount","amount":1300}}`
	same(t, b, offers(t, quarter, third).Price(b, Usage{}), "[2700] B:1300 A!exclusive")
	// A gift has nothing to compare: it applies when nothing else does.
	gift := `{"exclusive":true,"benefit":{"kind":"gift","sku":"MUG"}}`
	same(t, b, offers(t, gift).Price(b, Usage{}), "[4000] A:0+MUG")
	same(t, b, offers(t, gift, amount("1")).Price(b, Usage{}), "[3999] B:1 A!exclusive_less")
	// An offer with a reason of its own keeps it.
	far := `{"minimum":9900,"benefit":{"kind":"amount","amount":2000}}`
	same(t, b, offers(t, quarter, far).Price(b, Usage{}), "[3000] A:1000 B!below_minimum")
}

func TestSeveralCodes(t *testing.T) {
	five := `{"with_code":true,"minimum":2000,"benefit":{"kind":"amount","amount":500}}`
	half := `{"with_code":true,"restore_code":true,"benefit":{"kind":"percent","percent":"50"}}`
	open := `{"benefit":{"kind":"amount","amount":100}}`
	s := offers(t, five, half, open)
	b := basket(t, "A x 1 21.00")
	// In the order in which they are presented, and with the minimum looked at
	// before the first of them.
	same(t, b, s.Price(b.withCodes(1, 2), Usage{}), "[750] C:100 A:500 B:750")
	p := s.Price(b.withCodes(2, 1), Usage{})
	same(t, b, p, "[500] C:100 B:1000 A:500")
	if !p.Applied[1].RestoreCode || p.Applied[2].RestoreCode {
		t.Errorf("codes that come back: %+v", p.Applied)
	}
	same(t, b, s.Price(b.withCodes(1, 1), Usage{}), "[1500] C:100 A:500 A!code_repeated")
	same(t, b, s.Price(b.withCodes(3), Usage{}), "[2000] C:100 C!code_not_needed")
	same(t, b, s.Price(b.withCodes(9), Usage{}), "[2000] C:100 I!code_idle")
	b = b.withCodes(1)
	b.Codes = append(b.Codes, Presented{Text: "N0NE"},
		Presented{Text: "LATE", Code: &Code{ID: 600, OfferID: 2}, Refused: &Refusal{Why: "expired", Reason: i18n.Text{Key: "x"}}})
	p = s.Price(b, Usage{})
	same(t, b, p, "[1500] C:100 A:500 N0NE!code_unknown B!expired")
	if p.Applied[1].CodeID != 501 || p.Discounts[1].CodeID != 501 || p.Applied[0].CodeID != 0 {
		t.Errorf("codes of the discounts: %+v", p.Discounts)
	}
	if b.Codes[2].Refused.Code != "" || p.Refused[1].Code != "LATE" {
		t.Errorf("the refusal is %+v, of %+v", p.Refused[1], b.Codes[2].Refused)
	}
}

func TestCodeThatWasRefusedLeavesRoomForAnother(t *testing.T) {
	s := offers(t, `{"with_code":true,"benefit":{"kind":"amount","amount":500}}`)
	b := basket(t, "A x 1 21.00").withCodes(1, 1)
	b.Codes[0].Refused = &Refusal{Why: "expired"}
	same(t, b, s.Price(b, Usage{}), "[1600] A:500 A!expired")
	b.Codes = []Presented{{Text: "???", Refused: &Refusal{Why: "malformed"}}}
	same(t, b, s.Price(b, Usage{}), "[2100] ???!malformed")
}

// slotOf returns the counter of an offer at the time of the sales.
func slotOf(n id.ID, s *Offerset, p earn.Period) Slot {
	return (&terms{offer: n}).slot(p, tuesday, s.zone)
}

func TestCapsOfAMember(t *testing.T) {
	s := offers(t, `{"per_member":[{"period":"day","times":2},{"period":"month","amount":700}],"benefit":{"kind":"amount","amount":300}}`)
	b := basket(t, "A x 1 6.00", "B x 1 4.00")
	var u Usage
	for _, want := range []string{"[420 280] A:300", "[420 280] A:300", "[600 400] A!cap"} {
		p := s.Price(b, u)
		same(t, b, p, want)
		u.Apply(&p)
	}
	if got := u.Counts[slotOf(1, s, earn.Day)]; got.Times != 2 || got.Amount != 600 {
		t.Errorf("counted %+v", got)
	}
	// The next day one pound is left of the month: the discount is cut to it.
	b.Facts.Occurred = tuesday.AddDate(0, 0, 1)
	p := s.Price(b, u)
	same(t, b, p, "[540 360] A:100")
	if p.Applied[0].Reason.Key != "promo.applied_cut" {
		t.Errorf("the reason is %+v", p.Applied[0].Reason)
	}
	u.Apply(&p)
	same(t, b, s.Price(b, u), "[600 400] A!cap")
	b.Facts.Occurred = tuesday.AddDate(0, 1, 0)
	same(t, b, s.Price(b, u), "[420 280] A:300")
}

func TestBudgetIsRefusedNotCut(t *testing.T) {
	s := offers(t, `{"budget":{"uses":3,"amount":700},"benefit":{"kind":"percent","percent":"10"}}`)
	small, large := basket(t, "A x 1 20.00"), basket(t, "A x 1 40.00")
	var u Usage
	take := func(b Basket, want string) {
		t.Helper()
		p := s.Price(b, u)
		same(t, b, p, want)
		u.Apply(&p)
	}
	take(large, "[3600] A:400")
	take(large, "[4000] A!budget")
	take(small, "[1800] A:200")
	take(basket(t, "A x 1 10.00"), "[900] A:100")
	take(basket(t, "A x 1 10.00"), "[1000] A!budget")
	if got := u.Budgets[1]; got.Uses != 3 || got.Amount != 700 {
		t.Errorf("the budget has given %+v", got)
	}
}

func TestLimitsAreAskedForOnlyWhereThereAreAny(t *testing.T) {
	s := offers(t, `{"benefit":{"kind":"amount","amount":1}}`,
		`{"per_member":[{"period":"day","times":1},{"period":"ever","amount":5}],"benefit":{"kind":"amount","amount":1}}`,
		`{"budget":{"uses":1},"benefit":{"kind":"amount","amount":1}}`)
	slots, budgets := s.Limits(tuesday)
	if len(slots) != 2 || slots[1] != (Slot{OfferID: 2, Period: earn.Ever}) || len(budgets) != 1 || budgets[0] != 3 {
		t.Errorf("got %v, %v", slots, budgets)
	}
	if slots, budgets = offers(t, `{"benefit":{"kind":"amount","amount":1}}`).Limits(tuesday); slots != nil || budgets != nil {
		t.Errorf("got %v, %v", slots, budgets)
	}
}

func TestWithDraft(t *testing.T) {
	s := offers(t, `{"benefit":{"kind":"amount","amount":100}}`, `{"benefit":{"kind":"amount","amount":10}}`)
	v := inForce(1, written(t, `{"lines":{"skus":["A"]},"benefit":{"kind":"percent","percent":"50"}}`))
	v.State, v.Begins = Draft, tuesday.AddDate(1, 0, 0)
	with, err := s.WithDraft(v)
	if err != nil {
		t.Fatal(err)
	}
	b := basket(t, "A x 1 10.00")
	same(t, b, with.Price(b, Usage{}), "[490] A:500 B:10")
	same(t, b, s.Price(b, Usage{}), "[890] A:100 B:10")
}
