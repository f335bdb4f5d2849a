package intake

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var base = Settings{Zone: "Europe/London", Currency: "GBP"}

func TestSuggest(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want Settings
	}{
		"English sales": {
			"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n" +
				"536365,85123A,HOLDER,6,2010-12-01T08:26:00,2.55,17850,United Kingdom\nC536379,D,Discount,-1,2010-12-01T09:41:00,27.5,14527,United Kingdom\n",
			Settings{Holds: Sales, Dates: []string{ISO}, Cancellation: Cancellation{Prefix: "C"}, Columns: map[Role]string{
				Reference: "InvoiceNo", SKU: "StockCode", Product: "Description", Quantity: "Quantity", Occurred: "InvoiceDate",
				UnitPrice: "UnitPrice", Customer: "CustomerID"}},
		},
		"Russian sales": {
			"Номер чека;Дата;Время;Номер карты;Артикул;Наименование товара;Кол-во;Цена;Сумма;Магазин\n" +
				"1;31.01.2026;10:05;77 01;A1;Чайник;2;1 250,50;2 501,00;Центр\n2;01.02.2026;11:00;77 02;A1;Чайник;-1;1 250,50;-1 250,50;Центр\n",
			Settings{Holds: Sales, Dates: []string{"DD.MM.YYYY"}, Numbers: Numbers{Comma, Space}, Cancellation: Cancellation{Negative: true},
				Columns: map[Role]string{Reference: "Номер чека", Occurred: "Дата", Clock: "Время", Card: "Номер карты", SKU: "Артикул",
					Product: "Наименование товара", Quantity: "Кол-во", Amount: "Сумма", Shop: "Магазин"}},
		},
		"Polish sales": {
			"Nr paragonu\tData i godzina sprzedaży\tTelefon\tNazwa towaru\tIlość\tWartość brutto\tSklep\n" +
				"P/1\t31-01-2026 10:05\t501 502 503\tŻurawina\t0,25\t12,50\tRynek\n",
			Settings{Holds: Sales, Dates: []string{"DD-MM-YYYY hh:mm"}, Numbers: Numbers{Decimal: Comma}, Columns: map[Role]string{
				Reference: "Nr paragonu", Occurred: "Data i godzina sprzedaży", Phone: "Telefon", Product: "Nazwa towaru",
				Quantity: "Ilość", Amount: "Wartość brutto", Shop: "Sklep"}},
		},
		"American order list": {
			"Order ID|Order Date (local)|Customer Email|Line total\n7|12/31/2025 01:30 PM|a@example.com|\"1,250.00\"\n8|01/02/2026 11:00 AM|b@example.com|9.99\n",
			Settings{Holds: Sales, Dates: []string{"MM/DD/YYYY hh:mm AM"}, Numbers: Numbers{Point, Comma}, Columns: map[Role]string{
				Reference: "Order ID", Occurred: "Order Date (local)", Email: "Customer Email", Amount: "Line total"}},
		},
		"English returns": {
			"Return No,Original invoice no.,Return date,Phone,SKU,Qty\nV1,R7,2026-02-03,+44 1,tea,1\n",
			Settings{Holds: Returns, Dates: []string{ISO}, Columns: map[Role]string{Reference: "Return No", Cited: "Original invoice no.",
				Occurred: "Return date", Phone: "Phone", SKU: "SKU", Quantity: "Qty"}},
		},
		"Russian members": {
			"ФИО;Мобильный телефон;E-mail;Дата рождения;Дата регистрации\nИванов Иван;+7 1;i@example.com;31.01.1988;2024-05-06 10:00:00\n",
			Settings{Holds: Members, NameOrder: FamilyFirst, Dates: []string{ISO, "DD.MM.YYYY"}, Columns: map[Role]string{FullName: "ФИО",
				Phone: "Мобильный телефон", Email: "E-mail", Birth: "Дата рождения", Joined: "Дата регистрации"}},
		},
		"Polish members": {
			"Nr karty,Imię,Nazwisko,Imię i nazwisko,Data urodzenia\n26,Anna,Nowak,Anna Nowak,1988-02-29\n",
			Settings{Holds: Members, Dates: []string{ISO}, Columns: map[Role]string{Card: "Nr karty", GivenName: "Imię",
				FamilyName: "Nazwisko", Birth: "Data urodzenia"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			sample, err := Sample(text(c.file), 100)
			if err != nil {
				t.Fatal(err)
			}
			got := Suggest(sample, base)
			c.want.Zone, c.want.Currency = base.Zone, base.Currency
			if d := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("settings (-want +got):\n%s", d)
			}
			if err := got.Check(sample.Columns); err != nil {
				t.Errorf("the suggestion is refused: %v", err)
			}
			rows, err := Preview(text(c.file), got, 100, now)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if r.Refusal.Reason != "" {
					t.Errorf("line %d would be left out: %+v", r.Line, r.Refusal)
				}
			}
		})
	}
}

// TestSuggestKeepsWhatIsGiven reads a file as members because it is told so.
func TestSuggestKeepsWhatIsGiven(t *testing.T) {
	given := base
	given.Holds = Members
	got := Suggest(Table{Columns: []string{"Phone", "Amount"}}, given)
	if got.Holds != Members || got.Columns[Phone] != "Phone" || len(got.Columns) != 1 {
		t.Errorf("the suggestion is %+v", got)
	}
}

func TestSampleIsShort(t *testing.T) {
	sample, err := Sample(text("a,b\n1,2\nbroken\n3,4\n5,6\n"), 2)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Table{Columns: []string{"a", "b"}, Rows: [][]string{{"1", "2"}, {"3", "4"}}}, sample); d != "" {
		t.Errorf("the sample (-want +got):\n%s", d)
	}
}
