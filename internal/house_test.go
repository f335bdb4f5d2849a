package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// house lists the rooms from the top down. A room may import only from lines
// above its own; rooms on one line never import each other.
var house = []string{
	"fault",
	"checkcode id money photo reach sheet",
	"i18n link",
	"lexicon shelf stats",
	"condition",
	"db",
	"jobs",
	"web",
	"auth",
	"program",
	"member product",
	"journal",
	"sale",
	"earn",
	"giftcard ledger promo reward tier",
	"experiment",
	"campaign",
	"flow",
	"challenge complaint discount fraud gesture household lesson partner payback plan promise referral returns standard survey touch",
	"basket booking churn factor trust",
	"recovery",
	"outreach",
	"alarm calls",
	"intake",
	"api console guest till",
	"bench world",
}

const module = "regulars/internal/"

type listed struct {
	ImportPath string
	Imports    []string
}

// TestImportsPointUp holds the code against the list above.
func TestImportsPointUp(t *testing.T) {
	storey := storeys()
	for _, p := range packages(t) {
		from, inside := strings.CutPrefix(p.ImportPath, module)
		if !inside {
			continue
		}
		here, known := storey[room(from)]
		if !known {
			t.Errorf("the room %s stands nowhere in the house: add it to the list, at its place", room(from))
			continue
		}
		for _, path := range p.Imports {
			to, ours := strings.CutPrefix(path, module)
			if !ours || room(to) == room(from) {
				continue
			}
			if there := storey[room(to)]; there >= here {
				t.Errorf("%s imports %s, which does not stand above it", from, to)
			}
		}
	}
}

// storeys tells how far down each room stands.
func storeys() map[string]int {
	storey := map[string]int{}
	for n, line := range house {
		for room := range strings.FieldsSeq(line) {
			storey[room] = n
		}
	}
	return storey
}

// TestWhatIsForTestsIsImportedByTests alone: by nothing that is built into the
// program. The names of such packages end in "test".
func TestWhatIsForTestsIsImportedByTests(t *testing.T) {
	found := 0
	for _, p := range packages(t) {
		if strings.HasSuffix(p.ImportPath, "test") {
			found++
			continue
		}
		for _, path := range p.Imports {
			if strings.HasPrefix(path, module) && strings.HasSuffix(path, "test") {
				t.Errorf("%s imports %s, which is for tests", p.ImportPath, path)
			}
		}
	}
	if found == 0 {
		t.Error("there are no packages for tests any more")
	}
}

// TestTablesAreWrittenInOnePlace, in which no cell is taken for a formula.
func TestTablesAreWrittenInOnePlace(t *testing.T) {
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "sheet"+string(filepath.Separator)) {
				return err
			}
			source, err := os.ReadFile(path)
			if strings.Contains(string(source), "csv."+"NewWriter") {
				t.Errorf("%s writes CSV itself; write it with the room sheet", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// room is the first part of a path below internal.
func room(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("reading the list of packages: %v", err)
		}
		all = append(all, p)
	}
}
