package outreach

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
)

// sendTimeout bounds one try to hand a message over.
const sendTimeout = 30 * time.Second

// Deliver does a job SendJob: it decides once more, so that what was said or
// happened meanwhile counts, makes the words and hands the message over. What a
// channel could not take for now is tried again as the job is.
func (s *Service) Deliver(ctx context.Context, j *jobs.Job) error {
	var k ref
	if err := j.Read(&k); err != nil {
		return err
	}
	var c *Contact
	var p *person
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if c, p, err = s.take(ctx, tx, k); err != nil || c == nil || c.State != Queued {
			c = nil
			return err
		}
		if err := s.decide(ctx, tx, p, c); err != nil {
			return err
		}
		if c.State == Queued {
			c.Attempts++
			return updateContact(ctx, tx, c)
		}
		if err := updateContact(ctx, tx, c); err != nil {
			return err
		}
		return s.goOn(ctx, tx, c)
	})
	if err != nil || c == nil || c.State != Queued {
		return err
	}
	failure := s.hand(ctx, s.compose(p, c), c)
	if failure != nil && !IsRejected(failure) && j.Attempt < j.MaxAttempts {
		return failure
	}
	return s.DB.InTxAgain(context.WithoutCancel(ctx), func(tx *db.Tx) error { return s.settle(ctx, tx, c) })
}

// hand gives a message to its channel and notes what came of it.
func (s *Service) hand(ctx context.Context, m Message, c *Contact) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	provider, err := s.Channels[c.Channel].Send(ctx, m)
	if err != nil {
		c.State, c.Failure = Failed, err.Error()
		return fmt.Errorf("sending contact %s: %w", c.ID.In(id.Contact), err)
	}
	c.State, c.Sent, c.ProviderID = Sent, db.Time(db.Micros(s.Now())), provider
	return nil
}

// settle writes what came of sending. A person who was erased meanwhile leaves
// nothing of it behind.
func (s *Service) settle(ctx context.Context, tx *db.Tx, done *Contact) error {
	ctx = context.WithoutCancel(ctx)
	c, p, err := s.take(ctx, tx, ref{done.MemberID, done.ID})
	if err != nil || c == nil {
		return err
	}
	c.State, c.Sent, c.Failure, c.ProviderID = done.State, done.Sent, done.Failure, done.ProviderID
	if err := s.forgetErased(ctx, tx, p, c); err != nil {
		return err
	}
	if c.State == Failed && s.Undelivered != nil {
		if err := s.Undelivered(ctx, tx, c.ProgrammeID, c.Name); err != nil {
			return err
		}
	}
	return updateContact(ctx, tx, c)
}

// Notice is a message of security that goes out at once.
type Notice struct {
	ProgrammeID, MemberID id.ID
	// To is where it goes: an identity of the member, or one that is to become
	// theirs once they type the code that arrives there.
	To member.Identity
	// Message names the words; Args fill them and are kept nowhere but in the
	// local sink.
	Message string
	Args    map[string]string
	// Link is where the message leads, a whole address or a path of ours.
	Link string
}

// SendNow sends a code of security: outside quiet hours and caps, and without a
// consent. What was sent is kept without what filled it. It refuses an address
// that no channel reaches ("contact_no_channel") and tells when the message
// could not be handed over ("contact_not_sent"). Whoever calls it sees to it
// that nobody can have strangers written to without end.
func (s *Service) SendNow(ctx context.Context, n Notice) error {
	p, err := s.meet(ctx, s.DB.Reader(), n.ProgrammeID, n.MemberID)
	if err != nil {
		return err
	}
	c := &Contact{
		ID: s.DB.IDs().New(), ProgrammeID: n.ProgrammeID, MemberID: p.ID, Class: flow.ServiceContact, Message: n.Message,
		Verdict: Decide(p.policy, Facts{Security: true}), Attempts: 1, Made: db.Time(db.Micros(s.Now())),
	}
	c.Name, c.Decided = "now:"+c.ID.In(id.Contact), c.Made
	for _, way := range channelOrder {
		if way.kind == n.To.Kind && s.Channels[way.channel] != nil {
			c.Channel = way.channel
		}
	}
	if c.Channel == "" {
		return fault.Refused("contact_no_channel", "nothing can be sent to this address")
	}
	m := s.compose(p, &Contact{ID: c.ID, MemberID: c.MemberID, Class: c.Class, Channel: c.Channel, Message: n.Message, Content: Content{Args: plainArgs(n.Args), Path: n.Link}})
	m.To = n.To.Value
	failure := s.hand(ctx, m, c)
	err = s.DB.InTxAgain(context.WithoutCancel(ctx), func(tx *db.Tx) error { return s.keepNotice(context.WithoutCancel(ctx), tx, c) })
	if failure != nil {
		s.Log.WarnContext(ctx, "sending a code", "error", failure)
		return fault.Busy("contact_not_sent", "the message could not be sent just now; try again in a minute").Because(failure)
	}
	return err
}

// keepNotice writes down that a notice was sent, or was not.
func (s *Service) keepNotice(ctx context.Context, tx *db.Tx, c *Contact) error {
	p, err := s.hold(ctx, tx, c.ProgrammeID, c.MemberID)
	if err != nil {
		return err
	}
	if _, err := claimName(ctx, tx, c); err != nil {
		return err
	}
	if err := s.forgetErased(ctx, tx, p, c); err != nil {
		return err
	}
	return insertContact(ctx, tx, c)
}

// forgetErased leaves nothing behind of a person who was erased while a message
// was on its way.
func (s *Service) forgetErased(ctx context.Context, tx *db.Tx, p *person, c *Contact) error {
	if p.Status != member.Erased {
		return nil
	}
	c.forget()
	return dropSunk(ctx, tx, []id.ID{c.MemberID})
}

// plainArgs makes texts of plain words.
func plainArgs(args map[string]string) map[string]i18n.Text {
	texts := make(map[string]i18n.Text, len(args))
	for name, words := range args {
		texts[name] = i18n.Text{Key: "outreach.plain", Args: map[string]any{"words": words}}
	}
	return texts
}

// SendCode sends a code by which a member signs in, and the link that does the
// same.
func (s *Service) SendCode(ctx context.Context, programme, m id.ID, to member.Identity, code, link string) error {
	return s.SendNow(ctx, Notice{ProgrammeID: programme, MemberID: m, To: to, Message: "sign_in", Args: map[string]string{"code": code}, Link: link})
}
