package referral

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/program"
)

// Reader is the kind of job by which flow tells of committed events.
const Reader = "referral.read"

// CodeAttribute is the attribute of an event that carries a code.
const CodeAttribute = "referral"

// Read takes in what was committed: codes that events carried, traces, and the
// purchases of friends. It may be told twice of an event.
func (s *Service) Read(ctx context.Context, j *jobs.Job) error {
	var told flow.Committed
	if err := j.Read(&told); err != nil {
		return err
	}
	events, err := s.concerning(ctx, told.Events)
	if err != nil || len(events) == 0 {
		return err
	}
	keys := make([]journal.EventKey, len(events))
	for i, e := range events {
		keys[i] = journal.EventKey{MemberID: e.MemberID, ID: e.ID}
	}
	bodies, err := journal.Bodies(ctx, s.d.Reader(), keys)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := s.readOne(ctx, e, bodies[e.ID]); err != nil {
			return fmt.Errorf("reading event %s: %w", e.ID.In(id.Event), err)
		}
	}
	return nil
}

// concerning leaves the events of kinds and programmes that may matter here.
func (s *Service) concerning(ctx context.Context, events []flow.CommittedEvent) ([]flow.CommittedEvent, error) {
	var left []flow.CommittedEvent
	var programmes []id.ID
	for _, e := range events {
		if e.Kind == journal.Purchase || e.Kind == journal.SignUp {
			left = append(left, e)
			if !slices.Contains(programmes, e.ProgrammeID) {
				programmes = append(programmes, e.ProgrammeID)
			}
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	known, err := withTerms(ctx, s.d.Reader(), programmes)
	return slices.DeleteFunc(left, func(e flow.CommittedEvent) bool { return !known[e.ProgrammeID] }), err
}

func (s *Service) readOne(ctx context.Context, e flow.CommittedEvent, body []byte) error {
	var told struct {
		Attributes map[string]string `json:"attributes"`
	}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &told); err != nil {
			return jobs.Permanent(fmt.Errorf("reading the body: %w", err))
		}
	}
	if err := s.keepTraces(ctx, e, told.Attributes); err != nil {
		return err
	}
	if code := told.Attributes[CodeAttribute]; code != "" {
		if err := s.claim(ctx, e, code); err != nil {
			return err
		}
	}
	if e.Kind != journal.Purchase {
		return nil
	}
	return s.purchased(ctx, e)
}

func (s *Service) keepTraces(ctx context.Context, e flow.CommittedEvent, attributes map[string]string) error {
	if !slices.ContainsFunc(traced, func(kind string) bool { return attributes[kind] != "" }) {
		return nil
	}
	p, err := program.Load(ctx, s.d.Reader(), e.ProgrammeID)
	if err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		return addTraces(ctx, tx, e.ProgrammeID, e.MemberID, tracesIn(p.Salt, attributes))
	})
}

// claim records that an event carried a code. What is refused leaves no trace
// but those that Record keeps: a mistyped code stops no sale.
func (s *Service) claim(ctx context.Context, e flow.CommittedEvent, code string) error {
	told, err := journal.Get(ctx, s.d.Reader(), e.MemberID, e.ID)
	if err != nil {
		return err
	}
	source := FromEvent
	if told.Source == linkSource {
		source = FromLink
	}
	_, err = s.Record(ctx, system, Claim{ProgrammeID: e.ProgrammeID, Code: code, FriendID: e.MemberID, Source: source, At: told.Occurred})
	if fault.As(err) != nil && fault.KindOf(err) != fault.KindBusy {
		return nil
	}
	return err
}

// purchased looks whether a purchase is the one that a referral waits for.
func (s *Service) purchased(ctx context.Context, e flow.CommittedEvent) error {
	friend, err := meet(ctx, s.d.Reader(), e.ProgrammeID, e.MemberID)
	if err != nil {
		return err
	}
	came, err := ofFriends(ctx, s.d.Reader(), friend.aliases)
	if err != nil {
		return err
	}
	for _, r := range came {
		if !r.waits() {
			continue
		}
		if err := s.rematch(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) rematch(ctx context.Context, r *Referral) error {
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, r.ProgrammeID); err != nil {
			return err
		}
		now, err := loadReferral(ctx, tx, r.ProgrammeID, r.ID)
		if err != nil {
			return err
		}
		terms, err := termsNumbered(ctx, tx, r.ProgrammeID, r.Terms)
		if err != nil {
			return err
		}
		t, err := prepare(ctx, tx, now, terms)
		if err != nil {
			return err
		}
		return s.match(ctx, tx, t)
	})
}
