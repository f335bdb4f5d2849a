package console

import (
	"context"
	"fmt"
	"sync"
	"time"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/survey"
	"regulars/internal/tier"
	"regulars/internal/touch"
	"regulars/internal/trust"
)

const (
	// shownMonths are those of the chart of sales, the present one included.
	shownMonths = 13
	// soon is how far ahead points that expire are counted.
	soon = 30 * 24 * time.Hour
	// maxWaiting is up to how many waiting returns are counted.
	maxWaiting = 100
)

// outlook is what the overview shows of a programme, as of a moment.
type outlook struct {
	at   time.Time
	sums sale.Summary
	// members counts those who are neither merged away nor erased.
	members int64
	// owed is what the points are worth that members have, pending ones
	// included; owedAvailable is the usable part. Expiring is the worth of what
	// will expire soon if it is not used. All in minor units.
	owed, owedAvailable, expiring int64
	months                        []monthSales
	ladders                       []ladderCount
	unmatched, waiting, dead      int64
	mentions                      touch.Alarm
	// duties say how much of each kind of work waits for staff.
	duties []int64
	// rules says that some rule is in force.
	rules bool
	// score is the latest that customers were asked for, nil while there is none;
	// kept are the signals of trust that are shares, by their codes.
	score *survey.Headline
	kept  map[string]trust.Amount
}

// monthSales are a calendar month's sales in the programme's zone.
type monthSales struct {
	begins time.Time
	sale.Period
}

// ladderCount says how many members hold each rank of a ladder.
type ladderCount struct {
	code, name string
	ranks      []tier.Rank
	members    []int64
}

// reading is one part of the figures.
type reading func(ctx context.Context, q db.Queryer, p program.Programme) error

