package api

import (
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// figuresView is what customers bought and were given back, in minor units.
type figuresView struct {
	Goods        int64 `json:"goods" doc:"Paid for goods, less what came back."`
	Discounts    int64 `json:"discounts" doc:"What offers took off, less its part of what came back."`
	Points       int64 `json:"points" doc:"What the points are worth that were neither taken back nor expired."`
	Cost         int64 `json:"cost" doc:"Both together: what was given back."`
	ShareOfSales int64 `json:"share_of_sales" doc:"The cost, per 10,000 of the goods."`
	ShareOfValue int64 `json:"share_of_value" doc:"The cost of the last twelve months, per 10,000 of the goods bought in them."`
	Owed         int64 `json:"owed" doc:"What the points are worth that could still be spent."`
}

func figuresOf(f flow.Figures) figuresView {
	return figuresView{f.Goods, f.Discounts, f.Points, f.Cost(), f.ShareOfSales(), f.ShareOfValue(), f.Owed}
}

// outcomeView is where the programme would stand. Points are in the smallest
// unit of the first wallet.
type outcomeView struct {
	Issued         int64            `json:"issued"`
	ClawedBack     int64            `json:"clawed_back"`
	Expired        int64            `json:"expired"`
	Spent          int64            `json:"spent"`
	Liability      int64            `json:"liability" doc:"Points owed."`
	LiabilityMinor int64            `json:"liability_minor" doc:"What the points owed in all wallets are worth, in minor units."`
	Ranks          map[string]int64 `json:"ranks" nullable:"false" doc:"Members by the code of their rank on the first ladder."`
	Figures        figuresView      `json:"figures"`
	Place          string           `json:"place" enum:"below,within,above" doc:"How the share of customers' value lies to the band."`
	Verdict        string           `json:"verdict" doc:"The same in words."`
}

type moverView struct {
	Member      string `json:"member" example:"mem_01h9x3k7q2v5n"`
	Now         int64  `json:"now" doc:"What the member was given by offers and points, in minor units."`
	Draft       int64  `json:"draft" doc:"What the draft would have given."`
	NowPoints   int64  `json:"now_points" doc:"The same in points of the first wallet."`
	DraftPoints int64  `json:"draft_points"`
}

type comparisonView struct {
	Name     string      `json:"name,omitempty"`
	Sentence string      `json:"sentence" doc:"What the draft would change, in words."`
	Outcome  outcomeView `json:"outcome"`
	Gained   int64       `json:"gained" doc:"Members who would have got more."`
	Lost     int64       `json:"lost" doc:"Members who would have got less."`
	Cut      int64       `json:"cut" doc:"Points taken by hand, or paid, that would not have been there."`
	Movers   []moverView `json:"movers" nullable:"false" doc:"For whom most would change."`
}

type segmentDraftView struct {
	Figures figuresView `json:"figures"`
	Gained  int64       `json:"gained"`
	Lost    int64       `json:"lost"`
}

type segmentView struct {
	By      string             `json:"by" enum:"rank,purchases"`
	Value   string             `json:"value" doc:"The code of the rank now, or how many purchases."`
	Members int64              `json:"members"`
	Now     figuresView        `json:"now"`
	Drafts  []segmentDraftView `json:"drafts" nullable:"false"`
}

type simulationResult struct {
	Members  int64            `json:"members"`
	Sales    int64            `json:"sales"`
	Band     simulationBand   `json:"band"`
	Now      outcomeView      `json:"now"`
	Drafts   []comparisonView `json:"drafts" nullable:"false" doc:"In the order in which they were asked for."`
	Segments []segmentView    `json:"segments" nullable:"false"`
}

func (c *call) simulated(r flow.Simulation, b flow.Band) *simulationResult {
	decimals := 0
	if len(c.setting.wallets) > 0 {
		decimals = c.setting.wallets[0].Decimals
	}
	v := &simulationResult{
		Members: r.Members, Sales: r.Sales, Band: simulationBand{b.Low, b.High}, Now: outcomeOf(c.print, r.Now, b),
		Drafts: []comparisonView{}, Segments: []segmentView{},
	}
	for i, d := range r.Drafts {
		shown := comparisonView{
			Name: d.Name, Sentence: r.Sentence(c.print, decimals, i), Outcome: outcomeOf(c.print, d.Outcome, b),
			Gained: d.Gained, Lost: d.Lost, Cut: d.Cut, Movers: []moverView{},
		}
		for _, m := range d.Movers {
			shown.Movers = append(shown.Movers, moverView{m.MemberID.In(id.Member), m.Now, m.Draft, m.NowPoints, m.DraftPoints})
		}
		v.Drafts = append(v.Drafts, shown)
	}
	for _, s := range r.Segments {
		shown := segmentView{By: s.By, Value: s.Value, Members: s.Members, Now: figuresOf(s.Now), Drafts: []segmentDraftView{}}
		for _, d := range s.Drafts {
			shown.Drafts = append(shown.Drafts, segmentDraftView{figuresOf(d.Figures), d.Gained, d.Lost})
		}
		v.Segments = append(v.Segments, shown)
	}
	return v
}

func outcomeOf(p *i18n.Printer, o flow.Outcome, b flow.Band) outcomeView {
	v := outcomeView{
		Issued: o.Issued, ClawedBack: o.ClawedBack, Expired: o.Expired, Spent: o.Spent, Liability: o.Liability, LiabilityMinor: o.Figures.Owed,
		Ranks: o.Ranks, Figures: figuresOf(o.Figures), Place: b.Place(o.Figures.ShareOfValue()), Verdict: o.Figures.Verdict(p, b),
	}
	if v.Ranks == nil {
		v.Ranks = map[string]int64{}
	}
	return v
}
