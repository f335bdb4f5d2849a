package console

import (
	"net/http"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/referral"
)

const influencersAt = referralsAt + "/influencers"

// TestAnInfluencerIsWritten: found, given terms, disclosed to whoever opens the
// link, listed with what they came to, and turned off.
func TestAnInfluencerIsWritten(t *testing.T) {
	w := newTown(t)
	zoe, ann := w.join("Zoë", "Long", "zoe@example.com"), w.join("Ann", "Lee", "ann@example.com")
	b := w.as(auth.Manager)
	b.get(influencersAt).is(t, 200).shows(t, "No influencers yet", "Nobody brings customers for a reward of their own.", "Make an influencer")
	b.post(influencersAt, "who", "nobody@example.com").is(t, 422)
	b.post(influencersAt, "who", "zoe@example.com").is(t, 200).shows(t, "The page says that it is advertising", "What the influencer gets").hides(t, "What it came to")
	at := influencersAt + "/" + zoe.In(id.Member) + "/terms"
	form := []string{"name", "Zoë of the <Teapot>", "disclose", "on", "fee", "5.00", "friend/points", "100", "return_days", "14", "last_day", "2026-12-31", "new_only", "on"}
	b.post(at, append([]string{"state", "on", "fee", "much"}, form...)...).is(t, 422)
	b.post(at, "state", "on", "name", "Zoë", "fee", "5.00", "return_days", "14").is(t, 422).shows(t, "Whoever is rewarded advertises")
	b.post(at, "state", "on", "name", "Zoë", "disclose", "on", "fee", "5.00", "inviter/points", "5", "return_days", "14").is(t, 422).shows(t, "not two of them")
	b.post(at, append([]string{"state", "on"}, form...)...).is(t, 200).shows(t, "The terms are saved.", "What it came to", "The link was opened 0 times; 0 customers came", "Fees earned")
	list, err := w.console.Referrals.Influencers(ctx, system, w.programme.ID)
	check(t, err)
	if len(list) != 1 || list[0].Influencer.Fee != 5_00 || list[0].Influencer.Ends.IsZero() || list[0].Friend.Points != 100 {
		t.Fatalf("kept %+v", list)
	}
	guest := &visitor{w: w, client: &http.Client{}}
	guest.get(referral.LinkPath(list[0].Code)).is(t, 200).shows(t, "Advertising: Zoë of the <Teapot> is rewarded when you buy.", "100 Points")
	_, err = w.console.Referrals.Record(ctx, system, referral.Claim{ProgrammeID: w.programme.ID, Code: list[0].Code, FriendID: ann, Source: referral.FromAPI})
	check(t, err)
	b.get(influencersAt).is(t, 200).shows(t, "One person brings customers on terms of their own.", "1 came, 1 of them new; 0 kept", "Zoë of the <Teapot>", "£0.00")
	b.get(at).is(t, 200).shows(t, "The link was opened once; 1 customer came, 1 of them new.")
	b.get(w.member(zoe, "")).shows(t, "Influencer")
	b.post(at, append([]string{"state", "off"}, form...)...).is(t, 200)
	guest.get(referral.LinkPath(list[0].Code)).is(t, http.StatusForbidden).hides(t, "Advertising")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Wrote the terms of an influencer")
	reader := w.as(auth.ReadOnly)
	reader.get(at).is(t, 200).shows(t, "What it came to").hides(t, "Save")
	reader.post(at, append([]string{"state", "on"}, form...)...).is(t, http.StatusForbidden)
	w.as(auth.Till).get(influencersAt).is(t, http.StatusForbidden)
}
