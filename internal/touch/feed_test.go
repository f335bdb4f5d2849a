package touch

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/fault"
)

func TestFeedSpec(t *testing.T) {
	for address, fits := range map[string]bool{
		"https://example.com/feed.xml": true, "http://example.com": true, " https://example.com/a?b=c ": true,
		"": false, "example.com/feed": false, "ftp://example.com/feed": false, "file:///etc/passwd": false, "https://": false, "javascript:alert(1)": false,
		"https://user:secret@example.com/": false, "https://example.com/" + strings.Repeat("x", 2000): false,
	} {
		s := FeedSpec{Address: address, Minutes: 60}
		if err := s.Check(); (err == nil) != fits {
			t.Errorf("%q: %v", address, err)
		}
	}
	good := func(change func(*FeedSpec)) error {
		s := FeedSpec{Address: "https://example.com/feed.xml", Words: []string{" Bean  Leaf "}, Minutes: 60, Burst: 5}
		change(&s)
		return s.Check()
	}
	for code, change := range map[string]func(*FeedSpec){
		"":             func(*FeedSpec) {},
		"feed_name":    func(s *FeedSpec) { s.Name = strings.Repeat("x", 101) },
		"feed_word":    func(s *FeedSpec) { s.Words = []string{"—"} },
		"feed_words":   func(s *FeedSpec) { s.Words = strings.Fields(strings.Repeat("a b ", 11)) },
		"feed_minutes": func(s *FeedSpec) { s.Minutes = 1 },
		"feed_burst":   func(s *FeedSpec) { s.Burst = -1 },
	} {
		got := ""
		if f := fault.As(good(change)); f != nil {
			got = f.Code
		}
		if got != code {
			t.Errorf("got %q, want %q", got, code)
		}
	}
}

// TestAFeedThatFailsIsLeftAlone: later each time, never sooner than its own
// time, never for longer than a day unless that is its own time.
func TestAFeedThatFailsIsLeftAlone(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := Feed{FeedSpec: FeedSpec{Minutes: 60}}
	for n, want := range []time.Duration{2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
		f.fails(FeedStatus, "500", now, 0)
		if got := f.Next.Sub(now); got != want || f.Failures != int64(n+1) {
			t.Errorf("after %d failures it waits %s, want %s", n+1, got, want)
		}
	}
	f.reads(now)
	if f.Failure != "" || f.Failures != 0 || f.Next.Sub(now) != time.Hour {
		t.Errorf("%+v", f)
	}
	f.fails(FeedStatus, "503", now, 10*time.Hour)
	if f.Next.Sub(now) != 10*time.Hour {
		t.Errorf("the server asked for ten hours, and gets %s", f.Next.Sub(now))
	}
	f.fails(FeedStatus, "503", now, 1000*time.Hour)
	if f.Next.Sub(now) != 24*time.Hour {
		t.Errorf("the server asked for weeks, and gets %s", f.Next.Sub(now))
	}
	f.Minutes = MaxMinutes
	f.fails(FeedStatus, "500", now, 0)
	if f.Next.Sub(now) != 7*24*time.Hour {
		t.Errorf("a weekly feed waits %s", f.Next.Sub(now))
	}
}

