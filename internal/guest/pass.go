package guest

import (
	"slices"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/web"
)

// passOn passes the customer's own points on, to somebody of the household or
// to who holds a card. The form's own name is the event's, so that it moves
// them once, however often and whenever it comes.
func (g *Guest) passOn(v *visit) error {
	err := g.once(v, "pass", func() error {
		of, err := ledger.Wallets(v.ctx(), g.DB.Reader(), v.programme.ID)
		if err != nil {
			return err
		}
		w := chosenWallet(of, v.field("wallet"))
		points, err := ledger.ParsePoints(v.field("points"), w.Decimals)
		if err != nil {
			return err
		}
		to, err := g.receiver(v)
		if err != nil {
			return err
		}
		_, err = g.Households.Transfer(v.ctx(), wallet, household.Ask{
			ProgrammeID: v.programme.ID, From: v.who.ID, To: to, WalletID: w.ID, Points: points,
			Source: source, ExternalID: "pass:" + v.who.ID.In(id.Member) + ":" + v.field("nonce"),
		})
		return err
	})
	return g.housed(v, err, "guest.house.passed")
}

// chosenWallet returns the wallet of an id, or the first.
func chosenWallet(list []ledger.Wallet, named string) *ledger.Wallet {
	for i := range list {
		if list[i].ID.In(id.Wallet) == named {
			return &list[i]
		}
	}
	if len(list) > 0 {
		return &list[0]
	}
	return &ledger.Wallet{}
}

// receiver is who is to have the points: a member of the same household, or who
// holds a card with the number. Numbers are tried no faster than codes.
func (g *Guest) receiver(v *visit) (id.ID, error) {
	if chosen := v.field("to"); chosen != "" && chosen != byCard {
		h, err := g.Households.Of(v.ctx(), wallet, v.programme.ID, v.who.ID)
		if err != nil {
			return 0, err
		}
		m, err := id.Parse(id.Member, chosen)
		if err != nil || !h.Has([]id.ID{m}) {
			return 0, fault.Invalid("guest_receiver", "choose who is to have the points").At("/to")
		}
		return m, nil
	}
	if err := g.charge(v.ctx(), trying(v.r.RemoteAddr)); err != nil {
		return 0, err
	}
	card, err := member.Normalise(member.Card, v.field("card"), v.programme.Region)
	if err != nil {
		return 0, fault.Invalid("guest_card_unknown", "nobody has a card with this number").At("/card")
	}
	found, err := member.Recognise(v.ctx(), g.DB.Reader(), []member.Ask{{ProgrammeID: v.programme.ID, Identities: []member.Identity{card}}})
	if err != nil {
		return 0, err
	}
	if found[0].MemberID == 0 {
		return 0, fault.Invalid("guest_card_unknown", "nobody has a card with this number").At("/card")
	}
	return found[0].MemberID, nil
}

// byCard is chosen to name the receiver by a card.
const byCard = "card"

// passes reports whether the customer has somebody to pass points on to.
func (h *hearth) passes() bool {
	return h.settings.Transfers == household.Anyone || h.settings.Transfers == household.WithinHousing && h.home != nil && len(h.home.Members) > 1
}

// from is the moment from which the customer may pass points on; zero when it
// has come.
func (h *hearth) from() time.Time {
	if t := h.who.Enrolled.AddDate(0, 0, h.settings.MinDays); t.After(h.now) {
		return t
	}
	return time.Time{}
}

// receivers are whom the customer can choose.
func (h *hearth) receivers() []web.Option {
	var list []web.Option
	chosen := h.field("to")
	if h.home != nil {
		for _, m := range h.home.Members {
			if !slices.Contains(h.aliases, m.MemberID) {
				value := m.MemberID.In(id.Member)
				list = append(list, web.Option{Value: value, Label: h.called(m.MemberID), Chosen: value == chosen})
			}
		}
	}
	if h.settings.Transfers == household.Anyone && len(list) > 0 {
		list = append(list, web.Option{Value: byCard, Label: h.T("guest.house.by_card"), Chosen: chosen == byCard})
	}
	return list
}

// purses are the wallets that the customer can choose.
func (h *hearth) purses() []web.Option {
	var list []web.Option
	for i := range h.wallets {
		value := h.wallets[i].ID.In(id.Wallet)
		list = append(list, web.Option{Value: value, Label: h.wallets[i].Name, Chosen: value == h.field("wallet")})
	}
	return list
}

// limits say how many points may be passed on, and that it stands.
func (h *hearth) limits() string {
	var said []string
	for i := range h.wallets {
		w := &h.wallets[i]
		said = append(said, h.T("guest.house.own", "points", h.price(w, h.own[i], 0)))
		if n := h.settings.PerTransfer; n > 0 {
			said = append(said, h.T("guest.house.per_transfer", "points", h.price(w, n, 0)))
		}
		if n := h.settings.PerMonth; n > 0 {
			said = append(said, h.T("guest.house.per_month", "points", h.price(w, n, 0), "left", h.price(w, max(n-h.given[i], 0), 0)))
		}
	}
	if t := h.from(); !t.IsZero() {
		said = append(said, h.T("guest.house.too_new", "day", t))
	}
	return strings.Join(append(said, h.T("guest.house.stands")), " ")
}

// happenings are the points that came and went, the latest first.
func (h *hearth) happenings() []web.Happening {
	var list []web.Happening
	for _, t := range h.passed {
		gave := slices.Contains(h.aliases, t.From)
		other, sign := t.From, t.Points
		if gave {
			other, sign = t.To, -t.Points
		}
		w := walletOf(h.wallets, t.WalletID)
		one := web.Happening{
			Day: h.Date(t.At), Clock: h.Clock(t.At), Icon: web.IconGift, Tone: web.Neutral, Figure: h.price(w, sign, 0),
			Title: h.T("guest.house.passed_on", "purpose", string(t.Purpose), "gave", gave, "who", h.called(other)),
		}
		if !t.Undone.IsZero() {
			one.Note = h.T("guest.house.undone", "points", h.price(w, t.Returned, 0), "day", t.Undone)
		}
		list = append(list, one)
	}
	return list
}
