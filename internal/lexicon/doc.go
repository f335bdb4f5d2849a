// Package lexicon guesses what words are about and how they are meant: topics by
// the hints that somebody keeps, and tone by lists of words, in English, Russian
// and Polish. It is pure, says nothing rather than something doubtful, and what
// it says is a suggestion that a person confirms. It knows no other room but
// languages.
package lexicon
