package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/churn"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/jobs/jobstest"
	"regulars/internal/recovery"
)

// silence is the part of the story about who stays away.
func silence() []step {
	return []step{
		{op: "get-silence", method: "GET", path: "/v1/silence", status: 200},
		{op: "get-silence-settings", method: "GET", path: "/v1/silence/settings", status: 200},
		{op: "set-silence-settings", method: "PUT", path: "/v1/silence/settings", body: exampleChurnSettings, status: 200},
		{op: "set-silence-settings", method: "PUT", path: "/v1/silence/settings", body: exampleChurnSettings, status: 409},
		{op: "set-silence-settings", method: "PUT", path: "/v1/silence/settings", body: `{"version":1,"settings":{"slipping":50,"silent":60,"before":30}}`, status: 422},
		{op: "set-silence-settings", method: "PUT", path: "/v1/silence/settings", body: `{"version":1,"settings":{"slipping":75,"silent":50,"before":30,"unusual":21}}`, status: 422, wrong: true},
		{op: "look-for-silence", method: "POST", path: "/v1/silence/look", status: 200},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?state=silent&trouble=none&limit=1", status: 200},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?state=loud", status: 422},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?trouble=weather", status: 422},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?cursor=MTIz", status: 422},
		{op: "list-silent-members", method: "GET", path: "/v1/silence/members?shop=moon", status: 404},
		{op: "get-member-silence", method: "GET", path: "/v1/members/$nina/silence", status: 200},
		{op: "get-member-silence", method: "GET", path: "/v1/members/mem_01h9x3k7q2v5n/silence", status: 404},
	}
}

