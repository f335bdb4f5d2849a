package trust

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/touch"
)

func TestPeriodsAreWholeInTheirZone(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePeriod("2026-Q1", warsaw)
	if err != nil || p.Name != "2026-q1" || !p.Quarter() || !p.From.Equal(time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC)) || !p.Until.Equal(time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC)) {
		t.Errorf("got %+v, %v", p, err)
	}
	if p.Over(p.Until.Add(-time.Microsecond)) || !p.Over(p.Until) {
		t.Error("it is over at another time than its end")
	}
	for _, text := range []string{"", "2026", "2026-13", "2026-q5", "2026-q0", "2026-q1x", "26-q1", "2026-3", "march"} {
		if got, err := ParsePeriod(text, warsaw); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
	if got := Recent(noon, warsaw, 2, 1); got[0].Name != "2026-02" || got[1].Name != "2026-01" || got[2].Name != "2025-q4" {
		t.Errorf("recent are %+v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		year, month := rapid.IntRange(1990, 2090).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month")
		p := periodOf(year, time.Month(month), 1, warsaw)
		if again, err := ParsePeriod(p.Name, warsaw); err != nil || again != p {
			t.Fatalf("%+v is read as %+v, %v", p, again, err)
		}
		n := rapid.IntRange(-40, 40).Draw(t, "shift")
		if back := p.Shift(n, warsaw).Shift(-n, warsaw); back != p {
			t.Fatalf("there and back is %+v, not %+v", back, p)
		}
		if next := p.Shift(1, warsaw); !next.From.Equal(p.Until) {
			t.Fatalf("%+v does not follow %+v", next, p)
		}
	})
}

func TestMedians(t *testing.T) {
	for _, c := range []struct {
		spans []int64
		want  int64
	}{{nil, 0}, {[]int64{90_000_000}, 2}, {[]int64{600_000_000, 60_000_000}, 6}, {[]int64{3, 60_000_000, 1}, 0}, {[]int64{29_000_000}, 0}} {
		if got := medianMinutes(c.spans); got != c.want {
			t.Errorf("the median of %v is %d, want %d", c.spans, got, c.want)
		}
	}
}

// at moves the clock.
func (w *town) at(month time.Month, day int) {
	w.Set(time.Date(2026, month, day, 12, 0, 0, 0, time.UTC))
}

// february lives through February and comes to March: promises, complaints,
// reviews, an action and an issue.
func (w *town) february() {
	w.Helper()
	w.at(1, 20)
	ann, bought := w.buys("ann", "old", "pot")
	w.complains(ann, bought, "supplier")
	w.at(2, 2)
	for i := range 12 {
		w.promises(i, i < 11)
	}
	var cases []*complaint.Case
	for range 3 {
		cases = append(cases, w.complains(ann, bought, "supplier"))
	}
	issue := w.adds(Spec{Title: Words{"en": "It leaks"}, What: Words{"en": "Tea runs."}, State: Looking, Published: true, Since: "2026-02-01"})
	w.Set(w.Now().Add(3 * time.Hour))
	_, err := w.Complaints.Answer(w.Context(), boss, w.Programme.ID, cases[0].ID, complaint.Answer{Text: "Sorry."})
	w.OK(err)
	w.Set(w.Now().Add(time.Hour))
	_, err = w.Complaints.Solve(w.Context(), boss, w.Programme.ID, cases[0].ID)
	w.OK(err)
	w.Exec(`INSERT INTO complaint_action (programme_id, id, cause, title, owner_id, made, made_by, due, done) VALUES ($1, 1, 'supplier', 'Test each', 1, $2, 'x', $2, $2)`, w.Programme.ID, w.Now().UnixMicro())
	w.reviews(3, 5)
	w.amends(issue, func(s *Spec) { s.State = Mended })
	w.at(3, 15)
}

func (w *town) promises(n int, kept bool) {
	w.Helper()
	p, err := w.Promises.Make(w.Context(), boss, promise.New{ProgrammeID: w.Programme.ID, Kind: promise.Delivery, What: "tea", Source: "shop", ExternalID: "d" + strconv.Itoa(n), Due: w.Now().Add(time.Hour)})
	w.OK(err)
	actual := w.Now()
	was := w.Now()
	if !kept {
		actual = w.Now().Add(2 * time.Hour)
		w.Set(actual)
	}
	_, err = w.Promises.Done(w.Context(), boss, w.Programme.ID, p.ID, actual)
	w.OK(err)
	w.Set(was)
}

