package member

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func TestUpdate(t *testing.T) {
	eachHouse(t, func(h *house) {
		m := h.add(whole(), tel(1))
		p, err := h.Update(h.t.Context(), staff(auth.Till), here, m.ID, Edit{
			Version: 1,
			Change: func(m *Member) {
				m.GivenName, m.Tags = "  Łucja Maria ", append(m.Tags, "vip", " late ")
				m.Attributes["size"], m.Attributes["shoe"] = "", "38"
				m.ID, m.ProgrammeID, m.Status, m.Bucket, m.Version, m.MergedInto = 1, there, Known, 3, 99, 5
			},
			Add: []Identity{tel(2), tel(1)}, Remove: []Identity{tel(1)},
		})
		if err != nil {
			h.t.Fatal(err)
		}
		want := whole()
		want.ID, want.Version, want.GivenName = m.ID, 2, "Łucja Maria"
		want.Tags, want.Attributes = []string{"coffee", "late", "vip"}, map[string]string{"shoe": "38", "разное": "да"}
		wantSame(h.t, "profile", want, p.Member)
		wantSame(h.t, "what is read again", p, h.get(m))
		wantSame(h.t, "identities", []Identity{tel(1), tel(2)}, p.Identities)
		h.sound()
	})
}

func TestUpdateLeavesATraceWithoutValues(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t, auth.Schema, Schema))
	m := h.join("Anna", "", tel(1))
	_, err := h.Update(t.Context(), staff(auth.Till), here, m.ID, Edit{Change: func(m *Member) { m.FamilyName = "Secret" }, Add: []Identity{{Email, "secret@example.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	var action, subject, detail string
	if err := h.d.Reader().QueryRow(t.Context(), `SELECT action, subject, detail FROM audit_row`).Scan(&action, &subject, &detail); err != nil {
		t.Fatal(err)
	}
	if action != "member.update" || subject != m.ID.In(id.Member) || !strings.Contains(detail, "family_name") ||
		!strings.Contains(detail, "email") || strings.Contains(strings.ToLower(detail), "secret") {
		t.Errorf("the trace is %s %s %s", action, subject, detail)
	}
}

func TestUpdateRefuses(t *testing.T) {
	eachHouse(t, func(h *house) {
		anna, gone := h.join("Anna", "", tel(1)), h.join("Gone", "")
		h.join("Ben", "", tel(2))
		h.do(func(ctx context.Context, tx *db.Tx) error { return Erase(ctx, tx, []id.ID{gone.ID}) })
		name := func(m *Member) { m.GivenName = "Changed" }
		set := func(change func(m *Member)) Edit { return Edit{Change: change} }
		for what, c := range map[string]struct {
			actor  auth.Actor
			member id.ID
			edit   Edit
			kind   fault.Kind
			code   string
		}{
			"permission":       {staff(auth.ReadOnly), anna.ID, set(name), fault.KindRefused, "not_permitted"},
			"nobody":           {staff(auth.Till), 4711, set(name), fault.KindMissing, "unknown_member"},
			"erased":           {staff(auth.Till), gone.ID, set(name), fault.KindRefused, "member_erased"},
			"stale":            {staff(auth.Till), anna.ID, Edit{Version: 7, Change: name}, fault.KindConflict, "member_changed"},
			"identity of Ben":  {staff(auth.Till), anna.ID, Edit{Change: name, Add: []Identity{tel(9), tel(2)}}, fault.KindConflict, "identity_taken"},
			"raw identity":     {staff(auth.Till), anna.ID, Edit{Add: []Identity{{Email, "A@b.pl"}}}, fault.KindInvalid, "malformed_identity"},
			"long name":        {staff(auth.Till), anna.ID, set(func(m *Member) { m.GivenName = strings.Repeat("ю", 101) }), fault.KindInvalid, "malformed_member_name"},
			"line break":       {staff(auth.Till), anna.ID, set(func(m *Member) { m.FamilyName = "a\nb" }), fault.KindInvalid, "malformed_member_name"},
			"not UTF-8":        {staff(auth.Till), anna.ID, set(func(m *Member) { m.FamilyName = "a\xff" }), fault.KindInvalid, "malformed_member_name"},
			"language":         {staff(auth.Till), anna.ID, set(func(m *Member) { m.Language = "klingon-!" }), fault.KindInvalid, "unknown_language"},
			"zone":             {staff(auth.Till), anna.ID, set(func(m *Member) { m.Zone = "Mars/Base" }), fault.KindInvalid, "unknown_person_zone"},
			"30 February":      {staff(auth.Till), anna.ID, set(func(m *Member) { m.Birth = Birth{Day: 30, Month: 2} }), fault.KindInvalid, "malformed_birth"},
			"29 February 1900": {staff(auth.Till), anna.ID, set(func(m *Member) { m.Birth = Birth{29, 2, 1900} }), fault.KindInvalid, "malformed_birth"},
			"a year alone":     {staff(auth.Till), anna.ID, set(func(m *Member) { m.Birth = Birth{Year: 1980} }), fault.KindInvalid, "malformed_birth"},
			"born tomorrow":    {staff(auth.Till), anna.ID, set(func(m *Member) { m.Birth = Birth{2, 1, 2026} }), fault.KindInvalid, "malformed_birth"},
			"empty tag":        {staff(auth.Till), anna.ID, set(func(m *Member) { m.Tags = []string{" "} }), fault.KindInvalid, "malformed_tags"},
			"long attribute":   {staff(auth.Till), anna.ID, set(func(m *Member) { m.Attributes = map[string]string{"a": strings.Repeat("b", 501)} }), fault.KindInvalid, "malformed_attributes"},
			"nameless":         {staff(auth.Till), anna.ID, set(func(m *Member) { m.Attributes = map[string]string{"": "b"} }), fault.KindInvalid, "malformed_attributes"},
		} {
			h.t.Run(what, func(t *testing.T) {
				_, err := h.Update(t.Context(), c.actor, here, c.member, c.edit)
				wantFault(t, err, c.kind, c.code)
			})
		}
		p := h.get(anna)
		wantSame(h.t, "nothing changed", [...]any{"Anna", int64(1), []Identity{tel(1)}}, [...]any{p.GivenName, p.Version, p.Identities})
		h.sound()
	})
}

func TestExport(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t, auth.Schema, Schema))
	m, guest := h.add(whole(), tel(1)), h.join("Guest", "", ext(2))
	h.merge(m, guest)
	_, err := h.Export(t.Context(), staff(auth.Till), here, m.ID)
	wantFault(t, err, fault.KindRefused, "not_permitted")
	e, err := h.Export(t.Context(), staff(auth.Agent), here, guest.ID)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{m.ID.In(id.Member), guest.ID.In(id.Member), "Łucja", "Żyła", "Guest", `"day": 29`, "Europe/Warsaw", "coffee", "разное", tel(1).Value, "C2", "2026-01-01T13:00:00Z"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the export lacks %s:\n%s", want, text)
		}
	}
	var n int
	if err := h.d.Reader().QueryRow(t.Context(), `SELECT COUNT(*) FROM audit_row WHERE action = 'member.export'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d exports are in the audit trail, want 1 (%v)", n, err)
	}
}

// Erasing leaves no trace of a marker that stood in every field, in any table.
func TestEraseForgetsEverything(t *testing.T) {
	const marker = "Zzyzx"
	eachHouse(t, func(h *house) {
		marked := func(n int) *Member {
			return h.add(&Member{
				ProgrammeID: here, Status: Enrolled, Enrolled: dbtest.Start, GivenName: marker, FamilyName: marker, Language: "x-" + marker, Zone: marker,
				Birth: Birth{5, 6, 1987}, Tags: []string{marker}, Attributes: map[string]string{marker: marker},
			}, Identity{External, fmt.Sprint(marker, n)}, Identity{Phone, fmt.Sprintf("+4420794%05d", n)})
		}
		anna, other, bystander := h.join("", ""), marked(2), h.join("Ben", "Nowak", tel(3))
		h.merge(anna, other)
		consent := Consent{Purpose: Marketing, Channel: BySMS, Given: true, Source: marker, TextVersion: marker, IP: "203.0.113.77"}
		if _, err := h.SetConsents(h.t.Context(), staff(auth.Owner), here, anna.ID, consent); err != nil {
			h.t.Fatal(err)
		}
		if !strings.Contains(dump(h), strings.ToLower(marker)) {
			h.t.Fatal("the marker is not found before erasing, so this test proves nothing")
		}
		for range 2 { // the second time changes nothing
			h.do(func(ctx context.Context, tx *db.Tx) error {
				aliases, err := Aliases(ctx, tx, anna.ID)
				if err != nil {
					return err
				}
				return Erase(ctx, tx, aliases)
			})
		}
		for _, trace := range []string{marker, "203.0.113.77", "+442079400002", "1987"} {
			if strings.Contains(dump(h), strings.ToLower(trace)) {
				h.t.Errorf("%s is still there:\n%s", trace, dump(h))
			}
		}
		p := h.get(other)
		if p.Status != Erased || p.ID != anna.ID || len(p.Identities) != 0 || len(p.Consents) != 1 || !p.Consents[0].Given {
			h.t.Errorf("what stays is %+v", p)
		}
		wantSame(h.t, "the others stay", []string{"Ben Nowak"}, h.names("ben"))
		if h.owner(tel(3)) != bystander.ID {
			h.t.Error("a bystander lost the phone")
		}
		h.sound()
	})
}

// dump returns everything that the room's tables and the audit trail hold.
func dump(h *house) string {
	h.t.Helper()
	var b strings.Builder
	for _, table := range []string{"member", "member_identity", "member_word", "member_tag", "member_consent", "member_merge", "audit_row"} {
		rows, err := h.d.Reader().Query(h.t.Context(), `SELECT * FROM `+table)
		if err != nil {
			h.t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				h.t.Fatal(err)
			}
			for _, v := range values {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				fmt.Fprint(&b, v, " ")
			}
		}
		if err := rows.Close(); err != nil {
			h.t.Fatal(err)
		}
	}
	return strings.ToLower(b.String())
}

func TestCheckSeesWhatIsWrong(t *testing.T) {
	for what, damage := range map[string]string{
		"merged into one that does not stand": `UPDATE member SET merged_into = 4711 WHERE id = (SELECT MIN(id) FROM member)`,
		"an identity belongs to":              `UPDATE member_identity SET member_id = 4711`,
		"still has a profile":                 `UPDATE member SET status = 'erased'`,
		"still be found by words":             `UPDATE member SET merged_into = (SELECT MAX(id) FROM member) WHERE id = (SELECT MIN(id) FROM member)`,
		"has tags and cannot":                 `DELETE FROM member_tag`,
		"has a name and cannot":               `DELETE FROM member_word`,
		"enrolled without a date":             `UPDATE member SET enrolled = 0`,
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t, dbtest.SQLite(t, auth.Schema, Schema))
			h.add(whole(), tel(1))
			h.join("", "")
			h.join("—", "")
			h.sound()
			h.do(func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, damage); return err })
			faults, err := Check(t.Context(), h.d.Reader(), here)
			if err != nil || !strings.Contains(fmt.Sprint(faults), what) {
				t.Errorf("found %v, %v", faults, err)
			}
		})
	}
}

func TestTidy(t *testing.T) {
	m := Member{GivenName: " Zoe\u0308 ", Tags: []string{"b", " a", "b "}, Attributes: map[string]string{" a ": " 1 ", "b": "  "}}
	m.Tidy()
	wantSame(t, "tidied", Member{GivenName: "Zoë", Tags: []string{"a", "b"}, Attributes: map[string]string{"a": "1"}}, m)
	if err := m.Check(time.Time{}); err != nil {
		t.Error(err)
	}
}
