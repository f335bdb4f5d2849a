package member

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// TestTakeConsents takes a file's statements: each is answered by itself, what
// is known is not added again, and each member's trail has one entry.
func TestTakeConsents(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		settings := program.DefaultSettings()
		settings.Region = "GB"
		p, err := program.New(d).Create(ctx, auth.System("test"), program.Programme{
			Slug: "tea", Name: "Tea", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"}, Settings: settings,
		})
		ok(err)
		now := func() time.Time { return dbtest.Start }
		s := New(d, now)
		ann := &Member{ProgrammeID: p.ID, Status: Known, Created: dbtest.Start}
		ok(d.InTx(ctx, func(tx *db.Tx) error {
			return Insert(ctx, tx, []Newcomer{{ann, []Identity{{Phone, "+442079460018"}, {Email, "ann@example.com"}}}})
		}))
		yes := Consent{Purpose: Marketing, Channel: ByEmail, Given: true, At: dbtest.Start.Add(-time.Hour), Source: "checkout", TextVersion: "v2", IP: "203.0.113.7"}
		later := yes
		later.Given, later.At = false, dbtest.Start.Add(-time.Minute)
		future, mute := yes, yes
		future.At, mute.Source = dbtest.Start.Add(time.Hour), ""
		by := func(k IdentityKind, v string) []Identity { return []Identity{{k, v}} }
		file := []Said{
			{by(Phone, "020 7946 0018"), yes}, {by(Email, "ANN@example.com"), later}, {by(Email, "ann@example.com"), yes},
			{by(Email, "nobody@example.com"), yes}, {by(Phone, "nonsense"), yes}, {by(Email, "ann@example.com"), future}, {by(Email, "ann@example.com"), mute},
		}
		wants := []string{"", "", "repeated", "consent_of_nobody", "malformed_identity", "malformed_consent_time", "malformed_evidence"}
		for round := range 2 {
			heard, err := s.TakeConsents(ctx, auth.System("import"), p.ID, file)
			ok(err)
			for i, h := range heard {
				got := ""
				if f := fault.As(h.Err); f != nil {
					got = f.Code
				} else if h.Repeated {
					got = "repeated"
				}
				want := wants[i]
				if round == 1 && want == "" {
					want = "repeated"
				}
				if got != want || h.Err == nil && h.MemberID != ann.ID {
					t.Errorf("round %d: statement %d: got %q (%v), want %q", round, i, got, h.Err, want)
				}
			}
		}
		history, err := Consents(ctx, d.Reader(), []id.ID{ann.ID})
		ok(err)
		if len(history) != 2 || history[0].IP != "203.0.113.7" || history[0].By != "system:import" || Allowed(history, Marketing, ByEmail) {
			t.Errorf("the history is %+v", history)
		}
		var traces int
		ok(d.Reader().QueryRow(ctx, `SELECT COUNT(*) FROM audit_row WHERE action = 'member.consent'`).Scan(&traces))
		if traces != 1 {
			t.Errorf("%d traces", traces)
		}
		_, err = s.TakeConsents(ctx, auth.Actor{}, p.ID, file)
		wantFault(t, err, fault.KindRefused, "not_permitted")
	}, auth.Schema, program.Schema, Schema)
}
