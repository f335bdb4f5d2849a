package partner

import (
	"context"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
)

// ReadJob is the kind of job by which the room learns of committed events;
// CollectJob looks through the whole past of a programme.
const (
	ReadJob    = "partner.read"
	CollectJob = "partner.collect"
)

type collect struct {
	ProgrammeID id.ID `json:"programme"`
}

// Read notes what committed events leave to be settled. It asks one question
// where a programme has no partners, and notes everything once however often it
// is told.
func (s *Service) Read(ctx context.Context, j *jobs.Job) error {
	var c flow.Committed
	if err := j.Read(&c); err != nil {
		return err
	}
	byProgramme := map[id.ID][]flow.CommittedEvent{}
	for _, e := range c.Events {
		byProgramme[e.ProgrammeID] = append(byProgramme[e.ProgrammeID], e)
	}
	for _, programme := range slices.Sorted(maps.Keys(byProgramme)) {
		var b *book
		var lines []Line
		err := s.d.View(ctx, func(q db.Queryer) (err error) {
			if b, err = loadBook(ctx, q, programme); err != nil || b.empty() {
				return err
			}
			lines, err = b.read(ctx, q, byProgramme[programme])
			return err
		})
		if err != nil {
			return err
		}
		if err := s.note(ctx, b, lines); err != nil {
			return err
		}
	}
	return nil
}

// read makes the lines of some events.
func (b *book) read(ctx context.Context, q db.Queryer, events []flow.CommittedEvent) ([]Line, error) {
	causes := make([]ledger.CauseKey, len(events))
	known := map[id.ID]*journal.Event{}
	var lines []Line
	for i, c := range events {
		causes[i] = ledger.CauseKey{MemberID: c.MemberID, EventID: c.ID}
		e, err := journal.Get(ctx, q, c.MemberID, c.ID)
		if err != nil {
			return nil, err
		}
		known[c.ID] = e
		shared, err := b.offers(e)
		if err != nil {
			return nil, err
		}
		lines = append(lines, shared...)
	}
	entries, err := ledger.EntriesOf(ctx, q, causes)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		e, err := b.find(ctx, q, known, &entries[i])
		if err != nil {
			return nil, err
		}
		if e == nil {
			continue
		}
		if l, is := b.points(&entries[i], place{e.ID, e.ShopID, e.Occurred}); is {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// find returns the event that an entry goes back to, which may be one of a
// profile that was merged into the member's. It returns nil for entries that
// concern no settlement, and where profiles have been parted since: Collect,
// which goes by ids alone, notes those.
func (b *book) find(ctx context.Context, q db.Queryer, known map[id.ID]*journal.Event, entry *ledger.Entry) (*journal.Event, error) {
	_, _, from, concerns := moved(entry)
	if !concerns {
		return nil, nil
	}
	m, event := entry.MemberID, from.event
	if from.entry != 0 {
		var err error
		if event, err = ledger.EventOf(ctx, q, ledger.AccountKey{MemberID: m, WalletID: entry.WalletID}, from.entry); err != nil {
			return nil, err
		}
	}
	if e := known[event]; e != nil {
		return e, nil
	}
	aliases, err := member.Aliases(ctx, q, m)
	if err != nil {
		return nil, err
	}
	for _, alias := range aliases {
		e, err := journal.Get(ctx, q, alias, event)
		if err == nil {
			known[event] = e
			return e, nil
		}
		if fault.KindOf(err) != fault.KindMissing {
			return nil, err
		}
	}
	return nil, nil
}

// Collect notes what the whole past of a programme leaves to be settled and has
// not been noted yet.
func (s *Service) Collect(ctx context.Context, programme id.ID) error {
	var b *book
	var lines []Line
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		if b, err = loadBook(ctx, q, programme); err != nil || b.empty() {
			return err
		}
		if lines, err = b.scan(ctx, q); err != nil {
			return err
		}
		noted := map[lineKey]bool{}
		err = eachLine(ctx, q, programme, func(l *Line) error {
			noted[l.key()] = true
			return nil
		})
		lines = slices.DeleteFunc(lines, func(l Line) bool { return noted[l.key()] })
		return err
	})
	if err != nil {
		return err
	}
	return s.note(ctx, b, lines)
}

// DoCollect is the job that does Collect.
func (s *Service) DoCollect(ctx context.Context, j *jobs.Job) error {
	var c collect
	if err := j.Read(&c); err != nil {
		return err
	}
	return s.Collect(ctx, c.ProgrammeID)
}

// scan makes the lines of the whole past, from the journal and the ledger.
func (b *book) scan(ctx context.Context, q db.Queryer) ([]Line, error) {
	places := map[id.ID]place{}
	var lines []Line
	err := journal.Each(ctx, q, b.programme, func(e *journal.Event) error {
		if b.at(e.ShopID, e.Occurred) != nil {
			places[e.ID] = place{e.ID, e.ShopID, e.Occurred}
		}
		shared, err := b.offers(e)
		lines = append(lines, shared...)
		return err
	})
	if err != nil {
		return nil, err
	}
	wallets := map[id.ID]bool{}
	for _, p := range b.partners {
		wallets[p.WalletID] = true
	}
	// An entry comes before those that undo it.
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

// note keeps lines that are not kept yet, each in its month.
func (s *Service) note(ctx context.Context, b *book, lines []Line) error {
	byPartner := map[id.ID][]Line{}
	for _, l := range lines {
		byPartner[l.partner] = append(byPartner[l.partner], l)
	}
	for _, partner := range slices.Sorted(maps.Keys(byPartner)) {
		err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
			// Nobody closes a statement of the partner meanwhile.
			if err := lock(ctx, tx, partner); err != nil {
				return err
			}
			closed, err := closedMonths(ctx, tx, partner)
			if err != nil {
				return err
			}
			mine := slices.Clone(byPartner[partner])
			for i := range mine {
				mine[i].month = b.month(&mine[i], closed)
			}
			return insertLines(ctx, tx, mine)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
