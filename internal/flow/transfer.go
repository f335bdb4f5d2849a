package flow

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
)

// Transfer passes available points of one member on to another.
type Transfer struct {
	ProgrammeID, From, To, WalletID id.ID
	// Points are in the wallet's smallest unit, above 0, and taken soonest
	// expiring first. Where Lot is named they may be 0: then all that is
	// available of that lot goes, and nothing else.
	Points int64
	Lot    LotKey
	// Source and ExternalID name the transfer: the pair is taken once.
	Source, ExternalID string
	// For says what it is for, as a word of the feature behind it; Note is what
	// somebody wrote about it, and is erased with either member.
	For, Note string
	// Within is called before the commit, in its transaction and with both
	// members held, so that limits of whoever transfers are safe; an error stops
	// the transfer. It is not called for one that was made before.
	Within func(ctx context.Context, tx *db.Tx, done Transferred) error
}

// LotKey names a lot of a member by its event and its id.
type LotKey struct{ EventID, ID id.ID }

// Transferred is a transfer that was made, as both members' timelines keep it.
type Transferred struct {
	From     id.ID `json:"from"`
	To       id.ID `json:"to"`
	WalletID id.ID `json:"wallet"`
	Points   int64 `json:"points"` // smallest units
	// Lots are the points with the dates that they keep.
	Lots []ledger.Moved `json:"lots"`
	// Out is the event on the giver's timeline, In that on the receiver's.
	Out id.ID `json:"out"`
	In  id.ID `json:"in"`
	// Of is the event whose lots the points were taken from, 0 for any.
	Of   id.ID  `json:"of,omitempty"`
	For  string `json:"for,omitempty"`
	Note string `json:"note,omitempty"`
	// Undoes is the transfer, by its Out, that this takes back.
	Undoes id.ID `json:"undoes,omitempty"`

	At       time.Time `json:"-"`
	Repeated bool      `json:"-"`
}

// check refuses what can be seen to be wrong without the database.
func (t *Transfer) check() error {
	for _, f := range []struct{ field, value string }{{"/source", t.Source}, {"/external_id", t.ExternalID}} {
		if strings.TrimSpace(f.value) == "" {
			return fault.Invalid("required", "a value is needed").At(f.field)
		}
		if err := plain(f.field, f.value, maxReference); err != nil {
			return err
		}
	}
	if least := int64(1); t.Points > money.MaxMinor || t.Lot.ID == 0 && t.Points < least || t.Points < 0 {
		return fault.Invalid("absurd_amount", "points must be a number above 0").At("/points")
	}
	if t.From == t.To {
		return sameMember()
	}
	return plain("/reason", t.Note, maxText)
}

func sameMember() *fault.Error {
	return fault.Invalid("transfer_same_member", "the two members are one; name two").At("/to")
}

func (t *Transfer) hash() []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "transfer %d %d %d %d %d %d %q", t.From, t.To, t.WalletID, t.Points, t.Lot.EventID, t.Lot.ID, t.For))
	return sum[:]
}

// Transfer moves points in one transaction: they keep their dates, and both
// timelines tell of it. Pending and held points stay, and so do debts. What a
// return may take back stays with who earned it. Told again under the same
// source and external id it does nothing and is answered alike. Both must have
// joined. It needs points.transfer.
func (s *Service) Transfer(ctx context.Context, a auth.Actor, t Transfer) (Transferred, error) {
	if err := t.refuse(a); err != nil {
		return Transferred{}, err
	}
	var done Transferred
	err := s.inTxTaking(ctx, func(tx *db.Tx) (err error) {
		done, err = s.transfer(ctx, tx, a, &t)
		return err
	})
	return done, err
}

// refuse refuses what can be seen to be wrong without the database, and who may
// not pass points on.
func (t *Transfer) refuse(a auth.Actor) error {
	if err := a.Can(t.ProgrammeID, auth.PointsTransfer); err != nil {
		return err
	}
	return t.check()
}

func (s *Service) transfer(ctx context.Context, tx *db.Tx, a auth.Actor, t *Transfer) (Transferred, error) {
	now := db.Time(db.Micros(s.now()))
	from, to, err := survivors(ctx, tx, t.From, t.To)
	if err != nil {
		return Transferred{}, err
	}
	key := journal.Key{ProgrammeID: t.ProgrammeID, Source: t.Source, ExternalID: t.ExternalID}
	known, err := journal.Known(ctx, tx, []journal.Key{key})
	if err != nil {
		return Transferred{}, err
	}
	if same, was := known[key]; was {
		return transferAgain(ctx, tx, same, t.hash())
	}
	if from == to {
		return Transferred{}, sameMember()
	}
	m := &moving{
		Transferred: Transferred{
			From: from, To: to, WalletID: t.WalletID, Points: t.Points, Out: tx.IDs().New(), In: tx.IDs().New(), Of: t.Lot.EventID, For: t.For, Note: t.Note, At: now,
		},
		programme: t.ProgrammeID, lot: t.Lot.ID, kind: journal.Transfer, key: key, hash: t.hash(), out: "flow.transferred_out", in: "flow.transferred_in",
	}
	if err := s.move(ctx, tx, a, m); err != nil {
		return Transferred{}, err
	}
	if t.Within == nil {
		return m.Transferred, nil
	}
	return m.Transferred, t.Within(ctx, tx, m.Transferred)
}

// inTxTaking runs fn again also when somebody took its event's key meanwhile.
func (s *Service) inTxTaking(ctx context.Context, fn func(tx *db.Tx) error) error {
	var err error
	for range attempts {
		if err = s.db.InTxAgain(ctx, fn); !errors.Is(err, journal.ErrTaken) {
			break
		}
	}
	return err
}

