package world

import (
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/intake"
)

// broken is an invoice whose lines stand in two places of the data.
const broken, brokenLines = "542806", 39

// TestLimitTakesWholeInvoices ends the data with an invoice that comes back
// after another one.
func TestLimitTakesWholeInvoices(t *testing.T) {
	rows, err := OnlineRetail()
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{}
	for r, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		if met[r.Invoice] = true; r.Invoice == broken {
			break
		}
	}
	source, err := OnlineRetailSource(len(met))()
	if err != nil {
		t.Fatal(err)
	}
	lines, last := 0, int64(1)
	for {
		row, err := source.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.Line <= last || !met[row.Fields[0]] {
			t.Fatalf("line %d of invoice %s comes after line %d", row.Line, row.Fields[0], last)
		}
		if last = row.Line; row.Fields[0] == broken {
			lines++
		}
	}
	if lines != brokenLines {
		t.Errorf("%d lines of invoice %s were taken, want %d", lines, broken, brokenLines)
	}
}

// TestSettingsAreWhatIntakeWouldSuggest looks at the rows as a stranger to
// them; only the codes of fees have to be told.
func TestSettingsAreWhatIntakeWouldSuggest(t *testing.T) {
	sample, err := intake.Sample(OnlineRetailSource(0), 200)
	if err != nil {
		t.Fatal(err)
	}
	want := OnlineRetailSettings()
	got := intake.Suggest(sample, intake.Settings{Zone: want.Zone, Currency: want.Currency})
	if d := cmp.Diff(want.Columns, got.Columns); d != "" {
		t.Errorf("columns (-declared +suggested):\n%s", d)
	}
	if got.Holds != want.Holds || got.Cancellation != want.Cancellation || got.Dates[0] != want.Dates[0] {
		t.Errorf("suggested are %+v", got)
	}
}
