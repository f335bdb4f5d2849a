package console

import (
	"crypto/rand"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/web"
)

// spokenSources are how a customer tells what somebody of ours writes down.
var spokenSources = []complaint.Source{complaint.FromPhone, complaint.FromTill}

// caseForm is what somebody of ours writes down for a customer at the counter or on
// the telephone.
type caseForm struct {
	*visit
	settings complaint.Settings
	// member is whose it is, 0 for somebody unknown; owner is what they are called.
	member id.ID
	owner  string
	staff  crew
	errs   web.FormErrors
}

// caseReceipt tells what the customer follows a case by, once.
type caseReceipt struct {
	*visit
	opened complaint.Opened
}

func (c *Console) meetCaseForm(v *visit) (*caseForm, error) {
	f := &caseForm{visit: v}
	ourselves := auth.System("console")
	var err error
	if f.settings, _, err = c.Complaints.Settings(v.ctx(), ourselves, v.programme.ID); err != nil {
		return nil, err
	}
	if f.staff, err = c.Auth.ListStaff(v.ctx(), ourselves, v.programme.ID); err != nil {
		return nil, err
	}
	shown := v.field("member")
	if shown == "" {
		return f, nil
	}
	if f.member, err = id.Parse(id.Member, shown); err != nil {
		return nil, err
	}
	found, err := c.Members.Get(v.ctx(), v.actor, v.programme.ID, f.member)
	if err != nil {
		return nil, err
	}
	f.owner = shownName(v, found.Member, found.Identities)
	return f, nil
}

func (c *Console) newCase(v *visit) error {
	f, err := c.meetCaseForm(v)
	if err != nil {
		return err
	}
	return v.render(caseFormPage(f))
}

func (c *Console) writeCase(v *visit) error {
	f, err := c.meetCaseForm(v)
	if err != nil {
		return err
	}
	ask := complaint.Ask{
		Name: "desk:" + v.field("nonce"), Kind: complaint.Kind(v.field("kind")), Reason: v.field("reason"), Wanted: complaint.Wanted(v.field("wanted")), Source: complaint.Source(v.field("source")),
		MemberID: f.member, Reference: v.field("reference"), Contact: v.field("contact"), Text: v.r.FormValue("text"), SubjectID: f.staff.named(v.field("subject")),
	}
	if !slices.Contains(spokenSources, ask.Source) {
		ask.Source = ""
	}
	opened, err := c.Complaints.Begin(v.ctx(), v.actor, v.programme.ID, ask)
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return caseFormPage(f)
		})
	}
	v.w.Header().Set("Cache-Control", "no-store")
	return v.render(caseReceiptPage(&caseReceipt{v, opened}))
}

// nonce names the request, so that a form that is sent twice is one case.
func (f *caseForm) nonce() string { return firstOr(f.field("nonce"), rand.Text()) }

func (f *caseForm) kindOptions() (list []web.Option) {
	for _, k := range complaint.Kinds() {
		list = append(list, web.Option{Value: string(k), Label: f.Say(k.Text())})
	}
	return web.Choose(list, firstOr(f.field("kind"), string(complaint.Complaint)))
}

func (f *caseForm) sourceOptions() (list []web.Option) {
	for _, s := range spokenSources {
		list = append(list, web.Option{Value: string(s), Label: f.Say(s.Text())})
	}
	return web.Choose(list, firstOr(f.field("source"), string(complaint.FromPhone)))
}

func (f *caseForm) reasonOptions() []web.Option {
	return web.Choose(f.caseReasons(&f.settings), f.field("reason"))
}

func (f *caseForm) wantedOptions() (list []web.Option) {
	for _, w := range complaint.Wants() {
		list = append(list, web.Option{Value: string(w), Label: f.Say(w.Text())})
	}
	return web.Choose(list, firstOr(f.field("wanted"), string(complaint.JustTelling)))
}

func (f *caseForm) subjectOptions() []web.Option {
	return web.Choose(f.staff.options(f.T("console.case.about_nobody"), 0, 0), f.field("subject"))
}
