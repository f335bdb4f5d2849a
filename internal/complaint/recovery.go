package complaint

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/stats"
)

// Bounds of showing a recovery: matched complainants under which there is no
// figure, and under which it is preliminary.
const (
	recoveryLeast       = 10
	recoveryPreliminary = 30
)

const (
	day          = 24 * time.Hour
	recoveryDays = 90 * day  // within which somebody comes back
	recoveryYear = 365 * day // of complaints, and of purchases before them
	// mostMatched bounds the others for each complainant.
	mostMatched = 4
)

// Recovery says how many of those who complained bought again within 90 days,
// beside others like them: of the same rank, who had bought as lately and as
// often. Each person counts once, with the first complaint of the span; each of
// the others is looked at from the moment of some complaint, drawn by chance
// that can be repeated. It tells what happened to both; who complains differs
// from others in more than is known, so it is no effect of the complaint or of
// how it was handled.
type Recovery struct {
	// From and To bound when the complaints were opened; 90 days have passed
	// since each.
	From, To time.Time
	// Complained had bought within the year before; Matched of them have others
	// like them, and are those compared.
	Complained, Matched int64
	Again               int64
	// Others are compared with them, the same number for each.
	Others, OthersAgain int64
	// Share and OthersShare bought again, with Wilson's intervals; Difference is
	// the former less the latter, with Newcombe's.
	Share, OthersShare, Difference stats.Interval
	// Shown is false under 10 matched, and Preliminary true under 30.
	Shown, Preliminary bool
}

// likeness is what others have in common with a complainant.
type likeness struct{ rank, recency, frequency string }

// onlooker is somebody at a moment: like whom they were, and whether they bought
// within 90 days after.
type onlooker struct {
	likeness
	who   id.ID
	again bool
}

// Recovery compares those who complained with others. It needs cases.read.
func (s *Service) Recovery(ctx context.Context, a auth.Actor, programme id.ID) (*Recovery, error) {
	if err := a.Can(programme, auth.CasesRead); err != nil {
		return nil, err
	}
	to := s.clock().Add(-recoveryDays)
	r := &Recovery{From: to.Add(-recoveryYear), To: to}
	var past pasts
	var first map[id.ID]time.Time
	err := s.DB.View(ctx, func(q db.Queryer) error {
		survivors, err := member.Survivors(ctx, q, programme)
		if err != nil {
			return err
		}
		if first, err = firstComplaints(ctx, q, programme, r.From, survivors); err != nil || len(first) == 0 {
			return err
		}
		past, err = readPasts(ctx, q, programme, r.From.Add(-recoveryYear), survivors)
		return err
	})
	if err != nil {
		return nil, err
	}
	complained, others := past.look(first, to)
	r.Complained = int64(len(complained))
	r.match(complained, others)
	return r, nil
}

// firstComplaints returns when each person first complained since a moment.
func firstComplaints(ctx context.Context, q db.Queryer, programme id.ID, from time.Time, survivors map[id.ID]id.ID) (map[id.ID]time.Time, error) {
	list, err := briefs(ctx, q, programme, from)
	first := map[id.ID]time.Time{}
	for _, b := range list {
		who := cmp.Or(survivors[b.member], b.member)
		if at, known := first[who]; who != 0 && (!known || b.opened.Before(at)) {
			first[who] = b.opened
		}
	}
	return first, err
}

// pasts are what people bought and how they ranked, in order of time.
type pasts struct {
	bought map[id.ID][]time.Time
	ranks  map[id.ID][]ranked
}

type ranked struct {
	at   time.Time
	code string
}

// readPasts reads purchases since a moment, and ranks in the first ladder.
func readPasts(ctx context.Context, q db.Queryer, programme id.ID, from time.Time, survivors map[id.ID]id.ID) (pasts, error) {
	p := pasts{map[id.ID][]time.Time{}, map[id.ID][]ranked{}}
	type happened struct {
		who id.ID
		at  int64
		to  string
	}
	rows, err := q.Query(ctx, `SELECT s.member_id, s.occurred FROM sale AS s WHERE s.programme_id = $1 AND s.occurred >= $2`, programme, db.Micros(from))
	err = db.Each(rows, err, func(r *sql.Rows) (h happened, err error) { return h, r.Scan(&h.who, &h.at) }, func(h happened) error {
		who := cmp.Or(survivors[h.who], h.who)
		p.bought[who] = append(p.bought[who], db.Time(h.at))
		return nil
	})
	if err != nil {
		return p, fmt.Errorf("reading what people bought: %w", err)
	}
	rows, err = q.Query(ctx, `SELECT c.member_id, c.at, c.to_code FROM rank_change AS c
		WHERE c.ladder_id = (SELECT MIN(l.id) FROM ladder AS l WHERE l.programme_id = $1) ORDER BY c.member_id, c.no`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (h happened, err error) { return h, r.Scan(&h.who, &h.at, &h.to) }, func(h happened) error {
		who := cmp.Or(survivors[h.who], h.who)
		p.ranks[who] = append(p.ranks[who], ranked{db.Time(h.at), h.to})
		return nil
	})
	if err != nil {
		return p, fmt.Errorf("reading how people ranked: %w", err)
	}
	for _, list := range p.bought {
		slices.SortFunc(list, time.Time.Compare)
	}
	return p, nil
}

