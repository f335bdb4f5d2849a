package calls

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "calls" }

// Erase has nobody who is erased be phoned, and forgets what was noted of what
// they said; that they were on a list stays, for the counts.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	if _, err := tx.Exec(ctx, `UPDATE call_chosen SET state = `+args.Add(string(LotBarred))+`, why = 'calls.barred.erased', taken_by = '', taken_until = 0 WHERE member_id IN `+args.In(members)+
		` AND programme_id = `+args.Add(programme)+` AND state = `+args.Add(string(LotWaiting)), args.Values()...); err != nil {
		return fmt.Errorf("sparing who is erased calls: %w", err)
	}
	args = db.Args{}
	if _, err := tx.Exec(ctx, `UPDATE call_made SET note = '' WHERE member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme)+` AND note <> ''`, args.Values()...); err != nil {
		return fmt.Errorf("erasing notes of calls: %w", err)
	}
	return nil
}

// ChosenRecord is somebody on a list, in exports.
type ChosenRecord struct {
	List   string       `json:"list"`
	Name   string       `json:"name,omitempty"`
	Member string       `json:"member,omitempty"`
	Held   bool         `json:"held_back"`
	State  Lot          `json:"state"`
	Why    string       `json:"why,omitempty"`
	Points int64        `json:"points"`
	At     time.Time    `json:"at"`
	Until  time.Time    `json:"until"`
	Calls  []MadeRecord `json:"calls,omitempty"`
}

func (n *Chosen) record() ChosenRecord {
	return ChosenRecord{List: n.ListID.In(id.CallList), Held: n.Held, State: n.State, Why: n.Why, Points: n.Points, At: n.At, Until: n.Until}
}

// MadeRecord is a call, in exports.
type MadeRecord struct {
	List    string    `json:"list,omitempty"`
	Member  string    `json:"member,omitempty"`
	No      int       `json:"no"`
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"`
	Outcome Outcome   `json:"outcome"`
	Note    string    `json:"note,omitempty"`
}

func (n *Made) record() MadeRecord {
	return MadeRecord{No: n.No, At: n.At, Outcome: n.Outcome, Note: n.Note}
}

// ListRecord is a list, in exports.
type ListRecord struct {
	List    string    `json:"list"`
	Version int64     `json:"version"`
	State   State     `json:"state"`
	Spec    Spec      `json:"spec"`
	Seed    string    `json:"seed"`
	Made    time.Time `json:"made"`
	Started time.Time `json:"started,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Chosen  time.Time `json:"chosen,omitzero"`
	Tally   Tally     `json:"tally"`
}

// Export returns which lists a person was on, and the calls that were made.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var args db.Args
	where := `member_id IN ` + args.In(members) + ` AND programme_id = ` + args.Add(programme)
	list, err := selectChosen(ctx, q, where+` ORDER BY list_id, member_id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	made, err := selectMade(ctx, q, where+` ORDER BY list_id, member_id, no`, args.Values()...)
	if err != nil {
		return nil, err
	}
	lists, err := kind.Select(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return nil, err
	}
	names := map[id.ID]string{}
	for _, l := range lists {
		names[l.ID] = l.Spec.Name
	}
	var all []ChosenRecord
	for _, n := range list {
		r := n.record()
		r.Name = names[n.ListID]
		for _, call := range made {
			if call.ListID == n.ListID && call.MemberID == n.MemberID {
				r.Calls = append(r.Calls, call.record())
			}
		}
		all = append(all, r)
	}
	return all, nil
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"call_lists", "call_chosen", "calls"} }

// Dump gives the lists, who is on them, and the calls.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	lists, err := kind.Select(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if err := to("call_lists", ListRecord{l.ID.In(id.CallList), l.Version, l.State, l.Spec, l.Seed, l.Made, l.Started, l.Until, l.Chosen, l.Tally}); err != nil {
			return err
		}
	}
	if err := eachChosen(ctx, q, programme, func(n *Chosen) error {
		r := n.record()
		r.Member = n.MemberID.In(id.Member)
		return to("call_chosen", r)
	}); err != nil {
		return err
	}
	return eachMade(ctx, q, programme, func(n *Made) error {
		r := n.record()
		r.List, r.Member, r.By = n.ListID.In(id.CallList), n.MemberID.In(id.Member), n.By
		return to("calls", r)
	})
}

