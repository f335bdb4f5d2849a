package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/challenge"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/web"
)

// challengeRows is how many steps the editor has room for.
const challengeRows = 4

// challengeForm is the editor; what it holds is as it was typed.
type challengeForm struct {
	*visit
	id    id.ID // 0 for a new one
	state challenge.State
	old   challenge.Spec
	names challengeNames
	errs  web.FormErrors
}

// editable reports whether the editor can hold a challenge: its steps give one
// sort of thing, and there are few. Others are written over the API.
func editable(s *challenge.Spec) bool {
	if len(s.Steps) > challengeRows {
		return false
	}
	for i := range s.Steps {
		a, b := s.Steps[0].Reward, s.Steps[i].Reward
		a.Points, b.Points = 0, 0
		if a != b {
			return false
		}
	}
	return true
}

func (c *Console) newChallenge(v *visit) error {
	f, err := c.challengeForm(v, 0)
	if err != nil {
		return err
	}
	return v.render(challengeEditor(f))
}

func (c *Console) editChallenge(v *visit) error {
	f, err := c.knownChallenge(v)
	if err != nil {
		return err
	}
	return v.render(challengeEditor(f))
}

func (c *Console) knownChallenge(v *visit) (*challengeForm, error) {
	which, err := v.pathID("challenge", id.Challenge)
	if err != nil {
		return nil, err
	}
	return c.challengeForm(v, which)
}

func (c *Console) challengeForm(v *visit, which id.ID) (*challengeForm, error) {
	f := &challengeForm{visit: v, id: which, state: challenge.Draft, old: challenge.Spec{Form: challenge.Goal, Counts: challenge.Units, Span: challenge.Monthly}}
	if which != 0 {
		n, err := c.Challenges.Get(v.ctx(), v.actor, v.programme.ID, which)
		if err != nil {
			return nil, err
		}
		if !editable(&n.Spec) {
			return nil, fault.Conflict("challenge_by_api", "the challenge says more than the editor can hold; change it over the API")
		}
		f.state, f.old = n.State, n.Spec
	}
	var err error
	f.names, err = c.challengeNames(v)
	return f, err
}

func (c *Console) createChallenge(v *visit) error {
	f, err := c.challengeForm(v, 0)
	if err != nil {
		return err
	}
	return c.keepChallenge(f, func(s challenge.Spec) (challenge.Challenge, error) {
		return c.Challenges.Create(v.ctx(), v.actor, v.programme.ID, s)
	})
}

func (c *Console) saveChallenge(v *visit) error {
	f, err := c.knownChallenge(v)
	if err != nil {
		return err
	}
	return c.keepChallenge(f, func(s challenge.Spec) (challenge.Challenge, error) {
		return c.Challenges.Update(v.ctx(), v.actor, v.programme.ID, f.id, s)
	})
}

func (c *Console) keepChallenge(f *challengeForm, keep func(challenge.Spec) (challenge.Challenge, error)) error {
	spec, err := f.spec()
	if f.r.URL.Query().Get("do") == "words" {
		return f.render(inWords(f.visit, f.words(&spec, err), f.T("console.challenge.words_later")))
	}
	var kept challenge.Challenge
	if err == nil {
		kept, err = keep(spec)
	}
	if err != nil {
		return f.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return challengeEditor(f)
		})
	}
	return f.done(f.at("/challenges/"+kept.ID.In(id.Challenge)), "console.challenge.saved")
}

// words say what the form says so far, nothing where it cannot be.
func (f *challengeForm) words(s *challenge.Spec, err error) []string {
	if err != nil || s.Check() != nil {
		return nil
	}
	return []string{s.Sentence(f.Printer, f.names.names(f.visit))}
}

// now is what the form says as it is shown.
func (f *challengeForm) now() []string {
	if f.r.Method == "POST" {
		spec, err := f.spec()
		return f.words(&spec, err)
	}
	return f.words(&f.old, nil)
}

