package api

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// abandonmentView is a basket that was left.
type abandonmentView struct {
	ID         string          `json:"abandonment" example:"bsk_01h9x3k7q2v5n"`
	Member     string          `json:"member,omitempty" doc:"Missing for an unknown visitor." example:"mem_01h9x3k7q2v5n"`
	Source     string          `json:"source" example:"shop"`
	ExternalID string          `json:"external_id" example:"cart-1001"`
	Shop       string          `json:"shop,omitempty" doc:"The shop's code." example:"web"`
	Channel    string          `json:"channel,omitempty" example:"site"`
	Left       time.Time       `json:"left"`
	Recorded   time.Time       `json:"recorded"`
	Step       string          `json:"step" enum:"basket,address,delivery,payment,review"`
	Items      int64           `json:"items,omitempty" example:"2"`
	First      *int64          `json:"first_price,omitempty" doc:"In minor units; missing where it is not known." example:"1250"`
	Last       int64           `json:"last_price" doc:"In minor units." example:"1490"`
	Parts      []abandonedPart `json:"parts" nullable:"false" doc:"Both prices by parts, where they were told so."`
	Asked      string          `json:"asked,omitempty" enum:"on_the_spot,link" doc:"How they were asked why."`
	AskedAt    *time.Time      `json:"asked_at,omitempty"`
	Reason     string          `json:"reason,omitempty" doc:"Missing while nobody knows." example:"delivery_cost"`
	Words      string          `json:"words,omitempty"`
	Origin     string          `json:"origin,omitempty" enum:"on_the_spot,link,staff"`
	Answered   *time.Time      `json:"answered,omitempty"`
	Back       string          `json:"back" enum:"came_back,not_yet,stayed_away,unknown" doc:"Whether they bought within the days that count; unknown of an unknown visitor."`
	Link       string          `json:"link,omitempty" doc:"Where the customer says why, on this server; only in the answer to whoever has them asked." example:"/left/0123456789abcdefghjkmnpqrs"`
}

// abandonedPart is a part of a price, first shown and last.
type abandonedPart struct {
	Part   string `json:"part" enum:"goods,delivery,service_fee,tax,other"`
	First  *int64 `json:"first,omitempty" doc:"In minor units; missing where it was not shown at first."`
	Last   int64  `json:"last" doc:"In minor units." example:"240"`
	Hidden bool   `json:"hidden,omitempty" doc:"It came on top and had not been shown at first."`
}

func (c *call) abandonmentOf(b basket.Seen) abandonmentView {
	v := abandonmentView{
		ID: b.ID.In(id.Basket), Source: b.Source, ExternalID: b.ExternalID, Shop: c.setting.shops[b.ShopID].Code, Channel: b.Channel, Left: b.Left, Recorded: b.Recorded, Step: string(b.Step),
		Items: b.Items, Last: b.Last, Parts: make([]abandonedPart, len(b.Parts)), Asked: string(b.Asked), AskedAt: momentOf(b.AskedAt), Reason: string(b.Reason), Words: b.Words,
		Origin: string(b.Origin), Answered: momentOf(b.Answered), Back: string(b.Back),
	}
	if b.MemberID != 0 {
		v.Member = b.MemberID.In(id.Member)
	}
	if b.First > 0 {
		v.First = &b.First
	}
	for i, p := range b.Parts {
		v.Parts[i] = abandonedPart{Part: string(p.Part), Last: p.Charged, Hidden: p.Hidden()}
		if p.WasShown {
			v.Parts[i].First = &p.Shown
		}
	}
	return v
}

func (s *server) abandonment(ctx context.Context, c *call, a auth.Actor, subject string) (abandonmentView, error) {
	which, err := parseID(id.Basket, "abandonment", subject)
	if err != nil {
		return abandonmentView{}, err
	}
	b, err := s.Baskets.Get(ctx, a, c.programme(), which)
	if err != nil {
		return abandonmentView{}, err
	}
	return c.abandonmentOf(b), nil
}

