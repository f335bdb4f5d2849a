package outreach

import (
	"time"

	"regulars/internal/flow"
	"regulars/internal/i18n"
)

// Outcome is what becomes of a contact.
type Outcome string

// The outcomes.
const (
	Allow  Outcome = "allow"
	Defer  Outcome = "defer"
	Refuse Outcome = "refuse"
)

// Check names one question of the policy.
type Check string

// The checks, in the order in which they are asked.
const (
	CheckPerson     Check = "person"
	CheckAddress    Check = "address"
	CheckConsent    Check = "consent"
	CheckControl    Check = "control"
	CheckIncident   Check = "incident"
	CheckQuiet      Check = "quiet"
	CheckCaps       Check = "caps"
	CheckQuarantine Check = "quarantine"
	CheckLoyal      Check = "loyal"
	CheckOverloaded Check = "overloaded"
)

// Text names the check in words.
func (c Check) Text() i18n.Text { return i18n.Text{Key: "outreach.check." + string(c)} }

// Facts are what a verdict goes by.
type Facts struct {
	Now   time.Time
	Class flow.Class
	// Security says that it is a sign-in code or the like, which passes all.
	Security bool
	// Erased says that there is nobody any more.
	Erased bool
	// Reachable says that there is an address of a channel that we have, and
	// Consented that the member allows the purpose on one of these.
	Reachable, Consented bool
	// Control says that the member belongs to the control group.
	Control bool
	// Zone is the member's.
	Zone *time.Location
	// Stimuli and Asks are the moments at which others were decided that were
	// sent or are about to be.
	Stimuli, Asks []time.Time
	// Incidents, Loyal and Overloaded are nil while nobody knows of such.
	Incidents  *[]Incident
	Loyal      *bool
	Overloaded *bool
}

// Incident is something that went wrong for a member.
type Incident struct {
	Open bool
	// Solved is when it was put right, zero while it is open.
	Solved time.Time
}

// Step is one check and what came of it.
type Step struct {
	Check Check `json:"check"`
	// Passed says that the contact went on to the next check; Unknown that
	// nobody could answer, which lets it go on too.
	Passed  bool      `json:"passed"`
	Unknown bool      `json:"unknown,omitempty"`
	Reason  i18n.Text `json:"reason"`
}

// Verdict is whether a member is contacted, with the reason and every check
// that led to it.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	// Until is when a deferred contact is decided again.
	Until  time.Time `json:"until,omitzero"`
	Reason i18n.Text `json:"reason"`
	Trail  []Step    `json:"trail"`
}

// objection is why a check does not let a contact go on. An empty key is none.
type objection struct {
	key   string
	args  map[string]any
	until time.Time // defers where it is set
}

// test is one check; it returns its objection, and whether anybody could
// answer.
type test struct {
	check Check
	// about says of which classes it is asked.
	about func(flow.Class) bool
	ask   func(*Policy, *Facts) (objection, bool)
}

// tests are the policy in its order.
var tests = []test{
	{CheckPerson, everyClass, onPerson},
	{CheckAddress, everyClass, onAddress},
	{CheckConsent, beyondService, onConsent},
	{CheckControl, stimulating, onControl},
	{CheckIncident, askingOrStimulating, onIncident},
	{CheckQuiet, beyondService, onQuiet},
	{CheckCaps, stimulating, onCaps},
	{CheckQuarantine, asking, onQuarantine},
	{CheckLoyal, stimulating, onLoyal},
	{CheckOverloaded, stimulating, onOverloaded},
}

func everyClass(flow.Class) bool      { return true }
func beyondService(c flow.Class) bool { return c != flow.ServiceContact }
func stimulating(c flow.Class) bool   { return c == flow.StimulusContact }
func asking(c flow.Class) bool        { return c == flow.AskContact }
func askingOrStimulating(c flow.Class) bool {
	return asking(c) || stimulating(c)
}

