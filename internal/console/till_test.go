package console

import (
	"regexp"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/program"
)

const tillsAt = "/p/bean/tills"

var codeShown = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}`)

func TestATillIsAddedAndRevoked(t *testing.T) {
	w := newTown(t)
	_, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "harbour", Name: "Harbour"})
	check(t, err)
	w.as(auth.Till).get(tillsAt).is(t, 403)
	b := w.as(auth.Manager)
	b.get(tillsAt).is(t, 200).shows(t, "No tills yet", "Nobody has a PIN yet")
	b.post(tillsAt, "name", "Door", "shop", "nowhere").is(t, 422).shows(t, "Choose a shop.")
	b.post(tillsAt, "name", " ", "shop", "harbour").is(t, 422).shows(t, "Name the till")
	code := codeShown.FindString(b.post(tillsAt, "name", "Door", "shop", "harbour").is(t, 200).shows(t, "Harbour", "works once").body)
	b.get(tillsAt).is(t, 200).shows(t, "Door", "waits for its code", "No. 1").hides(t, code)
	d, token, err := w.console.Auth.Enrol(ctx, code, "192.0.2.1")
	check(t, err)
	b.get(tillsAt).is(t, 200).shows(t, "1 till is enrolled.", "Last used")
	b.post(tillsAt+"/"+d.ID.In(id.Device)+"/revoke").is(t, 200).shows(t, "The till is revoked.", "revoked")
	if _, err := w.console.Auth.Device(ctx, token); err == nil {
		t.Error("the device is still a till")
	}
	b.post(tillsAt+"/"+d.ID.In(id.Device)+"/revoke").is(t, 404)
	b.get("/p/bean/audit").is(t, 200).shows(t, "Added a till", "Revoked a till", "Door")
}

func TestStaffChooseTheirPIN(t *testing.T) {
	w := newTown(t)
	clerk, manager := w.as(auth.Till), w.as(auth.Manager)
	w.as(auth.ReadOnly).get("/p/bean/till-pin").is(t, 403)
	clerk.get("/p/bean/till-pin").is(t, 200).shows(t, "With a PIN you work at the tills")
	clerk.post("/p/bean/till-pin", "pin", "2580", "repeated", "2581").is(t, 422).shows(t, "The two are not the same.")
	clerk.post("/p/bean/till-pin", "pin", "1234", "repeated", "1234").is(t, 422).shows(t, "Anybody would try this PIN first")
	clerk.post("/p/bean/till-pin", "pin", "2580", "repeated", "2580").is(t, 200).shows(t, "Your PIN is kept.", "You have a PIN.")
	page := manager.get(tillsAt).is(t, 200).shows(t, "Some till")
	who := regexp.MustCompile(`/till-pins/(stf_[0-9a-z]+)`).FindStringSubmatch(page.body)
	if len(who) < 2 {
		t.Fatal("there is no way to take a PIN away")
	}
	manager.post("/p/bean/till-pins/"+who[1]).is(t, 200).shows(t, "The PIN is gone.", "Nobody has a PIN yet")
	clerk.post("/p/bean/till-pins/"+who[1]).is(t, 403)
}
