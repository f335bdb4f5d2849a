package webtest

import "testing"

// publicWeight bounds the bytes of a page that anybody may open, so that it
// comes soon to a phone with a bad connection.
const publicWeight = 50_000

// weigh adds up what the page took over the network as it was sent: itself, its
// style sheets, scripts and pictures.
const weigh = `performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource")).reduce((sum, e) => sum + e.encodedBodySize, 0)`

// CheckPublic takes every measure of a page that anybody may open: those of
// Check, axe-core's, and its weight.
func (b *Browser) CheckPublic(t *testing.T) {
	t.Helper()
	b.Check(t)
	b.Axe(t)
	if n := Script[int](t, b, weigh); n == 0 || n > publicWeight {
		t.Errorf("the page weighs %d bytes, want at most %d", n, publicWeight)
	}
}
