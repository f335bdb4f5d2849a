package promo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/auth"
)

// told returns the refusals, one a line.
func told(left []LineRefusal) string {
	var b strings.Builder
	for _, l := range left {
		fmt.Fprintf(&b, "%d %s %s %d\n", l.Line, l.Why, l.Code, l.Of)
	}
	return b.String()
}

func TestReadPrintedCodes(t *testing.T) {
	for _, c := range []struct{ name, file, codes, left string }{
		{"one a line", "SAVE-10\nsave 20\n\nВЕСНА\n", "1 SAVE-10, 2 save 20, 4 ВЕСНА", ""},
		{"no end of line, carriage returns, a mark", "\ufeffAAA1\r\nAAA2", "1 AAA1, 2 AAA2", ""},
		{"a table", "no;Code;note\n1;AAA1;x\n2;\"AAA2\";\"y\"\n3;;z\n4\n", "2 AAA1, 3 AAA2", "4 empty  0\n5 empty  0\n"},
		{"commas", "Промокод,дата\nAAA1,2026-01-01\n", "2 AAA1", ""},
		{"tabs without a header", "AAA1\tx\nAAA2\ty\n", "1 AAA1, 2 AAA2", ""},
		{"the same however written", "SOLO-1\nso10 1\nS-O-L-O-I\n", "1 SOLO-1", "2 duplicate so10 1 1\n3 duplicate S-O-L-O-I 1\n"},
		{"no codes", "10%\nAB\n" + strings.Repeat("X", 41) + "\nab\xff1\n", "", "1 malformed 10% 0\n2 malformed AB 0\n3 malformed " + strings.Repeat("X", 40) + "… 0\n4 malformed ab\ufffd1 0\n"},
		{"empty", "", "", ""},
	} {
		codes, left, err := readPrinted(strings.NewReader(c.file))
		var got []string
		for _, p := range codes {
			got = append(got, fmt.Sprintf("%d %s", p.line, p.shown))
		}
		if strings.Join(got, ", ") != c.codes || told(left) != c.left || err != nil {
			t.Errorf("%s: %v\n%s%v", c.name, got, told(left), err)
		}
	}
	_, _, err := readPrinted(strings.NewReader(strings.Repeat("X", maxLine+1)))
	codeFault(t, err, "codes_file_unreadable")
}

// Reading never fails on letters, and each line is a code, refused or blank.
func TestReadPrintedTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.StringOfN(rapid.SampledFrom([]rune("AB1Il-; ,\"\t%ЖÓ\ufeff")), 0, 8, -1), 0, 30).Draw(t, "lines")
		codes, left, err := readPrinted(strings.NewReader(strings.Join(lines, "\n")))
		blank := int64(0)
		for i, l := range lines {
			if strings.TrimSpace(strings.TrimPrefix(l, "\ufeff")) == "" {
				blank++
			}
			lines[i] = l
		}
		if err != nil || int64(len(codes)+len(left))+blank != int64(len(lines)) {
			t.Fatalf("%d codes, %d refused, %d blank of %d lines, %v", len(codes), len(left), blank, len(lines), err)
		}
	})
}

func (k *desk) imported(b Batch, file string, o ImportOptions) (ImportReport, error) {
	return k.ImportCodes(context.Background(), codeRobot, b, strings.NewReader(file), o)
}

