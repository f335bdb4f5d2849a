package touch

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "touch" }

// reviewsOf returns the reviews that name orders of a person.
func reviewsOf(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]*Review, error) {
	refs, err := ordersOf(ctx, q, members)
	if err != nil || len(refs) == 0 {
		return nil, err
	}
	var args db.Args
	return selectReviews(ctx, q, `programme_id = `+args.Add(programme)+` AND order_ref IN `+args.InText(refs)+` ORDER BY occurred, id`, args.Values()...)
}

// Erase takes words and names out of the reviews of a person's orders, out of
// our answers to them, and out of the mentions that staff bound to them. Ratings
// stay, so that no figure changes.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	if err := eraseMentions(ctx, tx, programme, members); err != nil {
		return err
	}
	list, err := reviewsOf(ctx, tx, programme, members)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, r := range list {
		r.forget()
	}
	return saveReviews(ctx, tx, list)
}

// ReviewRecord is a review in exports.
type ReviewRecord struct {
	Review     string     `json:"review"`
	Platform   Platform   `json:"platform"`
	ExternalID string     `json:"external_id"`
	Place      string     `json:"place,omitempty"`
	Rating     int64      `json:"rating,omitempty"`
	Occurred   time.Time  `json:"occurred"`
	Author     string     `json:"author,omitempty"`
	Text       string     `json:"text,omitempty"`
	Order      string     `json:"order,omitempty"`
	State      State      `json:"state"`
	Answer     string     `json:"answer,omitempty"`
	Answered   *time.Time `json:"answered,omitempty"`
}

func (r *Review) record() ReviewRecord {
	n := ReviewRecord{
		Review: r.ID.In(id.Review), Platform: r.Platform, ExternalID: r.ExternalID, Place: r.Place, Rating: r.Rating, Occurred: r.Occurred,
		Author: r.Author, Text: r.Text, Order: r.Order, State: r.State, Answer: r.Answer,
	}
	if !r.Replied.IsZero() {
		n.Answered = &r.Replied
	}
	return n
}

// CardRecord is a card in exports.
type CardRecord struct {
	Code       string     `json:"code"`
	Batch      string     `json:"batch"`
	Touchpoint string     `json:"touchpoint"`
	Order      string     `json:"order,omitempty"`
	Bound      *time.Time `json:"bound,omitempty"`
}

func (c *Card) record() CardRecord {
	n := CardRecord{Code: c.Code, Batch: c.BatchID.In(id.CardBatch), Touchpoint: c.TouchpointID.In(id.Touchpoint), Order: c.Order}
	if !c.Bound.IsZero() {
		n.Bound = &c.Bound
	}
	return n
}

// kept is what the room keeps of a person.
type kept struct {
	Cards   []CardRecord   `json:"cards,omitempty"`
	Reviews []ReviewRecord `json:"reviews,omitempty"`
	// Mentions are those that staff bound to the person.
	Mentions []MentionRecord `json:"mentions,omitempty"`
}

// Export returns the cards that went out with a person's orders, and the reviews
// that name them.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var all kept
	list, err := reviewsOf(ctx, q, programme, members)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		all.Reviews = append(all.Reviews, r.record())
	}
	said, err := mentionsOf(ctx, q, programme, members)
	if err != nil {
		return nil, err
	}
	for _, m := range said {
		all.Mentions = append(all.Mentions, m.record())
	}
	if all.Cards, err = cardsOf(ctx, q, programme, members); err != nil || len(all.Cards)+len(all.Reviews)+len(all.Mentions) == 0 {
		return nil, err
	}
	return all, nil
}

