package outreach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

func TestAContactIsMadeOnceAndSent(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", func(m *member.Member) { m.Language = "ru" })
		c := w.wants(ann, flow.ServiceContact, "gift:1")
		w.is(c, Queued, "allowed")
		if again := w.wants(ann, flow.ServiceContact, "gift:1"); again.ID != c.ID || w.waiting(SendJob) != 1 {
			t.Errorf("%d jobs for %v and %v", w.waiting(SendJob), c.ID, again.ID)
		}
		sent, err := w.delivers(c, 1)
		w.ok(err)
		if sent.State != Sent || sent.ProviderID != "carried" || sent.Attempts != 1 || !sent.Sent.Equal(w.clock) {
			t.Errorf("it became %+v", sent)
		}
		if _, err := w.delivers(c, 1); err != nil || len(w.post.letters) != 1 { // a job is done at least once
			t.Errorf("%d letters, %v", len(w.post.letters), err)
		}
		m := w.post.letters[0]
		if m.To != "ann@example.com" || m.Lang != i18n.Russian || m.Subject != "Ваш код для «Corner»" || m.Unsubscribe != "" ||
			!strings.Contains(m.Text, "https://points.example.com/me") || !strings.Contains(m.HTML, `lang="ru"`) {
			t.Errorf("the letter is %+v", m)
		}
		w.sound()
	})
}

func TestVerdictsOfTheTown(t *testing.T) {
	each(t, func(w *town) {
		all := []member.Purpose{member.Marketing, member.Surveys}
		ann := w.joins("ann@example.com", nil, all...)
		w.is(w.wants(w.joins("bob@example.com", nil), flow.StimulusContact, "1"), Refused, "no_marketing_consent")
		w.is(w.wants(w.joins("cy@example.com", nil, member.Marketing), flow.AskContact, "2"), Refused, "no_survey_consent")
		w.is(w.wants(w.joins("", nil), flow.ServiceContact, "3"), Refused, "no_address")
		held := w.joins("dee@example.com", func(m *member.Member) { m.Bucket = share - 1 }, all...)
		w.is(w.wants(held, flow.StimulusContact, "4"), Refused, "control")
		w.is(w.wants(held, flow.RelationshipContact, "5"), Queued, "allowed")
		w.is(w.wants(ann, flow.StimulusContact, "6"), Queued, "allowed")
		w.is(w.wants(ann, flow.StimulusContact, "7"), Refused, "day_cap")
		w.is(w.wants(ann, flow.AskContact, "8"), Queued, "allowed")
		w.is(w.wants(ann, flow.AskContact, "9"), Refused, "asked")
		w.is(w.wants(ann, flow.ServiceContact, "10"), Queued, "allowed")
		for day := range 3 {
			w.clock = w.clock.Add(24 * time.Hour)
			w.is(w.wants(ann, flow.StimulusContact, fmt.Sprint("day ", day)), Queued, "allowed")
		}
		w.clock = w.clock.Add(24 * time.Hour)
		w.is(w.wants(ann, flow.StimulusContact, "11"), Refused, "month_cap")
		w.sound()
	})
}

// TestAskingBeforehand: what would become of a contact is what becomes of it.
func TestAskingBeforehand(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", nil, member.Marketing)
		for i, class := range append(Classes(), flow.StimulusContact) {
			v, err := w.WouldDecide(t.Context(), system, w.programme.ID, ann, class)
			w.ok(err)
			if c := w.wants(ann, class, fmt.Sprint(i)); c.Verdict.Reason.Key != v.Reason.Key || c.Verdict.Outcome != v.Outcome || len(c.Verdict.Trail) != len(v.Trail) {
				t.Errorf("%s: it would be %+v and is %+v", class, v, c.Verdict)
			}
		}
		_, err := w.WouldDecide(t.Context(), system, w.programme.ID, ann, "spam")
		w.refuses(err, "contact_class")
	})
}

