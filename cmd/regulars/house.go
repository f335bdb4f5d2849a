package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"regulars/internal/alarm"
	"regulars/internal/api"
	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/booking"
	"regulars/internal/calls"
	"regulars/internal/challenge"
	"regulars/internal/churn"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/discount"
	"regulars/internal/earn"
	"regulars/internal/factor"
	"regulars/internal/flow"
	"regulars/internal/fraud"
	"regulars/internal/gesture"
	"regulars/internal/giftcard"
	"regulars/internal/guest"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/lesson"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/partner"
	"regulars/internal/plan"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/recovery"
	"regulars/internal/referral"
	"regulars/internal/returns"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/standard"
	"regulars/internal/survey"
	"regulars/internal/tier"
	"regulars/internal/touch"
	"regulars/internal/trust"
)

// schemas lists what every room keeps, from the top of the house down.
func schemas() []db.Schema {
	return []db.Schema{
		jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
		sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, api.Schema,
		outreach.Schema, guest.Schema,
		referral.Schema,
		partner.Schema,
		plan.Schema,
		challenge.Schema,
		complaint.Schema,
		touch.Schema,
		promise.Schema,
		returns.Schema,
		household.Schema,
		fraud.Schema,
		survey.Schema,
		standard.Schema,
		lesson.Schema,
		gesture.Schema,
		booking.Schema,
		alarm.Schema,
		factor.Schema,
		trust.Schema,
		churn.Schema,
		recovery.Schema,
		calls.Schema,
		basket.Schema,
		discount.Schema,
	}
}

// place says where the data is; every command that opens it has these flags.
type place struct {
	Dir string `help:"Folder of the data (SQLite)." default:"data" type:"path" env:"REGULARS_DIR"`
	DB  string `help:"Address of a PostgreSQL database, postgres://…, instead of the folder." env:"REGULARS_DB"`
	Log string `help:"How much to log: debug, info, warn or error." default:"warn" enum:"debug,info,warn,error" env:"REGULARS_LOG"`
}

func (p place) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(p.Log)) // kong has checked it
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// house is every room of the open installation.
type house struct {
	db         *db.DB
	log        *slog.Logger
	now        func() time.Time
	auth       *auth.Service
	programmes *program.Service
	members    *member.Service
	products   *product.Service
	ledger     *ledger.Service
	rules      *earn.Service
	ladders    *tier.Service
	giftCards  *giftcard.Service
	rewards    *reward.Catalog
	offers     *promo.Service
	referrals  *referral.Service
	flow       *flow.Service
	challenges *challenge.Service
	complaints *complaint.Service
	promises   *promise.Service
	returns    *returns.Service
	fraud      *fraud.Service
	surveys    *survey.Service
	standards  *standard.Service
	lessons    *lesson.Service
	gestures   *gesture.Service
	bookings   *booking.Service
	factors    *factor.Service
	trust      *trust.Service
	churn      *churn.Service
	recoveries *recovery.Service
	calls      *calls.Service // its policy is there once the server has its texts
	baskets    *basket.Service
	discounts  *discount.Service
	jobs       *jobs.Runner
	guest      *guest.Guest
	partners   *partner.Service
	plans      *plan.Service
	households *household.Service
	lent       bool // by the server in which a command runs
	// touch and alarms are there once the server has its texts.
	touch  *touch.Service
	alarms *alarm.Service
	// privateFeeds allows feeds, servers of access tokens and payment providers within the server's own network.
	privateFeeds bool
}

// open connects and furnishes the rooms, or gives the house of the server that
// runs the command.
func (p place) open(ctx context.Context, errOut io.Writer) (*house, error) {
	if h := inside(ctx); h != nil {
		lent := *h
		lent.lent = true
		return &lent, nil
	}
	log := p.logger(errOut)
	d, err := p.connect(ctx, log)
	if err != nil {
		return nil, err
	}
	return furnish(ctx, d, log)
}

// connect opens the database for writing and brings its tables up to date.
func (p place) connect(ctx context.Context, log *slog.Logger) (*db.DB, error) {
	d, err := db.Open(ctx, db.Config{URL: p.DB, Dir: p.Dir, Now: time.Now, Log: log})
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, schemas()...); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// look opens the database for reading only, also beside a running server.
func (p place) look(ctx context.Context, errOut io.Writer) (*house, error) {
	log := p.logger(errOut)
	d, err := db.Open(ctx, db.Config{URL: p.DB, Dir: p.Dir, ReadOnly: true, Now: time.Now, Log: log})
	if err != nil {
		return nil, err
	}
	return furnish(ctx, d, log)
}

