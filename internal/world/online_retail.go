package world

import (
	_ "embed"
	"errors"
	"io"
	"strconv"

	"regulars/internal/intake"
	"regulars/internal/world/retail"
)

// The packed table is made from the original by: go run ./pack online_retail.csv.gz data/online_retail.bin

//go:embed data/online_retail.bin
var onlineRetail string

// Attribution names the data's authors and licence; the demo prints it.
const Attribution = "Data: Online Retail, UCI Machine Learning Repository (https://doi.org/10.24432/C5BW33), CC BY 4.0. " +
	"Chen, D., Sain, S. L., & Guo, K. (2012), Journal of Database Marketing & Customer Strategy Management 19(3)."

// rowCount is how many rows the table has.
const rowCount = 541_909

// OnlineRetail opens every invoice line of a British online gift shop from
// 2010-12-01 to 2011-12-09, as the shop's system wrote them and in that order:
// 541,909 rows with all their dirt.
func OnlineRetail() (*retail.Reader, error) { return retail.Open(onlineRetail) }

// OnlineRetailSource opens the same rows as a table for intake: of the first
// so many distinct invoices, or of all if invoices is 0.
func OnlineRetailSource(invoices int) intake.Opener {
	return func() (intake.Source, error) {
		rows, err := OnlineRetail()
		if err != nil {
			return nil, err
		}
		return &table{rows: rows, limit: invoices, met: map[string]bool{}, line: 1}, nil
	}
}

// OnlineRetailColumns are the columns of the table, as in the original.
func OnlineRetailColumns() []string {
	return []string{"InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"}
}

// OnlineRetailSettings declare how the shop's table is taken: codes that are
// no goods are fees, and invoices led by C are returns.
func OnlineRetailSettings() intake.Settings {
	return intake.Settings{
		Holds:  intake.Sales,
		Source: "online_retail",
		Columns: map[intake.Role]string{
			intake.Reference: "InvoiceNo",
			intake.SKU:       "StockCode",
			intake.Product:   "Description",
			intake.Quantity:  "Quantity",
			intake.Occurred:  "InvoiceDate",
			intake.UnitPrice: "UnitPrice",
			intake.Customer:  "CustomerID",
		},
		Constants: map[intake.Role]string{intake.Channel: "online"},
		Dates:     []string{intake.ISO},
		Zone:      "Europe/London",
		Currency:  "GBP",
		Fees: []string{"POST", "DOT", "M", "m", "D", "S", "B", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK",
			"PADS"},
		Cancellation:    intake.Cancellation{Prefix: "C"},
		Duplicates:      intake.LeaveOut,
		WithoutCustomer: intake.LeaveOut,
	}
}

// table gives the rows to intake as a file would.
type table struct {
	rows  *retail.Reader
	limit int // distinct invoices; 0 for all
	met   map[string]bool
	line  int64
	cells [8]string
}

func (t *table) Columns() []string { return OnlineRetailColumns() }

func (t *table) Close() error { return nil }

// Next returns the next row of the invoices wanted. An invoice may come back
// later in the file, so the whole file is looked through.
func (t *table) Next() (intake.Row, error) {
	for {
		r, err := t.rows.Next()
		if errors.Is(err, io.EOF) {
			return intake.Row{}, io.EOF
		}
		if err != nil {
			return intake.Row{}, err
		}
		t.line++
		if !t.wants(r.Invoice) {
			continue
		}
		t.cells = [...]string{r.Invoice, r.StockCode, r.Description, strconv.FormatInt(r.Quantity, 10), r.Time, r.UnitPrice,
			r.Customer, r.Country}
		return intake.Row{Line: t.line, Fields: t.cells[:]}, nil
	}
}

func (t *table) wants(invoice string) bool {
	if t.limit == 0 || t.met[invoice] {
		return true
	}
	if len(t.met) == t.limit {
		return false
	}
	t.met[invoice] = true
	return true
}
