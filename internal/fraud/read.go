package fraud

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// ReadJob is the kind of job that learns of every committed batch.
const ReadJob = "fraud.read"

// Read marks what the events count for and raises the flags that come of it. It
// does not matter how often, or in which order, events are read.
func (s *Service) Read(ctx context.Context, j *jobs.Job) error {
	var told flow.Committed
	if err := j.Read(&told); err != nil {
		return err
	}
	by := map[id.ID][]flow.CommittedEvent{}
	var programmes []id.ID
	for _, e := range told.Events {
		if by[e.ProgrammeID] == nil {
			programmes = append(programmes, e.ProgrammeID)
		}
		if !slices.Contains(by[e.ProgrammeID], e) {
			by[e.ProgrammeID] = append(by[e.ProgrammeID], e)
		}
	}
	for _, p := range programmes {
		if err := s.readProgramme(ctx, p, by[p]); err != nil {
			return fmt.Errorf("watching for fraud: %w", err)
		}
	}
	return nil
}

func (s *Service) readProgramme(ctx context.Context, programme id.ID, events []flow.CommittedEvent) error {
	rules, err := LoadRules(ctx, s.d.Reader(), programme)
	if err != nil || !rules.Watching {
		return err
	}
	w, err := watched(ctx, s.d.Reader(), rules)
	if err != nil {
		return err
	}
	marks, err := w.marks(ctx, s.d.Reader(), events)
	if err != nil || len(marks) == 0 {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error { return s.take(ctx, tx, w, marks) })
}

// watch is a programme that is watched.
type watch struct {
	rules  Rules
	prog   program.Programme
	wallet id.ID // the first, 0 for none
}

func watched(ctx context.Context, q db.Queryer, rules Rules) (*watch, error) {
	w := &watch{rules: rules}
	var err error
	if w.prog, err = program.Load(ctx, q, rules.ProgrammeID); err != nil {
		return nil, err
	}
	wallets, err := ledger.Wallets(ctx, q, rules.ProgrammeID)
	if err == nil && len(wallets) > 0 {
		w.wallet = wallets[0].ID
	}
	return w, err
}

// seen is what is read of one event.
type seen struct {
	*journal.Event
	body struct {
		Attributes map[string]string `json:"attributes"`
		Settled    *flow.Settlement  `json:"settled"`
		Award      *flow.Award       `json:"award"`
	}
	earned, given, spent int64 // in the first wallet
	sold                 time.Time
	own                  bool // by staff, to a profile with their address
}

func (w *watch) marks(ctx context.Context, q db.Queryer, events []flow.CommittedEvent) ([]mark, error) {
	causes := make([]ledger.CauseKey, len(events))
	for i, e := range events {
		causes[i] = ledger.CauseKey{MemberID: e.MemberID, EventID: e.ID}
	}
	entries, err := ledger.EntriesOf(ctx, q, causes)
	if err != nil {
		return nil, err
	}
	by := map[id.ID][]ledger.Entry{}
	for _, e := range entries {
		by[e.Cause.Event] = append(by[e.Cause.Event], e)
	}
	var marks []mark
	for _, e := range events {
		one, err := w.see(ctx, q, e, by[e.ID])
		if err != nil {
			return nil, err
		}
		marks = append(marks, w.marksOf(one)...)
	}
	return marks, nil
}

func (w *watch) see(ctx context.Context, q db.Queryer, e flow.CommittedEvent, entries []ledger.Entry) (*seen, error) {
	one := &seen{}
	var err error
	if one.Event, err = journal.Get(ctx, q, e.MemberID, e.ID); err != nil {
		return nil, err
	}
	if len(one.Body) > 0 {
		if err := json.Unmarshal(one.Body, &one.body); err != nil {
			return nil, jobs.Permanent(fmt.Errorf("reading the body of %s: %w", e.ID.In(id.Event), err))
		}
	}
	for _, n := range entries {
		if n.WalletID == w.wallet {
			one.add(n)
		}
	}
	if e.Kind == journal.Return && w.rules.on(ReturnsAfterSpending) {
		if one.sold, err = soldAt(ctx, q, e); err != nil {
			return nil, err
		}
	}
	if w.rules.on(OwnAccount) {
		one.own, err = member.SamePerson(ctx, q, one.giver(), []id.ID{e.MemberID})
	}
	return one, err
}