// showAbandonmentLink shows a basket with the link by which its customer is
// asked.
func (s *server) showAbandonmentLink(ctx context.Context, c *call, subject string) (abandonmentView, error) {
	which, err := parseID(id.Basket, "abandonment", subject)
	if err != nil {
		return abandonmentView{}, err
	}
	b, err := s.Baskets.Get(ctx, watcher, c.programme(), which)
	if err != nil {
		return abandonmentView{}, err
	}
	v := c.abandonmentOf(b)
	v.Link, err = s.Baskets.Link(ctx, watcher, b.Basket)
	return v, err
}

// countedShare is a number of a whole with its share.
type countedShare struct {
	Count       int64    `json:"count" example:"31"`
	Of          int64    `json:"of" example:"74"`
	Share       *float64 `json:"share,omitempty" doc:"None under 10." example:"0.42"`
	Low         *float64 `json:"low,omitempty" example:"0.31"`
	High        *float64 `json:"high,omitempty" example:"0.53"`
	Preliminary bool     `json:"preliminary,omitempty" doc:"Under 30."`
}

func shareOf[K ~string](t basket.Tally[K]) countedShare {
	v := countedShare{Count: t.N, Of: t.Of}
	if t.Shown() {
		i := t.Share()
		v.Share, v.Low, v.High, v.Preliminary = &i.Value, &i.Low, &i.High, t.Preliminary()
	}
	return v
}

type abandonmentStep struct {
	Step    string       `json:"step" enum:"basket,address,delivery,payment,review"`
	Baskets countedShare `json:"baskets" doc:"Those that were left there, of all."`
}

type abandonmentCause struct {
	Reason  string       `json:"reason" example:"delivery_cost"`
	Baskets countedShare `json:"baskets" doc:"Those that were left for it, of all of which a reason is known."`
}

type abandonmentAsking struct {
	Way      string       `json:"way" enum:"on_the_spot,link"`
	Answered countedShare `json:"answered" doc:"Of those who were asked so."`
}

type abandonmentGrowth struct {
	Part   string       `json:"part" enum:"total,goods,delivery,service_fee,tax,other"`
	Grew   countedShare `json:"grew" doc:"How many stood higher when the basket was left than at first, of all whose first price is known, or that were told by parts."`
	Hidden countedShare `json:"hidden" doc:"How many of them had not been shown at first at all; 0 for the total."`
	Median int64        `json:"median_growth" doc:"By how much the middle one of those that grew did, in minor units." example:"240"`
	Total  int64        `json:"total_growth" doc:"By how much those that grew did together, in minor units; what fell is not set against it." example:"5520"`
}

type abandonmentCompared struct {
	Grew        countedShare     `json:"grew" doc:"How many came back of those whose price had grown."`
	Same        countedShare     `json:"same" doc:"How many came back of those whose price had not."`
	Difference  *abandonmentSpan `json:"difference,omitempty" doc:"Of the two shares; missing with fewer than 10 in one of the groups. An association, no effect."`
	Preliminary bool             `json:"preliminary,omitempty" doc:"Fewer than 30 in one of the groups."`
}

type abandonmentSpan struct {
	Value float64 `json:"value" example:"-0.08"`
	Low   float64 `json:"low" example:"-0.19"`
	High  float64 `json:"high" example:"0.03"`
}

func spanOf(i stats.Interval) *abandonmentSpan { return &abandonmentSpan{i.Value, i.Low, i.High} }

