package member

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const (
	here  = id.ID(77) // a programme
	there = id.ID(88) // another
)

// house is the room on one database.
type house struct {
	*Service
	t *testing.T
	d *db.DB
}

// eachHouse runs fn on both databases.
func eachHouse(t *testing.T, fn func(h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newHouse(t, d)) }, auth.Schema, Schema)
}

func newHouse(t *testing.T, d *db.DB) *house {
	return &house{New(d, func() time.Time { return dbtest.Start }), t, d}
}

// staff returns an actor with the role in the programme here.
func staff(r auth.Role) auth.Actor {
	return auth.Actor{Kind: auth.KindStaff, ID: 5, Name: "Olga", Roles: []auth.Assignment{{ProgrammeID: here, Role: r}}}
}

// do runs fn in a transaction, which must succeed.
func (h *house) do(fn func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	if err := h.try(fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) try(fn func(ctx context.Context, tx *db.Tx) error) error {
	ctx := h.t.Context()
	return h.d.InTx(ctx, func(tx *db.Tx) error { return fn(ctx, tx) })
}

// join adds a member to the programme here.
func (h *house) join(given, family string, identities ...Identity) *Member {
	h.t.Helper()
	return h.add(&Member{ProgrammeID: here, Status: Known, GivenName: given, FamilyName: family, Created: dbtest.Start}, identities...)
}

func (h *house) add(m *Member, identities ...Identity) *Member {
	h.t.Helper()
	h.do(func(ctx context.Context, tx *db.Tx) error { return Insert(ctx, tx, []Newcomer{{m, identities}}) })
	return m
}

// get returns the person as the owner sees it.
func (h *house) get(m *Member) Person {
	h.t.Helper()
	p, err := h.Get(h.t.Context(), staff(auth.Owner), here, m.ID)
	if err != nil {
		h.t.Fatalf("reading %s: %v", m.Name(), err)
	}
	return p
}

// names returns the members found by a text, the latest first.
func (h *house) names(text string) []string {
	h.t.Helper()
	return h.found(Query{ProgrammeID: here, Text: text, Region: "GB"})
}

func (h *house) found(q Query) []string {
	h.t.Helper()
	p, err := h.Search(h.t.Context(), staff(auth.Till), q)
	if err != nil {
		h.t.Fatalf("searching %q: %v", q.Text, err)
	}
	var names []string
	for _, m := range p.Members {
		names = append(names, m.Name())
	}
	return names
}

// sound fails unless the whole room agrees with itself.
func (h *house) sound() {
	h.t.Helper()
	faults, err := Check(h.t.Context(), h.d.Reader(), here)
	if err != nil || len(faults) > 0 {
		h.t.Errorf("check: %v, %v", faults, err)
	}
}

// statements returns how many statements fn sends in its transaction.
func (h *house) statements(fn func(ctx context.Context, tx *db.Tx) error) uint64 {
	h.t.Helper()
	before := h.d.Statements()
	h.do(fn)
	return h.d.Statements() - before
}

func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != kind || f.Code != code {
		t.Errorf("got %v, want the fault %s %s", err, kind, code)
	}
}

func wantSame(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Member{}, Merging{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func tel(n int) Identity { return Identity{Phone, fmt.Sprintf("+4420794%05d", n)} }

func ext(n int) Identity { return Identity{External, fmt.Sprintf("C%d", n)} }
