// Command build bundles style sheets and scripts into the folder dist beside
// them, minified and named by their content: those of every page when it is
// given no names, else the files named. It is run by go generate and needs no
// network and no Node.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	if err := run(".", os.Args[1:]...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// ofEveryPage are the files of the web package itself.
var ofEveryPage = []string{"app.css", "app.js", "icon.svg"}

// run builds the files that lie in the folder.
func run(folder string, entries ...string) error {
	files, err := bundle(folder, entries...)
	if err != nil {
		return err
	}
	dist := filepath.Join(folder, "dist")
	if err := os.RemoveAll(dist); err != nil {
		return fmt.Errorf("emptying dist: %w", err)
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("making dist: %w", err)
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dist, name), body, 0o644); err != nil {
			return fmt.Errorf("writing a bundle: %w", err)
		}
	}
	return nil
}

// engines are the oldest browsers served: those that know light-dark(),
// popovers and container queries.
var engines = []api.Engine{
	{Name: api.EngineChrome, Version: "125"},
	{Name: api.EngineFirefox, Version: "129"},
	{Name: api.EngineSafari, Version: "17.5"},
}

// bundle returns the built files by name.
func bundle(folder string, entries ...string) (map[string][]byte, error) {
	if len(entries) == 0 {
		entries = ofEveryPage
	}
	root, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("finding the folder: %w", err)
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       entries,
		EntryNames:        "[name]-[hash]",
		Outdir:            "dist",
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsInline,
		Charset:           api.CharsetUTF8,
		Engines:           engines,
		Loader:            map[string]api.Loader{".svg": api.LoaderCopy},
	})
	if len(result.Errors) > 0 {
		said := api.FormatMessages(result.Errors, api.FormatMessagesOptions{})
		return nil, fmt.Errorf("bundling: %s", strings.Join(said, ""))
	}
	files := make(map[string][]byte)
	for _, f := range result.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	return files, nil
}
