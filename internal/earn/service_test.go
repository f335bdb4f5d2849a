package earn_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

const wallet id.ID = 4711

// world is a programme with rules, and a clock that the test moves.
type world struct {
	*earn.Service
	d         *db.DB
	programme id.ID
	now       time.Time
}

var system = auth.System("test")

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	p, err := program.New(d).Create(t.Context(), system, program.Programme{
		Slug: "demo", Name: "Demo", Currency: "GBP", Zone: london(t), Languages: []string{"en"},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{d: d, programme: p.ID, now: dbtest.Start}
	w.Service = earn.New(d, func() time.Time { return w.now }, func(_ context.Context, _ db.Queryer, programme, asked id.ID) (int, error) {
		if programme != w.programme || asked != wallet {
			return 0, fault.Missing("no_such_wallet", "the programme has no such wallet")
		}
		return 2, nil
	})
	return w
}

func london(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) }, auth.Schema, program.Schema, earn.Schema)
}

// fixed returns the spec of a rule that gives so many points.
func fixed(t *testing.T, points, more string) earn.Spec {
	t.Helper()
	s, err := earn.ParseSpec([]byte(`{"wallet":"` + wallet.In(id.Wallet) + `","effects":[{"kind":"fixed","points":` + points + `}]` + more + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) rule(name string) earn.Rule {
	return earn.Rule{ProgrammeID: w.programme, Name: name, Trigger: earn.Purchase}
}

// create makes a rule and publishes it.
func (w *world) create(t *testing.T, name string, s earn.Spec) earn.Version {
	t.Helper()
	v, err := w.Create(t.Context(), system, w.rule(name), s)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = w.Publish(t.Context(), system, w.programme, v.Rule.ID, time.Time{}); err != nil {
		t.Fatal(err)
	}
	return v
}

// gives returns what the stored rules give for a purchase at that moment.
func (w *world) gives(t *testing.T, when time.Time) int64 {
	t.Helper()
	s, err := earn.LoadRuleset(t.Context(), w.d.Reader(), w.programme)
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, g := range s.Decide(&earn.Facts{Kind: "purchase", Occurred: when}, earn.Usage{}).Grants {
		sum += g.Amount
	}
	return sum
}

func (w *world) version(t *testing.T) int64 {
	t.Helper()
	p, err := program.Load(t.Context(), w.d.Reader(), w.programme)
	if err != nil {
		t.Fatal(err)
	}
	return p.Version
}

func refused(t *testing.T, err error, code, at string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Code != code || f.Field != at {
		t.Errorf("got %v, want %s at %q", err, code, at)
	}
}

func TestLifeOfARule(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v, err := w.Create(ctx, system, w.rule("Points"), fixed(t, "1", ""))
		if err != nil || v.State != earn.Draft || v.Number != 1 || v.Decimals != 2 {
			t.Fatalf("got %+v, %v", v, err)
		}
		rule := v.Rule.ID
		if n := w.gives(t, w.now); n != 0 {
			t.Errorf("a draft gives %d", n)
		}
		first := w.now
		if v, err = w.Publish(ctx, system, w.programme, rule, time.Time{}); err != nil || v.State != earn.Published || !v.From.Equal(first) {
			t.Fatalf("got %+v, %v", v, err)
		}
		second, err := w.SaveDraft(ctx, system, w.programme, rule, fixed(t, "5", ""))
		if err != nil || second.Number != 2 {
			t.Fatalf("got %+v, %v", second, err)
		}
		if again, err := w.SaveDraft(ctx, system, w.programme, rule, fixed(t, "2", "")); err != nil || again.ID != second.ID {
			t.Fatalf("the draft was not written over: %+v, %v", again, err)
		}
		w.now = first.Add(time.Hour)
		if _, err = w.Publish(ctx, system, w.programme, rule, time.Time{}); err != nil {
			t.Fatal(err)
		}
		w.now = first.Add(2 * time.Hour)
		if err := w.Retire(ctx, system, w.programme, rule); err != nil {
			t.Fatal(err)
		}
		for after, want := range map[time.Duration]int64{-1: 0, 0: 1, time.Hour - 1: 1, time.Hour: 2, 2*time.Hour - 1: 2, 2 * time.Hour: 0} {
			if n := w.gives(t, first.Add(after)); n != want {
				t.Errorf("%s after the first was published it gives %d, want %d", after, n, want)
			}
		}
		refused(t, w.Retire(ctx, system, w.programme, rule), "rule_not_in_force", "")
		if faults, err := earn.Check(ctx, w.d.Reader(), w.programme); err != nil || len(faults) > 0 {
			t.Errorf("check: %v, %v", faults, err)
		}
	})
}

