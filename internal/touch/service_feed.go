package touch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/lexicon"
	"regulars/internal/program"
)

// Feeds returns the feeds of the programme, the first made first. It needs
// touch.read.
func (s *Service) Feeds(ctx context.Context, a auth.Actor, programme id.ID) ([]*Feed, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	return selectFeeds(ctx, s.DB.Reader(), `programme_id = $1 ORDER BY id`, programme)
}

// Feed returns one. It needs touch.read.
func (s *Service) Feed(ctx context.Context, a auth.Actor, programme, feed id.ID) (*Feed, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	return loadFeed(ctx, s.DB.Reader(), programme, feed, "")
}

// CreateFeed adds a feed, which is read at once. It needs touch.write.
func (s *Service) CreateFeed(ctx context.Context, a auth.Actor, programme id.ID, spec FeedSpec) (*Feed, error) {
	f := &Feed{ProgrammeID: programme, Made: s.clock(), Next: s.clock(), FeedSpec: spec}
	return f, s.changeFeed(ctx, a, programme, "feed.create", func(tx *db.Tx) (*Feed, error) {
		f.ID = tx.IDs().New()
		return f, s.writeFeed(ctx, tx, f)
	})
}

// UpdateFeed writes what a feed is. What was found in it stays; another address
// is read from its beginning. It needs touch.write.
func (s *Service) UpdateFeed(ctx context.Context, a auth.Actor, programme, feed id.ID, spec FeedSpec) (f *Feed, err error) {
	return f, s.changeFeed(ctx, a, programme, "feed.update", func(tx *db.Tx) (*Feed, error) {
		if f, err = loadFeed(ctx, tx, programme, feed, tx.ForUpdate()); err != nil {
			return nil, err
		}
		f.FeedSpec, f.etag, f.modified = spec, "", "" // other words may stand in what was read before
		f.Failure, f.Detail, f.Failures, f.Next = "", "", 0, s.clock()
		return f, s.writeFeed(ctx, tx, f)
	})
}

// ReadSoon has a feed read with the next round, whenever it is due. It needs
// touch.write.
func (s *Service) ReadSoon(ctx context.Context, a auth.Actor, programme, feed id.ID) (f *Feed, err error) {
	return f, s.changeFeed(ctx, a, programme, "feed.read", func(tx *db.Tx) (*Feed, error) {
		if f, err = loadFeed(ctx, tx, programme, feed, tx.ForUpdate()); err != nil {
			return nil, err
		}
		f.Next = s.clock()
		return f, saveFeed(ctx, tx, f)
	})
}

func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

func (s *Service) changeFeed(ctx context.Context, a auth.Actor, programme id.ID, action string, do func(*db.Tx) (*Feed, error)) error {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil { // one after another, so that none passes the limit
			return err
		}
		f, err := do(tx)
		if err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: f.ID.In(id.Feed)})
	})
}

func (s *Service) writeFeed(ctx context.Context, tx *db.Tx, f *Feed) error {
	if err := f.Check(); err != nil {
		return err
	}
	list, err := selectFeeds(ctx, tx, `programme_id = $1 AND id <> $2`, f.ProgrammeID, f.ID)
	if err != nil {
		return err
	}
	if len(list) >= MaxFeeds {
		return fault.Conflict("feeds_many", "a programme keeps %d feeds at most", MaxFeeds).With("most", MaxFeeds)
	}
	if slices.ContainsFunc(list, func(o *Feed) bool { return o.Address == f.Address }) {
		return fault.Conflict("feed_twice", "this feed is watched already").At("/address")
	}
	return saveFeed(ctx, tx, f)
}

const (
	// feedsAtOnce are read beside each other.
	feedsAtOnce = 4
	// feedsInRound are read in one round; the others wait for the next.
	feedsInRound = 100
)

// ReadFeeds reads every feed that is due. What goes wrong with one is kept with
// it and tried later; the others are read.
func (s *Service) ReadFeeds(ctx context.Context) error {
	list, err := selectFeeds(ctx, s.DB.Reader(), `next <= $1 AND NOT paused ORDER BY next, id LIMIT $2`, db.Micros(s.Now()), feedsInRound)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(feedsAtOnce)
	for _, f := range list {
		group.Go(func() error { return s.readFeed(ctx, f) })
	}
	return group.Wait()
}

// readFeed reads one feed and keeps what is new in it.
func (s *Service) readFeed(ctx context.Context, f *Feed) error {
	got, err := ask(ctx, s.fetcher, f, s.Now())
	var entries []Entry
	if err == nil && !got.same {
		entries, err = readEntries(got.body, s.clock())
	}
	broken, _ := errors.AsType[*brokenFeed](err)
	if err != nil && (broken == nil || ctx.Err() != nil) {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e Entry) bool { return !f.watches(e.Title + "\n" + e.Excerpt) })
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		now, err := loadFeed(ctx, tx, f.ProgrammeID, f.ID, tx.ForUpdate())
		if err != nil || now.Paused || now.Address != f.Address || !slices.Equal(now.Words, f.Words) {
			return err // it was changed meanwhile, and is due again
		}
		if broken != nil {
			s.Log.Info("a feed cannot be read", "feed", f.ID.In(id.Feed), "failure", broken.what, "error", broken.err)
			now.fails(broken.what, broken.detail, s.clock(), broken.wait)
			return saveFeed(ctx, tx, now)
		}
		now.reads(s.clock())
		now.etag, now.modified = got.etag, got.modified
		if err := saveFeed(ctx, tx, now); err != nil {
			return err
		}
		return s.keep(ctx, tx, now, entries)
	})
}

// keep writes the entries that were not found before. An entry that has changed
// since stays as it was found.
func (s *Service) keep(ctx context.Context, tx *db.Tx, f *Feed, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	guids := make([]string, len(entries))
	for i, e := range entries {
		guids[i] = e.GUID
	}
	known, err := knownEntries(ctx, tx, f, guids)
	if err != nil {
		return err
	}
	var fresh []*Mention
	for _, e := range entries {
		if known[e.GUID] {
			continue
		}
		known[e.GUID] = true
		fresh = append(fresh, &Mention{
			ID: tx.IDs().New(), ProgrammeID: f.ProgrammeID, FeedID: f.ID, Found: s.clock(), State: MentionNew, Entry: e,
			Suggested: lexicon.ToneOf(strings.Join([]string{e.Title, e.Excerpt}, ".\n")),
		})
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := saveMentions(ctx, tx, fresh); err != nil {
		return err
	}
	return auth.Record(ctx, tx, auth.System("feeds"), auth.Entry{ProgrammeID: f.ProgrammeID, Action: "mention.take", Subject: f.ID.In(id.Feed), Detail: map[string]any{"new": len(fresh)}})
}
