package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/outreach"
)

func (s *server) addContacts() {
	read(s, operation{
		id: "list-contacts", method: http.MethodGet, path: "/v1/contacts", tag: tagContacts, needs: needs(auth.ContactsRead),
		summary: "List what members were told, or were not and why, the latest first",
	}, s.listContacts)
	read(s, operation{
		id: "get-contact", method: http.MethodGet, path: "/v1/contacts/{contact}", tag: tagContacts, needs: needs(auth.ContactsRead),
		summary: "Get a contact with its verdict",
	}, func(ctx context.Context, c *call, in *contactIn) (contactView, error) {
		n, err := parseID(id.Contact, "contact", string(in.Contact))
		if err != nil {
			return contactView{}, err
		}
		found, err := s.Outreach.Get(ctx, c.actor, c.programme(), n)
		if err != nil {
			return contactView{}, err
		}
		return c.contact(found), nil
	})
	read(s, operation{
		id: "get-contact-message", method: http.MethodGet, path: "/v1/contacts/{contact}/message", tag: tagContacts, needs: needs(auth.ContactsRead, auth.ContactsPolicy),
		summary: "Read a message that went to the local sink instead of a mail server",
		text:    "For trials: a sign-in code can be read in it. The sink keeps messages for 30 days; what went to a mail server is not kept.",
	}, s.getMessage)
	write(s, operation{
		id: "write-to-member", method: http.MethodPost, path: "/v1/contacts", tag: tagContacts, needs: needs(auth.ContactsWrite), created: true,
		summary: "Write to a member in your own words",
		text: "The contact policy decides whether it is sent now, put off or not sent at all; the answer tells which, and why. " +
			"A stimulus is a promotion, a relationship contact thanks or congratulates, an ask is a survey; service is about what the member has or asked for and needs no consent.",
		example: `{"member": "mem_01h9x3k7q2v5n", "class": "relationship", "words": {"en": {"subject": "Ten years with us", "body": "Thank you for ten years."}}}`,
	}, s.writeToMember, s.showContact)
	s.addContactPolicy()
}

