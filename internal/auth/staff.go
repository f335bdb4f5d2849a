package auth

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Staff is somebody who works with the programmes.
type Staff struct {
	ID    id.ID
	Email string
	Name  string
	// Invited is true until a first password is set.
	Invited  bool
	Disabled bool
	Roles    []Assignment
	Preferences
	Created time.Time

	hash string
}

// Preferences are how somebody wants to see the pages.
type Preferences struct {
	// Language is empty for the browser's.
	Language i18n.Lang
	// Theme is "light", "dark" or empty for the machine's.
	Theme string
}

// Invitation asks somebody to join the staff.
type Invitation struct {
	Email, Name string
	Language    i18n.Lang
	Roles       []Assignment
}

const (
	maxEmail = 254
	maxName  = 100
)

// Actor returns the staff member as an actor.
func (s Staff) Actor() Actor {
	return Actor{Kind: KindStaff, ID: s.ID, Name: s.Name, Roles: s.Roles}
}

// ListStaff returns the staff with a role in the programme, or in every
// programme, by name, with those roles alone. Programme 0 lists everybody with
// every role. It needs staff.read.
func (s *Service) ListStaff(ctx context.Context, a Actor, programme id.ID) ([]Staff, error) {
	if err := a.Can(programme, StaffRead); err != nil {
		return nil, err
	}
	return selectStaff(ctx, s.d.Reader(), programme)
}

// Invite adds somebody to the staff and returns the token of a one-time link
// by which they set their password. Who works here already is only given the
// roles, and no token. It needs staff.write, and every permission of the roles,
// in each programme named.
func (s *Service) Invite(ctx context.Context, a Actor, in Invitation) (Staff, string, error) {
	if err := s.checkInvitation(a, &in); err != nil {
		return Staff{}, "", err
	}
	var staff Staff
	var token string
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		staff = Staff{ID: tx.IDs().New(), Email: in.Email, Name: in.Name, Invited: true, Preferences: Preferences{Language: in.Language}}
		staff.Created = staff.ID.Time()
		added, err := insertStaff(ctx, tx, staff)
		if err != nil {
			return err
		}
		if added {
			if token, err = s.newLink(ctx, tx, staff.ID); err != nil {
				return err
			}
		} else if staff, err = lockStaffByEmail(ctx, tx, in.Email); err != nil {
			return err
		}
		return s.addRoles(ctx, tx, a, &staff, in.Roles)
	})
	return staff, token, err
}

func (s *Service) checkInvitation(a Actor, in *Invitation) error {
	if len(in.Roles) == 0 {
		return fault.Invalid("no_role", "choose at least one role").At("/roles")
	}
	for _, r := range in.Roles {
		if err := a.mayManage([]Assignment{r}); err != nil {
			return err
		}
	}
	in.Email, in.Name = strings.TrimSpace(in.Email), strings.TrimSpace(in.Name)
	return checkPerson(in.Email, in.Name, in.Language)
}

func (s *Service) addRoles(ctx context.Context, tx *db.Tx, a Actor, staff *Staff, roles []Assignment) error {
	for _, r := range roles {
		if slices.ContainsFunc(staff.Roles, func(o Assignment) bool { return o.ProgrammeID == r.ProgrammeID }) {
			return fault.Conflict("email_taken", "somebody with this e-mail already has a role here; change that role instead").At("/email")
		}
		if err := putRole(ctx, tx, staff.ID, r); err != nil {
			return err
		}
		staff.Roles = append(staff.Roles, r)
		if err := Record(ctx, tx, a, roleEntry("staff.invite", *staff, r)); err != nil {
			return err
		}
	}
	return nil
}

// Assign gives a staff member a role in a programme, in place of the one held
// there. It needs what Invite needs, for the old role and for the new.
func (s *Service) Assign(ctx context.Context, a Actor, staff id.ID, r Assignment) error {
	if err := a.mayManage([]Assignment{r}); err != nil {
		return err
	}
	return s.changePowers(ctx, staff, func(tx *db.Tx, who Staff) error {
		if err := leaveRole(ctx, tx, a, who, r.ProgrammeID); err != nil {
			return err
		}
		if err := putRole(ctx, tx, staff, r); err != nil {
			return err
		}
		return Record(ctx, tx, a, roleEntry("staff.assign", who, r))
	})
}

// Unassign takes a staff member's role in a programme away. It needs what
// Invite needs for that role.
func (s *Service) Unassign(ctx context.Context, a Actor, staff, programme id.ID) error {
	if err := a.Can(programme, StaffWrite); err != nil {
		return err
	}
	return s.changePowers(ctx, staff, func(tx *db.Tx, who Staff) error {
		if err := leaveRole(ctx, tx, a, who, programme); err != nil {
			return err
		}
		return Record(ctx, tx, a, roleEntry("staff.unassign", who, Assignment{ProgrammeID: programme}))
	})
}

