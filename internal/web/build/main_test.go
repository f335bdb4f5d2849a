package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDistIsFresh holds the committed bundles to their sources.
func TestDistIsFresh(t *testing.T) {
	for folder, entries := range map[string][]string{"..": nil, "../../till": {"till.css", "till.js", "worker.js"}} {
		isFresh(t, folder, entries...)
	}
}

func isFresh(t *testing.T, folder string, entries ...string) {
	t.Helper()
	files, err := bundle(folder, entries...)
	if err != nil {
		t.Fatal(err)
	}
	there, err := os.ReadDir(filepath.Join(folder, "dist"))
	if err != nil {
		t.Fatal(err)
	}
	if len(there) != len(files) {
		t.Errorf("%s/dist holds %d files, not %d; run go generate there", folder, len(there), len(files))
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(folder, "dist", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s/dist/%s is stale (%v); run go generate there", folder, name, err)
		}
	}
}

func TestEverySheetIsListed(t *testing.T) {
	list, err := os.ReadFile("../app.css")
	if err != nil {
		t.Fatal(err)
	}
	sheets, err := filepath.Glob("../*.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sheets {
		if name := filepath.Base(s); name != "app.css" && !strings.Contains(string(list), `"./`+name+`"`) {
			t.Errorf("app.css does not list %s", name)
		}
	}
}

func TestRunWritesOnlyWhatIsBuilt(t *testing.T) {
	folder := t.TempDir()
	for name, body := range map[string]string{
		"app.css": "a { color: light-dark(#fff, #000) }", "app.js": "let long = 1; globalThis.x = long;",
		"icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>", "dist/app-OLD.css": "stale",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(folder); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "dist", "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("got %v, %v", files, err)
	}
	sheets, err := filepath.Glob(filepath.Join(folder, "dist", "*.css"))
	if err != nil || len(sheets) != 1 {
		t.Fatalf("got %v, %v", sheets, err)
	}
	css, err := os.ReadFile(sheets[0])
	if err != nil || strings.TrimSpace(string(css)) != "a{color:light-dark(#fff,#000)}" {
		t.Errorf("got %s, %v", css, err)
	}
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	if err := run(t.TempDir()); err == nil || !strings.Contains(err.Error(), "app.css") {
		t.Errorf("got %v", err)
	}
}