func TestPublishedVersionsNeverChange(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.create(t, "Points", fixed(t, "1", ""))
		for i := range 3 {
			w.now = w.now.Add(time.Hour)
			if _, err := w.SaveDraft(ctx, system, w.programme, v.Rule.ID, fixed(t, "7", `,"priority":`+string(rune('1'+i)))); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Publish(ctx, system, w.programme, v.Rule.ID, time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		h, err := w.Get(ctx, system, w.programme, v.Rule.ID)
		if err != nil {
			t.Fatal(err)
		}
		old := h.Versions[len(h.Versions)-1]
		if old.ID != v.ID || old.State != earn.Retired || !old.From.Equal(v.From) || !old.To.Equal(v.From.Add(time.Hour)) {
			t.Errorf("the first version became %+v", old)
		}
		was, _ := json.Marshal(v.Spec)
		is, _ := json.Marshal(old.Spec)
		if diff := cmp.Diff(string(was), string(is)); diff != "" {
			t.Errorf("what it says changed:\n%s", diff)
		}
		if p := h.Published(); p == nil || p.Number != 4 || h.Draft() != nil {
			t.Errorf("in force: %+v", p)
		}
	})
}

func TestPublishFrom(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v, err := w.Create(ctx, system, w.rule("Points"), fixed(t, "1", ""))
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Publish(ctx, system, w.programme, v.Rule.ID, w.now.Add(time.Microsecond))
		refused(t, err, "rule_from_future", "/from")
		past := w.now.AddDate(-20, 0, 0)
		if _, err := w.Publish(ctx, system, w.programme, v.Rule.ID, past); err != nil {
			t.Fatal(err)
		}
		if n := w.gives(t, past); n != 1 {
			t.Errorf("in the past it gives %d", n)
		}
		if _, err := w.SaveDraft(ctx, system, w.programme, v.Rule.ID, fixed(t, "2", "")); err != nil {
			t.Fatal(err)
		}
		_, err = w.Publish(ctx, system, w.programme, v.Rule.ID, w.now.Add(-time.Microsecond))
		refused(t, err, "rule_from_past", "/from")
	})
}

