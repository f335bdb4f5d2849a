package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"regulars/internal/alarm"
	"regulars/internal/api"
	"regulars/internal/basket"
	"regulars/internal/booking"
	"regulars/internal/calls"
	"regulars/internal/challenge"
	"regulars/internal/churn"
	"regulars/internal/complaint"
	"regulars/internal/flow"
	"regulars/internal/fraud"
	"regulars/internal/gesture"
	"regulars/internal/guest"
	"regulars/internal/household"
	"regulars/internal/i18n"
	"regulars/internal/intake"
	"regulars/internal/jobs"
	"regulars/internal/outreach"
	"regulars/internal/partner"
	"regulars/internal/plan"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/recovery"
	"regulars/internal/referral"
	"regulars/internal/returns"
	"regulars/internal/reward"
	"regulars/internal/survey"
	"regulars/internal/till"
	"regulars/internal/touch"
	"regulars/internal/trust"
	"regulars/internal/web"
)

type serveCmd struct {
	place
	Addr string `help:"Address to listen on." default:"127.0.0.1:8080" env:"REGULARS_ADDR"`
	// Proxies tell by X-Forwarded-For where requests come from.
	Proxies []netip.Prefix `name:"trusted-proxy" help:"Networks of the proxies in front, as 10.0.0.0/8: their X-Forwarded-For is believed." placeholder:"NETWORK" env:"REGULARS_TRUSTED_PROXY"`
	post
	PrivateFeeds bool `help:"Allow feeds of mentions, servers of access tokens for mailboxes and payment providers within the network that this server stands in." env:"REGULARS_PRIVATE_FEEDS"`
}

// Help shows examples.
func (serveCmd) Help() string {
	return `Examples:
  regulars serve                                       SQLite in the folder data
  regulars serve --db postgres://regulars@localhost/regulars --addr :8080
  regulars serve --smtp-url 'smtp://shop:secret@mail.example.com:587' --mail-from points@example.com \
    --public-url https://points.example.com      messages to customers go out by mail

On the first start it prints a one-time link that makes the owner's account.`
}

// Run serves until it is told to stop, then lets what is under way finish.
func (c *serveCmd) Run(ctx context.Context, s streams) (err error) {
	h, err := c.open(ctx, s.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	h.privateFeeds = c.PrivateFeeds
	return serve(ctx, h, c.place, c.post, c.Addr, c.Proxies, s)
}

// Bounds of the HTTP server; a slow client must not hold a connection for ever.
const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	drainTimeout      = 20 * time.Second
)

// spareCollections lets the heap grow to four times what is in use between
// collections, as little is in use and much of the server's work is to answer
// and forget. GOGC in the environment counts more.
func spareCollections() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}

