package guest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/guest"
	"regulars/internal/id"
)

func TestSignInByCode(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		p := w.phone()
		if at := p.get("/me/bean/rewards").is(200).path; at != "/me/bean/sign-in" {
			t.Errorf("a stranger sees %s", at)
		}
		p.post("/me/bean/sign-in", "email", " Anna@Example.COM ").is(200).shows("Type the code")
		sent := w.last()
		if sent.member != anna || sent.to.Value != "anna@example.com" || len(sent.code) != 6 || !strings.HasPrefix(sent.link, "/me/bean/link/") {
			t.Fatalf("sent %+v", sent)
		}
		typed := sent.code[:3] + " " + sent.code[3:]
		home := p.post("/me/bean/code", "code", typed).is(200).shows("Hello, Anna")
		if home.path != "/me/bean/" || home.header.Get("Cache-Control") != "no-store" {
			t.Errorf("at %s with %q", home.path, home.header.Get("Cache-Control"))
		}
		if rows := w.audited("guest.sign_in"); len(rows) != 1 || rows[0].Subject != anna.In(id.Member) || rows[0].Actor != "member:"+anna.In(id.Member) {
			t.Errorf("audited %+v", rows)
		}
		p.post("/me/bean/sign-out").is(200).shows("You are signed out")
		if at := p.get("/me/bean/").path; at != "/me/bean/sign-in" {
			t.Errorf("after signing out at %s", at)
		}
	})
}

func (w *town) audited(action string) []auth.AuditRow {
	w.t.Helper()
	rows, err := auth.New(w.db, auth.Config{Now: w.now}).Audit(ctx, system, auth.AuditFilter{Action: action})
	check(w.t, err)
	return rows
}

// TestAnAddressIsNotGivenAway compares the answers for a known and an unknown
// address, and for a wrong code of each.
func TestAnAddressIsNotGivenAway(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		known, unknown := w.phone(), w.phone()
		a, b := known.post("/me/bean/sign-in", "email", "anna@example.com"), unknown.post("/me/bean/sign-in", "email", "nobody@example.com")
		if a.status != b.status || a.text() != b.text() || a.path != b.path {
			t.Errorf("the answers differ:\n%s\n%s", a.text(), b.text())
		}
		if n := len(w.letters()); n != 1 {
			t.Errorf("%d letters", n)
		}
		for range 6 {
			a, b = known.post("/me/bean/code", "code", "wrong"), unknown.post("/me/bean/code", "code", "wrong")
			if a.is(422).text() != b.is(422).text() {
				t.Errorf("the refusals differ:\n%s\n%s", a.text(), b.text())
			}
		}
	})
}

// TestACodeIsGoodOnceForTenMinutesAndFiveTries tries what must not work.
func TestACodeIsGoodOnceForTenMinutesAndFiveTries(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		ask := func() *phone {
			p := w.phone()
			p.post("/me/bean/sign-in", "email", "anna@example.com").is(200)
			return p
		}
		refused := func(p *phone, code string) {
			t.Helper()
			p.post("/me/bean/code", "code", code).is(422).shows("The code is wrong, was used, or is older")
		}
		t.Run("once", func(t *testing.T) {
			p := ask()
			jar := p.client.Jar
			code, cookies := w.last().code, jar.Cookies(w.at("/me/bean/"))
			p.post("/me/bean/code", "code", code).is(200)
			again := w.phone()
			again.client.Jar.SetCookies(w.at("/me/bean/"), cookies)
			refused(again, code)
		})
		t.Run("late", func(t *testing.T) {
			p := ask()
			w.pass(10 * time.Minute)
			refused(p, w.last().code)
		})
		t.Run("guessed", func(t *testing.T) {
			p := ask()
			code := w.last().code
			for i := range 5 {
				refused(p, fmt.Sprintf("%06d", (number(code)+i+1)%1_000_000))
			}
			refused(p, code)
		})
		t.Run("elsewhere", func(t *testing.T) {
			w.pass(time.Hour)
			ask()
			other := w.phone()
			other.post("/me/bean/sign-in", "email", "nobody@example.com").is(200)
			refused(other, w.last().code)
		})
		t.Run("erased", func(t *testing.T) {
			m := w.join("Ewa", "Nowak", "ewa@example.com")
			p := w.phone()
			p.post("/me/bean/sign-in", "email", "ewa@example.com").is(200)
			check(t, w.flow.Erase(ctx, system, w.programme.ID, m))
			refused(p, w.last().code)
		})
	})
}

