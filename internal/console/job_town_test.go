package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/condition"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/tier"
)

// work does the jobs that the console has left, until none is due.
func (w *town) work() {
	w.t.Helper()
	c := w.console
	c.Jobs = jobs.NewRunner(c.DB, c.Now, slog.New(slog.DiscardHandler))
	c.Jobs.Poll = 5 * time.Millisecond
	c.Work()
	c.Jobs.Handle(promo.GenerateJob, c.Promo.DoGenerate)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.Jobs.Run(running) }()
	for deadline := time.Now().Add(time.Minute); w.due() > 0; {
		if time.Now().After(deadline) {
			w.t.Fatal("the jobs do not end")
		}
		time.Sleep(2 * time.Millisecond)
	}
	stop()
	check(w.t, <-ended)
}

// due counts the jobs that can run now or do.
func (w *town) due() (n int) {
	w.t.Helper()
	for _, state := range []jobs.State{jobs.Waiting, jobs.Running} {
		list, err := jobs.List(ctx, w.console.DB.Reader(), state, 0, 100)
		check(w.t, err)
		for _, j := range list {
			if state == jobs.Running || !j.Next.After(w.clock) {
				n++
			}
		}
	}
	return n
}

// upload sends a file and returns the page that follows.
func (b *visitor) upload(name, content string) page {
	b.w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		check(b.w.t, err)
		_, err = part.Write([]byte(content))
		check(b.w.t, err)
	}
	check(b.w.t, form.Close())
	r, err := http.NewRequest(http.MethodPost, b.w.server.URL+"/p/"+b.w.programme.Slug+"/import", &body)
	check(b.w.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

// fail leaves a job that has failed for good.
func (w *town) fail(kind string, payload any, why string) id.ID {
	w.t.Helper()
	c := w.console
	check(w.t, c.DB.InTx(ctx, func(tx *db.Tx) error {
		return jobs.Add(ctx, tx, c.Now(), jobs.New{Kind: kind, Payload: payload, MaxAttempts: 1})
	}))
	r := jobs.NewRunner(c.DB, c.Now, slog.New(slog.DiscardHandler))
	r.Poll = 5 * time.Millisecond
	r.Handle(kind, func(context.Context, *jobs.Job) error { return jobs.Permanent(fmt.Errorf("%s", why)) })
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- r.Run(running) }()
	defer func() { stop(); check(w.t, <-ended) }()
	for range 5000 {
		dead, err := jobs.List(ctx, c.DB.Reader(), jobs.Dead, 0, 1)
		check(w.t, err)
		if len(dead) > 0 && dead[0].Kind == kind {
			return dead[0].ID
		}
		time.Sleep(2 * time.Millisecond)
	}
	w.t.Fatal("the job does not fail")
	return 0
}

// rules returns the rules of the town.
func (w *town) rules() []earn.History {
	w.t.Helper()
	list, err := w.console.Rules.List(ctx, system, w.programme.ID)
	check(w.t, err)
	return list
}

// rule returns the address of a page of the rule with the name.
func (w *town) rule(name, path string) string {
	w.t.Helper()
	list := w.rules()
	at := slices.IndexFunc(list, func(h earn.History) bool { return h.Name == name })
	if at < 0 {
		w.t.Fatalf("there is no rule %q", name)
	}
	return "/p/bean/programme/rules/" + list[at].ID.In(id.Rule) + path
}

// ranks returns the address of a page of the town's ladder.
func (w *town) ranks(path string) string {
	return "/p/bean/programme/ranks/" + w.ladder.ID.In(id.Ladder) + path
}