// serve runs the API, the console, the jobs and the local socket.
func serve(ctx context.Context, h *house, p place, mail post, addr string, proxies []netip.Prefix, s streams) error {
	messages, err := h.messages(mail, addr)
	if err != nil {
		return err
	}
	handler, err := h.handler(p, messages)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listening on %s: %w (choose another with --addr)", addr, err)
	}
	h.schedule()
	scheduleMessages(h.jobs, messages)
	scheduleAlarms(h.jobs, h.alarms)
	spareCollections()
	server := &http.Server{Handler: web.Behind(proxies, handler), ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout}
	if err := h.greet(ctx, "http://"+listener.Addr().String(), s); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return h.jobs.Run(ctx) })
	work.Go(func() error { return h.auth.Run(ctx) })
	work.Go(func() error { return h.touch.Run(ctx) })
	work.Go(func() error { return h.answer(ctx, p) })
	work.Go(func() error { return ignoreClosed(server.Serve(listener)) })
	work.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		return server.Shutdown(drain)
	})
	return work.Wait()
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// handler mounts the API, the customers' pages and the till beside the console.
func (h *house) handler(p place, messages *outreach.Service) (http.Handler, error) {
	texts, err := i18n.New()
	if err != nil {
		return nil, fmt.Errorf("reading the texts: %w", err)
	}
	h.complaints.PrivateTokens, h.plans.PrivateProviders = h.privateFeeds, h.privateFeeds
	h.touch = touch.New(touch.Config{DB: h.db, Now: h.now, Log: h.log, Texts: texts, Flow: h.flow, PrivateFeeds: h.privateFeeds})
	h.factors.Support = h.touch
	h.calls.Policy = messages
	h.alarms = alarm.New(alarm.Config{DB: h.db, Now: h.now, Auth: h.auth, Complaints: h.complaints, Post: messages, Texts: texts})
	imports := &intake.Desk{DB: h.db, Auth: h.auth, To: h.flow, Consents: h.members, Texts: texts, Now: h.now, Dir: p.Dir}
	mux := http.NewServeMux()
	rest := api.New(api.Config{
		DB: h.db, Flow: h.flow, Auth: h.auth, Programmes: h.programmes, Members: h.members, Products: h.products, Rules: h.rules,
		Ledger: h.ledger, Ladders: h.ladders, Offers: h.offers, GiftCards: h.giftCards, Rewards: h.rewards, Jobs: h.jobs, Catalog: texts, Now: h.now, Log: h.log, Version: version(),
		Outreach:   messages,
		Referrals:  h.referrals,
		Partners:   h.partners,
		Plans:      h.plans,
		Challenges: h.challenges,
		Complaints: h.complaints,
		Touch:      h.touch,
		Promises:   h.promises,
		Returns:    h.returns,
		Households: h.households,
		Fraud:      h.fraud,
		Surveys:    h.surveys,
		Standards:  h.standards,
		Lessons:    h.lessons,
		Gestures:   h.gestures,
		Bookings:   h.bookings,
		Alarms:     h.alarms,
		Factors:    h.factors,
		Trust:      h.trust,
		Churn:      h.churn,
		Recoveries: h.recoveries,
		Calls:      h.calls,
		Baskets:    h.baskets,
		Discounts:  h.discounts,
		Imports:    imports,
	})
	for _, pattern := range api.Patterns() {
		mux.Handle(pattern, rest)
	}
	mux.Handle(promise.WebhookPattern, h.promises.Webhook(h.log))
	mux.Handle(reward.PicturePath, h.rewards.Pictures())
	h.guest = h.wallet(texts, messages)
	for _, pattern := range guest.Patterns() {
		mux.Handle(pattern, h.guest)
	}
	counter := till.New(till.Config{
		DB: h.db, Flow: h.flow, Auth: h.auth, Members: h.members, Products: h.products, Rewards: h.rewards, GiftCards: h.giftCards,
		Texts: texts, Now: h.now, Log: h.log,
		Complaints: h.complaints,
		Households: h.households,
		Gestures:   h.gestures,
		Trust:      h.trust,
	})
	for _, pattern := range till.Patterns() {
		mux.Handle(pattern, counter)
	}
	mux.Handle("/", h.pages(texts, p, messages, imports))
	return mux, nil
}

// wallet makes the customers' pages.
func (h *house) wallet(texts *i18n.Catalog, messages *outreach.Service) *guest.Guest {
	return guest.New(guest.Config{
		DB: h.db, Flow: h.flow, Members: h.members, GiftCards: h.giftCards, Rewards: h.rewards, Texts: texts, Now: h.now, Log: h.log,
		Courier:    messages,
		Complaints: h.complaints,
		Touch:      h.touch,
		Promises:   h.promises,
		Returns:    h.returns,
		Surveys:    h.surveys,
		Baskets:    h.baskets,
		Standards:  h.standards,
		Trust:      h.trust,
		Referrals:  h.referrals,
		Challenges: h.challenges,
		Bookings:   h.bookings,
		Plans:      h.plans,
		Households: h.households,
	})
}

// leftWork says what does the jobs that events and requests leave.
func (h *house) leftWork() map[string]jobs.Handler {
	work := map[string]jobs.Handler{
		promo.GenerateJob:    h.offers.DoGenerate,
		challenge.ReadJob:    h.challenges.Read,
		challenge.PayJob:     h.challenges.Pay,
		partner.ReadJob:      h.partners.Read,
		partner.CollectJob:   h.partners.DoCollect,
		flow.ProfileJob:      h.flow.ReadProfiles,
		plan.RequestJob:      h.plans.Request,
		plan.AwardJob:        h.plans.Award,
		referral.Reader:      h.referrals.Read,
		complaint.TellJob:    h.complaints.Tell,
		complaint.PayJob:     h.complaints.Pay,
		complaint.OweJob:     h.complaints.Owe,
		touch.AnswerJob:      h.touch.Bring,
		touch.TellMentionJob: h.touch.TellMention,
		promise.TellJob:      h.promises.Tell,
		returns.SettleJob:    h.returns.DoSettle,
		household.Reader:     h.households.Read,
		fraud.ReadJob:        h.fraud.Read,
		fraud.SettleJob:      h.fraud.Settle,
		survey.DrawJob:       h.surveys.Draw,
		survey.NoteJob:       h.surveys.Note,
		trust.TellJob:        h.trust.Tell,
		gesture.TellJob:      h.gestures.Tell,
		booking.TellJob:      h.bookings.Tell,
		churn.ReckonJob:      h.churn.Reckon,
		recovery.AskJob:      h.recoveries.Ask,
		calls.ChooseJob:      h.calls.Choose,
		calls.TellJob:        h.calls.Tell,
		basket.TellJob:       h.baskets.Tell,
		basket.AskJob:        h.baskets.Invite,
	}
	work[flow.NewsJob] = flow.Spread(h.db, h.now, h.log, readers(), work)
	return work
}

