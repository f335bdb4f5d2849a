package guest

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/web"
)

// formLife is how long it is known that a form was sent; a page that was left
// open for longer is told how things stand instead.
const formLife = sessionIdle

// maxNonce bounds the name that a form brings of itself.
const maxNonce = 64

// nonce names a form that is about to be shown.
func nonce() string { return rand.Text() }

// formPace bounds what one customer does by forms; a repetition of what was done
// costs nothing.
var formPace = auth.Pace{Burst: 20, Every: 10 * time.Second}

// once does what a form asks for, unless the same form was done before: sent
// twice it is answered alike. What was refused may be sent again. The verbs
// themselves bear two at the same moment.
func (g *Guest) once(v *visit, what string, do func() error) error {
	name := v.field("nonce")
	if name == "" || len(name) > maxNonce {
		return fault.Invalid("guest_form", "the form cannot be read; send it again")
	}
	name = what + ":" + name
	sent, err := formSent(v.ctx(), g.DB.Reader(), v.who.ID, name)
	if sent || err != nil {
		return err
	}
	if err := g.charge(v.ctx(), auth.Attempt{Subject: "form of:" + v.who.ID.In(id.Member), Pace: formPace}); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return g.DB.InTx(v.ctx(), func(tx *db.Tx) error { return noteForm(v.ctx(), tx, v.who.ID, name, v.now) })
}

func formSent(ctx context.Context, q db.Queryer, m id.ID, name string) (bool, error) {
	var n int64
	err := q.QueryRow(ctx, `SELECT CAST(COUNT(*) AS BIGINT) FROM guest_form WHERE member_id = $1 AND name = $2`, m, name).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("reading whether a form was sent: %w", err)
	}
	return n > 0, nil
}

func noteForm(ctx context.Context, tx *db.Tx, m id.ID, name string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO guest_form (member_id, name, made) VALUES ($1, $2, $3) ON CONFLICT (member_id, name) DO NOTHING`, m, name, db.Micros(now))
	if err != nil {
		return fmt.Errorf("noting that a form was sent: %w", err)
	}
	return nil
}

// refused shows a page again with why something could not be done above it.
func (v *visit) refused(err error, page func(why string) component) error {
	return v.mend(err, func(errs web.FormErrors) component {
		for _, said := range errs {
			return page(said)
		}
		return page("")
	})
}
