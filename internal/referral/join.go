package referral

import (
	"context"
	"crypto/rand"
	"strings"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// linkSource is the source of the sign-ups that come through the page.
const linkSource = "referral_link"

// Joining is what a friend writes on the page that a link opens.
type Joining struct {
	GivenName, Phone, Email string
	Language                string
	// Agreed says that the friend wants to be a member; TextVersion is what
	// they read.
	Agreed bool
	// Marketing is whether they may be written to.
	Marketing   bool
	TextVersion string
	// Address is the IP address, kept as evidence of the consent.
	Address string
}

// Join signs a friend up by an invitation. Nobody has proved whose telephone or
// mailbox it is, so nothing is changed of who is known already: only the
// referral is recorded, if it can be, and the answer is the same, so that the
// page tells nobody who is a customer. Anybody may ask.
func (s *Service) Join(ctx context.Context, v Invitation, j Joining) error {
	who, err := j.who(v.Programme.Region)
	if err != nil {
		return err
	}
	found, err := member.Recognise(ctx, s.d.Reader(), []member.Ask{{ProgrammeID: v.Programme.ID, Identities: who.Identities}})
	switch {
	case err != nil:
		return err
	case found[0].Err != nil:
		return nil //nolint:nilerr // two customers, and not one: nothing to do, nothing to tell
	case found[0].MemberID != 0:
		_, err = s.Record(ctx, system, Claim{ProgrammeID: v.Programme.ID, Code: v.Code, FriendID: found[0].MemberID, Source: FromLink})
		if fault.As(err) != nil && fault.KindOf(err) != fault.KindBusy {
			err = nil // why it was refused is for staff to see, not for the page
		}
		return err
	}
	answer, err := s.flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: v.Programme.ID, Source: linkSource, ExternalID: rand.Text(), Kind: journal.SignUp, Channel: "referral", Who: who, Actor: system,
		Payload: flow.Payload{Attributes: map[string]string{CodeAttribute: v.Code}},
	})
	if err != nil || !j.Marketing {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		return member.AddConsents(ctx, tx, []member.Consent{{
			MemberID: answer.MemberID, Purpose: member.Marketing, Channel: member.Every, Given: true, At: s.now(), Source: linkSource,
			TextVersion: j.TextVersion, IP: j.Address, By: system.String(),
		}})
	})
}

// who checks what was written and returns whom it names.
func (j *Joining) who(region string) (flow.Who, error) {
	who := flow.Who{Enrol: true, Profile: &flow.Profile{GivenName: strings.TrimSpace(j.GivenName), Language: j.Language}}
	for _, i := range []member.Identity{{Kind: member.Phone, Value: j.Phone}, {Kind: member.Email, Value: j.Email}} {
		if strings.TrimSpace(i.Value) == "" {
			continue
		}
		normal, err := member.Normalise(i.Kind, i.Value, region)
		if f := fault.As(err); f != nil {
			here := *f
			here.Field = "/" + string(i.Kind) // the field of the form, without what Normalise calls its part
			return who, &here
		}
		if err != nil {
			return who, err
		}
		who.Identities = append(who.Identities, normal)
	}
	switch {
	case who.Profile.GivenName == "":
		return who, fault.Invalid("required", "a value is needed").At("/given_name")
	case len(who.Identities) == 0:
		return who, fault.Invalid("referral_contact", "give your telephone number or your e-mail address").At("/phone")
	case !j.Agreed:
		return who, fault.Invalid("referral_agree", "say that you want to join").At("/agreed")
	}
	return who, nil
}
