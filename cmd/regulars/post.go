package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"time"

	"regulars/internal/alarm"
	"regulars/internal/basket"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/standard"
	"regulars/internal/survey"
)

// post says how messages reach customers.
type post struct {
	SMTPURL   string `name:"smtp-url" help:"Mail server, smtp://user:password@host:587?tls=required or smtps://…; without one messages stay in the console." env:"REGULARS_SMTP_URL"`
	MailFrom  string `name:"mail-from" help:"Address that mail comes from where a programme says none; regulars@localhost when left out." env:"REGULARS_MAIL_FROM"`
	PublicURL string `name:"public-url" help:"Where customers reach this server, for links in messages; the address listened on when left out." env:"REGULARS_PUBLIC_URL"`
}

// base is where customers reach the server.
func (p post) base(addr string) string {
	if p.PublicURL != "" {
		return p.PublicURL
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host == "" {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// messages makes the room that writes to customers: by mail where a server is
// named, else into the local sink.
func (h *house) messages(p post, addr string) (*outreach.Service, error) {
	texts, err := i18n.New()
	if err != nil {
		return nil, fmt.Errorf("reading the texts: %w", err)
	}
	from := cmp.Or(p.MailFrom, "regulars@localhost")
	var mail outreach.Channel = outreach.Sink{DB: h.db, Now: h.now}
	if p.SMTPURL != "" {
		if mail, err = outreach.NewSMTP(p.SMTPURL, h.now); err != nil {
			return nil, err
		}
	}
	messages := outreach.New(outreach.Config{
		DB: h.db, Now: h.now, Log: h.log, Texts: texts, Members: h.members,
		Channels: map[member.Channel]outreach.Channel{member.ByEmail: mail},
		Base:     p.base(addr), From: from,
		Incidents:   incidents{h.complaints},
		Paths:       map[string]func(salt, subject string) string{survey.Scheme: survey.LinkPath, standard.Scheme: standard.LinkPath, basket.Scheme: basket.LinkPath},
		Undelivered: h.undelivered,
		Withheld:    h.baskets.Undelivered, // a survey counts whom it could not ask among the silent
	})
	h.surveys.WithConsents(messages)
	return messages, nil
}

// undelivered tells those who asked something that their message did not arrive;
// each knows its own by the name.
func (h *house) undelivered(ctx context.Context, tx *db.Tx, programme id.ID, contact string) error {
	if err := h.surveys.Undelivered(ctx, tx, programme, contact); err != nil {
		return err
	}
	return h.baskets.Undelivered(ctx, tx, programme, contact)
}

// scheduleAlarms has it looked for what the staff are to be told of, and them
// written to.
func scheduleAlarms(runner *jobs.Runner, s *alarm.Service) {
	runner.Handle(alarm.MailJob, s.Tell)
	runner.Every("watch for alarms", time.Hour, s.Watch)
}

// scheduleMessages registers what rooms want told, and what becomes of it.
func scheduleMessages(runner *jobs.Runner, s *outreach.Service) {
	runner.Handle(flow.ContactWanted, s.Wanted)
	runner.Handle(outreach.DecideJob, s.Again)
	runner.Handle(outreach.SendJob, s.Deliver)
	runner.Every("forget messages that were not sent out", 24*time.Hour, s.Prune)
}
