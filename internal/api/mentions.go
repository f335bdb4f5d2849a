package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/lexicon"
	"regulars/internal/touch"
)

func (s *server) addMentions() {
	read(s, operation{
		id: "list-mentions", method: http.MethodGet, path: "/v1/mentions", tag: tagTouch, needs: needs(auth.TouchRead), summary: "List mentions, the newest first",
		text: "Pieces of feeds in which a watched word stands. Their words are those of strangers, as plain text.",
	}, s.listMentions)
	read(s, operation{
		id: "get-mention", method: http.MethodGet, path: "/v1/mentions/{mention}", tag: tagTouch, needs: needs(auth.TouchRead), summary: "Get a mention",
	}, func(ctx context.Context, c *call, in *mentionIn) (mentionView, error) {
		n, err := in.id()
		if err != nil {
			return mentionView{}, err
		}
		m, err := s.Touch.Mention(ctx, c.actor, c.programme(), n)
		return mentionOf(m), err
	})
	changeMention(s, "set-mention-tone", http.MethodPut, "/tone", "Say how a mention is meant",
		"A person's word counts before the suggestion; left out, the suggestion counts again.", `{"tone": "negative"}`,
		func(ctx context.Context, c *call, n id.ID, body *mentionTone) error {
			_, err := s.Touch.SetTone(ctx, c.actor, c.programme(), n, lexicon.Tone(body.Tone))
			return err
		})
	changeMention(s, "answer-mention", http.MethodPost, "/answer", "Note that a mention was answered", "The answer is written where the mention stands; its address is kept here.",
		`{"link": "https://example.com/thread#4"}`,
		func(ctx context.Context, c *call, n id.ID, body *mentionAnswer) error {
			_, err := s.Touch.AnswerMention(ctx, c.actor, c.programme(), n, body.Link)
			return err
		})
	changeMention(s, "set-mention-aside", http.MethodPost, "/aside", "Set a mention aside", "With the reason. It stays in the list.", `{"why": "Another company of the same name"}`,
		func(ctx context.Context, c *call, n id.ID, body *mentionAside) error {
			_, err := s.Touch.SetAside(ctx, c.actor, c.programme(), n, body.Why)
			return err
		})
	changeMention(s, "make-mention-a-review", http.MethodPost, "/review", "Make a mention a review", "It is counted and answered among the reviews. It cannot be taken back.", `{"platform": "own", "rating": 2}`,
		func(ctx context.Context, c *call, n id.ID, body *mentionReview) error {
			_, err := s.Touch.MakeReview(ctx, c.actor, c.programme(), n, touch.Platform(body.Platform), body.Rating)
			return err
		})
	changeMention(s, "bind-mention", http.MethodPut, "/member", "Say which member wrote a mention",
		"It then stands on their timeline, and loses its words with them when they are erased. Left out, it is taken back; what stands on the timeline stays.", `{"member": "mem_01h9x3k7q2v5n"}`,
		func(ctx context.Context, c *call, n id.ID, body *mentionMember) error {
			var who id.ID
			if body.Member != "" {
				var err error
				if who, err = id.Parse(id.Member, body.Member); err != nil {
					return fault.At("/member", err)
				}
			}
			_, err := s.Touch.BindMention(ctx, c.actor, c.programme(), n, who)
			return err
		})
}

// changeMention adds an operation that says something of a mention.
func changeMention[B any](s *server, op, method, path, summary, text, example string, do func(ctx context.Context, c *call, n id.ID, body *B) error) {
	write(s, operation{
		id: op, method: method, path: "/v1/mentions/{mention}" + path, tag: tagTouch, needs: needs(auth.TouchWrite), summary: summary, text: text, example: example,
	}, func(ctx context.Context, c *call, in *mentionIn, body *B) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return n.In(id.Mention), do(ctx, c, n, body)
	}, s.showMention)
}

type mentionIn struct {
	Mention mentionID `path:"mention"`
}

func (in mentionIn) id() (id.ID, error) { return parseID(id.Mention, "mention", string(in.Mention)) }

type mentionID string

// Schema describes it for the document.
func (mentionID) Schema(huma.Registry) *huma.Schema { return shown(id.Mention, "The mention.") }

type mentionTone struct {
	Tone string `json:"tone,omitempty" enum:"negative,neutral,positive"`
}

type mentionAnswer struct {
	Link string `json:"link" minLength:"1" maxLength:"2000"`
}

type mentionAside struct {
	Why string `json:"why" minLength:"1" maxLength:"2000"`
}