func (w *town) reviews(n int, rating int64) {
	w.Helper()
	var list []touch.Seen
	for range n {
		w.n++
		list = append(list, touch.Seen{Platform: touch.Google, ExternalID: strconv.Itoa(w.n), Rating: rating, Occurred: w.Now(), Text: "Fine."})
	}
	_, err := w.touch.Take(w.Context(), boss, w.Programme.ID, list)
	w.OK(err)
}

func (w *town) row(s *Snapshot, section Section, code string) Row {
	w.Helper()
	for _, r := range s.Of(section) {
		if r.Code == code {
			return r
		}
	}
	w.Fatalf("%s has no %s", section, code)
	return Row{}
}

func TestAMonthIsCounted(t *testing.T) {
	each(t, func(w *town) {
		w.february()
		n, err := w.Preview(w.Context(), boss, w.Programme.ID, "2026-02")
		w.OK(err)
		for _, want := range []Row{
			{Promises, "rate", Share, Amount{11, 12}, Amount{}},
			{Promises, "kind.delivery", Share, Amount{11, 12}, Amount{}},
			{Promises, "broken", Count, Amount{K: 1}, Amount{}},
			{Complaints, "received", Count, Amount{K: 3}, Amount{K: 1}},
			{Complaints, "in_time", Share, Amount{1, 3}, Amount{0, 1}},
			{Complaints, "answer", Median, Amount{180, 1}, Amount{}},
			{Complaints, "solution", Median, Amount{240, 1}, Amount{}},
			{Reviews, "received", Count, Amount{K: 3}, Amount{}},
			{Reviews, "answered", Share, Amount{0, 3}, Amount{}},
			{Reviews, "positive", Share, Amount{3, 3}, Amount{}},
			{Causes, "mended", Count, Amount{K: 1}, Amount{}},
			{Issues, "published", Count, Amount{K: 1}, Amount{}},
			{Issues, "mended", Count, Amount{K: 1}, Amount{}},
			{Issues, "open", Count, Amount{}, Amount{}},
			{Donations, "ever", Money, Amount{}, Amount{}},
		} {
			if d := cmp.Diff(want, w.row(n, want.Section, want.Code)); d != "" {
				w.Errorf("%s.%s: %s", want.Section, want.Code, d)
			}
		}
		if len(n.Mended) != 1 || n.Mended[0].Weeks != 5 || n.Mended[0].Before != 4 || n.Mended[0].After != 0 || n.Mended[0].BeforeOrders != 1 || !n.Mended[0].Few() {
			w.Errorf("what followed is %+v", n.Mended)
		}
		if len(n.Known) != 1 || n.Known[0].State != Mended {
			w.Errorf("known are %+v", n.Known)
		}
		empty, err := w.Preview(w.Context(), boss, w.Programme.ID, "2025-q4")
		w.OK(err)
		for _, s := range Sections() {
			if len(empty.Of(s)) == 0 {
				w.Errorf("%s is left out of an empty quarter", s)
			}
		}
	})
}

