package survey

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

// TestRealPassengersComeByASheet brings in the airport's file as it is: its
// heads are named to questions, 11 is no score, and the weights that it carries
// give the weighted line.
func TestRealPassengersComeByASheet(t *testing.T) {
	f, err := os.Open("testdata/sfo-2017.csv.gz")
	ok(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	ok(t, err)
	raw, err := io.ReadAll(z)
	ok(t, err)
	w := newTown(t, dbtest.SQLite(t, schemas...))
	n, err := w.Create(w.Context(), tester, w.Programme.ID, Spec{Kind: NPS, Names: Words{"en": "Airport"}, Questions: []Question{{Code: "score", Form: Scale, To: 10, Words: Words{"en": "How likely?"}}}})
	ok(t, err)
	n, err = w.Publish(w.Context(), tester, w.Programme.ID, n.ID)
	ok(t, err)
	sheet := Sheet{
		Source: "sfo-2017", Columns: map[string]string{"RESPNUM": "external_id", "NETPRO": "score", "LANG": "-"}, None: map[string][]string{"NETPRO": {"11"}},
		Occurred: time.Date(2017, 5, 10, 12, 0, 0, 0, time.UTC), Zone: time.UTC,
	}
	r, err := w.BringSheet(w.Context(), tester, w.Programme.ID, n.ID, bytes.NewReader(raw), sheet)
	ok(t, err)
	if r.Rows != 2831 || r.Taken != 2746 || r.Silent != 85 || r.Refused != 0 || r.Columns["WEIGHT"] != "weight" {
		t.Fatalf("the report is %+v", r)
	}
	again, err := w.BringSheet(w.Context(), tester, w.Programme.ID, n.ID, bytes.NewReader(raw), sheet)
	ok(t, err)
	if again.Taken != 0 || again.Repeated != 2746 {
		t.Errorf("again it is %+v", again)
	}
	results, err := w.Results(w.Context(), tester, w.Programme.ID, n.ID)
	ok(t, err)
	got := results.Figures
	near(t, "the score", got.Score.Value, 39.839766933721776)
	if got.Weighted.Way != Given || got.Weighted.N != 2746 {
		t.Fatalf("the weighted line is %+v", got.Weighted)
	}
	var plain []Voice
	for _, row := range sfo(t) {
		if v, scored := passenger(t, row); scored {
			plain = append(plain, v)
		}
	}
	near(t, "the weighted score", got.Weighted.Value, Reckon(NPS, plain, Asked{}, time.UTC).Weighted.Value)
}

const mixed = "\ufeffid,When,Score,why,Email,Weight,Shop\n" +
	"1,2026-01-01 10:00,3,\"slow, and cold\",M0@example.com,1.5,main\n" +
	"2,yesterday,3,,,,\n" +
	"3,2026-01-01,11,,,,\n" +
	"4,2026-01-01,9,,nobody@example.com,,\n" +
	"5,2026-01-01,9,,,-1,\n" +
	"6,2026-01-01,,,,,\n" +
	"7,2026-01-01,10\n" +
	"8,2026-01-01T09:00:00Z,10,,,\"0,25\",\n" +
	",2026-01-01,10,,,,\n"

// TestASheetIsTakenRowByRow: what is wrong with one is told by its line, and
// touches no other.
func TestASheetIsTakenRowByRow(t *testing.T) {
	each(t, func(w *town) {
		w.joins(1, 5)
		n := w.asks()
		sheet := Sheet{Source: "old", Columns: map[string]string{"id": "external_id", "When": "occurred"}, Zone: time.UTC}
		r, err := w.BringSheet(w.Context(), tester, w.Programme.ID, n.ID, strings.NewReader(mixed), sheet)
		w.OK(err)
		if r.Rows != 9 || r.Taken != 2 || r.Silent != 1 || r.Refused != 6 {
			w.Errorf("the report is %+v", r)
		}
		codes := map[int]string{}
		for _, one := range r.First {
			codes[one.Line] = codeOf(one.Err)
		}
		for line, code := range map[int]string{3: "survey_sheet_time", 4: "survey_range", 5: "unknown_member", 6: "survey_weight", 8: "survey_sheet_row", 10: "required"} {
			if codes[line] != code {
				w.Errorf("line %d is refused for %q, want %q", line, codes[line], code)
			}
		}
		list, err := w.Responses(w.Context(), tester, ResponseQuery{ProgrammeID: w.Programme.ID, SurveyID: n.ID, Limit: 10})
		w.OK(err)
		if len(list) != 2 || list[0].MemberID != w.members[0] || list[0].Weight != 1_500_000 || list[0].ShopID == 0 || list[1].Weight != 250_000 || list[0].Answers["why"].Text != "slow, and cold" {
			w.Errorf("taken are %+v", list)
		}
		w.Clean(Room())
	})
}

func TestASheetThatCannotBeRead(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	n := w.asks()
	for code, c := range map[string]struct {
		text  string
		sheet Sheet
	}{
		"survey_sheet":        {"", Sheet{}},
		"survey_sheet_key":    {"score\n9\n", Sheet{}},
		"survey_sheet_column": {"external_id\n1\n", Sheet{Columns: map[string]string{"NETPRO": "score"}}},
		"survey_sheet_what":   {"external_id,a\n1,9\n", Sheet{Columns: map[string]string{"a": "mood"}}},
		"survey_sheet_twice":  {"external_id,score,a\n1,9,9\n", Sheet{Columns: map[string]string{"a": "score"}}},
	} {
		_, err := w.BringSheet(w.Context(), tester, w.Programme.ID, n.ID, strings.NewReader(c.text), c.sheet)
		w.Refuses(err, code)
	}
	_, err := w.BringSheet(w.Context(), tester, w.Programme.ID, n.ID, strings.NewReader("external_id,score\n1,\"9\n"), Sheet{Zone: time.UTC})
	w.Refuses(err, "survey_sheet")
	_, err = w.BringSheet(w.Context(), auth.Actor{}, w.Programme.ID, n.ID, strings.NewReader("external_id,score\n1,9\n"), Sheet{})
	w.Refuses(err, "not_permitted")
}

// TestSheetsOfAnything are read to their end without harm.
func TestSheetsOfAnything(t *testing.T) {
	spec := recommend()
	rapid.Check(t, func(t *rapid.T) {
		text := "external_id,score,why,weight,occurred\n" + rapid.StringOf(rapid.SampledFrom([]rune("19,;\n\"a\r é.-"))).Draw(t, "rows")
		r, err := newSheetReader(strings.NewReader(text), &spec, &Sheet{Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; !r.broken; n++ {
			if _, err := r.next(); err == io.EOF {
				return
			}
			if n > len(text) {
				t.Fatal("it does not end")
			}
		}
	})
}

// FuzzSheet reads any sheet: it ends, refuses with a word, and names lines in
// rising order.
func FuzzSheet(f *testing.F) {
	for _, file := range []string{
		"external_id,score\n1,9\n2,11\n3,\n", "\ufeffexternal_id,score,why,weight,occurred,lang,member,phone\n1,9,\x00\xff,0.3333333333333333333,2026-01-01,EN,mem_1,+48\n",
		"external_id,score\n\"1\n2\",3\n4,5,6\n\"", "score,external_id,score\n", "external_id,weight\n1,1e9\n2,1/3\n3,-0\n4,99999999999999999999999999999\n",
	} {
		f.Add(file)
	}
	spec := Spec{Kind: NPS, Questions: []Question{{Code: "score", Form: Scale, To: 10}, {Code: "why", Form: Text, Optional: true}, {Code: "what", Form: Multiple, Options: []Option{{Code: "a", Words: Words{"en": "A"}}}}}}
	f.Fuzz(func(t *testing.T, file string) {
		r, err := newSheetReader(strings.NewReader(file), &spec, &Sheet{Source: "s", Zone: time.UTC})
		if err != nil {
			refusedWithAWord(t, err)
			return
		}
		line := 0
		for !r.broken {
			b, err := r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				refusedWithAWord(t, err)
			} else if b.Weight < 0 || b.Weight > maxWeight || b.ExternalID != strings.TrimSpace(b.ExternalID) {
				t.Fatalf("%+v", b)
			}
			if r.line < line || r.line == line && !r.broken {
				t.Fatalf("line %d comes after line %d", r.line, line)
			}
			line = r.line
		}
	})
}

func refusedWithAWord(t *testing.T, err error) {
	t.Helper()
	if fault.As(err) == nil {
		t.Fatal(err)
	}
}
