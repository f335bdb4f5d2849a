package intake

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// TestEverythingCanBeSaid says every reason, role and content in every
// language, with what they name.
func TestEverythingCanBeSaid(t *testing.T) {
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	var texts []i18n.Text
	for _, r := range Reasons() {
		f := Refusal{Reason: r, Column: 1}
		if r == Refused {
			f.Words = "a shop that does not exist"
		}
		texts = append(texts, r.Name(), f.Text([]string{"a", "b"}))
	}
	for _, h := range []Holds{Members, Sales, Returns, Consents} {
		texts = append(texts, h.Name())
		for _, role := range Roles(h) {
			texts = append(texts, role.Name(), Refusal{Reason: MissingValue, Role: role, Column: -1}.Text(nil))
		}
	}
	texts = append(texts, i18n.Text{Key: "intake.rejects.line"}, i18n.Text{Key: "intake.rejects.reason"}, i18n.Text{Key: "intake.rejects.explanation"})
	for _, l := range i18n.Langs() {
		p := catalog.Printer(l, time.UTC, "GBP")
		for _, text := range texts {
			if !catalog.Has(text.Key) {
				t.Errorf("%s has no text", text.Key)
			}
			if said := p.Say(text); strings.ContainsAny(said, "{}") || strings.Contains(said, "intake.") || strings.Contains(said, "map[") {
				t.Errorf("%s in %s: %q", text.Key, l, said)
			}
		}
	}
}

func TestRefusalNamesItsColumn(t *testing.T) {
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	p := catalog.Printer(i18n.English, time.UTC, "GBP")
	for _, c := range []struct {
		refusal Refusal
		want    string
	}{
		{Refusal{Reason: MissingValue, Role: SKU, Column: 0}, "“Article” is empty."},
		{Refusal{Reason: MissingValue, Role: SKU, Column: -1}, "“Product code” is empty."},
		{Refusal{Reason: WrongColumns, Column: -1}, "The row does not have 1 cell as the header does. Look for a missing or extra separator."},
		{Refusal{Reason: Refused, Column: -1, Words: "The shop is closed."}, "The shop is closed."},
	} {
		if got := p.Say(c.refusal.Text([]string{"Article"})); got != c.want {
			t.Errorf("%+v: %q, want %q", c.refusal, got, c.want)
		}
	}
	if f := fault.As(salesSettings().Check([]string{"receipt", "date"})); p.Say(i18n.Text{Key: "fault." + f.Code, Args: f.Args}) != "The file has no column “client”. It has: receipt, date." {
		t.Errorf("the fault says %q", p.Say(i18n.Text{Key: "fault." + f.Code, Args: f.Args}))
	}
}