// handle registers what does the jobs that events and requests leave.
func (h *house) handle() {
	for kind, do := range h.leftWork() {
		h.jobs.Handle(kind, do)
	}
	h.jobs.Together(flow.NewsJob, flow.JoinNews)
}

// schedule registers what runs by the clock, once over all processes, and what
// rooms leave to be done later.
func (h *house) schedule() {
	h.handle()
	h.jobs.Every("escalate and close complaints", 5*time.Minute, h.complaints.Sweep)
	h.jobs.Every("remind of bookings", 5*time.Minute, h.bookings.Remind)
	h.jobs.Every("forget guests", 24*time.Hour, h.bookings.Forget)
	h.jobs.Every("write down signals of trust", time.Hour, h.trust.Keep)
	h.jobs.Every("count orders by the hour", time.Hour, h.complaints.CountOrders)
	h.jobs.Every("fetch complaints by e-mail", time.Minute, h.complaints.FetchMails)
	h.jobs.Every("keep an eye on promises", time.Minute, func(ctx context.Context) error {
		_, err := h.promises.Sweep(ctx)
		return err
	})
	h.jobs.Every("end calls that nobody noted", time.Hour, h.calls.Sweep)
	h.jobs.Every("settle flags", time.Hour, h.fraud.Sweep)
	h.jobs.Every("post what is due", time.Minute, func(ctx context.Context) error {
		_, err := h.flow.Sweep(ctx, h.now(), nil)
		return err
	})
	h.jobs.Every("end gift cards", time.Hour, func(ctx context.Context) error {
		_, err := h.giftCards.Expire(ctx, h.now())
		return err
	})
	h.jobs.Every("end the wait for rewards", time.Hour, func(ctx context.Context) error {
		_, err := h.rewards.Lapse(ctx, h.now())
		return err
	})
	h.jobs.Every("prepare statements of partners", 6*time.Hour, h.partners.Prepare)
	h.jobs.Every("note birthdays", time.Hour, h.flow.Birthdays)
	h.jobs.Every("note complete profiles", 24*time.Hour, h.flow.Profiles)
	h.jobs.Every("end codes", time.Hour, func(ctx context.Context) error {
		_, err := h.offers.ExpireCodes(ctx, h.now())
		return err
	})
	h.jobs.Every("remind of codes that end", time.Hour, h.remindOfCodes)
	h.jobs.Every("renew memberships", time.Minute, func(ctx context.Context) error {
		_, err := h.plans.Sweep(ctx)
		return err
	})
	h.jobs.Every("mend bought ranks", time.Hour, h.plans.Mend)
	h.jobs.Every("forget old counters of limits", 24*time.Hour, h.rules.Sweep)
	h.jobs.Every("index names", 24*time.Hour, h.members.MendParts)
	h.jobs.Every("pay for referrals", 10*time.Minute, func(ctx context.Context) error {
		_, err := h.referrals.Pay(ctx, h.now())
		return err
	})
	h.jobs.Every("look for silent customers", 24*time.Hour, h.churn.Nightly)
	h.jobs.Every("ask day by day", 5*time.Minute, h.surveys.DrawDue)
	h.jobs.Every("fetch reviews", time.Hour, h.touch.Poll)
	h.jobs.Every("read feeds", time.Minute, h.touch.ReadFeeds)
	h.jobs.Every("pool points of households", 10*time.Minute, h.households.Sweep)
	h.jobs.Every("end sessions and links", 24*time.Hour, h.auth.Sweep)
	h.jobs.Every("end customers' sessions and codes", time.Hour, h.guest.Sweep)
}

// greet says where the console is and, on an installation without owner, how
// to become its owner.
func (h *house) greet(ctx context.Context, base string, s streams) error {
	fmt.Fprintln(s.out, "console  ", base)
	fmt.Fprintln(s.out, "API      ", base+"/docs")
	fmt.Fprintln(s.out, "wallet   ", base+"/me")
	token, err := h.auth.FirstRunLink(ctx)
	if err != nil {
		return err
	}
	if token != "" {
		fmt.Fprintln(s.out, "become the owner (this link works once, for 24 hours):")
		fmt.Fprintln(s.out, "         ", base+"/start/"+token)
	}
	return nil
}
