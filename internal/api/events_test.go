package api

import "testing"

func TestAPurchaseEarns(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		a := h.buy("1", "020 7946 0018", 2550)
		if a.Outcome != "taken" || len(a.Movements) != 1 || a.Movements[0].Points != 25 {
			t.Errorf("got %+v", a)
		}
		t.Log(h.call("GET", "/v1/members/lookup?phone=020+7946+0018", "").text)
		t.Log(h.call("GET", "/v1/members/"+a.Member+"/timeline", "").text)
	})
}
