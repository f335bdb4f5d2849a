package flow

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/tier"
)

// setup is all that decisions about one programme need to know of its
// settings, as of one version. It is never changed once it is made.
type setup struct {
	programme program.Programme
	shops     map[string]program.Shop
	wallets   []ledger.Wallet
	ladders   []tier.Ladder
	rules     *earn.Ruleset
	offers    *promo.Offerset
	rewards   map[id.ID]*reward.Reward
	// trial is what a draft says of prices, for the simulator alone.
	trial  *trial
	limits []ShopLimit
}

// limit returns what the shop of a fact may not do when it happens, or nil.
func (s *setup) limit(f *fact) *ShopLimit {
	for i := range s.limits {
		l := &s.limits[i]
		if l.ShopID == f.shopID && !f.occurred.Before(l.From) && (l.Until.IsZero() || f.occurred.Before(l.Until)) {
			return l
		}
	}
	return nil
}

// accepts refuses to take points of the wallet where they do not pay.
func (s *setup) accepts(f *fact, wallet id.ID) error {
	l := s.limit(f)
	switch {
	case l == nil || l.Accepts == wallet:
		return nil
	case l.Accepts == 0:
		return fault.Refused("no_points_here", "points cannot be used in this shop").At("/shop")
	}
	return fault.Refused("other_points_here", "these points cannot be used in this shop, which takes others").At("/shop")
}

func loadSetup(ctx context.Context, q db.Queryer, programme id.ID, limits ShopLimits) (*setup, error) {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	s := &setup{programme: p, shops: map[string]program.Shop{}}
	shops, err := program.Shops(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	for _, shop := range shops {
		s.shops[shop.Code] = shop
	}
	if s.wallets, err = ledger.Wallets(ctx, q, programme); err != nil {
		return nil, err
	}
	if s.ladders, err = tier.LoadLadders(ctx, q, programme); err != nil {
		return nil, err
	}
	if s.rules, err = earn.LoadRuleset(ctx, q, programme); err != nil {
		return nil, err
	}
	if s.offers, err = promo.LoadOfferset(ctx, q, programme); err != nil {
		return nil, err
	}
	if limits != nil {
		if s.limits, err = limits(ctx, q, programme); err != nil {
			return nil, err
		}
	}
	rewards, err := reward.All(ctx, q, programme)
	s.rewards = make(map[id.ID]*reward.Reward, len(rewards))
	for i := range rewards {
		s.rewards[rewards[i].ID] = &rewards[i]
	}
	return s, err
}

func (s *setup) wallet(wanted id.ID) (*ledger.Wallet, error) {
	i := slices.IndexFunc(s.wallets, func(w ledger.Wallet) bool { return w.ID == wanted })
	if i < 0 {
		return nil, fault.Missing("no_such_wallet", "the programme has no such wallet").At("/adjustment/wallet")
	}
	return &s.wallets[i], nil
}

// setups keeps the setup of each programme until its version changes.
type setups struct {
	mu   sync.RWMutex
	byID map[id.ID]*setup

	limits ShopLimits
}

func newSetups(limits ShopLimits) *setups {
	return &setups{byID: map[id.ID]*setup{}, limits: limits}
}

// get returns a setup, which may be behind other processes by one batch; the
// batch itself uses fresh.
func (c *setups) get(ctx context.Context, q db.Queryer, programme id.ID) (*setup, error) {
	if s := c.kept(programme); s != nil {
		return s, nil
	}
	return c.load(ctx, q, programme)
}

func (c *setups) kept(programme id.ID) *setup {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byID[programme]
}

func (c *setups) load(ctx context.Context, q db.Queryer, programme id.ID) (*setup, error) {
	s, err := loadSetup(ctx, q, programme, c.limits)
	if err != nil {
		return nil, fmt.Errorf("loading the programme's settings: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byID[programme] = s
	return s, nil
}

// latest returns a setup as it stands now.
func (c *setups) latest(ctx context.Context, q db.Queryer, programme id.ID) (*setup, error) {
	sets, err := c.fresh(ctx, q, []id.ID{programme})
	return sets[programme], err
}

// fresh returns the setups of the programmes as the transaction sees them: one
// statement when nothing has changed.
func (c *setups) fresh(ctx context.Context, q db.Queryer, programmes []id.ID) (map[id.ID]*setup, error) {
	versions, err := program.Versions(ctx, q, programmes)
	if err != nil {
		return nil, err
	}
	sets := make(map[id.ID]*setup, len(programmes))
	for _, p := range programmes {
		s := c.kept(p)
		if s == nil || s.programme.Version != versions[p] {
			if s, err = c.load(ctx, q, p); err != nil {
				return nil, err
			}
		}
		sets[p] = s
	}
	return sets, nil
}