type mentionReview struct {
	Platform string `json:"platform" enum:"yandex_maps,2gis,google,tripadvisor,otzovik,own,yandex_market"`
	Rating   int64  `json:"rating,omitempty" minimum:"1" maximum:"5" doc:"Left out where there is none."`
}

type mentionMember struct {
	Member string `json:"member,omitempty" maxLength:"40"`
}

type mentionListIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	State  string `query:"state" doc:"new, answered, review or aside; all when left out."`
	Tone   string `query:"tone" doc:"negative, neutral, positive or unsure: a person's word before the suggestion. All when left out."`
	Feed   string `query:"feed" doc:"Those of one feed."`
}

func (in *mentionListIn) query(c *call) (touch.MentionQuery, int, error) {
	query := touch.MentionQuery{ProgrammeID: c.programme(), State: touch.MentionState(in.State), Tone: lexicon.Tone(in.Tone)}
	size, err := in.Limit.size()
	if err != nil {
		return query, 0, err
	}
	at, err := inMentions.read(in.Cursor, 2)
	if err != nil {
		return query, 0, err
	}
	if err := oneOf("state", in.State, touch.MentionStates()); err != nil {
		return query, 0, err
	}
	if err := oneOf("tone", in.Tone, append(lexicon.Tones(), lexicon.Unsure)); err != nil {
		return query, 0, err
	}
	if in.Feed != "" {
		if query.FeedID, err = parseID(id.Feed, "feed", in.Feed); err != nil {
			return query, 0, err
		}
	}
	if at[1] != 0 {
		query.Before = touch.Cursor{Occurred: time.UnixMicro(at[0]), ID: id.ID(at[1])}
	}
	query.Limit = size + 1
	return query, size, nil
}

func (s *server) listMentions(ctx context.Context, c *call, in *mentionListIn) (page[mentionView], error) {
	query, size, err := in.query(c)
	if err != nil {
		return page[mentionView]{}, err
	}
	list, err := s.Touch.Mentions(ctx, c.actor, query)
	return paged(inMentions, list, size, mentionOf, func(m *touch.Mention) []int64 { return []int64{m.Published.UnixMicro(), int64(m.ID)} }), err
}

func (s *server) showMention(ctx context.Context, c *call, subject string) (mentionView, error) {
	n, err := parseID(id.Mention, "mention", subject)
	if err != nil {
		return mentionView{}, err
	}
	m, err := s.Touch.Mention(ctx, watcher, c.programme(), n)
	return mentionOf(m), err
}

type mentionView struct {
	Mention   string     `json:"mention" example:"mtn_01h9x3k7q2v5n"`
	Feed      string     `json:"feed" example:"fed_01h9x3k7q2v5n"`
	Title     string     `json:"title,omitempty"`
	Excerpt   string     `json:"excerpt,omitempty"`
	Link      string     `json:"link,omitempty" doc:"Where it stands: http or https, or nothing."`
	Author    string     `json:"author,omitempty"`
	Published time.Time  `json:"published" doc:"When it was found, where the feed names no time or one that has not come."`
	Found     time.Time  `json:"found"`
	Suggested string     `json:"suggested_tone" enum:"negative,neutral,positive,unsure" doc:"By lists of words; unsure where they do not tell."`
	Tone      string     `json:"tone,omitempty" enum:"negative,neutral,positive" doc:"What a person says of it."`
	State     string     `json:"state" enum:"new,answered,review,aside"`
	Answer    string     `json:"answer,omitempty" doc:"Where we answered."`
	Why       string     `json:"why,omitempty" doc:"Why it was set aside."`
	Review    string     `json:"review,omitempty" example:"rvw_01h9x3k7q2v5n"`
	Member    string     `json:"member,omitempty" example:"mem_01h9x3k7q2v5n"`
	Settled   *time.Time `json:"settled,omitempty"`
	Erased    bool       `json:"erased,omitempty" doc:"Who wrote it asked to be forgotten: its words are gone."`
}

func mentionOf(m *touch.Mention) mentionView {
	if m == nil {
		return mentionView{}
	}
	return mentionView{
		Mention: m.ID.In(id.Mention), Feed: m.FeedID.In(id.Feed), Title: m.Title, Excerpt: m.Excerpt, Link: m.Link, Author: m.Author, Published: m.Published, Found: m.Found,
		Suggested: string(m.Suggested), Tone: string(m.Tone), State: string(m.State), Answer: m.Answer, Why: m.Why,
		Review: optionalID(id.Review, m.ReviewID), Member: optionalID(id.Member, m.MemberID), Settled: moment(m.Settled), Erased: m.Erased,
	}
}
