package console

import (
	"errors"
	"strings"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promo"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// referralForm is the editor of the terms; what it holds is as it was typed.
type referralForm struct {
	*visit
	old     referral.Terms
	wallets wallets
	batches []promo.BatchSummary
	errs    web.FormErrors
	// own says that they are the terms of an influencer.
	own bool
}

// sideTitle says who gets what stands below.
func (f *referralForm) sideTitle(side string) string {
	if f.own {
		return f.T("console.influencer." + side + "_gets")
	}
	return f.T("console.referral." + side + "_gets")
}

func (c *Console) meetTerms(v *visit) (*referralForm, error) {
	f := &referralForm{visit: v}
	var err error
	if f.old, err = c.Referrals.Terms(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if f.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	f.batches, err = c.personalBatches(v)
	return f, err
}

// personalBatches are the batches from which a gift may come, for those who may
// see codes.
func (c *Console) personalBatches(v *visit) ([]promo.BatchSummary, error) {
	list, err := c.Promo.Batches(v.ctx(), v.actor, promo.BatchQuery{ProgrammeID: v.programme.ID, Limit: 200})
	if fault.KindOf(err) == fault.KindRefused {
		return nil, nil
	}
	var personal []promo.BatchSummary
	for _, b := range list {
		if b.Kind == promo.PersonalCodes && b.Cancelled.IsZero() {
			personal = append(personal, b)
		}
	}
	return personal, err
}

func (c *Console) referralTerms(v *visit) error {
	f, err := c.meetTerms(v)
	if err != nil {
		return err
	}
	return v.render(referralTermsPage(f))
}

func (c *Console) saveReferralTerms(v *visit) error {
	f, err := c.meetTerms(v)
	if err != nil {
		return err
	}
	spec, err := f.spec()
	if v.r.URL.Query().Get("do") == "words" {
		return v.render(inWords(v, f.words(&spec, err), v.T("console.referral.words_later")))
	}
	if err == nil {
		_, err = c.Referrals.SaveTerms(v.ctx(), v.actor, v.programme.ID, referral.TermsState(v.field("state")), spec)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return referralTermsPage(f)
		})
	}
	return v.done(v.at("/referrals/terms"), "console.referral.saved")
}

// show returns what a field holds: what was typed, or else what is kept.
func (f *referralForm) show(name, kept string) string {
	if f.r.Method == "POST" && strings.HasSuffix(f.r.URL.Path, "/terms") {
		return f.field(name)
	}
	return kept
}

// figure shows a number that is kept, empty for none.
func (f *referralForm) figure(name string, kept int64, decimals int) string {
	if kept == 0 {
		return f.show(name, "")
	}
	return f.show(name, f.figures().show(kept, decimals))
}

func (f *referralForm) ticked(name string, kept bool) bool {
	if f.r.Method == "POST" {
		return f.field(name) != ""
	}
	return kept
}

// number reads a number, 0 when nothing was typed.
func (f *referralForm) number(name string, decimals int) (int64, error) {
	typed := f.field(name)
	if typed == "" {
		return 0, nil
	}
	n, err := f.figures().read(typed, decimals)
	if err != nil {
		return 0, fault.As(err).At("/" + name)
	}
	return n, nil
}

// spec reads the form.
func (f *referralForm) spec() (referral.Spec, error) {
	s := referral.Spec{NewOnly: f.field("new_only") != "", HideName: f.field("hide_name") != ""}
	var failed [5]error
	s.Inviter, failed[0] = f.gift("inviter")
	s.Friend, failed[1] = f.gift("friend")
	s.Minimum, failed[2] = f.number("minimum", f.programme.Currency.Decimals())
	var days int64
	days, failed[3] = f.number("return_days", 0)
	s.ReturnDays = int(days)
	for _, p := range referral.LimitPeriods() {
		times, err := f.number("limit_"+string(p), 0)
		failed[4] = errors.Join(failed[4], err)
		if times != 0 {
			s.Limits = append(s.Limits, referral.Limit{Times: times, Period: p})
		}
	}
	for _, err := range failed {
		if err != nil {
			return s, fault.As(err)
		}
	}
	return s, nil
}

