package intake

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// headers are names of columns as tills, shops and accounting programs write
// them in English, Russian and Polish, in the form of fold. Where a name
// could play several roles, the role first in Roles takes it.
var headers = map[Role][]string{
	Customer: {"customer", "customerid", "customerno", "customernumber", "customercode", "clientid", "client", "buyerid", "memberid", "memberno",
		"клиент", "idклиента", "кодклиента", "номерклиента", "покупатель", "idпокупателя", "кодпокупателя", "контрагент",
		"klient", "idklienta", "nrklienta", "numerklienta", "kodklienta", "kupujacy", "kontrahent"},
	Card: {"card", "cardno", "cardnumber", "loyaltycard", "loyaltyno", "membercard", "discountcard",
		"карта", "номеркарты", "картаклиента", "дисконтнаякарта", "карталояльности", "бонуснаякарта",
		"karta", "nrkarty", "numerkarty", "kartastalegoklienta", "kartalojalnosciowa"},
	Phone: {"phone", "phonenumber", "mobile", "mobilephone", "mobilenumber", "telephone", "tel", "cell",
		"телефон", "номертелефона", "мобильный", "мобильныйтелефон", "тел",
		"telefon", "nrtelefonu", "numertelefonu", "komorka", "telefonkomorkowy"},
	Email: {"email", "emailaddress", "mail", "customeremail",
		"почта", "электроннаяпочта", "адресэлектроннойпочты", "емейл", "имейл", "элпочта",
		"adresemail", "adresmail", "poczta", "pocztaelektroniczna"},

	Reference: {"invoice", "invoiceno", "invoicenumber", "invoiceid", "receipt", "receiptno", "receiptnumber", "receiptid", "order", "orderid", "orderno",
		"ordernumber", "transaction", "transactionid", "documentno", "document", "bill", "billno", "returnno", "returnid", "returnnumber", "creditnote",
		"чек", "номерчека", "idчека", "заказ", "номерзаказа", "idзаказа", "документ", "номердокумента", "накладная", "номернакладной", "возврат", "номервозврата",
		"paragon", "nrparagonu", "numerparagonu", "faktura", "nrfaktury", "numerfaktury", "zamowienie", "nrzamowienia", "numerzamowienia", "dokument",
		"nrdokumentu", "numerdokumentu", "transakcja", "zwrot", "nrzwrotu", "numerzwrotu"},
	Cited: {"sale", "saleno", "saleid", "originalsale", "originalinvoice", "originalinvoiceno", "originalorder", "originalorderid", "originalreceipt",
		"originalreceiptno", "returnedinvoice",
		"продажа", "исходныйчек", "чекпродажи", "номерчекапродажи", "исходныйзаказ", "документпродажи",
		"sprzedaz", "paragonsprzedazy", "nrparagonusprzedazy", "dokumentsprzedazy", "nrdokumentusprzedazy", "fakturapierwotna"},
	Occurred: {"date", "datetime", "invoicedate", "orderdate", "saledate", "purchasedate", "transactiondate", "receiptdate", "returndate", "timestamp", "createdat", "occurred",
		"дата", "датавремя", "датаивремя", "датачека", "датапродажи", "датазаказа", "датапокупки", "датавозврата", "датадокумента",
		"data", "dataigodzina", "dataczas", "datasprzedazy", "datazamowienia", "datazakupu", "dataparagonu", "datafaktury", "datazwrotu", "datadokumentu"},
	Clock: {"time", "saletime", "hour", "время", "времяпродажи", "времячека", "czas", "godzina", "godzinasprzedazy"},
	Shop: {"shop", "store", "storeid", "storecode", "shopid", "shopcode", "branch", "outlet", "location",
		"магазин", "кодмагазина", "торговаяточка", "точка", "филиал", "подразделение",
		"sklep", "kodsklepu", "placowka", "oddzial", "punktsprzedazy", "filia"},
	Channel: {"channel", "saleschannel", "канал", "каналпродаж", "kanal", "kanalsprzedazy"},
	SKU: {"sku", "stockcode", "itemcode", "productcode", "productid", "itemid", "itemno", "article", "articleno", "barcode", "ean", "plu",
		"артикул", "кодтовара", "штрихкод", "idтовара", "номенклатура",
		"kodproduktu", "kodtowaru", "idproduktu", "indeks", "kodkreskowy", "symbol", "nrartykulu"},
	Product: {"product", "productname", "item", "itemname", "description", "title", "goods", "name",
		"товар", "наименование", "названиетовара", "наименованиетовара", "описание", "название",
		"produkt", "nazwaproduktu", "towar", "nazwatowaru", "opis", "nazwa", "artykul"},
	Category: {"category", "productcategory", "group", "department", "категория", "группа", "группатоваров", "отдел",
		"kategoria", "grupa", "grupatowarowa", "dzial"},
	Quantity: {"quantity", "qty", "units", "count", "pieces", "количество", "колво", "кол", "штук", "ilosc", "sztuk", "szt"},
	UnitPrice: {"unitprice", "price", "priceperunit", "itemprice", "цена", "ценазаединицу", "ценазашт",
		"cena", "cenajednostkowa", "cenabrutto", "cenajednostkowabrutto"},
	Amount: {"amount", "total", "linetotal", "lineamount", "sum", "value", "totalprice", "grossamount",
		"сумма", "стоимость", "итого", "суммастроки", "суммасоскидкой",
		"kwota", "wartosc", "suma", "razem", "wartoscbrutto", "kwotabrutto"},
	Currency: {"currency", "currencycode", "валюта", "waluta", "kodwaluty"},

	GivenName:  {"givenname", "firstname", "forename", "имя", "imie"},
	FamilyName: {"familyname", "lastname", "surname", "фамилия", "nazwisko"},
	FullName: {"fullname", "name", "customername", "clientname", "фио", "полноеимя", "имяклиента", "имяифамилия",
		"imieinazwisko", "nazwiskoiimie", "nazwaklienta"},
	Birth: {"birth", "birthday", "birthdate", "dateofbirth", "dob", "деньрождения", "датарождения", "рождение",
		"urodziny", "dataurodzenia", "dzienurodzin"},
	Language: {"language", "lang", "locale", "preferredlanguage", "язык", "jezyk"},
	Joined: {"joined", "joindate", "joinedat", "registered", "registrationdate", "signupdate", "enrolled", "createdat", "membersince", "datejoined",
		"датарегистрации", "регистрация", "датавступления", "датавыдачикарты",
		"datarejestracji", "rejestracja", "dataprzystapienia", "datazapisu", "datawydaniakarty"},
	Purpose: {"purpose", "consentpurpose", "consent", "цель", "цельсогласия", "согласие", "cel", "celzgody", "zgoda"},
	Given: {"given", "granted", "optin", "status", "consentstatus", "consentgiven", "subscribed", "дано", "статус", "статуссогласия",
		"udzielona", "statuszgody"},
	Evidence: {"evidence", "source", "consentsource", "proof", "origin", "доказательство", "источник", "подтверждение", "dowod", "zrodlo"},
	TextVersion: {"textversion", "version", "consenttext", "consentversion", "версиятекста", "версия", "текстсогласия",
		"wersja", "wersjatekstu", "tresczgody"},
	Address: {"ip", "ipaddress", "ipадрес", "adresip"},
	Tags:    {"tags", "tag", "labels", "segment", "segments", "теги", "метки", "сегмент", "tagi", "etykiety", "segmenty"},
}

