package touch

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/jobs"
)

// sells sets a shop at Yandex Market up.
func (w *town) sells(t *testing.T) *partner {
	t.Helper()
	p := newPartner(t, w.Now)
	w.Market = p.URL
	w.OK(w.SetMarket(t.Context(), system, w.Programme.ID, strconv.Itoa(partnerID), partnerKey))
	return p
}

func (w *town) all(t *testing.T) []*Review {
	t.Helper()
	list, err := w.Reviews(t.Context(), system, Query{ProgrammeID: w.Programme.ID, Limit: 200})
	w.OK(err)
	return list
}

func (w *town) failure(t *testing.T) (string, time.Time) {
	t.Helper()
	list, err := w.Sources(t.Context(), system, w.Programme.ID)
	w.OK(err)
	if len(list) != 1 {
		t.Fatalf("sources %+v", list)
	}
	return list[0].Failure, list[0].ReadTo
}

// TestEveryPageOfTheMarketIsRead once, and what came since with the next look,
// with what the reviews say now.
func TestEveryPageOfTheMarketIsRead(t *testing.T) {
	each(t, func(w *town) {
		p := w.sells(t)
		p.writes(2*marketPage + 20)
		p.reviews[3].react, p.reviews[4].words = false, nil
		w.OK(w.Poll(t.Context()))
		list := w.all(t)
		if len(list) != len(p.reviews) || p.asked != 3 {
			t.Fatalf("%d of %d reviews by %d requests", len(list), len(p.reviews), p.asked)
		}
		for i, r := range list { // the newest first
			there := p.reviews[len(list)-1-i]
			if r.ExternalID != strconv.FormatInt(there.id, 10) || r.Order != strconv.FormatInt(there.order, 10) || r.Rating != int64(there.rating) || r.Text != there.words["comment"] || !r.Occurred.Equal(there.created) || (r.State == NoneNeeded) == there.react {
				t.Fatalf("%+v is %+v", there, r)
			}
		}
		w.Set(w.Now().Add(2 * time.Hour))
		p.writes(1)
		p.reviews[110].words = map[string]string{"advantages": "warm", "disadvantages": "late"}
		w.OK(w.Poll(t.Context()))
		if list = w.all(t); len(list) != 121 || list[10].Text != "+ warm\n− late" {
			t.Errorf("afterwards %d, %+v", len(list), list[10])
		}
		// After half a year of silence no more is asked for than the API gives.
		w.Set(w.Now().AddDate(1, 0, 0))
		w.OK(w.Poll(t.Context()))
	})
}

// TestALookThatFailsIsMadeUpFor: whatever the market answers, it is kept in words
// why, what came before stays, and the next look brings what this one missed.
func TestALookThatFailsIsMadeUpFor(t *testing.T) {
	each(t, func(w *town) {
		p := w.sells(t)
		p.writes(marketPage + 1)
		p.left = 1
		if err := w.Poll(t.Context()); !errors.Is(err, errMarketBusy) {
			t.Errorf("over the limit: %v", err)
		}
		if why, to := w.failure(t); why == "" || !to.IsZero() || len(w.all(t)) != marketPage {
			t.Errorf("over the limit: %q, read to %v, %d reviews", why, to, len(w.all(t)))
		}
		p.left, p.broken = -1, http.StatusInternalServerError
		if err := w.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), "500 INTERNAL_ERROR") {
			t.Errorf("while it is broken: %v", err)
		}
		p.broken = http.StatusOK // says ERROR within
		if err := w.Poll(t.Context()); err == nil {
			t.Error("an answer that says ERROR is taken for one without reviews")
		}
		if _, to := w.failure(t); !to.IsZero() {
			t.Errorf("what was not read counts as read to %v", to)
		}
		p.broken = 0
		w.OK(w.Poll(t.Context()))
		if why, to := w.failure(t); why != "" || !to.Equal(w.Now()) || len(w.all(t)) != marketPage+1 {
			t.Errorf("at last: %q, read to %v, %d reviews", why, to, len(w.all(t)))
		}
		w.OK(w.SetMarket(t.Context(), system, w.Programme.ID, strconv.Itoa(partnerID), "old key"))
		if err := w.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), "401 UNAUTHORIZED") {
			t.Errorf("with an old key: %v", err)
		}
		w.OK(w.SetMarket(t.Context(), system, w.Programme.ID, "43", partnerKey))
		if err := w.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), "403 FORBIDDEN") {
			t.Errorf("of somebody else: %v", err)
		}
	})
}

