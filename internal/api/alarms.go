package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/alarm"
	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

func (s *server) addAlarms() {
	read(s, operation{
		id: "list-alarms", method: http.MethodGet, path: "/v1/alarms", tag: tagAlarms, needs: needs(auth.CasesRead, auth.TouchRead),
		summary: "List the latest alarms, at most 100, the latest first",
		text:    "It is looked for them every hour. One that goes on stands once, but for new negative mentions, of which there is at most one a day. Those of jobs are for staff alone.",
	}, s.alarms)
	read(s, operation{
		id: "list-alarm-choices", method: http.MethodGet, path: "/v1/alarm-choices", tag: tagAlarms, needs: needs(auth.ProgrammesWrite),
		summary: "List of which alarms each of the staff is told by e-mail",
		text:    "Owners and managers are told of complaints and people unless they choose otherwise, owners of jobs too, others of nothing. Whoever has no password yet is told of nothing.",
	}, func(ctx context.Context, c *call, _ *nothing) (alarmChoices, error) {
		list, err := s.Alarms.Choices(ctx, c.actor, c.programme())
		v := alarmChoices{Items: []alarmChoice{}}
		for _, n := range list {
			v.Items = append(v.Items, alarmChoiceOf(n))
		}
		return v, err
	})
	write(s, operation{
		id: "choose-alarms", method: http.MethodPut, path: "/v1/alarm-choices/{staff}", tag: tagAlarms, needs: needs(auth.ProgrammesWrite),
		summary: "Choose of which alarms somebody of the staff is told by e-mail", text: "Only of what their roles let them see.", example: `{"topics": ["complaints", "mentions"]}`,
	}, func(ctx context.Context, c *call, in *staffIn, body *alarmTopics) (string, error) {
		staff, err := parseID(id.Staff, "staff", string(in.Staff))
		if err != nil {
			return "", err
		}
		topics := make([]alarm.Topic, len(body.Topics))
		for i, t := range body.Topics {
			topics[i] = alarm.Topic(t)
		}
		_, err = s.Alarms.Choose(ctx, c.actor, c.programme(), staff, topics)
		return string(in.Staff), err
	}, s.showAlarmChoice)
}

// staffIn names somebody of the staff in an address.
type staffIn struct {
	Staff staffID `path:"staff"`
}

type staffID string

// Schema describes it for the document.
func (staffID) Schema(huma.Registry) *huma.Schema { return shown(id.Staff, "Somebody of the staff.") }

type alarmTopics struct {
	Topics []string `json:"topics" nullable:"false" maxItems:"8" enum:"complaints,people,answers,mentions,feeds,trust,discounts,jobs" doc:"People are faults that concern one person, or compensations that one gave."`
}

type alarmChoice struct {
	Staff  string   `json:"staff" example:"stf_01h9x3k7q2v5n"`
	Name   string   `json:"name" example:"Olga Owner"`
	Topics []string `json:"topics" nullable:"false" enum:"complaints,people,answers,mentions,feeds,trust,discounts,jobs"`
	Usual  bool     `json:"usual" doc:"They chose nothing: it is what their role is told of."`
	Open   []string `json:"open" nullable:"false" enum:"complaints,people,answers,mentions,feeds,trust,discounts,jobs" doc:"Of what they may be told."`
}

type alarmChoices struct {
	Items []alarmChoice `json:"items" nullable:"false" doc:"By name."`
}

func alarmChoiceOf(n alarm.Choice) alarmChoice {
	return alarmChoice{Staff: n.StaffID.In(id.Staff), Name: n.Name, Topics: topicWords(n.Topics), Usual: n.Usual, Open: topicWords(n.Open)}
}

func topicWords(topics []alarm.Topic) []string {
	words := make([]string, len(topics))
	for i, t := range topics {
		words[i] = string(t)
	}
	return words
}

func (s *server) showAlarmChoice(ctx context.Context, c *call, subject string) (alarmChoice, error) {
	list, err := s.Alarms.Choices(ctx, watcher, c.programme())
	if err != nil {
		return alarmChoice{}, err
	}
	for _, n := range list {
		if n.StaffID.In(id.Staff) == strings.ToLower(subject) {
			return alarmChoiceOf(n), nil
		}
	}
	return alarmChoice{}, fault.Missing("unknown_staff", "there is nobody %s on the staff", subject).With("staff", subject)
}

type alarmView struct {
	ID     string     `json:"id" example:"alm_01h9x3k7q2v5n"`
	Topic  string     `json:"topic" enum:"complaints,people,answers,mentions,feeds,trust,discounts,jobs"`
	Says   string     `json:"says" doc:"In English." example:"In the last seven days there were 12 complaints on 300 orders: chance alone seldom makes it so many."`
	Raised time.Time  `json:"raised"`
	Ended  *time.Time `json:"ended,omitempty" doc:"When it was no longer so; missing while it is."`
	Told   int64      `json:"told" doc:"How many of the staff it was mailed to."`
}

type alarmList struct {
	Items []alarmView `json:"items" nullable:"false"`
}

func (s *server) alarms(ctx context.Context, c *call, _ *nothing) (alarmList, error) {
	for _, p := range []auth.Permission{auth.CasesRead, auth.TouchRead} { // all topics, not some
		if err := c.actor.Can(c.programme(), p); err != nil {
			return alarmList{}, err
		}
	}
	list, err := s.Alarms.List(ctx, c.actor, c.programme())
	v := alarmList{Items: []alarmView{}}
	say := s.Catalog.Printer(i18n.English, nil, "")
	for _, n := range list {
		v.Items = append(v.Items, alarmView{n.ID.In(id.Alarm), string(n.Topic), say.Say(n.Text), n.Raised, momentOf(n.Ended), n.Told})
	}
	return v, err
}
