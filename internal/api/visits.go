package api

import (
	"context"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/standard"
)

func (s *server) addVisits() {
	read(s, operation{
		id: "list-visit-rounds", method: http.MethodGet, path: "/v1/visit-rounds", tag: tagStandards, needs: needs(auth.VisitsPlan), summary: "List draws of mystery visits, the latest first",
	}, func(ctx context.Context, c *call, _ *nothing) (roundList, error) { return s.roundList(ctx, c, c.actor) })
	write(s, operation{
		id: "draw-visits", method: http.MethodPost, path: "/v1/visit-rounds", tag: tagStandards, needs: needs(auth.VisitsPlan), created: true,
		summary: "Draw mystery visits: who goes to which shop on which day, by lot",
		text: "Every shop gets the same number of visits. Nobody goes where they work or are known, or twice to a shop; the visits are shared out as evenly as that allows. " +
			"The same seed draws the same of the same visitors and shops. Members are written to with their link.",
		example: `{"scenario": "scn_01h9x3k7q2v5n", "from": "2026-06-01", "to": "2026-06-14", "weekdays": [1,2,3,4,5,6], "each": 2, "doubles": 1, "seed": 20260601}`,
	}, s.drawVisits, func(ctx context.Context, c *call, _ string) (roundList, error) { return s.roundList(ctx, c, watcher) })
	read(s, operation{
		id: "list-visits", method: http.MethodGet, path: "/v1/visits", tag: tagStandards, needs: needs(auth.StandardsRead),
		summary: "List visits and audits, the latest first",
		text:    "Mystery visits that are to come are shown to those alone who may plan them (the scope visits:plan), and only they see who makes them.",
	}, s.listVisits)
	read(s, operation{
		id: "get-visit", method: http.MethodGet, path: "/v1/visits/{visit}", tag: tagStandards, needs: needs(auth.StandardsRead), summary: "Get a visit with its sheet",
	}, func(ctx context.Context, c *call, in *visitIn) (visitFile, error) {
		return s.visitFile(ctx, c, c.actor, string(in.Visit))
	})
	write(s, operation{
		id: "announce-audit", method: http.MethodPost, path: "/v1/visits", tag: tagStandards, needs: needs(auth.AuditsWrite), created: true,
		summary: "Announce an audit of a shop by a standard", example: `{"standard": "std_01h9x3k7q2v5n", "shop": "shp_01h9x3k7q2v5n", "day": "2026-06-01"}`,
	}, s.announceAudit, s.showVisit)
	write(s, operation{
		id: "send-visit-sheet", method: http.MethodPost, path: "/v1/visits/{visit}/sheet", tag: tagStandards, needs: needs(auth.StandardsRead, auth.AuditsWrite), bulk: true,
		summary: "Send the sheet of a visit, once",
		text: "From its day on and for three days more; every criterion is answered. The sheet of a mystery visit takes the scope visits:plan too. " +
			"Photos are drawn anew, so that place and camera are gone; the whole body takes 8 MB.",
		example: `{"answers": {"greeted": {"value": 1}, "clean": {"value": 3, "comment": "Dust on the shelf."}}, "arrived": "10:00", "served": "10:04", "left": "10:12"}`,
	}, s.sendVisit, s.seeVisit)
	download(s, operation{
		id: "get-visit-photo", method: http.MethodGet, path: "/v1/visits/{visit}/photos/{photo}", tag: tagStandards, needs: needs(auth.StandardsRead),
		summary: "Get a photo of a sheet that was sent", text: "A JPEG, drawn anew from what was sent. Who may not see the visit knows no photo of it.",
	}, "photo.jpg", func(ctx context.Context, c *call, in *visitPhotoIn, out io.Writer) error {
		n, err := parseID(id.Visit, "visit", string(in.Visit))
		if err != nil {
			return err
		}
		p, err := parseID(id.VisitPhoto, "photo", string(in.Photo))
		if err != nil {
			return err
		}
		b, err := s.Standards.Picture(ctx, c.actor, c.programme(), n, p)
		return written(out, b, err)
	})
	write(s, operation{
		id: "correct-visit", method: http.MethodPost, path: "/v1/visits/{visit}/corrections", tag: tagStandards, needs: needs(auth.StandardsRead, auth.StandardsWrite),
		summary: "Correct answers of a sheet that was sent, and say why", text: "What stood there before is kept.",
		example: `{"answers": {"clean": {"value": 4}}, "reason": "The photo shows it clean."}`,
	}, func(ctx context.Context, c *call, in *visitIn, body *visitCorrection) (string, error) {
		return s.onVisit(in, func(n id.ID) error {
			_, err := s.Standards.Correct(ctx, c.actor, c.programme(), n, body.Answers, body.Reason)
			return err
		})
	}, s.seeVisit)
	write(s, operation{
		id: "answer-visit", method: http.MethodPost, path: "/v1/visits/{visit}/reply", tag: tagStandards, needs: needs(auth.StandardsRead, auth.AuditsWrite),
		summary: "Say what the shop answers to a sheet, once", example: `{"text": "Thank you; the shelf is clean now."}`,
	}, func(ctx context.Context, c *call, in *visitIn, body *visitReply) (string, error) {
		return s.onVisit(in, func(n id.ID) error {
			_, err := s.Standards.Answer(ctx, c.actor, c.programme(), n, body.Text)
			return err
		})
	}, s.seeVisit)
	read(s, operation{
		id: "list-staff-visits", method: http.MethodGet, path: "/v1/staff/{staff}/visits", tag: tagStandards, needs: needs(auth.VisitsPlan, auth.StandardsRead),
		summary: "List the visits that somebody of the staff is to make, the next first", text: "With the paths of their sheets, which are for them alone. None for who is sent nowhere.",
	}, s.staffVisits)
	write(s, operation{
		id: "cancel-visit", method: http.MethodPost, path: "/v1/visits/{visit}/cancel", tag: tagStandards, needs: needs(auth.StandardsRead, auth.AuditsWrite),
		summary: "Call a visit off", text: "A mystery visit takes the scope visits:plan too.",
	}, func(ctx context.Context, c *call, in *visitIn, _ *nothing) (string, error) {
		return s.onVisit(in, func(n id.ID) error {
			_, err := s.Standards.Cancel(ctx, c.actor, c.programme(), n)
			return err
		})
	}, s.seeVisit)
}

