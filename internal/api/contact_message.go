package api

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// contactMessage is what the local sink holds of a contact.
type contactMessage struct {
	Contact string    `json:"contact" example:"ctc_01h9x3k7q2v5n"`
	To      string    `json:"to" example:"nina@example.com"`
	Subject string    `json:"subject" example:"Your code for Corner Shop"`
	Text    string    `json:"text"`
	HTML    string    `json:"html,omitempty"`
	At      time.Time `json:"at"`
}

func (s *server) getMessage(ctx context.Context, c *call, in *contactIn) (contactMessage, error) {
	n, err := parseID(id.Contact, "contact", string(in.Contact))
	if err != nil {
		return contactMessage{}, err
	}
	if err := c.can(auth.ContactsPolicy); err != nil {
		return contactMessage{}, err
	}
	found, err := s.Outreach.Get(ctx, c.actor, c.programme(), n)
	if err != nil {
		return contactMessage{}, err
	}
	m, err := s.Outreach.Sunk(ctx, c.actor, found)
	if err != nil {
		return contactMessage{}, err
	}
	if m == nil {
		return contactMessage{}, fault.Missing("message_not_sunk", "the sink holds no message of this contact: it was not sent, went to a mail server, or is older than 30 days")
	}
	return contactMessage{n.In(id.Contact), m.To, m.Subject, m.Text, m.HTML, m.At}, nil
}
