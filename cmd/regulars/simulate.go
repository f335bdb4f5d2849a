package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/tier"
)

type simulateCmd struct {
	place
	Draft     string `arg:"" help:"JSON file of a rule, or the id (rul_…, lad_…) of a rule or ladder whose stored draft is meant."`
	Programme string `help:"Slug of the programme; not needed where there is one." placeholder:"SLUG"`
	JSON      bool   `help:"Print the figures as JSON." name:"json"`
}

// Help shows examples.
func (simulateCmd) Help() string {
	return `It replays the whole past as it is and as the draft would have it, by the same decisions as
live traffic, beside a running server if there is one, and changes nothing.

A file is what the API takes for a rule, {"rule": "rul_…", "spec": {…}} in place of a rule that is
there, or {"name": "…", "trigger": "purchase", "spec": {…}} beside those. Its wallet may be named by
its code, and left out where there is one.

Examples:
  regulars simulate double-points.json
  regulars simulate rul_01h9x3k7q2v5n --json`
}

// drafted is a draft and what it is called.
type drafted struct {
	name  string
	draft flow.Draft
}

// Run replays the past.
func (c *simulateCmd) Run(ctx context.Context, s streams) (err error) {
	h, err := c.look(ctx, s.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	p, err := h.programme(ctx, c.Programme)
	if err != nil {
		return err
	}
	d, err := c.read(ctx, h, p)
	if err != nil {
		return err
	}
	bar := newBar(s.err)
	result, err := h.flow.Simulate(ctx, operator(), p.ID, d.draft, func(done, total int64) { bar.show("replaying the past", done, total) })
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, result)
	}
	wallets, err := ledger.Wallets(ctx, h.db.Reader(), p.ID)
	if err != nil {
		return err
	}
	return printSimulation(s.out, english(p.Currency), d.name, wallets, result)
}

func (c *simulateCmd) read(ctx context.Context, h *house, p program.Programme) (drafted, error) {
	if rule, err := id.Parse(id.Rule, c.Draft); err == nil {
		return h.ruleDraft(ctx, p.ID, rule)
	}
	if ladder, err := id.Parse(id.Ladder, c.Draft); err == nil {
		return h.ladderDraft(ctx, p, ladder)
	}
	raw, err := os.ReadFile(c.Draft)
	if err != nil {
		return drafted{}, fault.Invalid("draft_unreadable", "%s is neither the id of a rule or ladder nor a file that can be read: %v", c.Draft, err)
	}
	return h.ruleFile(ctx, p.ID, raw)
}

func (h *house) ruleDraft(ctx context.Context, programme, rule id.ID) (drafted, error) {
	found, err := h.rules.Get(ctx, operator(), programme, rule)
	if err != nil {
		return drafted{}, err
	}
	draft := found.Draft()
	if draft == nil {
		return drafted{}, fault.Invalid("rule_no_draft", "the rule %q has no draft; write one, or give a file", found.Name)
	}
	return drafted{found.Name, flow.Draft{Rules: []earn.Version{*draft}}}, nil
}

// ladderDraft sets the draft in place of all that the ladder has ever said.
func (h *house) ladderDraft(ctx context.Context, p program.Programme, ladder id.ID) (drafted, error) {
	plan, err := h.ladders.Get(ctx, operator(), p.ID, ladder)
	if err != nil {
		return drafted{}, err
	}
	if plan.Draft == nil {
		return drafted{}, fault.Invalid("ladder_without_draft", "the ladder has no draft; write one first")
	}
	l := plan.Ladder
	l.Zone, l.Versions = p.Zone, []tier.Version{{Number: 1, Definition: plan.Draft.Definition}}
	return drafted{plan.Draft.Name, flow.Draft{Ladders: []tier.Ladder{l}}}, nil
}

// ruleText is a rule as a file tells of it.
type ruleText struct {
	Rule    string                     `json:"rule"`
	Name    string                     `json:"name"`
	Trigger earn.Trigger               `json:"trigger"`
	Spec    map[string]json.RawMessage `json:"spec"`
}

