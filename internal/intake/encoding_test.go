package intake

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"regulars/internal/fault"
)

const (
	russian = "клиент;товар;сумма\nИванова;Чайник «Уют»;1250,50\nПетров;Ёлка;99,90\n"
	polish  = "klient;towar;kwota\nKowalska;Żółty czajnik;125,50\nWiśniewski;Świeca łezka;9,90\n"
	british = "client;goods;sum\nMrs Café;Gift voucher £10;£10.00\nSmith;Mug;£2.50\n"
)

func encode(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncodingIsDetected(t *testing.T) {
	le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	for name, c := range map[string]struct {
		file []byte
		want string
		is   Encoding
	}{
		"UTF-8":                  {[]byte(russian), russian, UTF8},
		"UTF-8 with mark":        {[]byte("\ufeff" + polish), polish, UTF8},
		"ASCII":                  {[]byte("a,b\n1,2\n"), "a,b\n1,2\n", UTF8},
		"UTF-16LE with mark":     {encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), russian), russian, UTF16LE},
		"UTF-16BE with mark":     {encode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), polish), polish, UTF16BE},
		"UTF-16LE without mark":  {encode(t, le, polish), polish, UTF16LE},
		"UTF-16BE without mark":  {encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), british), british, UTF16BE},
		"windows-1251":           {encode(t, charmap.Windows1251, russian), russian, Windows1251},
		"windows-1250":           {encode(t, charmap.Windows1250, polish), polish, Windows1250},
		"windows-1252":           {encode(t, charmap.Windows1252, british), british, Windows1252},
		"UTF-8 cut off mid rune": {[]byte(russian[:len(russian)-20] + "\xd0"), "", UTF8},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sniff(c.file); got != c.is {
				t.Fatalf("detected %s, want %s", got, c.is)
			}
			if c.want == "" {
				return
			}
			source, err := ReadCSV(bytes.NewReader(c.file), Format{})
			if err != nil {
				t.Fatal(err)
			}
			want, err := text(c.want)()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.Columns(), source.Columns()); d != "" {
				t.Errorf("columns (-want +got):\n%s", d)
			}
			if d := cmp.Diff(readAll(t, want), readAll(t, source)); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
		})
	}
}

func TestDeclaredEncodingRules(t *testing.T) {
	file := encode(t, charmap.Windows1251, "имя,сумма\nЖук,1\n")
	source, err := ReadCSV(bytes.NewReader(file), Format{Encoding: Windows1251})
	if err != nil {
		t.Fatal(err)
	}
	if got := source.Columns()[0]; got != "имя" {
		t.Errorf("the first column is %q", got)
	}
}

// TestMixedEncodings takes a file in UTF-8 into which somebody pasted rows of
// another encoding: they are named, and the rest is read.
func TestMixedEncodings(t *testing.T) {
	pasted := string(encode(t, charmap.Windows1251, "Сидоров;Чашка;10\n"))
	source, err := text(russian + pasted + "Жуков;Ложка;20\n")()
	if err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, source)
	if len(rows) != 4 || rows[2].Broken != NotText || rows[2].Line != 4 || rows[3].Fields[0] != "Жуков" {
		t.Errorf("rows are %+v", rows)
	}
}

// TestRecodedBytesOfNoText has a byte that windows-1251 leaves undefined.
func TestRecodedBytesOfNoText(t *testing.T) {
	file := append(encode(t, charmap.Windows1251, russian), "\x98;1;2\n"...)
	source, err := ReadCSV(bytes.NewReader(file), Format{})
	if err != nil {
		t.Fatal(err)
	}
	if rows := readAll(t, source); rows[2].Broken != NotText {
		t.Errorf("the row is %+v", rows[2])
	}
}

func TestUnknownEncoding(t *testing.T) {
	_, err := ReadCSV(strings.NewReader("a,b\n"), Format{Encoding: "koi8-r"})
	if f := fault.As(err); f == nil || f.Code != "import_encoding" || f.Field != "/format/encoding" {
		t.Errorf("the fault is %v", err)
	}
	for _, e := range Encodings() {
		if _, err := e.decoder(); err != nil {
			t.Errorf("%s: %v", e, err)
		}
	}
}
