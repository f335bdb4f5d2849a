package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/gesture"
	"regulars/internal/id"
	"regulars/internal/money"
)

const exampleGesture = `{"kind": "gesture", "names": {"en": "A biscuit with the coffee"}, "fits": {"en": "They come in out of the rain."}, "does": {"en": "Put one on the saucer and say that it is from us."},
  "cost": 20, "every_days": 365, "month_most": 100, "calm_days": 14, "withhold": 2000}`

func (s *server) addGestures() {
	read(s, operation{
		id: "list-gestures", method: http.MethodGet, path: "/v1/gestures", tag: tagGestures, needs: needs(auth.GesturesRead),
		summary: "List the library of gestures and tips, what is in use first",
	}, func(ctx context.Context, c *call, _ *nothing) (gestureList, error) {
		v := gestureList{Items: []gestureView{}}
		list, err := s.Gestures.List(ctx, c.actor, c.programme())
		for _, g := range list {
			v.Items = append(v.Items, gestureOf(g))
		}
		return v, err
	})
	read(s, operation{
		id: "get-gesture", method: http.MethodGet, path: "/v1/gestures/{gesture}", tag: tagGestures, needs: needs(auth.GesturesRead), summary: "Get a gesture",
	}, func(ctx context.Context, c *call, in *gestureIn) (gestureView, error) {
		return s.gesture(ctx, c, c.actor, string(in.Gesture))
	})
	write(s, operation{
		id: "add-gesture", method: http.MethodPost, path: "/v1/gestures", tag: tagGestures, needs: needs(auth.GesturesWrite), created: true, summary: "Add a gesture to the library",
		text: "Words are yours, by language (en, ru, pl); at least the programme's first is needed for the name and for what to do. A gesture is given once: every_days is at least 30, and 365 when left out. " +
			"A tip is advice in the customer's interest: it costs nothing and nobody is held out from it.",
		example: exampleGesture,
	}, func(ctx context.Context, c *call, _ *nothing, body *gestureSpec) (string, error) {
		spec, err := body.spec()
		if err != nil {
			return "", err
		}
		g, err := s.Gestures.Add(ctx, c.actor, c.programme(), spec)
		if err != nil {
			return "", err
		}
		return g.ID.In(id.Gesture), nil
	}, s.showGesture)
	write(s, operation{
		id: "change-gesture", method: http.MethodPut, path: "/v1/gestures/{gesture}", tag: tagGestures, needs: needs(auth.GesturesWrite), summary: "Change a gesture",
		text:    "Give the version that you read: if somebody changed it since, nothing is changed (409). What was given stays as it was. Another share of those held out begins the measurement anew.",
		example: `{"version": 1, "gesture": ` + exampleGesture + `}`,
	}, func(ctx context.Context, c *call, in *gestureIn, body *changedGesture) (string, error) {
		which, err := parseID(id.Gesture, "gesture", string(in.Gesture))
		if err != nil {
			return "", err
		}
		spec, err := body.Gesture.spec()
		if err != nil {
			return "", within("/gesture", err)
		}
		_, err = s.Gestures.Change(ctx, c.actor, c.programme(), which, body.Version, spec)
		return string(in.Gesture), within("/gesture", err)
	}, s.showGesture)
	write(s, operation{
		id: "retire-gesture", method: http.MethodPost, path: "/v1/gestures/{gesture}/retire", tag: tagGestures, needs: needs(auth.GesturesWrite), summary: "Take a gesture out of use for good",
		text: "What follows is then compared: see the results.",
	}, func(ctx context.Context, c *call, in *gestureIn, _ *nothing) (string, error) {
		which, err := parseID(id.Gesture, "gesture", string(in.Gesture))
		if err != nil {
			return "", err
		}
		_, err = s.Gestures.Retire(ctx, c.actor, c.programme(), which)
		return string(in.Gesture), err
	}, s.showGesture)
	s.addGivings()
}

// gestureIn names a gesture in an address.
type gestureIn struct {
	Gesture gestureID `path:"gesture"`
}

type gestureID string

// Schema describes it for the document.
func (gestureID) Schema(huma.Registry) *huma.Schema { return shown(id.Gesture, "The gesture.") }

