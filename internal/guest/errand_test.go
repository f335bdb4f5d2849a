package guest_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"regulars/internal/db/dbtest"
	"regulars/internal/program"
	"regulars/internal/standard"
	"regulars/internal/web/webtest"
)

// shopper plans a visit of tomorrow and returns its address.
func (w *town) shopper(criteria int) (path string, visit *standard.Visit) {
	w.t.Helper()
	_, err := program.New(w.db).AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "pier", Name: "The Pier <3"})
	check(w.t, err)
	spec := standard.Spec{
		Names: standard.Words{"en": "Service", "pl": "Obsługa"}, Intro: standard.Words{"en": "Be fair."},
		Criteria: []standard.Criterion{
			{Code: "greeted", Form: standard.YesNo, Weight: 1, Words: standard.Words{"en": "Were you greeted?", "ru": "С вами поздоровались?", "pl": "Czy ktoś się przywitał?"}},
			{Code: "clean", Form: standard.Scale, Top: 4, Weight: 1, Critical: true, Words: standard.Words{"en": "How clean is it?"}, Help: standard.Words{"en": "Look at the floor."}},
		},
	}
	for i := range criteria {
		spec.Criteria = append(spec.Criteria, standard.Criterion{Code: fmt.Sprint("x", i), Form: standard.Forms()[i%2], Top: 10 * (i % 2), Weight: 1, Words: standard.Words{"en": fmt.Sprintf("Is the shelf number %d in good order, with prices that can be read?", i)}})
	}
	n, err := w.standards.Create(ctx, system, w.programme.ID, spec)
	check(w.t, err)
	_, err = w.standards.Publish(ctx, system, w.programme.ID, n.ID)
	check(w.t, err)
	plot, err := w.standards.SaveScenario(ctx, system, w.programme.ID, 0, 0, standard.Plot{
		Names: standard.Words{"en": "A gift", "ru": "Подарок", "pl": "Prezent"}, Deed: standard.Buy, Task: standard.Words{"en": "Buy a gift for a friend and ask for advice.", "ru": "Купите подарок другу."},
		Watch: standard.Words{"en": "The welcome, and the wrapping."}, Budget: 2000, StandardID: n.ID,
	})
	check(w.t, err)
	_, err = w.standards.AddVisitor(ctx, system, w.programme.ID, standard.Visitor{Kind: standard.Outsider, Name: "Magda"})
	check(w.t, err)
	day := w.now().AddDate(0, 0, 1).Format("2006-01-02")
	_, err = w.standards.Draw(ctx, system, w.programme.ID, standard.Plan{ScenarioID: plot.ID, From: day, To: day, Each: 1})
	check(w.t, err)
	list, err := w.standards.Visits(ctx, system, standard.Query{ProgrammeID: w.programme.ID, Limit: 5})
	check(w.t, err)
	return standard.Path + standard.Token(w.programme.Salt, list[0].ID), list[0]
}

