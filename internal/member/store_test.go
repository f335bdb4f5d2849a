package member

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func whole() *Member {
	return &Member{
		ProgrammeID: here, Status: Enrolled, GivenName: "Łucja", FamilyName: "Żyła", Language: "pl", Zone: "Europe/Warsaw",
		Birth: Birth{29, 2, 1992}, Bucket: 9_999, Created: dbtest.Start, Enrolled: dbtest.Start.Add(time.Hour),
		Tags: []string{"coffee", "vip"}, Attributes: map[string]string{"size": "M", "разное": "да"},
	}
}

func TestInsertThenLoad(t *testing.T) {
	eachHouse(t, func(h *house) {
		m := h.add(whole(), tel(1), ext(1))
		h.do(func(ctx context.Context, tx *db.Tx) error {
			found, err := Load(ctx, tx, []id.ID{m.ID, 4711}, true)
			wantSame(h.t, "loaded", map[id.ID]*Member{m.ID: m}, found)
			return err
		})
		owned, err := Identities(h.t.Context(), h.d.Reader(), []id.ID{m.ID})
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "identities", []Identity{tel(1), ext(1)}, owned[m.ID])
		h.sound()
	})
}

func TestInsertRefusesTakenIdentities(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("Anna", "", tel(1))
		err := h.try(func(ctx context.Context, tx *db.Tx) error {
			return Insert(ctx, tx, []Newcomer{{&Member{ProgrammeID: here, Status: Known}, []Identity{tel(2), tel(1)}}})
		})
		if !errors.Is(err, ErrTaken) {
			h.t.Errorf("got %v, want ErrTaken", err)
		}
		counts, err := Count(h.t.Context(), h.d.Reader(), here)
		wantSame(h.t, "nothing of it stays", map[Status]int64{Known: 1}, counts)
		if err != nil {
			h.t.Fatal(err)
		}
		h.add(&Member{ProgrammeID: there, Status: Known}, tel(1)) // another programme is another world
	})
}

func TestSaveWritesAndReindexes(t *testing.T) {
	eachHouse(t, func(h *house) {
		m, other := h.join("Anna", "Nowak"), h.join("Ben", "Nowak")
		h.do(func(ctx context.Context, tx *db.Tx) error {
			found, err := Load(ctx, tx, []id.ID{m.ID, other.ID}, true)
			if err != nil {
				return err
			}
			a, b := found[m.ID], found[other.ID]
			a.FamilyName, a.Tags = "Kowalska", []string{"vip"}
			b.Status, b.Enrolled = Enrolled, dbtest.Start
			return Save(ctx, tx, []*Member{a, b})
		})
		wantSame(h.t, "by the old name", []string{"Ben Nowak"}, h.names("nowak"))
		wantSame(h.t, "by the new name", []string{"Anna Kowalska"}, h.names("kowal"))
		wantSame(h.t, "by tag", []string{"Anna Kowalska"}, h.found(Query{ProgrammeID: here, Tag: "vip"}))
		if v := h.get(m).Version; v != 2 {
			h.t.Errorf("version %d after one change, want 2", v)
		}
		if p := h.get(other); p.Status != Enrolled || !p.Enrolled.Equal(dbtest.Start) {
			h.t.Errorf("enrolment is not kept: %v %v", p.Status, p.Enrolled)
		}
		h.sound()
	})
}

func TestRecognise(t *testing.T) {
	eachHouse(t, func(h *house) {
		anna, ben := h.join("Anna", "", tel(1), ext(1)), h.join("Ben", "", tel(2))
		elsewhere := h.add(&Member{ProgrammeID: there, Status: Known}, tel(3))
		found, err := Recognise(h.t.Context(), h.d.Reader(), []Ask{
			{here, []Identity{tel(2)}},
			{here, []Identity{ext(9), tel(1), ext(1), ext(9)}},
			{here, nil},
			{here, []Identity{tel(3)}},
			{there, []Identity{tel(3)}},
			{here, []Identity{{Card, "C1"}}}, // another kind with the value of Anna's
			{here, []Identity{tel(1), tel(2)}},
		})
		if err != nil {
			h.t.Fatal(err)
		}
		f := fault.As(found[6].Err)
		if f == nil || f.Kind != fault.KindConflict || f.Code != "identities_differ" ||
			f.Args["member"] != anna.ID.In(id.Member) || f.Args["other"] != ben.ID.In(id.Member) {
			h.t.Errorf("two owners give %v", found[6].Err)
		}
		found[6].Err = nil
		wantSame(h.t, "found", []Found{
			{MemberID: ben.ID},
			{MemberID: anna.ID, Unknown: []Identity{ext(9)}},
			{},
			{Unknown: []Identity{tel(3)}},
			{MemberID: elsewhere.ID},
			{Unknown: []Identity{{Card, "C1"}}},
			{},
		}, found)
	})
}

