package console

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/i18n"
)

func TestFirstOwnerBegins(t *testing.T) {
	w := newHouse(t)
	token, err := w.console.Auth.FirstRunLink(ctx)
	check(t, err)
	b := w.stranger()
	b.get("/start/"+token).is(t, 200).shows(t, "Welcome", "You are the first one here")
	form := []string{"name", "Olga", "email", "olga@example.com", "password", password}
	b.post("/start/"+token, append(form, "repeated", "something else")...).is(t, 422).shows(t, "The two passwords differ")
	b.post("/start/"+token, "name", "Olga", "email", "olga@example.com", "password", "short", "repeated", "short").is(t, 422).shows(t, "The password takes at least")
	begun := b.post("/start/"+token, append(form, "repeated", password)...).is(t, 200).shows(t, "A new programme")
	if begun.path != "/programmes/new" {
		t.Errorf("the owner begins at %s", begun.path)
	}
	w.stranger().get("/start/"+token).is(t, http.StatusForbidden).shows(t, "This link was used")

	b.post("/programmes/new", "name", "Bean & Leaf", "slug", "Bean!", "currency", "gbp", "zone", "Europe/London").is(t, 422).shows(t, "The short name takes")
	b.post("/programmes/new", "name", "Bean & Leaf", "slug", "bean", "currency", "gbp", "zone", "Atlantis").is(t, 422).shows(t, "“Atlantis” is not a time zone")
	b.post("/programmes/new", "name", "Bean & Leaf", "slug", "bean", "currency", "gbp", "zone", "Europe/London", "region", "gb").is(t, 200).
		shows(t, "Bean & Leaf", "Say what a purchase earns", "Import a file")
	if home := b.get("/"); home.path != "/p/bean" {
		t.Errorf("home leads to %s", home.path)
	}
}

func TestInvitedPersonSetsPassword(t *testing.T) {
	w := newTown(t)
	_, token, err := w.console.Auth.Invite(ctx, w.owner.Actor(), auth.Invitation{
		Email: "zofia@example.com", Name: "Zofia", Language: i18n.Polish, Roles: []auth.Assignment{{ProgrammeID: w.programme.ID, Role: auth.Agent}},
	})
	check(t, err)
	b := w.stranger()
	b.get("/start/"+token).is(t, 200).shows(t, "Welcome, Zofia").hides(t, "Your name")
	in := b.post("/start/"+token, "password", password, "repeated", password).is(t, 200)
	in.shows(t, "Uczestnicy") // her own language, and an agent begins with the members
	if in.path != "/p/bean/members" {
		t.Errorf("an agent begins at %s", in.path)
	}
}

func TestSignInAndOut(t *testing.T) {
	w := newTown(t)
	b := w.stranger()
	asked := b.get("/p/bean/members?q=anna")
	if asked.path != "/sign-in?return=%2Fp%2Fbean%2Fmembers%3Fq%3Danna" {
		t.Fatalf("a stranger is led to %s", asked.path)
	}
	b.post("/sign-in", "email", "olga@example.com", "password", "wrong").is(t, 422).shows(t, "The e-mail or the password is wrong").hides(t, "Bean & Leaf")
	in := b.post("/sign-in", "email", "olga@example.com", "password", password, "return", "/p/bean/members?q=anna").is(t, 200)
	if in.path != "/p/bean/members?q=anna" {
		t.Errorf("signed in, one lands at %s", in.path)
	}
	if again := b.get("/sign-in"); again.path != "/p/bean" {
		t.Errorf("who is signed in and asks to sign in is led to %s", again.path)
	}
	if out := b.post("/sign-out"); out.path != "/sign-in" {
		t.Errorf("signed out, one lands at %s", out.path)
	}
	b.get("/p/bean").shows(t, "Sign in")
}

func TestForeignAddressAfterSignIn(t *testing.T) {
	w := newTown(t)
	in := w.stranger().post("/sign-in", "email", "olga@example.com", "password", password, "return", "//evil.example/x").is(t, 200)
	if in.path != "/p/bean" {
		t.Errorf("the return address led to %s", in.path)
	}
}

