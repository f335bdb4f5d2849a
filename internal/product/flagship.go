package product

import (
	"context"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// MaxFlagships bounds the flagships of a programme: who puts everything in front
// puts nothing there.
const MaxFlagships = 50

// Flagships returns the flagships of a programme by SKU. It needs products.read.
func (s *Service) Flagships(ctx context.Context, a auth.Actor, programme id.ID) ([]Product, error) {
	if err := a.Can(programme, auth.ProductsRead); err != nil {
		return nil, err
	}
	return flagships(ctx, s.d.Reader(), programme)
}

func flagships(ctx context.Context, q db.Queryer, programme id.ID) ([]Product, error) {
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM product WHERE programme_id = $1 AND flagship ORDER BY sku`, programme)
	list, err := db.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("reading flagships: %w", err)
	}
	return list, nil
}

// Get returns one product of the catalogue; fault "unknown_product" when there
// is none. It needs products.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme id.ID, sku string) (Product, error) {
	if err := a.Can(programme, auth.ProductsRead); err != nil {
		return Product{}, err
	}
	return get(ctx, s.d.Reader(), programme, sku)
}

func get(ctx context.Context, q db.Queryer, programme id.ID, sku string) (Product, error) {
	found, err := Lookup(ctx, q, programme, []string{sku})
	if err != nil {
		return Product{}, err
	}
	p, known := found[sku]
	if !known {
		return p, fault.Missing("unknown_product", "the catalogue has no product %q; add it first", sku).At("/sku").With("sku", sku)
	}
	return p, nil
}

// SetFlagship makes a product of the catalogue a flagship, or no longer one; to
// say so again changes nothing. It needs products.write.
func (s *Service) SetFlagship(ctx context.Context, a auth.Actor, programme id.ID, sku string, flagship bool) (Product, error) {
	var p Product
	if err := a.Can(programme, auth.ProductsWrite); err != nil {
		return p, err
	}
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if p, err = get(ctx, tx, programme, sku); err != nil || p.Flagship == flagship {
			return err
		}
		if err := checkFlagships(ctx, tx, programme, flagship); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE product SET flagship = $3 WHERE programme_id = $1 AND sku = $2`, programme, sku, flagship); err != nil {
			return fmt.Errorf("marking a flagship: %w", err)
		}
		p.Flagship = flagship
		action := "product.flagship"
		if !flagship {
			action = "product.no_flagship"
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: programme.In(id.Programme), Detail: map[string]any{"sku": sku}})
	})
	return p, err
}

// checkFlagships refuses one more than there may be.
func checkFlagships(ctx context.Context, tx *db.Tx, programme id.ID, more bool) error {
	if !more {
		return nil
	}
	list, err := flagships(ctx, tx, programme)
	if err == nil && len(list) >= MaxFlagships {
		err = fault.Conflict("too_many_flagships", "a programme has at most %d flagships; take the mark off another first", MaxFlagships).With("most", MaxFlagships)
	}
	return err
}
