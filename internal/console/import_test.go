package console

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/intake"
)

func zip(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(s))
	check(t, err)
	check(t, w.Close())
	return b.String()
}

// TestAFileIsTaken uploads sales, looks at the suggestion and the preview, and
// lets the file run.
func TestAFileIsTaken(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/import").is(t, 200).shows(t, "Nothing was imported yet", "A file may look like this")
	p := who.upload(`C:\files\sales.csv.gz`, zip(t, salesFile(30))).is(t, 200)
	p.shows(t, "sales.csv.gz", "Of the first 34 rows, 32 would be taken and 2 left out.", "A-0 · A-1 · A-2", "Sale 536000", "£1.95", "Import the file").hides(t, `C:`)
	for _, chosen := range []string{`<option value="reference" selected>`, `<option value="occurred" selected>`, `value="DD/MM/YYYY hh:mm"`, `value="prefix" checked`, `value="C"`} {
		if !strings.Contains(p.body, chosen) {
			t.Errorf("%s was not suggested", chosen)
		}
	}
	who.get("/p/bean/import").is(t, 200).shows(t, "sales.csv.gz Waits for you to say what its columns are.", "Not started")
	running := who.post(p.path, importAnswers...).is(t, 200).shows(t, "Waiting to begin…", "You may leave this page")
	if running.path != p.path || !strings.Contains(running.body, `hx-trigger="every 1s"`) {
		t.Errorf("came to %s", running.path)
	}
	who.post(p.path+"/discard").is(t, http.StatusConflict).shows(t, "The file is being taken.")
	w.work()
	done := who.fragment(p.path).is(t, 200)
	done.shows(t, "11 sales and 1 return out of 34 rows; 2 rows were left out.", "No customer 1", "Number cannot be read 1", "Total 2", "New 12", "Known already 0", "Rows that are no goods 1")
	if strings.Contains(done.body, "<html") || strings.Contains(done.body, `hx-trigger="every`) {
		t.Error("the page goes on asking")
	}
	rejects := who.get(p.path+"/rejects").is(t, 200)
	if !strings.Contains(rejects.header.Get("Content-Disposition"), "attachment") || !strings.Contains(rejects.body, "990001,A-1,Teapot,one") || !strings.Contains(rejects.body, "The row names no customer") {
		t.Errorf("got %v %s", rejects.header, rejects.body)
	}
	who.get("/p/bean/members").is(t, 200).shows(t, "10 ")
	who.get("/p/bean/import").is(t, 200).shows(t, "11 sales and 1 return", "Done", "Olga Owner")
	has(t, w.audited(), "import.start")
}

