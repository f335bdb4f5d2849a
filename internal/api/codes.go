package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/promo"
)

func (s *server) addCodes() {
	read(s, operation{
		id: "get-code", method: http.MethodGet, path: "/v1/codes/{code}", tag: tagCodes, needs: needs(auth.CodesRead),
		summary: "Get a code with every step of its life",
	}, s.getCode)
	write(s, operation{
		id: "cancel-code", method: http.MethodPost, path: "/v1/codes/{code}/cancel", tag: tagCodes, needs: needs(auth.CodesWrite),
		summary: "Cancel a code of which something is left, for good",
	}, s.cancelCode, s.showCode)
	for _, m := range marks {
		write(s, operation{
			id: m.id, method: http.MethodPost, path: "/v1/codes/{code}/" + string(m.move), tag: tagCodes, needs: needs(auth.CodesWrite),
			summary: m.summary, text: m.text,
		}, s.mark(m), s.showCode)
	}
	read(s, operation{
		id: "list-codes-due", method: http.MethodGet, path: "/v1/code-reminders", tag: tagCodes, needs: needs(auth.CodesWrite),
		summary: "List codes of which somebody can be reminded, the soonest first",
		text: "Those that expire soon, that somebody has (personal or delivered ones), and of which nothing was used, cancelled or reminded yet. " +
			"Mark a code as reminded before you send: of two who do so at once one is refused. Whoever has a code can use it, so the list needs codes:write.",
	}, s.listCodesDue)
	read(s, operation{
		id: "list-member-codes", method: http.MethodGet, path: "/v1/members/{member}/codes", tag: tagCodes, needs: needs(auth.MembersRead, auth.CodesRead),
		summary: "List a member's personal codes, the latest first",
	}, s.listMemberCodes)
}

// codeIn names a code in an address.
type codeIn struct {
	Code codeText `path:"code"`
}

type codeText string

// Schema describes it for the document.
func (codeText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "The code, however it is typed: capitals, spaces and dashes do not count.", Examples: []any{"MAY-7Q4KX2ND"}}
}

// ofCode places the failure of an address that names no code.
func ofCode(err error) error {
	if f := fault.As(err); f != nil && f.Code == "unknown_code" {
		return param("code", err)
	}
	return err
}

func (s *server) getCode(ctx context.Context, c *call, in *codeIn) (codeView, error) {
	h, err := s.Offers.Code(ctx, c.actor, c.programme(), string(in.Code))
	if err != nil {
		return codeView{}, ofCode(err)
	}
	return c.life(h), nil
}

func (s *server) showCode(ctx context.Context, c *call, subject string) (codeView, error) {
	h, err := s.Offers.Code(ctx, watcher, c.programme(), subject)
	if err != nil {
		return codeView{}, err
	}
	return c.life(h), nil
}

func (s *server) cancelCode(ctx context.Context, c *call, in *codeIn, body *cancellation) (string, error) {
	text := promo.NormaliseCode(string(in.Code))
	return text, ofCode(s.Offers.CancelCode(ctx, c.actor, c.programme(), text, body.Reason))
}

// mark is a step of a code's life that other systems tell of.
type mark struct {
	id, summary, text string
	move              promo.CodeMove
	write             func(context.Context, *db.Tx, []promo.CodeMark) error
}

var marks = []mark{
	{
		"mark-code-delivered", "Say that a code was handed over", "The first time counts; later ones change nothing.",
		promo.MoveDelivered, promo.MarkDelivered,
	},
	{
		"mark-code-seen", "Say that a code was looked at", "The first time counts; later ones change nothing.",
		promo.MoveSeen, promo.MarkSeen,
	},
	{
		"mark-code-reminded", "Say that a reminder of a code goes out", "Refused when one did before, or when there is nothing to be reminded of any more: then send none.",
		promo.MoveReminded, markReminded,
	},
}

func markReminded(ctx context.Context, tx *db.Tx, asked []promo.CodeMark) error {
	fresh, err := promo.MarkReminded(ctx, tx, asked)
	if err == nil && len(fresh) < len(asked) {
		err = fault.Conflict("code_not_due", "no reminder of this code is due: one went out before, or the code cannot be used any more")
	}
	return err
}

// marked says how it happened.
type marked struct {
	At      time.Time `json:"at,omitzero" doc:"When; now when left out." example:"2026-05-02T08:00:00Z"`
	Channel string    `json:"channel,omitempty" maxLength:"40" doc:"By which way." example:"email"`
}