// ninaIsSilent has one of the story be silent, which takes months and a crowd.
func ninaIsSilent(t *testing.T, c *contract) {
	t.Helper()
	today := int64(churn.DayOf(c.h.clock.now(), c.h.programme.Zone))
	nina, err := id.Parse(id.Member, c.vars["nina"])
	must(t, err)
	must(t, c.h.d.InTx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO churn_standing (member_id, programme_id, state, since, days, first_day, last_day, low, middle, high, slips, quiet, back, goods, shop_id, trouble, trouble_at, rare)
			VALUES ($1, $2, 'silent', $3, 3, $4, $5, 10, 10, 10, 20, 30, FALSE, 100, 0, '', 0, 25)`, nina, c.h.programme.ID, today-60, today-110, today-90)
		return err
	}))
}

// recoveries is the part of the story about asking the silent back.
func recoveries() []step {
	held := strings.Replace(exampleRecovery, `"held": 5000`, `"held": 950`, 1)
	begun := strings.Replace(exampleRecovery, `"least": 5000`, `"least": 0`, 1)
	nobodys := strings.Replace(exampleRecovery, `{"kind": "none"}`, `{"kind": "points", "wallet": "wal_01h9x3k7q2v5n", "points": 5}`, 1)
	return []step{
		{op: "list-recoveries", method: "GET", path: "/v1/recoveries", status: 200},
		{op: "prepare-recovery", method: "POST", path: "/v1/recoveries", body: exampleRecovery, status: 201, learn: map[string]string{"rcv": "recovery"}},
		{op: "prepare-recovery", method: "POST", path: "/v1/recoveries", body: held, status: 422, wrong: true},
		{op: "prepare-recovery", method: "POST", path: "/v1/recoveries", body: nobodys, status: 422},
		{op: "get-recovery", method: "GET", path: "/v1/recoveries/$rcv", status: 200},
		{op: "get-recovery", method: "GET", path: "/v1/recoveries/rcv_01h9x3k7q2v5n", status: 404},
		{op: "change-recovery", method: "PUT", path: "/v1/recoveries/$rcv", body: `{"version":1,"recovery":` + exampleRecovery + `}`, status: 200},
		{op: "change-recovery", method: "PUT", path: "/v1/recoveries/$rcv", body: `{"version":1,"recovery":` + exampleRecovery + `}`, status: 409},
		{op: "preview-recovery", method: "GET", path: "/v1/recoveries/$rcv/preview", status: 200},
		{op: "start-recovery", method: "POST", path: "/v1/recoveries/$rcv/start", body: `{"version":2}`, status: 409},
		{op: "end-recovery", method: "POST", path: "/v1/recoveries/$rcv/end", status: 409},
		{op: "prepare-recovery", method: "POST", path: "/v1/recoveries", body: begun, status: 201, learn: map[string]string{"begun": "recovery"}},
		{op: "start-recovery", method: "POST", path: "/v1/recoveries/$begun/start", body: `{"version":1}`, status: 200, before: ninaIsSilent},
		{op: "start-recovery", method: "POST", path: "/v1/recoveries/$begun/start", body: `{"version":1}`, status: 409},
		{op: "get-recovery-results", method: "GET", path: "/v1/recoveries/$begun/results", status: 200},
		{op: "end-recovery", method: "POST", path: "/v1/recoveries/$begun/end", status: 200},
		{op: "list-recoveries", method: "GET", path: "/v1/recoveries", status: 200},
		{op: "get-recovery-results", method: "GET", path: "/v1/recoveries/$rcv/results", status: 200},
		{op: "get-recovery-results", method: "GET", path: "/v1/recoveries/rcv_01h9x3k7q2v5n/results", status: 404},
		{op: "discard-recovery", method: "POST", path: "/v1/recoveries/$rcv/discard", body: `{"version":2}`, status: 200},
		{op: "discard-recovery", method: "POST", path: "/v1/recoveries/$rcv/discard", body: `{"version":2}`, status: 404},
	}
}

// TestTheSilentAreListedOverTheAPI sends the purchases of sixty people, of whom
// every sixth stays away, and has everybody looked at.
func TestTheSilentAreListedOverTheAPI(t *testing.T) {
	h := newHouse(t)
	var events []string
	for i := range 60 {
		from := 0
		if i%6 == 0 {
			from = 150
		}
		for ago := 300 + i%7; ago >= from; ago -= 7 + i%11 {
			events = append(events, fmt.Sprintf(`{"kind":"purchase","source":"shop","external_id":"%d-%d","occurred":"%s","shop":"high-street","identities":[{"kind":"external","value":"c-%d"}],"enrol":true,
				"lines":[{"sku":"tea","quantity":"1","amount":%d}]}`, i, ago, h.clock.now().AddDate(0, 0, -ago).Format(time.RFC3339), i, 1000+i))
		}
	}
	for part := range slices.Chunk(events, 500) {
		h.call("POST", "/v1/events/bulk", `{"events":[`+strings.Join(part, ",")+`]}`).ok(200)
	}
	h.call("POST", "/v1/silence/look", "").ok(200)
	jobstest.Do(t, h.config.DB, map[string]jobs.Handler{churn.ReckonJob: h.config.Churn.Reckon})
	v := as[silenceView](h.call("GET", "/v1/silence", "").ok(200))
	if v.Model == nil || v.Members != 60 || v.States[0].State != "silent" || v.States[0].Members != 10 || v.After[0] != (silenceAfter{"none", 10}) || v.Foretold.Share != nil || v.Unusual == nil || v.Unusual.Known != 60 || v.Unusual.Members < 10 || v.Unusual.ByChance <= 0 || v.Unusual.After[0].Members != v.Unusual.Members {
		t.Fatalf("it says %+v", v)
	}
	seen, next := 0, ""
	for {
		p := as[page[silentMember]](h.call("GET", "/v1/silence/members?state=silent&unusual=true&shop=high-street&limit=3&cursor="+next, "").ok(200))
		for _, n := range p.Items {
			if n.Quiet < n.Silent || n.Chance == nil || *n.Chance > 0.5 || n.Wait == nil || !n.Unusual || n.Quiet < n.Rare || n.Trouble != "none" || n.Shop != "high-street" {
				t.Errorf("the list shows %+v", n)
			}
			one := as[memberSilence](h.call("GET", "/v1/members/"+n.Member+"/silence", "").ok(200))
			if one.Standing.Last != n.Last || len(one.Changes) != 1 || one.Changes[0].To != "silent" || one.Changes[0].Day != n.Since {
				t.Errorf("of one it says %+v", one)
			}
			seen++
		}
		if next = p.Next; next == "" {
			break
		}
	}
	if seen != 10 {
		t.Errorf("the pages have %d", seen)
	}
	h.recoversThem()
	h.key = h.newKey(h.programme.ID, "churn:read")
	h.call("GET", "/v1/silence", "").ok(200)
	h.call("GET", "/v1/silence/members", "").ok(403)
	h.call("POST", "/v1/silence/look", "").ok(403)
}

// recoversThem has a campaign for the ten who are silent started and ended.
func (h *house) recoversThem() {
	h.t.Helper()
	spec := strings.Replace(exampleRecovery, `"least": 5000`, `"least": 0`, 1)
	r := as[recoveryView](h.call("POST", "/v1/recoveries", strings.Replace(spec, "2027-03-31", h.clock.now().AddDate(0, 1, 0).Format(time.DateOnly), 1)).ok(201))
	foretold := as[recoveryTally](h.call("GET", "/v1/recoveries/"+r.ID+"/preview", "").ok(200))
	started := as[recoveryView](h.call("POST", "/v1/recoveries/"+r.ID+"/start", `{"version":1}`).ok(200))
	if started.State != "running" || foretold.Looked < 10 || foretold.Asked+foretold.Held != foretold.Looked {
		h.t.Errorf("started is %+v, foretold %+v", started, foretold)
	}
	h.call("POST", "/v1/recoveries/"+r.ID+"/start", `{"version":1}`).ok(409)
	jobstest.Do(h.t, h.config.DB, map[string]jobs.Handler{recovery.AskJob: h.config.Recoveries.Ask})
	v := as[recoveryResult](h.call("GET", "/v1/recoveries/"+r.ID+"/results", "").ok(200))
	if v.Waiting != foretold.Looked || v.Asked.Chosen != foretold.Asked || v.Held.Chosen != foretold.Held || v.Back != nil || v.CostEach != nil || v.Recovery.Tally == nil {
		h.t.Errorf("the results are %+v", v)
	}
	if v := as[recoveryView](h.call("POST", "/v1/recoveries/"+r.ID+"/end", "").ok(200)); v.State != "ended" {
		h.t.Errorf("ended is %+v", v)
	}
}
