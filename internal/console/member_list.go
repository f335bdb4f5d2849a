package console

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// memberPath begins the addresses of one member.
const memberPath = inProgramme + "/members/{member}"

func (c *Console) memberRoutes() []route {
	list := inProgramme + "/members"
	return slices.Concat([]route{
		{pattern: "GET " + list, permission: auth.MembersRead, do: c.members},
		{pattern: "POST " + list, permission: auth.EventsWrite, do: c.addMember},
		{pattern: "GET " + memberPath, permission: auth.MembersRead, do: c.member},
		{pattern: "GET " + memberPath + "/points", permission: auth.PointsRead, do: c.memberPoints},
		{pattern: "GET " + memberPath + "/purchases", permission: auth.MembersRead, do: c.memberPurchases},
	}, c.profileRoutes(), c.adjustRoutes(), c.mergeRoutes(), c.rankRoutes(), c.privacyRoutes())
}

// consoleSource is the source of the events that staff make here.
const consoleSource = "console"

// membersShown is how many members a page of the list has.
const membersShown = 30

// memberList is what the list of members shows.
type memberList struct {
	query member.Query
	// ranks can be chosen; rank is the one that is, or nil.
	ranks []rankChoice
	rank  *rankChoice
	trail trail
	rows  []memberRow
	next  id.ID
	// known are all members, joined those who are in the programme.
	known, joined int64
	// add is the form of a new member.
	add newcomer
}

// memberRow is one member of the list, with what is known as of now.
type memberRow struct {
	*member.Member
	identities []member.Identity
	ranks      []string
	points     []string
	last       time.Time
}

// newcomer is the form of a new member, as it was filled in.
type newcomer struct {
	nonce, given, family, phone, email, card string
	// errs are what must be put right; the dialog is open while there are any.
	errs web.FormErrors
}

func (c *Console) members(v *visit) error {
	list, err := c.listMembers(v)
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(memberTable(v, list))
	}
	return v.render(membersPage(v, list))
}

func (c *Console) listMembers(v *visit) (*memberList, error) {
	list := &memberList{trail: v.trail(), add: newcomer{nonce: rand.Text()}}
	list.query = member.Query{
		ProgrammeID: v.programme.ID, Text: v.field("q"), Region: v.programme.Region,
		Status: member.Status(v.field("status")), Tag: v.field("tag"), Limit: membersShown,
	}
	if !slices.Contains(member.Statuses(), list.query.Status) {
		list.query.Status = ""
	}
	if mark := list.trail.mark(); mark != "" {
		before, err := id.Parse(id.Member, mark)
		if err != nil {
			return nil, err
		}
		list.query.Before = before
	}
	var err error
	if list.ranks, err = c.rankChoices(v); err != nil {
		return nil, err
	}
	list.chooseRank(v.field("rank"))
	page, err := c.search(v, list)
	if err != nil {
		return nil, err
	}
	list.next = page.Next
	if list.rows, err = c.fillRows(v, page); err != nil || web.IsFragment(v.r) {
		return list, err
	}
	counts, err := member.Count(v.ctx(), c.DB.Reader(), v.programme.ID)
	list.known, list.joined = counts[member.Known]+counts[member.Enrolled], counts[member.Enrolled]
	return list, err
}

// fillRows adds rank, points and last purchase to the members of a page, with
// so many statements whatever their number.
func (c *Console) fillRows(v *visit, page member.Page) (rows []memberRow, err error) {
	err = c.DB.View(v.ctx(), func(q db.Queryer) error {
		rows, err = readRows(v, q, page, c.Now())
		return err
	})
	return rows, err
}

func readRows(v *visit, q db.Queryer, page member.Page, now time.Time) ([]memberRow, error) {
	ids := make([]id.ID, len(page.Members))
	for i, m := range page.Members {
		ids[i] = m.ID
	}
	wallets, err := ledger.Wallets(v.ctx(), q, v.programme.ID)
	if err != nil {
		return nil, err
	}
	balances, err := ledger.Balances(v.ctx(), q, accountKeys(ids, wallets), now)
	if err != nil {
		return nil, err
	}
	ranks, err := readRanks(v.ctx(), q, v.programme.ID, ids, now)
	if err != nil {
		return nil, err
	}
	tallies, err := sale.LoadTallies(v.ctx(), q, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]memberRow, len(ids))
	for i, m := range page.Members {
		rows[i] = memberRow{Member: m, identities: page.Identities[m.ID], ranks: ranks[m.ID], last: tallies[m.ID].Last}
		for _, w := range wallets {
			b := balances[ledger.AccountKey{MemberID: m.ID, WalletID: w.ID}]
			rows[i].points = append(rows[i].points, v.Decimal(b[ledger.Available], w.Decimals))
		}
	}
	return rows, nil
}

