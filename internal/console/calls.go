package console

import (
	"cmp"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/calls"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/web"
)

const callsPath = "/p/{programme}/calls"

func (c *Console) callRoutes() []route {
	one := callsPath + "/{list}"
	return []route{
		{pattern: "GET " + callsPath, permission: auth.CallsRead, do: c.callLists},
		{pattern: "GET " + callsPath + "/new", permission: auth.CallsWrite, do: c.editCallList},
		{pattern: "POST " + callsPath + "/new", permission: auth.CallsWrite, do: c.saveCallList},
		{pattern: "GET " + one, permission: auth.CallsRead, do: c.callList},
		{pattern: "GET " + one + "/edit", permission: auth.CallsWrite, do: c.editCallList},
		{pattern: "POST " + one + "/edit", permission: auth.CallsWrite, do: c.saveCallList},
		{pattern: "POST " + one + "/start", permission: auth.CallsWrite, do: c.startCallList},
		{pattern: "POST " + one + "/end", permission: auth.CallsWrite, do: c.endCallList},
		{pattern: "POST " + one + "/discard", permission: auth.CallsWrite, do: c.discardCallList},
		{pattern: "GET " + one + "/desk", permission: auth.CallsMake, do: c.callDesk},
		{pattern: "POST " + one + "/next", permission: auth.CallsMake, do: c.nextCall},
		{pattern: "POST " + one + "/note", permission: auth.CallsMake, do: c.noteCall},
		{pattern: "POST " + one + "/give-back", permission: auth.CallsMake, do: c.giveCallBack},
	}
}

func (v *visit) callsAt(n id.ID, more string) string {
	return v.at("/calls/" + n.In(id.CallList) + more)
}

// callShelf is the list of call lists.
type callShelf struct {
	*visit
	list []*calls.List
}

func (c *Console) callLists(v *visit) error {
	l := &callShelf{visit: v}
	var err error
	if l.list, err = c.Calls.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(callListsPage(l))
}

// callPage is a call list with whom it is for, or what came of it.
type callPage struct {
	*visit
	*calls.Results
	choices calls.Choices
	// foretold is whom a draft would be for now.
	foretold calls.Tally
}

func (c *Console) callList(v *visit) error {
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return err
	}
	p := &callPage{visit: v}
	if p.Results, err = c.Calls.Results(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return err
	}
	if p.choices, err = c.Calls.Choices(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if p.State == calls.Draft {
		if p.foretold, err = c.Calls.Preview(v.ctx(), v.actor, v.programme.ID, n); err != nil {
			return err
		}
	}
	return v.render(callListPage(p))
}

// callsDid goes on to a page with word of what was done to a list.
func (v *visit) callsDid(n id.ID, err error, to, key string) error {
	if err != nil {
		return err
	}
	return v.done(cmp.Or(to, v.callsAt(n, "")), key)
}

func (c *Console) startCallList(v *visit) error {
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return err
	}
	_, err = c.Calls.Start(v.ctx(), v.actor, v.programme.ID, n, v.seenVersion())
	return v.callsDid(n, err, "", "console.calls.did_start")
}

func (c *Console) endCallList(v *visit) error {
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return err
	}
	_, err = c.Calls.End(v.ctx(), v.actor, v.programme.ID, n)
	return v.callsDid(n, err, "", "console.calls.did_end")
}

func (c *Console) discardCallList(v *visit) error {
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return err
	}
	err = c.Calls.Discard(v.ctx(), v.actor, v.programme.ID, n, v.seenVersion())
	return v.callsDid(n, err, v.at("/calls"), "console.calls.did_discard")
}

// callDesk is the page of whoever phones.
type callDesk struct {
	*visit
	list *calls.List
	// line is whom they have on it, nil for nobody.
	line *calls.Line
	said string // the script, filled
	errs web.FormErrors
}

func (c *Console) meetCallDesk(v *visit) (*callDesk, error) {
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return nil, err
	}
	d := &callDesk{visit: v, errs: web.FormErrors{}}
	if d.list, err = c.Calls.Get(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return nil, err
	}
	who, err := c.Calls.OnTheLine(v.ctx(), v.actor, v.programme.ID, n)
	if err != nil || who == nil {
		return d, err
	}
	if d.line, err = c.Calls.Line(v.ctx(), v.actor, who); err != nil {
		return nil, err
	}
	d.said = d.line.Say(c.Texts.Printer(d.line.Script.Lang, d.line.Zone, v.programme.Currency))
	return d, nil
}

func (c *Console) callDesk(v *visit) error {
	d, err := c.meetCallDesk(v)
	if err != nil {
		return err
	}
	return v.render(callDeskPage(d))
}

func (c *Console) nextCall(v *visit) error {
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return err
	}
	return c.goOnCalling(v, n)
}

// goOnCalling takes whom to phone next, and says when there is nobody now.
func (c *Console) goOnCalling(v *visit, n id.ID) error {
	who, err := c.Calls.Next(v.ctx(), v.actor, v.programme.ID, n)
	if err == nil && who == nil {
		return v.done(v.callsAt(n, "/desk"), "console.calls.nobody_now")
	}
	if err != nil {
		return err
	}
	return v.redirect(v.callsAt(n, "/desk"))
}

