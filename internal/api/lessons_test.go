package api

import (
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/lesson"
)

// lessons is the part of the story about what staff learn.
func lessons() []step {
	bad := `{"titles":{"en":"X"},"text":{"en":"Y"},"pass":80,"roles":["till"],"questions":[{"code":"a","words":{"en":"?"},"options":[{"code":"x","words":{"en":"X"}},{"code":"y","words":{"en":"Y"}}]}]}`
	about := strings.Replace(exampleLesson, `{"titles"`, `{"cause": "supplier", "titles"`, 1)
	return []step{
		{op: "create-lesson", method: "POST", path: "/v1/lessons", body: exampleLesson, status: 201, learn: map[string]string{"lsn": "id"}},
		{op: "create-lesson", method: "POST", path: "/v1/lessons", body: bad, status: 422},
		{op: "create-lesson", method: "POST", path: "/v1/lessons", body: `{"titles":{"en":"X"},"text":{"en":"Y"},"pass":800,"roles":[],"questions":[]}`, status: 422, wrong: true},
		{op: "publish-lesson", method: "POST", path: "/v1/lessons/$lsn/publish", status: 200},
		{op: "publish-lesson", method: "POST", path: "/v1/lessons/$lsn/publish", status: 409},
		{op: "change-lesson", method: "PUT", path: "/v1/lessons/$lsn", body: exampleLesson, status: 200},
		{op: "get-lesson", method: "GET", path: "/v1/lessons/$lsn", status: 200},
		{op: "get-lesson", method: "GET", path: "/v1/lessons/lsn_01h9x3k7q2v5n", status: 404},
		{op: "list-lessons", method: "GET", path: "/v1/lessons", status: 200},
		{op: "list-lesson-standings", method: "GET", path: "/v1/lesson-standings", status: 200},
		{op: "list-lesson-standings", method: "GET", path: "/v1/lesson-standings?staff=$boss", status: 200},
		{op: "list-lesson-standings", method: "GET", path: "/v1/lesson-standings?staff=me", status: 422},
		{op: "get-lesson-quiz", method: "GET", path: "/v1/lessons/$lsn/quiz?staff=$boss", status: 200},
		{op: "get-lesson-quiz", method: "GET", path: "/v1/lessons/$lsn/quiz?staff=stf_01h9x3k7q2v5n", status: 404},
		{op: "get-lesson-quiz", method: "GET", path: "/v1/lessons/$lsn/quiz", status: 422, wrong: true},
		{op: "take-lesson", method: "POST", path: "/v1/lessons/$lsn/attempts", body: `{"staff":"$boss","version":1,"answers":{"first":["warm"]}}`, status: 201, learn: map[string]string{"lat": "id"}},
		{op: "take-lesson", method: "POST", path: "/v1/lessons/$lsn/attempts", body: `{"staff":"$boss","version":2,"answers":{"first":["warm"]}}`, status: 409},
		{op: "take-lesson", method: "POST", path: "/v1/lessons/$lsn/attempts", body: `{"staff":"stf_01h9x3k7q2v5n","version":1,"answers":{"first":["warm"]}}`, status: 404},
		{op: "take-lesson", method: "POST", path: "/v1/lessons/$lsn/attempts", body: `{"staff":"$boss","version":1,"answers":{"first":["sugar"]}}`, status: 422},
		{op: "take-lesson", method: "POST", path: "/v1/lessons/$lsn/attempts", body: `{"staff":"$boss","version":0,"answers":{}}`, status: 422, wrong: true},
		{op: "list-lesson-attempts", method: "GET", path: "/v1/lessons/$lsn/attempts?staff=$boss", status: 200},
		{op: "list-lesson-attempts", method: "GET", path: "/v1/lessons/lsn_01h9x3k7q2v5n/attempts?staff=$boss", status: 404},
		{op: "get-lesson-attempt", method: "GET", path: "/v1/lesson-attempts/$lat", status: 200},
		{op: "get-lesson-attempt", method: "GET", path: "/v1/lesson-attempts/lat_01h9x3k7q2v5n", status: 404},
		{op: "list-lesson-questions", method: "GET", path: "/v1/lessons/$lsn/questions", status: 200},
		{op: "get-lesson-effect", method: "GET", path: "/v1/lessons/$lsn/effect", status: 404},
		{op: "change-lesson", method: "PUT", path: "/v1/lessons/$lsn", body: about, status: 200},
		{op: "change-lesson", method: "PUT", path: "/v1/lessons/$lsn", body: strings.Replace(about, "supplier", "moon", 1), status: 422},
		{op: "publish-lesson", method: "POST", path: "/v1/lessons/$lsn/publish", status: 200},
		{op: "get-lesson-effect", method: "GET", path: "/v1/lessons/$lsn/effect", status: 200},
		{op: "list-lesson-suggestions", method: "GET", path: "/v1/lesson-suggestions", status: 200},
		{op: "retire-lesson", method: "POST", path: "/v1/lessons/$lsn/retire", status: 200},
		{op: "retire-lesson", method: "POST", path: "/v1/lessons/$lsn/retire", status: 409},
	}
}

