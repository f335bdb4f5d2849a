package console

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

func TestTheAuditTrailIsRead(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	anna := w.join("Anna", "Nowak", "anna@example.com")
	_, err := w.console.Members.Export(ctx, w.owner.Actor(), w.programme.ID, anna)
	check(t, err)
	who := w.as(auth.Owner)
	p := who.get("/p/bean/audit").is(t, 200)
	p.shows(t, "15 March 2026, 12:00 Olga Owner Exported a member's data", "Anna Nowak", "Olga Owner Made a rule", "Twice on weekends", "The system itself Published ranks", "Version 1").hides(t, "audit.", "rule.create")
	if !strings.Contains(p.body, `href="`+w.rule("Twice on weekends", "")+`"`) || !strings.Contains(p.body, `href="`+w.member(anna, "")+`"`) {
		t.Error("nothing leads to what was changed")
	}
	who.get("/p/bean/audit?actor="+staffText(w.owner.ID)).is(t, 200).shows(t, "2 entries").hides(t, "The system itself Published")
	who.get("/p/bean/audit?action=rule.create").is(t, 200).shows(t, "2 entries").hides(t, "Exported a member's data Anna")
	who.get("/p/bean/audit?from=2026-03-15&to=2026-03-15").is(t, 200).shows(t, "Exported")
	who.get("/p/bean/audit?to=2026-03-14").is(t, 200).shows(t, "Nothing was done that fits")
	who.get("/p/bean/audit?from=tomorrow").is(t, 200).shows(t, "Exported")
	part := who.fragment("/p/bean/audit?action=rule.create").is(t, 200)
	if strings.Contains(part.body, "<html") || !strings.Contains(part.body, `id="trail"`) {
		t.Errorf("got %s", part.body)
	}
	who.get("/p/bean/audit?page=aud_nothing").is(t, http.StatusNotFound)
}

// TestTheAuditTrailInPages walks through more entries than a page holds and
// back.
func TestTheAuditTrailInPages(t *testing.T) {
	w := newTown(t)
	check(t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		for i := range 120 {
			if err := auth.Record(ctx, tx, system, auth.Entry{ProgrammeID: w.programme.ID, Action: "product.upsert", Subject: "row", Detail: map[string]any{"i": i}}); err != nil {
				return err
			}
		}
		return nil
	}))
	who := w.as(auth.Owner)
	next := regexp.MustCompile(`href="([^"]*page=[^"]*)"`)
	path, seen := "/p/bean/audit?action=product.upsert", 0
	for _, want := range []int{50, 50, 20} {
		p := who.get(path).is(t, 200)
		n := strings.Count(p.text(), "i: ")
		if seen += n; n != want {
			t.Fatalf("%s shows %d entries, want %d", path, n, want)
		}
		links := next.FindAllStringSubmatch(p.body, -1)
		if len(links) > 0 {
			path = strings.ReplaceAll(links[len(links)-1][1], "&amp;", "&")
		}
	}
	if seen != 120 {
		t.Errorf("saw %d", seen)
	}
}

func TestTheAuditTrailNeedsPermission(t *testing.T) {
	w := newTown(t)
	w.as(auth.Agent).get("/p/bean/audit").is(t, http.StatusForbidden)
	w.as(auth.ReadOnly).get("/p/bean/audit").is(t, 200).shows(t, "Made a programme")
}

var actionCode = regexp.MustCompile(`(?:Action:\s*|[eE]ntry\(|change\(|record\()[^\n]*?"((?:rule|ladder|rank|simulation|programme|shop|wallet|product|member|points|import|job|key|staff)\.[a-z_]+)"`)

