package survey

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "survey" }

// Erase takes away the words of a person and their links; the numbers stay, as
// figures are made of them, and belong to a member without a name.
func (room) Erase(ctx context.Context, tx *db.Tx, _ id.ID, members []id.ID) error {
	for _, verb := range []string{
		`UPDATE survey_answer SET words = '', suggested = '' WHERE member_id IN `,
		`DELETE FROM survey_token WHERE member_id IN `,
		`DELETE FROM survey_key WHERE member_id IN `,
	} {
		var args db.Args
		if _, err := tx.Exec(ctx, verb+args.In(members), args.Values()...); err != nil {
			return fmt.Errorf("erasing answers: %w", err)
		}
	}
	return nil
}

// Record is a response as it is exported.
type Record struct {
	Response   string        `json:"response"`
	Survey     string        `json:"survey"`
	Member     string        `json:"member,omitempty"`
	Invitation string        `json:"invitation,omitempty"`
	State      ResponseState `json:"state"`
	Lang       string        `json:"lang"`
	Mode       Mode          `json:"mode"`
	Shop       string        `json:"shop,omitempty"`
	Occurred   time.Time     `json:"occurred"`
	Answers    Answers       `json:"answers"`
	Weight     int64         `json:"weight_millionths,omitempty"`
	// Touchpoint is where it was felt; it is left out where nobody knows.
	Touchpoint Touchpoint `json:"touchpoint,omitempty"`
	// Reasons are those that a person confirmed, by question.
	Reasons map[string]string `json:"reasons,omitempty"`
}

func recordOf(r *Response) Record {
	v := Record{
		Response: r.ID.In(id.SurveyResponse), Survey: r.SurveyID.In(id.Survey), State: r.State, Lang: r.Lang, Mode: r.Mode, Occurred: r.Occurred, Answers: r.Answers, Weight: r.Weight, Touchpoint: r.Touchpoint,
		Member: shown(r.MemberID, id.Member), Invitation: shown(r.InvitationID, id.SurveyInvitation), Shop: shown(r.ShopID, id.Shop), Reasons: map[string]string{},
	}
	for _, q := range slices.Sorted(maps.Keys(r.Reasons)) {
		if c := r.Reasons[q].Confirmed; c != "" {
			v.Reasons[q] = c
		}
	}
	return v
}

func shown(n id.ID, p id.Prefix) string {
	if n == 0 {
		return ""
	}
	return n.In(p)
}

// InvitationRecord is an invitation as it is exported.
type InvitationRecord struct {
	Invitation string          `json:"invitation"`
	Survey     string          `json:"survey"`
	Sample     string          `json:"sample"`
	Member     string          `json:"member"`
	State      InvitationState `json:"state"`
	Cell       Cell            `json:"cell"`
	Made       time.Time       `json:"made"`
	Expires    time.Time       `json:"expires"`
	Changed    time.Time       `json:"changed"`
	Touchpoint Touchpoint      `json:"touchpoint,omitempty"`
}

// HeldRecord is somebody whom chance kept from being asked, as it is exported.
type HeldRecord struct {
	Sample string `json:"sample"`
	Survey string `json:"survey"`
	Member string `json:"member"`
}

func invitationRecord(n *Invitation) InvitationRecord {
	return InvitationRecord{
		n.ID.In(id.SurveyInvitation), n.SurveyID.In(id.Survey), n.SampleID.In(id.SurveySample), n.MemberID.In(id.Member), n.State, n.Cell, n.Made, n.Expires, n.Changed, n.Touchpoint,
	}
}

// Person is what the room keeps of a person.
type Person struct {
	Invitations []InvitationRecord `json:"invitations,omitempty"`
	Responses   []Record           `json:"responses,omitempty"`
	// HeldOut are the draws that chance kept the person from.
	HeldOut []HeldRecord `json:"held_out,omitempty"`
}

// Export implements flow.Room.
func (room) Export(ctx context.Context, q db.Queryer, _ id.ID, members []id.ID) (any, error) {
	var p Person
	var args db.Args
	in := args.In(members)
	invitations, err := selectInvitations(ctx, q, `member_id IN `+in+` ORDER BY id`, args.Values()...)
	if err != nil {
		return nil, err
	}
	for i := range invitations {
		p.Invitations = append(p.Invitations, invitationRecord(&invitations[i]))
	}
	responses, err := selectResponses(ctx, q, `r.member_id IN `+in+` ORDER BY r.id`, args.Values()...)
	if err != nil {
		return nil, err
	}
	for _, r := range responses {
		p.Responses = append(p.Responses, recordOf(r))
	}
	if p.HeldOut, err = selectHeld(ctx, q, `member_id IN `+in, args.Values()...); err != nil {
		return nil, err
	}
	if len(p.Invitations)+len(p.Responses)+len(p.HeldOut) == 0 {
		return nil, nil
	}
	return p, nil
}

// Records of a programme's export beside those above.
type (
	// SurveyRecord is a questionnaire.
	SurveyRecord struct {
		Survey    string    `json:"survey"`
		State     State     `json:"state"`
		Spec      Spec      `json:"spec"`
		Made      time.Time `json:"made"`
		Published time.Time `json:"published,omitzero"`
		Closed    time.Time `json:"closed,omitzero"`
	}
	// SampleRecord is a draw.
	SampleRecord struct {
		Sample   string      `json:"sample"`
		Survey   string      `json:"survey"`
		State    SampleState `json:"state"`
		Plan     Plan        `json:"plan"`
		Eligible int64       `json:"eligible"`
		Never    int64       `json:"never"`
		Drawn    int64       `json:"drawn"`
		Cells    Cells       `json:"cells"`
		Made     time.Time   `json:"made"`
	}
	// StandingRecord is a question that a survey asks day by day.
	StandingRecord struct {
		Survey string       `json:"survey"`
		Plan   StandingPlan `json:"plan"`
		Paused bool         `json:"paused"`
		Next   time.Time    `json:"next"`
	}
	// ReasonRecord is a reason that the programme keeps.
	ReasonRecord struct {
		Code  string `json:"code"`
		Names Words  `json:"names"`
		Hints Words  `json:"hints"`
	}
)