func TestDiscardAndRename(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.create(t, "Points", fixed(t, "1", ""))
		refused(t, w.DiscardDraft(ctx, system, w.programme, v.Rule.ID), "rule_no_draft", "")
		_, err := w.Publish(ctx, system, w.programme, v.Rule.ID, time.Time{})
		refused(t, err, "rule_no_draft", "")
		never, err := w.Create(ctx, system, w.rule("Stamps"), fixed(t, "1", ""))
		if err != nil {
			t.Fatal(err)
		}
		refused(t, w.Rename(ctx, system, w.programme, never.Rule.ID, "Points"), "rule_name_taken", "/name")
		if err := w.Rename(ctx, system, w.programme, never.Rule.ID, "Штампы"); err != nil {
			t.Fatal(err)
		}
		if err := w.DiscardDraft(ctx, system, w.programme, never.Rule.ID); err != nil {
			t.Fatal(err)
		}
		_, err = w.Get(ctx, system, w.programme, never.Rule.ID)
		refused(t, err, "unknown_rule", "")
		list, err := w.List(ctx, system, w.programme)
		if err != nil || len(list) != 1 || list[0].Name != "Points" {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.create(t, "Points", fixed(t, "1", ""))
		before := w.version(t)
		create := func(r earn.Rule, s earn.Spec) error {
			_, err := w.Create(ctx, system, r, s)
			return err
		}
		refused(t, create(w.rule("Points"), fixed(t, "1", "")), "rule_name_taken", "/name")
		refused(t, create(w.rule(" "), fixed(t, "1", "")), "rule_name", "/name")
		refused(t, create(earn.Rule{ProgrammeID: w.programme, Name: "x", Trigger: "visit"}, fixed(t, "1", "")), "rule_trigger", "/trigger")
		other := fixed(t, "1", "")
		other.WalletID = 5
		refused(t, create(w.rule("x"), other), "no_such_wallet", "/wallet")
		refused(t, create(w.rule("x"), fixed(t, "1", `,"expiry":{"end_of_day":true}`)), "rule_required", "/expiry/months")
		_, err := w.SaveDraft(ctx, system, w.programme, v.Rule.ID, other)
		refused(t, err, "no_such_wallet", "/wallet")
		_, err = w.SaveDraft(ctx, system, w.programme, 99, fixed(t, "1", ""))
		refused(t, err, "unknown_rule", "")
		if after := w.version(t); after != before {
			t.Errorf("refusals moved the programme from version %d to %d", before, after)
		}
		if list, err := w.List(ctx, system, w.programme); err != nil || len(list) != 1 {
			t.Errorf("refusals left %d rules (%v)", len(list), err)
		}
	})
}

func TestPermissions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.create(t, "Points", fixed(t, "1", ""))
		as := func(r auth.Role) auth.Actor {
			return auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.programme, Role: r}}}
		}
		if _, err := w.SaveDraft(ctx, as(auth.Marketer), w.programme, v.Rule.ID, fixed(t, "2", "")); err != nil {
			t.Errorf("a marketer may write: %v", err)
		}
		_, err := w.Publish(ctx, as(auth.Marketer), w.programme, v.Rule.ID, time.Time{})
		refused(t, err, "not_permitted", "")
		refused(t, w.Retire(ctx, as(auth.Marketer), w.programme, v.Rule.ID), "not_permitted", "")
		_, err = w.Create(ctx, as(auth.Agent), w.rule("x"), fixed(t, "1", ""))
		refused(t, err, "not_permitted", "")
		_, err = w.List(ctx, as(auth.Till), w.programme)
		refused(t, err, "not_permitted", "")
		_, err = w.Get(ctx, auth.Actor{Kind: auth.KindKey, ProgrammeID: 5, Scopes: auth.Scopes()}, w.programme, v.Rule.ID)
		refused(t, err, "not_permitted", "")
		if _, err := w.Get(ctx, as(auth.ReadOnly), w.programme, v.Rule.ID); err != nil {
			t.Errorf("a reader may read: %v", err)
		}
	})
}

func TestEveryChangeIsTracedAndSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		before := w.version(t)
		v := w.create(t, "Points", fixed(t, "1", ""))
		for _, step := range []func() error{
			func() error {
				_, err := w.SaveDraft(ctx, system, w.programme, v.Rule.ID, fixed(t, "2", ""))
				return err
			},
			func() error { return w.DiscardDraft(ctx, system, w.programme, v.Rule.ID) },
			func() error { return w.Rename(ctx, system, w.programme, v.Rule.ID, "More") },
			func() error { return w.Retire(ctx, system, w.programme, v.Rule.ID) },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.version(t) - before; got != 6 {
			t.Errorf("6 changes moved the programme's version by %d", got)
		}
		rows, err := auth.New(w.d, auth.Config{Now: func() time.Time { return w.now }}).
			Audit(ctx, system, auth.AuditFilter{ProgrammeID: w.programme, Subject: v.Rule.ID.In(id.Rule)})
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, r := range rows {
			actions = append(actions, strings.TrimPrefix(r.Action, "rule."))
		}
		if diff := cmp.Diff([]string{"retire", "rename", "discard", "draft", "publish", "create"}, actions); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
	})
}
