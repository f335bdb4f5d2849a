package auth

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/id"
)

func (h *house) record(entries ...Entry) error {
	return h.d.InTx(ctx(h.t), func(tx *db.Tx) error { return Record(ctx(h.t), tx, System("test"), entries...) })
}

func TestRecordSharesTheTransaction(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		before := h.count(`SELECT COUNT(*) FROM audit_row`)
		stop := errors.New("stop")
		err := h.d.InTx(ctx(t), func(tx *db.Tx) error {
			if err := setPreferences(ctx(t), tx, h.owner.Staff.ID, Preferences{Theme: "dark"}); err != nil {
				return err
			}
			if err := Record(ctx(t), tx, System("test"), Entry{Action: "staff.preferences"}); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatalf("got %v", err)
		}
		if n := h.count(`SELECT COUNT(*) FROM audit_row`); n != before {
			t.Errorf("%d rows stayed of what was rolled back", n-before)
		}
		if got := must(h.Session(ctx(t), h.owner.Token))(t).Staff.Theme; got != "" {
			t.Errorf("the change stayed: %q", got)
		}
	})
}

// What the audit trail cannot take must undo the verb that wrote it.
func TestVerbFailsWithItsTrace(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		err := h.record(Entry{Action: "test.one"}, Entry{Action: "test.two", Detail: map[string]any{"bad": func() {}}})
		if err == nil {
			t.Error("a detail that is no JSON was taken")
		}
		if n := h.count(`SELECT COUNT(*) FROM audit_row WHERE action LIKE 'test.%'`); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
	})
}

func TestRecordSendsOneStatement(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for _, n := range []int{1, 100} {
			err := h.d.InTx(ctx(t), func(tx *db.Tx) error {
				sent := h.d.Statements()
				err := Record(ctx(t), tx, System("test"), make([]Entry, n)...)
				if got := h.d.Statements() - sent; got != 1 {
					t.Errorf("%d entries sent %d statements", n, got)
				}
				return err
			})
			wantCode(t, "recording", err, "")
		}
	})
}

func TestEveryVerbLeavesATrace(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		owner := h.owner.Staff.Actor()
		agent := h.hire("agent@example.com", Assignment{here, Agent}).Staff
		k, _ := h.key("members:read")
		must(h.SignIn(ctx(t), SignIn{Email: "olga@example.com", Password: password}))(t)
		shown := agent.ID.In(id.Staff)
		for _, c := range []struct {
			action, subject string
			programme       id.ID
			do              func() error
		}{
			{"staff.sign_in_refused", shown, 0, func() error { _ = h.try(h.Service, "agent@example.com", ""); return nil }},
			{"staff.assign", shown, here, func() error { return h.Assign(ctx(t), owner, agent.ID, Assignment{here, Till}) }},
			{"staff.link", shown, 0, func() error { _, err := h.NewLink(ctx(t), owner, agent.ID); return err }},
			{"staff.sign_out_everywhere", shown, 0, func() error { return h.SignOutEverywhere(ctx(t), owner, agent.ID) }},
			{"staff.unassign", shown, here, func() error { return h.Unassign(ctx(t), owner, agent.ID, here) }},
			{"staff.disable", shown, 0, func() error { return h.Disable(ctx(t), owner, agent.ID) }},
			{"staff.enable", shown, 0, func() error { return h.Enable(ctx(t), owner, agent.ID) }},
			{"key.revoke", k.ID.In(id.Key), here, func() error { return h.RevokeKey(ctx(t), owner, here, k.ID) }},
			{"staff.preferences", owner.ID.In(id.Staff), 0, func() error { return h.SetPreferences(ctx(t), owner, Preferences{}) }},
			{"staff.sign_out", owner.ID.In(id.Staff), 0, func() error { return h.SignOut(ctx(t), h.owner.Token) }},
		} {
			wantCode(t, c.action, c.do(), "")
			last := must(h.Audit(ctx(t), System("test"), AuditFilter{Limit: 1}))(t)[0]
			if last.Action != c.action || last.Subject != c.subject || last.ProgrammeID != c.programme {
				t.Errorf("%s left %+v", c.action, last)
			}
		}
		actions := map[string]bool{}
		for _, row := range must(h.Audit(ctx(t), System("test"), AuditFilter{}))(t) {
			actions[row.Action] = true
		}
		for _, a := range []string{"staff.first_owner", "staff.invite", "staff.accept", "staff.sign_in", "key.create"} {
			if !actions[a] {
				t.Errorf("there is no trace of %s", a)
			}
		}
	})
}

