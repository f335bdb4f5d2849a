package tier

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/program"
)

var ctx = context.Background()

var schemas = []db.Schema{auth.Schema, program.Schema, Schema}

// found makes a programme in London.
func found(t testing.TB, d *db.DB) id.ID {
	t.Helper()
	p, err := program.New(d).Create(ctx, auth.System("test"), program.Programme{
		Slug: fmt.Sprintf("p%d", d.IDs().New()), Name: "Shop", Currency: "GBP", Zone: london, Languages: []string{"en"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// build writes a ladder with its versions as they are and reads it back.
func build(t fataler, d *db.DB, programme id.ID, l *Ladder) *Ladder {
	l.ID, l.ProgrammeID = d.IDs().New(), programme
	l.Code = fmt.Sprintf("l%d", l.ID)
	err := d.InTx(ctx, func(tx *db.Tx) error {
		if err := insertLadder(ctx, tx, *l); err != nil {
			return err
		}
		for _, v := range l.Versions {
			if err := upsertDraft(ctx, tx, l.ID, v); err != nil {
				return err
			}
			if err := publishDraft(ctx, tx, l.ID, v.Number, v.From); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("writing a ladder: %v", err)
	}
	p, err := loadPlan(ctx, d.Reader(), programme, l.ID)
	if err != nil {
		t.Fatalf("reading a ladder: %v", err)
	}
	return &p.Ladder
}

type fataler interface{ Fatalf(string, ...any) }

// in loads accounts, lets fn change them and saves them.
func in(d *db.DB, asks []Ask, fn func([]*Account) error) error {
	return d.InTx(ctx, func(tx *db.Tx) error {
		accounts, err := Load(ctx, tx, asks)
		if err != nil {
			return err
		}
		if err := fn(accounts); err != nil {
			return err
		}
		return Save(ctx, tx, dbtest.Start, accounts)
	})
}

func clean(t testing.TB, d *db.DB, programme id.ID) {
	t.Helper()
	faults, err := Check(ctx, d.Reader(), programme)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("member %d: %s", f.MemberID, f.What)
	}
}

// TestStoredAgainstOracle does the same to an account that is loaded and saved
// in between as to the oracle.
func TestStoredAgainstOracle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme, member := found(t, d), id.ID(100)
		rapid.Check(t, func(t *rapid.T) {
			member++
			s := script{ladder: build(t, d, programme, drawLadder(t))}
			o := newOracle(s.ladder, 0)
			begin := []Ask{{MemberID: member, Ladder: s.ladder}}
			if err := in(d, begin, func(as []*Account) error { return as[0].Post(midnight(0)) }); err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(1, 8).Draw(t, "batches") {
				storedBatch(t, d, &s, o, member)
			}
			kept, err := History(ctx, d.Reader(), member)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(o.moves, moves(kept)); diff != "" {
				t.Fatalf("moves (-want +got):\n%s", diff)
			}
		})
		clean(t, d, programme)
	}, schemas...)
}

func storedBatch(t *rapid.T, d *db.DB, s *script, o *oracle, member id.ID) {
	var doings []doing
	ask := Ask{MemberID: member, Ladder: s.ladder, Since: midnight(o.day - rapid.IntRange(0, 60).Draw(t, "since"))}
	for range rapid.IntRange(1, 4).Draw(t, "doings") {
		next := s.draw(t)
		doings = append(doings, next)
		if next.kind == "take off" {
			ask.Sold = append(ask.Sold, next.sold())
		}
	}
	ask.Until = midnight(s.day)
	past := o.day
	err := in(d, []Ask{ask}, func(as []*Account) error {
		for _, next := range doings {
			if err := next.carry(as[0]); err != nil {
				return fmt.Errorf("%+v: %w", next, err)
			}
			o.do(next)
			agree(t, o, as[0])
		}
		for day := past; day <= o.day; day++ {
			if got, err := as[0].RankAt(midnight(day)); err != nil || got != o.daily[day] {
				return fmt.Errorf("rank at day %d: %s, want %s: %w", day, got, o.daily[day], err)
			}
		}
		_, err := as[0].RankAt(ask.Since)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStatements holds the number of statements constant whatever the number
// of members.
func TestStatements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme := found(t, d)
		ladders := []*Ladder{build(t, d, programme, demo()), build(t, d, programme, demo())}
		month, first := local("2011-01-05 10:00"), id.ID(1)
		count := func(n int) uint64 {
			before := d.Statements()
			for _, at := range []time.Time{month, month.AddDate(0, 6, 0), month.AddDate(0, 13, 0)} {
				told(t, buyAll(d, ladders, first, n, at))
			}
			first += id.ID(n)
			return d.Statements() - before
		}
		count(1)
		if one, many := count(1), count(256); one != many || one > 3*8 {
			t.Errorf("%d statements for one member, %d for 256", one, many)
		}
		clean(t, d, programme)
	}, schemas...)
}

// buyAll lets members buy, bring back what they bought half a year ago, and
// ask for the rank of then.
func buyAll(d *db.DB, ladders []*Ladder, first id.ID, n int, now time.Time) error {
	var asks []Ask
	past := now.AddDate(0, -6, 0)
	event := func(m id.ID, at time.Time) id.ID { return m + id.ID(at.Unix()) }
	for m := first; m < first+id.ID(n); m++ {
		for _, l := range ladders {
			asks = append(asks, Ask{MemberID: m, Ladder: l, Until: now, Since: past, Sold: []Sold{{event(m, past), past}}})
		}
	}
	return in(d, asks, func(as []*Account) error {
		for i, a := range as {
			if _, err := a.RankAt(past); err != nil {
				return err
			}
			m := asks[i].MemberID
			if err := a.Credit(now, now, event(m, now), 120_000); err != nil {
				return err
			}
			if err := a.TakeOff(now, asks[i].Sold[0], 1, 50_000); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestHotMember loads of many credits only what leaves.
func TestHotMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme := found(t, d)
		l := build(t, d, programme, demo())
		start := local("2010-12-01 08:00")
		told(t, in(d, []Ask{{MemberID: 7, Ladder: l}}, func(as []*Account) error {
			for i := range 20_000 {
				at := start.Add(time.Duration(i) * time.Minute)
				if err := as[0].Credit(at, at, id.ID(i+1), 100); err != nil {
					return err
				}
			}
			return nil
		}))
		sold := Sold{15_001, start.Add(15_000 * time.Minute)}
		now := start.AddDate(1, 0, 0).Add(2 * time.Minute)
		for _, c := range []struct {
			ask     Ask
			credits int
		}{
			{Ask{Until: start.AddDate(0, 6, 0)}, 0},
			{Ask{Until: start.AddDate(0, 6, 0), Sold: []Sold{sold}}, 1},
			{Ask{Until: now, Sold: []Sold{sold}}, 4},
			{Ask{Until: now, All: true}, 20_000},
		} {
			c.ask.MemberID, c.ask.Ladder = 7, l
			as, err := Load(ctx, d.Reader(), []Ask{c.ask})
			told(t, err)
			if len(as[0].known) != c.credits {
				t.Errorf("%d credits loaded, want %d", len(as[0].known), c.credits)
			}
			told(t, as[0].Post(c.ask.Until))
			if m := as[0].Standing().Metric; c.ask.Until.Equal(now) != (m == 100*(20_000-3)) {
				t.Errorf("metric %d", m)
			}
			if err := as[0].Post(now.AddDate(1, 0, 0)); (err == nil) != c.ask.All {
				t.Errorf("posting beyond what was loaded: %v", err)
			}
			if err := as[0].TakeOff(now, Sold{3, start}, 1, 1); (err == nil) != c.ask.All {
				t.Errorf("taking off what was not loaded: %v", err)
			}
		}
	}, schemas...)
}
