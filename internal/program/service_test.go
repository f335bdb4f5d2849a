package program

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func staff(programme id.ID, role auth.Role) auth.Actor {
	return auth.Actor{Kind: auth.KindStaff, ID: 9, Roles: []auth.Assignment{{ProgrammeID: programme, Role: role}}}
}

func TestCreate(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		given := tea(t)
		given.ID, given.Salt, given.Version = 5, "known", 40
		p := must(s.Create(ctx(t), boss, given))(t)
		if p.ID == 5 || p.Salt == "known" || len(p.Salt) < 20 || p.Version != 1 || p.Created.IsZero() {
			t.Errorf("made %+v", p)
		}
		got := must(s.Get(ctx(t), boss, p.ID))(t)
		if diff := cmp.Diff(p, got, sameZone); diff != "" {
			t.Error(diff)
		}
		want := tea(t)
		want.ID, want.Salt, want.Version, want.Created = p.ID, p.Salt, 1, p.Created
		if diff := cmp.Diff(want, got, sameZone); diff != "" {
			t.Error(diff)
		}
		if action, subject, _ := s.lastAudit(t); action != "programme.create" || subject != p.ID.In(id.Programme) {
			t.Errorf("the trace is %s of %s", action, subject)
		}
		_, err := s.Create(ctx(t), boss, tea(t))
		wantCode(t, "the same slug", err, "slug_taken", "/slug")
		_, err = s.Create(ctx(t), staff(p.ID, auth.Owner), tea(t))
		wantCode(t, "by an owner of one programme", err, "not_permitted", "")
		_, err = s.Create(ctx(t), boss, Programme{})
		wantCode(t, "an empty one", err, "malformed_slug", "/slug")
		other := tea(t)
		other.Slug, other.Settings = "other", Settings{}
		made := must(s.Create(ctx(t), boss, other))(t)
		if made.Salt == p.Salt || made.Settings != DefaultSettings() {
			t.Errorf("the second is %+v", made)
		}
	})
}

func TestUpdate(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		p := s.made(t)
		second := tea(t)
		second.Slug = "second"
		must(s.Create(ctx(t), boss, second))(t)
		manager := staff(p.ID, auth.Manager)
		warsaw := must(ParseZone("Europe/Warsaw"))(t)
		got := must(s.Update(ctx(t), manager, p.ID, func(p *Programme) {
			p.ID, p.Salt, p.Version, p.Created = 1, "x", 99, time.Time{}
			p.Slug, p.Zone, p.Hue, p.Region = "tea", warsaw, 20, "PL"
			p.Languages[0] = "ru"
		}))(t)
		want := p
		want.Slug, want.Zone, want.Hue, want.Region, want.Version = "tea", warsaw, 20, "PL", 2
		want.Languages = []string{"ru", "pl"}
		if diff := cmp.Diff(want, got, sameZone); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, must(Load(ctx(t), s.d.Reader(), p.ID))(t), sameZone); diff != "" {
			t.Error(diff)
		}
		if action, _, detail := s.lastAudit(t); action != "programme.update" || detail != `{"changed":["slug","zone","languages","hue","region"]}` {
			t.Errorf("the trace is %s %s", action, detail)
		}
		for _, c := range []struct {
			name, code, field string
			actor             auth.Actor
			programme         id.ID
			change            func(*Programme)
		}{
			{"the currency", "currency_fixed", "/currency", manager, p.ID, func(p *Programme) { p.Currency = "PLN" }},
			{"another's slug", "slug_taken", "/slug", manager, p.ID, func(p *Programme) { p.Slug = "second" }},
			{"a bad hue", "hue_out_of_range", "/hue", manager, p.ID, func(p *Programme) { p.Hue = 999 }},
			{"by an agent", "not_permitted", "", staff(p.ID, auth.Agent), p.ID, func(*Programme) {}},
			{"by another's manager", "not_permitted", "", staff(p.ID+1, auth.Manager), p.ID, func(*Programme) {}},
			{"one that is not there", "unknown_programme", "", boss, 5, func(*Programme) {}},
		} {
			_, err := s.Update(ctx(t), c.actor, c.programme, c.change)
			wantCode(t, c.name, err, c.code, c.field)
		}
		if v := s.version(t, p.ID); v != 2 {
			t.Errorf("failed changes left version %d, want 2", v)
		}
	})
}