func eachChosen(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Chosen) error) error {
	rows, err := q.Query(ctx, chosenColumns+`programme_id = $1 ORDER BY member_id, list_id`, programme)
	if err := db.Each(rows, err, scanChosen, fn); err != nil {
		return fmt.Errorf("reading all who are on call lists: %w", err)
	}
	return nil
}

func eachMade(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Made) error) error {
	rows, err := q.Query(ctx, madeColumns+`programme_id = $1 ORDER BY member_id, list_id, no`, programme)
	if err := db.Each(rows, err, scanMade, fn); err != nil {
		return fmt.Errorf("reading all calls: %w", err)
	}
	return nil
}

// pair names somebody on a list.
type pair struct{ member, list id.ID }

// Check notes lists that contradict themselves, whoever is not where the draw put
// them, whoever was held back and phoned, and calls that do not add up.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	lists, err := kind.Select(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	all, asked, held := map[id.ID]*List{}, map[id.ID]int64{}, map[id.ID]int64{}
	for _, l := range lists {
		all[l.ID] = l
	}
	last := map[pair]*Made{}
	if err := eachMade(ctx, q, programme, func(n *Made) error {
		k := pair{n.MemberID, n.ListID}
		if was := last[k]; was == nil && n.No != 1 || was != nil && n.No != was.No+1 {
			note(fmt.Sprintf("call %d to %s of %s has none before it", n.No, n.MemberID.In(id.Member), n.ListID.In(id.CallList)))
		}
		last[k] = n
		return nil
	}); err != nil {
		return err
	}
	if err := eachChosen(ctx, q, programme, func(n *Chosen) error {
		name, l, k := n.MemberID.In(id.Member)+" on "+n.ListID.In(id.CallList), all[n.ListID], pair{n.MemberID, n.ListID}
		if l == nil {
			note(name + " is on a list that there is not")
			return nil
		}
		if what := n.odd(l, last[k]); what != "" {
			note(name + " " + what)
		}
		delete(last, k)
		if n.Held {
			held[l.ID]++
		} else {
			asked[l.ID]++
		}
		return nil
	}); err != nil {
		return err
	}
	for k := range last {
		note(k.member.In(id.Member) + " was phoned and is not on " + k.list.In(id.CallList))
	}
	for _, l := range lists {
		if l.Tally.Asked != asked[l.ID] || l.Tally.Held != held[l.ID] || l.Tally.Looked != asked[l.ID]+held[l.ID]+l.Tally.LeftOut() {
			note(fmt.Sprintf("%s says that %d are to be phoned and %d held back of %d, and there are %d and %d", l.ID.In(id.CallList), l.Tally.Asked, l.Tally.Held, l.Tally.Looked, asked[l.ID], held[l.ID]))
		}
	}
	return nil
}

// odd says what contradicts itself in somebody on a list, of whose calls the last
// is given, nil for none.
func (n *Chosen) odd(l *List, last *Made) string {
	calls := 0
	if last != nil {
		calls = last.No
	}
	switch {
	case l.Started.IsZero() || n.At.Before(l.Started) || !n.Until.After(n.At):
		return "was chosen at a time that cannot be"
	case n.Held != heldBack(l, n.MemberID):
		return "is not in the group that the draw has them in"
	case n.Held != (n.State == LotHeld) || n.Held && calls > 0:
		return "is held back and in the other group, or was phoned"
	case calls != n.Tries:
		return fmt.Sprintf("was phoned %d times, and there are %d calls", n.Tries, calls)
	case (n.State == LotTalked) != (last != nil && last.Outcome.spoke() && last.Outcome != Later):
		return "was spoken with and was not"
	case (n.State == LotBarred) == (n.Why == ""):
		return "was not phoned without a reason, or has one and was"
	case n.State != LotWaiting && n.TakenBy != "":
		return "is " + string(n.State) + " and on somebody's line"
	}
	return ""
}