// upload posts a form with a file.
func (w *town) upload(c *http.Client, path string, form url.Values, file []byte) (int, string) {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range form {
		check(w.t, m.WriteField(name, values[0]))
	}
	part, err := m.CreateFormFile("photos", "x.png")
	check(w.t, err)
	_, err = part.Write(file)
	check(w.t, err)
	check(w.t, m.Close())
	r, err := c.Post(w.server.URL+path, m.FormDataContentType(), &b)
	check(w.t, err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	check(w.t, err)
	return r.StatusCode, string(body)
}

func onePixel() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 3, 3))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestASheetIsFilledInWithoutScript: kept, gone on with, sent once, and then shown
// to nobody.
func TestASheetIsFilledInWithoutScript(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		path, v := w.shopper(0)
		jar, _ := cookiejar.New(nil)
		c := &http.Client{Jar: jar}
		status, body, _ := w.page(c, path+"?lang=en", nil)
		if status != 200 || !strings.Contains(body, "Buy a gift") || !strings.Contains(body, "The Pier &lt;3") || !strings.Contains(body, "£20.00") || strings.Contains(body, `value="send"`) {
			t.Fatalf("before the day there is %d: %s", status, body)
		}
		full := url.Values{"lang": {"en"}, "do": {"send"}, "a_greeted": {"1"}, "a_clean": {"0"}, "c_clean": {"<script>alert(1)</script> 🙃"}, "arrived": {"10:00"}, "served": {"10:05"}}
		if status, _, _ = w.page(c, path, full); status != http.StatusUnprocessableEntity && status != http.StatusConflict {
			t.Errorf("sent before its day: %d", status)
		}
		w.pass(24 * time.Hour)
		status, body = w.upload(c, path, url.Values{"lang": {"en"}, "do": {"keep"}, "a_greeted": {"none"}, "c_greeted": {"Nobody there"}}, onePixel())
		if status != 200 || !strings.Contains(body, "Nobody has seen it yet") || !strings.Contains(body, `value="none" checked`) || !strings.Contains(body, "Nobody there") || !strings.Contains(body, "Photo 1") {
			t.Errorf("kept: %d %s", status, body)
		}
		photo := body[strings.Index(body, path+"/photo/"):]
		photo, _, _ = strings.Cut(photo, `"`)
		if status, body, _ = w.page(c, photo, nil); status != 200 || !strings.HasPrefix(body, "\xff\xd8") {
			t.Errorf("the photo is %d", status)
		}
		if status, _ = w.upload(c, path, url.Values{"do": {"keep"}}, []byte("GIF89a")); status != http.StatusUnprocessableEntity {
			t.Errorf("a file that is no photo: %d", status)
		}
		if status, body, _ = w.page(c, path, url.Values{"lang": {"en"}, "do": {"send"}, "a_greeted": {"1"}, "arrived": {"10:00"}, "served": {"09:00"}, "remark": {"So far"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Say what you found here") || !strings.Contains(body, "So far") {
			t.Errorf("half a sheet is sent: %d", status)
		}
		for name, bad := range map[string]string{"a_clean": "5", "a_greeted": "yes", "arrived": "noon"} {
			wrong := url.Values{}
			for k, values := range full {
				wrong[k] = values
			}
			wrong.Set(name, bad)
			if status, _, _ = w.page(c, path, wrong); status != http.StatusUnprocessableEntity {
				t.Errorf("%s = %s is taken: %d", name, bad, status)
			}
		}
		drop := url.Values{"lang": {"en"}, "do": {"drop:" + photo[strings.LastIndex(photo, "/")+1:]}, "a_greeted": {"1"}}
		if _, body, _ = w.page(c, path, drop); strings.Contains(body, "Photo 1") {
			t.Error("the photo is still there")
		}
		if status, body, _ = w.page(c, path, full); status != 200 || !strings.Contains(body, "Thank you") {
			t.Fatalf("sent: %d %s", status, body)
		}
		for _, again := range []url.Values{nil, full} {
			if status, body, _ = w.page(c, path+"?lang=en", again); status != 200 || !strings.Contains(body, "Your sheet has arrived") || strings.Contains(body, "alert(1)") {
				t.Errorf("the used link shows %d: %s", status, body)
			}
		}
		f, err := w.standards.Visit(ctx, system, w.programme.ID, v.ID)
		check(t, err)
		if f.State != standard.Sent || !f.Failed || f.Answers["clean"].Comment != "<script>alert(1)</script> 🙃" || f.Served != 605 || f.Lang != "en" {
			t.Errorf("kept is %+v", f.Visit)
		}
	})
}

// TestGuessedVisitsAreNobodys: unknown links tell nothing, and many are too many.
func TestGuessedVisitsAreNobodys(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := &http.Client{}
		last := 0
		for i := range 40 {
			last, _, _ = w.page(c, fmt.Sprintf("%s%024d", standard.Path, i), nil)
			if i == 0 && last != http.StatusNotFound {
				t.Errorf("a guessed link is %d", last)
			}
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("the fortieth guess is %d", last)
		}
	})
}

// TestTheLongestSheetIsSmall holds the page of the most criteria under 50 kB, in
// every language.
func TestTheLongestSheetIsSmall(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		path, _ := w.shopper(standard.MaxCriteria - 2)
		w.pass(24 * time.Hour)
		for _, lang := range []string{"en", "ru", "pl"} {
			if _, body, _ := w.page(&http.Client{}, path+"?lang="+lang, nil); len(body) > 50_000 {
				t.Errorf("in %s it takes %d bytes", lang, len(body))
			}
		}
	})
}

// TestSheetsInTheBrowser measures the page of a visit before and after it was
// sent.
func TestSheetsInTheBrowser(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	path, _ := w.shopper(2)
	b := webtest.New(t, w.handler())
	look := func(name string, width webtest.Step, query string) {
		b.Open(t, width, path+query)
		b.Check(t)
		b.Picture(t, "visit-"+name)
	}
	look("early-phone-ru", webtest.Phone, "?lang=ru")
	w.pass(24 * time.Hour)
	look("phone-en", webtest.Phone, "?lang=en")
	look("desktop-pl", webtest.Desktop, "?lang=pl")
	prefer(t, b, "en", "dark")
	look("phone-dark", webtest.Phone, "?lang=en")
	b.Run(t, webtest.Click(`button[value=send]`), webtest.Seen(".error-summary, .notice-bad, [role=alert]"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Picture(t, "visit-wrong")
	b.Run(t, webtest.Click(`input[name=a_greeted][value="1"]`))
	webtest.Script[bool](t, b, `(document.querySelectorAll("select").forEach(s => s.value = "3"), document.querySelectorAll("input[value='none']").forEach(i => i.name !== "a_greeted" && i.click()), true)`)
	b.Run(t, webtest.Click(`button[value=send]`), webtest.Seen("main:not(:has(.field))"))
	b.Check(t)
	b.Picture(t, "visit-done")
}
