package world

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/factor"
	"regulars/internal/lexicon"
	"regulars/internal/product"
	"regulars/internal/promise"
	"regulars/internal/sale"
	"regulars/internal/survey"
	"regulars/internal/touch"
	"regulars/internal/trust"
)

// reported is the month whose figures are published.
const reported = "2011-11"

// star is what the shop puts in front: what it sold most of by value, less returns.
const star = "22423"

// stock fills the catalogue with what the shop sold, so that the till knows it
// by code and name, and puts one of it in front.
func (b *behaviour) stock(ctx context.Context) error {
	sold, err := sale.Items(ctx, b.d.DB.Reader(), b.programme)
	if err != nil {
		return err
	}
	goods := make([]product.Product, len(sold))
	for i, n := range sold {
		goods[i] = product.Product{SKU: n.SKU, Name: cmp.Or(n.Name, n.SKU), Category: n.Category, Active: true}
	}
	catalogue := product.New(b.d.DB)
	if err := catalogue.Upsert(ctx, actor, b.programme, goods); err != nil {
		return fmt.Errorf("filling the catalogue: %w", err)
	}
	if !slices.ContainsFunc(goods, func(n product.Product) bool { return n.SKU == star }) {
		return nil // a part of the year without it
	}
	_, err = catalogue.SetFlagship(ctx, actor, b.programme, star, true)
	return err
}

// open shows what is not perfect, publishes the figures of a month, and says
// what the shop stands for.
func (b *behaviour) open(ctx context.Context) error {
	shown := trust.New(trust.Config{
		DB: b.d.DB, Complaints: complaint.New(complaint.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now}),
		Promises: promise.NewService(promise.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now}), Now: b.now,
	})
	var issues []trust.Spec
	if err := scene("issues.json", &issues); err != nil {
		return err
	}
	b.clock = day(10, 2*time.Hour)
	for _, n := range issues {
		if _, err := shown.Add(ctx, actor, b.programme, n); err != nil {
			return err
		}
	}
	b.clock = day(12, time.Hour)
	_, err := shown.Publish(ctx, actor, b.programme, reported, map[trust.Section]trust.Words{trust.Promises: {
		"en": "These are the first figures that we publish, of five days. (Simulated.)",
		"ru": "Это первые цифры, которые мы публикуем, — за пять дней. (Имитация.)",
		"pl": "To pierwsze liczby, które publikujemy – z pięciu dni. (Symulacja.)",
	}})
	if err != nil {
		return err
	}
	for _, n := range stoodFor {
		n.Day, n.Renew, n.Evidence = "2011-12-01", "2012-12-01", n.Evidence+" ("+simulated+")"
		if _, err := shown.Attest(ctx, actor, b.programme, n, nil); err != nil {
			return err
		}
	}
	b.clock = opens
	return nil
}

// stoodFor are signals that nobody can count; the others wait for somebody.
var stoodFor = []trust.Attestation{
	{Signal: "legal_details", Holds: true, Evidence: "Name, address and number of the company stand at the foot of every page."},
	{Signal: "plain_terms", Holds: true, Evidence: "One page, read aloud to two customers before it was published."},
	{Signal: "secure_payment", Holds: true, Evidence: "Yearly report of the payment provider.", Reference: "report-2011.pdf"},
	{Signal: "named_people", Holds: false, Evidence: "Letters are still signed “the team”."},
}

