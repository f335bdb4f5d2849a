package touch

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/lexicon"
)

// FeedSpec is what the manager says of a feed.
type FeedSpec struct {
	// Address is where the feed is, RSS, Atom or JSON Feed.
	Address string
	Name    string
	// Words are those of which one must stand in an entry, in any form; without
	// any every entry is a mention.
	Words []string
	// Minutes part one look from the next.
	Minutes int64
	// Burst is how many mentions of a day, not yet settled, are many at once; 0
	// for never.
	Burst  int64
	Paused bool
}

// Feed is a feed that is watched for words.
type Feed struct {
	ID, ProgrammeID id.ID
	Made            time.Time
	// Read is when it was last read well, Next when it is due again.
	Read, Next time.Time
	// Failure says what went wrong with the last look, empty for nothing; Detail
	// is the number that belongs to it, and Failures how often in a row.
	Failure  FeedFailure
	Detail   string
	Failures int64
	FeedSpec

	etag, modified string
}

// FeedFailure is what went wrong when a feed was read.
type FeedFailure string

// The failures of a feed.
const (
	FeedUnreachable FeedFailure = "unreachable"
	FeedPrivate     FeedFailure = "private"
	FeedRedirects   FeedFailure = "redirects"
	FeedStatus      FeedFailure = "status"
	FeedLarge       FeedFailure = "large"
	FeedUnreadable  FeedFailure = "unreadable"
)

// Text says what went wrong.
func (f *Feed) Text() i18n.Text {
	return i18n.Text{Key: "touch.feed_failure." + string(f.Failure), Args: map[string]any{"detail": f.Detail}}
}

const (
	// MaxFeeds is how many feeds a programme keeps.
	MaxFeeds = 50
	// MaxWords is how many words are watched in one feed.
	MaxWords = 20
	maxWord  = 60
	// MinMinutes is how often a feed is read at most.
	MinMinutes = 15
	// MaxMinutes is how seldom a feed may be read.
	MaxMinutes = 7 * 24 * 60
	maxBurst   = 1000
	maxAddress = 2000
)

// Check tidies what the manager says, and returns what is wrong with it.
func (f *FeedSpec) Check() error {
	f.Address, f.Name = strings.TrimSpace(f.Address), strings.TrimSpace(f.Name)
	u, err := url.Parse(f.Address)
	if err != nil || len(f.Address) > maxAddress || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return fault.Invalid("feed_address", "write the whole address of the feed, as https://example.com/feed.xml").At("/address")
	}
	if f.Name == "" {
		f.Name = u.Hostname()
	}
	if utf8.RuneCountInString(f.Name) > maxName {
		return fault.Invalid("feed_name", "give the feed a name of up to %d letters", maxName).With("most", maxName).At("/name")
	}
	for i, w := range f.Words {
		f.Words[i] = strings.Join(strings.Fields(w), " ")
		if n := utf8.RuneCountInString(w); n > maxWord || !lexicon.Mentions(w, w) {
			return fault.Invalid("feed_word", "a word to watch has letters or digits, at most %d", maxWord).With("most", maxWord).At("/words/" + strconv.Itoa(i))
		}
	}
	if f.Words = slices.Compact(f.Words); len(f.Words) > MaxWords {
		return fault.Invalid("feed_words", "at most %d words are watched in a feed", MaxWords).With("most", MaxWords).At("/words")
	}
	if f.Minutes < MinMinutes || f.Minutes > MaxMinutes {
		return fault.Invalid("feed_minutes", "a feed is read every %d minutes to once a week", MinMinutes).With("least", MinMinutes).At("/minutes")
	}
	if f.Burst < 0 || f.Burst > maxBurst {
		return fault.Invalid("feed_burst", "a burst is 1 to %d mentions of a day; 0 for none", maxBurst).With("most", maxBurst).At("/burst")
	}
	return nil
}

// watches reports whether some word stands in a text.
func (f *FeedSpec) watches(text string) bool {
	return len(f.Words) == 0 || slices.ContainsFunc(f.Words, func(w string) bool { return lexicon.Mentions(text, w) })
}

// longestPause is how long a feed that fails is left alone at most.
const longestPause = 24 * time.Hour

// fails notes a failed look. The next is due later each time, to a day or the
// feed's own time, whichever is longer; later yet where the server says so.
func (f *Feed) fails(what FeedFailure, detail string, now time.Time, asked time.Duration) {
	f.Failure, f.Detail = what, detail
	f.Failures++
	every := time.Duration(f.Minutes) * time.Minute
	wait := every << min(f.Failures, 10)
	wait = max(min(wait, longestPause), every, min(asked, longestPause))
	f.Next = now.Add(wait)
}

// reads notes a look that went well.
func (f *Feed) reads(now time.Time) {
	f.Failure, f.Detail, f.Failures = "", "", 0
	f.Read, f.Next = now, now.Add(time.Duration(f.Minutes)*time.Minute)
}
