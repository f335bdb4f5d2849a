package gesture

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/stats"
)

const (
	// EffectDays is how long it is looked whether somebody came back.
	EffectDays = 90
	// WithdrawalDays is how long before and after a gesture is retired what people
	// bought is compared.
	WithdrawalDays = 180
	// LeastPeople is how many each of two groups must have for a figure.
	LeastPeople = 30
	// followedSpan is how far back those are looked for whose time since is told.
	followedSpan = 365 * 24 * time.Hour
)

// Group is one of two that are compared.
type Group struct {
	N     int64 // people
	Again int64 // of whom so many came back
	Goods int64 // minor units, less what came back; of all of them together
}

// Effect is what a gesture did: those who were given it beside those whom the
// draw held out when staff meant to give it to them. Chance alone parts the two,
// so that the difference may be called an effect. Each person counts once, with
// the first time since the present share is held out; who had been asked for
// before is on neither side. Who was given it by mistake stays, for nobody knows
// whose turn among the held out would have been one.
type Effect struct {
	Since time.Time
	// Share is how many of 10,000 are held out.
	Share int
	// Given and Withheld are those for whom EffectDays have passed; Waiting are the
	// others.
	Given, Withheld Group
	Waiting         int64
	// Back is the share of the given who bought again from the next day on, less
	// that of the held out, with Newcombe's interval; Money is by how much more,
	// in minor units for each of them, with Welch's. Shown is false with fewer
	// than LeastPeople in a group.
	Back, Money stats.Interval
	Shown       bool
}

// Followed is what followed a gesture without a draw: those who had it beside
// others like them. Who is given something differs from others in more than is
// known, so that it is no effect.
type Followed struct {
	// Had were given it and had bought within the year before; Matched of them
	// have others like them.
	Had, Matched, Again int64
	Others, OthersAgain int64
	Difference          stats.Interval
	// Goods and OthersGoods are what the matched and the others bought in that
	// time, in minor units less what came back, of all of them together; Money is
	// by how much more each of the matched did, with Welch's interval.
	Goods, OthersGoods int64
	Money              stats.Interval
	Shown              bool
}

// Withdrawal is what followed when a gesture was retired: by how much those who
// had it bought more or less in the half year after than in that before, less
// the same of others of the same shops who never had it. Staff chose who had it,
// so that it is no proof.
type Withdrawal struct {
	At time.Time
	// Until is when the half year after is over; Early that it is not.
	Until      time.Time
	Early      bool
	Had, Never int64
	// HadBefore and so on are goods in minor units, of all of them together.
	HadBefore, HadAfter, NeverBefore, NeverAfter int64
	// Difference of the changes, in minor units for each, with Welch's interval.
	Difference stats.Interval
	Shown      bool
}

// Tally is what was given.
type Tally struct {
	Given, TakenBack, Withheld int64
	// People are those who have it, Month how many were given in this calendar
	// month.
	People, Month int64
	// Cost and Saved are sums in minor units, of what was not taken back.
	Cost, Saved int64
}

// Results are what is known of a gesture.
type Results struct {
	*Gesture
	Tally
	// Effect is nil while nobody is held out, Withdrawal while it is in use.
	Effect     *Effect
	Followed   Followed
	Withdrawal *Withdrawal
}

// Results returns what was given of a gesture and what followed. It needs
// gestures.read.
func (s *Service) Results(ctx context.Context, a auth.Actor, programme, which id.ID) (*Results, error) {
	if err := a.Can(programme, auth.GesturesRead); err != nil {
		return nil, err
	}
	var r *Results
	err := s.DB.View(ctx, func(q db.Queryer) error {
		g, err := load(ctx, q, programme, which, "")
		if err != nil {
			return err
		}
		w := &look{g: g, q: q, now: s.clock()}
		r = &Results{Gesture: g}
		for _, part := range []func(context.Context, *Results) error{w.read, w.effect, w.followed, w.withdrawal} {
			if err := part(ctx, r); err != nil {
				return fmt.Errorf("looking at what followed a gesture: %w", err)
			}
		}
		return nil
	})
	return r, err
}

