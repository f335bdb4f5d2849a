package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/booking"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

const exampleService = `{"names": {"en": "A tasting"}, "abouts": {"en": "Six coffees, side by side."}, "minutes": 60, "every": 30, "places": 4, "shops": ["shp_01h9x3k7q2v5n"],
  "week": [{}, {"from": "10:00", "to": "18:00"}, {"from": "10:00", "to": "18:00"}, {"from": "10:00", "to": "18:00"}, {"from": "10:00", "to": "18:00"}, {"from": "10:00", "to": "14:00"}, {}],
  "ahead": 30, "notice": 24, "early_ranks": ["gold"], "early": 60}`

func (s *server) addServices() {
	read(s, operation{
		id: "list-services", method: http.MethodGet, path: "/v1/services", tag: tagBookings, needs: needs(auth.BookingsRead), summary: "List the services, what can be booked first",
	}, func(ctx context.Context, c *call, _ *nothing) (serviceList, error) {
		v := serviceList{Items: []serviceView{}}
		list, err := s.Bookings.Offerings(ctx, c.actor, c.programme())
		for _, o := range list {
			v.Items = append(v.Items, serviceOf(o))
		}
		return v, err
	})
	read(s, operation{
		id: "get-service", method: http.MethodGet, path: "/v1/services/{service}", tag: tagBookings, needs: needs(auth.BookingsRead), summary: "Get a service",
	}, func(ctx context.Context, c *call, in *serviceIn) (serviceView, error) {
		return s.service(ctx, c, c.actor, string(in.Service))
	})
	write(s, operation{
		id: "add-service", method: http.MethodPost, path: "/v1/services", tag: tagBookings, needs: needs(auth.ServicesWrite), created: true, summary: "Open a service for booking",
		text: "Words are yours, by language (en, ru, pl); at least a name in the programme's first is needed. Hours are by the shop's clock on the wall; on the holidays of the settings of cases nothing is given. " +
			"Ranks say for whom it is, early_ranks who can book early days ahead, before everybody else.",
		example: exampleService,
	}, func(ctx context.Context, c *call, _ *nothing, body *serviceSpec) (string, error) {
		spec, err := body.spec()
		if err != nil {
			return "", err
		}
		o, err := s.Bookings.Add(ctx, c.actor, c.programme(), spec)
		if err != nil {
			return "", err
		}
		return o.ID.In(id.Service), nil
	}, s.showService)
	write(s, operation{
		id: "change-service", method: http.MethodPut, path: "/v1/services/{service}", tag: tagBookings, needs: needs(auth.ServicesWrite), summary: "Change a service",
		text:    "Give the version that you read: if somebody changed it since, nothing is changed (409). What is booked stays as it is; fewer places than are booked at once are refused (409).",
		example: `{"version": 1, "service": ` + exampleService + `}`,
	}, func(ctx context.Context, c *call, in *serviceIn, body *changedService) (string, error) {
		which, err := parseID(id.Service, "service", string(in.Service))
		if err != nil {
			return "", err
		}
		spec, err := body.Service.spec()
		if err != nil {
			return "", within("/service", err)
		}
		_, err = s.Bookings.Change(ctx, c.actor, c.programme(), which, body.Version, spec)
		return string(in.Service), within("/service", err)
	}, s.showService)
	write(s, operation{
		id: "retire-service", method: http.MethodPost, path: "/v1/services/{service}/retire", tag: tagBookings, needs: needs(auth.ServicesWrite), summary: "Close a service for new bookings, for good",
		text: "Who is expected stays expected.",
	}, func(ctx context.Context, c *call, in *serviceIn, _ *nothing) (string, error) {
		which, err := parseID(id.Service, "service", string(in.Service))
		if err != nil {
			return "", err
		}
		_, err = s.Bookings.Retire(ctx, c.actor, c.programme(), which)
		return string(in.Service), err
	}, s.showService)
	read(s, operation{
		id: "list-free-times", method: http.MethodGet, path: "/v1/services/{service}/times", tag: tagBookings, needs: needs(auth.BookingsRead), summary: "List the free times of a day in a shop",
		text: "The day is the shop's own, of 23 to 25 hours. Name the member where the service is for ranks or opens earlier for some.",
	}, s.freeTimes)
}