func number(code string) (n int) {
	_, _ = fmt.Sscanf(code, "%d", &n)
	return n
}

// TestALinkSignsInByPostAlone lets a mail program look at the link first.
func TestALinkSignsInByPostAlone(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		w.phone().post("/me/bean/sign-in", "email", "anna@example.com").is(200)
		link := w.last().link
		scanner := w.phone()
		for range 3 {
			scanner.get(link).is(200).shows("One more touch")
		}
		if at := scanner.get("/me/bean/").path; at != "/me/bean/sign-in" {
			t.Fatalf("looking at the link signed in: %s", at)
		}
		p := w.phone()
		p.post(link).is(200).shows("Hello, Anna")
		w.phone().post(link).is(404).shows("The link was used")
		w.phone().get(link).is(404)
		w.phone().get("/me/bean/link/nonsense").is(404)
	})
}

func TestMessagesAreLimited(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		for range 3 {
			w.phone().post("/me/bean/sign-in", "email", "anna@example.com").is(200)
		}
		fourth := w.phone().post("/me/bean/sign-in", "email", "anna@example.com").is(http.StatusTooManyRequests).shows("That was too often")
		if fourth.header.Get("Retry-After") == "" {
			t.Error("it is not said when to try again")
		}
		if n := len(w.letters()); n != 3 {
			t.Errorf("%d letters", n)
		}
		w.pass(5 * time.Minute)
		w.phone().post("/me/bean/sign-in", "email", "anna@example.com").is(200)
		for i := 0; ; i++ {
			if i > 40 {
				t.Fatal("one network may ask for ever")
			}
			if w.phone().post("/me/bean/sign-in", "email", fmt.Sprintf("nobody%d@example.com", i)).status == http.StatusTooManyRequests {
				break
			}
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		out := func(p *phone, why string) {
			t.Helper()
			if at := p.get("/me/bean/history").path; at != "/me/bean/sign-in" {
				t.Errorf("%s: still signed in", why)
			}
		}
		idle := w.signedIn("anna@example.com")
		w.pass(29 * 24 * time.Hour)
		idle.get("/me/bean/").is(200).shows("Hello, Anna")
		w.pass(30 * 24 * time.Hour)
		out(idle, "idle")
		old := w.signedIn("anna@example.com")
		for range 9 {
			w.pass(20*24*time.Hour - time.Hour)
			old.get("/me/bean/")
		}
		w.pass(10 * time.Hour)
		out(old, "old")
		one, other := w.signedIn("anna@example.com"), w.signedIn("anna@example.com")
		one.get("/me/bean/profile/privacy").shows("Your devices", "This device")
		one.post("/me/bean/sign-out-everywhere").is(200).shows("signed out on every device")
		out(other, "ended from another device")
		w.pass(200 * 24 * time.Hour)
		check(t, w.guest.Sweep(ctx))
		for _, table := range []string{"guest_session", "guest_code"} {
			if n := w.count(table); n != 0 {
				t.Errorf("%d rows stay in %s", n, table)
			}
		}
	})
}

func (w *town) count(table string) (n int64) {
	w.t.Helper()
	check(w.t, w.db.Reader().QueryRow(ctx, `SELECT CAST(COUNT(*) AS BIGINT) FROM `+table).Scan(&n))
	return n
}