// look is what the results are reckoned from.
type look struct {
	g         *Gesture
	q         db.Queryer
	now       time.Time
	zone      *time.Location
	survivors map[id.ID]id.ID
	losers    map[id.ID][]id.ID
	// givings are in order of time.
	givings []*Giving
}

func (w *look) who(n *Giving) id.ID { return cmp.Or(w.survivors[n.MemberID], n.MemberID) }

func (w *look) read(ctx context.Context, r *Results) error {
	p, err := program.Load(ctx, w.q, w.g.ProgrammeID)
	if err != nil {
		return err
	}
	w.zone = p.Zone
	if w.survivors, err = member.Survivors(ctx, w.q, p.ID); err != nil {
		return err
	}
	w.losers = map[id.ID][]id.ID{}
	for loser, survivor := range w.survivors {
		w.losers[survivor] = append(w.losers[survivor], loser)
	}
	if w.givings, err = selectGivings(ctx, w.q, `programme_id = $1 AND gesture_id = $2 ORDER BY at, id`, p.ID, w.g.ID); err != nil {
		return err
	}
	month, people := monthOf(w.now, p.Zone), map[id.ID]bool{}
	for _, n := range w.givings {
		switch n.State {
		case Withheld:
			r.Withheld++
		case TakenBack:
			r.TakenBack++
		case Given:
			r.Given, r.Cost, r.Saved = r.Given+1, r.Cost+n.Cost, r.Saved+n.Saved
			people[w.who(n)] = true
			if !n.At.Before(month) {
				r.Month++
			}
		}
	}
	r.People = int64(len(people))
	return nil
}

// bought is one sale as the comparisons see it.
type bought struct {
	at    time.Time
	goods int64
}

// salesOf returns what people bought since a moment, with what is left of it.
func (w *look) salesOf(ctx context.Context, people []id.ID, since time.Time) (map[id.ID][]bought, error) {
	all := map[id.ID][]bought{}
	var members []id.ID
	for _, who := range people {
		members = append(append(members, who), w.losers[who]...)
	}
	for chunk := range slices.Chunk(members, 1000) {
		var args db.Args
		rows, err := w.q.Query(ctx, `SELECT e.member_id, e.occurred, s.goods - s.returned FROM `+sale.ByMember+` WHERE e.member_id IN `+args.In(chunk)+
			` AND s.programme_id = `+args.Add(w.g.ProgrammeID)+` AND e.occurred >= `+args.Add(db.Micros(since)), args.Values()...)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
			var who id.ID
			var at, goods int64
			if err = r.Scan(&who, &at, &goods); err == nil {
				who = cmp.Or(w.survivors[who], who)
				all[who] = append(all[who], bought{db.Time(at), goods})
			}
			return struct{}{}, err
		})
		if err != nil {
			return nil, fmt.Errorf("reading what people bought: %w", err)
		}
	}
	return all, nil
}

// nextDay is the begin of the day after a moment: what is bought with the gesture
// itself is no coming back.
func nextDay(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, zone)
}

