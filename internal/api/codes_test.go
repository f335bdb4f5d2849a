package api

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
)

// TestABatchFromOrderToExport draws codes and counts them by state.
func TestABatchFromOrderToExport(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		offer := h.offered("Three pounds", threePounds)
		body := `{"offer":"` + offer + `","name":"Leaflet","kind":"unique","prefix":"MAY-","length":8,"count":40}`
		made := as[batchView](h.call("POST", "/v1/code-batches", body, keyHeader, "once").ok(201))
		if again := as[batchView](h.call("POST", "/v1/code-batches", body, keyHeader, "once").ok(201)); again.Batch != made.Batch || made.MaxUses != 1 {
			t.Errorf("got %+v and %+v", made, again)
		}
		if made.Done != nil || made.Made != 0 || made.Wanted != 40 {
			t.Errorf("before they are drawn: %+v", made)
		}
		batch, err := id.Parse(id.Batch, made.Batch)
		must(t, err)
		must(t, h.config.Offers.Generate(t.Context(), batch, func(int64, int64) error { return nil }))
		path := "/v1/code-batches/" + made.Batch
		g := h.call("GET", path+"/codes.csv", "").ok(200)
		if kind := g.header.Get("Content-Type"); kind != "text/csv; charset=utf-8" || !strings.Contains(g.header.Get("Content-Disposition"), "codes.csv") {
			t.Errorf("got %v", g.header)
		}
		rows, err := csv.NewReader(strings.NewReader(g.text)).ReadAll()
		must(t, err)
		if len(rows) != 41 || rows[0][0] != "code" || !strings.HasPrefix(rows[1][0], "MAY-") || rows[1][1] != "issued" {
			t.Fatalf("got %d rows, %q", len(rows), rows[:2])
		}
		h.call("POST", "/v1/codes/"+rows[1][0]+"/delivered", `{"channel":"post","at":"2026-01-01T09:00:00Z"}`).ok(200)
		h.call("POST", "/v1/codes/"+rows[2][0]+"/cancel", `{"reason":"torn"}`).ok(200)
		h.event(checkedOut("1", `{"codes":["`+strings.ToLower(rows[3][0])+`"]}`))
		v := as[batchView](h.call("GET", path, "").ok(200))
		if v.Done == nil || v.Made != 40 || v.States["issued"] != 37 || v.States["delivered"] != 1 || v.States["cancelled"] != 1 || v.States["redeemed"] != 1 {
			t.Errorf("got %+v", v)
		}
		life := as[codeView](h.call("GET", "/v1/codes/"+rows[1][0], "", "Accept-Language", "ru").ok(200))
		if s := life.Steps[1]; s.Step != "delivered" || s.Channel != "post" || s.At.Hour() != 9 || !strings.HasPrefix(s.By, "key:") || s.Words == "delivered" {
			t.Errorf("got %+v", life)
		}
		ended := as[batchView](h.call("POST", path+"/cancel", `{"reason":"lost"}`).ok(200))
		if ended.Cancelled == nil || ended.Reason != "lost" || ended.States["cancelled"] != 39 || ended.States["redeemed"] != 1 {
			t.Errorf("got %+v", ended)
		}
	})
}

// TestFailuresOfATableAreProblems, for nothing of it was sent yet.
func TestFailuresOfATableAreProblems(t *testing.T) {
	h := newHouse(t)
	batch := h.sharedCode(h.offered("Three pounds", threePounds), "THREE", "")
	g := h.call("GET", "/v1/code-batches/"+batch+"/codes.csv?all=1", "").ok(422)
	if p := g.problem(); p.Code != "unknown_parameter" {
		t.Errorf("got %+v", p)
	}
	h.key = h.newKey(h.programme.ID, auth.CodesRead.Scope())
	g = h.call("GET", "/v1/code-batches/"+batch+"/codes.csv", "").ok(403)
	if p := g.problem(); p.Code != "not_permitted" || g.header.Get("Content-Disposition") != "" || strings.Contains(g.text, "THREE") {
		t.Errorf("got %+v with %v", p, g.header)
	}
	if p := h.call("GET", "/v1/code-reminders", "").ok(403).problem(); p.Code != "not_permitted" {
		t.Errorf("got %+v", p)
	}
}

