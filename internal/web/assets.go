package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:generate go tool templ generate -path . -log-level warn
//go:generate go run ./build

//go:embed dist
var dist embed.FS

// AssetsPath is where style sheets, scripts and icons lie; mount Assets there.
const AssetsPath = "/assets/"

// asset is a file as it is sent: plain and compressed.
type asset struct{ plain, zipped []byte }

// bundle holds the files built into dist, by name.
var bundle = sync.OnceValue(func() map[string]asset {
	files := make(map[string]asset)
	for _, name := range []string{assetNames().style, assetNames().script, assetNames().icon} {
		plain, err := dist.ReadFile("dist/" + name)
		if err != nil {
			panic("web: " + name + " is not in dist; run go generate ./internal/web")
		}
		files[name] = asset{plain, zipped(plain)}
	}
	return files
})

// names are the file names of the bundles, which hold a hash of their content.
type names struct{ style, script, icon string }

var assetNames = sync.OnceValue(func() names {
	one := func(pattern string) string {
		found, err := fs.Glob(dist, "dist/"+pattern)
		if err != nil || len(found) != 1 {
			panic(fmt.Sprintf("web: dist holds %d files like %s, not one; run go generate ./internal/web", len(found), pattern))
		}
		return path.Base(found[0])
	}
	return names{one("app-*.css"), one("app-*.js"), one("icon-*.svg")}
})

func zipped(plain []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	if _, err := w.Write(plain); err != nil {
		return nil // writing to memory cannot fail
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return b.Bytes()
}

func stylePath() string  { return AssetsPath + assetNames().style }
func scriptPath() string { return AssetsPath + assetNames().script }
func iconPath() string   { return AssetsPath + assetNames().icon }

// huePath is the style sheet of an accent hue. It names the main sheet's hash,
// so that a new release is not shown with an old accent.
func huePath(hue int) string {
	return AssetsPath + "hue-" + strconv.Itoa(wrapHue(hue)) + ".css?for=" + assetNames().style
}

// Assets serves the style sheets, the script and the icon. Their names change
// with their content, so browsers keep them for good.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, AssetsPath)
		if hue, ok := hueOf(name); ok {
			send(w, r, name, asset{plain: []byte(hueSheet(hue))})
			return
		}
		file, ok := bundle()[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		send(w, r, name, file)
	})
}

func hueOf(name string) (int, bool) {
	number, isHue := strings.CutPrefix(strings.TrimSuffix(name, ".css"), "hue-")
	hue, err := strconv.Atoi(number)
	return hue, isHue && err == nil && hue == wrapHue(hue)
}

func send(w http.ResponseWriter, r *http.Request, name string, file asset) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	body := file.plain
	if file.zipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = file.zipped
		}
	}
	h.Set("Content-Type", map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	}[path.Ext(name)])
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
