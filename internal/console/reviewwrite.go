package console

import (
	"strconv"
	"time"

	"regulars/internal/touch"
	"regulars/internal/web"
)

// writtenDown is a review as somebody copied it by hand from where it stands.
// Of its time only the day is known: it is taken for the end of the day, so that
// a click of the same day came before it.
func (v *visit) writtenDown(now time.Time) (touch.Seen, error) {
	day, err := v.day("time")
	if err != nil {
		return touch.Seen{}, err
	}
	if !day.IsZero() {
		if last := day.AddDate(0, 0, 1).Add(-time.Second); last.Before(now) {
			day = last
		} else if day.Before(now) {
			day = now
		}
	}
	rating, _ := strconv.ParseInt(v.field("rating"), 10, 64)
	return touch.Seen{
		Platform: touch.Platform(v.field("platform")), ExternalID: v.field("external_id"), Place: v.field("place"), Rating: rating,
		Occurred: day, Text: v.field("text"), Author: v.field("author"), Order: v.field("order"),
	}, nil
}

func (c *Console) writeReview(v *visit) error {
	return c.changeReviews(v, func() (string, int, error) {
		seen, err := v.writtenDown(c.Now())
		if err == nil {
			err = seen.Check(c.Now()) // here, so that what is wrong is said at its field
		}
		if err == nil {
			_, err = c.Touch.Take(v.ctx(), v.actor, v.programme.ID, []touch.Seen{seen})
		}
		return "console.reviews.imported", 1, err
	})
}

func (l *reviewList) platformOptions() []web.Option {
	var options []web.Option
	for _, p := range touch.Platforms() {
		options = append(options, web.Option{Value: string(p), Label: l.Say(p.Text())})
	}
	return web.Choose(options, l.field("platform"))
}

func (l *reviewList) ratingOptions() []web.Option {
	options := []web.Option{{Label: "—"}}
	for n := int64(5); n > 0; n-- {
		options = append(options, web.Option{Value: strconv.FormatInt(n, 10), Label: stars(n)})
	}
	return web.Choose(options, l.field("rating"))
}
