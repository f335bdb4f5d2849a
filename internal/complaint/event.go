package complaint

import (
	"regulars/internal/i18n"
	"regulars/internal/journal"
)

// The kinds of events by which timelines tell of cases; what a broken promise opened
// nobody complained of.
const (
	EventOpened journal.Kind = journal.Custom + "complaint_opened"
	EventSolved journal.Kind = journal.Custom + "complaint_solved"
	EventWish   journal.Kind = journal.Custom + "wish_told"
	EventPraise journal.Kind = journal.Custom + "praise_told"
	EventOwed   journal.Kind = journal.Custom + "amends_owed"
	EventAmends journal.Kind = journal.Custom + "amends_made"
)

var eventKeys = map[journal.Kind]string{
	EventOpened: "opened", EventSolved: "solved", EventWish: "wish", EventPraise: "praise", EventOwed: "owed", EventAmends: "amends",
}

// EventText says in words what happened in an event of a case; ok is false for any
// other event.
func EventText(k journal.Kind) (t i18n.Text, ok bool) {
	key, ok := eventKeys[k]
	return i18n.Text{Key: "complaint.event." + key}, ok
}

// opens is the event by which a timeline tells that the case was opened, ends that by
// which it tells that it was solved.
func (c *Case) opens() journal.Kind {
	switch {
	case c.Kind == Wish:
		return EventWish
	case c.Kind == Praise:
		return EventPraise
	case c.Source == FromPromise:
		return EventOwed
	}
	return EventOpened
}

func (c *Case) ends() journal.Kind {
	if c.Source == FromPromise {
		return EventAmends
	}
	return EventSolved
}
