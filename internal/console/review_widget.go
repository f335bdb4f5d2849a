package console

import (
	"fmt"
	"html"
	"net/url"
)

// setWidget lets other sites show the reviews, or ends it.
func (c *Console) setWidget(v *visit) error {
	return c.changeReviews(v, func() (string, int, error) {
		return "console.widget.saved", 0, c.Touch.SetWidget(v.ctx(), v.actor, v.programme.ID, v.field("shown") == "on")
	})
}

// boardPath is the page that other sites show.
func (l *reviewList) boardPath() string { return "/w/" + url.PathEscape(l.programme.Slug) + "/reviews" }

// snippet is what a site needs to show the reviews.
func (l *reviewList) snippet() string {
	title := l.T("guest.board.title", "brand", l.programme.Name)
	return fmt.Sprintf(`<script async src="https://%s.js" data-lang="%s" data-title="%s" data-height="480"></script>`, html.EscapeString(l.r.Host+l.boardPath()), l.Lang(), html.EscapeString(title))
}
