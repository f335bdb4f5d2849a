package api

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
)

// standards is the part of the story about what shops keep to.
func standards() []step {
	spec := `{"names":{"en":"Service"},"criteria":[{"code":"greeted","form":"yes_no","weight":2,"words":{"en":"Were you greeted?"}},{"code":"clean","form":"scale","top":4,"weight":3,"critical":true,"least":2,"words":{"en":"How clean?"}}]}`
	plot := `{"names":{"en":"A gift"},"deed":"buy","task":{"en":"Buy a gift."},"budget":2000,"standard":"$std"}`
	return []step{
		{op: "create-standard", method: "POST", path: "/v1/standards", body: spec, status: 201, learn: map[string]string{"std": "id"}},
		{op: "create-standard", method: "POST", path: "/v1/standards", body: `{"names":{"en":"X"},"criteria":[{"code":"a","form":"poem","weight":1,"words":{"en":"?"}}]}`, status: 422},
		{op: "create-standard", method: "POST", path: "/v1/standards", body: `{"names":{"en":"X"},"criteria":[]}`, status: 422, wrong: true},
		{op: "create-visit-scenario", method: "POST", path: "/v1/visit-scenarios", body: plot, status: 422},
		{op: "publish-standard", method: "POST", path: "/v1/standards/$std/publish", status: 200},
		{op: "publish-standard", method: "POST", path: "/v1/standards/$std/publish", status: 409},
		{op: "change-standard", method: "PUT", path: "/v1/standards/$std", body: spec, status: 200},
		{op: "get-standard", method: "GET", path: "/v1/standards/$std", status: 200},
		{op: "get-standard", method: "GET", path: "/v1/standards/std_01h9x3k7q2v5n", status: 404},
		{op: "list-standards", method: "GET", path: "/v1/standards", status: 200},
		{op: "create-visit-scenario", method: "POST", path: "/v1/visit-scenarios", body: plot, status: 201, learn: map[string]string{"scn": "id"}},
		{op: "change-visit-scenario", method: "PUT", path: "/v1/visit-scenarios/$scn", body: plot, status: 200},
		{op: "list-visit-scenarios", method: "GET", path: "/v1/visit-scenarios", status: 200},
		{op: "draw-visits", method: "POST", path: "/v1/visit-rounds", body: `{"scenario":"$scn","from":"2026-01-01","to":"2026-01-07","each":1,"seed":7}`, status: 403},
		{op: "add-visitor", method: "POST", path: "/v1/visitors", body: `{"kind":"outsider","name":"M. Nowak","avoid":["$station"]}`, status: 201},
		{op: "add-visitor", method: "POST", path: "/v1/visitors", body: `{"kind":"outsider","name":"A. Kowalska"}`, status: 201, learn: map[string]string{"vsr": "items.0.id"}},
		{op: "add-visitor", method: "POST", path: "/v1/visitors", body: `{"kind":"staff","name":"Nobody"}`, status: 422},
		{op: "list-visitors", method: "GET", path: "/v1/visitors", status: 200},
		{op: "draw-visits", method: "POST", path: "/v1/visit-rounds", body: `{"scenario":"$scn","from":"2026-01-01","to":"2026-01-07","each":1,"seed":7,"shops":["$shop"]}`, status: 201},
		{op: "draw-visits", method: "POST", path: "/v1/visit-rounds", body: `{"scenario":"$scn","from":"2026-01-07","to":"2026-01-01","each":1,"seed":7}`, status: 422},
		{op: "list-visit-rounds", method: "GET", path: "/v1/visit-rounds", status: 200},
		{op: "list-visits", method: "GET", path: "/v1/visits?kind=mystery&state=planned&limit=1", status: 200, also: []auth.Scope{"visits:plan"}, learn: map[string]string{"vst": "items.0.id"}},
		{op: "list-visits", method: "GET", path: "/v1/visits?shop=$shop&kind=poem", status: 422, wrong: true},
		{op: "get-visit", method: "GET", path: "/v1/visits/$vst", status: 200, also: []auth.Scope{"visits:plan"}},
		{op: "list-staff-visits", method: "GET", path: "/v1/staff/$boss/visits", status: 200},
		{op: "list-staff-visits", method: "GET", path: "/v1/staff/me/visits", status: 422, wrong: true},
		{op: "announce-audit", method: "POST", path: "/v1/visits", body: `{"standard":"$std","shop":"$shop","day":"2026-01-01"}`, status: 201, learn: map[string]string{"adt": "id"}},
		{op: "announce-audit", method: "POST", path: "/v1/visits", body: `{"standard":"$std","shop":"$shop","day":"2025-01-01"}`, status: 422},
		{op: "send-visit-sheet", method: "POST", path: "/v1/visits/$adt/sheet", body: `{"answers":{"greeted":{"value":1}}}`, status: 422},
		{op: "send-visit-sheet", method: "POST", path: "/v1/visits/$adt/sheet", body: `{"answers":{"greeted":{"value":1},"clean":{"value":1,"comment":"Пыль"}},"arrived":"10:00","served":"10:04","reference":"R-1","photos":["` + dot() + `"]}`, status: 200, learn: map[string]string{"vph": "photos.0"}},
		{op: "get-visit-photo", method: "GET", path: "/v1/visits/$adt/photos/$vph", status: 200},
		{op: "get-visit-photo", method: "GET", path: "/v1/visits/$vst/photos/$vph", status: 404, also: []auth.Scope{"visits:plan"}},
		{op: "send-visit-sheet", method: "POST", path: "/v1/visits/$adt/sheet", body: `{"answers":{"greeted":{"value":1},"clean":{"value":4}}}`, status: 409},
		{op: "correct-visit", method: "POST", path: "/v1/visits/$adt/corrections", body: `{"answers":{"clean":{"value":3}},"reason":""}`, status: 422},
		{op: "correct-visit", method: "POST", path: "/v1/visits/$adt/corrections", body: `{"answers":{"clean":{"value":3}},"reason":"The photo shows it."}`, status: 200},
		{op: "answer-visit", method: "POST", path: "/v1/visits/$adt/reply", body: `{"text":"Thank you."}`, status: 200},
		{op: "get-visit", method: "GET", path: "/v1/visits/$adt", status: 200},
		{op: "get-standard-results", method: "GET", path: "/v1/standards/$std/results?kind=audit&shop=$shop", status: 200},
		{op: "get-standard-results", method: "GET", path: "/v1/standards/$std/results?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", status: 422},
		{op: "cancel-visit", method: "POST", path: "/v1/visits/$vst/cancel", status: 200, also: []auth.Scope{"visits:plan"}},
		{op: "forget-visitor", method: "DELETE", path: "/v1/visitors/$vsr", status: 200},
		{op: "retire-visit-scenario", method: "POST", path: "/v1/visit-scenarios/$scn/retire", status: 200},
		{op: "retire-standard", method: "POST", path: "/v1/standards/$std/retire", status: 200},
	}
}