func accountKeys(members []id.ID, wallets []ledger.Wallet) []ledger.AccountKey {
	var keys []ledger.AccountKey
	for _, m := range members {
		for _, w := range wallets {
			keys = append(keys, ledger.AccountKey{MemberID: m, WalletID: w.ID})
		}
	}
	return keys
}

// readRanks names the ranks that members hold now, one on each ladder.
func readRanks(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID, now time.Time) (map[id.ID][]string, error) {
	ladders, err := tier.LoadLadders(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	var asks []tier.Ask
	for _, m := range members {
		for i := range ladders {
			asks = append(asks, tier.Ask{MemberID: m, Ladder: &ladders[i], Until: now})
		}
	}
	accounts, err := tier.Load(ctx, q, asks)
	if err != nil {
		return nil, err
	}
	ranks := map[id.ID][]string{}
	for i, a := range accounts {
		if err := a.Post(now); err != nil {
			return nil, err
		}
		m := asks[i].MemberID
		ranks[m] = append(ranks[m], rankName(a.Ladder(), a.Rank(), now))
	}
	return ranks, nil
}

// rankName returns the name of a rank by the version in force, or by the latest
// that had it.
func rankName(l *tier.Ladder, code string, at time.Time) string {
	versions := slices.Clone(l.Versions)
	if now := l.At(at); now != nil {
		versions = append(versions, *now)
	}
	for _, version := range slices.Backward(versions) {
		for _, r := range version.Ranks {
			if r.Code == code {
				return r.Name
			}
		}
	}
	return code
}

// addMember signs somebody up. The form's nonce names the event, so that a
// double click makes one member.
func (c *Console) addMember(v *visit) error {
	f := newcomer{v.field("nonce"), v.field("given"), v.field("family"), v.field("phone"), v.field("email"), v.field("card"), nil}
	again := func(errs web.FormErrors) error {
		list, err := c.listMembers(v)
		if err != nil {
			return err
		}
		f.errs = errs
		list.add = f
		return v.mendAll(errs, func(web.FormErrors) component { return membersPage(v, list) })
	}
	who, errs := f.identities(v)
	if len(errs) > 0 {
		return again(errs)
	}
	found, err := member.Recognise(v.ctx(), c.DB.Reader(), []member.Ask{{ProgrammeID: v.programme.ID, Identities: who}})
	if err != nil {
		return err
	}
	if known := found[0].MemberID; known != 0 {
		return v.done(v.at("/members/"+known.In(id.Member)), "console.members.known")
	}
	answer, err := c.Flow.TakeOne(v.ctx(), &flow.Event{
		ProgrammeID: v.programme.ID, Source: consoleSource, ExternalID: "sign-up:" + f.nonce, Kind: journal.SignUp, Actor: v.actor,
		Who: flow.Who{Identities: who, Enrol: true, Profile: &flow.Profile{GivenName: f.given, FamilyName: f.family}},
	})
	if err != nil {
		errs, ok := web.ErrorsOf(v.Page, err)
		if !ok {
			return err
		}
		return again(errs)
	}
	return v.done(v.at("/members/"+answer.MemberID.In(id.Member)), "console.members.added")
}

// identities reads by what the newcomer is known. Somebody known already is no
// newcomer.
func (f *newcomer) identities(v *visit) ([]member.Identity, web.FormErrors) {
	errs := web.FormErrors{}
	var who []member.Identity
	for _, one := range []struct {
		name  string
		kind  member.IdentityKind
		value string
	}{{"phone", member.Phone, f.phone}, {"email", member.Email, f.email}, {"card", member.Card, f.card}} {
		if one.value == "" {
			continue
		}
		identity, err := member.Normalise(one.kind, one.value, v.programme.Region)
		if err != nil {
			errs.Add(one.name, v.Fault(fault.As(err)))
		}
		who = append(who, identity)
	}
	if f.phone == "" && f.email == "" && f.card == "" {
		errs.Add("phone", v.T("console.members.identity_needed"))
	}
	return who, errs
}

// shownName is what a member is called where no better name is known.
func shownName(v *visit, m *member.Member, identities []member.Identity) string {
	switch name := m.Name(); {
	case m.Status == member.Erased:
		return v.T("console.member.erased_name")
	case name != "":
		return name
	case len(identities) > 0:
		return identities[0].Value
	}
	return v.T("console.member.guest")
}

// otherIdentities are those that do not already stand for the name.
func (r *memberRow) otherIdentities(v *visit) string {
	name := shownName(v, r.Member, r.identities)
	var shown []string
	for _, i := range r.identities {
		if i.Value != name {
			shown = append(shown, i.Value)
		}
	}
	return strings.Join(shown, " · ")
}
