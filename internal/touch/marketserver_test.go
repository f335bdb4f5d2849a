package touch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"
)

// What the partner API of Yandex Market says of reviews of goods, by its OpenAPI
// description (yandex-market/yandex-market-partner-api at 1318e9b8).
const (
	partnerPage    = 25   // a page without a limit
	partnerLimit   = 50   // the most in a page
	partnerComment = 4096 // letters of a comment
	partnerMonths  = 6    // the longest span of dates
	partnerKey     = "ACMA:secret"
	partnerID      = 42
)

// partner behaves as the partner API is described to: it refuses what the
// description does not allow, and keeps what it was told.
type partner struct {
	*httptest.Server
	t        *testing.T
	now      func() time.Time
	reviews  []partnerReview
	comments map[int64]string
	// left is how many requests are still allowed; negative for any number.
	left int
	// broken is the status that is answered instead, unless it is 0.
	broken int
	asked  int
	// deaf lets the next comment be taken, and its reply be lost.
	deaf bool
	// others are comments that are not those of the business.
	others []map[string]any
}

type partnerReview struct {
	id      int64
	created time.Time
	rating  int
	order   int64
	react   bool
	words   map[string]string
}

func newPartner(t *testing.T, now func() time.Time) *partner {
	p := &partner{t: t, now: now, comments: map[int64]string{}, left: -1}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// writes adds reviews of an hour after one another, the last an hour ago.
func (p *partner) writes(n int) {
	for i := range n {
		id := int64(len(p.reviews) + 1)
		p.reviews = append(p.reviews, partnerReview{
			id: id, created: p.now().Add(-time.Duration(n-i) * time.Hour).Truncate(time.Second), rating: 1 + int(id)%5, order: 9000 + id, react: true,
			words: map[string]string{"comment": fmt.Sprint("review ", id)},
		})
	}
}

func (p *partner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked++
	body, err := io.ReadAll(r.Body)
	path := regexp.MustCompile(`^/v2/businesses/(\d+)/(goods-feedback(?:/comments(?:/update)?)?)$`).FindStringSubmatch(r.URL.Path)
	switch {
	case p.broken != 0:
		p.no(w, p.broken, "INTERNAL_ERROR")
	case p.left == 0:
		p.no(w, 420, "LIMIT_EXCEEDED")
	case r.Header.Get("Api-Key") != partnerKey:
		p.no(w, http.StatusUnauthorized, "UNAUTHORIZED")
	case path == nil:
		p.no(w, http.StatusNotFound, "NOT_FOUND")
	case path[1] != strconv.Itoa(partnerID):
		p.no(w, http.StatusForbidden, "FORBIDDEN")
	case err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json":
		p.no(w, http.StatusBadRequest, "BAD_REQUEST")
	case path[2] == "goods-feedback":
		p.left--
		p.list(w, r, body)
	case path[2] == "goods-feedback/comments":
		p.left--
		p.thread(w, r, body)
	default:
		p.left--
		p.comment(w, body)
	}
}

// thread gives a page of the comments on a review in the order in which they
// came: those of customers, of brands and of the business.
func (p *partner) thread(w http.ResponseWriter, r *http.Request, body []byte) {
	var asked struct {
		FeedbackID int64 `json:"feedbackId"`
	}
	size, err := strconv.Atoi(r.FormValue("limit"))
	at, bad := 0, err != nil || size < 1 || size > partnerLimit || strict(body, &asked) != nil
	if token := r.FormValue("pageToken"); token != "" {
		_, err := fmt.Sscanf(token, "after-%d", &at)
		bad = bad || err != nil
	}
	switch {
	case bad:
		p.no(w, http.StatusBadRequest, "BAD_REQUEST")
		return
	case !slices.ContainsFunc(p.reviews, func(r partnerReview) bool { return r.id == asked.FeedbackID }):
		p.no(w, http.StatusNotFound, "NOT_FOUND")
		return
	}
	list := slices.Clone(p.others)
	for _, id := range slices.Sorted(maps.Keys(p.comments)) {
		list = append(list, map[string]any{"id": id, "text": p.comments[id], "canModify": true, "author": map[string]string{"type": "BUSINESS", "name": "Tea"}, "status": "UNMODERATED", "feedbackId": asked.FeedbackID})
	}
	paging, page := map[string]any{}, list[min(at, len(list)):]
	if len(page) > size {
		page = page[:size]
		paging["nextPageToken"] = fmt.Sprint("after-", at+size)
	}
	p.yes(w, map[string]any{"comments": page, "paging": paging})
}

// list gives a page of the reviews between two dates, both left out, in the
// order in which they came.
func (p *partner) list(w http.ResponseWriter, r *http.Request, body []byte) {
	var asked struct {
		From time.Time `json:"dateTimeFrom"`
		To   time.Time `json:"dateTimeTo"`
	}
	size := partnerPage
	var err error
	if v := r.FormValue("limit"); v != "" {
		size, err = strconv.Atoi(v)
	}
	if err != nil || size < 1 || size > partnerLimit || strict(body, &asked) != nil || asked.From.IsZero() || asked.To.After(asked.From.AddDate(0, partnerMonths, 0)) {
		p.no(w, http.StatusBadRequest, "BAD_REQUEST")
		return
	}
	at := 0
	if token := r.FormValue("pageToken"); token != "" {
		if _, err := fmt.Sscanf(token, "after-%d", &at); err != nil {
			p.no(w, http.StatusBadRequest, "INVALID_PAGE_TOKEN")
			return
		}
	}
	found := slices.DeleteFunc(slices.Clone(p.reviews), func(r partnerReview) bool {
		return r.id <= int64(at) || !r.created.After(asked.From) || !r.created.Before(asked.To)
	})
	paging, page := map[string]any{}, []map[string]any{}
	if len(found) > size {
		found = found[:size]
		paging["nextPageToken"] = fmt.Sprint("after-", found[size-1].id)
	}
	for _, r := range found {
		one := map[string]any{
			"feedbackId": r.id, "createdAt": r.created.In(time.FixedZone("", 3*60*60)).Format(time.RFC3339), "needReaction": r.react,
			"identifiers": map[string]any{"orderId": r.order, "offerId": "tea"}, "author": "Анна", "statistics": map[string]any{"rating": r.rating, "commentsCount": 0, "recommended": true, "paidAmount": 0},
			"media": map[string]any{"photos": []string{"https://example.com/p.jpg"}, "videos": []string{}},
		}
		if r.words != nil {
			one["description"] = r.words
		}
		page = append(page, one)
	}
	p.yes(w, map[string]any{"feedbacks": page, "paging": paging})
}

// comment adds a comment to a review, or changes the one that is named; the
// review needs no reaction from then on.
func (p *partner) comment(w http.ResponseWriter, body []byte) {
	var said struct {
		FeedbackID int64 `json:"feedbackId"`
		Comment    struct {
			ID   *int64 `json:"id"`
			Text string `json:"text"`
		} `json:"comment"`
	}
	n := 0
	if err := strict(body, &said); err == nil {
		n = utf8.RuneCountInString(said.Comment.Text)
	}
	at := slices.IndexFunc(p.reviews, func(r partnerReview) bool { return r.id == said.FeedbackID })
	id := int64(len(p.comments) + 700)
	if said.Comment.ID != nil {
		id = *said.Comment.ID
	}
	_, there := p.comments[id]
	switch {
	case n < 1 || n > partnerComment:
		p.no(w, http.StatusBadRequest, "BAD_REQUEST")
	case at < 0 || said.Comment.ID != nil && !there:
		p.no(w, http.StatusNotFound, "NOT_FOUND")
	default:
		p.comments[id], p.reviews[at].react = said.Comment.Text, false
		if p.deaf {
			p.deaf = false
			panic(http.ErrAbortHandler)
		}
		p.yes(w, map[string]any{"id": id, "text": said.Comment.Text, "canModify": true, "status": "UNMODERATED", "feedbackId": said.FeedbackID})
	}
}

func strict(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func (p *partner) yes(w http.ResponseWriter, result any) {
	p.write(w, http.StatusOK, map[string]any{"status": "OK", "result": result})
}

func (p *partner) no(w http.ResponseWriter, status int, code string) {
	p.write(w, status, map[string]any{"status": "ERROR", "errors": []map[string]string{{"code": code, "message": "in words"}}})
}

func (p *partner) write(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		p.t.Error(err)
	}
}
