package world

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/intake"
	"regulars/internal/jobs"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// Slug names the demo's programme.
const Slug = "online-retail"

// AsOf is the moment of which the demo's figures are: the end of the data's
// last day in London.
var AsOf = time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC)

// started is when the demo's rules and ranks come into force: before the first
// sale.
var started = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)

// Demo runs a programme over one year of a real shop's sales.
type Demo struct {
	DB         *db.DB
	Flow       *flow.Service
	Programmes *program.Service
	Ledger     *ledger.Service
	Rules      *earn.Service
	Ladders    *tier.Service
	Auth       *auth.Service
	// Work says what does the jobs that events leave, by their kinds.
	Work map[string]jobs.Handler
	Log  *slog.Logger
	// RealOnly leaves out what is simulated on top of the real sales.
	RealOnly bool
	// Clock tells how long the run takes.
	Clock func() time.Time
	// Invoices limits the run to so many of the first; 0 takes all.
	Invoices int
	// Progress, if set, is told how far the run is: a stage and of how much.
	Progress func(stage string, done, total int64)
}

var actor = auth.System("demo")

// Run makes the programme if it is not there, takes what is not there yet of
// the sales and returns, posts what is due until the last day, and sums up.
func (d *Demo) Run(ctx context.Context) (Summary, error) {
	begun := d.Clock()
	if err := d.claim(ctx); err != nil {
		return Summary{}, err
	}
	p, err := d.programme(ctx)
	if err != nil {
		return Summary{}, fmt.Errorf("making the demo's programme: %w", err)
	}
	var s Summary
	events, err := d.take(ctx, p.ID, &s)
	if err != nil {
		return Summary{}, fmt.Errorf("taking the shop's sales: %w", err)
	}
	if !d.RealOnly {
		there, err := d.behave(ctx, p.ID)
		if err != nil {
			return Summary{}, err
		}
		s.AlreadyThere = s.AlreadyThere && there
	}
	if _, err := d.Flow.Sweep(ctx, AsOf, func(n int) { d.tell("due", int64(n), 0) }); err != nil {
		return Summary{}, err
	}
	s.Seconds = d.Clock().Sub(begun).Seconds()
	if s.Seconds > 0 {
		s.EventsPerSecond = float64(events) / s.Seconds
	}
	if err := d.sumUp(ctx, p.ID, &s); err != nil || d.RealOnly {
		return s, err
	}
	return s, d.hear(ctx, p.ID, &s.Heard)
}

// SetClock sets the clock of an empty database to the end of the data, from
// where it runs on. It refuses a database with a programme other than the
// demo's.
func SetClock(ctx context.Context, d *db.DB, now time.Time) error {
	return d.InTx(ctx, func(tx *db.Tx) error {
		all, err := program.List(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.Slug != Slug {
				return fault.Conflict("not_the_demo", "the database holds the programme %q; give the demo a folder or a database of its own", p.Slug).
					With("programme", p.Slug)
			}
		}
		return program.SetClockOffset(ctx, tx, AsOf.Sub(now))
	})
}

// claim refuses a database in which the demo ran over other invoices, or with
// other behaviour: what came then would be decided among what comes now, and the
// figures would be those of neither. One that was broken off goes on.
func (d *Demo) claim(ctx context.Context) error {
	simulating := int64(1)
	if d.RealOnly {
		simulating = 0
	}
	return d.DB.InTx(ctx, func(tx *db.Tx) error {
		invoices, err := program.Once(ctx, tx, "demo_invoices", int64(d.Invoices))
		if err != nil {
			return err
		}
		behaves, err := program.Once(ctx, tx, "demo_behaviour", simulating)
		if err != nil {
			return err
		}
		if invoices != int64(d.Invoices) || behaves != simulating {
			return fault.Conflict("another_demo", "the demo ran here with another --limit or --real-only; give this one a folder (--dir) or a database of its own")
		}
		return nil
	})
}

func (d *Demo) tell(stage string, done, total int64) {
	if d.Progress != nil {
		d.Progress(stage, done, total)
	}
}

// take feeds the shop's table to flow and counts what became of it. It returns
// the number of events.
func (d *Demo) take(ctx context.Context, programme id.ID, s *Summary) (int64, error) {
	run, err := intake.New(OnlineRetailSource(d.Invoices), OnlineRetailSettings(), intake.Options{
		Now: AsOf, Progress: func(rows int64) { d.tell("read", rows, rowCount) },
	})
	if err != nil {
		return 0, err
	}
	var events, fresh int64
	s.AlreadyThere = true
	var refused error
	feed := intake.Feed{To: d.Flow, Programme: programme, Actor: actor, Each: func(record intake.Record, r flow.Result) {
		events++
		if r.Err != nil {
			refused = errors.Join(refused, fmt.Errorf("lines %v: %w", record.Lines(), r.Err))
			return
		}
		if !r.Answer.Repeated {
			fresh++
		}
		if events%256 == 0 {
			d.tell("take", events, 0)
		}
	}}
	if err := feed.Give(ctx, run, error.Error); err != nil {
		return 0, err
	}
	if refused != nil {
		return 0, refused
	}
	report := run.Report()
	s.RowsRead, s.RowsWithoutCustomer = report.Rows, report.LeftOut[intake.NoCustomer]
	s.RowsLeftOut = map[string]int64{}
	for reason, n := range report.LeftOut {
		if reason != intake.NoCustomer {
			s.RowsLeftOut[string(reason)] = n
		}
	}
	s.Sales, s.Returns.FeeLines, s.AlreadyThere = report.Sales, report.ReturnFees, fresh == 0
	return events, nil
}