// spec reads the form. Of a challenge that was published only the words are
// read.
func (f *challengeForm) spec() (challenge.Spec, error) {
	s := f.old
	s.Names, s.Descriptions = map[string]string{}, map[string]string{}
	for _, lang := range f.programme.Languages {
		s.Names[lang], s.Descriptions[lang] = f.field("name_"+lang), f.field("description_"+lang)
		if s.Names[lang] == "" {
			delete(s.Names, lang)
		}
	}
	if f.state != challenge.Draft {
		return s, nil
	}
	s.Form, s.Counts, s.Span = challenge.Form(f.field("form")), challenge.Kind(f.field("counts")), challenge.Span(f.field("span"))
	s.Daily, s.OptIn, s.TakeBack = f.field("daily") != "", f.field("opt_in") != "", f.field("take_back") != ""
	s.Unit = ""
	if s.Form == challenge.Streak {
		s.Unit = earn.Period(f.field("unit"))
	}
	s.Lines = nil
	if skus, categories := splitList(f.field("skus")), splitList(f.field("categories")); len(skus)+len(categories) > 0 {
		s.Lines = &earn.Lines{SKUs: skus, Categories: categories, Except: f.field("except") != ""}
	}
	s.Audience = challenge.Audience{Tags: splitList(f.field("tags")), Ranks: f.r.Form["ranks"]}
	if err := f.numbers(&s); err != nil {
		return s, err
	}
	if err := f.days(&s); err != nil {
		return s, err
	}
	return s, f.steps(&s)
}

// numbers reads the figures of the form.
func (f *challengeForm) numbers(s *challenge.Spec) error {
	var days, gaps int64
	for _, n := range []struct {
		name     string
		decimals int
		into     *int64
	}{
		{"minimum", f.programme.Currency.Decimals(), &s.Minimum}, {"days", 0, &days}, {"gaps", 0, &gaps}, {"per_member", 0, &s.PerMember},
		{"budget_rewards", 0, &s.Budget.Rewards}, {"budget_points", f.names.wallets.decimals(f.wallet()), &s.Budget.Points},
	} {
		var err error
		if *n.into, err = f.figures().read(f.field(n.name), n.decimals); err != nil {
			return placed(err, "/"+n.name)
		}
	}
	s.Days, s.Gaps = int(min(days, challenge.MaxCount)), int(min(gaps, challenge.MaxCount))
	return nil
}

func (f *challengeForm) days(s *challenge.Spec) (err error) {
	if s.Begins, err = f.day("begins"); err != nil {
		return err
	}
	if s.Ends, err = f.day("last_day"); err == nil && !s.Ends.IsZero() {
		s.Ends = s.Ends.AddDate(0, 0, 1)
	}
	return err
}

// wallet is the one chosen, or the programme's first.
func (f *challengeForm) wallet() id.ID {
	if w, err := id.Parse(id.Wallet, f.field("wallet")); err == nil {
		return w
	}
	if len(f.old.Steps) > 0 && f.old.Steps[0].Reward.WalletID != 0 {
		return f.old.Steps[0].Reward.WalletID
	}
	if len(f.names.wallets) > 0 {
		return f.names.wallets[0].ID
	}
	return 0
}

// steps reads the rows of the form; an empty one is none.
func (f *challengeForm) steps(s *challenge.Spec) error {
	s.Steps = nil
	w := challenge.Reward{Kind: challenge.RewardKind(f.field("gives"))}
	var months int64
	var err error
	switch w.Kind {
	case challenge.Points:
		w.WalletID = f.wallet()
		if months, err = f.figures().read(f.field("months"), 0); err != nil {
			return placed(err, "/months")
		}
		w.Months = int(min(months, challenge.MaxCount))
	case challenge.Code:
		w.BatchID, _ = id.Parse(id.Batch, f.field("batch"))
	case challenge.Tag:
		w.Tag = f.field("tag")
	}
	for i := range challengeRows {
		row := strconv.Itoa(i)
		if f.field("at_"+row) == "" {
			continue
		}
		step := challenge.Step{Reward: w}
		if step.At, err = f.figures().read(f.field("at_"+row), f.countDecimals(s.Counts)); err != nil {
			return placed(err, "/at_"+row)
		}
		if w.Kind == challenge.Points {
			if step.Reward.Points, err = f.figures().read(f.field("points_"+row), f.names.wallets.decimals(w.WalletID)); err != nil {
				return placed(err, "/points_"+row)
			}
		}
		s.Steps = append(s.Steps, step)
	}
	return nil
}

