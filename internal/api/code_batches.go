package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promo"
)

func (s *server) addCodeBatches() {
	write(s, operation{
		id: "create-code-batch", method: http.MethodPost, path: "/v1/code-batches", tag: tagCodes, needs: needs(auth.CodesWrite), created: true,
		summary: "Make codes of an offer",
		text: "Unique codes are drawn at random in the background: look at made and done. A shared code is one for everybody, and you choose it. " +
			"Personal codes are drawn one by one, when a member is to have one. Printed codes that exist already are imported.",
		example: `{"offer": "off_01h9x3k7q2v5n", "name": "Leaflet of May", "kind": "unique", "prefix": "MAY-", "length": 8, "count": 5000, "max_uses": 1, "expires": "2026-06-01T00:00:00Z"}`,
	}, s.createCodeBatch, s.showCodeBatch)
	read(s, operation{
		id: "list-code-batches", method: http.MethodGet, path: "/v1/code-batches", tag: tagCodes, needs: needs(auth.CodesRead),
		summary: "List batches of codes with what became of them, the latest first",
	}, s.listCodeBatches)
	read(s, operation{
		id: "get-code-batch", method: http.MethodGet, path: "/v1/code-batches/{batch}", tag: tagCodes, needs: needs(auth.CodesRead),
		summary: "Get a batch of codes with what became of them, and how far it is",
	}, s.getCodeBatch)
	write(s, operation{
		id: "cancel-code-batch", method: http.MethodPost, path: "/v1/code-batches/{batch}/cancel", tag: tagCodes, needs: needs(auth.CodesWrite),
		summary: "Cancel all codes of a batch of which something is left, at once",
	}, s.cancelCodeBatch, s.showCodeBatch)
	write(s, operation{
		id: "issue-code", method: http.MethodPost, path: "/v1/code-batches/{batch}/codes", tag: tagCodes, needs: needs(auth.CodesWrite),
		summary: "Give a member a personal code",
		text:    "A member has one code of a batch for each occasion: asked again, the answer is the code that there is.",
	}, s.issueCode, s.showCode)
	s.addCodeFiles()
}

// batchIn names a batch in an address.
type batchIn struct {
	Batch batchID `path:"batch"`
}

func (in batchIn) id() (id.ID, error) { return parseID(id.Batch, "batch", string(in.Batch)) }

type batchID string

// Schema describes it for the document.
func (batchID) Schema(huma.Registry) *huma.Schema { return shown(id.Batch, "The batch of codes.") }

// newBatch makes codes.
type newBatch struct {
	Offer     string    `json:"offer" doc:"The offer that the codes bring." example:"off_01h9x3k7q2v5n"`
	Name      string    `json:"name" minLength:"1" maxLength:"100" doc:"What staff call the batch." example:"Leaflet of May"`
	Kind      string    `json:"kind" enum:"unique,shared,personal"`
	Code      string    `json:"code,omitempty" maxLength:"100" doc:"For shared: the code. Capitals, spaces and dashes do not count; O is read as 0, I and L as 1." example:""`
	Prefix    string    `json:"prefix,omitempty" maxLength:"100" doc:"For unique and personal: what each code begins with." example:"MAY-"`
	Length    int       `json:"length,omitempty" minimum:"1" maximum:"20" doc:"For unique and personal: how many random signs follow. Longer ones are harder to guess; too short ones are refused. Left out: 8, or as many as so many codes need." example:"8"`
	Count     int64     `json:"count,omitempty" minimum:"1" maximum:"10000000" doc:"For unique: how many." example:"5000"`
	MaxUses   int64     `json:"max_uses,omitempty" minimum:"0" doc:"How often each may be used. Left out: once, and a shared code without limit." example:"1"`
	ValidDays int       `json:"valid_days,omitempty" minimum:"0" doc:"For personal: with how many days after the one of its issue each ends; they do not end when left out."`
	Begins    time.Time `json:"begins,omitzero" doc:"Since when they may be used; at once when left out."`
	Expires   time.Time `json:"expires,omitzero" doc:"The first moment at which they may not be used any more; never when left out." example:"2026-06-01T00:00:00Z"`
}

func (n *newBatch) batch(programme id.ID) (promo.Batch, error) {
	b := promo.Batch{
		ProgrammeID: programme, Name: n.Name, Kind: promo.BatchKind(n.Kind), Prefix: n.Prefix, Length: n.Length, Wanted: n.Count,
		MaxUses: n.MaxUses, ValidDays: n.ValidDays, Begins: n.Begins, Expires: n.Expires,
	}
	if b.MaxUses == 0 && b.Kind != promo.SharedCode {
		b.MaxUses = 1
	}
	if err := n.fits(); err != nil {
		return b, err
	}
	var err error
	if b.OfferID, err = id.Parse(id.Offer, n.Offer); err != nil {
		return b, fault.At("/offer", err)
	}
	return b, nil
}

