package partner

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/money"
)

// slowScan makes the lines of the whole past in the simplest way: it reads every
// event and every entry that there is.
func slowScan(q db.Queryer, b *book) ([]Line, error) {
	places := map[id.ID]place{}
	var lines []Line
	events, sales := map[id.ID]journal.Event{}, map[id.ID]*sold{}
	err := journal.Each(ctx, q, b.programme, func(e *journal.Event) error {
		events[e.ID] = *e
		if b.at(e.ShopID, e.Occurred) != nil {
			places[e.ID] = place{e.ID, e.ShopID, e.Occurred}
		}
		shared, err := b.offers(e)
		if shared != nil {
			sales[e.ID] = shared
			lines = append(lines, shared.lines...)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	back, err := slowBack(q, b, events, sales)
	if err != nil {
		return nil, err
	}
	lines = append(lines, back...)
	wallets := map[id.ID]bool{}
	for _, p := range b.partners {
		wallets[p.WalletID] = true
	}
	undone := map[id.ID]id.ID{}
	err = ledger.EachEntry(ctx, q, slices.Sorted(maps.Keys(wallets)), func(e ledger.Entry) error {
		_, _, from, concerns := moved(&e)
		if from.entry != 0 {
			from.event = undone[from.entry]
		}
		at, there := places[from.event]
		if !concerns || !there {
			return nil
		}
		undone[e.ID] = at.event
		if l, is := b.points(&e, at); is {
			lines = append(lines, l)
		}
		return nil
	})
	return lines, err
}

// kept returns what is noted, by what it was noted for.
func (w *town) kept(q db.Queryer) map[lineKey]Line {
	w.Helper()
	noted := map[lineKey]Line{}
	w.ok(eachLine(ctx, q, w.prog.ID, func(l *Line) error {
		noted[l.key()] = *l
		return nil
	}))
	return noted
}

// collectsAsBefore collects, and fails unless that notes what looking through
// the whole past would have.
func (w *town) collectsAsBefore() {
	w.Helper()
	var want map[lineKey]Line
	w.ok(w.d.View(ctx, func(q db.Queryer) error {
		want = w.kept(q)
		b, err := loadBook(ctx, q, w.prog.ID)
		w.ok(err)
		lines, err := slowScan(q, b)
		w.ok(err)
		for _, l := range lines {
			if _, there := want[l.key()]; there {
				continue
			}
			closed, err := closedMonths(ctx, q, l.partner)
			w.ok(err)
			l.month = b.month(&l, closed)
			want[l.key()] = l
		}
		return nil
	}))
	w.ok(w.Collect(ctx, w.prog.ID))
	if diff := cmp.Diff(want, w.kept(w.d.Reader()), cmp.AllowUnexported(Line{}, lineKey{}, money.Rate{})); diff != "" {
		w.Fatalf("collecting differs from reading everything:\n%s", diff)
	}
}

// slowLedger is what checker.ledger finds by reading everything.
func slowLedger(q db.Queryer, programme id.ID) ([]string, error) {
	b, err := loadBook(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	noted := map[lineKey]Line{}
	if err := eachLine(ctx, q, programme, func(l *Line) error { noted[l.key()] = *l; return nil }); err != nil {
		return nil, err
	}
	lines, err := slowScan(q, b)
	if err != nil {
		return nil, err
	}
	since, waits, err := jobs.Oldest(ctx, q, flow.NewsJob)
	if err != nil {
		return nil, err
	}
	var wrong []string
	found := map[lineKey]bool{}
	for _, l := range lines {
		if l.Side == Offer {
			continue
		}
		found[l.key()] = true
		kept, there := noted[l.key()]
		switch {
		case !there && waits && l.late(since):
		case !there:
			wrong = append(wrong, fmt.Sprint("left out ", l.SourceID))
		case kept.Quantity != l.Quantity || kept.Rate != l.Rate || kept.SaleID != l.SaleID:
			wrong = append(wrong, fmt.Sprint("differs ", l.SourceID))
		}
	}
	for key := range noted {
		if key.side != Offer && !found[key] {
			wrong = append(wrong, fmt.Sprint("too many ", key.source))
		}
	}
	return wrong, nil
}

var errBack = errors.New("roll it back")

// findsAsBefore harms what is noted, looks, and leaves it as it was.
func (w *town) findsAsBefore(harm string) {
	w.Helper()
	err := w.d.InTx(ctx, func(tx *db.Tx) error {
		if harm != "" {
			if _, err := tx.Exec(ctx, harm, w.prog.ID); err != nil {
				return err
			}
		}
		want, err := slowLedger(tx, w.prog.ID)
		if err != nil {
			return err
		}
		b, err := loadBook(ctx, tx, w.prog.ID)
		if err != nil {
			return err
		}
		c := &checker{}
		if err := c.ledger(ctx, tx, b, w.kept(tx)); err != nil {
			return err
		}
		if len(c.faults) != min(len(want), maxFaults) {
			w.Errorf("after %q: found %v, by reading everything %v", harm, c.faults, want)
		}
		return errBack
	})
	if !errors.Is(err, errBack) {
		w.ok(err)
	}
}

// TestReadingLessNotesTheSame plays months in a random order, with shops that
// come and go, profiles that are merged and parted and returns that come before
// their sales, and holds every collecting and every check against the simple way
// of reading all that ever was.
func TestReadingLessNotesTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		runs := 0
		rapid.Check(t, func(r *rapid.T) {
			if runs++; runs > enough {
				return
			}
			g := &game{town: newTown(r, d, fmt.Sprintf("less-%d", runs)), r: r, closed: map[string]string{}}
			defer g.flow.Close()
			g.perhapsShared()
			for range rapid.IntRange(10, 30).Draw(r, "steps") {
				g.clock = g.clock.Add(time.Duration(rapid.IntRange(1, 9*24).Draw(r, "hours")) * time.Hour)
				g.step(rapid.IntRange(0, 11).Draw(r, "step"))
			}
			g.collectsAsBefore()
			g.findsAsBefore("")
		})
	}, schemas...)
}

// enough is how many histories are played on each database, as reading
// everything again and again takes long.
const enough = 40

func (g *game) step(n int) {
	switch n {
	case 0, 1, 2:
		g.sale()
	case 3:
		g.back()
	case 4:
		g.early()
	case 5:
		g.merge()
	case 6:
		g.part()
	case 7:
		g.read()
	case 8:
		g.moveShop()
	case 9:
		g.findsAsBefore(rapid.SampledFrom([]string{
			``, `DELETE FROM partner_line WHERE programme_id = $1 AND quantity < 20`, `UPDATE partner_line SET quantity = quantity + 1 WHERE programme_id = $1`,
			`UPDATE partner_line SET sale_id = sale_id + 1 WHERE programme_id = $1`,
		}).Draw(g.r, "harm"))
	case 10:
		g.close()
	default:
		g.collectsAsBefore()
	}
}

// early is a return that waits for its sale.
func (g *game) early() {
	g.n++
	_, err := g.take(g.town.back(fmt.Sprint("r", g.n), fmt.Sprint("s", g.n+rapid.IntRange(1, 3).Draw(g.r, "ahead")), "own", 1))
	g.ok(err)
}

// part undoes the last merging that may be undone.
func (g *game) part() {
	if len(g.parted) == 0 {
		return
	}
	last := g.parted[len(g.parted)-1]
	g.parted = g.parted[:len(g.parted)-1]
	if _, err := g.flow.Unmerge(ctx, boss, g.prog.ID, last.ID); err == nil {
		g.members = append(g.members, last.LoserID)
	}
}

// moveShop takes a shop from a partner or gives one, from some days ago.
func (g *game) moveShop() {
	p := rapid.SampledFrom([]Partner{g.baker, g.cinema}).Draw(g.r, "partner")
	shop := g.shops[rapid.SampledFrom([]string{"own", "own", "bakery", "cinema"}).Draw(g.r, "shop")].ID
	if _, err := g.ReleaseShop(ctx, boss, g.prog.ID, p.ID, shop); err == nil {
		return
	}
	_, _ = g.AssignShop(ctx, boss, g.prog.ID, p.ID, shop, g.clock.AddDate(0, 0, -rapid.IntRange(0, 60).Draw(g.r, "days")))
	g.dropJobs(CollectJob)
}

// counter counts the statements that are sent and the rows that they return.
type counter struct {
	db.Queryer
	statements, rows int
}

func (c *counter) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	rows, err := c.Queryer.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	c.statements++
	for rows.Next() {
		c.rows++
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	return c.Queryer.Query(ctx, text, args...)
}

func (c *counter) QueryRow(ctx context.Context, text string, args ...any) *sql.Row {
	c.statements++
	c.rows++
	return c.Queryer.QueryRow(ctx, text, args...)
}

// reads counts what collecting and settling a month, and checking, read.
func (w *town) reads(m Month) (settling, checking counter) {
	w.Helper()
	w.ok(w.d.View(ctx, func(q db.Queryer) error {
		settling.Queryer, checking.Queryer = q, q
		if _, err := gather(ctx, &settling, w.prog.ID); err != nil {
			return err
		}
		if _, err := statement(ctx, &settling, &w.baker, m); err != nil {
			return err
		}
		_, _, err := Balanced(ctx, &checking, w.prog.ID)
		return err
	}))
	settling.Queryer, checking.Queryer = nil, nil
	return settling, checking
}

// TestReadingDoesNotGrowWithOtherMonths: what is read for a month does not grow
// with what happened in others, nor the check with what happened elsewhere.
func TestReadingDoesNotGrowWithOtherMonths(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("1", "ann", "bakery", 0, 30_00))
		w.read()
		w.ok(w.Collect(ctx, w.prog.ID))
		settling, checking := w.reads(202601)
		for i := range 20 {
			w.must(w.buys(fmt.Sprint("own", i), fmt.Sprint("bob", i), "own", 0, 30_00))
		}
		w.read()
		if s, c := w.reads(202601); s != settling || c != checking {
			t := "%d statements and %d rows were read for a month and %d and %d to check, before other people bought elsewhere %d and %d, %d and %d"
			w.Errorf(t, s.statements, s.rows, c.statements, c.rows, settling.statements, settling.rows, checking.statements, checking.rows)
		}
		for month := range 6 {
			w.clock = noon.AddDate(0, month+1, 0)
			for i := range 4 {
				w.must(w.buys(fmt.Sprint("later", month, i), "ann", "bakery", 5, 30_00))
			}
			w.read()
		}
		if s, _ := w.reads(202601); s != settling {
			w.Errorf("%d statements and %d rows were read for a month, before other months %d and %d", s.statements, s.rows, settling.statements, settling.rows)
		}
		before := w.d.Statements()
		w.closes(w.baker, 202602)
		first := w.d.Statements() - before
		before = w.d.Statements()
		w.closes(w.baker, 202604)
		if again := w.d.Statements() - before; again != first {
			w.Errorf("closing took %d statements, then %d", first, again)
		}
		w.balanced()
	})
}

// TestAFailedReadingIsMadeUpFor: a job that nobody could do is discarded, and
// what it told is found all the same.
func TestAFailedReadingIsMadeUpFor(t *testing.T) {
	each(t, func(w *town) {
		w.ok(w.Collect(ctx, w.prog.ID))
		w.must(w.buys("1", "ann", "bakery", 0, 30_00))
		payloads, err := jobs.Payloads(ctx, w.d.Reader(), flow.NewsJob)
		w.ok(err)
		for _, p := range payloads {
			var c flow.Committed
			w.ok(json.Unmarshal(p, &c))
			c.Events = append(c.Events, flow.CommittedEvent{ProgrammeID: w.prog.ID, MemberID: c.Events[0].MemberID, ID: 1})
			p, err := json.Marshal(c)
			w.ok(err)
			if w.Read(ctx, &jobs.Job{Payload: p}) == nil {
				w.Errorf("an event that is not there was read")
			}
		}
		w.dropJobs(flow.NewsJob)
		w.collectsAsBefore()
		w.comesTo(w.statement(w.baker, 202601), map[string][2]int64{"issue": {30, 45}, "fee issue": {45, 2}, "total": {1, 47}})
	})
}
