package standard

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/photo"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// MaxPhotos is how many photos go with a sheet.
const MaxPhotos = 6

// Photo is evidence on a sheet.
type Photo struct {
	ID            id.ID
	Width, Height int
}

func photosOf(ctx context.Context, q db.Queryer, programme, visit id.ID) ([]Photo, error) {
	rows, err := q.Query(ctx, `SELECT id, width, height FROM standard_photo WHERE programme_id = $1 AND visit_id = $2 ORDER BY id`, programme, visit)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (p Photo, err error) { return p, r.Scan(&p.ID, &p.Width, &p.Height) })
	if err != nil {
		return nil, fmt.Errorf("reading the photos of a visit: %w", err)
	}
	return list, nil
}

// picture returns a photo's JPEG, or nil for none.
func picture(ctx context.Context, q db.Queryer, programme, visit, photo id.ID) ([]byte, error) {
	rows, err := q.Query(ctx, `SELECT picture FROM standard_photo WHERE programme_id = $1 AND visit_id = $2 AND id = $3`, programme, visit, photo)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b []byte, err error) { return b, r.Scan(&b) })
	if err != nil {
		return nil, fmt.Errorf("reading a photo: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list[0], nil
}

func redrawn(uploads [][]byte) ([]photo.Photo, error) {
	var list []photo.Photo
	for _, u := range uploads {
		p, err := photo.Redraw(u)
		if err != nil {
			return nil, fault.At("/photos", err)
		}
		list = append(list, p)
	}
	return list, nil
}

func tooManyPhotos() error {
	return fault.Invalid("visit_photos", "at most %d photos go with a sheet", MaxPhotos).At("/photos").With("most", MaxPhotos)
}

// put keeps what stands on a sheet, and with whole sends it: from then on it is
// scored and cannot be changed but by a correction.
func (s *Service) put(ctx context.Context, tx *db.Tx, v *Visit, sheet Sheet, photos []photo.Photo, whole bool) error {
	now := s.clock()
	switch at := v.At(now); {
	case at == Sent:
		return fault.Conflict("visit_sent", "the sheet was sent already, thank you")
	case at == Cancelled:
		return fault.Conflict("visit_cancelled", "the visit was called off; nothing is needed from you")
	case at == Missed:
		return fault.Conflict("visit_over", "the time for this visit is over; nothing is needed from you any more")
	case whole && now.Before(v.Opens):
		return fault.Conflict("visit_early", "the sheet can be sent from the day of the visit on").With("day", v.Opens)
	}
	spec, err := loadSpec(ctx, tx, v.ProgrammeID, v.StandardID, v.Version)
	if err != nil {
		return err
	}
	lang := v.Lang
	if v.Sheet, err = spec.take(sheet, whole); err != nil {
		return err
	}
	if v.Lang == "" {
		v.Lang = lang
	}
	have, err := photosOf(ctx, tx, v.ProgrammeID, v.ID)
	if err != nil {
		return err
	}
	if len(have)+len(photos) > MaxPhotos {
		return tooManyPhotos()
	}
	for _, p := range photos {
		row := []any{v.ProgrammeID, v.ID, tx.IDs().New(), int64(p.Width), int64(p.Height), p.JPEG}
		if err := tx.Insert(ctx, photoTable, [][]any{row}); err != nil {
			return fmt.Errorf("keeping a photo: %w", err)
		}
	}
	if whole {
		var failed []string
		v.Score, failed = spec.Score(v.Answers)
		v.State, v.Sent, v.Failed = Sent, now, len(failed) > 0
		if v.SaleID, err = receipt(ctx, tx, v); err != nil {
			return err
		}
	}
	return saveVisit(ctx, tx, v)
}

// receipt finds the sale of a receipt: the only one of its number in the shop
// within a day of the visit; 0 for none.
func receipt(ctx context.Context, q db.Queryer, v *Visit) (id.ID, error) {
	if v.Reference == "" {
		return 0, nil
	}
	named, err := journal.Named(ctx, q, v.ProgrammeID, v.Reference)
	if err != nil {
		return 0, err
	}
	var keys []sale.SaleKey
	for _, n := range named {
		keys = append(keys, sale.SaleKey{MemberID: n.MemberID, ID: n.EventID})
	}
	sales, err := sale.LoadSales(ctx, q, keys)
	if err != nil {
		return 0, err
	}
	var found []id.ID
	for n, of := range sales {
		if of.ShopID == v.ShopID && !of.Occurred.Before(v.Opens.AddDate(0, 0, -1)) && of.Occurred.Before(v.Opens.AddDate(0, 0, 2)) {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return 0, nil
	}
	return found[0], nil
}

// handled refuses who may not act on a visit: it takes audits.write, and of a
// mystery visit visits.plan too.
func (n *Visit) handled(a auth.Actor) error {
	if err := a.Can(n.ProgrammeID, auth.AuditsWrite); err != nil || n.Kind != Mystery {
		return err
	}
	return a.Can(n.ProgrammeID, auth.VisitsPlan)
}

// Fill sends a sheet in the name of who made the visit. It needs audits.write, and
// of a mystery visit visits.plan too.
func (s *Service) Fill(ctx context.Context, a auth.Actor, programme, which id.ID, sheet Sheet, uploads [][]byte) (*Visit, error) {
	if len(uploads) > MaxPhotos {
		return nil, tooManyPhotos()
	}
	photos, err := redrawn(uploads)
	if err != nil {
		return nil, err
	}
	return s.changeVisit(ctx, a, programme, which, "visit.send", func(tx *db.Tx, v *Visit) error {
		if err := v.handled(a); err != nil {
			return err
		}
		return s.put(ctx, tx, v, sheet, photos, true)
	})
}

// changeVisit runs a verb on a visit that the actor may see.
func (s *Service) changeVisit(ctx context.Context, a auth.Actor, programme, which id.ID, action string, fn func(tx *db.Tx, v *Visit) error) (*Visit, error) {
	var v *Visit
	err := s.write(ctx, a, programme, auth.StandardsRead, func(tx *db.Tx, _ *program.Programme) (auth.Entry, error) {
		var none auth.Entry
		may, err := s.sees(ctx, tx, a, programme)
		if err != nil {
			return none, err
		}
		if v, err = loadVisit(ctx, tx, programme, which, tx.ForUpdate()); err != nil {
			return none, err
		}
		if may.hides(v) {
			return none, UnknownVisit(which)
		}
		return auth.Entry{Action: action, Subject: which.In(id.Visit)}, fn(tx, v)
	})
	return v, err
}

// Cancel calls a visit off. It needs what Fill needs.
func (s *Service) Cancel(ctx context.Context, a auth.Actor, programme, which id.ID) (*Visit, error) {
	return s.changeVisit(ctx, a, programme, which, "visit.cancel", func(tx *db.Tx, v *Visit) error {
		if err := v.handled(a); err != nil {
			return err
		}
		if v.State == Sent {
			return fault.Conflict("visit_sent", "the sheet was sent already, thank you")
		}
		v.State = Cancelled
		return saveVisit(ctx, tx, v)
	})
}

// Correction is what stood on a sheet before a manager corrected it.
type Correction struct {
	At     time.Time
	By     string
	Reason string
	Before map[string]Answer
}

type corrected struct {
	Answers map[string]Answer `json:"answers"`
	Score   int64             `json:"score"`
}

func correctionsOf(ctx context.Context, q db.Queryer, programme, visit id.ID) ([]Correction, error) {
	rows, err := q.Query(ctx, `SELECT at, actor, reason, before FROM standard_correction WHERE programme_id = $1 AND visit_id = $2 ORDER BY id`, programme, visit)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Correction, err error) {
		var at int64
		var before string
		if err := r.Scan(&at, &n.By, &n.Reason, &before); err != nil {
			return n, err
		}
		var c corrected
		err = unpacked(before, &c)
		n.At, n.Before = db.Time(at), c.Answers
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the corrections of a sheet: %w", err)
	}
	return list, nil
}

// Correct changes the answers of a sheet that was sent and keeps what stood there
// before; it must say why. Nobody corrects the sheet of a shop where they work
// ("visit_own_shop"). It needs standards.write.
func (s *Service) Correct(ctx context.Context, a auth.Actor, programme, which id.ID, answers map[string]Answer, reason string) (*Visit, error) {
	if err := a.Can(programme, auth.StandardsWrite); err != nil {
		return nil, err
	}
	if reason = i18n.Tidy(reason); reason == "" {
		return nil, fault.Invalid("visit_reason", "say why the sheet is corrected").At("/reason")
	}
	if err := short(reason, "/reason", MaxComment); err != nil {
		return nil, err
	}
	return s.changeVisit(ctx, a, programme, which, "visit.correct", func(tx *db.Tx, v *Visit) error {
		if v.State != Sent {
			return fault.Conflict("visit_unsent", "the sheet was not sent yet")
		}
		if a.Kind == auth.KindStaff {
			homes, err := s.homes(ctx, tx, programme, a.ID)
			if err != nil {
				return err
			}
			if slices.Contains(homes, v.ShopID) {
				return fault.Refused("visit_own_shop", "somebody else corrects what was found where you work")
			}
		}
		spec, err := loadSpec(ctx, tx, programme, v.StandardID, v.Version)
		if err != nil {
			return err
		}
		before, err := packed(corrected{v.Answers, v.Score})
		if err != nil {
			return err
		}
		if v.Sheet, err = spec.take(v.with(answers), true); err != nil {
			return err
		}
		var failed []string
		v.Score, failed = spec.Score(v.Answers)
		v.Failed = len(failed) > 0
		row := []any{programme, which, tx.IDs().New(), db.Micros(s.clock()), a.String(), reason, before}
		if err := tx.Insert(ctx, correctionTable, [][]any{row}); err != nil {
			return fmt.Errorf("writing a correction: %w", err)
		}
		return saveVisit(ctx, tx, v)
	})
}

// with returns the sheet with other answers; a comment that is left out stays.
func (n *Visit) with(answers map[string]Answer) Sheet {
	sheet := n.Sheet
	sheet.Answers = map[string]Answer{}
	for code, a := range n.Answers {
		sheet.Answers[code] = a
	}
	for code, a := range answers {
		if a.Comment == "" {
			a.Comment = n.Answers[code].Comment
		}
		sheet.Answers[code] = a
	}
	return sheet
}

// Answer is what the shop says to a sheet, once. It needs audits.write.
func (s *Service) Answer(ctx context.Context, a auth.Actor, programme, which id.ID, text string) (*Visit, error) {
	if err := a.Can(programme, auth.AuditsWrite); err != nil {
		return nil, err
	}
	if text = i18n.Tidy(text); text == "" {
		return nil, fault.Invalid("visit_reply", "write what the shop says").At("/text")
	}
	if err := short(text, "/text", MaxRemark); err != nil {
		return nil, err
	}
	return s.changeVisit(ctx, a, programme, which, "visit.reply", func(tx *db.Tx, v *Visit) error {
		switch {
		case v.State != Sent:
			return fault.Conflict("visit_unsent", "the sheet was not sent yet")
		case v.Reply == text:
			return nil
		case v.Reply != "":
			return fault.Conflict("visit_replied", "the shop has answered already")
		}
		v.Reply, v.Replied, v.RepliedBy = text, s.clock(), a.String()
		return saveVisit(ctx, tx, v)
	})
}
