package webtest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const chromium = "/usr/bin/chromium"

// chromiumProcess is the one Chromium of a test process. It is started for the
// first test that needs it, and Main ends it: starting one takes as long as
// looking at a dozen pages.
type chromiumProcess struct {
	mu   sync.Mutex
	ctx  context.Context
	stop func()
}

var process chromiumProcess

// Main runs the tests of a package and then ends the browser that they used.
// Each package that shows pages calls it in its TestMain; it returns the code to
// exit with.
func Main(m *testing.M) int {
	defer process.end()
	return m.Run()
}

// get returns the context of the browser, which it starts when there is none.
func (p *chromiumProcess) get(t *testing.T) context.Context {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx == nil {
		allocated, stop := chromedp.NewExecAllocator(context.Background(),
			chromedp.ExecPath(chromium), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
			chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(patience),
		)
		ctx, cancel := chromedp.NewContext(allocated)
		p.stop = func() { cancel(); stop() }
		await(t, "Chromium", func() error { return chromedp.Do(ctx) })
		p.ctx = ctx
	}
	return p.ctx
}

func (p *chromiumProcess) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		p.stop()
	}
}

// await waits for something to start whose context lasts longer than the wait
// may, so that the wait is bounded beside it.
func await(t *testing.T, what string, start func() error) {
	t.Helper()
	started := make(chan error, 1)
	go func() { started <- start() }()
	select {
	case err := <-started:
		if err != nil {
			t.Fatalf("starting %s: %v", what, err)
		}
	case <-time.After(patience):
		t.Fatalf("starting %s: nothing heard of it for %s", what, patience)
	}
}
