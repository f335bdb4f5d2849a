package payback

import (
	"context"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/stats"
)

// Find reports what became of the points of a wallet. It reads every sale since a
// year before the period, once; give it a snapshot.
func Find(ctx context.Context, q db.Queryer, ask Query) (*Report, error) {
	if err := ask.Check(); err != nil {
		return nil, err
	}
	root, err := member.Survivors(ctx, q, ask.ProgrammeID)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if r.Given, err = given(ctx, q, &ask); err != nil {
		return nil, err
	}
	list, err := redemptions(ctx, q, &ask, root)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		switch {
		case !n.at.Before(ask.Until):
		case n.saleID != 0:
			r.Redeemed.Paid += n.points
		case n.donated:
			r.Redeemed.Donated += n.points
		default:
			r.Redeemed.Rewards += n.points
		}
	}
	l := look{Query: ask, redeemed: map[id.ID][]redemption{}}
	if err := l.spent(list); err != nil || len(l.redeemed) == 0 {
		return r, err
	}
	past := ask.From.Add(-experiment.Past)
	if l.bought, err = purchases(ctx, q, ask.ProgrammeID, past, root); err != nil {
		return nil, err
	}
	l.leaveOutPoints()
	first := l.count(&r.Return)
	pasts, err := experiment.ReadPasts(ctx, q, ask.ProgrammeID, past, root)
	if err != nil {
		return nil, err
	}
	l.compare(&r.Return, pasts, first)
	return r, nil
}

// look is what a report looks at.
type look struct {
	Query
	bought   map[id.ID][]purchase
	redeemed map[id.ID][]redemption // in order of time, with what they were worth
	worth    map[id.ID]int64        // of the points that paid for a sale, in minor units
}

// spent sorts what was redeemed by person, donations and what came back whole apart.
func (l *look) spent(list []redemption) error {
	l.worth = map[id.ID]int64{}
	for _, n := range list {
		if n.donated || n.points <= 0 {
			continue
		}
		worth, err := l.Wallet.Unit.Apply(n.points, money.Floor)
		if err != nil {
			return err
		}
		if n.saleID != 0 {
			l.worth[n.saleID] = worth
		}
		n.points = worth
		l.redeemed[n.who] = append(l.redeemed[n.who], n)
	}
	for _, one := range l.redeemed {
		slices.SortStableFunc(one, func(a, b redemption) int { return a.at.Compare(b.at) })
	}
	return nil
}

// leaveOutPoints has purchases be what was paid for otherwise: what points pay is no
// spending.
func (l *look) leaveOutPoints() {
	for _, list := range l.bought {
		for i := range list {
			list[i].kept = max(0, list[i].kept-l.worth[list[i].id])
		}
	}
}

// day returns where the day of a moment begins and ends.
func (l *look) day(at time.Time) (from, to time.Time) {
	y, m, d := at.In(l.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, l.Zone), time.Date(y, m, d+1, 0, 0, 0, 0, l.Zone)
}

// until is where the days after a moment end.
func (l *look) until(from time.Time) time.Time { return from.In(l.Zone).AddDate(0, 0, l.Days) }

// count adds up what those spent who redeemed in the period, and returns the end of
// the day on which each did so first.
func (l *look) count(r *Return) map[id.ID]time.Time {
	first := map[id.ID]time.Time{}
	for who, list := range l.redeemed {
		if !list[0].at.Before(l.Until) {
			continue
		}
		from, to := l.day(list[0].at)
		first[who] = to.Add(-time.Microsecond)
		end := l.until(to)
		if l.Now.Before(end) {
			r.Recent++
			continue
		}
		r.People++
		r.Visit += l.within(who, from, to)
		r.After += l.within(who, to, end)
		r.Usual += l.usual(who, from)
		for _, n := range list {
			if n.at.Before(end) {
				r.Cost += n.points
			}
			switch {
			case n.at.Before(to):
				r.Visit += n.money
			case n.at.Before(end):
				r.After += n.money
			}
		}
	}
	return first
}

// within is what somebody spent from one moment until before another.
func (l *look) within(who id.ID, from, to time.Time) (sum int64) {
	for _, p := range l.bought[who] {
		if !p.at.Before(from) && p.at.Before(to) {
			sum += p.kept
		}
	}
	return sum
}

// usual is what somebody spent in so many days, on the average of the year before a
// moment or of the days since they first bought in it, if they are fewer; half to
// even.
func (l *look) usual(who id.ID, before time.Time) int64 {
	from := before.Add(-experiment.Past)
	span := int64(0)
	for _, p := range l.bought[who] {
		if !p.at.Before(from) && p.at.Before(before) {
			start, _ := l.day(p.at)
			span = int64((before.Sub(start) + 12*time.Hour) / (24 * time.Hour)) // a day of summer time is not as long
			break
		}
	}
	n, err := money.NewRate(int64(l.Days), max(span, int64(l.Days))).Apply(l.within(who, from, before), money.HalfEven)
	if err != nil {
		return 0
	}
	return n
}

// compare sets those who redeemed beside others like them who did not, since the
// period began.
func (l *look) compare(r *Return, pasts experiment.Pasts, first map[id.ID]time.Time) {
	those, others := pasts.Look(first, l.Now.In(l.Zone).AddDate(0, 0, -l.Days).Add(-time.Microsecond))
	others = slices.DeleteFunc(others, func(o experiment.Onlooker) bool { return len(l.redeemed[o.Who]) > 0 })
	people, drawn := experiment.Draw(those, others)
	r.Compared, r.Others = int64(len(people)), int64(len(drawn))
	if r.Shown() {
		a, b := l.after(people), l.after(drawn)
		r.Difference = stats.MeanDifference(a, b)
		r.AfterMean, r.OthersMean = mean(a), mean(b)
	}
}

// after is what each spent in the days after their moment.
func (l *look) after(list []experiment.Onlooker) []float64 {
	sums := make([]float64, len(list))
	for i, o := range list {
		from := o.At.Add(time.Microsecond)
		sums[i] = float64(l.within(o.Who, from, l.until(from)))
	}
	return sums
}

func mean(list []float64) float64 { return stats.Mean(list).Value }
