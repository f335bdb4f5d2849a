package touch

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/lexicon"
)

// paper is a server of a feed.
type paper struct {
	*httptest.Server
	asked, same atomic.Int64
	// doc is what it serves; answer does something else, if set.
	doc    atomic.Value
	answer atomic.Pointer[http.HandlerFunc]
}

func newPaper(t *testing.T) *paper {
	p := &paper{}
	p.doc.Store("")
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		if do := p.answer.Load(); do != nil {
			(*do)(w, r)
			return
		}
		doc := p.doc.Load().(string)
		etag := fmt.Sprintf("%q", fmt.Sprint(len(doc)))
		if r.Header.Get("If-None-Match") == etag {
			p.same.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", etag)
		fmt.Fprint(w, doc)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *paper) does(do http.HandlerFunc) { p.answer.Store(&do) }

func (p *paper) prints(items ...string) {
	p.doc.Store(`<rss version="2.0"><channel><title>Paper</title>` + strings.Join(items, "") + `</channel></rss>`)
	p.answer.Store(nil)
}

func item(guid, title, text string, at time.Time) string {
	return fmt.Sprintf("<item><guid>%s</guid><title>%s</title><description>%s</description><link>https://example.com/%s</link><pubDate>%s</pubDate></item>", guid, title, text, guid, at.Format(time.RFC1123Z))
}

// watches adds a feed of the paper; the test's own network is allowed.
func (w *town) watches(p *paper, spec FeedSpec) *Feed {
	w.Helper()
	w.fetcher = newFetcher(true)
	spec.Address, spec.Minutes = p.URL+"/feed?"+spec.Name, 60
	f, err := w.CreateFeed(w.Context(), system, w.Programme.ID, spec)
	w.OK(err)
	return f
}

// looks has the feed read and returns it with its mentions, the newest first.
func (w *town) looks(f *Feed) (*Feed, []*Mention) {
	w.Helper()
	w.OK(w.ReadFeeds(w.Context()))
	f, err := w.Feed(w.Context(), system, w.Programme.ID, f.ID)
	w.OK(err)
	list, err := w.Mentions(w.Context(), system, MentionQuery{ProgrammeID: w.Programme.ID, FeedID: f.ID, Limit: 100})
	w.OK(err)
	return f, list
}

func (w *town) alarm() Alarm {
	w.Helper()
	a, err := Alarms(w.Context(), w.DB.Reader(), w.Programme.ID, w.Now())
	w.OK(err)
	return a
}

// TestAFeedIsWatched: the words are found once, however often the feed is read.
func TestAFeedIsWatched(t *testing.T) {
	each(t, func(w *town) {
		p := newPaper(w.T)
		p.prints(
			item("1", "Corner is terrible", "Never again.", w.Now().Add(-time.Hour)),
			item("2", "Something else", "Nothing of us", w.Now().Add(-2*time.Hour)),
			item("3", "A new CORNER opens in Leeds", "On Monday", w.Now().Add(-30*24*time.Hour)))
		f := w.watches(p, FeedSpec{Words: []string{"Corner"}})
		f, list := w.looks(f)
		if len(list) != 2 || list[0].Title != "Corner is terrible" || list[0].Suggested != lexicon.Negative || list[0].State != MentionNew || list[0].Link != "https://example.com/1" || list[1].Suggested != lexicon.Neutral {
			w.Fatalf("%+v", list)
		}
		if !f.Read.Equal(w.Now()) || !f.Next.Equal(w.Now().Add(time.Hour)) || f.Name != "127.0.0.1" {
			w.Errorf("%+v", f)
		}
		if _, list = w.looks(f); p.asked.Load() != 1 || len(list) != 2 {
			w.Errorf("it was asked %d times before it was due", p.asked.Load())
		}
		w.Set(w.Now().Add(time.Hour))
		if _, list = w.looks(f); p.same.Load() != 1 || len(list) != 2 {
			w.Errorf("asked %d times, unchanged %d times, %d mentions", p.asked.Load(), p.same.Load(), len(list))
		}
		p.prints(item("1", "Corner is terrible, edited", "", w.Now()), item("4", "Corner again", "Good tea", w.Now()), item("4", "Corner again", "", w.Now()))
		w.Set(w.Now().Add(time.Hour))
		if _, list = w.looks(f); len(list) != 3 || list[0].Title != "Corner again" || list[1].Title != "Corner is terrible" {
			w.Errorf("%d mentions: %+v", len(list), list)
		}
		if got := w.alarm(); got != (Alarm{Negative: 1}) {
			w.Errorf("%+v", got)
		}
		w.sound()
	})
}

// TestAFeedThatCannotBeReadSaysWhy goes through what servers do.
func TestAFeedThatCannotBeReadSaysWhy(t *testing.T) {
	each(t, func(w *town) {
		p := newPaper(w.T)
		f := w.watches(p, FeedSpec{})
		for what, do := range map[FeedFailure]http.HandlerFunc{
			FeedStatus:      func(r http.ResponseWriter, _ *http.Request) { r.WriteHeader(http.StatusTeapot) },
			FeedUnreadable:  func(r http.ResponseWriter, _ *http.Request) { fmt.Fprint(r, "<rss><channel><item>") },
			FeedLarge:       func(r http.ResponseWriter, _ *http.Request) { fmt.Fprint(r, strings.Repeat(" ", feedBytes+1)) },
			FeedRedirects:   func(r http.ResponseWriter, q *http.Request) { http.Redirect(r, q, "/again", http.StatusFound) },
			FeedUnreachable: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		} {
			p.does(do)
			w.Set(w.Now().Add(48 * time.Hour))
			got, list := w.looks(f)
			if got.Failure != what || len(list) != 0 || !got.Next.After(w.Now()) || got.Text().Key != "touch.feed_failure."+string(what) {
				w.Errorf("%s: %+v", what, got)
			}
			if what == FeedStatus && got.Detail != "418" {
				w.Errorf("%+v", got)
			}
		}
		if got := w.alarm(); got.Failing != 1 {
			w.Errorf("%+v", got)
		}
		p.does(func(r http.ResponseWriter, _ *http.Request) { // a bomb, small as it comes
			r.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(r)
			defer func() { _ = z.Close() }()
			for range 8 {
				_, _ = z.Write(make([]byte, 1<<20))
			}
		})
		w.Set(w.Now().Add(48 * time.Hour))
		if got, _ := w.looks(f); got.Failure != FeedLarge {
			w.Errorf("%+v", got)
		}
		p.prints(item("1", "Corner", "", w.Now()))
		got, err := w.ReadSoon(w.Context(), system, w.Programme.ID, f.ID)
		w.OK(err)
		if got, list := w.looks(got); got.Failure != "" || got.Failures != 0 || len(list) != 1 {
			w.Errorf("%+v", got)
		}
		w.sound()
	})
}

// TestAFeedDoesNotLeadInside: neither its address nor a redirect may lead into
// the network that the server stands in.
func TestAFeedDoesNotLeadInside(t *testing.T) {
	each(t, func(w *town) {
		p := newPaper(w.T)
		p.prints(item("1", "Secret", "", w.Now()))
		f := w.watches(p, FeedSpec{})
		w.fetcher = newFetcher(false)
		for _, address := range []string{p.URL, strings.Replace(p.URL, "127.0.0.1", "localhost", 1), strings.Replace(p.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1), "http://169.254.169.254/latest/meta-data/"} {
			_, err := w.UpdateFeed(w.Context(), system, w.Programme.ID, f.ID, FeedSpec{Address: address, Minutes: 60})
			w.OK(err)
			if got, list := w.looks(f); got.Failure != FeedPrivate || len(list) != 0 {
				w.Errorf("%s: %q %q, %d mentions", address, got.Failure, got.Detail, len(list))
			}
		}
		if p.asked.Load() != 0 {
			w.Errorf("the server inside was asked %d times", p.asked.Load())
		}
	})
}

// TestWhatIsDoneAboutAMention: each way leaves its trace, and none takes it
// away.
func TestWhatIsDoneAboutAMention(t *testing.T) {
	each(t, func(w *town) {
		p := newPaper(w.T)
		p.prints(item("1", "Corner, awful", "", w.Now()), item("2", "Corner spam", "", w.Now()), item("3", "Corner, lovely", "Good tea", w.Now()))
		_, list := w.looks(w.watches(p, FeedSpec{Words: []string{"corner"}, Burst: 3}))
		by := map[string]id.ID{}
		for _, m := range list {
			by[m.Title] = m.ID
		}
		at := w.Programme.ID
		if got := w.alarm(); got != (Alarm{Negative: 1, Bursts: 1}) {
			w.Errorf("%+v", got)
		}
		_, err := w.AnswerMention(w.Context(), system, at, by["Corner, awful"], "javascript:alert(1)")
		w.Refuses(err, "mention_answer")
		m, err := w.AnswerMention(w.Context(), system, at, by["Corner, awful"], "https://example.com/1#answer")
		w.OK(err)
		if m.State != MentionAnswered || m.Settled.IsZero() || m.SettledBy != "system:test" {
			w.Errorf("%+v", m)
		}
		if got := w.alarm(); got != (Alarm{}) {
			w.Errorf("%+v", got)
		}
		_, err = w.SetAside(w.Context(), system, at, by["Corner spam"], " ")
		w.Refuses(err, "mention_why")
		m, err = w.SetAside(w.Context(), system, at, by["Corner spam"], "Another corner")
		w.OK(err)
		if m.State != MentionAside || m.Why != "Another corner" {
			w.Errorf("%+v", m)
		}
		_, err = w.MakeReview(w.Context(), system, at, by["Corner, lovely"], "nowhere", 5)
		w.Refuses(err, "review_platform")
		for range 2 {
			if m, err = w.MakeReview(w.Context(), system, at, by["Corner, lovely"], OwnPage, 5); err != nil {
				w.Fatal(err)
			}
		}
		r, err := w.Review(w.Context(), system, at, m.ReviewID)
		w.OK(err)
		if r.Text != "Corner, lovely\n\nGood tea" || r.Rating != 5 || m.State != MentionReview {
			w.Errorf("%+v", r)
		}
		_, err = w.SetAside(w.Context(), system, at, m.ID, "x")
		w.Refuses(err, "mention_is_review")
		_, err = w.SetTone(w.Context(), system, at, m.ID, lexicon.Unsure)
		w.Refuses(err, "mention_tone")
		m, err = w.SetTone(w.Context(), system, at, m.ID, lexicon.Negative)
		w.OK(err)
		if m.Meant() != lexicon.Negative || m.Suggested != lexicon.Positive {
			w.Errorf("%+v", m)
		}
		for query, want := range map[MentionQuery]int{{}: 3, {State: MentionAside}: 1, {Tone: lexicon.Negative}: 2, {Tone: lexicon.Positive}: 0} {
			query.ProgrammeID, query.Limit = at, 10
			if list, err = w.Mentions(w.Context(), system, query); err != nil || len(list) != want {
				w.Errorf("%+v: %d, %v", query, len(list), err)
			}
		}
		w.sound()
	})
}

// TestAMentionOfAMemberIsForgottenWithThem: what staff bound to a person is
// exported with them, and loses its words with them; it does not come back.
func TestAMentionOfAMemberIsForgottenWithThem(t *testing.T) {
	each(t, func(w *town) {
		p := newPaper(w.T)
		p.prints(item("anna", "Corner by Anna Wiśniewska", "My words", w.Now()))
		f := w.watches(p, FeedSpec{})
		f, list := w.looks(f)
		m := w.Joins()
		_, err := w.BindMention(w.Context(), system, w.Programme.ID, list[0].ID, id.ID(12345))
		w.Refuses(err, "unknown_member")
		_, err = w.BindMention(w.Context(), system, w.Programme.ID, list[0].ID, m)
		w.OK(err)
		_, err = w.MakeReview(w.Context(), system, w.Programme.ID, list[0].ID, OwnPage, 0)
		w.OK(err)
		found, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{m})
		w.OK(err)
		if text, _ := json.Marshal(found); !strings.Contains(string(text), "My words") {
			w.Errorf("the export of the person holds %s", text)
		}
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			return Room().Erase(w.Context(), tx, w.Programme.ID, []id.ID{m})
		}))
		_, err = w.ReadSoon(w.Context(), system, w.Programme.ID, f.ID)
		w.OK(err)
		_, list = w.looks(f)
		r, err := w.Review(w.Context(), system, w.Programme.ID, list[0].ReviewID)
		w.OK(err)
		if len(list) != 1 || !list[0].Erased || list[0].Title+list[0].Excerpt+list[0].Link+list[0].Author+r.Text != "" {
			w.Errorf("%+v %+v", list[0], r)
		}
		w.sound()
	})
}

