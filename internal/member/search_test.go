package member

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func TestSearchFinds(t *testing.T) {
	eachHouse(t, func(h *house) {
		ivanov := h.join("Иван", "Иванов", Identity{Phone, "+79123456789"}, Identity{Email, "ivan@example.ru"})
		h.join("Anna Maria", "Kowalska-Żyła", Identity{Phone, "+48512340018"}, Identity{Card, "260012345678"})
		h.join("John", "O'Neil", tel(18), Identity{External, "Cust/17"}, Identity{Pass, "p.1=A"})
		h.join("Юлия", "Ёлкина")
		h.add(&Member{ProgrammeID: there, Status: Known, GivenName: "Ivan", FamilyName: "Elsewhere"}, Identity{Phone, "+79123456789"})
		for _, c := range []struct {
			text string
			want string
		}{
			{ivanov.ID.In(id.Member), "Иван Иванов"},
			{"+7 912 345-67-89", "Иван Иванов"},
			{"Ivan@Example.ru ", "Иван Иванов"},
			{"2600 1234-5678", "Anna Maria Kowalska-Żyła"},
			{"Cust/17", "John O'Neil"},
			{"p.1=A", "John O'Neil"},
			{"020 7940 0018", "John O'Neil"}, // by the programme's country
			{"0018", "John O'Neil; Anna Maria Kowalska-Żyła"},
			{"0018 anna", "Anna Maria Kowalska-Żyła"},
			{"0018 иван", ""},
			{"иван", "Иван Иванов"},
			{"ИВАНОВ ив", "Иван Иванов"},
			{"Ivanov", "Иван Иванов"},
			{"Iwan Iwanow", "Иван Иванов"},
			{"Иванова", ""},
			{"kow", "Anna Maria Kowalska-Żyła"},
			{"Zyla maria", "Anna Maria Kowalska-Żyła"},
			{"ковальска", "Anna Maria Kowalska-Żyła"},
			{"oneil", "John O'Neil"},
			{"O’Neil", "John O'Neil"},
			{"julia", "Юлия Ёлкина"},
			{"Yulia Elkina", "Юлия Ёлкина"},
			{"елк", "Юлия Ёлкина"},
			{"elsewhere", ""},
			{"%", ""},
			{"_van", "Иван Иванов"},
			{"вано", "Иван Иванов"},
			{"anov", "Иван Иванов"},
			{"alska", "Anna Maria Kowalska-Żyła"},
			{"альск", "Anna Maria Kowalska-Żyła"},
			{"ŁA zyl", "Anna Maria Kowalska-Żyła"},
			{"ria", "Anna Maria Kowalska-Żyła"},
			{"eil ohn", "John O'Neil"},
			{"лкин", "Юлия Ёлкина"},
			{"elkin 18", ""},
			{"v", ""},
			{"\x00\xff", ""},
			{"—", ""},
			{strings.Repeat("ю ", 5_000), "Юлия Ёлкина"},
			{"  ", "Юлия Ёлкина; John O'Neil; Anna Maria Kowalska-Żyła; Иван Иванов"},
		} {
			if got := strings.Join(h.names(c.text), "; "); got != c.want {
				h.t.Errorf("search %.40q finds %q, want %q", c.text, got, c.want)
			}
		}
	})
}

func TestSearchFilters(t *testing.T) {
	eachHouse(t, func(h *house) {
		vip := []string{"vip"}
		h.add(&Member{ProgrammeID: here, Status: Known, GivenName: "Anna", Tags: vip})
		h.add(&Member{ProgrammeID: here, Status: Enrolled, Enrolled: dbtest.Start, GivenName: "Ben", Tags: vip})
		h.add(&Member{ProgrammeID: here, Status: Erased})
		h.add(&Member{ProgrammeID: here, Status: Known, GivenName: "Annabel"})
		for _, c := range []struct {
			what string
			q    Query
			want []string
		}{
			{"all but the erased", Query{}, []string{"Annabel", "Ben", "Anna"}},
			{"enrolled", Query{Status: Enrolled}, []string{"Ben"}},
			{"erased", Query{Status: Erased}, []string{""}},
			{"tag", Query{Tag: " vip "}, []string{"Ben", "Anna"}},
			{"tag and text", Query{Tag: "vip", Text: "ann"}, []string{"Anna"}},
			{"unknown tag", Query{Tag: "vi"}, nil},
			{"everything", Query{Status: Known, Tag: "vip", Text: "a"}, []string{"Anna"}},
		} {
			c.q.ProgrammeID = here
			wantSame(h.t, c.what, c.want, h.found(c.q))
		}
	})
}

