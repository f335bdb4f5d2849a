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

func (s *server) addOffers() {
	read(s, operation{
		id: "list-offers", method: http.MethodGet, path: "/v1/offers", tag: tagOffers, needs: needs(auth.RulesRead),
		summary: "List the programme's offers with their versions and what they have given",
	}, s.listOffers)
	read(s, operation{
		id: "get-offer", method: http.MethodGet, path: "/v1/offers/{offer}", tag: tagOffers, needs: needs(auth.RulesRead),
		summary: "Get an offer with its versions, in figures and in words, and what they have given",
	}, s.getOffer)
	write(s, operation{
		id: "create-offer", method: http.MethodPost, path: "/v1/offers", tag: tagOffers, needs: needs(auth.RulesWrite), created: true,
		summary: "Make an offer, as a draft", text: "It takes nothing off until it is published.", example: exampleOffer,
	}, s.createOffer, s.showOffer)
	write(s, operation{
		id: "rename-offer", method: http.MethodPatch, path: "/v1/offers/{offer}", tag: tagOffers, needs: needs(auth.RulesWrite),
		summary: "Give an offer another name", text: "What was said of it before keeps the old one.",
	}, s.renameOffer, s.showOffer)
	write(s, operation{
		id: "draft-offer", method: http.MethodPut, path: "/v1/offers/{offer}/draft", tag: tagOffers, needs: needs(auth.RulesWrite),
		summary: "Write what an offer shall say next", text: "Over the draft that is there, if any. What is in force stays so until the draft is published.",
	}, s.draftOffer, s.showOffer)
	write(s, operation{
		id: "discard-offer-draft", method: http.MethodDelete, path: "/v1/offers/{offer}/draft", tag: tagOffers, needs: needs(auth.RulesWrite),
		summary: "Throw the draft of an offer away", text: "An offer that was never published goes with it.",
	}, s.discardOfferDraft, s.showDiscardedOffer)
	write(s, operation{
		id: "publish-offer", method: http.MethodPost, path: "/v1/offers/{offer}/publish", tag: tagOffers, needs: needs(auth.RulesPublish),
		summary: "Put the draft of an offer in force", text: "The version before it ends when this one begins.",
	}, s.publishOffer, s.showOffer)
	write(s, operation{
		id: "withdraw-offer", method: http.MethodPost, path: "/v1/offers/{offer}/withdraw", tag: tagOffers, needs: needs(auth.RulesPublish),
		summary: "End an offer now", text: "What was to begin later does not. Sales that had it keep it.",
	}, s.withdrawOffer, s.showOffer)
}

// exampleOffer is an offer that codes bring.
const exampleOffer = `{
  "name": "20 % off candles",
  "spec": {
    "lines": {"categories": ["candles"]},
    "minimum": 1000,
    "benefit": {"kind": "percent", "percent": "20", "most": 2000},
    "with_code": true,
    "restore_code": true
  }
}`

// offerIn names an offer in an address.
type offerIn struct {
	Offer offerID `path:"offer"`
}

func (in offerIn) id() (id.ID, error) { return parseID(id.Offer, "offer", string(in.Offer)) }

type offerID string

// Schema describes it for the document.
func (offerID) Schema(huma.Registry) *huma.Schema { return shown(id.Offer, "The offer.") }

func (s *server) getOffer(ctx context.Context, c *call, in *offerIn) (offerView, error) {
	offer, err := in.id()
	if err != nil {
		return offerView{}, err
	}
	h, err := s.Offers.Get(ctx, c.actor, c.programme(), offer)
	if err != nil {
		return offerView{}, err
	}
	results, err := promo.Results(ctx, s.DB.Reader(), c.programme())
	if err != nil {
		return offerView{}, err
	}
	return c.offer(h, given(results))
}

type offerList struct {
	Items []offerView `json:"items" nullable:"false"`
}

func (s *server) listOffers(ctx context.Context, c *call, _ *nothing) (offerList, error) {
	histories, err := s.Offers.List(ctx, c.actor, c.programme())
	if err != nil {
		return offerList{}, err
	}
	results, err := promo.Results(ctx, s.DB.Reader(), c.programme())
	list, byVersion := offerList{Items: make([]offerView, len(histories))}, given(results)
	for i := 0; err == nil && i < len(histories); i++ {
		list.Items[i], err = c.offer(histories[i], byVersion)
	}
	return list, err
}

