package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

const (
	publicRate   = 500  // requests a second
	publicOrders = 1000 // that have pages
	eachVisitor  = 4    // requests come from one address
)

// kind says what a visitor of the customers' pages does.
type kind int

// The kinds: a page is shown, a card's door leads on, a form is sent.
const (
	showing kind = iota
	leading
	sending
	kinds
)

// visit is one way of asking, in how many of a hundred requests.
type visit struct {
	share int
	kind
	request func(d *doors, n int) (path, form string)
}

// visits are what visitors do, as their shares were guessed: cards are scanned and
// parcels looked for most, and one request in ten sends a form.
var visits = []visit{
	{22, showing, func(d *doors, n int) (string, string) { return "/t/" + one(d.Cards, n), "" }},
	{18, leading, func(d *doors, n int) (string, string) { return "/t/" + one(d.Cards, n) + "/r", "" }},
	{20, showing, func(d *doors, n int) (string, string) { return "/track/" + one(d.Parcels, n), "" }},
	{12, showing, func(d *doors, n int) (string, string) { return "/s/" + one(d.Surveys, n), "" }},
	{8, showing, func(*doors, int) (string, string) { return "/c/" + slug, "" }},
	{5, showing, func(*doors, int) (string, string) { return "/return/" + slug, "" }},
	{3, showing, func(d *doors, n int) (string, string) { return "/return/" + slug + "/" + one(d.Orders, n), "" }},
	{2, showing, func(*doors, int) (string, string) { return "/w/" + slug + "/reviews", "" }},
	{5, sending, func(d *doors, n int) (string, string) {
		return "/s/" + one(d.Surveys, n), fmt.Sprintf("question=score&answer=%d", n%11)
	}},
	{2, sending, func(_ *doors, n int) (string, string) {
		return "/c/" + slug, fmt.Sprintf("kind=complaint&reason=late&wanted=apology&nonce=bench%020d", n)
	}},
	{3, sending, func(d *doors, n int) (string, string) {
		return "/return/" + slug, fmt.Sprintf("order=%d&key=%s", n%len(d.Orders), url.QueryEscape(postcode))
	}},
}

func one(list []string, n int) string { return list[n%len(list)] }

// visiting is what the n-th request does: the kinds of visit follow one another
// scattered, each with its share of every hundred.
func visiting(n int) *visit {
	const scatter = 37 // has no divisor in common with 100
	at := n * scatter % 100
	for i := range visits {
		if at -= visits[i].share; at < 0 {
			return &visits[i]
		}
	}
	return &visits[0]
}

// asked makes the bytes of the n-th request. A proxy in front names the visitor,
// of whom there is another every few requests, as the limits count by address.
func (v *visit) asked(d *doors, n int) []byte {
	path, form := v.request(d, n)
	visitor := n / eachVisitor
	head := fmt.Sprintf("%%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 10.%d.%d.%d\r\nAccept-Language: en\r\n", path, visitor>>16&255, visitor>>8&255, visitor&255)
	if form == "" {
		return fmt.Appendf(nil, head+"\r\n", "GET")
	}
	return fmt.Appendf(nil, head+"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", "POST", len(form), form)
}

// public measures the pages of customers under all kinds of visits at once, sent
// evenly.
func (b *Bench) public(ctx context.Context) error {
	for _, on := range b.databases() {
		err := b.hosted(ctx, on, func(r *remote) error {
			made, err := r.order(command{Do: "publish", To: min(publicOrders, b.Options.Members)})
			if err != nil {
				return err
			}
			f := Figure{Section: "public", Name: fmt.Sprintf("%s, all requests, %d/s", on, publicRate), Unit: "requests", Aim: fmt.Sprintf("%d/s, no errors", publicRate)}
			var parts [kinds]run
			var failed int64
			f, err = b.measured(r, f, 1, func() (met run, err error) {
				met, parts, failed, err = b.visited(ctx, r.Addr, made.Doors)
				return met, err
			})
			if err != nil {
				return err
			}
			f.Counted, f.Errors = true, failed
			b.add(f)
			for k, name := range [kinds]string{showing: "pages shown", leading: "redirects of cards", sending: "forms sent"} {
				part := Figure{Section: "public", Name: fmt.Sprintf("%s, %s", on, name), Rate: parts[k].rate(), Unit: "requests", P50: parts[k].quantile(0.5), P99: parts[k].quantile(0.99)}
				if kind(k) == leading {
					part.Aim = "p99 < 10 ms"
				}
				b.add(part)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// visited sends the visits evenly, whether or not earlier ones were answered in
// time, and returns what they met with, all together and by kind, and how many
// were answered with an error.
func (b *Bench) visited(ctx context.Context, addr string, d *doors) (all run, parts [kinds]run, failed int64, err error) {
	begun, gap := b.Now(), time.Second/publicRate
	total := int64(b.Options.Duration / gap)
	var count, refused atomic.Int64
	var latencies [crowd][kinds][]time.Duration
	all, err = b.drive(addr, crowd, func(c *client, who int) (list []time.Duration, err error) {
		for n := count.Add(1); n <= total && err == nil && ctx.Err() == nil; n = count.Add(1) {
			v := visiting(int(n))
			request, due := v.asked(d, int(n)), begun.Add(time.Duration(n)*gap)
			b.Sleep(due.Sub(b.Now()))
			err = c.ask(request)
			if bad, is := errors.AsType[*refusal](err); is {
				if err = nil; refused.Add(1) == 1 { // one is enough to tell what is wrong
					path, _ := v.request(d, int(n))
					fmt.Fprintf(b.Log, "%s: %.300s\n", path, bad)
				}
			}
			took := b.Now().Sub(due)
			list, latencies[who][v.kind] = append(list, took), append(latencies[who][v.kind], took)
		}
		return list, err
	})
	for k := range parts {
		parts[k].took = all.took
		for who := range latencies {
			parts[k].latencies = append(parts[k].latencies, latencies[who][k]...)
		}
		slices.Sort(parts[k].latencies)
	}
	return all, parts, refused.Load(), err
}
