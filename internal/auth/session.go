package auth

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// A session ends when it was not used for sessionIdle, and always after
// sessionLife.
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 30 * 24 * time.Hour
)

// Session is somebody signed in.
type Session struct {
	// Token belongs in a cookie and nowhere else; the database keeps its hash.
	Token string
	Staff Staff
	// Expires is when it ends however much it is used.
	Expires time.Time
}

// SignIn is a try to sign in.
type SignIn struct {
	Email, Password string
	// Address is where it comes from, with or without a port.
	Address string
	// Replaces is the token that the browser held before, if any; that session
	// ends.
	Replaces string
}

// SignIn opens a session under a new token. It refuses with "sign_in_refused"
// whatever was wrong, after the same work, and with "too_many_tries" when the
// account or the address tried too often.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Session, error) {
	tries := attempts(in.Email, in.Address)
	if err := s.charge(ctx, tooManyTries, tries); err != nil {
		return Session{}, err
	}
	who, err := staffByEmail(ctx, s.d.Reader(), in.Email)
	if err != nil {
		return Session{}, err
	}
	ok, stale, err := s.hasher.verify(ctx, in.Password, who.hash)
	if err != nil {
		return Session{}, err
	}
	if !ok || who.Disabled {
		return Session{}, s.refuse(ctx, who)
	}
	return s.admit(ctx, in, who, stale, tries)
}

// refuse leaves a trace of a failed try, of an unknown account too, so that
// both take as long.
func (s *Service) refuse(ctx context.Context, who Staff) error {
	e := Entry{Action: "staff.sign_in_refused"}
	if who.ID != 0 {
		e.Subject = who.ID.In(id.Staff)
	}
	err := s.d.InTx(ctx, func(tx *db.Tx) error { return Record(ctx, tx, System("sign-in"), e) })
	if err != nil {
		return err
	}
	return fault.Refused("sign_in_refused", "the e-mail or the password is wrong")
}

func (s *Service) admit(ctx context.Context, in SignIn, who Staff, stale bool, tries []Attempt) (Session, error) {
	hash := who.hash
	if stale {
		var err error
		if hash, err = s.hasher.hash(ctx, in.Password); err != nil {
			return Session{}, err
		}
	}
	var session Session
	err := s.change(ctx, who.ID, func(tx *db.Tx, now Staff) error {
		if now.Disabled || now.hash != who.hash { // changed since it was looked at
			return fault.Refused("sign_in_refused", "the e-mail or the password is wrong")
		}
		if err := setPassword(ctx, tx, who.ID, hash); err != nil {
			return err
		}
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		if err := deleteSession(ctx, tx, hashToken(in.Replaces)); err != nil {
			return err
		}
		var err error
		session, err = s.open(ctx, tx, now)
		return err
	})
	return session, err
}

// open makes a session within the caller's transaction.
func (s *Service) open(ctx context.Context, tx *db.Tx, who Staff) (Session, error) {
	token, hash := newToken()
	now := s.now()
	if err := insertSession(ctx, tx, hash, who.ID, now); err != nil {
		return Session{}, err
	}
	if err := Record(ctx, tx, who.Actor(), staffEntry("staff.sign_in", who)); err != nil {
		return Session{}, err
	}
	return Session{Token: token, Staff: who, Expires: now.Add(sessionLife)}, nil
}

// Session returns the open session of a token, with the roles held now; it
// refuses with "not_signed_in". It asks the database each time, so what is
// revoked anywhere ends everywhere at once.
func (s *Service) Session(ctx context.Context, token string) (Session, error) {
	now := s.now()
	hash := hashToken(token)
	found, err := findSession(ctx, s.d.Reader(), hash)
	if err != nil {
		return Session{}, err
	}
	ends := found.created.Add(sessionLife)
	if found.staff.ID == 0 || found.staff.Disabled || !now.Before(ends) || !now.Before(found.seen.Add(sessionIdle)) {
		return Session{}, fault.Refused("not_signed_in", "you are not signed in, or were away too long; sign in again")
	}
	if now.Sub(found.seen) >= flushEvery {
		s.sightings.session(hash, now)
	}
	return Session{Token: token, Staff: found.staff, Expires: ends}, nil
}

// SignOut ends the session of a token; one that is not open is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	hash := hashToken(token)
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		found, err := findSession(ctx, tx, hash)
		if err != nil || found.staff.ID == 0 {
			return err
		}
		if err := deleteSession(ctx, tx, hash); err != nil {
			return err
		}
		return Record(ctx, tx, found.staff.Actor(), staffEntry("staff.sign_out", found.staff))
	})
}

// SignOutEverywhere ends every session of a staff member. They may do it
// themselves; for others it needs what Disable needs.
func (s *Service) SignOutEverywhere(ctx context.Context, a Actor, staff id.ID) error {
	return s.change(ctx, staff, func(tx *db.Tx, who Staff) error {
		if !a.is(who) {
			if err := a.mayManage(who.Roles); err != nil {
				return err
			}
		}
		if err := deleteSessions(ctx, tx, staff); err != nil {
			return err
		}
		return Record(ctx, tx, a, staffEntry("staff.sign_out_everywhere", who))
	})
}

func (a Actor) is(who Staff) bool { return a.Kind == KindStaff && a.ID == who.ID }

// ChangePassword sets a new password for the acting staff member, who proves
// the present one, ends every session of theirs and opens a new one.
func (s *Service) ChangePassword(ctx context.Context, a Actor, present, password string) (Session, error) {
	who, err := s.self(ctx, a)
	if err != nil {
		return Session{}, err
	}
	if err := checkPassword(password, who.Email); err != nil {
		return Session{}, err
	}
	tries := attempts(who.Email, "")[:1]
	if err := s.charge(ctx, tooManyTries, tries); err != nil {
		return Session{}, err
	}
	ok, _, err := s.hasher.verify(ctx, present, who.hash)
	if err != nil {
		return Session{}, err
	}
	if !ok {
		return Session{}, fault.Refused("password_wrong", "the present password is wrong").At("/present")
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Session{}, err
	}
	var session Session
	err = s.change(ctx, who.ID, func(tx *db.Tx, now Staff) error {
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		if err := Record(ctx, tx, a, staffEntry("staff.change_password", now)); err != nil {
			return err
		}
		session, err = s.enter(ctx, tx, now, hash)
		return err
	})
	return session, err
}

func (s *Service) self(ctx context.Context, a Actor) (Staff, error) {
	if a.Kind != KindStaff {
		return Staff{}, fault.Refused("staff_only", "only staff have a password")
	}
	return staffByID(ctx, s.d.Reader(), a.ID)
}

// enter sets a password, ends every access that went by the one before, and
// opens a session.
func (s *Service) enter(ctx context.Context, tx *db.Tx, who Staff, hash string) (Session, error) {
	if err := setPassword(ctx, tx, who.ID, hash); err != nil {
		return Session{}, err
	}
	if err := endAccess(ctx, tx, who.ID); err != nil {
		return Session{}, err
	}
	return s.open(ctx, tx, who)
}
