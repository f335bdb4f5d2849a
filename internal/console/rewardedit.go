package console

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/reward"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// wallets are those of a programme.
type wallets []ledger.Wallet

func walletsOf(ctx context.Context, q db.Queryer, programme id.ID) (wallets, error) {
	return ledger.Wallets(ctx, q, programme)
}

func (w wallets) get(wanted id.ID) *ledger.Wallet {
	for i := range w {
		if w[i].ID == wanted {
			return &w[i]
		}
	}
	return nil
}

// decimals returns how many a wallet has.
func (w wallets) decimals(wanted id.ID) int {
	if found := w.get(wanted); found != nil {
		return found.Decimals
	}
	return 0
}

// rewardPage is one reward with what became of it.
type rewardPage struct {
	*visit
	reward  reward.Reward
	results reward.Results
	stock   *reward.Stock
	wallets wallets
	ranks   []tier.Rank
	latest  []*reward.Redemption
	errs    web.FormErrors
}

func (c *Console) meetReward(v *visit) (*rewardPage, error) {
	which, err := v.pathID("reward", id.Reward)
	if err != nil {
		return nil, err
	}
	p := &rewardPage{visit: v}
	if p.reward, err = c.Rewards.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.latest, err = c.Rewards.Redemptions(v.ctx(), v.actor, reward.Query{ProgrammeID: v.programme.ID, RewardID: which, Limit: takenShown}); err != nil {
		return nil, err
	}
	return p, c.DB.View(v.ctx(), func(q db.Queryer) error {
		results, stocks, w, err := c.rewardFigures(v, q, []reward.Reward{p.reward})
		if err != nil {
			return err
		}
		p.results, p.stock, p.wallets = results[which], stocks[which], w
		p.ranks, err = c.firstRanks(v, q)
		return err
	})
}

func (c *Console) reward(v *visit) error {
	p, err := c.meetReward(v)
	if err != nil {
		return err
	}
	return v.render(rewardShown(p))
}

// turnReward publishes or withdraws a reward.
func (c *Console) turnReward(turn func(context.Context, auth.Actor, id.ID, id.ID) (reward.Reward, error), key string) func(*visit) error {
	return func(v *visit) error {
		p, err := c.meetReward(v)
		if err != nil {
			return err
		}
		if _, err := turn(v.ctx(), v.actor, v.programme.ID, p.reward.ID); err != nil {
			return v.mend(err, func(errs web.FormErrors) component {
				p.errs = errs
				return rewardShown(p)
			})
		}
		return v.done(v.at("/rewards/"+p.reward.ID.In(id.Reward)), key)
	}
}

// rewardForm is the editor; what it holds is as it was typed.
type rewardForm struct {
	*visit
	id   id.ID // 0 for a new one
	old  reward.Spec
	kept reward.Reward
	// drawing says that the form of the picture was sent, not the other one.
	drawing bool
	wallets wallets
	ranks   []tier.Rank
	errs    web.FormErrors
}

// furnish reads what there is to choose from.
func (c *Console) furnishReward(f *rewardForm) error {
	return c.DB.View(f.ctx(), func(q db.Queryer) (err error) {
		if f.wallets, err = walletsOf(f.ctx(), q, f.programme.ID); err != nil {
			return err
		}
		f.ranks, err = c.firstRanks(f.visit, q)
		return err
	})
}

// firstRanks are the ranks of the programme's first ladder, as it stands now:
// those that rewards go by.
func (c *Console) firstRanks(v *visit, q db.Queryer) ([]tier.Rank, error) {
	ladders, err := tier.LoadLadders(v.ctx(), q, v.programme.ID)
	if err != nil || len(ladders) == 0 {
		return nil, err
	}
	if now := ladders[0].At(c.Now()); now != nil {
		return now.Ranks, nil
	}
	return nil, nil
}

// show returns what a field holds: what was typed, or else what is kept.
func (f *rewardForm) show(name, kept string) string {
	if f.sent() {
		return f.field(name)
	}
	return kept
}

// sent reports whether the form holds what was typed.
func (f *rewardForm) sent() bool { return f.r.Method == "POST" && !f.drawing }

func (c *Console) newReward(v *visit) error {
	f := &rewardForm{visit: v, old: reward.Spec{Kind: reward.KindGoods}}
	if err := c.furnishReward(f); err != nil {
		return err
	}
	return v.render(rewardEditor(f))
}

func (c *Console) editReward(v *visit) error {
	f, err := c.rewardForm(v)
	if err != nil {
		return err
	}
	return v.render(rewardEditor(f))
}

func (c *Console) rewardForm(v *visit) (*rewardForm, error) {
	which, err := v.pathID("reward", id.Reward)
	if err != nil {
		return nil, err
	}
	r, err := c.Rewards.Get(v.ctx(), v.actor, v.programme.ID, which)
	if err != nil {
		return nil, err
	}
	f := &rewardForm{visit: v, id: r.ID, old: r.Spec, kept: r}
	return f, c.furnishReward(f)
}

func (c *Console) createReward(v *visit) error {
	f := &rewardForm{visit: v, old: reward.Spec{Kind: reward.KindGoods}}
	if err := c.furnishReward(f); err != nil {
		return err
	}
	return c.keepReward(f, func(s reward.Spec) (reward.Reward, error) {
		return c.Rewards.Create(v.ctx(), v.actor, v.programme.ID, s)
	})
}

func (c *Console) saveReward(v *visit) error {
	f, err := c.rewardForm(v)
	if err != nil {
		return err
	}
	return c.keepReward(f, func(s reward.Spec) (reward.Reward, error) {
		return c.Rewards.Update(v.ctx(), v.actor, v.programme.ID, f.id, s)
	})
}

