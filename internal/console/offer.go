package console

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/web"
)

// offerRoutes are the pages of offers and of the codes that promise them.
func (c *Console) offerRoutes() []route {
	return slices.Concat([]route{
		{pattern: "GET /p/{slug}/offers", permission: auth.RulesRead, do: c.showOffers},
		{pattern: "GET /p/{slug}/offers/{offer}", permission: auth.RulesRead, do: c.showOffer},
		{pattern: "POST /p/{slug}/offers/{offer}/publish", permission: auth.RulesPublish, do: c.publishOffer},
		{pattern: "POST /p/{slug}/offers/{offer}/withdraw", permission: auth.RulesPublish, do: c.withdrawOffer},
		{pattern: "POST /p/{slug}/offers/{offer}/discard", permission: auth.RulesWrite, do: c.discardOffer},
	}, c.discountRoutes(), c.offerEditRoutes(), c.previewRoutes(), c.batchRoutes(), c.newBatchRoutes(), c.codeRoutes())
}

// offer returns the offer that the address names.
func (c *Console) offer(v *visit) (promo.History, error) {
	offer, err := v.pathID("offer", id.Offer)
	if err != nil {
		return promo.History{}, err
	}
	return c.Promo.Get(v.ctx(), v.actor, v.programme.ID, offer)
}

// stand is how a version, or an offer by its versions, stands at a moment.
type stand string

// The stands, in the order in which a list has them.
const (
	standsLive      stand = "live"
	standsAhead     stand = "ahead"
	standsDraft     stand = "draft"
	standsOver      stand = "over"
	standsWithdrawn stand = "withdrawn"
)

func standOf(version *promo.Version, now time.Time) stand {
	switch {
	case version.State == promo.Draft:
		return standsDraft
	case !held(version):
		return standsWithdrawn
	case now.Before(version.Begins):
		return standsAhead
	case version.Ends.IsZero() || now.Before(version.Ends):
		return standsLive
	case version.State == promo.Withdrawn:
		return standsWithdrawn
	}
	return standsOver
}

// versionThat returns the version of an offer that stands so, or nil.
func versionThat(h *promo.History, now time.Time, stands stand) *promo.Version {
	for i := range h.Versions {
		if standOf(&h.Versions[i], now) == stands {
			return &h.Versions[i]
		}
	}
	return nil
}

// offerStand returns how an offer stands, and the version that shows it.
func offerStand(h *promo.History, now time.Time) (stand, *promo.Version) {
	for _, s := range []stand{standsLive, standsAhead, standsDraft} {
		if version := versionThat(h, now, s); version != nil {
			return s, version
		}
	}
	last := &h.Versions[max(0, slices.IndexFunc(h.Versions, func(v promo.Version) bool { return held(&v) }))]
	return standOf(last, now), last
}

// held reports whether a version was published and not withdrawn before it
// began.
func held(version *promo.Version) bool {
	return version.State != promo.Draft && (version.Ends.IsZero() || version.Ends.After(version.Begins))
}

// given is what an offer has given.
type given struct {
	uses, amount int64
	last         time.Time
}

func (g given) and(r promo.Result) given {
	g.uses += r.Uses
	g.amount += r.Amount
	if r.Last.After(g.last) {
		g.last = r.Last
	}
	return g
}

// promoNames name what offers ask for.
func (c *Console) promoNames(v *visit) (condition.Names, error) {
	shops, err := c.Programmes.Shops(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	ranks, err := c.ranks(v)
	if err != nil {
		return nil, err
	}
	wallets, err := walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID)
	return ruleNames(wallets, shops, ranks).Value, err
}

// tell says a version in sentences; one that cannot be said, because what it
// asks for is gone, says that.
func (v *visit) tell(version *promo.Version, names condition.Names) []string {
	said, err := version.Describe(v.Printer, names)
	if err != nil {
		return []string{v.T("console.offer.unsayable")}
	}
	return said
}

