package guest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/db/dbtest"
	"regulars/internal/standard"
	"regulars/internal/survey"
	"regulars/internal/touch"
)

// TestFloodsAreHeld: who sends a form of any family without end is told to wait,
// and how long.
func TestFloodsAreHeld(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	l := newLively(w)
	w.takesBack(t, l.anna)
	forms := w.openForms(t, l.anna)
	w.shares(household30)
	forms = append(forms, filled("/me/bean/codes/claim", "code", "AAAA-BBBB"), filled("/me/bean/household/join", "nonce", "n", "code", "AAAAAAAAAA"))
	anna := w.signedIn("anna@example.com")
	for i, f := range forms {
		if f.path == "/me/bean/link/abc" || strings.HasPrefix(f.path, survey.DeclinePath) || strings.HasSuffix(f.path, "/cancel") || f.form.Get("do") == "dispute" {
			continue // what is done is done once
		}
		t.Run(fmt.Sprint(i, f.path), func(t *testing.T) {
			p := w.phone()
			if strings.HasPrefix(f.path, "/me/bean/codes") || strings.HasPrefix(f.path, "/me/bean/household") {
				p = anna
			}
			for i := range 200 {
				var fields []string
				for name := range f.form {
					value := f.form.Get(name)
					if name == "nonce" {
						value = fmt.Sprintf("%026d", i)
					}
					fields = append(fields, name, value)
				}
				got := p.post(f.path, fields...)
				if got.status == http.StatusTooManyRequests {
					if got.header.Get("Retry-After") == "" {
						t.Error("it is not said how long")
					}
					return
				}
				if got.status >= http.StatusInternalServerError {
					t.Fatalf("number %d is answered %d", i, got.status)
				}
			}
			t.Error("two hundred were taken")
		})
	}
}

// TestGuessesAreHeld: who opens links and codes that are none of ours without end
// is told to wait; what there is opens all the while.
func TestGuessesAreHeld(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	l := newLively(w)
	w.takesBack(t, l.anna)
	card := w.card(t, touch.Link{Platform: touch.Google, Place: "g1"})
	for _, path := range []string{
		survey.Path + strings.Repeat("x", 26), survey.OpenPath + "XXXXXXXXX", survey.DeclinePath + strings.Repeat("x", 26), standard.Path + strings.Repeat("x", 26),
		"/t/XXXXXXXXX", "/track/" + strings.Repeat("x", 26), "/me/bean/link/" + strings.Repeat("x", 26),
	} {
		t.Run(path, func(t *testing.T) {
			p := w.phone()
			for i := range 200 {
				got := p.get(path)
				if got.status == http.StatusTooManyRequests {
					if got.header.Get("Retry-After") == "" {
						t.Error("it is not said how long")
					}
					p.get("/t/" + card).is(http.StatusOK)
					return
				}
				if got.status >= http.StatusInternalServerError {
					t.Fatalf("number %d is answered %d", i, got.status)
				}
			}
			t.Error("two hundred were looked up")
		})
	}
}

// TestAReplySentTwiceIsOne: a page that is loaded again sends its form again.
func TestAReplySentTwiceIsOne(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := w.phone()
		told := p.post("/c/bean", "nonce", p.get("/c/bean").value("nonce"), "kind", "wish", "text", "Mint tea").is(http.StatusOK)
		c := w.cases()[0]
		say := []string{"code", complaint.ShowTrack(c.Track), "pin", told.pin(), "do", "reply", "text", "Or jasmine"}
		for range 2 {
			p.post("/c/bean/track", say...).is(http.StatusOK)
		}
		holds := func(messages, photos int) {
			t.Helper()
			f, err := w.complaints.Get(ctx, system, w.programme.ID, c.ID)
			check(t, err)
			if len(f.Messages) != messages || len(f.Photos) != photos {
				t.Errorf("there are %d messages and %d photos, want %d and %d", len(f.Messages), len(f.Photos), messages, photos)
			}
		}
		holds(2, 0)
		for range 2 {
			p.upload("/c/bean/track", snapshot(t), say...).is(http.StatusOK)
		}
		holds(3, 1)
		p.upload("/c/bean/track", onePixel(), say...).is(http.StatusOK)
		holds(4, 2)
		_, err := w.complaints.Answer(ctx, system, w.programme.ID, c.ID, complaint.Answer{Text: "Which of them?"})
		check(t, err)
		p.upload("/c/bean/track", onePixel(), say...).is(http.StatusOK)
		holds(6, 3)
		w.pass(25 * time.Hour)
		p.upload("/c/bean/track", onePixel(), say...).is(http.StatusOK)
		holds(7, 4)
	})
}
