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
	"strconv"
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
	Drafts    []string `arg:"" help:"A draft each, up to four: JSON files of rules and ids (rul_…, lad_…, off_…) of rules, ladders and offers whose stored drafts are meant, joined by commas."`
	Programme string   `help:"Slug of the programme; not needed where there is one." placeholder:"SLUG"`
	Band      string   `help:"Part of customers' value that you mean to give back, in percent." default:"3-7" placeholder:"LOW-HIGH"`
	JSON      bool     `help:"Print the figures as JSON." name:"json"`
}

// Help shows examples.
func (simulateCmd) Help() string {
	return `It replays the whole past as it is and as each draft would have it, by the same decisions as
live traffic, beside a running server if there is one, and changes nothing. It says what the programme
gives back to its customers and costs, and who would have got more or less.

A file is what the API takes for a rule, {"rule": "rul_…", "spec": {…}} in place of a rule that is
there, or {"name": "…", "trigger": "purchase", "spec": {…}} beside those. Its wallet may be named by
its code, and left out where there is one.

Examples:
  regulars simulate double-points.json
  regulars simulate rul_01h9x3k7q2v5n --json
  regulars simulate double-points.json off_01h9x3k7q2v5n,lad_01h9x3k7q2v5n    two drafts side by side`
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
	band, err := readBand(c.Band)
	if err != nil {
		return err
	}
	var drafts []flow.Draft
	for _, text := range c.Drafts {
		d, err := h.draft(ctx, p, text)
		if err != nil {
			return err
		}
		drafts = append(drafts, d)
	}
	bar := newBar(s.err)
	result, err := h.flow.Simulate(ctx, operator(), p.ID, drafts, func(done, total int64) { bar.show("replaying the past", done, total) })
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
	return printSimulation(s.out, english(p.Currency), wallets, band, result)
}

// readBand reads "3-7", in percent.
func readBand(text string) (flow.Band, error) {
	low, high, ok := strings.Cut(text, "-")
	from, err := strconv.ParseUint(low, 10, 7)
	to, err2 := strconv.ParseUint(high, 10, 7)
	if !ok || err != nil || err2 != nil || from > to || to > 100 {
		return flow.Band{}, fault.Invalid("band_malformed", "%q is not a band; write it as 3-7, in whole percent", text).With("band", text)
	}
	return flow.Band{Low: int64(from) * 100, High: int64(to) * 100}, nil
}

// draft reads the parts of one draft, joined by commas.
func (h *house) draft(ctx context.Context, p program.Programme, text string) (flow.Draft, error) {
	var d flow.Draft
	var names []string
	for part := range strings.SplitSeq(text, ",") {
		name, err := h.addPart(ctx, p, strings.TrimSpace(part), &d)
		if err != nil {
			return d, err
		}
		names = append(names, name)
	}
	d.Name = strings.Join(names, " + ")
	return d, nil
}

func (h *house) addPart(ctx context.Context, p program.Programme, part string, d *flow.Draft) (name string, err error) {
	if rule, err := id.Parse(id.Rule, part); err == nil {
		return h.ruleDraft(ctx, p.ID, rule, d)
	}
	if ladder, err := id.Parse(id.Ladder, part); err == nil {
		return h.ladderDraft(ctx, p, ladder, d)
	}
	if offer, err := id.Parse(id.Offer, part); err == nil {
		return h.offerDraft(ctx, p.ID, offer, d)
	}
	raw, err := os.ReadFile(part)
	if err != nil {
		return "", fault.Invalid("draft_unreadable", "%s is neither the id of a rule, ladder or offer nor a file that can be read: %v", part, err)
	}
	return h.ruleFile(ctx, p.ID, raw, d)
}

func (h *house) ruleDraft(ctx context.Context, programme, rule id.ID, d *flow.Draft) (string, error) {
	found, err := h.rules.Get(ctx, operator(), programme, rule)
	if err != nil {
		return "", err
	}
	draft := found.Draft()
	if draft == nil {
		return "", fault.Invalid("rule_no_draft", "the rule %q has no draft; write one, or give a file", found.Name)
	}
	d.Rules = append(d.Rules, *draft)
	return found.Name, nil
}

// ladderDraft sets the draft in place of all that the ladder has ever said.
func (h *house) ladderDraft(ctx context.Context, p program.Programme, ladder id.ID, d *flow.Draft) (string, error) {
	plan, err := h.ladders.Get(ctx, operator(), p.ID, ladder)
	if err != nil {
		return "", err
	}
	if plan.Draft == nil {
		return "", fault.Invalid("ladder_without_draft", "the ladder has no draft; write one first")
	}
	l := plan.Ladder
	l.Zone, l.Versions = p.Zone, []tier.Version{{Number: 1, Definition: plan.Draft.Definition}}
	d.Ladders = append(d.Ladders, l)
	return plan.Draft.Name, nil
}

func (h *house) offerDraft(ctx context.Context, programme, offer id.ID, d *flow.Draft) (string, error) {
	found, err := h.offers.Get(ctx, operator(), programme, offer)
	if err != nil {
		return "", err
	}
	draft := found.Draft()
	if draft == nil {
		return "", fault.Invalid("offer_no_draft", "the offer %q has no draft; write one first", found.Name)
	}
	d.Offers = append(d.Offers, *draft)
	return found.Name, nil
}

