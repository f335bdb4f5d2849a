package survey

import (
	"context"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Invitations returns a page of those whom a survey asked, the latest first:
// those before an id if it is not zero, at most limit. It needs surveys.read.
func (s *Service) Invitations(ctx context.Context, a auth.Actor, programme, survey, before id.ID, limit int) ([]Invitation, error) {
	if _, err := s.Get(ctx, a, programme, survey); err != nil {
		return nil, err
	}
	return selectInvitations(ctx, s.d.Reader(), `programme_id = $1 AND survey_id = $2 AND (id < $3 OR $3 = 0) ORDER BY id DESC LIMIT $4`, programme, survey, before, limit)
}

// Invitation returns one; fault "unknown_invitation". It needs surveys.read.
func (s *Service) Invitation(ctx context.Context, a auth.Actor, programme, invitation id.ID) (Invitation, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return Invitation{}, err
	}
	return loadInvitation(ctx, s.d.Reader(), programme, invitation, "")
}

func loadInvitation(ctx context.Context, q db.Queryer, programme, invitation id.ID, lock string) (Invitation, error) {
	list, err := selectInvitations(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, invitation)
	if err == nil && len(list) == 0 {
		err = fault.Missing("unknown_invitation", "there is no such invitation")
	}
	if err != nil {
		return Invitation{}, err
	}
	return list[0], nil
}

// Bounce notes that an invitation did not reach its member, so that they do not
// count among those asked. It changes nothing for those who began to answer. It
// needs surveys.write.
func (s *Service) Bounce(ctx context.Context, a auth.Actor, programme, invitation id.ID) error {
	if err := a.Can(programme, auth.SurveysWrite); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error { return s.bounce(ctx, tx, a, programme, invitation) })
}

// Undelivered notes by the name of a contact that it did not reach its member,
// in the transaction of who could not deliver it; contacts of others don't
// concern surveys.
func (s *Service) Undelivered(ctx context.Context, tx *db.Tx, programme id.ID, contact string) error {
	shown, ours := strings.CutPrefix(contact, contactPrefix)
	if invitation, err := id.Parse(id.SurveyInvitation, shown); ours && err == nil {
		err = s.bounce(ctx, tx, system, programme, invitation)
		if f := fault.As(err); f == nil || f.Kind != fault.KindMissing { // else the survey is gone
			return err
		}
	}
	return nil
}

func (s *Service) bounce(ctx context.Context, tx *db.Tx, a auth.Actor, programme, invitation id.ID) error {
	n, err := loadInvitation(ctx, tx, programme, invitation, tx.ForUpdate())
	if err != nil || n.State != Invited && n.State != Opened {
		return err
	}
	n.State, n.Changed = Bounced, s.now()
	if err := updateInvitations(ctx, tx, []Invitation{n}); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: programme, Action: "survey.bounce", Subject: n.SurveyID.In(id.Survey), Detail: map[string]any{"invitation": invitation.In(id.SurveyInvitation)},
	})
}
