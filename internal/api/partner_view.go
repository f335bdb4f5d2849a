package api

import (
	"time"

	"regulars/internal/id"
	"regulars/internal/partner"
)

// partnerView is a partner with what is agreed; lists leave shops and offers
// out.
type partnerView struct {
	Partner   string     `json:"partner" example:"ptn_01h9x3k7q2v5n"`
	Name      string     `json:"name" example:"Bakery on the Square"`
	State     string     `json:"state" enum:"active,ended"`
	Contact   string     `json:"contact"`
	MayGrant  bool       `json:"may_grant" doc:"Its shops give points."`
	MayAccept bool       `json:"may_accept" doc:"Its shops take points."`
	MaySee    bool       `json:"may_see" doc:"Its keys learn how many points a member has, and the given name of those who consented to it."`
	Wallet    string     `json:"wallet" doc:"The wallet that is settled, by its code." example:"points"`
	Made      time.Time  `json:"made"`
	Ended     *time.Time `json:"ended,omitempty"`

	Terms  []termsView       `json:"terms" nullable:"false" doc:"In the order in which they begin."`
	Shops  []partnerShopView `json:"shops,omitempty" nullable:"false" doc:"Past ones too; not in lists."`
	Offers []offerShareView  `json:"offers,omitempty" nullable:"false" doc:"The offers whose cost the partner shares; not in lists."`
}

type partnerList struct {
	Items []partnerView `json:"items" nullable:"false"`
}

type termsView struct {
	Terms       string     `json:"terms" example:"ptt_01h9x3k7q2v5n"`
	Begins      *time.Time `json:"begins,omitempty" doc:"Missing for the first terms, which hold from ever."`
	IssuePrice  string     `json:"issue_price" example:"1.5"`
	RedeemPrice string     `json:"redeem_price" example:"0.8"`
	IssueFee    string     `json:"issue_fee" example:"0.05"`
	RedeemFee   string     `json:"redeem_fee" example:"0"`
	Rounding    string     `json:"rounding" example:"half_up"`
}

type partnerShopView struct {
	Shop   string     `json:"shop" example:"shp_01h9x3k7q2v5n"`
	Code   string     `json:"code" example:"bakery"`
	Begins time.Time  `json:"begins"`
	Ends   *time.Time `json:"ends,omitempty"`
}

type offerShareView struct {
	Offer string `json:"offer" example:"off_01h9x3k7q2v5n"`
	Share string `json:"share" example:"0.3"`
	// Since is missing for what was shared before it was kept.
	Since *time.Time `json:"since,omitempty" doc:"Discounts of sales from then on are shared; missing when it was always so."`
}

func (c *call) partnerView(p *partner.Partner, shops []partner.Shop, shares []partner.Share) partnerView {
	v := partnerView{
		Partner: p.ID.In(id.Partner), Name: p.Name, State: string(p.State()), Contact: p.Contact, MayGrant: p.MayGrant, MayAccept: p.MayAccept, MaySee: p.MaySee,
		Wallet: c.setting.walletCode(p.WalletID), Made: p.Made, Ended: moment(p.Ended), Terms: []termsView{},
	}
	for _, t := range p.Terms {
		v.Terms = append(v.Terms, termsView{
			t.ID.In(id.PartnerTerms), moment(t.Begins), t.IssuePrice.String(), t.RedeemPrice.String(), t.IssueFee.String(), t.RedeemFee.String(), string(t.Rounding),
		})
	}
	for _, s := range shops {
		v.Shops = append(v.Shops, partnerShopView{s.ShopID.In(id.Shop), c.setting.shops[s.ShopID].Code, s.Begins, moment(s.Ends)})
	}
	for _, s := range shares {
		v.Offers = append(v.Offers, offerShareView{s.OfferID.In(id.Offer), s.Part.String(), moment(s.Begins)})
	}
	return v
}

// settlementView is a statement; lists leave its lines out. Sums are in minor
// units.
type settlementView struct {
	Statement string     `json:"statement,omitempty" doc:"Missing for a draft." example:"pst_01h9x3k7q2v5n"`
	Month     string     `json:"month" example:"2026-01"`
	State     string     `json:"state" enum:"draft,closed"`
	Number    int64      `json:"number,omitempty" doc:"Runs through the programme's closed statements."`
	Closed    *time.Time `json:"closed,omitempty"`
	Total     int64      `json:"total" doc:"What the partner owes; below 0 what it is owed." example:"1250"`
	Says      string     `json:"says" doc:"Who owes whom, in words." example:"Bakery owes us £12.50."`
	Sums      []sumView  `json:"sums" nullable:"false"`
	Fees      []feeView  `json:"fees" nullable:"false"`
	Hash      string     `json:"hash,omitempty" doc:"SHA-256 over the closed statement and the hash of the one before."`

	Lines []settlementLine `json:"lines,omitempty" nullable:"false" doc:"They add up to the sums; not in lists."`
}

type statementList struct {
	Items []settlementView `json:"items" nullable:"false" doc:"The latest month first."`
}

