package partner

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Partner is a company whose shops give and take the programme's points.
type Partner struct {
	ID, ProgrammeID id.ID
	Spec
	// WalletID is the wallet that is settled with the partner, fixed. Its points
	// alone pay in the partner's shops.
	WalletID id.ID
	Made     time.Time
	// Ended is zero while the partnership lasts.
	Ended time.Time
	// Terms in the order in which they begin; the first hold from ever.
	Terms []Terms
}

// Spec is what a manager says of a partner and may change.
type Spec struct {
	Name string `json:"name"`
	// Contact is whom statements are for: a company's address, no member's.
	Contact string `json:"contact"`
	// MayGrant lets rules give points for what happens in the partner's shops,
	// MayAccept lets points pay there.
	MayGrant  bool `json:"may_grant"`
	MayAccept bool `json:"may_accept"`
	// MaySee lets its keys learn how many points a member has, and the given name
	// of those who consented to it.
	MaySee bool `json:"may_see"`
}

// State says whether a partnership lasts.
type State string

// The states.
const (
	Active State = "active"
	Ended  State = "ended"
)

// Text returns the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "partner.state." + string(s)} }

// State says whether the partnership lasts.
func (p *Partner) State() State {
	if p.Ended.IsZero() {
		return Active
	}
	return Ended
}

// Terms is one version of what is paid.
type Terms struct {
	ID, PartnerID id.ID
	// Begins is the first moment of sales to which they apply; zero for the
	// first terms.
	Begins time.Time
	TermsSpec
}

// TermsSpec is what is paid. Prices are in minor units for one smallest unit of
// points.
type TermsSpec struct {
	// IssuePrice is what the partner pays us for points that its shops give.
	IssuePrice money.Rate `json:"issue_price"`
	// RedeemPrice is what we pay the partner for points spent in its shops.
	RedeemPrice money.Rate `json:"redeem_price"`
	// IssueFee and RedeemFee are what the partner pays us on top, as a part of
	// the sums for points given and spent.
	IssueFee  money.Rate `json:"issue_fee"`
	RedeemFee money.Rate `json:"redeem_fee"`
	// Rounding is that of fees to minor units.
	Rounding money.Rounding `json:"rounding"`
}

// Roundings returns how fees may be rounded, the usual one first.
func Roundings() []money.Rounding {
	return []money.Rounding{money.HalfUp, money.HalfEven, money.Floor, money.Ceil}
}

// TermsAt returns the terms of a sale at the time.
func (p *Partner) TermsAt(at time.Time) Terms {
	for _, t := range slices.Backward(p.Terms) {
		if !at.Before(t.Begins) {
			return t
		}
	}
	return Terms{}
}

// Shop is a shop of a partner while Begins ≤ t < Ends.
type Shop struct {
	ShopID, PartnerID id.ID
	Begins            time.Time
	// Ends is zero until it is known.
	Ends time.Time
}

func (s *Shop) at(t time.Time) bool {
	return !t.Before(s.Begins) && (s.Ends.IsZero() || t.Before(s.Ends))
}

// Share says which part of the discounts of an offer a partner bears since a
// time: of sales from then on, until it is said anew.
type Share struct {
	OfferID, PartnerID id.ID
	Part               money.Rate
	// Begins is zero for what was shared before the time was kept: from ever.
	Begins time.Time
}

// sharesAt returns who bears which part of which offer at a time. The list is by
// offer, partner and time.
func sharesAt(list []Share, t time.Time) []Share {
	var in []Share
	for i, s := range list {
		next := i + 1
		if t.Before(s.Begins) || next < len(list) && list[next].OfferID == s.OfferID && list[next].PartnerID == s.PartnerID && !t.Before(list[next].Begins) {
			continue
		}
		if !s.Part.IsZero() {
			in = append(in, s)
		}
	}
	return in
}

const (
	maxName    = 100
	maxContact = 1000
	// mostPerPoint bounds prices: one smallest unit of points costs at most a
	// thousand units of most currencies.
	mostPerPoint = 100_000
	mostDen      = 1_000_000
)

// check tidies what a partner is and returns all that is wrong with it.
func (s *Spec) check() error {
	s.Name, s.Contact = strings.TrimSpace(s.Name), strings.TrimSpace(s.Contact)
	var wrong []error
	if s.Name == "" || !text(s.Name, maxName, false) {
		wrong = append(wrong, fault.Invalid("partner_name", "a partner needs a name of one line with at most %d letters", maxName).At("/name").With("most", maxName))
	}
	if !text(s.Contact, maxContact, true) {
		wrong = append(wrong, fault.Invalid("partner_contact", "the contact takes at most %d letters", maxContact).At("/contact").With("most", maxContact))
	}
	return fault.Gather(wrong...)
}

// differs names what is not as it was.
func (s *Spec) differs(before Spec) []string {
	names := []string{}
	for name, changed := range map[string]bool{
		"name": s.Name != before.Name, "contact": s.Contact != before.Contact,
		"may_grant": s.MayGrant != before.MayGrant, "may_accept": s.MayAccept != before.MayAccept, "may_see": s.MaySee != before.MaySee,
	} {
		if changed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func text(s string, most int, lines bool) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && (!lines || r != '\n' && r != '\r') })
}

// check returns all that is wrong with terms.
func (t *TermsSpec) check() error {
	var wrong []error
	if t.Rounding == "" {
		t.Rounding = money.HalfUp
	}
	for _, r := range []struct {
		at   string
		rate money.Rate
		most int64
	}{
		{"/issue_price", t.IssuePrice, mostPerPoint}, {"/redeem_price", t.RedeemPrice, mostPerPoint}, {"/issue_fee", t.IssueFee, 1}, {"/redeem_fee", t.RedeemFee, 1},
	} {
		if !within(r.rate, r.most) {
			wrong = append(wrong, fault.Invalid("partner_rate", "the rate is between 0 and %d, with at most six decimals", r.most).At(r.at).With("most", r.most))
		}
	}
	if !slices.Contains(Roundings(), t.Rounding) {
		wrong = append(wrong, fault.Invalid("partner_rounding", "a fee is rounded by one of %v", Roundings()).At("/rounding"))
	}
	return fault.Gather(wrong...)
}

func within(r money.Rate, most int64) bool {
	return r.Num() >= 0 && r.Den() <= mostDen && r.Num() <= most*r.Den()
}
