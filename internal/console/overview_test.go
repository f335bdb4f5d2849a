package console

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/promise"
	"regulars/internal/sale"
	"regulars/internal/survey"
)

func TestOverviewSaysHowItStands(t *testing.T) {
	w := newTown(t)
	anna, boris := w.join("Anna", "Nowak", "anna@example.com"), w.join("Борис", "Петров", "boris@example.com")
	w.buy(anna, 100, tea(300))
	w.buy(anna, 20, tea(900))
	w.buy(boris, 10, tea(100))
	w.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: boris}, Payload: flow.Payload{Return: &flow.Return{Lines: []sale.ReturnLine{{SKU: "COFFEE", Quantity: 1000}}}}})
	w.take(flow.Event{Kind: journal.Return, Payload: flow.Payload{Return: &flow.Return{SaleReference: "not-here-yet", Whole: true}}})

	p := w.as(auth.Owner).get("/p/bean").is(t, 200)
	p.shows(t, "2 customers; 50% came back; repeat purchases bring 69% of revenue; you owe members £13.00.",
		"2 people in the programme", "1 of 2 customers", "£900.00 of £1,300.00, returns taken off", "£12.00 usable now, £1.00 pending",
		"The best month was February 2026: £900.00", "1 of 2 members have reached Silver or higher.",
		"1 returned line found no purchase", "1 return waits for its purchase")
	p.hides(t, "No rule gives points", "job failed", "Nothing needs you")
	for _, month := range []string{"December 2025", "January 2026", "February 2026", "March 2026"} {
		p.shows(t, month)
	}
	p.hides(t, "November 2025") // before the first sale
}

// TestOverviewTellsWhatCustomersSay: only what rests on something, and only to
// those who may see it.
func TestOverviewTellsWhatCustomersSay(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 20, tea(300))
	const part = "What customers say, and what was kept"
	w.as(auth.Owner).get("/p/bean").is(t, 200).hides(t, part)

	b := w.as(auth.Manager)
	b.post(surveysAt+"/new", "kind", "nps").is(t, 200)
	list, err := w.console.Surveys.List(ctx, system, w.programme.ID)
	check(t, err)
	b.post(surveysAt+"/"+list[0].ID.In(id.Survey)+"/publish").is(t, 200)
	var brought []survey.Brought
	for i := range 40 {
		score := 10
		if i%4 == 0 {
			score = 3
		}
		brought = append(brought, survey.Brought{Source: "old", ExternalID: strconv.Itoa(i), Occurred: noon.Add(-time.Duration(i+1) * time.Hour), Answers: survey.Answers{"score": {Number: score}}})
	}
	_, err = w.console.Surveys.Bring(ctx, system, w.programme.ID, list[0].ID, brought)
	check(t, err)
	given, err := w.console.Promises.Make(ctx, system, promise.New{ProgrammeID: w.programme.ID, Kind: promise.CallBack, What: "Call Anna", Source: "desk", ExternalID: "1", Made: noon.Add(-72 * time.Hour), Due: noon.Add(-48 * time.Hour)})
	check(t, err)
	_, err = w.console.Promises.Done(ctx, system, w.programme.ID, given.ID, noon.Add(-50*time.Hour))
	check(t, err)
	w.as(auth.Owner).get("/p/bean").is(t, 200).hides(t, "Public reviews that are good").
		shows(t, part, "Would recommend us (NPS)", "50", "40 answers", "Promises kept", "1 of 1", "too few for a share")
	w.as(auth.Till).get("/p/bean").hides(t, part)
}

func TestOverviewCountsWhatExpiresSoon(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 350, tea(500)) // its points end on the 350th day, and a year
	w.buy(anna, 300, tea(200))
	w.as(auth.Owner).get("/p/bean").is(t, 200).shows(t, "Points worth £5.00 expire by 14 April 2026", "you owe members £7.00")
	w.clock = noon.AddDate(0, 0, 30)
	w.as(auth.Owner).get("/p/bean").shows(t, "you owe members £2.00") // the sweep has not come by, yet they are gone
}

