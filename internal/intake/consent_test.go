package intake

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/member"
)

var consentColumns = []string{"E-mail", "Purpose", "Channel", "Status", "Date", "Source", "Text version", "IP"}

// TestConsents suggests the columns by their names and reads the words of three
// languages.
func TestConsents(t *testing.T) {
	base := Settings{Holds: Consents, Zone: "UTC", Source: "crm"}
	s := Suggest(Table{Columns: consentColumns, Rows: [][]string{{"a@example.com", "marketing", "email", "yes", "03.07.2024 10:00", "checkout", "v2", ""}}}, base)
	want := map[Role]string{
		Email: "E-mail", Purpose: "Purpose", Channel: "Channel", Given: "Status", Occurred: "Date", Evidence: "Source", TextVersion: "Text version", Address: "IP",
	}
	if d := cmp.Diff(want, s.Columns); d != "" {
		t.Fatalf("columns (-want +got):\n%s", d)
	}
	records, run := take(t, table(t, consentColumns,
		[]string{"a@example.com", "Newsletter", "E-Mail", "Opt-in", "03.07.2024 10:00", "checkout", "v2", "203.0.113.7"},
		[]string{"b@example.com", "опросы", "", "нет", "04.07.2024 11:30", "", "", ""},
		[]string{"c@example.com", "reklama", "telefon", "Wycofana", "05.07.2024 12:00", "kasa 4", "", ""},
		[]string{"", "marketing", "sms", "yes", "05.07.2024 12:00", "", "", ""},
		[]string{"d@example.com", "world peace", "sms", "yes", "05.07.2024 12:00", "", "", ""},
		[]string{"d@example.com", "marketing", "pigeon", "yes", "05.07.2024 12:00", "", "", ""},
		[]string{"d@example.com", "marketing", "sms", "perhaps", "05.07.2024 12:00", "", "", ""},
		[]string{"d@example.com", "marketing", "sms", "yes", "", "", "", ""},
	), s)
	by := func(mail string) []member.Identity { return []member.Identity{{Kind: member.Email, Value: mail}} }
	at := func(day, hour, minute int) time.Time { return time.Date(2024, 7, day, hour, minute, 0, 0, time.UTC) }
	wanted := []Record{
		{Consent: &ConsentRecord{Line: 2, Identities: by("a@example.com"), Purpose: member.Marketing, Channel: member.ByEmail, Given: true,
			At: at(3, 10, 0), Evidence: "checkout", TextVersion: "v2", IP: "203.0.113.7"}},
		{Consent: &ConsentRecord{Line: 3, Identities: by("b@example.com"), Purpose: member.Surveys, Channel: member.Every, At: at(4, 11, 30), Evidence: "crm"}},
		{Consent: &ConsentRecord{Line: 4, Identities: by("c@example.com"), Purpose: member.Marketing, Channel: member.ByCall, At: at(5, 12, 0), Evidence: "kasa 4"}},
	}
	if d := cmp.Diff(wanted, records); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	wantReport := Report{Rows: 8, Consents: 3, LeftOut: map[Reason]int64{NoCustomer: 1, UnknownWord: 3, MissingValue: 1}}
	if d := cmp.Diff(wantReport, run.Report()); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
}

// ear hears consents and refuses those of c.
type ear struct{ heard []member.Said }

func (e *ear) TakeConsents(_ context.Context, _ auth.Actor, _ id.ID, said []member.Said) ([]member.Heard, error) {
	answers := make([]member.Heard, len(said))
	for i, s := range said {
		if e.heard = append(e.heard, s); s.Identities[0].Value == "c@example.com" {
			answers[i].Err = fault.Missing("consent_of_nobody", "nobody")
		}
	}
	return answers, nil
}

// TestConsentsAreGiven hands the records on; who is refused joins the rejects.
func TestConsentsAreGiven(t *testing.T) {
	rows := table(t, []string{"mail", "purpose", "given", "date"},
		[]string{"a@example.com", "marketing", "yes", "2024-07-03"}, []string{"c@example.com", "marketing", "no", "2024-07-03"})
	r, err := New(rows, Settings{Holds: Consents, Zone: "UTC", Columns: map[Role]string{Email: "mail", Purpose: "purpose", Given: "given", Occurred: "date"}},
		Options{Now: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	e, refused := &ear{}, 0
	feed := Feed{Consents: e, Each: func(_ Record, a flow.Result) {
		if a.Err != nil {
			refused++
		}
	}}
	if err := feed.Give(t.Context(), r, error.Error); err != nil {
		t.Fatal(err)
	}
	if len(e.heard) != 2 || !e.heard[0].Consent.Given || e.heard[1].Consent.Given || e.heard[0].Consent.Source != "import" || refused != 1 || r.Report().LeftOut[Refused] != 1 {
		t.Errorf("heard %+v, refused %d, report %+v", e.heard, refused, r.Report())
	}
}

func TestConsentsNeedTheirColumns(t *testing.T) {
	columns := map[Role]string{Email: "E-mail", Purpose: "Purpose", Given: "Status", Occurred: "Date"}
	for _, missing := range []Role{Email, Purpose, Given, Occurred} {
		fewer := map[Role]string{}
		for role, column := range columns {
			if role != missing {
				fewer[role] = column
			}
		}
		err := Settings{Holds: Consents, Zone: "UTC", Columns: fewer, WithoutCustomer: Guest}.Check(consentColumns)
		if f := fault.As(err); f == nil || f.Code != "import_column_needed" {
			t.Errorf("without %s: %v", missing, err)
		}
	}
}
