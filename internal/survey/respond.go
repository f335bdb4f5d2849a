package survey

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Session is a questionnaire as whoever holds its link sees it.
type Session struct {
	Programme program.Programme
	Survey    Survey
	Answers   Answers
	// Done says that everything is answered.
	Done bool
	// Personal says that a member was asked, who may ask not to be.
	Personal bool
	// Lang is the language in which it was begun, or empty.
	Lang string
}

// held is a session with the rows behind it.
type held struct {
	Session
	key        token
	invitation *Invitation
	response   *Response
}

// unknownLink is the answer to every link that is none of ours.
func unknownLink() *fault.Error {
	return fault.Missing("survey_link_unknown", "this link is not complete; open it from the message again")
}

// Open returns the session of a link's token and notes that it was opened. It
// refuses links that are unknown ("survey_link_unknown") or over
// ("survey_expired", "survey_declined", "survey_closed").
func (s *Service) Open(ctx context.Context, secret string) (Session, error) {
	h, err := s.hold(ctx, s.d.Reader(), secret, "")
	if err != nil || h.invitation == nil || h.invitation.State != Invited {
		return h.Session, err
	}
	err = s.d.InTx(ctx, func(tx *db.Tx) error {
		return markOpened(ctx, tx, h.invitation.MemberID, h.invitation.ID, s.now())
	})
	return h.Session, err
}

// hold reads what a token stands for; with a lock the rows stay until the
// transaction ends.
func (s *Service) hold(ctx context.Context, q db.Queryer, secret, lock string) (*held, error) {
	h := &held{}
	found, err := findToken(ctx, q, links.Hash(secret), lock)
	if err != nil {
		return h, err
	}
	if found == nil {
		return h, unknownLink()
	}
	h.key = *found
	if h.Survey, err = loadSurvey(ctx, q, h.key.programme, h.key.survey, ""); err != nil {
		return h, err
	}
	if h.Programme, err = program.Load(ctx, q, h.key.programme); err != nil {
		return h, err
	}
	response := h.key.response
	if h.key.invitation != 0 {
		list, err := selectInvitations(ctx, q, `member_id = $1 AND id = $2`+lock, h.key.member, h.key.invitation)
		if err != nil {
			return h, err
		}
		if len(list) == 0 {
			return h, unknownLink()
		}
		h.invitation, h.Personal, response = &list[0], true, list[0].ResponseID
		if err := list[0].over(s.now()); err != nil {
			return h, err
		}
	}
	return h, s.recall(ctx, q, h, response)
}

// recall reads what was answered.
func (s *Service) recall(ctx context.Context, q db.Queryer, h *held, response id.ID) error {
	h.Answers = Answers{}
	if response != 0 {
		list, err := selectResponses(ctx, q, `r.member_id = $1 AND r.id = $2`, h.key.member, response)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			h.response, h.Answers, h.Lang = list[0], list[0].Answers, list[0].Lang
			h.Done = list[0].State == Whole
		}
	}
	if h.Survey.State != Published && !h.Done {
		return fault.Refused("survey_closed", "the survey is closed; thank you all the same")
	}
	return nil
}

// Begin opens a survey for somebody who came by the link that anybody may use,
// and returns the secret under which they go on. The link may say at what kind
// of touchpoint it was met; what names none leaves that unknown.
func (s *Service) Begin(ctx context.Context, survey *Survey, at string) (string, error) {
	if survey.State != Published {
		return "", fault.Refused("survey_closed", "the survey is closed; thank you all the same")
	}
	secret := randomCode(links.Bytes)
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		row := []any{links.Hash(secret), survey.ProgrammeID, id.ID(0), survey.ID, id.ID(0), tx.IDs().New(), string(touchpointNamed(at))}
		return tx.Insert(ctx, tokenTable, [][]any{row})
	})
	if err != nil {
		return "", fmt.Errorf("opening a survey: %w", err)
	}
	return secret, nil
}

// Answer takes the answer to one question of the link's survey. A question that
// is not asked after the other answers is refused ("survey_not_asked"), and so
// is a change once all is answered ("survey_answered"); the same answer again
// does nothing. The last answer completes it.
func (s *Service) Answer(ctx context.Context, secret, question string, a Answer, lang string) (Session, error) {
	var h *held
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if h, err = s.hold(ctx, tx, secret, tx.ForUpdate()); err != nil {
			return err
		}
		q := h.Survey.Question(question)
		if q == nil || !slices.Contains(h.Survey.Path(h.Answers), question) {
			return fault.Conflict("survey_not_asked", "this question is not asked after your other answers").At("/question")
		}
		taken, err := q.Take(a)
		if err != nil {
			return err
		}
		if old, answered := h.Answers[question]; answered && same(old, taken) {
			return nil
		}
		if h.Done {
			return fault.Conflict("survey_answered", "all is answered already, thank you")
		}
		return s.put(ctx, tx, h, question, taken, lang)
	})
	if err != nil {
		return Session{}, err
	}
	return h.Session, nil
}

func same(a, b Answer) bool {
	return a.Number == b.Number && a.Text == b.Text && a.Skipped == b.Skipped && slices.Equal(a.Choices, b.Choices)
}

