package partner

import (
	"context"
	"errors"
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
// CollectJob is that of Collect.
const (
	ReadJob    = "partner.read"
	CollectJob = "partner.collect"
)

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
		if err := s.readAll(ctx, programme, byProgramme[programme]); err != nil {
			// Somebody may discard the job once it has failed for good.
			return errors.Join(err, s.doubt(ctx, slices.Sorted(maps.Keys(byProgramme))...))
		}
	}
	return nil
}

func (s *Service) readAll(ctx context.Context, programme id.ID, events []flow.CommittedEvent) error {
	var b *book
	var lines []Line
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		if b, err = loadBook(ctx, q, programme); err != nil || b.empty() {
			return err
		}
		lines, err = b.read(ctx, q, events)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.note(ctx, b, lines); err != nil || !b.doubtful {
		return err
	}
	return s.doubt(ctx, programme)
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
		if shared != nil {
			lines = append(lines, shared.lines...)
		}
		if e.Kind != journal.Return && e.Kind != journal.RedemptionUndo {
			continue
		}
		// What comes back may be a merged profile's, and goes through the account that
		// paid; they may have been parted before it is told of here.
		people, err := member.EverWith(ctx, q, b.programme, c.MemberID)
		if err != nil {
			return nil, err
		}
		for _, who := range people {
			if who != c.MemberID {
				causes = append(causes, ledger.CauseKey{MemberID: who, EventID: c.ID})
			}
		}
		back, err := b.returned(ctx, q, e, people)
		if err != nil {
			return nil, err
		}
		lines = append(lines, back...)
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
// concern no settlement, and where profiles have been parted since: then the
// book is doubtful, and Collect goes by ids alone.
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
	if e := known[event]; e != nil || event == 0 {
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
	b.doubtful = true
	return nil, nil
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
