package console

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/sale"
)

func TestMemberPageTellsTheStory(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 100, tea(1500), sale.Line{SKU: "POST", Amount: 500, Quantity: 1000, Fee: true})
	w.buy(anna, 5, tea(40))
	w.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: anna}, Occurred: noon.AddDate(0, 0, -2), Payload: flow.Payload{Return: &flow.Return{
		SaleReference: "10003", Lines: []sale.ReturnLine{{SKU: "TEA", Quantity: 1000}, {SKU: "LOST", Quantity: 2500}},
	}}})
	w.take(flow.Event{Kind: "custom.review", Who: flow.Who{MemberID: anna}, Payload: flow.Payload{Attributes: map[string]string{"stars": "5"}}})

	p := w.as(auth.Agent).get(w.member(anna, "")).is(t, 200)
	p.shows(t, "Anna Nowak", "2 purchases worth £1,520.00, the last on 10 March 2026.",
		"Points: usable now 1,500", "worth £15.20 with 20 pending", "goods worth £20.00 came back",
		"Purchase for £1,505.00", "shop · no. 10002 · 2 lines", "2 × Darjeeling, first flush, £1,500.00", "1 × POST, £5.00", "+1,500",
		"Points earned: 1,500. A point a pound: 1 point for each £1.00 of goods worth £1,500.00",
		"until 5 December 2026 · 1,500 of 1,500 left",
		"Status: from Regular to Silver", "£1,500.00 of goods in the last 12 months",
		"Return of goods worth £20.00", "1 line found no purchase · from purchase no. 10003", "2.5 × LOST", "−20",
		"Taken back: 20.", "usable from 24 March 2026",
		"Own event: review", "stars: 5", "Joined the programme",
		"On the way to Gold", "£3,480.00 more")
	if strings.Index(p.text(), "from Regular to Silver") > strings.Index(p.text(), "Purchase for £1,505.00") {
		t.Error("the rank stands below the purchase that brought it")
	}
}

func TestMemberIsFoundUnderTheSurvivor(t *testing.T) {
	w := newTown(t)
	anna, second := w.join("Anna", "Nowak", "anna@example.com"), w.join("A.", "Nowak", "nowak@example.com")
	_, err := w.console.Flow.Merge(ctx, w.owner.Actor(), w.programme.ID, anna, second)
	check(t, err)
	b := w.as(auth.Till)
	if p := b.get(w.member(second, "/points")).is(t, 200); p.path != w.member(anna, "") {
		t.Errorf("the loser's page is %s", p.path)
	}
	b.get(w.member(w.console.DB.IDs().New(), "")).is(t, http.StatusNotFound).shows(t, "The programme has no member")
}

func TestStoryIsPaged(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	for i := range 45 {
		w.buy(anna, 100-i, tea(int64(100+i)))
	}
	b := w.as(auth.ReadOnly)
	first := b.get(w.member(anna, "")).is(t, 200).shows(t, "Purchase for £144.00", "Purchase for £125.00").hides(t, "£124.00", "Previous")
	second := b.get(link(t, first, "Next")).is(t, 200).shows(t, "Purchase for £124.00", "Purchase for £105.00").hides(t, "£125.00", "£104.00")
	third := b.get(link(t, second, "Next")).is(t, 200).shows(t, "Purchase for £104.00", "Purchase for £100.00", "Joined the programme").hides(t, "Next")
	story := first.text() + second.text() + third.text()
	for _, once := range []string{"from Regular to Silver", "from Silver to Gold"} {
		if n := strings.Count(story, once); n != 1 {
			t.Errorf("%q stands %d times on the pages together", once, n)
		}
	}
	if p := b.get(link(t, second, "Previous")); p.text() != first.text() {
		t.Error("the way back does not lead to the first page")
	}
}

func TestStatement(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 400, tea(70))
	w.buy(anna, 100, tea(30))
	_, err := w.console.Flow.Sweep(ctx, noon, func(int) {})
	check(t, err)
	b := w.as(auth.Till)
	b.get(w.member(anna, "/points")).is(t, 200).shows(t, "Points earned", "+70", "Became available", "Expired", "−70",
		"Available 30", "30 until 5 December 2026")

	_, err = w.console.Ledger.CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: w.programme.ID, Code: "stamps", Name: "Stamps", Unit: money.NewRate(0, 1), Clawback: ledger.PolicyToZero, Position: 1})
	check(t, err)
	b.get(w.member(anna, "/points?wallet=stamps")).is(t, 200).shows(t, "Stamps", "No points yet").hides(t, "Became available")
	b.get(w.member(anna, "/points?wallet=nonsense")).is(t, 200).shows(t, "Became available")
}

func TestStatementIsPaged(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	for i := range 50 {
		w.buy(anna, 10, tea(int64(100+i)))
	}
	b := w.as(auth.Till)
	first := b.get(w.member(anna, "/points")).is(t, 200).shows(t, "+149", "+110").hides(t, "+109")
	b.get(link(t, first, "Next")).is(t, 200).shows(t, "+109", "+100", "Previous").hides(t, "+110", "Next")
}

