package booking

import (
	"context"
	"fmt"
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

// Wish is who wants to come when.
type Wish struct {
	ServiceID, ShopID id.ID
	Begins            time.Time
	// MemberID, or for a guest Name and Phone. A guest whose phone is a member's
	// is that member.
	MemberID      id.ID
	Name, Phone   string
	Channel, Note string
	// Own is set where customers book by themselves: MostOpen at a time.
	Own bool
	// Key makes it be booked once; empty for a wish that is not repeated.
	Key string
}

func (w *Wish) check() error {
	w.Name, w.Note = i18n.Tidy(w.Name), i18n.Tidy(w.Note)
	var wrong []error
	if utf8.RuneCountInString(w.Note) > MaxNote {
		wrong = append(wrong, tooLong("/note", MaxNote))
	}
	if utf8.RuneCountInString(w.Name) > MaxName {
		wrong = append(wrong, tooLong("/name", MaxName))
	}
	if len(w.Key) > maxKey {
		wrong = append(wrong, tooLong("/key", maxKey))
	}
	switch {
	case w.MemberID == 0 && (w.Name == "" || w.Phone == ""):
		wrong = append(wrong, fault.Invalid("booking_who", "say which member it is for, or a guest's name and phone").At("/member"))
	case w.MemberID != 0 && (w.Name != "" || w.Phone != ""):
		wrong = append(wrong, fault.Invalid("booking_who", "say which member it is for, or a guest's name and phone").At("/name"))
	}
	return fault.Gather(wrong...)
}

// Book takes a time for somebody. What was booked under the same key is returned
// again; a time that was taken meanwhile is refused with "booking_full". It
// needs bookings.write.
func (s *Service) Book(ctx context.Context, a auth.Actor, programme id.ID, w Wish) (*Booking, error) {
	if err := a.Can(programme, auth.BookingsWrite); err != nil {
		return nil, err
	}
	if err := w.check(); err != nil {
		return nil, err
	}
	if err := s.meet(ctx, programme, &w); err != nil {
		return nil, err
	}
	ranks, err := s.ranks(ctx, programme, w.MemberID)
	if err != nil {
		return nil, err
	}
	var b *Booking
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		b, err = s.book(ctx, tx, a, programme, &w, ranks)
		return err
	})
	return b, err
}

// meet finds the member whose phone a guest gave.
func (s *Service) meet(ctx context.Context, programme id.ID, w *Wish) error {
	if w.MemberID != 0 {
		return nil
	}
	p, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return err
	}
	phone, err := member.Normalise(member.Phone, w.Phone, p.Region)
	if err != nil {
		return fault.At("/phone", err)
	}
	w.Phone = phone.Value
	found, err := member.Recognise(ctx, s.DB.Reader(), []member.Ask{{ProgrammeID: programme, Identities: []member.Identity{phone}}})
	if err != nil {
		return err
	}
	if found[0].MemberID != 0 {
		w.MemberID, w.Name, w.Phone = found[0].MemberID, "", ""
	}
	return nil
}

func (s *Service) book(ctx context.Context, tx *db.Tx, a auth.Actor, programme id.ID, w *Wish, ranks []string) (*Booking, error) {
	p, err := program.Load(ctx, tx, programme)
	if err != nil {
		return nil, err
	}
	o, err := loadOffering(ctx, tx, programme, w.ServiceID, tx.ForUpdate()) // one after the other: no place is given twice
	if err != nil {
		return nil, err
	}
	who := w.MemberID
	if who != 0 {
		m, err := member.Changeable(ctx, tx, programme, who)
		if err != nil {
			return nil, fault.At("/member", err)
		}
		who = m.ID
	}
	if again, err := repeated(ctx, tx, programme, w, who); again != nil || err != nil {
		return again, err
	}
	at, err := placeOf(ctx, tx, &p, o, w.ShopID)
	if err != nil {
		return nil, err
	}
	now := s.clock()
	b := &Booking{
		ID: tx.IDs().New(), ProgrammeID: programme, ServiceID: o.ID, ShopID: w.ShopID, MemberID: who, Name: w.Name, Phone: w.Phone, State: Booked, Made: now,
		Actor: a.String(), Channel: w.Channel, Note: w.Note, Key: w.Key,
	}
	if err := at.take(ctx, tx, b, now, w.Begins, ranks); err != nil {
		return nil, err
	}
	if err := checkOpen(ctx, tx, w, b, now); err != nil {
		return nil, err
	}
	if err := tx.Insert(ctx, bookingTable, [][]any{b.row()}); err != nil {
		return nil, fmt.Errorf("writing a booking: %w", err)
	}
	return b, s.tell(ctx, tx, a, b, "booking_made")
}

// take gives a booking its time, if there is a place then.
func (at *place) take(ctx context.Context, q db.Queryer, b *Booking, now, begins time.Time, ranks []string) error {
	if err := at.refusal(now, begins, ranks); err != nil {
		return err
	}
	if err := at.checkBegins(begins); err != nil {
		return err
	}
	b.Begins = db.Time(db.Micros(begins))
	b.Ends = b.Begins.Add(at.Spec.Lasts())
	list, err := at.taken(ctx, q, b.Begins, b.Ends)
	if err != nil {
		return err
	}
	others := list[:0]
	for _, x := range list {
		if x.ID != b.ID {
			others = append(others, x)
		}
	}
	if peak(others) >= at.Spec.Places {
		return fault.Conflict("booking_full", "that time was taken; choose another").At("/begins")
	}
	return nil
}

// repeated returns what was booked under the wish's own key, nil for nothing.
func repeated(ctx context.Context, q db.Queryer, programme id.ID, w *Wish, who id.ID) (*Booking, error) {
	if w.Key == "" {
		return nil, nil
	}
	list, err := selectBookings(ctx, q, `programme_id = $1 AND key = $2`, programme, w.Key)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	b := list[0]
	same := b.ServiceID == w.ServiceID && b.MemberID == who && b.Phone == w.Phone
	if same || b.MemberID == 0 || who == 0 {
		if !same {
			return nil, keyTaken()
		}
		return b, nil
	}
	owner, err := member.Read(ctx, q, []id.ID{b.MemberID})
	if err != nil {
		return nil, err
	}
	if o := owner[b.MemberID]; b.ServiceID != w.ServiceID || o == nil || o.ID != who {
		return nil, keyTaken()
	}
	return b, nil
}

func keyTaken() error {
	return fault.Conflict("booking_key_taken", "something else was booked under this key; give each its own").At("/key")
}

// checkOpen refuses customers who book by themselves more than they can come to.
func checkOpen(ctx context.Context, q db.Queryer, w *Wish, b *Booking, now time.Time) error {
	if !w.Own {
		return nil
	}
	aliases, err := member.Aliases(ctx, q, b.MemberID)
	if err != nil {
		return err
	}
	var args db.Args
	list, err := selectBookings(ctx, q, `member_id IN `+args.In(aliases)+` AND programme_id = `+args.Add(b.ProgrammeID)+` AND state = 'booked' AND begins > `+args.Add(db.Micros(now)), args.Values()...)
	if err == nil && len(list) >= MostOpen {
		err = fault.Conflict("booking_open", "you have %d bookings to come already; cancel one, or come to one first", MostOpen).With("most", MostOpen)
	}
	return err
}