func TestOverviewListsDeadJobsToThoseWhoMay(t *testing.T) {
	w := newTown(t)
	w.buy(w.join("Anna", "Nowak", "anna@example.com"), 20, tea(10))
	d := w.console.DB
	check(t, d.InTx(ctx, func(tx *db.Tx) error {
		if err := jobs.Add(ctx, tx, noon, jobs.New{Kind: "mail"}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE job SET next_at = $1", int64(db.Never))
		return err
	}))
	w.as(auth.Owner).get("/p/bean").is(t, 200).shows(t, "1 job failed for good", "See the jobs")
	w.as(auth.Marketer).get("/p/bean").is(t, 200).hides(t, "failed for good")
}

func TestEmptyOverviewTeachesTheNextStep(t *testing.T) {
	w := newHouse(t)
	token, err := w.console.Auth.FirstRunLink(ctx)
	check(t, err)
	b := w.stranger()
	b.post("/start/"+token, "name", "Olga", "email", "olga@example.com", "password", password, "repeated", password)
	w.programme = w.makeProgramme("bean", "Bean & Leaf")
	p := b.get("/p/bean").is(t, 200).shows(t, "Nothing has been sold", "Say what a purchase earns", "Import a file", "Make an API key")
	if strings.Count(p.body, "button-primary") != 1 {
		t.Error("there is not exactly one next step")
	}
}

func TestOverviewIsForThoseWhoReadReports(t *testing.T) {
	w := newTown(t)
	for role, want := range map[auth.Role]string{
		auth.Manager: "/p/bean", auth.Marketer: "/p/bean", auth.ReadOnly: "/p/bean", auth.Agent: "/p/bean/members", auth.Till: "/p/bean/members",
	} {
		p := w.as(role).get("/p/bean").is(t, 200)
		if p.path != want {
			t.Errorf("%s lands at %s, want %s", role, p.path, want)
		}
		if sees := strings.Contains(p.body, `href="/p/bean/staff"`); sees != (role == auth.Manager) {
			t.Errorf("%s sees the staff in the navigation: %v", role, sees)
		}
	}
}

func TestNavigationLeadsOnlyWhereOneMayGo(t *testing.T) {
	w := newTown(t)
	for _, role := range auth.Roles() {
		b := w.as(role)
		for _, part := range places {
			for _, p := range part {
				shown := strings.Contains(b.get("/account").body, `href="/p/bean`+p.path+`"`)
				may := p.permission == "" || auth.Staff{Roles: []auth.Assignment{{Role: role}}, ID: 1}.Actor().Can(w.programme.ID, p.permission) == nil
				if may && !shown {
					t.Errorf("%s is not led to %s", role, p.key)
				}
				if !may && shown && p.path != "" { // the brand leads home for everybody
					t.Errorf("%s is led to %s", role, p.key)
				}
			}
		}
	}
}

// TestFiguresAreKeptOnlyWhereTheyTakeLong lets the clock run while they are
// read.
func TestFiguresAreKeptOnlyWhereTheyTakeLong(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 20, tea(10))
	var takes time.Duration
	kept := newOutlooks(w.console.DB, func() time.Time { w.clock = w.clock.Add(takes); return w.clock }, w.console.readVoices)
	sales := func(took time.Duration) int64 {
		t.Helper()
		takes = took
		f, err := kept.of(ctx, w.programme)
		check(t, err)
		return f.sums.Sales
	}
	if n := sales(0); n != 1 {
		t.Fatalf("%d sales", n)
	}
	w.buy(anna, 10, tea(10))
	if n := sales(time.Second); n != 2 {
		t.Errorf("quick figures were kept: %d sales", n)
	}
	w.buy(anna, 5, tea(10))
	if n := sales(0); n != 2 {
		t.Errorf("slow figures were not kept: %d sales", n)
	}
	w.programme.Version++
	if n := sales(0); n != 3 {
		t.Errorf("figures of an older version were shown: %d sales", n)
	}
}

func TestMonthBounds(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	check(t, err)
	// An hour before midnight UTC it is August in London already.
	got := monthBounds(time.Date(2026, 7, 31, 23, 0, 0, 0, time.UTC), zone)
	if len(got) != shownMonths+1 {
		t.Fatalf("%d bounds", len(got))
	}
	for i, want := range map[int]time.Time{
		0: time.Date(2025, 8, 1, 0, 0, 0, 0, zone), shownMonths - 1: time.Date(2026, 8, 1, 0, 0, 0, 0, zone), shownMonths: time.Date(2026, 9, 1, 0, 0, 0, 0, zone),
	} {
		if !got[i].Equal(want) {
			t.Errorf("bound %d is %v, want %v", i, got[i], want)
		}
	}
}
