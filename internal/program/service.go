package program

import (
	"context"
	"crypto/rand"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// Service is what can be done with programmes and shops. Programmes are locked
// by bumping their version first, so changes to one come one after another.
type Service struct{ d *db.DB }

// New returns the service over a migrated database.
func New(d *db.DB) *Service { return &Service{d: d} }

// Create makes a programme. It ignores the given id, salt, version and time of
// creation; a zero Settings means the defaults. It needs programmes.write over
// the whole installation.
func (s *Service) Create(ctx context.Context, a auth.Actor, p Programme) (Programme, error) {
	if err := a.Can(0, auth.ProgrammesWrite); err != nil {
		return Programme{}, err
	}
	if p.Settings == (Settings{}) {
		p.Settings = DefaultSettings()
	}
	if err := p.check(); err != nil {
		return Programme{}, err
	}
	p.Salt, p.Version = rand.Text(), 1
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		p.ID = tx.IDs().New()
		p.Created = p.ID.Time()
		if err := insertProgramme(ctx, tx, p); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, entry(p.ID, "programme.create", nil))
	})
	return p, err
}

// Update changes a programme. The change sees it as it stands and may set its
// name, slug, zone, languages, hue and settings; the currency is fixed, and
// what else it sets is ignored. It needs programmes.write.
func (s *Service) Update(ctx context.Context, a auth.Actor, programme id.ID, change func(*Programme)) (Programme, error) {
	if err := a.Can(programme, auth.ProgrammesWrite); err != nil {
		return Programme{}, err
	}
	var p Programme
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		if err := Touch(ctx, tx, programme); err != nil {
			return err
		}
		old, err := Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		p = old
		p.Languages = slices.Clone(old.Languages)
		change(&p)
		p.ID, p.Salt, p.Version, p.Created = old.ID, old.Salt, old.Version, old.Created
		return s.replace(ctx, tx, a, old, p)
	})
	return p, err
}

func (s *Service) replace(ctx context.Context, tx *db.Tx, a auth.Actor, old, p Programme) error {
	if p.Currency != old.Currency {
		return fixedCurrency(old)
	}
	if err := p.check(); err != nil {
		return err
	}
	taken, err := slugTaken(ctx, tx, p.Slug, p.ID)
	if err != nil {
		return err
	}
	if taken {
		return takenSlug(p.Slug)
	}
	if err := updateProgramme(ctx, tx, p); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, entry(p.ID, "programme.update", map[string]any{"changed": changes(old, p)}))
}

// Get returns a programme. It needs programmes.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme id.ID) (Programme, error) {
	if err := a.Can(programme, auth.ProgrammesRead); err != nil {
		return Programme{}, err
	}
	return Load(ctx, s.d.Reader(), programme)
}

// List returns the programmes that the actor may read, by name.
func (s *Service) List(ctx context.Context, a auth.Actor) ([]Programme, error) {
	all, err := List(ctx, s.d.Reader())
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p Programme) bool { return a.Can(p.ID, auth.ProgrammesRead) != nil }), nil
}

// Shops returns the shops of a programme by code, the closed ones included. It
// needs programmes.read.
func (s *Service) Shops(ctx context.Context, a auth.Actor, programme id.ID) ([]Shop, error) {
	if err := a.Can(programme, auth.ProgrammesRead); err != nil {
		return nil, err
	}
	return Shops(ctx, s.d.Reader(), programme)
}

// AddShop adds a shop to its programme. It needs programmes.write.
func (s *Service) AddShop(ctx context.Context, a auth.Actor, shop Shop) (Shop, error) {
	if err := a.Can(shop.ProgrammeID, auth.ProgrammesWrite); err != nil {
		return Shop{}, err
	}
	if err := shop.check(); err != nil {
		return Shop{}, err
	}
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		if err := Touch(ctx, tx, shop.ProgrammeID); err != nil {
			return err
		}
		shop.ID = tx.IDs().New()
		if err := insertShop(ctx, tx, shop); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, entry(shop.ProgrammeID, "shop.create", map[string]any{"shop": shop.ID.In(id.Shop)}))
	})
	return shop, err
}

// UpdateShop changes a shop of the programme. The change sees it as it stands
// and may set its code, name and zone, and close or open it. It needs
// programmes.write.
func (s *Service) UpdateShop(ctx context.Context, a auth.Actor, programme, shop id.ID, change func(*Shop)) (Shop, error) {
	if err := a.Can(programme, auth.ProgrammesWrite); err != nil {
		return Shop{}, err
	}
	var changed Shop
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		if err := Touch(ctx, tx, programme); err != nil {
			return err
		}
		old, err := loadShop(ctx, tx, programme, shop)
		if err != nil {
			return err
		}
		changed = old
		change(&changed)
		changed.ID, changed.ProgrammeID = old.ID, old.ProgrammeID
		return replaceShop(ctx, tx, a, changed)
	})
	return changed, err
}

func replaceShop(ctx context.Context, tx *db.Tx, a auth.Actor, shop Shop) error {
	if err := shop.check(); err != nil {
		return err
	}
	taken, err := codeTaken(ctx, tx, shop)
	if err != nil {
		return err
	}
	if taken {
		return takenCode(shop.Code)
	}
	if err := updateShop(ctx, tx, shop); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, entry(shop.ProgrammeID, "shop.update", map[string]any{"shop": shop.ID.In(id.Shop)}))
}

func entry(programme id.ID, action string, detail map[string]any) auth.Entry {
	return auth.Entry{ProgrammeID: programme, Action: action, Subject: programme.In(id.Programme), Detail: detail}
}
