package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/referral"
)

// InfluencerSpec is what a manager says of one influencer; inviter is what the
// influencer gets, friend what the customer gets.
type InfluencerSpec struct {
	ReferralSpec
	Name     string    `json:"name" maxLength:"400" doc:"How they are called on the page that their link opens." example:"Zoë of the Teapot"`
	Disclose bool      `json:"disclose" doc:"The page says that it is advertising. Whoever is rewarded has to be disclosed."`
	Fee      int64     `json:"fee,omitempty" minimum:"0" doc:"Owed for each first purchase that is kept, in minor units, instead of points; noted as cost." example:"500"`
	Begins   time.Time `json:"begins,omitzero" doc:"The first moment at which customers may come."`
	Ends     time.Time `json:"ends,omitzero" doc:"The first moment at which none may come any more."`
}

// influencerIn names an influencer in an address.
type influencerIn struct {
	Influencer influencerID `path:"influencer"`
}

// which names the file of a statement.
func (in *influencerIn) which() string { return string(in.Influencer) }

type influencerID string

// Schema describes it for the document.
func (influencerID) Schema(huma.Registry) *huma.Schema {
	s := shown(id.Influencer, "The influencer: a member, mem_…, also by the id of a profile that was merged into theirs, or one who is none, inf_….")
	s.Pattern = "^(" + string(id.Influencer) + "|" + string(id.Member) + ")_[0-9a-hjkmnp-tv-z]{13}$"
	return s
}

func (in influencerIn) id() (id.ID, error) {
	if err := needed("influencer", string(in.Influencer)); err != nil {
		return 0, err
	}
	found, err := referral.ParseInviter(string(in.Influencer))
	return found, param("influencer", err)
}

// influencerView is an influencer with what they came to.
type influencerView struct {
	Influencer string         `json:"influencer" doc:"The member, mem_…; of one who is none, inf_…" example:"inf_01h9x3k7q2v5n"`
	Number     int64          `json:"number" doc:"Of the terms; grows with every change." example:"4"`
	Made       time.Time      `json:"made"`
	Says       InfluencerSpec `json:"says"`
	Code       string         `json:"code,omitempty" example:"7M2-K9Q-4TX"`
	Link       string         `json:"link,omitempty" doc:"Where the code leads, from the root of this installation." example:"/r/7M2K9Q4TX"`

	Clicks   int64 `json:"clicks" doc:"How often the link was opened." example:"210"`
	Came     int64 `json:"came" doc:"Who came with the code." example:"35"`
	New      int64 `json:"new" doc:"Of these, those who had never bought before: beyond the shop's own customers." example:"31"`
	Refused  int64 `json:"refused" doc:"Turned away by a guard or by staff; they count nowhere else." example:"1"`
	Bought   int64 `json:"bought" doc:"Who made the purchase that counts." example:"20"`
	Kept     int64 `json:"kept" doc:"Of these, who kept it over the return window." example:"18"`
	Revenue  int64 `json:"revenue" doc:"The goods of those purchases, in minor units." example:"64000"`
	Returned int64 `json:"returned" doc:"What of it came back." example:"3000"`
	Fees     int64 `json:"fees" doc:"What the influencer has earned in fees, in minor units." example:"9000"`
	Paid     int64 `json:"paid" doc:"What of it was paid." example:"4000"`
	Owed     int64 `json:"owed" doc:"What of it is still to be paid." example:"5000"`
	Points   int64 `json:"points" doc:"What points given to both sides are worth, in minor units." example:"1800"`
	Codes    int64 `json:"codes" doc:"Codes given to either side; they cost what they are used for."`

	Outside *outsiderView `json:"outside,omitempty" doc:"What is known of one who is no member."`
}

type outsiderView struct {
	Name      string     `json:"name" example:"Zoë Long"`
	Channel   string     `json:"channel,omitempty" example:"teapot.example"`
	Contact   string     `json:"contact,omitempty" example:"zoe@example.com"`
	Forgotten *time.Time `json:"forgotten,omitempty" doc:"When name, channel and contact were taken out."`
}

type influencerList struct {
	Items []influencerView `json:"items" nullable:"false" doc:"The latest changed first."`
}

