package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/stats"
	"regulars/internal/touch"
)

const exampleReview = `{"platform": "google", "external_id": "g-1", "place": "ChIJN1t_tDeuEmsRUsoyG83frY4", "rating": 5, "time": "2026-03-01T12:00:00Z", "text": "Good tea", "order": "R-10052"}`

func (s *server) addReviews() {
	take(s, operation{
		id: "take-reviews", method: http.MethodPost, path: "/v1/reviews", tag: tagTouch, needs: needs(auth.TouchWrite), bulk: true,
		summary: "Take in up to 1,000 public reviews",
		text: "All of them or none. A review that is known by platform and external_id is not taken twice: what its platform shows now replaces what it showed then. " +
			"Nothing takes a review out again.",
		example: `{"reviews": [` + exampleReview + `]}`,
	}, s.takeReviews)
	read(s, operation{
		id: "list-reviews", method: http.MethodGet, path: "/v1/reviews", tag: tagTouch, needs: needs(auth.TouchRead), summary: "List reviews, the newest first",
	}, s.listReviews)
	read(s, operation{
		id: "list-review-days", method: http.MethodGet, path: "/v1/reviews/days", tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "List how many reviews there were, and how they rated, by platform and day",
	}, s.listReviewDays)
	write(s, operation{
		id: "answer-review", method: http.MethodPost, path: "/v1/reviews/{review}/answer", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Answer a review", text: "The answer is kept; another one replaces it. To Yandex Market it is sent, elsewhere it is written by hand.", example: `{"text": "Thank you for telling us."}`,
	}, func(ctx context.Context, c *call, in *reviewIn, body *reviewAnswer) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Touch.Answer(ctx, c.actor, c.programme(), n, body.Text)
		return n.In(id.Review), err
	}, s.showReview)
	write(s, operation{
		id: "settle-review", method: http.MethodPost, path: "/v1/reviews/{review}/none-needed", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Say that a review needs no answer", text: "It stays where it is.",
	}, func(ctx context.Context, c *call, in *reviewIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Touch.NeedsNone(ctx, c.actor, c.programme(), n)
		return n.In(id.Review), err
	}, s.showReview)
	s.widgetRoutes()
	s.addReviewSources()
	read(s, operation{
		id: "get-support-index", method: http.MethodGet, path: "/v1/support-index", tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "Get the Support Index of a period",
		text: "Customers with a positive public review, as a share of the cards handed out and of the customers served. It is a lower bound of support: whoever is content and silent is not in it. " +
			"low is the lower bound of Wilson's interval of the confirmed, high the upper bound of those that are possible.",
	}, s.getSupport)
}

type reviewIn struct {
	Review reviewID `path:"review"`
}

func (in reviewIn) id() (id.ID, error) { return parseID(id.Review, "review", string(in.Review)) }

type reviewID string

// Schema describes it for the document.
func (reviewID) Schema(huma.Registry) *huma.Schema { return shown(id.Review, "The review.") }

type reviewAnswer struct {
	Text string `json:"text" minLength:"1" maxLength:"16384"`
}

type newReviews struct {
	Reviews []newReview `json:"reviews" minItems:"1" maxItems:"1000" nullable:"false"`
}

type newReview struct {
	Platform   string    `json:"platform" enum:"yandex_maps,2gis,google,tripadvisor,otzovik,own,yandex_market"`
	ExternalID string    `json:"external_id" minLength:"1" maxLength:"200" doc:"The id of the review at its platform." example:"g-1"`
	Place      string    `json:"place,omitempty" maxLength:"200" doc:"The id of the place at the platform, as in the links of touchpoints."`
	Rating     int64     `json:"rating,omitempty" minimum:"1" maximum:"5" doc:"Left out where there is none." example:"5"`
	Time       time.Time `json:"time"`
	Text       string    `json:"text,omitempty" maxLength:"80000"`
	Author     string    `json:"author,omitempty" maxLength:"800" doc:"The name that the platform shows."`
	Order      string    `json:"order,omitempty" maxLength:"200" doc:"The number of the order, where the platform knows it: the external_id of the purchase."`
}

type takenReviews struct {
	Answers []takenReview `json:"answers" nullable:"false" doc:"One for each review, in the order sent."`
}

type takenReview struct {
	Review  string `json:"review" example:"rvw_01h9x3k7q2v5n"`
	Outcome string `json:"outcome" enum:"new,changed,known"`
}

func (s *server) takeReviews(ctx context.Context, c *call, body *newReviews) (takenReviews, error) {
	list := make([]touch.Seen, len(body.Reviews))
	for i, n := range body.Reviews {
		list[i] = touch.Seen{
			Platform: touch.Platform(n.Platform), ExternalID: n.ExternalID, Place: n.Place, Rating: n.Rating, Occurred: n.Time, Text: n.Text, Author: n.Author, Order: n.Order,
		}
	}
	taken, err := s.Touch.Take(ctx, c.actor, c.programme(), list)
	v := takenReviews{Answers: make([]takenReview, len(taken))}
	for i, t := range taken {
		v.Answers[i] = takenReview{t.ReviewID.In(id.Review), string(t.Outcome)}
	}
	return v, err
}