// serviceIn names a service in an address.
type serviceIn struct {
	Service serviceID `path:"service"`
}

type serviceID string

// Schema describes it for the document.
func (serviceID) Schema(huma.Registry) *huma.Schema { return shown(id.Service, "The service.") }

// serviceSpec is what a manager says of a service.
type serviceSpec struct {
	Names      map[string]string `json:"names" doc:"What it is called, by language; 120 letters at most." example:"{\"en\": \"A tasting\"}"`
	Abouts     map[string]string `json:"abouts,omitempty" doc:"What it is, by language."`
	Minutes    int               `json:"minutes" minimum:"5" maximum:"720" doc:"How long it takes." example:"60"`
	Every      int               `json:"every,omitempty" minimum:"0" maximum:"720" doc:"Every so many minutes one can begin; 0 for one after the other." example:"30"`
	Places     int               `json:"places,omitempty" minimum:"0" maximum:"1000" doc:"How many are served at once in one shop; 1 when left out." example:"4"`
	Shops      []string          `json:"shops" nullable:"false" minItems:"1" maxItems:"1000" doc:"Where it is given."`
	Week       []caseHours       `json:"week" nullable:"false" minItems:"7" maxItems:"7" doc:"When it is given, from Monday to Sunday."`
	Ahead      int               `json:"ahead" minimum:"0" maximum:"365" doc:"How many days ahead it can be booked; 0 for today alone." example:"30"`
	Notice     int               `json:"notice,omitempty" minimum:"0" maximum:"336" doc:"How many hours before customers can still move or cancel it by themselves." example:"24"`
	Ranks      []string          `json:"ranks,omitempty" nullable:"false" maxItems:"50" doc:"The codes of the ranks that it is for; everybody when left out."`
	EarlyRanks []string          `json:"early_ranks,omitempty" nullable:"false" maxItems:"50" doc:"The codes of ranks that can book before everybody else." example:"[\"gold\"]"`
	Early      int               `json:"early,omitempty" minimum:"0" maximum:"365" doc:"How many days ahead early_ranks can book." example:"60"`
}

func (b *serviceSpec) spec() (booking.Spec, error) {
	n := booking.Spec{
		Names: b.Names, Abouts: b.Abouts, Minutes: b.Minutes, Every: b.Every, Places: b.Places, Ahead: b.Ahead, Notice: b.Notice,
		Ranks: b.Ranks, EarlyRanks: b.EarlyRanks, Early: b.Early,
	}
	var err error
	if n.Week, err = readWeek(b.Week, "/week"); err != nil {
		return n, err
	}
	n.Shops, err = shopIDs("/shops", b.Shops)
	return n, err
}

type changedService struct {
	Version int64       `json:"version" minimum:"1" doc:"That of the service as you read it." example:"1"`
	Service serviceSpec `json:"service"`
}

type serviceView struct {
	ID      string      `json:"service" example:"svc_01h9x3k7q2v5n"`
	Version int64       `json:"version" example:"1"`
	Spec    serviceSpec `json:"spec"`
	Made    time.Time   `json:"made"`
	Changed time.Time   `json:"changed"`
	Retired *time.Time  `json:"retired,omitempty"`
}

type serviceList struct {
	Items []serviceView `json:"items" nullable:"false"`
}

func serviceOf(o *booking.Offering) serviceView {
	n := o.Spec
	v := serviceView{ID: o.ID.In(id.Service), Version: o.Version, Made: o.Made, Changed: o.Changed, Retired: momentOf(o.Retired)}
	v.Spec = serviceSpec{
		Names: n.Names, Abouts: n.Abouts, Minutes: n.Minutes, Every: n.Every, Places: n.Places, Shops: []string{}, Week: weekViews(n.Week), Ahead: n.Ahead, Notice: n.Notice,
		Ranks: n.Ranks, EarlyRanks: n.EarlyRanks, Early: n.Early,
	}
	for _, x := range n.Shops {
		v.Spec.Shops = append(v.Spec.Shops, x.In(id.Shop))
	}
	return v
}

