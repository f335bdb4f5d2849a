package complaint

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"regulars/internal/fault"
)

// letter is an e-mail of these heads and this text.
func letter(heads, text string) []byte {
	return []byte(strings.ReplaceAll("From: Ann Bell <Ann@Example.com>\nTo: help@shop.example\nMessage-ID: <1@example.com>\n"+heads+"\n"+text, "\n", "\r\n"))
}

func reads(t *testing.T, raw []byte) *Mail {
	t.Helper()
	m, err := ReadMail(raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return m
}

func picture64(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	img.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestReadMail(t *testing.T) {
	m := reads(t, letter("Subject: =?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte("Холодный чай"))+"?=\nIn-Reply-To: <a@x>\nReferences: <b@x>\n  <a@x>\nContent-Type: text/plain; charset=utf-8\n", "It was cold.\n\nI want it hot.\n-- \nAnn Bell\n+44 20 1234"))
	if m.From != "ann@example.com" || m.Subject != "Холодный чай" || m.Text != "It was cold.\n\nI want it hot." || len(m.Replies) != 3 || m.Replies[0] != m.Replies[2] || m.Machine != "" {
		t.Errorf("%+v", m)
	}
	if again := reads(t, letter("Subject: other\n", "other")); again.Name != m.Name {
		t.Error("the same Message-ID is another e-mail")
	}
	a, b := reads(t, []byte("From: a@example.com\r\n\r\none")), reads(t, []byte("From: a@example.com\r\n\r\ntwo"))
	if a.Name == b.Name || a.Text != "one" {
		t.Errorf("%+v %+v", a, b)
	}
	for _, raw := range []string{"", "hello", "Subject: none\r\n\r\ntext", "From: not an address\r\n\r\ntext", strings.Repeat("Content-Type: multipart/mixed; boundary=a\r\n", 100) + "From: a@example.com\r\n\r\n"} {
		if _, err := ReadMail([]byte(raw)); fault.As(err) == nil {
			t.Errorf("%.40q: %v", raw, err)
		}
	}
	if _, err := ReadMail(make([]byte, MaxMail+1)); fault.As(err) == nil || fault.As(err).Code != "mail_large" {
		t.Errorf("%v", err)
	}
}

// TestLettersOfOldProgrammes: Cyrillic and Polish as they came before UTF-8.
func TestLettersOfOldProgrammes(t *testing.T) {
	for name, c := range map[string]struct {
		of   encoding.Encoding
		text string
	}{
		"koi8-r": {charmap.KOI8R, "Чай был холодный"}, "windows-1251": {charmap.Windows1251, "Чай был холодный"}, "iso-8859-2": {charmap.ISO8859_2, "Zażółć gęślą jaźń"}, "cp1250": {charmap.Windows1250, "Zażółć gęślą jaźń"},
	} {
		raw, err := c.of.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		code := base64.StdEncoding.EncodeToString(raw)
		m := reads(t, letter("Subject: =?"+name+"?B?"+code+"?=\nContent-Type: text/plain; charset="+name+"\nContent-Transfer-Encoding: base64\n", code))
		if m.Text != c.text || m.Subject != c.text {
			t.Errorf("%s: %q, %q", name, m.Subject, m.Text)
		}
	}
	if m := reads(t, letter("Content-Type: text/plain; charset=klingon\n", "plain \xff words")); !utf8.ValidString(m.Text) || !strings.Contains(m.Text, "plain") {
		t.Errorf("%q", m.Text)
	}
}

// TestOnlyWhatIsNewCounts: what mail programs quote and sign is left out, in
// three languages; what a person wrote is not.
func TestOnlyWhatIsNewCounts(t *testing.T) {
	for text, want := range map[string]string{
		"New words\n\nOn Tue, 3 Mar 2026 at 10:00, Shop <help@shop.example> wrote:\n> Old words": "New words",
		"New words\n\nOn Tue, 3 Mar 2026 at 10:00, Shop\n<help@shop.example> wrote:\n> Old":      "New words",
		"Новое\n\nвт, 3 мар. 2026 г. в 10:00, Shop <help@shop.example>:\n> Старое":               "Новое",
		"Новое\n\n3 марта 2026 г., 10:00, Магазин <help@shop.example> пишет:\nСтарое":            "Новое",
		"Новое\n\nМагазин <help@shop.example> написал(а):\n> Старое":                             "Новое",
		"Fajnie\n\nW dniu 3.03.2026 o 10:00, Sklep pisze:\n> Stare":                              "Fajnie",
		"Fajnie\n\nwt., 3 mar 2026 o 10:00 Sklep <help@shop.example> napisał(a):\n> Stare":       "Fajnie",
		"New\n\n-----Original Message-----\nFrom: Shop\nOld":                                     "New",
		"Fajnie\n\nOd: Sklep\nWysłano: wtorek\nTemat: x\nStare":                                  "Fajnie",
		"New\nSent from my iPhone":           "New",
		"Новое\nОтправлено с iPhone":         "Новое",
		"> quoted\nanswer between\n> quoted": "answer between",
		"> all of it is quoted":              "> all of it is quoted",
		"From: the heart, thank you":         "From: the heart, thank you",
		"On Monday I wrote:\nnothing":        "On Monday I wrote:\nnothing",
		"":                                   "",
	} {
		if got := fresh(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPartsOfMail(t *testing.T) {
	part := func(heads, body string) string { return "--x\n" + heads + "\n\n" + body + "\n" }
	photo := picture64(t)
	m := reads(t, letter("Content-Type: multipart/mixed; boundary=x\n",
		part("Content-Type: multipart/alternative; boundary=y", "--y\nContent-Type: text/html\n\n<p>as HTML</p>\n--y\nContent-Type: text/plain\n\nplain\n--y--")+
			part("Content-Type: image/png; name=cup.png\nContent-Disposition: attachment; filename=cup.png\nContent-Transfer-Encoding: base64", photo)+
			part("Content-Type: image/png\nContent-Disposition: inline\nContent-ID: <logo>\nContent-Transfer-Encoding: base64", photo)+
			part("Content-Type: image/png\nContent-Disposition: attachment; filename=broken.png", "no picture")+
			part("Content-Type: application/x-msdownload\nContent-Disposition: attachment; filename=\"C:\\\\x\\\\virus.exe\"", "MZ")+
			part("Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''%D1%87%D0%B5%D0%BA.txt", "not read")+"--x--\n"))
	if m.Text != "plain" || len(m.Photos) != 1 || !slices.Equal(m.Refused, []string{"broken.png", "virus.exe", "чек.txt"}) {
		t.Errorf("%q, %d photos, refused %q", m.Text, len(m.Photos), m.Refused)
	}
	m = reads(t, letter("Content-Type: text/html; charset=utf-8\n", `<style>p{}</style><p>New <b>words</b></p><script>x</script><div class="gmail_quote">old<div>er</div></div><blockquote>oldest</blockquote>`))
	if m.Text != "New words" {
		t.Errorf("%q", m.Text)
	}
	many := ""
	for i := range MaxPhotos + 2 {
		many += part(fmt.Sprintf("Content-Type: image/png\nContent-Disposition: attachment; filename=%d.png\nContent-Transfer-Encoding: base64", i), photo)
	}
	if m = reads(t, letter("Content-Type: multipart/mixed; boundary=x\n", many+"--x--\n")); len(m.Photos) != MaxPhotos || len(m.Refused) != 2 {
		t.Errorf("%d photos, %d refused", len(m.Photos), len(m.Refused))
	}
	if m = reads(t, letter("", strings.Repeat("ы", 2*MaxText))); utf8.RuneCountInString(m.Text) != MaxText {
		t.Errorf("%d letters", utf8.RuneCountInString(m.Text))
	}
	if m = reads(t, letter("Content-Type: multipart/mixed; boundary=x\n", part("Content-Type: text/plain", "broken off"))); m.Text != "broken off" {
		t.Errorf("%q", m.Text)
	}
}

// TestMachinesAreHeard goes through the marks of RFC 3834 and older ones.
func TestMachinesAreHeard(t *testing.T) {
	for heads, want := range map[string]string{
		"": "", "Auto-Submitted: no\n": "", "Precedence: normal\n": "", "Return-Path: <ann@example.com>\n": "",
		"Auto-Submitted: auto-replied\n": "Auto-Submitted", "Auto-Submitted: auto-generated; owner=x\n": "Auto-Submitted", "Precedence: Bulk\n": "Precedence",
		"List-Id: <news.example.com>\n": "List-Id", "Return-Path: <>\n": "Return-Path", "X-Autoreply: yes\n": "X-Autoreply", "X-Loop: shop\n": "X-Autoreply",
		"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n": "Content-Type", strings.Repeat("Received: from a by b\n", maxHops+1): "Received",
	} {
		if m := reads(t, letter(heads, "text")); m.Machine != want {
			t.Errorf("%.60q: %q, want %q", heads, m.Machine, want)
		}
	}
	for from, want := range map[string]string{"MAILER-DAEMON@example.com": "From", "Mail <no-reply@example.com>": "From", "ann-noreply-fan@example.com": "", "Noreply Jones <jones@example.com>": ""} {
		if m := reads(t, []byte("From: "+from+"\r\n\r\ntext")); m.Machine != want {
			t.Errorf("%s: %q, want %q", from, m.Machine, want)
		}
	}
}

func FuzzReadMail(f *testing.F) {
	f.Add(letter("Subject: x\nContent-Type: multipart/mixed; boundary=x\n", "--x\nContent-Type: text/plain\n\nhello\n--x\nContent-Type: image/png\n\nno\n--x--"))
	f.Add(letter("Content-Type: text/html; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n", "=C1<p>x"))
	f.Add([]byte("From: a@example.com\r\nReferences: <a> <b>\r\n\r\n> quoted"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := ReadMail(raw)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%v", err)
			}
			return
		}
		if !utf8.ValidString(m.Text+m.Subject) || utf8.RuneCountInString(m.Text) > MaxText || len(tooWide(m.Subject, "", 2*maxShort)) > 0 || len(m.Name) != 64 || len(m.Photos) > MaxPhotos || len(m.Refused) > maxRefused {
			t.Fatalf("%+v", m)
		}
	})
}