// offerPage is one offer with all it ever said, what came of it and its codes.
type offerPage struct {
	*visit
	offer   promo.History
	names   condition.Names
	now     time.Time
	results map[id.ID]promo.Result // by version
	batches []promo.BatchSummary
	shops   []program.Shop
	spent   promo.ShopBudgets // of the version that counts, now
	errs    web.FormErrors
}

func (c *Console) showOffer(v *visit) error {
	p, err := c.offerPage(v)
	if err != nil {
		return err
	}
	return v.render(offerOnePage(p))
}

// shownBatches bounds the batches on an offer's page.
const shownBatches = 50

func (c *Console) offerPage(v *visit) (*offerPage, error) {
	h, err := c.offer(v)
	if err != nil {
		return nil, err
	}
	p := &offerPage{visit: v, offer: h, now: c.Now(), results: map[id.ID]promo.Result{}}
	if p.names, err = c.promoNames(v); err != nil {
		return nil, err
	}
	results, err := promo.Results(v.ctx(), c.DB.Reader(), v.programme.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if r.OfferID == h.ID {
			p.results[r.VersionID] = r
		}
	}
	if err := c.readShopBudgets(p); err != nil {
		return nil, err
	}
	if v.can(auth.CodesRead) {
		p.batches, err = c.Promo.Batches(v.ctx(), v.actor, promo.BatchQuery{ProgrammeID: v.programme.ID, OfferID: h.ID, Limit: shownBatches})
	}
	return p, err
}

// path is the address of the offer, or of what is done to it.
func (p *offerPage) path(verb string) string { return p.offerPath(p.offer.ID, verb) }

func (v *visit) offerPath(offer id.ID, verb string) string {
	return v.at("/offers/" + offer.In(id.Offer) + verb)
}

// first reports whether nothing of the offer was ever published, so that it may
// begin in the past.
func (p *offerPage) first() bool { return len(p.offer.Versions) == 1 && p.offer.Draft() != nil }

func (c *Console) publishOffer(v *visit) error {
	p, err := c.offerPage(v)
	if err != nil {
		return err
	}
	begins, ends, err := v.publishTimes(c.Now())
	if err == nil {
		_, err = c.Promo.Publish(v.ctx(), v.actor, v.programme.ID, p.offer.ID, begins, ends)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return offerOnePage(p)
		})
	}
	return v.done(p.path(""), "console.offer.published")
}

// publishTimes reads from when until when an offer shall be in force: the first
// day and the last. Today is now.
func (v *visit) publishTimes(now time.Time) (begins, ends time.Time, err error) {
	if begins, err = v.day("begins"); err != nil {
		return begins, ends, err
	}
	if begins.Equal(earn.Day.Start(now, v.programme.Zone)) {
		begins = time.Time{}
	}
	ends, err = v.lastDay("ends")
	return begins, ends, err
}

// lastDay reads a date of the form as the end of that day; nothing is the zero
// time.
func (v *visit) lastDay(name string) (time.Time, error) {
	day, err := v.day(name)
	if err != nil || day.IsZero() {
		return day, err
	}
	return earn.EndOfDay(day, v.programme.Zone), nil
}

func (c *Console) withdrawOffer(v *visit) error {
	offer, err := v.pathID("offer", id.Offer)
	if err != nil {
		return err
	}
	if err := c.Promo.Withdraw(v.ctx(), v.actor, v.programme.ID, offer); err != nil {
		return err
	}
	return v.done(v.offerPath(offer, ""), "console.offer.withdrawn")
}

func (c *Console) discardOffer(v *visit) error {
	p, err := c.offerPage(v)
	if err != nil {
		return err
	}
	if err := c.Promo.DiscardDraft(v.ctx(), v.actor, v.programme.ID, p.offer.ID); err != nil {
		return err
	}
	if p.first() {
		return v.done(v.at("/offers"), "console.rule.discarded")
	}
	return v.done(p.path(""), "console.rule.discarded")
}
