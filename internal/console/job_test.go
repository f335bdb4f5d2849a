package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// add leaves a job that runs in an hour.
func (w *town) add(kind string, payload any) {
	w.t.Helper()
	check(w.t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		return jobs.Add(ctx, tx, noon, jobs.New{Kind: kind, Payload: payload, RunAt: noon.Add(time.Hour)})
	}))
}

func TestNothingToDo(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/jobs").is(t, 200).shows(t, "Nothing has failed; nothing is running, nothing waits.", "Nothing is running")
	who.get("/p/bean/jobs?state=dead").is(t, 200).shows(t, "Work that keeps failing is set aside here")
	who.get("/p/bean/jobs?state=waiting").is(t, 200).shows(t, "Nothing waits")
	who.get("/p/bean/jobs?state=nonsense").is(t, 200).shows(t, "Nothing is running")
}

// TestFailedJobsAreRetriedAndDiscarded deals with what has failed for good.
func TestFailedJobsAreRetriedAndDiscarded(t *testing.T) {
	w := newTown(t)
	w.add("post what is due", nil)
	failed := w.fail("webhook", w.payload(), "the address answered 500\nand more")
	who := w.as(auth.Owner)
	who.get("/p/bean/jobs").is(t, 200).shows(t, "1 job failed and waits for you; nothing is running, 1 waits its turn.", "webhook "+failed.In(id.Job), "the address answered 500", "tried 1 time").hides(t, "Retry all")
	who.get("/p/bean/jobs?state=waiting").is(t, 200).shows(t, "Points and ranks that are due", "15 March 2026, 13:00", "0 of 12")
	at := "/p/bean/jobs/" + failed.In(id.Job)
	who.post(at+"/retry").is(t, 200).shows(t, "The job begins anew.", "2 wait their turn")
	who.post(at+"/retry").is(t, http.StatusNotFound).shows(t, "retried or discarded already")
	for _, kind := range []string{"webhook.b", "webhook.c"} {
		w.fail(kind, w.payload(), "again")
	}
	who.get("/p/bean/jobs").is(t, 200).shows(t, "2 jobs failed", "Retry all")
	who.post("/p/bean/jobs/retry").is(t, 200).shows(t, "2 jobs begin anew.")
	gone := w.fail("webhook.d", w.payload(), "again")
	who.post("/p/bean/jobs/"+gone.In(id.Job)+"/discard").is(t, 200).shows(t, "The job is gone.", "Nothing has failed")
	for _, action := range []string{"job.retry", "job.discard"} {
		has(t, w.audited(), action)
	}
	if p := who.fragment("/p/bean/jobs?state=running"); strings.Contains(p.body, "<html") || !strings.Contains(p.body, `hx-trigger="every 2s"`) {
		t.Errorf("got %s", p.body)
	}
}

// TestJobsOfOthers holds that staff of one programme see and touch only its
// jobs.
func TestJobsOfOthers(t *testing.T) {
	w := newTown(t)
	leaf := w.makeProgramme("leaf", "Leaf")
	own, whole := w.fail("own", w.payload(), "own error"), w.fail("whole", map[string]any{"events": []int{1}}, "whole error")
	other := w.fail("other", map[string]any{"programme": leaf.ID}, "other error")
	manager := w.as(auth.Manager)
	manager.get("/p/bean/jobs").is(t, 200).shows(t, "1 job failed", "own error").hides(t, "whole error", "other error")
	for _, job := range []id.ID{whole, other} {
		for _, verb := range []string{"/retry", "/discard"} {
			manager.post("/p/bean/jobs/"+job.In(id.Job)+verb).is(t, http.StatusForbidden)
		}
	}
	manager.post("/p/bean/jobs/"+own.In(id.Job)+"/retry").is(t, 200).shows(t, "The job begins anew.")
	reader := w.as(auth.ReadOnly)
	reader.get("/p/bean/jobs").is(t, 200).hides(t, "Retry")
	reader.post("/p/bean/jobs/"+own.In(id.Job)+"/retry").is(t, http.StatusForbidden)
	reader.post("/p/bean/jobs/retry").is(t, http.StatusForbidden)
	w.as(auth.Owner).get("/p/bean/jobs").is(t, 200).shows(t, "2 jobs failed", "whole error", "other error")
	w.as(auth.Till).get("/p/bean/jobs").is(t, http.StatusForbidden)
}

func TestErrorsInShort(t *testing.T) {
	for _, tc := range []struct{ error, want string }{
		{"short", "short"}, {"first\nsecond", "first"}, {strings.Repeat("ы", 130), strings.Repeat("ы", 120) + "…"},
	} {
		if got := errorGist(tc.error); got != tc.want {
			t.Errorf("got %q", got)
		}
	}
}
