package lexicon

import (
	"strings"

	"golang.org/x/net/html"
)

// blocks are the elements that words of the next line follow.
var blocks = map[string]bool{
	"p": true, "div": true, "br": true, "li": true, "tr": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
	"ul": true, "ol": true, "table": true, "blockquote": true, "section": true, "article": true, "header": true, "footer": true, "hr": true,
}

// unread are the elements whose content nobody reads.
var unread = map[string]bool{"script": true, "style": true, "head": true, "title": true, "template": true, "noscript": true, "svg": true, "iframe": true, "object": true}

// FromHTML returns the words of HTML as plain text: a line for each block, no
// scripts, styles or pictures. Text without marks is returned as it reads.
// What stands within an element of a class for which skip says so is left out;
// a nil skip leaves out nothing.
func FromHTML(markup string, skip func(tag, class string) bool) string {
	z := html.NewTokenizer(strings.NewReader(markup))
	z.SetMaxBuf(1 << 20)
	var w strings.Builder
	hidden, under := "", 0 // the element that hides, and how many of its name are open
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tidyLines(w.String()) // the end, or a mark longer than anybody writes
		case html.TextToken:
			if hidden == "" {
				w.WriteString(strings.Map(flat, string(z.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if hidden == "" && blocks[t.Data] {
				w.WriteByte('\n')
			}
			if t.Type == html.SelfClosingTagToken {
				continue
			}
			switch {
			case hidden == t.Data:
				under++
			case hidden == "" && (unread[t.Data] || skip != nil && skip(t.Data, classOf(t))):
				hidden, under = t.Data, 1
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if hidden == "" && blocks[string(name)] {
				w.WriteByte('\n')
			}
			if hidden != "" && string(name) == hidden {
				if under--; under == 0 {
					hidden = ""
				}
			}
		}
	}
}

// flat makes spaces of the ends of lines, as HTML reads them.
func flat(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return ' '
	}
	return r
}

func classOf(t html.Token) string {
	for _, a := range t.Attr {
		if a.Key == "class" || a.Key == "id" && strings.HasPrefix(a.Val, "divRplyFwdMsg") {
			return a.Val
		}
	}
	return ""
}

// tidyLines takes runs of spaces and of empty lines together.
func tidyLines(text string) string {
	var lines []string
	empty := true
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" && empty {
			continue
		}
		empty = line == ""
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
