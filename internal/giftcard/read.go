package giftcard

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// Query asks for a page of cards, the latest first. Empty fields ask for all.
type Query struct {
	ProgrammeID id.ID
	// Text is a whole number, or its last four letters.
	Text                string
	State               State
	CampaignID, BatchID id.ID
	// Members are the aliases of one member, IDs the cards themselves.
	Members, IDs []id.ID
	// Before is the last card of the page before.
	Before id.ID
	Limit  int
}

// List returns a page of cards. It needs giftcards.read; numbers are for those
// who hold giftcards.issue, and must be masked for all others.
func (s *Service) List(ctx context.Context, a auth.Actor, query Query) ([]*Card, error) {
	if err := a.Can(query.ProgrammeID, auth.GiftCardsRead); err != nil {
		return nil, err
	}
	var args db.Args
	where := query.where(&args, s.now())
	rows, err := s.d.Reader().Query(ctx, `SELECT `+cardColumns+` FROM gift_card AS c WHERE `+where+
		` ORDER BY c.id DESC LIMIT `+args.Add(query.Limit), args.Values()...)
	list, err := db.Collect(rows, err, scanCard)
	if err != nil {
		return nil, fmt.Errorf("listing gift cards: %w", err)
	}
	return list, loadHolds(ctx, s.d.Reader(), list)
}

func (query *Query) where(args *db.Args, now time.Time) string {
	parts := []string{`c.programme_id = ` + args.Add(query.ProgrammeID)}
	and := func(column string, value any) { parts = append(parts, column+args.Add(value)) }
	if text := NormaliseNumber(query.Text); len(text) == tailChars {
		and(`c.tail = `, text)
	} else if text != "" {
		and(`c.number = `, text)
	}
	if query.CampaignID != 0 {
		parts = append(parts, `c.campaign_id <> 0`)
		and(`c.campaign_id = `, query.CampaignID)
	}
	if query.BatchID != 0 {
		and(`c.batch_id = `, query.BatchID)
	}
	if len(query.Members) > 0 {
		parts = append(parts, `c.member_id <> 0 AND c.member_id IN `+args.In(query.Members))
	}
	if len(query.IDs) > 0 {
		parts = append(parts, `c.id IN `+args.In(query.IDs))
	}
	if query.Before != 0 {
		and(`c.id < `, query.Before)
	}
	switch query.State {
	case Inactive, Blocked:
		and(`c.state = `, string(query.State))
	case Active:
		and(`c.state = 'active' AND c.expires > `, db.Micros(now))
	case Expired:
		and(`c.state = 'active' AND c.expires <= `, db.Micros(now))
	}
	return strings.Join(parts, ` AND `)
}

// numbersPage is how many cards Numbers reads at a time.
const numbersPage = 1000

// Numbers hands out the cards of a query with their numbers, as for print, the
// latest first. It needs giftcards.issue and leaves a trace: whoever has them
// has the money.
func (s *Service) Numbers(ctx context.Context, a auth.Actor, query Query, each func(*Card) error) error {
	if err := a.Can(query.ProgrammeID, auth.GiftCardsIssue); err != nil {
		return err
	}
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: query.ProgrammeID, Action: "giftcard.numbers", Subject: query.subject()})
	})
	for query.Limit = numbersPage; err == nil; {
		var list []*Card
		if list, err = s.List(ctx, a, query); err != nil {
			return err
		}
		for _, c := range list {
			if err := each(c); err != nil {
				return err
			}
			query.Before = c.ID
		}
		if len(list) < numbersPage {
			return nil
		}
	}
	return err
}

// subject is the batch or campaign whose cards are asked for.
func (query *Query) subject() string {
	switch {
	case query.BatchID != 0:
		return query.BatchID.In(id.GiftBatch)
	case query.CampaignID != 0:
		return query.CampaignID.In(id.GiftCampaign)
	}
	return ""
}

