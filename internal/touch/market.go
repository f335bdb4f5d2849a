package touch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// marketAddress is the partner API of Yandex Market.
const marketAddress = "https://api.partner.market.yandex.ru"

const (
	marketPage    = 50
	marketTimeout = 30 * time.Second
	marketAnswer  = 8 << 20 // bytes of one answer
)

// errMarketBusy says that the API was asked too often; the job asks again later.
var errMarketBusy = errors.New("Yandex Market was asked too often") //nolint:staticcheck // a name

// errMarketLoop says that the pages lead to one that was read before.
var errMarketLoop = errors.New("Yandex Market gave the same page twice") //nolint:staticcheck // a name

// market speaks with the partner API of Yandex Market about the reviews of goods.
type market struct {
	base, business, key string
	client              *http.Client
}

func newMarket(base, business, key string) *market {
	if base == "" {
		base = marketAddress
	}
	client := &http.Client{Timeout: marketTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // the key is for this address alone
	}}
	return &market{strings.TrimRight(base, "/"), business, key, client}
}

// feedback is a review as the API gives it (GoodsFeedbackDTO).
type feedback struct {
	FeedbackID   int64     `json:"feedbackId"`
	CreatedAt    time.Time `json:"createdAt"`
	NeedReaction bool      `json:"needReaction"`
	Identifiers  struct {
		OrderID int64  `json:"orderId"`
		OfferID string `json:"offerId"`
	} `json:"identifiers"`
	Author      string `json:"author"`
	Description struct {
		Advantages    string `json:"advantages"`
		Disadvantages string `json:"disadvantages"`
		Comment       string `json:"comment"`
	} `json:"description"`
	Statistics struct {
		Rating int64 `json:"rating"`
	} `json:"statistics"`
}

func (f *feedback) seen() Seen {
	var parts []string
	for _, part := range []struct{ mark, text string }{{"+ ", f.Description.Advantages}, {"− ", f.Description.Disadvantages}, {"", f.Description.Comment}} {
		if text := strings.TrimSpace(part.text); text != "" {
			parts = append(parts, part.mark+text)
		}
	}
	s := Seen{
		Platform: YandexMarket, ExternalID: strconv.FormatInt(f.FeedbackID, 10), Place: f.Identifiers.OfferID, Rating: f.Statistics.Rating,
		Occurred: f.CreatedAt, Text: strings.Join(parts, "\n"), Author: f.Author,
	}
	if f.Identifiers.OrderID != 0 {
		s.Order = strconv.FormatInt(f.Identifiers.OrderID, 10)
	}
	return s
}

