package till

import (
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// consentText names the words that the customer agrees to at the till: those of
// the text "till.consent".
const consentText = "till-1"

// newcomer is somebody who joins at the counter.
type newcomer struct {
	Number  string `json:"number"`
	Contact string `json:"contact"` // a phone or an e-mail address
	Name    string `json:"name"`
	Consent bool   `json:"consent"`
}

// signUp lets somebody join, and keeps what they agreed to with its evidence.
// Who is known already joins under the profile that they have.
func (t *till) signUp(v *visit) (any, error) {
	var n newcomer
	if err := v.read(&n); err != nil {
		return nil, err
	}
	if strings.TrimSpace(n.Contact) == "" {
		return nil, fault.Invalid("till_no_contact", "ask for a phone number or an e-mail address").At("/contact")
	}
	kind := member.Phone
	if strings.Contains(n.Contact, "@") {
		kind = member.Email
	}
	contact, err := member.Normalise(kind, n.Contact, v.programme.Region)
	if err != nil {
		if f := fault.As(err); f != nil {
			c := *f
			c.Field = "/contact"
			return nil, &c
		}
		return nil, err
	}
	e, err := v.event(journal.SignUp, n.Number, v.actor)
	if err != nil {
		return nil, err
	}
	given, family, _ := strings.Cut(strings.TrimSpace(n.Name), " ")
	e.Who = flow.Who{Identities: []member.Identity{contact}, Enrol: true, Profile: &flow.Profile{GivenName: given, FamilyName: strings.TrimSpace(family), Language: string(v.Lang())}}
	answer, err := t.Flow.TakeOne(v.ctx(), e)
	if err != nil {
		return nil, err
	}
	if n.Consent {
		if err := t.agree(v, contact, answer); err != nil {
			return nil, err
		}
	}
	return t.meetMember(v, answer.MemberID)
}

// agree keeps that the customer agreed, as of when they joined: the same words
// sent again, because the answer was lost on its way, say nothing new.
func (t *till) agree(v *visit, contact member.Identity, joined flow.Answer) error {
	var at time.Time
	err := t.DB.View(v.ctx(), func(q db.Queryer) error {
		e, err := journal.Get(v.ctx(), q, joined.MemberID, joined.EventID)
		if err == nil {
			at = e.Occurred
		}
		return err
	})
	if err != nil {
		return err
	}
	heard, err := t.Members.TakeConsents(v.ctx(), v.actor, v.programme.ID, []member.Said{{Identities: []member.Identity{contact}, Consent: member.Consent{
		Purpose: member.Marketing, Channel: member.Every, Given: true, At: at, Source: "till " + v.device.Name, TextVersion: consentText + "-" + string(v.Lang()),
	}}})
	if err != nil {
		return err
	}
	return heard[0].Err
}
