package api

import "regulars/internal/promise"

// pricePart is one part of a price.
type pricePart struct {
	Part   string `json:"part" enum:"goods,delivery,service_fee,tax,other" doc:"tax is tax and duty; a discount is taken off the part that it lowers." example:"delivery"`
	Amount int64  `json:"amount" minimum:"0" doc:"In minor units of the programme's currency." example:"240"`
}

func amountsOf(list []pricePart) []promise.Amount {
	var all []promise.Amount
	for _, p := range list {
		all = append(all, promise.Amount{Part: promise.Part(p.Part), Minor: p.Amount})
	}
	return all
}

// pricePiece is a part of a price beside what was charged for it.
type pricePiece struct {
	Part    string `json:"part" enum:"goods,delivery,service_fee,tax,other"`
	Shown   *int64 `json:"shown,omitempty" doc:"In minor units; left out where the customer was not told of it." example:"0"`
	Charged *int64 `json:"charged,omitempty" doc:"In minor units; left out while nobody has said by which parts it was charged." example:"240"`
	Hidden  bool   `json:"hidden,omitempty" doc:"It was charged and had not been shown."`
}

func piecesOf(p *promise.Promise) []pricePiece {
	var list []pricePiece
	for _, c := range p.Parts {
		v := pricePiece{Part: string(c.Part), Hidden: c.Hidden()}
		if c.WasShown {
			v.Shown = &c.Shown
		}
		if c.WasCharged {
			v.Charged = &c.Charged
		}
		list = append(list, v)
	}
	return list
}

// pricesCharged is how much of prices is known by parts.
type pricesCharged struct {
	Charged int64 `json:"charged" doc:"Prices that were charged in the span." example:"140"`
	ByPart  int64 `json:"by_part" doc:"Of these, those of which it is known by which parts; only they are in by_part." example:"120"`
}

// partRate is how one part of prices was kept.
type partRate struct {
	Part        string   `json:"part" enum:"goods,delivery,service_fee,tax,other"`
	Kept        int64    `json:"kept" doc:"No more was charged for it than was shown." example:"97"`
	Grew        int64    `json:"grew" doc:"More was charged for it." example:"23"`
	Hidden      int64    `json:"hidden" doc:"Of those, how often it had not been shown at all." example:"5"`
	Total       int64    `json:"total_growth" doc:"By how much those grew together, in minor units; what others were charged less is not set against it." example:"5520"`
	Median      int64    `json:"median_growth" doc:"By how much the middle one of them grew, in minor units." example:"240"`
	Share       *float64 `json:"share,omitempty" doc:"Kept of all that have the part; none under 10." example:"0.81"`
	Low         *float64 `json:"low,omitempty" example:"0.73"`
	High        *float64 `json:"high,omitempty" example:"0.87"`
	Preliminary bool     `json:"preliminary,omitempty" doc:"Under 30."`
}

func partRatesOf(list []promise.PartRate) []partRate {
	all := make([]partRate, len(list))
	for i, r := range list {
		all[i] = partRate{Part: string(r.Part), Kept: r.Kept, Grew: r.Grew, Hidden: r.Hidden, Total: r.Total, Median: r.Median}
		if r.N() >= promise.FewestShown {
			s := r.Share()
			all[i].Share, all[i].Low, all[i].High, all[i].Preliminary = &s.Value, &s.Low, &s.High, r.N() < promise.FewestFirm
		}
	}
	return all
}
