package console

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
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
	one := caseOfMuch(t, w, anna, staff[0].ID)
	for _, title := range []string{"Test every pot before it goes out, and send those back that leak", "Ask"} {
		_, err := w.console.Complaints.Act(ctx, system, w.programme.ID, complaint.Action{Cause: "supplier", Title: title, OwnerID: staff[0].ID, Due: w.clock})
		check(t, err)
	}
	breakMailbox(t, w)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{{"phone-ru", "ru", "light", webtest.Phone}, {"desktop-pl", "pl", "dark", webtest.Desktop}} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{"causes": "/causes", "actions": "/actions", "settings": "/settings", "mailbox": "/mailbox", "board": "", "new": "/new?member=" + anna.In(id.Member), "solved": "?state=solved", "case": "/" + one.ID.In(id.Case)} {
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

// caseOfMuch is a case with all that one can have: a photo, words of both sides, a
// note, a compensation asked for and one given, and a price.
func caseOfMuch(t *testing.T, w *town, anna, owner id.ID) *complaint.Case {
	t.Helper()
	w.buy(anna, 3, tea(20))
	var photo bytes.Buffer
	check(t, jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 900, 600)), nil))
	o, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{
		Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRefund, MemberID: anna, Source: complaint.FromWeb, Price: 20_00,
		Text: "Czajnik przecieka 🫖\nשלום " + longWord, Photos: [][]byte{photo.Bytes()}, Contact: longWord + "@example.com", Reference: "RM-1",
	})
	check(t, err)
	_, err = w.console.Complaints.Assign(ctx, w.owner.Actor(), w.programme.ID, o.ID, owner)
	check(t, err)
	for _, note := range []bool{false, true} {
		_, err = w.console.Complaints.Answer(ctx, w.owner.Actor(), w.programme.ID, o.ID, complaint.Answer{Text: "A new one is on its way.", Note: note})
		check(t, err)
	}
	_, err = w.console.Complaints.Compensate(ctx, w.owner.Actor(), w.programme.ID, o.ID, complaint.RemedyAsk{Kind: complaint.Refund, Amount: 5_00, Note: "Cash " + longWord})
	check(t, err)
	c, err := w.console.Complaints.Answer(ctx, w.owner.Actor(), w.programme.ID, o.ID, complaint.Answer{Text: "Which pot was it?", Wait: false})
	check(t, err)
	return c
}

// breakMailbox sets a mailbox where no server listens, with e-mails that were
// left.
func breakMailbox(t *testing.T, w *town) {
	t.Helper()
	spec := complaint.MailboxSpec{Host: "127.0.0.1", Port: 1, Security: complaint.MailboxTLS, User: "help@" + longWord + ".example", Folder: "Skargi i życzenia", MoveTo: "Готово", On: true}
	check(t, w.console.Complaints.SetMailbox(ctx, system, w.programme.ID, spec, complaint.MailboxSecrets{Password: "correct horse"}))
	check(t, w.console.Complaints.FetchMails(ctx))
	check(t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE complaint_mailbox SET last = 3, failure = 'login', detail = $2 WHERE programme_id = $1`, w.programme.ID, "[AUTHENTICATIONFAILED] Invalid credentials "+longWord)
		for n, why := range []string{`{"key":"fault.mail_large","args":{"most":25}}`, `{"key":"fault.mail_unreadable"}`, `{"key":"complaint.mail_unmarked"}`} {
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO complaint_mail_left (programme_id, uid, taken, received, size, why, first, again) VALUES ($1, $2, $3, $4, $5, $6, $4, $7)`,
					w.programme.ID, n+1, n == 2, db.Micros(w.clock), 31_234_567>>(8*n), why, db.Micros(w.clock)+int64(n)<<40)
			}
		}
		return err
	}))
}
