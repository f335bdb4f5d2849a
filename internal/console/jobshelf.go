package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// shelf is a folder in which each thing has a folder of its own, named by its
// identifier: uploaded files and what came of them. Several processes share it.
type shelf struct {
	dir    string
	prefix id.Prefix
}

func (c *Console) simulationShelf() shelf {
	return shelf{filepath.Join(c.Dir, "simulations"), id.Simulation}
}

func (c *Console) importShelf() shelf { return shelf{filepath.Join(c.Dir, "imports"), id.Import} }

// path is that of a file of one thing.
func (s shelf) path(of id.ID, name string) string { return filepath.Join(s.dir, of.In(s.prefix), name) }

// place makes room for a new thing.
func (s shelf) place(of id.ID) error {
	if err := os.MkdirAll(s.path(of, ""), 0o700); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	return nil
}

// keep writes a file of a thing, whole or not at all.
func (s shelf) keep(of id.ID, name string, what any) error {
	raw, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	draft := s.path(of, name+".new")
	if err := os.WriteFile(draft, raw, 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := os.Rename(draft, s.path(of, name)); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// find reads a file of a thing; ok is false when there is none.
func (s shelf) find(of id.ID, name string, into any) (ok bool, err error) {
	raw, err := os.ReadFile(s.path(of, name))
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

// all returns what lies on the shelf, the latest first.
func (s shelf) all() ([]id.ID, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the shelf: %w", err)
	}
	var list []id.ID
	for _, e := range entries {
		if one, err := id.Parse(s.prefix, e.Name()); err == nil && e.IsDir() {
			list = append(list, one)
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list, nil
}

// drop removes files of a thing; without names, all of it.
func (s shelf) drop(of id.ID, names ...string) error {
	if len(names) == 0 {
		if err := os.RemoveAll(s.path(of, "")); err != nil {
			return fmt.Errorf("removing a folder: %w", err)
		}
	}
	for _, name := range names {
		if err := os.Remove(s.path(of, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing %s: %w", name, err)
		}
	}
	return nil
}

// failure is why something that ran apart could not be done, kept to be said
// in the language of whoever looks.
type failure struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Args    map[string]any `json:"args,omitempty"`
}

// failureOf returns what can be told of an error; nil when it is ours to mend.
func failureOf(err error) *failure {
	f := fault.As(err)
	if f == nil || f.Kind == fault.KindBusy {
		return nil
	}
	return &failure{Code: f.Code, Message: f.Message, Args: f.Args}
}

// say puts the failure into words.
func (f *failure) say(p *i18n.Printer) string {
	key := "fault." + f.Code
	if !p.Has(key) {
		return f.Message
	}
	return p.Say(i18n.Text{Key: key, Args: f.Args})
}

// olderThan reports whether something is older than it may get.
func olderThan(of id.ID, now time.Time, most time.Duration) bool { return now.Sub(of.Time()) > most }

// fileName is the last part of a name that a browser sent, short enough to be
// shown.
func fileName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	return clip(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s))
}
