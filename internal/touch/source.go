package touch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
)

// AnswerJob is the kind of job that brings an answer to its platform.
const AnswerJob = "touch.answer"

type answerRef struct {
	ProgrammeID id.ID `json:"programme"`
	ReviewID    id.ID `json:"review"`
}

// Source is where reviews are fetched from. Its key is not shown.
type Source struct {
	Platform Platform
	// Account is the business at Yandex Market.
	Account string
	// ReadTo is until when reviews were fetched; zero for never.
	ReadTo time.Time
	// Failure says why the last try failed; empty when it did not.
	Failure string
}

type source struct {
	Source
	programme id.ID
	secret    string
}

func selectSources(ctx context.Context, q db.Queryer, where string, args ...any) ([]source, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, platform, account, secret, read_to, failure FROM touch_source WHERE `+where+` ORDER BY programme_id, platform`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (s source, err error) {
		var to int64
		err = r.Scan(&s.programme, &s.Platform, &s.Account, &s.secret, &to, &s.Failure)
		s.ReadTo = db.Time(to)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading sources of reviews: %w", err)
	}
	return list, nil
}

// Sources returns where reviews are fetched from. It needs touch.read.
func (s *Service) Sources(ctx context.Context, a auth.Actor, programme id.ID) ([]Source, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	list, err := selectSources(ctx, s.DB.Reader(), `programme_id = $1`, programme)
	shown := make([]Source, len(list))
	for i := range list {
		shown[i] = list[i].Source
	}
	return shown, err
}

// SetMarket says from which business at Yandex Market reviews are fetched, and
// with which key; an empty business ends it. Answers that could not be brought
// with what was set before are tried again. It needs touch.write.
func (s *Service) SetMarket(ctx context.Context, a auth.Actor, programme id.ID, business, key string) error {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return err
	}
	business, key = strings.TrimSpace(business), strings.TrimSpace(key)
	if n, err := strconv.ParseInt(business, 10, 64); business != "" && (err != nil || n < 1) {
		return fault.Invalid("market_business", "the id of a business at Yandex Market is a number").At("/business")
	}
	if business != "" && (key == "" || len(key) > 500) {
		return fault.Invalid("market_key", "write the key of the partner API").At("/key")
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM touch_source WHERE programme_id = $1 AND platform = $2`, programme, string(YandexMarket)); err != nil {
			return fmt.Errorf("changing a source of reviews: %w", err)
		}
		if business != "" {
			if err := jobs.RetryOf(ctx, tx, s.Now(), AnswerJob, programme); err != nil { // what the old key could not bring
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO touch_source (programme_id, platform, account, secret, read_to, failure) VALUES ($1, $2, $3, $4, 0, '')`,
				programme, string(YandexMarket), business, key)
			if err != nil {
				return fmt.Errorf("changing a source of reviews: %w", err)
			}
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "touch.source", Subject: programme.In(id.Programme), Detail: map[string]any{"platform": string(YandexMarket), "on": business != ""}})
	})
}

const (
	// marketPast is how far back the first fetch goes; the API gives no more.
	marketPast = 180 * 24 * time.Hour
	// marketOverlap is fetched again, since reviews show late and change.
	marketOverlap = 7 * 24 * time.Hour
)

// Poll fetches reviews of every programme that has a source. What failed is kept
// with the source and tried with the next poll.
func (s *Service) Poll(ctx context.Context) error {
	list, err := selectSources(ctx, s.DB.Reader(), `platform = $1`, string(YandexMarket))
	if err != nil {
		return err
	}
	var failed error
	for _, from := range list {
		why := ""
		if err := s.fetch(ctx, from); err != nil {
			why = err.Error()
			failed = errors.Join(failed, err)
		}
		err := s.DB.InTx(ctx, func(tx *db.Tx) error {
			if why == "" && from.Failure != "" { // whatever kept reviews from us kept answers from them
				if err := jobs.RetryOf(ctx, tx, s.Now(), AnswerJob, from.programme); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `UPDATE touch_source SET failure = $1 WHERE programme_id = $2 AND platform = $3`, why, from.programme, string(from.Platform))
			return err
		})
		failed = errors.Join(failed, err)
	}
	return failed
}

func (s *Service) fetch(ctx context.Context, src source) error {
	now := s.Now()
	from := now.Add(-marketPast)
	if !src.ReadTo.IsZero() && src.ReadTo.Add(-marketOverlap).After(from) {
		from = src.ReadTo.Add(-marketOverlap)
	}
	m := newMarket(s.Market, src.Account, src.secret)
	seen := map[string]bool{}
	for token := ""; ; {
		page, next, err := m.feedbacks(ctx, from, now, token)
		if err != nil {
			return err
		}
		if err := s.takePage(ctx, src, page); err != nil {
			return err
		}
		if token = next; token == "" {
			break
		}
		if seen[token] {
			return errMarketLoop
		}
		seen[token] = true
	}
	return s.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE touch_source SET read_to = $1 WHERE programme_id = $2 AND platform = $3 AND account = $4`,
			db.Micros(now), src.programme, string(src.Platform), src.Account)
		return err
	})
}

// takePage takes what one page holds; a review that cannot be taken is logged
// and left out, so that it does not hold up the others.
func (s *Service) takePage(ctx context.Context, src source, page []feedback) error {
	var list []Seen
	settled := map[name]bool{}
	for i := range page {
		seen := page[i].seen()
		if err := seen.Check(s.Now()); err != nil {
			s.Log.Warn("a review of Yandex Market cannot be taken", "review", seen.ExternalID, "error", err)
			continue
		}
		settled[name{seen.Platform, seen.ExternalID}] = !page[i].NeedReaction
		list = append(list, seen)
	}
	if len(list) == 0 {
		return nil
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, src.programme); err != nil {
			return err
		}
		_, err := s.take(ctx, tx, auth.System("reviews"), src.programme, list, settled)
		return err
	})
}

// Bring does the job that brings an answer to Yandex Market. Where no source is
// set, the answer is only kept.
func (s *Service) Bring(ctx context.Context, j *jobs.Job) error {
	var ref answerRef
	if err := j.Read(&ref); err != nil {
		return err
	}
	list, err := selectSources(ctx, s.DB.Reader(), `programme_id = $1 AND platform = $2`, ref.ProgrammeID, string(YandexMarket))
	if err != nil || len(list) == 0 {
		return err
	}
	r, err := loadReview(ctx, s.DB.Reader(), ref.ProgrammeID, ref.ReviewID, "")
	if err != nil || r.State != Answered || r.Answer == "" {
		return err
	}
	comment, err := newMarket(s.Market, list[0].Account, list[0].secret).bring(ctx, r)
	if no, is := errors.AsType[*refusal](err); is && no.lasting() {
		return jobs.Permanent(err)
	}
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE touch_review SET answer_ref = $1 WHERE id = $2 AND programme_id = $3`, comment, r.ID, r.ProgrammeID)
		return err
	})
}