// TestNothingReadableIsKept searches what was written for the secrets.
func TestNothingReadableIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		p := w.phone()
		p.post("/me/bean/sign-in", "email", "anna@example.com").is(200)
		sent := w.last()
		var kept []string
		rows, err := w.db.Reader().Query(ctx, `SELECT hash || ' ' || code || ' ' || link || ' ' || address FROM guest_code UNION ALL SELECT subject FROM throttle`)
		check(t, err)
		defer rows.Close()
		for rows.Next() {
			var text string
			check(t, rows.Scan(&text))
			kept = append(kept, text)
		}
		check(t, rows.Err())
		if len(kept) != 3 {
			t.Fatalf("%d rows", len(kept))
		}
		all := strings.Join(kept, "\n")
		secrets := []string{strings.TrimPrefix(sent.link, "/me/bean/link/"), "anna@example.com"}
		for _, c := range p.client.Jar.Cookies(w.at("/me/bean/")) {
			secrets = append(secrets, c.Value)
		}
		for _, s := range secrets {
			if strings.Contains(all, s) {
				t.Errorf("%q is kept", s)
			}
		}
	})
}

// TestOneProgrammeIsNotAnother carries a session over by hand.
func TestOneProgrammeIsNotAnother(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		p := w.signedIn("anna@example.com")
		w.makeProgramme("other", "Other")
		cookies := p.client.Jar.Cookies(w.at("/me/bean/"))
		p.client.Jar.SetCookies(w.at("/me/other/"), cookies)
		r, err := http.NewRequest(http.MethodGet, w.server.URL+"/me/other/", nil)
		check(t, err)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		if at := p.do(r).path; at != "/me/other/sign-in" {
			t.Errorf("at %s", at)
		}
		p.get("/me").is(200).shows("Bean & Leaf", "Other")
		p.get("/me/nowhere/").is(404)
	})
}

func TestWithoutACourierThePageSaysSo(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		w.guest.Courier = nil
		p := w.phone()
		p.get("/me").is(200).shows("Messages cannot be sent yet")
		p.post("/me/bean/sign-in", "email", "anna@example.com").is(200).shows("Messages cannot be sent yet")
		if n := w.count("guest_code"); n != 0 {
			t.Errorf("%d codes", n)
		}
	})
}

// TestAMergedCustomerStaysSignedIn signs the loser of a merge in before it.
func TestAMergedCustomerStaysSignedIn(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna, old := w.join("Anna", "Nowak", "anna@example.com"), w.join("A.", "Nowak", "old@example.com")
		w.buy(anna, 40, 120)
		p := w.signedIn("old@example.com")
		_, err := w.flow.Merge(ctx, system, w.programme.ID, anna, old)
		check(t, err)
		p.get("/me/bean/").is(200).shows("Hello, Anna", "120 to use")
	})
}

// TestRoom erases a person, and looks at what flow is told.
func TestRoom(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		w.signedIn("anna@example.com")
		w.phone().post("/me/bean/sign-in", "email", "anna@example.com").is(200)
		room := guest.Room()
		err := w.db.View(ctx, func(q db.Queryer) error {
			if err := room.Check(ctx, q, w.programme.ID, func(what string) { t.Errorf("check: %s", what) }); err != nil {
				return err
			}
			told, err := room.Export(ctx, q, w.programme.ID, []id.ID{anna})
			if text := fmt.Sprint(told); !strings.Contains(text, "sessions") {
				t.Errorf("exported %s", text)
			}
			return err
		})
		check(t, err)
		check(t, w.flow.Erase(ctx, system, w.programme.ID, anna))
		if w.count("guest_session") != 0 || w.count("guest_code") != 0 {
			t.Error("an erased member is still signed in")
		}
	})
}

// TestCheckFindsABrokenSession puts one out of order.
func TestCheckFindsABrokenSession(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		w.signedIn("anna@example.com")
		check(t, w.db.InTx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE guest_session SET seen = created - 1`)
			return err
		}))
		noted := 0
		check(t, guest.Room().Check(ctx, w.db.Reader(), w.programme.ID, func(string) { noted++ }))
		if noted != 1 {
			t.Errorf("%d notes", noted)
		}
	})
}