// mark returns the verb that notes the step. The step names its key, and is its
// own entry in the audit trail.
func (s *server) mark(m mark) func(context.Context, *call, *codeIn, *marked) (string, error) {
	return func(ctx context.Context, c *call, in *codeIn, body *marked) (string, error) {
		if err := c.can(auth.CodesWrite); err != nil {
			return "", err
		}
		now := s.Now()
		at := body.At
		if at.IsZero() {
			at = now
		}
		if at.After(now.Add(time.Minute)) {
			return "", fault.Invalid("absurd_time", "%s is in the future; send the time at which it happened", at.UTC().Format(time.RFC3339)).
				At("/at").With("time", at.UTC().Format(time.RFC3339))
		}
		text := promo.NormaliseCode(string(in.Code))
		one := promo.CodeMark{ProgrammeID: c.programme(), Text: text, At: db.Time(db.Micros(at)), Channel: body.Channel, Actor: c.actor.String()}
		err := s.DB.InTx(ctx, func(tx *db.Tx) error { return m.write(ctx, tx, []promo.CodeMark{one}) })
		return text, ofCode(err)
	}
}

type dueIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	Days   string `query:"days" doc:"Within how many days they expire; 7 when left out, 90 at most." example:"7"`
}

const (
	usualDue = 7
	mostDue  = 90
)

// within reads the days.
func (in *dueIn) within() (time.Duration, error) {
	if in.Days == "" {
		return usualDue * 24 * time.Hour, nil
	}
	n, err := strconv.Atoi(in.Days)
	if err != nil || n < 1 || n > mostDue {
		return 0, param("days", fault.Invalid("json_number_range", "the number must be between 1 and %d", mostDue).With("least", 1).With("most", mostDue))
	}
	return time.Duration(n) * 24 * time.Hour, nil
}

func (s *server) listCodesDue(ctx context.Context, c *call, in *dueIn) (page[codeView], error) {
	if err := c.can(auth.CodesWrite); err != nil {
		return page[codeView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[codeView]{}, err
	}
	within, err := in.within()
	if err != nil {
		return page[codeView]{}, err
	}
	after, err := s.dueAfter(ctx, c, in.Cursor)
	if err != nil {
		return page[codeView]{}, err
	}
	list, err := promo.DueReminders(ctx, s.DB.Reader(), c.programme(), s.Now(), within, after, size+1)
	return paged(inDue, list, size, c.code, func(k *promo.Code) []int64 { return []int64{int64(k.ID), db.Micros(k.Expires)} }), err
}

// dueAfter returns where a page ended. The cursor names the code by its id, for
// it may be kept where the code itself should not.
func (s *server) dueAfter(ctx context.Context, c *call, at cursor) (promo.DueCursor, error) {
	n, err := inDue.read(at, 2)
	if err != nil || n[0] == 0 {
		return promo.DueCursor{}, err
	}
	last := id.ID(n[0])
	found, err := promo.LoadCodesByID(ctx, s.DB.Reader(), c.programme(), []id.ID{last})
	if err != nil {
		return promo.DueCursor{}, err
	}
	if found[last] == nil {
		return promo.DueCursor{}, badCursor()
	}
	return promo.DueCursor{Expires: db.Time(n[1]), Text: found[last].Text}, nil
}

type memberCodes struct {
	Items []codeView `json:"items" nullable:"false"`
}

func (s *server) listMemberCodes(ctx context.Context, c *call, in *memberIn) (memberCodes, error) {
	list := memberCodes{Items: []codeView{}}
	for _, p := range []auth.Permission{auth.MembersRead, auth.CodesRead} {
		if err := c.can(p); err != nil {
			return list, err
		}
	}
	m, err := in.Member.id()
	if err != nil {
		return list, err
	}
	aliases, err := s.aliases(ctx, c, m)
	if err != nil {
		return list, err
	}
	codes, err := promo.CodesOf(ctx, s.DB.Reader(), c.programme(), aliases)
	for _, k := range codes {
		list.Items = append(list.Items, c.code(k))
	}
	return list, err
}

// survivor returns the member of the programme that the text names, also by the
// id of a profile that was merged into theirs; not one who was erased.
func (s *server) survivor(ctx context.Context, c *call, shown string) (id.ID, error) {
	m, err := id.Parse(id.Member, shown)
	if err != nil {
		return 0, err
	}
	who, err := member.Of(ctx, s.DB.Reader(), c.programme(), m)
	switch {
	case err != nil:
		return 0, err
	case who.Status == member.Erased:
		return 0, member.Gone(who.ID)
	}
	return who.ID, nil
}
