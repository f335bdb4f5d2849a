package promise

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
)

// WebhookPattern is where carriers send what they have to tell.
const WebhookPattern = "POST /hooks/parcels/{programme}/{carrier}"

// maxMessage bounds a carrier's message, in bytes.
const maxMessage = 1 << 20

// SetSecret keeps the secret with which a carrier signs; an empty one closes
// its webhook. It is never shown again. It needs promises.write and
// programmes.write.
func (s *Service) SetSecret(ctx context.Context, a auth.Actor, programme id.ID, c Carrier, secret string) error {
	for _, needed := range []auth.Permission{auth.PromisesWrite, auth.ProgrammesWrite} {
		if err := a.Can(programme, needed); err != nil {
			return err
		}
	}
	if !slices.Contains(Carriers(), c) {
		return fault.Invalid("parcel_carrier", "a webhook is easypost, aftership or generic").At("/carrier")
	}
	if err := i18n.CheckText("/secret", secret, false, maxReference); err != nil {
		return err
	}
	if secret != "" && len(secret) < 16 {
		return fault.Invalid("parcel_secret", "a secret takes 16 to 200 letters").At("/secret")
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO promise_secret (programme_id, carrier, secret) VALUES ($1, $2, $3)
			ON CONFLICT (programme_id, carrier) DO UPDATE SET secret = excluded.secret`, programme, string(c), secret); err != nil {
			return fmt.Errorf("writing a carrier's secret: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "promise.secret", Subject: programme.In(id.Programme), Detail: map[string]any{"carrier": string(c)}})
	})
}

// Secrets returns the carriers whose webhooks are open. It needs promises.read.
func (s *Service) Secrets(ctx context.Context, a auth.Actor, programme id.ID) ([]Carrier, error) {
	if err := a.Can(programme, auth.PromisesRead); err != nil {
		return nil, err
	}
	rows, err := s.DB.Reader().Query(ctx, `SELECT carrier FROM promise_secret WHERE programme_id = $1 AND secret <> '' ORDER BY carrier`, programme)
	return db.Collect(rows, err, func(r *sql.Rows) (c Carrier, err error) { return c, r.Scan(&c) })
}

func secretOf(ctx context.Context, q db.Queryer, programme id.ID, c Carrier) (string, error) {
	rows, err := q.Query(ctx, `SELECT secret FROM promise_secret WHERE programme_id = $1 AND carrier = $2`, programme, string(c))
	found, err := db.Collect(rows, err, func(r *sql.Rows) (one string, err error) { return one, r.Scan(&one) })
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// Hear takes a carrier's message: signed, it is read and its parcel followed. A
// number that nobody registered yet makes a parcel that waits for its order.
func (s *Service) Hear(ctx context.Context, slug string, c Carrier, h http.Header, body []byte) error {
	g, secret, err := s.listener(ctx, slug, c)
	if err != nil {
		return err
	}
	if !c.Signed(secret, h, body) {
		return fault.Refused("parcel_signature", "the message is not signed with the secret of this webhook")
	}
	set, _, err := loadSetting(ctx, s.DB.Reader(), g.ID)
	if err != nil {
		return err
	}
	told, err := c.Read(body, &set.Mapper, g.Zone)
	if err != nil || told.Number == "" {
		return err
	}
	// Carriers send the whole way each time: one absurd moment in it would keep
	// everything that follows from being heard.
	now := s.clock()
	told.Scans = slices.DeleteFunc(told.Scans, func(one Scan) bool { return !couldBe(one.Occurred, now) })
	n := NewParcel{Carrier: told.Carrier, Number: told.Number}
	if err := n.check(); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		p, err := s.parcelOf(ctx, tx, g.ID, told.Carrier, told.Number)
		if err != nil {
			return err
		}
		return s.take(ctx, tx, p, told.Scans)
	})
}

// listener finds the programme of a webhook and its secret, empty where it is
// closed.
func (s *Service) listener(ctx context.Context, slug string, c Carrier) (program.Programme, string, error) {
	list, err := program.List(ctx, s.DB.Reader())
	if err != nil {
		return program.Programme{}, "", err
	}
	at := slices.IndexFunc(list, func(g program.Programme) bool { return g.Slug == slug })
	if at < 0 || !slices.Contains(Carriers(), c) {
		return program.Programme{}, "", nil
	}
	secret, err := secretOf(ctx, s.DB.Reader(), list[at].ID, c)
	return list[at], secret, err
}

// Webhook answers carriers. What is wrong with a message is told by its status
// and a word, so that it is sent again only where that may help.
func (s *Service) Webhook(log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			http.Error(w, "the message is too large", http.StatusRequestEntityTooLarge)
			return
		}
		if err == nil {
			err = s.Hear(r.Context(), r.PathValue("programme"), Carrier(r.PathValue("carrier")), r.Header, body)
		}
		f := fault.As(err)
		switch {
		case err == nil:
			w.WriteHeader(http.StatusNoContent)
		case f == nil || f.Kind == fault.KindBusy:
			log.Error("taking a carrier's message", "error", err)
			http.Error(w, "try again later", http.StatusServiceUnavailable)
		case f.Code == "parcel_signature":
			http.Error(w, f.Message, http.StatusUnauthorized)
		default:
			http.Error(w, f.Message, http.StatusUnprocessableEntity)
		}
	})
}
