package console

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/referral"
)

const referralsAt = "/p/bean/referrals"

// invites turns referrals on and lets Anna invite Ben, and herself.
func (w *town) invites() (code string, ben, self *referral.Referral) {
	w.t.Helper()
	s := referral.DefaultSpec()
	s.Inviter, s.Friend = referral.Gift{WalletID: w.wallet.ID, Points: 500, Months: 12}, referral.Gift{WalletID: w.wallet.ID, Points: 100}
	s.Minimum = 20_00
	_, err := w.console.Referrals.SaveTerms(ctx, system, w.programme.ID, referral.On, s)
	check(w.t, err)
	anna, friend := w.join("Anna", "Wiśniewska", "anna@example.com"), w.join("Ben", "Ng", "ben@example.com")
	code, err = w.console.Referrals.Code(ctx, system, w.programme.ID, anna)
	check(w.t, err)
	claim := func(m id.ID) *referral.Referral {
		r, err := w.console.Referrals.Record(ctx, system, referral.Claim{ProgrammeID: w.programme.ID, Code: code, FriendID: m, Source: referral.FromAPI})
		check(w.t, err)
		return r
	}
	return code, claim(friend), claim(anna)
}

func TestEverySourceOfAReferralHasWords(t *testing.T) {
	texts, err := readTexts()
	check(t, err)
	for _, source := range referral.Sources() {
		if !texts.Has("console.referral.source_" + source) {
			t.Errorf("nothing is said of referrals from %s", source)
		}
	}
}

func TestReferralsAreListedAndDecided(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.get(referralsAt).is(t, 200).shows(t, "No friends yet", "Nobody can invite yet.")
	code, ben, self := w.invites()
	nameless := w.take(flow.Event{Kind: journal.SignUp, Who: flow.Who{Identities: []member.Identity{{Kind: member.Phone, Value: "+447700900123"}}}}).MemberID
	_, err := w.console.Referrals.Record(ctx, system, referral.Claim{ProgrammeID: w.programme.ID, Code: code, FriendID: nameless, Source: referral.FromAPI})
	check(t, err)
	b.get(referralsAt).is(t, 200).shows(t, "+447700900123").hides(t, nameless.In(id.Member)) // as among the members
	b.get(referralsAt).is(t, 200).shows(t, "Members may invite friends now.", "Ben Ng", "Anna Wiśniewska", "has not bought yet", "nobody invites themselves")
	b.get(referralsAt+"?state=refused").is(t, 200).hides(t, "Ben Ng")
	b.get(referralsAt+"?state=paid").is(t, 200).shows(t, "No referral is in this state")
	at := referralsAt + "/" + ben.ID.In(id.Referral)
	b.get(at+"/details").is(t, 200).shows(t, "Ben Ng", "recorded by an integration", "Refuse")
	b.post(at+"/refuse", "reason", "").is(t, 422).shows(t, "Say why")
	b.post(at+"/refuse", "reason", "a mistake").is(t, 200).shows(t, "The referral is refused.", "A member of staff refused it.")
	b.post(at+"/allow", "reason", "no mistake").is(t, 200).shows(t, "The referral may pass.", "A member of staff let it pass.")
	b.post(referralsAt+"/"+self.ID.In(id.Referral)+"/allow", "reason", "please").is(t, 422).shows(t, "nobody invites themselves")
	b.get(w.member(ben.InviterID, "")).is(t, 200).shows(t, "Code to invite by", "Ben Ng")
	b.get(w.member(ben.FriendID, "")).is(t, 200).shows(t, "Invited by", "Anna Wiśniewska")
	b.get(referralsAt+"/results").is(t, 200).shows(t, "3 friends came", "A K-factor is told from 10 friends on.", "March 2026")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Let a referral pass", "Wrote the terms of referrals")
	reader, till := w.as(auth.ReadOnly), w.as(auth.Till)
	reader.get(at+"/details").is(t, 200).hides(t, "Refuse")
	reader.post(at+"/refuse", "reason", "x").is(t, http.StatusForbidden)
	till.get(referralsAt).is(t, http.StatusForbidden)
}

