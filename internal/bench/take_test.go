package bench

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/api"
	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
	sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, api.Schema,
}

// BenchmarkTake takes purchases without HTTP, for profiles: CPU per event is
// the figure to look at.
func BenchmarkTake(b *testing.B) {
	for _, on := range []string{"sqlite", "postgres"} {
		for _, clients := range []int{1, 32, 128} {
			b.Run(fmt.Sprintf("%s/%d", on, clients), func(b *testing.B) {
				c := db.Config{Dir: b.TempDir(), Now: time.Now}
				if on == "postgres" {
					c = db.Config{URL: dbtest.PostgresURL(b), Now: time.Now}
				}
				benchmarkTake(b, dbtest.Open(b, c, schemas...), clients)
			})
		}
	}
}

func benchmarkTake(b *testing.B, d *db.DB, clients int) {
	ctx := context.Background()
	s := flow.New(flow.Config{DB: d, Now: time.Now, Log: slog.New(slog.DiscardHandler), News: true})
	defer s.Close()
	h := Host{Rooms: rooms(d, s), DB: d}
	shop, err := h.shop(ctx)
	if err != nil {
		b.Fatal(err)
	}
	const members = 20_000
	if err := h.fill(ctx, shop.Programme, command{Do: "fill", To: members, Members: members}); err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	before, _ := Used()
	b.ResetTimer()
	var wait sync.WaitGroup
	for range clients {
		wait.Go(func() {
			for {
				n := int(next.Add(1))
				if n > b.N {
					return
				}
				if _, err := s.TakeOne(ctx, Purchase(shop.Programme, "till", n, rand.IntN(members))); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	b.StopTimer()
	after, _ := Used()
	b.ReportMetric(float64((after.CPU-before.CPU).Microseconds())/float64(b.N), "cpu-µs/event")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func rooms(d *db.DB, s *flow.Service) Rooms {
	decimals := func(ctx context.Context, q db.Queryer, programme, wallet id.ID) (int, error) {
		w, err := ledger.LoadWallet(ctx, q, programme, wallet)
		return w.Decimals, err
	}
	return Rooms{
		Auth: auth.New(d, auth.Config{Now: time.Now}), Programmes: program.New(d), Ledger: ledger.NewService(d),
		Rules: earn.New(d, time.Now, decimals), Ladders: tier.New(d, time.Now), Offers: promo.New(d, time.Now), Flow: s, Now: time.Now,
	}
}

// BenchmarkQuote prices baskets of twenty lines with a code, among many offers
// and rules, without HTTP.
func BenchmarkQuote(b *testing.B) {
	ctx := context.Background()
	d := dbtest.Open(b, db.Config{Dir: b.TempDir(), Now: time.Now}, schemas...)
	s := flow.New(flow.Config{DB: d, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	defer s.Close()
	h := Host{Rooms: rooms(d, s), DB: d}
	shop, err := h.shop(ctx)
	if err != nil {
		b.Fatal(err)
	}
	const members = 1000
	if err := h.fill(ctx, shop.Programme, command{Do: "fill", To: members, Members: members}); err != nil {
		b.Fatal(err)
	}
	if err := h.promote(ctx, shop.Programme); err != nil {
		b.Fatal(err)
	}
	for n := 0; b.Loop(); n++ {
		e := Purchase(shop.Programme, "till", n, rand.IntN(members))
		e.Payload.Checkout = &flow.Checkout{Codes: []string{sharedCode}}
		e.Payload.Lines = make([]sale.Line, basketLines)
		for i := range e.Payload.Lines {
			e.Payload.Lines[i] = sale.Line{SKU: fmt.Sprintf("sku-%d", i), Category: category((n + i*7) % promotions), Quantity: int64(1+i%4) * 1000, Amount: int64(1000 + (n+i)%40*100)}
		}
		if _, err := s.Quote(ctx, e); err != nil {
			b.Fatal(err)
		}
	}
}