// transferAgain answers a transfer that was made before.
func transferAgain(ctx context.Context, q db.Queryer, same journal.Same, hash []byte) (Transferred, error) {
	if string(same.Hash) != string(hash) {
		return Transferred{}, fault.Conflict("other_body", "another event was taken from %s under the number %s; send this one under its own number", same.Source, same.ExternalID).
			At("/external_id").With("source", same.Source).With("external_id", same.ExternalID)
	}
	done, err := readTransfer(ctx, q, same.MemberID, same.EventID)
	done.Repeated = true
	return done, err
}

func readTransfer(ctx context.Context, q db.Queryer, m, event id.ID) (Transferred, error) {
	e, err := journal.Get(ctx, q, m, event)
	if err != nil {
		return Transferred{}, err
	}
	var p Payload
	if err := json.Unmarshal(e.Body, &p); err != nil || p.Transfer == nil {
		return Transferred{}, errors.Join(fmt.Errorf("event %s is not a transfer", event.In(id.Event)), err)
	}
	p.Transfer.At = e.Occurred
	return *p.Transfer, nil
}

// moving is a transfer, or its undoing, on its way.
type moving struct {
	Transferred
	programme id.ID
	lot       id.ID // 0 for any of Of
	kind      journal.Kind
	key       journal.Key
	hash      []byte
	out, in   string // the keys of what both sides read
}

func (m *moving) cause(event id.ID, key string) ledger.Cause {
	return ledger.Cause{Event: event, Kind: ledger.CauseTransfer, Reason: i18n.Text{Key: key}}
}

// move carries a transfer out and tells it to both timelines, the readers and
// the audit.
func (s *Service) move(ctx context.Context, tx *db.Tx, a auth.Actor, m *moving) error {
	e := extent{until: m.At}
	if m.Of != 0 {
		e.causes = []ledger.CauseKey{{MemberID: m.From, EventID: m.Of}}
	} else {
		e.open = map[ledger.AccountKey]int64{{MemberID: m.From, WalletID: m.WalletID}: m.Points}
	}
	accounts, err := s.loadAccounts(ctx, tx, []id.ID{m.From, m.To}, e)
	if err != nil {
		return err
	}
	for i, wanted := range []id.ID{m.From, m.To} {
		if acct := find(accounts, wanted); acct == nil || acct.member.ProgrammeID != m.programme {
			return member.Unknown(wanted)
		} else if m.kind == journal.Transfer && !acct.joined(m.At) {
			return fault.Refused("not_enrolled", "only who has joined the programme is given points").At([]string{"/from", "/to"}[i])
		}
	}
	if err := m.between(find(accounts, m.From), find(accounts, m.To)); err != nil {
		return err
	}
	if err := s.save(ctx, tx, accounts); err != nil {
		return err
	}
	return s.record(ctx, tx, a, m)
}

// between moves the points from one account to the other.
func (m *moving) between(from, to *account) error {
	giver, receiver := from.wallet(m.WalletID), to.wallet(m.WalletID)
	if giver == nil || receiver == nil {
		return fault.Missing("no_such_wallet", "the programme has no such wallet").At("/wallet")
	}
	for _, a := range []*account{from, to} {
		if err := a.post(m.At); err != nil {
			return err
		}
	}
	var err error
	if m.Of == 0 {
		m.Lots, err = giver.Give(m.At, m.To, m.Points, m.cause(m.Out, m.out))
	} else {
		m.Lots = giver.GiveOf(m.At, m.To, m.lotsOf(giver), m.most(), m.cause(m.Out, m.out))
	}
	if err != nil {
		return err
	}
	if m.Points = ledger.Sums(m.Lots); m.Points == 0 {
		return fault.Refused("points_used", "the points have been used since; undo that first, or adjust the points")
	}
	receiver.Receive(m.At, m.From, m.Lots, m.cause(m.In, m.in))
	return nil
}

// most is how many points may go; without a number all that are there.
func (m *moving) most() int64 {
	if m.Points == 0 {
		return ledger.Everything
	}
	return m.Points
}

func (m *moving) lotsOf(giver *ledger.Account) []*ledger.Lot {
	var lots []*ledger.Lot
	for _, l := range giver.LotsOf(m.Of) {
		if m.lot == 0 || l.ID == m.lot {
			lots = append(lots, l)
		}
	}
	return lots
}

// record writes a transfer to both timelines, for the readers and for the audit.
func (s *Service) record(ctx context.Context, tx *db.Tx, a auth.Actor, m *moving) error {
	body, err := json.Marshal(Payload{Transfer: &m.Transferred})
	if err != nil {
		return err
	}
	out := &journal.Event{
		ID: m.Out, ProgrammeID: m.programme, MemberID: m.From, Kind: m.kind, Source: m.key.Source, ExternalID: m.key.ExternalID,
		Occurred: m.At, Recorded: m.At, Actor: a.String(), Body: body, Hash: m.hash,
	}
	in := *out
	in.ID, in.MemberID, in.Source, in.ExternalID = m.In, m.To, ownSource, string(m.kind)+":"+m.Out.In(id.Event)+":in"
	if err := journal.Append(ctx, tx, []*journal.Event{out, &in}); err != nil {
		return err
	}
	told := []CommittedEvent{{m.programme, m.From, m.Out, m.kind}, {m.programme, m.To, m.In, m.kind}}
	if err := s.tell(ctx, tx, told); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: m.programme, Action: "points." + string(m.kind), Subject: m.From.In(id.Member),
		Detail: map[string]any{"other": m.To.In(id.Member), "event": m.Out.In(id.Event), "points": m.Points},
	})
}
