package condition_test

import (
	"context"
	"database/sql"
	"os"
	"strconv"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"regulars/internal/condition"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

// arguments collects what a statement is given, as db.Args does.
type arguments []any

func (a *arguments) Add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// each runs fn against a connection to every database there is.
func each(t *testing.T, fn func(t *testing.T, c *sql.Conn)) {
	for driver, url := range map[string]string{"sqlite": ":memory:", "pgx": os.Getenv("REGULARS_TEST_POSTGRES")} {
		t.Run(driver, func(t *testing.T) {
			if url == "" {
				t.Skip("REGULARS_TEST_POSTGRES is not set")
			}
			pool, err := sql.Open(driver, url)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = pool.Close() }()
			c, err := pool.Conn(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			fn(t, c)
		})
	}
}

func execute(t testing.TB, c *sql.Conn, text string, args ...any) {
	t.Helper()
	if _, err := c.ExecContext(context.Background(), text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func TestSQLAgreesWithMatch(t *testing.T) {
	known := catalog(t)
	each(t, func(t *testing.T, c *sql.Conn) {
		execute(t, c, `CREATE TEMPORARY TABLE fact (total BIGINT, nth BIGINT, weekday BIGINT, clock BIGINT, date BIGINT, shop TEXT, first BOOLEAN)`)
		execute(t, c, `CREATE TEMPORARY TABLE tag (tag TEXT NOT NULL)`)
		rapid.Check(t, func(rt *rapid.T) {
			f := anyFacts().Draw(rt, "facts")
			store(t, c, f)
			p, err := condition.Compile(anyCondition(3).Draw(rt, "condition"), known)
			if err != nil {
				rt.Skip("two ends in the wrong order")
			}
			want, err := p.Match(f)
			if err != nil {
				rt.Fatal(err)
			}
			var args arguments
			expr, err := p.SQL(&args)
			if err != nil {
				rt.Fatal(err)
			}
			var got sql.NullBool
			if err := c.QueryRowContext(context.Background(), `SELECT `+expr+` FROM fact f`, args...).Scan(&got); err != nil {
				rt.Fatalf("%s: %v", expr, err)
			}
			if !got.Valid || got.Bool != want {
				rt.Fatalf("%s with %v is %v, but Match says %v", expr, args, got, want)
			}
		})
	})
}

// store makes the facts the only row.
func store(t testing.TB, c *sql.Conn, f facts) {
	row := make([]any, 0, 7)
	for _, name := range []string{"sale.total", "nth", "weekday", "clock", "date", "shop", "first"} {
		v, known := f[name]
		switch {
		case !known:
			row = append(row, nil)
		case name == "shop":
			row = append(row, v.Text)
		case name == "first":
			row = append(row, v.Flag)
		default:
			row = append(row, v.Int)
		}
	}
	execute(t, c, `DELETE FROM fact`)
	execute(t, c, `DELETE FROM tag`)
	execute(t, c, `INSERT INTO fact VALUES ($1, $2, $3, $4, $5, $6, $7)`, row...)
	for _, tag := range f["tags"].Set {
		execute(t, c, `INSERT INTO tag VALUES ($1)`, tag)
	}
}

func TestSQLRefusesWhatCannotBeSelected(t *testing.T) {
	for _, raw := range []string{
		`{"all":[{"field":"nth","op":"eq","value":1},{"cel":"true"}]}`,
		`{"not":{"any":[{"field":"attr.colour","op":"eq","value":"red"}]}}`,
	} {
		expr, err := compiled(t, raw).SQL(new(arguments))
		refusal(t, err, "condition_not_selectable", "")
		if expr != "" {
			t.Errorf("%s gave %s", raw, expr)
		}
	}
}

func TestSQLOfEveryCase(t *testing.T) {
	expr, err := compiled(t, `{}`).SQL(new(arguments))
	if expr != "TRUE" || err != nil {
		t.Errorf("got %s, %v", expr, err)
	}
}