// ruleText is a rule as a file tells of it.
type ruleText struct {
	Rule    string                     `json:"rule"`
	Name    string                     `json:"name"`
	Trigger earn.Trigger               `json:"trigger"`
	Spec    map[string]json.RawMessage `json:"spec"`
}

func (h *house) ruleFile(ctx context.Context, programme id.ID, raw []byte, d *flow.Draft) (string, error) {
	var text ruleText
	in := json.NewDecoder(strings.NewReader(string(raw)))
	in.DisallowUnknownFields()
	if err := in.Decode(&text); err != nil {
		return "", fault.Invalid("draft_malformed", "the draft is not a rule as JSON: %v", err)
	}
	if err := h.nameWallet(ctx, programme, text.Spec); err != nil {
		return "", err
	}
	plain, err := json.Marshal(text.Spec)
	if err != nil {
		return "", err
	}
	rule := earn.Rule{ProgrammeID: programme, Name: cmp.Or(text.Name, "the draft"), Trigger: cmp.Or(text.Trigger, earn.Purchase)}
	if text.Rule != "" {
		if rule.ID, err = id.Parse(id.Rule, text.Rule); err != nil {
			return "", err
		}
	}
	spec, err := earn.ParseSpec(plain)
	if err != nil {
		return "", inSpec(err)
	}
	v, err := h.rules.Trial(ctx, operator(), rule, spec)
	d.Rules = append(d.Rules, v)
	return v.Rule.Name, inSpec(err)
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
		if strings.EqualFold(named, w.Code) || named == w.ID.In(id.Wallet) || named == "" && len(wallets) == 1 {
			if spec != nil {
				spec["wallet"] = json.RawMessage(`"` + w.ID.In(id.Wallet) + `"`)
			}
			return nil
		}
	}
	return fault.Invalid("which_wallet", "name the wallet in spec.wallet, one of %v", codes)
}

// printSimulation says what the drafts would change, and then the figures.
func printSimulation(w io.Writer, p *i18n.Printer, wallets []ledger.Wallet, band flow.Band, r flow.Simulation) error {
	decimals := 0
	if len(wallets) > 0 {
		decimals = wallets[0].Decimals
	}
	points := func(n int64) string { return p.Decimal(n, decimals) }
	if r.Sales > 0 {
		fmt.Fprintln(w, p.T("console.rule.sim_now")+":", r.Now.Figures.Verdict(p, band))
	}
	for i, d := range r.Drafts {
		fmt.Fprintf(w, "%s: %s\n", d.Name, r.Sentence(p, decimals, i))
		if r.Sales == 0 {
			return nil
		}
		fmt.Fprintln(w, "  ", d.Figures.Verdict(p, band))
		fmt.Fprintln(w, "  ", p.T("flow.simulated.changed", "gained", d.Gained, "lost", d.Lost))
		if d.Cut > 0 {
			fmt.Fprintln(w, "  ", p.T("console.rule.sim_cut", "points", points(d.Cut)))
		}
	}
	fmt.Fprintln(w)
	if err := outcomeTable(w, p, points, r); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", p.T("console.rule.sim_limits"))
	return err
}

// outcomeTable sets the programme as it is beside every draft.
func outcomeTable(w io.Writer, p *i18n.Printer, points func(int64) string, r flow.Simulation) error {
	all := []flow.Outcome{r.Now}
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "\t%s\t", p.T("console.rule.sim_now"))
	for _, d := range r.Drafts {
		all = append(all, d.Outcome)
		fmt.Fprintf(table, "%s\t", d.Name)
	}
	fmt.Fprintln(table)
	row := func(name string, figure func(flow.Outcome) string) {
		fmt.Fprintf(table, "%s\t", name)
		for _, o := range all {
			fmt.Fprintf(table, "%s\t", figure(o))
		}
		fmt.Fprintln(table)
	}
	money := func(n int64) string { return p.Money(n, "") }
	row(p.T("console.rule.sum_issued"), func(o flow.Outcome) string { return points(o.Issued) })
	row(p.T("console.rule.sum_clawed"), func(o flow.Outcome) string { return points(o.ClawedBack) })
	row(p.T("console.rule.sum_expired"), func(o flow.Outcome) string { return points(o.Expired) })
	row(p.T("console.rule.sum_spent"), func(o flow.Outcome) string { return points(o.Spent) })
	row(p.T("console.rule.sum_owed"), func(o flow.Outcome) string { return points(o.Liability) })
	row(p.T("console.rule.sum_worth"), func(o flow.Outcome) string { return money(o.Figures.Owed) })
	row(p.T("flow.simulated.goods"), func(o flow.Outcome) string { return money(o.Figures.Goods) })
	row(p.T("flow.simulated.discounts"), func(o flow.Outcome) string { return money(o.Figures.Discounts) })
	row(p.T("flow.simulated.points"), func(o flow.Outcome) string { return money(o.Figures.Points) })
	row(p.T("flow.simulated.share"), func(o flow.Outcome) string { return p.Decimal(o.Figures.ShareOfSales(), 2) + " %" })
	var codes []string
	for _, o := range all {
		codes = slices.AppendSeq(codes, maps.Keys(o.Ranks))
	}
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		row("rank "+code, func(o flow.Outcome) string { return p.Number(o.Ranks[code]) })
	}
	return table.Flush()
}
