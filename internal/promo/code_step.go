package promo

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// CodeMove names a step of a code's life.
type CodeMove string

// The steps.
const (
	MoveIssued    CodeMove = "issued"
	MoveDelivered CodeMove = "delivered"
	MoveSeen      CodeMove = "seen"
	MoveReminded  CodeMove = "reminded"
	MoveHeld      CodeMove = "held"
	MoveReleased  CodeMove = "released"
	MoveRedeemed  CodeMove = "redeemed"
	MoveRestored  CodeMove = "restored"
	MoveExpired   CodeMove = "expired"
	MoveCancelled CodeMove = "cancelled"
)

// Text returns the step in words.
func (m CodeMove) Text() i18n.Text { return i18n.Text{Key: "promo_code.move." + string(m)} }

// CodeStep is one step of a code's life.
type CodeStep struct {
	Move CodeMove
	// Times is the number of uses taken, held, or given back.
	Times          int64
	At             time.Time
	Channel, Actor string
	Note           string // the reason of a cancellation
}

// note adds a step that is to be written.
func (c *Code) note(s CodeStep) {
	c.noted = append(c.noted, s)
	c.moves++
}

// CodeMark says that something happened to a code.
type CodeMark struct {
	ProgrammeID id.ID
	Text        string // as NormaliseCode returns it
	At          time.Time
	// Channel is by which way, as "email"; Actor is auth.Actor.String.
	Channel, Actor string
}

// Key returns which code it is about.
func (m CodeMark) Key() CodeKey { return CodeKey{m.ProgrammeID, m.Text} }

func (m CodeMark) step(move CodeMove) CodeStep {
	return CodeStep{Move: move, At: m.At, Channel: m.Channel, Actor: m.Actor}
}

// deliver notes the first time that the code was handed over.
func (c *Code) deliver(m CodeMark) {
	if c.Delivered.IsZero() {
		c.Delivered = m.At
		c.note(m.step(MoveDelivered))
	}
}

// see notes the first time that the code was looked at.
func (c *Code) see(m CodeMark) {
	if c.Seen.IsZero() {
		c.Seen = m.At
		c.note(m.step(MoveSeen))
	}
}
