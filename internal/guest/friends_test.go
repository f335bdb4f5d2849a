package guest_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/referral"
	"regulars/internal/sale"
)

// invites lets members bring friends, for points on both sides.
func (w *town) invites() {
	w.t.Helper()
	_, err := w.referrals.SaveTerms(ctx, system, w.programme.ID, referral.On, referral.Spec{
		Inviter: referral.Gift{WalletID: w.wallet.ID, Points: 200}, Friend: referral.Gift{WalletID: w.wallet.ID, Points: 100},
		Minimum: 2500, ReturnDays: 14, NewOnly: true, Limits: []referral.Limit{{Times: 10, Period: "year"}},
	})
	check(w.t, err)
}

// brings lets a friend come by a member's code.
func (w *town) brings(inviter, friend id.ID) {
	w.t.Helper()
	code, err := w.referrals.Code(ctx, system, w.programme.ID, inviter)
	check(w.t, err)
	_, err = w.referrals.Record(ctx, system, referral.Claim{ProgrammeID: w.programme.ID, Code: code, FriendID: friend, Source: referral.FromAPI})
	check(w.t, err)
}

// TestFriendsAreBroughtByALink: the link leads to the member whose page it is,
// and of who came nothing is told but how far it is.
func TestFriendsAreBroughtByALink(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		ewa, zoe := w.join("Ewa", "Kowalska", "ewa@example.com"), w.join("Zoë", "Long", "zoe@example.com")
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/").hides("Bring friends")
		p.get("/me/bean/friends").is(http.StatusOK).shows("There are no invitations now").hides("Your invitation")
		w.invites()
		p.get("/me/bean/").shows("Bring friends")
		empty := p.get("/me/bean/friends").is(http.StatusOK).shows("Nobody has come", "You get: 200 Points. Your friend gets: 100 Points.", "first purchase of £25.00 or more", "after 14 days", "10 times a year", "Send the link to a friend")
		code, err := w.referrals.Code(ctx, system, w.programme.ID, anna)
		check(t, err)
		if link := w.server.URL + referral.LinkPath(code); !strings.Contains(empty.body, "<code>"+link+"</code>") || !strings.Contains(empty.body, "data-copy") || !strings.Contains(empty.body, `href="mailto:?body=`) {
			t.Errorf("%s is not offered:\n%s", link, empty.body)
		}
		w.brings(anna, zoe)
		p.get("/me/bean/friends").is(http.StatusOK).shows("1 friend came on your invitation, and you have not been rewarded yet", "Has not bought anything yet").hides("Zoë", "Long")
		// Another's id in the address changes nothing.
		other := w.signedIn("ewa@example.com")
		for _, path := range []string{"/me/bean/friends", "/me/bean/friends?member=" + anna.In(id.Member)} {
			if s := other.get(path).is(http.StatusOK).shows("Nobody has come").body; strings.Contains(s, code) {
				t.Errorf("%s shows the code of another", path)
			}
		}
		if st, err := w.referrals.Standing(ctx, system, w.programme.ID, ewa); err != nil || len(st.Referrals) != 0 {
			t.Errorf("Ewa brought %v, %v", st.Referrals, err)
		}
	})
}

// TestFriendsWhoCountNot: why there was no reward is said only where it tells
// nothing of the friend.
func TestFriendsWhoCountNot(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna, zoe := w.join("Anna", "Nowak", "anna@example.com"), w.join("Zoë", "Long", "zoe@example.com")
		w.invites()
		w.brings(anna, zoe)
		st, err := w.referrals.Standing(ctx, system, w.programme.ID, anna)
		check(t, err)
		_, err = w.referrals.Refuse(ctx, system, w.programme.ID, st.Referrals[0].ID, "the two live at 1 Oak Road")
		check(t, err)
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/friends").is(http.StatusOK).shows("No reward. Ask in the shop why.").hides("Oak Road", "member of staff")
		for lang, want := range map[string]string{"ru": "пришёл 1 друг, награждены вы за 0", "pl": "przyszła 1 osoba, nagrody: 0"} {
			p.get("/me/bean/friends", "Accept-Language", lang, "Cookie", "lang="+lang).shows(want)
		}
		_, err = w.referrals.SaveTerms(ctx, system, w.programme.ID, referral.Off, referral.Spec{Inviter: referral.Gift{WalletID: w.wallet.ID, Points: 200}, ReturnDays: 14})
		check(t, err)
		p.get("/me/bean/friends").shows("There are no invitations now", "Who came")
		p.get("/me/bean/").shows("Bring friends") // what was recorded is still paid
	})
}

// TestInfluencersFindTheirLink also while members invite nobody, and who has not
// joined too; others of those find no way to what is not for them.
func TestInfluencersFindTheirLink(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		_, err := program.New(w.db).Update(ctx, system, w.programme.ID, func(p *program.Programme) { p.Settings.Enrolment = program.OnRequest })
		check(t, err)
		outside := map[string]id.ID{}
		for _, email := range []string{"zoe@example.com", "kim@example.com"} {
			outside[email] = w.take(flow.Event{Kind: journal.Purchase, Occurred: noon.AddDate(0, 0, -3), Who: flow.Who{Identities: []member.Identity{{Kind: member.Email, Value: email}}}, Payload: flow.Payload{
				Lines: []sale.Line{{SKU: "TEA", Name: "Tea", Quantity: 1000, Amount: 7_00}},
			}}).MemberID
		}
		_, err = w.referrals.SaveInfluencer(ctx, system, w.programme.ID, outside["zoe@example.com"], referral.On, referral.Spec{
			Friend: referral.Gift{WalletID: w.wallet.ID, Points: 50}, ReturnDays: 7, Influencer: &referral.Influencer{Name: "Zoë’s kitchen", Disclose: true, Fee: 300},
		})
		check(t, err)
		zoe, kim, anna := w.signedIn("zoe@example.com"), w.signedIn("kim@example.com"), w.signedIn("anna@example.com")
		zoe.get("/me/bean/").shows("Bring friends")
		zoe.get("/me/bean/friends").is(http.StatusOK).shows("Your invitation", w.server.URL+referral.LinkPath(""), "You get: £3.00.")
		anna.get("/me/bean/").hides("Bring friends")
		kim.get("/me/bean/").hides("Bring friends")
		w.invites()
		anna.get("/me/bean/").shows("Bring friends")
		kim.get("/me/bean/").hides("Bring friends")
	})
}

// TestInfluencersSeeTheirOwnTerms, by which their friends come, and not those of
// all members.
func TestInfluencersSeeTheirOwnTerms(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		w.invites()
		_, err := w.referrals.SaveInfluencer(ctx, system, w.programme.ID, anna, referral.On, referral.Spec{
			Friend: referral.Gift{WalletID: w.wallet.ID, Points: 50}, ReturnDays: 7, Influencer: &referral.Influencer{Name: "Anna’s kitchen", Disclose: true, Fee: 300},
		})
		check(t, err)
		w.signedIn("anna@example.com").get("/me/bean/friends").is(http.StatusOK).shows("You get: £3.00. Your friend gets: 50 Points.", "after 7 days").hides("200 Points")
	})
}
