package i18n

// Said is what a shop wrote itself, with the language that it is really in: a
// text that nobody translated is shown in another language than its page, and
// must say so to those who listen to it (WCAG 3.1.2).
type Said struct {
	Text string
	Lang Lang
}

// Pick returns the words in the first of the languages that has any, or else in
// the first of ours that has; none when there are none.
func Pick(words map[string]string, langs ...string) Said {
	for _, l := range langs {
		if w := words[l]; w != "" {
			return Said{w, Lang(l)}
		}
	}
	for _, l := range Langs() {
		if w := words[string(l)]; w != "" {
			return Said{w, l}
		}
	}
	return Said{}
}

// Own keeps somebody's own words as a Text, with their language: the message of
// the key says them as they are.
func (s Said) Own(key string) Text {
	return Text{Key: key, Args: map[string]any{"text": s.Text, "lang": s.Lang}}
}

// Said says a kept message, with the language that it is said in: the printer's,
// or that of the own words that it keeps.
func (p *Printer) Said(t Text) Said {
	said := Said{p.Say(t), p.lang}
	if own, ok := t.Args["lang"].(Lang); ok && own != "" {
		said.Lang = own
	}
	return said
}