// TestEveryActionHasWords reads the source for what can be written into the
// trail: each has words in the texts and stands in the filter.
func TestEveryActionHasWords(t *testing.T) {
	texts, err := i18n.New()
	check(t, err)
	for _, action := range auditActions {
		if !texts.Has("audit." + action) {
			t.Errorf("%s has no words", action)
		}
	}
	files, err := filepath.Glob("../*/*.go")
	check(t, err)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "../world/") {
			continue
		}
		raw, err := os.ReadFile(file)
		check(t, err)
		for _, m := range actionCode.FindAllStringSubmatch(string(raw), -1) {
			found++
			if !slices.Contains(auditActions, m[1]) {
				t.Errorf("%s writes %s, which cannot be filtered by", file, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("found only %d actions", found)
	}
}

func TestDetailsInWords(t *testing.T) {
	w := newTown(t)
	p := &auditPage{visit: &visit{Page: englishPage(t)}, subjects: map[string]string{"mem_2": "Anna", "gold": "Gold", "lad_1": "Status", "shp_1": "Leeds"}}
	for want, detail := range map[string]map[string]any{
		"May: see members, see points":           {"scopes": []any{"members:read", "points:read"}, "none": nil},
		"Version 2":                              {"number": 2.0, "version": "ver_1"},
		"In force from 1 January 2010, 00:00":    {"from": 1262304000000000.0},
		"Was called “A” Is called “B”":           {"from": "A", "to": "B"},
		"On the ladder “Status” Rank: Gold":      {"ladder": "lad_1", "rank": "gold", "until": 0.0},
		"Until 1 January 2010, 00:00":            {"until": 1262304000000000.0, "rank": ""},
		"Shop: Leeds":                            {"shop": "shp_1"},
		"Joined to it: Anna":                     {"other": "mem_2", "event": "evt_1"},
		"When goods come back: The rest is owed": {"clawback": "debt", "code": "points", "unit": "1"},
		"Changed: birthday, tags Added: Phone":   {"changed": []any{"birth", "tags"}, "identities_added": []any{"phone"}, "identities_removed": []any{}},
		"Offers and news, E-mail: given":         {"statements": []any{"marketing email given"}},
		"Role: Till":                             {"role": "till"},
		"Import of a file":                       {"kind": "console.import"},
		"Products: 1,200 Codes: A, B":            {"products": 1200.0, "skus": []any{"A", "B"}},
		"limit: 5 odd: map[x:1]":                 {"limit": 5.0, "odd": map[string]any{"x": 1}},
	} {
		if got := strings.Join(p.details(auth.AuditRow{Entry: auth.Entry{Detail: detail}}), " "); got != want {
			t.Errorf("%v: got %q, want %q", detail, got, want)
		}
	}
	for actor, want := range map[string]string{"system:demo": "The system itself", "member:mem_1": "A member", "staff:stf_1": "stf_1"} {
		if got := p.who(actor); got != want {
			t.Errorf("%s: got %q", actor, got)
		}
	}
	p.programme = w.programme
	for subject, want := range map[string]string{
		id.ID(1).In(id.Key): "/p/bean/keys", id.ID(1).In(id.Import): "/p/bean/import/" + id.ID(1).In(id.Import), "job_1": "", "": "",
	} {
		if got := p.href(subject); got != want {
			t.Errorf("%s leads to %q", subject, got)
		}
	}
}

// TestSubjectsAreNamed leads from entries to points, keys and imports by
// the names that people know.
func TestSubjectsAreNamed(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.post("/p/bean/programme/settings/wallets/"+w.wallet.ID.In(id.Wallet), "name", "Beans", "unit", "0.02", "clawback", "debt").is(t, 200)
	who.post("/p/bean/keys", "name", "Till in Leeds", "scopes", "events:write").is(t, 200)
	path := who.upload("sales.csv", salesFile(3)).is(t, 200).path
	who.post(path, importAnswers...).is(t, 200)
	w.draftRanks()
	p := who.get("/p/bean/audit").is(t, 200)
	p.shows(t, "Imported a file sales.csv", "Made an API key", "Till in Leeds", "Changed a kind of points", "Beans", "Wrote a draft of ranks", "Status")
	w.as(auth.ReadOnly).get("/p/bean/audit").is(t, 200).shows(t, "Till in Leeds", "sales.csv")
	unknown := w.console.DB.IDs().New().In(id.Member)
	check(t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		return auth.Record(ctx, tx, system, auth.Entry{ProgrammeID: w.programme.ID, Action: "member.erase", Subject: unknown})
	}))
	who.get("/p/bean/audit").is(t, 200).shows(t, "Erased a member "+unknown)
}
