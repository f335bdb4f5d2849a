package referral

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/program"
)

// Check notes paid referrals without their awards and awards of referrals that
// were not paid, limits that were passed, people who were paid for themselves
// or for who invited them, friends who were paid for twice, and influencers who
// were paid more than their fees.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	a := &audit{programme: programme, terms: map[int64]Terms{}, inviter: map[id.ID]id.ID{}, counts: map[string]int64{}, note: note}
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return err
	}
	a.zone = p.Zone
	terms, err := selectTerms(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	for _, t := range terms {
		a.terms[t.Number] = t
	}
	var page []*Referral
	err = EachReferral(ctx, q, programme, func(r *Referral) error {
		a.look(r)
		page = append(page, r)
		return nil
	})
	if err != nil {
		return err
	}
	a.rings()
	a.limits(page)
	if err := a.fees(ctx, q); err != nil {
		return err
	}
	for len(page) > 0 {
		n := min(len(page), checkPage)
		if err := a.awards(ctx, q, page[:n]); err != nil {
			return err
		}
		page = page[n:]
	}
	return nil
}

// fees notes influencers who were paid more than they were owed, and who are no
// members and yet promised what members get.
func (a *audit) fees(ctx context.Context, q db.Queryer) error {
	sum, err := reckon(ctx, q, a.programme)
	if err != nil {
		return err
	}
	for _, r := range sum.found {
		if r.Owed() < 0 {
			a.note(fmt.Sprintf("%s was paid %d as influencer and owed %d", r.Shown(), r.Paid, r.Fees))
		}
		if r.Outside != nil && !r.Inviter.Nothing() {
			a.note(r.Shown() + " is an influencer outside the members and was promised points or a code")
		}
	}
	return nil
}

// checkPage is how many referrals are held against the journal at once.
const checkPage = 500

type audit struct {
	programme id.ID
	zone      *time.Location
	terms     map[int64]Terms
	inviter   map[id.ID]id.ID // of friends who were paid for
	counts    map[string]int64
	note      func(string)
}

func (a *audit) look(r *Referral) {
	name := r.ID.In(id.Referral)
	if _, known := a.terms[r.Terms]; !known {
		a.note(name + " is under terms that there are not")
	}
	if (r.State == Refused) != (r.Reason != "") {
		a.note(fmt.Sprintf("%s is %s for the reason %q", name, r.State, r.Reason))
	}
	if r.State == Bought && (r.SaleID == 0 || r.Due.IsZero()) {
		a.note(name + " has been bought by no purchase, or is never due")
	}
	if r.State != Paid && r.State != Paying {
		return
	}
	if t := a.terms[r.Terms]; !t.open(r.At) {
		a.note(name + " was paid and came outside the time of its influencer")
	} else if t.pays() && t.Influencer != nil && !t.Influencer.Disclose {
		a.note(name + " was paid to an influencer who did not have to say that it is advertising")
	}
	if r.InviterID == r.FriendID {
		a.note(name + " was paid to somebody for inviting themselves")
	}
	if a.inviter[r.FriendID] != 0 {
		a.note(name + " was paid for a friend whom somebody else was paid for")
	}
	a.inviter[r.FriendID] = r.InviterID
}

// rings follows whom was invited by whom.
func (a *audit) rings() {
	for friend := range a.inviter {
		seen := map[id.ID]bool{}
		for at := friend; at != 0 && !seen[at]; at = a.inviter[at] {
			seen[at] = true
			if a.inviter[at] == friend && at != friend {
				a.note(friend.In(id.Member) + " was paid for in a ring of referrals")
			}
		}
	}
}

// limits counts what each inviter was rewarded for, within the largest limit
// that any of the referrals of a period began with.
func (a *audit) limits(list []*Referral) {
	most := map[string]int64{}
	for _, r := range list {
		if r.InviterOutcome != OutcomePaid && r.InviterOutcome != OutcomePaying {
			continue
		}
		for _, p := range LimitPeriods() {
			key := fmt.Sprintf("%s %s %d", r.Inviter(), p, p.Start(r.Closed, a.zone).Unix())
			a.counts[key]++
			most[key] = max(most[key], a.limit(r.Terms, string(p)))
		}
	}
	for key, n := range a.counts {
		if n > most[key] {
			a.note(fmt.Sprintf("%d referrals were rewarded of %s, at most %d may be", n, key, most[key]))
		}
	}
}

func (a *audit) limit(number int64, period string) int64 {
	for _, l := range a.terms[number].Limits {
		if string(l.Period) == period {
			return l.Times
		}
	}
	return db.Never
}

// awards holds referrals against the journal.
func (a *audit) awards(ctx context.Context, q db.Queryer, page []*Referral) error {
	var keys []journal.Key
	for _, r := range page {
		for _, side := range []Side{InviterSide, FriendSide} {
			keys = append(keys, journal.Key{ProgrammeID: a.programme, Source: AwardSource, ExternalID: AwardName(r.ID, side)})
		}
	}
	known, err := journal.Known(ctx, q, keys)
	if err != nil {
		return err
	}
	for i, r := range page {
		terms := a.terms[r.Terms]
		for k, side := range []struct {
			outcome string
			gift    Gift
		}{{r.InviterOutcome, terms.Inviter}, {r.FriendOutcome, terms.Friend}} {
			_, given := known[keys[2*i+k]]
			owed := side.outcome == OutcomePaid && side.gift.Points > 0
			if given != owed && side.outcome != OutcomePaying {
				a.note(fmt.Sprintf("%s: given %t, owed %t", keys[2*i+k].ExternalID, given, owed))
			}
		}
	}
	return nil
}
