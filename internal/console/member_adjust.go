package console

import (
	"crypto/rand"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/web"
)

func (c *Console) adjustRoutes() []route {
	return []route{
		{pattern: "GET " + memberPath + "/adjust", permission: auth.PointsAdjust, do: c.showAdjust},
		{pattern: "POST " + memberPath + "/adjust", permission: auth.PointsAdjust, do: c.adjust},
		{pattern: "GET " + takeBackPath, permission: auth.PointsAdjust, do: c.showTakeBack},
		{pattern: "POST " + takeBackPath, permission: auth.PointsAdjust, do: c.takeBack},
	}
}

// adjustForm is the form of an adjustment, as it was filled in. The nonce names
// the event, so that a double click counts once.
type adjustForm struct {
	nonce, wallet, way, points, months, reason string
	errs                                       web.FormErrors
}

// The ways in which points are adjusted.
const (
	give = "give"
	take = "take"
)

func (c *Console) showAdjust(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	return v.render(adjustPage(v, p, adjustForm{nonce: rand.Text(), way: give}))
}

func (c *Console) adjust(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	f := adjustForm{
		nonce: v.field("nonce"), wallet: v.field("wallet"), way: v.field("way"), points: v.field("points"), months: v.field("months"), reason: v.field("reason"),
	}
	change, err := f.read(p)
	if err == nil {
		_, err = c.Flow.TakeOne(v.ctx(), &flow.Event{
			ProgrammeID: v.programme.ID, Source: consoleSource, ExternalID: "adjust:" + f.nonce, Kind: journal.Adjustment,
			Who: flow.Who{MemberID: p.ID}, Payload: flow.Payload{Adjustment: change}, Actor: v.actor,
		})
	}
	if err != nil {
		errs, ok := web.ErrorsOf(v.Page, err)
		if !ok {
			return err
		}
		f.errs = fieldNames(errs)
		return v.mendAll(f.errs, func(web.FormErrors) component { return adjustPage(v, p, f) })
	}
	return v.done(p.at(v, ""), "console.adjust.done", "way", f.way, "points", f.points)
}

// fieldNames keeps of each pointer the last part, which is what the field is
// called here.
func fieldNames(errs web.FormErrors) web.FormErrors {
	named := web.FormErrors{}
	for pointer, text := range errs {
		named[pointer[strings.LastIndexByte(pointer, '/')+1:]] = text
	}
	return named
}

// read turns the form into an adjustment.
func (f *adjustForm) read(p *person) (*flow.Adjustment, error) {
	wallet, err := id.Parse(id.Wallet, f.wallet)
	if err != nil {
		return nil, fault.As(err).At("/wallet")
	}
	decimals := 0
	for _, w := range p.wallets {
		if w.Wallet.ID == wallet {
			decimals = w.Decimals
		}
	}
	points, err := ledger.ParsePoints(f.points, decimals)
	if err != nil {
		return nil, err
	}
	if f.way == take {
		points = -points
	}
	a := &flow.Adjustment{WalletID: wallet, Points: points, Reason: f.reason}
	if f.months != "" && f.way != take {
		if a.ExpiresMonths, err = strconv.Atoi(f.months); err != nil {
			return nil, fault.Invalid("not_months", "write the number of months in digits").At("/expires_months")
		}
	}
	return a, nil
}

// limitWords say how much one adjustment of this person may move.
func limitWords(v *visit) string {
	limit := v.actor.AdjustLimit(v.programme.ID)
	if limit == auth.Unlimited {
		return v.T("console.adjust.unlimited")
	}
	return v.T("console.adjust.limit", "n", limit)
}
