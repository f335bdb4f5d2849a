package api

import (
	"context"
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/id"
)

func (s *server) widgetRoutes() {
	read(s, operation{
		id: "get-review-widget", method: http.MethodGet, path: "/v1/review-widget", tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "Get whether other sites may show the reviews",
		text: "The widget shows the reviews of the last twelve months that name an order we know, good ones and bad ones alike, with the name and words that their platform shows. " +
			"It is the page /w/{slug}/reviews for a frame, and the script /w/{slug}/reviews.js that makes one; both take ?lang=en, ru or pl.",
	}, func(ctx context.Context, c *call, _ *nothing) (widgetView, error) {
		shown, err := s.Touch.Widget(ctx, c.actor, c.programme())
		return widgetView{shown}, err
	})
	write(s, operation{
		id: "set-review-widget", method: http.MethodPut, path: "/v1/review-widget", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Let other sites show the reviews, or end it", text: "All of them or none; a single one can be neither chosen nor left out.", example: `{"shown": true}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *widgetBody) (string, error) {
		return c.programme().In(id.Programme), s.Touch.SetWidget(ctx, c.actor, c.programme(), body.Shown)
	}, s.showWidget)
}

// showWidget answers who may only write with what they wrote.
func (s *server) showWidget(ctx context.Context, c *call, _ string) (widgetView, error) {
	shown, err := s.Touch.Widget(ctx, watcher, c.programme())
	return widgetView{shown}, err
}

type widgetBody struct {
	Shown bool `json:"shown" example:"true"`
}

type widgetView struct {
	Shown bool `json:"shown" example:"true"`
}
