package touch

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var reviewTable = db.NewTable("touch_review", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "platform", Kind: db.Text},
	db.Column{Name: "external_id", Kind: db.Text}, db.Column{Name: "place", Kind: db.Text}, db.Column{Name: "touchpoint_id", Kind: db.Int},
	db.Column{Name: "rating", Kind: db.Int}, db.Column{Name: "occurred", Kind: db.Int}, db.Column{Name: "recorded", Kind: db.Int},
	db.Column{Name: "author", Kind: db.Text}, db.Column{Name: "body", Kind: db.Text}, db.Column{Name: "order_ref", Kind: db.Text},
	db.Column{Name: "answer", Kind: db.Text}, db.Column{Name: "answered", Kind: db.Int}, db.Column{Name: "answered_by", Kind: db.Text},
	db.Column{Name: "answer_ref", Kind: db.Text}, db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "erased", Kind: db.Bool})

const reviewColumns = `id, programme_id, platform, external_id, place, touchpoint_id, rating, occurred, recorded, author, body, order_ref, answer, answered, answered_by, answer_ref, state, erased`

// CountUnanswered returns how many reviews wait for an answer.
func CountUnanswered(ctx context.Context, q db.Queryer, programme id.ID) (n int64, err error) {
	if err = q.QueryRow(ctx, `SELECT COUNT(*) FROM touch_review WHERE programme_id = $1 AND state = 'unanswered'`, programme).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting reviews: %w", db.Fault(err))
	}
	return n, nil
}

func (r *Review) row() []any {
	return []any{
		r.ID, r.ProgrammeID, string(r.Platform), r.ExternalID, r.Place, r.TouchpointID, r.Rating, db.Micros(r.Occurred), db.Micros(r.Recorded),
		r.Author, r.Text, r.Order, r.Answer, db.Micros(r.Replied), r.AnsweredBy, r.AnswerRef, string(r.State), r.Erased,
	}
}

func scanReview(rows *sql.Rows) (*Review, error) {
	var r Review
	var occurred, recorded, answered int64
	err := rows.Scan(&r.ID, &r.ProgrammeID, &r.Platform, &r.ExternalID, &r.Place, &r.TouchpointID, &r.Rating, &occurred, &recorded,
		&r.Author, &r.Text, &r.Order, &r.Answer, &answered, &r.AnsweredBy, &r.AnswerRef, &r.State, &r.Erased)
	r.Occurred, r.Recorded, r.Replied = db.Time(occurred), db.Time(recorded), db.Time(answered)
	return &r, err
}

func selectReviews(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Review, error) {
	rows, err := q.Query(ctx, `SELECT `+reviewColumns+` FROM touch_review WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanReview)
	if err != nil {
		return nil, fmt.Errorf("reading reviews: %w", err)
	}
	return list, nil
}

func saveReviews(ctx context.Context, tx *db.Tx, list []*Review) error {
	rows := make([][]any, len(list))
	for i, r := range list {
		rows[i] = r.row()
	}
	if err := tx.Upsert(ctx, reviewTable, rows); err != nil {
		return fmt.Errorf("writing reviews: %w", err)
	}
	return nil
}

// name is how a platform knows a review.
type name struct {
	platform Platform
	external string
}

// known returns those of the names that there are, locked.
func known(ctx context.Context, tx *db.Tx, programme id.ID, names []name) (map[name]*Review, error) {
	var args db.Args
	first := args.Add(programme)
	rows := make([][]any, len(names))
	for i, n := range names {
		rows[i] = []any{string(n.platform), n.external}
	}
	list, err := selectReviews(ctx, tx, `programme_id = `+first+` AND (platform, external_id) IN `+args.Tuples([]db.Kind{db.Text, db.Text}, rows)+
		` ORDER BY id`+tx.ForUpdate(), args.Values()...)
	found := map[name]*Review{}
	for _, r := range list {
		found[name{r.Platform, r.ExternalID}] = r
	}
	return found, err
}

// Query asks for reviews of a programme.
type Query struct {
	ProgrammeID id.ID
	// State, Platform and TouchpointID narrow the list unless empty.
	State        State
	Platform     Platform
	TouchpointID id.ID
	// Before is where the page before ended; zero begins with the newest.
	Before Cursor
	Limit  int
}

// Cursor is a place in the list of reviews.
type Cursor struct {
	Occurred time.Time
	ID       id.ID
}

func (query *Query) read(ctx context.Context, q db.Queryer) ([]*Review, error) {
	var args db.Args
	where := `programme_id = ` + args.Add(query.ProgrammeID)
	if query.State != "" {
		where += ` AND state = ` + args.Add(string(query.State))
	}
	if query.Platform != "" {
		where += ` AND platform = ` + args.Add(string(query.Platform))
	}
	if query.TouchpointID != 0 {
		where += ` AND touchpoint_id = ` + args.Add(query.TouchpointID)
	}
	if query.Before != (Cursor{}) {
		where += ` AND (occurred, id) < (` + args.Add(db.Micros(query.Before.Occurred)) + `, ` + args.Add(query.Before.ID) + `)`
	}
	where += ` ORDER BY occurred DESC, id DESC LIMIT ` + args.Add(query.Limit)
	return selectReviews(ctx, q, where, args.Values()...)
}

func loadReview(ctx context.Context, q db.Queryer, programme, review id.ID, suffix string) (*Review, error) {
	list, err := selectReviews(ctx, q, `id = $1 AND programme_id = $2`+suffix, review, programme)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Missing("unknown_review", "there is no review %s", review.In(id.Review)).With("review", review.In(id.Review))
	}
	return list[0], nil
}

// Day is what was left at one platform on one day of the programme's calendar.
type Day struct {
	Platform Platform
	Day      time.Time // its beginning
	Reviews  int64
	// Rated of them have a rating; Sum adds those up.
	Rated, Sum int64
	// Answered of them have our answer, NoneNeeded need none.
	Answered, NoneNeeded int64
}

// foldDays counts reviews by platform and day, the newest day first.
func foldDays(list []*Review, zone *time.Location) []Day {
	type key struct {
		platform Platform
		day      string
	}
	at := map[key]int{}
	var days []Day
	for _, r := range list {
		local := r.Occurred.In(zone)
		k := key{r.Platform, local.Format(time.DateOnly)}
		i, found := at[k]
		if !found {
			i = len(days)
			at[k] = i
			days = append(days, Day{Platform: r.Platform, Day: time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)})
		}
		d := &days[i]
		d.Reviews++
		if r.Rating > 0 {
			d.Rated++
			d.Sum += r.Rating
		}
		switch r.State {
		case Answered:
			d.Answered++
		case NoneNeeded:
			d.NoneNeeded++
		}
	}
	return days
}