// noteCall keeps what came of a call; whoever says so goes on to the next.
func (c *Console) noteCall(v *visit) error {
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return err
	}
	w := calls.Word{No: (&standardForm{visit: v}).whole("no"), Outcome: calls.Outcome(v.field("outcome")), Note: v.field("note")}
	if w.MemberID, err = id.Parse(id.Member, v.field("member")); err != nil {
		return fault.At("/member", err)
	}
	if typed := v.field("again"); typed != "" && w.Outcome == calls.Later {
		if w.Again, err = time.ParseInLocation("2006-01-02T15:04", typed, v.programme.Zone); err != nil {
			err = fault.Invalid("call_again", "say when to phone again, before the last day of the list is over").At("/again")
		}
	}
	if err == nil {
		err = c.Calls.Note(v.ctx(), v.actor, v.programme.ID, n, w)
	}
	if f := fault.As(err); f != nil && f.Kind == fault.KindInvalid {
		d, failed := c.meetCallDesk(v)
		if failed != nil {
			return failed
		}
		if d.line != nil {
			return v.mend(err, func(errs web.FormErrors) component {
				d.errs = errs
				return callDeskPage(d)
			})
		}
	}
	if err != nil {
		return err
	}
	if v.field("then") == "next" {
		if l, err := c.Calls.Get(v.ctx(), v.actor, v.programme.ID, n); err == nil && l.State == calls.Running {
			return c.goOnCalling(v, n)
		}
	}
	return v.done(v.callsAt(n, "/desk"), "console.calls.noted")
}

func (c *Console) giveCallBack(v *visit) error {
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return err
	}
	who, err := id.Parse(id.Member, v.field("member"))
	if err != nil {
		return fault.At("/member", err)
	}
	err = c.Calls.GiveBack(v.ctx(), v.actor, v.programme.ID, n, who)
	return v.callsDid(n, err, v.callsAt(n, "/desk"), "console.calls.gave_back")
}

// callForm is the editor of a list.
type callForm struct {
	*visit
	id      id.ID // 0 for a new one
	number  int64
	spec    calls.Spec
	choices calls.Choices
	errs    web.FormErrors
}

func (c *Console) meetCallForm(v *visit) (*callForm, error) {
	f := &callForm{visit: v, spec: calls.NewSpec(c.Now(), v.programme.Zone), errs: web.FormErrors{}}
	var err error
	if f.choices, err = c.Calls.Choices(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if len(f.choices.Wallets) > 0 {
		f.spec.WalletID = f.choices.Wallets[0].ID
	}
	if v.r.PathValue("list") == "" {
		return f, nil
	}
	n, err := v.pathID("list", id.CallList)
	if err != nil {
		return nil, err
	}
	l, err := c.Calls.Get(v.ctx(), v.actor, v.programme.ID, n)
	if err != nil {
		return nil, err
	}
	f.id, f.number, f.spec = l.ID, l.Version, l.Spec
	return f, nil
}

func (c *Console) editCallList(v *visit) error {
	f, err := c.meetCallForm(v)
	if err != nil {
		return err
	}
	return v.render(callEditor(f))
}

func (c *Console) saveCallList(v *visit) error {
	f, err := c.meetCallForm(v)
	if err != nil {
		return err
	}
	var l *calls.List
	if err = f.read(); err == nil && f.id == 0 {
		l, err = c.Calls.Prepare(v.ctx(), v.actor, v.programme.ID, f.spec)
	} else if err == nil {
		l, err = c.Calls.Rework(v.ctx(), v.actor, v.programme.ID, f.id, v.seenVersion(), f.spec)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			for at, said := range errs {
				f.errs.Add(strings.ReplaceAll(at, "script/", "script_"), said)
			}
			return callEditor(f)
		})
	}
	return v.done(v.callsAt(l.ID, ""), "console.silence.kept")
}

// read takes the list as it was typed.
func (f *callForm) read() error {
	typed := &standardForm{visit: f.visit}
	f.number = f.seenVersion()
	f.spec = calls.Spec{
		Name: f.field("name"), Idle: typed.whole("idle"), SKUs: splitList(f.field("skus")), Categories: splitList(f.field("categories")), Script: map[i18n.Lang]string{},
		Held: 100 * typed.whole("held"), Window: typed.whole("window"), Tries: typed.whole("tries"), Ends: f.field("ends"),
	}
	for _, l := range i18n.Langs() {
		f.spec.Script[l] = f.field("script_" + string(l))
	}
	f.spec.WalletID, _ = id.Parse(id.Wallet, f.field("wallet")) // of none is refused
	var err error
	if chosen := f.field("reward"); chosen != "" {
		if f.spec.RewardID, err = id.Parse(id.Reward, chosen); err != nil {
			return placed(err, "/reward")
		}
	}
	if f.spec.Least, err = f.figures().read(f.field("least"), f.decimals()); err != nil {
		return placed(err, "/least")
	}
	f.spec.Cost, err = f.figures().read(cmp.Or(f.field("cost"), "0"), f.programme.Currency.Decimals())
	return placed(err, "/cost")
}
