package console

import (
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// influencerPath is the address of the list of influencers.
const influencerPath = referralPath + "/influencers"

func (c *Console) influencerRoutes() []route {
	person := influencerPath + "/{influencer}"
	one := person + "/terms"
	return []route{
		{pattern: "POST " + influencerPath + "/outside", permission: auth.ReferralsWrite, do: c.registerInfluencer},
		{pattern: "POST " + person + "/about", permission: auth.ReferralsWrite, do: c.rewriteInfluencer},
		{pattern: "POST " + person + "/forget", permission: auth.ReferralsWrite, do: c.forgetInfluencer},
		{pattern: "POST " + person + "/pay", permission: auth.ReferralsWrite, do: c.payInfluencer},
		{pattern: "GET " + person + "/statement.csv", permission: auth.ReferralsRead, do: c.influencerFile},
		{pattern: "GET " + influencerPath, permission: auth.ReferralsRead, do: c.influencers},
		{pattern: "POST " + influencerPath, permission: auth.ReferralsWrite, do: c.findInfluencer},
		{pattern: "GET " + one, permission: auth.ReferralsRead, do: c.influencer},
		{pattern: "POST " + one, permission: auth.ReferralsWrite, do: c.saveInfluencer},
	}
}

// influencerList are the influencers with what they came to.
type influencerList struct {
	*visit
	list []*referral.InfluencerResults
	errs web.FormErrors
}

func (c *Console) readInfluencers(v *visit) (*influencerList, error) {
	l := &influencerList{visit: v}
	var err error
	l.list, err = c.Referrals.Influencers(v.ctx(), v.actor, v.programme.ID)
	return l, err
}

func (c *Console) influencers(v *visit) error {
	l, err := c.readInfluencers(v)
	if err != nil {
		return err
	}
	return v.render(influencerListPage(l))
}

// findInfluencer leads to the terms of the one member whom the form names.
func (c *Console) findInfluencer(v *visit) error {
	m, err := c.onlyOne(v, v.field("who"))
	if err == nil {
		return v.redirect(v.influencerAt(m.In(id.Member)))
	}
	l, failed := c.readInfluencers(v)
	if failed != nil {
		return failed
	}
	return v.mend(err, func(errs web.FormErrors) component {
		l.errs = errs
		return influencerListPage(l)
	})
}

// influencerForm is the editor of an influencer's terms, with what they came to.
type influencerForm struct {
	referralForm
	member  id.ID
	results *referral.InfluencerResults
	beside  bool // another form of the page is to be mended
}

func (c *Console) meetInfluencer(v *visit) (*influencerForm, error) {
	f := &influencerForm{referralForm: referralForm{visit: v, own: true}}
	var err error
	if f.member, err = v.pathInfluencer(); err != nil {
		return nil, err
	}
	if f.old, err = c.Referrals.InfluencerTerms(v.ctx(), v.actor, v.programme.ID, f.member); err != nil {
		return nil, err
	}
	if f.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	if f.batches, err = c.personalBatches(v); err != nil {
		return nil, err
	}
	all, err := c.Referrals.Influencers(v.ctx(), v.actor, v.programme.ID)
	for _, r := range all {
		if r.InfluencerID == f.old.InfluencerID {
			f.results = r
		}
	}
	return f, err
}

func (c *Console) influencer(v *visit) error {
	f, err := c.meetInfluencer(v)
	if err != nil {
		return err
	}
	return v.render(influencerPage(f))
}

func (c *Console) saveInfluencer(v *visit) error {
	f, err := c.meetInfluencer(v)
	if err != nil {
		return err
	}
	spec, err := f.terms()
	if err == nil {
		_, err = c.Referrals.SaveInfluencer(v.ctx(), v.actor, v.programme.ID, f.member, referral.TermsState(v.field("state")), spec)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return influencerPage(f)
		})
	}
	return v.done(f.path(), "console.influencer.saved")
}

// terms reads the form.
func (f *influencerForm) terms() (referral.Spec, error) {
	s, err := f.spec()
	if err != nil {
		return s, err
	}
	n := &referral.Influencer{Name: f.field("name"), Disclose: f.field("disclose") != ""}
	s.Influencer = n
	if n.Fee, err = f.number("fee", f.programme.Currency.Decimals()); err != nil {
		return s, fault.As(err)
	}
	if n.Begins, err = f.day("begins"); err != nil {
		return s, err
	}
	if n.Ends, err = f.day("last_day"); err == nil && !n.Ends.IsZero() {
		n.Ends = n.Ends.AddDate(0, 0, 1)
	}
	return s, err
}

func (f *influencerForm) path() string { return f.influencerAt(f.shown()) }

// below is an address below that of the influencer.
func (f *influencerForm) below(path string) string {
	return f.at("/referrals/influencers/" + f.shown() + path)
}

// shown is the influencer's id as people read it.
func (f *influencerForm) shown() string { return referral.ShowInviter(f.member, f.outside()) }

// influencerAt is the page of an influencer.
func (v *visit) influencerAt(shown string) string {
	return v.at("/referrals/influencers/" + shown + "/terms")
}

// pathInfluencer reads who is meant from the address.
func (v *visit) pathInfluencer() (id.ID, error) {
	found, err := referral.ParseInviter(v.r.PathValue("influencer"))
	if err != nil {
		return 0, web.NotFound(v.w, v.r)
	}
	return found, nil
}

// influencerStates are what the terms can become.
func (f *influencerForm) influencerStates() []web.Option {
	states := []referral.TermsState{referral.On, referral.Off}
	if f.old.State == referral.Draft {
		states = []referral.TermsState{referral.Draft, referral.On}
	}
	var list []web.Option
	for _, s := range states {
		list = append(list, web.Option{Value: string(s), Label: f.Say(s.Text())})
	}
	return web.Choose(list, f.show("state", string(f.old.State)))
}

// dayOf is a date as it stands in the form.
func (f *influencerForm) dayOf(name string, kept time.Time) string {
	if kept.IsZero() {
		return f.show(name, "")
	}
	return f.show(name, kept.In(f.programme.Zone).Format(time.DateOnly))
}

func (f *influencerForm) lastDay() string {
	ends := f.old.Influencer.Ends
	if !ends.IsZero() {
		ends = ends.Add(-time.Microsecond)
	}
	return f.dayOf("last_day", ends)
}
