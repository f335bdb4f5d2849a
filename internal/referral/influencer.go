package referral

import (
	"context"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/money"
)

// Influencer is what the terms of one say beyond those of other members.
type Influencer struct {
	// Name is how they are called on the page that their link opens.
	Name string `json:"name"`
	// Disclose says that the page names it advertising. Whoever is rewarded
	// has to be disclosed.
	Disclose bool `json:"disclose"`
	// Fee is owed for each first purchase that is kept, in minor units. It is
	// noted as cost; paying it is the shop's.
	Fee int64 `json:"fee,omitempty"`
	// Friends come while Begins ≤ now < Ends; zero for always and for ever.
	Begins time.Time `json:"begins,omitzero"`
	Ends   time.Time `json:"ends,omitzero"`
}

const maxName = 100

// fee is what an influencer is owed for a purchase, in minor units.
func (s *Spec) fee() int64 {
	if s.Influencer == nil {
		return 0
	}
	return s.Influencer.Fee
}

// pays reports whether who invites gets anything.
func (s *Spec) pays() bool { return !s.Inviter.Nothing() || s.fee() > 0 }

// open reports whether friends may come at a moment.
func (s *Spec) open(at time.Time) bool {
	n := s.Influencer
	return n == nil || !at.Before(n.Begins) && (n.Ends.IsZero() || at.Before(n.Ends))
}

// mayInvite reports whether a person may invite under the terms: who has joined,
// and an influencer also without having.
func (t *Terms) mayInvite(p person) bool {
	return p.Status == member.Enrolled || t.InfluencerID != 0 && p.Status != member.Erased
}

func (s *Spec) checkInfluencer() error {
	n := s.Influencer
	if n == nil {
		return nil
	}
	return fault.Gather(
		fault.When(strings.TrimSpace(n.Name) == "" || !line(n.Name, maxName), fault.Invalid("influencer_name", "name the influencer in one line of at most %d letters", maxName).At("/name").With("most", maxName)),
		fault.When(n.Fee < 0 || n.Fee > money.MaxMinor, fault.Invalid("influencer_fee", "the fee is 0 or more").At("/fee")),
		fault.When(n.Fee > 0 && !s.Inviter.Nothing(), fault.Invalid("influencer_two_rewards", "give points, a code or a fee, not two of them").At("/fee")),
		fault.When(!n.Ends.IsZero() && !n.Ends.After(n.Begins), fault.Invalid("influencer_ends_first", "it must end after it begins").At("/ends")),
		fault.When(s.pays() && !n.Disclose, fault.Invalid("influencer_disclose", "whoever is rewarded advertises: let the page say so").At("/disclose")))
}

// InfluencerTerms returns the latest terms of a member as influencer, or the
// default ones as a draft with the number 0. It needs referrals.read.
func (s *Service) InfluencerTerms(ctx context.Context, a auth.Actor, programme, m id.ID) (Terms, error) {
	if err := a.Can(programme, auth.ReferralsRead); err != nil {
		return Terms{}, err
	}
	p, err := meet(ctx, s.d.Reader(), programme, m)
	if err != nil {
		return Terms{}, err
	}
	t, err := influencerTerms(ctx, s.d.Reader(), programme, p.aliases)
	if err == nil && t.Number == 0 {
		t = firstTerms(p)
	}
	return t, err
}

// firstTerms are those that somebody is offered who has none yet.
func firstTerms(p person) Terms {
	t := Terms{ProgrammeID: p.ProgrammeID, InfluencerID: p.ID, State: Draft, Spec: DefaultSpec()}
	t.Limits, t.Influencer = nil, &Influencer{Name: p.Name(), Disclose: true}
	if p.Status != member.Enrolled {
		t.Inviter = Gift{}
	}
	return t
}

// SaveInfluencer gives a member terms of their own for friends who come from now
// on by their code, which is drawn if they have none. Points are for who has
// joined; a fee is for anybody who is known. It needs referrals.write.
func (s *Service) SaveInfluencer(ctx context.Context, a auth.Actor, programme, m id.ID, state TermsState, spec Spec) (Terms, error) {
	if err := a.Can(programme, auth.ReferralsWrite); err != nil {
		return Terms{}, err
	}
	if spec.Influencer == nil {
		spec.Influencer = &Influencer{}
	}
	n := *spec.Influencer
	n.Name, n.Begins, n.Ends = strings.TrimSpace(n.Name), db.Time(db.Micros(n.Begins)), db.Time(db.Micros(n.Ends))
	spec.Influencer = &n
	if err := s.checkSpec(ctx, programme, &spec); err != nil {
		return Terms{}, err
	}
	var t Terms
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, programme); err != nil {
			return err
		}
		p, err := meet(ctx, tx, programme, m)
		if err != nil {
			return err
		}
		if p.Status == member.Erased {
			return fault.Refused("member_erased", "the member was erased; nothing can be added").With("member", p.shown())
		}
		if p.Status != member.Enrolled && !spec.Inviter.Nothing() {
			return fault.Refused("influencer_outside", "points and codes are for who has joined the programme; give a fee instead").At("/inviter")
		}
		last, err := influencerTerms(ctx, tx, programme, p.aliases)
		if err != nil {
			return err
		}
		if last.Number == 0 {
			last.State = Draft
		}
		if err := last.State.become(state); err != nil {
			return err
		}
		number, err := lastNumber(ctx, tx, programme)
		if err != nil {
			return err
		}
		t = Terms{ProgrammeID: programme, Number: number + 1, State: state, Made: db.Time(db.Micros(s.now())), InfluencerID: p.ID, Spec: spec}
		if err := insertTerms(ctx, tx, t); err != nil {
			return err
		}
		if _, err := s.drawCode(ctx, tx, programme, p); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "referral.influencer", Subject: p.shown(), Detail: map[string]any{"number": t.Number, "state": string(state)},
		})
	})
	return t, err
}

// forgetInfluencers takes the names of influencers out of their terms, and turns
// them off.
func forgetInfluencers(ctx context.Context, tx *db.Tx, members []id.ID) error {
	var args db.Args
	list, err := selectTerms(ctx, tx, `influencer_id IN `+args.In(members), args.Values()...)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Influencer != nil {
			t.Influencer.Name = ""
		}
		if t.State == On {
			t.State = Off
		}
		if err := updateTerms(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}
