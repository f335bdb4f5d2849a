package api

import (
	"context"
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promise"
)

// promiseView is what a customer was promised.
type promiseView struct {
	Promise    string          `json:"promise" example:"prm_01h9x3k7q2v5n"`
	Member     string          `json:"member,omitempty" example:"mem_01h9x3k7q2v5n"`
	Shop       string          `json:"shop,omitempty" doc:"The shop's id." example:"shp_01h9x3k7q2v5n"`
	Kind       string          `json:"kind" enum:"delivery,price,refund,repair,warranty,call_back,answer"`
	What       string          `json:"what,omitempty" example:"A teapot"`
	Source     string          `json:"source" example:"shop"`
	ExternalID string          `json:"external_id" example:"d-1001"`
	Order      string          `json:"order,omitempty" example:"1001"`
	State      string          `json:"state" enum:"open,kept,broken,withdrawn"`
	Made       time.Time       `json:"made"`
	PromisedBy *time.Time      `json:"promised_by,omitempty" doc:"The first promise, by which it is judged."`
	Longer     int             `json:"longer_months,omitempty" doc:"Of a warranty: how many months of it the member's rank gave, beyond what was promised."`
	Grace      int             `json:"grace_minutes"`
	Expected   *time.Time      `json:"expected,omitempty" doc:"The promise that holds now."`
	Shown      int64           `json:"shown,omitempty" doc:"The price that was shown, in minor units."`
	Charged    *int64          `json:"charged,omitempty" doc:"What was charged, in minor units."`
	Parts      []pricePiece    `json:"parts,omitempty" doc:"What a price was made of, where it was shown by parts."`
	Actual     *time.Time      `json:"actual,omitempty" doc:"When it came true."`
	Decided    *time.Time      `json:"decided,omitempty" doc:"When it became clear what came of it."`
	Warned     *time.Time      `json:"warned,omitempty" doc:"When staff were told that it is about to break."`
	Mended     *time.Time      `json:"mended,omitempty" doc:"When a broken one was put right."`
	Note       string          `json:"note,omitempty" doc:"Why it was withdrawn, or how it was put right."`
	Changes    []promiseChange `json:"changes,omitempty" doc:"What replaced the first promise, only where one promise is asked for."`
}

type promiseChange struct {
	Expected time.Time `json:"expected"`
	At       time.Time `json:"at"`
	Reason   string    `json:"reason"`
}

func promiseOf(p *promise.Promise) promiseView {
	v := promiseView{
		Promise: p.ID.In(id.Promise), Kind: string(p.Kind), What: p.What, Source: p.Source, ExternalID: p.ExternalID, Order: p.Order, State: string(p.State),
		Made: p.Made, PromisedBy: moment(p.Due), Longer: p.Longer, Grace: int(p.Grace / time.Minute), Expected: moment(p.Expected), Shown: p.Shown, Actual: moment(p.Actual),
		Decided: moment(p.Decided), Warned: moment(p.Warned), Mended: moment(p.Mended), Note: p.Note,
	}
	if p.MemberID != 0 {
		v.Member = p.MemberID.In(id.Member)
	}
	if p.ShopID != 0 {
		v.Shop = p.ShopID.In(id.Shop)
	}
	if p.Kind == promise.Price && !p.Actual.IsZero() {
		v.Charged = &p.Charged
	}
	v.Parts = piecesOf(p)
	return v
}

// promisedBy points a failure of the first time at the field as it is called
// here.
func promisedBy(err error) error {
	list := slices.Clone(fault.All(err))
	if len(list) == 0 {
		return err
	}
	for i, f := range list {
		if f.Field == "/due" {
			at := *f
			at.Field = "/promised_by"
			list[i] = &at
		}
	}
	return fault.Join(list...)
}

// promiseRates is how promises were kept.
type promiseRates struct {
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to"`
	Whole    promiseRate   `json:"whole"`
	ByShop   []promiseRate `json:"by_shop" nullable:"false"`
	ByKind   []promiseRate `json:"by_kind" nullable:"false"`
	ByMonth  []promiseRate `json:"by_month" nullable:"false"`
	ByPart   []partRate    `json:"by_part" nullable:"false" doc:"Of prices that were shown and charged by parts."`
	Prices   pricesCharged `json:"prices"`
	Soon     int64         `json:"about_to_break" doc:"Open ones of which staff were warned."`
	Unmended int64         `json:"unmended" doc:"Broken ones that nobody has put right."`
}

type promiseRate struct {
	Shop        string     `json:"shop,omitempty" doc:"Missing for promises of no shop." example:"shp_01h9x3k7q2v5n"`
	Kind        string     `json:"kind,omitempty" example:"delivery"`
	Month       *time.Time `json:"month,omitempty" doc:"Where the month begins within the span: a month of the programme's zone, told in UTC like every time."`
	Kept        int64      `json:"kept" example:"97"`
	Broken      int64      `json:"broken" example:"3"`
	Withdrawn   int64      `json:"withdrawn" doc:"Beside them; they count for neither."`
	Share       *float64   `json:"share,omitempty" doc:"Kept of kept and broken; none under 10." example:"0.97"`
	Low         *float64   `json:"low,omitempty" example:"0.915"`
	High        *float64   `json:"high,omitempty" example:"0.99"`
	Preliminary bool       `json:"preliminary,omitempty" doc:"Under 30."`
}

func rateOf(r promise.Rate) promiseRate {
	v := promiseRate{Kind: string(r.Kind), Month: moment(r.Month), Kept: r.Kept, Broken: r.Broken, Withdrawn: r.Withdrawn}
	if r.ShopID != 0 {
		v.Shop = r.ShopID.In(id.Shop)
	}
	if r.N() >= promise.FewestShown {
		i := r.Share()
		v.Share, v.Low, v.High, v.Preliminary = &i.Value, &i.Low, &i.High, r.N() < promise.FewestFirm
	}
	return v
}

func (s *server) promiseRates(ctx context.Context, c *call, in *promiseRatesIn) (promiseRates, error) {
	from, err := in.From.time("from")
	if err != nil {
		return promiseRates{}, err
	}
	to, err := in.To.time("to")
	if err != nil {
		return promiseRates{}, err
	}
	r, err := s.Promises.Rates(ctx, c.actor, c.programme(), from, to)
	if err != nil {
		if f := fault.As(err); f != nil && f.Field == "/from" {
			err = param("from", fault.Invalid(f.Code, "%s", f.Message))
		}
		return promiseRates{}, err
	}
	v := promiseRates{From: r.From, To: r.To, Whole: rateOf(r.Whole), Soon: r.Counts.Soon, Unmended: r.Counts.Unmended}
	v.ByPart, v.Prices = partRatesOf(r.ByPart), pricesCharged(r.Prices)
	for _, part := range []struct {
		list []promise.Rate
		into *[]promiseRate
	}{{r.ByShop, &v.ByShop}, {r.ByKind, &v.ByKind}, {r.ByMonth, &v.ByMonth}} {
		*part.into = make([]promiseRate, len(part.list))
		for i, one := range part.list {
			(*part.into)[i] = rateOf(one)
		}
	}
	return v, nil
}
