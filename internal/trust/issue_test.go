package trust

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func TestASpecIsCheckedAtTheEdge(t *testing.T) {
	for _, c := range []struct {
		code, field string
		change      func(*Spec)
	}{
		{"trust_text_needed", "/title/en", func(n *Spec) { n.Title = Words{"pl": "Przecieka"} }},
		{"trust_text_needed", "/what/en", func(n *Spec) { n.What = Words{"en": " \n "} }},
		{"trust_text_needed", "/reason/en", func(n *Spec) { n.State = Wont }},
		{"trust_text_line", "/title/en", func(n *Spec) { n.Title = Words{"en": "one\ntwo"} }},
		{"trust_text_long", "/title/en", func(n *Spec) { n.Title = Words{"en": strings.Repeat("ж", MaxTitle+1)} }},
		{"trust_language", "/workaround", func(n *Spec) { n.Workaround = Words{"de": "Langsam"} }},
		{"issue_state", "/state", func(n *Spec) { n.State = "hidden" }},
		{"issue_since", "/since", func(n *Spec) { n.Since = "2026-02-30" }},
		{"issue_since", "/since", func(n *Spec) { n.Since = "2026-03-16" }},
		{"issue_expected", "/expected", func(n *Spec) { n.Expected = "2026-02-28" }},
		{"issue_mended", "/mended_on", func(n *Spec) { n.State, n.MendedOn = Mended, "2026-03-16" }},
		{"trust_entry", "/products", func(n *Spec) { n.Products = []string{"a\nb"} }},
		{"trust_list", "/products", func(n *Spec) { n.Products = many() }},
	} {
		n := leak()
		c.change(&n)
		if f := fault.As(n.check([]string{"en"}, "2026-03-15")); f == nil || f.Code != c.code || f.Field != c.field {
			t.Errorf("got %v, want %s at %s", f, c.code, c.field)
		}
	}
	n := leak()
	n.Title, n.Products, n.State = Words{"en": " A \u202eleak\u0007 ", "ru": ""}, []string{" pot ", "pot", ""}, Mended
	if err := n.check([]string{"en"}, "2026-03-15"); err != nil {
		t.Fatal(err)
	}
	if n.MendedOn != "2026-03-15" || !slices.Equal(n.Products, []string{"pot"}) || cmp.Diff(n.Title, Words{"en": "A leak"}) != "" {
		t.Errorf("got %+v", n)
	}
}

func many() (list []string) {
	for i := range maxList + 1 {
		list = append(list, id.ID(i+1).In(id.Product))
	}
	return list
}

func TestWordsAreFoundInAnyLanguage(t *testing.T) {
	w := Words{"pl": "po polsku", "ru": "по-русски"}
	for _, c := range []struct {
		want  string
		langs []string
	}{{"по-русски", []string{"ru", "pl"}}, {"po polsku", []string{"pl"}}, {"по-русски", []string{"en"}}, {"по-русски", nil}} {
		if got := w.In(c.langs...); got != c.want {
			t.Errorf("%v: got %q", c.langs, got)
		}
	}
	if got := Words(nil).In("en"); got != "" {
		t.Errorf("nothing is %q", got)
	}
}

func TestAnIssueLivesAndKeepsItsHistory(t *testing.T) {
	each(t, func(w *town) {
		n := w.adds(leak())
		w.Set(w.Now().AddDate(0, 0, 1))
		n = w.amends(n, func(s *Spec) { s.State, s.Expected = Mending, "2026-04-15" })
		same, err := w.Amend(w.Context(), boss, w.Programme.ID, n.ID, n.Version, n.Spec)
		w.OK(err)
		if same.Version != 2 {
			w.Errorf("a change of nothing made version %d", same.Version)
		}
		n = w.amends(n, func(s *Spec) { s.Workaround = Words{"en": "Hold the lid."} })
		if n.Overdue("2026-04-15") || !n.Overdue("2026-04-16") {
			w.Error("it is overdue at another time than the day after")
		}
		_, err = w.Amend(w.Context(), boss, w.Programme.ID, n.ID, 2, n.Spec)
		w.Refuses(err, "issue_changed")
		hidden := n.Spec
		hidden.Published = false
		_, err = w.Amend(w.Context(), boss, w.Programme.ID, n.ID, n.Version, hidden)
		w.Refuses(err, "issue_published")
		n = w.amends(n, func(s *Spec) { s.State, s.Reason = Wont, Words{"en": "The maker is closed."} })

		f, err := w.Get(w.Context(), boss, w.Programme.ID, n.ID)
		w.OK(err)
		want := []Change{
			{Version: 1, At: noon, Actor: boss.String(), State: Looking, Expected: "2026-04-01", Published: true},
			{Version: 2, At: w.Now(), Actor: boss.String(), State: Mending, Expected: "2026-04-15", Published: true},
			{Version: 3, At: w.Now(), Actor: boss.String(), State: Mending, Expected: "2026-04-15", Published: true, Words: true},
			{Version: 4, At: w.Now(), Actor: boss.String(), State: Wont, Expected: "2026-04-15", Published: true, Words: true},
		}
		if d := cmp.Diff(want, f.History); d != "" {
			w.Error(d)
		}
		w.Clean(Room())
	})
}

