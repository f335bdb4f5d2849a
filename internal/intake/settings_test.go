package intake

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/fault"
)

var salesColumns = []string{"receipt", "date", "client", "sku", "qty", "price", "sum"}

// salesSettings take a file with salesColumns.
func salesSettings() Settings {
	return Settings{
		Holds: Sales, Source: "till", Zone: "Europe/Warsaw", Currency: "PLN",
		Columns: map[Role]string{Reference: "receipt", Occurred: "date", Customer: "client", SKU: "sku", Quantity: "qty", UnitPrice: "price"},
		Dates:   []string{ISO}, Fees: []string{"POST"},
	}
}

func TestSettingsFaults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Settings)
		code   string
		field  string
	}{
		"content":             {func(s *Settings) { s.Holds = "cats" }, "import_content", "/holds"},
		"currency":            {func(s *Settings) { s.Currency = "zł" }, "import_currency", "/currency"},
		"zone":                {func(s *Settings) { s.Zone = "Mars/Olympus" }, "import_zone", "/zone"},
		"no zone":             {func(s *Settings) { s.Zone = "" }, "import_zone", "/zone"},
		"zone of the machine": {func(s *Settings) { s.Zone = "Local" }, "import_zone", "/zone"},
		"dates":               {func(s *Settings) { s.Dates = []string{"tomorrow"} }, "import_date_pattern", "/dates"},
		"decimal":             {func(s *Settings) { s.Numbers.Decimal = "dash" }, "import_mark", "/numbers/decimal"},
		"thousands":           {func(s *Settings) { s.Numbers.Thousands = "dash" }, "import_mark", "/numbers/thousands"},
		"same marks":          {func(s *Settings) { s.Numbers.Thousands = Point }, "import_marks", "/numbers/thousands"},
		"duplicates":          {func(s *Settings) { s.Duplicates = Guest }, "import_policy", "/duplicates"},
		"customers":           {func(s *Settings) { s.WithoutCustomer = Keep }, "import_policy", "/without_customer"},
		"name order":          {func(s *Settings) { s.NameOrder = "random" }, "import_policy", "/name_order"},
		"unknown column":      {func(s *Settings) { s.Columns[SKU] = "article" }, "import_column", "/columns/sku"},
		"unknown role":        {func(s *Settings) { s.Columns["hat"] = "sku" }, "import_role", "/columns/hat"},
		"role of others":      {func(s *Settings) { s.Columns[GivenName] = "sku" }, "import_role", "/columns/given_name"},
		"constant customer":   {func(s *Settings) { s.Constants = map[Role]string{Phone: "1"} }, "import_role", "/constants/phone"},
		"unknown attribute":   {func(s *Settings) { s.Attributes = map[string]string{"size": "size"} }, "import_column", "/attributes/size"},
		"no customer":         {func(s *Settings) { delete(s.Columns, Customer) }, "import_column_needed", "/columns/customer"},
		"no date":             {func(s *Settings) { delete(s.Columns, Occurred) }, "import_column_needed", "/columns/occurred"},
		"no amount":           {func(s *Settings) { delete(s.Columns, UnitPrice) }, "import_column_needed", "/columns/amount"},
		"two amounts":         {func(s *Settings) { s.Columns[Amount] = "sum" }, "import_column_needed", "/columns/amount"},
		"returns of nothing": {func(s *Settings) {
			s.Holds = Returns
			s.Columns = map[Role]string{Occurred: "date", Customer: "client"}
		}, "import_column_needed", "/columns/sku"},
		"cancelled returns": {func(s *Settings) {
			s.Holds = Returns
			s.Cancellation.Prefix = "C"
			delete(s.Columns, UnitPrice)
		}, "import_policy", "/cancellation"},
	} {
		s := salesSettings()
		c.change(&s)
		f := fault.As(s.Check(salesColumns))
		if f == nil || f.Code != c.code || f.Field != c.field {
			t.Errorf("%s: the fault is %v, want %s at %s", name, f, c.code, c.field)
		}
	}
	if err := salesSettings().Check(salesColumns); err != nil {
		t.Errorf("good settings are refused: %v", err)
	}
}

func TestUnknownColumnNamesTheOthers(t *testing.T) {
	f := fault.As(salesSettings().Check([]string{"receipt", "day", "client"}))
	if f == nil || !strings.Contains(f.Message, `"date"`) || !strings.Contains(f.Message, "receipt, day, client") {
		t.Errorf("the fault is %v", f)
	}
}

// TestSettingsTravel writes settings as JSON and reads them back.
func TestSettingsTravel(t *testing.T) {
	s := salesSettings()
	s.Format = Format{Encoding: Windows1251, Separator: ";"}
	s.Numbers = Numbers{Comma, Space}
	s.Cancellation = Cancellation{Prefix: "C"}
	s.Constants = map[Role]string{Channel: "store"}
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Settings
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, back, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("settings after a trip (-before +after):\n%s", d)
	}
}

func TestRolesAreDistinct(t *testing.T) {
	for _, h := range []Holds{Members, Sales, Returns, Consents} {
		seen := map[Role]bool{}
		for _, r := range Roles(h) {
			if seen[r] {
				t.Errorf("%s has %s twice", h, r)
			}
			seen[r] = true
		}
		for _, r := range identityRoles {
			if !seen[r] {
				t.Errorf("%s lacks %s", h, r)
			}
		}
	}
	for role := range maps.Keys(headers) {
		if len(headers[role]) == 0 {
			t.Errorf("no names of columns are known for %s", role)
		}
	}
}
