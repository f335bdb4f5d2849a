package plan

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/tier"
)

// sweepPage is how many subscriptions are looked up at once.
const sweepPage = 256

// Sweep lets happen what is due by now: trials and periods end, charges are
// asked for, what was not paid ends. Each thing happens once, however many
// processes sweep, and after a time in which nobody swept it is made up for. It
// returns how many subscriptions it brought up to date.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n := 0
	for {
		list, err := dueSubscriptions(ctx, s.db.Reader(), s.moment(), sweepPage)
		if err != nil || len(list) == 0 {
			return n, err
		}
		for _, k := range list {
			if err := s.sweep(ctx, k); err != nil {
				return n, fmt.Errorf("renewing subscription %s: %w", k.subscription.In(id.Subscription), err)
			}
			n++
		}
	}
}

func (s *Service) sweep(ctx context.Context, k key) error {
	return s.db.InTxAgain(ctx, func(tx *db.Tx) error {
		list, err := selectSubscriptions(ctx, tx, `s.member_id = $1 AND s.id = $2`, k.member, k.subscription)
		if err != nil || len(list) == 0 {
			return err
		}
		p, err := s.open(ctx, tx, list[0].ProgrammeID, k.member)
		if err != nil {
			return err
		}
		return s.save(ctx, tx, p)
	})
}

// Mend brings every bought rank in line with its subscription: after two
// profiles were parted, one of them may hold what belongs to the other.
func (s *Service) Mend(ctx context.Context) error {
	programmes, err := program.List(ctx, s.db.Reader())
	if err != nil {
		return err
	}
	for _, p := range programmes {
		off, err := astray(ctx, s.db.Reader(), p.ID)
		if err != nil {
			return err
		}
		for _, m := range slices.Sorted(maps.Keys(off)) {
			err := s.db.InTxAgain(ctx, func(tx *db.Tx) error {
				who, err := s.open(ctx, tx, p.ID, m)
				if err != nil {
					return err
				}
				return s.save(ctx, tx, who)
			})
			if err != nil && fault.As(err) == nil {
				return fmt.Errorf("mending the bought rank of member %s: %w", m.In(id.Member), err)
			}
		}
	}
	return nil
}

// bought names a rank of a ladder held by a member.
type bought struct {
	member, ladder id.ID
}

// astray returns what is wrong with the bought ranks of a programme, by member.
func astray(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID]string, error) {
	wanted, timed, err := wantedRanks(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	standings, err := tier.Bought(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	off := map[id.ID]string{}
	for _, st := range standings {
		k := bought{st.MemberID, st.LadderID}
		if wanted[k] != st.Bought {
			off[st.MemberID] = fmt.Sprintf("holds the bought rank %q where its plan gives %q", st.Bought, wanted[k])
		}
		delete(wanted, k)
	}
	for k, rank := range wanted {
		if !timed[k] { // what has its end may have ended by itself
			off[k.member] = fmt.Sprintf("does not hold the rank %q that its plan gives", rank)
		}
	}
	return off, nil
}

// wantedRanks returns the rank that each member's plans give on each ladder,
// and which of them end by themselves.
func wantedRanks(ctx context.Context, q db.Queryer, programme id.ID) (map[bought]string, map[bought]bool, error) {
	subs, err := selectSubscriptions(ctx, q, `s.programme_id = $1 AND s.state IN ('trial', 'active', 'grace', 'left') ORDER BY s.id`, programme)
	if err != nil || len(subs) == 0 {
		return nil, nil, err
	}
	plans, err := All(ctx, q, programme)
	if err != nil {
		return nil, nil, err
	}
	survivors, err := member.Survivors(ctx, q, programme)
	if err != nil {
		return nil, nil, err
	}
	ladders, err := tier.LoadLadders(ctx, q, programme)
	if err != nil {
		return nil, nil, err
	}
	best, timed := map[bought]held{}, map[bought]bool{}
	for _, sub := range subs {
		h, _ := holds(sub, byID(plans), sub.Ends, "")
		i := slices.IndexFunc(ladders, func(l tier.Ladder) bool { return l.ID == h.ladder })
		if i < 0 {
			continue
		}
		k := bought{sub.MemberID, h.ladder}
		if s, merged := survivors[sub.MemberID]; merged {
			k.member = s
		}
		if other, found := best[k]; found {
			h = better(&ladders[i], other, h)
		}
		best[k], timed[k] = h, timed[k] || !h.until.IsZero()
	}
	wanted := make(map[bought]string, len(best))
	for k, h := range best {
		wanted[k] = h.rank
	}
	return wanted, timed, nil
}
