package touch

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

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
			case r.URL.Query().Get("pageToken") == "":
				_, _ = io.WriteString(a, `{"status":"OK","result":{"feedbacks":[{"feedbackId":1,"createdAt":"2024-05-02T14:30:30+03:00","needReaction":true,"identifiers":{"orderId":555,"offerId":"tea"},"author":"Anna","description":{"advantages":"fresh","comment":"fine"},"statistics":{"rating":5,"commentsCount":0}}],"paging":{"nextPageToken":"two"}}}`)
			default:
				_, _ = io.WriteString(a, `{"status":"OK","result":{"feedbacks":[{"feedbackId":2,"createdAt":"2024-05-02T14:30:30+03:00","needReaction":false,"identifiers":{},"statistics":{"rating":2,"commentsCount":0}}],"paging":{}}}`)
			}
		}))
		defer server.Close()
		w.Market = server.URL
		w.ok(w.SetMarket(t.Context(), system, w.programme.ID, "42", "secret"))
		for range 2 {
			w.ok(w.Poll(t.Context()))
		}
		list, err := w.Reviews(t.Context(), system, Query{ProgrammeID: w.programme.ID, Limit: 9})
		w.ok(err)
		if len(list) != 2 || list[1].Order != "555" || list[1].Text != "+ fresh\nfine" || list[1].State != Unanswered || list[0].State != NoneNeeded {
			t.Fatalf("fetched %+v", list)
		}
		_, err = w.Answer(t.Context(), system, w.programme.ID, list[1].ID, "Thank you")
		w.ok(err)
		payload, _ := json.Marshal(answerRef{w.programme.ID, list[1].ID})
		w.ok(w.Bring(t.Context(), &jobs.Job{Kind: AnswerJob, Payload: payload, Attempt: 1, MaxAttempts: 3}))
		if said != `{"comment":{"text":"Thank you"},"feedbackId":1}` {
			t.Errorf("said %s", said)
		}
	})
}
