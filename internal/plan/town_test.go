package plan

import (
	"context"
	"fmt"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/tier"
)

var (
	ctx    = context.Background()
	system = flowtest.Boss

	schemas = flowtest.Schemas(Schema)

	// noon is where the clock begins: the last day of January.
	noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
)

// town is a programme in London with ranks, a wallet and a clock that the test
// moves.
type town struct {
	*flowtest.Town
	*Service
	wallet id.ID
	ladder id.ID
	people int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	zone, err := program.ParseZone("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	settings := program.DefaultSettings()
	settings.Region = "GB"
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: program.Programme{Slug: "tea", Name: "Tea", Zone: zone, Settings: settings}, Start: noon, Rooms: []flow.Room{Room()},
	})}
	w.Service = New(d, w.Flow, w.Now)
	w.wallet = w.AddWallet().ID
	ladders := tier.New(d, w.Now)
	l, err := ladders.Create(ctx, system, w.Programme.ID, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 1_000_00}, {Code: "gold", Name: "Gold", Threshold: 5_000_00}},
	})
	w.OK(err)
	_, err = ladders.Publish(ctx, system, w.Programme.ID, l.ID, time.Time{})
	w.OK(err)
	w.ladder = l.ID
	return w
}

// club is an ordinary plan: £9.99 a month, 14 days to pay.
func (w *town) club() Spec {
	return Spec{Names: map[string]string{"en": "Tea Club", "pl": "Klub Herbaty"}, Price: 9_99, Interval: Month, GraceDays: 14,
		LadderID: w.ladder, Rank: "silver", WalletID: w.wallet, Welcome: 100, Renewal: 10}
}

// sells publishes a plan.
func (w *town) sells(code string, s Spec) *Plan {
	w.Helper()
	_, err := w.Create(ctx, system, w.Programme.ID, code, s)
	w.OK(err)
	p, err := w.Publish(ctx, system, w.Programme.ID, code)
	w.OK(err)
	return p
}

// somebody signs up.
func (w *town) somebody() id.ID {
	w.Helper()
	w.people++
	return w.takes(flow.Event{Kind: journal.SignUp, Who: flow.Who{Enrol: true, Identities: []member.Identity{{Kind: member.Card, Value: fmt.Sprint("C", w.people)}}}}).MemberID
}

func (w *town) takes(e flow.Event) flow.Answer {
	w.Helper()
	w.people++
	e.ProgrammeID, e.Source, e.ExternalID, e.Actor = w.Programme.ID, "test", fmt.Sprint(w.people), system
	a, err := w.Flow.TakeOne(ctx, &e)
	w.OK(err)
	return a
}

// joins lets a member join, and pay if they have to.
func (w *town) joins(m id.ID, plan string) View {
	w.Helper()
	v, err := w.Join(ctx, system, w.Programme.ID, m, plan)
	w.OK(err)
	w.pays(m)
	return v
}

// pays notes the open charges of a member's subscription as paid.
func (w *town) pays(m id.ID) {
	w.Helper()
	for _, c := range w.last(m).Charges {
		if c.open() {
			_, err := w.Note(ctx, system, w.Programme.ID, c.ID, MarkPaid, "")
			w.OK(err)
		}
	}
}

func (w *town) last(m id.ID) View {
	w.Helper()
	list, err := w.Of(ctx, system, w.Programme.ID, m)
	w.OK(err)
	if len(list) == 0 {
		return View{Subscription: &Subscription{}}
	}
	return list[0]
}

// until moves the clock and sweeps.
func (w *town) until(t time.Time) {
	w.Helper()
	w.Set(t)
	_, err := w.Sweep(ctx)
	w.OK(err)
}

// day is a moment of London's noon.
func day(text string) time.Time {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", text+" 12:00", zone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func (w *town) rank(m id.ID) string {
	w.Helper()
	_, ranks, err := w.Flow.Standing(ctx, w.Programme.ID, m)
	w.OK(err)
	return ranks[0].Rank
}

func (w *town) tags(m id.ID) []string {
	w.Helper()
	found, err := member.Read(ctx, w.DB.Reader(), []id.ID{m})
	w.OK(err)
	return found[m].Tags
}

// works does the jobs of a kind that wait, and returns how many there were.
func (w *town) works(kind string, do jobs.Handler) int {
	w.Helper()
	list := w.Waiting(kind)
	for _, j := range list {
		w.OK(do(ctx, &jobs.Job{ID: j.ID, Kind: kind, Payload: j.Payload, Attempt: 1, MaxAttempts: 1}))
	}
	return len(list)
}

// wanted counts the messages of a name that members are to get.
func (w *town) wanted(message string) int {
	n := 0
	w.works(flow.ContactWanted, func(_ context.Context, j *jobs.Job) error {
		var c flow.Contact
		if err := j.Read(&c); err != nil {
			return err
		}
		if c.Message == message {
			n++
		}
		return nil
	})
	return n
}