// forGood reports whether a job that failed so is set aside at once.
func forGood(err error) bool {
	return reflect.TypeOf(err) == reflect.TypeOf(jobs.Permanent(io.EOF))
}

// TestAnAnswerComesToTheMarketOnce: it is tried again after what passes, given up
// after what lasts, and changed where it stands.
func TestAnAnswerComesToTheMarketOnce(t *testing.T) {
	each(t, func(w *town) {
		p := w.sells(t)
		p.writes(1)
		w.OK(w.Poll(t.Context()))
		r := w.all(t)[0]
		payload, err := json.Marshal(answerRef{w.Programme.ID, r.ID})
		w.OK(err)
		says := func(text string) {
			t.Helper()
			_, err := w.Answer(t.Context(), system, w.Programme.ID, r.ID, text)
			w.OK(err)
		}
		brings := func() error {
			return w.Bring(t.Context(), &jobs.Job{Kind: AnswerJob, Payload: payload, Attempt: 1, MaxAttempts: 3})
		}
		says(strings.Repeat("ж", partnerComment))
		for _, passing := range []func(){func() { p.broken = http.StatusInternalServerError }, func() { p.broken = http.StatusBadGateway }, func() { p.broken, p.left = 0, 0 }} {
			passing()
			if err := brings(); err == nil || forGood(err) {
				t.Errorf("while the market fails (%d, %d left): %v", p.broken, p.left, err)
			}
		}
		p.left = -1
		w.OK(brings())
		says("Thank you, Anna")
		w.OK(brings())
		if len(p.comments) != 1 || p.comments[700] != "Thank you, Anna" || p.reviews[0].react {
			t.Errorf("the market has %v", p.comments)
		}
		w.OK(w.Poll(t.Context()))
		if now := w.all(t)[0]; now.State != Answered || now.Answer != "Thank you, Anna" {
			t.Errorf("after the next look %+v", now)
		}
		p.reviews = nil // taken down there
		if err := brings(); !forGood(err) {
			t.Errorf("to a review that is gone: %v", err)
		}
		_, err = w.Answer(t.Context(), system, w.Programme.ID, r.ID, strings.Repeat("ж", partnerComment+1))
		w.Refuses(err, "review_answer")
	})
}

// TestAnAnswerWhoseReplyWasLostIsNotPostedTwice: it stands there in our words,
// however many others speak before, and is ours to change from then on. What
// customers and brands say in the same words is not ours.
func TestAnAnswerWhoseReplyWasLostIsNotPostedTwice(t *testing.T) {
	each(t, func(w *town) {
		p := w.sells(t)
		p.writes(1)
		w.OK(w.Poll(t.Context()))
		r := w.all(t)[0]
		payload, err := json.Marshal(answerRef{w.Programme.ID, r.ID})
		w.OK(err)
		brings := func() error {
			return w.Bring(t.Context(), &jobs.Job{Kind: AnswerJob, Payload: payload, Attempt: 1, MaxAttempts: 3})
		}
		for i, one := range []map[string]any{
			{"author": map[string]string{"type": "USER"}}, {"author": map[string]string{"type": "BRAND"}, "canModify": true}, {"author": map[string]string{"type": "BUSINESS"}},
			{"author": map[string]string{"type": "BUSINESS"}, "canModify": true, "parentId": 1}, {"author": map[string]string{"type": "BUSINESS"}, "canModify": true, "status": "DELETED"},
		} {
			said := map[string]any{"id": i + 1, "text": "Thank you,\nAnna", "status": "PUBLISHED", "feedbackId": 1}
			maps.Copy(said, one)
			p.others = append(p.others, said)
		}
		for i := range marketPage { // ours is on the second page
			p.others = append(p.others, map[string]any{"id": i + 100, "text": "Me too", "author": map[string]string{"type": "USER"}, "status": "PUBLISHED", "feedbackId": 1})
		}
		_, err = w.Answer(t.Context(), system, w.Programme.ID, r.ID, "Thank you,\n\nAnna")
		w.OK(err)
		p.deaf = true
		if err := brings(); err == nil || forGood(err) {
			t.Errorf("while the reply is lost: %v", err)
		}
		if p.deaf || len(p.comments) != 1 || w.all(t)[0].AnswerRef != "" {
			t.Fatalf("the market has %v, we know %q", p.comments, w.all(t)[0].AnswerRef)
		}
		w.OK(brings())
		if r := w.all(t)[0]; len(p.comments) != 1 || r.AnswerRef != "700" {
			t.Errorf("the market has %v, we know %q", p.comments, r.AnswerRef)
		}
		_, err = w.Answer(t.Context(), system, w.Programme.ID, r.ID, "Thanks")
		w.OK(err)
		w.OK(brings())
		if len(p.comments) != 1 || p.comments[700] != "Thanks" {
			t.Errorf("the market has %v", p.comments)
		}
	})
}

