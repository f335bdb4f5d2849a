package gesture

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// heldOut reports whether the draw holds a person out: it is the same however
// often it is asked, and who was held out by a share is by a larger one.
func (g *Gesture) heldOut(salt string, who id.ID) bool {
	return g.Spec.Withhold > 0 && experiment.Held(experiment.Bucket(salt, "gesture "+g.ID.In(id.Gesture), who.In(id.Member)), g.Spec.Withhold)
}

// mayGive refuses those whose role the gesture is not for.
func (g *Gesture) mayGive(a auth.Actor) error {
	ours := func(r auth.Assignment) bool {
		return (r.ProgrammeID == 0 || r.ProgrammeID == g.ProgrammeID) && slices.Contains(g.Spec.Roles, r.Role)
	}
	if a.Kind == auth.KindStaff && len(g.Spec.Roles) > 0 && !slices.ContainsFunc(a.Roles, ours) {
		return fault.Refused("gesture_not_yours", "this is for others of the staff to give")
	}
	return nil
}

// monthOf is when the calendar month of a moment began where the programme is.
func monthOf(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, zone)
}

// refusal says why somebody cannot be given it now, or nil. It does not look at
// the draw, so that nobody learns of it before they mean to give.
func (s *Service) refusal(ctx context.Context, q db.Queryer, p *program.Programme, g *Gesture, aliases []id.ID, shop id.ID) error {
	now := s.clock()
	if !g.Active() {
		return fault.Conflict("gesture_retired", "the gesture is no longer in use")
	}
	if len(g.Spec.Shops) > 0 && !slices.Contains(g.Spec.Shops, shop) {
		return fault.Refused("gesture_elsewhere", "this shop does not give it")
	}
	if g.Spec.EveryDays > 0 {
		last, err := before(ctx, q, g, aliases, Given, now.AddDate(0, 0, -g.Spec.EveryDays))
		if err != nil {
			return err
		}
		if last != nil {
			again := last.At.AddDate(0, 0, g.Spec.EveryDays)
			return fault.Conflict("gesture_once", "they had it on %s; a gesture is given once, the next not before %s", last.At.In(p.Zone).Format(time.DateOnly), again.In(p.Zone).Format(time.DateOnly)).
				With("at", last.At).With("again", again)
		}
	}
	if err := s.trouble(ctx, q, g, aliases, now); err != nil {
		return err
	}
	if g.Spec.MonthMost > 0 {
		n, err := countGiven(ctx, q, g, shop, monthOf(now, p.Zone))
		if err != nil {
			return err
		}
		if n >= g.Spec.MonthMost {
			return fault.Conflict("gesture_budget", "the shop has given all %d of this month", g.Spec.MonthMost).With("most", g.Spec.MonthMost)
		}
	}
	return nil
}

// trouble refuses while a complaint is open, and for a while after: what is
// given then looks like the price of silence.
func (s *Service) trouble(ctx context.Context, q db.Queryer, g *Gesture, aliases []id.ID, now time.Time) error {
	if g.Spec.Kind == Tip || s.Cases == nil {
		return nil
	}
	if !g.Spec.DuringCase {
		n, err := s.Cases.OpenCount(ctx, q, g.ProgrammeID, aliases)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.Conflict("gesture_case_open", "a complaint of theirs is open: put it right first, for a gesture now would look like a bribe")
		}
	}
	if g.Spec.CalmDays == 0 {
		return nil
	}
	solved, err := s.Cases.LastSolved(ctx, q, g.ProgrammeID, aliases)
	if calm := solved.AddDate(0, 0, g.Spec.CalmDays); err == nil && !solved.IsZero() && now.Before(calm) {
		return fault.Conflict("gesture_calm", "a complaint of theirs was solved lately; wait until %s", calm.Format(time.DateOnly)).With("again", calm)
	}
	return err
}

// Offer is a gesture with why it cannot be given to somebody now; nil where it
// can. Whom the draw holds out is not said: they are asked for like all others.
type Offer struct {
	*Gesture
	Refused *fault.Error
}

// Offers returns what may be given to somebody at a shop, what cannot be last. It
// needs gestures.give, and leaves out what is for others of the staff and for
// other shops.
func (s *Service) Offers(ctx context.Context, a auth.Actor, programme, who, shop id.ID) ([]Offer, error) {
	if err := a.Can(programme, auth.GesturesGive); err != nil {
		return nil, err
	}
	var list []Offer
	err := s.DB.View(ctx, func(q db.Queryer) error {
		list = nil
		p, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		if _, err := member.Present(ctx, q, programme, who); err != nil {
			return err
		}
		aliases, err := member.Aliases(ctx, q, who)
		if err != nil {
			return err
		}
		all, err := selectGestures(ctx, q, `programme_id = $1 AND retired = 0 ORDER BY id`, programme)
		for _, g := range all {
			if g.mayGive(a) != nil || len(g.Spec.Shops) > 0 && !slices.Contains(g.Spec.Shops, shop) {
				continue
			}
			refused := s.refusal(ctx, q, &p, g, aliases, shop)
			f := fault.As(refused)
			if refused != nil && f == nil {
				return refused
			}
			list = append(list, Offer{g, f})
		}
		return err
	})
	open := slices.DeleteFunc(slices.Clone(list), func(o Offer) bool { return o.Refused != nil })
	return append(open, slices.DeleteFunc(list, func(o Offer) bool { return o.Refused == nil })...), err
}
