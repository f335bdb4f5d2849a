package challenge

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/tier"
)

// Service is what can be done with challenges.
type Service struct {
	d       *db.DB
	flow    *flow.Service
	members *member.Service
	offers  *promo.Service
	now     func() time.Time
}

// New returns the service over a migrated database.
func New(d *db.DB, f *flow.Service, now func() time.Time) *Service {
	return &Service{d: d, flow: f, members: member.New(d, now), offers: promo.New(d, now), now: now}
}

// clock returns now, as it is stored.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.now())) }

// List returns every challenge of the programme, those first that were made
// first. It needs challenges.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]Challenge, error) {
	if err := a.Can(programme, auth.ChallengesRead); err != nil {
		return nil, err
	}
	return All(ctx, s.d.Reader(), programme)
}

// Get returns one challenge. It needs challenges.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, challenge id.ID) (Challenge, error) {
	if err := a.Can(programme, auth.ChallengesRead); err != nil {
		return Challenge{}, err
	}
	return Load(ctx, s.d.Reader(), programme, challenge)
}

// Create makes a draft. It needs challenges.write.
func (s *Service) Create(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (Challenge, error) {
	c := Challenge{ProgrammeID: programme, State: Draft, Made: s.clock()}
	if err := a.Can(programme, auth.ChallengesWrite); err != nil {
		return c, err
	}
	if err := s.knownCodes(ctx, programme, &spec); err != nil {
		return c, err
	}
	err := s.change(ctx, a, auth.ChallengesWrite, "challenge.create", programme, func(tx *db.Tx, p program.Programme) (*Challenge, error) {
		c.ID = tx.IDs().New()
		return &c, s.write(ctx, tx, p, &c, spec)
	})
	return c, err
}

// Update writes what a draft says. Of a published challenge it changes the
// words alone; whatever else differs is refused ("challenge_published"), for
// members act on it. It needs challenges.write.
func (s *Service) Update(ctx context.Context, a auth.Actor, programme, challenge id.ID, spec Spec) (Challenge, error) {
	if err := a.Can(programme, auth.ChallengesWrite); err != nil {
		return Challenge{}, err
	}
	if err := s.knownCodes(ctx, programme, &spec); err != nil {
		return Challenge{}, err
	}
	return s.alter(ctx, a, auth.ChallengesWrite, "challenge.update", programme, challenge, func(tx *db.Tx, p program.Programme, c *Challenge) error {
		if c.State == Draft {
			return s.write(ctx, tx, p, c, spec)
		}
		trim(&spec)
		if !c.sameTerms(&spec) {
			return fault.Conflict("challenge_published", "members act on what a published challenge says; end it and make another")
		}
		return s.write(ctx, tx, p, c, spec)
	})
}

// Publish opens a draft to members. It counts from its beginning, but from now
// at the earliest. It needs challenges.publish.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme, challenge id.ID) (Challenge, error) {
	return s.alter(ctx, a, auth.ChallengesPublish, "challenge.publish", programme, challenge, func(tx *db.Tx, p program.Programme, c *Challenge) error {
		if c.State != Draft {
			return wrongState(c)
		}
		spec := c.Spec
		spec.Begins = later(spec.Begins, s.clock())
		c.State = Published
		return s.write(ctx, tx, p, c, spec)
	})
}

// End ends a published challenge now. What was reached before is given still,
// also when it is told late. It needs challenges.publish.
func (s *Service) End(ctx context.Context, a auth.Actor, programme, challenge id.ID) (Challenge, error) {
	return s.alter(ctx, a, auth.ChallengesPublish, "challenge.end", programme, challenge, func(tx *db.Tx, p program.Programme, c *Challenge) error {
		if c.StateAt(s.now()) != Published {
			return wrongState(c)
		}
		c.State, c.Ends = Ended, later(s.clock(), c.Begins.Add(time.Microsecond))
		return save(ctx, tx, c, c.Name(first(p)))
	})
}

// Discard removes a draft. It needs challenges.write.
func (s *Service) Discard(ctx context.Context, a auth.Actor, programme, challenge id.ID) error {
	_, err := s.alter(ctx, a, auth.ChallengesWrite, "challenge.discard", programme, challenge, func(tx *db.Tx, _ program.Programme, c *Challenge) error {
		if c.State != Draft {
			return wrongState(c)
		}
		return discard(ctx, tx, c.ID)
	})
	return err
}

func wrongState(c *Challenge) error {
	return fault.Conflict("challenge_state", "the challenge is %s", c.State).With("state", string(c.State))
}

