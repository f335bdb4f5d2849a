package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/sale"
	"regulars/internal/stats"
)

func (s *server) addFlagships() {
	read(s, operation{
		id: "list-flagships", method: http.MethodGet, path: "/v1/flagships", tag: tagProducts, needs: needs(auth.ProductsRead),
		summary: "List the products that the company puts in front, by SKU",
	}, func(ctx context.Context, c *call, _ *nothing) (page[productView], error) {
		list, err := s.Products.Flagships(ctx, c.actor, c.programme())
		p := page[productView]{Items: make([]productView, len(list))}
		for i, one := range list {
			p.Items[i] = productOf(one)
		}
		return p, err
	})
	for _, o := range []struct {
		operation
		flagship bool
	}{
		{operation{
			id: "mark-flagship", method: http.MethodPut, path: "/v1/flagships/{sku}", tag: tagProducts, needs: needs(auth.ProductsWrite),
			summary: "Make a product of the catalogue a flagship", text: "To say so again changes nothing. Changes and imports of the catalogue leave the mark as it is.",
		}, true},
		{operation{
			id: "unmark-flagship", method: http.MethodDelete, path: "/v1/flagships/{sku}", tag: tagProducts, needs: needs(auth.ProductsWrite),
			summary: "Make a flagship a product like others", text: "To say so again changes nothing.",
		}, false},
	} {
		write(s, o.operation, func(ctx context.Context, c *call, in *flagshipIn, _ *nothing) (string, error) {
			p, err := s.Products.SetFlagship(ctx, c.actor, c.programme(), string(in.SKU), o.flagship)
			return p.SKU, err
		}, func(ctx context.Context, c *call, subject string) (productView, error) {
			p, err := s.Products.Get(ctx, watcher, c.programme(), subject)
			return productOf(p), err
		})
	}
	read(s, operation{
		id: "get-halo", method: http.MethodGet, path: "/v1/flagships/{sku}/halo", tag: tagProducts, needs: needs(auth.ReportsRead),
		summary: "See what is bought beside a flagship",
		text: "Customers whose first purchase had the product, each beside one who began nearest in time in the same month, shop and channel without it. What came back does not count, " +
			"nor does the product itself; of the others the dearest line of the first basket is left out in its place. It is association, not cause: who begins with a flagship may differ " +
			"in other ways too. Below 10 pairs there are no figures, below 30 they are preliminary.",
	}, s.halo)
}

func productOf(p product.Product) productView {
	return productView{p.SKU, p.Name, p.Category, p.Brand, p.Cost, !p.Active, p.Flagship}
}

type skuText string

// Schema describes it for the document.
func (skuText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "The product, as sales name it.", Examples: []any{"85123A"}}
}

type flagshipIn struct {
	SKU skuText `path:"sku"`
}

type haloIn struct {
	SKU  skuText `path:"sku"`
	From instant `query:"from" doc:"First purchases from then on; a year before the end when left out."`
	To   instant `query:"to" doc:"First purchases before then; now when left out or later."`
	Days int     `query:"days" minimum:"1" maximum:"365" default:"90" doc:"How many days after the first purchase count."`
}

// haloView is the report of one product.
type haloView struct {
	SKU         string       `json:"sku" example:"85123A"`
	Days        int          `json:"days" example:"90"`
	From        time.Time    `json:"from"`
	To          time.Time    `json:"to"`
	Firsts      int64        `json:"firsts" doc:"How many customers began with it." example:"412"`
	Pairs       int64        `json:"pairs" doc:"How many of them are compared, each with one other." example:"371"`
	Recent      int64        `json:"recent" doc:"Of the firsts: whose days are not over yet." example:"30"`
	Merged      int64        `json:"merged" doc:"Of the firsts: profiles that came together out of several, whose first purchase is not sure." example:"4"`
	Unpaired    int64        `json:"unpaired" doc:"Of the firsts: who had nobody like them." example:"7"`
	Preliminary bool         `json:"preliminary,omitempty" doc:"Fewer than 30 pairs are behind the figures."`
	Figures     *haloFigures `json:"figures,omitempty" doc:"Missing below 10 pairs."`
}