// TestPrintedCodesAreImported with every line that cannot be taken told.
func TestPrintedCodesAreImported(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		offer := h.offered("Three pounds", threePounds)
		h.sharedCode(offer, "THREE", "")
		address := "/v1/code-imports?offer=" + offer + "&name=Printed&expires=2026-12-31T00:00:00Z"
		const file = "no;code\n1;GOLD-1234\n2;GOLD-5678\n3;gold 1234\n4;THREE\n5;?\n"
		g := h.call("POST", address, file, "Content-Type", "text/csv; charset=utf-8").ok(409)
		p := g.problem()
		if p.Code != "codes_left" || len(p.Errors) != 3 {
			t.Fatalf("got %+v", p)
		}
		for i, want := range []mistake{{Line: 4, Code: "line_duplicate"}, {Line: 5, Code: "line_taken"}, {Line: 6, Code: "line_malformed"}} {
			if e := p.Errors[i]; e.Line != want.Line || e.Code != want.Code || e.Detail == "" {
				t.Errorf("got %+v, want %+v", e, want)
			}
		}
		if list := as[page[batchView]](h.call("GET", "/v1/code-batches", "").ok(200)).Items; len(list) != 1 {
			t.Errorf("a refused file left %d batches", len(list)-1)
		}
		headers := []string{"Content-Type", "text/csv", keyHeader, "file-1"}
		done := as[importView](h.call("POST", address+"&pass_over=true", file, headers...).ok(201))
		if done.Batch.Made != 2 || done.Batch.Kind != "printed" || done.Batch.Done == nil || len(done.Left) != 3 || done.Batch.MaxUses != 1 {
			t.Errorf("got %+v", done)
		}
		again := h.call("POST", address+"&pass_over=true", file, headers...).ok(201)
		if v := as[importView](again); v.Batch.Batch != done.Batch.Batch || len(v.Left) != 0 || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("sent again: got %+v", v)
		}
		if s := h.event(checkedOut("1", `{"codes":["Gold 5678"]}`)).Sale; s.Due != 17_00 {
			t.Errorf("a printed code: got %+v", s)
		}
		for query, want := range map[string]string{
			"?name=x": "offer", "?offer=" + offer: "name", "?offer=x&name=x": "offer", "?offer=off_01h9x3k7q2v5n&name=x": "offer",
			"?offer=" + offer + "&name=x&max_uses=0": "max_uses", "?offer=" + offer + "&name=x&pass_over=1": "pass_over", "?batch=x": "batch",
			"?offer=" + offer + "&name=x&begins=now": "begins", "?offer=" + offer + "&name=%20": "name",
		} {
			if p := h.call("POST", "/v1/code-imports"+query, "NEW-1234\n", "Content-Type", "text/csv").problem(); p.Status/100 != 4 || len(p.Errors) != 1 || p.Errors[0].Parameter != want {
				t.Errorf("%s: got %+v, want a mistake of %s", query, p, want)
			}
		}
		if p := h.call("POST", address, `{"codes":[]}`).ok(415).problem(); p.Code != "wrong_table_type" {
			t.Errorf("got %+v", p)
		}
	})
}

// TestPersonalCodesAndReminders gives each member one, and reminds each once.
func TestPersonalCodesAndReminders(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		offer := h.offered("Three pounds", threePounds)
		batch := as[batchView](h.call("POST", "/v1/code-batches", `{"offer":"`+offer+`","name":"p","kind":"personal","length":10,"valid_days":5}`).ok(201)).Batch
		var members, codes []string
		for n := range 5 {
			m := h.save(fmt.Sprintf(`{"identities":[{"kind":"card","value":"77%d"}]}`, n)).ID
			c := as[codeView](h.call("POST", "/v1/code-batches/"+batch+"/codes", `{"member":"`+m+`"}`).ok(200))
			if again := as[codeView](h.call("POST", "/v1/code-batches/"+batch+"/codes", `{"member":"`+m+`"}`).ok(200)); again.Code != c.Code || c.Member != m {
				t.Errorf("got %+v and %+v", c, again)
			}
			members, codes = append(members, m), append(codes, c.Code)
		}
		if hers := as[memberCodes](h.call("GET", "/v1/members/"+members[0]+"/codes", "").ok(200)).Items; len(hers) != 1 || hers[0].Code != codes[0] || hers[0].Steps != nil {
			t.Errorf("got %+v", hers)
		}
		if soon := as[page[codeView]](h.call("GET", "/v1/code-reminders?days=2", "").ok(200)).Items; len(soon) != 0 {
			t.Errorf("due too early: %+v", soon)
		}
		h.clock.advance(4 * day)
		h.call("POST", "/v1/codes/"+codes[0]+"/cancel", `{"reason":"moved away"}`).ok(200)
		h.call("POST", "/v1/codes/"+codes[1]+"/reminded", `{"channel":"email"}`).ok(200)
		if p := h.call("POST", "/v1/codes/"+codes[1]+"/reminded", "").ok(409).problem(); p.Code != "code_not_due" {
			t.Errorf("got %+v", p)
		}
		met := map[string]bool{}
		for next := ""; ; {
			p := as[page[codeView]](h.call("GET", "/v1/code-reminders?days=2&limit=1&cursor="+next, "").ok(200))
			for _, k := range p.Items {
				met[k.Code] = true
			}
			if next = p.Next; next == "" {
				break
			}
		}
		if len(met) != 3 || met[codes[0]] || met[codes[1]] {
			t.Errorf("due are %v of %v", met, codes)
		}
		h.call("DELETE", "/v1/members/"+members[4], "").ok(200)
		if p := h.call("POST", "/v1/code-batches/"+batch+"/codes", `{"member":"`+members[4]+`"}`).ok(403).problem(); p.Code != "member_erased" || p.Errors[0].Pointer != "/member" {
			t.Errorf("got %+v", p)
		}
		h.clock.advance(3 * day)
		if k := as[codeView](h.call("GET", "/v1/codes/"+codes[2], "").ok(200)); k.State != "expired" || k.Expires.After(h.clock.now()) {
			t.Errorf("got %+v", k)
		}
	})
}
