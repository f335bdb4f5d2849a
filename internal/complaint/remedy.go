package complaint

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
)

// Means is what makes good.
type Means string

// The means. A refund is noted here and paid by the till.
const (
	Points   Means = "points"
	Code     Means = "code"
	GiftCard Means = "gift_card"
	Refund   Means = "refund"
)

// AllMeans returns them.
func AllMeans() []Means { return []Means{Points, Code, GiftCard, Refund} }

// Text names the means in words.
func (k Means) Text() i18n.Text { return i18n.Text{Key: "complaint.means." + string(k)} }

// maxShare is the most that is given for a case, in ten-thousandths of the price
// of what went wrong.
const maxShare = 15_000

// RemedyState is where a compensation stands.
type RemedyState string

// The states: asked for beyond a limit, approved and about to be paid, paid,
// declined by the second person, or failed, which gave nothing.
const (
	RemedyAsked    RemedyState = "asked"
	RemedyApproved RemedyState = "approved"
	RemedyPaid     RemedyState = "paid"
	RemedyDeclined RemedyState = "declined"
	RemedyFailed   RemedyState = "failed"
)

// Text names the state in words.
func (k RemedyState) Text() i18n.Text { return i18n.Text{Key: "complaint.remedy." + string(k)} }

// Remedied is a compensation for a case.
type Remedied struct {
	ID, ProgrammeID, CaseID id.ID
	MemberID, SubjectID     id.ID
	Kind                    Means
	// Amount is what it is worth, in minor units; Points those given.
	Amount, Points int64
	WalletID       id.ID
	// Price and Cap are those of the case when it was asked for.
	Price, Cap int64
	Note       string
	State      RemedyState
	// Why is the code of the fault for which it failed.
	Why                  string
	Asked, Decided, Paid time.Time
	AskedBy, DecidedBy   string
	EventID, CodeID      id.ID
	GiftBatchID          id.ID

	name string
}

var remedyTable = db.NewTable("complaint_remedy", []string{"programme_id", "case_id", "id"}, join(
	ints("programme_id", "case_id", "id"), texts("name"), ints("member_id", "subject_id"), texts("kind"), ints("amount", "points", "wallet_id", "price", "cap"),
	texts("note", "state", "why"), ints("asked"), texts("asked_by"), ints("decided"), texts("decided_by"), ints("paid", "event_id", "code_id", "batch_id"))...)

const remedyColumns = `r.programme_id, r.case_id, r.id, r.name, r.member_id, r.subject_id, r.kind, r.amount, r.points, r.wallet_id, r.price, r.cap,
	r.note, r.state, r.why, r.asked, r.asked_by, r.decided, r.decided_by, r.paid, r.event_id, r.code_id, r.batch_id`

func scanRemedy(rows *sql.Rows) (*Remedied, error) {
	r := &Remedied{}
	var asked, decided, paid int64
	err := rows.Scan(&r.ProgrammeID, &r.CaseID, &r.ID, &r.name, &r.MemberID, &r.SubjectID, &r.Kind, &r.Amount, &r.Points, &r.WalletID, &r.Price, &r.Cap,
		&r.Note, &r.State, &r.Why, &asked, &r.AskedBy, &decided, &r.DecidedBy, &paid, &r.EventID, &r.CodeID, &r.GiftBatchID)
	r.Asked, r.Decided, r.Paid = db.Time(asked), db.Time(decided), db.Time(paid)
	return r, err
}

func (r *Remedied) row() []any {
	return []any{
		r.ProgrammeID, r.CaseID, r.ID, r.name, r.MemberID, r.SubjectID, string(r.Kind), r.Amount, r.Points, r.WalletID, r.Price, r.Cap,
		r.Note, string(r.State), r.Why, db.Micros(r.Asked), r.AskedBy, db.Micros(r.Decided), r.DecidedBy, db.Micros(r.Paid), r.EventID, r.CodeID, r.GiftBatchID,
	}
}

