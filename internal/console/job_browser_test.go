package console

import (
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/web/webtest"
)

// busy is a town in which the programme is being worked on: drafts, a
// simulation, imports in every state, staff, keys and work that failed.
type busy struct {
	*town
	simulation, draftImport, doneImport string
	colleague                           string
}

func newBusy(t testing.TB) *busy {
	t.Helper()
	w := &busy{town: newTown(t)}
	c, owner := w.console, w.owner.Actor()
	w.addShops()
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	boris := w.join("Борис", "Преображенский", "boris@example.com")
	for i := range 20 {
		w.buy(anna, 400-20*i, tea(int64(30+40*i)))
		w.buy(boris, 390-20*i, tea(int64(20+5*i)))
	}
	w.draftRule("Twice on weekends")
	w.draftRanks()
	v, err := c.Rules.Get(ctx, system, w.programme.ID, w.rules()[0].ID)
	check(t, err)
	spec := v.Published().Spec
	spec.Effects[0].Points = 2
	_, err = c.Rules.SaveDraft(ctx, owner, w.programme.ID, v.ID, spec)
	check(t, err)
	who := w.as(auth.Owner)
	w.simulation = who.post(w.rule("A point a pound", "/simulate")).is(t, 200).path
	w.draftImport = who.upload("sales-february.csv", salesFile(30)).is(t, 200).path
	w.doneImport = who.upload("sales-january.csv.gz", salesFile(90)).is(t, 200).path
	who.post(w.doneImport, importAnswers...).is(t, 200)
	w.work()
	for _, role := range []auth.Role{auth.Manager, auth.ReadOnly} {
		staff, _, err := c.Auth.Invite(ctx, owner, auth.Invitation{Email: string(role) + ".with.a.long.address@a-long-domain.example.com", Name: "Катажина " + string(role), Language: i18n.Polish, Roles: []auth.Assignment{{ProgrammeID: w.programme.ID, Role: role}}})
		check(t, err)
		w.colleague = staff.ID.In(id.Staff)
	}
	for _, name := range []string{"Till in Leeds", "Web shop"} {
		_, _, err := c.Auth.CreateKey(ctx, owner, auth.NewKey{ProgrammeID: w.programme.ID, Name: name, Scopes: []auth.Scope{"events:write", "members:read", "points:read"}})
		check(t, err)
	}
	w.fail("console.import", w.payload(), "reading the upload: open /var/lib/regulars/imports/imp_1/upload: input/output error\nwhile taking line 40211")
	return w
}

// importAnswers is how the form of an import of salesFile is filled in.
var importAnswers = []string{
	"do", "run", "holds", "sales", "source", "till", "col.0", "reference", "col.1", "sku", "col.2", "product", "col.3", "quantity",
	"col.4", "occurred", "col.5", "unit_price", "col.6", "customer", "dates", "D/M/YYYY hh:mm", "zone", "Europe/London", "decimal", "point",
	"thousands", "", "cancel", "prefix", "prefix", "C", "fees", "POST, DOT", "without_customer", "leave_out", "duplicates", "leave_out",
}

// places are the pages that are looked at, by name.
func (w *busy) places() map[string]string {
	return map[string]string{
		"rules": "/p/bean/programme", "rule": w.rule("A point a pound", ""), "rule-draft": w.rule("Twice on weekends", ""),
		"rule-new": "/p/bean/programme/rules/new?start=weekend", "rule-edit": w.rule("Twice on weekends", "/edit"), "simulation": w.simulation,
		"ranks": "/p/bean/programme/ranks", "ladder": w.ranks(""), "ladder-edit": w.ranks("/edit"), "ladder-new": "/p/bean/programme/ranks/new",
		"settings": "/p/bean/programme/settings", "imports": "/p/bean/import", "import-columns": w.draftImport, "import-done": w.doneImport,
		"jobs-dead": "/p/bean/jobs", "jobs-waiting": "/p/bean/jobs?state=waiting", "jobs-running": "/p/bean/jobs?state=running",
		"staff": "/p/bean/staff", "colleague": "/p/bean/staff/" + w.colleague, "keys": "/p/bean/keys", "audit": "/p/bean/audit",
	}
}

// TestProgrammePagesInTheBrowser opens every page on a phone and on a desk and
// measures it, in both looks and every language. With -artifacts it keeps
// pictures.
func TestProgrammePagesInTheBrowser(t *testing.T) {
	w := newBusy(t)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"desktop-en", "en", "light", webtest.Desktop}, {"phone-en", "en", "light", webtest.Phone},
		{"phone-pl-dark", "pl", "dark", webtest.Phone}, {"desktop-ru", "ru", "dark", webtest.Desktop},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range w.places() {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+name)
				said := webtest.Script[string](t, b, `document.body.innerText`)
				if strings.Contains(said, "console.") && !strings.Contains(name, "jobs") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}
