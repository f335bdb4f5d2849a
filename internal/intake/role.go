package intake

import (
	"slices"

	"regulars/internal/i18n"
	"regulars/internal/member"
)

// Role is the part that a column plays in a record.
type Role string

// The roles of columns.
const (
	Customer Role = "customer" // the shop's own number of the customer
	Card     Role = "card"
	Phone    Role = "phone"
	Email    Role = "email"

	Reference Role = "reference" // number of the receipt, invoice or return
	Cited     Role = "sale"      // number of the sale that a return takes back
	Occurred  Role = "occurred"
	Clock     Role = "time" // time of the day where it has its own column
	Shop      Role = "shop"
	Channel   Role = "channel"
	SKU       Role = "sku"
	Product   Role = "product"
	Category  Role = "category"
	Quantity  Role = "quantity"
	UnitPrice Role = "unit_price"
	Amount    Role = "amount" // of the line
	Currency  Role = "currency"

	GivenName  Role = "given_name"
	FamilyName Role = "family_name"
	FullName   Role = "full_name"
	Birth      Role = "birth"
	Language   Role = "language"
	Joined     Role = "joined"
	Tags       Role = "tags" // separated by commas or semicolons

	Purpose     Role = "purpose"      // of a consent
	Given       Role = "given"        // yes, or no where it was withdrawn or refused
	Evidence    Role = "evidence"     // where the customer said so
	TextVersion Role = "text_version" // the text that they agreed to
	Address     Role = "ip"
)

// identityRoles name the customer; their order is that of a record's
// identities.
var identityRoles = []Role{Customer, Card, Phone, Email}

var identityKinds = map[Role]member.IdentityKind{
	Customer: member.External, Card: member.Card, Phone: member.Phone, Email: member.Email,
}

// Name returns the role in words, as a label of its column.
func (r Role) Name() i18n.Text {
	key := "intake.role." + string(r)
	return i18n.Text{Key: key}
}

func (r Role) identity() bool { return slices.Contains(identityRoles, r) }

// Roles returns the roles that columns of such a file can play, in the order
// in which they are shown; nil for a content that is not known.
func Roles(h Holds) []Role {
	switch h {
	case Members:
		return []Role{Customer, Card, Phone, Email, GivenName, FamilyName, FullName, Birth, Language, Joined, Tags}
	case Sales:
		return []Role{Reference, Occurred, Clock, Customer, Card, Phone, Email, SKU, Product, Category, Quantity,
			UnitPrice, Amount, Currency, Shop, Channel}
	case Returns:
		return []Role{Reference, Cited, Occurred, Clock, Customer, Card, Phone, Email, SKU, Quantity, Shop, Channel}
	case Consents:
		return []Role{Customer, Card, Phone, Email, Purpose, Channel, Given, Occurred, Clock, Evidence, TextVersion, Address}
	}
	return nil
}