// TestAskableAreThoseWhomTheVerdictLetsBeAsked: the whole programme read at once
// gives for each member what a verdict finds of consent and address.
func TestAskableAreThoseWhomTheVerdictLetsBeAsked(t *testing.T) {
	each(t, func(w *town) {
		yes := w.joins("yes@example.com", nil, member.Surveys)
		everywhere := w.joins("every@example.com", nil)
		back := w.joins("back@example.com", nil, member.Surveys)
		w.says(back, member.Surveys, false)
		homeless := w.joins("", nil, member.Surveys)
		others := []id.ID{w.joins("no@example.com", nil), w.joins("offers@example.com", nil, member.Marketing), back, homeless}
		loser := w.joins("", nil, member.Surveys)
		survivor := w.joins("survivor@example.com", nil)
		phone := w.joins("phone@example.com", nil)
		w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
			if err := member.AddConsents(w.Context(), tx, []member.Consent{
				{MemberID: everywhere, Purpose: member.Surveys, Channel: member.Every, Given: true, At: w.clock, Source: "test"},
				{MemberID: phone, Purpose: member.Surveys, Channel: member.BySMS, Given: true, At: w.clock, Source: "test"}, // by a way that is not there
			}); err != nil {
				return err
			}
			_, err := member.Merge(w.Context(), tx, member.Merging{ProgrammeID: w.programme.ID, SurvivorID: survivor, LoserID: loser, At: w.clock, By: "test"})
			return err
		}))
		others = append(others, loser, phone)
		askable, err := w.Askable(w.Context(), w.db.Reader(), w.programme.ID)
		w.ok(err)
		for _, m := range []id.ID{yes, everywhere, survivor} {
			if !askable[m] {
				t.Errorf("%v allows it and may not be asked", m)
			}
		}
		for _, m := range others {
			if askable[m] {
				t.Errorf("%v may be asked", m)
			}
		}
		for _, m := range []id.ID{yes, everywhere, back, homeless, survivor, others[0], others[1]} {
			p, err := w.meet(w.Context(), w.db.Reader(), w.programme.ID, m)
			w.ok(err)
			if _, reachable, consented := w.reach(p, flow.AskContact); askable[m] != (reachable && consented) {
				t.Errorf("of %v the verdict finds %t and %t, and askable is %t", m, reachable, consented, askable[m])
			}
		}
	})
}

// TestQuietHoursPutOff: a contact asked for at night waits for the morning where
// the member lives, and is decided by what holds then.
func TestQuietHoursPutOff(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", func(m *member.Member) { m.Zone = "Asia/Tokyo" }, member.Marketing)
		w.clock = time.Date(2026, 1, 1, 12, 30, 0, 0, time.UTC) // 21:30 in Tokyo
		c := w.wants(ann, flow.StimulusContact, "night")
		w.is(c, Deferred, "quiet")
		if want := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC); !c.Due.Equal(want) || w.waiting(DecideJob) != 1 || w.waiting(SendJob) != 0 {
			t.Errorf("it is due %v", c.Due)
		}
		if c = w.again(c); c.State != Deferred {
			t.Errorf("before its time it becomes %s", c.State)
		}
		w.clock = c.Due
		w.is(w.again(c), Queued, "allowed")
		later := w.wants(ann, flow.StimulusContact, "next")
		w.is(later, Refused, "day_cap")
		w.sound()
	})
}

// TestSendingDecidesOnceMore: what was said after a contact was allowed counts
// before it is sent.
func TestSendingDecidesOnceMore(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", nil, member.Marketing)
		c := w.wants(ann, flow.StimulusContact, "1")
		w.says(ann, member.Marketing, false)
		c, err := w.delivers(c, 1)
		w.ok(err)
		w.is(c, Refused, "no_marketing_consent")
		w.says(ann, member.Marketing, true)
		c = w.wants(ann, flow.StimulusContact, "2")
		w.clock = time.Date(2026, 1, 1, 22, 0, 0, 0, time.UTC)
		c, err = w.delivers(c, 1)
		w.ok(err)
		w.is(c, Deferred, "quiet")
		if len(w.post.letters) != 0 || w.waiting(DecideJob) != 1 {
			t.Errorf("%d letters", len(w.post.letters))
		}
		w.sound()
	})
}

// TestWhoCountsOnAContactHearsThatItIsRefused: at once, when it is decided again, or
// when it is to be sent; of one that only waits nobody is told.
func TestWhoCountsOnAContactHearsThatItIsRefused(t *testing.T) {
	each(t, func(w *town) {
		var held []string
		w.Withheld = func(_ context.Context, _ *db.Tx, programme id.ID, name string) error {
			held = append(held, fmt.Sprint(programme == w.programme.ID, " ", name))
			return nil
		}
		w.is(w.wants(w.joins("bob@example.com", nil), flow.StimulusContact, "at once"), Refused, "no_marketing_consent")
		ann := w.joins("ann@example.com", nil, member.Marketing)
		c := w.wants(ann, flow.StimulusContact, "at its sending")
		w.is(c, Queued, "allowed")
		w.says(ann, member.Marketing, false)
		_, err := w.delivers(c, 1)
		w.ok(err)
		w.says(ann, member.Marketing, true)
		w.clock = time.Date(2026, 1, 1, 22, 0, 0, 0, time.UTC)
		c = w.wants(ann, flow.StimulusContact, "in the morning")
		w.is(c, Deferred, "quiet")
		w.says(ann, member.Marketing, false)
		w.clock = c.Due
		w.is(w.again(c), Refused, "no_marketing_consent")
		if want := []string{"true at once", "true at its sending", "true in the morning"}; !slices.Equal(held, want) {
			t.Errorf("told of %q, want %q", held, want)
		}
		w.sound()
	})
}

