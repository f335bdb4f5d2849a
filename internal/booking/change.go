package booking

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// By is who changes a booking.
type By struct {
	auth.Actor
	// MemberID is the customer who does it by themselves: it must be theirs, and
	// the notice counts. 0 for staff, also where a customer asked them to.
	MemberID id.ID
}

// Move gives a booking another time in its shop, in one step: the old one is
// kept until the new one is had. It needs bookings.write.
func (s *Service) Move(ctx context.Context, by By, programme, which id.ID, begins time.Time) (*Booking, error) {
	if err := by.Can(programme, auth.BookingsWrite); err != nil {
		return nil, err
	}
	before, err := loadBooking(ctx, s.DB.Reader(), programme, which, "")
	if err != nil {
		return nil, err
	}
	ranks, err := s.ranks(ctx, programme, before.MemberID)
	if err != nil {
		return nil, err
	}
	var b *Booking
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		o, err := loadOffering(ctx, tx, programme, before.ServiceID, tx.ForUpdate())
		if err != nil {
			return err
		}
		if b, err = s.hold(ctx, tx, by, o, which); err != nil {
			return err
		}
		if b.Begins.Equal(begins) {
			return nil
		}
		at, err := placeOf(ctx, tx, &p, o, b.ShopID)
		if err != nil {
			return err
		}
		if err := at.take(ctx, tx, b, s.clock(), begins, ranks); err != nil {
			return err
		}
		b.Moves++
		return s.write(ctx, tx, by.Actor, b, "booking_moved")
	})
	return b, err
}

// hold locks a booking that its changer may still change.
func (s *Service) hold(ctx context.Context, tx *db.Tx, by By, o *Offering, which id.ID) (*Booking, error) {
	b, err := loadBooking(ctx, tx, o.ProgrammeID, which, tx.ForUpdate())
	if err != nil {
		return nil, err
	}
	if by.MemberID != 0 {
		aliases, err := member.Aliases(ctx, tx, by.MemberID)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(aliases, b.MemberID) {
			return nil, unknownBooking(which)
		}
	}
	switch {
	case b.State != Booked:
		return nil, fault.Conflict("booking_over", "the booking no longer stands")
	case by.MemberID != 0 && !b.Free(o, s.clock()):
		return nil, fault.Conflict("booking_notice", "it can be changed up to %d hours before; please call the shop", o.Spec.Notice).With("hours", o.Spec.Notice)
	}
	return b, nil
}

// Free reports whether the customer can still move or cancel it without asking.
func (b *Booking) Free(o *Offering, now time.Time) bool {
	return b.State == Booked && now.Before(b.Begins.Add(-time.Duration(o.Spec.Notice)*time.Hour))
}

// Cancel gives a booking up. State is Cancelled where the customer wants it so,
// and CalledOff where we do, with a reason that the customer is told. What was
// given up already stays as it is. It needs bookings.write.
func (s *Service) Cancel(ctx context.Context, by By, programme, which id.ID, state State, reason string) (*Booking, error) {
	if err := by.Can(programme, auth.BookingsWrite); err != nil {
		return nil, err
	}
	reason = i18n.Tidy(reason)
	switch {
	case state.Holds() || by.MemberID != 0 && state != Cancelled:
		return nil, fault.Invalid("booking_by", "it is cancelled by the customer or called off by us").At("/by")
	case state == CalledOff && reason == "":
		return nil, fault.Invalid("booking_reason", "say why we cancel it: the customer will ask").At("/reason")
	case utf8.RuneCountInString(reason) > MaxNote:
		return nil, tooLong("/reason", MaxNote)
	}
	var b *Booking
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		first, err := loadBooking(ctx, tx, programme, which, "")
		if err != nil {
			return err
		}
		o, err := loadOffering(ctx, tx, programme, first.ServiceID, tx.ForUpdate())
		if err != nil {
			return err
		}
		if b, err = s.hold(ctx, tx, by, o, which); err != nil {
			return err
		}
		return s.decide(ctx, tx, by.Actor, b, state, reason)
	})
	return b, err
}

// Markable reports whether it is time to note Came or Missed.
func (b *Booking) Markable(state State, now time.Time) bool {
	from := b.Begins
	if state == Came {
		from = from.Add(-markEarly)
	}
	return !now.Before(from) && !now.After(b.Begins.AddDate(0, 0, MarkDays))
}

// Mark notes whether a guest came: Came from some hours before on, Missed
// from its beginning on, both for MarkDays, and one can still be changed into
// the other. It needs bookings.write.
func (s *Service) Mark(ctx context.Context, a auth.Actor, programme, which id.ID, state State) (*Booking, error) {
	if err := a.Can(programme, auth.BookingsWrite); err != nil {
		return nil, err
	}
	if state != Came && state != Missed {
		return nil, fault.Invalid("booking_mark", "they came, or they did not").At("/state")
	}
	var b *Booking
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		var err error
		if b, err = loadBooking(ctx, tx, programme, which, tx.ForUpdate()); err != nil {
			return err
		}
		if !b.State.Holds() {
			return fault.Conflict("booking_over", "the booking no longer stands")
		}
		if b.State == state {
			return nil
		}
		if now := s.clock(); now.After(b.Begins.AddDate(0, 0, MarkDays)) {
			return fault.Conflict("booking_late_mark", "it can be noted within %d days", MarkDays).With("days", MarkDays)
		} else if !b.Markable(state, now) {
			return fault.Conflict("booking_early_mark", "it is too early to say that")
		}
		return s.decide(ctx, tx, a, b, state, "")
	})
	return b, err
}

func (s *Service) decide(ctx context.Context, tx *db.Tx, a auth.Actor, b *Booking, state State, reason string) error {
	b.State, b.Decided, b.DecidedBy, b.Reason = state, s.clock(), a.String(), reason
	if state == CalledOff {
		if err := s.letter(ctx, tx, b, "booking_called_off"); err != nil {
			return err
		}
	}
	return s.write(ctx, tx, a, b, "booking_"+string(state))
}

// write keeps a changed booking, with what follows from it.
func (s *Service) write(ctx context.Context, tx *db.Tx, a auth.Actor, b *Booking, what string) error {
	if err := tx.Update(ctx, bookingTable, [][]any{b.row()}); err != nil {
		return fmt.Errorf("changing a booking: %w", err)
	}
	return s.tell(ctx, tx, a, b, what)
}
