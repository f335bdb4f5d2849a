package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/touch"
)

const exampleFeed = `{"address": "https://example.com/feed.xml", "name": "Town paper", "words": ["Corner Shop"], "minutes": 60, "burst": 5}`

func (s *server) addFeeds() {
	read(s, operation{
		id: "list-feeds", method: http.MethodGet, path: "/v1/feeds", tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "List the feeds that are watched", text: "RSS, Atom and JSON feeds, with what went wrong when they were read.",
	}, func(ctx context.Context, c *call, _ *nothing) (feedList, error) {
		list, err := s.Touch.Feeds(ctx, c.actor, c.programme())
		v := feedList{Items: make([]feedView, len(list))}
		for i, f := range list {
			v.Items[i] = feedOf(f)
		}
		return v, err
	})
	read(s, operation{
		id: "get-feed", method: http.MethodGet, path: "/v1/feeds/{feed}", tag: tagTouch, needs: needs(auth.TouchRead), summary: "Get a feed",
	}, func(ctx context.Context, c *call, in *feedIn) (feedView, error) {
		n, err := in.id()
		if err != nil {
			return feedView{}, err
		}
		f, err := s.Touch.Feed(ctx, c.actor, c.programme(), n)
		return feedOf(f), err
	})
	write(s, operation{
		id: "create-feed", method: http.MethodPost, path: "/v1/feeds", tag: tagTouch, needs: needs(auth.TouchWrite), created: true,
		summary: "Watch a feed", text: "It is read within a minute, and then at its interval; after failures later each time. " +
			"Addresses within the network that the server stands in are refused, unless whoever runs it allows them.", example: exampleFeed,
	}, func(ctx context.Context, c *call, _ *nothing, body *feedSpec) (string, error) {
		f, err := s.Touch.CreateFeed(ctx, c.actor, c.programme(), body.spec())
		return f.ID.In(id.Feed), err
	}, s.showFeed)
	write(s, operation{
		id: "change-feed", method: http.MethodPut, path: "/v1/feeds/{feed}", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Write what a feed is", text: "What was found in it stays. It is read again at once.", example: exampleFeed,
	}, func(ctx context.Context, c *call, in *feedIn, body *feedSpec) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Touch.UpdateFeed(ctx, c.actor, c.programme(), n, body.spec())
		return n.In(id.Feed), err
	}, s.showFeed)
	write(s, operation{
		id: "read-feed", method: http.MethodPost, path: "/v1/feeds/{feed}/read", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Have a feed read at once", text: "Within a minute, whenever it is due.",
	}, func(ctx context.Context, c *call, in *feedIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Touch.ReadSoon(ctx, c.actor, c.programme(), n)
		return n.In(id.Feed), err
	}, s.showFeed)
}

type feedIn struct {
	Feed feedID `path:"feed"`
}

func (in feedIn) id() (id.ID, error) { return parseID(id.Feed, "feed", string(in.Feed)) }

type feedID string

// Schema describes it for the document.
func (feedID) Schema(huma.Registry) *huma.Schema { return shown(id.Feed, "The feed.") }

func (s *server) showFeed(ctx context.Context, c *call, subject string) (feedView, error) {
	n, err := parseID(id.Feed, "feed", subject)
	if err != nil {
		return feedView{}, err
	}
	f, err := s.Touch.Feed(ctx, watcher, c.programme(), n)
	return feedOf(f), err
}

type feedSpec struct {
	Address string   `json:"address" minLength:"1" maxLength:"2000" example:"https://example.com/feed.xml"`
	Name    string   `json:"name,omitempty" maxLength:"400" doc:"The host of the address when left out." example:"Town paper"`
	Words   []string `json:"words,omitempty" maxItems:"20" nullable:"false" doc:"One of them must stand in an entry, in any form of its words; every entry is a mention when left out."`
	Minutes int64    `json:"minutes" minimum:"15" maximum:"10080" doc:"How often it is read." example:"60"`
	Burst   int64    `json:"burst,omitempty" minimum:"0" maximum:"1000" doc:"How many mentions of a day, not yet settled, raise an alarm; none when left out." example:"5"`
	Paused  bool     `json:"paused,omitempty" doc:"It is not read."`
}

func (n *feedSpec) spec() touch.FeedSpec {
	return touch.FeedSpec{Address: n.Address, Name: n.Name, Words: n.Words, Minutes: n.Minutes, Burst: n.Burst, Paused: n.Paused}
}

type feedList struct {
	Items []feedView `json:"items" nullable:"false"`
}

type feedView struct {
	Feed     string     `json:"feed" example:"fed_01h9x3k7q2v5n"`
	Address  string     `json:"address" example:"https://example.com/feed.xml"`
	Name     string     `json:"name" example:"Town paper"`
	Words    []string   `json:"words" nullable:"false"`
	Minutes  int64      `json:"minutes" example:"60"`
	Burst    int64      `json:"burst"`
	Paused   bool       `json:"paused"`
	Read     *time.Time `json:"read,omitempty" doc:"When it was last read well."`
	Next     *time.Time `json:"next,omitempty" doc:"When it is due again."`
	Failure  string     `json:"failure,omitempty" enum:"unreachable,private,redirects,status,large,unreadable" doc:"What went wrong with the last look."`
	Detail   string     `json:"detail,omitempty" doc:"The number that belongs to the failure: the status, or the largest size in MB."`
	Failures int64      `json:"failures" doc:"How often in a row."`
}

func feedOf(f *touch.Feed) feedView {
	if f == nil {
		return feedView{Words: []string{}}
	}
	v := feedView{
		Feed: f.ID.In(id.Feed), Address: f.Address, Name: f.Name, Words: append([]string{}, f.Words...), Minutes: f.Minutes, Burst: f.Burst, Paused: f.Paused,
		Read: moment(f.Read), Failure: string(f.Failure), Detail: f.Detail, Failures: f.Failures,
	}
	if !f.Paused {
		v.Next = moment(f.Next)
	}
	return v
}