func TestSearchPages(t *testing.T) {
	eachHouse(t, func(h *house) {
		var all []string
		for i := range 23 {
			all = append(all, h.join("Anna", fmt.Sprintf("Nr%d", i), tel(i)).Name())
		}
		slices.Reverse(all)
		for _, text := range []string{"", "ann"} {
			var got []string
			q := Query{ProgrammeID: here, Text: text, Limit: 5}
			for range 5 {
				p, err := h.Search(h.t.Context(), staff(auth.ReadOnly), q)
				if err != nil {
					h.t.Fatal(err)
				}
				for _, m := range p.Members {
					got = append(got, m.Name())
					if len(p.Identities[m.ID]) != 1 {
						h.t.Errorf("%s comes without the phone", m.Name())
					}
				}
				if q.Before = p.Next; q.Before == 0 {
					break
				}
			}
			wantSame(h.t, "pages of "+text, all, got)
		}
	})
}

func TestSearchNeedsPermission(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t, auth.Schema, Schema))
	_, err := h.Search(t.Context(), staff(auth.Owner), Query{ProgrammeID: there})
	wantFault(t, err, fault.KindRefused, "not_permitted")
}

// Whatever is typed, search answers; and whoever is in the programme is found
// by any part of any word of the name: two letters or more anywhere, or its
// beginning.
func TestSearchByAnyPart(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t, auth.Schema, Schema))
	name := rapid.StringMatching(`[A-ZŻŁ][a-ząćęłńóśźż]{1,8}|[А-ЯЁ][а-яё]{1,8}`)
	rapid.Check(t, func(r *rapid.T) {
		given, family := name.Draw(r, "given"), name.Draw(r, "family")
		m := h.join(given, family)
		letters := []rune(rapid.SampledFrom([]string{given, family}).Draw(r, "typed"))
		from := rapid.IntRange(0, len(letters)-leastPart).Draw(r, "from")
		typed := strings.ToUpper(string(letters[from:rapid.IntRange(from+leastPart, len(letters)).Draw(r, "to")]))
		if from == 0 && rapid.Bool().Draw(r, "one letter") {
			typed = string(letters[0])
		}
		found, _, err := Search(t.Context(), h.d.Reader(), Query{ProgrammeID: here, Text: typed, Limit: 1})
		if err != nil || len(found) != 1 || found[0].ID != m.ID { // the latest comes first
			r.Fatalf("%q does not find %s: %v", typed, m.Name(), err)
		}
		if _, _, err := Search(t.Context(), h.d.Reader(), Query{ProgrammeID: here, Text: rapid.String().Draw(r, "noise")}); err != nil {
			r.Fatal(err)
		}
	})
	h.sound()
}

