package alarm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/discount"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
	"regulars/internal/touch"
	"regulars/internal/trust"
)

const (
	// again is how long after an alarm was raised the same may be anew, once it
	// had ended: figures that waver about a limit are told of once.
	again = 7 * 24 * time.Hour
	// more is how long after it something new of one that goes on is told.
	more = 24 * time.Hour
)

// Watch looks for alarms in every programme. It is meant to run hourly, once for
// all processes.
func (s *Service) Watch(ctx context.Context) error {
	list, err := program.List(ctx, s.DB.Reader())
	for i := range list {
		oldest := !slices.ContainsFunc(list, func(p program.Programme) bool { return p.ID < list[i].ID })
		err = errors.Join(err, s.watch(ctx, list[i].ID, oldest))
	}
	return err
}

func (s *Service) watch(ctx context.Context, programme id.ID, oldest bool) error {
	signs, err := s.signs(ctx, programme, oldest)
	if err != nil {
		return err
	}
	staff, err := s.Auth.ListStaff(ctx, ourselves, programme)
	if err != nil {
		return err
	}
	before, err := latest(ctx, s.DB.Reader(), programme)
	if err != nil || !s.news(signs, before) {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil { // one at a time
			return err
		}
		before, err := latest(ctx, tx, programme)
		if err != nil {
			return err
		}
		for i := range signs {
			if s.fresh(&signs[i], before[signs[i].key()]) {
				if err := s.raise(ctx, tx, programme, &signs[i], staff); err != nil {
					return err
				}
			}
		}
		return s.end(ctx, tx, signs, before)
	})
}

// news reports whether there is anything to write.
func (s *Service) news(signs []Sign, before map[[2]string]*Alarm) bool {
	for i := range signs {
		if s.fresh(&signs[i], before[signs[i].key()]) {
			return true
		}
	}
	for _, n := range before {
		if n.over(signs) {
			return true
		}
	}
	return false
}

// fresh reports whether a sign is to be told of, by the latest alarm of the same.
func (s *Service) fresh(n *Sign, last *Alarm) bool {
	switch {
	case last == nil:
		return true
	case n.Mark != 0:
		return n.Mark > last.Mark && s.clock().Sub(last.Raised) >= more
	}
	return !last.Ended.IsZero() && s.clock().Sub(last.Raised) >= again
}

// over reports whether what an alarm was raised for is no longer so.
func (n *Alarm) over(signs []Sign) bool {
	return n.Ended.IsZero() && !slices.ContainsFunc(signs, func(now Sign) bool { return now.key() == n.key() })
}

