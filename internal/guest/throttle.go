package guest

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
)

var (
	// askPace bounds the messages to one address, askedFromPace those that one
	// network asks for, tryPace the codes that one network tries.
	askPace       = auth.Pace{Burst: 3, Every: 5 * time.Minute}
	askedFromPace = auth.Pace{Burst: 20, Every: 30 * time.Second}
	tryPace       = auth.Pace{Burst: 30, Every: 15 * time.Second}
)

// asking is what a message counts against: its address, known or not, and where
// it is asked for. The address comes first, so that two lock in the same order.
func asking(programme id.ID, address, from string) []auth.Attempt {
	return []auth.Attempt{
		{Subject: "ask:" + hashOf(programme.In(id.Programme), address), Pace: askPace},
		auth.From("asked from:", from, askedFromPace),
	}
}

func trying(from string) auth.Attempt { return auth.From("try from:", from, tryPace) }

// charge counts the attempts; it refuses with "too_often".
func (g *Guest) charge(ctx context.Context, tries ...auth.Attempt) error {
	return auth.Charge(ctx, g.DB, g.Now(), auth.TooOften, tries...)
}

// guessed counts a code or a link that is none of ours against where it comes
// from.
func (g *Guest) guessed(ctx context.Context, from string, err error) error {
	return auth.Guessed(ctx, g.DB, g.Now(), err, trying(from))
}
