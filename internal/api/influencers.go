package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/referral"
)

// InfluencerSpec is what a manager says of one influencer; inviter is what the
// influencer gets, friend what the customer gets.
type InfluencerSpec struct {
	ReferralSpec
	Name     string    `json:"name" minLength:"1" maxLength:"400" doc:"How they are called on the page that their link opens." example:"Zoë of the Teapot"`
	Disclose bool      `json:"disclose" doc:"The page says that it is advertising. Whoever is rewarded has to be disclosed."`
	Fee      int64     `json:"fee,omitempty" minimum:"0" doc:"Owed for each first purchase that is kept, in minor units, instead of points; noted as cost." example:"500"`
	Begins   time.Time `json:"begins,omitzero" doc:"The first moment at which customers may come."`
	Ends     time.Time `json:"ends,omitzero" doc:"The first moment at which none may come any more."`
}

// influencerView is an influencer with what they came to.
type influencerView struct {
	Member string         `json:"member" example:"mem_01h9x3k7q2v5n"`
	Number int64          `json:"number" doc:"Of the terms; grows with every change." example:"4"`
	Made   time.Time      `json:"made"`
	Says   InfluencerSpec `json:"says"`
	Code   string         `json:"code,omitempty" example:"7M2-K9Q-4TX"`
	Link   string         `json:"link,omitempty" doc:"Where the code leads, from the root of this installation." example:"/r/7M2K9Q4TX"`

	Clicks   int64 `json:"clicks" doc:"How often the link was opened." example:"210"`
	Came     int64 `json:"came" doc:"Who came with the code." example:"35"`
	New      int64 `json:"new" doc:"Of these, those who had never bought before: beyond the shop's own customers." example:"31"`
	Refused  int64 `json:"refused" doc:"Turned away by a guard or by staff; they count nowhere else." example:"1"`
	Bought   int64 `json:"bought" doc:"Who made the purchase that counts." example:"20"`
	Kept     int64 `json:"kept" doc:"Of these, who kept it over the return window." example:"18"`
	Revenue  int64 `json:"revenue" doc:"The goods of those purchases, in minor units." example:"64000"`
	Returned int64 `json:"returned" doc:"What of it came back." example:"3000"`
	Fees     int64 `json:"fees" doc:"Owed to the influencer, in minor units." example:"9000"`
	Points   int64 `json:"points" doc:"What points given to both sides are worth, in minor units." example:"1800"`
	Codes    int64 `json:"codes" doc:"Codes given to either side; they cost what they are used for."`
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
		id: "write-influencer", method: http.MethodPut, path: path + "/{member}", tag: tagReferrals, needs: needs(auth.ReferralsWrite),
		summary: "Write the terms of an influencer",
		text: "For customers who come from now on by the code of this member, which is drawn if they have none; the guards are those of referrals. " +
			"Points and codes are for who has joined, a fee for anybody who is known. State off makes them a member like others.",
		example: `{"state": "on", "name": "Zoë of the Teapot", "disclose": true, "fee": 500, "friend": {"points": 100}, "return_days": 14, "new_only": true}`,
	}, func(ctx context.Context, c *call, in *memberIn, body *InfluencerSpec) (string, error) {
		m, err := in.Member.id()
		if err != nil {
			return "", err
		}
		spec, err := body.ReferralSpec.spec(c)
		if err != nil {
			return "", err
		}
		spec.Influencer = &referral.Influencer{Name: body.Name, Disclose: body.Disclose, Fee: body.Fee, Begins: body.Begins, Ends: body.Ends}
		_, err = s.Referrals.SaveInfluencer(ctx, c.actor, c.programme(), m, referral.TermsState(body.State), spec)
		return string(in.Member), err
	}, s.showInfluencer)
}

func (s *server) showInfluencer(ctx context.Context, c *call, subject string) (influencerView, error) {
	m, err := memberID(subject).id()
	if err != nil {
		return influencerView{}, err
	}
	aliases, err := s.aliases(ctx, c, m)
	if err != nil {
		return influencerView{}, err
	}
	list, err := s.Referrals.Influencers(ctx, watcher, c.programme())
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
		Member: r.InfluencerID.In(id.Member), Number: r.Number, Made: r.Made, Clicks: r.Clicks, Came: r.Came, New: r.New, Refused: r.Refused,
		Bought: r.Bought, Kept: r.Kept, Revenue: r.Revenue, Returned: r.Returned, Fees: r.Fees, Points: r.Points, Codes: r.Codes,
		Says: InfluencerSpec{ReferralSpec: c.terms(r.Terms).ReferralSpec},
	}
	if n := r.Influencer; n != nil {
		v.Says.Name, v.Says.Disclose, v.Says.Fee, v.Says.Begins, v.Says.Ends = n.Name, n.Disclose, n.Fee, n.Begins, n.Ends
	}
	if r.Code != "" {
		v.Code, v.Link = referral.ShowCode(r.Code), referral.LinkPath(r.Code)
	}
	return v
}