// newOffer makes an offer.
type newOffer struct {
	Name string    `json:"name" minLength:"1" maxLength:"200" doc:"Unique in the programme; customers read it on receipts." example:"20 % off candles"`
	Spec offerSpec `json:"spec"`
}

func (s *server) createOffer(ctx context.Context, c *call, _ *nothing, body *newOffer) (string, error) {
	spec, err := body.Spec.parse(c, "/spec")
	if err != nil {
		return "", err
	}
	v, err := s.Offers.Create(ctx, c.actor, promo.Offer{ProgrammeID: c.programme(), Name: body.Name}, spec)
	if err != nil {
		return "", inSpec(err)
	}
	return v.OfferID.In(id.Offer), nil
}

type offerDraft struct {
	Spec offerSpec `json:"spec"`
}

func (s *server) draftOffer(ctx context.Context, c *call, in *offerIn, body *offerDraft) (string, error) {
	spec, err := body.Spec.parse(c, "/spec")
	if err != nil {
		return "", err
	}
	return onOffer(in, func(offer id.ID) error {
		_, err := s.Offers.SaveDraft(ctx, c.actor, c.programme(), offer, spec)
		return inSpec(err)
	})
}

type offerName struct {
	Name string `json:"name" minLength:"1" maxLength:"200" example:"20 % off candles"`
}

func (s *server) renameOffer(ctx context.Context, c *call, in *offerIn, body *offerName) (string, error) {
	return onOffer(in, func(offer id.ID) error { return s.Offers.Rename(ctx, c.actor, c.programme(), offer, body.Name) })
}

// onOffer does something to the offer of the address.
func onOffer(in *offerIn, do func(offer id.ID) error) (string, error) {
	offer, err := in.id()
	if err != nil {
		return "", err
	}
	return offer.In(id.Offer), do(offer)
}

func (s *server) discardOfferDraft(ctx context.Context, c *call, in *offerIn, _ *nothing) (string, error) {
	return onOffer(in, func(offer id.ID) error { return s.Offers.DiscardDraft(ctx, c.actor, c.programme(), offer) })
}

type offerPublished struct {
	Begins time.Time `json:"begins,omitzero" doc:"Now when left out. Only the first version may begin in the past, so that a past which is loaded later can be priced." example:"2026-12-01T00:00:00Z"`
	Ends   time.Time `json:"ends,omitzero" doc:"The first moment at which it is not in force any more; never when left out." example:"2026-12-25T00:00:00Z"`
}

func (s *server) publishOffer(ctx context.Context, c *call, in *offerIn, body *offerPublished) (string, error) {
	return onOffer(in, func(offer id.ID) error {
		_, err := s.Offers.Publish(ctx, c.actor, c.programme(), offer, body.Begins, body.Ends)
		return err
	})
}

func (s *server) withdrawOffer(ctx context.Context, c *call, in *offerIn, _ *nothing) (string, error) {
	return onOffer(in, func(offer id.ID) error { return s.Offers.Withdraw(ctx, c.actor, c.programme(), offer) })
}

// showOffer leaves out what the offer has given, which is read from every sale.
func (s *server) showOffer(ctx context.Context, c *call, subject string) (offerView, error) {
	offer, err := id.Parse(id.Offer, subject)
	if err != nil {
		return offerView{}, err
	}
	h, err := s.Offers.Get(ctx, watcher, c.programme(), offer)
	if err != nil {
		return offerView{}, err
	}
	return c.offer(h, nil)
}

type offerDraftDiscarded struct {
	Offer string `json:"offer" example:"off_01h9x3k7q2v5n"`
	Gone  bool   `json:"gone" doc:"The offer was never published and went with its draft."`
}

func (s *server) showDiscardedOffer(ctx context.Context, c *call, subject string) (offerDraftDiscarded, error) {
	_, err := s.showOffer(ctx, c, subject)
	if fault.KindOf(err) == fault.KindMissing {
		return offerDraftDiscarded{subject, true}, nil
	}
	return offerDraftDiscarded{subject, false}, err
}
