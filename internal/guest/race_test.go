package guest_test

import (
	"net/http"
	"sync"
	"testing"

	"regulars/internal/id"
)

// together does something on many phones with the same cookies at once and
// returns the statuses.
func (p *phone) together(n int, do func(*phone) page) map[int]int {
	var wait sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	cookies := p.client.Jar.Cookies(p.w.at("/me/bean/"))
	for range n {
		other := p.w.phone()
		other.client.Jar.SetCookies(p.w.at("/me/bean/"), cookies)
		other.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		wait.Go(func() {
			answer := do(other)
			mu.Lock()
			defer mu.Unlock()
			statuses[answer.status]++
		})
	}
	wait.Wait()
	return statuses
}

// TestARaceForACode sends the right code from eight places at once.
func TestARaceForACode(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		p := w.phone()
		p.post("/me/bean/sign-in", "email", "anna@example.com").is(200)
		sent := w.last()
		codes := p.together(4, func(p *phone) page { return p.post("/me/bean/code", "code", sent.code) })
		links := p.together(4, func(p *phone) page { return p.post(sent.link) })
		if codes[http.StatusSeeOther]+links[http.StatusSeeOther] != 1 || w.count("guest_session") != 1 {
			t.Errorf("codes %v, links %v, %d sessions", codes, links, w.count("guest_session"))
		}
	})
}

// TestARaceForTries guesses more often at once than one may.
func TestARaceForTries(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		p := w.phone()
		p.post("/me/bean/sign-in", "email", "anna@example.com").is(200)
		p.together(12, func(p *phone) page { return p.post("/me/bean/code", "code", "wrong") })
		var tries int64
		check(t, w.db.Reader().QueryRow(ctx, `SELECT tries FROM guest_code`).Scan(&tries))
		if tries != 5 {
			t.Errorf("%d tries were let through", tries)
		}
		p.post("/me/bean/code", "code", w.last().code).is(422)
	})
}

// TestARaceForAReward sends one form from eight places at once.
func TestARaceForAReward(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		p := w.signedIn("anna@example.com")
		before, nonce := w.available(l.anna), p.get("/me/bean/rewards").value("nonce")
		statuses := p.together(8, func(p *phone) page {
			return p.post("/me/bean/rewards", "reward", l.coffee.ID.In(id.Reward), "nonce", nonce, "points", "40", "money", "0")
		})
		if got := w.available(l.anna); got != before-40 || statuses[http.StatusSeeOther] != 8 {
			t.Errorf("%d points, were %d; answers %v", got, before, statuses)
		}
	})
}

// TestABeginnersPages opens every page before anything happened.
func TestABeginnersPages(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("", "", "new@example.com")
		p := w.signedIn("new@example.com")
		for path, says := range map[string]string{
			"/": "Nothing here yet", "/rewards": "No rewards yet", "/codes": "No codes yet", "/history": "Joined the programme",
			"/history/gained": "Nothing was bought with this card yet", "/profile/consents": "You have not answered yet",
		} {
			p.get("/me/bean" + path).is(200).shows(says)
		}
		w.pass(1)
		p.get("/me/bean/", "Accept-Language", "pl-PL,pl;q=0.9").is(200).shows("Cześć")
		p.get("/me/bean/", "Accept-Language", "ru").is(200).shows("Здравствуйте")
	})
}
