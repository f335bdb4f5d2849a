package returns

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// How long a link to the returns of an order is good: one that a customer opened
// by what they know, and one that staff sent.
const (
	visitLasts = 24 * time.Hour
	linkLasts  = 30 * 24 * time.Hour
)

// MaxKey is how many bytes of an order number, postcode or address are read.
const MaxKey = maxReference

// Bytes of a link: the sale, its member, the minute at which it ends, the proof.
const (
	linkBytes = 8 + 8 + 4
	linkProof = 16
)

// UnknownOrder is the fault of what opens no order, "unknown_order": it says
// nothing of which part was wrong.
func UnknownOrder() *fault.Error {
	return fault.Missing("unknown_order", "no order is known by this; compare the number and the postcode with your confirmation")
}

// saleKey names one sale as the journal does.
type saleKey struct{ sale, member id.ID }

// sign makes the link to the returns of a sale, good until a moment.
func sign(salt string, k saleKey, until time.Time) string {
	b := make([]byte, 0, linkBytes+linkProof)
	b = binary.BigEndian.AppendUint64(b, uint64(k.sale))
	b = binary.BigEndian.AppendUint64(b, uint64(k.member))
	b = binary.BigEndian.AppendUint32(b, uint32(until.Unix()/60))
	return base64.RawURLEncoding.EncodeToString(append(b, proof(salt, b)...))
}

func proof(salt string, b []byte) []byte {
	h := hmac.New(sha256.New, []byte(salt))
	h.Write([]byte("return door"))
	h.Write(b)
	return h.Sum(nil)[:linkProof]
}

// readLink returns which sale a link opens.
func readLink(salt, link string, now time.Time) (saleKey, error) {
	b, err := base64.RawURLEncoding.DecodeString(link)
	if err != nil || len(b) != linkBytes+linkProof || subtle.ConstantTimeCompare(b[linkBytes:], proof(salt, b[:linkBytes])) != 1 {
		return saleKey{}, UnknownOrder()
	}
	if now.Unix()/60 >= int64(binary.BigEndian.Uint32(b[16:])) {
		return saleKey{}, fault.Refused("return_link_over", "the link has ended; open the order again by its number")
	}
	return saleKey{id.ID(binary.BigEndian.Uint64(b)), id.ID(binary.BigEndian.Uint64(b[8:]))}, nil
}

// FindOrder returns a link to the returns of an order for somebody who knows its
// postcode, or where none is known the customer's e-mail or whole telephone
// number: the last digits, which show where a parcel is, are too few to show what
// was bought. Fault "unknown_order" says nothing
// of what was wrong. Who asks often is the caller's to slow down.
func (s *Service) FindOrder(ctx context.Context, programme id.ID, order, key string) (string, error) {
	order, key = strings.TrimPrefix(strings.TrimSpace(order), "#"), strings.TrimSpace(key)
	if i18n.CheckText("", order, true, MaxKey) != nil || i18n.CheckText("", key, true, MaxKey) != nil {
		return "", UnknownOrder()
	}
	var link string
	err := s.DB.View(ctx, func(q db.Queryer) error {
		g, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		named, err := journal.Named(ctx, q, programme, order)
		if err != nil {
			return err
		}
		for _, n := range named {
			opens, err := s.opens(ctx, q, &g, n, key)
			if err != nil {
				return err
			}
			if opens {
				link = sign(g.Salt, saleKey{n.EventID, n.MemberID}, s.Now().Add(visitLasts))
				return nil
			}
		}
		return UnknownOrder()
	})
	return link, err
}

// opens reports whether what somebody typed shows that the order is theirs.
func (s *Service) opens(ctx context.Context, q db.Queryer, g *program.Programme, n journal.Same, key string) (bool, error) {
	known, fits, err := s.Promises.Postcode(ctx, q, g, n.ExternalID, key)
	if err != nil || known {
		return fits, err
	}
	all, err := member.Aliases(ctx, q, n.MemberID)
	if err != nil || len(all) == 0 {
		return false, err
	}
	theirs, err := member.Identities(ctx, q, all[:1])
	return slices.ContainsFunc(theirs[all[0]], func(one member.Identity) bool {
		if one.Kind != member.Email && one.Kind != member.Phone {
			return false
		}
		said, err := member.Normalise(one.Kind, key, g.Settings.Region)
		return err == nil && said.Value == one.Value
	}), err
}

