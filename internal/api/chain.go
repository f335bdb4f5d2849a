package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/i18n"
)

// ServeHTTP answers a request: it gives the request a name, finds out who
// asks, and keeps what goes wrong on our side from the caller's eyes.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := s.Now()
	c := &call{s: s, w: &answer{ResponseWriter: w}, r: r, request: requestName(r)}
	c.w.call = c
	c.print = s.Catalog.Printer(language(r.Header.Get("Accept-Language"), i18n.English), nil, "")
	h := w.Header()
	h.Set("X-Request-Id", c.request)
	h.Set("X-Content-Type-Options", "nosniff")
	s.meters.underway.Inc()
	defer func() {
		s.meters.underway.Dec()
		if p := recover(); p != nil {
			c.panicked(p)
		}
		s.meters.served(c.r, c.w.status, s.Now().Sub(begun))
	}()
	c.serve()
}

// serve asks for the key where one is needed and hands the request on.
func (c *call) serve() {
	if !strings.HasPrefix(c.r.URL.Path, "/v1/") {
		c.s.mux.ServeHTTP(c.w, c.r)
		return
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), c.s.Limits.Timeout)
	defer cancel()
	c.r = c.r.WithContext(context.WithValue(ctx, callKey{}, c))
	h := c.w.Header()
	h.Set("Cache-Control", "no-store")
	if err := c.admit(ctx); err != nil {
		c.write(c.fail(err))
		return
	}
	h.Set("Content-Language", string(c.print.Lang()))
	c.s.mux.ServeHTTP(c.w, c.r)
}

// admit finds out who calls, and whether they may call once more now.
func (c *call) admit(ctx context.Context) error {
	var err error
	if c.actor, err = c.caller(ctx); err != nil {
		return err
	}
	if err := c.s.limiters.allow(c.actor.ID, c.w.Header()); err != nil {
		return err
	}
	if c.setting, err = c.s.settings.of(ctx, c.programme()); err != nil {
		return err
	}
	p := c.setting
	c.print = c.s.Catalog.Printer(language(c.r.Header.Get("Accept-Language"), p.language), p.Zone, p.Currency)
	return nil
}

// caller is whose key the request carries, or the payment provider who signed
// it.
func (c *call) caller(ctx context.Context) (auth.Actor, error) {
	if c.r.URL.Path == chargeHook {
		return c.provider(ctx)
	}
	key, err := bearer(c.r)
	if err != nil {
		return auth.Actor{}, err
	}
	return c.s.Auth.Authenticate(ctx, key, c.r.RemoteAddr)
}

// panicked answers a request on which our code slipped.
func (c *call) panicked(p any) {
	if failure, is := p.(error); is && errors.Is(failure, http.ErrAbortHandler) {
		panic(p)
	}
	err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	if f := c.fail(err); c.w.status == 0 {
		c.write(f)
	}
}

// write writes a failure that no operation met.
func (c *call) write(f *failed) {
	h := c.w.Header()
	for name, values := range f.header {
		h[name] = values
	}
	h.Set("Content-Type", problemType)
	h.Set("Content-Language", string(c.print.Lang()))
	c.w.WriteHeader(f.Status)
	_ = encode(c.w, f) // whoever does not listen any more needs no answer
}
