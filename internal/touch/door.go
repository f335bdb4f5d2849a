package touch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Door is where somebody went who holds a card.
type Door string

// The doors. Landing is the page that shows both.
const (
	Landing     Door = "landing"
	ReviewDoor  Door = "review"
	PrivateDoor Door = "private"
)

// Place is what a card leads to.
type Place struct {
	Programme  program.Programme
	Touchpoint Touchpoint
	Code       string
}

// Link returns the touchpoint's link to a platform.
func (p *Place) Link(to Platform) (Link, bool) {
	for _, l := range p.Touchpoint.Links {
		if l.Platform == to {
			return l, true
		}
	}
	return Link{}, false
}

const (
	placeTTL = 30 * time.Second // until a change made by another process is seen
	maxKnown = 100_000          // cards held in memory
)

// visit is what is counted together.
type visit struct {
	programme, touchpoint id.ID
	hour                  int64
	code                  string
	door                  Door
	platform              Platform
}

// doors answers who scans a card out of memory, and counts visits to be written
// together, so that nobody waits for a disk.
type doors struct {
	s      *Service
	mu     sync.Mutex
	cards  map[string]Card
	places map[id.ID]held
	visits map[visit]int64
}

type held struct {
	place Place
	until time.Time
}

func newDoors(s *Service) *doors {
	return &doors{s: s, cards: map[string]Card{}, places: map[id.ID]held{}, visits: map[visit]int64{}}
}

func (d *doors) forget(touchpoint id.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.places, touchpoint)
}

func (d *doors) known(code string) (Place, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, found := d.cards[code]
	if !found {
		return Place{}, false
	}
	h, found := d.places[c.TouchpointID]
	if !found || !d.s.Now().Before(h.until) {
		return Place{}, false
	}
	h.place.Code = code
	return h.place, true
}

func (d *doors) keep(c Card, p Place) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.cards) >= maxKnown {
		clear(d.cards)
	}
	d.cards[c.Code] = c
	d.places[c.TouchpointID] = held{p, d.s.Now().Add(placeTTL)}
}

// Place returns where a card leads, by what was scanned or typed. It is open to
// everybody, whatever became of the order; fault "unknown_touch_card" where there
// is no such card.
func (s *Service) Place(ctx context.Context, text string) (Place, error) {
	code := NormaliseCode(text)
	if CheckCode(code) != nil {
		return Place{}, unknownCard(code)
	}
	if p, found := s.doors.known(code); found {
		return p, nil
	}
	q := s.DB.Reader()
	cards, err := selectCards(ctx, q, `code = $1`, code)
	if err != nil {
		return Place{}, err
	}
	if len(cards) == 0 {
		return Place{}, unknownCard(code)
	}
	p := Place{Code: code}
	if p.Touchpoint, err = loadTouchpoint(ctx, q, cards[0].ProgrammeID, cards[0].TouchpointID); err != nil {
		return p, err
	}
	if p.Programme, err = program.Load(ctx, q, cards[0].ProgrammeID); err != nil {
		return p, err
	}
	s.doors.keep(cards[0], p)
	return p, nil
}

// Visit counts somebody at a door, with the platform that they went on to. All
// that is kept is the hour and the card. It is written with the next Flush.
func (s *Service) Visit(p *Place, door Door, to Platform) {
	d := s.doors
	key := visit{p.Programme.ID, p.Touchpoint.ID, db.Micros(s.Now().Truncate(time.Hour)), p.Code, door, to}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.visits[key]++
}

// Flush writes the visits counted so far. When it fails, they wait for the next.
func (s *Service) Flush(ctx context.Context) error {
	d := s.doors
	d.mu.Lock()
	visits := d.visits
	d.visits = map[visit]int64{}
	d.mu.Unlock()
	if len(visits) == 0 {
		return nil
	}
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error { return addVisits(ctx, tx, visits) })
	if err != nil {
		d.mu.Lock()
		for key, n := range visits {
			d.visits[key] += n
		}
		d.mu.Unlock()
	}
	return err
}

// flushEvery is how long a visit waits in memory; a process that dies loses as
// much.
const flushEvery = 2 * time.Second

// Run writes visits until ctx ends, the last ones after that.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.Flush(ctx); err != nil && ctx.Err() == nil {
				s.Log.Warn("writing visits of cards", "error", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushEvery)
			defer cancel()
			return s.Flush(last)
		}
	}
}

// Test returns where a link of a touchpoint leads, for somebody who wants to try
// it; nothing is counted. Fault "touch_platform" where there is none.
func (t *Touchpoint) Test(to Platform) (string, error) {
	p := Place{Touchpoint: *t}
	l, found := p.Link(to)
	if !found {
		return "", fault.Missing("touch_platform", "the touchpoint does not lead there")
	}
	return l.Address(), nil
}

func addVisits(ctx context.Context, tx *db.Tx, visits map[visit]int64) error {
	for _, v := range sortedVisits(visits) {
		_, err := tx.Exec(ctx, `INSERT INTO touch_visit (programme_id, hour, code, door, platform, touchpoint_id, visits) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (programme_id, hour, code, door, platform) DO UPDATE SET visits = touch_visit.visits + $7`,
			v.programme, v.hour, v.code, string(v.door), string(v.platform), v.touchpoint, visits[v])
		if err != nil {
			return fmt.Errorf("writing visits: %w", err)
		}
	}
	return nil
}