func (c *Console) keepReward(f *rewardForm, keep func(reward.Spec) (reward.Reward, error)) error {
	spec, err := f.spec()
	var kept reward.Reward
	if err == nil {
		kept, err = keep(spec)
	}
	if err != nil {
		return f.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return rewardEditor(f)
		})
	}
	return f.done(f.at("/rewards/"+kept.ID.In(id.Reward)), "console.reward.saved")
}

// spec reads the form.
func (f *rewardForm) spec() (reward.Spec, error) {
	s := reward.Spec{
		Name: f.field("name"), Description: f.field("description"), Kind: reward.Kind(f.field("kind")), Partner: f.field("partner"), Ranks: f.chosen("ranks", f.old.Ranks), EarlyRanks: f.chosen("early_ranks", f.old.EarlyRanks),
	}
	if len(f.wallets) > 0 {
		s.WalletID = f.wallets[0].ID
	}
	if w, err := id.Parse(id.Wallet, f.field("wallet")); err == nil {
		s.WalletID = w
	}
	days := int64(0)
	for _, n := range []struct {
		name     string
		decimals int
		into     *int64
	}{
		{"points", f.wallets.decimals(s.WalletID), &s.Points}, {"money", f.programme.Currency.Decimals(), &s.Money}, {"stock", 0, &s.Stock},
		{"times", 0, &s.Limit.Times}, {"gives", f.programme.Currency.Decimals(), &s.Gives}, {"pick_up_days", 0, &days},
	} {
		var err error
		if *n.into, err = f.figures().read(f.field(n.name), n.decimals); err != nil {
			return s, placed(err, "/"+n.name)
		}
	}
	s.PickUpDays = int(min(days, reward.MaxPickUpDays+1))
	if s.Limit.Times != 0 {
		s.Limit.Period = earn.Period(f.field("period"))
	}
	var err error
	if typed := f.field("match"); typed != "" {
		if s.Match, err = f.figures().readRate(typed); err != nil {
			return s, placed(err, "/match")
		}
	}
	if s.Begins, err = f.day("begins"); err != nil {
		return s, err
	}
	if s.Early, err = f.day("early"); err != nil {
		return s, err
	}
	if s.Ends, err = f.day("last_day"); err == nil && !s.Ends.IsZero() {
		s.Ends = s.Ends.AddDate(0, 0, 1)
	}
	return s, err
}

// chosen are the ranks that are ticked in a field.
func (f *rewardForm) chosen(name string, kept []string) []string {
	if f.sent() {
		return f.r.Form[name]
	}
	return kept
}

func (f *rewardForm) rankOptions(name string, kept []string) []web.Option {
	chosen := f.chosen(name, kept)
	var list []web.Option
	for _, r := range f.ranks {
		list = append(list, web.Option{Value: r.Code, Label: r.Name, Chosen: slices.Contains(chosen, r.Code)})
	}
	return list
}

func placed(err error, at string) error {
	if f, is := errors.AsType[*fault.Error](err); is {
		return f.At(at)
	}
	return err
}

func (f *rewardForm) kindOptions() []web.Option {
	var list []web.Option
	for _, k := range reward.Kinds() {
		list = append(list, web.Option{Value: string(k), Label: f.Say(k.Text())})
	}
	return web.Choose(list, f.show("kind", string(f.old.Kind)))
}

func (f *rewardForm) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range f.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, f.show("wallet", shownID(f.old.WalletID, id.Wallet)))
}

func (f *rewardForm) periodOptions() []web.Option {
	var list []web.Option
	for _, p := range slices.Backward(earn.Periods()) {
		list = append(list, web.Option{Value: string(p), Label: f.T("console.reward.per." + string(p))})
	}
	return web.Choose(list, f.show("period", string(f.old.Limit.Period)))
}

// figure returns a number as it stands in the form, empty for none.
func (f *rewardForm) figure(name string, kept int64, decimals int) string {
	if kept == 0 {
		return f.show(name, "")
	}
	return f.show(name, f.figures().show(kept, decimals))
}

func (f *rewardForm) dayOf(name string, kept time.Time) string {
	if kept.IsZero() {
		return f.show(name, "")
	}
	return f.show(name, kept.In(f.programme.Zone).Format(time.DateOnly))
}

func (f *rewardForm) match() string {
	if f.old.Match.IsZero() {
		return f.show("match", "")
	}
	return f.show("match", f.figures().rate(f.old.Match))
}

func (f *rewardForm) lastDay() string {
	if f.old.Ends.IsZero() {
		return f.show("last_day", "")
	}
	return f.dayOf("last_day", f.old.Ends.Add(-time.Microsecond))
}

func (f *rewardForm) path() string {
	if f.id == 0 {
		return f.at("/rewards/new")
	}
	return f.at("/rewards/" + f.id.In(id.Reward) + "/edit")
}

func (f *rewardForm) back() string {
	if f.id == 0 {
		return f.at("/rewards")
	}
	return f.at("/rewards/" + f.id.In(id.Reward))
}

func (f *rewardForm) days() string {
	return f.show("pick_up_days", f.figures().optional(int64(f.old.PickUpDays), 0))
}

// limitTimes is how often one member can have it, as it stands in the form.
func (f *rewardForm) limitTimes() string {
	if f.old.Limit.Times == 0 {
		return f.show("times", "")
	}
	return f.show("times", strconv.FormatInt(f.old.Limit.Times, 10))
}
