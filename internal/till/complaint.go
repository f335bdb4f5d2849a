package till

import (
	"crypto/rand"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// grievance is what a customer complains of at the counter: tapped are the reason and
// then what would help. Name is drawn in between, so that two taps are one case.
type grievance struct {
	Member string `json:"member"`
	Reason string `json:"reason"`
	Wanted string `json:"wanted"`
	Name   string `json:"name"`
}

// readReasons reads what can be complained of here, for who may take complaints.
func (t *till) readReasons(v *visit, c *customer) error {
	if v.actor.Can(v.programme.ID, auth.CasesWrite) != nil {
		return nil //nolint:nilerr // who may take none is shown nothing
	}
	var err error
	c.complaints, _, err = t.Complaints.Settings(v.ctx(), auth.System("till"), v.programme.ID)
	return err
}

// complain takes a complaint, and tells what the customer follows it by.
func (t *till) complain(v *visit) (any, error) {
	var g grievance
	if err := v.read(&g); err != nil {
		return nil, err
	}
	if err := v.actor.Can(v.programme.ID, auth.CasesWrite); err != nil {
		return nil, err
	}
	m, err := id.Parse(id.Member, g.Member)
	if err != nil {
		return nil, err
	}
	if g.Wanted == "" {
		g.Name = rand.Text()
		html, err := v.html(wantedPart(v, &g))
		return scanned{Kind: "part", HTML: html}, err
	}
	if g.Name == "" {
		return nil, fault.Invalid("till_malformed", "what the till sent cannot be read; open the page again").At("/name")
	}
	o, err := t.Complaints.Begin(v.ctx(), v.actor, v.programme.ID, complaint.Ask{
		Name: "till:" + g.Name, Kind: complaint.Complaint, Reason: g.Reason, Wanted: complaint.Wanted(g.Wanted), MemberID: m, ShopID: v.shop.ID, Source: complaint.FromTill, Language: v.Lang(),
	})
	if err != nil {
		return nil, err
	}
	html, err := v.html(complainedPart(v, &o))
	return scanned{Kind: "part", HTML: html}, err
}
