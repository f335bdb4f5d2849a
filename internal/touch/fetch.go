package touch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"regulars/internal/reach"
)

const (
	feedTimeout   = 20 * time.Second
	feedRedirects = 5
	// feedBytes bounds a feed, unpacked.
	feedBytes = 2 << 20
	feedDepth = 500 // of elements within each other
)

// brokenFeed is why a feed could not be read, as its page shows it.
type brokenFeed struct {
	what   FeedFailure
	detail string
	// wait is how long the server asks to be left alone.
	wait time.Duration
	err  error
}

// Error says it for the log.
func (b *brokenFeed) Error() string {
	return "reading a feed: " + string(b.what) + " " + b.detail
}

// Unwrap returns the cause.
func (b *brokenFeed) Unwrap() error { return b.err }

var errRedirects = errors.New("the address leads on too often")

// newFetcher returns what fetches feeds. Each address is checked when it is
// dialled, after names were resolved and at every redirect, so that neither a
// name nor a redirect leads into the network that the server stands in. No
// proxy of the environment is used, since it would dial for us.
func newFetcher(private bool) *http.Client {
	dialer := &net.Dialer{Timeout: feedTimeout / 2}
	if !private {
		dialer.Control = reach.Control
	}
	return &http.Client{
		Timeout: feedTimeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: feedTimeout / 2, ResponseHeaderTimeout: feedTimeout / 2, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > feedRedirects || r.URL.Scheme != "http" && r.URL.Scheme != "https" || r.URL.User != nil {
				return errRedirects
			}
			return nil
		},
	}
}

// answered is what the server of a feed sent.
type answered struct {
	body           []byte
	etag, modified string
	// same says that nothing has changed since the last look.
	same bool
}

// ask fetches a feed, unless it is still what it was.
func ask(ctx context.Context, client *http.Client, f *Feed, now time.Time) (answered, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.Address, nil)
	if err != nil {
		return answered{}, &brokenFeed{what: FeedUnreachable, err: err}
	}
	r.Header.Set("User-Agent", "Regulars feed reader")
	r.Header.Set("Accept", "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1")
	if f.etag != "" {
		r.Header.Set("If-None-Match", f.etag)
	}
	if f.modified != "" {
		r.Header.Set("If-Modified-Since", f.modified)
	}
	reply, err := client.Do(r)
	switch {
	case errors.Is(err, reach.ErrPrivate):
		return answered{}, &brokenFeed{what: FeedPrivate, err: err}
	case errors.Is(err, errRedirects):
		return answered{}, &brokenFeed{what: FeedRedirects, err: err}
	case err != nil:
		return answered{}, &brokenFeed{what: FeedUnreachable, err: err}
	}
	defer func() { _ = reply.Body.Close() }()
	switch {
	case reply.StatusCode == http.StatusNotModified && (f.etag != "" || f.modified != ""):
		return answered{same: true, etag: f.etag, modified: f.modified}, nil
	case reply.StatusCode != http.StatusOK:
		return answered{}, &brokenFeed{what: FeedStatus, detail: strconv.Itoa(reply.StatusCode), wait: retryAfter(reply.Header.Get("Retry-After"), now)}
	}
	a := answered{etag: header(reply, "ETag"), modified: header(reply, "Last-Modified")}
	if a.body, err = io.ReadAll(io.LimitReader(reply.Body, feedBytes+1)); err != nil {
		return answered{}, &brokenFeed{what: FeedUnreachable, err: err}
	}
	if len(a.body) > feedBytes {
		return answered{}, &brokenFeed{what: FeedLarge, detail: strconv.Itoa(feedBytes >> 20)}
	}
	if deep(a.body) {
		return answered{}, &brokenFeed{what: FeedUnreadable}
	}
	return a, nil
}

// header returns a header that is short enough to be kept and sent again.
func header(r *http.Response, name string) string {
	if v := r.Header.Get(name); len(v) <= 500 {
		return v
	}
	return ""
}

// retryAfter reads how long a server asks to be left alone, in seconds or until
// a date.
func retryAfter(v string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(v, 10, 32); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// deep reports whether elements stand within each other deeper than any feed
// needs, which would cost a parser dearly. What is quoted does not count.
func deep(doc []byte) bool {
	open := 0
	for len(doc) > 0 {
		i := bytes.IndexByte(doc, '<')
		if i < 0 || i+1 >= len(doc) {
			return false
		}
		doc = doc[i:]
		end := byte('>')
		switch {
		case bytes.HasPrefix(doc, []byte("<![CDATA[")):
			_, doc, _ = bytes.Cut(doc, []byte("]]>"))
			continue
		case bytes.HasPrefix(doc, []byte("<!--")):
			_, doc, _ = bytes.Cut(doc, []byte("-->"))
			continue
		case doc[1] == '/':
			open--
		case doc[1] != '!' && doc[1] != '?':
			open++
		}
		j := bytes.IndexByte(doc, end)
		if j < 0 {
			return open > feedDepth
		}
		if doc[j-1] == '/' {
			open--
		}
		if open > feedDepth {
			return true
		}
		doc = doc[j+1:]
	}
	return false
}
