package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestMalformedEvents sends what nobody should, and wants to be told the place
// and a stable word.
func TestMalformedEvents(t *testing.T) {
	h := newHouse(t)
	const head = `{"source":"s","external_id":"1","kind":"purchase",`
	line := func(s string) string { return head + `"lines":[` + s + `]}` }
	for what, c := range map[string]struct{ body, code, place string }{
		"nothing":              {"", "body_missing", ""},
		"blanks":               {" \n", "body_missing", ""},
		"no JSON":              {`{"source"`, "json_malformed", ""},
		"more than JSON":       {`{} {}`, "json_malformed", ""},
		"a list":               {`[]`, "json_wrong_kind", ""},
		"null":                 {`null`, "json_wrong_kind", ""},
		"not UTF-8":            {head + `"shop":"` + "\xff" + `"}`, "json_not_utf8", ""},
		"half a letter":        {head + `"shop":"\ud83d"}`, "malformed_text", "/shop"},
		"a control character":  {head + `"shop":"a\u0000b"}`, "malformed_text", "/shop"},
		"unknown field":        {head + `"lines":[],"amuont":5}`, "json_unknown_name", "/amuont"},
		"unknown deep field":   {line(`{"quantity":1,"amount":1,"prize":2}`), "json_unknown_name", "/lines/0/prize"},
		"other letter case":    {line(`{"quantity":1,"Amount":1,"amount":1}`), "json_unknown_name", "/lines/0/Amount"},
		"a name with a slash":  {head + `"a/b~c":1}`, "json_unknown_name", "/a~1b~0c"},
		"a name twice":         {`{"source":"s","source":"s","external_id":"1","kind":"visit"}`, "json_name_twice", "/source"},
		"no source":            {`{"external_id":"1","kind":"visit"}`, "required", "/source"},
		"empty source":         {`{"source":"","external_id":"1","kind":"visit"}`, "required", "/source"},
		"blank source":         {`{"source":" ","external_id":"1","kind":"visit"}`, "required", "/source"},
		"long source":          {`{"source":"` + strings.Repeat("s", 201) + `","external_id":"1","kind":"visit"}`, "text_too_long", "/source"},
		"unknown kind":         {`{"source":"s","external_id":"1","kind":"gift"}`, "unknown_kind", "/kind"},
		"custom without name":  {`{"source":"s","external_id":"1","kind":"custom."}`, "unknown_kind", "/kind"},
		"custom of a newline":  {`{"source":"s","external_id":"1","kind":"custom.\n"}`, "unknown_kind", "/kind"},
		"a number as text":     {line(`{"quantity":1,"amount":"1"}`), "json_wrong_kind", "/lines/0/amount"},
		"a float amount":       {line(`{"quantity":1,"amount":1.5}`), "json_wrong_kind", "/lines/0/amount"},
		"an exponent":          {line(`{"quantity":1,"amount":1e3}`), "json_wrong_kind", "/lines/0/amount"},
		"an endless amount":    {line(`{"quantity":1,"amount":99999999999999999999}`), "json_number_range", "/lines/0/amount"},
		"an absurd amount":     {line(`{"quantity":1,"amount":9000000000000000000}`), "sale_amount", "/lines/0/amount"},
		"a negative amount":    {line(`{"quantity":1,"amount":-1}`), "sale_amount", "/lines/0/amount"},
		"quantity in words":    {line(`{"quantity":"two","amount":1}`), "malformed_quantity", "/lines/0/quantity"},
		"too fine a quantity":  {line(`{"quantity":0.0001,"amount":1}`), "malformed_quantity", "/lines/0/quantity"},
		"quantity of nothing":  {line(`{"quantity":0,"amount":1}`), "sale_quantity", "/lines/0/quantity"},
		"quantity a flag":      {line(`{"quantity":true,"amount":1}`), "json_wrong_kind", "/lines/0/quantity"},
		"no lines":             {head + `"lines":[]}`, "sale_line_count", "/lines"},
		"lines an object":      {head + `"lines":{}}`, "json_wrong_kind", "/lines"},
		"a line null":          {line(`null`), "json_wrong_kind", "/lines/0"},
		"too many lines":       {line(strings.Repeat(`{"quantity":1,"amount":1},`, 1000) + `{"quantity":1,"amount":1}`), "json_list_too_long", "/lines"},
		"a time in words":      {head + `"occurred":"yesterday","lines":[]}`, "malformed_time", "/occurred"},
		"a day that is not":    {head + `"occurred":"2025-02-30T10:00:00Z","lines":[]}`, "malformed_time", "/occurred"},
		"an ancient time":      {head + `"occurred":"0201-01-01T10:00:00Z","lines":[{"quantity":1,"amount":1}]}`, "absurd_time", "/occurred"},
		"the first of times":   {head + `"occurred":"0001-01-01T00:00:00Z","lines":[{"quantity":1,"amount":1}]}`, "absurd_time", "/occurred"},
		"a time to come":       {head + `"occurred":"2126-01-01T10:00:00Z","lines":[{"quantity":1,"amount":1}]}`, "absurd_time", "/occurred"},
		"another currency":     {head + `"currency":"EUR","lines":[{"quantity":1,"amount":1}]}`, "other_currency", "/currency"},
		"a shop that is not":   {head + `"shop":"moon","lines":[{"quantity":1,"amount":1}]}`, "unknown_shop", "/shop"},
		"a member that is not": {head + `"member":"mem_01h9x3k7q2v5n","lines":[{"quantity":1,"amount":1}]}`, "unknown_member", "/member"},
		"a member malformed":   {head + `"member":"17850","lines":[{"quantity":1,"amount":1}]}`, "malformed_id", "/member"},
		"identity kind":        {head + `"identities":[{"kind":"fax","value":"1"}]}`, "unknown_word", "/identities/0/kind"},
		"identity value":       {head + `"identities":[{"kind":"phone","value":"12"}],"lines":[{"quantity":1,"amount":1}]}`, "malformed_identity", "/identities/0/value"},
		"a part of other kind": {`{"source":"s","external_id":"1","kind":"visit","lines":[{"quantity":1,"amount":1}]}`, "part_of_other_kind", "/lines"},
		"return of nothing":    {`{"source":"s","external_id":"1","kind":"return"}`, "required", "/return"},
		"return without sale":  {`{"source":"s","external_id":"1","kind":"return","return":{"whole":true}}`, "required", "/return/sale_reference"},
		"adjustment wallet":    {`{"source":"s","external_id":"1","kind":"adjustment","adjustment":{"wallet":"gold","points":1,"reason":"x"}}`, "unknown_wallet", "/adjustment/wallet"},
		"adjustment of 0":      {`{"source":"s","external_id":"1","kind":"adjustment","adjustment":{"wallet":"points","points":0,"reason":"x"}}`, "absurd_amount", "/adjustment/points"},
		"adjustment reason":    {`{"source":"s","external_id":"1","kind":"adjustment","adjustment":{"wallet":"points","points":1,"reason":" "}}`, "required", "/adjustment/reason"},
		"attributes of lists":  {`{"source":"s","external_id":"1","kind":"visit","attributes":{"a":[1]}}`, "json_wrong_kind", "/attributes/a"},
		"birth in profile":     {`{"source":"s","external_id":"1","kind":"sign_up","identities":[{"kind":"card","value":"1"}],"profile":{"birth_day":31,"birth_month":2}}`, "malformed_birth", "/profile/birth"},
	} {
		t.Run(what, func(t *testing.T) {
			g := h.call("POST", "/v1/events", c.body, "Content-Type", "application/json")
			p := g.problem()
			place := ""
			if len(p.Errors) > 0 {
				place = p.Errors[0].Pointer
			}
			code := p.Code
			if code == "several_mistakes" {
				code = p.Errors[0].Code
			}
			if code != c.code || place != c.place || g.status/100 != 4 {
				t.Errorf("got %d %s at %q, want %s at %q: %s", g.status, code, place, c.code, c.place, g.text)
			}
		})
	}
	if list := as[page[memberView]](h.call("GET", "/v1/members", "").ok(200)); len(list.Items) > 0 {
		t.Errorf("malformed events left %d members", len(list.Items))
	}
}

