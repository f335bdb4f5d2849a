package tier

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

var boss = auth.System("test")

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return ""
}

// audited returns the actions in the audit trail, the latest first.
func audited(t *testing.T, d *db.DB, f auth.AuditFilter) []string {
	t.Helper()
	rows, err := auth.New(d, auth.Config{Now: func() time.Time { return dbtest.Start }}).Audit(ctx, boss, f)
	told(t, err)
	var actions []string
	for _, r := range rows {
		actions = append(actions, r.Action)
	}
	return actions
}

func version(t *testing.T, d *db.DB, programme id.ID) int64 {
	t.Helper()
	versions, err := program.Versions(ctx, d.Reader(), []id.ID{programme})
	told(t, err)
	return versions[programme]
}

func TestLadderFromDraftToVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme := found(t, d)
		now := dbtest.Start
		s := New(d, func() time.Time { return now })
		before := version(t, d, programme)
		p, err := s.Create(ctx, boss, programme, "status", demoDefinition())
		told(t, err)
		if p.Draft == nil || p.Draft.Number != 1 || len(p.Versions) != 0 || p.Zone.String() != "Europe/London" {
			t.Fatalf("created: %+v", p)
		}
		if ladders, err := LoadLadders(ctx, d.Reader(), programme); err != nil || len(ladders) != 0 {
			t.Errorf("a draft is in force: %v, %v", ladders, err)
		}
		changed := demoDefinition()
		changed.Metric = Visits
		_, err = s.SaveDraft(ctx, boss, programme, p.ID, changed)
		told(t, err)
		changed.Metric = Spend
		_, err = s.SaveDraft(ctx, boss, programme, p.ID, changed)
		told(t, err)
		p, err = s.Publish(ctx, boss, programme, p.ID, time.Time{})
		told(t, err)
		if p.Draft != nil || len(p.Versions) != 1 || !p.Versions[0].From.IsZero() || p.Versions[0].Metric != Spend {
			t.Errorf("published: %+v", p)
		}
		if after := version(t, d, programme); after != before+4 {
			t.Errorf("the programme's version went from %d to %d", before, after)
		}
		secondVersion(t, s, programme, p.ID, now)
		checkRefusals(t, s, programme, p.ID, now)
		want := []string{"ladder.draft", "ladder.publish", "ladder.draft", "ladder.discard", "ladder.draft", "ladder.publish",
			"ladder.draft", "ladder.draft", "ladder.create"}
		if diff := cmp.Diff(want, audited(t, d, auth.AuditFilter{Subject: p.ID.In(id.Ladder)})); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
	}, schemas...)
}

// secondVersion drafts, discards, drafts and publishes another version.
func secondVersion(t *testing.T, s *Service, programme, ladder id.ID, now time.Time) {
	t.Helper()
	d := demoDefinition()
	d.GraceDays = 30
	p, err := s.SaveDraft(ctx, boss, programme, ladder, d)
	told(t, err)
	p, err = s.DiscardDraft(ctx, boss, programme, p.ID)
	told(t, err)
	if p.Draft != nil {
		t.Error("the draft was not discarded")
	}
	_, err = s.SaveDraft(ctx, boss, programme, ladder, d)
	told(t, err)
	p, err = s.Publish(ctx, boss, programme, ladder, now.AddDate(0, 1, 0))
	told(t, err)
	if len(p.Versions) != 2 || p.At(now).GraceDays != 0 || p.At(now.AddDate(0, 1, 0)).GraceDays != 30 {
		t.Errorf("two versions: %+v", p)
	}
}