func (s *server) addContactPolicy() {
	read(s, operation{
		id: "get-contact-policy", method: http.MethodGet, path: "/v1/contact-policy", tag: tagContacts, needs: needs(auth.ContactsRead),
		summary: "Get the contact policy in force",
	}, func(ctx context.Context, c *call, _ *nothing) (policyView, error) {
		p, version, err := s.Outreach.Policy(ctx, c.actor, c.programme())
		return policyView{version, policyOf(p)}, err
	})
	write(s, operation{
		id: "set-contact-policy", method: http.MethodPut, path: "/v1/contact-policy", tag: tagContacts, needs: needs(auth.ContactsPolicy),
		summary: "Put another contact policy in force",
		text:    "Send the version that you read; another by now is a conflict (409). The policies before are kept. What is left out is as nothing or 0.",
		example: `{"version": 0, "policy": {"quiet_from": "21:00", "quiet_to": "09:00", "day_cap": 1, "month_cap": 4, "ask_days": 30, "incident_days": 7}}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *newPolicy) (string, error) {
		p, err := body.Policy.policy()
		if err == nil {
			_, err = s.Outreach.SetPolicy(ctx, c.actor, c.programme(), body.Version, p)
		}
		return "", within("/policy", err)
	}, func(ctx context.Context, c *call, _ string) (policyView, error) {
		p, version, err := s.Outreach.Policy(ctx, watcher, c.programme())
		return policyView{version, policyOf(p)}, err
	})
	take(s, operation{
		id: "decide-contact", method: http.MethodPost, path: "/v1/contact-policy/decide", tag: tagContacts, needs: needs(auth.ContactsRead),
		summary: "Ask whether a member would be contacted now, and why not", text: "Nothing is sent and nothing changes.",
		example: `{"member": "mem_01h9x3k7q2v5n", "class": "stimulus"}`,
	}, func(ctx context.Context, c *call, body *wouldDecide) (verdictView, error) {
		m, err := id.Parse(id.Member, body.Member)
		if err != nil {
			return verdictView{}, fault.At("/member", err)
		}
		v, err := s.Outreach.WouldDecide(ctx, c.actor, c.programme(), m, flow.Class(body.Class))
		return c.verdict(v), err
	})
}

type contactIn struct {
	Contact contactID `path:"contact"`
}

type contactID string

// Schema describes it for the document.
func (contactID) Schema(huma.Registry) *huma.Schema { return shown(id.Contact, "The contact.") }

type contactListIn struct {
	Cursor  cursor   `query:"cursor"`
	Limit   limit    `query:"limit"`
	Member  memberID `query:"member"`
	State   string   `query:"state" doc:"sent, queued, deferred, refused or failed; all when left out."`
	Class   string   `query:"class" doc:"service, relationship, ask or stimulus; all when left out."`
	Channel string   `query:"channel" doc:"email, sms or call; all when left out."`
}

func (s *server) listContacts(ctx context.Context, c *call, in *contactListIn) (page[contactView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[contactView]{}, err
	}
	at, err := inContacts.read(in.Cursor, 1)
	if err != nil {
		return page[contactView]{}, err
	}
	if err := oneOf("state", in.State, outreach.States()); err != nil {
		return page[contactView]{}, err
	}
	if err := oneOf("class", in.Class, outreach.Classes()); err != nil {
		return page[contactView]{}, err
	}
	query := outreach.Query{
		ProgrammeID: c.programme(), State: outreach.State(in.State), Class: flow.Class(in.Class), Channel: in.Channel, Before: id.ID(at[0]), Limit: size + 1,
	}
	var list []*outreach.Contact
	if in.Member == "" {
		list, err = s.Outreach.List(ctx, c.actor, query)
	} else {
		var m id.ID
		if m, err = in.Member.id(); err != nil {
			return page[contactView]{}, err
		}
		list, err = s.Outreach.Of(ctx, c.actor, m, query)
	}
	return paged(inContacts, list, size, c.contact, func(n *outreach.Contact) []int64 { return []int64{int64(n.ID)} }), err
}

// newLetter is a contact in the shop's own words.
type newLetter struct {
	Member string                 `json:"member" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	Class  string                 `json:"class" enum:"service,relationship,ask,stimulus"`
	Words  map[string]letterWords `json:"words" doc:"By language: en, ru, pl. The member reads their own, or else the programme's first."`
	Path   string                 `json:"path,omitempty" maxLength:"500" doc:"A page of ours that the message leads to." example:"/me"`
}

type letterWords struct {
	Subject string `json:"subject" minLength:"1" maxLength:"800"`
	Body    string `json:"body" minLength:"1" maxLength:"80000" doc:"Plain text; each line is a paragraph."`
}

func (s *server) writeToMember(ctx context.Context, c *call, _ *nothing, body *newLetter) (string, error) {
	m, err := id.Parse(id.Member, body.Member)
	if err != nil {
		return "", fault.At("/member", err)
	}
	letter := outreach.Letter{ProgrammeID: c.programme(), MemberID: m, Class: flow.Class(body.Class), Path: body.Path, Words: map[i18n.Lang]outreach.Words{}}
	for l, w := range body.Words {
		letter.Words[i18n.Lang(l)] = outreach.Words{Subject: w.Subject, Body: w.Body}
	}
	made, err := s.Outreach.Write(ctx, c.actor, letter)
	if err != nil {
		return "", err
	}
	return made.ID.In(id.Contact), nil
}

func (s *server) showContact(ctx context.Context, c *call, subject string) (contactView, error) {
	n, err := parseID(id.Contact, "contact", subject)
	if err != nil {
		return contactView{}, err
	}
	found, err := s.Outreach.Get(ctx, watcher, c.programme(), n)
	if err != nil {
		return contactView{}, err
	}
	return c.contact(found), nil
}

// contactView is something that a member was told, or was not.
type contactView struct {
	Contact  string      `json:"contact" example:"ctc_01h9x3k7q2v5n"`
	Member   string      `json:"member" example:"mem_01h9x3k7q2v5n"`
	Class    string      `json:"class" enum:"service,relationship,ask,stimulus"`
	Channel  string      `json:"channel,omitempty" doc:"The way that was chosen; missing where there is none." example:"email"`
	Message  string      `json:"message,omitempty" doc:"A message of ours; missing for your own words." example:"sign_in"`
	Title    string      `json:"title" doc:"What it is about." example:"Your code for Corner Shop"`
	State    string      `json:"state" enum:"queued,deferred,sent,failed,refused"`
	Verdict  verdictView `json:"verdict"`
	Made     time.Time   `json:"made"`
	Due      *time.Time  `json:"due,omitempty" doc:"When a deferred contact is decided again."`
	Sent     *time.Time  `json:"sent,omitempty"`
	Attempts int         `json:"attempts" doc:"How often it was tried to hand it over."`
	Failure  string      `json:"failure,omitempty" doc:"Why it could not be handed over; of a call no_answer, wrong_number, not_phoned or not_noted." example:"the mail server answered 550"`
}

// verdictView is whether a member is contacted.
type verdictView struct {
	Outcome string      `json:"outcome" enum:"allow,defer,refuse"`
	Reason  *reasonView `json:"reason"`
	Until   *time.Time  `json:"until,omitempty" doc:"When it is decided again."`
	Trail   []checkView `json:"trail" nullable:"false" doc:"The checks in their order, up to the one that decided. A code of security is not checked."`
}

type checkView struct {
	Check   string      `json:"check" enum:"person,address,consent,control,incident,quiet,caps,quarantine,loyal,overloaded"`
	Passed  bool        `json:"passed"`
	Unknown bool        `json:"unknown,omitempty" doc:"Nothing here knows of this so far, so it passed."`
	Reason  *reasonView `json:"reason"`
}

func (c *call) contact(n *outreach.Contact) contactView {
	return contactView{
		Contact: n.ID.In(id.Contact), Member: n.MemberID.In(id.Member), Class: string(n.Class), Channel: string(n.Channel), Message: n.Message,
		Title: c.print.Say(n.Title(c.setting.Name, c.print.Lang())), State: string(n.State), Verdict: c.verdict(n.Verdict), Made: n.Made, Due: moment(n.Due), Sent: moment(n.Sent),
		Attempts: n.Attempts, Failure: n.Failure,
	}
}

func (c *call) verdict(v outreach.Verdict) verdictView {
	view := verdictView{Outcome: string(v.Outcome), Reason: c.reason(v.Reason), Until: moment(v.Until), Trail: make([]checkView, len(v.Trail))}
	for i, s := range v.Trail {
		view.Trail[i] = checkView{string(s.Check), s.Passed, s.Unknown, c.reason(s.Reason)}
	}
	return view
}

type wouldDecide struct {
	Member string `json:"member" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	Class  string `json:"class" enum:"service,relationship,ask,stimulus"`
}
