package flow

import (
	"encoding/json"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/tier"
)

// The records of an export, one type for each of Tables. Amounts of money are
// in minor units, points in the wallet's smallest unit, quantities in
// thousandths; what is not known is empty.
type (
	// ProgrammeRecord is the programme itself.
	ProgrammeRecord struct {
		Programme string           `json:"programme"`
		Slug      string           `json:"slug"`
		Name      string           `json:"name"`
		Currency  string           `json:"currency"`
		Zone      string           `json:"zone"`
		Languages []string         `json:"languages"`
		Hue       int              `json:"hue"`
		Settings  program.Settings `json:"settings"`
		Created   time.Time        `json:"created"`
	}
	// ShopRecord is a shop.
	ShopRecord struct {
		Shop   string `json:"shop"`
		Code   string `json:"code"`
		Name   string `json:"name"`
		Zone   string `json:"zone"`
		Closed bool   `json:"closed"`
	}
	// WalletRecord is a kind of points.
	WalletRecord struct {
		Wallet   string `json:"wallet"`
		Code     string `json:"code"`
		Name     string `json:"name"`
		Decimals int    `json:"decimals"`
		Unit     string `json:"unit"`
		Clawback string `json:"clawback"`
	}
	// RuleRecord is a version of a rule.
	RuleRecord struct {
		Rule    string          `json:"rule"`
		Version string          `json:"version"`
		Name    string          `json:"name"`
		Trigger string          `json:"trigger"`
		Number  int             `json:"number"`
		State   string          `json:"state"`
		From    *time.Time      `json:"from"`
		To      *time.Time      `json:"to"`
		Spec    json.RawMessage `json:"spec"`
	}
	// LadderRecord is a version of a ladder of ranks.
	LadderRecord struct {
		Ladder     string          `json:"ladder"`
		Code       string          `json:"code"`
		Number     int             `json:"number"`
		From       *time.Time      `json:"from"`
		Definition tier.Definition `json:"definition"`
	}
	// ProductRecord is an item of the catalogue.
	ProductRecord struct {
		SKU      string `json:"sku"`
		Name     string `json:"name"`
		Category string `json:"category"`
		Brand    string `json:"brand"`
		Cost     int64  `json:"cost"`
		Active   bool   `json:"active"`
		Flagship bool   `json:"flagship"`
	}
	// MemberRecord is a member, also one who was merged into another or erased.
	MemberRecord struct {
		Member     string            `json:"member"`
		Status     member.Status     `json:"status"`
		GivenName  string            `json:"given_name"`
		FamilyName string            `json:"family_name"`
		Language   string            `json:"language"`
		Zone       string            `json:"zone"`
		BirthDay   int               `json:"birth_day"`
		BirthMonth int               `json:"birth_month"`
		BirthYear  int               `json:"birth_year"`
		Created    time.Time         `json:"created"`
		Enrolled   *time.Time        `json:"enrolled"`
		MergedInto string            `json:"merged_into"`
		Tags       []string          `json:"tags"`
		Attributes map[string]string `json:"attributes"`
	}
	// IdentityRecord is something by which a member is known.
	IdentityRecord struct {
		Member string `json:"member"`
		Kind   string `json:"kind"`
		Value  string `json:"value"`
	}
	// ConsentRecord is a statement of consent with its evidence.
	ConsentRecord struct {
		Member      string    `json:"member"`
		Purpose     string    `json:"purpose"`
		Channel     string    `json:"channel"`
		Given       bool      `json:"given"`
		At          time.Time `json:"at"`
		Source      string    `json:"source"`
		TextVersion string    `json:"text_version"`
		IP          string    `json:"ip"`
		By          string    `json:"by"`
	}
	// EventRecord is an event of the journal.
	EventRecord struct {
		Event      string          `json:"event"`
		Member     string          `json:"member"`
		Kind       journal.Kind    `json:"kind"`
		Source     string          `json:"source"`
		ExternalID string          `json:"external_id"`
		Occurred   time.Time       `json:"occurred"`
		Recorded   time.Time       `json:"recorded"`
		Shop       string          `json:"shop"`
		Channel    string          `json:"channel"`
		Actor      string          `json:"actor"`
		Body       json.RawMessage `json:"body"`
	}
	// WaitingRecord is a return that waits for its sale.
	WaitingRecord struct {
		EventRecord
		SaleSource    string `json:"sale_source"`
		SaleReference string `json:"sale_reference"`
	}
	// SaleRecord is a sale without its lines.
	SaleRecord struct {
		Sale      string    `json:"sale"`
		Member    string    `json:"member"`
		Reference string    `json:"reference"`
		Occurred  time.Time `json:"occurred"`
		Shop      string    `json:"shop"`
		Channel   string    `json:"channel"`
		Goods     int64     `json:"goods"`
		Total     int64     `json:"total"`
		Returned  int64     `json:"returned"`
		Nth       int64     `json:"nth"`
	}
	// SaleLineRecord is a line of a sale.
	SaleLineRecord struct {
		Sale             string `json:"sale"`
		Member           string `json:"member"`
		Line             int    `json:"line"`
		SKU              string `json:"sku"`
		Name             string `json:"name"`
		Category         string `json:"category"`
		Quantity         int64  `json:"quantity"`
		Amount           int64  `json:"amount"`
		Fee              bool   `json:"fee"`
		ReturnedQuantity int64  `json:"returned_quantity"`
		ReturnedAmount   int64  `json:"returned_amount"`
	}
	// ReturnedLineRecord is what a line of a return brought back of one sale.
	ReturnedLineRecord struct {
		Event      string `json:"event"`
		Member     string `json:"member"`
		ReturnLine int    `json:"return_line"`
		Sale       string `json:"sale"`
		SaleLine   int    `json:"sale_line"`
		Quantity   int64  `json:"quantity"`
		Amount     int64  `json:"amount"`
	}
	// LotRecord is points given together, as they are stored.
	LotRecord struct {
		Lot         string     `json:"lot"`
		Event       string     `json:"event"`
		Member      string     `json:"member"`
		Wallet      string     `json:"wallet"`
		Amount      int64      `json:"amount"`
		Remaining   int64      `json:"remaining"`
		Held        int64      `json:"held"`
		Expired     int64      `json:"expired"`
		ClawedBack  int64      `json:"clawed_back"`
		Earned      time.Time  `json:"earned"`
		Activates   *time.Time `json:"activates"`
		Expires     *time.Time `json:"expires"`
		Released    bool       `json:"released"`
		Shares      []int64    `json:"shares"`
		RuleVersion string     `json:"rule_version"`
		Reason      i18n.Text  `json:"reason"`
	}
	// EntryRecord is one movement of points.
	EntryRecord struct {
		Entry    string    `json:"entry"`
		Member   string    `json:"member"`
		Wallet   string    `json:"wallet"`
		Kind     string    `json:"kind"`
		From     string    `json:"from"`
		To       string    `json:"to"`
		Points   int64     `json:"points"`
		Lot      string    `json:"lot"`
		Event    string    `json:"event"`
		Cause    string    `json:"cause"`
		Occurred time.Time `json:"occurred"`
		Recorded time.Time `json:"recorded"`
		Reason   i18n.Text `json:"reason"`
	}
	// RankChangeRecord is one change of a member's rank.
	RankChangeRecord struct {
		Member   string    `json:"member"`
		Ladder   string    `json:"ladder"`
		Number   int64     `json:"number"`
		At       time.Time `json:"at"`
		Recorded time.Time `json:"recorded"`
		From     string    `json:"from"`
		To       string    `json:"to"`
		Reason   i18n.Text `json:"reason"`
		Event    string    `json:"event"`
		Actor    string    `json:"actor"`
	}
)

