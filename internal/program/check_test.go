package program

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/i18n"
)

func TestCheckProgramme(t *testing.T) {
	for _, c := range []struct {
		name, code, field string
		change            func(*Programme)
	}{
		{"as it is", "", "", func(*Programme) {}},
		{"slug: one letter", "", "", func(p *Programme) { p.Slug = "a" }},
		{"slug: forty", "", "", func(p *Programme) { p.Slug = strings.Repeat("a", 40) }},
		{"slug: forty-one", "malformed_slug", "/slug", func(p *Programme) { p.Slug = strings.Repeat("a", 41) }},
		{"slug: empty", "malformed_slug", "/slug", func(p *Programme) { p.Slug = "" }},
		{"slug: capitals", "malformed_slug", "/slug", func(p *Programme) { p.Slug = "Bean" }},
		{"slug: two hyphens", "malformed_slug", "/slug", func(p *Programme) { p.Slug = "bean--leaf" }},
		{"slug: a hyphen last", "malformed_slug", "/slug", func(p *Programme) { p.Slug = "bean-" }},
		{"slug: a line break last", "malformed_slug", "/slug", func(p *Programme) { p.Slug = "bean\n" }},
		{"slug: Cyrillic", "malformed_slug", "/slug", func(p *Programme) { p.Slug = "чай" }},
		{"name: empty", "malformed_name", "/name", func(p *Programme) { p.Name = "" }},
		{"name: a space first", "malformed_name", "/name", func(p *Programme) { p.Name = " Tea" }},
		{"name: hundred letters", "", "", func(p *Programme) { p.Name = strings.Repeat("ж", 100) }},
		{"name: more", "malformed_name", "/name", func(p *Programme) { p.Name = strings.Repeat("ж", 101) }},
		{"name: NUL", "malformed_name", "/name", func(p *Programme) { p.Name = "T\x00ea" }},
		{"name: broken", "malformed_name", "/name", func(p *Programme) { p.Name = "T\xffea" }},
		{"currency: small letters", "unknown_currency", "/currency", func(p *Programme) { p.Currency = "gbp" }},
		{"currency: none there is", "unknown_currency", "/currency", func(p *Programme) { p.Currency = "ABC" }},
		{"currency: empty", "unknown_currency", "/currency", func(p *Programme) { p.Currency = "" }},
		{"zone: none", "unknown_zone", "/zone", func(p *Programme) { p.Zone = nil }},
		{"zone: the machine's", "unknown_zone", "/zone", func(p *Programme) { p.Zone = time.Local }},
		{"zone: one of no list", "unknown_zone", "/zone", func(p *Programme) { p.Zone = time.FixedZone("Tea", 3600) }},
		{"zone: UTC", "", "", func(p *Programme) { p.Zone = time.UTC }},
		{"languages: none", "unknown_languages", "/languages", func(p *Programme) { p.Languages = nil }},
		{"languages: unknown", "unknown_languages", "/languages", func(p *Programme) { p.Languages = []string{"en", "de"} }},
		{"languages: twice", "unknown_languages", "/languages", func(p *Programme) { p.Languages = []string{"en", "pl", "en"} }},
		{"languages: all", "", "", func(p *Programme) { p.Languages = []string{"ru", "pl", "en"} }},
		{"hue: below", "hue_out_of_range", "/hue", func(p *Programme) { p.Hue = -1 }},
		{"hue: whole circle", "", "", func(p *Programme) { p.Hue = 360 }},
		{"hue: above", "hue_out_of_range", "/hue", func(p *Programme) { p.Hue = 361 }},
		{"control: below", "control_share_out_of_range", "/settings/control_share", func(p *Programme) { p.ControlShare = -1 }},
		{"control: everybody", "", "", func(p *Programme) { p.ControlShare = 10_000 }},
		{"control: above", "control_share_out_of_range", "/settings/control_share", func(p *Programme) { p.ControlShare = 10_001 }},
		{"enrolment: unknown", "unknown_enrolment", "/settings/enrolment", func(p *Programme) { p.Enrolment = "never" }},
		{"region: none", "", "", func(p *Programme) { p.Region = "" }},
		{"region: small letters", "unknown_region", "/settings/region", func(p *Programme) { p.Region = "gb" }},
		{"region: three letters", "unknown_region", "/settings/region", func(p *Programme) { p.Region = "GBR" }},
		{"region: a continent", "unknown_region", "/settings/region", func(p *Programme) { p.Region = "150" }},
		{"region: none there is", "unknown_region", "/settings/region", func(p *Programme) { p.Region = "XX" }},
	} {
		p := tea(t)
		c.change(&p)
		wantCode(t, c.name, p.check(), c.code, c.field)
	}
}

func TestCheckShop(t *testing.T) {
	for _, c := range []struct {
		name, code, field string
		shop              Shop
	}{
		{"right", "", "", Shop{Code: "LON-1", Name: "London", Zone: "Europe/London"}},
		{"no zone of its own", "", "", Shop{Code: "1", Name: "London"}},
		{"no code", "malformed_shop_code", "/code", Shop{Name: "London"}},
		{"a code with a space", "malformed_shop_code", "/code", Shop{Code: "LON 1", Name: "London"}},
		{"a code of signs", "malformed_shop_code", "/code", Shop{Code: "-1", Name: "London"}},
		{"a long code", "malformed_shop_code", "/code", Shop{Code: strings.Repeat("1", 41), Name: "London"}},
		{"no name", "malformed_name", "/name", Shop{Code: "1"}},
		{"no such zone", "unknown_zone", "/zone", Shop{Code: "1", Name: "London", Zone: "Europe/Londinium"}},
		{"the machine's zone", "unknown_zone", "/zone", Shop{Code: "1", Name: "London", Zone: "Local"}},
		{"a path", "unknown_zone", "/zone", Shop{Code: "1", Name: "London", Zone: "../etc/passwd"}},
	} {
		wantCode(t, c.name, c.shop.check(), c.code, c.field)
	}
}

func TestEveryNameHasWords(t *testing.T) {
	catalog := must(i18n.New())(t)
	name := regexp.MustCompile(`fault\.(?:Invalid|Missing|Conflict|Refused)\("([a-z_]+)"|"((?:programme|shop)\.[a-z]+)"`)
	found := 0
	for _, file := range must(filepath.Glob("*.go"))(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range name.FindAllStringSubmatch(string(must(os.ReadFile(file))(t)), -1) {
			key := "fault." + m[1]
			if m[1] == "" {
				key = "audit." + m[2]
			}
			if found++; !catalog.Has(key) {
				t.Errorf("%s has no words", key)
			}
		}
	}
	if found < 18 {
		t.Errorf("found only %d codes in the source", found)
	}
	for _, e := range []Enrolment{Automatic, OnRequest} {
		if !catalog.Has("program.enrolment." + string(e)) {
			t.Errorf("enrolment %s has no words", e)
		}
	}
}
