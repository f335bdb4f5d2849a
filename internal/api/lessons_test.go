package api

import "strings"

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
