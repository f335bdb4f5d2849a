package console

import (
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/web"
)

const takeBackPath = memberPath + "/take-back/{event}"

// adjusted is an adjustment that may be taken back.
type adjusted struct {
	*purse
	event  id.ID
	points int64 // that it gave; below 0 are those it took
	why    i18n.Text
	reason string // for taking it back, as filled in
	errs   web.FormErrors
}

// adjusted reads the adjustment that the address names.
func (c *Console) adjusted(v *visit, p *person) (*adjusted, error) {
	event, err := id.Parse(id.Event, v.r.PathValue("event"))
	if err != nil {
		return nil, err
	}
	a := &adjusted{event: event, reason: v.field("reason")}
	err = c.DB.View(v.ctx(), func(q db.Queryer) error {
		entries, err := ledger.EntriesOf(v.ctx(), q, []ledger.CauseKey{{MemberID: p.ID, EventID: event}})
		for _, e := range entries {
			switch e.Kind {
			case ledger.KindAdjustUp:
				a.points += e.Amount
			case ledger.KindAdjustDown:
				a.points -= e.Amount
			default:
				continue
			}
			a.purse, a.why = p.purseOf(e.WalletID), e.Cause.Reason
		}
		return err
	})
	if err == nil && (a.points == 0 || a.purse == nil) {
		err = fault.Missing("no_such_adjustment", "there is no such adjustment").With("event", event.In(id.Event))
	}
	return a, err
}

// purseOf returns the wallet with the id, nil if there is none.
func (p *person) purseOf(wallet id.ID) *purse {
	for i := range p.wallets {
		if p.wallets[i].Wallet.ID == wallet {
			return &p.wallets[i]
		}
	}
	return nil
}

func (c *Console) showTakeBack(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	a, err := c.adjusted(v, p)
	if err != nil {
		return err
	}
	return v.render(takeBackPage(v, p, a))
}

// takeBack takes an adjustment back. The event is named by it, so that a double
// click counts once.
func (c *Console) takeBack(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	a, err := c.adjusted(v, p)
	if err != nil {
		return err
	}
	_, err = c.Flow.TakeOne(v.ctx(), &flow.Event{
		ProgrammeID: v.programme.ID, Source: consoleSource, ExternalID: "take-back:" + a.event.In(id.Event), Kind: journal.Adjustment,
		Who: flow.Who{MemberID: p.ID}, Actor: v.actor,
		Payload: flow.Payload{Adjustment: &flow.Adjustment{WalletID: a.Wallet.ID, Points: -a.points, Reason: a.reason, Undoes: a.event}},
	})
	if err != nil {
		errs, ok := web.ErrorsOf(v.Page, err)
		if !ok {
			return err
		}
		a.errs = fieldNames(errs)
		return v.mendAll(a.errs, func(web.FormErrors) component { return takeBackPage(v, p, a) })
	}
	return v.done(p.at(v, "/points", "wallet", a.Code), "console.takeback.done")
}

// markUndoable notes the entries from which the way leads to taking their
// adjustment back: one of each that was not, as far as the page shows.
func (s *statement) markUndoable(p *person) {
	s.undoable = map[id.ID]bool{}
	undone, led := map[id.ID]bool{}, map[id.ID]bool{}
	for _, e := range s.entries { // the latest first
		if e.Cause.Kind == ledger.CauseReversal {
			undone[e.Cause.ID] = true
		}
		byHand := e.Kind == ledger.KindAdjustUp || e.Kind == ledger.KindAdjustDown
		if byHand && e.MemberID == p.ID && !undone[e.ID] && !led[e.Cause.Event] {
			s.undoable[e.ID], led[e.Cause.Event] = true, true
		}
	}
}
