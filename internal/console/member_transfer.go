package console

import (
	"crypto/rand"
	"slices"

	"regulars/internal/fault"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/web"
)

// transferForm passes points of a member on, as it was filled in. The nonce
// names the transfer, so that a double click counts once.
type transferForm struct {
	*shared
	nonce, who, wallet, points, note string
	// to is the member whom staff have seen and confirmed, or are to confirm.
	to   id.ID
	asks bool
	// given is what the member passed on of each wallet this month, past are
	// their latest transfers.
	given []int64
	past  []*household.Transfer
	named people
}

func (c *Console) meetTransfer(v *visit) (*transferForm, error) {
	p, _, err := c.meetMember(v)
	if err != nil {
		return nil, err
	}
	f := &transferForm{nonce: v.field("nonce"), who: v.field("who"), wallet: v.field("wallet"), points: v.field("points"), note: v.field("note")}
	if f.shared, err = c.readShared(v, p); err != nil {
		return nil, err
	}
	if f.past, err = c.Households.Transfers(v.ctx(), v.actor, household.TransferQuery{ProgrammeID: v.programme.ID, Members: p.Aliases, Limit: transferRows}); err != nil {
		return nil, err
	}
	if err := c.readGiven(f); err != nil {
		return nil, err
	}
	return f, c.nameAll(f)
}

func (c *Console) readGiven(f *transferForm) error {
	for i := range f.p.wallets {
		n, err := household.Given(f.ctx(), c.DB.Reader(), f.p.Aliases, f.p.wallets[i].Wallet.ID, f.p.now, f.programme.Zone)
		if err != nil {
			return err
		}
		f.given = append(f.given, n)
	}
	return nil
}

// nameAll reads how the members on the page are named.
func (c *Console) nameAll(f *transferForm) error {
	about := []id.ID{f.p.ID}
	if f.to != 0 {
		about = append(about, f.to)
	}
	if f.own != nil {
		for _, m := range f.own.Members {
			about = append(about, m.MemberID)
		}
	}
	for _, t := range f.past {
		about = append(about, t.From, t.To)
	}
	var err error
	f.named, err = c.readPeople(f.visit, about...)
	return err
}

func (c *Console) showTransfer(v *visit) error {
	f, err := c.meetTransfer(v)
	if err != nil {
		return err
	}
	f.nonce = rand.Text()
	return v.render(transferPage(f))
}

// transfer passes points on: at once to who was chosen among the household, and
// to somebody who was searched for once staff have seen who was found.
func (c *Console) transfer(v *visit) error {
	f, err := c.meetTransfer(v)
	if err != nil {
		return err
	}
	ask, err := c.askTransfer(f)
	if err == nil && f.settings.Transfers == household.Anyone && v.field("to") != f.to.In(id.Member) {
		f.asks = true
		if err := c.nameAll(f); err != nil {
			return err
		}
		return v.render(transferPage(f))
	}
	if err == nil {
		_, err = c.Households.Transfer(v.ctx(), v.actor, ask)
		err = elsewhere(err, "/to", "/who")
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return transferPage(f)
		})
	}
	return v.done(f.p.at(v, "/transfer"), "console.transfer.done")
}

// askTransfer reads the form and finds who is to receive the points.
func (c *Console) askTransfer(f *transferForm) (household.Ask, error) {
	ask := household.Ask{ProgrammeID: f.programme.ID, From: f.p.ID, Source: consoleSource, ExternalID: "transfer:" + f.nonce, Note: f.note}
	var err error
	if f.settings.Transfers == household.Anyone {
		f.to, err = c.onlyOne(f.visit, f.who)
	} else if f.to, err = id.Parse(id.Member, f.who); err != nil {
		err = fault.Missing("not_one_member", "this names no member, or several").At("/who")
	}
	if err != nil {
		return ask, err
	}
	ask.To = f.to
	decimals := 0
	for _, w := range f.p.wallets {
		if w.Wallet.ID.In(id.Wallet) == f.wallet {
			ask.WalletID, decimals = w.Wallet.ID, w.Decimals
		}
	}
	ask.Points, err = ledger.ParsePoints(f.points, decimals)
	return ask, err
}

func (c *Console) undoTransfer(v *visit) error {
	which, err := v.pathID("transfer", id.Event)
	if err != nil {
		return err
	}
	f, err := c.meetTransfer(v)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(f.past, func(t *household.Transfer) bool { return t.ID == which }) {
		return web.NotFound(v.w, v.r)
	}
	if _, err := c.Households.Undo(v.ctx(), v.actor, v.programme.ID, which, v.field("reason")); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.nonce, f.errs = rand.Text(), errs
			return transferPage(f)
		})
	}
	return v.done(f.p.at(v, "/transfer"), "console.transfer.undone")
}

// elsewhere moves a fault from one field to another, by their pointers.
func elsewhere(err error, from, to string) error {
	if f := fault.As(err); f != nil && f.Field == from {
		moved := *f
		moved.Field = to
		return &moved
	}
	return err
}
