package touch

import (
	"context"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/lexicon"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Mentions returns a page of mentions, the newest first. It needs touch.read.
func (s *Service) Mentions(ctx context.Context, a auth.Actor, query MentionQuery) ([]*Mention, error) {
	if err := a.Can(query.ProgrammeID, auth.TouchRead); err != nil {
		return nil, err
	}
	return query.read(ctx, s.DB.Reader())
}

// Mention returns one. It needs touch.read.
func (s *Service) Mention(ctx context.Context, a auth.Actor, programme, mention id.ID) (*Mention, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	return loadMention(ctx, s.DB.Reader(), programme, mention, "")
}

// SetTone says how a mention is meant; an empty tone leaves it to the
// suggestion again. It needs touch.write.
func (s *Service) SetTone(ctx context.Context, a auth.Actor, programme, mention id.ID, tone lexicon.Tone) (*Mention, error) {
	if err := checkTone(tone); err != nil {
		return nil, err
	}
	return s.changeMention(ctx, a, programme, mention, "mention.tone", func(_ *db.Tx, m *Mention) error {
		m.Tone = tone
		return nil
	})
}

// AnswerMention notes that we answered a mention, and where. It needs
// touch.write.
func (s *Service) AnswerMention(ctx context.Context, a auth.Actor, programme, mention id.ID, link string) (*Mention, error) {
	link = strings.TrimSpace(link)
	if webLink(link) == "" {
		return nil, fault.Invalid("mention_answer", "write the address at which we answered, as https://example.com/thread#4").At("/link")
	}
	return s.changeMention(ctx, a, programme, mention, "mention.answer", func(_ *db.Tx, m *Mention) error {
		if err := m.settle(MentionAnswered, s.clock(), a.String()); err != nil {
			return err
		}
		m.Answer = link
		return nil
	})
}

// SetAside says that nothing is done about a mention, and why. It stays where it
// is. It needs touch.write.
func (s *Service) SetAside(ctx context.Context, a auth.Actor, programme, mention id.ID, why string) (*Mention, error) {
	why = strings.TrimSpace(why)
	if err := checkWhy(why); err != nil {
		return nil, err
	}
	return s.changeMention(ctx, a, programme, mention, "mention.aside", func(_ *db.Tx, m *Mention) error {
		if err := m.settle(MentionAside, s.clock(), a.String()); err != nil {
			return err
		}
		m.Why = why
		return nil
	})
}

// MakeReview takes a mention as a review at a platform, with a rating where it
// has one, so that it is counted and answered there. It needs touch.write.
func (s *Service) MakeReview(ctx context.Context, a auth.Actor, programme, mention id.ID, platform Platform, rating int64) (*Mention, error) {
	return s.changeMention(ctx, a, programme, mention, "mention.review", func(tx *db.Tx, m *Mention) error {
		if m.State == MentionReview {
			return nil // pressed twice
		}
		seen := Seen{
			Platform: platform, ExternalID: m.ID.In(id.Mention), Rating: rating, Occurred: m.Published, Author: m.Author,
			Text: strings.TrimSpace(m.Title + "\n\n" + m.Excerpt),
		}
		if err := seen.Check(s.Now()); err != nil {
			return err
		}
		taken, err := s.take(ctx, tx, a, programme, []Seen{seen}, nil)
		if err != nil {
			return err
		}
		m.ReviewID = taken[0].ReviewID
		return m.settle(MentionReview, s.clock(), a.String())
	})
}

// TellMentionJob is the job that puts on the timeline what a member wrote.
const TellMentionJob = "touch.tell"

type mentionRef struct {
	ProgrammeID id.ID `json:"programme"`
	MentionID   id.ID `json:"mention"`
	MemberID    id.ID `json:"member"`
}

// BindMention says which member wrote a mention, so that it stands on their timeline
// and is theirs when they ask to be forgotten; 0 takes it back. Nothing says so
// by itself. It needs touch.write.
func (s *Service) BindMention(ctx context.Context, a auth.Actor, programme, mention, who id.ID) (*Mention, error) {
	return s.changeMention(ctx, a, programme, mention, "mention.bind", func(tx *db.Tx, m *Mention) error {
		m.MemberID = who
		if who == 0 {
			return nil
		}
		if _, err := member.Present(ctx, tx, programme, who); err != nil {
			return fault.At("/member", err)
		}
		return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: TellMentionJob, Unique: m.ID.In(id.Mention) + ":" + who.In(id.Member), Payload: mentionRef{programme, m.ID, who}})
	})
}

// TellMention does the job that puts a mention on the timeline of who wrote it,
// unless that was taken back meanwhile.
func (s *Service) TellMention(ctx context.Context, j *jobs.Job) error {
	var ref mentionRef
	if err := j.Read(&ref); err != nil {
		return err
	}
	m, err := loadMention(ctx, s.DB.Reader(), ref.ProgrammeID, ref.MentionID, "")
	if err != nil || m.MemberID != ref.MemberID || s.Flow == nil {
		return err
	}
	_, err = s.Flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: m.ProgrammeID, Source: "regulars", ExternalID: "mention:" + m.ID.In(id.Mention) + ":" + m.MemberID.In(id.Member),
		Kind: journal.Kind(journal.Custom + "mention_written"), Occurred: m.Published, Who: flow.Who{MemberID: m.MemberID}, Actor: auth.System("feeds"),
		Payload: flow.Payload{Attributes: map[string]string{"mention": m.ID.In(id.Mention)}},
	})
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}

func (s *Service) changeMention(ctx context.Context, a auth.Actor, programme, mention id.ID, action string, do func(*db.Tx, *Mention) error) (m *Mention, err error) {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return nil, err
	}
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		if m, err = loadMention(ctx, tx, programme, mention, tx.ForUpdate()); err != nil {
			return err
		}
		if err := do(tx, m); err != nil {
			return err
		}
		if err := saveMentions(ctx, tx, []*Mention{m}); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: mention.In(id.Mention)})
	})
	return m, err
}
