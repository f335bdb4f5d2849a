package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
)

// userCmd is what can be done with staff from the command line, by whoever may
// open the data: it needs nobody's password.
type userCmd struct {
	List    userListCmd    `cmd:"" help:"List the staff with their roles."`
	Add     userAddCmd     `cmd:"" help:"Add somebody and print a one-time link by which they set their password."`
	Role    userRoleCmd    `cmd:"" help:"Give somebody a role in place of the one they hold there; none takes it away."`
	Disable userDisableCmd `cmd:"" help:"Keep somebody from signing in, and end their sessions."`
	Enable  userEnableCmd  `cmd:"" help:"Let somebody sign in again."`
	Link    userLinkCmd    `cmd:"" help:"Print a one-time link by which somebody sets a new password."`
}

// Help shows examples.
func (userCmd) Help() string {
	return `Roles: owner, manager, marketer, agent, till, read_only. Every change stands in the audit trail.
Beside a running server the server makes it.

Examples:
  regulars user list
  regulars user add ann@example.com --name "Ann Bell" --role manager
  regulars user add boss@example.com --name "The boss" --role owner --everywhere
  regulars user role ann@example.com agent --programme coffee
  regulars user link ann@example.com --url https://loyalty.example.com
  regulars user disable ann@example.com`
}

// operator is who acts by the command line.
func operator() auth.Actor { return auth.System("command line") }

// where says in which programme a role holds.
type where struct {
	Programme  string `help:"Slug of the programme; not needed where there is one." placeholder:"SLUG" xor:"where"`
	Everywhere bool   `help:"In every programme, and over the installation itself." xor:"where"`
}

func (w where) id(ctx context.Context, h *house) (id.ID, error) {
	if w.Everywhere {
		return 0, nil
	}
	p, err := h.programme(ctx, w.Programme)
	return p.ID, err
}

// link says how a one-time link is written and how long it is good.
type link struct {
	URL string `help:"Address under which the console is reached." default:"http://127.0.0.1:8080" env:"REGULARS_URL" name:"url"`
}

func (l link) of(token string) string { return strings.TrimRight(l.URL, "/") + "/start/" + token }

// change runs fn on the data, in the server that holds the folder if there is
// one.
func (p place) change(ctx context.Context, s streams, line commandLine, fn func(h *house) error) (err error) {
	h, err := p.open(ctx, s.err)
	if inUse(err) {
		return p.delegate(ctx, s, err, line)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return fn(h)
}

// staff returns the member of staff with the e-mail address.
func (h *house) staff(ctx context.Context, email string) (auth.Staff, error) {
	all, err := h.auth.ListStaff(ctx, operator(), 0)
	if err != nil {
		return auth.Staff{}, err
	}
	i := slices.IndexFunc(all, func(s auth.Staff) bool { return strings.EqualFold(s.Email, strings.TrimSpace(email)) })
	if i < 0 {
		return auth.Staff{}, fault.Invalid("unknown_email", "nobody works here under %s; regulars user list shows who does", email)
	}
	return all[i], nil
}

// onePerson is a command about somebody who works here already.
type onePerson struct {
	place
	Email string `arg:"" help:"E-mail address of the member of staff."`
}

// tell changes something about the person and says what was done.
func (o onePerson) tell(ctx context.Context, s streams, line commandLine, fn func(h *house, who auth.Staff) (string, error)) error {
	return o.change(ctx, s, line, func(h *house) error {
		who, err := h.staff(ctx, o.Email)
		if err != nil {
			return err
		}
		said, err := fn(h, who)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.out, said)
		return err
	})
}

type userAddCmd struct {
	place
	where
	link
	Email    string `arg:"" help:"E-mail address, by which they sign in."`
	Name     string `help:"Name, as others see it." required:""`
	Role     string `help:"owner, manager, marketer, agent, till or read_only." enum:"owner,manager,marketer,agent,till,read_only" required:""`
	Language string `help:"Language of the pages: en, ru or pl; the browser's when left out." enum:",en,ru,pl" default:""`
	JSON     bool   `help:"Print the result as JSON." name:"json"`
}

// added is what the command prints. The link is missing when the person works
// here already and was only given the role.
type added struct {
	Staff string `json:"staff"`
	Email string `json:"email"`
	Link  string `json:"link,omitempty"`
}

// Run adds somebody to the staff.
func (c *userAddCmd) Run(ctx context.Context, s streams, line commandLine) error {
	return c.change(ctx, s, line, func(h *house) error {
		programme, err := c.id(ctx, h)
		if err != nil {
			return err
		}
		who, token, err := h.auth.Invite(ctx, operator(), auth.Invitation{
			Email: c.Email, Name: c.Name, Language: i18n.Lang(c.Language), Roles: []auth.Assignment{{ProgrammeID: programme, Role: auth.Role(c.Role)}},
		})
		if err != nil {
			return err
		}
		result := added{Staff: who.ID.In(id.Staff), Email: who.Email}
		if token != "" {
			result.Link = c.of(token)
		}
		if c.JSON {
			return printJSON(s.out, result)
		}
		if result.Link == "" {
			_, err = fmt.Fprintf(s.out, "%s works here already and has the role now\n", who.Email)
			return err
		}
		return sayLink(s.out, who, result.Link)
	})
}