// The number of statements must not depend on the number of members.
func TestBatchesSendAConstantNumberOfStatements(t *testing.T) {
	eachHouse(t, func(h *house) {
		// Inserting: the row, identities, words, tags, which words are new, and
		// their parts. Saving: the row, words and tags read, out and in, words of
		// losers, parts in and out.
		wanted := []uint64{6, 1, 1, 10, 1, 1}
		next := 0
		for _, n := range []int{1, 7, 256} {
			newcomers, asks, ids := make([]Newcomer, n), make([]Ask, n), make([]id.ID, n)
			for i := range n {
				next++
				m := whole()
				m.GivenName = fmt.Sprintf("Anna%dof%d", i%9, n) // some are new in each batch
				newcomers[i] = Newcomer{m, []Identity{tel(next), ext(next)}}
				asks[i] = Ask{here, newcomers[i].Identities}
			}
			var loaded []*Member
			got := []uint64{
				h.statements(func(ctx context.Context, tx *db.Tx) error { return Insert(ctx, tx, newcomers) }),
				h.statements(func(ctx context.Context, tx *db.Tx) error { _, err := Recognise(ctx, tx, asks); return err }),
				h.statements(func(ctx context.Context, tx *db.Tx) error {
					for i, nc := range newcomers {
						ids[i] = nc.Member.ID
					}
					found, err := Load(ctx, tx, ids, true)
					for _, m := range found {
						m.FamilyName = "Nowak"
						loaded = append(loaded, m)
					}
					return err
				}),
				h.statements(func(ctx context.Context, tx *db.Tx) error { return Save(ctx, tx, loaded) }),
				h.statements(func(ctx context.Context, tx *db.Tx) error { _, err := Identities(ctx, tx, ids); return err }),
				h.statements(func(ctx context.Context, tx *db.Tx) error { _, err := AliasSets(ctx, tx, ids); return err }),
			}
			wantSame(h.t, fmt.Sprintf("statements for %d members", n), wanted, got)
		}
	})
}

func TestSavingWithoutNamesSendsOneStatement(t *testing.T) {
	eachHouse(t, func(h *house) {
		m := h.add(whole())
		n := h.statements(func(ctx context.Context, tx *db.Tx) error {
			found, err := Load(ctx, tx, []id.ID{m.ID}, true)
			if err != nil {
				return err
			}
			found[m.ID].Bucket = 12
			return Save(ctx, tx, []*Member{found[m.ID]})
		})
		if n != 2 {
			h.t.Errorf("loading and saving sent %d statements, want 2", n)
		}
	})
}

func TestBirthdaysOf29FebruaryAreOnThe28th(t *testing.T) {
	eachHouse(t, func(h *house) {
		born := func(day, month int, status Status) *Member {
			m := &Member{ProgrammeID: here, Status: status, Birth: Birth{Day: day, Month: month}}
			if status == Enrolled {
				m.Enrolled = dbtest.Start
			}
			return h.add(m)
		}
		leap, last, march := born(29, 2, Enrolled), born(28, 2, Enrolled), born(1, 3, Enrolled)
		born(28, 2, Known)
		for _, c := range []struct {
			year  int
			month time.Month
			day   int
			after id.ID
			want  []id.ID
		}{
			{2027, time.February, 28, 0, []id.ID{leap.ID, last.ID}},
			{2027, time.February, 28, leap.ID, []id.ID{last.ID}},
			{2027, time.March, 1, 0, []id.ID{march.ID}},
			{2028, time.February, 28, 0, []id.ID{last.ID}},
			{2028, time.February, 29, 0, []id.ID{leap.ID}},
			{2027, time.May, 28, 0, nil},
		} {
			got, err := Birthdays(h.t.Context(), h.d.Reader(), here, c.year, c.month, c.day, c.after, 10)
			if err != nil {
				h.t.Fatal(err)
			}
			wantSame(h.t, fmt.Sprint(c.year, c.month, c.day), c.want, got)
		}
	})
}
