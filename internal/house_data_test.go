package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	tableMade  = regexp.MustCompile(`(?m)^CREATE TABLE (?:IF NOT EXISTS )?(\w+)`)
	tableNamed = regexp.MustCompile(`(?m)^ALTER TABLE \w+ RENAME TO (\w+)`)
	tableUsed  = regexp.MustCompile(`\b(FROM|JOIN|INTO|UPDATE|DELETE FROM)\s+(\w+)`)
)

// tables tells which room keeps each table, by the schemas.
func tables(t *testing.T) map[string]string {
	t.Helper()
	kept := map[string]string{}
	files, err := filepath.Glob("*/schema/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no schemas: %v", err)
	}
	for _, path := range files {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, shape := range []*regexp.Regexp{tableMade, tableNamed} {
			for _, found := range shape.FindAllStringSubmatch(string(source), -1) {
				kept[found[1]] = room(path)
			}
		}
	}
	return kept
}

// TestDataIsWrittenByItsRoom: a room writes its own tables alone. A report may
// join those of rooms that it may import, and of no others.
func TestDataIsWrittenByItsRoom(t *testing.T) {
	kept, storey, own := tables(t), storeys(), 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(room(path), "test") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, used := range tableUsed.FindAllStringSubmatch(string(source), -1) {
			keeper, known := kept[used[2]]
			switch {
			case !known:
			case keeper == room(path):
				own++
			case used[1] != "FROM" && used[1] != "JOIN":
				t.Errorf("%s writes the table %s, which %s keeps", path, used[2], keeper)
			case storey[keeper] >= storey[room(path)]:
				t.Errorf("%s reads the table %s of %s, which does not stand above it", path, used[2], keeper)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if own == 0 {
		t.Error("no room reads its own tables: the names of tables are no longer found")
	}
}
