package member

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"regulars/internal/fault"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct {
		kind              IdentityKind
		raw, region, want string
	}{
		{Phone, "+44 20 7946 0018", "", "+442079460018"},
		{Phone, "020 7946 0018", "GB", "+442079460018"},
		{Phone, " (020) 7946-0018 ", "GB", "+442079460018"},
		{Phone, "8 (912) 345-67-89", "RU", "+79123456789"},
		{Phone, "+7 912 345 67 89", "PL", "+79123456789"},
		{Phone, "00 48 512 345 678", "PL", "+48512345678"},
		{Phone, "512-345-678", "PL", "+48512345678"},
		{Phone, "tel:+48-512-345-678", "", "+48512345678"},
		{Phone, "０２０ ７９４６ ００１８", "GB", "+442079460018"},
		{Phone, "+39 06 698 12345", "", "+390669812345"}, // Italy keeps its zero
		{Email, "  Anna.Kowalska@Example.COM ", "", "anna.kowalska@example.com"},
		{Email, "ИВАН@Почта.РФ", "", "иван@почта.рф"},
		{Email, "a+b@sub-domain.example.co.uk", "", "a+b@sub-domain.example.co.uk"},
		{Email, "Straße@example.de", "", "straße@example.de"}, // ß and ss are two addresses
		{Card, " 2600-1234 5678 ", "", "260012345678"},
		{Card, "vip-00af", "", "VIP00AF"},
		{External, "  Cust/00 17 ", "", "Cust/00 17"},
		{External, "Zoe\u0308", "", "Zo\u00eb"}, // composed, as the same name may come either way
		{Pass, "aBc=.9", "", "aBc=.9"},
	} {
		got, err := Normalise(c.kind, c.raw, c.region)
		if err != nil || got != (Identity{c.kind, c.want}) {
			t.Errorf("Normalise(%s, %q, %q) = %v, %v; want %q", c.kind, c.raw, c.region, got, err, c.want)
		}
	}
}

func TestNormaliseRefuses(t *testing.T) {
	for _, c := range []struct {
		kind        IdentityKind
		raw, region string
		code        string
	}{
		{Phone, "", "GB", "malformed_identity"},
		{Phone, "hello", "GB", "malformed_identity"},
		{Phone, "020 7946 0018", "", "phone_without_country"},
		{Phone, "020 7946 0018", "XX", "phone_without_country"},
		{Phone, "+999 123 456 789", "GB", "phone_without_country"},
		{Phone, "7946 0018", "GB", "malformed_identity"}, // no area code: many people have it
		{Phone, "12", "GB", "malformed_identity"},
		{Phone, "+44 20 7946 0018 9999", "", "malformed_identity"},
		{Phone, "+44 20 7946 0018 ext. 12", "", "phone_with_extension"},
		{Phone, "+44 20 7946 0018\n", "", "malformed_identity"},
		{Email, "anna", "", "malformed_identity"},
		{Email, "@example.com", "", "malformed_identity"},
		{Email, "anna@", "", "malformed_identity"},
		{Email, "anna@localhost", "", "malformed_identity"},
		{Email, "anna@example..com", "", "malformed_identity"},
		{Email, "anna@-example.com", "", "malformed_identity"},
		{Email, "anna@example.com.", "", "malformed_identity"},
		{Email, "a b@example.com", "", "malformed_identity"},
		{Email, "a@b@example.com", "", "malformed_identity"},
		{Email, "Anna <anna@example.com>", "", "malformed_identity"},
		{Email, "anna@example.com, ben@example.com", "", "malformed_identity"},
		{Email, "anna@" + strings.Repeat("a", 64) + ".com", "", "malformed_identity"},
		{Email, strings.Repeat("a", 250) + "@example.com", "", "malformed_identity"},
		{Card, "--", "", "malformed_identity"},
		{Card, "12/34", "", "malformed_identity"},
		{Card, "АВС123", "", "malformed_identity"}, // Cyrillic letters that look Latin
		{External, " \t ", "", "malformed_identity"},
		{External, "a\x00b", "", "malformed_identity"},
		{External, "a\xffb", "", "malformed_identity"},
		{External, strings.Repeat("x", 201), "", "malformed_identity"},
		{Pass, "line\nbreak", "", "malformed_identity"},
		{"fax", "1", "", "unknown_identity_kind"},
	} {
		got, err := Normalise(c.kind, c.raw, c.region)
		if f := fault.As(err); f == nil || f.Kind != fault.KindInvalid || f.Code != c.code {
			t.Errorf("Normalise(%s, %q, %q) = %v, %v; want fault %s", c.kind, c.raw, c.region, got, err, c.code)
		}
	}
}

