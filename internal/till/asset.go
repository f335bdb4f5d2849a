package till

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed dist
var dist embed.FS

const assetsPath = "/till/assets/"

// built returns the name in dist of a source file: till.css is
// till-<hash>.css.
func built(source string) string {
	return builtNames()[source]
}

var builtNames = sync.OnceValue(func() map[string]string {
	files := map[string]string{}
	for _, source := range []string{"till.css", "till.js", "worker.js"} {
		end := path.Ext(source)
		found, err := fs.Glob(dist, "dist/"+strings.TrimSuffix(source, end)+"-*"+end)
		if err != nil || len(found) != 1 {
			panic(fmt.Sprintf("till: dist holds %d files of %s, not one; run go generate ./internal/till", len(found), source))
		}
		files[source] = path.Base(found[0])
	}
	return files
})

func assetPath(source string) string { return assetsPath + built(source) }

// sendAsset sends a style sheet or script. Its name changes with its content,
// so browsers keep it for good.
func sendAsset(w http.ResponseWriter, r *http.Request) {
	sendFile(w, r, r.PathValue("name"), "public, max-age=31536000, immutable")
}

// sendWorker sends the script that keeps the screen for when there is no
// connection. It always lies at one address, and works for everything below
// /till and for /till itself.
func sendWorker(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Service-Worker-Allowed", "/till")
	sendFile(w, r, built("worker.js"), "no-cache")
}

func sendFile(w http.ResponseWriter, r *http.Request, name, cached string) {
	body, err := dist.ReadFile("dist/" + name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", cached)
	h.Set("Content-Type", map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}[path.Ext(name)])
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// sendManifest lets a tablet keep the till on its first screen.
func sendManifest(v *visit) error {
	manifest := map[string]any{
		"name": v.T("till.title") + " · " + v.Brand.Name, "short_name": v.T("till.title"), "start_url": "/till", "scope": "/till", "display": "standalone",
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	v.w.Header().Set("Content-Type", "application/manifest+json")
	v.w.Header().Set("Cache-Control", "no-cache")
	_, err = v.w.Write(text)
	return err
}
