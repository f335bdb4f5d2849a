package referral

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Month is what was begun in one month of the programme's calendar.
type Month struct {
	Month int64 // 202601 for January 2026; 0 for all together
	// Sharers are members whose link was opened or who brought somebody.
	Sharers int64
	// Clicks are how often links were opened.
	Clicks int64
	// Friends came with a code; of these Bought made the purchase that counts,
	// Paid were rewarded and Refused were not.
	Friends, Bought, Paid, Refused int64
}

// Results are what referrals came to.
type Results struct {
	// Months are the last twelve in which anything happened, the latest first;
	// All is since the beginning.
	Months []Month
	All    Month
	// Members are those enrolled now, who may invite.
	Members int64
}

// enoughFriends is how many friends there must be before a factor is told.
const enoughFriends = 10

// Factor returns the K-factor in thousandths: how many buying friends one
// member brings, which is invitations per member × the share of them that led
// to a purchase. False while fewer than ten friends came, or nobody could invite.
func (r *Results) Factor() (int64, bool) {
	if r.All.Friends < enoughFriends || r.Members == 0 {
		return 0, false
	}
	return (r.All.Bought*1000 + r.Members/2) / r.Members, true
}

// Invitations are how often people were invited, as far as can be known: opened
// links, and at least the friends who came.
func (m *Month) Invitations() int64 { return max(m.Clicks, m.Friends) }

// monthsShown is how many months results have.
const monthsShown = 12

// Results adds up what referrals came to, without those of influencers. It needs
// referrals.read.
func (s *Service) Results(ctx context.Context, a auth.Actor, programme id.ID) (Results, error) {
	var r Results
	if err := a.Can(programme, auth.ReferralsRead); err != nil {
		return r, err
	}
	return r, s.d.View(ctx, func(q db.Queryer) error {
		p, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		counts, err := member.Count(ctx, q, programme)
		if err != nil {
			return err
		}
		r.Members = counts[member.Enrolled]
		sum := &summing{zone: p.Zone, months: map[int64]*Month{}, sharers: map[int64]map[id.ID]bool{}, paid: map[id.ID]bool{}, under: map[int64]bool{}}
		own, err := selectTerms(ctx, q, `programme_id = $1 AND influencer_id <> 0`, programme)
		if err != nil {
			return err
		}
		for _, t := range own {
			sum.paid[t.InfluencerID], sum.under[t.Number] = true, true
		}
		if err := sum.clicks(ctx, q, programme); err != nil {
			return err
		}
		if err := EachReferral(ctx, q, programme, sum.add); err != nil {
			return err
		}
		r.Months, r.All = sum.done()
		return nil
	})
}

// summing adds up month by month.
type summing struct {
	zone    *time.Location
	months  map[int64]*Month
	sharers map[int64]map[id.ID]bool // 0 for all together
	// paid are influencers, and under their terms the numbers of those.
	paid  map[id.ID]bool
	under map[int64]bool
}

func (s *summing) month(n int64, sharer id.ID) *Month {
	if s.months[n] == nil {
		s.months[n], s.sharers[n] = &Month{Month: n}, map[id.ID]bool{}
	}
	s.sharers[n][sharer] = true
	return s.months[n]
}

func (s *summing) clicks(ctx context.Context, q db.Queryer, programme id.ID) error {
	rows, err := q.Query(ctx, `SELECT c.member_id, c.month, c.clicks FROM referral_click AS c WHERE c.programme_id = $1`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var m id.ID
		var month, clicks int64
		if err = r.Scan(&m, &month, &clicks); s.paid[m] {
			return struct{}{}, err
		}
		s.month(month, m).Clicks += clicks
		s.month(0, m).Clicks += clicks
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("reading clicks: %w", err)
	}
	return nil
}

func (s *summing) add(r *Referral) error {
	if s.under[r.Terms] {
		return nil
	}
	for _, n := range []int64{monthOf(r.At, s.zone), 0} {
		m := s.month(n, r.InviterID)
		m.Friends++
		if r.SaleID != 0 && (r.State != Refused || r.waits()) {
			m.Bought++
		}
		switch r.State {
		case Paid:
			m.Paid++
		case Refused:
			m.Refused++
		}
	}
	return nil
}

func (s *summing) done() ([]Month, Month) {
	all := Month{}
	var list []Month
	for n, m := range s.months {
		m.Sharers = int64(len(s.sharers[n]))
		if n == 0 {
			all = *m
		} else {
			list = append(list, *m)
		}
	}
	slices.SortFunc(list, func(a, b Month) int { return int(b.Month - a.Month) })
	return list[:min(len(list), monthsShown)], all
}

// EachReferral calls fn with every referral of the programme, by friend and in
// their order. It streams them, so fn must not use q; give it a snapshot.
func EachReferral(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Referral) error) error {
	rows, err := q.Query(ctx, `SELECT `+referralColumns+` FROM referral AS r WHERE r.programme_id = $1 ORDER BY r.member_id, r.id`, programme)
	if err := db.Each(rows, err, scanReferral, fn); err != nil {
		return fmt.Errorf("reading every referral: %w", err)
	}
	return nil
}
