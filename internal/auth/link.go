package auth

import (
	"context"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// linkLife is how long a one-time link may be used.
const linkLife = 24 * time.Hour

// firstOwner stands for the staff member who is not there yet.
const firstOwner id.ID = 0

// Link is what an unused one-time link is for.
type Link struct {
	// FirstOwner is true when it makes the installation's first owner, who
	// gives e-mail and name; otherwise Staff sets a password.
	FirstOwner bool
	Staff      Staff
	Expires    time.Time
}

// Acceptance uses a one-time link.
type Acceptance struct {
	Token, Password string
	// Email, Name and Language are the first owner's.
	Email, Name string
	Language    i18n.Lang
}

// FirstRunLink returns the token of a link that makes the first owner, or an
// empty text when there is one. Only the latest such link is good.
func (s *Service) FirstRunLink(ctx context.Context) (string, error) {
	var token string
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		owned, err := anyOwner(ctx, tx)
		if err != nil || owned {
			return err
		}
		token, err = s.newLink(ctx, tx, firstOwner)
		return err
	})
	return token, err
}

// NewLink returns the token of a link by which a staff member sets a password,
// the first or a new one; an earlier link ends. It needs what Disable needs.
func (s *Service) NewLink(ctx context.Context, a Actor, staff id.ID) (string, error) {
	var token string
	err := s.change(ctx, staff, func(tx *db.Tx, who Staff) error {
		if err := a.mayManage(who.Roles); err != nil {
			return err
		}
		if who.Disabled {
			return fault.Refused("staff_disabled", "this person is kept from signing in; let them in again first")
		}
		var err error
		if token, err = s.newLink(ctx, tx, staff); err != nil {
			return err
		}
		return Record(ctx, tx, a, staffEntry("staff.link", who))
	})
	return token, err
}

func (s *Service) newLink(ctx context.Context, tx *db.Tx, staff id.ID) (string, error) {
	token, hash := newToken()
	return token, putLink(ctx, tx, staff, hash, s.now().Add(linkLife))
}

// ReadLink says what a link is for without using it; it refuses with
// "link_used_up".
func (s *Service) ReadLink(ctx context.Context, token string) (Link, error) {
	staff, expires, err := findLink(ctx, s.d.Reader(), hashToken(token))
	if err != nil {
		return Link{}, err
	}
	if !s.now().Before(expires) {
		return Link{}, usedUp()
	}
	l := Link{FirstOwner: staff == firstOwner, Expires: expires}
	if !l.FirstOwner {
		l.Staff, err = staffByID(ctx, s.d.Reader(), staff)
	}
	return l, err
}

// Accept uses a one-time link: it sets the password, makes the first owner if
// the link is for that, ends every other session of theirs and opens one. Of
// several tries at the same moment one succeeds.
func (s *Service) Accept(ctx context.Context, in Acceptance) (Session, error) {
	link, err := s.ReadLink(ctx, in.Token)
	if err != nil {
		return Session{}, err
	}
	who := link.Staff
	if link.FirstOwner {
		who = Staff{Email: strings.TrimSpace(in.Email), Name: strings.TrimSpace(in.Name), Preferences: Preferences{Language: in.Language}}
		if err := checkPerson(who.Email, who.Name, in.Language); err != nil {
			return Session{}, err
		}
	}
	if err := checkPassword(in.Password, who.Email); err != nil {
		return Session{}, err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return Session{}, err
	}
	var session Session
	err = s.d.InTx(ctx, func(tx *db.Tx) error {
		session, err = s.accept(ctx, tx, in.Token, who, hash)
		return err
	})
	return session, err
}

func (s *Service) accept(ctx context.Context, tx *db.Tx, token string, who Staff, hash string) (Session, error) {
	if who.ID == firstOwner {
		who, err := s.makeOwner(ctx, tx, token, who)
		if err != nil {
			return Session{}, err
		}
		return s.enter(ctx, tx, who, hash)
	}
	who, err := lockStaff(ctx, tx, who.ID) // before the link, as NewLink does
	if err != nil {
		return Session{}, err
	}
	if err := s.useUp(ctx, tx, token); err != nil {
		return Session{}, err
	}
	if err := Record(ctx, tx, who.Actor(), staffEntry("staff.accept", who)); err != nil {
		return Session{}, err
	}
	return s.enter(ctx, tx, who, hash)
}

func (s *Service) useUp(ctx context.Context, tx *db.Tx, token string) error {
	used, err := takeLink(ctx, tx, hashToken(token), s.now())
	if err != nil {
		return err
	}
	if !used {
		return usedUp()
	}
	return nil
}

// makeOwner makes the first owner. The link of nobody is one row, which this
// transaction holds, so no second first owner can come between.
func (s *Service) makeOwner(ctx context.Context, tx *db.Tx, token string, who Staff) (Staff, error) {
	if err := s.useUp(ctx, tx, token); err != nil {
		return Staff{}, err
	}
	owned, err := anyOwner(ctx, tx)
	if err != nil {
		return Staff{}, err
	}
	if owned {
		return Staff{}, usedUp()
	}
	who.ID = tx.IDs().New()
	who.Created = who.ID.Time()
	who.Roles = []Assignment{{Role: Owner}}
	added, err := insertStaff(ctx, tx, who)
	if err != nil {
		return Staff{}, err
	}
	if !added {
		return Staff{}, fault.Conflict("email_taken", "somebody with this e-mail already works here; take another").At("/email")
	}
	if err := putRole(ctx, tx, who.ID, who.Roles[0]); err != nil {
		return Staff{}, err
	}
	return who, Record(ctx, tx, who.Actor(), staffEntry("staff.first_owner", who))
}

func usedUp() error {
	return fault.Refused("link_used_up", "this link was used, replaced by a newer one, or is older than 24 hours; ask for a new one")
}
