package standard

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Lots is what a draw goes by, and nothing else: the same lots give the same
// draw, in whatever order they come.
type Lots struct {
	Seed  int64   `json:"seed"`
	Shops []id.ID `json:"shops"`
	// Barred are the shops of each visitor where they work or are known.
	Barred map[id.ID][]id.ID `json:"barred"`
	// Each is how many visits a shop gets, Doubles how many of all visits are
	// made by two.
	Each    int `json:"each"`
	Doubles int `json:"doubles"`
	// Days are those of the window on which visits may be, as numbers.
	Days []int `json:"days"`
}

// Drawn is one visit of a draw. Second marks the other rater of a double one,
// which stands right after its first.
type Drawn struct {
	ShopID, VisitorID id.ID
	Day               int
	Second            bool
}

// slot is a visit that waits for those who make it.
type slot struct {
	shop   id.ID
	double bool
	who    []id.ID
}

// lot is the number of something in the lottery.
func (n *Lots) lot(of ...id.ID) uint64 {
	text := binary.BigEndian.AppendUint64(nil, uint64(n.Seed))
	for _, x := range of {
		text = binary.BigEndian.AppendUint64(text, uint64(x))
	}
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:])
}

// shuffled returns the ids in the order of the lottery, for a purpose.
func (n *Lots) shuffled(list []id.ID, of ...id.ID) []id.ID {
	return slices.SortedFunc(slices.Values(list), func(a, b id.ID) int {
		return cmp.Or(cmp.Compare(n.lot(append(of, a)...), n.lot(append(of, b)...)), cmp.Compare(a, b))
	})
}

// Draw says who goes where and when, by lot. Every shop gets the same number of
// visits, the double ones are spread over the shops, nobody goes where they are
// barred or twice to the same shop, and the visits are shared out as evenly as
// that allows. It refuses with "round_visitors" when a shop has too few visitors
// who may go there.
func (n *Lots) Draw() ([]Drawn, error) {
	slots := n.slots()
	may := map[id.ID][]id.ID{} // the visitors of a shop
	for _, v := range slices.Sorted(maps.Keys(n.Barred)) {
		for _, s := range n.Shops {
			if !slices.Contains(n.Barred[v], s) {
				may[s] = append(may[s], v)
			}
		}
	}
	needs := map[id.ID]int{}
	for _, s := range slots {
		needs[s.shop] += s.raters()
	}
	for _, s := range n.Shops {
		if lacks := needs[s] - len(may[s]); lacks > 0 {
			return nil, fault.Refused("round_visitors", "a shop has %d too few visitors who may go there and are not known", lacks).
				With("shop", s.In(id.Shop)).With("lacks", lacks)
		}
	}
	n.share(slots, may)
	return n.dates(slots), nil
}

func (s *slot) raters() int {
	if s.double {
		return 2
	}
	return 1
}

// slots are the visits to be made, the double ones spread over the shops in the
// order of the lottery.
func (n *Lots) slots() []*slot {
	order := n.shuffled(n.Shops, 1)
	var list []*slot
	for range n.Each {
		for _, s := range order {
			list = append(list, &slot{shop: s, double: len(list) < n.Doubles})
		}
	}
	return list
}

// share gives each visit those who make it: the least busy of those who may, by
// lot among equals; then visits pass from the busy to the idle for as long as
// that makes it more even.
func (n *Lots) share(slots []*slot, may map[id.ID][]id.ID) {
	busy := map[id.ID]int{}
	taken := map[[2]id.ID]bool{} // shop and visitor
	hard := slices.Clone(slots)
	slices.SortStableFunc(hard, func(a, b *slot) int { return cmp.Compare(len(may[a.shop]), len(may[b.shop])) })
	for turn, s := range hard {
		for range s.raters() {
			free := slices.DeleteFunc(n.shuffled(may[s.shop], 2, id.ID(turn)), func(v id.ID) bool { return taken[[2]id.ID{s.shop, v}] })
			slices.SortStableFunc(free, func(a, b id.ID) int { return cmp.Compare(busy[a], busy[b]) })
			s.who = append(s.who, free[0])
			busy[free[0]]++
			taken[[2]id.ID{s.shop, free[0]}] = true
		}
	}
	for pass(n.shuffled(slices.Sorted(maps.Keys(n.Barred)), 3), hard, may, busy, taken) {
	}
}

// pass moves one visit along a chain from somebody busy to somebody with two
// fewer at least, and reports whether it found one.
func pass(visitors []id.ID, slots []*slot, may map[id.ID][]id.ID, busy map[id.ID]int, taken map[[2]id.ID]bool) bool {
	type step struct {
		from  id.ID
		slot  *slot
		place int
	}
	for _, start := range visitors {
		reached := map[id.ID]step{start: {}}
		for queue := []id.ID{start}; len(queue) > 0; queue = queue[1:] {
			giver := queue[0]
			for _, s := range slots {
				place := slices.Index(s.who, giver)
				if place < 0 {
					continue
				}
				for _, v := range may[s.shop] {
					if _, met := reached[v]; met || taken[[2]id.ID{s.shop, v}] {
						continue
					}
					reached[v] = step{giver, s, place}
					if busy[start]-busy[v] < 2 {
						queue = append(queue, v)
						continue
					}
					for at := v; at != start; at = reached[at].from {
						how := reached[at]
						how.slot.who[how.place] = at
						taken[[2]id.ID{how.slot.shop, at}] = true
						delete(taken, [2]id.ID{how.slot.shop, how.from})
					}
					busy[start]--
					busy[v]++
					return true
				}
			}
		}
	}
	return false
}

// dates gives each visit a day by lot: one on which neither the shop nor the
// visitors have another, where there is one.
func (n *Lots) dates(slots []*slot) []Drawn {
	var list []Drawn
	used := map[id.ID]map[int]bool{} // days of a shop or a visitor
	for i, s := range slots {
		var days []id.ID
		for _, d := range n.Days {
			days = append(days, id.ID(d))
		}
		clash := func(d id.ID) (bad int) {
			if used[s.shop][int(d)] {
				bad = 2
			}
			for _, v := range s.who {
				if used[v][int(d)] {
					bad++
				}
			}
			return bad
		}
		days = n.shuffled(days, 4, id.ID(i))
		day := int(slices.MinFunc(days, func(a, b id.ID) int { return cmp.Compare(clash(a), clash(b)) }))
		for k, v := range s.who {
			list = append(list, Drawn{s.shop, v, day, k > 0})
		}
		for _, x := range append([]id.ID{s.shop}, s.who...) {
			if used[x] == nil {
				used[x] = map[int]bool{}
			}
			used[x][day] = true
		}
	}
	return list
}