// giver is who of the staff gave points with this event, by hand or as the system
// did it for them; empty where nobody did.
func (n *seen) giver() string {
	switch {
	case n.Kind == journal.Adjustment && n.given > 0:
		return n.Actor
	case n.Kind == journal.Award && n.body.Award != nil:
		return n.body.Award.By
	}
	return ""
}

func (n *seen) add(e ledger.Entry) {
	switch e.Kind {
	case ledger.KindEarn:
		n.earned += e.Amount
	case ledger.KindAdjustUp:
		n.given += e.Amount
	case ledger.KindSpend, ledger.KindCapture:
		n.spent += e.Amount
	}
}

// soldAt returns when the first of the goods was sold that a return brought
// back; the zero time where none was.
func soldAt(ctx context.Context, q db.Queryer, e flow.CommittedEvent) (time.Time, error) {
	sets, err := member.AliasSets(ctx, q, []id.ID{e.MemberID})
	if err != nil {
		return time.Time{}, err
	}
	var keys []sale.SaleKey
	for _, m := range sets[e.MemberID] {
		keys = append(keys, sale.SaleKey{MemberID: m, ID: e.ID})
	}
	backs, err := sale.LoadReturns(ctx, q, keys)
	if err != nil || len(backs) == 0 {
		return time.Time{}, err
	}
	keys = keys[:0]
	for _, b := range backs {
		keys = append(keys, sale.SaleKey{MemberID: b.MemberID, ID: b.SaleID})
	}
	sales, err := sale.LoadSales(ctx, q, keys)
	var first time.Time
	for _, n := range sales {
		if first.IsZero() || n.Occurred.Before(first) {
			first = n.Occurred
		}
	}
	return first, err
}

// marksOf returns what an event counts for by the rules that are on.
func (w *watch) marksOf(n *seen) []mark {
	var list []mark
	add := func(rule, kind Kind, subject string, amount int64) {
		if amount <= 0 || subject == "" || !w.rules.on(rule) {
			return
		}
		list = append(list, mark{
			kind: kind, subject: subject, begin: kind.Begin(n.Occurred, w.prog.Zone), event: n.ID, member: n.MemberID, at: n.Occurred,
			amount: amount, points: n.earned + n.given, actor: cmp.Or(n.giver(), n.Actor),
		})
	}
	person := n.MemberID.In(id.Member)
	add(PointsHour, PointsHour, person, n.earned)
	add(PointsDay, PointsDay, person, n.earned)
	if n.body.Settled != nil {
		var codes int64
		for _, a := range n.body.Settled.Applied {
			if a.CodeID != 0 {
				codes++
			}
		}
		add(CodesHour, CodesHour, person, codes)
		add(CodesDay, CodesDay, person, codes)
	}
	for _, t := range traced {
		add(t.kind, t.kind, traceOf(w.prog.Salt, t.kind, n.body.Attributes[t.attribute]), 1)
	}
	add(ReturnsAfterSpending, spent, person, n.spent)
	if !n.sold.IsZero() {
		add(ReturnsAfterSpending, returned, person, n.sold.UnixMicro())
	}
	if n.Kind == journal.Adjustment && strings.HasPrefix(n.Actor, "staff:") {
		add(StaffGrants, StaffGrants, n.Actor, n.given)
	}
	if n.own {
		add(OwnAccount, OwnAccount, n.giver(), n.given+n.earned)
	}
	if n.Kind == journal.SignUp && (strings.HasPrefix(n.Actor, "staff:") || strings.HasPrefix(n.Actor, "key:")) && n.ShopID != 0 {
		add(Enrolments, Enrolments, n.Actor+" "+n.ShopID.In(id.Shop), 1)
	}
	return list
}
