package world

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/promise"
)

// Parcels go out with orders of the first ten days and are promised within
// three, so that all of them are judged by the end of the data.
const (
	parcelsSent = 200
	sentDays    = 10
	promiseDays = 3
	lateShare   = 11 // per cent come late
	lostShare   = 2  // per cent never come
	carrierName = simulated
)

// order is something that was bought in these weeks, in the shop itself.
type order struct {
	sale, member id.ID
	ref          string
	at           time.Time
	// promise is that of its parcel; late says that it was broken.
	promise id.ID
	late    bool
	// arrived is zero for what never comes.
	arrived time.Time
}

// sendParcels draws orders whose parcels are followed, and has carriers tell of
// them.
func (b *behaviour) sendParcels(ctx context.Context) error {
	var early []order
	for _, o := range b.orders {
		if o.at.Before(opens.AddDate(0, 0, sentDays)) {
			early = append(early, o)
		}
	}
	sortOrders(early)
	drawn := b.random.Perm(len(early))
	for _, i := range drawn[:min(parcelsSent, len(drawn))] {
		b.sent = append(b.sent, early[i])
	}
	promises := promise.NewService(promise.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now})
	for i := range b.sent {
		if err := b.send(ctx, promises, &b.sent[i], i); err != nil {
			return err
		}
	}
	b.clock = AsOf
	if _, err := promises.Sweep(ctx); err != nil { // those that never came are broken
		return err
	}
	b.clock = opens
	return b.d.settle(ctx)
}

// send has one parcel registered and followed.
func (b *behaviour) send(ctx context.Context, promises *promise.Service, o *order, i int) error {
	b.clock = o.at.Add(time.Hour)
	due := o.at.AddDate(0, 0, promiseDays)
	p, err := promises.Register(ctx, actor, promise.NewParcel{
		ProgrammeID: b.programme, MemberID: o.member, Carrier: carrierName, Number: fmt.Sprintf("SIM%06d", i+1), Source: simulated, Order: o.ref,
		What: "Parcel (" + simulated + ")", Promised: due,
	})
	if err != nil {
		return err
	}
	o.promise, o.arrived = p.PromiseID, o.at.Add(time.Duration(20+b.random.IntN(44))*time.Hour)
	switch k := b.random.IntN(100); {
	case k < lostShare:
		o.late, o.arrived = true, time.Time{}
	case k < lostShare+lateShare:
		o.late, o.arrived = true, due.Add(time.Duration(3+b.random.IntN(60))*time.Hour)
	}
	if o.late {
		b.trouble[o.member] = true
	}
	scans := []promise.Scan{{ExternalID: "1", Status: promise.InTransit, Occurred: o.at.Add(6 * time.Hour), Place: "Sorting centre (" + simulated + ")"}}
	if !o.arrived.IsZero() && o.arrived.Before(AsOf) {
		scans = append(scans, promise.Scan{ExternalID: "2", Status: promise.Delivered, Occurred: o.arrived})
		b.clock = o.arrived
	}
	_, err = promises.Follow(ctx, actor, b.programme, p.ID, scans)
	return err
}

// sortOrders brings orders into an order that does not depend on how they were
// written.
func sortOrders(list []order) {
	slices.SortFunc(list, func(one, other order) int {
		return cmp.Or(one.at.Compare(other.at), cmp.Compare(one.ref, other.ref))
	})
}
