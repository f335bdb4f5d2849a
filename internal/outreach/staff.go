package outreach

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// StaffLetter is a mail to somebody of the staff, in their words already.
type StaffLetter struct {
	// ID tells it from every other letter and contact; the same letter keeps it
	// however often it is sent.
	ID         id.ID
	Programme  *program.Programme
	To         string
	Lang       i18n.Lang
	Subject    string
	Paragraphs []string
	// Path is a page of ours where the letter leads, Open what the way there is
	// called, Foot says why it was sent.
	Path, Open, Foot string
}

// WriteStaff mails a letter to somebody of the staff, or puts it into the local
// sink. The contact policy has no say in it: it is for customers. A failure that
// is Rejected will not mend by itself.
func (s *Service) WriteStaff(ctx context.Context, l StaffLetter) error {
	mail := s.Channels[member.ByEmail]
	policy, _, err := loadPolicy(ctx, s.DB.Reader(), l.Programme.ID)
	if err != nil {
		return err
	}
	sheet := sheet{
		Brand: l.Programme.Name, Hue: l.Programme.Hue, Lang: string(l.Lang), Subject: strings.Join(strings.Fields(l.Subject), " "),
		Paragraphs: l.Paragraphs, Link: s.link(l.Path), Open: l.Open, Foot: l.Foot,
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if _, err := mail.Send(ctx, Message{
		ProgrammeID: l.Programme.ID, ContactID: l.ID, Class: flow.ServiceContact, Lang: l.Lang, To: l.To,
		FromName: cmp.Or(policy.SenderName, l.Programme.Name), FromAddress: cmp.Or(policy.SenderAddress, s.From),
		Subject: sheet.Subject, Text: sheet.text(), HTML: sheet.html(),
	}); err != nil {
		return fmt.Errorf("mailing somebody of the staff: %w", err)
	}
	return nil
}
