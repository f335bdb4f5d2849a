package intake

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/i18n"
)

// plainly says a text by its key and the column it names.
func plainly(t i18n.Text) string {
	key := t.Key[strings.LastIndex(t.Key, ".")+1:]
	switch {
	case t.Args["words"] != nil:
		return t.Args["words"].(string)
	case t.Args["column"] != nil:
		return key + " in " + t.Args["column"].(string)
	}
	return key
}

const dirty = `receipt,date,client,sku,qty,price,sum
R1,2026-02-03,17,tea,1,1,
R1,2026-02-03,17,"cup
with saucer",one,1,
R2,2026-02-03,17,tea,1,1,
"R3,2026-02-03,17,tea,1,1,
R4,2026-02-03,,tea,1,1,
`

func TestRejects(t *testing.T) {
	records, run := take(t, text(dirty), salesSettings())
	if d := cmp.Diff([]string{"sale R2"}, names(records)); d != "" {
		t.Fatalf("records (-want +got):\n%s", d)
	}
	run.Refuse(records[0], "the shop is closed")
	var out bytes.Buffer
	if err := run.Rejects(context.Background(), &out, plainly); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	if !marked {
		t.Error("the rejects do not begin with a byte order mark")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	got, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		append([]string{"line", "reason", "explanation"}, salesColumns...),
		{"2", "incomplete", "incomplete", "R1", "2026-02-03", "17", "tea", "1", "1", ""},
		{"3", "malformed_number", "malformed_number in qty", "R1", "2026-02-03", "17", "cup\nwith saucer", "one", "1", ""},
		{"5", "refused", "the shop is closed", "R2", "2026-02-03", "17", "tea", "1", "1", ""},
		{"6", "unclosed_quote", "unclosed_quote", "\"R3,2026-02-03,17,tea,1,1,"},
		{"7", "no_customer", "no_customer", "R4", "2026-02-03", "", "tea", "1", "1", ""},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("rejects (-want +got):\n%s", d)
	}
}

// TestRejectsAreTakenAgain mends nothing and finds the same reasons.
func TestRejectsAreTakenAgain(t *testing.T) {
	_, run := take(t, text(dirty), salesSettings())
	var out bytes.Buffer
	if err := run.Rejects(context.Background(), &out, plainly); err != nil {
		t.Fatal(err)
	}
	records, again := take(t, text(out.String()), salesSettings())
	want := map[Reason]int64{Incomplete: 1, MalformedNumber: 1, NoCustomer: 1, WrongColumns: 1}
	if d := cmp.Diff(want, again.Report().LeftOut); d != "" || len(records) != 0 {
		t.Errorf("%d records, left out (-want +got):\n%s", len(records), d)
	}
}

// TestRejectsHoldNoFormula, and are read again as they were: sums below zero,
// telephone numbers and all.
func TestRejectsHoldNoFormula(t *testing.T) {
	const file = "receipt,date,client,sku,qty,price,sum\nR1,2026-02-03,+447700900123,=1+1,one,-1.50,@SUM(A1)\n"
	_, run := take(t, text(file), salesSettings())
	var out bytes.Buffer
	if err := run.Rejects(context.Background(), &out, plainly); err != nil {
		t.Fatal(err)
	}
	if want := ",+447700900123,'=1+1,one,-1.50,'@SUM(A1)\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("the rejects are %q", out.String())
	}
	source, err := ReadCSV(&out, Format{Separator: ",", Encoding: UTF8})
	if err != nil {
		t.Fatal(err)
	}
	row, err := source.Next()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"R1", "2026-02-03", "+447700900123", "=1+1", "one", "-1.50", "@SUM(A1)"}, row.Fields[3:]); d != "" {
		t.Errorf("read again (-want +got):\n%s", d)
	}
}

var errFull = errors.New("no space left")

type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestRejectsOnAFullDisk(t *testing.T) {
	_, run := take(t, text(dirty), salesSettings())
	for _, room := range []int{0, 10} {
		if err := run.Rejects(context.Background(), &full{room}, plainly); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
}
