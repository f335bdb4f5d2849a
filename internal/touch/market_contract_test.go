package touch

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"regulars/internal/jobs"
)

// shelf is a business at Yandex Market, as the description of its partner API
// says: pages of at most 50 reviews in the order of publication, spans of at most
// six months, a key in a header, 420 for who asks too often, and comments of 1 to
// 4096 letters that are added without an id and changed with one.
type shelf struct {
	t        *testing.T
	reviews  int
	comments map[int64]string // by the review
	begun    time.Time

	mu    sync.Mutex
	key   string
	fails []int // what it answers next; 0 is what was asked
}

func (s *shelf) ServeHTTP(a http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.Header().Set("Content-Type", "application/json")
	status := 0
	if len(s.fails) > 0 {
		status, s.fails = s.fails[0], s.fails[1:]
	}
	if r.Header.Get("Api-Key") != s.key {
		status = http.StatusUnauthorized
	}
	var result any
	if status == 0 {
		switch r.Method + " " + r.URL.Path {
		case "POST /v2/businesses/42/goods-feedback":
			result, status = s.page(r)
		case "POST /v2/businesses/42/goods-feedback/comments":
			result, status = s.thread(r)
		case "POST /v2/businesses/42/goods-feedback/comments/update":
			result, status = s.comment(r)
		default:
			s.t.Errorf("asked for %s %s", r.Method, r.URL.Path)
			status = http.StatusNotFound
		}
	}
	answer := map[string]any{"status": "OK", "result": result}
	if status != http.StatusOK {
		code := map[int]string{400: "BAD_REQUEST", 401: "UNAUTHORIZED", 404: "NOT_FOUND", 420: "LIMIT_EXCEEDED", 500: "INTERNAL_ERROR"}[status]
		answer = map[string]any{"status": "ERROR", "errors": []any{map[string]any{"code": code, "message": "said in words"}}}
	}
	a.WriteHeader(status)
	_ = json.NewEncoder(a).Encode(answer)
}

func (s *shelf) page(r *http.Request) (any, int) {
	var ask struct {
		From time.Time `json:"dateTimeFrom"`
		To   time.Time `json:"dateTimeTo"`
	}
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if json.NewDecoder(r.Body).Decode(&ask) != nil || err != nil || limit < 1 || limit > 50 || !ask.From.Before(ask.To) || ask.To.After(ask.From.AddDate(0, 6, 0)) {
		s.t.Errorf("asked for %q from %s to %s", r.URL.RawQuery, ask.From, ask.To)
		return nil, http.StatusBadRequest
	}
	first, _ := strconv.Atoi(r.URL.Query().Get("pageToken"))
	list, paging := []any{}, map[string]any{}
	for n := first + 1; n <= s.reviews; n++ {
		at := s.begun.Add(time.Duration(n) * time.Minute)
		if len(list) == limit {
			paging["nextPageToken"] = strconv.Itoa(n - 1)
			break
		}
		if at.After(ask.From) && at.Before(ask.To) {
			list = append(list, map[string]any{"feedbackId": n, "createdAt": at, "needReaction": true, "identifiers": map[string]any{"orderId": 1000 + n}, "statistics": map[string]any{"rating": 4, "commentsCount": 0}})
		}
	}
	return map[string]any{"feedbacks": list, "paging": paging}, http.StatusOK
}

