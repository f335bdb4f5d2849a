package console

import (
	"context"
	"strings"

	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/plan"
	"regulars/internal/tier"
	"regulars/internal/web"
)

func laddersOf(ctx context.Context, q db.Queryer, programme id.ID) ([]tier.Ladder, error) {
	return tier.LoadLadders(ctx, q, programme)
}

// planForm is the editor; what it holds is as it was typed.
type planForm struct {
	*visit
	plan    *plan.Plan // nil for a new one
	old     plan.Spec
	wallets wallets
	ladders []tier.Ladder
	errs    web.FormErrors
}

func (c *Console) planForm(v *visit, fresh bool) (*planForm, error) {
	f := &planForm{visit: v, old: plan.Spec{Interval: plan.Month, GraceDays: 14}}
	if !fresh {
		p, err := c.Plans.Get(v.ctx(), v.actor, v.programme.ID, v.r.PathValue("plan"))
		if err != nil {
			return nil, err
		}
		f.plan, f.old = p, p.Latest().Spec
		if p.Draft != nil {
			f.old = p.Draft.Spec
		}
	}
	return f, c.furnishPlan(f)
}

func (c *Console) newPlan(v *visit) error {
	f, err := c.planForm(v, true)
	if err != nil {
		return err
	}
	return v.render(planEditor(f))
}

func (c *Console) editPlan(v *visit) error {
	f, err := c.planForm(v, false)
	if err != nil {
		return err
	}
	return v.render(planEditor(f))
}

func (c *Console) createPlan(v *visit) error {
	f, err := c.planForm(v, true)
	if err != nil {
		return err
	}
	return c.keepPlan(f, func(s plan.Spec) (*plan.Plan, error) {
		return c.Plans.Create(v.ctx(), v.actor, v.programme.ID, v.field("code"), s)
	})
}

func (c *Console) savePlan(v *visit) error {
	f, err := c.planForm(v, false)
	if err != nil {
		return err
	}
	return c.keepPlan(f, func(s plan.Spec) (*plan.Plan, error) {
		return c.Plans.SaveDraft(v.ctx(), v.actor, v.programme.ID, f.plan.Code, s)
	})
}

func (c *Console) keepPlan(f *planForm, keep func(plan.Spec) (*plan.Plan, error)) error {
	spec, err := f.spec()
	var kept *plan.Plan
	if err == nil {
		kept, err = keep(spec)
	}
	if err != nil {
		return f.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return planEditor(f)
		})
	}
	return f.done(f.at("/plans/"+kept.ID.In(id.Plan)), "console.plan.saved")
}

// spec reads the form. The names of fields are those at which faults point.
func (f *planForm) spec() (plan.Spec, error) {
	s := plan.Spec{Names: map[string]string{}, Descriptions: map[string]string{}, Interval: plan.Interval(f.field("interval"))}
	for _, lang := range f.programme.Languages {
		if name := f.field("names/" + lang); name != "" {
			s.Names[lang] = name
		}
		if text := strings.ReplaceAll(f.field("descriptions/"+lang), "\r\n", "\n"); text != "" {
			s.Descriptions[lang] = text
		}
	}
	if ladder, rank, found := strings.Cut(f.field("rank"), ":"); found {
		s.Rank = rank
		var err error
		if s.LadderID, err = id.Parse(id.Ladder, ladder); err != nil {
			return s, placed(err, "/rank")
		}
	}
	if len(f.wallets) > 0 {
		s.WalletID = f.wallets[0].ID
	}
	if w, err := id.Parse(id.Wallet, f.field("wallet")); err == nil {
		s.WalletID = w
	}
	return s, f.numbers(&s)
}

func (f *planForm) numbers(s *plan.Spec) error {
	var trial, grace, months int64
	points := f.wallets.decimals(s.WalletID)
	for _, n := range []struct {
		name     string
		decimals int
		into     *int64
	}{
		{"price", f.programme.Currency.Decimals(), &s.Price}, {"trial_days", 0, &trial}, {"grace_days", 0, &grace},
		{"welcome", points, &s.Welcome}, {"renewal", points, &s.Renewal}, {"points_months", 0, &months},
	} {
		var err error
		if *n.into, err = f.figures().read(f.field(n.name), n.decimals); err != nil {
			return placed(err, "/"+n.name)
		}
	}
	const most = 10_000 // more is refused anyway
	s.TrialDays, s.GraceDays, s.PointsMonths = int(min(trial, most)), int(min(grace, most)), int(min(months, most))
	return nil
}

// show returns what a field holds: what was typed, or else what is kept.
func (f *planForm) show(name, kept string) string {
	if f.r.Method == "POST" {
		return f.field(name)
	}
	return kept
}

// figure returns a number as it stands in the form, empty for none.
func (f *planForm) figure(name string, kept int64, decimals int) string {
	if kept == 0 {
		return f.show(name, "")
	}
	return f.show(name, f.figures().show(kept, decimals))
}

// languageName is what a language calls itself.
func languageName(code string) string {
	if l, known := i18n.ParseLang(code); known {
		return l.Endonym()
	}
	return code
}

func (f *planForm) intervalOptions() []web.Option {
	var list []web.Option
	for _, i := range plan.Intervals() {
		list = append(list, web.Option{Value: string(i), Label: f.Say(i.Text())})
	}
	return web.Choose(list, f.show("interval", string(f.old.Interval)))
}

func rankValue(ladder id.ID, rank string) string { return ladder.In(id.Ladder) + ":" + rank }

func (f *planForm) rankOptions() []web.Option {
	list := []web.Option{{Label: f.T("console.plan.no_rank")}}
	for _, l := range f.ladders {
		now := l.Versions[len(l.Versions)-1]
		for _, r := range now.Ranks[1:] {
			list = append(list, web.Option{Value: rankValue(l.ID, r.Code), Label: r.Name, Group: now.Name})
		}
	}
	kept := ""
	if f.old.LadderID != 0 {
		kept = rankValue(f.old.LadderID, f.old.Rank)
	}
	return web.Choose(list, f.show("rank", kept))
}

// rankNames are the names of ranks by what chooses them.
func (f *planForm) rankNames() map[string]string {
	names := map[string]string{}
	for _, o := range f.rankOptions() {
		names[o.Value] = o.Label
	}
	return names
}

func (f *planForm) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range f.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, f.show("wallet", shownID(f.old.WalletID, id.Wallet)))
}

func (f *planForm) back() string {
	if f.plan == nil {
		return f.at("/plans")
	}
	return f.at("/plans/" + f.plan.ID.In(id.Plan))
}

func (f *planForm) path() string {
	if f.plan == nil {
		return f.at("/plans/new")
	}
	return f.back() + "/edit"
}

// nameError is what is wrong with a name; that there is none at all is said at
// the first.
func (f *planForm) nameError(i int, lang string) string {
	if i == 0 {
		return f.errs["names"] + f.errs["names/"+lang]
	}
	return f.errs["names/"+lang]
}
