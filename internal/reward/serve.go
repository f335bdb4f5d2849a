package reward

import (
	"bytes"
	"net/http"
	"path"
	"strings"
	"time"
)

// Pictures serves the pictures of rewards to everybody who has their address.
// Their names change with their content, so browsers keep them for good.
func (c *Catalog) Pictures() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "", http.StatusMethodNotAllowed)
			return
		}
		hash, is := strings.CutSuffix(path.Base(r.URL.Path), ".jpg")
		if !is || r.URL.Path != PicturePath+hash+".jpg" {
			http.NotFound(w, r)
			return
		}
		jpeg, err := jpegOf(r.Context(), c.d.Reader(), hash)
		switch {
		case err != nil:
			http.Error(w, "", http.StatusInternalServerError)
			return
		case jpeg == nil:
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "image/jpeg")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("ETag", `"`+hash+`"`)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin") // a shop may show it on its own site
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(jpeg))
	})
}