type reviewListIn struct {
	Cursor   cursor `query:"cursor"`
	Limit    limit  `query:"limit"`
	State    string `query:"state" doc:"unanswered, answered or none_needed; all when left out."`
	Platform string `query:"platform" doc:"All when left out."`
}

func (s *server) listReviews(ctx context.Context, c *call, in *reviewListIn) (page[reviewView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[reviewView]{}, err
	}
	at, err := inReviews.read(in.Cursor, 2)
	if err != nil {
		return page[reviewView]{}, err
	}
	if err := oneOf("state", in.State, touch.States()); err != nil {
		return page[reviewView]{}, err
	}
	if err := oneOf("platform", in.Platform, touch.Platforms()); err != nil {
		return page[reviewView]{}, err
	}
	query := touch.Query{ProgrammeID: c.programme(), State: touch.State(in.State), Platform: touch.Platform(in.Platform), Limit: size + 1}
	if at[1] != 0 {
		query.Before = touch.Cursor{Occurred: time.UnixMicro(at[0]), ID: id.ID(at[1])}
	}
	list, err := s.Touch.Reviews(ctx, c.actor, query)
	return paged(inReviews, list, size, reviewOf, func(r *touch.Review) []int64 { return []int64{r.Occurred.UnixMicro(), int64(r.ID)} }), err
}

func (s *server) showReview(ctx context.Context, c *call, subject string) (reviewView, error) {
	n, err := parseID(id.Review, "review", subject)
	if err != nil {
		return reviewView{}, err
	}
	r, err := s.Touch.Review(ctx, watcher, c.programme(), n)
	if err != nil {
		return reviewView{}, err
	}
	return reviewOf(r), nil
}

type reviewView struct {
	Review     string     `json:"review" example:"rvw_01h9x3k7q2v5n"`
	Platform   string     `json:"platform" example:"google"`
	ExternalID string     `json:"external_id" example:"g-1"`
	Place      string     `json:"place,omitempty"`
	Touchpoint string     `json:"touchpoint,omitempty" doc:"The one that leads to the place." example:"tch_01h9x3k7q2v5n"`
	Rating     int64      `json:"rating,omitempty" example:"5"`
	Time       time.Time  `json:"time"`
	Text       string     `json:"text,omitempty"`
	Author     string     `json:"author,omitempty"`
	Order      string     `json:"order,omitempty" example:"R-10052"`
	State      string     `json:"state" enum:"unanswered,answered,none_needed"`
	Answer     string     `json:"answer,omitempty"`
	Answered   *time.Time `json:"answered,omitempty"`
	Erased     bool       `json:"erased,omitempty" doc:"The customer asked to be forgotten: the rating stays, words and name are gone."`
}

func reviewOf(r *touch.Review) reviewView {
	v := reviewView{
		Review: r.ID.In(id.Review), Platform: string(r.Platform), ExternalID: r.ExternalID, Place: r.Place, Rating: r.Rating, Time: r.Occurred, Text: r.Text,
		Author: r.Author, Order: r.Order, State: string(r.State), Answer: r.Answer, Answered: moment(r.Replied), Erased: r.Erased,
	}
	if r.TouchpointID != 0 {
		v.Touchpoint = r.TouchpointID.In(id.Touchpoint)
	}
	return v
}

// periodIn is a period; the last 90 days when left out.
type periodIn struct {
	From instant `query:"from"`
	To   instant `query:"to"`
}

func (in *periodIn) period(now time.Time) (from, to time.Time, err error) {
	if from, err = in.From.time("from"); err != nil {
		return from, to, err
	}
	if to, err = in.To.time("to"); err != nil {
		return from, to, err
	}
	if to.IsZero() {
		to = now
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, -90)
	}
	return from, to, nil
}

type reviewDay struct {
	Platform string  `json:"platform" example:"google"`
	Day      string  `json:"day" doc:"Of the programme's calendar." example:"2026-03-01"`
	Reviews  int64   `json:"reviews" example:"3"`
	Rated    int64   `json:"rated" doc:"How many of them have a rating." example:"3"`
	Mean     float64 `json:"mean,omitempty" doc:"Of those that have one." example:"4.33"`
	Answered int64   `json:"answered"`
	None     int64   `json:"none_needed"`
}

type reviewDays struct {
	Items []reviewDay `json:"items" nullable:"false" doc:"The newest day first."`
}

func (s *server) listReviewDays(ctx context.Context, c *call, in *periodIn) (reviewDays, error) {
	from, to, err := in.period(s.Now())
	if err != nil {
		return reviewDays{}, err
	}
	days, err := s.Touch.Days(ctx, c.actor, c.programme(), from, to)
	v := reviewDays{Items: make([]reviewDay, len(days))}
	for i, d := range days {
		v.Items[i] = reviewDay{Platform: string(d.Platform), Day: d.Day.Format(time.DateOnly), Reviews: d.Reviews, Rated: d.Rated, Answered: d.Answered, None: d.NoneNeeded}
		if d.Rated > 0 {
			v.Items[i].Mean = float64(d.Sum) / float64(d.Rated)
		}
	}
	return v, err
}