// draftRule writes a draft of many parts.
func (w *town) draftRule(name string) {
	w.t.Helper()
	c, err := condition.Parse([]byte(`{"all":[{"field":"weekday","op":"in","value":[6,7]},{"any":[{"field":"sale.goods","op":"gte","value":2000},{"field":"sale.first","op":"eq","value":true}]},{"cel":"sale.goods < 10000000"}]}`))
	check(w.t, err)
	_, err = w.console.Rules.Create(ctx, w.owner.Actor(), earn.Rule{ProgrammeID: w.programme.ID, Name: name, Trigger: earn.Purchase}, earn.Spec{
		WalletID: w.wallet.ID, Condition: c, Priority: 5, Group: "weekend",
		Effects: []earn.Effect{
			{Kind: earn.PerAmount, Points: 2, Per: 1_00, Basis: earn.Goods},
			{Kind: earn.Multiplier, Rate: money.NewRate(1, 1), PerRank: map[string]money.Rate{"silver": money.NewRate(5, 4), "gold": money.NewRate(3, 2)}},
			{Kind: earn.ProductBonus, Rate: money.NewRate(2, 1), Lines: &earn.Lines{SKUs: []string{"TEA", "MUG"}, Categories: []string{"china"}}},
		},
		Activation: earn.Activation{Hours: 48}, Expiry: earn.Expiry{Months: 12, EndOfDay: true},
		Caps: []earn.Cap{{Period: earn.Month, Points: 5000}, {Period: earn.Day, Times: 3}}, Budget: earn.Budget{Points: 1_000_000},
	})
	check(w.t, err)
}

// draftRanks writes a draft of the ladder.
func (w *town) draftRanks() {
	w.t.Helper()
	keep := int64(40_000)
	_, err := w.console.Ladders.SaveDraft(ctx, w.owner.Actor(), w.programme.ID, w.ladder.ID, tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Soft, GraceDays: 30,
		Ranks: []tier.Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 50_000, Keep: &keep}, {Code: "gold", Name: "Gold", Threshold: 200_000}},
	})
	check(w.t, err)
}

// addShops gives the town places.
func (w *town) addShops() {
	w.t.Helper()
	for _, s := range []program.Shop{{Code: "leeds", Name: "Leeds, Briggate"}, {Code: "york", Name: "York, Shambles", Zone: "Europe/London"}} {
		s.ProgrammeID = w.programme.ID
		_, err := w.console.Programmes.AddShop(ctx, system, s)
		check(w.t, err)
	}
}

// salesFile is a file of sales with something of everything.
func salesFile(rows int) string {
	var b strings.Builder
	b.WriteString("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d,A-%d,\"Mug, No. %d\",%d,%d/2/2026 10:%02d,%d.95,%d\n", 536000+i/3, i%7, i%7, 1+i%4, 1+i/3%28, i/3%60, 1+i%9, 17000+i/3%11)
	}
	b.WriteString("C536000,A-0,\"Mug, No. 0\",-1,28/2/2026 12:00,1.95,17000\n")
	b.WriteString("990000,A-1,Teapot,1,27/2/2026 12:00,12.00,\n")
	b.WriteString("990001,A-1,Teapot,one,27/2/2026 12:00,12.00,17001\n")
	b.WriteString("990002,POST,Postage,1,27/2/2026 12:00,3.50,17001\n")
	return b.String()
}

// audited returns the actions of the programme's audit trail, the latest first.
func (w *town) audited() []string {
	w.t.Helper()
	rows, err := w.console.Auth.Audit(ctx, system, auth.AuditFilter{ProgrammeID: w.programme.ID})
	check(w.t, err)
	var actions []string
	for _, r := range rows {
		actions = append(actions, r.Action)
	}
	return actions
}

// payload is what a job of the programme names.
func (w *town) payload() json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"programme":%d}`, int64(w.programme.ID)))
}

func has[T comparable](t testing.TB, list []T, want T) {
	t.Helper()
	if !slices.Contains(list, want) {
		t.Errorf("%v does not hold %v", list, want)
	}
}

// failing lets the jobs of a kind fail until they are set aside.
func (w *town) failing(kind string) {
	w.t.Helper()
	for range 20 {
		w.work()
		dead, err := jobs.List(ctx, w.console.DB.Reader(), jobs.Dead, 0, 10)
		check(w.t, err)
		if slices.ContainsFunc(dead, func(j jobs.Info) bool { return j.Kind == kind }) {
			return
		}
		w.clock = w.clock.Add(time.Hour)
	}
	w.t.Fatalf("no job of the kind %s was set aside", kind)
}
