package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/text/unicode/norm"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// ladderSheet is a ladder as the editor holds it, as typed.
type ladderSheet struct {
	Name   string
	Metric string
	Wallet string
	Window string
	Months string
	Grace  string
	Drop   string
	Ranks  []rankRow
}

// rankRow is one rank. Its code is made from the first name that it is given,
// and stays.
type rankRow struct{ Code, Name, Threshold, Keep, Perks, ReturnDays, WarrantyMonths string }

func readLadderSheet(in url.Values) *ladderSheet {
	f := &ladderSheet{
		Name: strings.TrimSpace(in.Get("name")), Metric: in.Get("metric"), Wallet: in.Get("wallet"),
		Window: in.Get("window"), Months: in.Get("months"), Grace: in.Get("grace"), Drop: in.Get("drop"),
	}
	for i := 0; i < mostRows && in.Has(rowField("rank", i, "name")); i++ {
		of := func(name string) string { return strings.TrimSpace(in.Get(rowField("rank", i, name))) }
		f.Ranks = append(f.Ranks, rankRow{of("code"), of("name"), of("threshold"), of("keep"), of("perks"), of("return_days"), of("warranty_months")})
	}
	return f
}

// change does what a button of the editor asks for.
func (f *ladderSheet) change(what string) {
	verb, where, _ := strings.Cut(what, ".")
	switch verb {
	case "add":
		f.Ranks = append(f.Ranks, rankRow{})
	case "drop":
		f.Ranks = without(f.Ranks, numbers(where))
	}
}

// decimals are those of the unit that ranks are counted in.
func (e *ladderEditor) decimals() int {
	switch tier.Metric(e.form.Metric) {
	case tier.Spend:
		return e.programme.Currency.Decimals()
	case tier.Points:
		if w := e.wallet(); w != nil {
			return w.Decimals
		}
	}
	return 0
}

// build returns the definition that the form stands for, with what cannot be
// taken by field.
func (e *ladderEditor) build() (tier.Definition, web.FormErrors) {
	f, errs := e.form, web.FormErrors{}
	figure := func(field, typed string, decimals int) int64 {
		n, err := e.figures().read(typed, decimals)
		if err != nil {
			errs.Add(field, e.Fault(fault.As(err)))
		}
		return n
	}
	d := tier.Definition{
		Name: f.Name, Metric: tier.Metric(f.Metric), Window: tier.Window{Kind: tier.WindowKind(f.Window)},
		GraceDays: int(figure("grace", f.Grace, 0)), Drop: tier.Drop(f.Drop),
	}
	if d.Window.Kind == tier.RollingMonths {
		d.Window.Months = int(figure("months", f.Months, 0))
	}
	if w := e.wallet(); d.Metric == tier.Points && w != nil {
		d.WalletID, d.Decimals = w.ID, w.Decimals
	}
	var taken []string
	for _, row := range f.Ranks {
		taken = append(taken, row.Code)
	}
	for i, row := range f.Ranks {
		r := tier.Rank{Code: row.Code, Name: row.Name, Threshold: figure(rowField("rank", i, "threshold"), row.Threshold, e.decimals()), Perks: row.Perks, Terms: tier.Terms{
			ReturnDays:     int(min(figure(rowField("rank", i, "return_days"), row.ReturnDays, 0), 1_000_000)),
			WarrantyMonths: int(min(figure(rowField("rank", i, "warranty_months"), row.WarrantyMonths, 0), 1_000_000)),
		}}
		if row.Keep != "" {
			keep := figure(rowField("rank", i, "keep"), row.Keep, e.decimals())
			r.Keep = &keep
		}
		if r.Code == "" {
			r.Code = newCode(row.Name, "rank", taken)
			taken = append(taken, r.Code)
		}
		d.Ranks = append(d.Ranks, r)
	}
	if len(errs) > 0 {
		return d, errs
	}
	return d, e.check(d)
}

// check asks the ladders whether the definition can be taken.
func (e *ladderEditor) check(d tier.Definition) web.FormErrors {
	f := fault.As(d.Check())
	if f == nil {
		return nil
	}
	return web.FormErrors{ladderField(f.Field): e.Fault(f)}
}

// ladderField turns the JSON pointer of a definition into the form's field.
func ladderField(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	switch parts[0] {
	case "window":
		return "months"
	case "grace_days":
		return "grace"
	case "ranks":
		if len(parts) == 1 {
			return ""
		}
		if len(parts) == 2 || parts[2] == "code" {
			parts = []string{"", parts[1], "name"}
		}
		return "rank." + parts[1] + "." + parts[2]
	}
	return parts[0]
}

// newCode makes a code of a name's Latin letters, without their marks, and
// digits that is not taken yet; of a name without any, of the other word.
func newCode(name, otherwise string, taken []string) string {
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ', r == '-', r == '_':
			return '-'
		}
		return -1
	}, strings.ReplaceAll(norm.NFD.String(strings.ToLower(name)), "ł", "l"))
	code := cmp.Or(strings.Trim(letters[:min(len(letters), 30)], "-"), otherwise)
	free := code
	for n := 2; slices.Contains(taken, free); n++ {
		free = code + "-" + strconv.Itoa(n)
	}
	return free
}

// ladderEditor is the page on which a ladder is written.
type ladderEditor struct {
	*visit
	form    *ladderSheet
	errs    web.FormErrors
	plan    *tier.Plan // nil for a new one
	wallets []ledger.Wallet
	counted bool // the ladder was published: what it counts is fixed
}