type supportView struct {
	From         time.Time      `json:"from"`
	To           time.Time      `json:"to"`
	Positive     int64          `json:"positive" doc:"Reviews with four stars or more: confirmed + probable + unattributed."`
	Confirmed    int64          `json:"confirmed" doc:"They name an order that we know."`
	Probable     int64          `json:"probable" doc:"Exactly one card led to their place in the 72 hours before."`
	Unattributed int64          `json:"unattributed"`
	ByCards      indexView      `json:"by_cards" doc:"Of the cards handed out."`
	ByCustomers  indexView      `json:"by_customers" doc:"Of the customers served."`
	Shops        []shopIndex    `json:"shops" nullable:"false"`
	Products     []productIndex `json:"products" nullable:"false" doc:"Of the customers of each of the 50 products that most bought; a review counts for what was bought with its order."`
	Added        *intervalView  `json:"added,omitempty" doc:"The share of orders with a positive review that names them among those with a card, less that among those drawn to get none (Newcombe). Missing without both."`
	WithCard     armView        `json:"with_card"`
	Without      armView        `json:"without_card"`
	Retention    retentionView  `json:"retention" doc:"Who bought again within 90 days. An association, not an effect: who likes you reviews you and comes back."`
}

type retentionView struct {
	From      time.Time    `json:"from" doc:"Customers from here on: the period, or the last one as long of which 90 days have passed."`
	To        time.Time    `json:"to"`
	Reviewers comebackView `json:"reviewers" doc:"Those with a positive review of an order that we know."`
	Others    comebackView `json:"others"`
}

type comebackView struct {
	Customers int64         `json:"customers" example:"40"`
	Back      int64         `json:"back" doc:"They bought again." example:"22"`
	Share     *intervalView `json:"share,omitempty" doc:"Back ÷ customers (Wilson). Missing under 10 customers."`
}

func comebackOf(r touch.Return) comebackView {
	v := comebackView{Customers: r.Customers, Back: r.Back}
	if i := r.Interval(); r.Shown() {
		v.Share = &intervalView{Value: i.Value, Low: i.Low, High: i.High}
	}
	return v
}

type indexView struct {
	Base     int64    `json:"base" example:"1000"`
	Sure     int64    `json:"sure" doc:"Customers that are confirmed." example:"40"`
	Likely   int64    `json:"likely" doc:"And the probable ones." example:"52"`
	Possible int64    `json:"possible" doc:"And one more for each unattributed review." example:"70"`
	Low      *float64 `json:"low,omitempty" doc:"Missing under a base of 10." example:"0.03"`
	High     *float64 `json:"high,omitempty" example:"0.09"`
	Early    bool     `json:"preliminary" doc:"The base is under 30."`
}

type shopIndex struct {
	Shop  string    `json:"shop" example:"shp_01h9x3k7q2v5n"`
	Index indexView `json:"index"`
}

type productIndex struct {
	SKU   string    `json:"sku" example:"tea"`
	Name  string    `json:"name" example:"Tea"`
	Index indexView `json:"index"`
}

type intervalView struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

type armView struct {
	Orders   int64 `json:"orders"`
	Reviewed int64 `json:"reviewed"`
}

func indexOf(i touch.Index) indexView {
	v := indexView{Base: i.Base, Sure: i.Sure, Likely: i.Likely, Possible: i.Possible, Early: i.Preliminary()}
	if i.Shown() {
		v.Low, v.High = &i.Low, &i.High
	}
	return v
}

func (s *server) getSupport(ctx context.Context, c *call, in *periodIn) (supportView, error) {
	from, to, err := in.period(s.Now())
	if err != nil {
		return supportView{}, err
	}
	n, err := s.Touch.Support(ctx, c.actor, c.programme(), from, to)
	v := supportView{
		From: from.UTC(), To: to.UTC(), Positive: n.Positive, Confirmed: n.Confirmed, Probable: n.Probable, Unattributed: n.Unattributed,
		ByCards: indexOf(n.ByCards), ByCustomers: indexOf(n.ByCustomers), Shops: make([]shopIndex, len(n.Shops)),
		WithCard: armView(n.WithCard), Without: armView(n.Without), Products: make([]productIndex, len(n.Products)),
		Retention: retentionView{From: n.ReturnFrom.UTC(), To: n.ReturnTo.UTC(), Reviewers: comebackOf(n.Reviewers), Others: comebackOf(n.Others)},
	}
	for i, p := range n.Products {
		v.Products[i] = productIndex{p.SKU, p.Name, indexOf(p.Index)}
	}
	for i, shop := range n.Shops {
		v.Shops[i] = shopIndex{shop.ShopID.In(id.Shop), indexOf(shop.Index)}
	}
	if n.WithCard.Orders > 0 && n.Without.Orders > 0 {
		v.Added = new(intervalView(stats.Interval{Value: n.Added.Value, Low: n.Added.Low, High: n.Added.High}))
	}
	return v, err
}
