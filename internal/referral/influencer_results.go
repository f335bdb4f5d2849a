package referral

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
)

// InfluencerResults are what one influencer came to, under all terms that they
// ever had. Sums are in minor units.
type InfluencerResults struct {
	// Terms are the latest, Code is by whose link people come.
	Terms
	Code string
	// Outside is what is known of one who is no member, else nil.
	Outside *Outsider
	// Clicks are how often the link was opened.
	Clicks int64
	// Came are who came with the code; New of these had never bought before, so
	// that they are beyond the shop's own customers. Refused are those whom a
	// guard or staff turned away; they count nowhere else.
	Came, New, Refused int64
	// Bought made the purchase that counts; Kept of these kept it over the
	// return window.
	Bought, Kept int64
	// Revenue is the goods of those purchases, Returned what of it came back.
	Revenue, Returned int64
	// Fees are what first purchases came to, Paid what of it was paid; Points are what points given to both
	// sides are worth; Codes were given to either, and cost what they are used
	// for.
	Fees, Paid, Points, Codes int64
}

// Shown is the id of the influencer as people read it.
func (r *InfluencerResults) Shown() string { return ShowInviter(r.InfluencerID, r.Outside != nil) }

// Owed is what of the fees is still to be paid.
func (r *InfluencerResults) Owed() int64 { return r.Fees - r.Paid }

// Cost is what is known of it: fees and points.
func (r *InfluencerResults) Cost() int64 { return r.Fees + r.Points }

// Influencers returns every influencer with what they came to, the latest
// changed first. It needs referrals.read.
func (s *Service) Influencers(ctx context.Context, a auth.Actor, programme id.ID) ([]*InfluencerResults, error) {
	if err := a.Can(programme, auth.ReferralsRead); err != nil {
		return nil, err
	}
	var sum *reach
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		sum, err = reckon(ctx, q, programme)
		return err
	})
	if err != nil {
		return nil, err
	}
	list := make([]*InfluencerResults, 0, len(sum.found))
	for _, r := range sum.found {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *InfluencerResults) int { return int(b.Number - a.Number) })
	return list, nil
}

