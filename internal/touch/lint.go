package touch

import (
	"regexp"
	"strings"

	"regulars/internal/fault"
)

// Reason says why words may not stand on a card.
type Reason string

// The reasons. Platforms remove reviews that were filtered by mood, asked for by
// stars or paid for, and the law of many countries calls it deceit.
const (
	// Filters asks only the contented for a public word.
	Filters Reason = "filters"
	// Stars asks for a good mark instead of an honest one.
	Stars Reason = "stars"
	// Pays offers something for a review.
	Pays Reason = "pays"
)

// Finding is one place in a text that may not stand.
type Finding struct {
	Reason Reason
	// Words are those of the text.
	Words string
}

// deny finds what may not stand, over the text in small letters with ё as е.
// Stems stand for the words of Russian and Polish.
var deny = []struct {
	reason  Reason
	pattern *regexp.Regexp
}{
	{Filters, words(`(if|when|as long as|in case) (you|you're|you are|your|everything|all|it)\b[^.!?]{0,40}\b(satisfied|happy|pleased|liked?|loved?|enjoy\w*|glad|fine|perfect|good|great)`)},
	{Filters, words(`(satisfied|happy|pleased|liked it|loved it|enjoyed it)\?[^.!?]{0,60}\b(review|rate|rating|tell (everyone|others|the world))`)},
	{Filters, words(`(not satisfied|unhappy|dissatisfied|disappointed)[^.!]{0,60}\b(first|instead|before|do not (post|write|leave)|don't (post|write|leave))`)},
	{Filters, words(`(если|когда|раз)[^.!?]{0,50}(довол|понрав|нравит|устро|рад[ыа]?(\P{L}|$)|счастлив|хорошо|отлично)`)},
	{Filters, words(`(довол\p{L}*|понравил\p{L}*|все хорошо|все понравилось)\?[^.!?]{0,60}(отзыв|оцен|расскаж)`)},
	{Filters, words(`(недовол|не понрав|не довол)[^.!]{0,60}(сначала|прежде|не пишите|не оставляйте|вместо)`)},
	{Filters, words(`(jesli|jezeli|gdy|kiedy|o ile)[^.!?]{0,50}(zadowol|podoba|spodoba|szczesliw|w porzadku|dobrze|super)`)},
	{Filters, words(`(zadowol\p{L}*|podobalo sie|spodobalo sie)\?[^.!?]{0,60}(opini|ocen|recenzj|powiedz)`)},
	{Filters, words(`(niezadowol|nie podoba|nie jestes zadowol)[^.!]{0,60}(najpierw|zamiast|zanim|nie pisz)`)},
	{Stars, words(`(5|five)[ -]?(\*|stars?\b|out of (5|five))`)},
	{Stars, words(`\b(good|great|positive|excellent|nice|best|top|high) (review|rating|mark|feedback)`)},
	{Stars, words(`(5|пят[ьи])[ -]?(\*|звезд|балл|из (5|пяти))|пятерк|пятизвезд`)},
	{Stars, words(`(хорош|положительн|отличн|позитивн|высок|лучш)\p{L}* (отзыв|оценк|рейтинг)`)},
	{Stars, words(`(5|piec|pieciu)[ -]?(\*|gwiazd|punkt|na (5|piec))|piatk|pieciogwiazdk`)},
	{Stars, words(`(dobr|pozytywn|swietn|wysok|najlepsz)\p{L}* (opini|ocen|recenzj)`)},
	{Stars, words(`[★⭐*]{5}|5 ?[★⭐]`)},
	{Pays, words(`(discount|bonus|gift|reward|points?|coupon|voucher|present|prize|cash|free|money|%)[^.!?]{0,50}\b(for|after|in return)\b[^.!?]{0,30}\b(review|rating|feedback)`)},
	{Pays, words(`(review|rate|rating)\b[^.!?]{0,60}(discount|bonus|gift|reward|points\b|coupon|voucher|present|prize|cash|for free|money off|\d ?%)`)},
	{Pays, words(`(скидк|бонус|подар|балл|купон|промокод|приз|деньги|кешбэк|кэшбэк|\d ?%)[^.!?]{0,50}\P{L}(за|взамен|после)\P{L}[^.!?]{0,30}(отзыв|оценк)`)},
	{Pays, words(`(отзыв|оценк|оцените)[^.!?]{0,60}(скидк|бонус|подар|балл|купон|промокод|приз|кешбэк|кэшбэк|\d ?%)`)},
	{Pays, words(`(rabat|znizk|bonus|prezent|nagrod|punkt|kupon|voucher|gratis|upomin|\d ?%)[^.!?]{0,50}\b(za|w zamian|po)\b[^.!?]{0,30}(opini|ocen|recenzj)`)},
	{Pays, words(`(opini|ocen|recenzj)[^.!?]{0,60}(rabat|znizk|bonus|prezent|nagrod|punkt|kupon|voucher|gratis|upomin|\d ?%)`)},
}

// words compiles a pattern. \b of Go knows only Latin letters, so patterns of
// Russian say \P{L}.
func words(pattern string) *regexp.Regexp { return regexp.MustCompile(pattern) }

// plain folds a text for the linter: small letters, ё as е, Polish letters
// without their marks, and every run of space as one.
var plain = strings.NewReplacer("ё", "е", "ą", "a", "ć", "c", "ę", "e", "ł", "l", "ń", "n", "ó", "o", "ś", "s", "ź", "z", "ż", "z",
	"\u00a0", " ", "’", "'", "–", "-", "—", "-")

// Lint returns what may not stand in a text for a card, whatever its language:
// asking only the contented, asking for stars, paying for a review.
func Lint(text string) []Finding {
	folded := plain.Replace(strings.ToLower(strings.Join(strings.Fields(text), " ")))
	var found []Finding
	seen := map[Reason]bool{}
	for _, d := range deny {
		if words := d.pattern.FindString(folded); words != "" && !seen[d.reason] {
			seen[d.reason] = true
			found = append(found, Finding{d.reason, strings.TrimSpace(words)})
		}
	}
	return found
}

// lint returns the first finding as a fault, at a place of the input.
func lint(text, at string) error {
	found := Lint(text)
	if len(found) == 0 {
		return nil
	}
	f := found[0]
	var err *fault.Error
	switch f.Reason {
	case Filters:
		err = fault.Refused("card_words_filters", "“%s” may not stand on a card: it asks only those who are content; a card asks everybody alike", f.Words)
	case Stars:
		err = fault.Refused("card_words_stars", "“%s” may not stand on a card: it asks for a good mark; a card asks for an honest word", f.Words)
	default:
		err = fault.Refused("card_words_pays", "“%s” may not stand on a card: it offers something for a review; reviews must not be paid for", f.Words)
	}
	return err.With("words", f.Words).At(at)
}
