package api

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/standard"
)

// VisitView is a visit as lists show it; it is exported so that the document
// sees through the embedding.
type VisitView struct {
	ID       string     `json:"id" example:"vst_01h9x3k7q2v5n"`
	Kind     string     `json:"kind" enum:"mystery,audit"`
	State    string     `json:"state" enum:"planned,sent,missed,cancelled"`
	Standard string     `json:"standard" example:"std_01h9x3k7q2v5n"`
	Version  int64      `json:"version" doc:"Of the standard."`
	Shop     string     `json:"shop" example:"shp_01h9x3k7q2v5n"`
	Visitor  string     `json:"visitor,omitempty" doc:"Shown to those who may plan visits."`
	Second   string     `json:"second_rater_of,omitempty" doc:"The visit that this one rates as well."`
	Day      string     `json:"day" format:"date"`
	Closes   time.Time  `json:"closes" doc:"Until when the sheet may be sent."`
	Score    *float64   `json:"score,omitempty" doc:"From 0 to 1; missing when nothing could be judged, or nothing was sent."`
	Failed   bool       `json:"failed" doc:"Something critical was not kept."`
	Sent     *time.Time `json:"sent,omitempty"`
}

func (s *server) visitView(n *standard.Visit) VisitView {
	v := VisitView{
		ID: n.ID.In(id.Visit), Kind: string(n.Kind), State: string(n.At(s.Now())), Standard: n.StandardID.In(id.Standard), Version: n.Version, Shop: n.ShopID.In(id.Shop),
		Visitor: shownID(n.VisitorID, id.Visitor), Second: shownID(n.PairID, id.Visit), Day: n.Day, Closes: n.Closes, Failed: n.Failed, Sent: momentOf(n.Sent),
	}
	if n.Score != standard.Unjudged {
		score := float64(n.Score) / 10_000
		v.Score = &score
	}
	return v
}

// visitFile is a visit with its sheet.
type visitFile struct {
	VisitView
	Answers     map[string]standard.Answer `json:"answers"`
	Arrived     string                     `json:"arrived,omitempty"`
	Served      string                     `json:"served,omitempty"`
	Left        string                     `json:"left,omitempty"`
	Reference   string                     `json:"reference,omitempty"`
	Sale        string                     `json:"sale,omitempty" doc:"The sale of the receipt, where it was found."`
	Remark      string                     `json:"remark,omitempty"`
	Photos      []string                   `json:"photos" nullable:"false" doc:"Evidence; each is got by its name." example:"[\"vph_01h9x3k7q2v5n\"]"`
	Failures    []string                   `json:"failures" nullable:"false" doc:"The codes of what was critical and not kept."`
	Corrections []visitCorrected           `json:"corrections" nullable:"false" doc:"The earliest first."`
	Reply       string                     `json:"reply,omitempty"`
	Link        string                     `json:"link,omitempty" doc:"The path of the sheet, for those who hand it out, while it is open." example:"/visit/4gz0m2t7k9h3q1xw5c8d6f2n"`
}

type visitCorrected struct {
	At     time.Time                  `json:"at"`
	By     string                     `json:"by" example:"key:key_01h9x3k7q2v5n"`
	Reason string                     `json:"reason"`
	Before map[string]standard.Answer `json:"before"`
}

// showVisit shows an audit to who announced it, who may see no more than that.
func (s *server) showVisit(ctx context.Context, c *call, subject string) (visitFile, error) {
	return s.visitFile(ctx, c, watcher, subject)
}

// seeVisit shows a visit that a verb has changed as its caller may see it.
func (s *server) seeVisit(ctx context.Context, c *call, subject string) (visitFile, error) {
	return s.visitFile(ctx, c, c.actor, subject)
}

func (s *server) visitFile(ctx context.Context, c *call, a auth.Actor, subject string) (visitFile, error) {
	n, err := parseID(id.Visit, "visit", subject)
	if err != nil {
		return visitFile{}, err
	}
	f, err := s.Standards.Visit(ctx, a, c.programme(), n)
	if err != nil {
		return visitFile{}, err
	}
	v := visitFile{
		VisitView: s.visitView(f.Visit), Answers: f.Answers, Arrived: f.Arrived.String(), Served: f.Served.String(), Left: f.Departed.String(), Reference: f.Reference,
		Sale: shownID(f.SaleID, id.Sale), Remark: f.Remark, Photos: []string{}, Failures: append([]string{}, f.Failures...), Corrections: []visitCorrected{}, Reply: f.Reply, Link: f.Link,
	}
	if v.Failures == nil || f.State != standard.Sent {
		v.Failures = []string{}
	}
	for _, p := range f.Photos {
		v.Photos = append(v.Photos, p.ID.In(id.VisitPhoto))
	}
	for _, x := range f.Corrections {
		before := x.Before
		if before == nil {
			before = map[string]standard.Answer{}
		}
		v.Corrections = append(v.Corrections, visitCorrected{x.At, x.By, x.Reason, before})
	}
	return v, nil
}