func (s *shelf) thread(r *http.Request) (any, int) {
	var ask struct {
		Review int64 `json:"feedbackId"`
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil || r.URL.Query().Get("limit") != "50" {
		return nil, http.StatusBadRequest
	}
	if ask.Review < 1 || ask.Review > int64(s.reviews) {
		return nil, http.StatusNotFound
	}
	list := []any{}
	if text, known := s.comments[ask.Review]; known {
		list = append(list, map[string]any{"id": 900 + ask.Review, "text": text, "canModify": true, "author": map[string]any{"type": "BUSINESS"}, "status": "PUBLISHED", "feedbackId": ask.Review})
	}
	return map[string]any{"comments": list}, http.StatusOK
}

func (s *shelf) comment(r *http.Request) (any, int) {
	var ask struct {
		Review  int64 `json:"feedbackId"`
		Comment struct {
			ID   int64  `json:"id"`
			Text string `json:"text"`
		} `json:"comment"`
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil || ask.Comment.Text == "" || utf8.RuneCountInString(ask.Comment.Text) > 4096 {
		return nil, http.StatusBadRequest
	}
	_, known := s.comments[ask.Review]
	if ask.Review < 1 || ask.Review > int64(s.reviews) || ask.Comment.ID != 0 && !known {
		return nil, http.StatusNotFound
	}
	if known && ask.Comment.ID != 900+ask.Review {
		s.t.Errorf("review %d is answered a second time", ask.Review)
	}
	s.comments[ask.Review] = ask.Comment.Text
	return map[string]any{"id": 900 + ask.Review, "text": ask.Comment.Text, "status": "PUBLISHED", "feedbackId": ask.Review}, http.StatusOK
}

// TestYandexMarketByItsContract fetches more than a page through limits and
// failures, and brings answers there, once, as soon as the API takes them.
func TestYandexMarketByItsContract(t *testing.T) {
	each(t, func(w *town) {
		s := &shelf{t: w.T, reviews: 120, comments: map[int64]string{}, begun: w.Now().AddDate(0, 0, -3), key: "secret", fails: []int{0, 420}}
		server := httptest.NewServer(s)
		defer server.Close()
		w.Market = server.URL
		w.OK(w.SetMarket(w.Context(), system, w.Programme.ID, "42", "secret"))
		fetched := func(want int, failure string) []*Review {
			w.Helper()
			list, err := w.Reviews(w.Context(), system, Query{ProgrammeID: w.Programme.ID, Limit: 200})
			w.OK(err)
			src, err := w.Sources(w.Context(), system, w.Programme.ID)
			w.OK(err)
			if len(list) != want || !strings.Contains(src[0].Failure, failure) || (failure == "") != (src[0].Failure == "") || src[0].ReadTo.IsZero() != (failure != "" && want < s.reviews) {
				w.Fatalf("%d reviews, want %d; the source says %+v", len(list), want, src[0])
			}
			return list
		}
		if err := w.Poll(w.Context()); err == nil {
			w.Error("the limit is not told")
		}
		fetched(50, "too often")
		w.OK(w.Poll(w.Context()))
		w.OK(w.Poll(w.Context()))
		list := fetched(120, "")
		if list[0].Order == "" || list[0].Rating != 4 {
			w.Errorf("fetched %+v", list[0])
		}
		no, _ := strconv.ParseInt(list[0].ExternalID, 10, 64)
		brings := func(r *Review) (again, never bool) {
			payload, err := json.Marshal(answerRef{w.Programme.ID, r.ID})
			w.OK(err)
			err = w.Bring(w.Context(), &jobs.Job{Kind: AnswerJob, Payload: payload, Attempt: 1, MaxAttempts: 3})
			never = err != nil && reflect.TypeOf(err) == reflect.TypeOf(jobs.Permanent(err))
			return err != nil && !never, never
		}
		for i, text := range []string{"Thank you", "Thank you very much"} { // the second changes the first
			s.fails = []int{500, 420}
			_, err := w.Service.Answer(w.Context(), system, w.Programme.ID, list[0].ID, text)
			w.OK(err)
			for _, want := range []bool{true, true, false} {
				if again, never := brings(list[0]); again != want || never {
					w.Errorf("answer %d: again %t, never %t", i, again, never)
				}
			}
			if s.comments[no] != text || len(s.comments) != 1 {
				w.Errorf("answer %d: the market has %v", i, s.comments)
			}
		}
		s.key = "another"
		if err := w.Poll(w.Context()); err == nil {
			w.Error("a key that is no longer good is not told")
		}
		fetched(120, "401 UNAUTHORIZED")
		s.key, s.reviews = "secret", 0 // the market took the review away: it is not asked again and again
		_, err := w.Service.Answer(w.Context(), system, w.Programme.ID, list[1].ID, "Gone")
		w.OK(err)
		if _, never := brings(list[1]); !never {
			w.Error("what is not there is answered again")
		}
	})
}
