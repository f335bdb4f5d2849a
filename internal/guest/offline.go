package guest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strconv"

	"regulars/internal/fault"
	"regulars/internal/web"
)

//go:embed worker.js
var worker []byte

func (g *Guest) offlineRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + "/manifest.json", open: true, do: g.manifest},
		{pattern: "GET " + inProgramme + "/{icon}", open: true, do: g.icon},
		{pattern: "GET " + inProgramme + "/worker.js", open: true, do: g.worker},
		{pattern: "GET " + inProgramme + "/card/offline", do: g.offlineCard},
	}
}

// anHour is how long browsers keep what names nobody.
const anHour = "max-age=3600"

// manifest tells a phone how to keep the wallet among its applications.
func (g *Guest) manifest(v *visit) error {
	icons := []map[string]string{}
	for _, size := range iconSizes {
		icons = append(icons, map[string]string{
			"src": v.at(fmt.Sprintf("/icon-%d.png", size)), "sizes": fmt.Sprintf("%dx%d", size, size), "type": "image/png", "purpose": "any maskable",
		})
	}
	text, err := json.Marshal(map[string]any{
		"id": v.at("/"), "start_url": v.at("/"), "scope": v.at("/"), "name": v.programme.Name, "short_name": v.programme.Name,
		"lang": string(v.Lang()), "display": "standalone", "background_color": "#ffffff", "theme_color": cssColour(web.AccentOf(v.programme.Hue)), "icons": icons,
	})
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return v.file("application/manifest+json", anHour, text)
}

func cssColour(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

var iconSizes = []int{180, 192, 512}

// icon draws a card on the programme's colour; it stays whole when a phone cuts
// it round.
func (g *Guest) icon(v *visit) error {
	var size int
	for _, one := range iconSizes {
		if v.r.PathValue("icon") == "icon-"+strconv.Itoa(one)+".png" {
			size = one
		}
	}
	if size == 0 {
		return fault.Missing("page_missing", "there is no page at this address")
	}
	picture := image.NewRGBA(image.Rect(0, 0, size, size))
	fill := func(c color.Color, left, top, right, bottom int) {
		draw.Draw(picture, image.Rect(left*size/24, top*size/24, right*size/24, bottom*size/24), image.NewUniform(c), image.Point{}, draw.Src)
	}
	accent := web.AccentOf(v.programme.Hue)
	fill(accent, 0, 0, 24, 24)
	fill(color.White, 5, 7, 19, 17)
	fill(accent, 5, 10, 19, 12)
	fill(accent, 7, 14, 11, 15)
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return fmt.Errorf("drawing the icon: %w", err)
	}
	return v.file("image/png", anHour, b.Bytes())
}

// worker is the script that answers without a network.
func (g *Guest) worker(v *visit) error {
	return v.file("text/javascript; charset=utf-8", "no-cache", worker)
}

func (v *visit) file(kind, cache string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", cache)
	_, err := v.w.Write(body)
	return err
}

// offlineCard is what the worker keeps: the card with the balance of now.
func (g *Guest) offlineCard(v *visit) error {
	h, err := g.readHome(v)
	if err != nil {
		return err
	}
	return v.render(offlinePage(h))
}
