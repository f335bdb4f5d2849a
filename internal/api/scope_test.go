package api

import (
	"slices"
	"testing"

	"regulars/internal/auth"
)

// TestScopes goes through the story with keys that have exactly the scopes
// which the document names, and shows that without any one of them the
// operation is refused.
func TestScopes(t *testing.T) {
	h := newHouse(t)
	c := newContract(t, h)
	whole := h.key
	for _, s := range story() {
		// Who decided decides alike when asked again, who took somebody notes what came
		// of it, and here each step has a key of its own.
		if s.status >= 300 || s.op == "approve-compensation" || s.op == "note-call" {
			continue
		}
		item := c.doc.Paths.Value(c.pathOf(t, s))
		security := item.GetOperation(s.method).Security
		var scopes []auth.Scope
		if security != nil && len(*security) > 0 {
			for _, name := range (*security)[0][keyScheme] {
				scopes = append(scopes, auth.Scope(name))
			}
		}
		for _, missing := range scopes {
			if c.done[s.op] {
				break
			}
			h.key = h.newKey(h.programme.ID, slices.DeleteFunc(auth.Scopes(), func(one auth.Scope) bool { return one == missing })...)
			g := h.call(s.method, c.fill(s.path), c.fill(s.body), c.filled(s.headers)...)
			if g.status != 403 {
				t.Errorf("%s without %s: got status %d, want 403: %s", s.op, missing, g.status, g.text)
			} else if code := g.problem().Code; code != "not_permitted" {
				t.Errorf("%s without %s: got %s, want not_permitted", s.op, missing, code)
			}
		}
		h.key = whole
		if len(scopes) > 0 {
			h.key = h.newKey(h.programme.ID, append(scopes, s.also...)...)
		}
		c.run(t, s)
	}
}

// pathOf returns the path of the document that a step is about.
func (c *contract) pathOf(t *testing.T, s step) string {
	t.Helper()
	for path, item := range c.doc.Paths.Map() {
		if op := item.GetOperation(s.method); op != nil && op.OperationID == s.op {
			return path
		}
	}
	t.Fatalf("the document has no operation %s", s.op)
	return ""
}

func (c *contract) filled(headers []string) []string {
	out := slices.Clone(headers)
	for i := range out {
		out[i] = c.fill(out[i])
	}
	return out
}

// TestKeysStayInTheirProgramme asks for another programme's things by their
// true ids.
func TestKeysStayInTheirProgramme(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		a := h.buy("1", "020 7946 0018", 2550)
		rule := as[ruleList](h.call("GET", "/v1/rules", "").ok(200)).Items[0].Rule
		other, _ := h.furnishProgramme("elsewhere", "Elsewhere")
		h.key = h.newKey(other.ID, auth.Scopes()...)
		for _, path := range []string{
			"/v1/members/" + a.Member, "/v1/members/" + a.Member + "/balance", "/v1/members/" + a.Member + "/lots", "/v1/members/" + a.Member + "/statement",
			"/v1/members/" + a.Member + "/timeline", "/v1/members/" + a.Member + "/ranks", "/v1/members/" + a.Member + "/consents",
			"/v1/members/" + a.Member + "/export", "/v1/events/" + a.Event + "?member=" + a.Member, "/v1/events/lookup?source=till&external_id=1",
			"/v1/members/lookup?phone=020+7946+0018", "/v1/rules/" + rule,
		} {
			if g := h.call("GET", path, ""); g.status != 404 {
				t.Errorf("GET %s: got status %d, want 404: %s", path, g.status, g.text)
			}
		}
		for _, w := range []struct{ method, path, body string }{
			{"PATCH", "/v1/members/" + a.Member, `{"given_name":"X"}`}, {"DELETE", "/v1/members/" + a.Member, ""},
			{"POST", "/v1/members/" + a.Member + "/ranks", `{"ladder":"status","rank":"gold"}`},
			{"POST", "/v1/rules/" + rule + "/retire", ""},
			{"POST", "/v1/events", `{"source":"s","external_id":"1","kind":"visit","member":"` + a.Member + `"}`},
		} {
			if g := h.call(w.method, w.path, w.body); g.status != 404 {
				t.Errorf("%s %s: got status %d, want 404: %s", w.method, w.path, g.status, g.text)
			}
		}
		if list := as[page[memberView]](h.call("GET", "/v1/members", "").ok(200)); len(list.Items) > 0 {
			t.Errorf("got %d members of another programme", len(list.Items))
		}
	})
}
