package bench

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/returns"
	"regulars/internal/survey"
	"regulars/internal/touch"
)

// doors are the ways into the customers' pages of the measured programme, each by
// so many secrets.
type doors struct {
	// Cards are codes of cards, Parcels of parcels, Surveys the secrets of
	// questionnaires that were begun, Orders the links to the returns of orders.
	Cards, Parcels, Surveys, Orders []string
}

// postcode is where all parcels go.
const postcode = "SW1A 1AA"

// platform is where the cards' review door leads.
const platform = "https://shop.example/reviews"

// publish gives the first orders of the filling a card, a parcel that came, a
// questionnaire and a page of returns.
func (h Host) publish(ctx context.Context, programme id.ID, orders int) (*doors, error) {
	d := &doors{}
	for _, part := range []func(context.Context, id.ID, int, *doors) error{h.printCards, h.sendParcels, h.askSurvey, h.takeBack, h.takeComplaints} {
		if err := part(ctx, programme, orders, d); err != nil {
			return nil, fmt.Errorf("opening the customers' pages: %w", err)
		}
	}
	return d, nil
}

func (h Host) printCards(ctx context.Context, programme id.ID, orders int, d *doors) error {
	point, err := h.Touch.CreateTouchpoint(ctx, actor, programme, touch.TouchpointSpec{
		Kind: touch.InParcel, Name: "Parcels", Links: []touch.Link{{Platform: touch.OwnPage, Template: platform}},
	})
	if err != nil {
		return err
	}
	batch, err := h.Touch.CreateBatch(ctx, actor, programme, point.ID, "Bench", int64(orders), touch.Design{Layout: touch.Band, Language: i18n.English})
	if err != nil {
		return err
	}
	cards, err := h.Touch.Cards(ctx, actor, programme, batch.ID, "", orders)
	if err != nil {
		return err
	}
	for _, c := range cards {
		d.Cards = append(d.Cards, c.Code)
	}
	return h.Touch.SetWidget(ctx, actor, programme, true)
}

func (h Host) sendParcels(ctx context.Context, programme id.ID, orders int, d *doors) error {
	for n := range orders {
		p, err := h.Promises.Register(ctx, actor, promise.NewParcel{
			ProgrammeID: programme, Carrier: "dpd", Number: "B" + strconv.Itoa(n), Source: "fill", Order: strconv.Itoa(n), Postcode: postcode, Promised: h.Now().AddDate(0, 0, 2),
		})
		if err != nil {
			return err
		}
		if _, err := h.Promises.Follow(ctx, actor, programme, p.ID, []promise.Scan{
			{Status: promise.Created, Occurred: h.Now().Add(-3 * time.Hour)}, {Status: promise.InTransit, Occurred: h.Now().Add(-2 * time.Hour), Place: "Leeds"},
			{Status: promise.Delivered, Occurred: h.Now().Add(-time.Hour)},
		}); err != nil {
			return err
		}
		d.Parcels = append(d.Parcels, p.Code)
	}
	return nil
}

func (h Host) askSurvey(ctx context.Context, programme id.ID, orders int, d *doors) error {
	texts, err := i18n.New()
	if err != nil {
		return err
	}
	n, err := h.Surveys.Create(ctx, actor, programme, survey.Standard(survey.NPS, "Bench", texts.Printer(i18n.English, time.UTC, "GBP")))
	if err != nil {
		return err
	}
	if n, err = h.Surveys.Publish(ctx, actor, programme, n.ID); err != nil {
		return err
	}
	for range orders {
		secret, err := h.Surveys.Begin(ctx, &n, "")
		if err != nil {
			return err
		}
		d.Surveys = append(d.Surveys, secret)
	}
	return nil
}

func (h Host) takeBack(ctx context.Context, programme id.ID, orders int, d *doors) error {
	set := returns.DefaultSetting()
	set.Open, set.Address = true, "Bench\n1 High Street\nLondon"
	if err := h.Returns.SetSetting(ctx, actor, programme, 0, set); err != nil {
		return err
	}
	for n := range orders {
		path, err := h.Returns.Link(ctx, actor, programme, "fill", strconv.Itoa(n))
		if err != nil {
			return err
		}
		d.Orders = append(d.Orders, strings.TrimPrefix(path, "/return/"+slug+"/"))
	}
	return nil
}

func (h Host) takeComplaints(ctx context.Context, programme id.ID, _ int, _ *doors) error {
	set := complaint.DefaultSettings("GB")
	set.Business, set.Reasons = complaint.WebStore, complaint.StartingReasons(complaint.WebStore)
	_, err := h.Complaints.SetSettings(ctx, actor, programme, 0, set)
	return err
}
