package world

import (
	"context"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/sale"
)

// Half of those whose parcel was late complain, and few of the others.
const (
	complainLate  = 55 // per cent
	complainOther = 4  // per cent
	openShare     = 12 // per cent of the cases nobody has solved yet
	disputeShare  = 8  // per cent of the solved ones are not solved for the customer
	givenShare    = 70 // per cent of the cases are made good with points
)

// others are what goes wrong beside delivery, with what is said.
var others = []struct{ reason, text, cause string }{
	{"damaged", "One of the cups was broken.", "carrier"},
	{"wrong_item", "The blue one came instead of the red one.", "process"},
	{"not_as_described", "It is smaller than on the picture.", "information"},
}

// complain opens cases, answers most of them, and makes good.
func (b *behaviour) complain(ctx context.Context) error {
	cases := complaint.New(complaint.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now})
	set := complaint.DefaultSettings("GB")
	set.Business, set.Reasons, set.WalletID = complaint.WebStore, complaint.StartingReasons(complaint.WebStore), b.wallet
	set.Remedies = []complaint.Remedy{
		{Severity: complaint.High, Kind: complaint.Points, Share: 10_000}, {Severity: complaint.Normal, Kind: complaint.Points, Share: 5_000},
		{Severity: complaint.Low, Kind: complaint.Points, Share: 2_000},
	}
	if _, err := cases.SetSettings(ctx, actor, b.programme, 0, set); err != nil {
		return err
	}
	promises := promise.NewService(promise.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now})
	sold, err := b.linesOf(ctx, salesOf(b.sent))
	if err != nil {
		return err
	}
	for i := range b.sent {
		o := &b.sent[i]
		ask, at, cause := b.grievance(o, sold[o.sale])
		if cause == "" || !at.Before(AsOf) {
			continue
		}
		b.trouble[o.member] = true
		b.clock = at
		solved, err := b.handle(ctx, cases, ask, cause)
		if err != nil {
			return err
		}
		if solved && o.late {
			if _, err := promises.Mend(ctx, actor, b.programme, o.promise, "The customer was answered (simulated)."); err != nil {
				return err
			}
		}
	}
	b.clock = opens
	return b.d.settle(ctx)
}

func salesOf(orders []order) []*sale.Sale {
	list := make([]*sale.Sale, len(orders))
	for i, o := range orders {
		list[i] = &sale.Sale{MemberID: o.member, ID: o.sale}
	}
	return list
}

// grievance draws whether an order is complained of, when and why; without a
// cause it is not.
func (b *behaviour) grievance(o *order, s *sale.Sale) (ask complaint.Ask, at time.Time, cause string) {
	complains, other := b.chance(complainOther), others[b.random.IntN(len(others))]
	hours := time.Duration(2+b.random.IntN(30)) * time.Hour
	ask = complaint.Ask{
		Name: "order " + o.ref, Kind: complaint.Complaint, Reason: other.reason, Wanted: complaint.WantRedo, MemberID: o.member, SaleID: o.sale, Reference: o.ref,
		Source: complaint.FromWeb, Text: other.text + " (" + simulated + ")", Price: dearest(s),
	}
	at, cause = o.arrived.Add(hours), other.cause
	if o.late {
		complains = b.chance(complainLate)
		ask.Reason, ask.Wanted, ask.Text = "late", complaint.WantApology, "My parcel was promised for another day. ("+simulated+")"
		at, cause = o.at.AddDate(0, 0, promiseDays).Add(hours), "carrier"
	}
	if !complains {
		cause = ""
	}
	return ask, at, cause
}

// dearest is what the dearest line of a sale cost, in minor units: what went
// wrong.
func dearest(s *sale.Sale) (price int64) {
	for _, l := range s.Lines {
		if !l.Fee {
			price = max(price, l.Amount)
		}
	}
	return min(price, s.Total)
}

// handle takes a case as far as it gets by the end of the data. It reports
// whether it was solved.
func (b *behaviour) handle(ctx context.Context, cases *complaint.Service, ask complaint.Ask, cause string) (bool, error) {
	c, err := cases.Begin(ctx, actor, b.programme, ask)
	if err != nil {
		return false, err
	}
	left, given, disputed := b.chance(openShare), b.chance(givenShare), b.chance(disputeShare)
	steps := []struct {
		after time.Duration
		do    func() error
	}{
		{time.Duration(1+b.random.IntN(20)) * time.Hour, func() error { return b.apologise(ctx, cases, c.ID, cause) }},
		{time.Duration(1+b.random.IntN(6)) * time.Hour, func() error {
			if !given {
				return nil
			}
			return b.makeGood(ctx, cases, c.ID)
		}},
		{time.Duration(1+b.random.IntN(40)) * time.Hour, func() error { _, err := cases.Solve(ctx, actor, b.programme, c.ID); return err }},
		{time.Duration(3+b.random.IntN(20)) * time.Hour, func() error {
			if !disputed {
				return nil
			}
			return cases.NotSolved(ctx, b.programme, complaint.Ticket{Track: c.Track, PIN: c.PIN}, "It is still not right. ("+simulated+")")
		}},
		{time.Duration(2+b.random.IntN(20)) * time.Hour, func() error {
			if !disputed {
				return nil
			}
			_, err := cases.Solve(ctx, actor, b.programme, c.ID)
			return err
		}},
	}
	const solving = 2 // the steps from here on are not taken where nobody solves it
	for i, step := range steps {
		if left && i >= solving {
			return false, nil
		}
		if b.clock = b.clock.Add(step.after); !b.clock.Before(AsOf) {
			return i > solving && !disputed, nil
		}
		if err := step.do(); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (b *behaviour) apologise(ctx context.Context, cases *complaint.Service, n id.ID, cause string) error {
	if _, err := cases.Judge(ctx, actor, b.programme, n, complaint.Judgement{Cause: cause}); err != nil {
		return err
	}
	_, err := cases.Apologise(ctx, actor, b.programme, n, complaint.Apology{
		Name: "Dear customer", Happened: "This went wrong on our side, and you had to write to us about it.",
		Changes: "We have spoken with those who pack and carry, and look at every such parcel from now on.", Who: "The shop (" + simulated + ")",
	}, false)
	return err
}

// makeGood gives what the table says.
func (b *behaviour) makeGood(ctx context.Context, cases *complaint.Service, n id.ID) error {
	file, err := cases.Get(ctx, actor, b.programme, n)
	if err != nil || file.Suggestion.Amount < 1 {
		return err
	}
	_, err = cases.Compensate(ctx, actor, b.programme, n, complaint.RemedyAsk{Name: n.In(id.Case), Kind: file.Suggestion.Kind, Amount: file.Suggestion.Amount})
	return err
}
