package till

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
)

func TestADeviceIsEnrolledAndRevoked(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		b := k.newBox()
		b.get("/till").is(200).shows("Make this device a till")
		b.scan("COF").fails(401, "device_refused")
		b.post("/till/sync", sending{}).fails(401, "device_refused")
		b.form("/till/enrol", "code", "AAAA-BBBB").is(422).shows("This code is not good")
		d, code, err := k.c.Auth.AddDevice(ctx, system, auth.NewDevice{ProgrammeID: k.programme.ID, ShopID: k.shops[0].ID, Name: "Window"})
		k.ok(err)
		got := b.form("/till/enrol", "code", strings.ToLower(code)).is(200).shows("Who is at the till?", "Window · High-street", "Ann", "Bob")
		if got.header.Get("Permissions-Policy") == "" || !strings.Contains(got.header.Get("Permissions-Policy"), "camera=(self)") {
			t.Errorf("the camera may not be asked for: %s", got.header.Get("Permissions-Policy"))
		}
		b.scan("COF").fails(401, "till_locked")
		k.newBox().form("/till/enrol", "code", code).is(422)
		b.enter(k.ann).shows("Ann", "High-street")
		b.scan("COF").is(200)
		k.ok(k.c.Auth.RevokeDevice(ctx, k.bob.Actor(), k.programme.ID, d.ID))
		b.scan("COF").fails(401, "device_refused")
		b.get("/till").is(200).shows("Make this device a till")
	})
}

func TestStaffComeAndGoByPIN(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		b := k.enrolled("Window", k.shops[0])
		ann, bob := k.ann.ID.In(id.Staff), k.bob.ID.In(id.Staff)
		for range 5 {
			b.form("/till/open", "staff", ann, "pin", "1357").is(422).shows("The PIN is wrong")
		}
		b.form("/till/open", "staff", ann, "pin", pin).is(422).shows("Too many wrong PINs")
		b.form("/till/open", "staff", "nobody", "pin", pin).is(422)
		b.form("/till/open", "staff", bob, "pin", pin).is(200).shows("Bob")
		k.clock = k.clock.Add(5 * time.Minute)
		b.enter(k.ann).shows("Ann")
		b.form("/till/lock").is(200).shows("Who is at the till?")
		b.get("/till/scan?q=COF").fails(401, "till_locked")
		b.enter(k.ann)
		k.clock = k.clock.Add(31 * time.Minute)
		b.get("/till").is(200).shows("Who is at the till?")
	})
}

func TestTheShellIsServed(t *testing.T) {
	k := onlyCounter(t)
	b := k.staffed(k.ann)
	page := b.get("/till").is(200)
	if strings.Contains(page.body, "till.js_") || strings.Contains(page.body, "{n") {
		t.Error("a text is missing on the page")
	}
	for _, path := range []string{assetPath("till.css"), assetPath("till.js")} {
		if !strings.Contains(page.body, path) {
			t.Errorf("the page does not ask for %s", path)
		}
		if got := b.get(path).is(200); !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is kept as %q", path, got.header.Get("Cache-Control"))
		}
	}
	worker := b.get("/till/worker.js").is(200)
	if worker.header.Get("Service-Worker-Allowed") != "/till" || worker.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("the worker comes with %v", worker.header)
	}
	b.get("/till/assets/nothing.js").is(404)
	b.get("/till/assets/..%2ftill.go").is(404)
	if got := b.get("/till/manifest.webmanifest").is(200); !strings.Contains(got.body, `"scope":"/till"`) {
		t.Errorf("the manifest is %s", got.body)
	}
	b.get("/till/nowhere").is(404)
	if page.header.Get("Cache-Control") != "no-store" {
		t.Error("the page is stored")
	}
}

func TestNobodySendsToTheTillFromAnotherSite(t *testing.T) {
	k := onlyCounter(t)
	b := k.staffed(k.ann)
	r, err := http.NewRequest(http.MethodPost, k.server.URL+"/till/sale", strings.NewReader(`{}`))
	k.ok(err)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r).is(403)
}