func TestFailuresOfAChannel(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", nil)
		c := w.wants(ann, flow.ServiceContact, "1")
		var lost []string
		w.Undelivered = func(_ context.Context, _ *db.Tx, programme id.ID, name string) error {
			lost = append(lost, fmt.Sprint(programme == w.programme.ID, " ", name))
			return nil
		}
		w.post.fail = errAway
		c, err := w.delivers(c, 1)
		if err == nil || c.State != Queued || c.Attempts != 1 {
			t.Errorf("after a failure for now: %s, %v", c.State, err)
		}
		c, err = w.delivers(c, 3)
		if err != nil || c.State != Failed || c.Failure != errAway.Error() || c.Attempts != 2 {
			t.Errorf("after the last: %+v, %v", c, err)
		}
		w.post.fail = Rejected(errors.New("the mail server answered 550"))
		c, err = w.delivers(w.wants(ann, flow.ServiceContact, "2"), 1)
		if err != nil || c.State != Failed || c.Failure != "the mail server answered 550" {
			t.Errorf("after a failure for good: %+v, %v", c, err)
		}
		if want := []string{"true 1", "true 2"}; !slices.Equal(lost, want) {
			t.Errorf("told of %q, want %q", lost, want)
		}
		w.sound()
	})
}

// TestCodesOfSecurity go out at night, to the member's own address alone, and
// the code is kept nowhere.
func TestCodesOfSecurity(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", nil)
		w.clock = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
		to := member.Identity{Kind: member.Email, Value: "ann@example.com"}
		w.ok(w.SendCode(t.Context(), w.programme.ID, ann, to, "417 203", "/me/in/abc"))
		m := w.post.letters[0]
		if m.To != to.Value || !strings.Contains(m.Text, "417 203") || !strings.Contains(m.Text, "Sign in: https://points.example.com/me/in/abc") || strings.Contains(m.Subject, "417") {
			t.Errorf("the letter is %+v", m)
		}
		list, err := w.Of(t.Context(), system, ann, Query{ProgrammeID: w.programme.ID, Limit: 9})
		w.ok(err)
		if len(list) != 1 || list[0].State != Sent || fmt.Sprint(list[0].Content) != fmt.Sprint(Content{}) {
			t.Errorf("kept is %+v", list)
		}
		w.ok(w.SendCode(t.Context(), w.programme.ID, ann, member.Identity{Kind: member.Email, Value: "new@example.com"}, "55", ""))
		if m := w.post.letters[1]; m.To != "new@example.com" || !strings.Contains(m.Text, "55") || strings.Contains(m.Text, "Sign in") {
			t.Errorf("to an address that she is to prove: %+v", m)
		}
		w.refuses(w.SendCode(t.Context(), w.programme.ID, ann, member.Identity{Kind: member.Phone, Value: "+442079460018"}, "1", ""), "contact_no_channel")
		w.refuses(w.SendCode(t.Context(), w.programme.ID+1, ann, to, "1", ""), "unknown_member")
		w.post.fail = errAway
		w.refuses(w.SendCode(t.Context(), w.programme.ID, ann, to, "1", ""), "contact_not_sent")
		w.sound()
	})
}

// TestTheShopsOwnWordsArePassedOn asks for a contact in words of the shop, and in
// such as cannot be sent.
func TestTheShopsOwnWordsArePassedOn(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", nil, member.Marketing)
		ask := flow.Contact{ProgrammeID: w.programme.ID, MemberID: ann, Class: flow.StimulusContact, Words: map[i18n.Lang]flow.Words{"en": {Subject: "Come back", Body: "We miss you."}}, Path: "/me", Name: "recovery:1"}
		w.ok(w.Wanted(t.Context(), w.job(flow.ContactWanted, ask)))
		if c := w.named("recovery:1"); c.State != Queued || c.Content.Words["en"] != (Words{"Come back", "We miss you."}) {
			t.Errorf("the contact is %+v", c)
		}
		ask.Name, ask.Words = "recovery:2", map[i18n.Lang]flow.Words{"en": {Subject: "Come back"}}
		if w.Wanted(t.Context(), w.job(flow.ContactWanted, ask)) == nil {
			t.Error("words without a text are passed on")
		}
	})
}