// fold brings a name into small letters and digits: no spaces, no punctuation,
// no accents, ё as е and ł as l.
func fold(name string) string {
	accents := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(accents, name)
	if err != nil {
		plain = name
	}
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == 'ł':
			return 'l'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return r
		}
		return -1
	}, plain)
}

// match finds a column for each role by its name: first names that are equal,
// then names that hold a known one, as "Invoice No (main till)". Only the sale
// that a return cites must be named plainly, for many names speak of sales.
func match(columns []string, roles []Role) map[Role]string {
	found := map[Role]string{}
	used := map[string]bool{}
	try := func(role Role, alike func(column, known string) bool) {
		at := slices.IndexFunc(columns, func(c string) bool {
			column := fold(c)
			return !used[c] && slices.ContainsFunc(headers[role], func(known string) bool { return alike(column, fold(known)) })
		})
		if at >= 0 && found[role] == "" {
			found[role] = columns[at]
			used[columns[at]] = true
		}
	}
	for _, role := range roles {
		try(role, func(column, known string) bool { return column == known })
	}
	for _, role := range roles {
		if role != Cited {
			try(role, holds)
		}
	}
	return found
}

const leastHeld = 6 // bytes of a known name that may be part of a longer one

func holds(column, known string) bool {
	return len(known) >= leastHeld && strings.Contains(column, known)
}