func TestWhatIsPublishedStays(t *testing.T) {
	each(t, func(w *town) {
		w.february()
		_, err := w.Publish(w.Context(), boss, w.Programme.ID, "2026-03", nil)
		w.Refuses(err, "trust_period_open")
		comments := map[Section]Words{Promises: {"en": "The ship was late."}}
		r, err := w.Publish(w.Context(), boss, w.Programme.ID, "2026-02", comments)
		w.OK(err)
		_, err = w.Publish(w.Context(), boss, w.Programme.ID, "2026-02", nil)
		w.Refuses(err, "trust_published")
		first, err := w.Figures(w.Context(), w.Programme.ID, "", 0)
		w.OK(err)
		w.reviews(2, 1) // found out later, of March
		w.Exec(`UPDATE touch_review SET occurred = $1 WHERE rating = 1`, time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC).UnixMicro())
		same, err := w.Figures(w.Context(), w.Programme.ID, "2026-02", 0)
		w.OK(err)
		if d := cmp.Diff(first.Shown.Snapshot, same.Shown.Snapshot); d != "" {
			w.Errorf("the page changed behind the reader: %s", d)
		}
		_, err = w.Correct(w.Context(), boss, w.Programme.ID, r.ID, 1, " ", nil)
		w.Refuses(err, "trust_note")
		_, err = w.Correct(w.Context(), boss, w.Programme.ID, r.ID, 7, "late", nil)
		w.Refuses(err, "trust_report_changed")
		r, err = w.Correct(w.Context(), boss, w.Programme.ID, r.ID, 1, "Two reviews came in late.", comments)
		w.OK(err)
		r, err = w.Withdraw(w.Context(), boss, w.Programme.ID, r.ID, r.Version, "The count of promises is wrong.")
		w.OK(err)
		_, err = w.Withdraw(w.Context(), boss, w.Programme.ID, r.ID, r.Version, "again")
		w.Refuses(err, "trust_withdrawn")
		gone, err := w.Figures(w.Context(), w.Programme.ID, "2026-02", 0)
		w.OK(err)
		if gone.Shown.Snapshot != nil || gone.Shown.Note == "" || gone.Report.Standing != Withdrawn || len(gone.Editions) != 3 {
			w.Errorf("withdrawn: %+v", gone.Shown)
		}
		old, err := w.Figures(w.Context(), w.Programme.ID, "2026-02", 1)
		w.OK(err)
		if d := cmp.Diff(first.Shown.Snapshot, old.Shown.Snapshot); d != "" {
			w.Errorf("the first edition is another: %s", d)
		}
		if got := w.row(gone.Editions[1].Snapshot, Reviews, "received").Now.K; got != 5 {
			w.Errorf("the correction counts %d reviews", got)
		}
		r, err = w.Correct(w.Context(), boss, w.Programme.ID, r.ID, r.Version, "Counted anew.", nil)
		w.OK(err)
		if r.Standing != Corrected || r.Version != 4 {
			w.Errorf("back is %+v", r)
		}
		_, err = w.Figures(w.Context(), w.Programme.ID, "2026-02", 9)
		w.Refuses(err, "unknown_trust_report")
		_, err = w.Figures(w.Context(), w.Programme.ID, "2026-01", 0)
		w.Refuses(err, "unknown_trust_report")
		w.Clean(Room())
		var tables []string
		w.OK(Room().Dump(w.Context(), w.DB.Reader(), w.Programme.ID, flow.Sink(func(table string, _ any) error {
			tables = append(tables, table)
			return nil
		})))
		if n := strings.Count(strings.Join(tables, " "), "trust_reports"); n != 4 {
			w.Errorf("the export has %d editions", n)
		}
	})
}

func TestAGapIsSeen(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	for _, name := range []string{"2026-02", "2025-11", "2025-q4"} {
		_, err := w.Publish(w.Context(), boss, w.Programme.ID, name, nil)
		w.OK(err)
	}
	f, err := w.Figures(w.Context(), w.Programme.ID, "", 0)
	w.OK(err)
	if d := cmp.Diff([]string{"2026-02+", "2026-01-", "2025-12-", "2025-q4+", "2025-11+"}, marks(f)); d != "" || f.Report.Period.Name != "2026-02" {
		t.Error(d)
	}
	list, err := w.Reports(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	_, editions, err := w.Report(w.Context(), boss, w.Programme.ID, list[0].ID)
	w.OK(err)
	if len(list) != 3 || len(editions) != 1 {
		t.Errorf("%d reports, %d editions", len(list), len(editions))
	}
}

// marks are the periods of a page: + with figures, - without.
func marks(f *PublicFigures) (list []string) {
	for _, s := range f.Slots {
		mark := "+"
		if s.Report == nil {
			mark = "-"
		}
		list = append(list, s.Period.Name+mark)
	}
	return list
}

// TestWhoStopsToPublishIsSeen: months that were not published after the last one
// are gaps, but where the shop went over to quarters.
func TestWhoStopsToPublishIsSeen(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	publishes := func(name string) {
		t.Helper()
		_, err := w.Publish(w.Context(), boss, w.Programme.ID, name, nil)
		w.OK(err)
	}
	shows := func(want ...string) {
		t.Helper()
		f, err := w.Figures(w.Context(), w.Programme.ID, "", 0)
		w.OK(err)
		if d := cmp.Diff(want, marks(f)); d != "" {
			t.Error(d)
		}
	}
	shows()
	publishes("2026-01")
	shows("2026-02-", "2026-01+")
	w.at(5, 1)
	shows("2026-04-", "2026-03-", "2026-02-", "2026-01+")
	publishes("2026-q1")
	shows("2026-04-", "2026-q1+", "2026-01+")
	publishes("2026-04") // back to months: what lies between is a gap again
	shows("2026-04+", "2026-03-", "2026-q1+", "2026-02-", "2026-01+")
	w.at(7, 2)
	shows("2026-06-", "2026-q2-", "2026-05-", "2026-04+", "2026-03-", "2026-q1+", "2026-02-", "2026-01+")
	publishes("2026-05")
	publishes("2026-06") // all of the second quarter
	shows("2026-06+", "2026-05+", "2026-04+", "2026-03-", "2026-q1+", "2026-02-", "2026-01+")
	w.Set(time.Date(2036, 1, 2, 0, 0, 0, 0, time.UTC)) // what was published stays in the list, however long ago
	f, err := w.Figures(w.Context(), w.Programme.ID, "", 0)
	w.OK(err)
	all := marks(f)
	if d := cmp.Diff([]string{"2026-06+", "2026-05+", "2026-04+", "2026-q1+", "2026-01+"}, all[len(all)-5:]); d != "" || len(all) != 36+36+5 {
		t.Errorf("%d periods: %s", len(all), d)
	}
}

func TestCommentsAreCheckedAndOnlyManagersPublish(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	for code, comments := range map[string]map[Section]Words{
		"trust_words":     {Reviews: {"en": "Leave us five stars!"}},
		"trust_section":   {"weather": {"en": "Rain."}},
		"trust_language":  {Reviews: {"de": "Gut."}},
		"trust_text_long": {Reviews: {"en": strings.Repeat("a", maxComment+1)}},
	} {
		_, err := w.Publish(w.Context(), boss, w.Programme.ID, "2026-02", comments)
		w.Refuses(err, code)
	}
	agent := auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.Agent}}}
	_, err := w.Publish(w.Context(), agent, w.Programme.ID, "2026-02", nil)
	w.Refuses(err, "not_permitted")
	_, err = w.Withdraw(w.Context(), agent, w.Programme.ID, 1, 1, "no")
	w.Refuses(err, "not_permitted")
	_, err = w.Withdraw(w.Context(), boss, w.Programme.ID, 1, 1, "no")
	w.Refuses(err, "unknown_trust_report")
}