func TestWhatAnIssueNamesIsKnown(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	for code, change := range map[string]func(*Spec){
		"issue_shop":   func(n *Spec) { n.Shops = []string{"moon"} },
		"issue_cause":  func(n *Spec) { n.Causes = []string{"moon"} },
		"issue_action": func(n *Spec) { n.Actions = []id.ID{7} },
	} {
		n := leak()
		change(&n)
		_, err := w.Add(w.Context(), boss, w.Programme.ID, n)
		w.Refuses(err, code)
	}
	_, err := w.Get(w.Context(), boss, w.Programme.ID, 7)
	w.Refuses(err, "unknown_issue")
}

func TestOnlyWhoMayPublishes(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	as := func(r auth.Role) auth.Actor {
		return auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: r}}}
	}
	n := leak()
	_, err := w.Add(w.Context(), as(auth.Agent), w.Programme.ID, n)
	w.Refuses(err, "not_permitted")
	n.Published = false
	i, err := w.Add(w.Context(), as(auth.Agent), w.Programme.ID, n)
	w.OK(err)
	n.Published = true
	_, err = w.Amend(w.Context(), as(auth.Agent), w.Programme.ID, i.ID, i.Version, n)
	w.Refuses(err, "not_permitted")
	_, err = w.Amend(w.Context(), as(auth.Manager), w.Programme.ID, i.ID, i.Version, n)
	w.OK(err)
	_, err = w.Add(w.Context(), as(auth.Marketer), w.Programme.ID, leak())
	w.Refuses(err, "not_permitted")
	_, err = w.Get(w.Context(), as(auth.Till), w.Programme.ID, i.ID)
	w.Refuses(err, "not_permitted")
}

func TestThePublicReadsWhatIsPublished(t *testing.T) {
	each(t, func(w *town) {
		secret := leak()
		secret.Published = false
		hidden := w.adds(secret)
		shown := w.adds(leak())
		done := w.adds(leak())
		w.amends(done, func(s *Spec) { s.State = Mended })
		l, err := w.Public(w.Context(), w.Programme.ID)
		w.OK(err)
		if len(l.Open) != 1 || l.Open[0].ID != shown.ID || len(l.Ended) != 1 || l.Ended[0].ID != done.ID {
			w.Errorf("the public reads %d and %d", len(l.Open), len(l.Ended))
		}
		_, _, err = w.Read(w.Context(), w.Programme.ID, hidden.ID)
		w.Refuses(err, "unknown_issue")
		late := w.amends(hidden, func(s *Spec) { s.Published, s.State = true, Mending })
		_, changes, err := w.Read(w.Context(), w.Programme.ID, late.ID)
		w.OK(err)
		if len(changes) != 1 || changes[0].Version != 2 {
			w.Errorf("the public reads of a time before it was published: %+v", changes)
		}
		list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Open: true, Limit: 1})
		w.OK(err)
		more, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Open: true, Before: list[0].ID, Limit: 5})
		w.OK(err)
		ended, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, State: Mended, Limit: 5})
		w.OK(err)
		if len(more) != 1 || len(ended) != 1 || list[0].ID <= more[0].ID {
			w.Errorf("pages of %d, %d and %d", len(list), len(more), len(ended))
		}
	})
}

func TestStaffSeeWhatAffectsACustomer(t *testing.T) {
	each(t, func(w *town) {
		ann, _ := w.buys("ann", "old", "pot")
		bob, _ := w.buys("bob", "new", "pot")
		cat, _ := w.buys("cat", "old", "cup")
		everywhere := w.adds(leak())
		here := leak()
		here.Shops, here.Published = []string{"old"}, false
		local := w.adds(here)
		mended := w.adds(leak())
		w.amends(mended, func(s *Spec) { s.State = Mended })
		hints := func(m id.ID) (found []id.ID) {
			list, err := w.Bought(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{m})
			w.OK(err)
			for _, h := range list {
				if h.SKU != "pot" || h.Product != "A pot" {
					w.Errorf("the hint is of %s, %s", h.SKU, h.Product)
				}
				found = append(found, h.ID)
			}
			return found
		}
		w.buys("ann", "old", "pot") // twice is one hint
		if d := cmp.Diff([]id.ID{everywhere.ID, local.ID}, hints(ann)); d != "" {
			w.Error(d)
		}
		if d := cmp.Diff([]id.ID{everywhere.ID}, hints(bob)); d != "" {
			w.Error(d)
		}
		if found := hints(cat); len(found) != 0 {
			w.Errorf("a cup has hints %v", found)
		}
		w.Set(w.Now().AddDate(0, 0, hintDays+1))
		if found := hints(ann); len(found) != 0 {
			w.Errorf("long ago there are hints %v", found)
		}
	})
}