func (h *house) ruleFile(ctx context.Context, programme id.ID, raw []byte) (drafted, error) {
	var text ruleText
	in := json.NewDecoder(strings.NewReader(string(raw)))
	in.DisallowUnknownFields()
	if err := in.Decode(&text); err != nil {
		return drafted{}, fault.Invalid("draft_malformed", "the draft is not a rule as JSON: %v", err)
	}
	if err := h.nameWallet(ctx, programme, text.Spec); err != nil {
		return drafted{}, err
	}
	plain, err := json.Marshal(text.Spec)
	if err != nil {
		return drafted{}, err
	}
	rule := earn.Rule{ProgrammeID: programme, Name: cmp.Or(text.Name, "the draft"), Trigger: cmp.Or(text.Trigger, earn.Purchase)}
	if text.Rule != "" {
		if rule.ID, err = id.Parse(id.Rule, text.Rule); err != nil {
			return drafted{}, err
		}
	}
	spec, err := earn.ParseSpec(plain)
	if err != nil {
		return drafted{}, inSpec(err)
	}
	v, err := h.rules.Trial(ctx, operator(), rule, spec)
	return drafted{v.Rule.Name, flow.Draft{Rules: []earn.Version{v}}}, inSpec(err)
}

// inSpec says where in the file the mistake is.
func inSpec(err error) error {
	f := fault.As(err)
	if f == nil || f.Field == "" || f.Field == "/trigger" {
		return err
	}
	return fault.Invalid(f.Code, "spec%s: %s", f.Field, f.Message)
}

// nameWallet puts the id of the wallet into the spec, where its code stands or
// nothing.
func (h *house) nameWallet(ctx context.Context, programme id.ID, spec map[string]json.RawMessage) error {
	wallets, err := ledger.Wallets(ctx, h.db.Reader(), programme)
	if err != nil {
		return err
	}
	var named string
	_ = json.Unmarshal(spec["wallet"], &named) // another kind of value names none
	codes := make([]string, len(wallets))
	for i, w := range wallets {
		codes[i] = w.Code
		if named == w.Code || named == w.ID.In(id.Wallet) || named == "" && len(wallets) == 1 {
			if spec != nil {
				spec["wallet"] = json.RawMessage(`"` + w.ID.In(id.Wallet) + `"`)
			}
			return nil
		}
	}
	return fault.Invalid("which_wallet", "name the wallet in spec.wallet, one of %v", codes)
}

// printSimulation says what the draft would change, and then the figures.
func printSimulation(w io.Writer, p *i18n.Printer, name string, wallets []ledger.Wallet, r flow.Simulation) error {
	decimals := 0
	if len(wallets) > 0 {
		decimals = wallets[0].Decimals
	}
	points := func(n int64) string { return p.Decimal(n, decimals) }
	fmt.Fprintf(w, "%s: %s\n", name, r.Sentence(p, decimals))
	if r.Sales == 0 {
		return nil
	}
	if r.Cut > 0 {
		fmt.Fprintln(w, p.T("console.rule.sim_cut", "points", points(r.Cut)))
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	row := func(name string, now, draft int64, say func(int64) string) {
		sign := ""
		if draft > now {
			sign = "+"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t\n", name, say(now), say(draft), sign+say(draft-now))
	}
	fmt.Fprintf(table, "\t%s\t%s\t%s\t\n", p.T("console.rule.sim_now"), p.T("console.rule.sim_draft"), p.T("console.rule.sim_change"))
	n, d := r.Now, r.Draft
	row(p.T("console.rule.sum_issued"), n.Issued, d.Issued, points)
	row(p.T("console.rule.sum_clawed"), n.ClawedBack, d.ClawedBack, points)
	row(p.T("console.rule.sum_expired"), n.Expired, d.Expired, points)
	row(p.T("console.rule.sum_spent"), n.Spent, d.Spent, points)
	row(p.T("console.rule.sum_owed"), n.Liability, d.Liability, points)
	row(p.T("console.rule.sum_worth"), n.LiabilityMinor, d.LiabilityMinor, func(m int64) string { return p.Money(m, "") })
	codes := slices.AppendSeq(slices.Collect(maps.Keys(n.Ranks)), maps.Keys(d.Ranks))
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		row("rank "+code, n.Ranks[code], d.Ranks[code], p.Number)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", p.T("console.rule.sim_limits"))
	return err
}
