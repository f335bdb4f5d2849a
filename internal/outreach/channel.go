package outreach

import (
	"context"
	"errors"

	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Message is what a channel carries: words and address, made for the one
// sending.
type Message struct {
	ProgrammeID, MemberID, ContactID id.ID
	Class                            flow.Class
	Lang                             i18n.Lang
	To                               string
	FromName, FromAddress, ReplyTo   string
	Subject, Text, HTML              string
	// Unsubscribe is the address of ours by which the member takes the consent
	// back; empty for messages that need none.
	Unsubscribe string
}

// Channel carries messages. A failure marked by Rejected will not mend by
// itself; every other is tried again. It may be given one message twice, when a
// process died before it could note the first.
type Channel interface {
	Send(ctx context.Context, m Message) (providerID string, err error)
}

// rejected is a failure for good.
type rejected struct{ error }

func (r rejected) Unwrap() error { return r.error }

// Rejected marks a failure that will not mend by itself, as an address that
// does not exist.
func Rejected(err error) error { return rejected{err} }

// IsRejected reports whether sending again is of no use.
func IsRejected(err error) bool {
	_, is := errors.AsType[rejected](err)
	return is
}
