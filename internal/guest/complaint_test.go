package guest_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/photo"
)

// cases returns the cases of the programme, the latest first.
func (w *town) cases() []*complaint.Case {
	w.t.Helper()
	list, err := w.complaints.List(ctx, system, complaint.Query{ProgrammeID: w.programme.ID, Limit: 50})
	check(w.t, err)
	return list
}

// upload sends a form with a file.
func (b *phone) upload(path string, file []byte, form ...string) page {
	b.w.t.Helper()
	return b.uploadAs("photos", path, file, form...)
}

// uploadAs is upload by a field of another name.
func (b *phone) uploadAs(field, path string, file []byte, form ...string) page {
	b.w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i < len(form); i += 2 {
		check(b.w.t, m.WriteField(form[i], form[i+1]))
	}
	part, err := m.CreateFormFile(field, "photo.jpg")
	check(b.w.t, err)
	_, err = part.Write(file)
	check(b.w.t, err)
	check(b.w.t, m.Close())
	r, err := http.NewRequest(http.MethodPost, b.w.server.URL+path, &body)
	check(b.w.t, err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.do(r)
}

// pin returns the PIN of a receipt.
func (p page) pin() string {
	p.t.Helper()
	words := strings.Fields(p.text())
	for i, w := range words {
		if w == "PIN" && i+1 < len(words) && len(words[i+1]) == 6 {
			return words[i+1]
		}
	}
	p.t.Fatalf("the receipt has no PIN: %s", p.text())
	return ""
}

func TestThreeTapsTellWhatWentWrong(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := w.phone()
		form := p.get("/c/bean").is(http.StatusOK).shows("What went wrong?", "Quality", "Something else", "What would help?")
		if len(form.body) > 50<<10 {
			t.Errorf("the page takes %d bytes", len(form.body))
		}
		fill := []string{"nonce", form.value("nonce"), "kind", "complaint", "reason", "quality", "wanted", "redo"}
		told := p.post("/c/bean", fill...).is(http.StatusOK).shows("Thank you. We have it.", "Keep both")
		again := p.post("/c/bean", fill...).is(http.StatusOK)
		if told.pin() != again.pin() || len(w.cases()) != 1 {
			t.Error("the same form sent twice is not one case")
		}
		if told.header.Get("Cache-Control") != "no-store" {
			t.Error("the receipt may be kept by others")
		}
		c := w.cases()[0]
		_, err := w.complaints.Answer(ctx, system, w.programme.ID, c.ID, complaint.Answer{Text: "A new one is on its way."})
		check(t, err)
		_, err = w.complaints.Answer(ctx, system, w.programme.ID, c.ID, complaint.Answer{Text: "Third time this week", Note: true})
		check(t, err)
		other := w.phone()
		ticket := []string{"code", complaint.ShowTrack(c.Track), "pin", told.pin()}
		other.post("/c/bean/track", ticket...).is(http.StatusOK).shows("Quality", "A new one is on its way.").hides("Third time")
		other.post("/c/bean/track", append(ticket, "do", "reply", "text", "شكرا 🫖")...).is(http.StatusOK).shows("شكرا 🫖")
		_, err = w.complaints.Solve(ctx, system, w.programme.ID, c.ID)
		check(t, err)
		other.post("/c/bean/track", ticket...).is(http.StatusOK).shows("It is not solved")
		other.post("/c/bean/track", append(ticket, "do", "dispute")...).is(http.StatusOK).shows("We are working on it again.")
		if got := w.cases()[0]; got.State != complaint.Reopened {
			t.Errorf("the case is %s", got.State)
		}
	})
}

func TestNobodyGuessesACaseOnThePage(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := w.phone()
		form := p.get("/c/bean?kind=wish").is(http.StatusOK)
		told := p.post("/c/bean", "nonce", form.value("nonce"), "kind", "wish", "text", "SECRET mint tea").is(http.StatusOK)
		c := w.cases()[0]
		for _, k := range [][2]string{{c.Track, "000000"}, {"0000-00000", told.pin()}, {"", ""}, {strings.Repeat("9", 500), "1"}} {
			p.post("/c/bean/track", "code", k[0], "pin", k[1]).is(http.StatusUnprocessableEntity).shows("There is no case with this code and PIN").hides("SECRET")
		}
		p.get("/c/bean/track?code=" + c.Track).is(http.StatusOK).hides("SECRET")
		status := 0
		for range 40 {
			status = p.post("/c/bean/track", "code", c.Track, "pin", "111111").status
		}
		if status != http.StatusTooManyRequests {
			t.Errorf("a flood of guesses is answered with %d", status)
		}
		p.get("/c/nowhere").is(http.StatusNotFound)
	})
}