// deeds are what is done about factors, how far it is after some days.
var deeds = []struct {
	factor.Spec
	due   int // days after the beginning
	turns []factor.State
	why   string
}{
	{Spec: factor.Spec{Factor: factor.Speed, Title: "A second carrier for the weeks before the holidays", Why: "One parcel in ten is late, and most complaints say so.", Expected: "Fewer than one in twenty is late.", Cost: 1_800_00, Effort: factor.Weeks}, due: 18, turns: []factor.State{factor.Doing}},
	{Spec: factor.Spec{Factor: factor.Expectations, Title: "Sizes in centimetres beside every picture", Why: "Goods were smaller than they looked.", Expected: "No complaint of sizes in January.", Cost: 120_00, Effort: factor.AtOnce}, due: 8, turns: []factor.State{factor.Doing, factor.Done}},
	{Spec: factor.Spec{Factor: factor.Assortment, Title: "Sets of two in place of single cups", Why: "Single cups break, and cannot be wrapped.", Cost: 650_00, Effort: factor.Months}, due: 70, turns: []factor.State{factor.Planned}},
	{Spec: factor.Spec{Factor: factor.Value, Title: "A shelf of gifts under five pounds", Why: "“Too expensive for what it is” comes back in the survey.", Effort: factor.Weeks}, due: 30},
	{Spec: factor.Spec{Factor: factor.Convenience, Title: "An app of our own", Why: "Somebody asked for one.", Cost: 24_000_00, Effort: factor.Months}, due: 160, turns: []factor.State{factor.Dropped}, why: "The page does all of it, and nobody else asked."},
}

// improve keeps what is to be done about what customers say.
func (b *behaviour) improve(ctx context.Context) error {
	factors := factor.New(factor.Config{
		DB: b.d.DB, Surveys: survey.New(b.d.DB, b.d.Flow, b.now), Cases: complaint.New(complaint.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now}), Now: b.now,
	})
	for i, n := range deeds {
		b.clock = day(5+i, 0)
		n.Title, n.OwnerID, n.Due = n.Title+" ("+simulated+")", b.crew[0].ID, day(n.due, 0).Truncate(24*time.Hour)
		made, err := factors.Add(ctx, actor, b.programme, n.Spec)
		if err != nil {
			return err
		}
		for _, to := range n.turns {
			b.clock = b.clock.Add(36 * time.Hour)
			if _, err := factors.Turn(ctx, actor, b.programme, made.ID, to, n.why); err != nil {
				return err
			}
		}
	}
	b.clock = opens
	return nil
}

// watchedFeed is an address that nobody has.
const watchedFeed = "https://feeds.example/high-street.xml"

// press answers for the network with the feed that is simulated.
type press struct{}

func (press) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := scenes.ReadFile("scenes/feed.xml")
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Request: r, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(raw)))}, nil
}

// watch has a feed read once, without the network, and some of what is found
// there settled. Then the feed rests, as there is none.
func (b *behaviour) watch(ctx context.Context) error {
	doors := touch.New(touch.Config{DB: b.d.DB, Now: b.now, Log: b.d.Log, Feeds: press{}})
	spec := touch.FeedSpec{Address: watchedFeed, Name: "Gifts and the high street (" + simulated + ")", Words: []string{"Online Retail"}, Minutes: 60, Burst: 10}
	b.clock = day(12, 6*time.Hour)
	f, err := doors.CreateFeed(ctx, actor, b.programme, spec)
	if err != nil {
		return err
	}
	if err := doors.ReadFeeds(ctx); err != nil {
		return err
	}
	spec.Paused = true
	if _, err := doors.UpdateFeed(ctx, actor, b.programme, f.ID, spec); err != nil {
		return err
	}
	found, err := doors.Mentions(ctx, actor, touch.MentionQuery{ProgrammeID: b.programme, FeedID: f.ID, Limit: 100})
	if err != nil {
		return err
	}
	for _, m := range found {
		switch b.clock = b.clock.Add(time.Hour); {
		case strings.HasPrefix(m.Title, "They answered"):
			_, err = doors.SetTone(ctx, actor, b.programme, m.ID, lexicon.Positive)
		case strings.HasPrefix(m.Title, "Shops that open"):
			_, err = doors.SetAside(ctx, actor, b.programme, m.ID, "It only names us. ("+simulated+")")
		case strings.HasPrefix(m.Title, "Where to buy"):
			_, err = doors.AnswerMention(ctx, actor, b.programme, m.ID, m.Link+"#thanks")
		}
		if err != nil {
			return err
		}
	}
	b.clock = opens
	return nil
}
