package guest_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"regulars/internal/complaint"
	"regulars/internal/web/webtest"
)

// hands are on the keyboard alone.
type hands struct {
	*webtest.Browser
	t *testing.T
}

// open opens a page, with or without its scripts.
func (h *hands) open(scripts bool, path string) {
	h.t.Helper()
	if !scripts {
		h.Run(h.t, withoutScripts)
	}
	h.Open(h.t, webtest.Desktop, path)
	if ran := webtest.Script[bool](h.t, h.Browser, `matchMedia("(scripting: enabled)").matches`); ran != scripts {
		h.t.Fatalf("scripts ran: %t, want %t", ran, scripts)
	}
}

func (h *hands) press(keys ...string) {
	h.t.Helper()
	for _, k := range keys {
		h.Run(h.t, webtest.Key(k))
	}
}

// sends goes on to the button and presses Enter, with these answers chosen.
func (h *hands) sends(field, want string) {
	h.t.Helper()
	if got := webtest.Script[string](h.t, h.Browser, `new FormData(document.querySelector("main form")).getAll("`+field+`").join()`); got != want {
		h.t.Errorf("%s is %q, want %q", field, got, want)
	}
	h.TabTo(h.t, "main form .actions button")
	webtest.Script[bool](h.t, h.Browser, `(document.body.dataset.old = "yes", true)`)
	h.press(kb.Enter)
	h.Run(h.t, webtest.Absent("[data-old]"), webtest.Seen("main h1"))
}

// withoutScripts lets the page run none of its own.
func withoutScripts(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return chromedp.Void{}, err
}

// TestASurveyByKeyboardAlone answers a question of each form without a mouse,
// with the arrows within a scale.
func TestASurveyByKeyboardAlone(t *testing.T) {
	w := newStreet(t)
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			h := &hands{webtest.New(t, w.handler()), t}
			h.open(scripts, w.open)
			h.sends("answer", "")
			h.TabTo(h.t, "[name=answer]")
			h.press(kb.ArrowRight, kb.ArrowRight, kb.ArrowRight, kb.ArrowLeft, kb.ArrowDown)
			h.sends("answer", "3")
			h.TabTo(h.t, "[name=answer]")
			h.press(" ")
			h.sends("answer", "1")
			h.TabTo(h.t, "[name=answer]")
			h.press(kb.ArrowDown)
			h.sends("answer", "b")
			h.TabTo(h.t, "[value=b]")
			h.press(" ")
			h.TabTo(h.t, "[value=c]")
			h.press(" ")
			h.sends("answer", "b,c")
			h.TabTo(h.t, "[name=answer]")
			h.Run(t, chromedp.KeyEvent("Tea"))
			h.sends("answer", "Tea")
			if said := webtest.Script[string](t, h.Browser, `document.body.innerText`); !strings.Contains(said, "Your answers have arrived") {
				t.Errorf("it ends with:\n%s", said)
			}
		})
	}
}

