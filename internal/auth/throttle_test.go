package auth

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
)

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.9":                      "203.0.113.9",
		"203.0.113.9:5432":                 "203.0.113.9",
		"::ffff:203.0.113.9":               "203.0.113.9",
		"2001:db8:1:2:3:4:5:6":             "2001:db8:1:2::/64",
		"[2001:db8:1:2:9:9:9:9]:443":       "2001:db8:1:2::/64",
		"[fe80::1%eth0]:443":               "fe80::/64",
		"":                                 "unknown",
		"till-3.example.com":               "unknown",
		"203.0.113.9, 198.51.100.1":        "unknown",
		" 203.0.113.9 ":                    "203.0.113.9",
		"2001:db8:1:3:0:0:0:1":             "2001:db8:1:3::/64",
		"[::ffff:203.0.113.9]:80":          "203.0.113.9",
		"203.0.113.9\x00' OR TRUE; --\xff": "unknown",
	} {
		if got := network(address); got != want {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	}
}

// try signs in with a wrong password.
func (h *house) try(s *Service, email, address string) error {
	_, err := s.SignIn(ctx(h.t), SignIn{Email: email, Password: "not the password", Address: address})
	return err
}

func TestAccountIsThrottled(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		processes := []*Service{h.Service, h.process()}
		for i := range 5 {
			wantCode(t, fmt.Sprint("try ", i), h.try(processes[i%2], "olga@example.com", fmt.Sprintf("198.51.100.%d", i)), "sign_in_refused")
		}
		err := h.try(h.process(), " OLGA@example.com ", "198.51.100.9")
		wantCode(t, "the sixth", err, "too_many_tries")
		if got := fault.As(err).Args["seconds"]; got != int64(60) {
			t.Errorf("told to wait %v seconds, want 60", got)
		}
		_, err = h.SignIn(ctx(t), SignIn{Email: "olga@example.com", Password: password})
		wantCode(t, "the right password meanwhile", err, "too_many_tries")
		wantCode(t, "another account meanwhile", h.try(h.Service, "piotr@example.com", "198.51.100.9"), "sign_in_refused")
		h.clock.advance(time.Minute - time.Microsecond)
		wantCode(t, "a moment too early", h.try(h.Service, "olga@example.com", ""), "too_many_tries")
		h.clock.advance(time.Microsecond)
		_, err = h.SignIn(ctx(t), SignIn{Email: "olga@example.com", Password: password})
		wantCode(t, "after a minute", err, "")
	})
}

// Whether an account exists must not show in when it is throttled.
func TestUnknownAccountsAreThrottledAlike(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.hire("blocked@example.com", Assignment{here, Till})
		all := must(h.ListStaff(ctx(t), System("test"), here))(t)
		if err := h.Disable(ctx(t), System("test"), all[len(all)-1].ID); err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, email := range []string{"olga@example.com", "nobody@example.com", "blocked@example.com", "bro\x00ken\xff"} {
			said := ""
			for i := range 7 {
				said += h.try(h.Service, email, fmt.Sprintf("192.0.2.%d", i)).Error() + "\n"
			}
			told = append(told, said)
		}
		for _, said := range told[1:] {
			if said != told[0] {
				t.Errorf("got\n%swhere a known account gets\n%s", said, told[0])
			}
		}
	})
}

func TestAddressIsThrottled(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for i := range 20 {
			wantCode(t, fmt.Sprint("try ", i), h.try(h.Service, fmt.Sprintf("p%d@example.com", i), fmt.Sprintf("[2001:db8::%x]:443", i+1)), "sign_in_refused")
		}
		wantCode(t, "the next from the same network", h.try(h.Service, "new@example.com", "2001:db8::ffff"), "too_many_tries")
		wantCode(t, "from another network", h.try(h.Service, "new@example.com", "2001:db8:0:1::1"), "sign_in_refused")
		h.clock.advance(15 * time.Second)
		wantCode(t, "after a quarter of a minute", h.try(h.Service, "new@example.com", "2001:db8::ffff"), "sign_in_refused")
	})
}

func TestGoodSignInsAreNotThrottled(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for i := range 30 {
			_, err := h.SignIn(ctx(t), SignIn{Email: "olga@example.com", Password: password, Address: "192.0.2.1"})
			wantCode(t, fmt.Sprint("sign-in ", i), err, "")
		}
	})
}

func TestParallelTriesDoNotSlipPastTheBound(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		other := h.process()
		var refused, throttled atomic.Int64
		var all sync.WaitGroup
		for i := range 24 {
			all.Go(func() {
				err := h.try([]*Service{h.Service, other}[i%2], "olga@example.com", "")
				switch f := fault.As(err); {
				case f != nil && f.Code == "sign_in_refused":
					refused.Add(1)
				case f != nil && f.Code == "too_many_tries":
					throttled.Add(1)
				default:
					t.Errorf("got %v", err)
				}
			})
		}
		all.Wait()
		if refused.Load() != 5 || throttled.Load() != 19 {
			t.Errorf("%d tries were looked at and %d held back, want 5 and 19", refused.Load(), throttled.Load())
		}
	})
}

func TestChargeCountsAllOrNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		wide, narrow := From("wide:", "192.0.2.1:80", Pace{Burst: 3, Every: time.Minute}), Attempt{"narrow", Pace{Burst: 1, Every: time.Hour}}
		charge := func(tries ...Attempt) error { return Charge(ctx(t), h.d, h.clock.now(), TooOften, tries...) }
		wantCode(t, "the first", charge(wide, narrow), "")
		for range 4 {
			err := charge(wide, narrow)
			wantCode(t, "beyond the narrow bound", err, "too_often")
			if got := fault.As(err).Args["seconds"]; got != int64(3600) {
				t.Errorf("told to wait %v seconds, want 3600", got)
			}
		}
		wantCode(t, "the second of three", charge(wide), "")
		wantCode(t, "the third of three", charge(wide), "")
		wantCode(t, "a fourth", charge(wide), "too_often")
		wantCode(t, "from elsewhere", charge(From("wide:", "192.0.2.2", wide.Pace)), "")
	})
}

func TestGuessesAreCounted(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		try := From("code:", "192.0.2.1", Pace{Burst: 2, Every: time.Minute})
		look := func(found error) error { return Guessed(ctx(t), h.d, h.clock.now(), found, try) }
		for range 5 {
			wantCode(t, "found", look(nil), "")
			wantCode(t, "found and refused", look(fault.Refused("closed", "closed")), "closed")
		}
		wantCode(t, "a guess", look(fault.Missing("none", "none")), "none")
		wantCode(t, "another", look(fault.Missing("none", "none")), "none")
		wantCode(t, "one too many", look(fault.Missing("none", "none")), "too_often")
		wantCode(t, "what there is, still", look(nil), "")
	})
}

func TestSweepKeepsWhatStillHolds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for range 5 {
			wantCode(t, "a try", h.try(h.Service, "olga@example.com", "192.0.2.1"), "sign_in_refused")
		}
		h.clock.advance(2 * time.Minute)
		wantCode(t, "sweeping", h.Sweep(ctx(t)), "")
		if n := h.count(`SELECT COUNT(*) FROM throttle`); n != 1 { // the address's 75 seconds are over, the account's 300 are not
			t.Errorf("%d throttles are left, want 1", n)
		}
		h.clock.advance(3 * time.Minute)
		wantCode(t, "sweeping", h.Sweep(ctx(t)), "")
		if n := h.count(`SELECT COUNT(*) FROM throttle WHERE free_at <= $1`, db.Micros(h.clock.now())); n != 0 {
			t.Errorf("%d spent throttles are left", n)
		}
	})
}
