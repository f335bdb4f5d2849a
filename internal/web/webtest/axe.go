package webtest

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeSum names the file of axe-core that is used, below our folder of the user's
// cache, and its SHA-256. build/tools.sh reads it too, and brings the file.
//
//go:embed axe.sum
var axeSum string

// axeRun asks for every rule of WCAG 2.2 AA and for what is good practice, and
// names each place where one is broken. Films and sounds, for which alone it
// would load what the page names, are on no page of ours.
const axeRun = `axe.run(document, {
	preload: false,
	resultTypes: ["violations"],
	rules: {"target-size": {enabled: true}},
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}).then((found) => found.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160) + " " + n.any.concat(n.all, n.none).map((c) => c.message).join("; "))))`

var axe = sync.OnceValues(readAxe)

// readAxe returns the text of axe-core, if it is the one that was asked for.
func readAxe() (string, error) {
	want, name, _ := strings.Cut(strings.TrimSpace(axeSum), "  ")
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding axe-core: %w", err)
	}
	path := filepath.Join(cache, "regulars", filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading axe-core, which `make tools` brings: %w", err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != want {
		return "", fmt.Errorf("%s is another file than axe.sum says: delete it and run `make tools`", path)
	}
	return string(text), nil
}

// Axe lets axe-core look over the page as it is, light and dark, and fails the
// test for each breach of WCAG 2.2 AA that it finds. Where axe-core is missing
// the test fails.
func (b *Browser) Axe(t *testing.T) {
	t.Helper()
	for _, fault := range b.axe(t) {
		t.Errorf("axe: %s", fault)
	}
}

func (b *Browser) axe(t *testing.T) (faults []string) {
	t.Helper()
	text, err := axe()
	if err != nil {
		t.Fatal(err)
	}
	b.Run(t, chromedp.Evaluate[chromedp.Void](text))
	chosen := Script[string](t, b, `document.documentElement.dataset.theme ?? ""`)
	for _, theme := range []string{"light", "dark"} {
		b.dress(t, theme)
		for _, fault := range Script[[]string](t, b, axeRun) {
			faults = append(faults, theme+": "+fault)
		}
	}
	b.dress(t, chosen)
	return faults
}

// dress shows the page in a look, all its colours changed.
func (b *Browser) dress(t *testing.T, theme string) {
	t.Helper()
	Script[bool](t, b, fmt.Sprintf(`(document.documentElement.dataset.theme = %q, true)`, theme))
	Script[bool](t, b, settled)
}
