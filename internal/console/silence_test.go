package console

import (
	"fmt"
	"net/http"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/churn"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/jobs/jobstest"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/sale"
)

const silenceAt = "/p/bean/silence"

// fallsSilent has sixty people buy, every sixth of whom stays away, and looks at
// everybody. It returns one who is silent.
func (w *town) fallsSilent() id.ID {
	w.t.Helper()
	var events []*flow.Event
	for i := range 60 {
		until := 0
		if i%6 == 0 {
			until = 150
		}
		for ago := 300 + i%7; ago >= until; ago -= 7 + i%11 {
			events = append(events, &flow.Event{
				ProgrammeID: w.programme.ID, Source: "till-1", ExternalID: fmt.Sprintf("s-%d-%d", i, ago), Kind: journal.Purchase, Occurred: noon.AddDate(0, 0, -ago), Actor: system,
				Who:     flow.Who{Identities: []member.Identity{{Kind: member.External, Value: fmt.Sprint("c-", i)}}, Profile: &flow.Profile{GivenName: fmt.Sprint("Ann ", i)}},
				Payload: flow.Payload{Currency: "GBP", Lines: []sale.Line{{SKU: "tea", Quantity: 1000, Amount: int64(1000 + i)}}},
			})
		}
	}
	results, err := w.console.Flow.Take(ctx, events)
	check(w.t, err)
	for _, r := range results {
		check(w.t, r.Err)
	}
	check(w.t, w.console.Churn.Ask(ctx, system, w.programme.ID))
	jobstest.Do(w.t, w.console.DB, map[string]jobs.Handler{churn.ReckonJob: w.console.Churn.Reckon})
	list, err := w.console.Churn.List(ctx, system, churn.Query{ProgrammeID: w.programme.ID, State: churn.Silent, Limit: 1})
	check(w.t, err)
	return list[0].MemberID
}

func TestTheSilentAreShown(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.get(silenceAt).is(t, 200).shows(t, "Nobody has looked yet.")
	one := w.fallsSilent()
	b.get(silenceAt).is(t, 200).shows(t, "Of 60 members whose rhythm is known, 10 are silent, 10 of them without a word.", "silent for unusually long for them", "usually every 7 days", "without a word", "is told from 10 on")
	b.get(silenceAt+"?state=active&shop=none").is(t, 200).shows(t, "usually every 8 days").hides(t, "since 1 Jan")
	b.get(silenceAt+"?state=unusual").is(t, 200).shows(t, "so long a wait: under 0.1%", "beyond chance", "usually every 7 days")
	b.get(silenceAt+"?state=silent&trouble=complaint").is(t, 200).shows(t, "No member stands so.")
	b.get("/p/bean/members/"+one.In(id.Member)).is(t, 200).shows(t, "How they keep coming", "slipping after", "unusual for them after", "Chance that they still buy", "Chance of so long a wait")
	w.as(auth.Till).get(silenceAt).is(t, http.StatusForbidden)
}

func TestFromWhenASilenceCountsIsChanged(t *testing.T) {
	w := newTown(t)
	w.fallsSilent()
	b := w.as(auth.Manager)
	b.get(silenceAt+"/settings").is(t, 200).shows(t, "60 of whom bought again", "Silent from a chance of")
	b.post(silenceAt+"/settings", "version", "0", "slipping", "60", "silent", "60", "before", "30", "unusual", "5").is(t, 422).shows(t, "Silent begins at a lower chance")
	b.post(silenceAt+"/settings", "version", "0", "slipping", "sixty", "silent", "60", "before", "30").is(t, 422).shows(t, "from 2 to 99")
	b.post(silenceAt+"/settings", "version", "0", "slipping", "60", "silent", "20", "before", "10", "unusual", "0").is(t, 422).shows(t, "from 1 to 20")
	b.post(silenceAt+"/settings", "version", "0", "slipping", "60", "silent", "60", "before", "-1", "unusual", "0").is(t, 422).shows(t, "Silent begins at a lower chance", "Trouble counts for 0 to", "from 1 to 20")
	b.post(silenceAt+"/settings", "version", "0", "slipping", "60", "silent", "20", "before", "10", "unusual", "2").is(t, 200).shows(t, "Saved.")
	b.post(silenceAt+"/settings", "version", "0", "slipping", "60", "silent", "20", "before", "10", "unusual", "2").is(t, 422).shows(t, "Somebody changed the settings meanwhile")
	b.post(silenceAt+"/look").is(t, 200).shows(t, "It has begun")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Changed from when a silence counts", "Had everybody looked at")
	got, version, err := w.console.Churn.Settings(ctx, system, w.programme.ID)
	if err != nil || version != 1 || got != (churn.Settings{Slipping: 60, Silent: 20, Before: 10, Unusual: 2}) {
		t.Errorf("the settings are %+v, %d, %v", got, version, err)
	}
	reader := w.as(auth.ReadOnly)
	reader.get(silenceAt+"/settings").is(t, 200).hides(t, "Save")
	reader.post(silenceAt+"/look").is(t, http.StatusForbidden)
}
