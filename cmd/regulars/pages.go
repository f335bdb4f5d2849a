package main

import (
	"net/http"

	"regulars/internal/i18n"
)

// pages are what people see: the API's documentation, until the console stands.
func (h *house) pages(*i18n.Catalog, place) http.Handler {
	return http.RedirectHandler("/docs", http.StatusSeeOther)
}