// Get returns the card of a number, or of a shown id. It needs giftcards.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme id.ID, name string) (*Card, error) {
	if err := a.Can(programme, auth.GiftCardsRead); err != nil {
		return nil, err
	}
	q := s.d.Reader()
	k, err := keyOf(ctx, q, programme, name)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT `+cardColumns+` FROM gift_card AS c WHERE c.programme_id = $1 AND c.number = $2`, k.ProgrammeID, k.Number)
	list, err := db.Collect(rows, err, scanCard)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading a gift card: %w", err)
	case len(list) == 0:
		return nil, Unknown()
	}
	return list[0], loadHolds(ctx, q, list)
}

// Movements returns the latest entries of a card before one of them, 0 for the
// newest. It needs giftcards.read.
func (s *Service) Movements(ctx context.Context, a auth.Actor, k Key, before id.ID, limit int) ([]Entry, error) {
	if err := a.Can(k.ProgrammeID, auth.GiftCardsRead); err != nil {
		return nil, err
	}
	if before == 0 {
		before = db.Never
	}
	rows, err := s.d.Reader().Query(ctx, `SELECT id, kind, amount, event_id, sale_id, occurred FROM gift_entry
		WHERE programme_id = $1 AND number = $2 AND id < $3 ORDER BY id DESC LIMIT $4`, k.ProgrammeID, k.Number, before, limit)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (e Entry, err error) {
		var at int64
		err = r.Scan(&e.ID, &e.Kind, &e.Amount, &e.EventID, &e.SaleID, &at)
		e.At = db.Time(at)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the movements of a gift card: %w", err)
	}
	return list, nil
}

// Results are what cards came to, at a moment. Cards = Claimed + Unclaimed +
// Expired, where an expired card was never claimed.
type Results struct {
	Cards, Claimed, Unclaimed, Expired int64
	// Inactive are those of the unclaimed that wait to be activated.
	Inactive int64
	// Added is what was put on the cards: Sold what of it was paid for. Spent
	// (net of refunds), Left and Lapsed together are Added.
	Added, Sold, Spent, Left, Lapsed int64
	// Cost is what cards that were given paid for.
	Cost int64
}

func (r *Results) add(o Results) {
	r.Cards, r.Claimed, r.Unclaimed, r.Expired = r.Cards+o.Cards, r.Claimed+o.Claimed, r.Unclaimed+o.Unclaimed, r.Expired+o.Expired
	r.Inactive, r.Added, r.Sold, r.Spent = r.Inactive+o.Inactive, r.Added+o.Added, r.Sold+o.Sold, r.Spent+o.Spent
	r.Left, r.Lapsed, r.Cost = r.Left+o.Left, r.Lapsed+o.Lapsed, r.Cost+o.Cost
}

// Campaign is a name under which cards were issued, with what became of them.
type Campaign struct {
	ID   id.ID
	Name string
	Results
}

// Campaigns returns the programme's campaigns, the latest first, and what all
// its cards came to, those of no campaign included. It needs giftcards.read.
func (s *Service) Campaigns(ctx context.Context, a auth.Actor, programme id.ID) (list []Campaign, all Results, err error) {
	if err := a.Can(programme, auth.GiftCardsRead); err != nil {
		return nil, all, err
	}
	err = s.d.View(ctx, func(q db.Queryer) error {
		list, all, err = campaigns(ctx, q, programme, s.now())
		return err
	})
	return list, all, err
}

func campaigns(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) ([]Campaign, Results, error) {
	var all Results
	byID := map[id.ID]Results{}
	rows, err := q.Query(ctx, `SELECT campaign_id, COUNT(*),
			SUM(CASE WHEN claimed > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN claimed = 0 AND expires > $2 THEN 1 ELSE 0 END),
			SUM(CASE WHEN claimed = 0 AND expires <= $2 THEN 1 ELSE 0 END),
			SUM(CASE WHEN state = 'inactive' AND expires > $2 THEN 1 ELSE 0 END),
			CAST(SUM(added) AS BIGINT), CAST(SUM(CASE WHEN given THEN 0 ELSE added END) AS BIGINT), CAST(SUM(spent) AS BIGINT),
			CAST(SUM(CASE WHEN expires > $2 THEN balance ELSE 0 END) AS BIGINT),
			CAST(SUM(expired + CASE WHEN expires <= $2 THEN balance ELSE 0 END) AS BIGINT),
			CAST(SUM(CASE WHEN given THEN spent ELSE 0 END) AS BIGINT)
		FROM gift_card WHERE programme_id = $1 GROUP BY campaign_id`, programme, db.Micros(now))
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var campaign id.ID
		var n Results
		err = r.Scan(&campaign, &n.Cards, &n.Claimed, &n.Unclaimed, &n.Expired, &n.Inactive, &n.Added, &n.Sold, &n.Spent, &n.Left, &n.Lapsed, &n.Cost)
		byID[campaign] = n
		all.add(n)
		return struct{}{}, err
	})
	if err != nil {
		return nil, all, fmt.Errorf("reading what gift cards came to: %w", err)
	}
	list, err := campaignNames(ctx, q, programme)
	for i := range list {
		list[i].Results = byID[list[i].ID]
	}
	return list, all, err
}

// CampaignNames returns the programme's campaigns, the latest first, without
// their results, for which every card must be looked at. It needs
// giftcards.read.
func (s *Service) CampaignNames(ctx context.Context, a auth.Actor, programme id.ID) ([]Campaign, error) {
	if err := a.Can(programme, auth.GiftCardsRead); err != nil {
		return nil, err
	}
	return campaignNames(ctx, s.d.Reader(), programme)
}

func campaignNames(ctx context.Context, q db.Queryer, programme id.ID) ([]Campaign, error) {
	rows, err := q.Query(ctx, `SELECT id, name FROM gift_campaign WHERE programme_id = $1 ORDER BY id DESC`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (c Campaign, err error) {
		err = r.Scan(&c.ID, &c.Name)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading campaigns: %w", err)
	}
	return list, nil
}

// Sums are what the entries of a programme come to. Balance = Issued − Spent +
// Refunded − Expired; Issued holds top-ups too.
type Sums struct{ Issued, Spent, Refunded, Expired, Balance int64 }

// Totals folds the entries of a programme.
func Totals(ctx context.Context, q db.Queryer, programme id.ID) (Sums, error) {
	var t Sums
	rows, err := q.Query(ctx, `SELECT kind, CAST(SUM(amount) AS BIGINT) FROM gift_entry WHERE programme_id = $1 GROUP BY kind`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var kind Kind
		var sum int64
		err = r.Scan(&kind, &sum)
		switch kind {
		case KindIssue, KindTopUp:
			t.Issued += sum
		case KindCharge:
			t.Spent += sum
		case KindRefund:
			t.Refunded += sum
		case KindExpire:
			t.Expired += sum
		}
		return struct{}{}, err
	})
	if err != nil {
		return Sums{}, fmt.Errorf("adding up gift cards: %w", err)
	}
	t.Balance = t.Issued - t.Spent + t.Refunded - t.Expired
	return t, nil
}
