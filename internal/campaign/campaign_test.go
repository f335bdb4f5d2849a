package campaign

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

type why string

// pages are the fates of so many people, three to a page.
type pages struct {
	of  func(n id.ID) Fate[why]
	all id.ID
	err error
}

// Next returns a page.
func (p pages) Next(_ context.Context, _ db.Queryer, after id.ID) (list []Fate[why], last id.ID, err error) {
	for n := after + 1; n <= min(p.all, after+3); n++ {
		list, last = append(list, p.of(n)), n
	}
	return list, last, p.err
}

// TestATallyAddsUp over all pages, each person in one place.
func TestATallyAddsUp(t *testing.T) {
	c := &Campaign[struct{}, why]{Seed: "seed"}
	some := pages{all: 1000, of: func(n id.ID) Fate[why] {
		f := Fate[why]{Who: n, Points: 10}
		if n%5 == 0 {
			f.Left = "fifth"
		}
		f.Held = f.Left == "" && c.Holds("draw", 2000, n)
		return f
	}}
	got, err := foretell(t.Context(), nil, some)
	if err != nil || got.Looked != 1000 || got.Asked+got.Held+got.LeftOut() != 1000 || !maps.Equal(got.Left, map[why]int64{"fifth": 200}) || got.Points != 10*got.Asked {
		t.Errorf("%+v, %v", got, err)
	}
	if got.Held < 100 || got.Held > 220 { // 160 are to be expected, of 800
		t.Errorf("%d of 800 are held back, of 20 per cent", got.Held)
	}
	some.err = errors.New("away")
	if _, err := foretell(t.Context(), nil, some); !errors.Is(err, some.err) {
		t.Errorf("got %v", err)
	}
}

// TestADrawIsTheSameEveryTime, another for another name, and holds back more as
// the share grows, all of before among them.
func TestADrawIsTheSameEveryTime(t *testing.T) {
	c := &Campaign[struct{}, why]{Seed: "seed"}
	other := 0
	for who := id.ID(1); who < 500; who++ {
		if c.Holds("draw", 3000, who) && !c.Holds("draw", 5000, who) {
			t.Fatalf("%d is held back of 30 per cent and not of 50", who)
		}
		if c.Holds("draw", 5000, who) != c.Holds("other", 5000, who) {
			other++
		}
	}
	if other == 0 {
		t.Error("two draws are one")
	}
}

// TestACampaignIsOverAfterItsDay in the zone of its programme, also when the clocks
// change, and is then ended without anybody.
func TestACampaignIsOverAfterItsDay(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	until := Ends("2026-03-29", warsaw) // 23 hours long
	if want := time.Date(2026, 3, 29, 22, 0, 0, 0, time.UTC); !until.Equal(want) {
		t.Errorf("over at %v, want %v", until.UTC(), want)
	}
	if !Ends("soon", warsaw).IsZero() {
		t.Error("a day that is none has an end")
	}
	c := &Campaign[struct{}, why]{State: Running, Until: until}
	if c.pass(until.Add(-time.Microsecond)); c.State != Running {
		t.Error("ended before its time")
	}
	if c.pass(until); c.State != Ended {
		t.Error("not ended after its day")
	}
	if at := Window(time.Date(2026, 3, 28, 11, 0, 0, 0, time.UTC), 1, warsaw); !at.Equal(time.Date(2026, 3, 29, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("the window ends at %v", at.UTC())
	}
}