// sumUp reads the rest of the figures from the database.
func (d *Demo) sumUp(ctx context.Context, programme id.ID, s *Summary) error {
	return d.DB.View(ctx, func(q db.Queryer) error {
		sums, err := sale.Summarise(ctx, q, programme)
		if err != nil {
			return err
		}
		if net := sums.Goods - sums.Returned; net > 0 {
			s.RepeatRevenueShare = float64(sums.RepeatGoods) / float64(net)
		}
		back, err := sale.SummariseReturns(ctx, q, programme)
		if err != nil {
			return err
		}
		s.Returns.add(back)
		if err := d.sumPoints(ctx, q, programme, s); err != nil {
			return err
		}
		if !d.RealOnly {
			if s.Simulated, err = sumSimulated(ctx, q, programme); err != nil {
				return err
			}
		}
		return d.sumRanks(ctx, q, programme, s)
	})
}

func (d *Demo) sumPoints(ctx context.Context, q db.Queryer, programme id.ID, s *Summary) error {
	wallets, err := ledger.Wallets(ctx, q, programme)
	if err != nil {
		return err
	}
	totals, err := ledger.Totals(ctx, q, programme, AsOf)
	if err != nil {
		return err
	}
	b := totals[wallets[0].ID]
	s.Points = Points{
		Issued: b[ledger.Earned], Debt: b[ledger.Debt], Available: b[ledger.Available], Pending: b[ledger.Pending],
		Held: b[ledger.Held], Spent: b[ledger.Spent], Expired: b[ledger.Expired], ClawedBack: b[ledger.ClawedBack],
	}
	s.LiabilityMinor, err = wallets[0].Liability(b.Liability())
	return err
}

// sumRanks counts members by the name of their rank, and all of them.
func (d *Demo) sumRanks(ctx context.Context, q db.Queryer, programme id.ID, s *Summary) error {
	ladders, err := tier.LoadLadders(ctx, q, programme)
	if err != nil {
		return err
	}
	counts, err := tier.Counts(ctx, q, programme)
	if err != nil {
		return err
	}
	s.Ranks = map[string]int64{}
	for _, r := range ladders[0].At(AsOf).Ranks {
		s.RankOrder, s.Ranks[r.Name] = append(s.RankOrder, r.Name), 0
		for _, c := range counts {
			if c.Rank == r.Code {
				s.Ranks[r.Name] = c.Members
			}
		}
	}
	statuses, err := member.Count(ctx, q, programme)
	for _, n := range statuses {
		s.Members += n
	}
	return err
}

// programme returns the demo's programme, made if it is not there.
func (d *Demo) programme(ctx context.Context) (program.Programme, error) {
	all, err := d.Programmes.List(ctx, actor)
	if err != nil {
		return program.Programme{}, err
	}
	for _, p := range all {
		if p.Slug == Slug {
			return p, nil
		}
	}
	zone, err := program.ParseZone("Europe/London")
	if err != nil {
		return program.Programme{}, err
	}
	p, err := d.Programmes.Create(ctx, actor, program.Programme{
		Slug: Slug, Name: "Online Retail", Currency: "GBP", Zone: zone, Languages: []string{"en", "ru", "pl"}, Hue: 250,
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	if err != nil {
		return program.Programme{}, err
	}
	return p, d.furnish(ctx, p.ID)
}

// furnish gives the programme its points, its ranks and its one rule.
func (d *Demo) furnish(ctx context.Context, programme id.ID) error {
	w, err := d.Ledger.CreateWallet(ctx, actor, ledger.Wallet{
		ProgrammeID: programme, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
	if err != nil {
		return err
	}
	if err := d.ranks(ctx, programme); err != nil {
		return err
	}
	return d.rule(ctx, programme, w.ID)
}

// ranks are by what was bought in the last twelve months.
func (d *Demo) ranks(ctx context.Context, programme id.ID) error {
	plan, err := d.Ladders.Create(ctx, actor, programme, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{
			{Code: "regular", Name: "Regular"},
			{Code: "silver", Name: "Silver", Threshold: 1_000_00},
			{Code: "gold", Name: "Gold", Threshold: 5_000_00},
		},
	})
	if err != nil {
		return err
	}
	_, err = d.Ladders.Publish(ctx, actor, programme, plan.ID, started)
	return err
}

// rule gives a point for each pound of goods, more of them to higher ranks.
func (d *Demo) rule(ctx context.Context, programme, wallet id.ID) error {
	rule := earn.Rule{ProgrammeID: programme, Name: "A point for every pound", Trigger: earn.Purchase}
	v, err := d.Rules.Create(ctx, actor, rule, earn.Spec{
		WalletID: wallet,
		Effects: []earn.Effect{
			{Kind: earn.PerAmount, Points: 1, Per: 1_00, Basis: earn.Goods},
			{Kind: earn.Multiplier, Rate: money.NewRate(1, 1), PerRank: map[string]money.Rate{
				"silver": money.NewRate(5, 4), "gold": money.NewRate(3, 2),
			}},
		},
		Activation: earn.Activation{Hours: 14 * 24},
		Expiry:     earn.Expiry{Months: 12, EndOfDay: true},
	})
	if err != nil {
		return err
	}
	_, err = d.Rules.Publish(ctx, actor, programme, v.Rule.ID, started)
	return err
}
