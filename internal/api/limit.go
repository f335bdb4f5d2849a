package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// limiters hold back keys that ask too often, each by itself. They are kept in
// this process: with several behind a balancer each allows the whole rate.
type limiters struct {
	rate  rate.Limit
	burst int
	now   func() time.Time
	// policy is the header that never changes.
	policy []string

	mu    sync.RWMutex
	byKey map[id.ID]*rate.Limiter
}

func newLimiters(l Limits, now func() time.Time) *limiters {
	return &limiters{
		rate: rate.Limit(l.Rate), burst: l.Burst, now: now, policy: []string{strconv.Itoa(l.Burst)}, byKey: map[id.ID]*rate.Limiter{},
	}
}

// of returns the limiter of a key. There are as many as keys that were used.
func (ls *limiters) of(key id.ID) *rate.Limiter {
	ls.mu.RLock()
	l := ls.byKey[key]
	ls.mu.RUnlock()
	if l != nil {
		return l
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if l = ls.byKey[key]; l == nil {
		l = rate.NewLimiter(ls.rate, ls.burst)
		ls.byKey[key] = l
	}
	return l
}

// allow counts a request of the key and says in the header what is left: how
// many requests at once, and after how many seconds all of them again.
func (ls *limiters) allow(key id.ID, h http.Header) error {
	if ls.rate < 0 {
		return nil
	}
	l, now := ls.of(key), ls.now()
	allowed := l.AllowN(now, 1)
	left := max(0, int(l.TokensAt(now)))
	h["Ratelimit-Limit"] = ls.policy
	h["Ratelimit-Remaining"] = []string{strconv.Itoa(left)}
	h["Ratelimit-Reset"] = []string{strconv.Itoa(ls.seconds(ls.burst - left))}
	if allowed {
		return nil
	}
	return fault.Busy("rate_limited", "this key asks more often than %d times a second; wait a moment", int(ls.rate)).
		With("rate", int(ls.rate)).With(retryArg, ls.seconds(1))
}

// seconds returns how long so many requests take to be allowed again, at
// least one second for any.
func (ls *limiters) seconds(requests int) int {
	if requests <= 0 {
		return 0
	}
	perSecond := max(1, int(ls.rate))
	return (requests + perSecond - 1) / perSecond
}
