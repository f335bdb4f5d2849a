package console

import (
	"regulars/internal/auth"
	"regulars/internal/web"
)

// place is an entry of the navigation, shown to those who may go there; without
// a permission to all the staff.
type place struct {
	key, path  string
	icon       web.Icon
	permission auth.Permission
}

// places are the parts of the navigation, in order.
var places = [][]place{
	{
		{"overview", "", web.IconOverview, auth.ReportsRead},
		{"members", "/members", web.IconMembers, auth.MembersRead},
	},
	{
		{"programme", "/programme", web.IconProgramme, auth.RulesRead},
		{"offers", "/offers", web.IconOffer, auth.RulesRead},
		{"codes", "/codes", web.IconCode, auth.CodesRead},
		{"rewards", "/rewards", web.IconGift, auth.RewardsRead},
		{"giftcards", "/gift-cards", web.IconWallet, auth.GiftCardsRead},
		{"challenges", "/challenges", web.IconTrophy, auth.ChallengesRead},
		{"referrals", "/referrals", web.IconInvite, auth.ReferralsRead},
		{"plans", "/plans", web.IconRenewal, auth.PlansRead},
		{"households", "/households", web.IconHousehold, auth.HouseholdsRead},
		{"partners", "/partners", web.IconPartner, auth.PartnersRead},
		{"flagships", "/flagships", web.IconFlagship, auth.ProductsRead},
		{"simulator", "/simulator", web.IconPlay, auth.SimulateRun},
	},
	{
		{"messages", "/messages", web.IconMessage, auth.ContactsRead},
		{"calls", "/calls", web.IconPhone, auth.CallsRead},
		{"surveys", "/surveys", web.IconSurvey, auth.SurveysRead},
		{"cards", "/cards", web.IconCard, auth.TouchRead},
		{"reviews", "/reviews", web.IconReview, auth.TouchRead},
		{"mentions", "/mentions", web.IconMention, auth.TouchRead},
		{"support", "/support", web.IconGauge, auth.TouchRead},
		{"bookings", "/bookings", web.IconCalendar, auth.BookingsRead},
		{"gestures", "/gestures", web.IconGesture, auth.GesturesRead},
		{"factors", "/factors", web.IconFactor, auth.FactorsRead},
		{"factormap", "/factor-map", web.IconQuadrant, auth.FactorsRead},
	},
	{
		{"complaints", "/complaints", web.IconComplaint, auth.CasesRead},
		{"promises", "/promises", web.IconClock, auth.PromisesRead},
		{"baskets", "/baskets", web.IconBasket, auth.BasketsRead},
		{"returns", "/returns", web.IconParcel, auth.ReturnsRead},
		{"silence", "/silence", web.IconMoon, auth.ChurnRead},
		{"standards", "/standards", web.IconStandard, auth.StandardsRead},
		{"visits", "/visits", web.IconVisit, auth.StandardsRead},
		{"actions", "/actions", web.IconAction, auth.FactorsRead},
		{"known", "/known-issues", web.IconKnown, auth.TrustRead},
		{"open", "/transparency", web.IconOpen, auth.TrustRead},
		{"trust", "/trust", web.IconTrust, auth.TrustRead},
	},
	{
		{"import", "/import", web.IconImport, auth.ImportRun},
		{"unmatched", "/unmatched", web.IconReturn, auth.MembersRead},
		{"conflicts", "/till-conflicts", web.IconOffline, auth.ConflictsRead},
		{"fraud", "/fraud", web.IconFlag, auth.FraudRead},
		{"jobs", "/jobs", web.IconJobs, auth.JobsRead},
	},
	{
		{"tills", "/tills", web.IconTill, auth.TillEnrol},
		{"staff", "/staff", web.IconStaff, auth.StaffRead},
		{"lessons", "/lessons", web.IconLesson, ""},
		{"alarms", "/alarms", web.IconBell, auth.TouchRead},
		{"keys", "/keys", web.IconKey, auth.KeysRead},
		{"audit", "/audit", web.IconAudit, auth.AuditRead},
	},
}

// groups name the parts of the navigation.
var groups = []string{
	"", "console.nav.reward", "console.nav.listen", "console.nav.mend", "console.nav.data", "console.nav.company",
}

// mostUnfolded is how many places fit on a screen; where there are more, the
// groups in which one is not are folded.
const mostUnfolded = 18

// navigation returns where the person may go from here.
func (v *visit) navigation() []web.NavGroup {
	if v.programme.ID == 0 {
		return nil
	}
	var nav []web.NavGroup
	n := 0
	for i, part := range places {
		g := web.NavGroup{}
		if groups[i] != "" {
			g.Label = v.T(groups[i])
		}
		for _, p := range part {
			if p.permission == "" || v.can(p.permission) {
				g.Links = append(g.Links, web.NavLink{Label: v.T("console.nav." + p.key), Href: v.at(p.path), Icon: p.icon})
			}
		}
		if len(g.Links) > 0 {
			nav = append(nav, g)
			n += len(g.Links)
		}
	}
	for i := range nav {
		nav[i].Folds = n > mostUnfolded && nav[i].Label != ""
	}
	return nav
}

// personLinks are in the menu of the person.
func (v *visit) personLinks() []web.NavLink {
	links := []web.NavLink{{Label: v.T("console.nav.account"), Href: "/account", Icon: web.IconPerson}}
	if v.programme.ID != 0 && v.can(auth.EventsWrite) {
		links = append(links, web.NavLink{Label: v.T("console.nav.till_pin"), Href: v.at("/till-pin"), Icon: web.IconKey})
	}
	if len(v.programmes) > 1 {
		links = append(links, web.NavLink{Label: v.T("console.nav.programmes"), Href: "/programmes", Icon: web.IconProgramme})
	}
	return links
}
