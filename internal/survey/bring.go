package survey

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Brought is a response that was given elsewhere.
type Brought struct {
	// Source and ExternalID name it; the pair is taken once.
	Source     string            `json:"source"`
	ExternalID string            `json:"external_id"`
	Identity   []member.Identity `json:"identity,omitempty"`
	MemberID   id.ID             `json:"member,omitempty"`
	Lang       string            `json:"lang,omitempty"`
	Mode       Mode              `json:"mode,omitempty"`
	Shop       string            `json:"shop,omitempty"`
	Occurred   time.Time         `json:"occurred"`
	Answers    Answers           `json:"answers"`
	// Weight is what the answers weigh beside others, in millionths; 0 for none.
	Weight int64 `json:"weight,omitempty"`
	// Touchpoint is where it was felt; empty where nobody knows.
	Touchpoint Touchpoint `json:"touchpoint,omitempty"`
}

// Taken is the answer to one Brought.
type Taken struct {
	ResponseID id.ID
	// Repeated says that it was taken before and changed nothing now.
	Repeated bool
	// Err is why it was not taken; the others are not touched by it.
	Err error
}

// weightUnit is a weight of one; maxWeight the greatest that is taken.
const (
	weightUnit = 1_000_000
	maxWeight  = 1_000_000 * weightUnit
)

// MaxBrought is how many responses are brought in at once.
const MaxBrought = 500

// Bring takes responses that were given elsewhere, each by itself, in order. One
// that was taken before is repeated, and a conflict ("survey_response_taken")
// when it says something else now. It needs surveys.write.
func (s *Service) Bring(ctx context.Context, a auth.Actor, programme, survey id.ID, list []Brought) ([]Taken, error) {
	if err := a.Can(programme, auth.SurveysWrite); err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > MaxBrought {
		return nil, fault.Invalid("survey_brought", "bring 1 to %d responses at once", MaxBrought).At("/responses").With("most", MaxBrought)
	}
	var taken []Taken
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		taken = make([]Taken, len(list))
		b, err := s.bringing(ctx, tx, programme, survey)
		if err != nil {
			return err
		}
		for i := range list {
			if taken[i].ResponseID, taken[i].Repeated, err = b.take(ctx, tx, &list[i]); err == nil {
				continue
			}
			if f := fault.As(err); f == nil || f.Kind == fault.KindBusy {
				return err
			}
			taken[i].Err = err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "survey.bring", Subject: survey.In(id.Survey), Detail: map[string]any{"count": len(list)}})
	})
	return taken, err
}

// bringing is what every response that is brought is checked by.
type bringing struct {
	*Service
	survey    Survey
	programme program.Programme
	shops     map[string]id.ID
}

func (s *Service) bringing(ctx context.Context, tx *db.Tx, programme, survey id.ID) (*bringing, error) {
	b := &bringing{Service: s, shops: map[string]id.ID{}}
	var err error
	if b.survey, err = loadSurvey(ctx, tx, programme, survey, tx.ForUpdate()); err != nil {
		return nil, err
	}
	if b.survey.State == Draft {
		return nil, fault.Conflict("survey_draft", "publish the survey first; answers are of questions that stay")
	}
	if b.programme, err = program.Load(ctx, tx, programme); err != nil {
		return nil, err
	}
	shops, err := program.Shops(ctx, tx, programme)
	for _, n := range shops {
		b.shops[n.Code] = n.ID
	}
	return b, err
}

func (b *bringing) take(ctx context.Context, tx *db.Tx, n *Brought) (response id.ID, repeated bool, err error) {
	r, err := b.read(n)
	if err != nil {
		return 0, false, err
	}
	hash := n.hash()
	old, err := findKey(ctx, tx, b.programme.ID, n.Source, n.ExternalID)
	if err != nil {
		return 0, false, err
	}
	if old != nil {
		if old.hash != hash {
			return 0, false, fault.Conflict("survey_response_taken", "a response of this source and external id says something else").At("/external_id")
		}
		return old.response, true, nil
	}
	if r.MemberID, err = b.who(ctx, tx, n); err != nil {
		return 0, false, err
	}
	r.ID = tx.IDs().New()
	if err := insertResponse(ctx, tx, r); err != nil {
		return 0, false, err
	}
	if err := b.write(ctx, tx, &b.survey, r); err != nil {
		return 0, false, err
	}
	if r.MemberID != 0 {
		if err := jobs.Add(ctx, tx, b.now(), noteJob(r)); err != nil {
			return 0, false, err
		}
	}
	return r.ID, false, insertKey(ctx, tx, b.programme.ID, n, r, hash)
}

