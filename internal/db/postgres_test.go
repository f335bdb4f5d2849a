package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

// proxy stands between the program and the server and can be stopped and
// started, as a server that is restarted.
type proxy struct {
	t       *testing.T
	server  string
	address string
	asked   atomic.Int64 // questions: what clients said after the server had spoken
	spoke   atomic.Bool  // the server, last

	mu       sync.Mutex
	listener net.Listener
	open     []net.Conn
}

func newProxy(t *testing.T, server string) *proxy {
	p := &proxy{t: t, server: server, address: "127.0.0.1:0"}
	p.start()
	p.address = p.listener.Addr().String()
	t.Cleanup(p.stop)
	return p
}

func (p *proxy) start() {
	listener, err := net.Listen("tcp", p.address)
	if err != nil {
		p.t.Fatalf("listening: %v", err)
	}
	p.mu.Lock()
	p.listener = listener
	p.mu.Unlock()
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			p.join(in)
		}
	}()
}

func (p *proxy) join(in net.Conn) {
	out, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = in.Close()
		return
	}
	p.mu.Lock()
	p.open = append(p.open, in, out)
	p.mu.Unlock()
	for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
		go func() {
			_, _ = io.Copy(&noted{pair[0], p, pair[1] == out}, pair[1])
			_ = pair[0].Close()
		}()
	}
}

// noted passes on what one side says and counts the questions.
type noted struct {
	io.Writer
	proxy  *proxy
	server bool
}

func (n *noted) Write(said []byte) (int, error) {
	if before := n.proxy.spoke.Swap(n.server); before && !n.server {
		n.proxy.asked.Add(1)
	}
	return n.Writer.Write(said)
}

func (p *proxy) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.listener.Close()
	for _, c := range p.open {
		_ = c.Close()
	}
	p.open = nil
}

func throughProxy(t *testing.T) (*proxy, *db.DB) {
	t.Helper()
	address, err := url.Parse(dbtest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, address.Host)
	address.Host = p.address
	return p, dbtest.Open(t, db.Config{URL: address.String(), Now: time.Now, Readers: 4, Writers: 4}, schema)
}

func unavailable(err error) bool {
	return code(err) == "database_unavailable" && fault.KindOf(err) == fault.KindBusy
}

// While the server is away everything says so; when it is back, all goes on
// with the same pools, and what was acknowledged is there.
func TestServerAway(t *testing.T) {
	p, d := throughProxy(t)
	write := func(n int) error {
		return d.InTx(t.Context(), func(tx *db.Tx) error { return addThing(t.Context(), tx, n) })
	}
	read := func() error {
		_, err := ids(d.Reader().Query(t.Context(), "SELECT id FROM thing"))
		return err
	}
	readRow := func() error {
		return db.Fault(d.Reader().QueryRow(t.Context(), "SELECT COUNT(*) FROM thing").Scan(new(int)))
	}
	view := func() error {
		return d.View(t.Context(), func(q db.Queryer) error { return q.QueryRow(t.Context(), "SELECT 1").Scan(new(int)) })
	}
	for round := range 3 {
		if err := errors.Join(write(round), read(), readRow(), view()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		p.stop()
		for what, err := range map[string]error{"write": write(99), "read": read(), "row": readRow(), "view": view()} {
			if !unavailable(err) {
				t.Errorf("%s while the server is away: %v", what, err)
			}
		}
		p.start()
	}
	if err := write(3); err != nil {
		t.Errorf("after the last: %v", err)
	}
	if n := count(t, d.Reader(), "thing"); n != 4 {
		t.Errorf("%d rows", n)
	}
}

// The connection breaks within a transaction, at each kind of statement.
func TestServerGoesInsideTransaction(t *testing.T) {
	p, d := throughProxy(t)
	statements := map[string]func(tx *db.Tx) error{
		"exec":   func(tx *db.Tx) error { return addThing(t.Context(), tx, 2) },
		"query":  func(tx *db.Tx) error { _, err := ids(tx.Query(t.Context(), "SELECT id FROM thing")); return err },
		"row":    func(tx *db.Tx) error { return tx.QueryRow(t.Context(), "SELECT 1").Scan(new(int)) },
		"commit": func(*db.Tx) error { return nil },
	}
	for name, statement := range statements {
		err := d.InTx(t.Context(), func(tx *db.Tx) error {
			if err := addThing(t.Context(), tx, 1); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			p.stop()
			return statement(tx)
		})
		if !unavailable(err) {
			t.Errorf("%s: %v", name, err)
		}
		p.start()
	}
	if n := count(t, d.Reader(), "thing"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// An error of the caller's own that looks like a broken connection is his.
func TestCallersErrorIsLeftAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.InTx(t.Context(), func(*db.Tx) error { return io.ErrUnexpectedEOF })
		if !errors.Is(err, io.ErrUnexpectedEOF) || fault.As(err) != nil {
			t.Errorf("got %v", err)
		}
	}, schema)
}