func TestAuditFilters(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		err := h.record(
			Entry{ProgrammeID: here, Action: "member.merge", Subject: "mem_1", Detail: map[string]any{"into": "mem_2", "points": 5}},
			Entry{ProgrammeID: there, Action: "member.merge", Subject: "mem_1"},
			Entry{ProgrammeID: here, Action: "member.erase", Subject: "mem_2"},
		)
		wantCode(t, "recording", err, "")
		at := must(h.Audit(ctx(t), System("test"), AuditFilter{Limit: 1}))(t)[0].At
		for _, c := range []struct {
			name   string
			filter AuditFilter
			want   []string
		}{
			{"a programme", AuditFilter{ProgrammeID: here}, []string{"member.erase mem_2", "member.merge mem_1"}},
			{"an actor", AuditFilter{Actor: "system:test"}, []string{"member.erase mem_2", "member.merge mem_1", "member.merge mem_1"}},
			{"an action", AuditFilter{Action: "member.erase"}, []string{"member.erase mem_2"}},
			{"a subject here", AuditFilter{ProgrammeID: here, Subject: "mem_1"}, []string{"member.merge mem_1"}},
			{"since", AuditFilter{Actor: "system:test", From: at, To: at.Add(time.Microsecond)}, []string{"member.erase mem_2", "member.merge mem_1", "member.merge mem_1"}},
			{"until", AuditFilter{Actor: "system:test", To: at.Add(-time.Second)}, nil},
			{"later", AuditFilter{From: at.Add(time.Hour)}, nil},
			{"broken letters", AuditFilter{Actor: "\xff", Action: "a\x00", Subject: "\x00\xff"}, nil},
		} {
			var got []string
			for _, row := range must(h.Audit(ctx(t), System("test"), c.filter))(t) {
				got = append(got, row.Action+" "+row.Subject)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
		row := must(h.Audit(ctx(t), System("test"), AuditFilter{ProgrammeID: here, Subject: "mem_1"}))(t)[0]
		if diff := cmp.Diff(map[string]any{"into": "mem_2", "points": 5.0}, row.Detail); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAuditPagesMissNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for i := range 25 {
			wantCode(t, "recording", h.record(Entry{ProgrammeID: here, Action: "test.row", Subject: fmt.Sprint(i)}), "")
		}
		var got []string
		var before id.ID
		for {
			page := must(h.Audit(ctx(t), System("test"), AuditFilter{ProgrammeID: here, Before: before, Limit: 10}))(t)
			if len(page) == 0 {
				break
			}
			for _, row := range page {
				got = append(got, row.Subject)
			}
			before = page[len(page)-1].ID
		}
		if len(got) != 25 || got[0] != "24" || got[24] != "0" {
			t.Errorf("the pages hold %v", got)
		}
	})
}

func TestAuditPagesAreBounded(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		wantCode(t, "recording", h.record(make([]Entry, 501)...), "")
		for limit, want := range map[int]int{-1: 50, 0: 50, 7: 7, 500: 500, 1_000_000: 500} {
			if got := len(must(h.Audit(ctx(t), System("test"), AuditFilter{Limit: limit}))(t)); got != want {
				t.Errorf("a limit of %d gave %d rows, want %d", limit, got, want)
			}
		}
	})
}

func TestAuditIsForThoseWhoMayReadIt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for _, c := range []struct {
			actor     Actor
			programme id.ID
			code      string
		}{
			{staffWith(Assignment{here, Manager}), here, ""},
			{staffWith(Assignment{here, Manager}), there, "not_permitted"},
			{staffWith(Assignment{here, Manager}), 0, "not_permitted"},
			{staffWith(Assignment{here, Agent}), here, "not_permitted"},
			{staffWith(Assignment{0, ReadOnly}), 0, ""},
		} {
			_, err := h.Audit(ctx(t), c.actor, AuditFilter{ProgrammeID: c.programme})
			wantCode(t, fmt.Sprint(c.actor.Roles, c.programme), err, c.code)
		}
	})
}

func TestNames(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		k, _ := h.key("members:read")
		olga := h.owner.Staff.Actor()
		got, err := Names(ctx(t), h.d.Reader(), []string{olga.String(), k.Actor().String(), "system:demo", "staff:stf_0000000000001", "staff:x", ""})
		if diff := cmp.Diff(map[string]string{olga.String(): "Olga", k.Actor().String(): "till"}, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}