// marketStatus stands in every answer of the API, one of failure too.
type marketStatus struct {
	Status string `json:"status"`
	Errors []struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"errors"`
}

// feedbacks returns a page of reviews between two moments, and the token of the
// next page, empty after the last.
func (m *market) feedbacks(ctx context.Context, from, to time.Time, token string) ([]feedback, string, error) {
	query := url.Values{"limit": {strconv.Itoa(marketPage)}}
	if token != "" {
		query.Set("pageToken", token)
	}
	body := map[string]string{"dateTimeFrom": from.Format(time.RFC3339), "dateTimeTo": to.Format(time.RFC3339)}
	var answer struct {
		Result struct {
			Feedbacks []feedback `json:"feedbacks"`
			Paging    struct {
				NextPageToken string `json:"nextPageToken"`
			} `json:"paging"`
		} `json:"result"`
	}
	err := m.ask(ctx, "goods-feedback?"+query.Encode(), body, &answer)
	return answer.Result.Feedbacks, answer.Result.Paging.NextPageToken, err
}

// bring says our answer to a review there, unless it stands there already, and
// returns the id of the comment.
func (m *market) bring(ctx context.Context, r *Review) (string, error) {
	if r.AnswerRef == "" {
		if id, err := m.standing(ctx, r.ExternalID, r.Answer); id != "" || err != nil {
			return id, err
		}
	}
	return m.answer(ctx, r.ExternalID, r.AnswerRef, r.Answer)
}

// answer says something to a review there, or changes what was said, and returns
// the id of the comment.
func (m *market) answer(ctx context.Context, review, comment, text string) (string, error) {
	n, err := strconv.ParseInt(review, 10, 64)
	if err != nil {
		return "", fmt.Errorf("reading the id of a review: %w", err)
	}
	words := map[string]any{"text": text}
	if comment != "" {
		if words["id"], err = strconv.ParseInt(comment, 10, 64); err != nil {
			return "", fmt.Errorf("reading the id of an answer: %w", err)
		}
	}
	var answer struct {
		Result struct {
			ID int64 `json:"id"`
		} `json:"result"`
	}
	err = m.ask(ctx, "goods-feedback/comments/update", map[string]any{"feedbackId": n, "comment": words}, &answer)
	return strconv.FormatInt(answer.Result.ID, 10), err
}

// remark is a comment on a review as the API gives it (GoodsFeedbackCommentDTO).
type remark struct {
	ID        int64  `json:"id"`
	Text      string `json:"text"`
	CanModify bool   `json:"canModify"`
	ParentID  int64  `json:"parentId"`
	Author    struct {
		Type string `json:"type"`
	} `json:"author"`
	Status string `json:"status"`
}

// ours reports whether we said it to the review itself, in these words; blanks
// may have been set anew there.
func (c *remark) ours(text string) bool {
	return c.CanModify && c.ParentID == 0 && c.Author.Type == "BUSINESS" && c.Status != "DELETED" && slices.Equal(strings.Fields(c.Text), strings.Fields(text))
}

// standing returns the id of the comment in which we say something to a review
// already, empty where none does: one was posted though its reply was lost.
func (m *market) standing(ctx context.Context, review, text string) (string, error) {
	n, err := strconv.ParseInt(review, 10, 64)
	if err != nil {
		return "", fmt.Errorf("reading the id of a review: %w", err)
	}
	seen := map[string]bool{}
	for token := ""; ; {
		query := url.Values{"limit": {strconv.Itoa(marketPage)}}
		if token != "" {
			query.Set("pageToken", token)
		}
		var answer struct {
			Result struct {
				Comments []remark `json:"comments"`
				Paging   struct {
					NextPageToken string `json:"nextPageToken"`
				} `json:"paging"`
			} `json:"result"`
		}
		if err := m.ask(ctx, "goods-feedback/comments?"+query.Encode(), map[string]int64{"feedbackId": n}, &answer); err != nil {
			return "", err
		}
		for _, c := range answer.Result.Comments {
			if c.ours(text) {
				return strconv.FormatInt(c.ID, 10), nil
			}
		}
		if token = answer.Result.Paging.NextPageToken; token == "" {
			return "", nil
		}
		if seen[token] {
			return "", errMarketLoop
		}
		seen[token] = true
	}
}

func (m *market) ask(ctx context.Context, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("writing a request: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.base+"/v2/businesses/"+url.PathEscape(m.business)+"/"+path, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Api-Key", m.key)
	w, err := m.client.Do(r)
	if err != nil {
		return fmt.Errorf("asking Yandex Market: %w", err)
	}
	defer func() { _ = w.Body.Close() }()
	text, err = io.ReadAll(io.LimitReader(w.Body, marketAnswer))
	if err != nil {
		return fmt.Errorf("reading the answer of Yandex Market: %w", err)
	}
	if w.StatusCode == 420 || w.StatusCode == http.StatusTooManyRequests {
		return errMarketBusy
	}
	var said marketStatus
	_ = json.Unmarshal(text, &said) // a failure need not be JSON, and what is taken is read again
	if w.StatusCode != http.StatusOK || said.Status == "ERROR" {
		return refusedByMarket(w.StatusCode, said)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("reading the answer of Yandex Market: %w", err)
	}
	return nil
}

// refusal is an answer of the API that says no.
type refusal struct {
	status int
	code   string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("Yandex Market answered %d %s", r.status, r.code)
}

// lasting reports whether the API will say the same to the same question: a
// failure of its own passes.
func (r *refusal) lasting() bool { return r.status < http.StatusInternalServerError }

func refusedByMarket(status int, said marketStatus) error {
	r := &refusal{status: status}
	if len(said.Errors) > 0 {
		r.code = said.Errors[0].Code
	}
	return r
}
