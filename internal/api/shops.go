package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// shopView is a place where customers are served.
type shopView struct {
	Shop   string `json:"shop" example:"shp_01h9x3k7q2v5n"`
	Code   string `json:"code" doc:"Names the shop in events." example:"high-street"`
	Name   string `json:"name" example:"High Street"`
	Zone   string `json:"zone,omitempty" doc:"Its IANA zone; the programme's when missing."`
	Closed bool   `json:"closed,omitempty"`
}

func shopOf(s program.Shop) shopView {
	return shopView{s.ID.In(id.Shop), s.Code, s.Name, s.Zone, s.Closed}
}

type shopList struct {
	Items []shopView `json:"items" nullable:"false"`
}

type newShop struct {
	Code string `json:"code" maxLength:"60" doc:"Unique in the programme." example:"high-street"`
	Name string `json:"name" maxLength:"200" example:"High Street"`
	Zone string `json:"zone,omitempty" maxLength:"60"`
}

func (s *server) addShop(ctx context.Context, c *call, _ *nothing, body *newShop) (string, error) {
	defer s.settings.forget(c.programme())
	shop, err := s.Programmes.AddShop(ctx, c.actor, program.Shop{ProgrammeID: c.programme(), Code: body.Code, Name: body.Name, Zone: body.Zone})
	if err != nil {
		return "", err
	}
	return shop.ID.In(id.Shop), nil
}

// shopIn names a shop in an address.
type shopIn struct {
	Shop shopID `path:"shop"`
}

type shopID string

// Schema describes it for the document.
func (shopID) Schema(huma.Registry) *huma.Schema { return shown(id.Shop, "The shop.") }

type shopPatch struct {
	Code   *string `json:"code,omitempty" maxLength:"60"`
	Name   *string `json:"name,omitempty" maxLength:"200"`
	Zone   *string `json:"zone,omitempty" maxLength:"60"`
	Closed *bool   `json:"closed,omitempty" doc:"A closed shop keeps its past and is offered nowhere."`
}

func (s *server) changeShop(ctx context.Context, c *call, in *shopIn, body *shopPatch) (string, error) {
	wanted, err := parseID(id.Shop, "shop", string(in.Shop))
	if err != nil {
		return "", err
	}
	defer s.settings.forget(c.programme())
	shop, err := s.Programmes.UpdateShop(ctx, c.actor, c.programme(), wanted, func(shop *program.Shop) {
		change(&shop.Code, body.Code)
		change(&shop.Name, body.Name)
		change(&shop.Zone, body.Zone)
		change(&shop.Closed, body.Closed)
	})
	if err != nil {
		return "", err
	}
	return shop.ID.In(id.Shop), nil
}

func (s *server) showShop(ctx context.Context, c *call, subject string) (shopView, error) {
	shops, err := s.Programmes.Shops(ctx, watcher, c.programme())
	if err != nil {
		return shopView{}, err
	}
	for _, shop := range shops {
		if shop.ID.In(id.Shop) == subject {
			return shopOf(shop), nil
		}
	}
	return shopView{}, fault.Missing("unknown_shop", "the programme has no such shop")
}