func programmeRecord(p program.Programme) ProgrammeRecord {
	return ProgrammeRecord{
		p.ID.In(id.Programme), p.Slug, p.Name, string(p.Currency), p.Zone.String(), p.Languages, p.Hue, p.Settings, p.Created,
	}
}

func memberRecord(m *member.Member) MemberRecord {
	return MemberRecord{
		Member: m.ID.In(id.Member), Status: m.Status, GivenName: m.GivenName, FamilyName: m.FamilyName, Language: m.Language, Zone: m.Zone,
		BirthDay: m.Birth.Day, BirthMonth: m.Birth.Month, BirthYear: m.Birth.Year, Created: m.Created, Enrolled: moment(m.Enrolled),
		MergedInto: shownMember(m.MergedInto), Tags: m.Tags, Attributes: m.Attributes,
	}
}

func (e *exporter) lot(l ledger.Lot) LotRecord {
	r := LotRecord{
		Lot: l.ID.In(id.Lot), Event: shownEvent(l.EventID), Member: l.MemberID.In(id.Member), Wallet: e.wallets[l.WalletID], Amount: l.Amount,
		Remaining: l.Remaining, Held: l.Held, Expired: l.Expired, ClawedBack: l.Clawed, Earned: l.Earned, Activates: moment(l.Activates),
		Expires: moment(l.Expires), Released: l.Released, Shares: l.Shares, Reason: l.Reason,
	}
	if l.RuleVersion != 0 {
		r.RuleVersion = l.RuleVersion.In(id.Version)
	}
	return r
}

func (e *exporter) entry(v ledger.Entry) EntryRecord {
	r := EntryRecord{
		Entry: v.ID.In(id.Entry), Member: v.MemberID.In(id.Member), Wallet: e.wallets[v.WalletID], Kind: v.Kind.String(), From: v.From.String(),
		To: v.To.String(), Points: v.Amount, Event: shownEvent(v.Cause.Event), Cause: v.Cause.Kind.String(), Occurred: v.Occurred,
		Recorded: v.Recorded, Reason: v.Cause.Reason,
	}
	if v.LotID != 0 {
		r.Lot = v.LotID.In(id.Lot)
	}
	return r
}

// moment returns nil for a time that is not known or never comes.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func shownMember(m id.ID) string {
	if m == 0 {
		return ""
	}
	return m.In(id.Member)
}

func shownEvent(e id.ID) string {
	if e == 0 {
		return ""
	}
	return e.In(id.Event)
}
