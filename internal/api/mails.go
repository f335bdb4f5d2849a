package api

import (
	"context"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const mailType = "message/rfc822"

const exampleMail = "From: Ann Bell <ann@example.com>\r\nTo: help@shop.example\r\nSubject: Cold tea\r\nMessage-ID: <1@example.com>\r\n\r\nThe tea was cold.\r\n"

func (s *server) addMails() {
	o := operation{
		id: "take-mail", method: http.MethodPost, path: "/v1/mails", tag: tagCases, needs: needs(auth.CasesMail),
		summary: "Take in an e-mail as a case",
		text: "The e-mail as it came, with its heads, as a mail server's pipe or webhook has it; 25 MB at most. One that answers a case, or has its code in the subject, goes there; " +
			"any other opens a complaint. The same one, by its Message-ID, is taken once. What a machine wrote (Auto-Submitted, Precedence, List-Id, an empty Return-Path, a report) makes no case. " +
			"Its sender is not proven and is told nothing. From an address that the case does not know it becomes a note among staff. Quoted text and signatures are left out, photos are drawn anew, " +
			"and other attachments are named in a note and not kept.",
		example: exampleMail,
	}
	doc := add(s, o, func(ctx context.Context, c *call, _ *nothing) (*output[mailTaken], error) {
		raw, err := c.readMail()
		if err != nil {
			return nil, err
		}
		t, err := s.Complaints.TakeMail(ctx, c.actor, c.programme(), raw)
		return answered(mailTaken{string(t.Outcome), optionalID(id.Case, t.CaseID), t.Mark}), err
	})
	doc.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		mailType: {Schema: &huma.Schema{Type: huma.TypeString}, Example: o.example},
	}}
}

// readMail reads the body of a request that sends an e-mail.
func (c *call) readMail() ([]byte, error) {
	h := c.r.Header
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	coding := h.Get("Content-Encoding")
	if err != nil || kind != mailType && kind != "application/octet-stream" || coding != "" && coding != "identity" {
		return nil, fault.Invalid("wrong_mail_type", "send the e-mail as it came, as message/rfc822, not compressed")
	}
	return c.readAll(complaint.MaxMail)
}

type mailTaken struct {
	Outcome string `json:"outcome" enum:"opened,added,known,machine"`
	Case    string `json:"case,omitempty" doc:"The case that it opened or went to." example:"cas_01h9x3k7q2v5n"`
	Mark    string `json:"mark,omitempty" doc:"The head by which a machine wrote it." example:"Auto-Submitted"`
}