// Two who change different fields at once must both be heard.
func TestUpdatesDoNotOverwriteEachOther(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		p := s.made(t)
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				must(s.Update(ctx(t), boss, p.ID, func(p *Programme) { p.Hue++ }))(t)
			})
		}
		all.Wait()
		got := must(s.Get(ctx(t), boss, p.ID))(t)
		if got.Hue != p.Hue+12 || got.Version != 13 {
			t.Errorf("after 12 changes hue %d and version %d, want %d and 13", got.Hue, got.Version, p.Hue+12)
		}
	})
}

func TestListAndGetAreForReaders(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		p := s.made(t)
		second := tea(t)
		second.Slug, second.Name = "second", "A second"
		q := must(s.Create(ctx(t), boss, second))(t)
		for _, c := range []struct {
			name  string
			actor auth.Actor
			want  []id.ID
		}{
			{"the system", boss, []id.ID{q.ID, p.ID}},
			{"a till of one", staff(p.ID, auth.Till), []id.ID{p.ID}},
			{"a till of all", staff(0, auth.Till), []id.ID{q.ID, p.ID}},
			{"a key", auth.Actor{Kind: auth.KindKey, ProgrammeID: q.ID, Scopes: []auth.Scope{"programmes:read"}}, []id.ID{q.ID}},
			{"a key without the scope", auth.Actor{Kind: auth.KindKey, ProgrammeID: q.ID}, nil},
			{"nobody", auth.Actor{}, nil},
		} {
			var got []id.ID
			for _, p := range must(s.List(ctx(t), c.actor))(t) {
				got = append(got, p.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
			_, err := s.Get(ctx(t), c.actor, p.ID)
			if may := slices.Contains(c.want, p.ID); may != (err == nil) {
				t.Errorf("%s: reading one gave %v", c.name, err)
			}
		}
		_, err := s.Get(ctx(t), boss, 5)
		wantCode(t, "one that is not there", err, "unknown_programme", "")
	})
}

func TestVersionsAreOneStatement(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		var ids []id.ID
		want := map[id.ID]int64{}
		for i := range 5 {
			p := tea(t)
			p.Slug = fmt.Sprintf("p%d", i)
			made := must(s.Create(ctx(t), boss, p))(t)
			ids = append(ids, made.ID)
			want[made.ID] = 1
		}
		err := s.d.InTx(ctx(t), func(tx *db.Tx) error { return Touch(ctx(t), tx, ids[2]) })
		wantCode(t, "touching", err, "", "")
		want[ids[2]] = 2
		sent := s.d.Statements()
		got := must(Versions(ctx(t), s.d.Reader(), append(ids, 5)))(t)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if n := s.d.Statements() - sent; n != 1 {
			t.Errorf("sent %d statements", n)
		}
		if got := must(Versions(ctx(t), s.d.Reader(), nil))(t); len(got) != 0 {
			t.Errorf("of no programmes: %v", got)
		}
		err = s.d.InTx(ctx(t), func(tx *db.Tx) error { return Touch(ctx(t), tx, 5) })
		wantCode(t, "touching nothing", err, "unknown_programme", "")
	})
}

func TestOlderSettingsGetDefaults(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		p := s.made(t)
		err := s.d.InTx(ctx(t), func(tx *db.Tx) error {
			_, err := tx.Exec(ctx(t), `UPDATE programme SET settings = '{"region":"PL"}' WHERE id = $1`, p.ID)
			return err
		})
		wantCode(t, "writing", err, "", "")
		want := DefaultSettings()
		want.Region = "PL"
		if got := must(s.Get(ctx(t), boss, p.ID))(t).Settings; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}
