package returns

import (
	"context"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
)

// Decision is what staff say about one item.
type Decision struct {
	No     int
	Accept bool
	// Answer tells the customer why; it is needed where the item is declined.
	Answer string
}

// Decide accepts or declines items, each once. With the last the customer has the
// answer that was promised. It needs returns.write.
func (s *Service) Decide(ctx context.Context, a auth.Actor, programme, which id.ID, list []Decision) (*Return, error) {
	return s.change(ctx, a, programme, which, "return.decide", func(tx *db.Tx, r *Return, detail map[string]any) error {
		if len(list) == 0 {
			return fault.Invalid("return_undecided", "say what you decide about the items").At("/items")
		}
		accepted := 0
		var wrong []error
		for i, d := range list {
			wrong = append(wrong, r.decide(d, fmt.Sprintf("/items/%d", i)))
			if d.Accept {
				accepted++
			}
		}
		if err := fault.Gather(wrong...); err != nil {
			return err
		}
		detail["accepted"], detail["declined"] = accepted, len(list)-accepted
		if r.any(func(t *Item) bool { return t.State == ItemAsked }) {
			return nil
		}
		return s.answered(ctx, tx, a, r)
	})
}

// decide notes what staff say about one item. The same said again changes
// nothing.
func (r *Return) decide(d Decision, at string) error {
	i := slices.IndexFunc(r.Items, func(t Item) bool { return t.No == d.No })
	if i < 0 {
		return fault.Missing("return_item", "the return has no such item").At(at + "/no")
	}
	t, state := &r.Items[i], ItemDeclined
	if d.Accept {
		state = ItemAccepted
	}
	if t.State == state {
		return nil
	}
	if t.State != ItemAsked || r.State != Asked {
		return fault.Conflict("return_decided", "somebody has decided about it already").At(at)
	}
	d.Answer = tidy(d.Answer)
	if err := i18n.CheckText(at+"/answer", d.Answer, !d.Accept, maxAnswer); err != nil {
		return err
	}
	t.State, t.Answer = state, d.Answer
	return nil
}

// answered is what follows when every item is decided.
func (s *Service) answered(ctx context.Context, tx *db.Tx, a auth.Actor, r *Return) error {
	if r.State != Asked {
		return nil
	}
	r.Decided, r.Fee = s.clock(), r.fee()
	if err := s.Promises.Honour(ctx, tx, r.ProgrammeID, r.AnswerID); err != nil {
		return err
	}
	switch {
	case !r.any(func(t *Item) bool { return t.State == ItemAccepted }):
		r.State, r.Closed = Declined, r.Decided
	case r.Sends():
		r.State = Accepted
	default:
		if err := s.arrived(ctx, tx, a, r); err != nil {
			return err
		}
	}
	return s.tellCustomer(ctx, tx, r, "return_answered")
}

// arrived notes that the goods are here and promises what follows.
func (s *Service) arrived(ctx context.Context, tx *db.Tx, a auth.Actor, r *Return) error {
	set, _, err := loadSetting(ctx, tx, r.ProgrammeID)
	if err != nil {
		return err
	}
	r.State, r.Arrived = Arrived, s.clock()
	kind := refunding
	if !r.any(func(t *Item) bool { return t.State == ItemAccepted && t.Outcome != ForExchange }) {
		kind = delivering
	}
	r.PromiseID, err = s.Promises.Pledge(ctx, tx, a, flow.Pledge{
		ProgrammeID: r.ProgrammeID, MemberID: r.MemberID, Kind: kind, Source: Source, ExternalID: r.Number() + ":settled", Order: r.Order,
		Due: r.Arrived.AddDate(0, 0, set.RefundDays),
	})
	return err
}

// Arrive notes that the goods have come; from now the clock of the refund runs.
// It needs returns.write.
func (s *Service) Arrive(ctx context.Context, a auth.Actor, programme, which id.ID) (*Return, error) {
	return s.change(ctx, a, programme, which, "return.arrive", func(tx *db.Tx, r *Return, _ map[string]any) error {
		if !r.Arrived.IsZero() {
			return nil
		}
		if !r.CanArrive() {
			return over()
		}
		return s.arrived(ctx, tx, a, r)
	})
}

// Fulfil notes that the money was paid and an exchange sent, by what: a receipt or
// a parcel's number. That keeps the promise. It needs returns.write.
func (s *Service) Fulfil(ctx context.Context, a auth.Actor, programme, which id.ID, by string) (*Return, error) {
	by = tidy(by)
	if err := i18n.CheckText("/by", by, true, maxReference); err != nil {
		return nil, err
	}
	return s.change(ctx, a, programme, which, "return.fulfil", func(tx *db.Tx, r *Return, _ map[string]any) error {
		if r.State == Done {
			return nil
		}
		if !r.CanFulfil() {
			return over()
		}
		r.Note = by
		return s.done(ctx, tx, r)
	})
}