func first(p program.Programme) string {
	if len(p.Languages) == 0 {
		return ""
	}
	return p.Languages[0]
}

// write checks and keeps what a challenge says.
func (s *Service) write(ctx context.Context, tx *db.Tx, p program.Programme, c *Challenge, spec Spec) error {
	trim(&spec)
	if spec.Names[first(p)] == "" {
		return fault.Invalid("challenge_name", "a challenge needs a name of one line with at most %d letters in each language that it speaks", maxName).
			At("/names/"+first(p)).With("most", maxName)
	}
	if err := spec.Check(); err != nil {
		return err
	}
	if err := s.known(ctx, tx, c.ProgrammeID, &spec); err != nil {
		return err
	}
	c.Spec = spec
	return save(ctx, tx, c, spec.Name(first(p)))
}

// trim brings a spec into the form in which it is kept.
func trim(spec *Spec) {
	spec.Begins, spec.Ends = db.Time(db.Micros(spec.Begins)), db.Time(db.Micros(spec.Ends))
	for _, words := range []*map[string]string{&spec.Names, &spec.Descriptions} {
		kept := map[string]string{}
		for lang, said := range *words {
			if said != "" {
				kept[lang] = said
			}
		}
		*words = kept
	}
}

// known refuses what the programme does not have.
func (s *Service) known(ctx context.Context, tx *db.Tx, programme id.ID, spec *Spec) error {
	for i := range spec.Steps {
		w := &spec.Steps[i].Reward
		if w.Kind == Points {
			if _, err := ledger.LoadWallet(ctx, tx, programme, w.WalletID); err != nil {
				return err
			}
		}
	}
	return knownRanks(ctx, tx, programme, spec.Audience.Ranks)
}

// knownCodes refuses batches that give no personal codes.
func (s *Service) knownCodes(ctx context.Context, programme id.ID, spec *Spec) error {
	for i := range spec.Steps {
		w := &spec.Steps[i].Reward
		if w.Kind != Code || w.BatchID == 0 {
			continue
		}
		b, err := s.offers.Batch(ctx, ourselves, programme, w.BatchID)
		if fault.As(err) != nil || err == nil && (b.Kind != promo.PersonalCodes || !b.Cancelled.IsZero()) {
			return fault.Invalid("challenge_batch", "choose a batch of personal codes that is not cancelled").At("/steps/" + strconv.Itoa(i) + "/reward/batch")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func knownRanks(ctx context.Context, q db.Queryer, programme id.ID, ranks []string) error {
	if len(ranks) == 0 {
		return nil
	}
	ladders, err := tier.LoadLadders(ctx, q, programme)
	if err != nil {
		return err
	}
	var codes []string
	for _, l := range ladders[:min(1, len(ladders))] { // the ladder that rules ask about
		for _, v := range l.Versions {
			for _, r := range v.Ranks {
				codes = append(codes, r.Code)
			}
		}
	}
	for i, r := range ranks {
		if !slices.Contains(codes, r) {
			return fault.Invalid("challenge_rank_unknown", "the programme has no rank %q; choose one of its ranks", r).
				At("/audience/ranks/"+strconv.Itoa(i)).With("rank", r)
		}
	}
	return nil
}

func (s *Service) alter(ctx context.Context, a auth.Actor, needs auth.Permission, action string, programme, challenge id.ID, do func(*db.Tx, program.Programme, *Challenge) error) (Challenge, error) {
	var c Challenge
	err := s.change(ctx, a, needs, action, programme, func(tx *db.Tx, p program.Programme) (_ *Challenge, err error) {
		if c, err = Load(ctx, tx, programme, challenge); err != nil {
			return nil, err
		}
		return &c, do(tx, p, &c)
	})
	return c, err
}

// change does something to a challenge and leaves its trace. Changes of one
// programme come one after another.
func (s *Service) change(ctx context.Context, a auth.Actor, needs auth.Permission, action string, programme id.ID, do func(*db.Tx, program.Programme) (*Challenge, error)) error {
	if err := a.Can(programme, needs); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		c, err := do(tx, p)
		if err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: c.ID.In(id.Challenge), Detail: map[string]any{"name": c.Name(first(p))}})
	})
}

// sameTerms reports whether another spec differs in words alone.
func (s *Spec) sameTerms(other *Spec) bool {
	a, b := *s, *other
	a.Names, a.Descriptions, b.Names, b.Descriptions = nil, nil, nil, nil
	one, err := json.Marshal(&a)
	two, worse := json.Marshal(&b)
	return err == nil && worse == nil && bytes.Equal(one, two)
}