func TestPurchases(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	b := w.as(auth.ReadOnly)
	b.get(w.member(anna, "/purchases")).is(t, 200).shows(t, "No purchases yet")
	var last flow.Answer
	for i := range 25 {
		last = w.buy(anna, 30-i, tea(int64(10+i)), sale.Line{Quantity: 1000, Amount: 99})
	}
	w.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: anna}, Payload: flow.Payload{Return: &flow.Return{Lines: []sale.ReturnLine{{SKU: "TEA", Quantity: 1000}}}}})
	first := b.get(w.member(anna, "/purchases")).is(t, 200).shows(t, "purchase 25 of this member", "£34.99", "£17.00", "Goods without a name", "1 came back").hides(t, "£14.99")
	b.get(link(t, first, "Next")).is(t, 200).shows(t, "£14.99", "£10.99").hides(t, "£15.99", "Next")
	b.get(w.member(anna, "/purchases?sale="+last.EventID.In(id.Sale))).is(t, 200).shows(t, "Purchase no. 10026", "Darjeeling, first flush", "TEA · tea", "Total", "£34.99", "£17.00")
	b.get(w.member(anna, "/purchases?sale="+w.console.DB.IDs().New().In(id.Sale))).is(t, http.StatusNotFound)
	b.get(w.member(anna, "/purchases?page=nonsense")).is(t, http.StatusUnprocessableEntity)
}

// TestPricedPurchase shows the way from the list price to the money.
func TestPricedPurchase(t *testing.T) {
	w := newTown(t)
	w.putOffer("Tea week", 30, tenOff())
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 40, tea(100))
	wallet := w.take(flow.Event{Kind: journal.Visit, Who: flow.Who{MemberID: anna}}).Balances[0].WalletID
	sold := w.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: anna}, Payload: flow.Payload{
		Lines: []sale.Line{tea(50)}, Checkout: &flow.Checkout{Codes: []string{"WHAT-IS"}, Points: []flow.PointsPayment{{WalletID: wallet, Points: 100}}},
	}})
	w.as(auth.ReadOnly).get(w.member(anna, "/purchases?sale="+sold.EventID.In(id.Sale))).is(t, 200).
		shows(t, "Price and payment", "£50.00 at list prices came to £45.00; £44.00 was paid in money.", "Tea week", "−£5.00", "100 (", "−£1.00", "WHAT1S", "Paid in money")
}

// TestErasedMemberKeepsTheSums looks at every page of somebody erased.
func TestErasedMemberKeepsTheSums(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 20, tea(50))
	b := w.as(auth.Owner)
	b.post(w.member(anna, "/erase"), "typed", "Ann Nowak").is(t, 422).shows(t, "This is not “Anna Nowak”")
	b.get(w.member(anna, "")).shows(t, "Anna Nowak")
	b.post(w.member(anna, "/erase"), "typed", " anna  nowak ").is(t, 200).shows(t, "The person was erased.", "Erased person", "Purchase for £50.00")
	for _, path := range []string{"", "/points", "/purchases", "/profile"} {
		b.get(w.member(anna, path)).is(t, 200).hides(t, "Nowak", "anna@example.com", "Adjust points", "Save", "Erase this person", "Export")
	}
	b.get("/p/bean/members?q=nowak").shows(t, "Nobody found")
	b.get("/p/bean/members?status=erased").shows(t, "Erased person")
	if p := b.get(w.member(anna, "/erase")); p.path != w.member(anna, "") {
		t.Errorf("one erased already can be erased again at %s", p.path)
	}
	b.get("/p/bean").shows(t, "1 customer;")
}

// TestWhoMayDoWhat tries every form about a member with every role.
func TestWhoMayDoWhat(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	may := map[string][]auth.Role{
		"/profile":           {auth.Owner, auth.Manager, auth.Agent, auth.Till},
		"/identities":        {auth.Owner, auth.Manager, auth.Agent, auth.Till},
		"/identities/remove": {auth.Owner, auth.Manager, auth.Agent, auth.Till},
		"/consents":          {auth.Owner, auth.Manager, auth.Agent, auth.Till},
		"/adjust":            {auth.Owner, auth.Manager, auth.Agent},
		"/merge":             {auth.Owner, auth.Manager, auth.Agent},
		"/unmerge":           {auth.Owner, auth.Manager, auth.Agent},
		"/rank":              {auth.Owner, auth.Manager},
		"/export":            {auth.Owner, auth.Manager, auth.Agent},
		"/erase":             {auth.Owner, auth.Manager},
	}
	for _, role := range auth.Roles() {
		b := w.as(role)
		for path, roles := range may {
			allowed := slices.Contains(roles, role)
			p := b.post(w.member(anna, path))
			if refused := p.status == http.StatusForbidden && strings.Contains(p.text(), "You may not do this here"); refused == allowed {
				t.Errorf("%s sends %s: status %d, allowed %v", role, path, p.status, allowed)
			}
		}
		p := b.get(w.member(anna, ""))
		for button, roles := range map[string][]auth.Role{"Adjust points": may["/adjust"], "Merge": may["/merge"], "Give by hand": may["/rank"]} {
			if shown, allowed := strings.Contains(p.text(), button), slices.Contains(roles, role); shown != allowed {
				t.Errorf("%s sees %q: %v, want %v", role, button, shown, allowed)
			}
		}
	}
	if found, err := w.console.Members.Get(ctx, system, w.programme.ID, anna); err != nil || found.Status == member.Erased {
		t.Errorf("the empty forms erased somebody: %v", err)
	}
}

// TestABalanceAddsUp: whatever moves points has its line beside the statement.
func TestABalanceAddsUp(t *testing.T) {
	if missing := slices.DeleteFunc(ledger.Buckets(), func(b ledger.Bucket) bool { return slices.Contains(factOrder, b) }); len(missing) > 0 {
		t.Errorf("no line for %v", missing)
	}
	w := newLively(t)
	b := w.as(auth.Owner)
	b.get(w.member(w.anna, "/points")).is(t, 200).shows(t, "Available 3,151", "Earned 2,964", "Moved in 300", "Taken back 113")
}
