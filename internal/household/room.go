package household

import (
	"context"
	"encoding/json"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// room is the part that flow asks of.
type room struct{}

// Room returns what flow asks about people and programmes.
func Room() flow.Room { return room{} }

// Name implements flow.Room.
func (room) Name() string { return "household" }

// Erase takes a person out of their household, and tells the owner. Erasing the
// owner dissolves it, which everybody else is told: they keep their own points, and
// what is in the pool stays on the nameless account until it expires. Transfers
// stay, by ids that name nobody.
func (room) Erase(ctx context.Context, tx *db.Tx, _ id.ID, members []id.ID) error {
	now := tx.IDs().New().Time()
	for {
		h, err := Current(ctx, tx, members)
		if err != nil || h == nil {
			return err
		}
		if err := part(ctx, tx, now, h, members); err != nil {
			return err
		}
		if h.Dissolved.IsZero() {
			if err := tell(ctx, tx, now, h, news{h.OwnerID, newsLeft}); err != nil {
				return err
			}
		}
	}
}

// Record, MemberRecord, TransferRecord and SettingsRecord are what is exported.
type (
	// Record is a household.
	Record struct {
		Household string     `json:"household"`
		Owner     string     `json:"owner"`
		Made      time.Time  `json:"made"`
		Dissolved *time.Time `json:"dissolved,omitempty"`
	}
	// MemberRecord is a member of a household.
	MemberRecord struct {
		Household string    `json:"household"`
		Member    string    `json:"member"`
		Joined    time.Time `json:"joined"`
	}
	// TransferRecord is points that were passed on.
	TransferRecord struct {
		Transfer  string     `json:"transfer"`
		From      string     `json:"from"`
		To        string     `json:"to"`
		Wallet    string     `json:"wallet"`
		Household string     `json:"household,omitempty"`
		Purpose   Purpose    `json:"purpose"`
		Points    int64      `json:"points"`
		At        time.Time  `json:"at"`
		Returned  int64      `json:"returned,omitempty"`
		Undone    *time.Time `json:"undone,omitempty"`
	}
	// SettingsRecord is a version of the settings.
	SettingsRecord struct {
		Number int64           `json:"number"`
		Made   time.Time       `json:"made"`
		Spec   json.RawMessage `json:"spec"`
	}
)

func recordOf(h *Household) Record {
	return Record{h.ID.In(id.Household), h.OwnerID.In(id.Member), h.Made, moment(h.Dissolved)}
}

func transferRecord(t *Transfer) TransferRecord {
	v := TransferRecord{
		Transfer: t.ID.In(id.Event), From: t.From.In(id.Member), To: t.To.In(id.Member), Wallet: t.WalletID.In(id.Wallet),
		Purpose: t.Purpose, Points: t.Points, At: t.At, Returned: t.Returned, Undone: moment(t.Undone),
	}
	if t.HouseholdID != 0 {
		v.Household = t.HouseholdID.In(id.Household)
	}
	return v
}

// moment is nil for a time that is not known.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Person is what the room keeps of a person; others are named by ids alone.
type Person struct {
	Households []Record         `json:"households,omitempty"`
	Transfers  []TransferRecord `json:"transfers,omitempty"`
}

// Export implements flow.Room.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var p Person
	var args db.Args
	list, err := selectHouseholds(ctx, q, `id IN (SELECT household_id FROM household_member WHERE member_id IN `+args.In(members)+`) OR owner_id IN `+
		args.In(members)+` ORDER BY id`, args.Values()...)
	if err != nil {
		return nil, err
	}
	for _, h := range list {
		p.Households = append(p.Households, recordOf(h))
	}
	transfers, err := listTransfers(ctx, q, TransferQuery{ProgrammeID: programme, Members: members, Limit: int(db.Never)})
	for _, t := range transfers {
		p.Transfers = append(p.Transfers, transferRecord(t))
	}
	if len(p.Households)+len(p.Transfers) == 0 {
		return nil, err
	}
	return p, err
}

// Tables implements flow.Room.
func (room) Tables() []string {
	return []string{"household_settings", "households", "household_members", "point_transfers"}
}

// Dump implements flow.Room.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	settings, err := selectSettings(ctx, q, `programme_id = $1 ORDER BY number`, programme)
	if err != nil {
		return err
	}
	for _, s := range settings {
		spec, err := json.Marshal(s.Spec)
		if err != nil {
			return err
		}
		if err := to("household_settings", SettingsRecord{s.Number, s.Made, spec}); err != nil {
			return err
		}
	}
	list, err := selectHouseholds(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, h := range list {
		if err := to("households", recordOf(h)); err != nil {
			return err
		}
	}
	for _, h := range list {
		for _, m := range h.Members {
			if err := to("household_members", MemberRecord{h.ID.In(id.Household), m.MemberID.In(id.Member), m.Joined}); err != nil {
				return err
			}
		}
	}
	return eachTransfer(ctx, q, programme, func(page []*Transfer) error {
		for _, t := range page {
			if err := to("point_transfers", transferRecord(t)); err != nil {
				return err
			}
		}
		return nil
	})
}

// paged is how many transfers are read at once.
const paged = 500

// eachTransfer calls fn with the transfers of a programme, page by page.
func eachTransfer(ctx context.Context, q db.Queryer, programme id.ID, fn func(page []*Transfer) error) error {
	for after := id.ID(0); ; {
		page, err := selectTransfers(ctx, q, `t.programme_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3`, programme, after, paged)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].ID
		if err := fn(page); err != nil {
			return err
		}
	}
}