// furnish makes the rooms. They go by the installation's clock.
func furnish(ctx context.Context, d *db.DB, log *slog.Logger) (*house, error) {
	offset, err := program.ClockOffset(ctx, d.Reader())
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	now := func() time.Time { return time.Now().Add(offset) }
	keys := auth.New(d, auth.Config{Now: now, Log: log})
	h := &house{
		db: d, log: log, now: now,
		auth:       keys,
		programmes: program.New(d),
		members:    member.New(d, now),
		products:   product.New(d),
		ledger:     ledger.NewService(d),
		rules:      earn.New(d, now, decimals),
		ladders:    tier.New(d, now),
		giftCards:  giftcard.New(d, now),
		rewards:    reward.New(d, now, flow.RewardTerms),
		offers:     promo.New(d, now),
		flow:       flow.New(flow.Config{DB: d, Now: now, Log: log, News: true, Rooms: rooms(), Shops: partner.ShopLimits}),
		partners:   partner.New(d, keys, now),
		jobs:       jobs.NewRunner(d, now, log),
	}
	h.referrals = referral.New(d, h.flow, h.offers, now)
	h.plans = plan.New(d, h.flow, now)
	h.challenges = challenge.New(d, h.flow, now)
	h.complaints = complaint.New(complaint.Config{DB: d, Flow: h.flow, GiftCards: h.giftCards, Now: now, Log: log})
	h.promises = promise.NewService(promise.Config{DB: d, Flow: h.flow, Now: now, Hook: owing{h.complaints}})
	h.returns = returns.New(returns.Config{DB: d, Flow: h.flow, Promises: h.promises, GiftCards: h.giftCards, Now: now})
	h.households = household.New(d, h.flow, now)
	h.fraud = fraud.New(d, h.flow, now)
	h.surveys = survey.New(d, h.flow, now).WithDeliveries(h.promises)
	h.standards = standard.New(d, now)
	h.lessons = lesson.New(lesson.Config{DB: d, Now: now, Complaints: h.complaints})
	h.gestures = gesture.New(gesture.Config{DB: d, Flow: h.flow, Cases: h.complaints, Now: now})
	h.bookings = booking.New(booking.Config{DB: d, Flow: h.flow, Now: now})
	h.factors = factor.New(factor.Config{DB: d, Surveys: h.surveys, Cases: h.complaints, Now: now})
	h.trust = trust.New(trust.Config{DB: d, Complaints: h.complaints, Promises: h.promises, Now: now})
	h.churn = churn.New(churn.Config{DB: d, Surveys: h.surveys, Now: now})
	h.recoveries = recovery.New(recovery.Config{DB: d, Flow: h.flow, Now: now})
	h.calls = calls.New(calls.Config{DB: d, Flow: h.flow, Now: now})
	h.discounts = discount.New(d, now)
	h.baskets = basket.New(basket.Config{DB: d, Flow: h.flow, Now: now})
	return h, nil
}

// readers are the kinds of job that learn of every committed batch; leftWork
// says what does them.
func readers() []string {
	return []string{
		referral.Reader,
		partner.ReadJob,
		challenge.ReadJob,
		household.Reader,
		fraud.ReadJob,
	}
}

// rooms are the features below flow that keep something of members.
func rooms() []flow.Room {
	return []flow.Room{
		outreach.Room(), guest.Room(),
		referral.Room(),
		partner.Room(),
		plan.Room(),
		challenge.Room(),
		complaint.Room(),
		touch.Room(),
		promise.Room(),
		returns.Room(promise.CameTrue),
		household.Room(),
		fraud.Room(),
		survey.Room(),
		standard.Room(),
		lesson.Room(),
		gesture.Room(),
		booking.Room(),
		alarm.Room(),
		factor.Room(),
		trust.Room(),
		churn.Room(),
		recovery.Room(),
		calls.Room(),
		basket.Room(),
		discount.Room(),
	}
}

// decimals tells the rules how many decimals a wallet has.
func decimals(ctx context.Context, q db.Queryer, programme, wallet id.ID) (int, error) {
	w, err := ledger.LoadWallet(ctx, q, programme, wallet)
	return w.Decimals, err
}

// close lets what is under way finish.
func (h *house) close() error {
	if h.lent {
		return nil
	}
	if h.guest != nil {
		h.guest.Close()
	}
	h.flow.Close()
	return h.db.Close()
}
