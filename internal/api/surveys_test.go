package api

// surveys is the part of the story about what members are asked.
func surveys() []step {
	nps := `{"kind":"nps","names":{"en":"Would you recommend us?","pl":"Czy nas polecisz?"},"questions":[{"code":"score","form":"scale","from":0,"to":10,"words":{"en":"How likely?"},"branches":[{"from":9,"to":10,"then":"end"}]},{"code":"why","form":"text","optional":true,"words":{"en":"Why?"}}]}`
	return []step{
		{op: "create-survey", method: "POST", path: "/v1/surveys", body: nps, status: 201, learn: map[string]string{"svy": "id"}},
		{op: "create-survey", method: "POST", path: "/v1/surveys", body: `{"kind":"nps","names":{"en":"X"},"questions":[{"code":"score","form":"scale","from":1,"to":10,"words":{"en":"?"}}]}`, status: 422},
		{op: "create-survey", method: "POST", path: "/v1/surveys", body: `{"kind":"poem","names":{"en":"X"},"questions":[]}`, status: 422, wrong: true},
		{op: "create-survey", method: "POST", path: "/v1/surveys", body: `{"kind":"custom","names":{"en":"Slip"},"questions":[{"code":"a","form":"single","words":{"en":"?"},"options":[{"code":"x","words":{"en":"X"}},{"code":"y","words":{"en":"Y"}}]}]}`, status: 201, learn: map[string]string{"quiz": "id"}},
		{op: "discard-survey", method: "DELETE", path: "/v1/surveys/$quiz", status: 200},
		{op: "get-survey", method: "GET", path: "/v1/surveys/$quiz", status: 404},
		{op: "change-survey", method: "PUT", path: "/v1/surveys/$svy", body: nps, status: 200},
		{op: "bring-survey-responses", method: "POST", path: "/v1/survey-responses", body: `{"survey":"$svy","responses":[{"source":"old","external_id":"1","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":9}}}]}`, status: 409},
		{op: "sample-survey", method: "POST", path: "/v1/surveys/$svy/samples", body: `{"method":"everybody","seed":7}`, status: 409},
		{op: "publish-survey", method: "POST", path: "/v1/surveys/$svy/publish", status: 200},
		{op: "publish-survey", method: "POST", path: "/v1/surveys/$svy/publish", status: 409},
		{op: "get-survey", method: "GET", path: "/v1/surveys/$svy", status: 200},
		{op: "list-surveys", method: "GET", path: "/v1/surveys", status: 200},
		{op: "sample-survey", method: "POST", path: "/v1/surveys/$svy/samples", body: `{"method":"random","seed":7,"wanted":5,"bought":30}`, status: 201},
		{op: "sample-survey", method: "POST", path: "/v1/surveys/$svy/samples", body: `{"method":"random","seed":7}`, status: 422},
		{op: "list-survey-samples", method: "GET", path: "/v1/surveys/$svy/samples", status: 200},
		{op: "bring-survey-responses", method: "POST", path: "/v1/survey-responses", body: `{"survey":"$svy","responses":[{"source":"old","external_id":"1","member":"$nina","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":3},"why":{"text":"Долго ждали 😡"}}},{"source":"old","external_id":"2","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":11}}},{"source":"old","external_id":"1","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":4}}}]}`, status: 200},
		{op: "bring-survey-responses", method: "POST", path: "/v1/survey-responses", body: `{"survey":"svy_01h9x3k7q2v5n","responses":[{"source":"old","external_id":"9","occurred":"2025-12-31T11:30:00Z","answers":{"score":{"number":9}}}]}`, status: 404},
		{op: "list-survey-responses", method: "GET", path: "/v1/surveys/$svy/responses?limit=1", status: 200},
		{op: "get-survey-results", method: "GET", path: "/v1/surveys/$svy/results", status: 200},
		{op: "get-survey-results", method: "GET", path: "/v1/surveys/svy_01h9x3k7q2v5n/results", status: 404},
		{op: "close-survey", method: "POST", path: "/v1/surveys/$svy/close", status: 200},
		{op: "close-survey", method: "POST", path: "/v1/surveys/$svy/close", status: 409},
	}
}
