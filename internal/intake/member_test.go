package intake

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/member"
)

func memberSettings() Settings {
	return Settings{
		Holds: Members, Zone: "Europe/London", Dates: []string{"DD.MM.YYYY", ISO},
		Columns: map[Role]string{Card: "card", Phone: "phone", Email: "mail", FullName: "name", Birth: "born", Language: "lang",
			Joined: "since", Tags: "tags"},
		Attributes: map[string]string{"shoe size": "shoe_size"},
	}
}

var memberColumns = []string{"card", "phone", "mail", "name", "born", "lang", "since", "tags", "shoe size"}

func TestMembers(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	records, run := take(t, table(t, memberColumns,
		[]string{"2600 17", "", "anna@example.com", "Anna Maria Nowak", "29.02.1988", "PL", "03.07.2024", "vip, club;;vip 2", "38"},
		[]string{"", "", "", "Nobody", "", "", "", "", ""},
		[]string{"", "+44 20 7946 0018", "", "Cher", "", "", "", "", " "},
		[]string{"", "+44 20 7946 0019", "", "", "30.02.1988", "", "", "", ""},
		[]string{"", "+44 20 7946 0020", "", "", "01.01.1888", "", "", "", ""},
		[]string{"", "+44 20 7946 0021", "", "", "01.01.2050", "", "", "", ""},
		[]string{"", "+44 20 7946 0022", "", "", "", "", "never", "", ""},
		[]string{"", "+44 20 7946 0023", "", "", "", "", "2050-01-01", "", ""},
		[]string{"", "+44 20 7946 0018", "", "Cher", "", "", "", "", " "},
	), memberSettings())
	want := []Record{
		{Member: &MemberRecord{Line: 2, Source: "import", GivenName: "Anna Maria", FamilyName: "Nowak", Birth: Date{1988, 2, 29},
			Identities: []member.Identity{{Kind: member.Card, Value: "2600 17"}, {Kind: member.Email, Value: "anna@example.com"}},
			Language:   "pl", Joined: time.Date(2024, 7, 3, 0, 0, 0, 0, london), Tags: []string{"vip", "club", "vip 2"},
			Attributes: map[string]string{"shoe_size": "38"}}},
		{Member: &MemberRecord{Line: 4, Source: "import", GivenName: "Cher",
			Identities: []member.Identity{{Kind: member.Phone, Value: "+44 20 7946 0018"}}}},
	}
	if d := cmp.Diff(want, records); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	wantReport := Report{Rows: 9, Members: 2, LeftOut: map[Reason]int64{NoCustomer: 1, Duplicate: 1, MalformedDate: 2, AbsurdDate: 3}}
	if d := cmp.Diff(wantReport, run.Report()); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
}

func TestFullNames(t *testing.T) {
	for _, c := range []struct {
		full          string
		order         NameOrder
		given, family string
	}{
		{"Anna Maria Nowak", "", "Anna Maria", "Nowak"},
		{"Anna Nowak", GivenFirst, "Anna", "Nowak"},
		{"Иванов Иван Иванович", FamilyFirst, "Иван Иванович", "Иванов"},
		{"Cher", FamilyFirst, "Cher", ""},
	} {
		if given, family := splitName(c.full, c.order); given != c.given || family != c.family {
			t.Errorf("%q is %q, %q; want %q, %q", c.full, given, family, c.given, c.family)
		}
	}
}

// TestMembersAreReadAsTheyAreAskedFor stops after the first and has not read
// the rest.
func TestMembersAreReadAsTheyAreAskedFor(t *testing.T) {
	run, err := New(table(t, memberColumns,
		[]string{"1", "", "", "", "", "", "", "", ""},
		[]string{"2", "", "", "", "", "", "", "", ""},
	), memberSettings(), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range run.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if got := run.Report(); got.Rows != 1 || got.Members != 1 {
		t.Errorf("the report is %+v", got)
	}
}
