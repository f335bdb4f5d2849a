package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/outreach"
	"regulars/internal/recovery"
	"regulars/internal/web"
)

const recoveryPath = silencePath + "/recoveries"

func (c *Console) recoveryRoutes() []route {
	one := recoveryPath + "/{recovery}"
	return []route{
		{pattern: "GET " + recoveryPath, permission: auth.ChurnRead, do: c.recoveries},
		{pattern: "GET " + recoveryPath + "/new", permission: auth.ChurnWrite, do: c.editRecovery},
		{pattern: "POST " + recoveryPath + "/new", permission: auth.ChurnWrite, do: c.saveRecovery},
		{pattern: "GET " + one, permission: auth.ChurnRead, do: c.recovery},
		{pattern: "GET " + one + "/edit", permission: auth.ChurnWrite, do: c.editRecovery},
		{pattern: "POST " + one + "/edit", permission: auth.ChurnWrite, do: c.saveRecovery},
		{pattern: "POST " + one + "/start", permission: auth.RecoveriesStart, do: c.startRecovery},
		{pattern: "POST " + one + "/end", permission: auth.RecoveriesStart, do: c.endRecovery},
		{pattern: "POST " + one + "/discard", permission: auth.ChurnWrite, do: c.discardRecovery},
	}
}

func (v *visit) recoveryAt(n id.ID, more string) string {
	return v.at("/silence/recoveries/" + n.In(id.Recovery) + more)
}

// recoveryShelf is the list of campaigns.
type recoveryShelf struct {
	*visit
	list []*recovery.Campaign
}

func (c *Console) recoveries(v *visit) error {
	l := &recoveryShelf{visit: v}
	var err error
	if l.list, err = c.Recoveries.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(recoveryListPage(l))
}

// recoveryPage is a campaign with whom it is for, or what came of it.
type recoveryPage struct {
	*visit
	*recovery.Outcome
	choices recovery.Choices
	// foretold is whom a draft would be for now.
	foretold recovery.Tally
	// letters are how many stand how, for those who may see it.
	letters map[outreach.State]int64
}

func (c *Console) recovery(v *visit) error {
	n, err := v.pathID("recovery", id.Recovery)
	if err != nil {
		return err
	}
	p := &recoveryPage{visit: v}
	if p.Outcome, err = c.Recoveries.Outcome(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return err
	}
	if p.choices, err = c.Recoveries.Choices(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if !p.Started.IsZero() && v.can(auth.ContactsRead) {
		if p.letters, err = c.Outreach.Fates(v.ctx(), v.actor, v.programme.ID, recovery.Letters(n)); err != nil {
			return err
		}
	}
	if p.State == recovery.Draft {
		if p.foretold, err = c.Recoveries.Preview(v.ctx(), v.actor, v.programme.ID, n); err != nil {
			return err
		}
	}
	return v.render(recoveryShown(p))
}

// recoveryDid goes on to a page with word of what was done to a campaign.
func (v *visit) recoveryDid(n id.ID, err error, to, key string) error {
	if err != nil {
		return err
	}
	return v.done(cmp.Or(to, v.recoveryAt(n, "")), key)
}

func (c *Console) startRecovery(v *visit) error {
	n, err := v.pathID("recovery", id.Recovery)
	if err != nil {
		return err
	}
	_, err = c.Recoveries.Start(v.ctx(), v.actor, v.programme.ID, n, v.seenVersion())
	return v.recoveryDid(n, err, "", "console.recovery.did_start")
}

func (c *Console) endRecovery(v *visit) error {
	n, err := v.pathID("recovery", id.Recovery)
	if err != nil {
		return err
	}
	_, err = c.Recoveries.End(v.ctx(), v.actor, v.programme.ID, n)
	return v.recoveryDid(n, err, "", "console.recovery.did_end")
}

func (c *Console) discardRecovery(v *visit) error {
	n, err := v.pathID("recovery", id.Recovery)
	if err != nil {
		return err
	}
	err = c.Recoveries.Discard(v.ctx(), v.actor, v.programme.ID, n, v.seenVersion())
	return v.recoveryDid(n, err, v.at("/silence/recoveries"), "console.recovery.did_discard")
}

// recoveryForm is the editor of a campaign.
type recoveryForm struct {
	*visit
	id      id.ID // 0 for a new one
	number  int64
	spec    recovery.Spec
	choices recovery.Choices
	errs    web.FormErrors
}

func (c *Console) meetRecoveryForm(v *visit) (*recoveryForm, error) {
	f := &recoveryForm{visit: v, spec: recovery.NewSpec(c.Now(), v.programme.Zone), errs: web.FormErrors{}}
	f.spec.Whom = []recovery.Aim{recovery.AimSilent, recovery.AimUnusual}
	var err error
	if f.choices, err = c.Recoveries.Choices(v.ctx(), v.actor, v.programme.ID); err != nil || v.r.PathValue("recovery") == "" {
		return f, err
	}
	n, err := v.pathID("recovery", id.Recovery)
	if err != nil {
		return nil, err
	}
	r, err := c.Recoveries.Get(v.ctx(), v.actor, v.programme.ID, n)
	if err != nil {
		return nil, err
	}
	f.id, f.number, f.spec = r.ID, r.Version, r.Spec
	return f, nil
}

func (c *Console) editRecovery(v *visit) error {
	f, err := c.meetRecoveryForm(v)
	if err != nil {
		return err
	}
	return v.render(recoveryEditor(f))
}

func (c *Console) saveRecovery(v *visit) error {
	f, err := c.meetRecoveryForm(v)
	if err != nil {
		return err
	}
	var r *recovery.Campaign
	if err = f.read(); err == nil && f.id == 0 {
		r, err = c.Recoveries.Prepare(v.ctx(), v.actor, v.programme.ID, f.spec)
	} else if err == nil {
		r, err = c.Recoveries.Rework(v.ctx(), v.actor, v.programme.ID, f.id, v.seenVersion(), f.spec)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			for at, said := range errs {
				f.errs.Add(recoveryField(at), said)
			}
			return recoveryEditor(f)
		})
	}
	return v.done(v.recoveryAt(r.ID, ""), "console.silence.kept")
}

