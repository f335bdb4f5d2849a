package referral

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// codeTries bounds how often a code is drawn; two alike are unlikely enough
// that a second draw is never needed.
const codeTries = 5

// LinkPath is the address of the page that a code leads to, from the root.
func LinkPath(code string) string { return "/r/" + code }

// Standing is what a member has to do with referrals.
type Standing struct {
	// Code is the member's, empty while members may not invite.
	Code string
	// Referrals are those that the member brought, the latest first.
	Referrals []*Referral
	// Came is how the member came, or nil.
	Came *Referral
}

// standingShown bounds how many referrals a standing has.
const standingShown = 200

// Standing returns a member's code, drawing it when the member has none yet,
// and what became of the friends. It needs members.read.
func (s *Service) Standing(ctx context.Context, a auth.Actor, programme, m id.ID) (Standing, error) {
	if err := a.Can(programme, auth.MembersRead); err != nil {
		return Standing{}, err
	}
	var st Standing
	code, err := s.code(ctx, programme, m)
	if f := fault.As(err); f != nil && (f.Code == "referral_off" || f.Code == outsideCode) {
		err = nil
	}
	if err != nil {
		return st, err
	}
	st.Code = code
	p, err := meet(ctx, s.d.Reader(), programme, m)
	if err != nil {
		return st, err
	}
	if st.Referrals, err = ofInviters(ctx, s.d.Reader(), p.aliases, standingShown); err != nil {
		return st, err
	}
	came, err := ofFriends(ctx, s.d.Reader(), p.aliases)
	for _, r := range came {
		if st.Came == nil || st.Came.State == Refused {
			st.Came = r
		}
	}
	return st, err
}

// Code returns the code by which a member invites, drawn when it is first asked
// for. It needs members.read.
func (s *Service) Code(ctx context.Context, a auth.Actor, programme, m id.ID) (string, error) {
	if err := a.Can(programme, auth.MembersRead); err != nil {
		return "", err
	}
	return s.code(ctx, programme, m)
}

func (s *Service) code(ctx context.Context, programme, m id.ID) (string, error) {
	p, err := meet(ctx, s.d.Reader(), programme, m)
	if err != nil {
		return "", err
	}
	terms, err := termsOf(ctx, s.d.Reader(), programme, p)
	if err != nil {
		return "", err
	}
	switch {
	case terms.State != On:
		return "", off()
	case !terms.mayInvite(p):
		return "", fault.Refused(outsideCode, "who invites has not joined the programme")
	}
	if code, err := codeOf(ctx, s.d.Reader(), p); code != "" || err != nil {
		return code, err
	}
	var code string
	err = s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		code, err = s.drawCode(ctx, tx, programme, p)
		return err
	})
	return code, err
}

// drawCode gives a person a code, unless they have one.
func (s *Service) drawCode(ctx context.Context, tx *db.Tx, programme id.ID, p person) (string, error) {
	for range codeTries {
		if code, err := codeOf(ctx, tx, p); code != "" || err != nil {
			return code, err
		}
		if err := addCode(ctx, tx, programme, p.ID, newCode(), db.Micros(s.now())); err != nil {
			return "", err
		}
	}
	if code, err := codeOf(ctx, tx, p); code != "" || err != nil {
		return code, err
	}
	return "", fault.Busy("referral_code_moved", "codes came out alike; send this again")
}

// codeOf returns the person's code: their own before one of a profile that was
// merged into theirs.
func codeOf(ctx context.Context, q db.Queryer, p person) (string, error) {
	found, err := codesOf(ctx, q, p.aliases)
	if err != nil {
		return "", err
	}
	if own := found[p.ID]; own != "" {
		return own, nil
	}
	for _, m := range p.aliases {
		if found[m] != "" {
			return found[m], nil
		}
	}
	return "", nil
}

func off() *fault.Error {
	return fault.Refused("referral_off", "the programme takes no referrals now")
}

// Invitation is what the page shows that a link opens.
type Invitation struct {
	Programme program.Programme
	Terms     Terms
	// Name is the inviter's given name, empty when it is not known or not
	// to be told.
	Name string
	Code string
}

// Advertising reports whether the page has to say that it is advertising.
func (v *Invitation) Advertising() bool {
	return v.Terms.Influencer != nil && v.Terms.Influencer.Disclose
}

// Invitation returns what a code invites to. Unknown codes, and those of who is
// not a member any more, are "unknown_referral_code". Anybody may ask.
func (s *Service) Invitation(ctx context.Context, text string) (Invitation, error) {
	var v Invitation
	code, err := NormaliseCode(text)
	if err != nil {
		return v, err
	}
	owner, err := FindCode(ctx, s.d.Reader(), code)
	if err != nil {
		return v, err
	}
	p, err := meet(ctx, s.d.Reader(), owner.ProgrammeID, owner.MemberID)
	if err != nil {
		return v, err
	}
	if v.Terms, err = termsOf(ctx, s.d.Reader(), owner.ProgrammeID, p); err != nil {
		return v, err
	}
	if !v.Terms.mayInvite(p) {
		return v, unknownCode()
	}
	v.Code = code
	if v.Programme, err = program.Load(ctx, s.d.Reader(), owner.ProgrammeID); err != nil {
		return v, err
	}
	if v.Terms.State != On || !v.Terms.open(s.now()) {
		return v, off()
	}
	switch {
	case v.Terms.Influencer != nil:
		v.Name = v.Terms.Influencer.Name
	case !v.Terms.HideName:
		v.Name = p.GivenName
	}
	return v, nil
}

// Click counts that a link was opened, without keeping by whom.
func (s *Service) Click(ctx context.Context, v Invitation) error {
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		owner, err := FindCode(ctx, tx, v.Code)
		if err != nil {
			return err
		}
		return addClick(ctx, tx, owner, monthOf(s.now(), v.Programme.Zone))
	})
}

// monthOf returns 202601 for January 2026.
func monthOf(t time.Time, zone *time.Location) int64 {
	local := t.In(zone)
	return int64(local.Year())*100 + int64(local.Month())
}
