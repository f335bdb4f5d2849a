package member

import (
	"context"
	"errors"
	"sync"
	"testing"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Many who meet the same customer at the same time make one member.
func TestMeetingAtOnceMakesOneMember(t *testing.T) {
	eachHouse(t, func(h *house) {
		const tills = 8
		found := make([]id.ID, tills)
		var all sync.WaitGroup
		for i := range tills {
			all.Go(func() {
				for found[i] == 0 {
					m, err := h.meet(tel(1), ext(i))
					if err != nil && !errors.Is(err, ErrTaken) {
						h.t.Error(err)
						return
					}
					found[i] = m
				}
			})
		}
		all.Wait()
		for i, m := range found {
			if m == 0 || m != found[0] {
				h.t.Errorf("till %d met %d, the first %d", i, m, found[0])
			}
		}
		counts, err := Count(h.t.Context(), h.d.Reader(), here)
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "members", map[Status]int64{Known: 1}, counts)
		h.sound()
	})
}

// meet returns who has the first identity; a customer met for the first time
// gets both.
func (h *house) meet(identities ...Identity) (id.ID, error) {
	var m id.ID
	err := h.try(func(ctx context.Context, tx *db.Tx) error {
		found, err := Recognise(ctx, tx, []Ask{{here, identities[:1]}})
		if err != nil {
			return err
		}
		if m = found[0].MemberID; m != 0 {
			return nil
		}
		fresh := &Member{ProgrammeID: here, Status: Known}
		err = Insert(ctx, tx, []Newcomer{{fresh, identities}})
		m = fresh.ID
		return err
	})
	if err != nil {
		return 0, err
	}
	return m, nil
}

// Batches that lock the same members in any order neither block each other for
// good nor lose a change.
func TestLockingInAnyOrder(t *testing.T) {
	eachHouse(t, func(h *house) {
		const writers, rounds = 4, 12
		ids := make([]id.ID, 5)
		for i := range ids {
			ids[i] = h.join("", "").ID
		}
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for r := range rounds {
					asked := append(append([]id.ID{}, ids[(w+r)%5:]...), ids[:(w+r)%5]...)
					if err := h.try(func(ctx context.Context, tx *db.Tx) error { return count(ctx, tx, asked) }); err != nil {
						h.t.Error(err)
					}
				}
			})
		}
		all.Wait()
		found, err := Read(h.t.Context(), h.d.Reader(), ids)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, m := range found {
			if m.Bucket != writers*rounds || m.Version != 1+writers*rounds {
				h.t.Errorf("%d of %d changes were kept, version %d", m.Bucket, writers*rounds, m.Version)
			}
		}
	})
}

// count adds one to every member, so that a lost change is seen.
func count(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	found, err := Load(ctx, tx, ids, true)
	if err != nil {
		return err
	}
	var members []*Member
	for _, m := range found {
		m.Bucket++
		members = append(members, m)
	}
	return Save(ctx, tx, members)
}
