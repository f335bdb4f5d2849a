package main

import (
	"context"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/promise"
)

// owing opens cases for broken promises.
type owing struct{ complaints *complaint.Service }

// brokenReasons are the reasons of cases that fit a broken promise, by its kind.
var brokenReasons = map[promise.Kind][]string{
	promise.Delivery: {"late"}, promise.Price: {"price", "bill"}, promise.Refund: {"refund"}, promise.Repair: {"quality"}, promise.Warranty: {"quality"},
}

// Broken leaves the case of a broken promise to be opened.
func (o owing) Broken(ctx context.Context, tx *db.Tx, p *promise.Promise) error {
	return o.complaints.OweLater(ctx, tx, complaint.Debt{
		ProgrammeID: p.ProgrammeID, MemberID: p.MemberID, ShopID: p.ShopID, Name: "promise:" + p.ID.In(id.Promise), Reasons: brokenReasons[p.Kind], Reference: p.Order, Price: p.Shown,
	})
}
