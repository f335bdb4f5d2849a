package webtest

import (
	"context"
	_ "embed"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed measure.js
var measures string

const patience = time.Minute // for one step; a step takes milliseconds

// Browser is a Chromium that shows one page of a handler at a time.
type Browser struct {
	// URL is the address of the server that the pages come from.
	URL string

	ctx      context.Context
	mu       sync.Mutex
	mistakes []string // what the console said
}

// New serves the handler and shows it in a browser as somebody who was never
// there: without cookies, stored things or permissions of other tests. The test
// is skipped where there is no Chromium.
func New(t *testing.T, handler http.Handler) *Browser {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil {
		t.Skip("no Chromium at " + chromium + "; apt-get install chromium")
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	running := process.get(t)
	ctx, cancel := chromedp.NewContext(running, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &Browser{ctx: ctx, URL: server.URL}
	await(t, "a tab of Chromium", func() error { return chromedp.Listen(b.ctx, b.listen) })
	return b
}

// listen keeps scripts' failures and breaches of the content policy.
func (b *Browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.mistakes = append(b.mistakes, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			b.mistakes = append(b.mistakes, e.Entry.Text)
		}
	}
}

// said returns and forgets what the console said.
func (b *Browser) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.mistakes
	b.mistakes = nil
	return said
}

// Run takes steps one after the other.
func (b *Browser) Run(t *testing.T, steps ...Step) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("driving Chromium: %v", err)
	}
}

// Open shows a page of the handler at a width.
func (b *Browser) Open(t *testing.T, width Step, path string) {
	t.Helper()
	b.Run(t, width, chromedp.Navigate(b.URL+path))
}

// Get runs an action of the browser that answers something.
func Get[T any](t *testing.T, b *Browser, action chromedp.Action[T]) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatalf("asking Chromium: %v", err)
	}
	return v
}

// Script returns the value of a line of JavaScript.
func Script[T any](t *testing.T, b *Browser, line string) T {
	t.Helper()
	return Get(t, b, chromedp.Evaluate[T](line, chromedp.EvalAwaitPromise))
}

// measureNames are all that Check measures of a page at rest. Focus
// is measured apart, after a step with the keyboard.
var measureNames = []string{"shifts", "overflow", "labels", "contrast", "edges", "targets"}

// TabTo presses Tab until what the selector names has the focus. Each stop on the
// way must be seen.
func (b *Browser) TabTo(t *testing.T, selector string) {
	t.Helper()
	for range 80 {
		b.Run(t, Key(kb.Tab))
		b.Check(t, "focus")
		if Script[bool](t, b, `document.activeElement.matches(`+strconv.Quote(selector)+`)`) {
			return
		}
	}
	t.Fatalf("Tab does not come to %s", selector)
}

// Check measures the page as it is and fails the test for each fault, and for
// each error in the console. Without names it takes every measure; "focus"
// must be asked for.
func (b *Browser) Check(t *testing.T, names ...string) {
	t.Helper()
	if len(names) == 0 {
		names = measureNames
	}
	b.Run(t, chromedp.Evaluate[chromedp.Void](measures))
	Script[bool](t, b, settled) // a colour on its way to another is none of the page at rest
	for _, name := range names {
		for _, fault := range Script[[]string](t, b, "measure."+name+"()") {
			t.Errorf("%s: %s", name, fault)
		}
	}
	for _, s := range b.said() {
		t.Errorf("console: %s", s)
	}
}

// settled brings everything that moves and ends to its end at once: waiting for
// it asks for frames, which a browser without a window does not always paint.
const settled = `document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity).forEach(a => a.finish()), true`

// Picture keeps a picture of the whole page among the test's artifacts. It is
// taken only where artifacts are kept (go test -artifacts), as it takes longer
// than measuring the page.
func (b *Browser) Picture(t *testing.T, name string) {
	t.Helper()
	if kept := flag.Lookup("test.artifacts"); kept == nil || kept.Value.String() != "true" {
		return
	}
	Script[bool](t, b, settled)
	png := Get(t, b, chromedp.FullScreenshot(100))
	file := strings.NewReplacer("/", "_", "?", "_", "&", "_", "=", "_").Replace(name) + ".png"
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), file), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
