package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
)

// published is the SHA-256 of the CSV from which the data was packed.
const published = "20a8787538b63c6657c4e9db5821078c7015f683eb289d2791575844f9e617da"

// TestOnlineRetailIsWhole writes the original CSV again, byte for byte.
func TestOnlineRetailIsWhole(t *testing.T) {
	rows, err := OnlineRetail()
	if err != nil {
		t.Fatal(err)
	}
	if rows.Len() != 541_909 {
		t.Errorf("the data has %d rows, want 541909", rows.Len())
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\n", quote(OnlineRetailColumns()...))
	for r, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		description := quote(r.Description)
		if r.Description == "" {
			description = ""
		}
		fmt.Fprintf(hash, "%s,%s,%d,%s,%s,%s,%s\n", quote(r.Invoice, r.StockCode), description, r.Quantity,
			quote(r.Time), r.UnitPrice, r.Customer, quote(r.Country))
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != published {
		t.Errorf("the CSV written from the data has SHA-256 %s, want %s", got, published)
	}
}

func quote(cells ...string) string {
	var quoted []string
	for _, c := range cells {
		quoted = append(quoted, `"`+strings.ReplaceAll(c, `"`, `""`)+`"`)
	}
	return strings.Join(quoted, ",")
}

func TestDataIsSmall(t *testing.T) {
	if n := len(onlineRetail); n > 2<<20 {
		t.Errorf("the packed data has %d bytes, want at most 2 MiB", n)
	}
}

func BenchmarkOnlineRetail(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		rows, err := OnlineRetail()
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = rows.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(541_909*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
