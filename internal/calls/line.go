package calls

import (
	"context"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

// lastSales is how many purchases are shown to whoever phones.
const lastSales = 3

// Line is what whoever phones has before them.
type Line struct {
	*List
	*Chosen
	// Member is who they are today, Phones their numbers.
	Member *member.Member
	Phones []string
	// Available are the points that they can spend now, in the smallest unit, worth
	// Worth in minor units.
	Wallet           ledger.Wallet
	Available, Worth int64
	Reward           string // the name, empty for none
	// Script is what is said, in the language of the member where it is written in
	// it.
	Script i18n.Said
	// Before are the calls of this list that were made to them, Sales their last
	// purchases, the latest first.
	Before []*Made
	Sales  []*sale.Sale
	// Zone is where they live.
	Zone      *time.Location
	Programme program.Programme
}

// No is the number of the call.
func (l *Line) No() int { return l.Tries + 1 }

// Line returns what whoever has somebody on the line has before them. It needs
// calls.read, calls.make and members.read.
func (s *Service) Line(ctx context.Context, a auth.Actor, n *Chosen) (*Line, error) {
	if err := a.Can(n.ProgrammeID, auth.CallsRead, auth.CallsMake, auth.MembersRead); err != nil {
		return nil, err
	}
	l := &Line{Chosen: n}
	return l, s.DB.View(ctx, func(q db.Queryer) (err error) {
		if l.List, err = kind.Load(ctx, q, n.ProgrammeID, n.ListID, s.Now(), ""); err != nil {
			return err
		}
		if l.Member, err = member.Of(ctx, q, n.ProgrammeID, n.MemberID); err != nil {
			return err
		}
		identities, err := member.Identities(ctx, q, []id.ID{l.Member.ID})
		if err != nil {
			return err
		}
		for _, one := range identities[l.Member.ID] {
			if one.Kind == member.Phone {
				l.Phones = append(l.Phones, one.Value)
			}
		}
		if l.Before, err = selectMade(ctx, q, `member_id = $1 AND list_id = $2 AND programme_id = $3 ORDER BY no DESC`, n.MemberID, n.ListID, n.ProgrammeID); err != nil {
			return err
		}
		return l.read(ctx, q, s.clock())
	})
}

// read reads what the member has, and bought.
func (l *Line) read(ctx context.Context, q db.Queryer, now time.Time) error {
	p, err := program.Load(ctx, q, l.List.ProgrammeID)
	if err != nil {
		return err
	}
	l.Zone = l.Member.ZoneOr(p.Zone)
	if l.Wallet, err = ledger.LoadWallet(ctx, q, p.ID, l.Spec.WalletID); err != nil {
		return err
	}
	account := ledger.AccountKey{MemberID: l.Member.ID, WalletID: l.Wallet.ID}
	balances, err := ledger.Balances(ctx, q, []ledger.AccountKey{account}, now)
	if err != nil {
		return err
	}
	l.Available = balances[account][ledger.Available]
	if l.Worth, err = l.Wallet.Liability(l.Available); err != nil {
		return err
	}
	if l.Spec.RewardID != 0 {
		r, err := reward.Load(ctx, q, p.ID, l.Spec.RewardID)
		if err != nil {
			return err
		}
		l.Reward = r.Name
	}
	aliases, err := member.Aliases(ctx, q, l.Member.ID)
	if err != nil {
		return err
	}
	if l.Sales, err = sale.List(ctx, q, aliases, sale.Cursor{}, lastSales); err != nil {
		return err
	}
	words := map[string]string{}
	for lang, said := range l.Spec.Script {
		words[string(lang)] = said
	}
	l.Script = i18n.Pick(words, append([]string{l.Member.Language}, p.Languages...)...)
	l.Programme = p
	return nil
}

// Say puts what they are in the place of the marks in the script; the printer is
// of its language.
func (l *Line) Say(p *i18n.Printer) string {
	return strings.NewReplacer("{name}", l.Member.Name(), "{points}", p.Decimal(l.Available, l.Wallet.Decimals), "{worth}", p.Money(l.Worth, l.Programme.Currency),
		"{reward}", l.Reward, "{programme}", l.Programme.Name).Replace(l.Script.Text)
}
