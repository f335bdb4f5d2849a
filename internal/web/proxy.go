package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Behind lets a request that comes from one of our proxies be from where the proxy
// says: the last address in X-Forwarded-For that is no proxy's. What others write
// there is not believed, and without proxies nothing is.
func Behind(proxies []netip.Prefix, next http.Handler) http.Handler {
	if len(proxies) == 0 {
		return next
	}
	ours := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && ours(from.Addr().Unmap()) {
			if said := forwarded(r.Header.Values("X-Forwarded-For"), ours); said.IsValid() {
				r.RemoteAddr = netip.AddrPortFrom(said, 0).String()
			}
		}
		next.ServeHTTP(w, r)
	})
}

// forwarded is the last address of the lists that is not ours, or none where one
// behind it cannot be read.
func forwarded(lists []string, ours func(netip.Addr) bool) netip.Addr {
	all := strings.Split(strings.Join(lists, ","), ",")
	for _, text := range slices.Backward(all) {
		text = strings.TrimSpace(text)
		a, err := netip.ParseAddr(text)
		if err != nil { // some write a port behind it
			with, err := netip.ParseAddrPort(text)
			if err != nil {
				break
			}
			a = with.Addr()
		}
		if a = a.Unmap(); !ours(a) {
			return a
		}
	}
	return netip.Addr{}
}
