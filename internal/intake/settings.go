package intake

import (
	"maps"
	"slices"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/member"
	"regulars/internal/money"
)

// Holds says what a file tells of.
type Holds string

// What files hold. A file of sales may hold returns too, as Cancellation says.
const (
	Members Holds = "members"
	Sales   Holds = "sales"
	Returns Holds = "returns"
	// Consents are statements of members who are known already, with their
	// evidence. Suggest does not guess them: they must be asked for.
	Consents Holds = "consents"
)

// Policy says what becomes of rows that are not plainly good.
type Policy string

// The policies.
const (
	LeaveOut Policy = "leave_out" // the default
	Keep     Policy = "keep"      // for duplicates: take them too
	Guest    Policy = "guest"     // for rows without a customer: a sale to nobody known
)

// NameOrder says which part of a full name comes first.
type NameOrder string

// The orders of names.
const (
	GivenFirst  NameOrder = "given_first" // the default
	FamilyFirst NameOrder = "family_first"
)

// Cancellation says which rows of a file of sales are returns. Neither says
// which sale it returns.
type Cancellation struct {
	// Prefix begins the reference of a return.
	Prefix string `json:"prefix,omitempty"`
	// Negative takes lines with a negative quantity as a return beside the
	// sale of the same reference.
	Negative bool `json:"negative,omitempty"`
}

// Name returns what a file holds in words.
func (h Holds) Name() i18n.Text {
	key := "intake.holds." + string(h)
	return i18n.Text{Key: key}
}

// Settings declare how a file is to be taken. They are kept with an import,
// so that the next file of the same shop is taken the same way.
type Settings struct {
	Holds Holds `json:"holds"`
	// Source names where the file comes from; with a reference it decides
	// whether a sale is known already. Empty means "import".
	Source string `json:"source,omitempty"`
	Format Format `json:"format,omitzero"`
	// Columns says by which column each role is played.
	Columns map[Role]string `json:"columns"`
	// Constants are taken where a role has no column, or the cell is empty.
	Constants map[Role]string `json:"constants,omitempty"`
	// Attributes are further columns of a file of members and the names under
	// which they are kept.
	Attributes map[string]string `json:"attributes,omitempty"`
	// Dates are the patterns of dates, tried in turn: "DD.MM.YYYY hh:mm",
	// "iso". None means iso.
	Dates []string `json:"dates,omitempty"`
	// Zone is the time zone of times without an offset, as Europe/London.
	Zone    string  `json:"zone"`
	Numbers Numbers `json:"numbers,omitzero"`
	// Currency is the only one that is taken, and gives the decimals.
	Currency money.Currency `json:"currency,omitempty"`
	// Fees are product codes that belong to a sale without being goods.
	Fees            []string     `json:"fees,omitempty"`
	Cancellation    Cancellation `json:"cancellation,omitzero"`
	Duplicates      Policy       `json:"duplicates,omitempty"`
	WithoutCustomer Policy       `json:"without_customer,omitempty"`
	NameOrder       NameOrder    `json:"name_order,omitempty"`
}

// plan is Settings made ready for the columns of one file.
type plan struct {
	Settings
	index      map[Role]int
	identities []placed
	attributes []attribute
	fees       map[string]bool
	dates      dater
	births     dater
	clocks     dater
	decimals   int
	latest     time.Time
}

type placed struct {
	column int
	kind   member.IdentityKind
}

type attribute struct {
	column int
	name   string
}

// earliest bounds times from below, as flow does.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

const tolerance = 24 * time.Hour // how far ahead a shop's clock may run

// Check returns the first thing wrong with the settings for a file with these
// columns.
func (s Settings) Check(columns []string) error {
	_, err := s.plan(columns, time.Time{})
	return err
}

func (s Settings) plan(columns []string, now time.Time) (*plan, error) {
	if err := s.checkWords(); err != nil {
		return nil, err
	}
	p := &plan{Settings: s, index: map[Role]int{}, fees: map[string]bool{}, latest: now.Add(tolerance)}
	if p.Source == "" {
		p.Source = "import"
	}
	for _, f := range s.Fees {
		p.fees[f] = true
	}
	p.decimals = s.Currency.Decimals()
	if err := p.place(columns); err != nil {
		return nil, err
	}
	return p, p.readyDates()
}

