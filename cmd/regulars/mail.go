package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
)

type mailCmd struct {
	place
	File      string `arg:"" optional:"" help:"File that holds the e-mail; standard input when left out." type:"existingfile"`
	Programme string `help:"Slug of the programme; not needed where there is one." placeholder:"SLUG"`
	JSON      bool   `help:"Print what became of it as JSON." name:"json"`
}

// Help shows examples.
func (mailCmd) Help() string {
	return `Takes an e-mail as it came (RFC 5322) and opens a complaint, or adds it to the one that it answers. The same
e-mail is taken once; what a machine wrote makes no case. Beside a running server the server takes it.
For the pipe of a mail server, as in /etc/aliases:

  help: "|/usr/local/bin/regulars mail --dir /var/lib/regulars"

Examples:
  regulars mail < letter.eml
  regulars mail letter.eml --programme coffee --json`
}

// Run takes the e-mail. What comes by standard input lies in a file of its own
// while a server takes it, since the server does not see our input.
func (c *mailCmd) Run(ctx context.Context, s streams, line commandLine) (err error) {
	if c.File == "" {
		letter, remove, err := keepInput(c.Dir)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, remove()) }()
		c.File, line = letter, append(line, letter)
	}
	return c.change(ctx, s, line, func(h *house) error {
		p, err := h.programme(ctx, c.Programme)
		if err != nil {
			return err
		}
		raw, err := readLetter(c.File)
		if err != nil {
			return err
		}
		taken, err := h.complaints.TakeMail(ctx, operator(), p.ID, raw)
		if err != nil {
			return err
		}
		return c.say(s, taken)
	})
}

// keepInput writes standard input into a file that only its owner may read.
func keepInput(dir string) (path string, remove func() error, err error) {
	if info, err := os.Stdin.Stat(); err != nil || info.Mode()&os.ModeCharDevice != 0 {
		return "", nil, fault.Invalid("mail_source", "give the e-mail on standard input or name a file")
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", nil, err
	}
	if _, err := os.Stat(dir); err != nil {
		dir = "" // the data is elsewhere
	}
	f, err := os.CreateTemp(dir, "mail-*.eml")
	if err != nil {
		return "", nil, fmt.Errorf("keeping the e-mail: %w", err)
	}
	_, err = io.Copy(f, io.LimitReader(os.Stdin, complaint.MaxMail+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return "", nil, errors.Join(fmt.Errorf("keeping the e-mail: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), func() error { return os.Remove(f.Name()) }, nil
}

// readLetter reads a file, one byte more than an e-mail may have at most.
func readLetter(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the e-mail: %w", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, complaint.MaxMail+1))
	if err != nil {
		return nil, fmt.Errorf("reading the e-mail: %w", err)
	}
	return raw, nil
}

// say prints what became of the e-mail.
func (c *mailCmd) say(s streams, t complaint.MailTaken) error {
	shown := ""
	if t.CaseID != 0 {
		shown = t.CaseID.In(id.Case)
	}
	if c.JSON {
		return printJSON(s.out, map[string]string{"outcome": string(t.Outcome), "case": shown, "mark": t.Mark})
	}
	switch t.Outcome {
	case complaint.MailOpened:
		fmt.Fprintln(s.out, "opened", shown)
	case complaint.MailAdded:
		fmt.Fprintln(s.out, "added to", shown)
	case complaint.MailKnown:
		fmt.Fprintln(s.out, "known already", shown)
	case complaint.MailMachine:
		fmt.Fprintln(s.out, "written by a machine:", t.Mark)
	}
	return nil
}