// TestAComplaintByKeyboardAlone tells with two choices and Enter, words and a photo
// with it, follows the case by what the receipt says, answers there, and has it
// opened again as it was not solved.
func TestAComplaintByKeyboardAlone(t *testing.T) {
	w := newStreet(t)
	var picture bytes.Buffer
	check(t, jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 90, 60)), nil))
	photo := filepath.Join(t.TempDir(), "pot.jpg")
	check(t, os.WriteFile(photo, picture.Bytes(), 0o600))
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			before := len(w.cases())
			h := &hands{webtest.New(t, w.handler()), t}
			h.open(scripts, "/c/bean")
			if n := webtest.Script[int](t, h.Browser, `document.querySelectorAll("[name=reason]").length`); n == 0 || n > 8 {
				t.Errorf("%d reasons, want at most 8", n)
			}
			h.TabTo(h.t, "[name=reason]")
			h.press(kb.ArrowDown)
			h.TabTo(h.t, "[name=wanted]")
			h.press(" ")
			h.TabTo(h.t, "summary")
			h.press(kb.Enter)
			h.TabTo(h.t, "[name=text]")
			h.Run(t, chromedp.KeyEvent("Cold"))
			h.TabTo(h.t, "[name=photos]")
			h.Run(t, chromedp.SetUploadFiles(chromedp.CSS("[name=photos]"), []string{photo})) // the window in which a file is chosen is the browser's
			h.sends("wanted", "redo")
			all := w.cases()
			if len(all) != before+1 {
				t.Fatalf("%d cases were opened", len(all)-before)
			}
			if !webtest.Script[bool](t, h.Browser, `document.querySelectorAll("main .secret").length === 2`) {
				t.Error("no receipt is shown")
			}
			secret := webtest.Script[[]string](t, h.Browser, `[...document.querySelectorAll("main .secret")].map(e => e.innerText)`)
			follows := func(says ...string) {
				t.Helper()
				h.Open(t, webtest.Desktop, "/c/bean/track")
				h.TabTo(h.t, "[name=code]")
				h.Run(t, chromedp.KeyEvent(secret[0]))
				h.TabTo(h.t, "[name=pin]")
				h.Run(t, chromedp.KeyEvent(secret[1]))
				h.sends("pin", secret[1])
				said := webtest.Script[string](t, h.Browser, `document.body.innerText`)
				for _, s := range says {
					if !strings.Contains(said, s) {
						t.Errorf("the case does not say %q:\n%s", s, said)
					}
				}
			}
			follows("Cold", "with 1 photo", "We are working on it.")
			h.TabTo(h.t, "[name=text]")
			h.Run(t, chromedp.KeyEvent("And the cup leaks"))
			h.sends("text", "And the cup leaks")
			_, err := w.complaints.Solve(ctx, system, w.programme.ID, all[0].ID)
			check(t, err)
			follows("And the cup leaks", "We believe that it is solved.")
			h.sends("do", "dispute")
			if said := webtest.Script[string](t, h.Browser, `document.querySelector(".lead").innerText`); said != "We are working on it again." {
				t.Errorf("of what is not solved it says %q", said)
			}
			f, err := w.complaints.Get(ctx, system, w.programme.ID, all[0].ID)
			check(t, err)
			if f.State != complaint.Reopened || len(f.Messages) != 2 || len(f.Photos) != 1 {
				t.Errorf("it is %s with %d messages and %d photos", f.State, len(f.Messages), len(f.Photos))
			}
		})
	}
}

// TestACardByKeyboardAlone goes through both doors of a card, which are as large
// as each other in every language, and finds a way on from a code that is none.
func TestACardByKeyboardAlone(t *testing.T) {
	w := newStreet(t)
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			h := &hands{webtest.New(t, w.handler()), t}
			for _, lang := range []string{"pl", "ru", "en"} {
				for _, width := range []webtest.Step{webtest.Phone, webtest.Desktop} {
					h.Run(t, width)
					h.open(scripts, "/t/"+w.card+"?lang="+lang)
					sizes := webtest.Script[[]string](t, h.Browser, `[...document.querySelectorAll("main .alike a")].map(e => e.getBoundingClientRect()).map(r => Math.round(r.width) + " by " + Math.round(r.height))`)
					if len(sizes) != 2 || sizes[0] != sizes[1] {
						t.Errorf("%s: the doors are %q", lang, sizes)
					}
				}
			}
			h.TabTo(h.t, "a[href$='/r']")
			h.press(kb.Enter)
			h.Run(t, webtest.Seen("a[href$='/r/2gis']"))
			h.TabTo(h.t, "a[href$='/r/google']")
			h.TabTo(h.t, "a[href$='/r/2gis']")
			h.TabTo(h.t, "a[href$='/p']")
			h.press(kb.Enter)
			h.Run(t, webtest.Seen("[name=reason]"))
			h.open(scripts, "/t/NOSUCH")
			if said := webtest.Script[string](t, h.Browser, `document.querySelector("main h1").innerText`); said == "" {
				t.Error("nothing is said of a code that is none")
			}
		})
	}
}
