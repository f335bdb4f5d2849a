package console

import (
	"fmt"
	"strconv"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/web"
)

// policyPage is the contact policy as a form, and what it would do for one
// member.
type policyPage struct {
	*visit
	policy  outreach.Policy
	version int64
	errs    web.FormErrors
	// who and class are asked about; verdict is the answer, or refused why
	// there is none.
	who, class, name string
	verdict          *outreach.Verdict
	refused          string
}

func (c *Console) meetPolicy(v *visit) (*policyPage, error) {
	p := &policyPage{visit: v, who: v.field("who"), class: v.field("ask")}
	var err error
	p.policy, p.version, err = c.Outreach.Policy(v.ctx(), v.actor, v.programme.ID)
	return p, err
}

func (c *Console) contactPolicy(v *visit) error {
	p, err := c.meetPolicy(v)
	if err != nil {
		return err
	}
	if p.who != "" && v.can(auth.MembersRead) {
		if err := c.askPolicy(p); err != nil {
			return err
		}
	}
	return v.render(contactPolicyPage(p))
}

// askPolicy decides about the member who was named.
func (c *Console) askPolicy(p *policyPage) error {
	found, err := c.Members.Search(p.ctx(), p.actor, member.Query{ProgrammeID: p.programme.ID, Text: p.who, Region: p.programme.Region, Limit: 2})
	if err != nil {
		return err
	}
	if len(found.Members) != 1 {
		p.refused = p.T("console.message.found", "n", len(found.Members))
		return nil
	}
	m := found.Members[0]
	verdict, err := c.Outreach.WouldDecide(p.ctx(), p.actor, p.programme.ID, m.ID, flow.Class(p.class))
	if err != nil {
		return err
	}
	p.name, p.verdict = shownName(p.visit, m, found.Identities[m.ID]), &verdict
	return nil
}

func (c *Console) saveContactPolicy(v *visit) error {
	p, err := c.meetPolicy(v)
	if err != nil {
		return err
	}
	typed, err := p.typed()
	if err == nil {
		seen := v.seenVersion()
		_, err = c.Outreach.SetPolicy(v.ctx(), v.actor, v.programme.ID, seen, typed)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return contactPolicyPage(p)
		})
	}
	return v.done(v.at("/messages/policy"), "console.message.policy_saved")
}

// typed reads the form.
func (p *policyPage) typed() (outreach.Policy, error) {
	n := outreach.Policy{
		SenderName: p.field("sender_name"), SenderAddress: p.field("sender_address"), ReplyTo: p.field("reply_to"), QuietWeekends: p.field("quiet_weekends") != "",
	}
	for _, clock := range []struct {
		name string
		into *int
	}{{"quiet_from", &n.QuietFrom}, {"quiet_to", &n.QuietTo}} {
		t, err := time.Parse("15:04", p.field(clock.name))
		if err != nil {
			return n, fault.Invalid("malformed_clock", "write the time of day as 21:00").At("/" + clock.name)
		}
		*clock.into = t.Hour()*60 + t.Minute()
	}
	for _, figure := range []struct {
		name string
		into *int
	}{{"day_cap", &n.DayCap}, {"month_cap", &n.MonthCap}, {"ask_days", &n.AskDays}, {"incident_days", &n.IncidentDays}} {
		read, err := p.figures().read(p.field(figure.name), 0)
		if err != nil {
			return n, placed(err, "/"+figure.name)
		}
		*figure.into = int(min(read, 1_000))
	}
	return n, nil
}

// show returns what a field holds: what was typed, or else what is kept.
func (p *policyPage) show(name, kept string) string {
	if p.r.Method == "POST" {
		return p.field(name)
	}
	return kept
}

func (p *policyPage) clock(name string, minutes int) string {
	return p.show(name, fmt.Sprintf("%02d:%02d", minutes/60, minutes%60))
}

func (p *policyPage) figure(name string, kept int) string {
	return p.show(name, strconv.Itoa(kept))
}

// weekends reports whether the box is ticked.
func (p *policyPage) weekends() bool {
	if p.r.Method == "POST" {
		return p.field("quiet_weekends") != ""
	}
	return p.policy.QuietWeekends
}

// says sums the policy up.
func (p *policyPage) says() string {
	quiet := p.T("console.message.always")
	if p.policy.QuietFrom != p.policy.QuietTo {
		quiet = p.T("console.message.quiet_says", "from", p.clock("", p.policy.QuietFrom), "to", p.clock("", p.policy.QuietTo))
	}
	return quiet + " " + p.T("console.message.caps_says", "day", p.policy.DayCap, "month", p.policy.MonthCap)
}

func (p *policyPage) classOptions() []web.Option {
	var list []web.Option
	for _, class := range outreach.Classes() {
		list = append(list, web.Option{Value: string(class), Label: p.Say(outreach.ClassText(class))})
	}
	if p.class == "" {
		return web.Choose(list, string(flow.StimulusContact))
	}
	return web.Choose(list, p.class)
}

// answer says in a sentence what would become of the message.
func (p *policyPage) answer() string {
	return p.T("console.message.would", "name", p.name, "outcome", string(p.verdict.Outcome)) + " " + p.Say(p.verdict.Reason)
}
