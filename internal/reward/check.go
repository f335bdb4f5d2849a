package reward

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"image/jpeg"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Fault is something that Check found wrong.
type Fault struct{ What string }

// maxFaults bounds what one look finds.
const maxFaults = 100

// Check returns what contradicts itself in a programme's rewards: stock that
// differs from what is out or is overrun, redemptions that wait without their
// code, codes without a redemption, specs that cannot be, pictures that are not
// what their address names.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	rewards, err := All(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(rewards))
	for i := range rewards {
		ids[i] = rewards[i].ID
	}
	stocks, err := LoadStocks(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	results, err := LoadResults(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]int64{}
	for _, r := range results {
		out[r.RewardID] += r.Waiting + r.HandedOut
	}
	var faults []Fault
	for i := range rewards {
		faults = append(faults, rewards[i].check(stocks[rewards[i].ID], out[rewards[i].ID])...)
	}
	odd, err := oddPictures(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	faults = append(faults, odd...)
	for _, look := range []string{lostCodes, strayCodes, oddRedemptions, strayPictures} {
		found, err := strays(ctx, q, look, programme)
		if err != nil {
			return nil, fmt.Errorf("checking rewards: %w", err)
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

func (r *Reward) check(s *Stock, out int64) []Fault {
	name := r.ID.In(id.Reward)
	var faults []Fault
	if err := r.Spec.Check(); err != nil {
		faults = append(faults, Fault{fmt.Sprintf("%s says what cannot be: %v", name, err)})
	}
	switch {
	case s == nil:
		return append(faults, Fault{name + " has no stock"})
	case s.Of != r.stock():
		faults = append(faults, Fault{fmt.Sprintf("%s has a stock of %d and says %d", name, s.Of, r.Stock)})
	case s.Taken != out:
		faults = append(faults, Fault{fmt.Sprintf("%s has %d taken from its stock, and %d are out", name, s.Taken, out)})
	case s.Taken > s.Of:
		faults = append(faults, Fault{fmt.Sprintf("%s has a stock of %d, and %d are out", name, s.Of, s.Taken)})
	}
	return faults
}

// Each look names redemptions and says what is wrong with them.
const (
	lostCodes = `SELECT n.id, 'waits and cannot be found by its pick-up code' FROM redemption AS n
		LEFT JOIN reward_pickup AS p ON p.programme_id = n.programme_id AND p.code = n.code AND p.redemption_id = n.id AND p.due = n.due
		WHERE n.programme_id = $1 AND n.state = 'redeemed' AND p.code IS NULL ORDER BY n.id LIMIT $2`
	strayCodes = `SELECT p.redemption_id, 'has a pick-up code and does not wait' FROM reward_pickup AS p
		LEFT JOIN redemption AS n ON n.member_id = p.member_id AND n.id = p.redemption_id AND n.state = 'redeemed'
		WHERE p.programme_id = $1 AND n.id IS NULL ORDER BY p.redemption_id LIMIT $2`
	oddRedemptions = `SELECT n.id, 'is of no reward, has no price or is in no state' FROM redemption AS n LEFT JOIN reward AS r ON r.id = n.reward_id AND r.programme_id = n.programme_id
		WHERE n.programme_id = $1 AND (r.id IS NULL OR n.points <= 0 OR n.money < 0 OR n.given < 0 OR n.matched < 0
			OR n.state NOT IN ('redeemed', 'handed_out', 'undone', 'lapsed') OR (n.state = 'redeemed') <> (n.closed = 0)) ORDER BY n.id LIMIT $2`
)

// strayPictures are those of rewards that are gone.
const strayPictures = `SELECT p.reward_id, 'has a picture and is no reward' FROM reward_picture AS p
	LEFT JOIN reward AS r ON r.id = p.reward_id AND r.programme_id = p.programme_id WHERE p.programme_id = $1 AND r.id IS NULL ORDER BY p.reward_id LIMIT $2`

// oddPictures finds pictures that are not what their address names, or of which
// nobody is told what they show.
func oddPictures(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	var faults []Fault
	err := EachPicture(ctx, q, programme, func(f File) error {
		switch size, err := jpeg.DecodeConfig(bytes.NewReader(f.JPEG)); {
		case hashOf(f.JPEG) != f.Hash:
			faults = append(faults, Fault{f.RewardID.In(id.Reward) + " has another picture than its address names"})
		case err != nil || size.Width != f.Width || size.Height != f.Height:
			faults = append(faults, Fault{f.RewardID.In(id.Reward) + " has a picture of another size than is kept of it"})
		case f.Alt().Text == "":
			faults = append(faults, Fault{f.RewardID.In(id.Reward) + " has a picture of which nothing is said"})
		}
		return nil
	})
	return faults, err
}

func strays(ctx context.Context, q db.Queryer, look string, programme id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, look, programme, maxFaults)
	return db.Collect(rows, err, func(r *sql.Rows) (Fault, error) {
		var n id.ID
		var what string
		err := r.Scan(&n, &what)
		name := n.In(id.Redemption)
		if look == strayPictures {
			name = n.In(id.Reward)
		}
		return Fault{name + " " + what}, err
	})
}
