package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/product"
)

func (s *server) addProducts() {
	read(s, operation{
		id: "list-products", method: http.MethodGet, path: "/v1/products", tag: tagProducts, needs: needs(auth.ProductsRead),
		summary: "List or search the catalogue, by SKU",
	}, s.listProducts)
	write(s, operation{
		id: "save-products", method: http.MethodPut, path: "/v1/products", tag: tagProducts, needs: needs(auth.ProductsWrite), bulk: true,
		summary: "Add products, or change those with the same SKU",
		text:    "Up to 1,000 at once, all or none.",
	}, s.saveProducts, func(_ context.Context, _ *call, subject string) (productsSaved, error) {
		n, err := strconv.Atoi(subject)
		return productsSaved{n}, err
	})
}

// productView is an item of the catalogue.
type productView struct {
	SKU      string `json:"sku" minLength:"1" maxLength:"200" doc:"Names it as sales do." example:"85123A"`
	Name     string `json:"name,omitempty" maxLength:"500" example:"Hanging heart T-light holder"`
	Category string `json:"category,omitempty" maxLength:"200" example:"candles"`
	Brand    string `json:"brand,omitempty" maxLength:"200"`
	Cost     int64  `json:"cost,omitempty" minimum:"0" doc:"What one unit costs the company, in minor units; 0 when it is not known." example:"120"`
	Retired  bool   `json:"retired,omitempty" doc:"Not sold any more."`
	Flagship bool   `json:"flagship,omitempty" readOnly:"true" doc:"Put in front by the company; set by its own request."`
}

type newProducts struct {
	Products []productView `json:"products" nullable:"false" minItems:"1" maxItems:"1000"`
}

type productsSaved struct {
	Saved int `json:"saved" doc:"How many products were sent." example:"2"`
}

func (s *server) saveProducts(ctx context.Context, c *call, _ *nothing, body *newProducts) (string, error) {
	list := make([]product.Product, len(body.Products))
	for i, p := range body.Products {
		list[i] = product.Product{SKU: p.SKU, Name: p.Name, Category: p.Category, Brand: p.Brand, Cost: p.Cost, Active: !p.Retired}
	}
	if err := s.Products.Upsert(ctx, c.actor, c.programme(), list); err != nil {
		return "", fault.At("/products", err)
	}
	return strconv.Itoa(len(list)), nil
}

type productsIn struct {
	Cursor   cursor `query:"cursor"`
	Limit    limit  `query:"limit"`
	Text     string `query:"q" doc:"A part of a SKU, name, category or brand." example:"heart"`
	Category string `query:"category" doc:"Only this category."`
}

func (s *server) listProducts(ctx context.Context, c *call, in *productsIn) (page[productView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[productView]{}, err
	}
	after, err := base64.RawURLEncoding.DecodeString(string(in.Cursor))
	if err != nil {
		return page[productView]{}, badCursor()
	}
	found, err := s.Products.List(ctx, c.actor, product.Query{
		ProgrammeID: c.programme(), Text: in.Text, Category: in.Category, After: string(after), Limit: size,
	})
	p := page[productView]{Items: make([]productView, len(found.Products)), Next: base64.RawURLEncoding.EncodeToString([]byte(found.Next))}
	for i, one := range found.Products {
		p.Items[i] = productOf(one)
	}
	return p, err
}
