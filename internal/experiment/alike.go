package experiment

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

const (
	day = 24 * time.Hour
	// Within is the time in which somebody comes back.
	Within = 90 * day
	// Past is the time before a moment that likeness is about.
	Past = 365 * day
	// mostMatched bounds the others for each.
	mostMatched = 4
)

// Likeness is what others have in common with somebody.
type Likeness struct{ Rank, Recency, Frequency string }

// Onlooker is somebody at a moment: like whom they were, and whether they bought
// within 90 days after.
type Onlooker struct {
	Likeness
	Who   id.ID
	At    time.Time
	Again bool
}

// Pasts are what people bought and how they ranked, in order of time.
type Pasts struct {
	bought map[id.ID][]time.Time
	ranks  map[id.ID][]ranked
}

type ranked struct {
	at   time.Time
	code string
}

// ReadPasts reads purchases since a moment, and ranks in the first ladder.
func ReadPasts(ctx context.Context, q db.Queryer, programme id.ID, from time.Time, survivors map[id.ID]id.ID) (Pasts, error) {
	p := Pasts{map[id.ID][]time.Time{}, map[id.ID][]ranked{}}
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

// Look returns those to whom something happened until a moment, as they were
// then, and all to whom it did not, each at the moment of some such happening. Who had not bought within
// the year before is left out.
func (p Pasts) Look(first map[id.ID]time.Time, to time.Time) (those, others []Onlooker) {
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
		at, had := first[who]
		if !had {
			at = moments[chance(who, 1)%uint64(len(moments))]
		}
		o, bought := p.at(who, at)
		switch {
		case !bought || at.After(to):
		case had:
			those = append(those, o)
		default:
			others = append(others, o)
		}
	}
	return those, others
}

// chance is a number that is the same for a person every time.
func chance(who id.ID, what uint64) uint64 { return rand.NewPCG(uint64(who), what).Uint64() }

// at returns a person at a moment, and whether they had bought within the year
// before.
func (p Pasts) at(who id.ID, t time.Time) (Onlooker, bool) {
	list := p.bought[who]
	next, _ := slices.BinarySearchFunc(list, t, func(a, t time.Time) int { return cmp.Or(a.Compare(t), -1) }) // the first after t
	from, _ := slices.BinarySearchFunc(list, t.Add(-Past), time.Time.Compare)
	if next == from {
		return Onlooker{}, false
	}
	o := Onlooker{Who: who, At: t, Again: next < len(list) && !list[next].After(t.Add(Within))}
	o.Recency, o.Frequency = recencyOf(t.Sub(list[next-1])), frequencyOf(next-from)
	for _, r := range p.ranks[who] {
		if !r.at.After(t) {
			o.Rank = r.code
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

// Matched says how many of some came back, beside others like them.
type Matched struct {
	// People were compared, those of whom there are enough others alike; Again of
	// them came back.
	People, Again int64
	// Others are compared with them, the same number for each.
	Others, OthersAgain int64
}

// Match compares how many came back of people and of the same number of others for
// each, as Draw draws them.
func Match(those, others []Onlooker) Matched { return Count(Draw(those, others)) }

// Count counts how many came back of people and of the others that were drawn for
// them.
func Count(people, drawn []Onlooker) Matched {
	return Matched{int64(len(people)), again(people), int64(len(drawn)), again(drawn)}
}

// Draw draws the same number of others for each, by chance that can be repeated.
// Those like whom there are too few are left out, on both sides.
func Draw(those, others []Onlooker) (people, drawn []Onlooker) {
	theirs, ours := alike(others), alike(those)
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
		people = append(people, list...)
		slices.SortFunc(theirs[like], func(a, b Onlooker) int {
			return cmp.Or(cmp.Compare(chance(a.Who, 2), chance(b.Who, 2)), cmp.Compare(a.Who, b.Who))
		})
		drawn = append(drawn, theirs[like][:ratio*len(list)]...)
	}
	return people, drawn
}

func alike(list []Onlooker) map[Likeness][]Onlooker {
	cells := map[Likeness][]Onlooker{}
	for _, o := range list {
		cells[o.Likeness] = append(cells[o.Likeness], o)
	}
	return cells
}

func again(list []Onlooker) (n int64) {
	for _, o := range list {
		if o.Again {
			n++
		}
	}
	return n
}