func TestThoseWhoComplainedAreToldOnce(t *testing.T) {
	each(t, func(w *town) {
		ann, annBought := w.buys("ann", "old", "pot")
		bob, bobBought := w.buys("bob", "old", "pot")
		cat, catBought := w.buys("cat", "old", "cup")
		w.complains(ann, annBought, "supplier")
		w.complains(ann, annBought, "supplier")
		w.complains(cat, catBought, "supplier") // of another product
		w.complains(0, 0, "supplier")           // nobody knows whose
		w.complains(bob, bobBought, "")         // nobody knows why
		n := w.adds(leak())
		f, err := w.Get(w.Context(), boss, w.Programme.ID, n.ID)
		w.OK(err)
		if f.Complaints != 2 || f.People != 1 || f.Told != 0 {
			w.Errorf("%d complaints of %d people, %d told", f.Complaints, f.People, f.Told)
		}
		n = w.amends(n, func(s *Spec) { s.State = Mending })
		if list := w.Waiting(TellJob); len(list) != 0 {
			w.Errorf("%d are told before it is mended", len(list))
		}
		n = w.amends(n, func(s *Spec) { s.State = Mended })
		w.tells()
		letters := w.Waiting("contact.wanted")
		if len(letters) != 1 || !strings.Contains(string(letters[0].Payload), "issue_mended") || !strings.Contains(string(letters[0].Payload), "blue pot leaks") {
			w.Fatalf("%d letters: %+v", len(letters), letters)
		}
		w.Set(w.Now().Add(time.Hour))
		n = w.amends(n, func(s *Spec) { s.State = Mending })
		w.complains(bob, bobBought, "supplier")
		n = w.amends(n, func(s *Spec) { s.State = Mended })
		w.tells()
		if letters := w.Waiting("contact.wanted"); len(letters) != 2 {
			w.Errorf("%d letters, want one for each", len(letters))
		}
		w.Clean(Room())
		told, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{ann})
		w.OK(err)
		if list, is := told.([]Told); !is || len(list) != 1 || list[0].Issue != n.ID.In(id.KnownIssue) {
			w.Errorf("the export tells %v", told)
		}
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, ann))
		if told, err = Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{ann}); err != nil || told != nil {
			w.Errorf("after erasure: %v, %v", told, err)
		}
		w.Clean(Room())
	})
}

func TestNobodyIsToldUnlessTheShopWants(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	ann, bought := w.buys("ann", "old", "pot")
	w.complains(ann, bought, "supplier")
	for _, change := range []func(*Spec){
		func(s *Spec) { s.Tell = false }, func(s *Spec) { s.Published = false }, func(s *Spec) { s.Causes = nil },
	} {
		n := leak()
		change(&n)
		w.amends(w.adds(n), func(s *Spec) { s.State = Mended })
	}
	w.tells()
	if letters := w.Waiting("contact.wanted"); len(letters) != 0 {
		w.Errorf("%d letters", len(letters))
	}
}

func TestTheCheckFindsIssuesThatContradictThemselves(t *testing.T) {
	each(t, func(w *town) {
		n := w.adds(leak())
		w.amends(n, func(s *Spec) { s.State = Mending })
		w.Clean(Room())
		for _, c := range []struct{ break_, mend, want string }{
			{`UPDATE trust_issue_product SET sku = 'cup'`, `UPDATE trust_issue_product SET sku = 'pot'`, "does not name"},
			{`UPDATE trust_issue_version SET version = 5 WHERE version = 2`, `UPDATE trust_issue_version SET version = 2 WHERE version = 5`, "lacks a version"},
			{`UPDATE trust_issue SET version = 3`, `UPDATE trust_issue SET version = 2`, "latest version"},
			{`UPDATE trust_issue_version SET spec = '{"published":false}' WHERE version = 2`, `UPDATE trust_issue_version SET spec = (SELECT spec FROM trust_issue) WHERE version = 2`, "taken back"},
			{`INSERT INTO trust_told (programme_id, issue_id, member_id, at) SELECT programme_id, 9, 9, 0 FROM trust_issue`, `DELETE FROM trust_told`, "is not there"},
		} {
			w.Exec(c.break_)
			if found := strings.Join(w.Faults(Room()), "; "); !strings.Contains(found, c.want) {
				w.Errorf("after %s the check finds %q", c.break_, found)
			}
			w.Exec(c.mend)
			w.Clean(Room())
		}
	})
}
