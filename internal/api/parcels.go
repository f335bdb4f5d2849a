package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promise"
)

func (s *server) addParcels() {
	read(s, operation{
		id: "list-parcels", method: http.MethodGet, path: "/v1/parcels", tag: tagPromises, needs: needs(auth.PromisesRead), summary: "List parcels, the latest first",
	}, s.listParcels)
	read(s, operation{
		id: "get-parcel", method: http.MethodGet, path: "/v1/parcels/{parcel}", tag: tagPromises, needs: needs(auth.PromisesRead),
		summary: "Get a parcel with all that was told of it",
	}, func(ctx context.Context, c *call, in *parcelIn) (parcelView, error) {
		return s.parcelTo(ctx, c, c.actor, string(in.Parcel))
	})
	write(s, operation{
		id: "register-parcel", method: http.MethodPost, path: "/v1/parcels", tag: tagPromises, needs: needs(auth.PromisesWrite), created: true,
		summary: "Register a parcel with the promise of its delivery",
		text: "The carrier's number names it: sent again it is the same parcel, also where the carrier told of it first. The answer's code opens /track/{code} for the customer; " +
			"so do the order number and a postcode or the end of a telephone number, of which only digests are kept.",
		example: `{"carrier": "dpd", "number": "RM123456", "source": "shop", "order": "1001", "postcode": "SW1A 1AA", "promised_by": "2026-11-24T18:00:00Z"}`,
	}, s.registerParcel, s.showParcel)
	write(s, operation{
		id: "add-parcel-events", method: http.MethodPost, path: "/v1/parcels/{parcel}/events", tag: tagPromises, needs: needs(auth.PromisesWrite),
		summary: "Say what a carrier told of a parcel",
		text:    "In any order, as often as you like: an event of a name that is known changes nothing. Where the parcel is follows from all of them by their own times.",
		example: `{"events": [{"status": "delivered", "occurred": "2026-11-24T15:30:00Z", "place": "Łódź", "text": "Signed at the door"}]}`,
	}, s.followParcel, s.showParcel)
}

type parcelIn struct {
	Parcel parcelID `path:"parcel"`
}

type parcelID string

// Schema describes it for the document.
func (parcelID) Schema(huma.Registry) *huma.Schema { return shown(id.Parcel, "The parcel.") }

type parcelListIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	Status string `query:"status" doc:"created, in_transit, out_for_delivery, delivered, failed or returned; all when left out."`
	Order  string `query:"order" doc:"The reference of an order."`
	Number string `query:"number" doc:"The carrier's number."`
}

func (s *server) listParcels(ctx context.Context, c *call, in *parcelListIn) (page[parcelView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[parcelView]{}, err
	}
	at, err := inParcels.read(in.Cursor, 1)
	if err != nil {
		return page[parcelView]{}, err
	}
	if err := oneOf("status", in.Status, promise.Statuses()); err != nil {
		return page[parcelView]{}, err
	}
	list, err := s.Promises.Parcels(ctx, c.actor, promise.ParcelQuery{
		ProgrammeID: c.programme(), Status: promise.Status(in.Status), Order: in.Order, Number: in.Number, Before: id.ID(at[0]), Limit: size + 1,
	})
	return paged(inParcels, list, size, parcelOf, func(p *promise.Parcel) []int64 { return []int64{int64(p.ID)} }), err
}

