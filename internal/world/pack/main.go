// Command pack makes the compact copy of UCI Online Retail that the binary
// carries, from the CSV, gzip or not:
//
//	go run ./internal/world/pack online_retail.csv.gz internal/world/data/online_retail.bin
package main

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"regulars/internal/world/retail"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pack online_retail.csv[.gz] online_retail.bin")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	rows, err := readFile(from)
	if err != nil {
		return err
	}
	packed, err := retail.Pack(rows)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, packed, 0o644); err != nil {
		return fmt.Errorf("writing the packed rows: %w", err)
	}
	fmt.Printf("%d rows in %d bytes\n", len(rows), len(packed))
	return nil
}

func readFile(path string) ([]retail.Row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the table: %w", err)
	}
	defer f.Close()
	if !strings.HasSuffix(path, ".gz") {
		return read(f)
	}
	plain, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("unpacking the table: %w", err)
	}
	return read(plain)
}

const columns = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

func read(in io.Reader) ([]retail.Row, error) {
	table := csv.NewReader(in)
	table.ReuseRecord = true
	header, err := table.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	if got := strings.Join(header, ","); got != columns {
		return nil, fmt.Errorf("the columns are %s, not %s", got, columns)
	}
	var rows []retail.Row
	for {
		f, err := table.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the table: %w", err)
		}
		quantity, err := strconv.ParseInt(f[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reading quantity of row %d: %w", len(rows)+1, err)
		}
		rows = append(rows, retail.Row{Invoice: f[0], StockCode: f[1], Description: f[2], Quantity: quantity,
			Time: f[4], UnitPrice: f[5], Customer: f[6], Country: f[7]})
	}
}
