package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promo"
)

// offerView is an offer with its versions.
type offerView struct {
	Offer    string             `json:"offer" example:"off_01h9x3k7q2v5n"`
	Name     string             `json:"name" example:"20 % off candles"`
	InForce  bool               `json:"in_force"`
	Given    *offerResults      `json:"given,omitempty" doc:"What all versions together have given; only where offers are read."`
	Versions []offerVersionView `json:"versions" nullable:"false" doc:"The latest first."`
}

// offerVersionView is what an offer says during some time.
type offerVersionView struct {
	Terms  string        `json:"terms" doc:"The version." example:"ofv_01h9x3k7q2v5n"`
	Number int           `json:"number" example:"1"`
	State  string        `json:"state" enum:"draft,published,withdrawn"`
	Begins *time.Time    `json:"begins,omitempty" doc:"Since when it is in force; missing when always, or when it is not."`
	Ends   *time.Time    `json:"ends,omitempty" doc:"The first moment at which it is not any more."`
	Words  []string      `json:"words" nullable:"false" doc:"What it does, in sentences."`
	Given  *offerResults `json:"given,omitempty" doc:"What it has given; only where offers are read."`
	Spec   offerSpec     `json:"spec"`
}

// offerResults is what an offer has given. Returns do not lessen it.
type offerResults struct {
	Uses   int64      `json:"uses" doc:"How many sales it applied to." example:"412"`
	Amount int64      `json:"amount" doc:"What it took off them, and what the points that it gave are worth, in minor units." example:"126100"`
	First  *time.Time `json:"first,omitempty"`
	Last   *time.Time `json:"last,omitempty"`
}

// given returns the results by version.
func given(list []promo.Result) map[id.ID]promo.Result {
	byVersion := make(map[id.ID]promo.Result, len(list))
	for _, r := range list {
		byVersion[r.VersionID] = r
	}
	return byVersion
}

// add adds what a version has given.
func (o *offerResults) add(r promo.Result) {
	if r.Uses == 0 {
		return
	}
	o.Uses += r.Uses
	o.Amount += r.Amount
	if o.First == nil || r.First.Before(*o.First) {
		o.First = moment(r.First)
	}
	if o.Last == nil || r.Last.After(*o.Last) {
		o.Last = moment(r.Last)
	}
}

// offer shows an offer, with results unless they are nil.
func (c *call) offer(h promo.History, results map[id.ID]promo.Result) (offerView, error) {
	v := offerView{Offer: h.ID.In(id.Offer), Name: h.Name, Versions: make([]offerVersionView, len(h.Versions))}
	if results != nil {
		v.Given = &offerResults{}
	}
	now := c.s.Now()
	for i := range h.Versions {
		terms := &h.Versions[i]
		var err error
		if v.Versions[i], err = c.offerVersion(terms); err != nil {
			return offerView{}, err
		}
		v.InForce = v.InForce || inForce(terms, now)
		if results != nil && terms.State != promo.Draft {
			one := &offerResults{}
			one.add(results[terms.ID])
			v.Versions[i].Given = one
			v.Given.add(results[terms.ID])
		}
	}
	return v, nil
}

// inForce says whether sales of the moment have the version. One that is
// withdrawn may be so until the next begins.
func inForce(v *promo.Version, now time.Time) bool {
	return v.State != promo.Draft && !now.Before(v.Begins) && (v.Ends.IsZero() || now.Before(v.Ends))
}

func (c *call) offerVersion(v *promo.Version) (offerVersionView, error) {
	words, err := v.Describe(c.print, c.setting.named)
	if err != nil {
		return offerVersionView{}, fmt.Errorf("describing the offer version %s: %w", v.ID.In(id.Terms), err)
	}
	spec, err := json.Marshal(v.Spec)
	if err != nil {
		return offerVersionView{}, fmt.Errorf("showing the offer version %s: %w", v.ID.In(id.Terms), err)
	}
	return offerVersionView{
		Terms: v.ID.In(id.Terms), Number: v.Number, State: string(v.State), Begins: moment(v.Begins), Ends: moment(v.Ends), Words: words, Spec: offerSpec{spec},
	}, nil
}

// offerSpec is what a manager writes. promo reads it, strictly and with the
// place of every mistake; here it is only described.
type offerSpec struct{ json.RawMessage }

// Schema describes a spec for the document.
func (offerSpec) Schema(r huma.Registry) *huma.Schema {
	s := r.Schema(reflect.TypeFor[offerSpecView](), true, "")
	s.Extensions = map[string]any{readAlone: true}
	return s
}

func (s offerSpec) parse(c *call, pointer string) (promo.Spec, error) {
	spec, err := promo.ParseSpec(s.RawMessage)
	if name := spec.Benefit.Wallet; err == nil && name != "" {
		wallet, err := c.setting.walletID(name)
		if err != nil {
			return spec, fault.At(pointer+"/benefit/wallet", err)
		}
		spec.Benefit.Wallet = wallet.In(id.Wallet)
	}
	return spec, fault.At(pointer, err)
}

