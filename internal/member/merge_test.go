package member

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// merge makes the loser part of the survivor.
func (h *house) merge(survivor, loser *Member) Merging {
	h.t.Helper()
	m, err := h.tryMerge(survivor, loser)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

func (h *house) tryMerge(survivor, loser *Member) (m Merging, err error) {
	err = h.try(func(ctx context.Context, tx *db.Tx) error {
		m, err = Merge(ctx, tx, Merging{ProgrammeID: here, SurvivorID: survivor.ID, LoserID: loser.ID, At: dbtest.Start, By: "staff:stf_1"})
		return err
	})
	return m, err
}

func (h *house) undo(m Merging) error {
	return h.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := Unmerge(ctx, tx, here, m.ID, dbtest.Start.Add(time.Hour), "staff:stf_2")
		return err
	})
}

// owner returns who is recognised by an identity.
func (h *house) owner(i Identity) id.ID {
	h.t.Helper()
	found, err := Recognise(h.t.Context(), h.d.Reader(), []Ask{{here, []Identity{i}}})
	if err != nil {
		h.t.Fatal(err)
	}
	return found[0].MemberID
}

func TestMergeMakesOnePerson(t *testing.T) {
	eachHouse(t, func(h *house) {
		anna := h.join("Anna", "", tel(1))
		other := whole()
		other.GivenName, other.Tags = "Hanna", []string{"late", "vip"}
		h.add(other, tel(2), ext(2))
		m := h.merge(anna, other)

		p := h.get(other)
		if p.ID != anna.ID || p.GivenName != "Anna" || p.FamilyName != "Żyła" || p.Status != Enrolled || !p.Enrolled.Equal(other.Enrolled) {
			h.t.Errorf("the survivor is %+v", p.Member)
		}
		wantSame(h.t, "identities", []Identity{tel(1), tel(2), ext(2)}, p.Identities)
		wantSame(h.t, "aliases", []id.ID{anna.ID, other.ID}, p.Aliases)
		wantSame(h.t, "tags", []string{"late", "vip"}, p.Tags)
		wantSame(h.t, "attributes", other.Attributes, p.Attributes)
		wantSame(h.t, "merges", []Merging{m}, p.Mergings)
		for _, text := range []string{"hanna", "anna zyla", other.ID.In(id.Member), tel(2).Value} {
			wantSame(h.t, "found by "+text, []string{"Anna Żyła"}, h.names(text))
		}
		h.sound()

		if err := h.undo(m); err != nil {
			h.t.Fatal(err)
		}
		p = h.get(anna)
		wantSame(h.t, "profile after undoing", [...]any{"Anna", "", Known, time.Time{}, Birth{}, "", 0, 0},
			[...]any{p.GivenName, p.FamilyName, p.Status, p.Enrolled, p.Birth, p.Zone, len(p.Tags), len(p.Attributes)})
		wantSame(h.t, "identities after undoing", []Identity{tel(1)}, p.Identities)
		back := h.get(other)
		wantSame(h.t, "loser's identities", []Identity{tel(2), ext(2)}, back.Identities)
		other.Version, other.MergedInto = back.Version, 0
		wantSame(h.t, "loser's profile", other, back.Member)
		wantSame(h.t, "found by hanna", []string{"Hanna Żyła"}, h.names("hanna"))
		if len(back.Mergings) != 1 || back.Mergings[0].Undone.IsZero() || back.Mergings[0].UndoneBy != "staff:stf_2" {
			h.t.Errorf("the merge is remembered as %+v", back.Mergings)
		}
		h.sound()
	})
}

func TestUndoingKeepsWhatWasChangedSince(t *testing.T) {
	eachHouse(t, func(h *house) {
		anna, other := h.join("", ""), h.add(whole(), tel(2))
		m := h.merge(anna, other)
		_, err := h.Update(h.t.Context(), staff(auth.Agent), here, anna.ID, Edit{
			Change: func(m *Member) { m.FamilyName, m.Attributes["size"], m.Birth.Year = "Nowak", "L", 1996 },
			Add:    []Identity{tel(3)},
		})
		if err != nil {
			h.t.Fatal(err)
		}
		if err := h.undo(m); err != nil {
			h.t.Fatal(err)
		}
		p := h.get(anna)
		wantSame(h.t, "kept", [...]any{"", "Nowak", Birth{29, 2, 1996}, map[string]string{"size": "L"}, []Identity{tel(3)}},
			[...]any{p.GivenName, p.FamilyName, p.Birth, p.Attributes, p.Identities})
		h.sound()
	})
}

