package referral

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// room is the part that flow asks of.
type room struct{}

// Room returns what flow asks about people and programmes.
func Room() flow.Room { return room{} }

// Name implements flow.Room.
func (room) Name() string { return "referral" }

// Erase forgets what could tell of the person: traces, the code, and what the
// person had in common with others. Who brought whom stays, by ids that name
// nobody, so that what was paid can be explained.
func (room) Erase(ctx context.Context, tx *db.Tx, _ id.ID, members []id.ID) error {
	for _, query := range []string{`DELETE FROM referral_trace WHERE member_id IN `, `DELETE FROM referral_code WHERE member_id IN `,
		`UPDATE influencer_payment SET note = '' WHERE influencer_id IN `} {
		var args db.Args
		if _, err := tx.Exec(ctx, query+args.In(members), args.Values()...); err != nil {
			return fmt.Errorf("erasing traces: %w", err)
		}
	}
	return forgetInfluencers(ctx, tx, members)
}

// Record is a referral as it is exported.
type Record struct {
	Referral       string     `json:"referral"`
	Inviter        string     `json:"inviter"`
	Friend         string     `json:"friend"`
	Source         string     `json:"source"`
	State          State      `json:"state"`
	At             time.Time  `json:"at"`
	Purchase       string     `json:"purchase,omitempty"`
	Due            *time.Time `json:"due,omitempty"`
	Closed         *time.Time `json:"closed,omitempty"`
	Allowed        bool       `json:"allowed"`
	Reason         string     `json:"reason,omitempty"`
	Evidence       []string   `json:"evidence,omitempty"`
	InviterOutcome string     `json:"inviter_outcome,omitempty"`
	FriendOutcome  string     `json:"friend_outcome,omitempty"`
}

func recordOf(r *Referral) Record {
	v := Record{
		Referral: r.ID.In(id.Referral), Inviter: r.Inviter(), Friend: r.FriendID.In(id.Member), Source: r.Source, State: r.State,
		At: r.At, Due: moment(r.Due), Closed: moment(r.Closed), Allowed: r.Allowed, Reason: r.Reason, Evidence: r.Evidence,
		InviterOutcome: r.InviterOutcome, FriendOutcome: r.FriendOutcome,
	}
	if r.SaleID != 0 {
		v.Purchase = r.SaleID.In(id.Sale)
	}
	return v
}

// moment is nil for a time that is not known.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Person is what the room keeps of a person.
type Person struct {
	Codes []string `json:"codes,omitempty"`
	// Brought are the friends of the person, by ids alone; Came is how the
	// person came. What the two have in common is left out of the friends'.
	Brought []Record `json:"brought,omitempty"`
	Came    []Record `json:"came,omitempty"`
	// Influencer are the person's own terms, as they were written.
	Influencer []TermsRecord `json:"influencer,omitempty"`
	// Fees are what the person was paid as influencer.
	Fees []PaymentRecord `json:"fees,omitempty"`
}

// Export implements flow.Room.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var p Person
	codes, err := codesOf(ctx, q, members)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if codes[m] != "" {
			p.Codes = append(p.Codes, codes[m])
		}
	}
	var args db.Args
	brought, err := selectReferrals(ctx, q, `r.inviter_id IN `+args.In(members)+` ORDER BY r.id`, args.Values()...)
	if err != nil {
		return nil, err
	}
	for _, r := range brought {
		v := recordOf(r)
		v.Evidence = nil
		p.Brought = append(p.Brought, v)
	}
	came, err := ofFriends(ctx, q, members)
	for _, r := range came {
		p.Came = append(p.Came, recordOf(r))
	}
	if err != nil {
		return nil, err
	}
	var own db.Args
	terms, err := selectTerms(ctx, q, `influencer_id IN `+own.In(members)+` ORDER BY number`, own.Values()...)
	if err != nil {
		return nil, err
	}
	for _, t := range terms {
		v, err := termsRecord(t, false)
		if err != nil {
			return nil, err
		}
		p.Influencer = append(p.Influencer, v)
	}
	for _, m := range members {
		paid, err := payments(ctx, q, programme, m)
		if err != nil {
			return nil, err
		}
		for _, one := range paid {
			p.Fees = append(p.Fees, one.record(false))
		}
	}
	if len(p.Codes)+len(p.Brought)+len(p.Came)+len(p.Influencer) == 0 {
		return nil, nil
	}
	return p, nil
}

// Tables implements flow.Room.
func (room) Tables() []string {
	return []string{"referral_terms", "referral_codes", "referral_clicks", "referrals", "influencers", "influencer_payments"}
}

