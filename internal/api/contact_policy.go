package api

import (
	"fmt"
	"time"

	"regulars/internal/fault"
	"regulars/internal/outreach"
)

// policyBody is a contact policy.
type policyBody struct {
	SenderName    string `json:"sender_name,omitempty" maxLength:"400" doc:"Who mail comes from; the programme's name when left out." example:"Corner Shop"`
	SenderAddress string `json:"sender_address,omitempty" maxLength:"254" doc:"The address that it comes from; the installation's when left out." example:"points@example.com"`
	ReplyTo       string `json:"reply_to,omitempty" maxLength:"254" doc:"Where answers go; the sender when left out."`
	QuietFrom     string `json:"quiet_from" doc:"From when nobody is disturbed, by the member's clock. Service contacts go out at any time." example:"21:00" pattern:"^[0-2][0-9]:[0-5][0-9]$"`
	QuietTo       string `json:"quiet_to" doc:"Until when; the same as quiet_from for no quiet hours." example:"09:00" pattern:"^[0-2][0-9]:[0-5][0-9]$"`
	QuietWeekends bool   `json:"quiet_weekends,omitempty" doc:"Saturday and Sunday are quiet too."`
	DayCap        int    `json:"day_cap,omitempty" minimum:"0" maximum:"100" doc:"How many stimuli a member gets within 24 hours, over all channels." example:"1"`
	MonthCap      int    `json:"month_cap,omitempty" minimum:"0" maximum:"100" doc:"And within 30 days." example:"4"`
	AskDays       int    `json:"ask_days,omitempty" minimum:"0" maximum:"365" doc:"How many days lie between two asks." example:"30"`
	IncidentDays  int    `json:"incident_days,omitempty" minimum:"0" maximum:"365" doc:"How many days after a complaint was solved a member is neither asked nor stimulated." example:"7"`
}

// policyView is the contact policy in force.
type policyView struct {
	Version int64      `json:"version" doc:"0 while it is the one that everybody begins with." example:"3"`
	Policy  policyBody `json:"policy"`
}

type newPolicy struct {
	Version int64      `json:"version" minimum:"0" doc:"The version that you read." example:"3"`
	Policy  policyBody `json:"policy"`
}

// within points a failure at a field of a part of the request.
func within(part string, err error) error {
	if f := fault.As(err); f == nil || f.Field == "" {
		return err
	}
	return fault.At(part, err)
}

func policyOf(p outreach.Policy) policyBody {
	clock := func(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
	return policyBody{
		SenderName: p.SenderName, SenderAddress: p.SenderAddress, ReplyTo: p.ReplyTo, QuietFrom: clock(p.QuietFrom), QuietTo: clock(p.QuietTo),
		QuietWeekends: p.QuietWeekends, DayCap: p.DayCap, MonthCap: p.MonthCap, AskDays: p.AskDays, IncidentDays: p.IncidentDays,
	}
}

func (b *policyBody) policy() (outreach.Policy, error) {
	p := outreach.Policy{
		SenderName: b.SenderName, SenderAddress: b.SenderAddress, ReplyTo: b.ReplyTo, QuietWeekends: b.QuietWeekends,
		DayCap: b.DayCap, MonthCap: b.MonthCap, AskDays: b.AskDays, IncidentDays: b.IncidentDays,
	}
	for _, n := range []struct {
		field, text string
		into        *int
	}{{"/quiet_from", b.QuietFrom, &p.QuietFrom}, {"/quiet_to", b.QuietTo, &p.QuietTo}} {
		t, err := time.Parse("15:04", n.text)
		if err != nil {
			return p, fault.Invalid("malformed_clock", "write the time of day as 21:00").At(n.field)
		}
		*n.into = t.Hour()*60 + t.Minute()
	}
	return p, nil
}
