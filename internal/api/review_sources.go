package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
)

// addReviewSources adds where reviews are fetched from by itself, and how often
// the doors of cards were used.
func (s *server) addReviewSources() {
	const path, market = "/v1/review-sources", "/v1/review-sources/yandex_market"
	show := func(ctx context.Context, c *call, _ string) (reviewSourceList, error) {
		return s.reviewSources(ctx, c, watcher)
	}
	read(s, operation{
		id: "list-review-sources", method: http.MethodGet, path: path, tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "List where reviews are fetched from, and what went wrong there",
	}, func(ctx context.Context, c *call, _ *nothing) (reviewSourceList, error) {
		return s.reviewSources(ctx, c, c.actor)
	})
	write(s, operation{
		id: "set-review-market", method: http.MethodPut, path: market, tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Say from which business at Yandex Market reviews of goods are fetched",
		text:    "Those of the last 180 days first, then what is new; answers are sent there. The key is never shown again.",
		example: `{"business": 4711, "key": "ACMA:0123456789abcdef"}`,
	}, func(ctx context.Context, c *call, _ *nothing, b *reviewMarket) (string, error) {
		return "", s.Touch.SetMarket(ctx, c.actor, c.programme(), strconv.FormatInt(b.Business, 10), b.Key)
	}, show)
	write(s, operation{
		id: "remove-review-market", method: http.MethodDelete, path: market, tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Fetch no more reviews from Yandex Market, and forget the key", text: "Reviews that came stay.",
	}, func(ctx context.Context, c *call, _ *nothing, _ *nothing) (string, error) {
		return "", s.Touch.SetMarket(ctx, c.actor, c.programme(), "", "")
	}, show)
	read(s, operation{
		id: "list-card-traffic", method: http.MethodGet, path: "/v1/card-traffic", tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "List how often the doors of cards were used, by touchpoint",
		text:    "Of the last 90 days, unless a period is said; whole hours. Nothing is kept of who it was.",
	}, s.cardTraffic)
}

type reviewMarket struct {
	Business int64  `json:"business" minimum:"1" doc:"The id of the business." example:"4711"`
	Key      string `json:"key" minLength:"1" maxLength:"500" doc:"Of the partner API." example:"ACMA:0123456789abcdef"`
}

type reviewSource struct {
	Platform string     `json:"platform" enum:"yandex_market"`
	Account  string     `json:"account" doc:"The business there." example:"4711"`
	Read     *time.Time `json:"read,omitempty" doc:"Until when reviews were fetched; missing for never."`
	Failure  string     `json:"failure,omitempty" doc:"Why the last try failed; missing when it did not. It is tried again by itself."`
}

type reviewSourceList struct {
	Items []reviewSource `json:"items" nullable:"false"`
}

func (s *server) reviewSources(ctx context.Context, c *call, a auth.Actor) (reviewSourceList, error) {
	v := reviewSourceList{Items: []reviewSource{}}
	list, err := s.Touch.Sources(ctx, a, c.programme())
	for _, n := range list {
		v.Items = append(v.Items, reviewSource{string(n.Platform), n.Account, moment(n.ReadTo), n.Failure})
	}
	return v, err
}

type doorTraffic struct {
	Touchpoint string `json:"touchpoint" example:"tch_01h9x3k7q2v5n"`
	Door       string `json:"door" enum:"landing,review,private" doc:"The page of a card, or one of its two doors."`
	Platform   string `json:"platform,omitempty" enum:"yandex_maps,2gis,google,tripadvisor,otzovik,own" doc:"Where they went on to; missing for those who came to the door."`
	Visits     int64  `json:"visits" example:"12"`
}

type doorTrafficList struct {
	Items []doorTraffic `json:"items" nullable:"false"`
}

func (s *server) cardTraffic(ctx context.Context, c *call, in *periodIn) (doorTrafficList, error) {
	v := doorTrafficList{Items: []doorTraffic{}}
	from, to, err := in.period(s.Now().Add(time.Hour)) // the hour that goes on is in it
	if err != nil {
		return v, err
	}
	list, err := s.Touch.Traffic(ctx, c.actor, c.programme(), from, to)
	for _, n := range list {
		v.Items = append(v.Items, doorTraffic{n.TouchpointID.In(id.Touchpoint), string(n.Door), string(n.Platform), n.Visits})
	}
	return v, err
}