func (s *server) addInfluencers() {
	const path = "/v1/influencers"
	read(s, operation{
		id: "list-influencers", method: http.MethodGet, path: path, tag: tagReferrals, needs: needs(auth.ReferralsRead),
		summary: "List influencers with what they came to",
	}, func(ctx context.Context, c *call, _ *nothing) (influencerList, error) {
		list, err := s.Referrals.Influencers(ctx, c.actor, c.programme())
		v := influencerList{Items: make([]influencerView, len(list))}
		for i, r := range list {
			v.Items[i] = c.influencer(r)
		}
		return v, err
	})
	write(s, operation{
		id: "write-influencer", method: http.MethodPut, path: path + "/{influencer}", tag: tagReferrals, needs: needs(auth.ReferralsWrite),
		summary: "Write the terms of an influencer",
		text: "For customers who come from now on by the code of this member, which is drawn if they have none; the guards are those of referrals. " +
			"Points and codes are for who has joined, a fee for anybody who is known. State off makes them a member like others.",
		example: `{"state": "on", "name": "Zoë of the Teapot", "disclose": true, "fee": 500, "friend": {"points": 100}, "return_days": 14, "new_only": true}`,
	}, func(ctx context.Context, c *call, in *influencerIn, body *InfluencerSpec) (string, error) {
		m, err := in.id()
		if err != nil {
			return "", err
		}
		spec, err := body.ReferralSpec.spec(c)
		if err != nil {
			return "", err
		}
		spec.Influencer = &referral.Influencer{Name: body.Name, Disclose: body.Disclose, Fee: body.Fee, Begins: body.Begins, Ends: body.Ends}
		_, err = s.Referrals.SaveInfluencer(ctx, c.actor, c.programme(), m, referral.TermsState(body.State), spec)
		return string(in.Influencer), err
	}, s.showInfluencer)
	s.addOutsiders()
	s.addFees()
}

