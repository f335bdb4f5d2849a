package guest_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/id"
	"regulars/internal/trust"
)

// knows writes an issue down that everybody reads.
func (w *town) knows(change func(*trust.Spec)) *trust.Issue {
	w.t.Helper()
	n := trust.Spec{
		Title: trust.Words{"en": "The lid of the blue pot leaks", "ru": "Крышка синего чайника протекает", "pl": "Pokrywka niebieskiego czajnika przecieka"},
		What:  trust.Words{"en": "Tea runs down the side.\nMost when it is poured fast. <script>alert(1)</script>"}, Workaround: trust.Words{"en": "Pour slowly."},
		Products: []string{"POT"}, State: trust.Looking, Published: true, Since: "2026-03-01", Expected: "2026-03-20",
	}
	if change != nil {
		change(&n)
	}
	i, err := w.trust.Add(ctx, system, w.programme.ID, n)
	check(w.t, err)
	return i
}

func TestEverybodyReadsKnownIssues(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.phone().get("/known/bean").is(http.StatusOK).shows("Nothing is written here")
		n := w.knows(nil)
		secret := w.knows(func(s *trust.Spec) { s.Published, s.Title = false, trust.Words{"en": "A secret"} })
		spec := n.Spec
		spec.State, spec.Expected = trust.Mending, "2026-03-30"
		_, err := w.trust.Amend(ctx, system, w.programme.ID, n.ID, n.Version, spec)
		check(t, err)
		at := "/known/bean/" + n.ID.In(id.KnownIssue)
		for lang, want := range map[string][2]string{
			"en": {"The lid of the blue pot leaks being mended to be mended by 30 March 2026", "We expect to mend it by 30 March 2026"},
			"ru": {"Крышка синего чайника протекает исправляем исправим к 30 марта 2026", "Рассчитываем исправить к 30 марта 2026"},
			"pl": {"Pokrywka niebieskiego czajnika przecieka naprawiamy naprawimy do 30 marca 2026", "Spodziewamy się naprawić do 30 marca 2026"},
		} {
			list := w.phone().get("/known/bean?lang=" + lang).is(http.StatusOK)
			if s := strings.Join(strings.Fields(list.text()), " "); !strings.Contains(s, want[0]) || strings.Contains(s, "secret") {
				t.Errorf("%s: %s", lang, s)
			}
			one := w.phone().get(at, "Accept-Language", lang).is(http.StatusOK)
			if s := one.text(); !strings.Contains(s, want[1]) || strings.Contains(one.body, "<script>alert") || len(one.body) > 50_000 {
				t.Errorf("%s: %d bytes, %s", lang, len(one.body), s)
			}
			if list.header.Get("X-Robots-Tag") != "" {
				t.Error("the list is not to be found")
			}
		}
		w.phone().get("/known/nowhere").is(http.StatusNotFound)
		w.phone().get("/known/bean/what").is(http.StatusNotFound)
		w.phone().get("/known/bean/" + secret.ID.In(id.KnownIssue)).is(http.StatusNotFound)
	})
}

func TestALateMendingIsSaid(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.knows(func(s *trust.Spec) { s.Expected = "2026-03-14" })
		wont := w.knows(func(s *trust.Spec) {
			s.State, s.Reason = trust.Wont, trust.Words{"en": "The maker is gone."}
		})
		w.phone().get("/known/bean/" + n.ID.In(id.KnownIssue)).is(http.StatusOK).shows("was to be mended by 14 March 2026; we are late")
		w.phone().get("/known/bean/"+wont.ID.In(id.KnownIssue)).is(http.StatusOK).shows("will not be mended", "The maker is gone.")
	})
}
