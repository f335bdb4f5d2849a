package program

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/id"
)

func TestShops(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		p := s.made(t)
		manager := staff(p.ID, auth.Manager)
		b := must(s.AddShop(ctx(t), manager, Shop{ID: 3, ProgrammeID: p.ID, Code: "B", Name: "Bath", Zone: "Europe/London"}))(t)
		a := must(s.AddShop(ctx(t), manager, Shop{ProgrammeID: p.ID, Code: "A", Name: "Avon"}))(t)
		if b.ID == 3 || a.ID == b.ID {
			t.Errorf("the ids are %d and %d", a.ID, b.ID)
		}
		if diff := cmp.Diff([]Shop{a, b}, must(s.Shops(ctx(t), staff(p.ID, auth.Till), p.ID))(t)); diff != "" {
			t.Error(diff)
		}
		if v := s.version(t, p.ID); v != 3 {
			t.Errorf("two shops left version %d, want 3", v)
		}
		if action, subject, detail := s.lastAudit(t); action != "shop.create" || subject != p.ID.In(id.Programme) || detail != `{"shop":"`+a.ID.In(id.Shop)+`"}` {
			t.Errorf("the trace is %s of %s: %s", action, subject, detail)
		}
		for name, c := range map[string]struct {
			actor       auth.Actor
			shop        Shop
			code, field string
		}{
			"a taken code":         {manager, Shop{ProgrammeID: p.ID, Code: "A", Name: "X"}, "shop_code_taken", "/code"},
			"no name":              {manager, Shop{ProgrammeID: p.ID, Code: "C"}, "malformed_name", "/name"},
			"by a till":            {staff(p.ID, auth.Till), Shop{ProgrammeID: p.ID, Code: "C", Name: "X"}, "not_permitted", ""},
			"in another programme": {manager, Shop{ProgrammeID: p.ID + 1, Code: "C", Name: "X"}, "not_permitted", ""},
			"in none":              {boss, Shop{ProgrammeID: 5, Code: "C", Name: "X"}, "unknown_programme", ""},
		} {
			_, err := s.AddShop(ctx(t), c.actor, c.shop)
			wantCode(t, name, err, c.code, c.field)
		}
		_, err := s.Shops(ctx(t), manager, p.ID+1)
		wantCode(t, "another programme's shops", err, "not_permitted", "")
	})
}

func TestUpdateShop(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		p := s.made(t)
		second := tea(t)
		second.Slug = "second"
		q := must(s.Create(ctx(t), boss, second))(t)
		a := must(s.AddShop(ctx(t), boss, Shop{ProgrammeID: p.ID, Code: "A", Name: "Avon"}))(t)
		must(s.AddShop(ctx(t), boss, Shop{ProgrammeID: p.ID, Code: "B", Name: "Bath"}))(t)
		must(s.AddShop(ctx(t), boss, Shop{ProgrammeID: q.ID, Code: "C", Name: "Crewe"}))(t)
		got := must(s.UpdateShop(ctx(t), boss, p.ID, a.ID, func(s *Shop) {
			s.ID, s.ProgrammeID = 1, q.ID
			s.Code, s.Name, s.Zone, s.Closed = "C", "Cowes", "Europe/Paris", true
		}))(t)
		want := Shop{ID: a.ID, ProgrammeID: p.ID, Code: "C", Name: "Cowes", Zone: "Europe/Paris", Closed: true}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, must(Shops(ctx(t), s.d.Reader(), p.ID))(t)[1]); diff != "" {
			t.Error(diff)
		}
		if v := s.version(t, p.ID); v != 4 {
			t.Errorf("version %d, want 4", v)
		}
		_, err := s.UpdateShop(ctx(t), boss, p.ID, a.ID, func(s *Shop) { s.Code = "B" })
		wantCode(t, "a taken code", err, "shop_code_taken", "/code")
		_, err = s.UpdateShop(ctx(t), boss, p.ID, a.ID, func(s *Shop) { s.Zone = "Mars/Olympus" })
		wantCode(t, "a bad zone", err, "unknown_zone", "/zone")
		_, err = s.UpdateShop(ctx(t), boss, q.ID, a.ID, func(*Shop) {})
		wantCode(t, "as another programme's", err, "unknown_shop", "")
		_, err = s.UpdateShop(ctx(t), staff(q.ID, auth.Owner), p.ID, a.ID, func(*Shop) {})
		wantCode(t, "by another's owner", err, "not_permitted", "")
	})
}
