package flow

import (
	"context"
	"encoding/json"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// ownSource is the source of the events that the platform makes by itself.
const ownSource = "regulars"

// merged is the body of such an event.
type merged struct {
	Survivor id.ID `json:"survivor"`
	Loser    id.ID `json:"loser"`
	Merging  id.ID `json:"merging"`
}

// Merge makes one customer of two profiles: the loser's identities, points,
// debt, what counts towards ranks and what was used of limits go to the
// survivor, and nothing is lost. Who was merged away stands for their survivor.
// It needs members.merge.
func (s *Service) Merge(ctx context.Context, a auth.Actor, programme, survivor, loser id.ID) (member.Merging, error) {
	if err := a.Can(programme, auth.MembersMerge); err != nil {
		return member.Merging{}, err
	}
	if survivor == loser {
		return member.Merging{}, fault.Invalid("same_member", "a member cannot be merged with itself; name two")
	}
	var m member.Merging
	err := s.db.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		now := s.now()
		one, other, err := survivors(ctx, tx, survivor, loser)
		if err != nil {
			return err
		}
		pair, err := s.pair(ctx, tx, programme, one, other, now, 0)
		if err != nil {
			return err
		}
		to, from := pair[0], pair[1]
		m, err = member.Merge(ctx, tx, member.Merging{
			ID: tx.IDs().New(), ProgrammeID: programme, SurvivorID: to.member.ID, LoserID: from.member.ID, At: now, By: a.String(),
		})
		if err != nil {
			return err
		}
		event := tx.IDs().New()
		if err := moveHolds(ctx, tx, now, from, to, func() error { return unite(now, to, from, event) }); err != nil {
			return err
		}
		if err := recount(ctx, tx, to); err != nil {
			return err
		}
		if err := earn.JoinUsage(ctx, tx, to.member.ID, from.member.ID); err != nil {
			return err
		}
		*from.tally = sale.Tally{ProgrammeID: programme, MemberID: from.member.ID}
		return s.finish(ctx, tx, a, pair, journal.Merge, event, merged{to.member.ID, from.member.ID, m.ID}, now)
	})
	return m, err
}

// survivors locks two members and returns whom they are now.
func survivors(ctx context.Context, tx *db.Tx, one, other id.ID) (id.ID, id.ID, error) {
	found, err := member.Load(ctx, tx, []id.ID{one, other}, true)
	if err != nil {
		return 0, 0, err
	}
	for _, wanted := range []id.ID{one, other} {
		if found[wanted] == nil {
			return 0, 0, member.Unknown(wanted)
		}
	}
	return found[one].ID, found[other].ID, nil
}

// unite moves everything that counts from one account to the other.
func unite(now time.Time, to, from *account, event id.ID) error {
	cause := ledger.Cause{Event: event, Kind: ledger.CauseMerge, Reason: i18n.Text{Key: "flow.merged"}}
	for i, w := range from.wallets {
		ledger.Move(now, w, to.wallets[i], cause)
	}
	for i, l := range from.ladders {
		if err := tier.Merge(now, to.ladders[i], l); err != nil {
			return err
		}
	}
	return nil
}

// Unmerge undoes a merge: the loser stands by itself again with its identities,
// with what is left of the points that came from it, and with its sales. It
// needs members.merge.
func (s *Service) Unmerge(ctx context.Context, a auth.Actor, programme, merging id.ID) (member.Merging, error) {
	if err := a.Can(programme, auth.MembersMerge); err != nil {
		return member.Merging{}, err
	}
	var m member.Merging
	err := s.db.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		now := s.now()
		if m, err = member.Unmerge(ctx, tx, programme, merging, now, a.String()); err != nil {
			return err
		}
		at, err := mergeEvent(ctx, tx, m)
		if err != nil {
			return err
		}
		pair, err := s.pair(ctx, tx, programme, m.SurvivorID, m.LoserID, now, at)
		if err != nil {
			return err
		}
		if err := endHolds(ctx, tx, now, pair[0]); err != nil {
			return err
		}
		event := tx.IDs().New()
		if err := s.part(ctx, tx, now, pair[0], pair[1], at, event); err != nil {
			return err
		}
		for _, parted := range pair {
			if err := recount(ctx, tx, parted); err != nil {
				return err
			}
		}
		if err := earn.PartUsage(ctx, tx, m.SurvivorID, m.LoserID); err != nil {
			return err
		}
		return s.finish(ctx, tx, a, pair, journal.Unmerge, event, merged{m.SurvivorID, m.LoserID, m.ID}, now)
	})
	return m, err
}