func (s Settings) checkWords() error {
	switch {
	case Roles(s.Holds) == nil:
		return fault.Invalid("import_content", "a file holds members, sales, returns or consents").At("/holds")
	case s.Holds == Sales && !s.Currency.Valid():
		return fault.Invalid("import_currency", "%q is not a currency code of three capital letters, as GBP", clip(string(s.Currency))).
			At("/currency").With("currency", clip(string(s.Currency)))
	case !slices.Contains([]Policy{"", LeaveOut, Keep}, s.Duplicates):
		return fault.Invalid("import_policy", "duplicates are left out (leave_out) or taken (keep)").At("/duplicates").With("field", "duplicates")
	case !slices.Contains([]Policy{"", LeaveOut, Guest}, s.WithoutCustomer):
		return fault.Invalid("import_policy", "rows without a customer are left out (leave_out) or taken as a guest's (guest)").At("/without_customer").With("field", "without_customer")
	case !slices.Contains([]NameOrder{"", GivenFirst, FamilyFirst}, s.NameOrder):
		return fault.Invalid("import_policy", "full names begin with the given name (given_first) or the family name (family_first)").At("/name_order").With("field", "name_order")
	case s.Cancellation != Cancellation{} && s.Holds != Sales:
		return fault.Invalid("import_policy", "cancellations are told apart only in a file of sales").At("/cancellation").With("field", "cancellation")
	}
	return s.Numbers.check()
}

// place finds the column of each role.
func (p *plan) place(columns []string) error {
	known := Roles(p.Holds)
	for _, role := range slices.Sorted(maps.Keys(p.Columns)) {
		if !slices.Contains(known, role) {
			return unknownRole("/columns/", role, known)
		}
		at, err := find(columns, p.Columns[role], "/columns/"+string(role))
		if err != nil {
			return err
		}
		p.index[role] = at
	}
	for role := range p.Constants {
		if !slices.Contains(known, role) || role.identity() {
			return unknownRole("/constants/", role, known)
		}
	}
	for _, column := range slices.Sorted(maps.Keys(p.Attributes)) {
		at, err := find(columns, column, "/attributes/"+column)
		if err != nil {
			return err
		}
		p.attributes = append(p.attributes, attribute{at, p.Attributes[column]})
	}
	for _, role := range identityRoles {
		if at, has := p.index[role]; has {
			p.identities = append(p.identities, placed{at, identityKinds[role]})
		}
	}
	return p.checkRoles()
}

func unknownRole(where string, role Role, known []Role) error {
	return fault.Invalid("import_role", "%q is not a role that a column of such a file can play; the roles are %s", clip(string(role)), join(known)).
		At(where+string(role)).With("role", clip(string(role)))
}

func join(roles []Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

func find(columns []string, name, where string) (int, error) {
	if at := slices.Index(columns, name); at >= 0 {
		return at, nil
	}
	const shown = 30
	list := strings.Join(columns[:min(len(columns), shown)], ", ")
	return 0, fault.Invalid("import_column", "the file has no column %q; it has %s", clip(name), list).
		At(where).With("column", clip(name)).With("columns", list)
}

// checkRoles asks for what a record cannot do without.
func (p *plan) checkRoles() error {
	if len(p.identities) == 0 && (p.Holds == Members || p.Holds == Consents || p.WithoutCustomer != Guest) {
		return needs(Customer, "say which column names the customer: a number, card, phone or e-mail")
	}
	if p.Holds == Members {
		return nil
	}
	if !p.has(Occurred) {
		return needs(Occurred, "say which column tells when it happened")
	}
	if p.Holds == Consents {
		return p.checkConsents()
	}
	if p.Holds == Returns && !p.has(SKU) {
		return needs(SKU, "say which column names the goods that came back")
	}
	if p.Holds != Sales {
		return nil
	}
	if p.has(Amount) == p.has(UnitPrice) {
		return needs(Amount, "say which column holds the amount of the line, or else the price of one unit; not both")
	}
	return nil
}

func (p *plan) checkConsents() error {
	if !p.has(Purpose) {
		return needs(Purpose, "say which column tells what the consent is for")
	}
	if !p.has(Given) {
		return needs(Given, "say which column tells whether it was given or withdrawn")
	}
	return nil
}

func (p *plan) has(r Role) bool {
	_, column := p.index[r]
	return column || p.Constants[r] != ""
}

func needs(role Role, what string) error {
	return fault.Invalid("import_column_needed", "%s", what).At("/columns/"+string(role)).With("role", role.Name())
}

func (p *plan) readyDates() error {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil || p.Zone == "" || p.Zone == "Local" {
		return fault.Invalid("import_zone", "%q is not a time zone, as Europe/London", clip(p.Zone)).At("/zone").With("zone", clip(p.Zone))
	}
	all, err := layouts(p.Dates)
	if err != nil {
		return err
	}
	p.dates = dater{layouts: all, zone: zone}
	p.births = dater{layouts: all, zone: time.UTC}
	p.clocks = dater{layouts: clockLayouts, zone: time.UTC}
	return nil
}