type newParcel struct {
	Member     string    `json:"member,omitempty" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	Shop       string    `json:"shop,omitempty" maxLength:"40" doc:"The code of the shop that sends it." example:"soho"`
	Carrier    string    `json:"carrier,omitempty" maxLength:"200" example:"dpd"`
	Number     string    `json:"number" minLength:"1" maxLength:"200" example:"RM123456"`
	Source     string    `json:"source,omitempty" maxLength:"200" doc:"Who named the order." example:"shop"`
	Order      string    `json:"order,omitempty" maxLength:"200" example:"1001"`
	Postcode   string    `json:"postcode,omitempty" maxLength:"200" example:"SW1A 1AA"`
	Phone      string    `json:"phone,omitempty" maxLength:"200" example:"+44 20 7946 0018"`
	Country    string    `json:"country,omitempty" maxLength:"2" doc:"Where it goes, ISO 3166; rules of returns may ask." example:"GB"`
	What       string    `json:"what,omitempty" maxLength:"500" example:"A teapot"`
	PromisedBy time.Time `json:"promised_by,omitzero" doc:"By when it was promised; nothing is promised when left out."`
}

func (s *server) registerParcel(ctx context.Context, c *call, _ *nothing, body *newParcel) (string, error) {
	n := promise.NewParcel{
		ProgrammeID: c.programme(), Shop: body.Shop, Carrier: body.Carrier, Number: body.Number, Source: body.Source, Order: body.Order,
		Postcode: body.Postcode, Phone: body.Phone, Country: body.Country, What: body.What, Promised: body.PromisedBy,
	}
	if body.Member != "" {
		m, err := id.Parse(id.Member, body.Member)
		if err != nil {
			return "", fault.At("/member", err)
		}
		n.MemberID = m
	}
	p, err := s.Promises.Register(ctx, c.actor, n)
	if err != nil {
		return "", err
	}
	return p.ID.In(id.Parcel), nil
}

type parcelEvents struct {
	Events []parcelEvent `json:"events" minItems:"1" maxItems:"500"`
}

type parcelEvent struct {
	ExternalID string    `json:"external_id,omitempty" maxLength:"200" doc:"Names it among those of the parcel; when left out, what it says names it." example:"ev-1"`
	Status     string    `json:"status" enum:"created,in_transit,out_for_delivery,delivered,failed,returned"`
	Occurred   time.Time `json:"occurred"`
	Place      string    `json:"place,omitempty" maxLength:"500" example:"Łódź"`
	Text       string    `json:"text,omitempty" maxLength:"500" example:"Signed at the door"`
}

func (s *server) followParcel(ctx context.Context, c *call, in *parcelIn, body *parcelEvents) (string, error) {
	n, err := parseID(id.Parcel, "parcel", string(in.Parcel))
	if err != nil {
		return "", err
	}
	scans := make([]promise.Scan, len(body.Events))
	for i, e := range body.Events {
		scans[i] = promise.Scan{ExternalID: e.ExternalID, Status: promise.Status(e.Status), Occurred: e.Occurred, Place: e.Place, Words: e.Text}
	}
	p, err := s.Promises.Follow(ctx, c.actor, c.programme(), n, scans)
	if err != nil {
		return "", err
	}
	return p.ID.In(id.Parcel), nil
}

func (s *server) showParcel(ctx context.Context, c *call, subject string) (parcelView, error) {
	return s.parcelTo(ctx, c, watcher, subject)
}

func (s *server) parcelTo(ctx context.Context, c *call, a auth.Actor, subject string) (parcelView, error) {
	n, err := parseID(id.Parcel, "parcel", subject)
	if err != nil {
		return parcelView{}, err
	}
	t, err := s.Promises.Parcel(ctx, a, c.programme(), n)
	if err != nil {
		return parcelView{}, err
	}
	v := parcelOf(t.Parcel)
	for _, e := range t.Scans {
		v.Events = append(v.Events, parcelEvent{e.ExternalID, string(e.Status), e.Occurred, e.Place, e.Words})
	}
	return v, nil
}

// parcelView is what is on its way to a customer.
type parcelView struct {
	Parcel    string        `json:"parcel" example:"pcl_01h9x3k7q2v5n"`
	Member    string        `json:"member,omitempty" example:"mem_01h9x3k7q2v5n"`
	Promise   string        `json:"promise,omitempty" doc:"The promise of its delivery." example:"prm_01h9x3k7q2v5n"`
	Carrier   string        `json:"carrier,omitempty" example:"dpd"`
	Number    string        `json:"number" example:"RM123456"`
	Order     string        `json:"order,omitempty" example:"1001"`
	Country   string        `json:"country,omitempty" example:"GB"`
	Code      string        `json:"code" doc:"Opens /track/{code}, for whoever has it." example:"7h3k9m2p4q6r8s0t1v5w"`
	Status    string        `json:"status" enum:"created,in_transit,out_for_delivery,delivered,failed,returned"`
	Made      time.Time     `json:"made"`
	Happened  *time.Time    `json:"happened,omitempty" doc:"When it came to where it is."`
	Delivered *time.Time    `json:"delivered,omitempty"`
	Events    []parcelEvent `json:"events,omitempty" doc:"Only where one parcel is asked for; in the order of their times."`
}

func parcelOf(p *promise.Parcel) parcelView {
	v := parcelView{
		Parcel: p.ID.In(id.Parcel), Carrier: p.Carrier, Number: p.Number, Order: p.Order, Country: p.Country, Code: p.Code, Status: string(p.Status),
		Made: p.Made, Happened: moment(p.Happened), Delivered: moment(p.Delivered),
	}
	if p.MemberID != 0 {
		v.Member = p.MemberID.In(id.Member)
	}
	if p.PromiseID != 0 {
		v.Promise = p.PromiseID.In(id.Promise)
	}
	return v
}