// Decide says whether a member is contacted now. The first objection counts.
// Codes of security pass whatever else there is; what concerns the service
// itself needs only somebody with an address.
func Decide(p Policy, f Facts) Verdict {
	v := Verdict{Outcome: Allow, Reason: i18n.Text{Key: "outreach.verdict.allowed"}}
	if f.Security {
		v.Reason.Key = "outreach.verdict.security"
		return v
	}
	for _, t := range tests {
		if !t.about(f.Class) {
			continue
		}
		no, known := t.ask(&p, &f)
		step := Step{Check: t.check, Passed: no.key == "", Unknown: !known, Reason: i18n.Text{Key: "outreach.step.passed"}}
		if !known {
			step.Reason.Key = "outreach.step.unknown"
		}
		if !step.Passed {
			step.Reason = i18n.Text{Key: no.key, Args: no.args}
			v.Reason, v.Outcome, v.Until = step.Reason, Refuse, no.until
			if !no.until.IsZero() {
				v.Outcome = Defer
			}
		}
		v.Trail = append(v.Trail, step)
		if !step.Passed {
			break
		}
	}
	return v
}

func onPerson(_ *Policy, f *Facts) (objection, bool) {
	return when(f.Erased, "outreach.verdict.erased"), true
}

func onAddress(_ *Policy, f *Facts) (objection, bool) {
	return when(!f.Reachable, "outreach.verdict.no_address"), true
}

func onConsent(_ *Policy, f *Facts) (objection, bool) {
	key := "outreach.verdict.no_marketing_consent"
	if f.Class == flow.AskContact {
		key = "outreach.verdict.no_survey_consent"
	}
	return when(!f.Consented, key), true
}

func onControl(_ *Policy, f *Facts) (objection, bool) {
	return when(f.Control, "outreach.verdict.control"), true
}

// incidentLook is when an ask is decided again that waits for an open incident.
const incidentLook = 24 * time.Hour

// onIncident puts off an ask and refuses a stimulus: who was let down is asked
// later, never passed over.
func onIncident(p *Policy, f *Facts) (objection, bool) {
	if f.Incidents == nil {
		return objection{}, false
	}
	var until time.Time
	for _, n := range *f.Incidents {
		end := n.Solved.AddDate(0, 0, p.IncidentDays)
		if n.Open {
			end = f.Now.Add(incidentLook)
		}
		if end.After(f.Now) && end.After(until) {
			until = end
		}
	}
	no := when(!until.IsZero(), "outreach.verdict.incident")
	if no.key != "" && f.Class == flow.AskContact {
		no.until = until
	}
	return no, true
}

func onQuiet(p *Policy, f *Facts) (objection, bool) {
	if !p.Quiet(f.Now, f.Zone) {
		return objection{}, true
	}
	until := p.Next(f.Now, f.Zone)
	return objection{key: "outreach.verdict.quiet", args: map[string]any{"until": until}, until: until}, true
}

func onCaps(p *Policy, f *Facts) (objection, bool) {
	if n := since(f.Stimuli, f.Now.Add(-dayCapSpan)); n >= p.DayCap {
		return objection{key: "outreach.verdict.day_cap", args: map[string]any{"n": n, "cap": p.DayCap}}, true
	}
	if n := since(f.Stimuli, f.Now.Add(-monthCapSpan)); n >= p.MonthCap {
		return objection{key: "outreach.verdict.month_cap", args: map[string]any{"n": n, "cap": p.MonthCap}}, true
	}
	return objection{}, true
}

func onQuarantine(p *Policy, f *Facts) (objection, bool) {
	if since(f.Asks, f.Now.AddDate(0, 0, -p.AskDays)) == 0 {
		return objection{}, true
	}
	return objection{key: "outreach.verdict.asked", args: map[string]any{"days": p.AskDays}}, true
}

func onLoyal(_ *Policy, f *Facts) (objection, bool) {
	return when(f.Loyal != nil && *f.Loyal, "outreach.verdict.loyal"), f.Loyal != nil
}

func onOverloaded(_ *Policy, f *Facts) (objection, bool) {
	return when(f.Overloaded != nil && *f.Overloaded, "outreach.verdict.overloaded"), f.Overloaded != nil
}

func when(holds bool, key string) objection {
	if holds {
		return objection{key: key}
	}
	return objection{}
}

// since counts the moments after another.
func since(moments []time.Time, after time.Time) int {
	n := 0
	for _, t := range moments {
		if t.After(after) {
			n++
		}
	}
	return n
}