// TestEveryMistakeIsTold wants all that is wrong in one answer.
func TestEveryMistakeIsTold(t *testing.T) {
	h := newHouse(t)
	p := h.call("POST", "/v1/events", `{"external_id":5,"kind":"purchase","lines":[{"quantity":"x","amount":"y"},{"quantity":1,"amount":1,"z":0}]}`).ok(422).problem()
	want := map[string]string{
		"/source": "required", "/external_id": "json_wrong_kind", "/lines/0/quantity": "malformed_quantity", "/lines/0/amount": "json_wrong_kind", "/lines/1/z": "json_unknown_name",
	}
	if p.Code != "several_mistakes" || len(p.Errors) != len(want) {
		t.Fatalf("got %+v", p)
	}
	for _, m := range p.Errors {
		if want[m.Pointer] != m.Code || m.Detail == "" {
			t.Errorf("got %+v", m)
		}
	}
}

// TestOneBadEventOfManyFailsAlone sends a bulk in which some are wrong in every
// way.
func TestOneBadEventOfManyFailsAlone(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		good := func(number string) string { return purchase(number, "020 7946 0018", 1000) }
		bulk := `{"events":[` + good("1") + `,{"source":5},null,` + good("2") + `,` + strings.Replace(good("1"), "1000", "999", 1) + `,` + good("1") + `]}`
		answers := as[bulkAnswer](h.call("POST", "/v1/events/bulk", bulk).ok(200)).Answers
		for i, want := range []struct {
			status         int
			outcome, place string
		}{{200, "taken", ""}, {422, "", "/events/1/source"}, {422, "", "/events/2"}, {200, "taken", ""}, {409, "", "/events/4/external_id"}, {200, "repeated", ""}} {
			a := answers[i]
			if a.Status != want.status || (a.Answer != nil) != (want.outcome != "") || a.Answer != nil && a.Answer.Outcome != want.outcome {
				t.Errorf("event %d: got %+v, want %+v", i, a, want)
			}
			if want.place != "" && (a.Problem == nil || a.Problem.Errors[0].Pointer != want.place) {
				t.Errorf("event %d: got %+v, want the place %s", i, a.Problem, want.place)
			}
		}
		for body, code := range map[string]string{
			`{"events":[]}`: "json_list_empty", `{"events":[` + strings.Repeat("0,", 1000) + `0]}`: "json_list_too_long", `{"events":1}`: "json_wrong_kind", `{}`: "required",
		} {
			if p := h.call("POST", "/v1/events/bulk", body).ok(422).problem(); p.Code != code {
				t.Errorf("got %s, want %s", p.Code, code)
			}
		}
	})
}