// fits refuses what a batch of the kind has not, as it would be passed over.
func (n *newBatch) fits() error {
	kind := promo.BatchKind(n.Kind)
	for _, f := range []struct {
		place string
		given bool
		ofs   []promo.BatchKind
	}{
		{"/code", n.Code != "", []promo.BatchKind{promo.SharedCode}},
		{"/prefix", n.Prefix != "", []promo.BatchKind{promo.UniqueCodes, promo.PersonalCodes}},
		{"/length", n.Length != 0, []promo.BatchKind{promo.UniqueCodes, promo.PersonalCodes}},
		{"/count", n.Count != 0, []promo.BatchKind{promo.UniqueCodes}},
	} {
		fits := false
		for _, k := range f.ofs {
			fits = fits || k == kind
		}
		if f.given && !fits {
			return fault.Invalid("batch_field_unfit", "a batch of this kind has no such field; leave it out").At(f.place)
		}
	}
	return nil
}

func (s *server) createCodeBatch(ctx context.Context, c *call, _ *nothing, body *newBatch) (string, error) {
	b, err := body.batch(c.programme())
	if err != nil {
		return "", err
	}
	b, err = s.Offers.CreateBatch(ctx, c.actor, b, body.Code)
	if err != nil {
		return "", err
	}
	return b.ID.In(id.Batch), nil
}

func (s *server) showCodeBatch(ctx context.Context, c *call, subject string) (batchView, error) {
	batch, err := id.Parse(id.Batch, subject)
	if err != nil {
		return batchView{}, err
	}
	b, err := s.Offers.Batch(ctx, watcher, c.programme(), batch)
	return c.batch(b), err
}

func (s *server) getCodeBatch(ctx context.Context, c *call, in *batchIn) (batchView, error) {
	batch, err := in.id()
	if err != nil {
		return batchView{}, err
	}
	b, err := s.Offers.Batch(ctx, c.actor, c.programme(), batch)
	return c.batch(b), err
}

type batchListIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	Offer  string `query:"offer" doc:"Only codes of this offer." example:"off_01h9x3k7q2v5n"`
}

func (s *server) listCodeBatches(ctx context.Context, c *call, in *batchListIn) (page[batchView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[batchView]{}, err
	}
	at, err := inBatches.read(in.Cursor, 1)
	if err != nil {
		return page[batchView]{}, err
	}
	what := promo.BatchQuery{ProgrammeID: c.programme(), Before: id.ID(at[0]), Limit: size + 1}
	if in.Offer != "" {
		if what.OfferID, err = parseID(id.Offer, "offer", in.Offer); err != nil {
			return page[batchView]{}, err
		}
	}
	list, err := s.Offers.Batches(ctx, c.actor, what)
	return paged(inBatches, list, size, c.batch, func(b promo.BatchSummary) []int64 { return []int64{int64(b.ID)} }), err
}

// cancellation says why something is called off.
type cancellation struct {
	Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"Why. It is kept for good, so name nobody." example:"the leaflets were lost"`
}

func (s *server) cancelCodeBatch(ctx context.Context, c *call, in *batchIn, body *cancellation) (string, error) {
	batch, err := in.id()
	if err != nil {
		return "", err
	}
	return batch.In(id.Batch), s.Offers.CancelBatch(ctx, c.actor, c.programme(), batch, body.Reason)
}

type personalCode struct {
	Member   string `json:"member" doc:"Whose it shall be." example:"mem_01h9x3k7q2v5n"`
	Occasion string `json:"occasion,omitempty" maxLength:"100" doc:"Tells apart the codes that a member has of one batch; no names." example:"birthday 2026"`
}

func (s *server) issueCode(ctx context.Context, c *call, in *batchIn, body *personalCode) (string, error) {
	batch, err := in.id()
	if err != nil {
		return "", err
	}
	m, err := s.survivor(ctx, c, body.Member)
	if err != nil {
		return "", fault.At("/member", err)
	}
	code, err := s.Offers.Personal(ctx, c.actor, c.programme(), batch, promo.PersonalAsk{MemberID: m, Occasion: body.Occasion})
	if err != nil {
		return "", err
	}
	return code.Text, nil
}
