package partner

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
)

type collect struct {
	ProgrammeID id.ID `json:"programme"`
}

// Collect notes what has happened in a programme and is not noted yet. That is
// what the reader has still to be told, for it notes all else as it happens; the
// whole past is looked through only after something gave reason to doubt that: a
// shop that was assigned or an offer that was shared, perhaps from long ago,
// profiles that were parted, a reader that failed.
func (s *Service) Collect(ctx context.Context, programme id.ID) error {
	var got gathered
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		got, err = gather(ctx, q, programme)
		return err
	})
	if err != nil || got.book.empty() {
		return err
	}
	if err := s.note(ctx, got.book, got.lines); err != nil || !got.whole {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error { return got.settle(ctx, tx) })
}

// DoCollect is the job that does Collect.
func (s *Service) DoCollect(ctx context.Context, j *jobs.Job) error {
	var c collect
	if err := j.Read(&c); err != nil {
		return err
	}
	return s.Collect(ctx, c.ProgrammeID)
}

// gathered is what Collect found to note: of the whole past, or of what the
// reader has still to be told. asked is how often the whole was asked for.
type gathered struct {
	book  *book
	lines []Line
	whole bool
	asked int64
}

func gather(ctx context.Context, q db.Queryer, programme id.ID) (gathered, error) {
	var g gathered
	var err error
	if g.book, err = loadBook(ctx, q, programme); err != nil || g.book.empty() {
		return g, err
	}
	if g.asked, g.whole, err = reading(ctx, q, programme); err != nil {
		return g, err
	}
	if g.whole {
		g.lines, err = g.book.everything(ctx, q)
		return g, err
	}
	events, err := untold(ctx, q, programme)
	if err != nil {
		return g, err
	}
	for some := range slices.Chunk(events, chunk) {
		lines, err := g.book.read(ctx, q, some)
		if err != nil {
			return g, err
		}
		g.lines = append(g.lines, lines...)
	}
	// Looking it up by ids may find what the members no longer lead to.
	if g.book.doubtful {
		g.whole = true
		g.lines, err = g.book.everything(ctx, q)
	}
	return g, err
}

// untold returns the events of a programme that the reader has still to be told
// of, those too of which telling has failed for good.
func untold(ctx context.Context, q db.Queryer, programme id.ID) ([]flow.CommittedEvent, error) {
	payloads, err := jobs.Payloads(ctx, q, ReadJob, flow.NewsJob)
	if err != nil {
		return nil, err
	}
	var events []flow.CommittedEvent
	for _, payload := range payloads {
		var c flow.Committed
		if err := json.Unmarshal(payload, &c); err != nil {
			return nil, fmt.Errorf("reading what is to be told: %w", err)
		}
		for _, e := range c.Events {
			if e.ProgrammeID == programme {
				events = append(events, e)
			}
		}
	}
	return events, nil
}

// everything makes the lines of the whole past, from the journal and the ledger.
func (b *book) everything(ctx context.Context, q db.Queryer) ([]Line, error) {
	lines, err := b.allOffers(ctx, q)
	if err != nil {
		return nil, err
	}
	moved, err := b.movements(ctx, q)
	return append(lines, moved...), err
}

// movements makes the lines of every entry of the ledger that goes back to an
// event in a partner's shop. It reads where the events of those shops were, and
// the accounts of the people who were there, with those whom they have ever been
// merged with.
func (b *book) movements(ctx context.Context, q db.Queryer) ([]Line, error) {
	places := map[id.ID]place{}
	people := map[id.ID]bool{}
	err := journal.EachAt(ctx, q, b.programme, b.everShops(), func(p journal.Place) error {
		if b.at(p.ShopID, p.Occurred) != nil {
			places[p.ID] = place{p.ID, p.ShopID, p.Occurred}
			people[p.MemberID] = true
		}
		return nil
	})
	if err != nil || len(places) == 0 {
		return nil, err
	}
	together, err := member.EverMerged(ctx, q, b.programme)
	if err != nil {
		return nil, err
	}
	for grown := true; grown; {
		grown = false
		for _, pair := range together {
			if people[pair[0]] != people[pair[1]] {
				people[pair[0]], people[pair[1]], grown = true, true, true
			}
		}
	}
	wallets := map[id.ID]bool{}
	for _, p := range b.partners {
		wallets[p.WalletID] = true
	}
	var lines []Line
	// An entry comes before those that undo it.
	undone := map[id.ID]id.ID{}
	err = ledger.EachEntryOf(ctx, q, slices.Sorted(maps.Keys(people)), slices.Sorted(maps.Keys(wallets)), func(e ledger.Entry) error {
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

// everShops are the shops that are or were a partner's.
func (b *book) everShops() []id.ID {
	var list []id.ID
	for _, s := range b.shops {
		if !slices.Contains(list, s.ShopID) {
			list = append(list, s.ShopID)
		}
	}
	return list
}
