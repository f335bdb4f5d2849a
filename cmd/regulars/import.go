package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/intake"
	"regulars/internal/money"
	"regulars/internal/program"
)

type importCmd struct {
	place
	File      string `arg:"" help:"CSV file, gzip too." type:"existingfile"`
	Programme string `help:"Slug of the programme; not needed where there is one." placeholder:"SLUG"`
	Settings  string `help:"JSON file that says which column is what; without it the columns are guessed." type:"existingfile" placeholder:"FILE"`
	Holds     string `help:"What the file holds: members, sales, returns or consents." placeholder:"KIND" enum:",members,sales,returns,consents" default:""`
	Source    string `help:"Name of where the file comes from; with the receipt number it decides what is known already." placeholder:"NAME"`
	Rejects   string `help:"Write the rows left out to this file, with the reasons." type:"path" placeholder:"FILE"`
	DryRun    bool   `help:"Show the settings and the first rows as they would be taken, and take nothing."`
	JSON      bool   `help:"Print the result as JSON." name:"json"`
}

// Help shows examples.
func (importCmd) Help() string {
	return `Rows that cannot be taken are left out, counted by reason, and the rest goes on. What was
taken before is known and changes nothing, so a file can be imported again.

Examples:
  regulars import members.csv --dry-run          what the columns are taken for
  regulars import members.csv --holds members
  regulars import consents.csv --holds consents
  regulars import sales-2026.csv.gz --rejects left-out.csv
  regulars import sales.csv --settings shop.json`
}

// previewRows is how many rows a dry run shows.
const previewRows = 10

// imported is what the command prints.
type imported struct {
	intake.Report
	Taken     int64           `json:"taken"`
	Repeated  int64           `json:"repeated"`
	Unmatched int64           `json:"unmatched_return_lines"`
	Settings  intake.Settings `json:"settings"`
}

// Run takes the file, in the server that holds the folder if there is one.
func (c *importCmd) Run(ctx context.Context, s streams) (err error) {
	h, err := c.open(ctx, s.err)
	if inUse(err) {
		return c.delegate(ctx, s, err, c.args())
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	p, err := h.programme(ctx, c.Programme)
	if err != nil {
		return err
	}
	settings, err := c.settings(p)
	if err != nil {
		return err
	}
	if c.DryRun {
		return c.preview(h, settings, s)
	}
	result, err := c.take(ctx, h, p, settings, s)
	if err != nil {
		return err
	}
	return c.print(s.out, result)
}

// args is the command line as a server elsewhere must see it: with whole
// paths.
func (c *importCmd) args() []string {
	args := []string{"import", c.File, "--programme=" + c.Programme, "--holds=" + c.Holds, "--source=" + c.Source}
	for flag, path := range map[string]string{"--settings=": c.Settings, "--rejects=": c.Rejects} {
		if path != "" {
			args = append(args, flag+path)
		}
	}
	if c.DryRun {
		args = append(args, "--dry-run")
	}
	if c.JSON {
		args = append(args, "--json")
	}
	return args
}

// programme returns the programme with the slug, or the only one there is.
func (h *house) programme(ctx context.Context, slug string) (program.Programme, error) {
	all, err := program.List(ctx, h.db.Reader())
	if err != nil {
		return program.Programme{}, err
	}
	slugs := make([]string, len(all))
	for i, p := range all {
		if slugs[i] = p.Slug; p.Slug == slug || slug == "" && len(all) == 1 {
			return p, nil
		}
	}
	if len(all) == 0 {
		return program.Programme{}, fault.Missing("no_programme_yet", "there is no programme yet: run regulars serve and make one in the console")
	}
	return program.Programme{}, fault.Invalid("which_programme", "say which programme with --programme, one of %v", slugs)
}

func (c *importCmd) settings(p program.Programme) (intake.Settings, error) {
	base := intake.Settings{Holds: intake.Holds(c.Holds), Source: c.Source, Zone: p.Zone.String(), Currency: p.Currency}
	if c.Settings != "" {
		return readSettings(c.Settings, base)
	}
	table, err := intake.Sample(intake.File(c.File, base.Format), previewRows*10)
	if err != nil {
		return intake.Settings{}, err
	}
	return intake.Suggest(table, base), nil
}

func readSettings(path string, base intake.Settings) (intake.Settings, error) {
	f, err := os.Open(path)
	if err != nil {
		return intake.Settings{}, err
	}
	defer f.Close()
	in := json.NewDecoder(f)
	in.DisallowUnknownFields()
	if err := in.Decode(&base); err != nil {
		return intake.Settings{}, fault.Invalid("import_settings", "the settings in %s cannot be read: %v", path, err)
	}
	return base, nil
}

func (c *importCmd) preview(h *house, settings intake.Settings, s streams) error {
	rows, err := intake.Preview(intake.File(c.File, settings.Format), settings, previewRows, h.now())
	if err != nil {
		return err
	}
	return printJSON(s.out, struct {
		Settings intake.Settings     `json:"settings"`
		Rows     []intake.PreviewRow `json:"rows"`
	}{settings, rows})
}

func (c *importCmd) take(ctx context.Context, h *house, p program.Programme, settings intake.Settings, s streams) (imported, error) {
	bar := newBar(s.err)
	defer bar.end()
	r, err := intake.New(intake.File(c.File, settings.Format), settings, intake.Options{
		Now: h.now(), Progress: func(rows int64) { bar.show("reading", rows, 0) },
	})
	if err != nil {
		return imported{}, err
	}
	result := imported{Settings: settings}
	feed := intake.Feed{To: h.flow, Consents: h.members, Programme: p.ID, Actor: auth.System("import"), Each: func(_ intake.Record, a flow.Result) {
		result.count(a)
		bar.show("taking", result.Taken+result.Repeated, 0)
	}}
	if err := feed.Give(ctx, r, error.Error); err != nil {
		return imported{}, err
	}
	if result.Report = r.Report(); c.Rejects == "" {
		return result, nil
	}
	return result, c.writeRejects(ctx, r, p.Currency)
}

func (i *imported) count(a flow.Result) {
	switch {
	case a.Err != nil:
	case a.Answer.Repeated:
		i.Repeated++
	default:
		i.Taken++
		i.Unmatched += int64(len(a.Answer.Unmatched))
	}
}

func (c *importCmd) writeRejects(ctx context.Context, r *intake.Run, currency money.Currency) (err error) {
	f, err := os.Create(c.Rejects)
	if err != nil {
		return fmt.Errorf("writing the rows left out: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return r.Rejects(ctx, f, english(currency).Say)
}

func (c *importCmd) print(w io.Writer, result imported) error {
	if c.JSON {
		return printJSON(w, result)
	}
	fmt.Fprintf(w, "%s read, %s taken, %d known already\n", some(result.Rows, "row"), some(result.Taken, "record"), result.Repeated)
	if result.Unmatched > 0 {
		fmt.Fprintf(w, "%s found no sale\n", some(result.Unmatched, "returned line"))
	}
	say := english("").Say
	for _, reason := range slices.Sorted(maps.Keys(result.LeftOut)) {
		fmt.Fprintf(w, "%s left out: %s\n", some(result.LeftOut[reason], "row"), say(reason.Name()))
	}
	return nil
}

// some says in English how many there are of a thing.
func some(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// english is how the command line speaks.
func english(currency money.Currency) *i18n.Printer {
	texts, err := i18n.New()
	if err != nil {
		panic(err) // the texts are part of the binary, and tested
	}
	return texts.Printer("en", nil, currency)
}
