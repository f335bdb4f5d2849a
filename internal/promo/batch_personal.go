package promo

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// PersonalAsk asks for a code for a member. Of a batch he has one for each
// occasion, however often it is asked for.
type PersonalAsk struct {
	MemberID id.ID
	Occasion string
}

// IssueCodes returns the members' codes of a batch of personal codes, and
// draws those that there are not yet: for up to some thousands at once. It
// locks the batch.
func IssueCodes(ctx context.Context, tx *db.Tx, programme, batch id.ID, now time.Time, asks []PersonalAsk) (map[PersonalAsk]*Code, error) {
	b, err := batchOf(ctx, tx, programme, batch, tx.ForUpdate())
	if err != nil {
		return nil, err
	}
	if b.Kind != PersonalCodes || !b.Cancelled.IsZero() {
		return nil, fault.Conflict("batch_not_open", "the batch gives no personal codes, or was cancelled").With("batch", batch.In(id.Batch))
	}
	expires, err := b.expiry(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	for round := 0; ; round++ {
		found, err := selectPersonal(ctx, tx, &b, asks)
		if err != nil {
			return nil, err
		}
		missing := without(asks, found)
		if len(missing) == 0 {
			return found, nil
		}
		if round == fruitless || b.Made+int64(len(missing)) > codeSpace(b.Length)/2 {
			return nil, spaceFull(b.Length)
		}
		if err := b.issue(ctx, tx, missing, now, expires); err != nil {
			return nil, err
		}
	}
}

// without returns the asks that are not answered, each once.
func without(asks []PersonalAsk, found map[PersonalAsk]*Code) []PersonalAsk {
	var missing []PersonalAsk
	seen := map[PersonalAsk]bool{}
	for _, a := range asks {
		if found[a] == nil && !seen[a] {
			missing = append(missing, a)
		}
		seen[a] = true
	}
	return missing
}

// issue draws codes for the members; who meets one that exists gets none.
func (b *Batch) issue(ctx context.Context, tx *db.Tx, asks []PersonalAsk, now, expires time.Time) error {
	parts, err := newDrawer(b.Length).draw(len(asks), 0, 1, 1)
	if err != nil {
		return err
	}
	codes := b.drawn(tx.IDs(), parts)
	for i, c := range codes {
		c.MemberID, c.Occasion, c.Issued, c.Expires = asks[i].MemberID, asks[i].Occasion, now, expires
	}
	n, err := insertCodes(ctx, tx, codes)
	if err != nil {
		return err
	}
	b.Made += n
	b.Wanted = b.Made
	return saveBatch(ctx, tx, b)
}

// expiry returns when a code that is issued now ends: with the last of its
// days, and never after the batch.
func (b *Batch) expiry(ctx context.Context, q db.Queryer, now time.Time) (time.Time, error) {
	if b.ValidDays == 0 {
		return b.Expires, nil
	}
	p, err := program.Load(ctx, q, b.ProgrammeID)
	if err != nil {
		return time.Time{}, err
	}
	y, m, d := now.In(p.Zone).Date()
	end := time.Date(y, m, d+b.ValidDays+1, 0, 0, 0, 0, p.Zone)
	if !b.Expires.IsZero() && b.Expires.Before(end) {
		end = b.Expires
	}
	return end, nil
}

// Personal returns a member's code of a batch of personal codes, made now
// unless he has one. It needs codes.write.
func (s *Service) Personal(ctx context.Context, a auth.Actor, programme, batch id.ID, ask PersonalAsk) (*Code, error) {
	if err := a.Can(programme, auth.CodesWrite); err != nil {
		return nil, err
	}
	if ask.MemberID == 0 {
		return nil, fault.Invalid("code_member", "a personal code needs a member").At("/member")
	}
	var c *Code
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		found, err := IssueCodes(ctx, tx, programme, batch, db.Time(db.Micros(s.now())), []PersonalAsk{ask})
		if err != nil {
			return err
		}
		c = found[ask]
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "code.issue", Subject: c.ID.In(id.Code),
			Detail: map[string]any{"batch": batch.In(id.Batch), "member": ask.MemberID.In(id.Member)}})
	})
	return c, err
}

// selectPersonal returns the codes of the batch that the asks are about.
func selectPersonal(ctx context.Context, q db.Queryer, b *Batch, asks []PersonalAsk) (map[PersonalAsk]*Code, error) {
	found := make(map[PersonalAsk]*Code, len(asks))
	members := make([]id.ID, len(asks))
	for i, a := range asks {
		members[i] = a.MemberID
	}
	var args db.Args
	query := `SELECT ` + codeColumns + ` FROM promo_code AS c` + codeJoins + `WHERE c.member_id IN ` + args.In(members) +
		` AND c.member_id <> 0 AND c.batch_id = ` + args.Add(int64(b.ID)) + ` ORDER BY c.id`
	asked := map[PersonalAsk]bool{}
	for _, a := range asks {
		asked[a] = true
	}
	err := eachCode(ctx, q, query, args.Values(), func(c *Code) error {
		if a := (PersonalAsk{c.MemberID, c.Occasion}); asked[a] {
			found[a] = c
		}
		return nil
	})
	return found, err
}

// PersonalBatch is a batch of personal codes that may be given.
type PersonalBatch struct {
	ID   id.ID
	Name string
}

// PersonalBatches returns a programme's batches of personal codes that may be
// given, the latest first.
func PersonalBatches(ctx context.Context, q db.Queryer, programme id.ID) ([]PersonalBatch, error) {
	rows, err := q.Query(ctx, `SELECT id, name FROM promo_batch WHERE programme_id = $1 AND kind = $2 AND cancelled = 0 ORDER BY id DESC`, programme, string(PersonalCodes))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b PersonalBatch, err error) { return b, r.Scan(&b.ID, &b.Name) })
	if err != nil {
		return nil, fmt.Errorf("reading which codes may be given: %w", err)
	}
	return list, nil
}
