package console

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/calls"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/jobs/jobstest"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/web/webtest"
)

const callsAt = "/p/bean/calls"

// forgetsPoints has so many people have points that lie idle, who allow calls.
func (w *town) forgetsPoints(n int) ledger.Wallet {
	wallets, err := w.console.Ledger.Wallets(ctx, system, w.programme.ID)
	check(w.t, err)
	wallet := wallets[0]
	for i := range n {
		who := w.join("Ann", fmt.Sprint("Number ", i), fmt.Sprintf("ann%d@example.com", i))
		_, err := w.console.Members.Update(ctx, system, w.programme.ID, who, member.Edit{Add: []member.Identity{{Kind: member.Phone, Value: fmt.Sprintf("+44207946%04d", i)}}})
		check(w.t, err)
		_, err = w.console.Members.SetConsents(ctx, system, w.programme.ID, who, member.Consent{Purpose: member.Marketing, Channel: member.ByCall, Given: true, Source: "till 4", TextVersion: "1"})
		check(w.t, err)
		w.take(flow.Event{Kind: journal.Award, Who: flow.Who{MemberID: who}, Payload: flow.Payload{Award: &flow.Award{WalletID: wallet.ID, Points: int64(700 + i), Reason: i18n.Text{Key: "calls.outcome.agreed"}}}})
	}
	return wallet
}

// typedCalls is the editor's form, filled in.
func (w *town) typedCalls(wallet ledger.Wallet, more ...string) []string {
	return append([]string{
		"version", "1", "name", "Idle points", "wallet", wallet.ID.In(id.Wallet), "least", "500", "idle", "0", "script_en", "Hello {name}, {points} points wait for you.",
		"held", "20", "window", "60", "tries", "3", "ends", noon.AddDate(0, 0, 20).Format(time.DateOnly),
	}, more...)
}

func TestAListIsPreparedPhonedAndEnded(t *testing.T) {
	w := newTown(t)
	wallet := w.forgetsPoints(12)
	b := w.as(auth.Manager)
	b.get(callsAt).is(t, 200).shows(t, "No call list yet", "New list")
	b.post(callsAt+"/new", "name", "Idle points", "wallet", wallet.ID.In(id.Wallet), "least", "x").is(t, 422)
	b.post(callsAt+"/new", "wallet", wallet.ID.In(id.Wallet), "least", "500", "held", "20", "window", "5", "tries", "0").is(t, 422).
		shows(t, "A name takes 1 to 120 letters.", "A purchase counts within 7 to 365 days.", "Somebody is phoned 1 to 10 times.", "Write what is said in the programme's first language")
	b.post(callsAt+"/new", w.typedCalls(wallet)...).is(t, 200).shows(t, "would be phoned", "Saved.", "{points} points wait")
	list, err := w.console.Calls.List(ctx, system, w.programme.ID)
	check(t, err)
	at := callsAt + "/" + list[0].ID.In(id.CallList)
	b.post(at+"/edit", w.typedCalls(wallet, "cost", "1.50")...).is(t, 200).shows(t, "Cost of a call", "1.50")
	b.post(at+"/edit", w.typedCalls(wallet)...).is(t, 422).shows(t, "Somebody changed it meanwhile")
	agent := w.as(auth.Agent)
	agent.get(at).is(t, 200).hides(t, "Start the list?")
	agent.post(at+"/start", "version", "2").is(t, 403)
	b.post(at+"/start", "version", "2").is(t, 200).shows(t, "Started.")
	jobstest.Do(t, w.console.DB, map[string]jobs.Handler{calls.ChooseJob: w.console.Calls.Choose})
	agent.get(at+"/desk").is(t, 200).shows(t, "Take the next")
	agent.post(at+"/next").is(t, 200).shows(t, "+44207946", "points wait for you.", "Ann Number", "What came of it?")
	who := w.onTheLine(list[0].ID)
	agent.post(at+"/note", "member", who, "no", "1").is(t, 422).shows(t, "Say what came of the call.")
	agent.post(at+"/note", "member", who, "no", "1", "outcome", "later").is(t, 422).shows(t, "Say when to phone again")
	agent.post(at+"/note", "member", who, "no", "1", "outcome", "agreed", "note", "comes on Friday", "then", "next").is(t, 200).shows(t, "What came of it?")
	second := w.onTheLine(list[0].ID)
	agent.post(at+"/give-back", "member", second).is(t, 200).shows(t, "Given back.", "Take the next")
	b.get("/p/bean/messages?channel=call").is(t, 200).shows(t, "Phone call", "spoken with", "not spoken with", "Given back without a call.", "Idle points").hides(t, "outreach.", "console.", "not_phoned")
	phoned, err := w.console.Outreach.List(ctx, system, outreach.Query{ProgrammeID: w.programme.ID, Channel: "call", Limit: 10})
	check(t, err)
	for _, c := range phoned {
		b.get("/p/bean/messages/"+c.ID.In(id.Contact)).is(t, 200).shows(t, "Phone call", "Idle points").hides(t, "outreach.", "console.", "not_phoned")
	}
	b.get(at).is(t, 200).shows(t, "Spoken with", "No figure yet", "The calls cost")
	b.post(at+"/end").is(t, 200).shows(t, "Nobody more is phoned")
	agent.get(at+"/desk").is(t, 200).shows(t, "This list is not running")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Started a call list", "Noted what came of a call")
	w.as(auth.ReadOnly).get(callsAt).is(t, 200).hides(t, "New list")
	w.as(auth.Till).get(callsAt).is(t, 403)
}