func TestImportCodes(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		k.shared(t, "TAKEN", 1)
		const file = "FREE-1\nTAKEN\nfree1\nFREE-2\n10%\n"
		want := "2 taken TAKEN 0\n3 duplicate free1 1\n5 malformed 10% 0\n"
		r, err := k.imported(k.batch(PrintedCodes), file, ImportOptions{})
		if f := codeFault(t, err, "codes_left"); f.Args["lines"] != 3 || told(r.Left) != want {
			t.Errorf("%v\n%s", f.Args, told(r.Left))
		}
		if list := done(k.Batches(t.Context(), codeRobot, BatchQuery{ProgrammeID: k.programme}))(t); len(list) != 1 {
			t.Errorf("%d batches after a refusal", len(list))
		}
		r = done(k.imported(k.batch(PrintedCodes), file, ImportOptions{PassOver: true}))(t)
		if r.Codes != 2 || told(r.Left) != want || r.Batch.Made != 2 || r.Batch.Wanted != 2 || r.Batch.Done.IsZero() {
			t.Errorf("%+v\n%s", r.Batch, told(r.Left))
		}
		if c := k.load(t, "free 2"); c.Printed != "FREE-2" || c.BatchID != r.Batch.ID || c.MaxUses != 1 {
			t.Errorf("%+v", c)
		}
		again := done(k.imported(r.Batch, "FREE-1\nFREE-2\n", ImportOptions{}))(t)
		if again.Codes != 2 || again.Batch.Made != 2 {
			t.Errorf("again: %+v", again)
		}
		_, err = k.imported(r.Batch, "FREE-3\n", ImportOptions{})
		codeFault(t, err, "batch_not_open")
		_, err = k.imported(k.batch(PrintedCodes), "TAKEN\n", ImportOptions{PassOver: true})
		codeFault(t, err, "codes_none")
		k.sound(t)
	})
}

func manyCodes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "MANY%06d\n", i)
	}
	return b.String()
}

// An import that breaks off goes on with the same file.
func TestImportGoesOnAfterACrash(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		file := manyCodes(2*drawnAtOnce + 5)
		ctx, kill := context.WithCancel(t.Context())
		r, err := k.ImportCodes(ctx, codeRobot, k.batch(PrintedCodes), strings.NewReader(file), ImportOptions{Progress: func(int64, int64) { kill() }})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		s := done(k.Batch(t.Context(), codeRobot, k.programme, r.Batch.ID))(t)
		if s.Made != drawnAtOnce || s.Wanted != 2*drawnAtOnce+5 || !s.Done.IsZero() {
			t.Errorf("broken off: %+v", s.Batch)
		}
		k.sound(t)
		r = done(k.imported(r.Batch, file, ImportOptions{}))(t)
		if r.Codes != 2*drawnAtOnce+5 || r.Batch.Made != r.Codes || r.Batch.Done.IsZero() || len(r.Left) > 0 {
			t.Errorf("gone on: %+v", r.Batch)
		}
		k.sound(t)
	})
}

// Of two imports of the same codes at once each code has one batch, and each
// loss is told.
func TestImportsOfTheSameCodesAtOnce(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		file := manyCodes(3000)
		reports := make([]ImportReport, 4)
		var wait sync.WaitGroup
		for i := range reports {
			wait.Go(func() {
				var err error
				reports[i], err = k.imported(k.batch(PrintedCodes), file, ImportOptions{PassOver: true})
				if err != nil {
					codeFault(t, err, "codes_none")
				}
			})
		}
		wait.Wait()
		total := int64(0)
		for _, r := range reports {
			total += r.Batch.Made
			if r.Codes != r.Batch.Made || r.Codes+int64(len(r.Left)) != 3000 {
				t.Errorf("%d codes, %d made, %d refused", r.Codes, r.Batch.Made, len(r.Left))
			}
		}
		if total != 3000 {
			t.Errorf("%d codes in all", total)
		}
		k.sound(t)
	})
}

// What is done leaves its row in the audit trail.
func TestImportLeavesATrace(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		r := done(k.imported(k.batch(PrintedCodes), "TRACE\n", ImportOptions{}))(t)
		if err := k.Export(t.Context(), codeRobot, k.programme, r.Batch.ID, func(*Code) error { return nil }); err != nil {
			t.Fatal(err)
		}
		rows := done(auth.New(k.d, auth.Config{Now: k.now}).Audit(t.Context(), codeRobot, auth.AuditFilter{ProgrammeID: k.programme}))(t)
		var actions []string
		for _, row := range rows {
			actions = append(actions, row.Action)
		}
		if diff := cmp.Diff([]string{"code.export", "code.create", "programme.create"}, actions); diff != "" {
			t.Error(diff)
		}
	})
}
