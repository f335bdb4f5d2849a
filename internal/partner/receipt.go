package partner

import (
	"context"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/promo"
)

// theirs reports whether the line's sale was in a shop of the partner's: of
// points always, of discounts where it is owed a part.
func (l *Line) theirs() bool { return l.Side != Offer || l.Rate.Num() < 0 }

// name fills in what people know lines by: receipts and offers.
func (s *Statement) name(ctx context.Context, q db.Queryer) error {
	offers, err := promo.Histories(ctx, q, s.ProgrammeID)
	if err != nil {
		return err
	}
	s.Offers = map[id.ID]string{}
	for _, m := range s.Sums {
		for _, o := range offers {
			if o.ID == m.OfferID {
				s.Offers[m.OfferID] = o.Name
			}
		}
	}
	return s.nameReceipts(ctx, q)
}

// nameReceipts fills in what the partner's tills call the sales of a statement's
// lines.
func (s *Statement) nameReceipts(ctx context.Context, q db.Queryer) error {
	noted, err := linesOf(ctx, q, s.PartnerID, s.Month)
	if err != nil {
		return err
	}
	whose := map[lineKey]id.ID{} // closed statements do not keep it
	for i := range noted {
		whose[noted[i].key()] = noted[i].member
	}
	owner := map[id.ID]id.ID{} // of a sale
	for i := range s.Lines {
		if l := &s.Lines[i]; l.theirs() {
			owner[l.SaleID] = whose[l.key()]
		}
	}
	named := map[id.ID]string{}
	for sales := range slices.Chunk(slices.Sorted(maps.Keys(owner)), chunk) {
		keys := make([]journal.EventKey, len(sales))
		for i, one := range sales {
			keys[i] = journal.EventKey{MemberID: owner[one], ID: one}
		}
		some, err := journal.Names(ctx, q, keys)
		if err != nil {
			return err
		}
		maps.Copy(named, some)
	}
	// A sale may be a profile's that was merged into the line's member.
	for one, of := range owner {
		if _, known := named[one]; known {
			continue
		}
		aliases, err := member.Aliases(ctx, q, of)
		if err != nil {
			return err
		}
		keys := make([]journal.EventKey, len(aliases))
		for i, alias := range aliases {
			keys[i] = journal.EventKey{MemberID: alias, ID: one}
		}
		some, err := journal.Names(ctx, q, keys)
		if err != nil {
			return err
		}
		maps.Copy(named, some)
	}
	for i := range s.Lines {
		if l := &s.Lines[i]; l.theirs() {
			l.Receipt = named[l.SaleID]
		}
	}
	return nil
}