func (s *Service) end(ctx context.Context, tx *db.Tx, signs []Sign, before map[[2]string]*Alarm) error {
	for _, n := range before {
		if !n.over(signs) {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE alarm SET ended = $1 WHERE programme_id = $2 AND topic = $3 AND subject = $4 AND ended = 0`, db.Micros(s.clock()), n.ProgrammeID, string(n.Topic), n.Subject); err != nil {
			return fmt.Errorf("ending an alarm: %w", err)
		}
	}
	return nil
}

// raise writes an alarm down and has those written to who want to be told.
func (s *Service) raise(ctx context.Context, tx *db.Tx, programme id.ID, n *Sign, staff []auth.Staff) error {
	a := &Alarm{ID: tx.IDs().New(), ProgrammeID: programme, Sign: *n, Raised: s.clock()}
	if err := insertAlarm(ctx, tx, a); err != nil {
		return err
	}
	chosen, err := selectChoices(ctx, tx, programme)
	if err != nil {
		return err
	}
	var letters [][]any
	var send []jobs.New
	for i := range staff {
		who := &staff[i]
		if !listens(who, n, programme, choiceOf(who, programme, chosen)) {
			continue
		}
		letters = append(letters, []any{programme, a.ID, who.ID, tx.IDs().New(), onItsWay, int64(0)})
		send = append(send, jobs.New{Kind: MailJob, Unique: a.ID.In(id.Alarm) + ":" + who.ID.In(id.Staff), Payload: letterKey{programme, a.ID, who.ID}})
	}
	if len(letters) > 0 {
		if err := tx.Insert(ctx, mailTable, letters); err != nil {
			return fmt.Errorf("writing down who is told of an alarm: %w", err)
		}
		if err := jobs.Add(ctx, tx, s.clock(), send...); err != nil {
			return err
		}
	}
	return auth.Record(ctx, tx, ourselves, auth.Entry{ProgrammeID: programme, Action: "alarm.raise", Subject: a.ID.In(id.Alarm), Detail: map[string]any{"topic": string(n.Topic), "told": len(letters)}})
}

// listens reports whether somebody is told of a sign: they work here, want it, may
// know it, and are not whom it concerns.
func listens(who *auth.Staff, n *Sign, programme id.ID, c Choice) bool {
	return n.allowed(who.Actor(), programme) && !who.Disabled && !who.Invited && slices.Contains(c.Topics, n.Topic) && who.Actor().String() != n.About
}

// signs are what wants to be looked at now.
func (s *Service) signs(ctx context.Context, programme id.ID, oldest bool) ([]Sign, error) {
	list, err := s.complained(ctx, programme)
	if err != nil {
		return nil, err
	}
	mentioned, err := touch.Signs(ctx, s.DB.Reader(), programme, s.clock())
	for _, m := range mentioned {
		args := map[string]any{"n": m.N, "feed": m.Feed}
		switch m.What {
		case touch.Negative:
			list = append(list, Sign{Topic: Mentions, Subject: "negative", Mark: int64(m.Latest), Text: i18n.Text{Key: "alarm.negative", Args: args}, Path: "/mentions?state=new&tone=negative"})
		case touch.Burst:
			list = append(list, Sign{Topic: Mentions, Subject: "burst:" + m.FeedID.In(id.Feed), Text: i18n.Text{Key: "alarm.burst", Args: args}, Path: "/mentions?state=new"})
		case touch.Failing:
			list = append(list, Sign{Topic: Feeds, Subject: m.FeedID.In(id.Feed), Text: i18n.Text{Key: "alarm.feed", Args: args}, Path: "/mentions/feeds"})
		}
	}
	if err != nil {
		return nil, err
	}
	fell, err := trust.Falls(ctx, s.DB.Reader(), programme, s.clock())
	for _, f := range fell {
		key := "alarm.fell"
		if f.Lost {
			key = "alarm.lost"
		}
		list = append(list, Sign{Topic: Trust, Subject: f.Signal.Code, Text: i18n.Text{Key: key, Args: map[string]any{"signal": f.Signal.Text()}}, Path: "/trust"})
	}
	if err != nil {
		return nil, err
	}
	many, err := s.discounted(ctx, programme)
	if err != nil {
		return nil, err
	}
	failed, err := s.failed(ctx, programme, oldest)
	return slices.Concat(list, many, failed), err
}

// discounted are the signs of too many discounts: in all, and in a shop where
// there are several.
func (s *Service) discounted(ctx context.Context, programme id.ID) ([]Sign, error) {
	r, err := discount.Shares(ctx, s.DB.Reader(), programme, s.clock())
	if err != nil {
		return nil, err
	}
	const path = "/offers/discounts"
	var list []Sign
	say := func(subject, key, shop string, n discount.Share) {
		if r.High(n) {
			list = append(list, Sign{Topic: Discounts, Subject: subject, Text: i18n.Text{Key: key, Args: map[string]any{"n": n.Discounted, "sales": n.Sales, "limit": r.Settings.Limit, "shop": shop}}, Path: path})
		}
	}
	say("all", "alarm.discounts", "", r.All)
	for _, at := range r.Shops {
		if len(r.Shops) > 1 && at.Shop.ID != 0 {
			say("shop:"+at.Shop.Code, "alarm.discounts_shop", at.Shop.Name, at.Share)
		}
	}
	return list, nil
}

// failed are the signs of jobs that nobody does any more: those of the programme
// and, in the oldest, those of none.
func (s *Service) failed(ctx context.Context, programme id.ID, oldest bool) ([]Sign, error) {
	own, common, err := jobs.LostOf(ctx, s.DB.Reader(), programme)
	if err != nil {
		return nil, err
	}
	if !oldest {
		common = jobs.Lost{}
	}
	var list []Sign
	for subject, lost := range map[string]jobs.Lost{"programme": own, installation: common} {
		if lost.Jobs > 0 {
			list = append(list, Sign{
				Topic: Jobs, Subject: subject, Mark: db.Micros(lost.Last), Text: i18n.Text{Key: "alarm.jobs", Args: map[string]any{"n": lost.Jobs}}, Path: "/jobs?state=" + string(jobs.Dead),
			})
		}
	}
	return list, nil
}

// complained are the signs of complaints: the last seven days against the limits
// of chance, answers that are all the same, and people upon whom faults or compensations pile up.
func (s *Service) complained(ctx context.Context, programme id.ID) ([]Sign, error) {
	r, err := s.Complaints.Report(ctx, ourselves, programme)
	if err != nil {
		return nil, err
	}
	const path = "/complaints/causes"
	var list []Sign
	if w := r.Weeks[len(r.Weeks)-1]; w.Outside && w.Rate.Rate > w.Centre {
		list = append(list, Sign{Topic: Complaints, Subject: "rate", Text: i18n.Text{Key: "alarm.rate", Args: map[string]any{"n": w.Complaints, "orders": w.Orders}}, Path: path})
	}
	if r.Canning() {
		list = append(list, Sign{Topic: Answers, Subject: "canned", Text: i18n.Text{Key: "alarm.canned", Args: map[string]any{"n": r.Canned, "all": r.Answers}}, Path: path})
	}
	for _, n := range r.Staff {
		what := "faults"
		if n.Given {
			what = "given"
		}
		list = append(list, Sign{Topic: People, Subject: what + ":" + n.Actor, Text: i18n.Text{Key: "alarm." + what, Args: map[string]any{"n": n.Count}}, Path: path, About: n.Actor})
	}
	return list, nil
}
