package console

import (
	"bytes"
	"mime"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// outsideSpec reads what is written of an influencer who is no member.
func (v *visit) outsideSpec() referral.OutsideSpec {
	return referral.OutsideSpec{Name: v.field("about_name"), Channel: v.field("about_channel"), Contact: v.field("about_contact")}
}

// aboutFields names the field of an outsider that a failure is about.
func aboutFields(err error) error {
	for _, name := range []string{"name", "channel", "contact"} {
		err = elsewhere(err, "/"+name, "/about_"+name)
	}
	return err
}

// registerInfluencer takes in somebody who is no member and leads to their terms.
func (c *Console) registerInfluencer(v *visit) error {
	o, err := c.Referrals.Register(v.ctx(), v.actor, v.programme.ID, v.outsideSpec())
	if err == nil {
		return v.done(v.influencerAt(o.Shown()), "console.influencer.registered")
	}
	l, failed := c.readInfluencers(v)
	if failed != nil {
		return failed
	}
	return v.mend(aboutFields(err), func(errs web.FormErrors) component {
		l.errs = errs
		return influencerListPage(l)
	})
}

// turnInfluencer changes something about the influencer of the address.
func (c *Console) turnInfluencer(v *visit, said string, do func(f *influencerForm) error) error {
	f, err := c.meetInfluencer(v)
	if err != nil {
		return err
	}
	if err := do(f); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs, f.beside = errs, true
			return influencerPage(f)
		})
	}
	return v.done(f.path(), said)
}

func (c *Console) rewriteInfluencer(v *visit) error {
	return c.turnInfluencer(v, "console.influencer.rewritten", func(f *influencerForm) error {
		_, err := c.Referrals.Rewrite(v.ctx(), v.actor, v.programme.ID, f.member, func(s *referral.OutsideSpec) { *s = v.outsideSpec() })
		return aboutFields(err)
	})
}

func (c *Console) forgetInfluencer(v *visit) error {
	return c.turnInfluencer(v, "console.influencer.forgotten_done", func(f *influencerForm) error {
		_, err := c.Referrals.Forget(v.ctx(), v.actor, v.programme.ID, f.member)
		return err
	})
}

func (c *Console) payInfluencer(v *visit) error {
	return c.turnInfluencer(v, "console.influencer.paid_done", func(f *influencerForm) error {
		amount, err := f.number("amount", f.programme.Currency.Decimals())
		if err == nil {
			_, err = c.Referrals.PayFee(v.ctx(), v.actor, v.programme.ID, f.member, amount, v.field("note"))
		}
		if said := fault.As(err); said != nil && said.Code == "influencer_overpaid" {
			err = said.With("owed", v.Money(f.results.Owed(), ""))
		}
		return err
	})
}

// influencerFile sends what the influencer was owed for and paid.
func (c *Console) influencerFile(v *visit) error {
	m, err := v.pathInfluencer()
	if err != nil {
		return err
	}
	list, err := c.Referrals.FeeStatement(v.ctx(), v.actor, v.programme.ID, m)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := referral.FeesCSV(list, v.programme.Currency, &file); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "fees-" + v.r.PathValue("influencer") + ".csv"}))
	h.Set("Cache-Control", "no-store")
	_, err = v.w.Write(file.Bytes())
	return err
}

// outsider is the influencer where they are no member and not forgotten, for who
// may see people.
func (f *influencerForm) outsider() *referral.Outsider {
	if f.results == nil || f.results.Outside == nil || !f.results.Outside.Forgotten.IsZero() || !f.can(auth.MembersRead) {
		return nil
	}
	return f.results.Outside
}

// outside reports whether the influencer is no member, so that points are not for
// them.
func (f *influencerForm) outside() bool { return f.results != nil && f.results.Outside != nil }

// about is a field of an outsider as it stands in the form.
func (f *influencerForm) about(name, kept string) string {
	if f.beside && f.r.Form.Has("about_name") {
		return f.field("about_" + name)
	}
	return kept
}

// statementAction leads to the statement as a file.
func (f *influencerForm) statementAction() templ.Component {
	return web.Action(web.Button{Label: "CSV", Small: true, Icon: web.IconExport, Href: f.below("/statement.csv"), Attrs: templ.Attributes{"download": ""}})
}

// owes reports whether anything was ever to be paid.
func (f *influencerForm) owes() bool {
	return f.results != nil && (f.results.Fees > 0 || f.results.Paid > 0)
}

func (f *influencerForm) sums() []web.Definition {
	r := f.results
	return []web.Definition{
		{Term: f.T("console.influencer.fees"), About: web.Words(f.Money(r.Fees, ""))},
		{Term: f.T("console.influencer.paid"), About: web.Words(f.Money(r.Paid, ""))},
		{Term: f.T("console.influencer.owed"), About: web.Words(f.Money(r.Owed(), ""))},
	}
}
