package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/referral"
)

// TestAnInfluencerFromOutside: registered by name, channel and contact, given
// terms, owed, paid by hand, and forgotten.
func TestAnInfluencerFromOutside(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.post(influencersAt+"/outside", "about_name", " ", "about_channel", "teapot.example").is(t, 422).shows(t, "Name the influencer")
	made := b.post(influencersAt+"/outside", "about_name", "Zoë <Long>", "about_channel", "teapot.example", "about_contact", "zoe@example.com").is(t, 200).
		shows(t, "The influencer is registered.", "Who they are").hides(t, "What the influencer gets", "Note the payment")
	list, err := w.console.Referrals.Influencers(ctx, system, w.programme.ID)
	check(t, err)
	zoe := list[0].InfluencerID
	at := influencersAt + "/" + zoe.In(id.Influencer)
	if made.path != at+"/terms" {
		t.Errorf("registering led to %s", made.path)
	}
	b.get(influencersAt+"/"+zoe.In(id.Member)+"/terms").is(t, 200).shows(t, "Who they are") // as it was shown once
	b.post(at+"/terms", "state", "on", "name", "Zoë of the Teapot", "disclose", "on", "fee", "5.00", "return_days", "1").is(t, 200).shows(t, "The terms are saved.", "Zoë of the Teapot")
	list, err = w.console.Referrals.Influencers(ctx, system, w.programme.ID)
	check(t, err)
	ann := w.join("Ann", "Lee", "ann@example.com")
	r, err := w.console.Referrals.Record(ctx, system, referral.Claim{ProgrammeID: w.programme.ID, Code: list[0].Code, FriendID: ann, Source: referral.FromAPI})
	check(t, err)
	b.get(referralsAt+"/"+r.ID.In(id.Referral)+"/details").is(t, 200).shows(t, "Zoë <Long>")
	b.get(at+"/statement.csv").is(t, 200).shows(t, "at,what,referral,purchase,amount,balance,note")
	b.post(at+"/pay", "amount", "1.00").is(t, 422)
	b.post(at+"/about", "about_name", "", "about_channel", "kettle.example").is(t, 422).shows(t, "Name the influencer", "Zoë of the Teapot")
	b.post(at+"/about", "about_name", "Zoë Long", "about_channel", "kettle.example").is(t, 200).shows(t, "What is written of them is saved.")
	w.clock = w.clock.Add(time.Minute)
	reader := w.as(auth.ReadOnly)
	for _, path := range []string{"/about", "/forget", "/pay"} {
		reader.post(at+path).is(t, http.StatusForbidden)
	}
	b.post(at+"/forget").is(t, 200).shows(t, "The influencer is forgotten.").hides(t, "Who they are")
	if page := b.get(influencersAt).is(t, 200); strings.Contains(page.body, "Zoë") || strings.Contains(page.body, "kettle") {
		t.Error("the list still names them")
	}
	b.get("/p/bean/audit").is(t, 200).shows(t, "Registered an influencer", "Forgot an influencer", zoe.In(id.Influencer))
}