func cardsOf(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (list []CardRecord, err error) {
	refs, err := ordersOf(ctx, q, members)
	if err != nil || len(refs) == 0 {
		return nil, err
	}
	var args db.Args
	cards, err := selectCards(ctx, q, `programme_id = `+args.Add(programme)+` AND order_ref IN `+args.InText(refs)+` ORDER BY code`, args.Values()...)
	for _, c := range cards {
		list = append(list, c.record())
	}
	return list, err
}

// Tables are the room's part of a programme's export. Keys of platforms stay
// out.
func (room) Tables() []string {
	return []string{"touchpoints", "card_batches", "cards", "card_orders", "card_visits", "reviews", "feeds", "mentions"}
}

// TouchpointRecord is a touchpoint in exports.
type TouchpointRecord struct {
	Touchpoint string    `json:"touchpoint"`
	Kind       Kind      `json:"kind"`
	Name       string    `json:"name"`
	Shop       string    `json:"shop,omitempty"`
	Links      []Link    `json:"links"`
	Closed     bool      `json:"closed"`
	Made       time.Time `json:"made"`
}

// BatchRecord is a batch of cards in exports.
type BatchRecord struct {
	Batch      string    `json:"batch"`
	Touchpoint string    `json:"touchpoint"`
	Name       string    `json:"name"`
	Cards      int64     `json:"cards"`
	Design     Design    `json:"design"`
	Made       time.Time `json:"made"`
}

// OrderRecord is what was drawn for an order, in exports.
type OrderRecord struct {
	Order string `json:"order"`
	Card  bool   `json:"card"`
	Share int64  `json:"share"`
	Code  string `json:"code,omitempty"`
}

// VisitRecord counts visits of an hour, in exports.
type VisitRecord struct {
	Hour     time.Time `json:"hour"`
	Code     string    `json:"code"`
	Door     Door      `json:"door"`
	Platform Platform  `json:"platform,omitempty"`
	Visits   int64     `json:"visits"`
}

// Dump gives everything that the room keeps of a programme.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	if err := dumpPlaces(ctx, q, programme, to); err != nil {
		return err
	}
	rows, err := q.Query(ctx, `SELECT `+cardColumns+` FROM touch_card WHERE programme_id = $1 ORDER BY batch_id, code`, programme)
	if err := db.Each(rows, err, scanCard, func(c Card) error { return to("cards", c.record()) }); err != nil {
		return fmt.Errorf("reading every card: %w", err)
	}
	rows, err = q.Query(ctx, `SELECT order_ref, card, share, code FROM touch_order WHERE programme_id = $1 ORDER BY order_ref`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (o OrderRecord, err error) { return o, r.Scan(&o.Order, &o.Card, &o.Share, &o.Code) },
		func(o OrderRecord) error { return to("card_orders", o) })
	if err != nil {
		return fmt.Errorf("reading every drawn order: %w", err)
	}
	rows, err = q.Query(ctx, `SELECT hour, code, door, platform, visits FROM touch_visit WHERE programme_id = $1 ORDER BY hour, code, door, platform`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (v VisitRecord, err error) {
		var hour int64
		err = r.Scan(&hour, &v.Code, &v.Door, &v.Platform, &v.Visits)
		v.Hour = db.Time(hour)
		return v, err
	}, func(v VisitRecord) error { return to("card_visits", v) })
	if err != nil {
		return fmt.Errorf("reading every visit: %w", err)
	}
	rows, err = q.Query(ctx, `SELECT `+reviewColumns+` FROM touch_review WHERE programme_id = $1 ORDER BY occurred, id`, programme)
	if err := db.Each(rows, err, scanReview, func(r *Review) error { return to("reviews", r.record()) }); err != nil {
		return fmt.Errorf("reading every review: %w", err)
	}
	return dumpMentions(ctx, q, programme, to)
}

func dumpPlaces(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	points, err := selectTouchpoints(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	for _, t := range points {
		n := TouchpointRecord{Touchpoint: t.ID.In(id.Touchpoint), Kind: t.Kind, Name: t.Name, Links: t.Links, Closed: t.Closed, Made: t.Made}
		if t.ShopID != 0 {
			n.Shop = t.ShopID.In(id.Shop)
		}
		if err := to("touchpoints", n); err != nil {
			return err
		}
	}
	batches, err := selectBatches(ctx, q, `b.programme_id = $1`, programme)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if err := to("card_batches", BatchRecord{b.ID.In(id.CardBatch), b.TouchpointID.In(id.Touchpoint), b.Name, b.Cards, b.Design, b.Made}); err != nil {
			return err
		}
	}
	return nil
}