// TestEntries reads the three kinds, and what strangers may put into them.
func TestEntries(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	read := func(doc string) []Entry {
		t.Helper()
		list, err := readEntries([]byte(doc), now)
		if err != nil {
			t.Fatalf("%.80q: %v", doc, err)
		}
		return list
	}
	rss := read(`<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel><title>Blog</title>
		<item><title>Tea &amp; &lt;script&gt;alert(1)&lt;/script&gt; time &b;</title><guid>1</guid><link>javascript:alert(1)</link><author>ann@example.com (Ann)</author>
			<description><![CDATA[<p>Good <b>tea</b></p><img src=x onerror=alert(1)><script>bad()</script>]]></description><pubDate>Sun, 01 Mar 2026 09:00:00 GMT</pubDate></item>
		<item><title>Later</title><guid>2</guid><link>https://example.com/2</link><pubDate>Sun, 01 Mar 2099 09:00:00 GMT</pubDate></item>
		<item><title></title><guid>3</guid></item></channel></rss>`)
	if len(rss) != 2 || rss[0].Title != "Tea & time &b;" || rss[0].Excerpt != "Good tea" || rss[0].Link != "" || rss[0].Author != "Ann" || !rss[0].Published.Equal(now.Add(-3*time.Hour)) {
		t.Errorf("%+v", rss)
	}
	if !rss[1].Published.Equal(now) || rss[1].Link != "https://example.com/2" {
		t.Errorf("a date that has not come yet is that of the look: %+v", rss[1])
	}
	atom := read(`<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><entry><id>urn:1</id><title type="html">&lt;b&gt;Zażółć&lt;/b&gt;</title>
		<link href="https://example.com/1"/><updated>2026-03-01T10:00:00Z</updated><summary>Short</summary><content type="html">&lt;p&gt;Longer words&lt;/p&gt;</content></entry></feed>`)
	if len(atom) != 1 || atom[0].Title != "Zażółć" || atom[0].Excerpt != "Longer words" || atom[0].Link != "https://example.com/1" {
		t.Errorf("%+v", atom)
	}
	json := read(`{"version":"https://jsonfeed.org/version/1.1","title":"Blog","items":[{"id":"a","title":"Чай","content_text":"Вкусный чай","url":"https://example.com/a","date_published":"2026-02-01T10:00:00Z"}]}`)
	if len(json) != 1 || json[0].Title != "Чай" || json[0].Excerpt != "Вкусный чай" {
		t.Errorf("%+v", json)
	}
	legacy := read("<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss version=\"2.0\"><channel><item><title>\xd7\xe0\xe9</title><guid>1</guid></item></channel></rss>")
	if len(legacy) != 1 || legacy[0].Title != "Чай" {
		t.Errorf("%+v", legacy)
	}
	long := read(`<rss version="2.0"><channel><item><title>` + strings.Repeat("ы", 5000) + `</title><guid>` + strings.Repeat("g", 5000) + `</guid></item></channel></rss>`)
	if len([]rune(long[0].Title)) != maxTitle || len(long[0].GUID) != 64 {
		t.Errorf("%d letters, %d of the name", len([]rune(long[0].Title)), len(long[0].GUID))
	}
	for _, doc := range []string{"", "hello", "<html><body>no feed</body></html>", "<rss><channel><item>", "{}", "[[[[", "\x00\x01"} {
		if list, err := readEntries([]byte(doc), now); err == nil && len(list) > 0 {
			t.Errorf("%q holds %+v", doc, list)
		}
	}
}

func TestDeep(t *testing.T) {
	for doc, want := range map[string]bool{
		"":                                   false,
		"<a><b/></a>":                        false,
		strings.Repeat("<a>", feedDepth+1):   true,
		strings.Repeat("<a/>", 10*feedDepth): false,
		strings.Repeat("<a></a>", feedDepth): false,
		"<![CDATA[" + strings.Repeat("<a>", feedDepth+1) + "]]>": false,
		"<!--" + strings.Repeat("<a>", feedDepth+1):              false,
		strings.Repeat("<a>", feedDepth+1) + "<":                 true,
	} {
		if got := deep([]byte(doc)); got != want {
			t.Errorf("%.20q…: %t", doc, got)
		}
	}
}

func FuzzEntries(f *testing.F) {
	f.Add(`<rss version="2.0"><channel><item><title>Tea</title></item></channel></rss>`)
	f.Add(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a","title":"x"}]}`)
	f.Add(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>t</title></entry></feed>`)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, doc string) {
		if deep([]byte(doc)) {
			return
		}
		list, _ := readEntries([]byte(doc), now)
		for _, e := range list {
			if e.Published.After(now) || strings.Contains(e.Title+e.Excerpt+e.Author, "\x00") || len([]rune(e.Title)) > maxTitle || e.Link != webLink(e.Link) {
				t.Fatalf("%+v", e)
			}
		}
	})
}
