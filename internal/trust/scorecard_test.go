package trust

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/promise"
)

func TestASignalIsMetOnlyWhenThatIsSure(t *testing.T) {
	for _, c := range []struct {
		k, n    int64
		verdict Verdict
		why     string
	}{
		{9, 9, NotKnown, "few"}, {0, 0, NotKnown, "few"}, {50, 50, Met, "sure"}, {10, 10, NotKnown, "unsure"}, {5, 50, NotMet, "below"}, {46, 50, NotKnown, "unsure"},
	} {
		r := Reading{Signal: Signal{Target: 900}, Share: Amount{c.k, c.n}}
		if r.judge(); r.Verdict != c.verdict || r.Why != c.why {
			t.Errorf("%d of %d is %s, %s; want %s, %s", c.k, c.n, r.Verdict, r.Why, c.verdict, c.why)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 500).Draw(t, "n")
		k := rapid.Int64Range(0, n-1).Draw(t, "k")
		worse, better := Reading{Signal: Signal{Target: 900}, Share: Amount{k, n}}, Reading{Signal: Signal{Target: 900}, Share: Amount{k + 1, n}}
		worse.judge()
		better.judge()
		rank := map[Verdict]int{NotMet: 0, NotKnown: 1, Met: 2}
		if n >= FewestShown && rank[better.Verdict] < rank[worse.Verdict] {
			t.Fatalf("%d of %d is %s and %d is %s", k, n, worse.Verdict, k+1, better.Verdict)
		}
	})
}

func TestATrendIsCalledOneOnlyWhenSure(t *testing.T) {
	for _, c := range []struct {
		now, before Amount
		want        Trend
	}{
		{Amount{50, 100}, Amount{90, 100}, Falling}, {Amount{90, 100}, Amount{50, 100}, Rising}, {Amount{90, 100}, Amount{91, 100}, ""}, {Amount{5, 50}, Amount{9, 9}, ""},
	} {
		r := Reading{Signal: Signal{Target: 900}, Share: c.now, Before: c.before}
		if r.judge(); r.Trend != c.want {
			t.Errorf("%v after %v is %q", c.now, c.before, r.Trend)
		}
	}
}