func TestTheFiguresAreATable(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	w.february()
	n, err := w.Preview(w.Context(), boss, w.Programme.ID, "2026-02")
	w.OK(err)
	text, err := n.CSV()
	w.OK(err)
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	w.OK(err)
	if len(rows) != 1+len(n.Rows())+len(n.Mended) {
		t.Errorf("%d rows", len(rows))
	}
	if d := cmp.Diff([]string{"2026-02", "promises", "rate", "share", "11", "12", "0.6461", "0.9851", "0", "0"}, rows[1]); d != "" {
		t.Error(d)
	}
}

func TestTheCheckFindsFiguresThatWereChanged(t *testing.T) {
	each(t, func(w *town) {
		r, err := w.Publish(w.Context(), boss, w.Programme.ID, "2026-02", nil)
		w.OK(err)
		_, err = w.Correct(w.Context(), boss, w.Programme.ID, r.ID, 1, "A slip.", nil)
		w.OK(err)
		w.Clean(Room())
		for _, c := range []struct{ break_, mend, want string }{
			{`UPDATE trust_report_version SET snapshot = REPLACE(snapshot, '"kept":0', '"kept":9')`, `UPDATE trust_report_version SET snapshot = REPLACE(snapshot, '"kept":9', '"kept":0')`, "was changed after"},
			{`UPDATE trust_report_version SET note = 'x' WHERE version = 2`, `UPDATE trust_report_version SET note = 'A slip.' WHERE version = 2`, "was changed after"},
			{`UPDATE trust_report_version SET at = at - 86400000000 * 20`, `UPDATE trust_report_version SET at = at + 86400000000 * 20`, "before its period was over"},
			{`UPDATE trust_report SET ends = ends - 86400000000 * 3`, `UPDATE trust_report SET ends = ends + 86400000000 * 3`, "not of a whole period"},
			{`UPDATE trust_report SET state = 'withdrawn'`, `UPDATE trust_report SET state = 'corrected'`, "latest edition"},
			{`UPDATE trust_report_version SET version = 5 WHERE version = 2`, `UPDATE trust_report_version SET version = 2 WHERE version = 5`, "lacks an edition"},
		} {
			w.Exec(c.break_)
			if found := strings.Join(w.Faults(Room()), "; "); !strings.Contains(found, c.want) {
				w.Errorf("after %s the check finds %q", c.break_, found)
			}
			w.Exec(c.mend)
			w.Clean(Room())
		}
		if id.ID(0) == r.ID {
			w.Error("it has no id")
		}
	})
}