func leaveRole(ctx context.Context, tx *db.Tx, a Actor, who Staff, programme id.ID) error {
	for _, r := range who.Roles {
		if r.ProgrammeID != programme {
			continue
		}
		if err := a.mayManage([]Assignment{r}); err != nil {
			return err
		}
	}
	return deleteRole(ctx, tx, who.ID, programme)
}

// Disable keeps a staff member from signing in and ends their sessions and
// links. It needs what Invite needs for every role they hold.
func (s *Service) Disable(ctx context.Context, a Actor, staff id.ID) error {
	return s.changePowers(ctx, staff, func(tx *db.Tx, who Staff) error {
		if err := a.mayManage(who.Roles); err != nil {
			return err
		}
		if err := setDisabled(ctx, tx, staff, true); err != nil {
			return err
		}
		if err := endAccess(ctx, tx, staff); err != nil {
			return err
		}
		return Record(ctx, tx, a, staffEntry("staff.disable", who))
	})
}

// Enable lets a disabled staff member sign in again. It needs what Disable
// needs.
func (s *Service) Enable(ctx context.Context, a Actor, staff id.ID) error {
	return s.change(ctx, staff, func(tx *db.Tx, who Staff) error {
		if err := a.mayManage(who.Roles); err != nil {
			return err
		}
		if err := setDisabled(ctx, tx, staff, false); err != nil {
			return err
		}
		return Record(ctx, tx, a, staffEntry("staff.enable", who))
	})
}

// SetPreferences keeps how the acting staff member wants to see the pages.
func (s *Service) SetPreferences(ctx context.Context, a Actor, p Preferences) error {
	if a.Kind != KindStaff {
		return fault.Refused("staff_only", "only staff have preferences")
	}
	if err := checkPreferences(p); err != nil {
		return err
	}
	return s.change(ctx, a.ID, func(tx *db.Tx, who Staff) error {
		if err := setPreferences(ctx, tx, a.ID, p); err != nil {
			return err
		}
		return Record(ctx, tx, a, staffEntry("staff.preferences", who))
	})
}

// change runs fn in a transaction that holds the staff member locked.
func (s *Service) change(ctx context.Context, staff id.ID, fn func(tx *db.Tx, who Staff) error) error {
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		who, err := lockStaff(ctx, tx, staff)
		if err != nil {
			return err
		}
		return fn(tx, who)
	})
}

// changePowers is change, for what may leave nobody who can sign in as owner of
// the installation: that it refuses with "last_owner". It holds the owners'
// roles from the start, so that two owners cannot remove each other at once.
func (s *Service) changePowers(ctx context.Context, staff id.ID, fn func(tx *db.Tx, who Staff) error) error {
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		before, err := lockOwners(ctx, tx)
		if err != nil {
			return err
		}
		who, err := lockStaff(ctx, tx, staff)
		if err != nil {
			return err
		}
		if err := fn(tx, who); err != nil {
			return err
		}
		after, err := countOwners(ctx, tx)
		if err == nil && before > 0 && after == 0 {
			return fault.Refused("last_owner", "this is the last owner; make somebody else an owner first")
		}
		return err
	})
}

func staffEntry(action string, who Staff) Entry {
	return Entry{Action: action, Subject: who.ID.In(id.Staff)}
}

func roleEntry(action string, who Staff, r Assignment) Entry {
	e := staffEntry(action, who)
	e.ProgrammeID = r.ProgrammeID
	if r.Role != "" {
		e.Detail = map[string]any{"role": string(r.Role)}
	}
	return e
}

// fold makes one text of the ways in which an e-mail address may be typed.
func fold(email string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(storable(email))))
}

func checkPerson(email, name string, l i18n.Lang) error {
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > maxEmail {
		return fault.Invalid("malformed_email", "the e-mail address is not of the form name@example.com").At("/email")
	}
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.Invalid("malformed_person_name", "the name takes 1–%d letters, with no line breaks", maxName).At("/name").With("max", maxName)
	}
	return checkPreferences(Preferences{Language: l})
}

func checkPreferences(p Preferences) error {
	if p.Language != "" && !slices.Contains(i18n.Langs(), p.Language) {
		return fault.Invalid("unknown_staff_language", "the pages speak en, ru and pl").At("/language")
	}
	if !slices.Contains([]string{"", "light", "dark"}, p.Theme) {
		return fault.Invalid("unknown_theme", "the theme is light, dark or empty for the machine's own").At("/theme")
	}
	return nil
}
