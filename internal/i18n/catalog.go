package i18n

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"regulars/internal/money"
)

//go:embed texts/*.json
var texts embed.FS

// Text is a message that is kept now and said later, in any language: why
// points were given, why a request was refused. Args hold plain values (text,
// numbers, times) or nested Texts; they print the same after a trip through
// JSON.
type Text struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// UnmarshalJSON keeps numbers exact.
func (t *Text) UnmarshalJSON(b []byte) error {
	type plain Text
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode((*plain)(t))
}

// Catalog holds every message in every language. It does not change after New.
type Catalog struct {
	messages map[Lang]map[string]message
}

type message struct {
	parts []part
	file  string
}

// New reads the embedded texts. It fails, naming file and key, when a message
// cannot be parsed.
func New() (*Catalog, error) {
	c, _, err := load(texts)
	return c, err
}

// load reads the texts and names the keys that stand twice, of which the first
// counts.
func load(files fs.FS) (c *Catalog, twice []string, err error) {
	c = &Catalog{messages: make(map[Lang]map[string]message)}
	for _, l := range Langs() {
		c.messages[l] = make(map[string]message)
	}
	names, err := fs.Glob(files, "texts/*.json")
	if err != nil {
		return nil, nil, fmt.Errorf("listing texts: %w", err)
	}
	var faults []error
	for _, name := range names {
		again, err := c.addFile(files, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("reading %s: %w", name, err))
		}
		twice = append(twice, again...)
	}
	return c, twice, errors.Join(faults...)
}

// addFile adds the messages of one file, texts/<room>.<language>.json, and
// names those that were there.
func (c *Catalog) addFile(files fs.FS, name string) (twice []string, err error) {
	_, tag, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".json"), ".")
	into, ok := c.messages[Lang(tag)]
	if !ok {
		return nil, fmt.Errorf("the name must end in .en.json, .ru.json or .pl.json")
	}
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	err = eachPair(raw, func(key, text string) error {
		if old, there := into[key]; there {
			twice = append(twice, name+": "+key+" is also in "+old.file)
			return nil
		}
		parts, err := parse(text)
		if err != nil {
			return fmt.Errorf("key %s: %w", key, err)
		}
		into[key] = message{parts, name}
		return nil
	})
	return twice, err
}

// eachPair walks a flat JSON object of strings and, unlike a map, meets a key
// that stands twice.
func eachPair(raw []byte, fn func(key, text string) error) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("not a JSON object: %w", err)
	}
	var faults []error
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		var text string
		if err := d.Decode(&text); err != nil {
			return errors.Join(append(faults, fmt.Errorf("key %v: %w", key, err))...)
		}
		if err := fn(key.(string), text); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// Has reports whether English, and so every language, has the key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.messages[English][key]
	return ok
}

// Printer returns a printer for a reader: their language, the zone whose clock
// they live by (nil for UTC) and the currency that sums are in. An unknown
// language is English.
func (c *Catalog) Printer(l Lang, zone *time.Location, cur money.Currency) *Printer {
	if _, ok := styles[l]; !ok {
		l = English
	}
	if zone == nil {
		zone = time.UTC
	}
	return &Printer{lang: l, zone: zone, currency: cur, style: styles[l], messages: c.messages[l]}
}