// A fault may be logged and shown to others, so it must not name the person.
func TestNormaliseFaultsHideTheValue(t *testing.T) {
	for _, kind := range Kinds() {
		_, err := Normalise(kind, "ivan\x01petrov@secret", "GB")
		f := fault.As(err)
		if f == nil {
			t.Fatalf("%s: no fault", kind)
		}
		if strings.Contains(f.Error(), "ivan") || len(f.Args) != 1 || f.Args["kind"] != string(kind) {
			t.Errorf("%s: the fault tells too much: %v %v", kind, f, f.Args)
		}
	}
}

func TestTail(t *testing.T) {
	for i, want := range map[Identity]string{
		{Phone, "+442079460018"}: "0018",
		{Phone, "+123"}:          "",
		{Card, "260012345678"}:   "",
	} {
		if got := i.tail(); got != want {
			t.Errorf("tail of %v = %q, want %q", i, got, want)
		}
	}
}

// checkNormal fails unless what Normalise gave is stable, whole and storable.
func checkNormal(t interface{ Fatalf(string, ...any) }, kind IdentityKind, raw, region string) {
	i, err := Normalise(kind, raw, region)
	if err != nil {
		if fault.As(err) == nil {
			t.Fatalf("Normalise(%s, %q, %q): %v is no fault", kind, raw, region, err)
		}
		return
	}
	again, err := Normalise(i.Kind, i.Value, "")
	if err != nil || again != i || !i.whole() {
		t.Fatalf("Normalise(%s, %q, %q) = %q, and again %q, %v", kind, raw, region, i.Value, again.Value, err)
	}
	if !utf8.ValidString(i.Value) || i.Value == "" || len(i.Value) > maxEmail || strings.ContainsFunc(i.Value, unicode.IsControl) {
		t.Fatalf("Normalise(%s, %q, %q) = %q cannot be stored", kind, raw, region, i.Value)
	}
}

func TestNormaliseIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		raw := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`\+?[0-9 ()\-.]{3,18}`),
			rapid.StringMatching(`[a-zA-ZąęłéЖя.+]{1,10}@[a-zA-Zżя\-]{1,8}\.[a-z]{2,3}`),
			rapid.StringMatching(`[A-Za-z0-9 \-]{1,20}`),
		).Draw(t, "raw")
		checkNormal(t, kind, raw, rapid.SampledFrom([]string{"", "GB", "RU", "PL", "US", "zz"}).Draw(t, "region"))
	})
}

func FuzzNormalise(f *testing.F) {
	for _, seed := range []string{
		"+44 20 7946 0018", "8 (912) 345-67-89", "512 345 678", "1-800-FLOWERS", "tel:863-1234;phone-context=+1-914-555",
		"+44 20 7946 0018 ext 3", "０２０", "+", "++1", "+999999999999999999", "anna@example.com", "İ@i.tr", "ſ@k.de", "a@ß.de",
		"2600 1234", "ı", "\u00ad", "e\u0301", "\u202e123", "1;ext=2",
	} {
		for _, kind := range []string{"phone", "email", "card", "external", "pass"} {
			f.Add(kind, seed, "GB")
		}
	}
	f.Fuzz(func(t *testing.T, kind, raw, region string) { checkNormal(t, IdentityKind(kind), raw, region) })
}