// offerSpecView describes what promo.Spec reads and writes.
type offerSpecView struct {
	Audience    string           `json:"audience,omitempty" enum:"regulars,newcomers" doc:"regulars, who are enrolled, when left out; newcomers are at their first purchase."`
	Lines       *linesView       `json:"lines,omitempty" doc:"The goods that it is about; all when left out. Of free_delivery the fees, by their SKU."`
	Brands      []string         `json:"brands,omitempty" nullable:"false" maxItems:"1000" doc:"Only goods of these brands."`
	Condition   *conditionView   `json:"condition,omitempty" doc:"When it applies; always when left out."`
	Minimum     int64            `json:"minimum,omitempty" minimum:"1" doc:"What the chosen goods must come to, in minor units, after what earlier offers took off." example:"1000"`
	Benefit     benefitView      `json:"benefit"`
	WithCode    bool             `json:"with_code,omitempty" doc:"Applies only when one of its codes is presented." example:"true"`
	Priority    int              `json:"priority,omitempty" minimum:"-1000" maximum:"1000" doc:"Higher first; of equals the older offer."`
	Group       string           `json:"group,omitempty" maxLength:"100" doc:"Of the offers of a group only the one that takes off most applies."`
	Exclusive   bool             `json:"exclusive,omitempty" doc:"Applies alone, and only if it takes off more than all others together."`
	Together    int              `json:"together,omitempty" minimum:"1" maximum:"100" doc:"How many offers may apply to a sale of which this one is one; those that come first stay."`
	AtCost      bool             `json:"at_cost,omitempty" doc:"No line falls below what the goods cost."`
	MostOff     string           `json:"most_off,omitempty" doc:"How many per cent below its list price it leaves a line at most, what other offers took before it included; as a text." example:"50"`
	PerMember   []offerCapView   `json:"per_member,omitempty" nullable:"false" maxItems:"10" doc:"The most that one member has by the offer."`
	Budget      *offerBudgetView `json:"budget,omitempty" doc:"The most that all members have by the offer together."`
	PerShop     []shopBudgetView `json:"per_shop,omitempty" nullable:"false" maxItems:"500" doc:"The most that all members have by the offer in one shop."`
	RestoreCode bool             `json:"restore_code,omitempty" doc:"A code may be used again when the whole sale comes back."`
	AfterReturn string           `json:"after_return,omitempty" enum:"keep,recompute" doc:"keep, when left out: what the customer keeps keeps its share of the discount. recompute: it is priced again, and a discount that it does not deserve any more is kept back of the refund."`
}

type benefitView struct {
	Kind    string     `json:"kind" enum:"percent,amount,fixed_price,cheapest_free,buy_get,tiered,free_delivery,gift,points_multiplier" doc:"What it gives; which of the fields beside it has depends on this." example:"percent"`
	Percent string     `json:"percent,omitempty" doc:"For percent and buy_get: how many per cent off, as a text." example:"20"`
	Amount  int64      `json:"amount,omitempty" minimum:"1" doc:"For amount: minor units off all the chosen goods."`
	Price   int64      `json:"price,omitempty" minimum:"1" doc:"For fixed_price: what each unit costs then, in minor units; it raises nothing."`
	Buy     int64      `json:"buy,omitempty" minimum:"1" doc:"For cheapest_free and buy_get, in thousandths of a unit: of each buy + get units the get cheapest."`
	Get     int64      `json:"get,omitempty" minimum:"1" doc:"In thousandths of a unit."`
	Tiers   []tierView `json:"tiers,omitempty" nullable:"false" maxItems:"20" doc:"For tiered, from the lowest to the highest."`
	SKU     string     `json:"sku,omitempty" maxLength:"100" doc:"For gift: what the till adds."`
	Rate    string     `json:"rate,omitempty" doc:"For points_multiplier: by what the points of the chosen goods are multiplied, as a text; above 1 and at most 100." example:"2"`
	Wallet  string     `json:"wallet,omitempty" doc:"For points_multiplier: only points of this wallet, by its id or its code; of every wallet when left out." example:"points"`
	Most    int64      `json:"most,omitempty" minimum:"1" doc:"The most that it takes off a sale, in minor units."`
}

type tierView struct {
	From    int64  `json:"from" minimum:"1" doc:"What the chosen goods come to, in minor units."`
	Amount  int64  `json:"amount,omitempty" minimum:"1" doc:"Amount or percent, not both."`
	Percent string `json:"percent,omitempty"`
}

type offerCapView struct {
	Period string `json:"period" enum:"day,week,month,year,ever"`
	Times  int64  `json:"times,omitempty" minimum:"1"`
	Amount int64  `json:"amount,omitempty" minimum:"1" doc:"In minor units; a discount that passes it is cut."`
}

type shopBudgetView struct {
	Shop   string `json:"shop,omitempty" maxLength:"100" doc:"The shop's code. When left out it is for each shop alike that has none of its own for the period, and for all sales without a shop together." example:"riga"`
	Period string `json:"period" enum:"day,week,month,year,ever"`
	Uses   int64  `json:"uses,omitempty" minimum:"1"`
	Amount int64  `json:"amount,omitempty" minimum:"1" doc:"In minor units; a discount that would pass it is refused."`
}

type offerBudgetView struct {
	Uses   int64 `json:"uses,omitempty" minimum:"1"`
	Amount int64 `json:"amount,omitempty" minimum:"1" doc:"In minor units; a discount that would pass it is refused."`
}
