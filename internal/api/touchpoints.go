package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/touch"
)

const exampleTouchpoint = `{"kind": "parcel", "name": "Parcels of the web shop", "links": [{"platform": "google", "place": "ChIJN1t_tDeuEmsRUsoyG83frY4"}]}`

func (s *server) addTouchpoints() {
	read(s, operation{
		id: "list-touchpoints", method: http.MethodGet, path: "/v1/touchpoints", tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "List touchpoints", text: "Where customer and company meet, with the places where reviews are left.",
	}, func(ctx context.Context, c *call, _ *nothing) (touchpointList, error) {
		list, err := s.Touch.Touchpoints(ctx, c.actor, c.programme())
		v := touchpointList{Items: make([]touchpointView, len(list))}
		for i := range list {
			v.Items[i] = touchpointOf(&list[i])
		}
		return v, err
	})
	read(s, operation{
		id: "get-touchpoint", method: http.MethodGet, path: "/v1/touchpoints/{touchpoint}", tag: tagTouch, needs: needs(auth.TouchRead), summary: "Get a touchpoint",
	}, func(ctx context.Context, c *call, in *touchpointIn) (touchpointView, error) {
		n, err := in.id()
		if err != nil {
			return touchpointView{}, err
		}
		t, err := s.Touch.Touchpoint(ctx, c.actor, c.programme(), n)
		return touchpointOf(&t), err
	})
	write(s, operation{
		id: "create-touchpoint", method: http.MethodPost, path: "/v1/touchpoints", tag: tagTouch, needs: needs(auth.TouchWrite), created: true,
		summary: "Add a touchpoint", example: exampleTouchpoint,
	}, func(ctx context.Context, c *call, _ *nothing, body *touchpointSpec) (string, error) {
		spec, err := body.spec()
		if err != nil {
			return "", err
		}
		t, err := s.Touch.CreateTouchpoint(ctx, c.actor, c.programme(), spec)
		return t.ID.In(id.Touchpoint), err
	}, s.showTouchpoint)
	write(s, operation{
		id: "change-touchpoint", method: http.MethodPut, path: "/v1/touchpoints/{touchpoint}", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Write what a touchpoint is", text: "Links hold at once for cards that are printed already. What is left out is not said any more.", example: exampleTouchpoint,
	}, func(ctx context.Context, c *call, in *touchpointIn, body *touchpointSpec) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		spec, err := body.spec()
		if err != nil {
			return "", err
		}
		_, err = s.Touch.UpdateTouchpoint(ctx, c.actor, c.programme(), n, spec)
		return n.In(id.Touchpoint), err
	}, s.showTouchpoint)
}

type touchpointIn struct {
	Touchpoint touchpointID `path:"touchpoint"`
}

func (in touchpointIn) id() (id.ID, error) {
	return parseID(id.Touchpoint, "touchpoint", string(in.Touchpoint))
}

type touchpointID string

// Schema describes it for the document.
func (touchpointID) Schema(huma.Registry) *huma.Schema {
	return shown(id.Touchpoint, "The touchpoint.")
}

func (s *server) showTouchpoint(ctx context.Context, c *call, subject string) (touchpointView, error) {
	n, err := parseID(id.Touchpoint, "touchpoint", subject)
	if err != nil {
		return touchpointView{}, err
	}
	t, err := s.Touch.Touchpoint(ctx, watcher, c.programme(), n)
	return touchpointOf(&t), err
}

type touchpointSpec struct {
	Kind   string      `json:"kind" enum:"shop,parcel,site,phone,event"`
	Name   string      `json:"name" minLength:"1" maxLength:"400" example:"Parcels of the web shop"`
	Shop   string      `json:"shop,omitempty" maxLength:"40" doc:"The shop that it belongs to." example:"shp_01h9x3k7q2v5n"`
	Links  []touchLink `json:"links,omitempty" nullable:"false" maxItems:"12" doc:"Where a review can be left, in the order in which the page shows them. Cards need one at least."`
	Closed bool        `json:"closed,omitempty" doc:"It gets no new cards; those that are out go on working."`
}

type touchLink struct {
	Platform string `json:"platform" enum:"yandex_maps,2gis,google,tripadvisor,otzovik,own"`
	Place    string `json:"place,omitempty" maxLength:"200" doc:"The id of the place at the platform." example:"ChIJN1t_tDeuEmsRUsoyG83frY4"`
	Template string `json:"template,omitempty" maxLength:"1000" doc:"The whole https address, with {place} for the id; the platform's own when left out. An own page needs it."`
	Address  string `json:"address,omitempty" maxLength:"1500" doc:"Where the link leads. It is worked out: what is sent here is not read."`
}

func (n *touchpointSpec) spec() (touch.TouchpointSpec, error) {
	s := touch.TouchpointSpec{Kind: touch.Kind(n.Kind), Name: n.Name, Closed: n.Closed}
	for _, l := range n.Links {
		s.Links = append(s.Links, touch.Link{Platform: touch.Platform(l.Platform), Place: l.Place, Template: l.Template})
	}
	if n.Shop == "" {
		return s, nil
	}
	var err error
	s.ShopID, err = id.Parse(id.Shop, n.Shop)
	return s, fault.At("/shop", err)
}

type touchpointView struct {
	Touchpoint string         `json:"touchpoint" example:"tch_01h9x3k7q2v5n"`
	Made       time.Time      `json:"made"`
	Says       touchpointSpec `json:"says"`
}

type touchpointList struct {
	Items []touchpointView `json:"items" nullable:"false" doc:"Those first that were made first."`
}

func touchpointOf(t *touch.Touchpoint) touchpointView {
	v := touchpointView{Touchpoint: t.ID.In(id.Touchpoint), Made: t.Made, Says: touchpointSpec{Kind: string(t.Kind), Name: t.Name, Closed: t.Closed}}
	if t.ShopID != 0 {
		v.Says.Shop = t.ShopID.In(id.Shop)
	}
	for _, l := range t.Links {
		v.Says.Links = append(v.Says.Links, touchLink{string(l.Platform), l.Place, l.Template, l.Address()})
	}
	return v
}