// TestMalformedRequests is about everything but bodies of events.
func TestMalformedRequests(t *testing.T) {
	h := newHouse(t)
	m := h.buy("1", "020 7946 0018", 1000).Member
	for what, c := range map[string]struct {
		method, path, body string
		status             int
		code, place        string
		headers            []string
	}{
		"no such address":     {"GET", "/v1/nothing", "", 404, "no_such_address", "", nil},
		"other method":        {"PUT", "/v1/events", "{}", 405, "method_not_allowed", "", nil},
		"outside":             {"GET", "/v2/events", "", 404, "no_such_address", "", nil},
		"no key":              {"GET", "/v1/members", "", 401, "key_missing", "", []string{"Authorization", ""}},
		"other scheme":        {"GET", "/v1/members", "", 401, "key_missing", "", []string{"Authorization", "Basic abc"}},
		"a key that is not":   {"GET", "/v1/members", "", 401, "key_refused", "", []string{"Authorization", "Bearer rg_00000000_" + strings.Repeat("0", 52)}},
		"unknown parameter":   {"GET", "/v1/members?lmit=5", "", 422, "unknown_parameter", "lmit", nil},
		"parameter twice":     {"GET", "/v1/members?limit=5&limit=6", "", 422, "parameter_twice", "limit", nil},
		"limit in words":      {"GET", "/v1/members?limit=all", "", 422, "json_number_range", "limit", nil},
		"limit too high":      {"GET", "/v1/members?limit=201", "", 422, "json_number_range", "limit", nil},
		"bad escape":          {"GET", "/v1/members?q=%zz", "", 422, "malformed_query", "", nil},
		"not UTF-8":           {"GET", "/v1/members?q=%ff", "", 422, "malformed_text", "q", nil},
		"long text":           {"GET", "/v1/members?q=" + strings.Repeat("a", 501), "", 422, "text_too_long", "q", nil},
		"bad cursor":          {"GET", "/v1/members?cursor=abc", "", 422, "malformed_cursor", "cursor", nil},
		"another's cursor":    {"GET", "/v1/members?cursor=" + inAudit.write(5), "", 422, "malformed_cursor", "cursor", nil},
		"unknown status":      {"GET", "/v1/members?status=gone", "", 422, "unknown_word", "status", nil},
		"two identities":      {"GET", "/v1/members/lookup?phone=1&card=2", "", 422, "one_identity", "card", nil},
		"no identity":         {"GET", "/v1/members/lookup", "", 422, "one_identity", "phone", nil},
		"lookup of nobody":    {"GET", "/v1/members/lookup?card=77", "", 404, "nobody_found", "card", nil},
		"lookup malformed":    {"GET", "/v1/members/lookup?email=x", "", 422, "malformed_identity", "email", nil},
		"kind of timeline":    {"GET", "/v1/members/" + m + "/timeline?kinds=purchase,gift", "", 422, "unknown_kind", "kinds", nil},
		"period backwards":    {"GET", "/v1/members/" + m + "/statement?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "", 422, "period_backwards", "to", nil},
		"no such wallet":      {"GET", "/v1/members/" + m + "/statement?wallet=gold", "", 404, "unknown_wallet", "wallet", nil},
		"an id of other kind": {"GET", "/v1/members/" + strings.Replace(m, "mem", "evt", 1), "", 422, "malformed_id", "member", nil},
		"event without whose": {"GET", "/v1/events/evt_01h9x3k7q2v5n", "", 422, "required", "member", nil},
		"event key halved":    {"GET", "/v1/events/lookup?external_id=5", "", 422, "required", "source", nil},
		"no such event":       {"GET", "/v1/events/evt_01h9x3k7q2v5n?member=" + m, "", 404, "unknown_event", "", nil},
		"a form":              {"POST", "/v1/events", "a=b", 415, "wrong_media_type", "", []string{"Content-Type", "application/x-www-form-urlencoded"}},
		"compressed":          {"POST", "/v1/events", "{}", 415, "wrong_media_type", "", []string{"Content-Encoding", "gzip"}},
		"bad If-Match":        {"PATCH", "/v1/members/" + m, "{}", 422, "malformed_etag", "If-Match", []string{"If-Match", "x"}},
		"long key":            {"PATCH", "/v1/members/" + m, "{}", 422, "malformed_request_key", keyHeader, []string{keyHeader, strings.Repeat("k", 201)}},
		"letters in the key":  {"PATCH", "/v1/members/" + m, "{}", 422, "malformed_request_key", keyHeader, []string{keyHeader, "ключ"}},
		"a stale version":     {"PATCH", "/v1/members/" + m, `{"version":99,"given_name":"X"}`, 409, "member_changed", "", nil},
		"birth in words":      {"PATCH", "/v1/members/" + m, `{"birth":"May"}`, 422, "json_wrong_kind", "/birth", nil},
		"merge with itself":   {"POST", "/v1/members/" + m + "/merge", `{"other":"` + m + `"}`, 422, "same_member", "", nil},
		"no such merge":       {"POST", "/v1/members/" + m + "/unmerge", `{"merge":"mrg_01h9x3k7q2v5n"}`, 404, "unknown_merge", "/merge", nil},
		"no such ladder":      {"POST", "/v1/members/" + m + "/ranks", `{"ladder":"x","rank":"gold"}`, 404, "unknown_ladder", "/ladder", nil},
		"rule without effect": {"POST", "/v1/rules", `{"name":"x","trigger":"purchase","spec":{"wallet":"` + h.shownWallet() + `","effects":[]}}`, 422, "json_list_empty", "/spec/effects", nil},
		"rule name taken":     {"POST", "/v1/rules", `{"name":"A point for every pound","trigger":"purchase","spec":{"wallet":"` + h.shownWallet() + `","effects":[{"kind":"fixed","points":1}]}}`, 409, "rule_name_taken", "/name", nil},
		"product cost":        {"PUT", "/v1/products", `{"products":[{"sku":"a"},{"sku":"b","cost":-1}]}`, 422, "json_number_range", "/products/1/cost", nil},
	} {
		t.Run(what, func(t *testing.T) {
			g := h.call(c.method, c.path, c.body, c.headers...)
			p := g.problem()
			place := ""
			if len(p.Errors) > 0 {
				place = p.Errors[0].Parameter + p.Errors[0].Pointer
			}
			if g.status != c.status || p.Code != c.code || place != c.place {
				t.Errorf("got %d %s at %q, want %d %s at %q: %s", g.status, p.Code, place, c.status, c.code, c.place, g.text)
			}
			if c.status == http.StatusUnauthorized && g.header.Get("WWW-Authenticate") == "" {
				t.Error("the answer does not say how to authenticate")
			}
			if c.status == http.StatusMethodNotAllowed && !strings.Contains(g.header.Get("Allow"), "POST") {
				t.Errorf("got Allow %q", g.header.Get("Allow"))
			}
		})
	}
}