func TestTermsAreWritten(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(referralsAt+"/terms").is(t, 200).shows(t, "Who invites gets", "Not yet: a draft", "Here it is said in words once the form is complete.")
	w.as(auth.ReadOnly).get(referralsAt+"/terms").is(t, 200).shows(t, "No terms yet").hides(t, "Save terms")
	b.get(referralsAt+"/results").is(t, 200).shows(t, "How many friends members bring").hides(t, "K-factor")
	form := []string{"state", "on", "inviter/points", "500", "inviter/months", "12", "friend/points", "100", "minimum", "20.00", "return_days", "14", "limit_year", "10", "limit_month", "2", "new_only", "on"}
	b.post(referralsAt+"/terms?do=words", form...).is(t, 200).shows(t, "Who brings a friend gets 500 Points for 12 months").hides(t, "Save terms")
	b.get(referralsAt+"/terms").is(t, 200).shows(t, "The terms are a draft.").hides(t, "Who brings a friend gets")
	b.post(referralsAt+"/terms", form...).is(t, 200).shows(t, "The terms are saved.",
		"Who brings a friend gets 500 Points for 12 months; the friend gets 100 Points.", "14 days after the friend’s first purchase of at least £20.00.",
		"rewarded at most 2 times a month and 10 times a year.", "never bought before")
	for _, c := range []struct{ field, value, want string }{
		{"inviter/points", "many", "is not a number"}, {"inviter/points", "0", "above 0"}, {"minimum", "x", "is not a number"}, {"return_days", "999", "between 0 and 365"},
		{"limit_month", "-1", "A limit is a number above 0"}, {"state", "draft", "have been on"},
	} {
		b.post(referralsAt+"/terms", append([]string{c.field, c.value}, form...)...).is(t, 422).shows(t, c.want)
	}
	typed := append([]string{"inviter/points", "750"}, form...)
	b.post(referralsAt+"/terms?do=words", typed...).is(t, 200).shows(t, "gets 750 Points for 12 months").hides(t, "gets 500 Points")
	b.post(referralsAt+"/terms?do=words", append([]string{"minimum", "x"}, form...)...).is(t, 200).shows(t, "once the form is complete")
	b.get(referralsAt+"/terms").is(t, 200).shows(t, "gets 500 Points for 12 months").hides(t, "750")
	b.post(referralsAt+"/terms", append([]string{"state", "off"}, form...)...).is(t, 200).shows(t, "The terms are off.")
}

// TestAnInvitationIsOpenedAndAccepted by somebody who is not signed in.
func TestAnInvitationIsOpenedAndAccepted(t *testing.T) {
	w := newTown(t)
	code, _, _ := w.invites()
	b := w.stranger()
	page := b.get("/r/"+strings.ToLower(code)).is(t, 200).shows(t, "Anna invites you to Bean & Leaf", "You get 100 Points 14 days after your first purchase of at least £20.00.").hides(t, "Wiśniewska")
	if strings.Contains(page.body, "mem_") || strings.Contains(page.body, "anna@") {
		t.Error("the page tells more of Anna than her given name")
	}
	b.post("/r/"+code, "given_name", "Cay").is(t, 422).shows(t, "Give your telephone number")
	b.post("/r/"+code, "given_name", "Cay", "phone", "12").is(t, 422)
	b.post("/r/"+code, "given_name", "Cay", "email", "cay@example.com").is(t, 422).shows(t, "Tick that you want to join")
	b.post("/r/"+code, "given_name", "Cay", "email", "cay@example.com", "agreed", "on", "marketing", "on").is(t, 200).shows(t, "Thank you")
	b.post("/r/"+code, "given_name", "Eve", "email", "ben@example.com", "phone", "07700 900123", "agreed", "on", "marketing", "on").is(t, 200).shows(t, "Thank you")
	found, err := member.Recognise(ctx, w.console.DB.Reader(), []member.Ask{
		{ProgrammeID: w.programme.ID, Identities: []member.Identity{{Kind: member.Email, Value: "cay@example.com"}}},
		{ProgrammeID: w.programme.ID, Identities: []member.Identity{{Kind: member.Phone, Value: "+447700900123"}}},
		{ProgrammeID: w.programme.ID, Identities: []member.Identity{{Kind: member.Email, Value: "ben@example.com"}}},
	})
	check(t, err)
	if found[0].MemberID == 0 {
		t.Error("Cay did not join")
	}
	if found[1].MemberID != 0 {
		t.Error("a stranger gave Ben a telephone number")
	}
	for i, want := range map[int]int{0: 1, 2: 0} {
		consents, err := member.Consents(ctx, w.console.DB.Reader(), []id.ID{found[i].MemberID})
		if check(t, err); len(consents) != want {
			t.Errorf("consents: %+v, want %d", consents, want)
		}
	}
	r, err := w.console.Referrals.Results(ctx, system, w.programme.ID)
	if check(t, err); r.All.Clicks != 1 {
		t.Errorf("%d clicks", r.All.Clicks)
	}
	for range 5 { // five were sent above
		b.post("/r/"+code, "given_name", "Cay").is(t, 422)
	}
	b.post("/r/"+code, "given_name", "Cay", "email", "dot@example.com", "agreed", "on").is(t, http.StatusTooManyRequests).shows(t, "That was too often. Wait 60 seconds")
	b.get("/r/ABC").is(t, 422)
	for range 30 {
		b.get("/r/00000000-0").is(t, 404)
		b.get("/r/"+code).is(t, 200)
	}
	b.get("/r/00000000-0").is(t, http.StatusTooManyRequests)
	b.get(outreach.UnsubscribePath+"none").is(t, http.StatusTooManyRequests)
	if r, err = w.console.Referrals.Results(ctx, system, w.programme.ID); err != nil || r.All.Clicks != 20 {
		t.Errorf("%d clicks of one network count, %v", r.All.Clicks, err)
	}
	s := referral.DefaultSpec()
	s.Friend = referral.Gift{WalletID: w.wallet.ID, Points: 1}
	_, err = w.console.Referrals.SaveTerms(ctx, system, w.programme.ID, referral.Off, s)
	check(t, err)
	b.get("/r/"+code).is(t, http.StatusForbidden).shows(t, "takes no referrals now")
}