// TestANewKeyBringsWhatTheOldOneCouldNot: answers that were set aside are tried
// again when the key is mended here, and when it is mended there.
func TestANewKeyBringsWhatTheOldOneCouldNot(t *testing.T) {
	each(t, func(w *town) {
		p := w.sells(t)
		p.writes(2)
		w.OK(w.Poll(t.Context()))
		dead := func() (n int) {
			list, err := jobs.List(t.Context(), w.DB.Reader(), jobs.Dead, 0, 9)
			w.OK(err)
			for _, one := range list {
				if one.Kind == AnswerJob {
					n++
				}
			}
			return n
		}
		setAside := func() { // as the runner does with what lasts
			w.Exec(`UPDATE job SET next_at = 9223372036854775807, attempt = 1 WHERE kind = 'touch.answer'`)
		}
		key := func(key string) { w.OK(w.SetMarket(t.Context(), system, w.Programme.ID, strconv.Itoa(partnerID), key)) }
		key("old")
		r := w.all(t)[0]
		_, err := w.Answer(t.Context(), system, w.Programme.ID, r.ID, "Thank you")
		w.OK(err)
		payload, err := json.Marshal(answerRef{w.Programme.ID, r.ID})
		w.OK(err)
		if err := w.Bring(t.Context(), &jobs.Job{Kind: AnswerJob, Payload: payload, Attempt: 1, MaxAttempts: 3}); !forGood(err) {
			t.Errorf("with an old key: %v", err)
		}
		setAside()
		w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error { // another's waits on
			return jobs.Add(t.Context(), tx, w.Now(), jobs.New{Kind: AnswerJob, Unique: "another", Payload: answerRef{w.Programme.ID + 1, r.ID}})
		}))
		setAside()
		if n := dead(); n != 2 {
			t.Fatalf("%d are set aside", n)
		}
		key(partnerKey)
		if n := dead(); n != 1 {
			t.Errorf("with the new key %d are set aside still", n)
		}
		setAside()
		w.OK(w.Poll(t.Context())) // nothing was wrong
		if n := dead(); n != 2 {
			t.Errorf("without need %d are set aside", n)
		}
		p.broken = http.StatusForbidden
		if err := w.Poll(t.Context()); err == nil {
			t.Error("a key without rights is taken")
		}
		p.broken = 0 // they were given there
		w.OK(w.Poll(t.Context()))
		if n := dead(); n != 1 {
			t.Errorf("with the rights %d are set aside still", n)
		}
	})
}

// TestAMarketThatMisbehaves neither holds us up for ever nor gets the key for
// another address.
func TestAMarketThatMisbehaves(t *testing.T) {
	each(t, func(w *town) {
		asked, elsewhere := 0, ""
		thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { elsewhere = r.Header.Get("Api-Key") }))
		defer thief.Close()
		odd := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
			if asked++; asked > 3 {
				http.Redirect(a, r, thief.URL, http.StatusTemporaryRedirect)
				return
			}
			_, _ = a.Write([]byte(`{"status":"OK","result":{"feedbacks":[],"paging":{"nextPageToken":"again"}}}`))
		}))
		defer odd.Close()
		w.Market = odd.URL
		w.OK(w.SetMarket(t.Context(), system, w.Programme.ID, "42", partnerKey))
		if err := w.Poll(t.Context()); !errors.Is(err, errMarketLoop) {
			t.Errorf("pages in a ring: %v", err)
		}
		asked = 3
		if err := w.Poll(t.Context()); err == nil || elsewhere != "" {
			t.Errorf("led elsewhere: %v, with the key %q", err, elsewhere)
		}
	})
}