// TestFeedsHaveLimitsAndPermissions: no two alike, and nobody without leave.
func TestFeedsHaveLimitsAndPermissions(t *testing.T) {
	each(t, func(w *town) {
		f := w.watches(newPaper(w.T), FeedSpec{Paused: true})
		_, err := w.CreateFeed(w.Context(), system, w.Programme.ID, f.FeedSpec)
		w.Refuses(err, "feed_twice")
		reader := auth.Actor{Kind: auth.KindKey, ID: 1, ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{auth.TouchRead.Scope()}}
		_, err = w.ReadSoon(w.Context(), reader, w.Programme.ID, f.ID)
		w.Refuses(err, "not_permitted")
		_, err = w.Feeds(w.Context(), auth.Actor{Kind: auth.KindKey, ID: 1, ProgrammeID: w.Programme.ID}, w.Programme.ID)
		w.Refuses(err, "not_permitted")
		if f, _ = w.looks(f); !f.Read.IsZero() {
			w.Error("a paused feed was read")
		}
		for i := range MaxFeeds {
			_, err = w.CreateFeed(w.Context(), system, w.Programme.ID, FeedSpec{Address: fmt.Sprintf("https://example.com/%d", i), Minutes: 60, Paused: true})
		}
		w.Refuses(err, "feeds_many")
	})
}