// countDecimals is how many decimals a count has: an amount is money.
func (f *challengeForm) countDecimals(k challenge.Kind) int {
	if k == challenge.Amount {
		return f.programme.Currency.Decimals()
	}
	return 0
}

// show returns what a field holds: what was typed, or else what is kept.
func (f *challengeForm) show(name, kept string) string {
	if f.r.Method == "POST" {
		return f.field(name)
	}
	return kept
}

func (f *challengeForm) figure(name string, kept int64, decimals int) string {
	return f.show(name, f.figures().optional(kept, decimals))
}

func (f *challengeForm) ticked(name string, kept bool) bool {
	if f.r.Method == "POST" {
		return f.field(name) != ""
	}
	return kept
}

func (f *challengeForm) dayOf(name string, kept time.Time, back int) string {
	if kept.IsZero() {
		return f.show(name, "")
	}
	return f.show(name, kept.In(f.programme.Zone).AddDate(0, 0, -back).Format(time.DateOnly))
}

func (f *challengeForm) list(name string, kept []string) string {
	return f.show(name, strings.Join(kept, ", "))
}

func (f *challengeForm) goods() earn.Lines {
	if f.old.Lines == nil {
		return earn.Lines{}
	}
	return *f.old.Lines
}

// row returns what stands in a row of the steps.
func (f *challengeForm) row(i int) (at, points string) {
	n := strconv.Itoa(i)
	if i >= len(f.old.Steps) {
		return f.show("at_"+n, ""), f.show("points_"+n, "")
	}
	step := f.old.Steps[i]
	return f.figure("at_"+n, step.At, f.countDecimals(f.old.Counts)), f.figure("points_"+n, step.Reward.Points, f.names.wallets.decimals(step.Reward.WalletID))
}

// reward is what the steps give, but for points.
func (f *challengeForm) reward() challenge.Reward {
	if len(f.old.Steps) == 0 {
		return challenge.Reward{Kind: challenge.Points}
	}
	return f.old.Steps[0].Reward
}

// said is anything that has a name in words.
type said interface {
	~string
	Text() i18n.Text
}

// chooseSaid offers values by their names in words.
func chooseSaid[T said](f *challengeForm, name string, list []T, kept T) []web.Option {
	options := make([]web.Option, len(list))
	for i, one := range list {
		options[i] = web.Option{Value: string(one), Label: f.Say(one.Text())}
	}
	return web.Choose(options, f.show(name, string(kept)))
}

func (f *challengeForm) unitOptions() []web.Option {
	var list []web.Option
	for _, u := range challenge.StreakUnits() {
		list = append(list, web.Option{Value: string(u), Label: f.T("console.challenge.unit." + string(u))})
	}
	return web.Choose(list, f.show("unit", string(f.old.Unit)))
}

func (f *challengeForm) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range f.names.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, f.show("wallet", shownID(f.reward().WalletID, id.Wallet)))
}

func (f *challengeForm) batchOptions() []web.Option {
	list := []web.Option{{Label: f.T("console.challenge.no_batch")}}
	for _, b := range f.names.batches {
		list = append(list, web.Option{Value: b.ID.In(id.Batch), Label: b.Name})
	}
	return web.Choose(list, f.show("batch", shownID(f.reward().BatchID, id.Batch)))
}

func (f *challengeForm) rankOptions() []web.Option {
	chosen := f.old.Audience.Ranks
	if f.r.Method == "POST" {
		chosen = f.r.Form["ranks"]
	}
	var list []web.Option
	for _, r := range f.names.ranks {
		list = append(list, web.Option{Value: r.Code, Label: r.Name, Chosen: slices.Contains(chosen, r.Code)})
	}
	return list
}

func (f *challengeForm) path() string {
	if f.id == 0 {
		return f.at("/challenges/new")
	}
	return f.back() + "/edit"
}

func (f *challengeForm) back() string {
	if f.id == 0 {
		return f.at("/challenges")
	}
	return f.at("/challenges/" + f.id.In(id.Challenge))
}
