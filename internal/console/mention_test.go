package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/touch"
)

// paper serves a feed of these entries, each a title and a text.
func paper(t testing.TB, entries ...string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel>`)
		for i := 0; i < len(entries); i += 2 {
			fmt.Fprintf(w, `<item><guid>%d</guid><title>%s</title><description>%s</description><link>https://example.com/%d</link><author>Ann K.</author></item>`, i, entries[i], entries[i+1], i)
		}
		fmt.Fprint(w, `</channel></rss>`)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/feed"
}

// feedRead has a feed read and returns it with what was found.
func (w *town) feedRead(spec touch.FeedSpec) (*touch.Feed, []*touch.Mention) {
	w.t.Helper()
	f, err := w.console.Touch.CreateFeed(ctx, system, w.programme.ID, spec)
	check(w.t, err)
	check(w.t, w.console.Touch.ReadFeeds(ctx))
	list, err := w.console.Touch.Mentions(ctx, system, touch.MentionQuery{ProgrammeID: w.programme.ID, FeedID: f.ID, Limit: 50})
	check(w.t, err)
	return f, list
}

// TestMentions walks through the pages of feeds and mentions.
func TestMentions(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	w.buy(anna, 1, tea(20))
	b := w.as(auth.Manager)
	b.get("/p/bean/mentions").is(t, 200).shows(t, "No feed is watched yet")
	b.get("/p/bean/mentions/feeds").is(t, 200).shows(t, "Watch a feed")
	b.get("/p/bean/mentions/feeds/new").is(t, 200)
	b.post("/p/bean/mentions/feeds/new", "address", "ftp://example.com", "minutes", "60", "words", "Bean").is(t, 422).shows(t, "Write the whole address", "Bean")
	b.post("/p/bean/mentions/feeds/new", "address", "https://example.com", "minutes", "60", "words", "Bean\n—").is(t, 422).shows(t, "A word to watch has letters or digits")
	b.post("/p/bean/mentions/feeds/new", "address", "https://example.com", "minutes", "60", "burst", "many").is(t, 422).shows(t, "Write a number")
	b.post("/p/bean/mentions/feeds/new", "address", paper(t, "Bean, awful", "&lt;b&gt;Never&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;again", "Rain", "in Leeds"), "name", "Town paper", "minutes", "60", "words", "Bean", "burst", "1").is(t, 200)
	check(t, w.console.Touch.ReadFeeds(ctx))
	b.get("/p/bean/mentions/feeds").is(t, 200).shows(t, "Town paper", "Every hour")
	b.get("/p/bean/mentions").is(t, 200).shows(t, "1 new mention sounds negative.", "Many mentions at once in 1 feed", "Bean, awful", "Never again", "negative?").hides(t, "Rain", "script>x")
	b.get("/p/bean").is(t, 200).shows(t, "1 new mention sounds negative", "Many mentions at once")
	b.fragment("/p/bean/mentions?tone=positive").is(t, 200).hides(t, "Bean, awful")
	list, err := w.console.Touch.Mentions(ctx, system, touch.MentionQuery{ProgrammeID: w.programme.ID, Limit: 1})
	check(t, err)
	at := "/p/bean/mentions/" + list[0].ID.In(id.Mention)
	b.get(at).is(t, 200).shows(t, "Never again", "Open where it stands")
	b.post(at+"/tone", "tone", "neutral").is(t, 200).shows(t, "The tone is saved.")
	b.post(at+"/answer", "link", "here").is(t, 422).shows(t, "Write the address at which we answered")
	b.post(at+"/answer", "link", "https://example.com/0#1").is(t, 200).shows(t, "We answered on")
	b.post(at+"/aside", "why", "").is(t, 422)
	b.post(at+"/aside", "why", "Another bean").is(t, 200).shows(t, "Set aside: Another bean")
	b.post(at+"/member", "who", "nobody@example.com").is(t, 422)
	b.post(at+"/member", "who", "anna@example.com").is(t, 200).shows(t, "Anna Wiśniewska")
	b.post(at+"/member", "undo", "1").is(t, 200).hides(t, "Anna Wiśniewska")
	b.post(at+"/review", "platform", "own", "rating", "1").is(t, 200).shows(t, "See the review that it became")
	b.get(at).is(t, 200).hides(t, "Note the answer")
	b.get("/p/bean/mentions/"+id.ID(5).In(id.Mention)).is(t, 404)
}

// TestAFeedThatFailsSaysSo: at the feed, and after three times on the overview.
func TestAFeedThatFailsSaysSo(t *testing.T) {
	w := newTown(t)
	w.buy(w.join("Anna", "Wiśniewska", "anna@example.com"), 1, tea(20))
	b := w.as(auth.Manager)
	gone := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(gone.Close)
	f, _ := w.feedRead(touch.FeedSpec{Address: gone.URL, Minutes: 60})
	at := "/p/bean/mentions/feeds/" + f.ID.In(id.Feed)
	b.get(at).is(t, 200).shows(t, "Could not be read", "The server answered 404 and no feed.")
	for range 2 {
		b.post(at+"/read").is(t, 200).shows(t, "read within a minute")
		check(t, w.console.Touch.ReadFeeds(ctx))
	}
	b.get("/p/bean").is(t, 200).shows(t, "1 feed cannot be read")
	b.post(at+"/save", "address", f.Address, "minutes", "60", "paused", "on").is(t, 200)
	b.get("/p/bean/mentions/feeds").is(t, 200).shows(t, "Paused")
}

// mentioned adds feeds and mentions to a town that is looked at, and returns
// their pages.
func (w *listening) mentioned() map[string]string {
	w.t.Helper()
	f, list := w.feedRead(touch.FeedSpec{
		Address: paper(w.t, "Bean &amp; Leaf: ужасно, больше не приду "+longWord, strings.Repeat("Обманули и нахамили. ", 40), "Świetna herbata w Bean &amp; Leaf", "Polecam!", "Bean &amp; Leaf opens in Leeds", "On Monday"),
		Name:    "Городская газета " + longWord, Words: []string{"Bean & Leaf", "Бин и Лиф"}, Minutes: 60, Burst: 2,
	})
	broken, _ := w.feedRead(touch.FeedSpec{Address: "http://127.0.0.1:1/feed", Name: "Gone", Minutes: 1440})
	bad := list[0]
	for _, m := range list {
		if m.Suggested == "negative" {
			bad = m
		}
	}
	return map[string]string{
		"mentions": "/p/bean/mentions", "mentions-none": "/p/bean/mentions?tone=unsure", "mention": "/p/bean/mentions/" + bad.ID.In(id.Mention), "feeds": "/p/bean/mentions/feeds",
		"feed": "/p/bean/mentions/feeds/" + f.ID.In(id.Feed), "feed-broken": "/p/bean/mentions/feeds/" + broken.ID.In(id.Feed), "feed-new": "/p/bean/mentions/feeds/new",
	}
}

// TestMentionsInTheBrowser opens the pages of feeds and mentions, full and
// empty.
func TestMentionsInTheBrowser(t *testing.T) {
	w := newListening(t)
	b := browse(t, w.console.Handler())
	walk(t, b, map[string]string{"no-mentions": "/p/bean/mentions", "no-feeds": "/p/bean/mentions/feeds"})
	walk(t, b, w.mentioned())
}
