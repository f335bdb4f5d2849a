package touch

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/lexicon"
)

// mentionsOf returns the mentions that staff bound to a person.
func mentionsOf(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]*Mention, error) {
	var args db.Args
	return selectMentions(ctx, q, `programme_id = `+args.Add(programme)+` AND member_id IN `+args.In(members)+` AND member_id <> 0 ORDER BY published, id`, args.Values()...)
}

func eraseMentions(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	list, err := mentionsOf(ctx, tx, programme, members)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, m := range list {
		m.forget()
	}
	if err := saveMentions(ctx, tx, list); err != nil {
		return err
	}
	var args db.Args
	made := make([]id.ID, len(list))
	for i, m := range list {
		made[i] = m.ReviewID
	}
	reviews, err := selectReviews(ctx, tx, `programme_id = `+args.Add(programme)+` AND id IN `+args.In(made), args.Values()...)
	if err != nil || len(reviews) == 0 {
		return err
	}
	for _, r := range reviews {
		r.forget()
	}
	return saveReviews(ctx, tx, reviews)
}

// FeedRecord is a feed in exports.
type FeedRecord struct {
	Feed    string     `json:"feed"`
	Address string     `json:"address"`
	Name    string     `json:"name"`
	Words   []string   `json:"words"`
	Minutes int64      `json:"minutes"`
	Burst   int64      `json:"burst"`
	Paused  bool       `json:"paused"`
	Made    time.Time  `json:"made"`
	Read    *time.Time `json:"read,omitempty"`
}

// MentionRecord is a mention in exports.
type MentionRecord struct {
	Mention   string       `json:"mention"`
	Feed      string       `json:"feed"`
	Title     string       `json:"title,omitempty"`
	Excerpt   string       `json:"excerpt,omitempty"`
	Link      string       `json:"link,omitempty"`
	Author    string       `json:"author,omitempty"`
	Published time.Time    `json:"published"`
	Found     time.Time    `json:"found"`
	Suggested lexicon.Tone `json:"suggested_tone"`
	Tone      lexicon.Tone `json:"tone,omitempty"`
	State     MentionState `json:"state"`
	Answer    string       `json:"answer,omitempty"`
	Why       string       `json:"why,omitempty"`
	Review    string       `json:"review,omitempty"`
	Member    string       `json:"member,omitempty"`
	Settled   *time.Time   `json:"settled,omitempty"`
}

func (m *Mention) record() MentionRecord {
	n := MentionRecord{
		Mention: m.ID.In(id.Mention), Feed: m.FeedID.In(id.Feed), Title: m.Title, Excerpt: m.Excerpt, Link: m.Link, Author: m.Author, Published: m.Published,
		Found: m.Found, Suggested: m.Suggested, Tone: m.Tone, State: m.State, Answer: m.Answer, Why: m.Why,
	}
	if m.ReviewID != 0 {
		n.Review = m.ReviewID.In(id.Review)
	}
	if m.MemberID != 0 {
		n.Member = m.MemberID.In(id.Member)
	}
	if !m.Settled.IsZero() {
		n.Settled = &m.Settled
	}
	return n
}

func dumpMentions(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	feeds, err := selectFeeds(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		n := FeedRecord{Feed: f.ID.In(id.Feed), Address: f.Address, Name: f.Name, Words: f.Words, Minutes: f.Minutes, Burst: f.Burst, Paused: f.Paused, Made: f.Made}
		if !f.Read.IsZero() {
			n.Read = &f.Read
		}
		if err := to("feeds", n); err != nil {
			return err
		}
	}
	rows, err := q.Query(ctx, `SELECT `+mentionColumns+` FROM touch_mention WHERE programme_id = $1 ORDER BY published, id`, programme)
	if err := db.Each(rows, err, scanMention, func(m *Mention) error { return to("mentions", m.record()) }); err != nil {
		return fmt.Errorf("reading every mention: %w", err)
	}
	return nil
}
