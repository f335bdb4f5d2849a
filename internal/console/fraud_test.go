package console

import (
	"encoding/json"
	"net/http"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/fraud"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
)

const fraudAt = "/p/bean/fraud"

// watched turns the rule on that flags more than 1,000 points in a day, and
// lets Anna earn that.
func (w *town) watched() *fraud.Flagged {
	w.t.Helper()
	_, err := w.console.Fraud.SaveRules(ctx, system, w.programme.ID, fraud.Spec{Watching: true, Rules: []fraud.Rule{{Kind: fraud.PointsDay, Action: fraud.Hold, More: 1000}}})
	check(w.t, err)
	anna, ben := w.join("Anna", "Wiśniewska", "anna@example.com"), w.join("Ben", "Ng", "ben@example.com")
	var told flow.Committed
	for name, m := range map[string]id.ID{"anna": anna, "ben": ben} {
		points := int64(7500)
		if m == ben {
			points = 300
		}
		a, err := w.console.Flow.TakeOne(ctx, &flow.Event{
			ProgrammeID: w.programme.ID, Source: "quiz", ExternalID: name, Kind: journal.Award, Who: flow.Who{MemberID: m}, Actor: system,
			Payload: flow.Payload{Award: &flow.Award{WalletID: w.wallet.ID, Points: points, Reason: i18n.Text{Key: "console.fraud.title"}}},
		})
		check(w.t, err)
		told.Events = append(told.Events, flow.CommittedEvent{ProgrammeID: w.programme.ID, MemberID: m, ID: a.EventID, Kind: journal.Award})
	}
	payload, err := json.Marshal(told)
	check(w.t, err)
	check(w.t, w.console.Fraud.Read(ctx, &jobs.Job{Payload: payload}))
	list, err := w.console.Fraud.List(ctx, system, fraud.Query{ProgrammeID: w.programme.ID, Limit: 9})
	check(w.t, err)
	return list[0]
}

func TestFlagsAreListedAndDecided(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.get(fraudAt).is(t, 200).shows(t, "Nothing is watched now", "No flags")
	f := w.watched()
	b.get(fraudAt).is(t, 200).shows(t, "Earned 7,500 points in a day", "Anna Wiśniewska", "Open").hides(t, "Nothing is watched now", "Ben Ng")
	b.get(fraudAt+"?state=allowed").is(t, 200).shows(t, "No flags")
	b.get(fraudAt+"?kind=codes_day").is(t, 200).shows(t, "No flags")
	at := fraudAt + "/" + f.ID.In(id.Flag)
	b.get(at+"/details").is(t, 200).shows(t, "Up to 1,000 passes.", "half came to 300 or less, the most was 300", "Evidence: 1 of 1 event", "Allow", "Confirm")
	b.post(at+"/allow", "note", "").is(t, 422).shows(t, "Say why")
	b.post(at+"/allow", "note", "a quiz night").is(t, 200).shows(t, "The flag is allowed.", "a quiz night", "Allowed")
	b.post(at+"/confirm", "note", "no").is(t, 422).shows(t, "not open any more")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Decided a flag", "Wrote the rules of fraud watch")
	reader := w.as(auth.ReadOnly)
	reader.get(at+"/details").is(t, 200).hides(t, "note")
	reader.post(at+"/allow", "note", "x").is(t, http.StatusForbidden)
	w.as(auth.Till).get(fraudAt).is(t, http.StatusForbidden)
}

func TestRulesOfFraudAreWritten(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.get(fraudAt+"/rules").is(t, 200).shows(t, "These rules are a beginning.", "Points in an hour", "Flag and set the points aside")
	fill := []string{"watching", "on"}
	for _, k := range fraud.Kinds() {
		fill = append(fill, "action_"+string(k), "flag", "more_"+string(k), "12")
	}
	b.post(fraudAt+"/rules", append(fill, "times_staff_grants", "2000")...).is(t, 422).shows(t, "by 0 to 1,000 times")
	b.post(fraudAt+"/rules", append(fill, "times_staff_grants", "3")...).is(t, 200).shows(t, "The rules are saved.", "watched by these rules")
	rules, err := w.console.Fraud.Rules(ctx, system, w.programme.ID)
	check(t, err)
	if got, want := rules.Rule(fraud.StaffGrants), (fraud.Rule{Kind: fraud.StaffGrants, Action: fraud.Flag, More: 12, Times: 3}); got != want || rules.Number != 1 {
		t.Errorf("the rule is %+v (version %d), want %+v", got, rules.Number, want)
	}
	w.as(auth.ReadOnly).get(fraudAt+"/rules").is(t, 200).shows(t, "Points in an hour").hides(t, "Save")
}