// staffVisit is a visit with the way to its sheet.
type staffVisit struct {
	VisitView
	Link string `json:"link" doc:"The path of the sheet." example:"/visit/4gz0m2t7k9h3q1xw5c8d6f2n"`
}

type staffVisitList struct {
	Items []staffVisit `json:"items" nullable:"false"`
}

func (s *server) staffVisits(ctx context.Context, c *call, in *staffIn) (staffVisitList, error) {
	v := staffVisitList{Items: []staffVisit{}}
	staff, err := parseID(id.Staff, "staff", string(in.Staff))
	if err != nil {
		return v, err
	}
	list, err := s.Standards.StaffVisits(ctx, c.actor, c.programme(), staff)
	for _, n := range list {
		v.Items = append(v.Items, staffVisit{s.visitView(n.Visit), n.Link})
	}
	return v, err
}

// visitIn names a visit in an address.
type visitIn struct {
	Visit visitID `path:"visit"`
}

type visitID string

// Schema describes it for the document.
func (visitID) Schema(huma.Registry) *huma.Schema { return shown(id.Visit, "The visit.") }

type visitPhotoIn struct {
	Visit visitID      `path:"visit"`
	Photo visitPhotoID `path:"photo"`
}

type visitPhotoID string

// Schema describes it for the document.
func (visitPhotoID) Schema(huma.Registry) *huma.Schema { return shown(id.VisitPhoto, "The photo.") }