func TestMergesOfMerges(t *testing.T) {
	eachHouse(t, func(h *house) {
		a, b, c, d := h.join("Anna", "", tel(1)), h.join("Berta", "", tel(2)), h.join("Clara", "", tel(3)), h.join("Dora", "", tel(4))
		ab := h.merge(b, a) // Anna into Berta
		bc := h.merge(c, a) // named by Anna, it is Berta who goes into Clara
		cd := h.merge(c, d)
		if bc.LoserID != b.ID {
			h.t.Errorf("the loser is %v, want Berta", bc.LoserID)
		}
		wantSame(h.t, "aliases", []id.ID{c.ID, a.ID, b.ID, d.ID}, h.get(a).Aliases)
		if h.owner(tel(1)) != c.ID {
			h.t.Error("Anna's phone does not name the survivor")
		}
		wantFault(h.t, h.undo(ab), fault.KindRefused, "merge_undo_order")
		_, err := h.tryMerge(b, d)
		wantFault(h.t, err, fault.KindConflict, "already_merged")
		h.sound()

		if err := h.undo(bc); err != nil { // though Dora came later
			h.t.Fatal(err)
		}
		wantSame(h.t, "Berta's aliases", []id.ID{b.ID, a.ID}, h.get(a).Aliases)
		wantSame(h.t, "Clara's aliases", []id.ID{c.ID, d.ID}, h.get(d).Aliases)
		wantSame(h.t, "Berta's phones", []Identity{tel(1), tel(2)}, h.get(b).Identities)
		wantSame(h.t, "found by anna", []string{"Berta"}, h.names("anna"))
		h.sound()

		wantFault(h.t, h.undo(bc), fault.KindConflict, "merge_undone")
		if err := h.undo(ab); err != nil {
			h.t.Fatal(err)
		}
		if err := h.undo(cd); err != nil {
			h.t.Fatal(err)
		}
		for i, m := range []*Member{a, b, c, d} {
			if h.owner(tel(i+1)) != m.ID || len(h.get(m).Aliases) != 1 {
				h.t.Errorf("%s does not stand alone", m.GivenName)
			}
		}
		h.sound()
	})
}

func TestMergeRefuses(t *testing.T) {
	eachHouse(t, func(h *house) {
		anna, ben, gone := h.join("Anna", ""), h.join("Ben", ""), h.join("Gone", "")
		elsewhere := h.add(&Member{ProgrammeID: there, Status: Known})
		h.do(func(ctx context.Context, tx *db.Tx) error { return Erase(ctx, tx, []id.ID{gone.ID}) })
		for _, c := range []struct {
			survivor, loser *Member
			kind            fault.Kind
			code            string
		}{
			{anna, anna, fault.KindConflict, "already_merged"},
			{anna, elsewhere, fault.KindMissing, "unknown_member"},
			{anna, &Member{ID: 4711}, fault.KindMissing, "unknown_member"},
			{gone, anna, fault.KindRefused, "member_erased"},
			{anna, gone, fault.KindRefused, "member_erased"},
		} {
			_, err := h.tryMerge(c.survivor, c.loser)
			wantFault(h.t, err, c.kind, c.code)
		}
		m := h.merge(anna, ben)
		h.do(func(ctx context.Context, tx *db.Tx) error { return Erase(ctx, tx, []id.ID{anna.ID, ben.ID}) })
		wantFault(h.t, h.undo(m), fault.KindRefused, "member_erased")
		wantFault(h.t, h.undo(Merging{ID: 4711}), fault.KindMissing, "unknown_merge")
		h.sound()
	})
}

// Whatever is merged and undone, in whatever order it may be, identities and
// aliases are those of a forest that is kept beside, and undoing all gives
// everybody back what was theirs.
func TestMergingAtRandom(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t, auth.Schema, Schema))
	next := 0
	rapid.Check(t, func(r *rapid.T) {
		members := make([]*Member, 5)
		phone := map[id.ID]Identity{}
		for i := range members {
			next++
			members[i] = h.join("", "", tel(next))
			phone[members[i].ID] = tel(next)
		}
		parent := map[id.ID]id.ID{}
		root := func(m id.ID) id.ID {
			for parent[m] != 0 {
				m = parent[m]
			}
			return m
		}
		var standing []Merging
		pick := rapid.SampledFrom(members)
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			if i := rapid.IntRange(-3, len(standing)-1).Draw(r, "undo"); i >= 0 {
				m := standing[i]
				err := h.undo(m)
				if parent[m.SurvivorID] != 0 {
					wantFault(t, err, fault.KindRefused, "merge_undo_order")
				} else if err != nil {
					r.Fatal(err)
				} else {
					delete(parent, m.LoserID)
					standing = slices.Delete(standing, i, i+1)
				}
			} else {
				a, b := pick.Draw(r, "survivor"), pick.Draw(r, "loser")
				m, err := h.tryMerge(a, b)
				if root(a.ID) == root(b.ID) {
					wantFault(t, err, fault.KindConflict, "already_merged")
				} else if err != nil {
					r.Fatal(err)
				} else {
					parent[root(b.ID)] = root(a.ID)
					standing = append(standing, m)
				}
			}
			for _, m := range members {
				if got := h.owner(phone[m.ID]); got != root(m.ID) {
					r.Fatalf("the phone of %d names %d, want %d", m.ID, got, root(m.ID))
				}
				aliases, err := Aliases(t.Context(), h.d.Reader(), m.ID)
				if err != nil || aliases[0] != root(m.ID) || !slices.Contains(aliases, m.ID) {
					r.Fatalf("aliases of %d are %v, %v", m.ID, aliases, err)
				}
			}
		}
	})
	h.sound()
}
