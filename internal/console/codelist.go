package console

import (
	"slices"
	"strings"
	"unicode"
)

// splitList parts what was typed at line ends, commas and semicolons; an entry
// that stands in quotes keeps its own. Each entry is taken once.
func splitList(s string) []string {
	var list []string
	for {
		if s = strings.TrimLeftFunc(s, parts); s == "" {
			return list
		}
		var entry string
		if entry, s = cutEntry(s); entry != "" && !slices.Contains(list, entry) {
			list = append(list, entry)
		}
	}
}

// parts reports whether a letter stands between entries.
func parts(r rune) bool { return separates(r) || unicode.IsSpace(r) }

func separates(r rune) bool { return r == ',' || r == ';' || r == '\n' }

// cutEntry returns the first entry of a list and what follows it.
func cutEntry(s string) (entry, rest string) {
	if entry, rest, quoted := cutQuoted(s); quoted {
		return entry, rest
	}
	if at := strings.IndexFunc(s, separates); at >= 0 {
		return strings.TrimSpace(s[:at]), s[at:]
	}
	return strings.TrimSpace(s), ""
}

// cutQuoted returns an entry that stands in quotes; a quote within it is
// doubled. Quotes that do not end where the entry ends are letters of it, as
// in 12" plate.
func cutQuoted(s string) (entry, rest string, ok bool) {
	var b strings.Builder
	rest, ok = strings.CutPrefix(s, `"`)
	for ok {
		var within string
		if within, rest, ok = strings.Cut(rest, `"`); !ok {
			return "", "", false
		}
		b.WriteString(within)
		if !strings.HasPrefix(rest, `"`) {
			break
		}
		b.WriteByte('"')
		rest = rest[1:]
	}
	next := strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) && r != '\n' })
	return b.String(), rest, ok && (next == "" || separates(rune(next[0])))
}

// joinList writes entries one to a line, as splitList reads them; ok is false
// for a list that it would read otherwise.
func joinList(list []string) (s string, ok bool) {
	lines := make([]string, len(list))
	for i, entry := range list {
		lines[i] = entry
		if strings.HasPrefix(entry, `"`) || strings.ContainsFunc(entry, separates) || strings.TrimSpace(entry) != entry {
			lines[i] = `"` + strings.ReplaceAll(entry, `"`, `""`) + `"`
		}
	}
	s = strings.Join(lines, "\n")
	return s, slices.Equal(splitList(s), list) && !strings.ContainsFunc(strings.Join(list, ""), func(r rune) bool { return r == '\n' || r == '\r' })
}
