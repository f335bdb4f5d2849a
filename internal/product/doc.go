// Package product is the catalogue: a programme's items by SKU, with category,
// brand and cost. Sales name items by SKU and need not find them here. It
// touches its own table alone.
package product
