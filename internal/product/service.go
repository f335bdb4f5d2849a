package product

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// Service is what an actor can do with the catalogue.
type Service struct{ d *db.DB }

// New returns the service over a migrated database.
func New(d *db.DB) *Service { return &Service{d: d} }

// Upsert adds products to a programme's catalogue and changes those that are
// in it, whichever programme they name. A fault points at the product that
// cannot be taken, as "/3/cost", and then none is. It needs products.write.
func (s *Service) Upsert(ctx context.Context, a auth.Actor, programme id.ID, products []Product) error {
	if err := a.Can(programme, auth.ProductsWrite); err != nil {
		return err
	}
	if len(products) == 0 {
		return nil
	}
	own, skus := make([]Product, len(products)), make([]string, 0, maxTraced)
	for i, p := range products {
		own[i] = p
		own[i].ProgrammeID = programme
		if len(skus) < maxTraced {
			skus = append(skus, p.SKU)
		}
	}
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		if err := Save(ctx, tx, own); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "product.upsert", Subject: programme.In(id.Programme),
			Detail: map[string]any{"products": len(own), "skus": skus},
		})
	})
}

// maxTraced is how many SKUs of one change the audit trail names.
const maxTraced = 20

// Page is a page of a listing.
type Page struct {
	Products []Product
	// Next is what Query.After takes for the page after; empty on the last.
	Next string
}

// List returns a page of products by SKU. It needs products.read.
func (s *Service) List(ctx context.Context, a auth.Actor, what Query) (Page, error) {
	if err := a.Can(what.ProgrammeID, auth.ProductsRead); err != nil {
		return Page{}, err
	}
	products, err := list(ctx, s.d.Reader(), what)
	if err != nil {
		return Page{}, err
	}
	if n := what.size(); len(products) > n {
		return Page{products[:n], products[n-1].SKU}, nil
	}
	return Page{Products: products}, nil
}
