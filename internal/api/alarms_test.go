package api

// alarms is the part of the story about what the staff are told of.
func alarms() []step {
	return []step{
		{op: "list-alarm-choices", method: "GET", path: "/v1/alarm-choices", status: 200},
		{op: "choose-alarms", method: "PUT", path: "/v1/alarm-choices/$boss", body: `{"topics":["mentions","people"]}`, status: 200},
		{op: "choose-alarms", method: "PUT", path: "/v1/alarm-choices/$boss", body: `{"topics":[]}`, status: 200},
		{op: "choose-alarms", method: "PUT", path: "/v1/alarm-choices/$boss", body: `{"topics":["moon"]}`, status: 422, wrong: true},
		{op: "choose-alarms", method: "PUT", path: "/v1/alarm-choices/stf_01h9x3k7q2v5n", body: `{"topics":[]}`, status: 404},
		{op: "list-alarms", method: "GET", path: "/v1/alarms", status: 200},
	}
}
