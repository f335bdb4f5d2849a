package complaint

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Check notes cases whose clock or steps do not fit their state, compensations
// beyond their cap, approved by who asked, or not given as they say, and what
// is left of the erased.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	if err := everyCase(ctx, q, programme, func(c *Case) error { return c.audit(ctx, q, note) }); err != nil {
		return err
	}
	for _, look := range []string{strayPoints, strayCards, strayCodes, afterErasure, strayMails} {
		rows, err := q.Query(ctx, look, programme, string(member.Erased))
		if err := db.Each(rows, err, func(r *sql.Rows) (what string, err error) {
			var n id.ID
			err = r.Scan(&n, &what)
			return n.In(id.Case) + " " + what, err
		}, func(what string) error {
			note(what)
			return nil
		}); err != nil {
			return fmt.Errorf("checking cases: %w", err)
		}
	}
	return checkMailbox(ctx, q, programme, note)
}

// checkMailbox notes a mailbox that contradicts itself, and e-mails that were left
// in none.
func checkMailbox(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	m, err := loadMailbox(ctx, q, programme, "")
	if err != nil {
		return err
	}
	left, err := leftMails(ctx, q, programme)
	switch {
	case err != nil:
		return err
	case m == nil && len(left) > 0:
		note("e-mails are listed that were left in a mailbox, and there is no mailbox")
	case m == nil:
	case m.locked() || (m.Failure == "") != m.Since.IsZero():
		note("the mailbox of complaints has nothing to sign in with, or fails since no time")
	case slices.ContainsFunc(left, func(n LeftMail) bool { return n.UID > m.last }):
		note("an e-mail is listed as left in the mailbox of complaints that was not read so far")
	}
	return nil
}

// Each look names cases and says what is wrong with them.
const (
	strayPoints = `SELECT r.case_id, 'gave points that are not in the ledger as they should be' FROM complaint_remedy AS r
		LEFT JOIN lot AS l ON l.event_id = r.event_id AND l.amount = r.points AND l.wallet_id = r.wallet_id
		WHERE r.programme_id = $1 AND $2 <> '' AND r.kind = 'points' AND r.state = 'paid' AND l.id IS NULL ORDER BY 1 LIMIT 100`
	strayCards = `SELECT r.case_id, 'gave a gift card that is not there' FROM complaint_remedy AS r
		LEFT JOIN gift_card AS g ON g.programme_id = r.programme_id AND g.batch_id = r.batch_id AND g.face = r.amount
		WHERE r.programme_id = $1 AND $2 <> '' AND r.kind = 'gift_card' AND r.state = 'paid' AND g.id IS NULL ORDER BY 1 LIMIT 100`
	strayCodes = `SELECT r.case_id, 'gave a code that is not there' FROM complaint_remedy AS r
		LEFT JOIN promo_code AS k ON k.id = r.code_id AND k.member_id = r.member_id
		WHERE r.programme_id = $1 AND $2 <> '' AND r.kind = 'code' AND r.state = 'paid' AND k.id IS NULL ORDER BY 1 LIMIT 100`
	afterErasure = `SELECT c.id, 'is of somebody who was erased and still tells of them' FROM complaint_case AS c
		JOIN member AS m ON m.id = c.member_id
		LEFT JOIN complaint_message AS s ON s.programme_id = c.programme_id AND s.case_id = c.id AND s.body <> ''
		LEFT JOIN complaint_photo AS p ON p.programme_id = c.programme_id AND p.case_id = c.id
		WHERE c.programme_id = $1 AND m.status = $2 AND (c.contact <> '' OR s.id IS NOT NULL OR p.id IS NOT NULL) ORDER BY 1 LIMIT 100`
	strayMails = `SELECT e.case_id, 'is named by an e-mail and is not there, or by one that opened none' FROM complaint_mail AS e
		LEFT JOIN complaint_case AS c ON c.programme_id = e.programme_id AND c.id = e.case_id
		WHERE e.programme_id = $1 AND $2 <> '' AND (c.id IS NULL) <> (e.outcome = 'machine') ORDER BY 1 LIMIT 100`
)

// audit notes what contradicts itself in a case.
func (c *Case) audit(ctx context.Context, q db.Queryer, note func(string)) error {
	name := c.ID.In(id.Case)
	wrong := func(yes bool, what string) {
		if yes {
			note(name + " " + what)
		}
	}
	wrong(!slices.Contains(c.Kind.States(), c.State), "is in a state that its kind does not know")
	wrong(c.Kind == Complaint && c.Running() == c.Since.IsZero(), "is "+string(c.State)+" and its clock says otherwise")
	wrong(c.Kind != Complaint && (c.Spent != 0 || !c.Since.IsZero() || !c.Due.IsZero()), "is no complaint and has a clock")
	wrong(c.Spent < 0 || !c.Since.IsZero() && c.Since.Before(c.Opened), "has a clock that ran before it was opened")
	ended := c.State == Solved || c.State == Closed || c.State == Done || c.State == Declined
	wrong(ended == c.Solved.IsZero(), "is "+string(c.State)+" and its solution says otherwise")
	wrong(!c.FirstAnswered.IsZero() && c.FirstAnswered.Before(c.Opened), "was answered before it was opened")
	wrong(c.OwnerID != 0 && c.OwnerID == c.SubjectID, "is owned by whom it concerns")
	steps, err := stepsOf(ctx, q, c)
	if err != nil {
		return err
	}
	at, reopened := State(""), 0
	for _, t := range steps {
		wrong(t.From != at, "has a step that begins where the last did not end")
		if at = t.To; at == Reopened {
			reopened++
		}
	}
	wrong(at != c.State || reopened != c.Reopenings, "has other steps than its state tells")
	given, err := remediesOf(ctx, q, c.ProgrammeID, c.ID)
	var sum int64
	for _, r := range given {
		if r.counts() {
			sum += r.Amount
		}
		wrong(sum > r.Cap && r.counts(), "was made good beyond what its price allows")
		wrong((r.State == RemedyAsked) == (r.DecidedBy != ""), "has a compensation that was decided by nobody")
		wrong(r.DecidedBy == r.AskedBy && !r.Decided.Equal(r.Asked) && r.State != RemedyDeclined, "has a compensation approved by who asked for it")
		wrong(r.State == RemedyPaid && r.Paid.IsZero(), "has a compensation that was given at no time")
	}
	return err
}