// mergeEvent finds the event that a merge left.
func mergeEvent(ctx context.Context, tx *db.Tx, m member.Merging) (id.ID, error) {
	key := journal.Key{ProgrammeID: m.ProgrammeID, Source: ownSource, ExternalID: string(journal.Merge) + ":" + m.ID.In(id.Event)}
	known, err := journal.Known(ctx, tx, []journal.Key{key})
	return known[key].EventID, err
}

// recount adds up the sales of an account that has come together or parted.
func recount(ctx context.Context, tx *db.Tx, a *account) error {
	aliases, err := member.Aliases(ctx, tx, a.member.ID)
	if err != nil {
		return err
	}
	*a.tally, err = sale.Recount(ctx, tx, a.member.ProgrammeID, aliases...)
	return err
}

// part moves back what came from the loser.
func (s *Service) part(ctx context.Context, tx *db.Tx, now time.Time, from, to *account, merge, event id.ID) error {
	cause := ledger.Cause{Event: event, Kind: ledger.CauseMerge, Reason: i18n.Text{Key: "flow.unmerged"}}
	for i, w := range from.wallets {
		ledger.MoveBack(now, w, to.wallets[i], merge, cause)
	}
	aliases, err := member.Aliases(ctx, tx, to.member.ID)
	if err != nil {
		return err
	}
	ids, err := journal.IDs(ctx, tx, aliases...)
	if err != nil {
		return err
	}
	for i, l := range from.ladders {
		if err := tier.Unmerge(now, l, to.ladders[i], ids); err != nil {
			return err
		}
	}
	return nil
}

// finish writes two accounts, the event on the survivor's timeline, which the
// readers learn of, and the audit row.
func (s *Service) finish(ctx context.Context, tx *db.Tx, a auth.Actor, pair []*account, kind journal.Kind, event id.ID, body merged, now time.Time) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	name := string(kind) + ":" + body.Merging.In(id.Event)
	if err := journal.Append(ctx, tx, []*journal.Event{{
		ID: event, ProgrammeID: pair[0].member.ProgrammeID, MemberID: body.Survivor, Kind: kind, Source: ownSource, ExternalID: name,
		Occurred: now, Recorded: now, Actor: a.String(), Body: text, Hash: []byte(name),
	}}); err != nil {
		return err
	}
	if err := s.save(ctx, tx, pair); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, []CommittedEvent{{pair[0].member.ProgrammeID, body.Survivor, event, kind}}); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: pair[0].member.ProgrammeID, Action: "member." + string(kind), Subject: body.Survivor.In(id.Member),
		Detail: map[string]any{"other": body.Loser.In(id.Member), "event": event.In(id.Event)},
	})
}

// pair loads two members of a programme with everything of theirs, the first
// wanted first, and what the merge to be undone did.
func (s *Service) pair(ctx context.Context, tx *db.Tx, programme, first, second id.ID, now time.Time, undo id.ID) ([]*account, error) {
	accounts, err := s.loadWhole(ctx, tx, []id.ID{first, second}, now, undo)
	if err != nil {
		return nil, err
	}
	for _, wanted := range []id.ID{first, second} {
		if a := find(accounts, wanted); a == nil || a.member.ProgrammeID != programme {
			return nil, member.Unknown(wanted)
		}
	}
	return []*account{find(accounts, first), find(accounts, second)}, nil
}

func find(accounts []*account, wanted id.ID) *account {
	for _, a := range accounts {
		if a.member.ID == wanted {
			return a
		}
	}
	return nil
}
