package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/household"
	"regulars/internal/id"
)

func (s *server) addTransfers() {
	write(s, operation{
		id: "transfer-points", method: http.MethodPost, path: "/v1/transfers", tag: tagHouseholds, needs: needs(auth.PointsTransfer), created: true,
		summary: "Pass points of one member on to another",
		text: "Available points go, soonest expiring first, and keep their dates; pending and held points and debts stay. The limits of the household settings count. " +
			"A transfer of the same source and number is made once.",
		example: `{"source": "app", "external_id": "t-17", "from": "mem_01h9x3k7q2v5n", "to": "mem_01h9x3k7q2v5p", "points": 100, "reason": "For the birthday."}`,
	}, s.transferPoints, s.showTransfer)
	write(s, operation{
		id: "undo-transfer", method: http.MethodPost, path: "/v1/transfers/{transfer}/undo", tag: tagHouseholds, needs: needs(auth.PointsTransfer),
		summary: "Take a transfer back", text: "What is left of its points goes back with its dates, within the days that the settings give.", example: `{"reason": "The wrong member."}`,
	}, func(ctx context.Context, c *call, in *transferIn, body *decision) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Households.Undo(ctx, c.actor, c.programme(), n, body.Reason)
		return n.In(id.Event), err
	}, s.showTransfer)
	read(s, operation{
		id: "list-transfers", method: http.MethodGet, path: "/v1/transfers", tag: tagHouseholds, needs: needs(auth.PointsRead),
		summary: "List points passed on, the latest first",
	}, s.listTransfers)
}

// newTransfer says who passes what on to whom.
type newTransfer struct {
	Source     string `json:"source" minLength:"1" maxLength:"200" example:"app"`
	ExternalID string `json:"external_id" minLength:"1" maxLength:"200" example:"t-17"`
	From       string `json:"from" minLength:"1" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	To         string `json:"to" minLength:"1" maxLength:"40" example:"mem_01h9x3k7q2v5p"`
	Wallet     string `json:"wallet,omitempty" maxLength:"40" doc:"By id or code; the programme's first when left out." example:"points"`
	Points     int64  `json:"points" minimum:"1" doc:"In the wallet's smallest unit." example:"100"`
	Reason     string `json:"reason,omitempty" maxLength:"500" doc:"It is erased with either member." example:"For the birthday."`
}

func (s *server) transferPoints(ctx context.Context, c *call, _ *nothing, body *newTransfer) (string, error) {
	w, err := c.setting.wallet(body.Wallet)
	if err != nil {
		return "", fault.At("/wallet", err)
	}
	from, err := id.Parse(id.Member, body.From)
	if err != nil {
		return "", fault.At("/from", err)
	}
	to, err := id.Parse(id.Member, body.To)
	if err != nil {
		return "", fault.At("/to", err)
	}
	t, err := s.Households.Transfer(ctx, c.actor, household.Ask{
		ProgrammeID: c.programme(), From: from, To: to, WalletID: w.ID, Points: body.Points, Source: body.Source, ExternalID: body.ExternalID, Note: body.Reason,
	})
	if err != nil {
		return "", err
	}
	return t.ID.In(id.Event), nil
}

// transferIn names a transfer in an address.
type transferIn struct {
	Transfer transferID `path:"transfer"`
}

func (in transferIn) id() (id.ID, error) {
	return parseID(id.Event, "transfer", string(in.Transfer))
}

type transferID string

// Schema describes it for the document.
func (transferID) Schema(huma.Registry) *huma.Schema { return shown(id.Event, "The transfer.") }

func (s *server) showTransfer(ctx context.Context, c *call, subject string) (transferView, error) {
	n, err := parseID(id.Event, "transfer", subject)
	if err != nil {
		return transferView{}, err
	}
	t, err := s.Households.TransferByID(ctx, watcher, c.programme(), n)
	if err != nil {
		return transferView{}, err
	}
	return c.transfer(t), nil
}

type transferListIn struct {
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	Member memberID `query:"member"`
}

func (s *server) listTransfers(ctx context.Context, c *call, in *transferListIn) (page[transferView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[transferView]{}, err
	}
	at, err := inTransfers.read(in.Cursor, 1)
	if err != nil {
		return page[transferView]{}, err
	}
	query := household.TransferQuery{ProgrammeID: c.programme(), Before: id.ID(at[0]), Limit: size + 1}
	if in.Member != "" {
		if query.Members, err = s.person(ctx, c, in.Member); err != nil {
			return page[transferView]{}, err
		}
	}
	list, err := s.Households.Transfers(ctx, c.actor, query)
	return paged(inTransfers, list, size, c.transfer, func(t *household.Transfer) []int64 { return []int64{int64(t.ID)} }), err
}
