package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/calls"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/jobs/jobstest"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// phoning is the part of the story about phoning those whose points lie idle.
func phoning() []step {
	spec := strings.NewReplacer("wal_01h9x3k7q2v5n", "$wallet", `"categories": ["tea"],`, "", `"idle": 90`, `"idle": 0`).Replace(exampleCallList)
	unheld := strings.Replace(spec, `"held": 2000`, `"held": 950`, 1)
	word := func(no, outcome string) string {
		return `{"member":"$phoned","no":` + no + `,"outcome":"` + outcome + `","note":"comes on Friday"}`
	}
	return []step{
		{op: "list-call-lists", method: "GET", path: "/v1/call-lists", status: 200},
		{op: "prepare-call-list", method: "POST", path: "/v1/call-lists", body: spec, status: 201, learn: map[string]string{"cll": "list"}},
		{op: "prepare-call-list", method: "POST", path: "/v1/call-lists", body: unheld, status: 422, wrong: true},
		{op: "prepare-call-list", method: "POST", path: "/v1/call-lists", body: strings.Replace(spec, "$wallet", "wal_01h9x3k7q2v5n", 1), status: 422},
		{op: "get-call-list", method: "GET", path: "/v1/call-lists/$cll", status: 200},
		{op: "get-call-list", method: "GET", path: "/v1/call-lists/cll_01h9x3k7q2v5n", status: 404},
		{op: "change-call-list", method: "PUT", path: "/v1/call-lists/$cll", body: `{"version":1,"list":` + spec + `}`, status: 200},
		{op: "change-call-list", method: "PUT", path: "/v1/call-lists/$cll", body: `{"version":1,"list":` + spec + `}`, status: 409},
		{op: "preview-call-list", method: "GET", path: "/v1/call-lists/$cll/preview", status: 200},
		{op: "take-next-call", method: "POST", path: "/v1/call-lists/$cll/next", status: 409},
		{op: "start-call-list", method: "POST", path: "/v1/call-lists/$cll/start", body: `{"version":2}`, status: 200},
		{op: "start-call-list", method: "POST", path: "/v1/call-lists/$cll/start", body: `{"version":2}`, status: 409},
		{op: "take-next-call", method: "POST", path: "/v1/call-lists/$cll/next", status: 200, before: somebodyIsOnTheList},
		{op: "give-call-back", method: "POST", path: "/v1/call-lists/$cll/give-back", body: `{"member":"$phoned"}`, status: 200},
		{op: "give-call-back", method: "POST", path: "/v1/call-lists/$cll/give-back", body: `{"member":"mem_01h9x3k7q2v5n"}`, status: 404},
		{op: "note-call", method: "POST", path: "/v1/call-lists/$cll/calls", body: word("1", "agreed"), status: 409},
		{op: "take-next-call", method: "POST", path: "/v1/call-lists/$cll/next", status: 200, before: hoursLater},
		{op: "note-call", method: "POST", path: "/v1/call-lists/$cll/calls", body: word("1", "later"), status: 422},
		{op: "note-call", method: "POST", path: "/v1/call-lists/$cll/calls", body: word("1", "agreed"), status: 200},
		{op: "note-call", method: "POST", path: "/v1/call-lists/$cll/calls", body: word("1", "agreed"), status: 200},
		{op: "note-call", method: "POST", path: "/v1/call-lists/$cll/calls", body: word("1", "declined"), status: 409},
		{op: "get-call-list-results", method: "GET", path: "/v1/call-lists/$cll/results", status: 200},
		{op: "get-call-list-results", method: "GET", path: "/v1/call-lists/cll_01h9x3k7q2v5n/results", status: 404},
		{op: "end-call-list", method: "POST", path: "/v1/call-lists/$cll/end", status: 200},
		{op: "end-call-list", method: "POST", path: "/v1/call-lists/$cll/end", status: 409},
		{op: "prepare-call-list", method: "POST", path: "/v1/call-lists", body: spec, status: 201, learn: map[string]string{"left": "list"}},
		{op: "discard-call-list", method: "POST", path: "/v1/call-lists/$left/discard", body: `{"version":1}`, status: 200},
		{op: "discard-call-list", method: "POST", path: "/v1/call-lists/$left/discard", body: `{"version":1}`, status: 404},
	}
}

// somebodyIsOnTheList has somebody join who allows calls and has points that lie
// idle, and a draw under which they are phoned.
func somebodyIsOnTheList(t *testing.T, c *contract) {
	t.Helper()
	h, by := c.h, auth.System("test")
	list, err := id.Parse(id.CallList, c.vars["cll"])
	must(t, err)
	a, err := h.config.Flow.TakeOne(t.Context(), &flow.Event{
		ProgrammeID: h.programme.ID, Source: "test", ExternalID: "idle", Kind: journal.Award, Occurred: h.clock.now(), Actor: by,
		Who:     flow.Who{Identities: []member.Identity{{Kind: member.Phone, Value: "+442079460999"}}},
		Payload: flow.Payload{Award: &flow.Award{WalletID: h.wallet.ID, Points: 5000, Reason: i18n.Text{Key: "calls.outcome.agreed"}}},
	})
	must(t, err)
	who := a.MemberID
	c.vars["phoned"] = who.In(id.Member)
	_, err = h.config.Members.SetConsents(t.Context(), by, h.programme.ID, who, member.Consent{Purpose: member.Marketing, Channel: member.ByCall, Given: true, Source: "till 4", TextVersion: "1"})
	must(t, err)
	seed := "a"
	for experiment.Held(experiment.Bucket(seed, "calls", who.In(id.Member)), 2000) {
		seed += "a"
	}
	must(t, h.d.InTx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE call_list SET seed = $1 WHERE id = $2`, seed, list)
		return err
	}))
	jobstest.Do(t, h.d, map[string]jobs.Handler{calls.ChooseJob: h.config.Calls.Choose})
}

// hoursLater puts the clock forward to when somebody who was given back is phoned.
func hoursLater(_ *testing.T, c *contract) { c.h.clock.advance(5 * time.Hour) }

// TestAllThatIsWrongWithAListIsTold points at each place at once.
func TestAllThatIsWrongWithAListIsTold(t *testing.T) {
	h := newHouse(t)
	p := h.call("PUT", "/v1/silence/settings", `{"version":0,"settings":{"slipping":50,"silent":50,"before":30,"unusual":5}}`).problem()
	if p.Code != "churn_order" || len(p.Errors) != 1 || p.Errors[0].Pointer != "/settings/silent" {
		t.Errorf("one place: %+v", p)
	}
	p = h.call("POST", "/v1/call-lists", strings.NewReplacer("Points that lie idle", " ", `["tea"]`, `["`+strings.Repeat("tea", 30)+`"]`).Replace(exampleCallList)).problem()
	var at []string
	for _, e := range p.Errors {
		at = append(at, e.Pointer+" "+e.Code)
	}
	if p.Code != "several_mistakes" || !slices.Equal(at, []string{"/name call_name", "/categories call_taste", "/wallet call_wallet"}) {
		t.Errorf("%s: %q", p.Code, at)
	}
}
