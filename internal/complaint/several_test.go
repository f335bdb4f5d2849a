package complaint

import (
	"slices"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/fault"
)

// fields are where the mistakes of a failure lie, in order.
func fields(err error) (list []string) {
	for _, f := range fault.All(err) {
		list = append(list, f.Field)
	}
	slices.Sort(list)
	return list
}

// TestThereAreAtMostEightTiles: of every kind of business, the last one "other".
func TestThereAreAtMostEightTiles(t *testing.T) {
	for _, b := range Businesses() {
		s := DefaultSettings("PL")
		s.Business, s.Reasons = b, StartingReasons(b)
		if n := len(s.Reasons); n > MaxReasons || s.Reasons[n-1].Code != Other || s.Check() != nil {
			t.Errorf("%s begins with %d reasons: %v", b, n, s.Check())
		}
		s.Reasons = append([]Reason{{Code: "one", Severity: Low}, {Code: "two", Severity: Low}}, s.Reasons...)
		if got := fields(s.Check()); !slices.Equal(got, []string{"/reasons"}) {
			t.Errorf("%s with %d reasons is wrong at %q", b, len(s.Reasons), got)
		}
		s.Reasons = s.Reasons[:4]
		if got := fields(s.Check()); !slices.Contains(got, "/reasons") {
			t.Errorf("%s without other is wrong at %q", b, got)
		}
	}
}

// TestEveryMistakeIsNamed: whoever fills in a form of the room is told of all that is
// wrong in it at once.
func TestEveryMistakeIsNamed(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(w.asks())
		_, version, err := w.Settings(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		long := strings.Repeat("ż", MaxText+1)
		for name, v := range map[string]struct {
			do   func() error
			want []string
		}{
			"settings": {func() error {
				s := DefaultSettings("PL")
				s.Business, s.Reasons, s.Causes[1].Code, s.Country = "moon", s.Reasons[:2], "Pro cess", "Poland"
				s.Week[0].To, s.Holidays, s.Workdays = 1, []string{"soon"}, []string{"later"}
				s.Shops = map[string]Week{"old": {}}
				s.Targets[High], s.Legal["PL"], s.Legal["x"] = Target{}, -1, 1
				s.Remedies[0].Share, s.Remedies[2].Kind, s.Cap, s.Limits["nobody"], s.Unpriced, s.GiftMonths = -1, "hug", -1, 1, -1, 999
				_, err := w.SetSettings(w.Context(), boss, w.Programme.ID, version, s)
				return err
			}, []string{
				"/business", "/cap", "/causes/1", "/country", "/gift_months", "/holidays", "/legal/PL", "/legal/x", "/limits/nobody", "/reasons", "/remedies/0", "/remedies/2",
				"/shops/old", "/targets/high", "/unpriced", "/week", "/workdays",
			}},
			"settings of others": {func() error {
				s := DefaultSettings("PL")
				s.Shops, s.Superiors, s.WalletID, s.BatchID = map[string]Week{"new": s.Week}, append(s.Superiors, 1, 2), 1, 1
				_, err := w.SetSettings(w.Context(), boss, w.Programme.ID, version, s)
				return err
			}, []string{"/batch", "/shops/new", "/superiors/0", "/superiors/1", "/wallet"}},
			"case": {func() error {
				_, err := w.Begin(w.Context(), boss, w.Programme.ID, Ask{
					Kind: "x", Wanted: "x", Source: "x", Severity: "x", Price: -1, Name: long, Text: long, Contact: "a\nb", Reference: "a\nb", Photos: [][]byte{nil, snapshot(w.T, 9, 9), []byte("x")},
				})
				return err
			}, []string{"/contact", "/kind", "/name", "/photos/0", "/photos/2", "/price", "/reference", "/severity", "/source", "/text", "/wanted"}},
			"action": {func() error {
				_, err := w.Act(w.Context(), boss, w.Programme.ID, Action{Cause: "supplier"})
				return err
			}, []string{"/due", "/owner", "/title"}},
			"apology": {func() error {
				_, err := w.Apologise(w.Context(), boss, w.Programme.ID, o.ID, Apology{Happened: long, Who: " "}, false)
				return err
			}, []string{"/changes", "/happened", "/name", "/who"}},
			"compensation": {func() error {
				_, err := w.Compensate(w.Context(), boss, w.Programme.ID, o.ID, RemedyAsk{Kind: "hug", Note: long, Name: long})
				return err
			}, []string{"/amount", "/kind", "/name", "/note"}},
			"mailbox": {func() error {
				return w.SetMailbox(w.Context(), boss, w.Programme.ID, MailboxSpec{Host: "a b", Folder: "x", MoveTo: "x", Login: MailboxByOAuth, Scope: "a\nb"}, MailboxSecrets{Password: "a\nb", ClientSecret: "a\nb"})
			}, []string{"/client_id", "/client_secret", "/host", "/move_to", "/password", "/port", "/scope", "/security", "/token_url", "/user"}},
			"judgement": {func() error {
				_, err := w.Judge(w.Context(), boss, w.Programme.ID, o.ID, Judgement{Reason: "moon", Cause: "moon", Severity: "x", Price: -1, SubjectID: 1})
				return err
			}, []string{"/cause", "/price", "/reason", "/severity", "/subject"}},
		} {
			if got := fields(v.do()); !slices.Equal(got, v.want) {
				w.Errorf("%s: mistakes at %q, want %q", name, got, v.want)
			}
		}
		if _, err := w.Act(w.Context(), auth.Actor{}, w.Programme.ID, Action{}); len(fields(err)) > 1 {
			w.Error("who may do nothing is told what is wrong")
		}
	})
}