// TestTooManyAtOnceLoseNothing: whoever must wait finds what they wrote, and is told
// how long.
func TestTooManyAtOnceLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := w.phone()
		form := []string{"kind", "complaint", "reason", "quality", "wanted", "redo", "text", "Cold tea"}
		var last page
		for range 20 {
			if last = p.post("/c/bean", append(form, "nonce", p.get("/c/bean").value("nonce"))...); last.status != http.StatusOK {
				break
			}
		}
		last.is(http.StatusTooManyRequests).shows("Cold tea", "seconds")
		if last.header.Get("Retry-After") == "" || len(w.cases()) != 10 {
			t.Errorf("after %d cases it says %v", len(w.cases()), last.header)
		}
		w.pass(time.Minute)
		p.post("/c/bean", append(form, "nonce", last.value("nonce"))...).is(http.StatusOK)
	})
}

func TestFormsOfCasesHold(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := w.phone()
		nonce := p.get("/c/bean").value("nonce")
		p.post("/c/bean", "nonce", nonce, "kind", "complaint", "wanted", "redo").is(http.StatusUnprocessableEntity).shows("Choose one of the reasons")
		p.post("/c/bean", "nonce", nonce, "kind", "complaint").is(http.StatusUnprocessableEntity).shows("Choose one of the reasons", "Choose what would help")
		p.post("/c/bean", "nonce", nonce, "kind", "wish", "text", " ").is(http.StatusUnprocessableEntity).shows("Write a few words.")
		p.post("/c/bean", "nonce", nonce, "kind", "praise", "text", strings.Repeat("ż", 4001)).is(http.StatusUnprocessableEntity)
		page := []string{"nonce", nonce, "kind", "complaint", "reason", "quality", "wanted", "telling", "text", "<script>alert(1)</script>"}
		p.upload("/c/bean", []byte("<html>"), append(page, "contact", strings.Repeat("z", 201))...).is(http.StatusUnprocessableEntity).shows("There are 2 things to put right", "This file is no photo", "at most 200")
		p.upload("/c/bean", bytes.Repeat([]byte("x"), photo.MaxUpload+1<<17), page...).is(http.StatusUnprocessableEntity)
		var b bytes.Buffer
		check(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 90, 60)), nil))
		told := p.upload("/c/bean", append(b.Bytes(), "PK<script>"...), page...).is(http.StatusOK)
		f, err := w.complaints.Get(ctx, system, w.programme.ID, w.cases()[0].ID)
		check(t, err)
		if len(f.Photos) != 1 || f.Photos[0].Width != 90 {
			t.Errorf("the photos are %+v", f.Photos)
		}
		shown := p.post("/c/bean/track", "code", f.Track, "pin", told.pin()).is(http.StatusOK)
		if strings.Contains(shown.body, "<script>alert") {
			t.Error("what a customer wrote runs")
		}
		shown.shows("with 1 photo", "We are working on it.")
		ticket := []string{"code", f.Track, "pin", told.pin(), "do", "reply"}
		p.post("/c/bean/track", append(ticket, "text", " ")...).is(http.StatusUnprocessableEntity).shows("Write a few words, or add a photo.")
		p.upload("/c/bean/track", []byte("<html>"), append(ticket, "text", "It leaks too")...).is(http.StatusUnprocessableEntity).shows("This file is no photo", "It leaks too")
		if f, err = w.complaints.Get(ctx, system, w.programme.ID, f.ID); err != nil || len(f.Messages) != 1 {
			t.Errorf("%d messages are kept, %v", len(f.Messages), err)
		}
	})
}

func TestWhoIsSignedInTellsAsThemselves(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		nina := w.join("Nina", "Brown", "nina@example.com")
		p := w.signedIn("nina@example.com")
		form := p.get("/me/bean/tell").is(http.StatusOK)
		p.post("/me/bean/tell", "nonce", form.value("nonce"), "kind", "complaint", "reason", "quality", "wanted", "redo").is(http.StatusOK)
		if c := w.cases()[0]; c.MemberID != nina {
			t.Errorf("the case is %s's", c.MemberID.In(id.Member))
		}
		w.pass(time.Minute)
		if at := w.phone().get("/me/bean/tell").path; !strings.Contains(at, "sign-in") {
			t.Errorf("a stranger is led to %s", at)
		}
	})
}