func TestSignInIsThrottled(t *testing.T) {
	w := newTown(t)
	b := w.stranger()
	for range 5 {
		b.post("/sign-in", "email", "olga@example.com", "password", "wrong").is(t, 422)
	}
	p := b.post("/sign-in", "email", "olga@example.com", "password", password).is(t, http.StatusTooManyRequests).shows(t, "Too many tries. Wait")
	if p.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestSessionCookie(t *testing.T) {
	w := newTown(t)
	for _, proto := range []string{"http", "https"} {
		b := w.stranger()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		r, err := http.NewRequest(http.MethodPost, w.server.URL+"/sign-in", strings.NewReader("email=olga@example.com&password="+strings.ReplaceAll(password, " ", "+")))
		check(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-Proto", proto)
		got := strings.Join(b.do(r).header.Values("Set-Cookie"), "\n")
		for part, want := range map[string]bool{"session=": true, "HttpOnly": true, "SameSite=Lax": true, "Secure": proto == "https"} {
			if strings.Contains(got, part) != want {
				t.Errorf("over %s, %q in the cookie: %v, want %v: %s", proto, part, !want, want, got)
			}
		}
	}
}

func TestPreferencesFollowThePerson(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.post("/preferences", "lang", "pl", "return", "/p/bean/members").is(t, 200).shows(t, "Uczestnicy")
	b.post("/preferences", "theme", "dark", "return", "/p/bean/members").is(t, 200)
	elsewhere := w.as(auth.Owner).get("/p/bean/members").is(t, 200).shows(t, "Uczestnicy")
	if !strings.Contains(elsewhere.body, `data-theme="dark"`) {
		t.Error("the theme did not follow to another browser")
	}
	b.post("/preferences", "theme", "auto", "return", "/p/bean/members")
	if p := b.get("/p/bean/members"); strings.Contains(p.body, `data-theme="dark"`) {
		t.Error("the theme stays dark")
	}
	w.stranger().post("/preferences", "lang", "ru", "return", "/sign-in").is(t, 200).shows(t, "Войти")
}

func TestAccount(t *testing.T) {
	w := newTown(t)
	b, other := w.as(auth.Owner), w.as(auth.Owner)
	b.get("/account").is(t, 200).shows(t, "olga@example.com", "Owner")
	b.post("/account", "present", "wrong", "password", "new words for me", "repeated", "new words for me").is(t, 422).shows(t, "The present password is wrong")
	b.post("/account", "present", password, "password", "new words for me", "repeated", "other").is(t, 422).shows(t, "The two passwords differ")
	b.post("/account", "present", password, "password", "new words for me", "repeated", "new words for me").is(t, 200).shows(t, "The password was changed.")
	other.get("/account").shows(t, "Sign in")
	b.post("/account/sign-out").is(t, 200).shows(t, "Sign in")
	b.get("/account").shows(t, "Sign in")
}

func TestProgrammesAreKeptApart(t *testing.T) {
	w := newTown(t)
	agent := w.as(auth.Agent)
	w.makeProgramme("other", "Other Brand")
	owner := w.as(auth.Owner)
	if home := owner.get("/"); home.path != "/programmes" {
		t.Errorf("with two programmes, home leads to %s", home.path)
	}
	owner.get("/programmes").is(t, 200).shows(t, "Bean & Leaf", "Other Brand", "New programme", "Owner")
	owner.get("/p/other/members").is(t, 200).shows(t, "Other Brand", "No members yet")
	agent.get("/programmes").is(t, 200).hides(t, "Other Brand", "New programme")
	agent.get("/p/other/members").is(t, http.StatusNotFound).hides(t, "Other Brand")
	agent.get("/programmes/new").is(t, http.StatusNotFound)
	agent.get("/p/nowhere").is(t, http.StatusNotFound)
}

func TestFailuresKeepTheFrame(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Till)
	b.get("/p/bean/no-such-page").is(t, 404).shows(t, "This cannot be found", "Members")
	b.get("/p/bean/members/mem_zzz").is(t, 404).shows(t, "This cannot be found")
	w.stranger().get("/no-such-page").is(t, 404).shows(t, "This cannot be found").hides(t, "Members")
	if p := w.stranger().fragment("/p/bean/members"); p.header.Get("HX-Redirect") != "/sign-in" {
		t.Errorf("a part of a page leads a stranger to %q", p.header.Get("HX-Redirect"))
	}
}
