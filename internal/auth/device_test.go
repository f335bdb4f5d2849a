package auth

import (
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/id"
)

const shop = id.ID(5)

// till makes a till of the programme here and enrols it.
func (h *house) till(name string) (Device, string) {
	h.t.Helper()
	_, code, err := h.AddDevice(ctx(h.t), System("test"), NewDevice{ProgrammeID: here, ShopID: shop, Name: name})
	if err != nil {
		h.t.Fatalf("adding a till: %v", err)
	}
	d, token, err := h.Enrol(ctx(h.t), code, "192.0.2.1")
	if err != nil {
		h.t.Fatalf("enrolling a till: %v", err)
	}
	return d, token
}

func TestATillIsEnrolledOnceAndRevoked(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		manager := h.hire("m@example.com", Assignment{here, Manager})
		clerk := h.hire("c@example.com", Assignment{here, Till})
		_, _, err := h.AddDevice(ctx(t), clerk.Staff.Actor(), NewDevice{ProgrammeID: here, ShopID: shop, Name: "Door"})
		wantCode(t, "a clerk adds a till", err, "not_permitted")
		_, _, err = h.AddDevice(ctx(t), manager.Staff.Actor(), NewDevice{ProgrammeID: here, ShopID: shop, Name: " "})
		wantCode(t, "a till without a name", err, "malformed_device_name")
		d, code, err := h.AddDevice(ctx(t), manager.Staff.Actor(), NewDevice{ProgrammeID: here, ShopID: shop, Name: "Door"})
		wantCode(t, "a manager adds a till", err, "")
		_, err = h.Device(ctx(t), code)
		wantCode(t, "a code is no token", err, "device_refused")
		got, token, err := h.Enrol(ctx(t), " "+strings.ToLower(code), "192.0.2.1")
		if wantCode(t, "enrolling", err, ""); got.ID != d.ID || got.ShopID != shop || got.Number != 1 || got.Enrolled.IsZero() {
			t.Errorf("enrolled %+v", got)
		}
		_, _, err = h.Enrol(ctx(t), code, "192.0.2.1")
		wantCode(t, "the code again", err, "device_code_refused")
		if got := must(h.Device(ctx(t), token))(t); got.ID != d.ID {
			t.Errorf("the token opens %+v", got)
		}
		second, _ := h.till("Window")
		if second.Number != 2 {
			t.Errorf("the second till has number %d", second.Number)
		}
		wantCode(t, "a clerk revokes", h.RevokeDevice(ctx(t), clerk.Staff.Actor(), here, d.ID), "not_permitted")
		wantCode(t, "revoked from another programme", h.RevokeDevice(ctx(t), System("test"), there, d.ID), "unknown_device")
		wantCode(t, "revoking", h.RevokeDevice(ctx(t), manager.Staff.Actor(), here, d.ID), "")
		_, err = h.Device(ctx(t), token)
		wantCode(t, "a revoked till", err, "device_refused")
		if list := must(h.Devices(ctx(t), manager.Staff.Actor(), here))(t); len(list) != 2 || list[1].Revoked.IsZero() {
			t.Errorf("the list is %+v", list)
		}
	})
}

func TestACodeOfATillEnds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		_, code, err := h.AddDevice(ctx(t), System("test"), NewDevice{ProgrammeID: here, ShopID: shop, Name: "Door"})
		wantCode(t, "adding", err, "")
		for range addressPace.Burst {
			_, _, err = h.Enrol(ctx(t), "AAAA-AAAA", "192.0.2.9")
			wantCode(t, "a guessed code", err, "device_code_refused")
		}
		_, _, err = h.Enrol(ctx(t), code, "192.0.2.9")
		wantCode(t, "after many guesses", err, "too_many_codes")
		h.clock.advance(codeLife)
		_, _, err = h.Enrol(ctx(t), code, "192.0.2.1")
		wantCode(t, "a code of yesterday", err, "device_code_refused")
	})
}

func TestTillsAtOnceGetNumbersOfTheirOwn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		var wait sync.WaitGroup
		for range 6 {
			wait.Go(func() {
				if _, _, err := h.AddDevice(ctx(t), System("test"), NewDevice{ProgrammeID: here, ShopID: shop, Name: "Till"}); err != nil {
					t.Errorf("adding a till beside others: %v", err)
				}
			})
		}
		wait.Wait()
		if n := h.count(`SELECT COUNT(DISTINCT number) FROM till_device WHERE programme_id = $1`, here); n != 6 {
			t.Errorf("%d numbers for 6 tills", n)
		}
		d, _ := h.till("One more")
		if a, b := must(h.Roll(ctx(t), d))(t), must(h.Roll(ctx(t), d))(t); a != 1 || b != 2 {
			t.Errorf("rolls %d and %d", a, b)
		}
	})
}

