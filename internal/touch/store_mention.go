package touch

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/lexicon"
)

var feedTable = db.NewTable("touch_feed", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "address", Kind: db.Text},
	db.Column{Name: "name", Kind: db.Text}, db.Column{Name: "words", Kind: db.Text}, db.Column{Name: "minutes", Kind: db.Int},
	db.Column{Name: "burst", Kind: db.Int}, db.Column{Name: "paused", Kind: db.Bool}, db.Column{Name: "made", Kind: db.Int},
	db.Column{Name: "read_at", Kind: db.Int}, db.Column{Name: "next", Kind: db.Int}, db.Column{Name: "failure", Kind: db.Text},
	db.Column{Name: "detail", Kind: db.Text}, db.Column{Name: "failures", Kind: db.Int}, db.Column{Name: "etag", Kind: db.Text}, db.Column{Name: "modified", Kind: db.Text})

const feedColumns = `id, programme_id, address, name, words, minutes, burst, paused, made, read_at, next, failure, detail, failures, etag, modified`

func scanFeed(rows *sql.Rows) (*Feed, error) {
	var f Feed
	var list string
	var made, read, next int64
	err := rows.Scan(&f.ID, &f.ProgrammeID, &f.Address, &f.Name, &list, &f.Minutes, &f.Burst, &f.Paused, &made, &read, &next, &f.Failure, &f.Detail, &f.Failures, &f.etag, &f.modified)
	if err == nil {
		err = json.Unmarshal([]byte(list), &f.Words)
	}
	f.Made, f.Read, f.Next = db.Time(made), db.Time(read), db.Time(next)
	return &f, err
}

func selectFeeds(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Feed, error) {
	rows, err := q.Query(ctx, `SELECT `+feedColumns+` FROM touch_feed WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanFeed)
	if err != nil {
		return nil, fmt.Errorf("reading feeds: %w", err)
	}
	return list, nil
}

func loadFeed(ctx context.Context, q db.Queryer, programme, feed id.ID, suffix string) (*Feed, error) {
	list, err := selectFeeds(ctx, q, `id = $1 AND programme_id = $2`+suffix, feed, programme)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Missing("unknown_feed", "there is no feed %s", feed.In(id.Feed)).With("feed", feed.In(id.Feed))
	}
	return list[0], nil
}

func saveFeed(ctx context.Context, tx *db.Tx, f *Feed) error {
	if f.Words == nil {
		f.Words = []string{}
	}
	list, err := json.Marshal(f.Words)
	if err == nil {
		err = tx.Upsert(ctx, feedTable, [][]any{{
			f.ID, f.ProgrammeID, f.Address, f.Name, string(list), f.Minutes, f.Burst, f.Paused, db.Micros(f.Made), db.Micros(f.Read), db.Micros(f.Next),
			string(f.Failure), f.Detail, f.Failures, f.etag, f.modified,
		}})
	}
	if err != nil {
		return fmt.Errorf("writing a feed: %w", err)
	}
	return nil
}

var mentionTable = db.NewTable("touch_mention", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "feed_id", Kind: db.Int}, db.Column{Name: "guid", Kind: db.Text},
	db.Column{Name: "title", Kind: db.Text}, db.Column{Name: "excerpt", Kind: db.Text}, db.Column{Name: "link", Kind: db.Text}, db.Column{Name: "author", Kind: db.Text},
	db.Column{Name: "published", Kind: db.Int}, db.Column{Name: "found", Kind: db.Int}, db.Column{Name: "suggested", Kind: db.Text}, db.Column{Name: "tone", Kind: db.Text},
	db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "answer", Kind: db.Text}, db.Column{Name: "why", Kind: db.Text}, db.Column{Name: "review_id", Kind: db.Int},
	db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "settled", Kind: db.Int}, db.Column{Name: "settled_by", Kind: db.Text}, db.Column{Name: "erased", Kind: db.Bool})

const mentionColumns = `id, programme_id, feed_id, guid, title, excerpt, link, author, published, found, suggested, tone, state, answer, why, review_id, member_id, settled, settled_by, erased`

func (m *Mention) row() []any {
	return []any{
		m.ID, m.ProgrammeID, m.FeedID, m.GUID, m.Title, m.Excerpt, m.Link, m.Author, db.Micros(m.Published), db.Micros(m.Found), string(m.Suggested), string(m.Tone),
		string(m.State), m.Answer, m.Why, m.ReviewID, m.MemberID, db.Micros(m.Settled), m.SettledBy, m.Erased,
	}
}

func scanMention(rows *sql.Rows) (*Mention, error) {
	var m Mention
	var published, found, settled int64
	err := rows.Scan(&m.ID, &m.ProgrammeID, &m.FeedID, &m.GUID, &m.Title, &m.Excerpt, &m.Link, &m.Author, &published, &found, &m.Suggested, &m.Tone,
		&m.State, &m.Answer, &m.Why, &m.ReviewID, &m.MemberID, &settled, &m.SettledBy, &m.Erased)
	m.Published, m.Found, m.Settled = db.Time(published), db.Time(found), db.Time(settled)
	return &m, err
}

func selectMentions(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Mention, error) {
	rows, err := q.Query(ctx, `SELECT `+mentionColumns+` FROM touch_mention WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanMention)
	if err != nil {
		return nil, fmt.Errorf("reading mentions: %w", err)
	}
	return list, nil
}

