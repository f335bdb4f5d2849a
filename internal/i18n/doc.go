// Package i18n says things in English, Russian and Polish: message catalogues
// with plurals, numbers, sums, percentages and dates as each language writes
// them. Every room adds its own texts as texts/<room>.<language>.json, a flat
// object from key to message. A Text is a message kept now and said later, in
// whatever language the reader has. It imports only fault and money.
//
// A message is plain words with placeholders in braces:
//
//	{name}                                   a word, a number or a nested Text
//	{n, number}                              1,234.5 · 1 234,5
//	{sum, money}                             minor units of the printer's currency
//	{when, date} {when, datetime}            in the printer's zone
//	{n, plural, =0 {none} one {# point} other {# points}}
//	{kind, select, card {by card} other {otherwise}}
//
// In a plural, # stands for the number. English needs the forms one and other;
// Russian and Polish need one, few, many and other (other is for fractions). A
// select always needs other. An apostrophe before a brace or # quotes up to the
// next apostrophe; anywhere else it is an ordinary letter.
package i18n
