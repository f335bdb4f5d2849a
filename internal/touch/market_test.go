package touch

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
	"regulars/internal/jobs"
)

// TestReviewsOfYandexMarket are fetched page by page with the payload of the
// partner API, once, and answers are brought there.
func TestReviewsOfYandexMarket(t *testing.T) {
	each(t, func(w *town) {
		var said string
		server := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			switch {
			case r.Header.Get("Api-Key") != "secret":
				a.WriteHeader(http.StatusUnauthorized)
			case r.URL.Path == "/v2/businesses/42/goods-feedback/comments/update":
				said = string(body)
				_, _ = io.WriteString(a, `{"status":"OK","result":{"id":77,"text":"x","status":"PUBLISHED","feedbackId":1}}`)
			case r.URL.Path == "/v2/businesses/42/goods-feedback/comments":
				_, _ = io.WriteString(a, `{"status":"OK","result":{"comments":[{"id":5,"text":"Thank you","canModify":false,"author":{"type":"USER","name":"Bob"},"status":"PUBLISHED","feedbackId":1}]}}`)
			case r.URL.Query().Get("pageToken") == "":
				_, _ = io.WriteString(a, `{"status":"OK","result":{"feedbacks":[{"feedbackId":1,"createdAt":"2024-05-02T14:30:30+03:00","needReaction":true,"identifiers":{"orderId":555,"offerId":"tea"},"author":"Anna","description":{"advantages":"fresh","comment":"fine"},"statistics":{"rating":5,"commentsCount":0}}],"paging":{"nextPageToken":"two"}}}`)
			default:
				_, _ = io.WriteString(a, `{"status":"OK","result":{"feedbacks":[{"feedbackId":2,"createdAt":"2024-05-02T14:30:30+03:00","needReaction":false,"identifiers":{},"author":"B\u0000ob \ud800","description":{"comment":"nul \u0000"},"statistics":{"rating":2,"commentsCount":0}}],"paging":{}}}`)
			}
		}))
		defer server.Close()
		w.Market = server.URL
		w.OK(w.SetMarket(t.Context(), system, w.Programme.ID, "42", "secret"))
		for range 2 {
			w.OK(w.Poll(t.Context()))
		}
		list, err := w.Reviews(t.Context(), system, Query{ProgrammeID: w.Programme.ID, Limit: 9})
		w.OK(err)
		if len(list) != 2 || list[1].Order != "555" || list[1].Text != "+ fresh\nfine" || list[1].State != Unanswered || list[0].State != NoneNeeded || list[0].Text != "nul" && list[0].Text != "nul " || list[0].Author != "Bob �" {
			t.Fatalf("fetched %+v", list)
		}
		_, err = w.Answer(t.Context(), system, w.Programme.ID, list[1].ID, "Thank you")
		w.OK(err)
		payload, _ := json.Marshal(answerRef{w.Programme.ID, list[1].ID})
		w.OK(w.Bring(t.Context(), &jobs.Job{Kind: AnswerJob, Payload: payload, Attempt: 1, MaxAttempts: 3}))
		if said != `{"comment":{"text":"Thank you"},"feedbackId":1}` {
			t.Errorf("said %s", said)
		}
	})
}

// FuzzMarket reads any page of reviews: one that is taken can be kept.
func FuzzMarket(f *testing.F) {
	f.Add(`[{"feedbackId":1,"createdAt":"2024-05-02T14:30:30+03:00","needReaction":true,"identifiers":{"orderId":555,"offerId":"tea"},"author":"Anna","description":{"advantages":"fresh","disadvantages":"dear","comment":"fine"},"statistics":{"rating":5}}]`)
	f.Add(`[{"feedbackId":-1,"createdAt":"0001-01-01T00:00:01Z","author":"\u0000\ud800","description":{"comment":" \u202e"},"statistics":{"rating":9}},null,{}]`)
	f.Add(`[{"feedbackId":9223372036854775807,"createdAt":"9999-12-31T23:59:59Z"}]`)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, doc string) {
		var page []feedback
		if json.Unmarshal([]byte(doc), &page) != nil {
			return
		}
		for i := range page {
			if s := page[i].seen(); s.Check(now) == nil {
				keepable(t, &s, now)
			}
		}
	})
}

// keepable wants a review that both databases take.
func keepable(t *testing.T, s *Seen, now time.Time) {
	t.Helper()
	all := s.ExternalID + s.Place + s.Order + s.Author + s.Text
	if !utf8.ValidString(all) || strings.Contains(all, "\x00") || s.ExternalID == "" || s.Rating < 0 || s.Rating > 5 || s.Occurred.Year() < earliest || s.Occurred.After(now.AddDate(0, 0, 1)) ||
		utf8.RuneCountInString(s.Text) > maxBody || utf8.RuneCountInString(s.Author) > maxAuthor || len(s.Place)+len(s.Order)+len(s.ExternalID) > 600 {
		t.Fatalf("%+v", s)
	}
}

// FuzzReviewFile reads any file of reviews: it ends, and what it takes can be
// kept.
func FuzzReviewFile(f *testing.F) {
	f.Add("platform,external_id,time,rating,text\ngoogle,1,2026-01-02,5,fine\n")
	f.Add("\ufeffplatform,external_id,time,place,rating,text,author,order\ngoogle,\"a\nb\",2026-01-02T10:00:00Z,p,,\x00,\xff,1\n")
	f.Add("platform;external_id;time\n")
	f.Add("time,external_id,platform,time\n0001-01-01,x,own,9999-12-31\n")
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, file string) {
		list, err := ReadCSV(strings.NewReader(file), time.UTC)
		if err != nil && fault.As(err) == nil || len(list) > MaxReviews {
			t.Fatalf("%d: %v", len(list), err)
		}
		for i := range list {
			if list[i].Check(now) == nil {
				keepable(t, &list[i], now)
			}
		}
	})
}

// FuzzCode reads whatever is scanned or typed: a code that fits is of our letters,
// and reading it again or as it is shown changes nothing.
func FuzzCode(f *testing.F) {
	for _, text := range []string{"abc-def-ghj", "HTTPS://EXAMPLE.COM/T/ABCDEFGHJ/", "/t//t/", "oil OIL 000", "\x00\xff/T/", "ɐɐɐ/t/", newCode(), "шесть"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code := NormaliseCode(text)
		if !utf8.ValidString(ShowCode(strings.ToValidUTF8(code, "?"))) {
			t.Fatalf("%q is shown as %q", code, ShowCode(code))
		}
		if CheckCode(code) == nil && (strings.Trim(code, checkcode.Letters) != "" || NormaliseCode(ShowCode(code)) != code || NormaliseCode(code) != code) {
			t.Fatalf("%q is read as %q", text, code)
		}
	})
}