func (s *server) onVisit(in *visitIn, do func(id.ID) error) (string, error) {
	n, err := parseID(id.Visit, "visit", string(in.Visit))
	if err != nil {
		return "", err
	}
	return string(in.Visit), do(n)
}

type visitPlan struct {
	Scenario string   `json:"scenario" maxLength:"40" example:"scn_01h9x3k7q2v5n"`
	From     string   `json:"from" format:"date" doc:"The first day."`
	To       string   `json:"to" format:"date" doc:"The last day; at most 92 days in all."`
	Weekdays []int    `json:"weekdays,omitempty" nullable:"false" maxItems:"7" doc:"Days of the week on which visits may be, Monday 1 to Sunday 7; all when left out."`
	Shops    []string `json:"shops,omitempty" nullable:"false" maxItems:"1000" doc:"All that are open when left out."`
	Visitors []string `json:"visitors,omitempty" nullable:"false" maxItems:"1000" doc:"Whom to draw from; all when left out."`
	Each     int      `json:"each" minimum:"1" maximum:"20" doc:"How many visits a shop gets."`
	Doubles  int      `json:"doubles,omitempty" minimum:"0" doc:"How many of all visits are made by two."`
	Seed     int64    `json:"seed" minimum:"0" doc:"Makes the draw."`
}

func (s *server) drawVisits(ctx context.Context, c *call, _ *nothing, body *visitPlan) (string, error) {
	plan := standard.Plan{From: body.From, To: body.To, Weekdays: body.Weekdays, Each: body.Each, Doubles: body.Doubles, Seed: body.Seed}
	var err error
	if plan.ScenarioID, err = id.Parse(id.Scenario, body.Scenario); err != nil {
		return "", fault.At("/scenario", err)
	}
	if plan.Shops, err = shopIDs("/shops", body.Shops); err != nil {
		return "", err
	}
	for _, text := range body.Visitors {
		n, err := id.Parse(id.Visitor, text)
		if err != nil {
			return "", fault.At("/visitors", err)
		}
		plan.Visitors = append(plan.Visitors, n)
	}
	n, err := s.Standards.Draw(ctx, c.actor, c.programme(), plan)
	if err != nil {
		return "", err
	}
	return n.ID.In(id.VisitRound), nil
}

type visitRound struct {
	ID       string    `json:"id" example:"vrd_01h9x3k7q2v5n"`
	Scenario string    `json:"scenario" example:"scn_01h9x3k7q2v5n"`
	From     string    `json:"from" format:"date"`
	To       string    `json:"to" format:"date"`
	Each     int       `json:"each"`
	Doubles  int       `json:"doubles"`
	Seed     int64     `json:"seed"`
	Shops    int       `json:"shops" doc:"How many."`
	Visitors int       `json:"visitors" doc:"How many there were to draw from."`
	Made     time.Time `json:"made"`
}

type roundList struct {
	Items []visitRound `json:"items" nullable:"false" doc:"The latest first."`
}

func (s *server) roundList(ctx context.Context, c *call, a auth.Actor) (roundList, error) {
	v := roundList{Items: []visitRound{}}
	list, err := s.Standards.Rounds(ctx, a, c.programme())
	for _, n := range list {
		v.Items = append(v.Items, visitRound{
			n.ID.In(id.VisitRound), n.ScenarioID.In(id.Scenario), n.From, n.To, n.Lots.Each, n.Lots.Doubles, n.Lots.Seed, len(n.Lots.Shops), len(n.Lots.Barred), n.Made,
		})
	}
	return v, err
}

type visitsIn struct {
	Kind   string `query:"kind" enum:"mystery,audit"`
	State  string `query:"state" enum:"planned,sent,missed,cancelled"`
	Shop   string `query:"shop" doc:"Of one shop alone."`
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
}