// TestCapsHoldInARace: of 32 promotions asked for at one moment the cap lets as
// many through as it says.
func TestCapsHoldInARace(t *testing.T) {
	each(t, func(w *town) {
		p := DefaultPolicy()
		p.DayCap = 3
		_, err := w.SetPolicy(t.Context(), system, w.programme.ID, 0, p)
		w.ok(err)
		ann := w.joins("ann@example.com", nil, member.Marketing)
		var all sync.WaitGroup
		for i := range 32 {
			all.Go(func() {
				j := w.job(flow.ContactWanted, flow.Contact{ProgrammeID: w.programme.ID, MemberID: ann, Class: flow.StimulusContact, Message: "sign_in", Name: fmt.Sprint(i / 2)})
				for try := 0; ; try++ { // a job that others stood in the way of is tried again
					if err := w.Wanted(t.Context(), j); err == nil {
						return
					} else if try == 20 {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		counts := map[State]int{}
		list, err := w.List(t.Context(), system, Query{ProgrammeID: w.programme.ID, Limit: 99})
		w.ok(err)
		for _, c := range list {
			counts[c.State]++
		}
		if counts[Queued] != 3 || counts[Refused] != 13 {
			t.Errorf("the contacts are %v", counts)
		}
		w.sound()
	})
}

func TestPolicyIsVersioned(t *testing.T) {
	each(t, func(w *town) {
		p, version, err := w.Policy(t.Context(), system, w.programme.ID)
		w.ok(err)
		if p != DefaultPolicy() || version != 0 {
			t.Errorf("at first it is %+v, %d", p, version)
		}
		p.SenderName, p.SenderAddress, p.ReplyTo, p.DayCap = "Corner shop", "shop@example.com", "desk@example.com", 0
		version, err = w.SetPolicy(t.Context(), system, w.programme.ID, 0, p)
		w.ok(err)
		_, err = w.SetPolicy(t.Context(), system, w.programme.ID, 0, p)
		w.refuses(err, "contact_policy_changed")
		ann := w.joins("ann@example.com", nil, member.Marketing)
		w.is(w.wants(ann, flow.StimulusContact, "1"), Refused, "day_cap")
		_, err = w.delivers(w.wants(ann, flow.RelationshipContact, "2"), 1)
		w.ok(err)
		if m := w.post.letters[0]; m.FromName != "Corner shop" || m.FromAddress != "shop@example.com" || m.ReplyTo != "desk@example.com" {
			t.Errorf("it comes from %+v", m)
		}
		for code, change := range map[string]func(*Policy){
			"contact_sender_name": func(p *Policy) { p.SenderName = "two\nlines" },
			"contact_address":     func(p *Policy) { p.ReplyTo = "Desk <desk@example.com>" },
			"contact_figure":      func(p *Policy) { p.QuietTo = minutesADay },
		} {
			bad := p
			change(&bad)
			_, err := w.SetPolicy(t.Context(), system, w.programme.ID, version, bad)
			w.refuses(err, code)
		}
	})
}

func TestTheShopsOwnWords(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins("ann@example.com", nil, member.Marketing)
		letter := Letter{ProgrammeID: w.programme.ID, MemberID: ann, Class: flow.RelationshipContact, Path: "/me", Words: map[i18n.Lang]Words{
			i18n.English: {"Thank you", "Ten years with us.\n\nOne & a <half>."}, i18n.Polish: {"Dziękujemy", "Dziesięć lat."},
		}}
		c, err := w.Write(t.Context(), system, letter)
		w.ok(err)
		_, err = w.delivers(c, 1)
		w.ok(err)
		m := w.post.letters[0]
		if m.Subject != "Thank you" || !strings.HasPrefix(m.Text, "Ten years with us.\n\nOne & a <half>.\n") || !strings.Contains(m.HTML, "One &amp; a &lt;half&gt;.") {
			t.Errorf("the letter is %+v", m)
		}
		if !strings.HasPrefix(m.Unsubscribe, "https://points.example.com/u/") || !strings.Contains(m.Text, m.Unsubscribe) {
			t.Errorf("one leaves by %q", m.Unsubscribe)
		}
		for code, change := range map[string]func(*Letter){
			"contact_class":    func(n *Letter) { n.Class = "spam" },
			"contact_words":    func(n *Letter) { n.Words = nil },
			"contact_language": func(n *Letter) { n.Words = map[i18n.Lang]Words{"de": {"a", "b"}} },
			"contact_subject":  func(n *Letter) { n.Words = map[i18n.Lang]Words{"en": {"a\nb", "b"}} },
			"contact_body":     func(n *Letter) { n.Words = map[i18n.Lang]Words{"en": {"a", " "}} },
			"contact_path":     func(n *Letter) { n.Path = "//elsewhere.example" },
			"unknown_member":   func(n *Letter) { n.MemberID = 7 },
			"not_permitted":    func(n *Letter) { n.ProgrammeID++ },
		} {
			bad := letter
			change(&bad)
			_, err := w.Write(t.Context(), auth.Actor{Kind: auth.KindKey, ProgrammeID: w.programme.ID, Scopes: auth.Scopes()}, bad)
			w.refuses(err, code)
		}
	})
}