type sumView struct {
	Side     string `json:"side" enum:"issue,redeem,offer"`
	Offer    string `json:"offer,omitempty"`
	Name     string `json:"offer_name,omitempty" doc:"Not in lists." example:"A tenth off"`
	Terms    string `json:"terms,omitempty"`
	Rate     string `json:"rate" doc:"What the partner owes for one of the quantity, in minor units." example:"1.5"`
	Lines    int    `json:"lines"`
	Quantity int64  `json:"quantity" doc:"Points in the smallest unit; discounts in minor units for offers." example:"33"`
	Amount   int64  `json:"amount" doc:"The floor of quantity × rate." example:"49"`
	Rest     string `json:"rest" doc:"The part of a minor unit that the floor left out." example:"0.5"`
}

type feeView struct {
	Side   string `json:"side" enum:"issue,redeem"`
	Terms  string `json:"terms"`
	Rate   string `json:"rate" example:"0.05"`
	Base   int64  `json:"base" example:"49"`
	Amount int64  `json:"amount" example:"2"`
}

type settlementLine struct {
	Line     int       `json:"line" doc:"From 1."`
	Side     string    `json:"side" enum:"issue,redeem,offer"`
	Source   string    `json:"source" doc:"The entry of the ledger, or the sale of an offer." example:"ent_01h9x3k7q2v5n"`
	Event    string    `json:"event" example:"evt_01h9x3k7q2v5n"`
	Sale     string    `json:"sale" doc:"The event that it goes back to." example:"evt_01h9x3k7q2v5n"`
	Offer    string    `json:"offer,omitempty"`
	Receipt  string    `json:"receipt,omitempty" doc:"What the partner's till calls that sale; of one in another's shop it is left out." example:"till 4711"`
	Shop     string    `json:"shop,omitempty" example:"bakery"`
	Occurred time.Time `json:"occurred"`
	Recorded time.Time `json:"recorded"`
	Quantity int64     `json:"quantity" example:"33"`
	Rate     string    `json:"rate" example:"1.5"`
	Amount   int64     `json:"amount" example:"49"`
}

func (c *call) settlement(s *partner.Statement) settlementView {
	v := settlementView{Month: s.Month.String(), State: "draft", Number: s.Number, Closed: moment(s.Closed), Total: s.Total, Says: s.Sentence(c.print), Hash: s.Hash, Sums: []sumView{}, Fees: []feeView{}}
	if s.Number != 0 {
		v.State, v.Statement = "closed", s.ID.In(id.PartnerStatement)
	}
	for _, m := range s.Sums {
		v.Sums = append(v.Sums, sumView{string(m.Side), optionalID(id.Offer, m.OfferID), s.Offers[m.OfferID], optionalID(id.PartnerTerms, m.TermsID), m.Rate.String(), m.Lines, m.Quantity, m.Amount, m.Rest.String()})
	}
	for _, f := range s.Fees {
		v.Fees = append(v.Fees, feeView{string(f.Side), f.TermsID.In(id.PartnerTerms), f.Rate.String(), f.Base, f.Amount})
	}
	return v
}

// optionalID shows an id, empty for none.
func optionalID(p id.Prefix, n id.ID) string {
	if n == 0 {
		return ""
	}
	return n.In(p)
}

// settlementLines are the lines of a statement.
func (c *call) settlementLines(s *partner.Statement) []settlementLine {
	lines := make([]settlementLine, len(s.Lines))
	for i := range s.Lines {
		l := &s.Lines[i]
		lines[i] = settlementLine{
			i + 1, string(l.Side), l.Source(), l.EventID.In(id.Event), l.SaleID.In(id.Event), optionalID(id.Offer, l.OfferID), l.Receipt, c.setting.shops[l.ShopID].Code,
			l.Occurred, l.Recorded, l.Quantity, l.Rate.String(), l.Amount,
		}
	}
	return lines
}

// resultsView is what a partnership came to.
type resultsView struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Common   groupView `json:"common" doc:"Members who bought at the partner's and have bought at the programme's own shops."`
	Sales    groupView `json:"sales" doc:"Sales to members in the partner's shops."`
	Brought  groupView `json:"brought" doc:"Members who bought at the programme's own shops first and then came to the partner."`
	Gained   groupView `json:"gained" doc:"Members who bought at the partner's first and then came to the programme's own shops."`
	Issued   int64     `json:"issued" doc:"Points given in the partner's shops, less what was taken back. 0 where the sales are of few people."`
	Redeemed int64     `json:"redeemed" doc:"Points spent there, less what was given back."`
	// The values are without fees.
	IssuedValue   int64 `json:"issued_value" doc:"What the partner pays for the points given, in minor units and without fees."`
	RedeemedValue int64 `json:"redeemed_value" doc:"What the partner gets for the points spent."`
}

type groupView struct {
	People int64 `json:"people"`
	Few    bool  `json:"few,omitempty" doc:"There are some, and fewer than ten: no figure is told."`
	Sales  int64 `json:"sales,omitempty"`
	Goods  int64 `json:"goods,omitempty" doc:"In minor units, less what came back."`
}

func group(g partner.Group) groupView { return groupView{g.People, g.Few, g.Sales, g.Goods} }