// put keeps an answer and, with the last, completes the response.
func (s *Service) put(ctx context.Context, tx *db.Tx, h *held, question string, a Answer, lang string) error {
	r := h.response
	if r == nil {
		r = h.begin(tx, lang)
		if err := insertResponse(ctx, tx, r); err != nil {
			return err
		}
	}
	h.Answers = maps.Clone(h.Answers)
	h.Answers[question] = a
	r.Answers, r.Occurred, r.Recorded = h.Answers, db.Time(db.Micros(s.now())), db.Time(db.Micros(s.now()))
	h.Lang = r.Lang
	if h.Survey.Next(h.Answers) == nil {
		s.finish(h, r)
	}
	if err := s.write(ctx, tx, &h.Survey, r); err != nil {
		return err
	}
	if h.invitation != nil {
		h.invitation.ResponseID, h.invitation.Changed = r.ID, s.now()
		h.invitation.State = Started
		if h.Done {
			h.invitation.State = Completed
		}
		if err := updateInvitations(ctx, tx, []Invitation{*h.invitation}); err != nil {
			return err
		}
	}
	if h.Done && r.MemberID != 0 {
		return jobs.Add(ctx, tx, s.now(), noteJob(r))
	}
	return nil
}

// begin makes the response of a link that answers for the first time.
func (h *held) begin(tx *db.Tx, lang string) *Response {
	r := &Response{
		ID: h.key.response, ProgrammeID: h.key.programme, SurveyID: h.key.survey, MemberID: h.key.member, InvitationID: h.key.invitation,
		State: Partial, Lang: lang, Mode: Link, Reasons: map[string]Reasoned{}, Touchpoint: h.key.touchpoint,
	}
	if h.invitation != nil {
		r.ID, r.Mode, r.Cell, r.Touchpoint = tx.IDs().New(), Web, h.invitation.Cell, h.invitation.Touchpoint
		r.ShopID, _ = id.Parse(id.Shop, h.invitation.Cell.Trait(ByShop)) // none where none is known
	}
	return r
}

// finish closes a response; answers that its branches left aside go.
func (s *Service) finish(h *held, r *Response) {
	path := h.Survey.Path(h.Answers)
	maps.DeleteFunc(h.Answers, func(code string, _ Answer) bool { return !slices.Contains(path, code) })
	r.State, h.Done = Whole, true
}

// write keeps a response with the reasons that its words hint at.
func (s *Service) write(ctx context.Context, tx *db.Tx, v *Survey, r *Response) error {
	reasons, err := loadReasons(ctx, tx, r.ProgrammeID)
	if err != nil {
		return err
	}
	if r.Reasons == nil {
		r.Reasons = map[string]Reasoned{}
	}
	suggested := topics(reasons)
	for code, a := range r.Answers {
		if q := v.Question(code); q != nil && q.Form == Text {
			r.Reasons[code] = Reasoned{Suggested: suggested.Suggest(a.Text)}
		}
	}
	return saveResponse(ctx, tx, r)
}

// Decline takes back the consent to be asked, of the member whom the link asks,
// and closes the link. Doing it again does no harm.
func (s *Service) Decline(ctx context.Context, secret string) error {
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		h, err := s.hold(ctx, tx, secret, tx.ForUpdate())
		if f := fault.As(err); f != nil && f.Code == "survey_declined" {
			return nil
		}
		if err != nil {
			return err
		}
		if h.invitation == nil {
			return fault.Refused("survey_nobody_asked", "nobody was asked by this link")
		}
		if h.invitation.State != Completed {
			h.invitation.State, h.invitation.Changed = Declined, s.now()
		}
		if err := updateInvitations(ctx, tx, []Invitation{*h.invitation}); err != nil {
			return err
		}
		found, err := member.Load(ctx, tx, []id.ID{h.invitation.MemberID}, true)
		if err != nil {
			return err
		}
		m := found[h.invitation.MemberID]
		if m == nil || m.Status == member.Erased {
			return nil
		}
		return member.AddConsents(ctx, tx, []member.Consent{{
			MemberID: m.ID, Purpose: member.Surveys, Channel: member.Every, At: s.now(), Source: "survey link", By: system.String(),
		}})
	})
}

// NoteJob puts a member's answer onto their timeline.
const NoteJob = "survey.note"

// AnsweredKind is the kind of event that an answer is on the timeline.
const AnsweredKind = journal.Custom + "survey_answered"

type noting struct {
	MemberID   id.ID `json:"member"`
	ResponseID id.ID `json:"response"`
}

func noteJob(r *Response) jobs.New {
	return jobs.New{Kind: NoteJob, Unique: r.ID.In(id.SurveyResponse), Payload: noting{r.MemberID, r.ID}}
}

// Note does a job NoteJob.
func (s *Service) Note(ctx context.Context, j *jobs.Job) error {
	var n noting
	if err := j.Read(&n); err != nil {
		return err
	}
	list, err := selectResponses(ctx, s.d.Reader(), `r.member_id = $1 AND r.id = $2`, n.MemberID, n.ResponseID)
	if err != nil || len(list) == 0 {
		return err
	}
	r := list[0]
	shop, err := s.shopCode(ctx, r.ProgrammeID, r.ShopID)
	if err != nil {
		return err
	}
	_, err = s.flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: r.ProgrammeID, Source: "regulars.survey", ExternalID: r.ID.In(id.SurveyResponse), Kind: AnsweredKind, Occurred: r.Occurred,
		Who: flow.Who{MemberID: r.MemberID}, Shop: shop, Channel: string(r.Mode), Actor: system,
		Payload: flow.Payload{Attributes: map[string]string{"response": r.ID.In(id.SurveyResponse), "survey": r.SurveyID.In(id.Survey)}},
	})
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return nil // who was erased meanwhile has no timeline
	}
	return err
}

func (s *Service) shopCode(ctx context.Context, programme, shop id.ID) (string, error) {
	if shop == 0 {
		return "", nil
	}
	codes, err := shopCodes(ctx, s.d.Reader(), programme)
	return codes[shop], err
}