// TermsRecord, CodeRecord and ClickRecord are rows of a programme's export.
type (
	// TermsRecord is a version of the terms.
	TermsRecord struct {
		Number int64           `json:"number"`
		State  TermsState      `json:"state"`
		Made   time.Time       `json:"made"`
		Spec   json.RawMessage `json:"spec"`
		// Influencer is whose own terms they are: a member, or one who is none.
		Influencer string `json:"influencer,omitempty"`
	}
	// CodeRecord is the code of a member, or of an influencer who is none.
	CodeRecord struct {
		Code   string    `json:"code"`
		Member string    `json:"member"`
		Made   time.Time `json:"made"`
	}
	// ClickRecord is how often their link was opened in a month.
	ClickRecord struct {
		Member string `json:"member"`
		Month  int64  `json:"month"`
		Clicks int64  `json:"clicks"`
	}
)

func termsRecord(t Terms, outside bool) (TermsRecord, error) {
	spec, err := json.Marshal(t.Spec.shown())
	if err != nil {
		return TermsRecord{}, fmt.Errorf("exporting referral terms: %w", err)
	}
	v := TermsRecord{Number: t.Number, State: t.State, Made: t.Made, Spec: spec}
	if t.InfluencerID != 0 {
		v.Influencer = ShowInviter(t.InfluencerID, outside)
	}
	return v, nil
}

// Dump implements flow.Room.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	found, err := outsiders(ctx, q, programme)
	if err != nil {
		return err
	}
	terms, err := selectTerms(ctx, q, `programme_id = $1 ORDER BY number`, programme)
	if err != nil {
		return err
	}
	for _, t := range terms {
		v, err := termsRecord(t, found[t.InfluencerID] != nil)
		if err != nil {
			return err
		}
		if err := to("referral_terms", v); err != nil {
			return err
		}
	}
	rows, err := q.Query(ctx, `SELECT code, member_id, made FROM referral_code WHERE programme_id = $1 ORDER BY code`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (CodeRecord, error) {
		var v CodeRecord
		var m id.ID
		var made int64
		err := r.Scan(&v.Code, &m, &made)
		v.Member, v.Made = ShowInviter(m, found[m] != nil), db.Time(made)
		return v, err
	}, func(v CodeRecord) error { return to("referral_codes", v) })
	if err != nil {
		return fmt.Errorf("exporting referral codes: %w", err)
	}
	rows, err = q.Query(ctx, `SELECT member_id, month, clicks FROM referral_click WHERE programme_id = $1 ORDER BY member_id, month`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (ClickRecord, error) {
		var v ClickRecord
		var m id.ID
		err := r.Scan(&m, &v.Month, &v.Clicks)
		v.Member = ShowInviter(m, found[m] != nil)
		return v, err
	}, func(v ClickRecord) error { return to("referral_clicks", v) })
	if err != nil {
		return fmt.Errorf("exporting clicks: %w", err)
	}
	if err := EachReferral(ctx, q, programme, func(r *Referral) error { return to("referrals", recordOf(r)) }); err != nil {
		return err
	}
	return dumpInfluencers(ctx, q, programme, found, to)
}

// OutsiderRecord and PaymentRecord are rows of a programme's export.
type (
	// OutsiderRecord is an influencer who is no member.
	OutsiderRecord struct {
		Influencer string `json:"influencer"`
		OutsideSpec
		Made      time.Time  `json:"made"`
		Forgotten *time.Time `json:"forgotten,omitempty"`
	}
	// PaymentRecord is a fee that was paid, in minor units.
	PaymentRecord struct {
		Influencer string    `json:"influencer"`
		At         time.Time `json:"at"`
		Amount     int64     `json:"amount"`
		Note       string    `json:"note,omitempty"`
	}
)

func (p *Payment) record(outside bool) PaymentRecord {
	return PaymentRecord{ShowInviter(p.InfluencerID, outside), p.At, p.Amount, p.Note}
}

func dumpInfluencers(ctx context.Context, q db.Queryer, programme id.ID, found map[id.ID]*Outsider, to flow.Sink) error {
	for _, m := range slices.Sorted(maps.Keys(found)) {
		o := found[m]
		if err := to("influencers", OutsiderRecord{o.Shown(), o.OutsideSpec, o.Made, moment(o.Forgotten)}); err != nil {
			return err
		}
	}
	paid, err := payments(ctx, q, programme, 0)
	for i := range paid {
		if err == nil {
			err = to("influencer_payments", paid[i].record(found[paid[i].InfluencerID] != nil))
		}
	}
	return err
}