// Tables implements flow.Room.
func (room) Tables() []string {
	return []string{"surveys", "survey_samples", "survey_invitations", "survey_responses", "survey_reasons", "survey_held", "survey_standings"}
}

// Dump implements flow.Room.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	surveys, err := selectSurveys(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, n := range surveys {
		if err := to("surveys", SurveyRecord{n.ID.In(id.Survey), n.State, n.Spec, n.Made, n.Published, n.Closed}); err != nil {
			return err
		}
	}
	samples, err := selectSamples(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, n := range samples {
		v := SampleRecord{n.ID.In(id.SurveySample), n.SurveyID.In(id.Survey), n.State, n.Plan, n.Eligible, n.Never, n.Drawn, n.Cells, n.Made}
		if err := to("survey_samples", v); err != nil {
			return err
		}
	}
	for _, n := range surveys {
		list, err := selectInvitations(ctx, q, `survey_id = $1 ORDER BY id`, n.ID)
		if err != nil {
			return err
		}
		for i := range list {
			if err := to("survey_invitations", invitationRecord(&list[i])); err != nil {
				return err
			}
		}
	}
	if err := dumpAnswers(ctx, q, programme, surveys, to); err != nil {
		return err
	}
	if err := dumpStandings(ctx, q, programme, to); err != nil {
		return err
	}
	held, err := selectHeld(ctx, q, `programme_id = $1`, programme)
	for _, h := range held {
		if err := to("survey_held", h); err != nil {
			return err
		}
	}
	return err
}

func dumpStandings(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := selectStandings(ctx, q, `programme_id = $1 ORDER BY survey_id`, programme)
	if err != nil {
		return err
	}
	for _, n := range list {
		if err := to("survey_standings", StandingRecord{n.SurveyID.In(id.Survey), n.StandingPlan, n.Paused, n.Next}); err != nil {
			return err
		}
	}
	return nil
}

func dumpAnswers(ctx context.Context, q db.Queryer, programme id.ID, surveys []Survey, to flow.Sink) error {
	for _, n := range surveys {
		list, err := selectResponses(ctx, q, `r.survey_id = $1 ORDER BY r.id`, n.ID)
		if err != nil {
			return err
		}
		for _, r := range list {
			if err := to("survey_responses", recordOf(r)); err != nil {
				return err
			}
		}
	}
	reasons, err := loadReasons(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, r := range reasons {
		if err := to("survey_reasons", ReasonRecord(r)); err != nil {
			return err
		}
	}
	return nil
}

// Check notes responses that their own survey would refuse, invitations that
// contradict their response, samples that lost somebody, and words of the erased.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(what string)) error {
	surveys, err := selectSurveys(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for i := range surveys {
		if err := checkSurvey(ctx, q, &surveys[i], note); err != nil {
			return err
		}
	}
	rows, err := q.Query(ctx, `SELECT a.response_id FROM survey_answer a JOIN member m ON m.id = a.member_id
		WHERE m.programme_id = $1 AND m.status = 'erased' AND a.words <> '' ORDER BY a.response_id`, programme)
	return db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		note("response " + n.In(id.SurveyResponse) + " holds words of somebody who was erased")
		return nil
	})
}

func checkSurvey(ctx context.Context, q db.Queryer, n *Survey, note func(what string)) error {
	responses, err := selectResponses(ctx, q, `r.survey_id = $1 ORDER BY r.id`, n.ID)
	if err != nil {
		return err
	}
	whole := map[id.ID]bool{}
	for _, r := range responses {
		whole[r.ID] = r.State == Whole
		if r.Touchpoint.check() != nil {
			note("response " + r.ID.In(id.SurveyResponse) + " was given at a touchpoint that is none")
		}
		if next := n.Next(r.Answers); (r.State == Whole) != (next == nil) {
			note("response " + r.ID.In(id.SurveyResponse) + " is " + string(r.State) + ", and its answers say otherwise")
		}
	}
	invitations, err := selectInvitations(ctx, q, `survey_id = $1 ORDER BY id`, n.ID)
	if err != nil {
		return err
	}
	drawn := map[id.ID]int64{}
	for _, v := range invitations {
		drawn[v.SampleID]++
		if (v.State == Completed) != whole[v.ResponseID] {
			note("invitation " + v.ID.In(id.SurveyInvitation) + " is " + string(v.State) + ", and its response says otherwise")
		}
	}
	samples, err := selectSamples(ctx, q, `survey_id = $1 ORDER BY id`, n.ID)
	for _, s := range samples {
		if s.Drawn != drawn[s.ID] {
			note(fmt.Sprintf("sample %s drew %d, and %d invitations are of it", s.ID.In(id.SurveySample), s.Drawn, drawn[s.ID]))
		}
		held, err := loadHeld(ctx, q, s.ID)
		if err != nil {
			return err
		}
		if n := int64(len(held)); n > 0 && n != s.Never { // none of before they were kept
			note(fmt.Sprintf("sample %s held %d out, and %d of them are kept", s.ID.In(id.SurveySample), s.Never, n))
		}
	}
	return err
}