func (c *Console) newLadderEditor(v *visit, plan *tier.Plan) (*ladderEditor, error) {
	wallets, err := c.Ledger.Wallets(v.ctx(), v.actor, v.programme.ID)
	return &ladderEditor{visit: v, plan: plan, wallets: wallets, counted: plan != nil && len(plan.Versions) > 0}, err
}

func (e *ladderEditor) wallet() *ledger.Wallet {
	for i := range e.wallets {
		if e.wallets[i].ID.In(id.Wallet) == e.form.Wallet {
			return &e.wallets[i]
		}
	}
	return nil
}

// show fills the form with a definition.
func (e *ladderEditor) show(d *tier.Definition) {
	f := e.figures()
	e.form = &ladderSheet{
		Name: d.Name, Metric: string(d.Metric), Window: string(d.Window.Kind), Months: f.optional(int64(d.Window.Months), 0),
		Grace: f.show(int64(d.GraceDays), 0), Drop: string(d.Drop),
	}
	if d.WalletID != 0 {
		e.form.Wallet = d.WalletID.In(id.Wallet)
	}
	for _, r := range d.Ranks {
		row := rankRow{Code: r.Code, Name: r.Name, Threshold: f.trim(r.Threshold, e.decimals()), Perks: r.Perks, ReturnDays: f.optional(int64(r.ReturnDays), 0), WarrantyMonths: f.optional(int64(r.WarrantyMonths), 0)}
		if r.Keep != nil {
			row.Keep = f.trim(*r.Keep, e.decimals())
		}
		e.form.Ranks = append(e.form.Ranks, row)
	}
}

func (c *Console) beginLadder(v *visit) error {
	e, err := c.newLadderEditor(v, nil)
	if err != nil {
		return err
	}
	e.show(&tier.Definition{
		Name: v.T("console.ladder.first_name"), Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
	})
	unit := v.programme.Currency.Unit()
	for i, threshold := range []int64{0, 500 * unit, 2000 * unit} {
		name := v.T("console.ladder.first_rank", "n", i+1)
		e.form.Ranks = append(e.form.Ranks, rankRow{Name: name, Threshold: v.figures().trim(threshold, e.decimals())})
	}
	return v.render(ladderEditPage(e))
}

func (c *Console) editLadder(v *visit) error {
	plan, err := c.ladder(v)
	if err != nil {
		return err
	}
	e, err := c.newLadderEditor(v, &plan)
	if err != nil {
		return err
	}
	basis := plan.Draft
	if basis == nil {
		basis = &plan.Versions[len(plan.Versions)-1]
	}
	e.show(&basis.Definition)
	return v.render(ladderEditPage(e))
}

func (c *Console) writeNewLadder(v *visit) error {
	e, err := c.newLadderEditor(v, nil)
	if err != nil {
		return err
	}
	return c.takeLadder(e)
}

func (c *Console) writeLadder(v *visit) error {
	plan, err := c.ladder(v)
	if err != nil {
		return err
	}
	e, err := c.newLadderEditor(v, &plan)
	if err != nil {
		return err
	}
	return c.takeLadder(e)
}

func (c *Console) takeLadder(e *ladderEditor) error {
	if err := e.r.ParseForm(); err != nil {
		return err
	}
	e.form = readLadderSheet(e.r.PostForm)
	if e.counted {
		d := &e.plan.Versions[len(e.plan.Versions)-1].Definition
		e.form.Metric, e.form.Wallet = string(d.Metric), d.WalletID.In(id.Wallet)
	}
	if do := e.doing(); do != "save" {
		e.form.change(do)
		return e.render(e.part())
	}
	d, errs := e.build()
	if len(errs) > 0 {
		return e.mendAll(errs, e.mended)
	}
	ladder, err := c.keepLadder(e, d)
	if err != nil {
		return e.mend(err, e.mended)
	}
	return e.done(e.at("/programme/ranks/"+ladder.In(id.Ladder)), "console.ladder.saved")
}

func (c *Console) keepLadder(e *ladderEditor, d tier.Definition) (id.ID, error) {
	if e.plan != nil {
		plan, err := c.Ladders.SaveDraft(e.ctx(), e.actor, e.programme.ID, e.plan.ID, d)
		return plan.ID, err
	}
	all, err := c.Ladders.List(e.ctx(), e.actor, e.programme.ID)
	if err != nil {
		return 0, err
	}
	var codes []string
	for _, other := range all {
		codes = append(codes, other.Code)
	}
	plan, err := c.Ladders.Create(e.ctx(), e.actor, e.programme.ID, newCode(d.Name, "ladder", codes), d)
	return plan.ID, err
}

func (e *ladderEditor) part() templ.Component {
	if web.IsFragment(e.r) {
		return ladderEditForm(e)
	}
	return ladderEditPage(e)
}

func (e *ladderEditor) mended(errs web.FormErrors) templ.Component {
	e.errs = errs
	return e.part()
}

// ladderStart reads when a version shall come into force: the first one may
// count all the past (zero) or begin now, a later one begins now (zero) or on a
// day to come.
func (c *Console) ladderStart(v *visit, first bool) (time.Time, error) {
	switch v.field("start") {
	case "past":
		return time.Time{}, nil
	case "now":
		if first {
			return c.Now(), nil
		}
		return time.Time{}, nil
	}
	day, err := v.day("from")
	if err == nil && day.IsZero() {
		return day, notADay("").At("/from")
	}
	return day, err
}
