package api

import (
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const handbook = "../../docs/api.md"

// TestTheHandbookIsTrue runs the commands of docs/api.md one after the other.
func TestTheHandbookIsTrue(t *testing.T) {
	h := newHouse(t)
	text, err := os.ReadFile(handbook)
	must(t, err)
	known := []string{"$KEY", h.key}
	vars := strings.NewReplacer(known...)
	ran := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		before := ""
		for i, command := range strings.Split("\n"+strings.ReplaceAll(block[1], "\\\n", ""), "\ncurl ") {
			said := before
			command, before = parted(command)
			if i == 0 {
				continue
			}
			g := h.curl(t, vars.Replace(command))
			if err := keepsTo(said, g); err != "" {
				t.Errorf("%s\ncurl %s", err, command)
			}
			ran++
			for name, path := range map[string]string{"$MEMBER": "member", "$OFFER": "offer", "$FRIEND": "id", "$CARD": "items.0.number", "$REWARD": "reward", "$IMPORT": "import"} {
				if value, found := dig([]byte(g.text), path); found {
					known = append(known, name, value)
				}
			}
			vars = strings.NewReplacer(known...)
		}
	}
	if ran < 34 {
		t.Errorf("ran %d commands; the page has more", ran)
	}
}

// parted cuts off the remark that stands before the next command.
func parted(command string) (line, remark string) {
	line, remark, _ = strings.Cut(command, "\n# ")
	return line, remark
}

// promised are what a remark says of the answer: a status with its code, and an
// outcome.
var promised = regexp.MustCompile(`^(\d{3}) ([a-z_]+)|"outcome": "([a-z]+)"`)

// keepsTo says how an answer differs from the remark before its command; without
// a remark it is to be 200 or 201.
func keepsTo(remark string, g got) string {
	m := promised.FindStringSubmatch(remark)
	if m == nil || m[1] == "" {
		if g.status != 200 && g.status != 201 {
			return fmt.Sprintf("got %d: %s", g.status, g.text)
		}
	}
	if m == nil {
		return ""
	}
	if code, _ := dig([]byte(g.text), "code"); m[1] != "" && (strconv.Itoa(g.status) != m[1] || code != m[2]) {
		return fmt.Sprintf("got %d %s where the page says %s %s", g.status, code, m[1], m[2])
	}
	if outcome, _ := dig([]byte(g.text), "outcome"); m[3] != "" && outcome != m[3] {
		return fmt.Sprintf("the outcome is %s where the page says %s", outcome, m[3])
	}
	return ""
}

// word is a word of a command line; its pieces may stand in quotes.
var (
	word  = regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s'"]+)+`)
	piece = regexp.MustCompile(`'([^']*)'|"([^"]*)"|([^\s'"]+)`)
)

func unquoted(word string) string { return piece.ReplaceAllString(word, "$1$2$3") }

// curl does what the command line of curl asks for.
func (h *house) curl(t *testing.T, line string) got {
	t.Helper()
	method, address, body := "GET", "", ""
	var headers []string
	words := word.FindAllString(line, -1)
	for i := 0; i < len(words); i++ {
		w := unquoted(words[i])
		next := func() string { i++; return unquoted(words[i]) }
		switch w {
		case "-X":
			method = next()
		case "-H":
			headers = append(headers, next())
		case "-d", "--data-binary":
			body = next()
		default:
			address = w
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	return h.send(r)
}

// TestTheHandbookNamesTheFailures holds its tables against the code: statuses,
// codes and limits.
func TestTheHandbookNamesTheFailures(t *testing.T) {
	raw, err := os.ReadFile(handbook)
	must(t, err)
	text := string(raw)
	for _, list := range [][]failure{everyFailure, writingFailures} {
		for _, f := range list {
			if !strings.Contains(text, fmt.Sprintf("\n| %d |", f.status)) {
				t.Errorf("the page does not name the status %d", f.status)
			}
		}
	}
	for _, m := range regexp.MustCompile("\\(`([a-z_]+)`\\)|\"code\": \"([a-z_]+)\"").FindAllStringSubmatch(text, -1) {
		if code := m[1] + m[2]; !texts.Has("fault." + code) {
			t.Errorf("the page names the code %s, which nothing has", code)
		}
	}
	l := Limits{}.filled()
	for _, figure := range []int{l.Rate, l.Burst, maxBulk} {
		if !strings.Contains(text, comma(figure)) {
			t.Errorf("the page does not say %s", comma(figure))
		}
	}
	for _, say := range []string{fmt.Sprintf("%d MB, %d MB for bulk", l.Body>>20, l.BulkBody>>20), fmt.Sprintf("%.0f seconds", l.Timeout.Seconds()),
		fmt.Sprintf("%d when left out and %d at most", usualPage, maxPage), fmt.Sprintf("up to %d plain letters", maxKey), fmt.Sprintf("within %.0f hours", keyKept.Hours())} {
		if !strings.Contains(text, say) {
			t.Errorf("the page does not say %q", say)
		}
	}
}

func comma(n int) string {
	s := strconv.Itoa(n)
	return s[:len(s)-3] + "," + s[len(s)-3:]
}
