package console

import (
	"context"
	"time"

	"regulars/internal/alarm"
	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/fraud"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/returns"
	"regulars/internal/sale"
	"regulars/internal/touch"
	"regulars/internal/web"
)

// duty is a kind of work that waits for staff. The overview tells those who may
// see it how much of it there is.
type duty struct {
	key, path string
	tone      web.Tone
	see       auth.Permission
	count     func(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) (int64, error)
}

// duties are all of them, the most pressing first.
var duties = []duty{
	{"cases_overdue", "/complaints?state=" + overdueCases, web.Bad, auth.CasesRead, complaint.CountOverdue},
	{"alarms", "/alarms", web.Bad, auth.CasesApprove, anytime(alarm.CountGoing)},
	{"promises_broken", "/promises?only=unmended", web.Bad, auth.PromisesRead, anytime(promise.CountUnmended)},
	{"cases_undecided", "/complaints?state=" + undecidedCases, web.Warn, auth.CasesApprove, anytime(complaint.CountUndecided)},
	{"promises_soon", "/promises?only=soon", web.Warn, auth.PromisesRead, anytime(promise.CountSoon)},
	{"returns", "/returns?state=" + waitingReturns, web.Warn, auth.ReturnsRead, anytime(returns.CountWaiting)},
	{"reviews", "/reviews?state=" + string(touch.Unanswered), web.Warn, auth.TouchRead, anytime(touch.CountUnanswered)},
	{"conflicts", "/till-conflicts", web.Warn, auth.ConflictsRead, anytime(sale.CountConflicts)},
	{"fraud", "/fraud?state=" + string(fraud.Open), web.Warn, auth.FraudRead, anytime(fraud.CountOpen)},
}

// anytime makes of a count that needs no clock one that is given it.
func anytime(count func(context.Context, db.Queryer, id.ID) (int64, error)) func(context.Context, db.Queryer, id.ID, time.Time) (int64, error) {
	return func(ctx context.Context, q db.Queryer, programme id.ID, _ time.Time) (int64, error) {
		return count(ctx, q, programme)
	}
}

// readDuties counts what waits.
func (f *outlook) readDuties(ctx context.Context, q db.Queryer, p program.Programme) (err error) {
	f.duties = make([]int64, len(duties))
	for i, e := range duties {
		if f.duties[i], err = e.count(ctx, q, p.ID, f.at); err != nil {
			return err
		}
	}
	return nil
}