// TestTheSameFileAgain takes a file twice: its settings are remembered, and
// nothing is counted twice.
func TestTheSameFileAgain(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	for i, want := range []string{"New 12 Known already 0", "New 0 Known already 12"} {
		p := who.upload("sales.csv", salesFile(30)).is(t, 200)
		if i > 0 {
			p.shows(t, "The columns are those of “sales.csv”, so its settings were taken over.")
		}
		who.post(p.path, importAnswers...).is(t, 200)
		w.work()
		who.get(p.path).is(t, 200).shows(t, want)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	for _, tc := range []struct{ name, content, want string }{
		{"", "", "Choose a file first."}, {"empty.csv", "", "The file is empty."}, {"book.xlsx", "PK\x03\x04 and so on", "This is a workbook"},
		{"broken.csv.gz", zip(t, salesFile(3000))[:300], "breaks off or is damaged"},
	} {
		who.upload(tc.name, tc.content).is(t, http.StatusUnprocessableEntity).shows(t, tc.want, "Nothing was imported yet")
	}
	left, err := w.console.Imports.List(w.owner.Actor(), w.programme.ID)
	check(t, err)
	if len(left) > 0 {
		t.Errorf("left %v", left)
	}
	who.post("/p/bean/import", "file", "x").is(t, http.StatusUnprocessableEntity).shows(t, "Choose a file first.")
}

// TestAnswersChangeThePreview changes one answer at a time.
func TestAnswersChangeThePreview(t *testing.T) {
	w := newTown(t)
	w.addShops()
	who := w.as(auth.Owner)
	p := who.upload("sales.csv", salesFile(6)).is(t, 200)
	answers := func(pairs ...string) []string {
		form := append([]string{}, importAnswers...)
		form[1] = "preview"
		for i := 0; i < len(pairs); i += 2 {
			for j := 0; j < len(form); j += 2 {
				if form[j] == pairs[i] {
					form[j+1] = pairs[i+1]
				}
			}
		}
		return form
	}
	for _, tc := range []struct {
		form []string
		want string
	}{
		{answers(), "8 would be taken and 2 left out"},
		{answers("dates", "YYYY-MM-DD"), "0 would be taken and 10 left out"},
		{answers("dates", "yesterday"), "is not a pattern of dates"},
		{answers("zone", "Mars"), "is not a time zone"},
		{answers("col.6", ""), "Choose the column for “Customer number”."},
		{answers("col.6", "", "without_customer", "guest"), "Number cannot be read"},
		{answers("col.0", "occurred"), "Two columns are to be “Date”."},
		{answers("col.5", "amount"), "£1.95"},
		{append(answers(), "const.shop", "leeds"), "leeds"},
		{answers("decimal", "comma", "thousands", "comma"), "One character cannot separate both"},
	} {
		who.post(p.path, tc.form...).is(t, 200).shows(t, tc.want)
	}
	form := answers("zone", "Mars")
	form[1] = "run"
	who.post(p.path, form...).is(t, http.StatusUnprocessableEntity).shows(t, "There is something to put right", "“Mars” is not a time zone")
	form = answers("col.0", "occurred")
	form[1] = "run"
	who.post(p.path, form...).is(t, http.StatusUnprocessableEntity).shows(t, "Two columns are to be “Date”.")
	form = answers("holds", "members")
	form[1] = "look"
	who.post(p.path, form...).is(t, 200).shows(t, "Kept as another property", "Member", "9 would be taken").hides(t, "Returns among the sales")
	form = answers()
	form[1] = "look"
	form = append(form, "encoding", "klingon")
	who.post(p.path, form...).is(t, 200).shows(t, "The encoding “klingon” is not read.")
	form = append(answers(), "separator", "tab")
	form[1] = "look"
	who.post(p.path, form...).is(t, 200)
}

// TestMembersAreTaken takes people with a property of their own.
func TestMembersAreTaken(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	p := who.upload("people.csv", "E-mail;ФИО;Дата рождения;Размер\nanna@example.com;Новак Анна;03.05.1984;M\nbob@example.com;Смит Боб;31.02.1980;L\n;;;\n").is(t, 200)
	p.shows(t, "People, one row for each.", "Анна Новак", "3.5.1984", "Kept as another property")
	who.post(p.path, "do", "run", "holds", "members", "col.0", "email", "col.1", "full_name", "col.2", "birth", "col.3", extraRole, "dates", "DD.MM.YYYY", "zone", "Europe/London",
		"name_order", "family_first", "duplicates", "leave_out", "const.language", "ru", "const.tags", "vip").is(t, 200)
	w.work()
	who.get(p.path).is(t, 200).shows(t, "1 member out of 3 rows; 2 rows were left out.", "Date cannot be read 1")
	who.get("/p/bean/members?q=novak").is(t, 200).shows(t, "Анна Новак")
	f, err := w.console.Imports.List(w.owner.Actor(), w.programme.ID)
	check(t, err)
	if got := f[0].Set; got.Attributes["Размер"] != "Размер" || got.Constants[intake.Language] != "ru" || got.Holds != intake.Members {
		t.Errorf("kept %+v", got)
	}
}

func TestImportsNeedPermission(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	p := who.upload("sales.csv", salesFile(3)).is(t, 200)
	marketer := w.as(auth.Marketer)
	for _, path := range []string{"/p/bean/import", p.path, p.path + "/rejects"} {
		marketer.get(path).is(t, http.StatusForbidden)
	}
	marketer.post(p.path, "do", "run").is(t, http.StatusForbidden)
	marketer.upload("sales.csv", salesFile(3)).is(t, http.StatusForbidden)
	w.makeProgramme("leaf", "Leaf")
	elsewhere := strings.Replace(p.path, "/bean/", "/leaf/", 1)
	who.get(elsewhere).is(t, http.StatusNotFound)
	who.post(elsewhere+"/discard").is(t, http.StatusNotFound)
	who.get(p.path+"/rejects").is(t, http.StatusNotFound).shows(t, "kept for 7 days")
	who.get("/p/bean/import/"+id.ID(4).In(id.Import)).is(t, http.StatusNotFound)
	who.post(p.path+"/discard").is(t, 200).shows(t, "The file is gone.", "Nothing was imported yet")
}

// TestOldFilesGo holds how long what an import keeps of people lies there.
func TestOldFilesGo(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	draft := who.upload("draft.csv", salesFile(3)).is(t, 200).path
	done := who.upload("done.csv", salesFile(3)).is(t, 200).path
	who.post(done, importAnswers...).is(t, 200)
	w.work()
	which, err := id.Parse(id.Import, done[strings.LastIndex(done, "/")+1:])
	check(t, err)
	file := func(name string) bool {
		_, err := os.Stat(w.importPath(which, name))
		return err == nil
	}
	if file("upload") || !file("rejects.csv") {
		t.Error("the upload stays or the rejects went")
	}
	start := w.clock
	for _, step := range []struct {
		after                time.Duration
		draft, rejects, done bool
	}{{time.Hour, true, true, true}, {25 * time.Hour, false, true, true}, {8 * 24 * time.Hour, false, false, true}, {401 * 24 * time.Hour, false, false, false}} {
		w.clock = start.Add(step.after)
		check(t, w.console.tidy(ctx))
		d, err := w.console.Imports.List(w.owner.Actor(), w.programme.ID)
		check(t, err)
		has := map[string]bool{}
		for _, f := range d {
			has[f.Name] = true
		}
		if has["draft.csv"] != step.draft || has["done.csv"] != step.done || file("rejects.csv") != step.rejects {
			t.Errorf("after %v: %v, rejects %v", step.after, has, file("rejects.csv"))
		}
	}
	w.clock = start
	who.get(draft).is(t, http.StatusNotFound)
}

// TestAFileOfNothingIsNoSuccess: a file of which every row is left out is said
// to be so before it is taken and after, and not with a tick.
func TestAFileOfNothingIsNoSuccess(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	file := "invoice,sku,name,quantity,date,price,customer\n1,A,Mug,1,1/1/1950 10:00,2.50,7\n2,A,Mug,x,1/2/2026 10:00,2.50,7\n"
	page := who.upload("old.csv", file).is(t, 200)
	answers := slices.Clone(importAnswers)
	answers[1] = "preview"
	preview := who.post(page.path, answers...).is(t, 200).shows(t, "Of the first 2 rows, 0 would be taken and 2 left out.")
	if !strings.Contains(preview.body, "notice-warn") {
		t.Error("the preview does not warn")
	}
	who.post(page.path, importAnswers...).is(t, 200)
	w.work()
	done := who.get(page.path).is(t, 200).shows(t, "0 sales and 0 returns out of 2 rows; 2 rows were left out.")
	if !strings.Contains(done.body, "notice-warn") || strings.Contains(done.body, "notice-good") {
		t.Error("the result looks like a success")
	}
}