// BenchmarkSearch measures a page among 100,000 members; among a million with
// REGULARS_SOAK.
func BenchmarkSearch(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...db.Schema) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := open(b, auth.Schema, Schema)
			n := 100_000
			if os.Getenv("REGULARS_SOAK") != "" {
				n = 1_000_000
			}
			began := time.Now()
			crowd(b, d, n)
			fmt.Printf("%s: inserting %d members: %.1f µs each\n", name, n, float64(time.Since(began).Microseconds())/float64(n))
			if d.Dialect() == db.Postgres { // it does so by itself a minute later
				must(b, d.InTx(b.Context(), func(tx *db.Tx) error { _, err := tx.Exec(b.Context(), "ANALYZE"); return err }))
			}
			for _, q := range []Query{
				{}, {Text: "+44207942345"}, {Text: "0018"}, {Text: "a"}, {Text: "ann"}, {Text: "Ivanov 0018"}, {Text: "анна иван"}, {Text: "walskifb"}, {Text: "овfb"}, {Text: "üllerxq"}, {Text: "alski"}, {Text: "zz"},
				{Tag: "vip"}, {Status: Erased}, {Status: Enrolled, Tag: "vip", Text: "a"},
			} {
				q.ProgrammeID = here
				b.Run(fmt.Sprintf("%s/%s/%s", q.Text, q.Status, q.Tag), func(b *testing.B) {
					for b.Loop() {
						if _, _, err := Search(b.Context(), d.Reader(), q); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// crowd fills the programme with members of a hundred given names and a
// thousand family names.
func crowd(b *testing.B, d *db.DB, n int) {
	given := []string{"Anna", "Иван", "Łucja", "Мария", "Ben", "Chloé", "Анна", "Dmitry", "Ewa", "Żaneta"}
	family := []string{"Ivanov", "Kowalski", "Smith", "Петров", "Żyła", "Иванова", "Nowak", "Jones", "Щербаков", "Müller"}
	for from := 0; from < n; from += 1_000 {
		newcomers := make([]Newcomer, 1_000)
		for k := range newcomers {
			i := from + k
			m := &Member{ProgrammeID: here, Status: Known, Created: dbtest.Start,
				GivenName: given[i%10] + strings.Repeat("a", i/10%10), FamilyName: fmt.Sprintf("%s%c%c", family[i/100%10], 'a'+i/1_000%26, 'a'+i/7%26)}
			if i%20 == 0 {
				m.Tags = []string{"vip"}
			}
			newcomers[k] = Newcomer{m, []Identity{tel(i), ext(i)}}
		}
		must(b, d.InTx(b.Context(), func(tx *db.Tx) error { return Insert(b.Context(), tx, newcomers) }))
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// spy keeps the last statement that was sent.
type spy struct {
	db.Queryer
	text string
	args []any
}

func (s *spy) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s.text, s.args = text, args
	return s.Queryer.Query(ctx, text, args...)
}

// plan returns how SQLite runs the statement that was sent last.
func (s *spy) plan(t *testing.T) string {
	t.Helper()
	rows, err := s.Queryer.Query(t.Context(), "EXPLAIN QUERY PLAN "+s.text, s.args...)
	steps, err := db.Collect(rows, err, func(r *sql.Rows) (step string, err error) {
		var one, two, three int
		err = r.Scan(&one, &two, &three, &step)
		return step, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}

// SQLite knows nothing of how large tables are, and has chosen to walk them
// when many keys were asked for at once.
func TestNothingWalksAWholeTable(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t, auth.Schema, Schema))
	s := &spy{Queryer: h.d.Reader()}
	walks := regexp.MustCompile(`SCAN (i|m|member\w*)\b|AUTOMATIC|USING INDEX \w+ \(programme_id=\?\)$`)
	var asks []Ask
	var ids []id.ID
	for i := range 256 {
		asks, ids = append(asks, Ask{here, []Identity{ext(i)}}), append(ids, id.ID(i+1))
	}
	found := map[string]func() error{
		"recognise":  func() error { _, err := Recognise(t.Context(), s, asks); return err },
		"load":       func() error { _, err := Read(t.Context(), s, ids); return err },
		"identities": func() error { _, err := Identities(t.Context(), s, ids); return err },
		"aliases":    func() error { _, err := AliasSets(t.Context(), s, ids); return err },
		"birthdays":  func() error { _, err := Birthdays(t.Context(), s, here, 2026, 2, 28, 0, 9); return err },
		"mergings":   func() error { _, err := Mergings(t.Context(), s, ids); return err },
	}
	for _, q := range []Query{{}, {Text: "anna 0018"}, {Tag: "vip", Text: "+442079400018"}, {Status: Known, Before: 9}, {Status: Known, Tag: "vip"}} {
		q.ProgrammeID = here
		found[fmt.Sprintf("search %+v", q)] = func() error { _, _, err := Search(t.Context(), s, q); return err }
	}
	for what, run := range found {
		if err := run(); err != nil {
			t.Fatal(err)
		}
		for step := range strings.SplitSeq(s.plan(t), "\n") {
			if walks.MatchString(step) {
				t.Errorf("%s: %s\n%s", what, step, s.plan(t))
			}
		}
	}
}

// TestPartsOfNamesGoWithTheLastWhoHasThem keeps nothing of who is erased or
// renamed, and all of who shares the name.
func TestPartsOfNamesGoWithTheLastWhoHasThem(t *testing.T) {
	eachHouse(t, func(h *house) {
		rare, shared := h.join("Zebulon", "Smith"), h.join("Ann", "Smith")
		parts := func() (n int) {
			h.t.Helper()
			if err := h.d.Reader().QueryRow(h.t.Context(), `SELECT COUNT(*) FROM member_part`).Scan(&n); err != nil {
				h.t.Fatal(err)
			}
			return n
		}
		whole := parts()
		if err := h.d.InTx(h.t.Context(), func(tx *db.Tx) error { return Erase(h.t.Context(), tx, []id.ID{rare.ID}) }); err != nil {
			h.t.Fatal(err)
		}
		if parts() >= whole || len(h.names("bulo")) != 0 {
			h.t.Errorf("%d parts of %d are left", parts(), whole)
		}
		wantSame(h.t, "who shares the name", []string{"Ann Smith"}, h.names("mit"))
		if _, err := h.Update(h.t.Context(), staff(auth.Owner), here, shared.ID, Edit{Change: func(m *Member) { m.FamilyName = "Zuckerkandl" }}); err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "by the new name", []string{"Ann Zuckerkandl"}, h.names("kand"))
		if got := h.names("mit"); len(got) != 0 {
			h.t.Errorf("the old name still finds %v", got)
		}
	})
}

// TestPartsAreMended finds by parts who was there before there were parts.
func TestPartsAreMended(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("Иван", "Кузнецов")
		if err := h.d.InTx(h.t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(h.t.Context(), `DELETE FROM member_part`); return err }); err != nil {
			h.t.Fatal(err)
		}
		if got := h.names("знец"); len(got) != 0 {
			h.t.Fatalf("without parts it finds %v", got)
		}
		if err := h.MendParts(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "after mending", []string{"Иван Кузнецов"}, h.names("знец"))
	})
}
