package api

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/partner"
	"regulars/internal/program"
	"regulars/internal/tier"
)

// setting is what answers say of a programme: its names, its zone, its
// currency. It is never changed once it is read.
type setting struct {
	program.Programme
	// language is the programme's first that we speak.
	language i18n.Lang
	shops    map[id.ID]program.Shop
	wallets  []ledger.Wallet
	ladders  []tier.Ladder
	partners []partner.Partner
	assigned []partner.Shop
	read     time.Time
}

// settingFresh is how long a process trusts what it read of a programme. Only
// names, languages and zones of answers come from here; decisions see every
// change at once.
const settingFresh = 2 * time.Second

// settings keeps the setting of each programme for a moment.
type settings struct {
	db  *db.DB
	now func() time.Time

	mu   sync.RWMutex
	byID map[id.ID]*setting
}

func newSettings(c Config) *settings {
	return &settings{db: c.DB, now: c.Now, byID: map[id.ID]*setting{}}
}

// of returns the setting of a programme.
func (ss *settings) of(ctx context.Context, programme id.ID) (*setting, error) {
	ss.mu.RLock()
	s := ss.byID[programme]
	ss.mu.RUnlock()
	now := ss.now()
	if s != nil && now.Sub(s.read) < settingFresh && !now.Before(s.read) {
		return s, nil
	}
	s, err := ss.load(ctx, programme)
	if err != nil {
		return nil, fmt.Errorf("reading the programme of a key: %w", err)
	}
	s.read = now
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.byID[programme] = s
	return s, nil
}

// forget lets the next request read the setting anew, as after a change.
func (ss *settings) forget(programme id.ID) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	delete(ss.byID, programme)
}

func (ss *settings) load(ctx context.Context, programme id.ID) (*setting, error) {
	s := &setting{language: i18n.English, shops: map[id.ID]program.Shop{}}
	err := ss.db.View(ctx, func(q db.Queryer) (err error) {
		if s.Programme, err = program.Load(ctx, q, programme); err != nil {
			return err
		}
		shops, err := program.Shops(ctx, q, programme)
		if err != nil {
			return err
		}
		for _, shop := range shops {
			s.shops[shop.ID] = shop
		}
		if s.wallets, err = ledger.Wallets(ctx, q, programme); err != nil {
			return err
		}
		if s.ladders, err = tier.LoadLadders(ctx, q, programme); err != nil {
			return err
		}
		if s.assigned, err = partner.Shops(ctx, q, programme); err != nil {
			return err
		}
		s.partners, err = partner.All(ctx, q, programme)
		return err
	})
	for _, tag := range s.Languages {
		if l, spoken := i18n.ParseLang(tag); spoken {
			s.language = l
			break
		}
	}
	return s, err
}

// wallet returns the wallet that a parameter names by id or code; the first
// one when it names none.
func (s *setting) wallet(name string) (*ledger.Wallet, error) {
	wanted, _ := id.Parse(id.Wallet, name)
	for i := range s.wallets {
		w := &s.wallets[i]
		if name == "" || w.ID == wanted || strings.EqualFold(w.Code, name) {
			return w, nil
		}
	}
	return nil, fault.Missing("unknown_wallet", "the programme has no such wallet")
}

// walletID returns the wallet that a spec names by id or code. An id that is not
// among those read a moment ago is left to whoever looks it up.
func (s *setting) walletID(name string) (id.ID, error) {
	if w, err := s.wallet(name); err == nil {
		return w.ID, nil
	}
	wallet, err := id.Parse(id.Wallet, name)
	if err != nil && !strings.HasPrefix(strings.ToLower(name), string(id.Wallet)+"_") {
		return 0, fault.Missing("unknown_wallet", "the programme has no such wallet")
	}
	return wallet, err
}

// walletCode returns the code of a wallet, empty for one made a moment ago.
func (s *setting) walletCode(wallet id.ID) string {
	for i := range s.wallets {
		if s.wallets[i].ID == wallet {
			return s.wallets[i].Code
		}
	}
	return ""
}

// ladder returns the ladder that a request names by id or code.
func (s *setting) ladder(name string) (*tier.Ladder, error) {
	wanted, _ := id.Parse(id.Ladder, name)
	for i := range s.ladders {
		l := &s.ladders[i]
		if l.ID == wanted || strings.EqualFold(l.Code, name) {
			return l, nil
		}
	}
	return nil, fault.Missing("unknown_ladder", "there is no ladder %s in force", clip(name)).With("ladder", clip(name))
}

// rankName returns what a rank is called now, its code when it has no name.
func (s *setting) rankName(ladder id.ID, code string) string {
	for i := range s.ladders {
		if s.ladders[i].ID != ladder {
			continue
		}
		versions := s.ladders[i].Versions
		for _, r := range versions[len(versions)-1].Ranks {
			if r.Code == code {
				return r.Name
			}
		}
	}
	return code
}