func selectRemedies(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Remedied, error) {
	rows, err := q.Query(ctx, `SELECT `+remedyColumns+` FROM complaint_remedy AS r WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanRemedy)
	if err != nil {
		return nil, fmt.Errorf("reading compensations: %w", err)
	}
	return list, nil
}

func remediesOf(ctx context.Context, q db.Queryer, programme, n id.ID) ([]*Remedied, error) {
	return selectRemedies(ctx, q, `r.programme_id = $1 AND r.case_id = $2 ORDER BY r.id`, programme, n)
}

// counts reports whether a compensation uses up what may be given.
func (r *Remedied) counts() bool { return r.State != RemedyDeclined && r.State != RemedyFailed }

// Suggestion is what the table says makes a case good.
type Suggestion struct {
	Kind   Means
	Amount int64
	// Cap is the most that may be given for the case in all, Left what of it is
	// left.
	Cap, Left int64
}

// Suggest returns what the table says for a case: the first line that names its
// reason, or else its severity, or neither.
func (s *Settings) Suggest(c *Case, given []*Remedied) Suggestion {
	v := Suggestion{Kind: Points, Cap: s.cap(c)}
	v.Left = v.Cap
	for _, r := range given {
		if r.counts() {
			v.Left -= r.Amount
		}
	}
	v.Left = max(0, v.Left)
	best := -1
	for _, r := range s.Remedies {
		fits := (r.Reason == "" || r.Reason == c.Reason) && (r.Severity == "" || r.Severity == c.Severity)
		rank := 0
		if r.Reason != "" {
			rank += 2
		}
		if r.Severity != "" {
			rank++
		}
		if fits && rank > best {
			best = rank
			v.Kind, v.Amount = r.Kind, min(v.Left, part(c.Price, r.Share)+r.Fixed)
		}
	}
	if c.MemberID == 0 && (v.Kind == Points || v.Kind == Code) {
		v.Kind = GiftCard
	}
	return v
}

// part is a share of a price in ten-thousandths, rounded down.
func part(price, share int64) int64 {
	n, err := money.NewRate(share, 10_000).Apply(price, money.Floor)
	if err != nil {
		return 0
	}
	return n
}

// Most is the share of a price that is given at most, in ten-thousandths.
func (s *Settings) Most() int64 { return cmp.Or(s.Cap, maxShare) }

// cap is the most that may be given for a case in all.
func (s *Settings) cap(c *Case) int64 {
	if c.Price == 0 {
		return s.Unpriced
	}
	return part(c.Price, s.Most())
}

// limit is what an actor may give for one case without a second person.
func (s *Settings) limit(a auth.Actor, programme id.ID) int64 {
	switch a.Kind {
	case auth.KindSystem:
		return money.MaxMinor
	case auth.KindKey:
		return s.Limits["key"]
	}
	var most int64
	for _, r := range a.Roles {
		if r.ProgrammeID == 0 || r.ProgrammeID == programme {
			most = max(most, s.Limits[string(r.Role)])
		}
	}
	return most
}

// RemedyAsk asks for a compensation.
type RemedyAsk struct {
	// Name is the asker's own: asked again under it, it is given once.
	Name   string
	Kind   Means
	Amount int64 // what it is worth, in minor units
	Note   string

	// waits has a second person decide, within the limits too.
	waits bool
}

// Compensate gives something to make a case good, or asks a second person for
// it where all that the actor gave for the case would pass their limit, or where
// it is the actor's own complaint. It needs cases.read and cases.compensate. Under a name that was used before it
// returns what came of it then; with other content it fails with
// "case_remedy_reused".
func (s *Service) Compensate(ctx context.Context, a auth.Actor, programme, n id.ID, ask RemedyAsk) (*Remedied, error) {
	ask.Note = i18n.Tidy(ask.Note)
	wrong := tooLong(ask.Note, "/note", MaxText)
	if !slices.Contains(AllMeans(), ask.Kind) {
		wrong = append(wrong, fault.Invalid("case_choice", "this is none of the choices").At("/kind"))
	}
	if ask.Amount < 1 || ask.Amount > money.MaxMinor {
		wrong = append(wrong, fault.Invalid("case_amount", "say what it is worth").At("/amount"))
	}
	if len(ask.Name) > maxName {
		wrong = append(wrong, fault.Invalid("case_text_long", "the text takes at most %d letters", maxName).At("/name").With("most", maxName))
	}
	if len(wrong) > 0 {
		return nil, fault.Join(wrong...)
	}
	var r *Remedied
	_, err := s.change(ctx, a, programme, n, "case.compensate", func(d *desk) (err error) {
		r, err = s.ask(ctx, d, a, ask)
		return err
	}, auth.CasesRead, auth.CasesCompensate)
	if err != nil {
		return nil, err
	}
	return s.settle(ctx, r)
}

// ask writes down a compensation; the case is locked, so that sums hold.
func (s *Service) ask(ctx context.Context, d *desk, a auth.Actor, ask RemedyAsk) (*Remedied, error) {
	n := d.tx.IDs().New()
	name := cmp.Or(ask.Name, n.In(id.CaseRemedy))
	given, err := selectRemedies(ctx, d.tx, `r.programme_id = $1 AND (r.case_id = $2 OR r.name = $3) ORDER BY r.id`, d.ProgrammeID, d.ID, name)
	if err != nil {
		return nil, err
	}
	var mine, all int64
	for _, r := range given {
		if r.name == name {
			if r.CaseID != d.ID || r.Kind != ask.Kind || r.Amount != ask.Amount {
				return nil, fault.Conflict("case_remedy_reused", "another compensation was asked for under this name")
			}
			return r, nil
		}
		if r.counts() {
			all += r.Amount
			if r.AskedBy == a.String() {
				mine += r.Amount
			}
		}
	}
	r := &Remedied{
		ID: n, ProgrammeID: d.ProgrammeID, CaseID: d.ID, MemberID: d.MemberID, SubjectID: d.SubjectID, Kind: ask.Kind, Amount: ask.Amount, Price: d.Price,
		Cap: d.settings.cap(d.Case), Note: ask.Note, State: RemedyAsked, Asked: d.now, AskedBy: a.String(), name: name,
	}
	if all+ask.Amount > r.Cap {
		return nil, fault.Refused("case_over_cap", "for this case %d more may be given; in all at most %d %% of the price of what went wrong", max(0, r.Cap-all), d.settings.Most()/100).
			At("/amount").With("left", max(0, r.Cap-all)).With("most", d.settings.Most()/100)
	}
	if err := s.fit(ctx, d, r); err != nil {
		return nil, err
	}
	own, err := member.SamePerson(ctx, d.tx, a.String(), []id.ID{d.MemberID})
	if err != nil {
		return nil, err
	}
	if !ask.waits && !own && mine+ask.Amount <= d.settings.limit(a, d.ProgrammeID) {
		r.State, r.Decided, r.DecidedBy = RemedyApproved, d.now, a.String()
	}
	if err := d.tx.Insert(ctx, remedyTable, [][]any{r.row()}); err != nil {
		return nil, fmt.Errorf("writing a compensation: %w", err)
	}
	d.detail["compensation"], d.detail["kind"], d.detail["amount"], d.detail["compensation_state"] = n.In(id.CaseRemedy), string(r.Kind), r.Amount, string(r.State)
	return r, payLater(ctx, d.tx, r, d.now)
}

// fit refuses what cannot be given, and reckons points.
func (s *Service) fit(ctx context.Context, d *desk, r *Remedied) error {
	if d.Kind != Complaint {
		return fault.Conflict("case_kind", "only complaints are made good")
	}
	if r.MemberID == 0 && (r.Kind == Points || r.Kind == Code) {
		return fault.Invalid("case_remedy_member", "nobody knows whose case it is; give a gift card or a refund").At("/kind")
	}
	switch r.Kind {
	case Code:
		if d.settings.BatchID == 0 {
			return fault.Invalid("case_remedy_batch", "no personal codes are chosen in the settings").At("/kind")
		}
		r.GiftBatchID = d.settings.BatchID
	case Points:
		return s.fitPoints(ctx, d, r)
	}
	return nil
}

func (s *Service) fitPoints(ctx context.Context, d *desk, r *Remedied) error {
	wallets, err := ledger.Wallets(ctx, d.tx, d.ProgrammeID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(wallets, func(w ledger.Wallet) bool { return d.settings.WalletID == 0 || w.ID == d.settings.WalletID })
	if i < 0 || wallets[i].Unit.IsZero() {
		return fault.Invalid("case_remedy_wallet", "no wallet with points of a value is chosen in the settings").At("/kind")
	}
	unit := wallets[i].Unit
	if r.Points, err = money.NewRate(unit.Den(), unit.Num()).Apply(r.Amount, money.Floor); err != nil || r.Points < 1 {
		return fault.Invalid("case_amount", "say what it is worth").At("/amount")
	}
	r.WalletID = wallets[i].ID
	return nil
}

// PayJob is the job that gives what was approved.
const PayJob = "complaint.pay"

type payment struct {
	ProgrammeID id.ID `json:"programme"`
	CaseID      id.ID `json:"case"`
	RemedyID    id.ID `json:"remedy"`
}

// payLater leaves the job of what is approved, so that it is given though this
// process dies.
func payLater(ctx context.Context, tx *db.Tx, r *Remedied, now time.Time) error {
	if r.State != RemedyApproved {
		return nil
	}
	return jobs.Add(ctx, tx, now, jobs.New{Kind: PayJob, Unique: r.ID.In(id.CaseRemedy), Payload: payment{r.ProgrammeID, r.CaseID, r.ID}})
}

// Approve gives what was asked for beyond a limit. It needs cases.approve and
// another person than who asked and than who complained.
func (s *Service) Approve(ctx context.Context, a auth.Actor, programme, n, remedy id.ID) (*Remedied, error) {
	return s.second(ctx, a, programme, n, remedy, "case.approve", RemedyApproved)
}

// Decline refuses what was asked for beyond a limit. It needs cases.approve.
func (s *Service) Decline(ctx context.Context, a auth.Actor, programme, n, remedy id.ID) (*Remedied, error) {
	return s.second(ctx, a, programme, n, remedy, "case.decline", RemedyDeclined)
}

func (s *Service) second(ctx context.Context, a auth.Actor, programme, n, remedy id.ID, action string, to RemedyState) (*Remedied, error) {
	var r *Remedied
	_, err := s.change(ctx, a, programme, n, action, func(d *desk) error {
		list, err := remediesOf(ctx, d.tx, programme, n)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(r *Remedied) bool { return r.ID == remedy })
		if i < 0 {
			return fault.Missing("unknown_compensation", "the case has no such compensation")
		}
		r = list[i]
		d.detail["compensation"] = r.ID.In(id.CaseRemedy)
		switch {
		case r.State != RemedyAsked && r.DecidedBy == a.String() && r.counts() == (to == RemedyApproved):
			return nil // sent twice
		case r.State != RemedyAsked:
			return fault.Conflict("case_remedy_decided", "somebody has decided about it already")
		case to == RemedyApproved && r.AskedBy == a.String():
			return fault.Refused("case_own_request", "who asks for a compensation cannot approve it; another person must")
		}
		own, err := member.SamePerson(ctx, d.tx, a.String(), []id.ID{r.MemberID})
		if err != nil {
			return err
		}
		if own && to == RemedyApproved {
			return fault.Refused("case_own_complaint", "who complained cannot approve what it brings them; another person must")
		}
		r.State, r.Decided, r.DecidedBy = to, d.now, a.String()
		if err := d.tx.Update(ctx, remedyTable, [][]any{r.row()}); err != nil {
			return fmt.Errorf("writing a compensation: %w", err)
		}
		return payLater(ctx, d.tx, r, d.now)
	}, auth.CasesRead, auth.CasesApprove)
	if err != nil {
		return nil, err
	}
	return s.settle(ctx, r)
}
