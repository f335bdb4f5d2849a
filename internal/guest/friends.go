package guest

import (
	"net/url"
	"strings"

	"regulars/internal/db"
	"regulars/internal/ledger"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// friendsPath is the page of who the customer brought.
const friendsPath = "/friends"

func (g *Guest) friendRoutes() []route {
	return []route{{pattern: "GET " + inProgramme + friendsPath, do: g.showFriends}}
}

// shownFriends bounds the friends on the page.
const shownFriends = 50

// friends is the page by which the customer brings others, and of what became
// of them.
type friends struct {
	*visit
	referral.Standing
	terms   referral.Terms
	wallets []ledger.Wallet
}

func (g *Guest) showFriends(v *visit) error {
	f := &friends{visit: v}
	var err error
	if f.Standing, err = g.Referrals.Standing(v.ctx(), wallet, v.programme.ID, v.who.ID); err != nil {
		return err
	}
	if f.terms, err = referral.TermsFor(v.ctx(), g.DB.Reader(), v.programme.ID, v.who.ID); err != nil {
		return err
	}
	if f.wallets, err = ledger.Wallets(v.ctx(), g.DB.Reader(), v.programme.ID); err != nil {
		return err
	}
	return v.render(friendsPage(f))
}

// friendsDoor leads to the friends where the customer may bring some, or did.
func friendsDoor(v *visit, q db.Queryer) (*web.Button, error) {
	brings, err := referral.Brings(v.ctx(), q, v.programme.ID, v.who.ID)
	if err != nil || !brings {
		return nil, err
	}
	return &web.Button{Label: v.T("guest.friends.nav"), Href: v.at(friendsPath), Icon: web.IconMembers}, nil
}

// lead says how many came and how many of them were rewarded.
func (f *friends) lead() string {
	paid := 0
	for _, r := range f.Referrals {
		if r.State == referral.Paid {
			paid++
		}
	}
	return f.T("guest.friends.lead", "n", len(f.Referrals), "paid", paid)
}

// gift says what one side gets.
func (f *friends) gift(g referral.Gift) string {
	switch {
	case g.Points > 0:
		return f.price(walletOf(f.wallets, g.WalletID), g.Points, 0)
	case g.BatchID != 0:
		return f.T("guest.friends.code_gift")
	}
	return f.T("guest.friends.nothing")
}

// rules say what both get, and for what.
func (f *friends) rules() []string {
	yours := f.gift(f.terms.Inviter)
	if n := f.terms.Influencer; n != nil && n.Fee > 0 {
		yours = f.Money(n.Fee, "")
	}
	said := []string{f.T("guest.friends.rule", "yours", yours, "theirs", f.gift(f.terms.Friend))}
	when := f.T("guest.friends.when", "least", f.Money(f.terms.Minimum, ""), "bounded", f.terms.Minimum > 0)
	if f.terms.ReturnDays > 0 {
		when += " " + f.T("guest.friends.wait", "days", f.terms.ReturnDays)
	}
	said = append(said, when)
	if f.terms.NewOnly {
		said = append(said, f.T("guest.friends.new_only"))
	}
	for _, l := range f.terms.Limits {
		said = append(said, f.T("guest.friends.limit", "times", f.Say(l.Text())))
	}
	return said
}

// link is the whole address that a friend opens.
func (f *friends) link() string { return f.origin() + referral.LinkPath(f.Code) }

// letter is the address of an e-mail to a friend, not yet sent to anybody.
func (f *friends) letter() string {
	words := url.Values{
		"subject": {f.T("guest.friends.letter_subject", "programme", f.programme.Name)},
		"body":    {f.T("guest.friends.letter_body", "programme", f.programme.Name, "link", f.link())},
	}
	return "mailto:?" + strings.ReplaceAll(words.Encode(), "+", "%20")
}

// happenings are the friends, the latest first.
func (f *friends) happenings() []web.Happening {
	var list []web.Happening
	for _, r := range f.Referrals[:min(len(f.Referrals), shownFriends)] {
		list = append(list, f.came(r))
	}
	return list
}

// came says of a friend no more than when and how far it is: who came is the
// friend's own to tell.
func (f *friends) came(r *referral.Referral) web.Happening {
	h := web.Happening{Day: f.Date(r.At), Icon: web.IconPerson, Title: f.T("guest.friends.came"), Tone: friendTone[r.State]}
	h.Note = f.T("guest.friends.state."+string(r.State), "due", r.Due, "known", !r.Due.IsZero())
	switch {
	case r.State == referral.Refused:
		h.Note += " " + f.unrewarded(r.Reason)
	case r.State == referral.Paid && r.InviterOutcome != referral.OutcomePaid:
		h.Note = f.T("guest.friends.state.refused") + " " + f.unrewarded(r.InviterOutcome)
	}
	return h
}

// unrewarded says why there was no reward, where that tells nothing of the
// friend.
func (f *friends) unrewarded(why string) string {
	switch why {
	case "referral_limit", "referral_not_new", referral.OutcomeNone:
		return f.T("guest.friends.why." + why)
	}
	return f.T("guest.friends.why.ask")
}

var friendTone = map[referral.State]web.Tone{
	referral.Recorded: web.Neutral, referral.Bought: web.Accent, referral.Paying: web.Accent, referral.Paid: web.Good, referral.Refused: web.Neutral,
}
