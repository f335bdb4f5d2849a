package standard

import (
	"context"
	"fmt"
	"maps"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Errand is what somebody sees who has the link of a visit: what to do, the
// standard, and their own sheet. It tells nothing of other visits.
type Errand struct {
	*Visit
	Programme program.Programme
	Shop      program.Shop
	// Plot is what to do; empty for an audit.
	Plot   Plot
	Spec   *Spec
	Photos []Photo
	// Early says that the sheet cannot be sent yet.
	Early bool
}

// visitors is who acts by a link.
var visitors = auth.System("visitor")

func unknownLink() *fault.Error {
	return fault.Missing("visit_link", "this link leads nowhere; compare it with your message")
}

// Meet returns the errand of a link. A link of a visit that was called off or
// whose time is over tells so ("visit_cancelled", "visit_over"); the errand then
// holds the programme alone. One whose sheet was sent shows no sheet any more.
func (s *Service) Meet(ctx context.Context, token string) (*Errand, error) {
	var n *Errand
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		n, err = s.meet(ctx, q, token, "")
		return err
	})
	if n == nil {
		n = &Errand{}
	}
	return n, err
}

func (s *Service) meet(ctx context.Context, q db.Queryer, token, lock string) (*Errand, error) {
	hash := links.Hash(token)
	if hash == "" {
		return nil, unknownLink()
	}
	list, err := selectVisits(ctx, q, `v.token = $1`+lock, hash)
	if err == nil && len(list) == 0 {
		err = unknownLink()
	}
	if err != nil {
		return nil, err
	}
	n := &Errand{Visit: list[0]}
	if n.Programme, err = program.Load(ctx, q, n.ProgrammeID); err != nil {
		return nil, err
	}
	now := s.clock()
	switch n.At(now) {
	case Cancelled:
		return n, fault.Refused("visit_cancelled", "the visit was called off; nothing is needed from you")
	case Missed:
		return n, fault.Refused("visit_over", "the time for this visit is over; nothing is needed from you any more")
	case Sent:
		n.Visit = &Visit{ID: n.ID, State: Sent, Sheet: Blank()}
		return n, nil
	}
	n.Early = now.Before(n.Opens)
	return n, s.brief(ctx, q, n)
}

// brief reads what there is to do.
func (s *Service) brief(ctx context.Context, q db.Queryer, n *Errand) error {
	shops, err := program.Shops(ctx, q, n.ProgrammeID)
	if err != nil {
		return err
	}
	for _, x := range shops {
		if x.ID == n.ShopID {
			n.Shop = x
		}
	}
	if n.Spec, err = loadSpec(ctx, q, n.ProgrammeID, n.StandardID, n.Version); err != nil {
		return err
	}
	if n.ScenarioID != 0 {
		scenario, err := loadScenario(ctx, q, n.ProgrammeID, n.ScenarioID)
		if err != nil {
			return err
		}
		n.Plot = scenario.Plot
	}
	n.Photos, err = photosOf(ctx, q, n.ProgrammeID, n.ID)
	return err
}

// Keep keeps what stands on the sheet of a link, to be gone on with later, or
// with whole sends it, once. Photos are added to those that are there.
func (s *Service) Keep(ctx context.Context, token string, sheet Sheet, uploads [][]byte, whole bool) error {
	if len(uploads) > MaxPhotos {
		return tooManyPhotos()
	}
	photos, err := redrawn(uploads)
	if err != nil {
		return err
	}
	return s.byLink(ctx, token, func(tx *db.Tx, n *Errand) (string, error) {
		action := "visit.keep"
		if whole {
			action = "visit.send"
		}
		return action, s.put(ctx, tx, n.Visit, sheet, photos, whole)
	})
}

// Drop takes a photo off a sheet that was not sent.
func (s *Service) Drop(ctx context.Context, token string, photo id.ID) error {
	return s.byLink(ctx, token, func(tx *db.Tx, n *Errand) (string, error) {
		_, err := tx.Exec(ctx, `DELETE FROM standard_photo WHERE programme_id = $1 AND visit_id = $2 AND id = $3`, n.ProgrammeID, n.ID, photo)
		if err != nil {
			return "", fmt.Errorf("taking a photo off: %w", err)
		}
		return "visit.drop_photo", nil
	})
}

// byLink runs what somebody does who has a link, while the sheet is open.
func (s *Service) byLink(ctx context.Context, token string, fn func(tx *db.Tx, n *Errand) (action string, err error)) error {
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		n, err := s.meet(ctx, tx, token, tx.ForUpdate())
		if err != nil {
			return err
		}
		if n.State == Sent {
			return fault.Conflict("visit_sent", "the sheet was sent already, thank you")
		}
		visit, programme := n.ID, n.Programme.ID
		action, err := fn(tx, n)
		if err != nil {
			return err
		}
		return auth.Record(ctx, tx, visitors, auth.Entry{ProgrammeID: programme, Action: action, Subject: visit.In(id.Visit)})
	})
}

// Look returns a photo of the sheet of a link, while it is not sent.
func (s *Service) Look(ctx context.Context, token string, photo id.ID) ([]byte, error) {
	n, err := s.Meet(ctx, token)
	if err != nil {
		return nil, err
	}
	if n.State == Sent {
		return nil, unknownLink()
	}
	b, err := picture(ctx, s.d.Reader(), n.ProgrammeID, n.ID, photo)
	if err == nil && b == nil {
		err = fault.Missing("unknown_visit_photo", "the visit has no such photo")
	}
	return b, err
}

// Copy returns the sheet by itself, to be filled in.
func (n *Errand) Copy() Sheet {
	sheet := n.Sheet
	sheet.Answers = maps.Clone(n.Answers)
	return sheet
}