// TestTheStaffLearnElsewhere: a system where the staff learn asks without being
// told what is right, sends answers once, and shows what came of them.
func TestTheStaffLearnElsewhere(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ola := h.hires(auth.Till)
		n := as[lessonView](h.call("POST", "/v1/lessons", exampleLesson).ok(201)).ID
		h.call("GET", "/v1/lessons/"+n+"/quiz?staff="+ola, "").ok(404)
		h.call("POST", "/v1/lessons/"+n+"/publish", "").ok(200)
		asked := h.call("GET", "/v1/lessons/"+n+"/quiz?staff="+ola, "").ok(200)
		if q := as[lessonQuiz](asked); q.Version != 1 || len(q.Questions) != 1 || len(q.Questions[0].Options) != 2 || q.Questions[0].Several || q.Tries != 0 ||
			strings.Contains(asked.text, "right") || strings.Contains(asked.text, "A cold pot") {
			t.Errorf("asked is %s", asked.text)
		}
		answers := func(code string) string {
			return `{"staff":"` + ola + `","version":1,"answers":{"first":["` + code + `"]}}`
		}
		bad := as[lessonResult](h.call("POST", "/v1/lessons/"+n+"/attempts", answers("milk")).ok(201))
		if bad.Passed || bad.Score != 0 || bad.Questions[0].Right || bad.Questions[0].Correct[0] != "warm" || bad.Questions[0].Why.In("en") == "" {
			t.Errorf("milk is %+v", bad)
		}
		for range 2 {
			good := as[lessonResult](h.call("POST", "/v1/lessons/"+n+"/attempts", answers("warm"), "Idempotency-Key", "k1").ok(201))
			if !good.Passed || good.Score != 1 || good.Expires == nil || good.Staff != ola {
				t.Errorf("warm is %+v", good)
			}
		}
		if list := as[page[AttemptView]](h.call("GET", "/v1/lessons/"+n+"/attempts?staff="+ola, "").ok(200)).Items; len(list) != 2 || !list[0].Passed || list[1].ID != bad.ID {
			t.Errorf("tried were %+v", list)
		}
		if list := as[page[lessonStanding]](h.call("GET", "/v1/lesson-standings?staff="+ola, "").ok(200)).Items; len(list) != 1 || list[0].State != string(lesson.Passed) || list[0].Tries != 2 {
			t.Errorf("she stands %+v", list)
		}
		if text := h.call("GET", "/v1/audit?action=lesson.take", "").ok(200).text; !strings.Contains(text, `"staff":"`+ola+`"`) || !strings.Contains(text, "key:"+string(id.Key)) {
			t.Errorf("the trail says %s", text)
		}
		reads := "Bearer " + h.newKey(h.programme.ID, "lessons:read")
		h.call("POST", "/v1/lessons/"+n+"/attempts", answers("warm"), "Authorization", reads).ok(403)
		h.call("GET", "/v1/lesson-attempts/"+bad.ID, "", "Authorization", reads).ok(200)
		h.call("GET", "/v1/lesson-attempts/"+bad.ID, "", "Authorization", "Bearer "+h.newKey(h.programme.ID, "members:read")).ok(403)
	})
}

// hires returns somebody new of the staff.
func (h *house) hires(role auth.Role) string {
	h.t.Helper()
	s, _, err := h.config.Auth.Invite(h.t.Context(), system, auth.Invitation{
		Email: string(role) + "@corner.example", Name: "Ola", Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: h.programme.ID, Role: role}},
	})
	must(h.t, err)
	return s.ID.In(id.Staff)
}
