package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/lesson"
)

func (s *server) addLessonCauses() {
	read(s, operation{
		id: "list-lesson-suggestions", method: http.MethodGet, path: "/v1/lesson-suggestions", tag: tagLessons, needs: needs(auth.LessonsRead, auth.CasesRead),
		summary: "List the causes of complaints about which there is no lesson, the heaviest first",
		text:    "Of the complaints that were opened in the last 90 days. A cause has a lesson once a draft is about it; `other` is no cause to teach. Rates are for 1,000 orders, with Garwood's exact interval at 95 %.",
	}, s.lessonSuggestions)
	read(s, operation{
		id: "get-lesson-effect", method: http.MethodGet, path: "/v1/lessons/{lesson}/effect", tag: tagLessons, needs: needs(auth.LessonsRead, auth.CasesRead),
		summary: "Get how often customers complained of a lesson's cause before it and after it",
		text:    "As many whole days before the lesson was first published with its cause as there are since, at most 180. That the rates differ is no proof that the lesson did it.",
	}, s.lessonEffect)
}

type causeRate struct {
	Complaints int64    `json:"complaints" example:"12"`
	Orders     int64    `json:"orders" example:"4000"`
	Unfound    int64    `json:"unfound" doc:"Complaints of the same time whose cause nobody has found." example:"3"`
	Rate       *float64 `json:"rate,omitempty" doc:"Complaints for 1,000 orders; missing where there are too few complaints, or no orders." example:"3"`
	Low        *float64 `json:"low,omitempty" example:"1.6"`
	High       *float64 `json:"high,omitempty" example:"5.2"`
}

func causeRateOf(r lesson.Rate, shown bool) causeRate {
	v := causeRate{Complaints: r.Cases, Orders: r.Orders, Unfound: r.Unfound}
	if shown {
		v.Rate, v.Low, v.High = &r.Value, &r.Low, &r.High
	}
	return v
}

type lessonSuggestion struct {
	Cause       string    `json:"cause" example:"training"`
	Share       float64   `json:"share" doc:"Of all complaints of the time." example:"0.25"`
	Figure      causeRate `json:"figure"`
	Preliminary bool      `json:"preliminary" doc:"There are fewer than 30 complaints of it."`
}

type lessonSuggestions struct {
	From       time.Time          `json:"from"`
	To         time.Time          `json:"to"`
	Complaints int64              `json:"complaints" doc:"All of the time."`
	Unfound    int64              `json:"unfound" doc:"Those whose cause nobody has found."`
	Items      []lessonSuggestion `json:"items" nullable:"false" doc:"The heaviest first."`
}

func (s *server) lessonSuggestions(ctx context.Context, c *call, _ *nothing) (lessonSuggestions, error) {
	n, err := s.Lessons.Suggest(ctx, c.actor, c.programme())
	if err != nil {
		return lessonSuggestions{}, err
	}
	v := lessonSuggestions{From: n.From, To: n.To, Complaints: n.All, Unfound: n.Unfound, Items: []lessonSuggestion{}}
	for _, x := range n.List {
		v.Items = append(v.Items, lessonSuggestion{
			Cause: x.Cause, Share: float64(x.Cases) / float64(n.All), Figure: causeRateOf(x.Rate, x.Cases >= lesson.LeastAnswers && x.Orders > 0), Preliminary: x.Cases < lesson.Preliminary,
		})
	}
	return v, nil
}

type lessonEffect struct {
	Cause       string    `json:"cause" example:"training"`
	Published   time.Time `json:"published" doc:"When the lesson was first published with this cause."`
	Days        int       `json:"days" doc:"How long is compared on either side; 0 in the first day." example:"60"`
	Before      causeRate `json:"before"`
	After       causeRate `json:"after"`
	Preliminary bool      `json:"preliminary" doc:"There are fewer than 30 complaints of it on both sides together. Under 10 no rates are given."`
	Must        int       `json:"must" doc:"How many of the staff must take the lesson." example:"12"`
	Have        int       `json:"have" doc:"How many of them hold its certificate now." example:"9"`
}

func (s *server) lessonEffect(ctx context.Context, c *call, in *lessonIn) (lessonEffect, error) {
	which, err := parseID(id.Lesson, "lesson", string(in.Lesson))
	if err != nil {
		return lessonEffect{}, err
	}
	e, err := s.Lessons.Effect(ctx, c.actor, c.programme(), which)
	if err != nil {
		return lessonEffect{}, err
	}
	if e == nil {
		return lessonEffect{}, fault.Missing("lesson_no_effect", "the lesson is about no cause of complaints, or was not published yet")
	}
	return lessonEffect{
		Cause: e.Cause, Published: e.Published, Days: e.Days, Before: causeRateOf(e.Before, e.Shown), After: causeRateOf(e.After, e.Shown),
		Preliminary: e.Early, Must: e.Must, Have: e.Have,
	}, nil
}