// gestureSpec is what a manager says of a gesture.
type gestureSpec struct {
	Kind       string            `json:"kind,omitempty" enum:"gesture,tip" doc:"gesture when left out." example:"gesture"`
	Names      map[string]string `json:"names" doc:"What it is called, by language; 120 letters at most." example:"{\"en\": \"A biscuit with the coffee\"}"`
	Fits       map[string]string `json:"fits,omitempty" doc:"When it is fitting, by language."`
	Does       map[string]string `json:"does" doc:"What to do and say, by language." example:"{\"en\": \"Put one on the saucer.\"}"`
	Cost       int64             `json:"cost,omitempty" minimum:"0" doc:"Of one, in minor units; 0 for a tip." example:"20"`
	Currency   string            `json:"currency,omitempty" doc:"The programme's, also when left out." example:"GBP"`
	Roles      []string          `json:"roles,omitempty" nullable:"false" maxItems:"6" doc:"Who of the staff may give it; all who may give gestures when left out."`
	EveryDays  int               `json:"every_days,omitempty" minimum:"0" maximum:"3650" doc:"How long a member gets no second one: at least 30 for a gesture; 0 for no limit for a tip." example:"365"`
	MonthMost  int64             `json:"month_most,omitempty" minimum:"0" doc:"How many one shop may give in a calendar month; 0 for no limit." example:"100"`
	Shops      []string          `json:"shops,omitempty" nullable:"false" maxItems:"1000" doc:"Which shops give it; all when left out."`
	CalmDays   int               `json:"calm_days,omitempty" minimum:"0" maximum:"365" doc:"How many days must have passed since a complaint of the member was solved." example:"14"`
	DuringCase bool              `json:"during_case,omitempty" doc:"Whether it may be given while a complaint of the member is open."`
	Withhold   int               `json:"withhold,omitempty" minimum:"0" maximum:"5000" doc:"How many of 10,000 members the draw holds out, so that the effect is measured." example:"2000"`
}

func (b *gestureSpec) spec() (gesture.Spec, error) {
	n := gesture.Spec{
		Kind: gesture.Kind(b.Kind), Names: b.Names, Fits: b.Fits, Does: b.Does, Cost: b.Cost, Currency: money.Currency(b.Currency), EveryDays: b.EveryDays, MonthMost: b.MonthMost,
		CalmDays: b.CalmDays, DuringCase: b.DuringCase, Withhold: b.Withhold,
	}
	for _, r := range b.Roles {
		n.Roles = append(n.Roles, auth.Role(r))
	}
	var err error
	n.Shops, err = shopIDs("/shops", b.Shops)
	return n, err
}

type changedGesture struct {
	Version int64       `json:"version" minimum:"1" doc:"That of the gesture as you read it." example:"1"`
	Gesture gestureSpec `json:"gesture"`
}

type gestureView struct {
	ID       string      `json:"gesture" example:"gst_01h9x3k7q2v5n"`
	Version  int64       `json:"version" example:"1"`
	Spec     gestureSpec `json:"spec"`
	Measured *time.Time  `json:"measured_since,omitempty" doc:"Since when the present share of members is held out."`
	Made     time.Time   `json:"made"`
	Changed  time.Time   `json:"changed"`
	Retired  *time.Time  `json:"retired,omitempty"`
}

type gestureList struct {
	Items []gestureView `json:"items" nullable:"false"`
}

func gestureOf(g *gesture.Gesture) gestureView {
	n := g.Spec
	v := gestureView{ID: g.ID.In(id.Gesture), Version: g.Version, Measured: momentOf(g.Measured), Made: g.Made, Changed: g.Changed, Retired: momentOf(g.Retired)}
	v.Spec = gestureSpec{
		Kind: string(n.Kind), Names: n.Names, Fits: n.Fits, Does: n.Does, Cost: n.Cost, Currency: string(n.Currency), EveryDays: n.EveryDays, MonthMost: n.MonthMost,
		CalmDays: n.CalmDays, DuringCase: n.DuringCase, Withhold: n.Withhold, Roles: []string{}, Shops: []string{},
	}
	for _, r := range n.Roles {
		v.Spec.Roles = append(v.Spec.Roles, string(r))
	}
	for _, x := range n.Shops {
		v.Spec.Shops = append(v.Spec.Shops, x.In(id.Shop))
	}
	return v
}

func (s *server) showGesture(ctx context.Context, c *call, subject string) (gestureView, error) {
	return s.gesture(ctx, c, watcher, subject)
}

func (s *server) gesture(ctx context.Context, c *call, a auth.Actor, subject string) (gestureView, error) {
	which, err := parseID(id.Gesture, "gesture", subject)
	if err != nil {
		return gestureView{}, err
	}
	g, err := s.Gestures.Get(ctx, a, c.programme(), which)
	if err != nil {
		return gestureView{}, err
	}
	return gestureOf(g), nil
}