func (w *town) card() *Scorecard {
	w.Helper()
	c, err := w.Scorecard(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	if c.Met+c.NotMet+c.Unknown != len(Signals()) || len(c.Readings) != len(Signals()) {
		w.Errorf("%d, %d and %d of %d signals", c.Met, c.NotMet, c.Unknown, len(Signals()))
	}
	return c
}

func (w *town) reading(code string) Reading {
	w.Helper()
	for _, r := range w.card().Readings {
		if r.Code == code {
			return r
		}
	}
	w.Fatalf("there is no signal %s", code)
	return Reading{}
}

func (w *town) reads(code string, verdict Verdict, why string, share Amount) {
	w.Helper()
	if r := w.reading(code); r.Verdict != verdict || r.Why != why || r.Share != share {
		w.Errorf("%s is %s, %s of %v; want %s, %s of %v", code, r.Verdict, r.Why, r.Share, verdict, why, share)
	}
}

func TestTheScorecardMeasures(t *testing.T) {
	each(t, func(w *town) {
		if c := w.card(); c.Met != 1 || c.NotMet != 1 { // asked alike by how it is made; no figures are published
			w.Errorf("an empty programme meets %d and misses %d", c.Met, c.NotMet)
		}
		w.at(2, 2)
		ann, bought := w.buys("ann", "old", "pot")
		for i := range 40 {
			w.promises(i, true)
		}
		for i := range 12 {
			p, err := w.Promises.Make(w.Context(), boss, promise.New{ProgrammeID: w.Programme.ID, Kind: promise.Price, Source: "shelf", ExternalID: strconv.Itoa(i), Shown: 100})
			w.OK(err)
			_, err = w.Promises.Charge(w.Context(), boss, w.Programme.ID, p.ID, 100+int64(i%2)*50, nil)
			w.OK(err)
		}
		c := w.complains(ann, bought, "")
		w.complains(0, 0, "")
		_, err := w.Complaints.Solve(w.Context(), boss, w.Programme.ID, c.ID)
		w.OK(err)
		w.Set(w.Now().Add(time.Hour))
		_, err = w.Complaints.Begin(w.Context(), boss, w.Programme.ID, complaint.Ask{ // nobody complained
			Name: "promise:1", Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.JustTelling, MemberID: ann, SaleID: bought, Source: complaint.FromPromise,
		})
		w.OK(err)
		w.reads("solved_first", NotKnown, "few", Amount{1, 1})
		w.complains(ann, bought, "") // the same again
		w.reviews(12, 5)
		w.at(3, 15)
		w.reads("promises_kept", NotKnown, "unsure", Amount{46, 52})
		w.reads("price_as_shown", NotMet, "below", Amount{6, 12})
		w.reads("guarantees_honoured", NotKnown, "few", Amount{})
		w.reads("solved_first", NotKnown, "few", Amount{0, 1})
		w.reads("history_on_hand", NotKnown, "few", Amount{2, 3})
		w.reads("reviews_answered", NotMet, "below", Amount{0, 12})
		w.reads("reviews_positive", NotKnown, "unsure", Amount{12, 12})
		w.reads("figures_current", NotMet, "late", Amount{})
		_, err = w.Publish(w.Context(), boss, w.Programme.ID, "2026-02", nil)
		w.OK(err)
		w.reads("figures_current", Met, "current", Amount{})
		w.reads("issues_current", NotKnown, "none", Amount{})
		n := w.adds(leak())
		w.reads("issues_current", Met, "current", Amount{})
		w.at(4, 2)
		w.reads("issues_current", NotMet, "late", Amount{})
		w.amends(n, func(s *Spec) { s.State = Mended })
		w.reads("issues_current", Met, "current", Amount{})
		w.at(6, 30)
		w.reads("figures_current", NotMet, "late", Amount{})
	})
}

// vouch is an attestation of today.
func vouch() Attestation {
	return Attestation{Signal: "legal_details", Holds: true, Link: "https://bean.example/imprint", Day: "2026-03-15", Renew: "2026-09-15"}
}

func TestWhatIsStoodForCountsUntilItsDay(t *testing.T) {
	each(t, func(w *town) {
		w.reads("legal_details", NotKnown, "none", Amount{})
		_, err := w.Attest(w.Context(), boss, w.Programme.ID, vouch(), nil)
		w.OK(err)
		w.reads("legal_details", Met, "attested", Amount{})
		w.Set(time.Date(2026, 9, 15, 20, 0, 0, 0, time.UTC))
		w.reads("legal_details", Met, "attested", Amount{})
		w.Set(time.Date(2026, 9, 15, 22, 0, 0, 0, time.UTC)) // the next day in Warsaw
		w.reads("legal_details", NotKnown, "overdue", Amount{})
		no := vouch()
		no.Holds, no.Day, no.Renew, no.Evidence = false, "2026-09-16", "2026-12-31", "The page is gone."
		_, err = w.Attest(w.Context(), boss, w.Programme.ID, no, nil)
		w.OK(err)
		w.reads("legal_details", NotMet, "denied", Amount{})
		list, err := w.Attestations(w.Context(), boss, w.Programme.ID, "legal_details")
		w.OK(err)
		none, err := w.Attestations(w.Context(), boss, w.Programme.ID, "novelties")
		w.OK(err)
		if len(list) != 2 || list[0].Holds || len(none) != 0 {
			w.Errorf("stood for: %+v, %+v", list, none)
		}
		w.Clean(Room())
		w.Exec(`UPDATE trust_attestation SET link = '', evidence = ''`)
		if found := strings.Join(w.Faults(Room()), "; "); !strings.Contains(found, "trust_evidence") {
			w.Errorf("the check finds %q", found)
		}
	})
}

func TestAnAttestationIsCheckedAtTheEdge(t *testing.T) {
	for _, c := range []struct {
		code   string
		change func(*Attestation)
	}{
		{"trust_signal", func(n *Attestation) { n.Signal = "promises_kept" }}, {"trust_signal", func(n *Attestation) { n.Signal = "charm" }},
		{"trust_evidence", func(n *Attestation) { n.Link = " " }}, {"trust_link", func(n *Attestation) { n.Link = "javascript:alert(1)" }},
		{"trust_link", func(n *Attestation) { n.Link = "https://" }}, {"trust_day", func(n *Attestation) { n.Day = "2026-03-16" }},
		{"trust_renew", func(n *Attestation) { n.Renew = "2026-03-14" }}, {"trust_renew", func(n *Attestation) { n.Renew = "2028-03-16" }},
		{"trust_text_long", func(n *Attestation) { n.Evidence = strings.Repeat("я", MaxText+1) }}, {"trust_entry", func(n *Attestation) { n.Reference = "a\nb" }},
	} {
		n := vouch()
		c.change(&n)
		if f := fault.As(n.check("2026-03-15")); f == nil || f.Code != c.code {
			t.Errorf("got %v, want %s", f, c.code)
		}
	}
	w := newTown(t, dbtest.SQLite(t, schemas...))
	reader := auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.ReadOnly}}}
	_, err := w.Attest(w.Context(), reader, w.Programme.ID, vouch(), nil)
	w.Refuses(err, "not_permitted")
	_, err = w.Scorecard(w.Context(), reader, w.Programme.ID)
	w.OK(err)
}
