package console

import (
	"strings"
	"testing"

	"regulars/internal/complaint"
	"regulars/internal/program"
	"regulars/internal/web/webtest"
)

// TestComplaintPagesInTheBrowser opens the pages of causes, actions and
// settings on a phone and on a desk.
func TestComplaintPagesInTheBrowser(t *testing.T) {
	w := newTown(t)
	_, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "harbour", Name: "Harbour"})
	check(t, err)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	for range 12 {
		_, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{
			Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRefund, MemberID: anna, Source: complaint.FromWeb, Text: "It leaks",
		})
		check(t, err)
	}
	staff, err := w.console.Auth.ListStaff(ctx, system, w.programme.ID)
	check(t, err)
	for _, title := range []string{"Test every pot before it goes out, and send those back that leak", "Ask"} {
		_, err := w.console.Complaints.Act(ctx, system, w.programme.ID, complaint.Action{Cause: "supplier", Title: title, OwnerID: staff[0].ID, Due: w.clock})
		check(t, err)
	}
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{{"phone-ru", "ru", "light", webtest.Phone}, {"desktop-pl", "pl", "dark", webtest.Desktop}} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{"causes": "/causes", "actions": "/actions", "settings": "/settings", "mailbox": "/mailbox"} {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, "/p/bean/complaints"+path)
				b.Check(t)
				b.Picture(t, look.name+"-complaint-"+name)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}