func sayLink(w io.Writer, who auth.Staff, link string) error {
	_, err := fmt.Fprintf(w, "%s sets a password here (this link works once):\n%s\n", who.Email, link)
	return err
}

type userLinkCmd struct {
	onePerson
	link
	JSON bool `help:"Print the result as JSON." name:"json"`
}

// Run makes a new link; an earlier one ends.
func (c *userLinkCmd) Run(ctx context.Context, s streams, line commandLine) error {
	return c.change(ctx, s, line, func(h *house) error {
		who, err := h.staff(ctx, c.Email)
		if err != nil {
			return err
		}
		token, err := h.auth.NewLink(ctx, operator(), who.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, added{Staff: who.ID.In(id.Staff), Email: who.Email, Link: c.of(token)})
		}
		return sayLink(s.out, who, c.of(token))
	})
}

type userRoleCmd struct {
	onePerson
	where
	Role string `arg:"" help:"owner, manager, marketer, agent, till, read_only or none." enum:"owner,manager,marketer,agent,till,read_only,none"`
}

// Run changes the role.
func (c *userRoleCmd) Run(ctx context.Context, s streams, line commandLine) error {
	return c.tell(ctx, s, line, func(h *house, who auth.Staff) (string, error) {
		programme, err := c.id(ctx, h)
		if err != nil {
			return "", err
		}
		if c.Role == "none" {
			return who.Email + " has no role there any more", h.auth.Unassign(ctx, operator(), who.ID, programme)
		}
		role := auth.Assignment{ProgrammeID: programme, Role: auth.Role(c.Role)}
		return who.Email + " is " + c.Role + " now", h.auth.Assign(ctx, operator(), who.ID, role)
	})
}

type userDisableCmd struct{ onePerson }

// Run keeps somebody from signing in.
func (c *userDisableCmd) Run(ctx context.Context, s streams, line commandLine) error {
	return c.tell(ctx, s, line, func(h *house, who auth.Staff) (string, error) {
		return who.Email + " cannot sign in any more", h.auth.Disable(ctx, operator(), who.ID)
	})
}

type userEnableCmd struct{ onePerson }

// Run lets somebody sign in again.
func (c *userEnableCmd) Run(ctx context.Context, s streams, line commandLine) error {
	return c.tell(ctx, s, line, func(h *house, who auth.Staff) (string, error) {
		return who.Email + " can sign in again", h.auth.Enable(ctx, operator(), who.ID)
	})
}

type userListCmd struct {
	place
	JSON bool `help:"Print a JSON list." name:"json"`
}

// listedRole is a role as it is listed; the programme "*" stands for all.
type listedRole struct {
	Programme string `json:"programme"`
	Role      string `json:"role"`
}

type listedUser struct {
	Staff   string       `json:"staff"`
	Email   string       `json:"email"`
	Name    string       `json:"name"`
	State   string       `json:"state"` // active, invited or disabled
	Roles   []listedRole `json:"roles"`
	Created time.Time    `json:"created"`
}

// Run lists the staff, beside a running server if there is one.
func (c *userListCmd) Run(ctx context.Context, s streams) (err error) {
	h, err := c.look(ctx, s.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	staff, err := h.auth.ListStaff(ctx, operator(), 0)
	if err != nil {
		return err
	}
	programmes, err := program.List(ctx, h.db.Reader())
	if err != nil {
		return err
	}
	slugs := map[id.ID]string{0: "*"}
	for _, p := range programmes {
		slugs[p.ID] = p.Slug
	}
	list := make([]listedUser, len(staff))
	for i, who := range staff {
		list[i] = listUser(who, slugs)
	}
	if c.JSON {
		return printJSON(s.out, list)
	}
	return printUsers(s.out, list)
}

func listUser(who auth.Staff, slugs map[id.ID]string) listedUser {
	u := listedUser{Staff: who.ID.In(id.Staff), Email: who.Email, Name: who.Name, State: "active", Roles: []listedRole{}, Created: who.Created}
	switch {
	case who.Disabled:
		u.State = "disabled"
	case who.Invited:
		u.State = "invited"
	}
	for _, r := range who.Roles {
		u.Roles = append(u.Roles, listedRole{slugs[r.ProgrammeID], string(r.Role)})
	}
	return u
}

func printUsers(w io.Writer, list []listedUser) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, u := range list {
		roles := make([]string, len(u.Roles))
		for i, r := range u.Roles {
			roles[i] = r.Programme + ":" + r.Role
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", u.Email, u.Name, u.State, strings.Join(roles, " "))
	}
	return table.Flush()
}