// readOutlook reads everything on one snapshot.
func readOutlook(ctx context.Context, d *db.DB, p program.Programme, now time.Time) (*outlook, error) {
	f := &outlook{at: now}
	err := d.View(ctx, func(q db.Queryer) error {
		for _, part := range []reading{f.readSales, f.readMembers, f.readPoints, f.readLadders, f.readWorries, f.readDuties} {
			if err := part(ctx, q, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the overview: %w", err)
	}
	return f, nil
}

// readSales reads the sums and the months up to that of the latest sale, so
// that a past which was imported shows too.
func (f *outlook) readSales(ctx context.Context, q db.Queryer, p program.Programme) (err error) {
	if f.sums, err = sale.Summarise(ctx, q, p.ID); err != nil || f.sums.Customers == 0 {
		return err
	}
	last, err := sale.Latest(ctx, q, p.ID)
	if err != nil {
		return err
	}
	bounds := monthBounds(last, p.Zone)
	periods, err := sale.ByPeriod(ctx, q, p.ID, bounds)
	for i, period := range periods {
		if len(f.months) > 0 || period.Sales > 0 { // a programme is no older than its first sale
			f.months = append(f.months, monthSales{bounds[i], period})
		}
	}
	return err
}

// monthBounds are the beginnings of the months shown and the end of the last,
// which the time falls in.
func monthBounds(last time.Time, zone *time.Location) []time.Time {
	day := last.In(zone)
	bounds := make([]time.Time, shownMonths+1)
	for i := range bounds {
		bounds[i] = time.Date(day.Year(), day.Month()+time.Month(i-shownMonths+1), 1, 0, 0, 0, 0, zone)
	}
	return bounds
}

func (f *outlook) readMembers(ctx context.Context, q db.Queryer, p program.Programme) error {
	counts, err := member.Count(ctx, q, p.ID)
	f.members = counts[member.Known] + counts[member.Enrolled]
	return err
}

// readPoints values the points of now, and asks what would have expired soon if
// nothing were done until then.
func (f *outlook) readPoints(ctx context.Context, q db.Queryer, p program.Programme) error {
	wallets, err := ledger.Wallets(ctx, q, p.ID)
	if err != nil {
		return err
	}
	now, err := ledger.Totals(ctx, q, p.ID, f.at)
	if err != nil {
		return err
	}
	later, err := ledger.Totals(ctx, q, p.ID, f.at.Add(soon))
	if err != nil {
		return err
	}
	for _, w := range wallets {
		b := now[w.ID]
		for sum, points := range map[*int64]int64{
			&f.owed: b.Liability(), &f.owedAvailable: b[ledger.Available], &f.expiring: later[w.ID][ledger.Expired] - b[ledger.Expired],
		} {
			worth, err := w.Liability(points)
			if err != nil {
				return err
			}
			*sum += worth
		}
	}
	return nil
}

func (f *outlook) readLadders(ctx context.Context, q db.Queryer, p program.Programme) error {
	ladders, err := tier.LoadLadders(ctx, q, p.ID)
	if err != nil || len(ladders) == 0 {
		return err
	}
	counts, err := tier.Counts(ctx, q, p.ID)
	if err != nil {
		return err
	}
	for _, l := range ladders {
		if now := l.At(f.at); now != nil {
			f.ladders = append(f.ladders, countRanks(l, now, counts))
		}
	}
	return nil
}

func countRanks(l tier.Ladder, now *tier.Version, counts []tier.Count) ladderCount {
	shown := ladderCount{code: l.Code, name: now.Name, ranks: now.Ranks, members: make([]int64, len(now.Ranks))}
	for i, r := range now.Ranks {
		for _, c := range counts {
			if c.LadderID == l.ID && c.Rank == r.Code {
				shown.members[i] = c.Members
			}
		}
	}
	return shown
}

// readWorries counts what may need somebody.
func (f *outlook) readWorries(ctx context.Context, q db.Queryer, p program.Programme) (err error) {
	if f.unmatched, err = sale.CountUnmatched(ctx, q, p.ID); err != nil {
		return err
	}
	waiting, err := journal.ListWaiting(ctx, q, p.ID, 0, maxWaiting+1)
	if err != nil {
		return err
	}
	dead, err := jobs.Count(ctx, q)
	if err != nil {
		return err
	}
	if f.mentions, err = touch.Alarms(ctx, q, p.ID, f.at); err != nil {
		return err
	}
	rules, err := earn.Histories(ctx, q, p.ID)
	f.waiting, f.dead = int64(len(waiting)), dead[jobs.Dead]
	for i := range rules {
		f.rules = f.rules || rules[i].Published() != nil
	}
	return err
}

// outlookCache spares the database where the figures take long: they are kept
// for a while that grows with the time that it took to read them.
type outlookCache struct {
	db  *db.DB
	now func() time.Time
	// voices reads what other rooms say of customers.
	voices func(ctx context.Context, f *outlook, programme id.ID) error

	mu   sync.Mutex
	kept map[id.ID]*keptOutlook
}

// keptOutlook are the figures of one programme. Whoever asks while they are
// being read waits for that.
type keptOutlook struct {
	mu sync.Mutex
	*outlook
	version int64
	good    time.Time
}

// patience is how many times as long as they took to read figures are kept, and
// stale how long at most.
const (
	patience = 20
	stale    = 2 * time.Minute
)

func newOutlooks(d *db.DB, now func() time.Time, voices func(context.Context, *outlook, id.ID) error) *outlookCache {
	return &outlookCache{db: d, now: now, voices: voices, kept: map[id.ID]*keptOutlook{}}
}

// of returns the figures of a programme.
func (c *outlookCache) of(ctx context.Context, p program.Programme) (*outlook, error) {
	k := c.place(p.ID)
	k.mu.Lock()
	defer k.mu.Unlock()
	begun := c.now()
	if k.outlook != nil && k.version == p.Version && begun.Before(k.good) {
		return k.outlook, nil
	}
	f, err := readOutlook(ctx, c.db, p, begun)
	if err != nil {
		return nil, err
	}
	if err := c.voices(ctx, f, p.ID); err != nil {
		return nil, fmt.Errorf("reading what customers say: %w", err)
	}
	done := c.now()
	k.outlook, k.version, k.good = f, p.Version, done.Add(min(stale, patience*done.Sub(begun)))
	return f, nil
}

func (c *outlookCache) place(programme id.ID) *keptOutlook {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept[programme] == nil {
		c.kept[programme] = &keptOutlook{}
	}
	return c.kept[programme]
}
