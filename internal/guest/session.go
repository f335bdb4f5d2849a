package guest

import (
	"context"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
)

// A session ends when it was not used for sessionIdle, and always after
// sessionLife. What cannot be undone wants a code given within provedFor.
const (
	sessionIdle = 30 * 24 * time.Hour
	sessionLife = 180 * 24 * time.Hour
	provedFor   = 10 * time.Minute
	// seenEvery is how exactly it is known when a session was used.
	seenEvery = time.Hour
)

// session is a customer who is signed in on one device.
type session struct {
	hash              string
	programme, member id.ID
	// proved is when a code was last given.
	created, seen, proved time.Time
	device                string
}

func (s session) open(now time.Time) bool {
	return s.hash != "" && now.Before(s.created.Add(sessionLife)) && now.Before(s.seen.Add(sessionIdle))
}

func (s session) fresh(now time.Time) bool { return now.Before(s.proved.Add(provedFor)) }

// actor is the customer as the audit trail names them.
func actor(programme, m id.ID) auth.Actor {
	return auth.Actor{Kind: auth.KindMember, ID: m, ProgrammeID: programme}
}

// wallet is who does what a customer asks for about themselves. Each handler
// passes it the customer of the session and no other id.
var wallet = auth.System("wallet")

// recognise returns the open session of a token and whose it is now: after a
// merge that is the survivor. Both are zero where nobody is signed in.
func (g *Guest) recognise(ctx context.Context, programme id.ID, token string) (session, *member.Member, error) {
	now := g.Now()
	s, err := findSession(ctx, g.DB.Reader(), programme, hashOf(token))
	if err != nil || !s.open(now) {
		return session{}, nil, err
	}
	found, err := member.Read(ctx, g.DB.Reader(), []id.ID{s.member})
	if err != nil {
		return session{}, nil, err
	}
	who := found[s.member]
	if who == nil || who.ProgrammeID != programme || who.Status == member.Erased {
		return session{}, nil, nil
	}
	if now.Sub(s.seen) >= seenEvery {
		err = g.DB.InTx(ctx, func(tx *db.Tx) error { return touchSession(ctx, tx, s.hash, now, s.proved) })
	}
	return s, who, err
}

// open makes a session in the caller's transaction and returns its token.
func (g *Guest) open(ctx context.Context, tx *db.Tx, programme, m id.ID, device string) (string, error) {
	token, now := newToken(), g.Now()
	s := session{hash: hashOf(token), programme: programme, member: m, created: now, seen: now, proved: now, device: device}
	if err := insertSession(ctx, tx, s); err != nil {
		return "", err
	}
	return token, auth.Record(ctx, tx, actor(programme, m), auth.Entry{ProgrammeID: programme, Action: "guest.sign_in", Subject: m.In(id.Member)})
}

// signOut ends one session.
func (g *Guest) signOut(ctx context.Context, s session) error {
	return g.DB.InTx(ctx, func(tx *db.Tx) error {
		if err := deleteSession(ctx, tx, s.hash); err != nil {
			return err
		}
		return auth.Record(ctx, tx, actor(s.programme, s.member), auth.Entry{ProgrammeID: s.programme, Action: "guest.sign_out", Subject: s.member.In(id.Member)})
	})
}

// signOutEverywhere ends every session and code of a customer.
func (g *Guest) signOutEverywhere(ctx context.Context, programme, m id.ID) error {
	return g.DB.InTx(ctx, func(tx *db.Tx) error {
		aliases, err := member.Aliases(ctx, tx, m)
		if err != nil {
			return err
		}
		if err := forget(ctx, tx, aliases); err != nil {
			return err
		}
		return auth.Record(ctx, tx, actor(programme, m), auth.Entry{ProgrammeID: programme, Action: "guest.sign_out_everywhere", Subject: m.In(id.Member)})
	})
}

// Sweep deletes sessions and codes that have ended.
func (g *Guest) Sweep(ctx context.Context) error {
	return g.DB.InTx(ctx, func(tx *db.Tx) error { return sweep(ctx, tx, g.Now()) })
}

// deviceOf says in two words which browser it is, from what it says of itself;
// what is not known stays empty.
func deviceOf(agent string) string {
	first := func(names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := first("Edg", "Edge", "OPR/", "Opera", "YaBrowser", "Yandex", "SamsungBrowser", "Samsung Internet", "Firefox", "Firefox", "FxiOS", "Firefox", "CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari")
	system := first("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS", "Mac", "Linux", "Linux")
	return strings.Trim(browser+" · "+system, " ·")
}