// Link returns the path of the page on which the customer of an order sends
// something back without signing in. Whoever has it may, so it belongs into the
// customer's own mail. It needs returns.write.
func (s *Service) Link(ctx context.Context, a auth.Actor, programme id.ID, source, order string) (string, error) {
	if err := a.Can(programme, auth.ReturnsWrite); err != nil {
		return "", err
	}
	g, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return "", err
	}
	k, err := s.named(ctx, s.DB.Reader(), programme, source, order)
	if err != nil {
		return "", err
	}
	return "/return/" + g.Slug + "/" + sign(g.Salt, k, s.Now().Add(linkLasts)), nil
}

// OwnLink returns the path of the page of a sale of a member's, who is signed in
// and whose aliases the members are; fault "unknown_order".
func (s *Service) OwnLink(ctx context.Context, programme id.ID, members []id.ID, which id.ID) (string, error) {
	g, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return "", err
	}
	sold, err := sale.Get(ctx, s.DB.Reader(), members, which)
	if f := fault.As(err); f != nil && f.Code == "unknown_sale" {
		return "", UnknownOrder()
	}
	if err != nil {
		return "", err
	}
	return "/return/" + g.Slug + "/" + sign(g.Salt, saleKey{sold.ID, sold.MemberID}, s.Now().Add(visitLasts)), nil
}

// wayDays is how long a parcel may be on its way before its days begin.
const wayDays = 30

// Since tells from when sales may still come back, by the rule with the most days
// and with time for their parcels; the zero time where nothing does, or the page
// is closed. What of a sale comes back is said on its page.
func Since(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) (time.Time, error) {
	set, _, err := loadSetting(ctx, q, programme)
	if err != nil || !set.Open {
		return time.Time{}, err
	}
	terms, err := tier.LongestTerms(ctx, q, programme)
	if err != nil {
		return time.Time{}, err
	}
	most := -1
	for _, r := range set.Rules {
		if !r.Never {
			most = max(most, r.Days+r.longer(terms.ReturnDays))
		}
	}
	if most < 0 {
		return time.Time{}, nil
	}
	return now.AddDate(0, 0, -most-wayDays), nil
}

// named finds the sale that a source named.
func (s *Service) named(ctx context.Context, q db.Queryer, programme id.ID, source, order string) (saleKey, error) {
	key := journal.Key{ProgrammeID: programme, Source: source, ExternalID: order}
	known, err := journal.Known(ctx, q, []journal.Key{key})
	if err != nil {
		return saleKey{}, err
	}
	n, found := known[key]
	if !found || n.Waiting {
		return saleKey{}, UnknownOrder()
	}
	return saleKey{n.EventID, n.MemberID}, nil
}

// Order is a sale as its customer sends things back.
type Order struct {
	Programme program.Programme
	// MemberID is whose the sale is now; Enrolled may have points and gift cards.
	MemberID id.ID
	Enrolled bool
	Sale     *sale.Sale
	Source   string
	// From is when the days begin; the zero time while a parcel is on its way.
	From    time.Time
	Country string
	// Terms are what the rank lengthened that the buyer held at the sale.
	Terms   tier.Terms
	Lines   []OrderLine
	Returns []*Return
	Setting Setting
}

// Order returns the order that a link opens; faults "unknown_order",
// "return_link_over", and "return_closed" where the programme takes none.
func (s *Service) Order(ctx context.Context, programme id.ID, link string) (o *Order, err error) {
	err = s.DB.View(ctx, func(q db.Queryer) error {
		g, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		k, err := readLink(g.Salt, link, s.Now())
		if err != nil {
			return err
		}
		o, err = s.order(ctx, q, g, k)
		if err == nil && !o.Setting.Open {
			return Closed()
		}
		return err
	})
	return o, err
}

// Closed is the fault of a programme that takes no returns on its page,
// "return_closed".
func Closed() *fault.Error {
	return fault.Missing("return_closed", "returns are not asked for here; ask the shop")
}

// Open reports whether customers may ask on the public page.
func (s *Service) Open(ctx context.Context, programme id.ID) (bool, error) {
	set, _, err := loadSetting(ctx, s.DB.Reader(), programme)
	return set.Open, err
}