// gift reads what a side gets. Where nothing is typed it is nothing.
func (f *referralForm) gift(side string) (referral.Gift, error) {
	var g referral.Gift
	if batch := f.field(side + "/batch"); batch != "" {
		n, err := id.Parse(id.Batch, batch)
		g.BatchID = n
		if err != nil {
			return g, err
		}
	}
	wallet := f.walletOf(side, 0)
	points, err := f.number(side+"/points", f.wallets.decimals(wallet))
	if err != nil {
		return g, err
	}
	months, err := f.number(side+"/months", 0)
	g.Points, g.Months = points, int(months)
	if points != 0 || months != 0 {
		g.WalletID = wallet
	}
	return g, err
}

// walletOf is the wallet that a side's points go into: the chosen one, the kept
// one, or the programme's first.
func (f *referralForm) walletOf(side string, kept id.ID) id.ID {
	if n, err := id.Parse(id.Wallet, f.field(side+"/wallet")); err == nil {
		return n
	}
	if kept == 0 && len(f.wallets) > 0 {
		return f.wallets[0].ID
	}
	return kept
}

func (f *referralForm) walletOptions(side string, kept id.ID) []web.Option {
	var list []web.Option
	for _, w := range f.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, f.walletOf(side, kept).In(id.Wallet))
}

func (f *referralForm) batchOptions(side string, kept id.ID) []web.Option {
	list := []web.Option{{Label: f.T("console.referral.no_code")}}
	for _, b := range f.batches {
		list = append(list, web.Option{Value: b.ID.In(id.Batch), Label: b.Name})
	}
	chosen := ""
	if kept != 0 {
		chosen = kept.In(id.Batch)
	}
	return web.Choose(list, f.show(side+"/batch", chosen))
}

func (f *referralForm) stateOptions() []web.Option {
	states := []referral.TermsState{referral.On, referral.Off}
	if f.old.State == referral.Draft {
		states = []referral.TermsState{referral.Draft, referral.On}
	}
	var list []web.Option
	for _, s := range states {
		list = append(list, web.Option{Value: string(s), Label: f.T("console.referral.terms_" + string(s))})
	}
	return web.Choose(list, f.show("state", string(f.old.State)))
}

func (f *referralForm) limit(p earn.Period) string {
	for _, l := range f.old.Limits {
		if l.Period == p {
			return f.figure("limit_"+string(p), l.Times, 0)
		}
	}
	return f.show("limit_"+string(p), "")
}

// now are the terms in sentences as they stand in the form: as they were typed,
// or else as they are kept.
func (f *referralForm) now() []string {
	if f.r.Method == "POST" {
		spec, err := f.spec()
		return f.words(&spec, err)
	}
	return f.words(&f.old.Spec, nil)
}

// words say a spec in sentences, nothing while it cannot hold.
func (f *referralForm) words(s *referral.Spec, err error) []string {
	if err != nil || s.Check() != nil {
		return nil
	}
	said := []string{
		f.T("console.referral.says", "inviter", f.giftWords(s.Inviter, f.wallets, f.batches), "friend", f.giftWords(s.Friend, f.wallets, f.batches)),
		f.T("console.referral.says_when", "has", yesOrNo(s.Minimum > 0), "sum", f.Money(s.Minimum, f.programme.Currency), "days", int64(s.ReturnDays)),
	}
	if s.NewOnly {
		said = append(said, f.T("console.referral.says_new"))
	}
	var limits []string
	for _, l := range s.Limits {
		limits = append(limits, f.Say(l.Text()))
	}
	if len(limits) > 0 {
		said = append(said, f.T("console.referral.says_limit", "limits", f.List(limits)))
	}
	return said
}

// giftWords is what one side gets.
func (v *visit) giftWords(g referral.Gift, w wallets, batches []promo.BatchSummary) string {
	switch {
	case g.Nothing():
		return v.T("console.referral.nothing")
	case g.BatchID != 0:
		name := ""
		for _, b := range batches {
			if b.ID == g.BatchID {
				name = b.Name
			}
		}
		return v.T("console.referral.a_code", "name", name)
	case g.Months > 0:
		return v.T("console.referral.points_for", "points", v.price(w, g.WalletID, g.Points, 0), "months", int64(g.Months))
	}
	return v.price(w, g.WalletID, g.Points, 0)
}