// reckon adds up what influencers came to.
func reckon(ctx context.Context, q db.Queryer, programme id.ID) (*reach, error) {
	sum := &reach{programme: programme, found: map[id.ID]*InfluencerResults{}, by: map[int64]Terms{}}
	for _, part := range []func(context.Context, db.Queryer) error{sum.terms, sum.outside, sum.links, sum.referrals, sum.sales, sum.fresh, sum.paid} {
		if err := part(ctx, q); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// reach adds up influencer by influencer.
type reach struct {
	programme id.ID
	found     map[id.ID]*InfluencerResults
	// by are terms by their number.
	by      map[int64]Terms
	wallets []ledger.Wallet
}

func (s *reach) terms(ctx context.Context, q db.Queryer) error {
	list, err := selectTerms(ctx, q, `programme_id = $1 AND influencer_id <> 0 ORDER BY number`, s.programme)
	if err != nil {
		return err
	}
	for _, t := range list {
		s.by[t.Number] = t
		if s.found[t.InfluencerID] == nil {
			s.found[t.InfluencerID] = &InfluencerResults{}
		}
		s.found[t.InfluencerID].Terms = t
	}
	s.wallets, err = ledger.Wallets(ctx, q, s.programme)
	return err
}

// outside reads who is no member, those too who have no terms yet.
func (s *reach) outside(ctx context.Context, q db.Queryer) error {
	found, err := outsiders(ctx, q, s.programme)
	for m, o := range found {
		if s.found[m] == nil {
			s.found[m] = &InfluencerResults{Terms: firstTerms(o.person())}
		}
		s.found[m].Outside = o
	}
	return err
}

// links reads codes and clicks, which are of the profile that had them first.
func (s *reach) links(ctx context.Context, q db.Queryer) error {
	for m, r := range s.found {
		aliases, err := member.Aliases(ctx, q, m)
		if err != nil {
			return err
		}
		if len(aliases) == 0 {
			aliases = []id.ID{m}
		}
		codes, err := codesOf(ctx, q, aliases)
		if err != nil {
			return err
		}
		for _, a := range append([]id.ID{m}, aliases...) {
			if r.Code == "" {
				r.Code = codes[a]
			}
		}
		var args db.Args
		err = q.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(clicks), 0) AS BIGINT) FROM referral_click WHERE programme_id = `+args.Add(s.programme)+
			` AND member_id IN `+args.In(aliases), args.Values()...).Scan(&r.Clicks)
		if err != nil {
			return fmt.Errorf("counting the clicks of an influencer: %w", err)
		}
	}
	return nil
}

// of is the influencer under whose terms a referral is, or nil.
func (s *reach) of(number int64) *InfluencerResults { return s.found[s.by[number].InfluencerID] }

func (s *reach) referrals(ctx context.Context, q db.Queryer) error {
	return EachReferral(ctx, q, s.programme, func(r *Referral) error {
		of := s.of(r.Terms)
		if of == nil {
			return nil
		}
		if r.State == Refused && r.Reason != returnedCode {
			of.Refused++
			return nil
		}
		of.Came++
		if r.SaleID != 0 {
			of.Bought++
		}
		if r.State != Paid {
			return nil
		}
		of.Kept++
		t := s.by[r.Terms]
		if r.InviterOutcome == OutcomePaid {
			of.Fees += t.fee()
		}
		return s.gave(of, t, r)
	})
}

// gave adds what both sides were given.
func (s *reach) gave(of *InfluencerResults, t Terms, r *Referral) error {
	for _, side := range []struct {
		outcome string
		gift    Gift
	}{{r.InviterOutcome, t.Inviter}, {r.FriendOutcome, t.Friend}} {
		i := slices.IndexFunc(s.wallets, func(w ledger.Wallet) bool { return w.ID == side.gift.WalletID })
		switch {
		case side.outcome != OutcomePaid:
		case side.gift.BatchID != 0:
			of.Codes++
		case i >= 0:
			worth, err := s.wallets[i].Liability(side.gift.Points)
			if err != nil {
				return err
			}
			of.Points += worth
		}
	}
	return nil
}

func (s *reach) sales(ctx context.Context, q db.Queryer) error {
	return s.each(ctx, q, `SELECT r.terms, CAST(SUM(s.goods) AS BIGINT), CAST(SUM(s.returned) AS BIGINT) FROM referral AS r
		JOIN sale AS s ON s.member_id = r.member_id AND s.id = r.sale_id
		WHERE r.programme_id = $1 AND r.sale_id <> 0 AND (r.state <> 'refused' OR r.reason = '`+returnedCode+`') GROUP BY r.terms`, func(of *InfluencerResults, goods, returned int64) {
		of.Revenue, of.Returned = of.Revenue+goods, of.Returned+returned
	})
}

// fresh counts who had never bought before they came.
func (s *reach) fresh(ctx context.Context, q db.Queryer) error {
	return s.each(ctx, q, `SELECT r.terms, COUNT(*), 0 FROM referral AS r LEFT JOIN sale_tally AS t ON t.member_id = r.member_id
		WHERE r.programme_id = $1 AND (r.state <> 'refused' OR r.reason = '`+returnedCode+`') AND (t.member_id IS NULL OR t.first_at >= r.at) GROUP BY r.terms`, func(of *InfluencerResults, n, _ int64) {
		of.New += n
	})
}

// each reads two figures by the number of terms.
func (s *reach) each(ctx context.Context, q db.Queryer, query string, add func(of *InfluencerResults, a, b int64)) error {
	rows, err := q.Query(ctx, query, s.programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var number, a, b int64
		if err = r.Scan(&number, &a, &b); err == nil && s.of(number) != nil {
			add(s.of(number), a, b)
		}
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("adding up influencers: %w", err)
	}
	return nil
}
