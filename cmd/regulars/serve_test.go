package main

import (
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/jobs"
)

// TestServerDoesWhatTheConsoleLeaves adds a job of each kind that pages leave.
// A kind that the wiring forgot is never begun; one of these errands, which
// name nothing, is begun and then given up.
func TestServerDoesWhatTheConsoleLeaves(t *testing.T) {
	kinds := []string{"console.import", "console.simulate", "api.simulate"}
	p := place{Dir: t.TempDir(), Log: "error"}
	h, err := p.open(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	messages, err := h.messages(post{}, ":8080")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.handler(p, messages); err != nil {
		t.Fatal(err)
	}
	err = h.db.InTx(t.Context(), func(tx *db.Tx) error {
		for _, kind := range kinds {
			if err := jobs.Add(t.Context(), tx, h.now(), jobs.New{Kind: kind, Payload: struct{}{}, MaxAttempts: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.jobs.Run(ctx) }()
	begun := func() bool {
		list, err := jobs.List(t.Context(), h.db.Reader(), jobs.Waiting, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		return !slices.ContainsFunc(list, func(i jobs.Info) bool { return slices.Contains(kinds, i.Kind) })
	}
	for tries := 0; !begun(); tries++ {
		if tries == 600 {
			t.Error("an import or a simulation was left waiting: nothing of the server does it")
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	if err := <-ran; err != nil {
		t.Error(err)
	}
	if err := h.close(); err != nil {
		t.Error(err)
	}
}