// TestTheShopsKeySeesNoVisitThatIsToCome: a key that may read what was found sees
// nothing of what is planned, and never who came.
func TestTheShopsKeySeesNoVisitThatIsToCome(t *testing.T) {
	h := newHouse(t)
	std := as[standardView](h.call("POST", "/v1/standards", exampleStandard).ok(201)).ID
	h.call("POST", "/v1/standards/"+std+"/publish", "").ok(200)
	scn := as[scenarioView](h.call("POST", "/v1/visit-scenarios", strings.Replace(exampleScenario, "std_01h9x3k7q2v5n", std, 1)).ok(201)).ID
	h.call("POST", "/v1/visitors", `{"kind":"outsider","name":"M. Nowak"}`).ok(201)
	h.call("POST", "/v1/visit-rounds", `{"scenario":"`+scn+`","from":"2026-01-01","to":"2026-01-01","each":1,"seed":7}`).ok(201)
	planned := as[page[VisitView]](h.call("GET", "/v1/visits", "").ok(200)).Items[0]
	if planned.Visitor == "" || as[visitFile](h.call("GET", "/v1/visits/"+planned.ID, "").ok(200)).Link == "" {
		t.Error("who plans does not see who goes, or no link")
	}
	shop := "Bearer " + h.newKey(h.programme.ID, "standards:read", "audits:write")
	if list := as[page[VisitView]](h.call("GET", "/v1/visits", "", "Authorization", shop).ok(200)).Items; len(list) != 0 {
		t.Errorf("the shop sees %+v", list)
	}
	h.call("GET", "/v1/visits/"+planned.ID, "", "Authorization", shop).ok(404)
	h.call("POST", "/v1/visits/"+planned.ID+"/cancel", "", "Authorization", shop).ok(404)
	h.call("POST", "/v1/visits/"+planned.ID+"/sheet", `{"answers":{"greeted":{"value":1},"clean":{"value":4}}}`, "Authorization", shop).ok(404)
	h.clock.advance(12 * time.Hour)
	h.call("POST", "/v1/visits/"+planned.ID+"/sheet", `{"answers":{"greeted":{"value":1},"clean":{"value":4}}}`).ok(200)
	sent := as[visitFile](h.call("GET", "/v1/visits/"+planned.ID, "", "Authorization", shop).ok(200))
	if sent.Visitor != "" || sent.Score == nil || *sent.Score != 1 {
		t.Errorf("the shop sees %+v", sent.VisitView)
	}
}

// TestWhoIsSentIsToldOverTheAPI: one of the staff who is drawn finds the sheet; a
// key that may not plan learns nothing of it.
func TestWhoIsSentIsToldOverTheAPI(t *testing.T) {
	h := newHouse(t)
	std := as[standardView](h.call("POST", "/v1/standards", exampleStandard).ok(201)).ID
	h.call("POST", "/v1/standards/"+std+"/publish", "").ok(200)
	scn := as[scenarioView](h.call("POST", "/v1/visit-scenarios", strings.Replace(exampleScenario, "std_01h9x3k7q2v5n", std, 1)).ok(201)).ID
	boss := h.boss()
	h.call("POST", "/v1/visitors", `{"kind":"staff","staff":"`+boss+`"}`).ok(201)
	if list := as[page[staffVisit]](h.call("GET", "/v1/staff/"+boss+"/visits", "").ok(200)).Items; len(list) != 0 {
		t.Errorf("before the draw there are %+v", list)
	}
	h.call("POST", "/v1/visit-rounds", `{"scenario":"`+scn+`","from":"2026-01-01","to":"2026-01-01","each":1,"seed":7}`).ok(201)
	list := as[page[staffVisit]](h.call("GET", "/v1/staff/"+boss+"/visits", "").ok(200)).Items
	if len(list) != 1 || !strings.HasPrefix(list[0].Link, "/visit/") || list[0].Kind != "mystery" || list[0].State != "planned" {
		t.Errorf("after it there are %+v", list)
	}
	h.call("GET", "/v1/staff/stf_01h9x3k7q2v5n/visits", "").ok(200)
	h.call("GET", "/v1/staff/"+boss+"/visits", "", "Authorization", "Bearer "+h.newKey(h.programme.ID, "standards:read", "audits:write")).ok(403)
}