// The server ends all connections under load, as it does when it shuts down.
// Every write either is acknowledged and there, or failed with a clear error.
func TestServerEndsConnectionsUnderLoad(t *testing.T) {
	address, name := dbtest.PostgresURL(t), fmt.Sprint("db-restart-", os.Getpid())
	d := dbtest.Open(t, db.Config{URL: address + "&application_name=" + name, Now: time.Now, Readers: 4, Writers: 4}, schema)
	admin, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	var acknowledged sync.Map
	var failed atomic.Int64
	group, ctx := errgroup.WithContext(t.Context())
	for g := range 4 {
		group.Go(func() error {
			for i := range 150 {
				n := g*1000 + i
				err := d.InTx(ctx, func(tx *db.Tx) error { return addThing(ctx, tx, n) })
				if err == nil {
					acknowledged.Store(int64(n), true)
				} else if failed.Add(1); !unavailable(err) {
					return err
				}
			}
			return nil
		})
	}
	for failed.Load() < 5 && ctx.Err() == nil {
		_, err := admin.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", name)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	stored := map[int64]bool{}
	for _, v := range readThings(t, d.Reader()) {
		stored[v.ID] = true
	}
	acknowledged.Range(func(n, _ any) bool {
		if !stored[n.(int64)] {
			t.Errorf("%d was acknowledged and is lost", n)
		}
		return true
	})
	if err := d.InTx(t.Context(), func(tx *db.Tx) error { return addThing(t.Context(), tx, 9999) }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestDeadlockIsRetryable(t *testing.T) {
	d := dbtest.Postgres(t, schema)
	inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
		return tx.Insert(ctx, tallies, [][]any{{1, 1, 0}, {2, 1, 0}})
	})
	var both sync.WaitGroup
	both.Add(2)
	cross := func(first, second int) error {
		return d.InTx(t.Context(), func(tx *db.Tx) error {
			if err := tx.Update(t.Context(), tallies, [][]any{{first, 1, 1}}); err != nil {
				return err
			}
			both.Done()
			both.Wait()
			return tx.Update(t.Context(), tallies, [][]any{{second, 1, 1}})
		})
	}
	answers := make(chan error, 2)
	go func() { answers <- cross(1, 2) }()
	go func() { answers <- cross(2, 1) }()
	a, b := <-answers, <-answers
	if a == nil {
		a, b = b, a
	}
	if !db.Retryable(a) || b != nil {
		t.Errorf("got %v and %v", a, b)
	}
}

func TestRefusedByServer(t *testing.T) {
	address, err := url.Parse(dbtest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(change func(u *url.URL)) string {
		u := *address
		change(&u)
		return u.String()
	}
	for text, want := range map[string]string{
		"mysql://localhost/x":     "database_url",
		"postgres://%zz":          "database_url",
		"postgres://127.0.0.1:1/": "database_unavailable",
		wrong(func(u *url.URL) { u.Path = "/no_such_database" }):                 "database_refused",
		wrong(func(u *url.URL) { u.User = url.UserPassword("nobody", "wrong") }): "database_refused",
	} {
		if err := openError(t, db.Config{URL: text}); code(err) != want {
			t.Errorf("%s: wanted %s, got %v", text, want, err)
		}
	}
}

func TestReadOnlyPostgres(t *testing.T) {
	url := dbtest.PostgresURL(t)
	d := dbtest.Open(t, db.Config{URL: url}, schema)
	inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return addThing(ctx, tx, 1) })
	r := dbtest.Open(t, db.Config{URL: url, ReadOnly: true}, schema)
	if n := count(t, r.Reader(), "thing"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if err := r.InTx(t.Context(), func(*db.Tx) error { return nil }); fault.KindOf(err) != fault.KindRefused {
		t.Errorf("writing: %v", err)
	}
}

// TestThePlannerPrefersIndexes, unless the database's address says otherwise.
func TestThePlannerPrefersIndexes(t *testing.T) {
	address, err := url.Parse(dbtest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]string{"": "1.1", "3": "3"} {
		own, q := *address, address.Query()
		if said != "" {
			q.Set("random_page_cost", said)
		}
		own.RawQuery = q.Encode()
		d := dbtest.Open(t, db.Config{URL: own.String()})
		var got string
		if err := d.Reader().QueryRow(t.Context(), `SHOW random_page_cost`).Scan(&got); err != nil || got != want {
			t.Errorf("with %q a page found by an index costs %s, want %s (%v)", said, got, want, err)
		}
	}
}
