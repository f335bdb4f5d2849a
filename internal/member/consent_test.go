package member

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

func said(p Purpose, ch Channel, given bool, hour int) Consent {
	return Consent{Purpose: p, Channel: ch, Given: given, At: dbtest.Start.Add(time.Duration(hour) * time.Hour), Source: "till"}
}

func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		what    string
		history []Consent
		want    bool
	}{
		{"silence", nil, false},
		{"given", []Consent{said(Marketing, BySMS, true, 1)}, true},
		{"for another purpose", []Consent{said(Surveys, BySMS, true, 1)}, false},
		{"on another channel", []Consent{said(Marketing, ByEmail, true, 1)}, false},
		{"on every channel", []Consent{said(Marketing, Every, true, 1)}, true},
		{"withdrawn", []Consent{said(Marketing, BySMS, true, 1), said(Marketing, BySMS, false, 2)}, false},
		{"given again", []Consent{said(Marketing, BySMS, false, 2), said(Marketing, BySMS, true, 3), said(Marketing, BySMS, true, 1)}, true},
		{"all withdrawn since", []Consent{said(Marketing, BySMS, true, 1), said(Marketing, Every, false, 2)}, false},
		{"this one given since", []Consent{said(Marketing, Every, false, 2), said(Marketing, BySMS, true, 3)}, true},
		{"recorded late", []Consent{said(Marketing, BySMS, false, 5), said(Marketing, BySMS, true, 4)}, false},
	} {
		if got := Allowed(c.history, Marketing, BySMS); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

func TestTheLastOfTwoStatementsAtOnceCounts(t *testing.T) {
	first, second := said(Marketing, BySMS, true, 1), said(Marketing, BySMS, false, 1)
	first.ID, second.ID = 1, 2
	if Allowed([]Consent{second, first}, Marketing, BySMS) {
		t.Error("the statement recorded first counts")
	}
}

func TestConsentsAreKeptWithEvidence(t *testing.T) {
	eachHouse(t, func(h *house) {
		anna, other := h.join("Anna", ""), h.join("Hanna", "")
		now := dbtest.Start
		first := Consent{Purpose: Marketing, Channel: BySMS, Given: true, At: now.Add(-48 * time.Hour), Source: " checkout ", TextVersion: "2026-01", IP: "2001:db8::7"}
		if _, err := h.SetConsents(h.t.Context(), staff(auth.Till), here, other.ID, first, Consent{Purpose: Surveys, Channel: Every, Given: true, Source: "card"}); err != nil {
			h.t.Fatal(err)
		}
		h.merge(anna, other)
		p, err := h.SetConsents(h.t.Context(), staff(auth.Till), here, other.ID, Consent{Purpose: Marketing, Channel: BySMS, Source: "phone"})
		if err != nil {
			h.t.Fatal(err)
		}
		by := staff(auth.Till).String()
		for i := range p.Consents {
			p.Consents[i].ID = 0
		}
		wantSame(h.t, "in force", []Consent{
			{MemberID: anna.ID, Purpose: Marketing, Channel: BySMS, At: now, Source: "phone", By: by},
			{MemberID: other.ID, Purpose: Surveys, Channel: Every, Given: true, At: now, Source: "card", By: by},
		}, p.Consents)
		e, err := h.Export(h.t.Context(), staff(auth.Owner), here, anna.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(e.Consents) != 3 {
			h.t.Fatalf("%d statements are exported, want all 3", len(e.Consents))
		}
		wantSame(h.t, "evidence", ExportedConsent{Marketing, BySMS, true, first.At, "checkout", "2026-01", "2001:db8::7"}, e.Consents[0])
	})
}

func TestConsentRefuses(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t, auth.Schema, Schema))
	anna := h.join("Anna", "")
	for code, c := range map[string]Consent{
		"unknown_purpose":         {Purpose: "spam", Channel: BySMS, Source: "till"},
		"unknown_consent_channel": {Purpose: Marketing, Channel: "fax", Source: "till"},
		"malformed_consent_time":  {Purpose: Marketing, Channel: BySMS, Source: "till", At: dbtest.Start.Add(time.Second)},
		"malformed_evidence":      {Purpose: Marketing, Channel: BySMS, Source: "  "},
		"malformed_ip":            {Purpose: Marketing, Channel: BySMS, Source: "till", IP: "300.1.1.1"},
	} {
		_, err := h.SetConsents(t.Context(), staff(auth.Till), here, anna.ID, c)
		wantFault(t, err, fault.KindInvalid, code)
	}
	_, err := h.SetConsents(t.Context(), staff(auth.ReadOnly), here, anna.ID, Consent{Purpose: Marketing, Channel: BySMS, Source: "till"})
	wantFault(t, err, fault.KindRefused, "not_permitted")
	if p := h.get(anna); len(p.Consents) != 0 {
		t.Errorf("something was recorded: %v", p.Consents)
	}
}
