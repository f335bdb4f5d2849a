package auth

import (
	"context"
	"slices"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Still returns a member of staff or a key as an actor, with the rights that they
// hold now, for work that was left to be done on their behalf. It refuses who is
// gone by now ("no_longer_staff", "key_ended").
func (s *Service) Still(ctx context.Context, kind ActorKind, who, programme id.ID) (Actor, error) {
	ourselves := System("auth")
	if kind == KindKey {
		keys, err := s.Keys(ctx, ourselves, programme)
		if err != nil {
			return Actor{}, err
		}
		at := slices.IndexFunc(keys, func(k Key) bool { return k.ID == who && k.Live(s.now()) })
		if at < 0 {
			return Actor{}, fault.Refused("key_ended", "the API key that asked for this is not good any more; start it again with another")
		}
		return keys[at].Actor(), nil
	}
	staff, err := s.ListStaff(ctx, ourselves, programme)
	if err != nil {
		return Actor{}, err
	}
	at := slices.IndexFunc(staff, func(n Staff) bool { return n.ID == who && !n.Disabled })
	if at < 0 {
		return Actor{}, fault.Refused("no_longer_staff", "whoever asked for this no longer works here; start it again")
	}
	return staff[at].Actor(), nil
}