func checkRefusals(t *testing.T, s *Service, programme, ladder id.ID, now time.Time) {
	t.Helper()
	refuse := func(want string, err error) {
		t.Helper()
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	visits := demoDefinition()
	visits.Metric = Visits
	_, err := s.SaveDraft(ctx, boss, programme, ladder, visits)
	refuse("ladder_metric_fixed", err)
	_, err = s.SaveDraft(ctx, boss, programme, ladder, Definition{})
	refuse("ladder_name", err)
	_, err = s.SaveDraft(ctx, boss, programme, 12345, demoDefinition())
	refuse("unknown_ladder", err)
	_, err = s.Publish(ctx, boss, programme, ladder, time.Time{})
	refuse("ladder_without_draft", err)
	_, err = s.DiscardDraft(ctx, boss, programme, ladder)
	refuse("ladder_without_draft", err)
	_, err = s.Create(ctx, boss, programme, "status", demoDefinition())
	refuse("ladder_code_taken", err)
	_, err = s.Create(ctx, boss, programme, "No!", demoDefinition())
	refuse("ladder_code", err)
	_, err = s.Create(ctx, auth.Actor{}, programme, "other", demoDefinition())
	refuse("not_permitted", err)
	_, err = s.List(ctx, auth.Actor{}, programme)
	refuse("not_permitted", err)
	_, err = s.SaveDraft(ctx, boss, programme, ladder, demoDefinition())
	told(t, err)
	_, err = s.Publish(ctx, boss, programme, ladder, now.Add(-time.Second))
	refuse("ladder_from_past", err)
}

func TestDiscardingTheOnlyDraft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme := found(t, d)
		s := New(d, func() time.Time { return dbtest.Start })
		p, err := s.Create(ctx, boss, programme, "status", demoDefinition())
		told(t, err)
		_, err = s.DiscardDraft(ctx, boss, programme, p.ID)
		told(t, err)
		if plans, err := s.List(ctx, boss, programme); err != nil || len(plans) != 0 {
			t.Errorf("still there: %v, %v", plans, err)
		}
		if _, err := s.Get(ctx, boss, programme, p.ID); code(err) != "unknown_ladder" {
			t.Errorf("still there: %v", err)
		}
	}, schemas...)
}

// TestPublishingWakes puts a stricter version into force for quiet members.
func TestPublishingWakes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme, l := three(t, d)
		now := local("2011-02-01 00:00")
		pair := []Ask{{MemberID: 9, Ladder: l, Until: now, All: true}, {MemberID: 8, Ladder: l, Until: now, All: true}}
		told(t, in(d, pair, func(as []*Account) error { return Merge(now, as[0], as[1]) }))
		s := New(d, func() time.Time { return now })
		strict := demoDefinition()
		strict.Ranks[1].Threshold = 200_000
		_, err := s.SaveDraft(ctx, boss, programme, l.ID, strict)
		told(t, err)
		from := local("2011-03-01 00:00")
		_, err = s.Publish(ctx, boss, programme, l.ID, from)
		told(t, err)
		ladders, err := LoadLadders(ctx, d.Reader(), programme)
		told(t, err)
		list, err := DueMembers(ctx, d.Reader(), from, 10)
		told(t, err)
		if len(list) != 2 || !list[0].At.Equal(from) {
			t.Fatalf("woken: %v", list)
		}
		var asks []Ask
		for _, due := range list {
			asks = append(asks, Ask{MemberID: due.MemberID, Ladder: &ladders[0], Until: from})
		}
		told(t, in(d, asks, func(as []*Account) error {
			for _, a := range as {
				told(t, a.Post(from))
			}
			return nil
		}))
		history, err := History(ctx, d.Reader(), 7)
		told(t, err)
		if c := history[len(history)-1]; c.To != "regular" || !c.At.Equal(from) || c.Reason.Key != ladderChanged {
			t.Errorf("the last change: %+v", c)
		}
		clean(t, d, programme)
	}, schemas...)
}

func TestAssign(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme, l := three(t, d)
		now := local("2011-02-01 00:00")
		assign := func(a auth.Actor, as Assignment) error {
			as.Ladder, as.MemberID = l, 8
			return d.InTx(ctx, func(tx *db.Tx) error {
				_, err := Assign(ctx, tx, a, now, as)
				return err
			})
		}
		told(t, assign(boss, Assignment{Rank: "silver", Note: "moved from another shop"}))
		as, err := Load(ctx, d.Reader(), []Ask{{MemberID: 8, Ladder: l, Until: now}})
		told(t, err)
		if s := as[0].Standing(); s.Rank != "silver" || s.Hand != "silver" {
			t.Errorf("assigned: %+v", s)
		}
		told(t, assign(boss, Assignment{}))
		for want, err := range map[string]error{
			"not_permitted":   assign(auth.Actor{}, Assignment{Rank: "gold"}),
			"unknown_rank":    assign(boss, Assignment{Rank: "black"}),
			"no_rank_by_hand": assign(boss, Assignment{}),
			"rank_note":       assign(boss, Assignment{Rank: "gold", Note: "a\x00b"}),
			"rank_until_past": assign(boss, Assignment{Rank: "gold", Until: now}),
		} {
			if code(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		if diff := cmp.Diff([]string{"rank.assign", "rank.assign"}, audited(t, d, auth.AuditFilter{Subject: id.ID(8).In(id.Member)})); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
		clean(t, d, programme)
	}, schemas...)
}
