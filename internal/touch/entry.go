package touch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"regulars/internal/lexicon"
)

// maxEntries is how many entries of a feed are looked at.
const maxEntries = 500

// readEntries reads a feed of any of the three kinds. Everything in it was
// written by strangers: marks become words, links lead to the web or nowhere, a
// date that is not there or has not come yet is that of the look.
func readEntries(doc []byte, now time.Time) ([]Entry, error) {
	parser := gofeed.NewParser()
	feed, err := parser.Parse(bytes.NewReader(doc))
	if err != nil {
		return nil, &brokenFeed{what: FeedUnreadable, err: err}
	}
	var list []Entry
	for _, item := range feed.Items[:min(len(feed.Items), maxEntries)] {
		if item == nil {
			continue
		}
		e := Entry{Title: line(item.Title, maxTitle), Link: linkOf(item), Author: authorOf(item), Published: now}
		e.Excerpt = cut(said(longer(item.Description, item.Content)), maxExcerpt)
		for _, t := range []*time.Time{item.PublishedParsed, item.UpdatedParsed} {
			if t != nil && t.Year() > 1990 && t.Before(now) {
				e.Published = t.UTC().Truncate(time.Microsecond)
				break
			}
		}
		if e.Title == "" && e.Excerpt == "" {
			continue
		}
		e.GUID = guidOf(item, &e)
		list = append(list, e)
	}
	return list, nil
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// said returns the words of HTML as far as an excerpt may need them.
func said(markup string) string {
	const enough = 64 << 10
	if len(markup) > enough {
		markup = strings.ToValidUTF8(markup[:enough], "")
	}
	return strings.ToValidUTF8(strings.ReplaceAll(lexicon.FromHTML(markup, nil), "\x00", ""), "�")
}

func line(text string, most int) string {
	return cut(strings.Join(strings.Fields(said(text)), " "), most)
}

func linkOf(item *gofeed.Item) string {
	for _, l := range append([]string{item.Link}, item.Links...) {
		if l = webLink(l); l != "" {
			return l
		}
	}
	return webLink(item.GUID)
}

func authorOf(item *gofeed.Item) string {
	for _, a := range item.Authors {
		if a != nil && a.Name != "" {
			return line(a.Name, maxAuthor)
		}
	}
	return ""
}

// guidOf tells an entry from others of its feed: the hash of its own name, of
// one without that of its link, and without that of its words. Only the hash is
// kept, since names and links may hold somebody's name, and must outlast it.
func guidOf(item *gofeed.Item, e *Entry) string {
	name := strings.TrimSpace(item.GUID)
	if name == "" {
		name = e.Link
	}
	if name == "" {
		name = e.Title + "\n" + e.Excerpt
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}
