package shelf

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"regulars/internal/id"
)

// Shelf is a folder in which each thing has a folder of its own.
type Shelf struct {
	Dir    string
	Prefix id.Prefix
}

// Path is that of a file of one thing.
func (s Shelf) Path(of id.ID, name string) string { return filepath.Join(s.Dir, of.In(s.Prefix), name) }

// Place makes room for a new thing.
func (s Shelf) Place(of id.ID) error {
	if err := os.MkdirAll(s.Path(of, ""), 0o700); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	return nil
}

// Keep writes a file of a thing, whole or not at all.
func (s Shelf) Keep(of id.ID, name string, what any) error {
	raw, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	draft := s.Path(of, name+".new")
	if err := os.WriteFile(draft, raw, 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := os.Rename(draft, s.Path(of, name)); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// Find reads a file of a thing; ok is false when there is none.
func (s Shelf) Find(of id.ID, name string, into any) (ok bool, err error) {
	raw, err := os.ReadFile(s.Path(of, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", name, err)
	}
	return true, nil
}

// All returns what lies on the shelf, the latest first.
func (s Shelf) All() ([]id.ID, error) {
	entries, err := os.ReadDir(s.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the shelf: %w", err)
	}
	var list []id.ID
	for _, e := range entries {
		if one, err := id.Parse(s.Prefix, e.Name()); err == nil && e.IsDir() {
			list = append(list, one)
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list, nil
}

// Drop removes files of a thing; without names, all of it.
func (s Shelf) Drop(of id.ID, names ...string) error {
	if len(names) == 0 {
		if err := os.RemoveAll(s.Path(of, "")); err != nil {
			return fmt.Errorf("removing a folder: %w", err)
		}
	}
	for _, name := range names {
		if err := os.Remove(s.Path(of, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing %s: %w", name, err)
		}
	}
	return nil
}

// OlderThan reports whether something is older than it may get.
func OlderThan(of id.ID, now time.Time, most time.Duration) bool { return now.Sub(of.Time()) > most }
