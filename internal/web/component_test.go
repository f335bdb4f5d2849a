package web

import (
	"errors"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// holds fails for each piece that a page lacks.
func holds(t *testing.T, page string, pieces ...string) {
	t.Helper()
	for _, p := range pieces {
		if !strings.Contains(page, p) {
			t.Errorf("%q is missing in %s", p, page)
		}
	}
}

const hostile = `<script>alert("x")</script>`

func TestWordsAreEscaped(t *testing.T) {
	pg := newPage(t, i18n.English)
	pg.Brand.Name, pg.Person = hostile, &Person{Name: hostile, Role: hostile}
	for name, c := range map[string]templ.Component{
		"frame":  Frame(pg, Head{Title: hostile, Lead: hostile, Crumbs: []Crumb{{hostile, "/"}}}),
		"input":  Input(pg, Field{Name: "n", Label: hostile, Value: hostile, Help: hostile, Error: hostile}),
		"select": Select(pg, Field{Name: "n", Label: "l"}, []Option{{Value: hostile, Label: hostile}}),
		"table":  DataTable(Table{Caption: hostile, Columns: []Column{{Head: hostile}}, Rows: []Row{{Cells: []templ.Component{Words(hostile)}}}}),
		"chart":  BarChart(pg, Chart{ID: "c", Title: hostile, Labels: []string{hostile}, Series: []Series{{hostile, []int64{1}}}, Figure: func(int64) string { return hostile }}),
		"toast":  Toast(Bad, hostile),
	} {
		if strings.Contains(html(t, c), "<script>alert") {
			t.Errorf("%s lets a script through", name)
		}
	}
}

func TestAddressesOfScriptsAreRefused(t *testing.T) {
	for name, c := range map[string]templ.Component{
		"link":   Link("javascript:alert(1)", "x"),
		"button": Action(Button{Label: "x", Href: "javascript:alert(1)"}),
		"row":    DataTable(Table{Rows: []Row{{Href: "javascript:alert(1)", Cells: []templ.Component{Words("x")}}}}),
	} {
		if got := html(t, c); strings.Contains(got, "javascript:") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestRowsAreToldOnce: of an attribute given twice, browsers take the first.
func TestRowsAreToldOnce(t *testing.T) {
	pg := newPage(t, i18n.English)
	for want, attrs := range map[string]templ.Attributes{`rows="4"`: nil, `rows="2"`: {"rows": "2"}} {
		got := html(t, TextArea(pg, Field{Name: "n", Label: "l", Attrs: attrs}))
		holds(t, got, want)
		if n := strings.Count(got, "rows="); n != 1 {
			t.Errorf("rows are told %d times in %s", n, got)
		}
	}
}

func TestFieldTiesItsWordsTogether(t *testing.T) {
	pg := newPage(t, i18n.English)
	got := html(t, Input(pg, Field{Name: "rate", Label: "Rate", Help: "As 1.25.", Error: "Not a number.", Suffix: "×"}))
	holds(t, got, `for="f-rate"`, `id="f-rate"`, `aria-describedby="f-rate-help f-rate-error"`, `id="f-rate-help"`, `id="f-rate-error"`, `aria-invalid="true"`, ` required`)
	got = html(t, Input(pg, Field{Name: "rate", Label: "Rate", Optional: true, ID: "other"}))
	if strings.Contains(got, "required") || strings.Contains(got, "aria-describedby") {
		t.Errorf("got %s", got)
	}
	holds(t, got, `for="other"`, `id="other"`, "optional")
}

func TestChoices(t *testing.T) {
	pg := newPage(t, i18n.English)
	options := Choose([]Option{{Value: "a", Label: "A", Group: "G"}, {Value: "b", Label: "B", Group: "G"}, {Value: "c", Label: "C"}}, "b")
	got := html(t, Select(pg, Field{Name: "n", Label: "L"}, options))
	holds(t, got, `<optgroup label="G">`, `<option value="b" selected>`)
	if strings.Count(got, "<optgroup") != 1 || strings.Count(got, " selected") != 1 {
		t.Errorf("got %s", got)
	}
	got = html(t, Radios(pg, Field{Name: "n", Label: "L", Error: "Choose one."}, options))
	holds(t, got, "<fieldset", "<legend", `value="b" checked`, `aria-describedby="f-n-error"`)
}

func TestErrorsOf(t *testing.T) {
	pg := newPage(t, i18n.Polish)
	errs, ok := ErrorsOf(pg, fault.Invalid("malformed_rate", "no").With("value", "x").At("/effects/0/rate"))
	if !ok {
		t.Fatal("not taken")
	}
	want := FormErrors{"effects/0/rate": "„x” nie jest liczbą w postaci 1.25 ani ułamkiem w postaci 5/4."}
	if diff := cmp.Diff(want, errs); diff != "" {
		t.Error(diff)
	}
	errs.Add("name", "Podaj nazwę.")
	errs.Add("name", "Druga.")
	got := html(t, ErrorSummary(pg, errs))
	holds(t, got, "2 rzeczy wymagają poprawy", `href="#f-effects-0-rate"`, "Podaj nazwę.")
	for _, err := range []error{errors.New("ours"), fault.Busy("load", "later")} {
		if _, ok := ErrorsOf(pg, err); ok {
			t.Errorf("%v is not for a form", err)
		}
	}
	if got := html(t, ErrorSummary(pg, nil)); got != "" {
		t.Errorf("got %s", got)
	}
}

func TestNavigationShowsTheNearest(t *testing.T) {
	pg := newPage(t, i18n.English)
	pg.Nav = []NavGroup{{Links: []NavLink{{Href: "/"}, {Href: "/members"}, {Href: "/members/import"}}}}
	for path, want := range map[string]string{
		"/": "/", "/members": "/members", "/members/mem_1": "/members", "/members/import/2": "/members/import", "/membership": "", "/audit": "",
	} {
		pg.Path = path
		current := ""
		for _, l := range pg.Nav[0].Links {
			if pg.current(l.Href) {
				current = l.Href
			}
		}
		if current != want {
			t.Errorf("%s: got %q, want %q", path, current, want)
		}
	}
}

// TestGroupsFoldButTheOneOneIsIn: it stands open as the page comes, so nothing
// moves, and every place is in the page.
func TestGroupsFoldButTheOneOneIsIn(t *testing.T) {
	pg := newPage(t, i18n.English)
	pg.Nav = []NavGroup{
		{Links: []NavLink{{Label: "Overview", Href: "/"}}},
		{Label: "Reward", Folds: true, Links: []NavLink{{Label: "Offers", Href: "/offers"}}},
		{Label: "Mend", Folds: true, Links: []NavLink{{Label: "Returns", Href: "/returns"}}},
		{Label: "Data", Links: []NavLink{{Label: "Import", Href: "/import"}}},
	}
	for path, open := range map[string]string{"/": "", "/offers/ofr_1": "Reward", "/returns": "Mend", "/import": ""} {
		pg.Path = path
		page := html(t, Frame(pg, Head{Title: "x"}))
		holds(t, page, `href="/offers"`, `href="/returns"`, `href="/import"`)
		for _, label := range []string{"Reward", "Mend"} {
			_, of, _ := strings.Cut(page, `<summary class="rail-label">`+label)
			if of == "" {
				t.Fatalf("%s does not fold in %s", label, page)
			}
			before, _, _ := strings.Cut(page, `<summary class="rail-label">`+label)
			if got := strings.HasSuffix(strings.TrimSpace(before), "open>"); got != (label == open) {
				t.Errorf("%s: %s is open: %v", path, label, got)
			}
		}
		if strings.Contains(page, `<summary class="rail-label">Data`) {
			t.Error("what does not fold does")
		}
	}
}

func TestTableSpeaksWhenItsRowsAreCards(t *testing.T) {
	table := Table{
		Caption: "Members", Columns: []Column{{Head: "Name", Sort: "?s=name", Order: Descending}, {Head: "Points", Figures: true}, {Head: "Do", Hidden: true}},
		Rows: []Row{{Href: "/m/1", Cells: []templ.Component{Words("Ann"), Words("5"), Words("x")}}}, Foot: []templ.Component{Words("All"), Words("5"), Words("")},
	}
	got := html(t, DataTable(table))
	holds(t, got, `role="table"`, `role="rowgroup"`, `role="columnheader"`, `role="cell"`, "<caption", `aria-sort="descending"`, `data-head="Points"`, `class="figures"`, `href="/m/1"`, "<tfoot")
	if strings.Contains(got, `data-head="Do"`) || strings.Contains(got, "tabindex") {
		t.Errorf("got %s", got)
	}
	table.Wide = true
	holds(t, html(t, DataTable(table)), `role="region"`, `tabindex="0"`, `aria-label="Members"`)
	table.Rows, table.Empty = nil, Empty(Hint{Title: "Nobody yet"})
	if got := html(t, DataTable(table)); strings.Contains(got, "<table") || !strings.Contains(got, "Nobody yet") {
		t.Errorf("got %s", got)
	}
}

func TestPager(t *testing.T) {
	pg := newPage(t, i18n.English)
	if got := html(t, Pager(pg, Cursor{})); got != "" {
		t.Errorf("got %s", got)
	}
	got := html(t, Pager(pg, Cursor{Next: "?after=5", Target: "#found"}))
	holds(t, got, `href="?after=5"`, `hx-get="?after=5"`, `hx-target="#found"`)
	if strings.Contains(got, "Previous") {
		t.Errorf("got %s", got)
	}
}

func TestConfirmPosts(t *testing.T) {
	pg := newPage(t, i18n.English)
	got := html(t, Confirm(pg, Question{ID: "q", Title: "Erase?", Text: "For good.", Action: "/erase", Hidden: map[string]string{"b": "2", "a": "1"}, Do: Button{Label: "Erase", Kind: Danger}}))
	holds(t, got, `<dialog id="q"`, `method="post" action="/erase"`, `name="a" value="1"`, "button-danger", `formmethod="dialog"`)
	if strings.Index(got, `name="a"`) > strings.Index(got, `name="b"`) {
		t.Error("the hidden values are in no fixed order")
	}
}

func TestProgress(t *testing.T) {
	pg := newPage(t, i18n.English)
	holds(t, html(t, Progress(pg, Work{Label: "Rows", Done: 7, Total: 5})), `max="5"`, `value="5"`, "100%")
	if got := html(t, Progress(pg, Work{Label: "Rows"})); strings.Contains(got, "value=") {
		t.Errorf("got %s", got)
	}
}

func TestEveryIconIsDrawn(t *testing.T) {
	for icon, path := range strokes {
		if !strings.HasPrefix(path, "M") || !strings.Contains(html(t, Draw(icon)), path) {
			t.Errorf("%s is not drawn", icon)
		}
	}
	if got := html(t, Draw("")); got != "" {
		t.Errorf("got %s", got)
	}
}
