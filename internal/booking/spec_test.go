package booking

import (
	"slices"
	"strings"
	"testing"

	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func TestServicesThatCannotBeGivenAreRefused(t *testing.T) {
	each(t, func(w *town) {
		for code, change := range map[string]func(*Spec){
			"words_needed":       func(s *Spec) { s.Names = Words{"pl": "Degustacja"} },
			"words_language":     func(s *Spec) { s.Names["de"] = "Verkostung" },
			"words_long":         func(s *Spec) { s.Names["en"] = strings.Repeat("x", MaxName+1) },
			"booking_figure":     func(s *Spec) { s.Minutes = 1 },
			"booking_hours":      func(s *Spec) { s.Week[0] = complaint.Hours{From: 600, To: 540} },
			"booking_week":       func(s *Spec) { s.Minutes = 9 * 60 },
			"booking_shops":      func(s *Spec) { s.Shops = nil },
			"booking_shop":       func(s *Spec) { s.Shops = []id.ID{1} },
			"booking_early":      func(s *Spec) { s.EarlyRanks, s.Early = []string{"gold"}, 14 },
			"booking_early_rank": func(s *Spec) { s.Ranks, s.EarlyRanks, s.Early = []string{"silver"}, []string{"gold"}, 20 },
		} {
			s := Spec{Names: Words{"en": "A tasting"}, Minutes: 60, Places: 2, Shops: []id.ID{w.shop}, Week: week(), Ahead: 14}
			change(&s)
			_, err := w.Add(w.Context(), boss, w.Programme.ID, s)
			w.Refuses(err, code)
		}
	})
}

// TestAllThatIsWrongWithAServiceIsTold at once, and so of a wish.
func TestAllThatIsWrongWithAServiceIsTold(t *testing.T) {
	s := Spec{Names: Words{"de": "Probe"}, Minutes: 1, Every: 2, Places: 1, Ahead: 999, Ranks: []string{"silver"}, EarlyRanks: []string{"gold"}}
	s.Week[2] = complaint.Hours{From: 600, To: 540}
	s.Week[3] = complaint.Hours{From: 540, To: 600}
	at := func(err error) (list []string) {
		for _, f := range fault.All(err) {
			list = append(list, f.Field)
		}
		return list
	}
	want := []string{"/names/en", "/names", "/minutes", "/ahead", "/every", "/shops", "/week/2", "/early", "/early_ranks/0"}
	if got := at(s.Check("en")); !slices.Equal(got, want) {
		t.Errorf("told are %v, want %v", got, want)
	}
	n := Wish{Note: strings.Repeat("ł", MaxNote+1), Name: strings.Repeat("ł", MaxName+1), Key: strings.Repeat("k", maxKey+1)}
	if got, want := at(n.check()), []string{"/note", "/name", "/key", "/member"}; !slices.Equal(got, want) {
		t.Errorf("told are %v, want %v", got, want)
	}
}

func TestRanksBookEarlierOrAlone(t *testing.T) {
	s := Spec{Ahead: 7, EarlyRanks: []string{"gold"}, Early: 30, Ranks: []string{"gold", "silver"}}
	if s.Reach([]string{"gold"}) != 30 || s.Reach([]string{"silver"}) != 7 || s.Reach(nil) != 7 || s.For(nil) || !s.For([]string{"silver"}) || !(&Spec{}).For(nil) {
		t.Error("ranks are not told apart")
	}
	each(t, func(w *town) {
		o := w.tasting(func(s *Spec) { s.Ranks = []string{"gold"} })
		_, err := w.books(o, w.member("+48600100200"), w.at(1, 10, 0))
		w.Refuses(err, "booking_rank")
		if got := w.free(o, w.shop, w.at(1, 0, 0)); got.Refused == nil || got.Refused.Code != "booking_rank" {
			t.Errorf("%+v", got)
		}
	})
}
