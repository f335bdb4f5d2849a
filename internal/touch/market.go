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

// market speaks with the partner API of Yandex Market about the reviews of goods.
type market struct {
	base, business, key string
	client              *http.Client
}

func newMarket(base, business, key string) *market {
	if base == "" {
		base = marketAddress
	}
	return &market{strings.TrimRight(base, "/"), business, key, &http.Client{Timeout: marketTimeout}}
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

type marketErrors struct {
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

// answer says something to a review there, or changes what was said, and returns
// the id of the comment.
func (m *market) answer(ctx context.Context, review, comment, text string) (string, error) {
	n, err := strconv.ParseInt(review, 10, 64)
	if err != nil {
		return "", fmt.Errorf("reading the id of a review: %w", err)
	}
	said := map[string]any{"text": text}
	if comment != "" {
		if said["id"], err = strconv.ParseInt(comment, 10, 64); err != nil {
			return "", fmt.Errorf("reading the id of an answer: %w", err)
		}
	}
	var answer struct {
		Result struct {
			ID int64 `json:"id"`
		} `json:"result"`
	}
	err = m.ask(ctx, "goods-feedback/comments/update", map[string]any{"feedbackId": n, "comment": said}, &answer)
	return strconv.FormatInt(answer.Result.ID, 10), err
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
	if w.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("Yandex Market answered %d", w.StatusCode) //nolint:staticcheck // a name
	}
	if w.StatusCode != http.StatusOK {
		return refusedByMarket(w.StatusCode, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("reading the answer of Yandex Market: %w", err)
	}
	return nil
}

// refusal is an answer of the API that it will give again.
type refusal struct {
	status int
	code   string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("Yandex Market answered %d %s", r.status, r.code)
}

func refusedByMarket(status int, text []byte) error {
	r := &refusal{status: status}
	var e marketErrors
	if json.Unmarshal(text, &e) == nil && len(e.Errors) > 0 {
		r.code = e.Errors[0].Code
	}
	return r
}
