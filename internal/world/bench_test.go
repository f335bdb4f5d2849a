package world

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"regulars/internal/intake"
)

// BenchmarkIntake reads and groups every row, as the demo does before flow.
func BenchmarkIntake(b *testing.B) { benchmarkIntake(b, OnlineRetailSource(0)) }

// BenchmarkIntakeCSV does the same from a file of 45 MB.
func BenchmarkIntakeCSV(b *testing.B) {
	benchmarkIntake(b, intake.File(writeCSV(b), intake.Format{}))
}

func benchmarkIntake(b *testing.B, open intake.Opener) {
	b.ReportAllocs()
	peak := uint64(0)
	watch := func(rows int64) {
		if rows%50_000 == 0 {
			peak = max(peak, heap())
		}
	}
	for b.Loop() {
		run, err := intake.New(open, OnlineRetailSettings(), intake.Options{Now: AsOf, Progress: watch})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range run.Records(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
		}
		if n := run.Report().Sales; n != 18_536 {
			b.Fatalf("%d sales were taken", n)
		}
	}
	b.ReportMetric(541_909*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(peak)/(1<<20), "MB-heap")
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

func writeCSV(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "online_retail.csv")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	w := csv.NewWriter(f)
	source, err := OnlineRetailSource(0)()
	if err != nil {
		tb.Fatal(err)
	}
	row := intake.Row{Fields: source.Columns()}
	for ; err == nil; row, err = source.Next() {
		if err := w.Write(row.Fields); err != nil {
			tb.Fatal(err)
		}
	}
	if w.Flush(); !errors.Is(err, io.EOF) || w.Error() != nil {
		tb.Fatal(err, w.Error())
	}
	return path
}