// read checks a response and makes it as it is kept, but for whose it is.
func (b *bringing) read(n *Brought) (*Response, error) {
	var wrong []error
	for _, key := range []struct{ at, text string }{{"/source", n.Source}, {"/external_id", n.ExternalID}} {
		if key.text == "" {
			wrong = append(wrong, fault.Invalid("required", "a value is needed").At(key.at))
		} else if !plain(key.text, 200) {
			wrong = append(wrong, fault.Invalid("survey_text", "the text is too long or holds control characters").At(key.at))
		}
	}
	n.Mode, n.Lang = cmp.Or(n.Mode, Import), cmp.Or(n.Lang, b.programme.Languages[0])
	if !slices.Contains(Modes(), n.Mode) {
		wrong = append(wrong, fault.Invalid("survey_mode", "a mode is web, link, phone or import").At("/mode"))
	}
	if !slices.Contains(i18n.Langs(), i18n.Lang(n.Lang)) {
		wrong = append(wrong, fault.Invalid("survey_lang", "%q is not a language of ours; use en, ru or pl", n.Lang).At("/lang").With("lang", n.Lang))
	}
	wrong = append(wrong, journal.CheckMoment("/occurred", n.Occurred, b.now()))
	if n.Weight < 0 || n.Weight > maxWeight {
		wrong = append(wrong, fault.Invalid("survey_weight", "a weight is a number from 0 to 1,000,000").At("/weight"))
	}
	wrong = append(wrong, n.Touchpoint.check())
	shop, known := b.shops[n.Shop]
	if n.Shop != "" && !known {
		wrong = append(wrong, fault.Invalid("unknown_shop", "the programme has no shop %q", n.Shop).At("/shop").With("shop", n.Shop))
	}
	answers, err := b.survey.Complete(n.Answers)
	if err := fault.Gather(append(wrong, err)...); err != nil {
		return nil, err
	}
	return &Response{
		ProgrammeID: b.programme.ID, SurveyID: b.survey.ID, State: Whole, Lang: n.Lang, Mode: n.Mode, ShopID: shop,
		Occurred: n.Occurred, Recorded: b.now(), Answers: answers, Weight: n.Weight,
		Touchpoint: n.Touchpoint,
	}, nil
}

// who finds the member; 0 where nobody is named.
func (b *bringing) who(ctx context.Context, tx *db.Tx, n *Brought) (id.ID, error) {
	if n.MemberID != 0 {
		m, err := member.Present(ctx, tx, b.programme.ID, n.MemberID)
		if err != nil {
			return 0, fault.At("/member", err)
		}
		return m.ID, nil
	}
	if len(n.Identity) == 0 {
		return 0, nil
	}
	who := make([]member.Identity, len(n.Identity))
	for i, raw := range n.Identity {
		var err error
		if who[i], err = member.Normalise(raw.Kind, raw.Value, b.programme.Region); err != nil {
			return 0, err
		}
	}
	found, err := member.Recognise(ctx, tx, []member.Ask{{ProgrammeID: b.programme.ID, Identities: who}})
	if err != nil {
		return 0, err
	}
	if found[0].Err != nil {
		return 0, found[0].Err
	}
	if found[0].MemberID == 0 {
		return 0, fault.Missing("unknown_member", "there is no such member").At("/identity")
	}
	return found[0].MemberID, nil
}

func (n *Brought) hash() string {
	raw, _ := json.Marshal(n) // it has only plain fields
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

var keyTable = db.NewTable("survey_key", []string{"programme_id", "source", "external_id"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "source", Kind: db.Text}, db.Column{Name: "external_id", Kind: db.Text},
	db.Column{Name: "response_id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "hash", Kind: db.Text})

type broughtKey struct {
	response id.ID
	hash     string
}

func findKey(ctx context.Context, q db.Queryer, programme id.ID, source, external string) (*broughtKey, error) {
	rows, err := q.Query(ctx, `SELECT response_id, hash FROM survey_key WHERE programme_id = $1 AND source = $2 AND external_id = $3`, programme, source, external)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (k broughtKey, err error) { return k, r.Scan(&k.response, &k.hash) })
	if err != nil {
		return nil, fmt.Errorf("looking for a response: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0], nil
}

func insertKey(ctx context.Context, tx *db.Tx, programme id.ID, n *Brought, r *Response, hash string) error {
	if err := tx.Insert(ctx, keyTable, [][]any{{programme, n.Source, n.ExternalID, r.ID, r.MemberID, hash}}); err != nil {
		return fmt.Errorf("writing a response: %w", err)
	}
	return nil
}