// done ends a return and keeps its promise.
func (s *Service) done(ctx context.Context, tx *db.Tx, r *Return) error {
	r.State, r.Closed = Done, s.clock()
	if err := s.Promises.Honour(ctx, tx, r.ProgrammeID, r.PromiseID); err != nil {
		return err
	}
	return s.tellCustomer(ctx, tx, r, "return_done")
}

// Cancel takes a return back while nothing has arrived, or when what arrived
// had come back another way meanwhile: else who sent it is owed its refund. It
// needs returns.write.
func (s *Service) Cancel(ctx context.Context, a auth.Actor, programme, which id.ID, reason string) (*Return, error) {
	if err := i18n.CheckText("/reason", reason, true, maxAnswer); err != nil {
		return nil, err
	}
	return s.change(ctx, a, programme, which, "return.cancel", func(tx *db.Tx, r *Return, _ map[string]any) error {
		if !r.CanCallOff() && r.State != Cancelled {
			return over()
		}
		if r.State == Arrived {
			if err := s.still(ctx, r, r.booked()); err == nil {
				return over()
			} else if f := fault.As(err); f == nil || f.Code != "return_gone" {
				return err
			}
		}
		return s.cancel(ctx, tx, r, tidy(reason))
	})
}

// CancelMine is Cancel by the customer, for a return of the order that a
// link opens, while nothing has arrived.
func (s *Service) CancelMine(ctx context.Context, programme id.ID, link string, which id.ID) error {
	o, err := s.Order(ctx, programme, link)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(o.Returns, func(r *Return) bool { return r.ID == which }) {
		return Unknown()
	}
	_, err = s.change(ctx, ourselves, programme, which, "return.cancel", func(tx *db.Tx, r *Return, detail map[string]any) error {
		detail["by"] = "customer"
		if !r.CanCancel() && r.State != Cancelled {
			return over()
		}
		return s.cancel(ctx, tx, r, "")
	})
	return err
}

// cancel ends a return and takes back what was promised of it and is still open.
func (s *Service) cancel(ctx context.Context, tx *db.Tx, r *Return, reason string) error {
	if r.State == Cancelled {
		return nil
	}
	r.State, r.Closed, r.Note = Cancelled, s.clock(), reason
	for _, promise := range []id.ID{r.AnswerID, r.PromiseID} {
		if promise == 0 {
			continue
		}
		if err := s.Promises.Release(ctx, tx, r.ProgrammeID, promise); err != nil {
			return err
		}
	}
	return nil
}

// change does something to one return and leaves a trace.
func (s *Service) change(ctx context.Context, a auth.Actor, programme, which id.ID, action string, do func(*db.Tx, *Return, map[string]any) error) (*Return, error) {
	if err := a.Can(programme, auth.ReturnsWrite); err != nil {
		return nil, err
	}
	var r *Return
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if r, err = lockReturn(ctx, tx, programme, which); err != nil {
			return err
		}
		detail := map[string]any{}
		if err := do(tx, r, detail); err != nil {
			return err
		}
		if err := updateReturn(ctx, tx, r); err != nil {
			return err
		}
		detail["state"] = string(r.State)
		return record(ctx, tx, a, r, action, detail)
	})
	return r, err
}

func over() *fault.Error {
	return fault.Conflict("return_state", "the return is not at the step where this can be done; look at it again")
}

// tellCustomer asks that the customer be told how a return stands.
func (s *Service) tellCustomer(ctx context.Context, tx *db.Tx, r *Return, message string) error {
	if r.MemberID == 0 {
		return nil
	}
	g, err := program.Load(ctx, tx, r.ProgrammeID)
	if err != nil {
		return err
	}
	name := r.Number() + ":" + message
	return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: flow.ContactWanted, Unique: name, Payload: flow.Contact{
		ProgrammeID: r.ProgrammeID, MemberID: r.MemberID, Class: flow.ServiceContact, Message: message, Name: name, Path: "/return/" + g.Slug,
		Args: map[string]i18n.Text{
			"number": {Key: "return.number", Args: map[string]any{"number": r.Number()}}, "state": r.State.Text(),
		},
	}})
}

// Get returns a return with its items. It needs returns.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, which id.ID) (*Return, error) {
	if err := a.Can(programme, auth.ReturnsRead); err != nil {
		return nil, err
	}
	return oneReturn(ctx, s.DB.Reader(), `r.programme_id = $1 AND r.id = $2`, programme, which)
}

// Clock is the promise that runs for a return, nil for none: that of an answer
// until it is decided, then that of what follows. It needs returns.read.
func (s *Service) Clock(ctx context.Context, a auth.Actor, r *Return) (*flow.Clock, error) {
	if err := a.Can(r.ProgrammeID, auth.ReturnsRead); err != nil {
		return nil, err
	}
	which := r.AnswerID
	if r.PromiseID != 0 {
		which = r.PromiseID
	} else if !r.Decided.IsZero() || r.State.over() {
		return nil, nil
	}
	return s.Promises.ClockOf(ctx, s.DB.Reader(), r.ProgrammeID, which)
}
