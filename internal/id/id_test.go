package id

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/fault"
)

func fixed(t time.Time) func() time.Time { return func() time.Time { return t } }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestShownIdentifiersAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := ID(rapid.Int64Range(1, 1<<63-1).Draw(t, "id"))
		for _, shown := range []string{want.In(Member), strings.ToUpper(want.In(Member))} {
			if got, err := Parse(Member, shown); err != nil || got != want {
				t.Fatalf("%d shown as %s is read as %d, %v", want, shown, got, err)
			}
		}
	})
}

func TestParseRefusesWhatIsNoIdentifier(t *testing.T) {
	for _, in := range []string{"", "mem_", "mem_0000000000000", "evt_0000000000001", "mem_zzzzzzzzzzzzz",
		"mem_00000000000u1", "mem_000000000001", strings.Repeat("mem_", 100)} {
		if got, err := Parse(Member, in); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("Parse(%q) = %d, %v; want it refused", in, got, err)
		}
	}
	if got, err := Parse(Member, "mem_OOOOOOOOOOOIL"); err != nil || got != 33 {
		t.Errorf("letters that look like digits: %d, %v; want 33", got, err)
	}
}

func TestIdentifiersOrderAsTheirTextDoes(t *testing.T) {
	a, b := ID(1<<40).In(Event), ID(1<<40+1).In(Event)
	if a >= b {
		t.Errorf("%s does not stand before %s", a, b)
	}
}

func TestMakerGoesOnWhenTheClockIsSetBack(t *testing.T) {
	now := noon
	m := NewMaker(7, time.Time{}, func() time.Time { return now })
	last := m.New()
	if !last.Time().Equal(noon) {
		t.Errorf("made at %s; want %s", last.Time(), noon)
	}
	now = now.Add(-time.Hour)
	for range 10_000 {
		next := m.New()
		if next <= last {
			t.Fatalf("%d follows %d", next, last)
		}
		last = next
	}
}

func TestMakerStartsAfterItsForerunner(t *testing.T) {
	m := NewMaker(7, noon.Add(time.Hour), fixed(noon))
	if first := m.New(); !first.Time().Equal(noon.Add(time.Hour)) {
		t.Errorf("the first is of %s; want not before %s", first.Time(), noon.Add(time.Hour))
	}
}

func TestMakersOfTwoProcessesNeverMeet(t *testing.T) {
	var mu sync.Mutex
	var all []ID
	var wg sync.WaitGroup
	for p := range 8 {
		m := NewMaker(p, time.Time{}, fixed(noon))
		wg.Go(func() {
			var mine []ID
			for range 5000 {
				mine = append(mine, m.New())
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
		})
	}
	wg.Wait()
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 8*5000 {
		t.Errorf("%d of %d identifiers are distinct", n, 8*5000)
	}
}