// onTheLine is whom somebody has on the line.
func (w *town) onTheLine(list id.ID) string {
	var who id.ID
	check(w.t, w.console.DB.Reader().QueryRow(ctx, `SELECT member_id FROM call_chosen WHERE list_id = $1 AND taken_by <> ''`, list).Scan(&who))
	return who.In(id.Member)
}

// TestTheDeskInTheBrowser looks at the pages of lists and at the desk, on a phone
// and on a desk.
func TestTheDeskInTheBrowser(t *testing.T) {
	w := newTown(t)
	wallet := w.forgetsPoints(12)
	b := browse(t, w.console.Handler())
	l, err := w.console.Calls.Prepare(ctx, system, w.programme.ID, calls.Spec{
		Name: "Points that lie idle since spring, for those who drink tea", WalletID: wallet.ID, Least: 500, Held: 2000, Window: 60, Tries: 3, Ends: noon.AddDate(0, 0, 20).Format(time.DateOnly),
		Script: map[i18n.Lang]string{i18n.English: "Hello {name}, {points} points wait for you.\n\nShall I put a pound of the new tea aside?"},
	})
	check(t, err)
	at := callsAt + "/" + l.ID.In(id.CallList)
	look := func(name string, paths ...string) {
		for _, p := range []struct {
			name, lang, theme string
			width             webtest.Step
		}{{"desktop-en", "en", "light", webtest.Desktop}, {"phone-pl-dark", "pl", "dark", webtest.Phone}, {"phone-ru", "ru", "light", webtest.Phone}} {
			prefer(t, b, p.lang, p.theme)
			for i, path := range paths {
				b.Open(t, p.width, path)
				b.Check(t)
				b.Picture(t, fmt.Sprint(p.name, "-", name, i))
			}
		}
	}
	look("draft", callsAt, at, at+"/edit")
	_, err = w.console.Calls.Start(ctx, system, w.programme.ID, l.ID, 1)
	check(t, err)
	jobstest.Do(t, w.console.DB, map[string]jobs.Handler{calls.ChooseJob: w.console.Calls.Choose})
	look("nobody", at+"/desk")
	b.Run(t, webtest.Click("main form button"), webtest.Seen("[name=outcome]"))
	look("line", at, at+"/desk")
	reachesAll(t, b, at+"/desk")
}
