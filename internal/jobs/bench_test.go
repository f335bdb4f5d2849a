package jobs

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// BenchmarkJobs measures jobs that do nothing, added a hundred in a commit.
func BenchmarkJobs(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkJobs(b, dbtest.SQLite(b, Schema)) })
	b.Run("postgres", func(b *testing.B) { benchmarkJobs(b, dbtest.Postgres(b, Schema)) })
}

func benchmarkJobs(b *testing.B, d *db.DB) {
	const batch = 100
	ctx, cancel := context.WithCancel(context.Background())
	r := NewRunner(d, time.Now, slog.New(slog.DiscardHandler))
	done, ended := make(chan struct{}, 10*batch), make(chan error)
	r.Handle("a", func(context.Context, *Job) error { done <- struct{}{}; return nil })
	go func() { ended <- r.Run(ctx) }()
	jobs := make([]New, batch)
	for i := range jobs {
		jobs[i] = New{Kind: "a", Payload: i}
	}
	total := 0
	for b.Loop() {
		if err := d.InTx(ctx, func(tx *db.Tx) error { return Add(ctx, tx, time.Now(), jobs...) }); err != nil {
			b.Fatal(err)
		}
		for range batch {
			<-done
		}
		total += batch
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "jobs/s")
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