type haloFigures struct {
	Basket haloMeanView   `json:"basket" doc:"Spent on other goods in the first basket."`
	After  haloMeanView   `json:"after" doc:"Spent on other goods in the days after it."`
	Back   haloShareView  `json:"back" doc:"Who bought again within the days."`
	Goods  []haloGoodView `json:"goods" nullable:"false" doc:"The ten products that most of those who began with the flagship bought beside it. Their intervals hold together at 95 %."`
}

// boundsView is a difference with its interval at 95 %.
type boundsView struct {
	Value float64 `json:"value" example:"312.4"`
	Low   float64 `json:"low" example:"120.9"`
	High  float64 `json:"high" example:"503.9"`
}

type haloMeanView struct {
	Flagship   float64    `json:"flagship" doc:"Mean of those who began with it, in minor units." example:"1412.5"`
	Others     float64    `json:"others" doc:"Mean of the others, in minor units." example:"1100.1"`
	Difference boundsView `json:"difference" doc:"In minor units."`
}

type haloShareView struct {
	Flagship   int64      `json:"flagship" doc:"How many of the pairs' halves that began with it." example:"210"`
	Others     int64      `json:"others" example:"170"`
	Difference boundsView `json:"difference" doc:"Between the shares, from −1 to 1."`
}

type haloGoodView struct {
	SKU        string     `json:"sku" example:"22423"`
	Name       string     `json:"name,omitempty" example:"Cake stand"`
	Flagship   int64      `json:"flagship" example:"80"`
	Others     int64      `json:"others" example:"41"`
	Difference boundsView `json:"difference" doc:"Between the shares, from −1 to 1."`
}

func (s *server) halo(ctx context.Context, c *call, in *haloIn) (haloView, error) {
	if err := c.actor.Can(c.programme(), auth.ReportsRead); err != nil {
		return haloView{}, err
	}
	from, to, err := (&periodIn{in.From, in.To}).period(s.Now())
	if err != nil {
		return haloView{}, err
	}
	if in.From == "" {
		from = to.AddDate(-1, 0, 0)
	}
	if in.Days < 1 || in.Days > sale.MaxHaloDays {
		return haloView{}, fault.Invalid("halo_days", "look 1–%d days ahead", sale.MaxHaloDays).At("/days").With("most", sale.MaxHaloDays)
	}
	if _, err := s.Products.Get(ctx, watcher, c.programme(), string(in.SKU)); err != nil {
		return haloView{}, err
	}
	query := sale.HaloQuery{
		ProgrammeID: c.programme(), SKU: string(in.SKU), From: from, Until: to, Days: in.Days, Now: s.Now(), Zone: c.setting.Zone,
	}
	var h sale.Halo
	err = s.DB.View(ctx, func(q db.Queryer) error {
		merged, err := member.Survivors(ctx, q, c.programme())
		if err == nil {
			h, err = sale.FindHalo(ctx, q, query, merged)
		}
		return err
	})
	return haloOf(query, &h), err
}

func haloOf(query sale.HaloQuery, h *sale.Halo) haloView {
	v := haloView{
		SKU: query.SKU, Days: query.Days, From: query.From, To: query.Until, Firsts: h.Firsts, Pairs: h.Pairs, Recent: h.Recent, Merged: h.Merged, Unpaired: h.Unpaired,
	}
	if !h.Enough() {
		return v
	}
	v.Preliminary = h.Preliminary()
	v.Figures = &haloFigures{
		Basket: haloMeanView{h.Basket.Flagship, h.Basket.Others, bounds(h.Basket.Difference)},
		After:  haloMeanView{h.After.Flagship, h.After.Others, bounds(h.After.Difference)},
		Back:   haloShareView{h.Back.Flagship, h.Back.Others, bounds(h.Back.Difference)}, Goods: make([]haloGoodView, len(h.Goods)),
	}
	for i, g := range h.Goods {
		v.Figures.Goods[i] = haloGoodView{g.SKU, g.Name, g.Flagship, g.Others, bounds(g.Difference)}
	}
	return v
}

func bounds(i stats.Interval) boundsView { return boundsView{i.Value, i.Low, i.High} }
