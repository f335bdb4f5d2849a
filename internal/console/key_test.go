package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
)

var keyText = regexp.MustCompile(`rg_[a-z0-9]{8}_[a-z0-9]{52}`)

// TestAKeyIsMadeAndRevoked makes a key, works with it, and ends it.
func TestAKeyIsMadeAndRevoked(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/keys").is(t, 200).shows(t, "No keys yet", "New key", "record purchases and other events")
	p := who.post("/p/bean/keys", "name", "Till in Leeds", "scopes", "events:write", "scopes", "members:read", "expires", "2026-04-01").is(t, 200)
	p.shows(t, "The key “Till in Leeds”", "The key is shown only now.", "curl -H")
	secret := keyText.FindString(p.body)
	actor, err := w.console.Auth.Authenticate(ctx, secret, "192.0.2.1:5000")
	check(t, err)
	check(t, actor.Can(w.programme.ID, auth.EventsWrite))
	list := who.get("/p/bean/keys").is(t, 200).shows(t, "Till in Leeds rg_", "record purchases and other events and see members", "not yet", "Until 1 April 2026", "Revoke “Till in Leeds”?")
	if keyText.MatchString(list.body) {
		t.Error("the list shows a secret")
	}
	keys, err := w.console.Auth.Keys(ctx, system, w.programme.ID)
	check(t, err)
	if got := keys[0].Expires.In(w.programme.Zone).Format("2006-01-02 15:04"); got != "2026-04-02 00:00" {
		t.Errorf("it ends at %s", got)
	}
	who.post("/p/bean/keys/"+keys[0].ID.In(id.Key)+"/revoke").is(t, 200).shows(t, "The key is revoked.", "Revoked").hides(t, "Revoke “Till")
	if _, err := w.console.Auth.Authenticate(ctx, secret, "192.0.2.1:5000"); err == nil {
		t.Error("the key still works")
	}
	who.post("/p/bean/keys/"+id.ID(8).In(id.Key)+"/revoke").is(t, http.StatusNotFound)
	for _, action := range []string{"key.create", "key.revoke"} {
		has(t, w.audited(), action)
	}
}

func TestMistakesInAKey(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	for _, tc := range []struct {
		form []string
		want string
	}{
		{[]string{"name", "", "scopes", "members:read"}, "Name the key by what will use it"}, {[]string{"name", "Till"}, "Choose at least one thing"},
		{[]string{"name", "Till", "scopes", "staff:write"}, "There is no scope"}, {[]string{"name", "Till", "scopes", "members:read", "expires", "2026-03-13"}, "expired from the start"},
		{[]string{"name", "Till", "scopes", "members:read", "expires", "soon"}, "This is not a day."},
	} {
		p := who.post("/p/bean/keys", tc.form...).is(t, http.StatusUnprocessableEntity).shows(t, tc.want)
		if !strings.Contains(p.body, "data-open") {
			t.Errorf("%v: the dialog is not shown again", tc.form)
		}
	}
	if keys, err := w.console.Auth.Keys(ctx, system, w.programme.ID); err != nil || len(keys) > 0 {
		t.Errorf("kept %v, %v", keys, err)
	}
}

func TestKeysNeedPermission(t *testing.T) {
	w := newTown(t)
	w.as(auth.Agent).get("/p/bean/keys").is(t, http.StatusForbidden)
	reader := w.as(auth.ReadOnly)
	reader.get("/p/bean/keys").is(t, http.StatusForbidden)
	reader.post("/p/bean/keys", "name", "Till", "scopes", "members:read").is(t, http.StatusForbidden)
}

// TestWhatBecameOfKeys lists a key that was used and one that has expired.
func TestWhatBecameOfKeys(t *testing.T) {
	w := newTown(t)
	c := w.console
	_, secret, err := c.Auth.CreateKey(ctx, w.owner.Actor(), auth.NewKey{ProgrammeID: w.programme.ID, Name: "Till", Scopes: []auth.Scope{"members:read"}, Expires: noon.Add(48 * time.Hour)})
	check(t, err)
	_, err = c.Auth.Authenticate(ctx, secret, "192.0.2.1:5000")
	check(t, err)
	check(t, c.Auth.Flush(ctx))
	who := w.as(auth.Owner)
	who.get("/p/bean/keys").is(t, 200).shows(t, "15 March 2026, 12:00", "Until 16 March 2026", "Revoke “Till”?")
	w.clock = w.clock.Add(72 * time.Hour)
	w.as(auth.Manager).get("/p/bean/keys").is(t, 200).shows(t, "Expired").hides(t, "Revoke “Till”?")
}