func loadMention(ctx context.Context, q db.Queryer, programme, mention id.ID, suffix string) (*Mention, error) {
	list, err := selectMentions(ctx, q, `id = $1 AND programme_id = $2`+suffix, mention, programme)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Missing("unknown_mention", "there is no mention %s", mention.In(id.Mention)).With("mention", mention.In(id.Mention))
	}
	return list[0], nil
}

func saveMentions(ctx context.Context, tx *db.Tx, list []*Mention) error {
	rows := make([][]any, len(list))
	for i, m := range list {
		rows[i] = m.row()
	}
	if err := tx.Upsert(ctx, mentionTable, rows); err != nil {
		return fmt.Errorf("writing mentions: %w", err)
	}
	return nil
}

// knownEntries returns which of the names a feed has been found with.
func knownEntries(ctx context.Context, q db.Queryer, f *Feed, guids []string) (map[string]bool, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT guid FROM touch_mention WHERE programme_id = `+args.Add(f.ProgrammeID)+` AND feed_id = `+args.Add(f.ID)+` AND guid IN `+args.InText(guids), args.Values()...)
	known := map[string]bool{}
	err = db.Each(rows, err, func(r *sql.Rows) (guid string, err error) { return guid, r.Scan(&guid) }, func(guid string) error {
		known[guid] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading which entries are known: %w", err)
	}
	return known, nil
}

// MentionQuery asks for mentions of a programme.
type MentionQuery struct {
	ProgrammeID id.ID
	// State, Tone and FeedID narrow the list unless empty. Tone is what counts:
	// a person's word before the suggestion.
	State  MentionState
	Tone   lexicon.Tone
	FeedID id.ID
	// Before is where the page before ended; zero begins with the newest.
	Before Cursor
	Limit  int
}

func (query *MentionQuery) read(ctx context.Context, q db.Queryer) ([]*Mention, error) {
	var args db.Args
	where := `programme_id = ` + args.Add(query.ProgrammeID)
	if query.State != "" {
		where += ` AND state = ` + args.Add(string(query.State))
	}
	if query.Tone != "" {
		where += ` AND CASE WHEN tone = '' THEN suggested ELSE tone END = ` + args.Add(string(query.Tone))
	}
	if query.FeedID != 0 {
		where += ` AND feed_id = ` + args.Add(query.FeedID)
	}
	if query.Before != (Cursor{}) {
		where += ` AND (published, id) < (` + args.Add(db.Micros(query.Before.Occurred)) + `, ` + args.Add(query.Before.ID) + `)`
	}
	where += ` ORDER BY published DESC, id DESC LIMIT ` + args.Add(query.Limit)
	return selectMentions(ctx, q, where, args.Values()...)
}

// Alarm is what of the mentions wants to be looked at.
type Alarm struct {
	// Negative are the mentions that sound negative and were not settled.
	Negative int64
	// Bursts are the feeds that had many at once in the last day, not settled.
	Bursts int64
	// Failing are the feeds that could not be read three times in a row.
	Failing int64
}

// failing is how often in a row a feed fails before it is told of.
const failing = 3

// Alarms counts Signs.
func Alarms(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) (a Alarm, err error) {
	list, err := Signs(ctx, q, programme, now)
	for _, n := range list {
		switch n.What {
		case Negative:
			a.Negative = n.N
		case Burst:
			a.Bursts++
		case Failing:
			a.Failing++
		}
	}
	return a, err
}