// effect compares those who were given it with those held out.
func (w *look) effect(ctx context.Context, r *Results) error {
	if w.g.Measured.IsZero() {
		return nil
	}
	e := &Effect{Since: w.g.Measured, Share: w.g.Spec.Withhold}
	r.Effect = e
	seen := map[id.ID]bool{}
	var ripe []*Giving
	var people []id.ID
	for _, n := range w.givings {
		who := w.who(n)
		if seen[who] {
			continue
		}
		seen[who] = true
		switch {
		case n.At.Before(w.g.Measured):
		case nextDay(n.At, w.zone).AddDate(0, 0, EffectDays).After(w.now):
			e.Waiting++
		default:
			ripe, people = append(ripe, n), append(people, who)
		}
	}
	sales, err := w.salesOf(ctx, people, w.g.Measured)
	if err != nil {
		return err
	}
	var given, withheld []float64
	for i, n := range ripe {
		from := nextDay(n.At, w.zone)
		goods, again := within(sales[people[i]], from, from.AddDate(0, 0, EffectDays))
		if n.State == Withheld {
			withheld = append(withheld, float64(goods))
			e.Withheld.count(goods, again)
		} else {
			given = append(given, float64(goods))
			e.Given.count(goods, again)
		}
	}
	e.Shown = min(e.Given.N, e.Withheld.N) >= LeastPeople
	if e.Shown {
		e.Back = stats.ShareDifference(e.Given.Again, e.Given.N, e.Withheld.Again, e.Withheld.N, stats.Confidence)
		e.Money = stats.MeanDifference(given, withheld)
	}
	return nil
}

func (g *Group) count(goods int64, again bool) {
	g.N, g.Goods = g.N+1, g.Goods+goods
	if again {
		g.Again++
	}
}

// within sums what was bought from one moment until before another.
func within(list []bought, from, to time.Time) (goods int64, came bool) {
	for _, b := range list {
		if !b.at.Before(from) && b.at.Before(to) {
			goods, came = goods+b.goods, true
		}
	}
	return goods, came
}

// followed compares those who had it with others like them.
func (w *look) followed(ctx context.Context, r *Results) error {
	to := w.now.Add(-experiment.Within)
	from := to.Add(-followedSpan)
	first, ever := map[id.ID]time.Time{}, map[id.ID]bool{}
	for _, n := range w.givings {
		ever[w.who(n)] = ever[w.who(n)] || n.State == Given
		if _, known := first[w.who(n)]; !known && n.State == Given && !n.At.Before(from) {
			first[w.who(n)] = nextDay(n.At, w.zone).Add(-time.Microsecond)
		}
	}
	if len(first) == 0 {
		return nil
	}
	past, err := experiment.ReadPasts(ctx, w.q, w.g.ProgrammeID, from.Add(-experiment.Past), w.survivors)
	if err != nil {
		return err
	}
	had, others := past.Look(first, to)
	others = slices.DeleteFunc(others, func(o experiment.Onlooker) bool { return ever[o.Who] })
	people, drawn := experiment.Draw(had, others)
	m := experiment.Count(people, drawn)
	f := Followed{Had: int64(len(had)), Matched: m.People, Again: m.Again, Others: m.Others, OthersAgain: m.OthersAgain}
	mine, err := w.spent(ctx, people, &f.Goods)
	if err != nil {
		return err
	}
	theirs, err := w.spent(ctx, drawn, &f.OthersGoods)
	if err != nil {
		return err
	}
	if f.Shown = min(m.People, m.Others) >= LeastPeople; f.Shown {
		f.Difference = stats.ShareDifference(m.Again, m.People, m.OthersAgain, m.Others, stats.Confidence)
		f.Money = stats.MeanDifference(mine, theirs)
	}
	r.Followed = f
	return nil
}

// spent is what each bought within 90 days after their moment, in minor units and
// in order of size, and adds that up.
func (w *look) spent(ctx context.Context, list []experiment.Onlooker, sum *int64) ([]float64, error) {
	people, since := make([]id.ID, len(list)), w.now
	for i, o := range list {
		if people[i] = o.Who; o.At.Before(since) {
			since = o.At
		}
	}
	sales, err := w.salesOf(ctx, people, since)
	if err != nil {
		return nil, err
	}
	each := make([]float64, len(list))
	for i, o := range list {
		from := o.At.Add(time.Microsecond)
		goods, _ := within(sales[o.Who], from, from.Add(experiment.Within))
		each[i] = float64(goods)
		*sum += goods
	}
	slices.Sort(each) // sums are to be the same every time
	return each, nil
}