func TestAPINOpensAShift(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		d, _ := h.till("Door")
		ann, bob := h.hire("ann@example.com", Assignment{here, Till}), h.hire("bob@example.com", Assignment{here, Agent})
		reader := h.hire("r@example.com", Assignment{here, ReadOnly})
		for pin, code := range map[string]string{"123": "malformed_pin", "12a4": "malformed_pin", "123456789": "malformed_pin", "1111": "simple_pin", "2345": "simple_pin", "8765": "simple_pin"} {
			wantCode(t, "PIN "+pin, h.SetPIN(ctx(t), ann.Staff.Actor(), here, pin), code)
		}
		wantCode(t, "a PIN elsewhere", h.SetPIN(ctx(t), ann.Staff.Actor(), there, "2580"), "not_permitted")
		wantCode(t, "a PIN of who may not sell", h.SetPIN(ctx(t), reader.Staff.Actor(), here, "2580"), "not_permitted")
		wantCode(t, "Ann's PIN", h.SetPIN(ctx(t), ann.Staff.Actor(), here, "2580"), "")
		wantCode(t, "Bob's PIN", h.SetPIN(ctx(t), bob.Staff.Actor(), here, "97531"), "")
		if all := must(h.TillStaff(ctx(t), here))(t); len(all) != 2 || all[0].ID != ann.Staff.ID {
			t.Errorf("staff of the tills: %+v", all)
		}
		_, err := h.OpenShift(ctx(t), d, ann.Staff.ID, "97531")
		wantCode(t, "another's PIN", err, "pin_refused")
		_, err = h.OpenShift(ctx(t), d, reader.Staff.ID, "")
		wantCode(t, "no PIN", err, "pin_refused")
		first := must(h.OpenShift(ctx(t), d, ann.Staff.ID, "2580"))(t)
		h.clock.advance(time.Minute)
		second := must(h.OpenShift(ctx(t), d, bob.Staff.ID, "97531"))(t)
		if now := must(h.Shift(ctx(t), d))(t); now.ID != second.ID || now.Staff.ID != bob.Staff.ID {
			t.Errorf("at the till is %+v", now)
		}
		at := must(h.ShiftAt(ctx(t), d, first.ID, first.Opened.Add(time.Second)))(t)
		if at.Staff.ID != ann.Staff.ID {
			t.Errorf("the first shift was %s's", at.Staff.Name)
		}
		other, _ := h.till("Window")
		_, err = h.ShiftAt(ctx(t), other, first.ID, first.Opened)
		wantCode(t, "a shift of another till", err, "shift_refused")
		_, err = h.ShiftAt(ctx(t), d, first.ID, first.Opened.Add(time.Hour))
		wantCode(t, "after the shift", err, "shift_refused")
		_, err = h.ShiftAt(ctx(t), d, first.ID, first.Opened.Add(-time.Hour))
		wantCode(t, "before the shift", err, "shift_refused")
		wantCode(t, "locking", h.EndShift(ctx(t), d), "")
		if now := must(h.Shift(ctx(t), d))(t); now.ID != 0 {
			t.Errorf("after locking the till is %s's", now.Staff.Name)
		}
		last := must(h.OpenShift(ctx(t), d, ann.Staff.ID, "2580"))(t)
		h.clock.advance(shiftIdle)
		if now := must(h.Shift(ctx(t), d))(t); now.ID != 0 {
			t.Errorf("after a long pause the till is %s's, since %s", now.Staff.Name, last.Opened)
		}
	})
}

func TestPINsCannotBeGuessed(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		d, _ := h.till("Door")
		other, _ := h.till("Window")
		ann := h.hire("ann@example.com", Assignment{here, Till})
		wantCode(t, "setting a PIN", h.SetPIN(ctx(t), ann.Staff.Actor(), here, "2580"), "")
		for range pinPace.Burst {
			_, err := h.OpenShift(ctx(t), d, ann.Staff.ID, "1357")
			wantCode(t, "a wrong PIN", err, "pin_refused")
		}
		_, err := h.OpenShift(ctx(t), d, ann.Staff.ID, "2580")
		wantCode(t, "the right PIN after too many wrong ones", err, "too_many_pins")
		if _, err := h.OpenShift(ctx(t), other, ann.Staff.ID, "2580"); err != nil {
			t.Errorf("the till beside it: %v", err)
		}
		h.clock.advance(pinPace.Every)
		if _, err := h.OpenShift(ctx(t), d, ann.Staff.ID, "2580"); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

func TestAPINIsReset(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		d, _ := h.till("Door")
		ann, manager := h.hire("ann@example.com", Assignment{here, Till}), h.hire("m@example.com", Assignment{here, Manager})
		owner := h.owner.Staff
		wantCode(t, "Ann's PIN", h.SetPIN(ctx(t), ann.Staff.Actor(), here, "2580"), "")
		wantCode(t, "the owner's PIN", h.SetPIN(ctx(t), owner.Actor(), here, "2580"), "")
		must(h.OpenShift(ctx(t), d, ann.Staff.ID, "2580"))(t)
		wantCode(t, "Ann resets the owner's", h.ResetPIN(ctx(t), ann.Staff.Actor(), here, owner.ID), "not_permitted")
		wantCode(t, "the manager resets the owner's", h.ResetPIN(ctx(t), manager.Staff.Actor(), here, owner.ID), "role_above_yours")
		wantCode(t, "the manager resets Ann's", h.ResetPIN(ctx(t), manager.Staff.Actor(), here, ann.Staff.ID), "")
		if now := must(h.Shift(ctx(t), d))(t); now.ID != 0 {
			t.Errorf("the till is still %s's", now.Staff.Name)
		}
		_, err := h.OpenShift(ctx(t), d, ann.Staff.ID, "2580")
		wantCode(t, "the old PIN", err, "pin_refused")
		wantCode(t, "disabling", h.SetPIN(ctx(t), ann.Staff.Actor(), here, "2580"), "")
		must(h.OpenShift(ctx(t), d, ann.Staff.ID, "2580"))(t)
		wantCode(t, "disabling", h.Disable(ctx(t), h.owner.Staff.Actor(), ann.Staff.ID), "")
		if now := must(h.Shift(ctx(t), d))(t); now.ID != 0 {
			t.Error("somebody who may not sign in any more works at the till")
		}
	})
}