func (s *server) showService(ctx context.Context, c *call, subject string) (serviceView, error) {
	return s.service(ctx, c, watcher, subject)
}

func (s *server) service(ctx context.Context, c *call, a auth.Actor, subject string) (serviceView, error) {
	which, err := parseID(id.Service, "service", subject)
	if err != nil {
		return serviceView{}, err
	}
	o, err := s.Bookings.Offering(ctx, a, c.programme(), which)
	if err != nil {
		return serviceView{}, err
	}
	return serviceOf(o), nil
}

type timesIn struct {
	Service serviceID `path:"service"`
	Shop    string    `query:"shop" required:"true" example:"shp_01h9x3k7q2v5n"`
	Day     string    `query:"day" format:"date" doc:"Today when left out." example:"2026-12-24"`
	Member  string    `query:"member" doc:"For whom; a guest when left out." example:"mem_01h9x3k7q2v5n"`
}

type slotView struct {
	Begins time.Time `json:"begins" doc:"With the offset of the shop's zone." example:"2026-12-24T10:00:00+01:00"`
	Ends   time.Time `json:"ends" example:"2026-12-24T11:00:00+01:00"`
	Left   int       `json:"left" doc:"Places." example:"2"`
}

type timesView struct {
	Day     string     `json:"day" format:"date" example:"2026-12-24"`
	Last    string     `json:"last" format:"date" doc:"The last day that can be booked now." example:"2027-01-23"`
	Zone    string     `json:"zone" example:"Europe/Warsaw"`
	Refused string     `json:"refused,omitempty" doc:"The code of why the day cannot be booked at all." example:"booking_far"`
	Items   []slotView `json:"items" nullable:"false"`
}

func (s *server) freeTimes(ctx context.Context, c *call, in *timesIn) (timesView, error) {
	ask := booking.Ask{ProgrammeID: c.programme()}
	var err error
	if ask.ServiceID, err = parseID(id.Service, "service", string(in.Service)); err != nil {
		return timesView{}, err
	}
	if ask.ShopID, err = parseID(id.Shop, "shop", in.Shop); err != nil {
		return timesView{}, err
	}
	if in.Member != "" {
		if ask.MemberID, err = parseID(id.Member, "member", in.Member); err != nil {
			return timesView{}, err
		}
	}
	if in.Day != "" {
		zone, err := s.zoneOf(ctx, c, ask.ShopID)
		if err != nil {
			return timesView{}, err
		}
		if ask.Day, err = time.ParseInLocation(time.DateOnly, in.Day, zone); err != nil {
			return timesView{}, param("day", fault.Invalid("booking_day", "%q is no date such as 2026-12-24", in.Day).With("day", in.Day))
		}
	}
	t, err := s.Bookings.Free(ctx, c.actor, ask)
	if err != nil {
		return timesView{}, err
	}
	v := timesView{Day: t.Day.Format(time.DateOnly), Last: t.Last.Format(time.DateOnly), Zone: t.Zone.String(), Items: []slotView{}}
	if t.Refused != nil {
		v.Refused = t.Refused.Code
	}
	for _, n := range t.Slots {
		v.Items = append(v.Items, slotView{n.Begins.In(t.Zone), n.Ends.In(t.Zone), n.Left})
	}
	return v, nil
}

// zoneOf returns the zone of a shop, or the programme's where there is none such.
func (s *server) zoneOf(ctx context.Context, c *call, shop id.ID) (*time.Location, error) {
	shops, err := program.Shops(ctx, s.DB.Reader(), c.programme())
	for _, x := range shops {
		if x.ID == shop && err == nil {
			return booking.ZoneOf(&c.setting.Programme, x)
		}
	}
	return c.setting.Zone, err
}
