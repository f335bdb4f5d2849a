package guest

import (
	"context"
	"log/slog"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

// A code may be used once, for codeLife, and tried maxTries times.
const (
	codeLife = 10 * time.Minute
	maxTries = 5
	// sendFor bounds how long handing a code to the courier may take.
	sendFor = 30 * time.Second
)

// purpose is what a code is good for.
type purpose string

const (
	toSignIn purpose = "sign_in"
	// toProve shows that whoever is signed in still holds the address.
	toProve purpose = "prove"
	// toAdd shows that the customer holds an address that they want to add.
	toAdd purpose = "add"
)

func purposeOf(text string) purpose { return purpose(text) }

// code is one that was asked for, as it is kept.
type code struct {
	// hash is of the browser's secret, code of that and the digits, link of the
	// link's token, address of that and what is to be added.
	hash, code, link, address string
	programme, member         id.ID
	purpose                   purpose
	tries                     int64
	expires                   time.Time
}

func (c code) good(now time.Time) bool {
	return c.hash != "" && c.tries < maxTries && now.Before(c.expires)
}

// ask is a code that somebody asks for.
type ask struct {
	programme id.ID
	// slug names the programme in the link.
	slug    string
	purpose purpose
	// member is whose code it is; 0 when the address is nobody's, and then
	// nothing is sent.
	member id.ID
	to     member.Identity
	// from is where the request comes from.
	from string
}

// issue makes a code and hands it to the courier. It returns the secret that
// the browser keeps. Whether anybody is known by the address shows neither in
// the answer nor in how long it takes: the courier works aside.
func (g *Guest) issue(ctx context.Context, a ask) (secret string, err error) {
	if err := g.charge(ctx, asking(a.programme, a.to.Value, a.from)...); err != nil {
		return "", err
	}
	shown, err := newCode()
	if err != nil {
		return "", err
	}
	secret, link := newToken(), newToken()
	kept := code{
		hash: hashOf(secret), code: hashOf(secret, shown), link: hashOf(link), programme: a.programme, member: a.member,
		purpose: a.purpose, expires: g.Now().Add(codeLife),
	}
	if a.purpose == toAdd {
		kept.address = hashOf(secret, a.to.Value)
	}
	if err := g.DB.InTx(ctx, func(tx *db.Tx) error { return insertCode(ctx, tx, kept) }); err != nil {
		return "", err
	}
	if a.member != 0 {
		path := ""
		if a.purpose == toSignIn {
			path = "/me/" + a.slug + "/link/" + link
		}
		g.send(context.WithoutCancel(ctx), a, shown, path)
	}
	return secret, nil
}

func (g *Guest) send(ctx context.Context, a ask, shown, path string) {
	g.sending.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, sendFor)
		defer cancel()
		if err := g.Courier.SendCode(ctx, a.programme, a.member, a.to, shown, path); err != nil {
			g.Log.ErrorContext(ctx, "sending a code", "err", err, slog.String("member", a.member.In(id.Member)))
		}
	})
}

// use tries a code that was typed and uses it up if it is right; then it does
// what it was for in the same transaction. Whatever is wrong is refused with
// "guest_code_wrong", with the same words.
func (g *Guest) use(ctx context.Context, t try, do func(tx *db.Tx, c code) error) error {
	if err := g.charge(ctx, trying(t.from)); err != nil {
		return err
	}
	right := false
	err := g.DB.InTx(ctx, func(tx *db.Tx) error {
		c, err := findCode(ctx, tx, t.programme, "hash", hashOf(t.secret), tx.ForUpdate())
		if err != nil || !c.good(g.Now()) || c.purpose != t.purpose {
			return err
		}
		if !same(c.code, hashOf(t.secret, t.typed)) || c.member == 0 || c.member != t.member && t.purpose != toSignIn {
			return countTry(ctx, tx, c.hash) // committed: the refusal comes after
		}
		right = true
		if _, err := deleteCode(ctx, tx, c.hash); err != nil {
			return err
		}
		return do(tx, c)
	})
	if err == nil && !right {
		return codeWrong()
	}
	return err
}

// try is a code that somebody typed.
type try struct {
	programme     id.ID
	purpose       purpose
	secret, typed string
	// member is who is signed in; 0 to sign in.
	member id.ID
	from   string
}

func codeWrong() *fault.Error {
	return fault.Refused("guest_code_wrong", "the code is wrong, was used, or is older than 10 minutes; type it again or ask for a new one").At("/code")
}

func linkSpent() *fault.Error {
	return fault.Missing("guest_link_spent", "the link was used or is older than 10 minutes; ask for a new one")
}

// linked reports whether a link can still be used. It does not use it up, as
// mail programs look at links before people do.
func (g *Guest) linked(ctx context.Context, programme id.ID, token string) error {
	c, err := findCode(ctx, g.DB.Reader(), programme, "link", hashOf(token), "")
	if err == nil && (!c.good(g.Now()) || c.member == 0 || c.purpose != toSignIn) {
		return linkSpent()
	}
	return err
}

// follow signs in by a link and returns the session's token.
func (g *Guest) follow(ctx context.Context, programme id.ID, token, device string) (string, error) {
	var opened string
	err := g.DB.InTx(ctx, func(tx *db.Tx) error {
		c, err := findCode(ctx, tx, programme, "link", hashOf(token), tx.ForUpdate())
		if err != nil {
			return err
		}
		if !c.good(g.Now()) || c.member == 0 || c.purpose != toSignIn {
			return linkSpent()
		}
		if _, err := deleteCode(ctx, tx, c.hash); err != nil {
			return err
		}
		opened, err = g.admit(ctx, tx, c, device)
		return err
	})
	return opened, err
}

// admit opens a session for whom a code was sent to, unless they were erased
// since.
func (g *Guest) admit(ctx context.Context, tx *db.Tx, c code, device string) (string, error) {
	found, err := member.Load(ctx, tx, []id.ID{c.member}, true)
	if err != nil {
		return "", err
	}
	who := found[c.member]
	if who == nil || who.Status == member.Erased {
		return "", codeWrong()
	}
	return g.open(ctx, tx, c.programme, who.ID, device)
}
