package touch

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Config is what a service needs.
type Config struct {
	DB    *db.DB
	Now   func() time.Time
	Log   *slog.Logger
	Texts *i18n.Catalog
	// Market is where the partner API of Yandex Market answers; empty for its
	// own address.
	Market string
	// Flow puts on the timeline what staff say that a member wrote; without it
	// nothing gets there.
	Flow *flow.Service
	// PrivateFeeds allows feeds within the network that the server stands in.
	PrivateFeeds bool
	// Feeds fetches feeds in place of the network; nil for the network.
	Feeds http.RoundTripper
}

// Service is what can be done with cards and reviews.
type Service struct {
	Config
	doors   *doors
	boards  boards
	fetcher *http.Client
}

// New returns the service over a migrated database.
func New(c Config) *Service {
	s := &Service{Config: c, boards: boards{kept: map[string]keptBoard{}}, fetcher: newFetcher(c.PrivateFeeds)}
	if c.Feeds != nil {
		s.fetcher.Transport = c.Feeds
	}
	s.doors = newDoors(s)
	return s
}

// Touchpoints returns those of the programme, the first made first. It needs
// touch.read.
func (s *Service) Touchpoints(ctx context.Context, a auth.Actor, programme id.ID) ([]Touchpoint, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	return selectTouchpoints(ctx, s.DB.Reader(), `programme_id = $1`, programme)
}

// Touchpoint returns one. It needs touch.read.
func (s *Service) Touchpoint(ctx context.Context, a auth.Actor, programme, touchpoint id.ID) (Touchpoint, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return Touchpoint{}, err
	}
	return loadTouchpoint(ctx, s.DB.Reader(), programme, touchpoint)
}

// CreateTouchpoint adds a touchpoint. It needs touch.write.
func (s *Service) CreateTouchpoint(ctx context.Context, a auth.Actor, programme id.ID, spec TouchpointSpec) (Touchpoint, error) {
	t := Touchpoint{ProgrammeID: programme, Made: db.Time(db.Micros(s.Now())), TouchpointSpec: spec}
	err := s.change(ctx, a, programme, "touchpoint.create", func(tx *db.Tx) (id.ID, error) {
		t.ID = tx.IDs().New()
		return t.ID, s.writeTouchpoint(ctx, tx, &t)
	})
	return t, err
}

// UpdateTouchpoint writes what a touchpoint is. Links hold at once for cards
// that are printed already; those of cards that are out cannot all be taken
// away. It needs touch.write.
func (s *Service) UpdateTouchpoint(ctx context.Context, a auth.Actor, programme, touchpoint id.ID, spec TouchpointSpec) (Touchpoint, error) {
	var t Touchpoint
	err := s.change(ctx, a, programme, "touchpoint.update", func(tx *db.Tx) (_ id.ID, err error) {
		if t, err = loadTouchpoint(ctx, tx, programme, touchpoint); err != nil {
			return 0, err
		}
		if len(spec.Links) == 0 && len(t.Links) > 0 {
			made, err := selectBatches(ctx, tx, `b.programme_id = $1 AND b.touchpoint_id = $2`, programme, touchpoint)
			if err != nil {
				return 0, err
			}
			if len(made) > 0 {
				return 0, noLinks().At("/links")
			}
		}
		t.TouchpointSpec = spec
		return t.ID, s.writeTouchpoint(ctx, tx, &t)
	})
	s.doors.forget(touchpoint)
	return t, err
}

func noLinks() *fault.Error {
	return fault.Conflict("touchpoint_without_links", "cards need a place where a review can be left; add one to the touchpoint")
}

func (s *Service) writeTouchpoint(ctx context.Context, tx *db.Tx, t *Touchpoint) error {
	if err := t.Check(); err != nil {
		return err
	}
	if t.ShopID != 0 {
		shops, err := program.Shops(ctx, tx, t.ProgrammeID)
		if err != nil {
			return err
		}
		known := false
		for _, shop := range shops {
			known = known || shop.ID == t.ShopID
		}
		if !known {
			return fault.Invalid("touchpoint_shop", "the programme has no such shop").At("/shop")
		}
	}
	return upsertTouchpoint(ctx, tx, t)
}

// change does something as one transaction and leaves its trace.
func (s *Service) change(ctx context.Context, a auth.Actor, programme id.ID, action string, do func(*db.Tx) (id.ID, error)) error {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		n, err := do(tx)
		if err != nil {
			return err
		}
		prefix := id.Touchpoint
		if strings.HasPrefix(action, "touch_batch.") {
			prefix = id.CardBatch
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: n.In(prefix)})
	})
}

// Batches returns the batches of the programme, the newest first. It needs
// touch.read.
func (s *Service) Batches(ctx context.Context, a auth.Actor, programme id.ID) ([]Batch, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	return selectBatches(ctx, s.DB.Reader(), `b.programme_id = $1`, programme)
}

