package touch

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Board is what other sites may show of a programme's reviews: those of the last
// twelve months that name an order we know, good ones and bad ones alike.
type Board struct {
	Programme program.Programme
	// Latest are the newest of them, with their words and what we answered.
	Latest []Said
	// Reviews is how many there are; Stars counts the rated ones by rating.
	Reviews int64
	Stars   [6]int64
}

// Said is a review as it is shown to everybody: what its platform shows, and no
// order.
type Said struct {
	Platform     Platform
	Rating       int64
	Occurred     time.Time
	Author, Text string
	Answer       string
}

// Mean returns the mean rating in hundredths, rounded half up, of how many; 0 of
// 0 without any.
func (b *Board) Mean() (hundredths, n int64) {
	var sum int64
	for stars, k := range b.Stars {
		sum, n = sum+int64(stars)*k, n+k
	}
	if n == 0 {
		return 0, 0
	}
	return (sum*100 + n/2) / n, n
}

const (
	boardLatest = 10
	boardPast   = 365 * 24 * time.Hour
	// boardTTL is how long a board is shown as it was, so that a site with many
	// visitors costs as little as one with few; mostBoards bounds those kept.
	boardTTL   = time.Minute
	mostBoards = 1000
)

// boards keeps what was shown of late, by the name of the programme.
type boards struct {
	mu   sync.Mutex
	kept map[string]keptBoard
}

type keptBoard struct {
	board *Board // nil where nothing is shown
	until time.Time
}

func (b *boards) get(slug string, now time.Time) (keptBoard, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, found := b.kept[slug]
	return k, found && now.Before(k.until)
}

func (b *boards) put(slug string, k keptBoard) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.kept) >= mostBoards {
		clear(b.kept)
	}
	b.kept[slug] = k
}

func (b *boards) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.kept)
}

// Widget returns whether other sites may show the reviews. It needs touch.read.
func (s *Service) Widget(ctx context.Context, a auth.Actor, programme id.ID) (bool, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return false, err
	}
	return widgetShown(ctx, s.DB.Reader(), programme)
}

// SetWidget lets other sites show the reviews of known orders, or ends it; sites
// see it within minutes. It needs touch.write.
func (s *Service) SetWidget(ctx context.Context, a auth.Actor, programme id.ID, shown bool) error {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return err
	}
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO touch_widget (programme_id, shown) VALUES ($1, $2) ON CONFLICT (programme_id) DO UPDATE SET shown = $2`, programme, shown); err != nil {
			return fmt.Errorf("changing who may show reviews: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "touch.widget", Subject: programme.In(id.Programme), Detail: map[string]any{"on": shown}})
	})
	s.boards.forget()
	return err
}

func widgetShown(ctx context.Context, q db.Queryer, programme id.ID) (bool, error) {
	rows, err := q.Query(ctx, `SELECT shown FROM touch_widget WHERE programme_id = $1`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b bool, err error) { return b, r.Scan(&b) })
	if err != nil {
		return false, fmt.Errorf("reading who may show reviews: %w", err)
	}
	return len(list) == 1 && list[0], nil
}

// Board returns what is shown of the programme of a slug, to anybody; fault
// "unknown_board" where there is none or nothing is to be shown.
func (s *Service) Board(ctx context.Context, slug string) (*Board, error) {
	now := s.Now()
	k, fresh := s.boards.get(slug, now)
	if !fresh {
		k = keptBoard{until: now.Add(boardTTL)}
		err := s.DB.View(ctx, func(q db.Queryer) (err error) {
			k.board, err = readBoard(ctx, q, slug, now)
			return err
		})
		if err != nil {
			return nil, err
		}
		s.boards.put(slug, k)
	}
	if k.board == nil {
		return nil, fault.Missing("unknown_board", "no reviews are shown here")
	}
	return k.board, nil
}

func readBoard(ctx context.Context, q db.Queryer, slug string, now time.Time) (*Board, error) {
	all, err := program.List(ctx, q)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(p program.Programme) bool { return p.Slug == slug })
	if at < 0 {
		return nil, nil
	}
	b := &Board{Programme: all[at]}
	if shown, err := widgetShown(ctx, q, b.Programme.ID); err != nil || !shown {
		return nil, err
	}
	list, err := selectReviews(ctx, q, `programme_id = $1 AND occurred >= $2 AND order_ref <> '' ORDER BY occurred DESC, id DESC`, b.Programme.ID, db.Micros(now.Add(-boardPast)))
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(list))
	for i, r := range list {
		refs[i] = r.Order
	}
	orders, err := findOrders(ctx, q, b.Programme.ID, refs)
	for _, r := range list {
		if _, known := orders[r.Order]; known {
			b.add(r)
		}
	}
	return b, err
}

// add counts a review, and shows it while there is room. One without words, as
// of somebody who was erased, counts with its rating alone.
func (b *Board) add(r *Review) {
	b.Reviews++
	if r.Rating > 0 {
		b.Stars[r.Rating]++
	}
	if len(b.Latest) < boardLatest && r.Text != "" && !r.Erased {
		b.Latest = append(b.Latest, Said{r.Platform, r.Rating, r.Occurred, r.Author, r.Text, r.Answer})
	}
}