func (s *server) listVisits(ctx context.Context, c *call, in *visitsIn) (page[VisitView], error) {
	var none page[VisitView]
	size, err := in.Limit.size()
	if err != nil {
		return none, err
	}
	at, err := inVisits.read(in.Cursor, 1)
	if err != nil {
		return none, err
	}
	if err := oneOf("kind", in.Kind, standard.Kinds()); err != nil {
		return none, err
	}
	if err := oneOf("state", in.State, standard.States()); err != nil {
		return none, err
	}
	query := standard.Query{ProgrammeID: c.programme(), Kind: standard.Kind(in.Kind), State: standard.State(in.State), Before: id.ID(at[0]), Limit: size + 1}
	if in.Shop != "" {
		if query.ShopID, err = parseID(id.Shop, "shop", in.Shop); err != nil {
			return none, err
		}
	}
	list, err := s.Standards.Visits(ctx, c.actor, query)
	return paged(inVisits, list, size, s.visitView, func(n *standard.Visit) []int64 { return []int64{int64(n.ID)} }), err
}

type newAudit struct {
	Standard string `json:"standard" maxLength:"40" example:"std_01h9x3k7q2v5n"`
	Shop     string `json:"shop" maxLength:"40" example:"shp_01h9x3k7q2v5n"`
	Day      string `json:"day" format:"date"`
}

func (s *server) announceAudit(ctx context.Context, c *call, _ *nothing, body *newAudit) (string, error) {
	of, err := id.Parse(id.Standard, body.Standard)
	if err != nil {
		return "", fault.At("/standard", err)
	}
	shop, err := id.Parse(id.Shop, body.Shop)
	if err != nil {
		return "", fault.At("/shop", err)
	}
	n, err := s.Standards.Announce(ctx, c.actor, c.programme(), of, shop, body.Day)
	if err != nil {
		return "", err
	}
	return n.ID.In(id.Visit), nil
}

// visitSheet is what somebody found.
type visitSheet struct {
	Answers   map[string]standard.Answer `json:"answers" doc:"By the code of the criterion: 1 for yes and 0 for no, or the step of the scale; none when there was nothing to judge."`
	Arrived   string                     `json:"arrived,omitempty" maxLength:"5" example:"10:00" doc:"On the clock of the shop."`
	Served    string                     `json:"served,omitempty" maxLength:"5" example:"10:04"`
	Left      string                     `json:"left,omitempty" maxLength:"5" example:"10:12"`
	Reference string                     `json:"reference,omitempty" maxLength:"100" doc:"The receipt's number; the sale is looked for."`
	Remark    string                     `json:"remark,omitempty" maxLength:"2000"`
	Photos    []base64Photo              `json:"photos,omitempty" nullable:"false" maxItems:"6" doc:"Evidence."`
}

func (n *visitSheet) sheet() (standard.Sheet, error) {
	sheet := standard.Blank()
	maps.Copy(sheet.Answers, n.Answers)
	sheet.Reference, sheet.Remark = n.Reference, n.Remark
	for _, t := range []struct {
		text, field string
		into        *standard.Minute
	}{{n.Arrived, "/arrived", &sheet.Arrived}, {n.Served, "/served", &sheet.Served}, {n.Left, "/left", &sheet.Departed}} {
		var err error
		if *t.into, err = standard.ParseMinute(t.text); err != nil {
			return sheet, fault.At(t.field, err)
		}
	}
	return sheet, nil
}

func (s *server) sendVisit(ctx context.Context, c *call, in *visitIn, body *visitSheet) (string, error) {
	sheet, err := body.sheet()
	if err != nil {
		return "", err
	}
	sheet.Lang = string(c.print.Lang())
	photos, err := decoded(body.Photos)
	if err != nil {
		return "", err
	}
	return s.onVisit(in, func(n id.ID) error {
		_, err := s.Standards.Fill(ctx, c.actor, c.programme(), n, sheet, photos)
		return err
	})
}

type visitCorrection struct {
	Answers map[string]standard.Answer `json:"answers" doc:"Those that change."`
	Reason  string                     `json:"reason" maxLength:"500"`
}

type visitReply struct {
	Text string `json:"text" maxLength:"2000"`
}
