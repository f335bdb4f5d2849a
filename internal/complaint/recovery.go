package complaint

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/stats"
)

// Bounds of showing a recovery: matched complainants under which there is no
// figure, and under which it is preliminary.
const (
	recoveryLeast       = 10
	recoveryPreliminary = 30
)

const day = 24 * time.Hour

// Recovery says how many of those who complained bought again within 90 days,
// beside others like them: of the same rank, who had bought as lately and as
// often. Each person counts once, with the first complaint of the span; each of
// the others is looked at from the moment of some complaint, drawn by chance
// that can be repeated. It tells what happened to both; who complains differs
// from others in more than is known, so it is no effect of the complaint or of
// how it was handled.
type Recovery struct {
	// From and To bound when the complaints were opened; 90 days have passed
	// since each.
	From, To time.Time
	// Complained had bought within the year before; Matched of them have others
	// like them, and are those compared.
	Complained, Matched int64
	Again               int64
	// Others are compared with them, the same number for each.
	Others, OthersAgain int64
	// Share and OthersShare bought again, with Wilson's intervals; Difference is
	// the former less the latter, with Newcombe's.
	Share, OthersShare, Difference stats.Interval
	// Shown is false under 10 matched, and Preliminary true under 30.
	Shown, Preliminary bool
}

// Recovery compares those who complained with others. It needs cases.read.
func (s *Service) Recovery(ctx context.Context, a auth.Actor, programme id.ID) (*Recovery, error) {
	if err := a.Can(programme, auth.CasesRead); err != nil {
		return nil, err
	}
	to := s.clock().Add(-experiment.Within)
	r := &Recovery{From: to.Add(-experiment.Past), To: to}
	var past experiment.Pasts
	var first map[id.ID]time.Time
	err := s.DB.View(ctx, func(q db.Queryer) error {
		survivors, err := member.Survivors(ctx, q, programme)
		if err != nil {
			return err
		}
		if first, err = firstComplaints(ctx, q, programme, r.From); err != nil || len(first) == 0 {
			return err
		}
		past, err = experiment.ReadPasts(ctx, q, programme, r.From.Add(-experiment.Past), survivors)
		return err
	})
	if err != nil {
		return nil, err
	}
	complained, others := past.Look(first, to)
	r.Complained = int64(len(complained))
	r.match(complained, others)
	return r, nil
}

// firstComplaints returns when each person first complained since a moment.
func firstComplaints(ctx context.Context, q db.Queryer, programme id.ID, from time.Time) (map[id.ID]time.Time, error) {
	list, err := briefs(ctx, q, programme, from)
	first := map[id.ID]time.Time{}
	for _, b := range list {
		if at, known := first[b.member]; b.member != 0 && (!known || b.opened.Before(at)) {
			first[b.member] = b.opened
		}
	}
	return first, err
}

// match compares those who complained with others like them.
func (r *Recovery) match(complained, others []experiment.Onlooker) {
	m := experiment.Match(complained, others)
	r.Matched, r.Again, r.Others, r.OthersAgain = m.People, m.Again, m.Others, m.OthersAgain
	r.Shown, r.Preliminary = r.Matched >= recoveryLeast, r.Matched < recoveryPreliminary
	r.Share, r.OthersShare = stats.Wilson(r.Again, r.Matched, stats.Confidence), stats.Wilson(r.OthersAgain, r.Others, stats.Confidence)
	r.Difference = stats.ShareDifference(r.Again, r.Matched, r.OthersAgain, r.Others, stats.Confidence)
}
