package alarm

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/outreach"
	"regulars/internal/program"
)

// MailJob is the job that mails an alarm to one of the staff.
const MailJob = "alarm.mail"

// letterKey names a mail: it is the payload of a MailJob.
type letterKey struct {
	ProgrammeID id.ID `json:"programme"`
	AlarmID     id.ID `json:"alarm"`
	StaffID     id.ID `json:"staff"`
}

// Tell does a MailJob. What they chose and may know by now counts; what the mail
// server could not take is tried again as the job is.
func (s *Service) Tell(ctx context.Context, j *jobs.Job) error {
	var k letterKey
	if err := j.Read(&k); err != nil {
		return err
	}
	q := s.DB.Reader()
	l, there, err := loadLetter(ctx, q, k)
	if err != nil || !there || l.state != onItsWay {
		return err
	}
	alarms, err := selectAlarms(ctx, q, `a.programme_id = $1 AND a.id = $2`, k.ProgrammeID, k.AlarmID)
	if err != nil || len(alarms) == 0 {
		return err
	}
	p, err := program.Load(ctx, q, k.ProgrammeID)
	if err != nil {
		return err
	}
	who, err := s.reader(ctx, q, alarms[0], k.StaffID)
	if err != nil {
		return err
	}
	if who == nil {
		return s.settle(ctx, &l, needless)
	}
	err = s.Post.WriteStaff(ctx, s.compose(&p, alarms[0], who, l.id))
	switch {
	case err == nil:
		return s.settle(ctx, &l, wentOut)
	case outreach.IsRejected(err) || j.Attempt >= j.MaxAttempts:
		return s.settle(ctx, &l, refused)
	}
	return err
}

// reader is whom an alarm is told to, nil for who is not to be told any more.
func (s *Service) reader(ctx context.Context, q db.Queryer, n *Alarm, staff id.ID) (*auth.Staff, error) {
	list, err := s.Auth.ListStaff(ctx, ourselves, n.ProgrammeID)
	if err != nil {
		return nil, err
	}
	chosen, err := selectChoices(ctx, q, n.ProgrammeID)
	i := slices.IndexFunc(list, func(x auth.Staff) bool { return x.ID == staff })
	if err != nil || i < 0 || !listens(&list[i], &n.Sign, n.ProgrammeID, choiceOf(&list[i], n.ProgrammeID, chosen)) {
		return nil, err
	}
	return &list[i], nil
}

func (s *Service) settle(ctx context.Context, l *letter, state string) error {
	ctx = context.WithoutCancel(ctx)
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE alarm_mail SET state = $1, settled = $2 WHERE programme_id = $3 AND alarm_id = $4 AND staff_id = $5`, state, db.Micros(s.clock()), l.programme, l.alarm, l.staff); err != nil {
			return fmt.Errorf("noting that somebody was told of an alarm: %w", err)
		}
		return nil
	})
}

// compose makes the mail in the language of whom it goes to, or the programme's.
func (s *Service) compose(p *program.Programme, n *Alarm, who *auth.Staff, mail id.ID) outreach.StaffLetter {
	lang := who.Language
	if lang == "" {
		lang, _ = i18n.ParseLang(cmp.Or(slices.Concat(p.Languages, []string{string(i18n.English)})...))
	}
	say := s.Texts.Printer(lang, p.Zone, p.Currency)
	return outreach.StaffLetter{
		ID: mail, Programme: p, To: who.Email, Lang: lang,
		Subject: say.T("alarm.mail.subject", "programme", p.Name, "topic", say.Say(n.Topic.Text())),
		Paragraphs: []string{
			say.T("alarm.mail.hello", "name", who.Name), say.Say(n.Text), say.T("alarm.mail.raised", "at", n.Raised), say.T("alarm.mail.once"),
		},
		Path: "/p/" + p.Slug + n.Path, Open: say.T("alarm.mail.open"), Foot: say.T("alarm.mail.foot", "programme", p.Name),
	}
}

// mostShown is how many alarms are listed.
const mostShown = 100

// List returns the latest alarms of the topics that the actor may know, the latest
// first, at most 100; those that concern the actor are left out.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]*Alarm, error) {
	topics := open(a, programme)
	if len(topics) == 0 {
		return nil, a.Can(programme, auth.CasesRead)
	}
	var args db.Args
	words := make([]string, len(topics))
	for i, t := range topics {
		words[i] = string(t)
	}
	where := `a.programme_id = ` + args.Add(programme) + ` AND a.about <> ` + args.Add(a.String()) + ` AND a.topic IN ` + args.InText(words) + ` ORDER BY a.id DESC LIMIT ` + args.Add(mostShown)
	list, err := selectAlarms(ctx, s.DB.Reader(), where, args.Values()...)
	return slices.DeleteFunc(list, func(n *Alarm) bool { return !n.allowed(a, programme) }), err
}
