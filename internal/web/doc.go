// Package web is what every page is made of: the frame, the components, the
// charts, the style sheets, and the adapter that lets a handler return an
// error. It knows no other room but fault and i18n; rooms below it pass what is
// to be shown.
//
// # Choices
//
// Pages are rendered on the server by templ. Parts of a page are exchanged by
// htmx 2.x: it is the maintained line with the attributes everybody knows;
// htmx 4 renames them and is not mixed in. Charts are SVG made here. Styles
// are written by hand in cascade layers on the tokens of tokens.css. Nothing is
// inline, so the content policy forbids inline scripts and styles outright.
// Pages can be read and forms sent without script; dialogs then need a browser
// that knows the command attribute.
//
// # Building
//
// After a change to a .templ, .css or .js file run
//
//	go generate ./internal/web
//
// and commit what it writes: the *_templ.go files and dist. esbuild runs as a
// Go library; the version of htmx is noted in assets/NOTICE. A style sheet lies
// beside its component and is listed in app.css.
//
// # Writing a page
//
// A handler makes the Page of the request once and passes it to components:
//
//	func (c *Console) members(w http.ResponseWriter, r *http.Request) error {
//		pg := c.page(w, r) // web.NewPage with brand, person and navigation
//		found, err := c.member.Search(…)
//		if err != nil {
//			return err // becomes a page or, for htmx, a toast
//		}
//		if web.IsFragment(r) {
//			return web.Render(w, r, http.StatusOK, memberTable(pg, found))
//		}
//		return web.Render(w, r, http.StatusOK, membersPage(pg, found))
//	}
//
// and its templ file says what stands on it:
//
//	templ membersPage(pg *web.Page, found Found) {
//		@web.Frame(pg, web.Head{
//			Title:   pg.T("console.members"),
//			Lead:    pg.T("console.members_lead", "n", found.Count),
//			Actions: web.Action(web.Button{Label: pg.T("console.add"), Kind: web.Primary, Opens: "add"}),
//		}) {
//			@web.FilterBar(pg, "/members", "#found") {
//				@web.SearchBox(pg, web.Search{Action: "/members", Name: "q", Label: pg.T("console.find"), Target: "#found"})
//			}
//			@memberTable(pg, found)
//		}
//	}
//
// The order within a page is a sentence, the figure, the picture, the table.
// Words come already translated: pg.T, pg.Money, pg.Date. Components that have
// words of their own take the Page.
//
// A form that needs mending is rendered again with status 422: take the errors
// from ErrorsOf, put each into its Field, and ErrorSummary above. A form that
// was taken ends in AddFlash and Redirect; an htmx form may answer with the
// changed part and a Toast instead.
//
// # Components
//
// A component is a function named for what is seen; it takes a struct named for
// what is shown, after the Page if it has words of its own.
//
//	around a page   Frame, Bare (Head, Crumb), Screen
//	its layout      Part (Section), Stack, Columns, Halves, FieldRow
//	moving about    Tabs (Tab), Pager (Cursor), Steps (Step)
//	figures         Tiles, Tile (Stat), Badge, Definitions (Definition), Progress (Work)
//	tables          DataTable (Table, Column, Row); cells: Words, TwoLines, Link, Code, Muted, Badge, Action
//	charts (Chart)  BarChart, StackedBars, LineChart, AreaChart, HorizontalBars
//	doing           Action, Actions (Button), Modal (Dialog), Confirm (Question)
//	forms (Field)   Form, Input, TextArea, Select, File, Checkbox, Checkboxes, Radios, ErrorSummary
//	finding         FilterBar, SearchBox (Search), Filter
//	telling         Notice, Toast, Empty (Hint), Timeline (Happening), CodeBlock
//
// The gallery folder shows every component and is the longest example. The
// webtest folder opens pages in a browser for tests: measure and take pictures
// of every page at both widths.
package web
