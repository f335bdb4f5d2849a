// Package webtest opens pages in a headless Chromium, takes pictures of them
// and measures what can be measured: nothing runs over the edge, every field
// has a label, text and fields keep the contrast of WCAG AA, the focus is
// seen, nothing jumps while it loads, the console is silent. It is for tests
// alone.
//
//	b := webtest.New(t, handler)
//	b.Open(t, webtest.Phone, "/members")
//	b.Check(t)              // every measure
//	b.Picture(t, "members") // kept by go test -artifacts -outputdir DIR
package webtest
