package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"regulars/internal/jobs"
	"regulars/internal/touch"
)

// mentioned has a feed watched and read in which the shop stands, and returns
// the mention.
func (h *house) mentioned() string {
	h.t.Helper()
	paper := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><item><guid>1</guid><title>Corner Shop: &lt;script&gt;x&lt;/script&gt;awful</title><link>https://example.com/1</link></item><item><guid>2</guid><title>Weather</title></item></channel></rss>`)
	}))
	h.t.Cleanup(paper.Close)
	h.call("POST", "/v1/feeds", `{"address":"`+paper.URL+`","words":["corner shop"],"minutes":60,"burst":1}`).ok(201)
	must(h.t, h.config.Touch.ReadFeeds(h.t.Context()))
	list := as[page[mentionView]](h.call("GET", "/v1/mentions", "").ok(200))
	if len(list.Items) != 1 {
		h.t.Fatalf("found %+v", list.Items)
	}
	return list.Items[0].Mention
}

// mentions is the part of the story about what others write.
func mentions() []step {
	feed := `{"address":"https://feeds.example.com/corner.xml","name":"Town paper","words":["Corner Shop"],"minutes":60,"burst":5,"paused":true}`
	return []step{
		{op: "create-feed", method: "POST", path: "/v1/feeds", body: feed, status: 201, learn: map[string]string{"feed": "feed"}},
		{op: "create-feed", method: "POST", path: "/v1/feeds", body: feed, status: 409},
		{op: "create-feed", method: "POST", path: "/v1/feeds", body: `{"address":"file:///etc/passwd","minutes":60}`, status: 422},
		{op: "create-feed", method: "POST", path: "/v1/feeds", body: `{"address":"https://example.com/","minutes":1}`, status: 422, wrong: true},
		{op: "change-feed", method: "PUT", path: "/v1/feeds/$feed", body: feed, status: 200},
		{op: "read-feed", method: "POST", path: "/v1/feeds/$feed/read", status: 200},
		{op: "get-feed", method: "GET", path: "/v1/feeds/$feed", status: 200},
		{op: "get-feed", method: "GET", path: "/v1/feeds/fed_01h9x3k7q2v5n", status: 404},
		{op: "list-feeds", method: "GET", path: "/v1/feeds", status: 200},
		{op: "list-mentions", method: "GET", path: "/v1/mentions?state=new&tone=negative&limit=1", status: 200},
		{op: "list-mentions", method: "GET", path: "/v1/mentions?feed=$feed", status: 200},
		{op: "list-mentions", method: "GET", path: "/v1/mentions?tone=furious", status: 422},
		{op: "get-mention", method: "GET", path: "/v1/mentions/$mtn", status: 200},
		{op: "get-mention", method: "GET", path: "/v1/mentions/mtn_01h9x3k7q2v5n", status: 404},
		{op: "set-mention-tone", method: "PUT", path: "/v1/mentions/$mtn/tone", body: `{"tone":"neutral"}`, status: 200},
		{op: "set-mention-tone", method: "PUT", path: "/v1/mentions/$mtn/tone", body: `{"tone":"unsure"}`, status: 422, wrong: true},
		{op: "answer-mention", method: "POST", path: "/v1/mentions/$mtn/answer", body: `{"link":"https://example.com/1#2"}`, status: 200},
		{op: "answer-mention", method: "POST", path: "/v1/mentions/$mtn/answer", body: `{"link":"javascript:alert(1)"}`, status: 422},
		{op: "set-mention-aside", method: "POST", path: "/v1/mentions/$mtn/aside", body: `{"why":"Another corner"}`, status: 200},
		{op: "set-mention-aside", method: "POST", path: "/v1/mentions/$mtn/aside", body: `{"why":" "}`, status: 422},
		{op: "bind-mention", method: "PUT", path: "/v1/mentions/$mtn/member", body: `{"member":"$nina"}`, status: 200},
		{op: "bind-mention", method: "PUT", path: "/v1/mentions/$mtn/member", body: `{"member":"mem_01h9x3k7q2v5n"}`, status: 404},
		{op: "make-mention-a-review", method: "POST", path: "/v1/mentions/$mtn/review", body: `{"platform":"own","rating":2}`, status: 200},
		{op: "make-mention-a-review", method: "POST", path: "/v1/mentions/$mtn/review", body: `{"platform":"nowhere"}`, status: 422, wrong: true},
		{op: "set-mention-aside", method: "POST", path: "/v1/mentions/$mtn/aside", body: `{"why":"Too late"}`, status: 409},
	}
}

// TestAMentionIsBoundToItsAuthor: only then does it stand on their timeline.
func TestAMentionIsBoundToItsAuthor(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		n := h.mentioned()
		got := as[mentionView](h.call("GET", "/v1/mentions/"+n, "").ok(200))
		if got.Title != "Corner Shop: awful" || got.Suggested != "negative" || got.State != "new" || got.Link != "https://example.com/1" {
			t.Errorf("%+v", got)
		}
		m := as[memberView](h.call("POST", "/v1/members", `{"identities":[{"kind":"email","value":"nina@example.com"}]}`).ok(200)).ID
		at := "/v1/members/" + m + "/timeline"
		if text := h.call("GET", at, "").ok(200).text; strings.Contains(text, "mention_written") {
			t.Errorf("nobody said that it is theirs: %s", text)
		}
		h.call("PUT", "/v1/mentions/"+n+"/member", `{"member":"`+m+`"}`).ok(200)
		h.tells()
		if text := h.call("GET", at, "").ok(200).text; !strings.Contains(text, "custom.mention_written") {
			t.Errorf("%s", text)
		}
	})
}

// tells does the one job that puts a mention on a timeline.
func (h *house) tells() {
	h.t.Helper()
	r := jobs.NewRunner(h.d, h.clock.now, slog.New(slog.DiscardHandler))
	done := make(chan error, 1)
	r.Handle(touch.TellMentionJob, func(ctx context.Context, j *jobs.Job) error {
		err := h.config.Touch.TellMention(ctx, j)
		done <- err
		return err
	})
	ctx, stop := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	must(h.t, <-done)
	stop()
	must(h.t, <-ended)
}