type abandonmentReport struct {
	From     time.Time           `json:"from"`
	To       time.Time           `json:"to"`
	Left     int64               `json:"left" doc:"How many baskets were left." example:"312"`
	Known    int64               `json:"known" doc:"Of how many the member is known." example:"140"`
	Steps    []abandonmentStep   `json:"steps" nullable:"false"`
	Reasons  []abandonmentCause  `json:"reasons" nullable:"false" doc:"The most frequent first."`
	Silent   int64               `json:"silent" doc:"Of how many no reason is known." example:"238"`
	ByStaff  int64               `json:"by_staff" doc:"How many of the reasons staff wrote down." example:"3"`
	Asked    []abandonmentAsking `json:"asked" nullable:"false" doc:"How many of those who were asked answered."`
	Response countedShare        `json:"response" doc:"All ways of asking together."`
	Days     int                 `json:"days" doc:"Within how many days a purchase counts as coming back." example:"7"`
	Back     countedShare        `json:"came_back" doc:"Of the members' baskets for which the days are over."`
	Waiting  int64               `json:"waiting" doc:"Of how many they are not." example:"12"`
	Growth   []abandonmentGrowth `json:"growth" nullable:"false" doc:"The whole price first, where it is known, then its parts."`
	ByParts  int64               `json:"by_parts" doc:"How many baskets were told by parts." example:"280"`
	Compared abandonmentCompared `json:"growth_and_return"`
}

func growthOf(part string, r basket.Growth) abandonmentGrowth {
	return abandonmentGrowth{Part: part, Grew: shareOf(r.Grown()), Hidden: shareOf(r.Unshown()), Median: r.Median, Total: r.Total}
}

type abandonmentReportIn struct {
	From instant `query:"from" doc:"From when; a year before the end when left out."`
	To   instant `query:"to" doc:"Until when; now when left out or later."`
}

func (s *server) abandonmentReport(ctx context.Context, c *call, in *abandonmentReportIn) (abandonmentReport, error) {
	from, err := in.From.time("from")
	if err != nil {
		return abandonmentReport{}, err
	}
	to, err := in.To.time("to")
	if err != nil {
		return abandonmentReport{}, err
	}
	r, err := s.Baskets.Report(ctx, c.actor, c.programme(), from, to)
	if err != nil {
		return abandonmentReport{}, err
	}
	v := abandonmentReport{
		From: r.From, To: r.To, Left: r.Left, Known: r.Back.Known, Steps: []abandonmentStep{}, Reasons: []abandonmentCause{}, Silent: r.Silent, ByStaff: r.Told, Asked: []abandonmentAsking{},
		Response: shareOf(r.Response()), Days: r.Days, Back: shareOf(r.Back.Tally), Waiting: r.Back.Waiting, Growth: []abandonmentGrowth{}, ByParts: r.ByParts,
		Compared: abandonmentCompared{Grew: shareOf(r.Back.Grew), Same: shareOf(r.Back.Same)},
	}
	for _, t := range r.Steps {
		v.Steps = append(v.Steps, abandonmentStep{string(t.Kind), shareOf(t)})
	}
	for _, t := range r.Reasons {
		v.Reasons = append(v.Reasons, abandonmentCause{string(t.Kind), shareOf(t)})
	}
	for _, t := range r.Asked {
		v.Asked = append(v.Asked, abandonmentAsking{string(t.Kind), shareOf(t)})
	}
	if r.Price.N() > 0 {
		v.Growth = append(v.Growth, growthOf("total", r.Price))
	}
	for _, p := range r.Parts {
		v.Growth = append(v.Growth, growthOf(string(p.Part), p))
	}
	if r.Back.Compared() {
		v.Compared.Difference, v.Compared.Preliminary = spanOf(r.Back.Difference), r.Back.Grew.Preliminary() || r.Back.Same.Preliminary()
	}
	return v, nil
}

// abandonmentSettings are the settings of left baskets with their version.
type abandonmentSettings struct {
	Version  int64                   `json:"version" minimum:"0" doc:"0 while they are those that everybody begins with." example:"3"`
	Settings abandonmentSettingsBody `json:"settings"`
}

// abandonmentSettingsBody has the fields of the room's settings in their order.
type abandonmentSettingsBody struct {
	Days      int  `json:"days" minimum:"1" maximum:"90" doc:"Within how many days after leaving a purchase of the same member counts as coming back." example:"7"`
	Letters   bool `json:"letters" doc:"Asks members by a message why they left, where nobody has asked yet; the contact policy decides."`
	WaitHours int  `json:"wait_hours" minimum:"1" maximum:"168" doc:"How many hours after they left." example:"24"`
}