// Batch returns one. It needs touch.read.
func (s *Service) Batch(ctx context.Context, a auth.Actor, programme, batch id.ID) (Batch, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return Batch{}, err
	}
	return loadBatch(ctx, s.DB.Reader(), programme, batch)
}

// Cards returns the cards of a batch by their codes, those after one, at most
// limit. It needs touch.read.
func (s *Service) Cards(ctx context.Context, a auth.Actor, programme, batch id.ID, after string, limit int) ([]Card, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	return selectCards(ctx, s.DB.Reader(), `programme_id = $1 AND batch_id = $2 AND code > $3 ORDER BY code LIMIT $4`, programme, batch, after, limit)
}

// CreateBatch makes cards for a touchpoint. It needs touch.write.
func (s *Service) CreateBatch(ctx context.Context, a auth.Actor, programme, touchpoint id.ID, name string, cards int64, d Design) (Batch, error) {
	b := Batch{ProgrammeID: programme, TouchpointID: touchpoint, Name: strings.TrimSpace(name), Cards: cards, Design: d, Made: db.Time(db.Micros(s.Now())), MadeBy: a.String()}
	if b.Name == "" || utf8.RuneCountInString(b.Name) > maxName {
		return b, fault.Invalid("card_batch_name", "give the batch a name of up to %d letters", maxName).With("most", maxName).At("/name")
	}
	if cards < 1 || cards > MaxCards {
		return b, fault.Invalid("card_batch_size", "a batch has from 1 to %d cards", MaxCards).With("most", MaxCards).At("/cards")
	}
	if err := b.Design.Check(); err != nil {
		return b, err
	}
	err := s.change(ctx, a, programme, "touch_batch.create", func(tx *db.Tx) (id.ID, error) {
		t, err := loadTouchpoint(ctx, tx, programme, touchpoint)
		switch {
		case err != nil:
			return 0, err
		case t.Closed:
			return 0, fault.Conflict("touchpoint_closed", "the touchpoint is closed and gets no new cards").At("/touchpoint")
		case len(t.Links) == 0:
			return 0, noLinks().At("/touchpoint")
		}
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return 0, err
		}
		if unnamed(p.Name) {
			return 0, fault.Conflict("card_brand_letters", "the font of cards has not every letter of “%s”; cards need a name in Latin, Greek or Cyrillic letters", p.Name).With("name", p.Name)
		}
		b.ID = tx.IDs().New()
		if err := drawCards(ctx, tx, &b); err != nil {
			return 0, err
		}
		return b.ID, insertBatch(ctx, tx, &b)
	})
	return b, err
}

// Print writes a part of a batch as PDF, counted from 0. Base is where the cards
// lead, as https://points.example.com. It needs touch.read.
func (s *Service) Print(ctx context.Context, a auth.Actor, programme, batch id.ID, paper Paper, part int, base string, w io.Writer) error {
	b, err := s.Batch(ctx, a, programme, batch)
	if err != nil {
		return err
	}
	if paper != A6 && paper != A4 {
		return fault.Invalid("card_paper", "cards are printed on a6 or a4").At("/paper")
	}
	if part < 0 || part >= b.Parts() {
		return fault.Missing("card_part", "the batch has %d parts", b.Parts()).With("parts", b.Parts())
	}
	p, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return err
	}
	cards, err := selectCards(ctx, s.DB.Reader(), `programme_id = $1 AND batch_id = $2 ORDER BY code LIMIT $3 OFFSET $4`, programme, batch, PartCards, part*PartCards)
	if err != nil {
		return err
	}
	sheet := Sheet{
		Paper: paper, Layout: b.Design.Layout, Words: b.Design.filled(s.Texts.Printer(b.Design.Language, p.Zone, p.Currency)),
		Brand: p.Name, Hue: p.Hue, Base: base, Created: b.Made,
	}
	for _, c := range cards {
		sheet.Codes = append(sheet.Codes, c.Code)
	}
	return sheet.Print(w)
}

// Trial returns how orders are drawn. It needs touch.read.
func (s *Service) Trial(ctx context.Context, a auth.Actor, programme id.ID) (Trial, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return Trial{}, err
	}
	return loadTrial(ctx, s.DB.Reader(), programme)
}

// SetTrial says how many of 10,000 orders get no card from now on. The seed is
// drawn here once. It needs touch.write.
func (s *Service) SetTrial(ctx context.Context, a auth.Actor, programme id.ID, share int64) (Trial, error) {
	t := Trial{Share: share}
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return t, err
	}
	if err := t.Check(); err != nil {
		return t, err
	}
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO touch_trial (programme_id, seed, share) VALUES ($1, $2, $3)
			ON CONFLICT (programme_id) DO UPDATE SET share = $3`, programme, rand.Text(), share)
		if err != nil {
			return fmt.Errorf("writing a trial: %w", err)
		}
		if t, err = loadTrial(ctx, tx, programme); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "touch.trial", Subject: programme.In(id.Programme), Detail: map[string]any{"share": share}})
	})
	return t, err
}