// look returns those who complained until a moment, at their complaint, and all
// who did not, each at the moment of some complaint. Who had not bought within
// the year before is left out.
func (p pasts) look(first map[id.ID]time.Time, to time.Time) (complained, others []onlooker) {
	var moments []time.Time
	for _, at := range first {
		if !at.After(to) {
			moments = append(moments, at)
		}
	}
	if len(moments) == 0 {
		return nil, nil
	}
	slices.SortFunc(moments, time.Time.Compare)
	for _, who := range slices.Sorted(maps.Keys(p.bought)) {
		at, told := first[who]
		if !told {
			at = moments[chance(who, 1)%uint64(len(moments))]
		}
		o, bought := p.at(who, at)
		switch {
		case !bought || at.After(to):
		case told:
			complained = append(complained, o)
		default:
			others = append(others, o)
		}
	}
	return complained, others
}

// chance is a number that is the same for a person every time.
func chance(who id.ID, what uint64) uint64 { return rand.NewPCG(uint64(who), what).Uint64() }

// at returns a person at a moment, and whether they had bought within the year
// before.
func (p pasts) at(who id.ID, t time.Time) (onlooker, bool) {
	list := p.bought[who]
	next, _ := slices.BinarySearchFunc(list, t, func(a, t time.Time) int { return cmp.Or(a.Compare(t), -1) }) // the first after t
	from, _ := slices.BinarySearchFunc(list, t.Add(-recoveryYear), time.Time.Compare)
	if next == from {
		return onlooker{}, false
	}
	o := onlooker{who: who, again: next < len(list) && !list[next].After(t.Add(recoveryDays))}
	o.recency, o.frequency = recencyOf(t.Sub(list[next-1])), frequencyOf(next-from)
	for _, r := range p.ranks[who] {
		if !r.at.After(t) {
			o.rank = r.code
		}
	}
	return o, true
}

func recencyOf(since time.Duration) string {
	for _, n := range []int{7, 30, 90} {
		if since <= time.Duration(n)*day {
			return fmt.Sprint("r", n)
		}
	}
	return "r365"
}

func frequencyOf(purchases int) string {
	switch {
	case purchases >= 5:
		return "f5"
	case purchases >= 2:
		return "f2"
	}
	return "f1"
}

// match compares the complainants with the same number of others for each.
// Those like whom there are too few are left out, on both sides.
func (r *Recovery) match(complained, others []onlooker) {
	theirs, ours := alike(others), alike(complained)
	ratio := mostMatched
	for like, list := range ours {
		if n := len(theirs[like]) / len(list); n > 0 {
			ratio = min(ratio, n)
		}
	}
	for like, list := range ours {
		if len(theirs[like]) < len(list) {
			continue
		}
		r.Matched, r.Again = r.Matched+int64(len(list)), r.Again+again(list)
		slices.SortFunc(theirs[like], func(a, b onlooker) int {
			return cmp.Or(cmp.Compare(chance(a.who, 2), chance(b.who, 2)), cmp.Compare(a.who, b.who))
		})
		drawn := theirs[like][:ratio*len(list)]
		r.Others, r.OthersAgain = r.Others+int64(len(drawn)), r.OthersAgain+again(drawn)
	}
	r.Shown, r.Preliminary = r.Matched >= recoveryLeast, r.Matched < recoveryPreliminary
	r.Share, r.OthersShare = stats.Wilson(r.Again, r.Matched, stats.Confidence), stats.Wilson(r.OthersAgain, r.Others, stats.Confidence)
	r.Difference = stats.ShareDifference(r.Again, r.Matched, r.OthersAgain, r.Others, stats.Confidence)
}

func alike(list []onlooker) map[likeness][]onlooker {
	cells := map[likeness][]onlooker{}
	for _, o := range list {
		cells[o.likeness] = append(cells[o.likeness], o)
	}
	return cells
}

func again(list []onlooker) (n int64) {
	for _, o := range list {
		if o.again {
			n++
		}
	}
	return n
}
