package bench

import (
	"fmt"
	"os"
	"strings"

	"regulars/internal/fault"
)

// The marks between which a file holds the last run's tables.
const (
	tablesBegin = "<!-- tables: make bench -->\n"
	tablesEnd   = "<!-- end of tables -->\n"
)

// Replace puts the report in the place of the last one in the file.
func Replace(path string, r Report) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	before, rest, begins := strings.Cut(string(old), tablesBegin)
	_, after, ends := strings.Cut(rest, tablesEnd)
	if !begins || !ends {
		return fault.Invalid("no_place_for_tables", "%s has no lines %q and %q between which the tables could stand", path, tablesBegin, tablesEnd)
	}
	var tables strings.Builder
	if err := r.Markdown(&tables); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(before+tablesBegin+tables.String()+tablesEnd+after), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