// recoveryField is the field that a part of a campaign is typed in.
func recoveryField(pointer string) string {
	parts := strings.Split(pointer, "/")
	switch {
	case len(parts) == 3 && parts[0] == "words":
		return parts[2] + "_" + parts[1]
	case len(parts) == 2 && parts[0] == "gift":
		return "gift_" + parts[1]
	}
	return pointer
}

// read takes the campaign as it was typed.
func (f *recoveryForm) read() error {
	typed := &standardForm{visit: f.visit}
	f.number = f.seenVersion()
	f.spec = recovery.Spec{
		Name: f.field("name"), Ranks: f.r.PostForm["ranks"], Words: map[i18n.Lang]flow.Words{}, Held: 100 * typed.whole("held"), Window: typed.whole("window"), Ends: f.field("ends"),
		Gift: recovery.Gift{Kind: recovery.GiftKind(f.field("gift_kind")), Months: typed.whole("gift_months")},
	}
	for _, a := range f.r.PostForm["whom"] {
		f.spec.Whom = append(f.spec.Whom, recovery.Aim(a))
	}
	for _, l := range i18n.Langs() {
		f.spec.Words[l] = flow.Words{Subject: f.field("subject_" + string(l)), Body: f.field("body_" + string(l))}
	}
	f.spec.Gift.BatchID, _ = id.Parse(id.Batch, f.field("gift_batch")) // of none is refused
	f.spec.Gift.WalletID, _ = id.Parse(id.Wallet, f.field("gift_wallet"))
	var err error
	if f.spec.Least, err = f.figures().read(f.field("least"), f.programme.Currency.Decimals()); err != nil {
		return placed(err, "/least")
	}
	if f.spec.Gift.Kind == recovery.GiftPoints {
		f.spec.Gift.Points, err = f.figures().read(f.field("gift_points"), f.decimals())
	}
	return placed(err, "/gift/points")
}

// decimals are those of the points that are given.
func (f *recoveryForm) decimals() int {
	for _, w := range f.choices.Wallets {
		if w.ID == f.spec.Gift.WalletID {
			return w.Decimals
		}
	}
	return 0
}

func (f *recoveryForm) to() string {
	if f.id == 0 {
		return f.at("/silence/recoveries/new")
	}
	return f.recoveryAt(f.id, "/edit")
}

func (f *recoveryForm) title() string {
	if f.id == 0 {
		return f.T("console.recovery.new")
	}
	return f.T("console.recovery.edit")
}

func (f *recoveryForm) whomOptions() []web.Option {
	var list []web.Option
	for _, a := range recovery.Aims() {
		list = append(list, web.Option{Value: string(a), Label: f.Say(a.Text()), Chosen: slices.Contains(f.spec.Whom, a)})
	}
	return list
}

func (f *recoveryForm) rankOptions() []web.Option {
	var list []web.Option
	for _, r := range f.choices.Ranks {
		list = append(list, web.Option{Value: r.Code, Label: r.Name, Chosen: slices.Contains(f.spec.Ranks, r.Code)})
	}
	return list
}

// giftOptions are the gifts that the house has.
func (f *recoveryForm) giftOptions() []web.Option {
	var list []web.Option
	for _, k := range recovery.GiftKinds() {
		if k == recovery.GiftCode && len(f.choices.Batches) == 0 || k == recovery.GiftPoints && len(f.choices.Wallets) == 0 {
			continue
		}
		list = append(list, web.Option{Value: string(k), Label: f.Say(k.Text())})
	}
	return web.Choose(list, string(f.spec.Gift.Kind))
}

func (f *recoveryForm) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range f.choices.Wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, f.spec.Gift.WalletID.In(id.Wallet))
}

func (f *recoveryForm) batchOptions() []web.Option {
	var list []web.Option
	for _, b := range f.choices.Batches {
		list = append(list, web.Option{Value: b.ID.In(id.Batch), Label: b.Name})
	}
	return web.Choose(list, f.spec.Gift.BatchID.In(id.Batch))
}

// words are the subjects or bodies by language.
func (f *recoveryForm) words(of func(flow.Words) string) map[string]string {
	all := map[string]string{}
	for l, w := range f.spec.Words {
		all[string(l)] = of(w)
	}
	return all
}

func (f *recoveryForm) subjects() map[string]string {
	return f.words(func(w flow.Words) string { return w.Subject })
}

func (f *recoveryForm) bodies() map[string]string {
	return f.words(func(w flow.Words) string { return w.Body })
}

// needed marks the languages that a campaign cannot do without.
func (f *recoveryForm) needed(l i18n.Lang) bool { return string(l) == f.programme.Languages[0] }

// small writes a number that is 0 when nothing is said.
func (f *recoveryForm) small(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
