package product

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
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
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(&house{New(d), t, d}) }, auth.Schema, Schema)
}

// staff returns an actor with the role in the programme here.
func staff(r auth.Role) auth.Actor {
	return auth.Actor{Kind: auth.KindStaff, ID: 5, Name: "Olga", Roles: []auth.Assignment{{ProgrammeID: here, Role: r}}}
}

func (h *house) upsert(products ...Product) {
	h.t.Helper()
	if err := h.Upsert(h.t.Context(), staff(auth.Marketer), here, products); err != nil {
		h.t.Fatal(err)
	}
}

// skus returns what a listing finds.
func (h *house) skus(q Query) string {
	h.t.Helper()
	q.ProgrammeID = here
	p, err := h.List(h.t.Context(), staff(auth.Till), q)
	if err != nil {
		h.t.Fatal(err)
	}
	var list []string
	for _, one := range p.Products {
		list = append(list, one.SKU)
	}
	return strings.Join(list, " ")
}

func wantSame(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func wantFault(t *testing.T, err error, kind fault.Kind, code, field string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != kind || f.Code != code || f.Field != field {
		t.Errorf("got %v, want the fault %s %s at %q", err, kind, code, field)
	}
}

func TestUpsertThenLookup(t *testing.T) {
	eachHouse(t, func(h *house) {
		tea := Product{SKU: "T1", Name: "Green tea", Category: "tea", Brand: "Leaf", Cost: 120, Active: true}
		h.upsert(tea, Product{SKU: "T2"}, Product{SKU: " T2 ", Name: " Black\u0301 tea ", ProgrammeID: there})
		tea.Cost, tea.Active = 130, false
		h.upsert(tea)
		tea.ProgrammeID = here
		for asked, want := range map[string]map[string]Product{
			"T1":    {"T1": tea},
			"T2 T1": {"T1": tea, "T2": {ProgrammeID: here, SKU: "T2", Name: "Blacḱ tea"}},
			"t1 T9": {},
			"":      {},
		} {
			got, err := Lookup(h.t.Context(), h.d.Reader(), here, strings.Fields(asked))
			if err != nil {
				h.t.Fatal(err)
			}
			wantSame(h.t, "lookup of "+asked, want, got)
		}
		got, err := Lookup(h.t.Context(), h.d.Reader(), there, []string{"T1", "T2"})
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "another programme", map[string]Product{}, got)
	})
}

func TestUpsertRefuses(t *testing.T) {
	eachHouse(t, func(h *house) {
		good := Product{SKU: "G"}
		for _, c := range []struct {
			bad         Product
			code, field string
		}{
			{Product{Name: "nameless"}, "missing_sku", "/1/sku"},
			{Product{SKU: " \t"}, "missing_sku", "/1/sku"},
			{Product{SKU: "A", Name: "two\nlines"}, "malformed_product_text", "/1/name"},
			{Product{SKU: "A\x00"}, "malformed_product_text", "/1/sku"},
			{Product{SKU: "A", Brand: "\xff"}, "malformed_product_text", "/1/brand"},
			{Product{SKU: "A", Category: strings.Repeat("ю", 201)}, "malformed_product_text", "/1/category"},
			{Product{SKU: "A", Cost: -1}, "malformed_cost", "/1/cost"},
			{Product{SKU: "A", Cost: money.MaxMinor + 1}, "malformed_cost", "/1/cost"},
		} {
			err := h.Upsert(h.t.Context(), staff(auth.Marketer), here, []Product{good, c.bad})
			wantFault(h.t, err, fault.KindInvalid, c.code, c.field)
		}
		wantFault(h.t, h.Upsert(h.t.Context(), staff(auth.Till), here, []Product{good}), fault.KindRefused, "not_permitted", "")
		_, err := h.List(h.t.Context(), staff(auth.Owner), Query{ProgrammeID: there})
		wantFault(h.t, err, fault.KindRefused, "not_permitted", "")
		if got := h.skus(Query{}); got != "" {
			h.t.Errorf("something was written: %s", got)
		}
	})
}

func TestUpsertLeavesATrace(t *testing.T) {
	h := &house{t: t, d: dbtest.SQLite(t, auth.Schema, Schema)}
	h.Service = New(h.d)
	many := make([]Product, 300)
	for i := range many {
		many[i].SKU = fmt.Sprintf("S%03d", i)
	}
	before := h.d.Statements()
	h.upsert(many...)
	if n := h.d.Statements() - before; n != 2 {
		t.Errorf("%d products took %d statements, want 2", len(many), n)
	}
	var action, detail string
	if err := h.d.Reader().QueryRow(t.Context(), `SELECT action, detail FROM audit_row`).Scan(&action, &detail); err != nil {
		t.Fatal(err)
	}
	if action != "product.upsert" || !strings.Contains(detail, "300") || !strings.Contains(detail, "S019") || strings.Contains(detail, "S020") {
		t.Errorf("the trace is %s %s", action, detail)
	}
}

func TestList(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.upsert(
			Product{SKU: "10A", Name: "Łyżka, duża", Category: "kitchen", Active: true},
			Product{SKU: "20b", Name: "50%_off \\ mug", Category: "kitchen"},
			Product{SKU: "30C", Name: "Чайник Ёлка", Category: "tea", Brand: "Самовар", Active: true},
		)
		for _, c := range []struct {
			q    Query
			want string
		}{
			{Query{}, "10A 20b 30C"},
			{Query{Text: "lyzka"}, "10A"},
			{Query{Text: " ŁYŻKA"}, "10A"},
			{Query{Text: "елка"}, "30C"},
			{Query{Text: "САМО"}, "30C"},
			{Query{Text: "20B"}, "20b"},
			{Query{Text: "kitchen"}, "10A 20b"},
			{Query{Text: "50%_"}, "20b"},
			{Query{Text: `\`}, "20b"},
			{Query{Text: "%a"}, ""},
			{Query{Text: "\x00 \n\xff"}, "10A 20b 30C"}, // nothing that could be looked for
			{Query{Text: "0_"}, ""},
			{Query{Category: "kitchen"}, "10A 20b"},
			{Query{Category: "kitchen", Active: true}, "10A"},
			{Query{After: "10A", Limit: 1}, "20b"},
		} {
			if got := h.skus(c.q); got != c.want {
				h.t.Errorf("%+v lists %q, want %q", c.q, got, c.want)
			}
		}
	})
}

// Whatever the SKUs and the size of pages, a listing meets every product once.
func TestListPages(t *testing.T) {
	eachHouse(t, func(h *house) {
		programme := id.ID(1_000)
		rapid.Check(h.t, func(r *rapid.T) {
			programme++ // each example has a catalogue of its own
			owner := auth.System("test")
			skus := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zA-ZąЖ0-9_%\-]{1,4}`), 1, 20, rapid.ID[string]).Draw(r, "skus")
			want := map[string]bool{}
			var products []Product
			for _, s := range skus {
				want[s] = true
				products = append(products, Product{SKU: s})
			}
			if err := h.Upsert(h.t.Context(), owner, programme, products); err != nil {
				r.Fatal(err)
			}
			q, n := Query{ProgrammeID: programme, Limit: rapid.IntRange(1, 7).Draw(r, "size")}, 0
			for more := true; more; more = q.After != "" {
				p, err := h.List(h.t.Context(), owner, q)
				if err != nil {
					r.Fatal(err)
				}
				for _, one := range p.Products {
					n++
					delete(want, one.SKU)
				}
				q.After = p.Next
			}
			if n != len(skus) || len(want) != 0 {
				r.Fatalf("%d of %d products were listed, without %v", n, len(skus), want)
			}
		})
	})
}