// addOutsiders adds what is written of influencers who are no members.
func (s *server) addOutsiders() {
	const path = "/v1/influencers"
	write(s, operation{
		id: "register-influencer", method: http.MethodPost, path: path, tag: tagReferrals, needs: needs(auth.ReferralsWrite), created: true,
		summary: "Register an influencer who is no member",
		text:    "By name, channel and contact alone. Write the terms with the id in the answer, inf_…. They get a fee, not points.",
		example: `{"name": "Zoë Long", "channel": "teapot.example", "contact": "zoe@example.com"}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *newOutsider) (string, error) {
		o, err := s.Referrals.Register(ctx, c.actor, c.programme(), referral.OutsideSpec{Name: body.Name, Channel: body.Channel, Contact: body.Contact})
		return o.Shown(), err
	}, s.showInfluencer)
	write(s, operation{
		id: "change-influencer", method: http.MethodPatch, path: path + "/{influencer}", tag: tagReferrals, needs: needs(auth.ReferralsWrite),
		summary: "Change what is written of an influencer who is no member", text: "Fields left out stay.",
	}, func(ctx context.Context, c *call, in *influencerIn, body *outsiderPatch) (string, error) {
		m, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Referrals.Rewrite(ctx, c.actor, c.programme(), m, func(o *referral.OutsideSpec) {
			change(&o.Name, body.Name)
			change(&o.Channel, body.Channel)
			change(&o.Contact, body.Contact)
		})
		return string(in.Influencer), err
	}, s.showInfluencer)
	write(s, operation{
		id: "forget-influencer", method: http.MethodDelete, path: path + "/{influencer}", tag: tagReferrals, needs: needs(auth.ReferralsWrite),
		summary: "Forget an influencer who is no member",
		text:    "Takes out name, channel, contact and the notes of payments, and ends their terms and link. What was brought and paid stays, without a name. Members are erased as members.",
	}, func(ctx context.Context, c *call, in *influencerIn, _ *nothing) (string, error) {
		m, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Referrals.Forget(ctx, c.actor, c.programme(), m)
		return string(in.Influencer), err
	}, s.showInfluencer)
}

// addFees adds what influencers are owed and paid.
func (s *server) addFees() {
	const path = "/v1/influencers/{influencer}"
	write(s, operation{
		id: "pay-influencer", method: http.MethodPost, path: path + "/payments", tag: tagReferrals, needs: needs(auth.ReferralsWrite), created: true,
		summary: "Note that an influencer was paid", text: "No more than is owed. Paying itself is the shop's.",
		example: `{"amount": 500, "note": "by bank, 3 March"}`,
	}, func(ctx context.Context, c *call, in *influencerIn, body *newPayment) (string, error) {
		m, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Referrals.PayFee(ctx, c.actor, c.programme(), m, body.Amount, body.Note)
		return string(in.Influencer), err
	}, s.showInfluencer)
	read(s, operation{
		id: "get-influencer-statement", method: http.MethodGet, path: path + "/statement", tag: tagReferrals, needs: needs(auth.ReferralsRead),
		summary: "What an influencer was ever owed for and paid, in order",
	}, func(ctx context.Context, c *call, in *influencerIn) (feeStatement, error) {
		list, err := s.feesOf(ctx, c, in)
		v := feeStatement{Items: make([]feeLine, len(list))}
		for i, d := range list {
			v.Items[i] = feeLine{d.At, optionalID(id.Referral, d.ReferralID), optionalID(id.Sale, d.SaleID), d.Amount, d.Balance, d.Note}
		}
		return v, err
	})
	download(s, operation{
		id: "get-influencer-statement-csv", method: http.MethodGet, path: path + "/statement.csv", tag: tagReferrals, needs: needs(auth.ReferralsRead),
		summary: "The same as a table", text: "CSV with a header: at, what, referral, purchase, amount, balance, note.",
	}, "statement.csv", func(ctx context.Context, c *call, in *influencerIn, out io.Writer) error {
		list, err := s.feesOf(ctx, c, in)
		if err != nil {
			return err
		}
		return referral.FeesCSV(list, c.setting.Currency, out)
	})
}

func (s *server) feesOf(ctx context.Context, c *call, in *influencerIn) ([]referral.Due, error) {
	m, err := in.id()
	if err != nil {
		return nil, err
	}
	return s.Referrals.FeeStatement(ctx, c.actor, c.programme(), m)
}

type newOutsider struct {
	Name    string `json:"name" minLength:"1" maxLength:"400" example:"Zoë Long"`
	Channel string `json:"channel,omitempty" maxLength:"1200" doc:"Where they speak of the shop." example:"teapot.example"`
	Contact string `json:"contact,omitempty" maxLength:"1200" doc:"Where they are reached. An e-mail address or a telephone number in it keeps them from being paid for themselves." example:"zoe@example.com"`
}

type outsiderPatch struct {
	Name    *string `json:"name,omitempty" maxLength:"400"`
	Channel *string `json:"channel,omitempty" maxLength:"1200"`
	Contact *string `json:"contact,omitempty" maxLength:"1200"`
}

type newPayment struct {
	Amount int64  `json:"amount" minimum:"1" doc:"In minor units." example:"500"`
	Note   string `json:"note,omitempty" maxLength:"1200" example:"by bank, 3 March"`
}

type feeStatement struct {
	Items []feeLine `json:"items" nullable:"false"`
}

type feeLine struct {
	At       time.Time `json:"at"`
	Referral string    `json:"referral,omitempty" doc:"Of a fee; a payment has none." example:"ref_01h9x3k7q2v5n"`
	Purchase string    `json:"purchase,omitempty" example:"evt_01h9x3k7q2v5n"`
	Amount   int64     `json:"amount" doc:"Above 0 for a fee, below it for a payment, in minor units." example:"500"`
	Balance  int64     `json:"balance" doc:"What is owed after it." example:"500"`
	Note     string    `json:"note,omitempty"`
}

func (s *server) showInfluencer(ctx context.Context, c *call, subject string) (influencerView, error) {
	m, err := influencerIn{influencerID(subject)}.id()
	if err != nil {
		return influencerView{}, err
	}
	list, err := s.Referrals.Influencers(ctx, watcher, c.programme())
	if err != nil {
		return influencerView{}, err
	}
	for _, r := range list {
		if r.InfluencerID == m {
			return c.influencer(r), nil
		}
	}
	aliases, err := s.aliases(ctx, c, m)
	for _, r := range list {
		for _, a := range aliases {
			if r.InfluencerID == a {
				return c.influencer(r), err
			}
		}
	}
	return influencerView{}, err
}

func (c *call) influencer(r *referral.InfluencerResults) influencerView {
	v := influencerView{
		Influencer: r.Shown(), Number: r.Number, Made: r.Made, Clicks: r.Clicks, Came: r.Came, New: r.New, Refused: r.Refused,
		Bought: r.Bought, Kept: r.Kept, Revenue: r.Revenue, Returned: r.Returned, Fees: r.Fees, Paid: r.Paid, Owed: r.Owed(), Points: r.Points, Codes: r.Codes,
		Says: InfluencerSpec{ReferralSpec: c.terms(r.Terms).ReferralSpec},
	}
	if o := r.Outside; o != nil {
		v.Outside = &outsiderView{o.Name, o.Channel, o.Contact, moment(o.Forgotten)}
		if r.Number == 0 {
			v.Made = o.Made
		}
	}
	if n := r.Influencer; n != nil {
		v.Says.Name, v.Says.Disclose, v.Says.Fee, v.Says.Begins, v.Says.Ends = n.Name, n.Disclose, n.Fee, n.Begins, n.Ends
	}
	if r.Code != "" {
		v.Code, v.Link = referral.ShowCode(r.Code), referral.LinkPath(r.Code)
	}
	return v
}
