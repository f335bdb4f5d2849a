package touch

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

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

// deny finds what may not stand, over a text as plain leaves it. Stems stand for
// the words of Russian and Polish; \b of Go knows only Latin letters, so patterns
// of Russian say (^|\P{L}).
var deny = []struct {
	reason  Reason
	pattern *regexp.Regexp
}{
	{Filters, words(`\b(if|when|as long as|in case|provided|unless) (you|you're|you are|your|everything|all|it|we)\b[^.!?]{0,40}\b(satisfied|happy|pleased|content|delighted|liked?|loved?|enjoy\w*|glad|fine|perfect|good|great)`)},
	{Filters, words(`\b(satisfied|happy|pleased|content|delighted|like (it|us|this)|liked (it|us|this)|love (it|us|this)|loved (it|us|this)|enjoy(ed)?( \w+){0,3}|(content|happy|satisfied|pleased) with( \w+){1,3})[?:][^.!?]{0,60}\b(review|rate|rating|tell (everyone|others|the world)|public)`)},
	{Filters, words(`\b(only|just|all) (for )?(satisfied|happy|pleased|content|delighted)\b`)},
	{Filters, words(`\b(satisfied|happy|pleased|content) (customers?|guests?|clients?|buyers?|visitors?)\b[^.!?]{0,60}\b(review|rate|rating|public)`)},
	{Filters, words(`(not (satisfied|happy|content|pleased)|unhappy|dissatisfied|disappointed|disliked|(didn't|did not) (like|enjoy)|(bad|poor) experience)[^.!]{0,60}\b(first|instead|before|private(ly)?|only us|(tell|talk to|write to|contact|call) us|(do not|don't) (post|write|leave))\b`)},
	{Filters, words(`(^|\P{L})(если|когда|раз (вам|вы|тебе|все)|как только|при условии)\P{L}[^.!?]{0,50}(довол|понрав|нравит|устро|вкусн|рад[ыа]?(\P{L}|$)|счастлив|хорошо|отлично|восторг)`)},
	{Filters, words(`(^|\P{L})(довол\p{L}*|понравил\p{L}*|нравится|в восторге|все (хорошо|отлично|понравилось)) ?[?:-][^.!?]{0,60}(отзыв|оцен|расскаж|поделит)`)},
	{Filters, words(`(^|\P{L})(только|лишь) (для )?(довольн|счастлив|радостн)`)},
	{Filters, words(`(недовол|не понрав|не довол|не устро|разочаров)[^.!]{0,60}(сначала|прежде|не пишите|не оставляите|вместо|лично|(скажите|напишите|сообщите|позвоните) (об этом )?нам)`)},
	{Filters, words(`\b(jesli|jezeli|gdy|kiedy|o ile|skoro)\b[^.!?]{0,50}(zadowol|podoba|spodoba|smakowa|szczesliw|w porzadku|dobrze|super|zachwyc)`)},
	{Filters, words(`(zadowol\p{L}*|podobalo( ci| wam| panu| pani)? sie|podoba( ci| wam)? sie|spodobalo sie|smakowalo|zachwycen\p{L}*) ?[?:-][^.!?]{0,60}(opini|ocen|recenzj|powiedz|podziel)`)},
	{Filters, words(`\b(tylko|wylacznie) (dla )?(zadowol|szczesliw)`)},
	{Filters, words(`(niezadowol|nie (po|spo)?doba|nie smakowa|nie jestes zadowol|rozczarowan)[^.!]{0,60}(najpierw|zamiast|zanim|nie pisz|prywatnie|(powiedz|napisz|zadzwon|zglos)\p{L}* (to )?(tylko )?(do )?na[ms]\b)`)},
	{Stars, words(`\b(5|five)[ -]?(\*|stars?\b|out of (5|five))`)},
	{Stars, words(`\b(good|great|positive|excellent|nice|best|top|high|perfect|maximum|highest|full|max) (reviews?|ratings?|marks?|scores?|feedback|experiences?)\b`)},
	{Stars, words(`(^|[^\p{L}\d])(5|пят[ьи])[ -]?(\*|звезд|балл|из (5|пяти))|пятерк|пятизвезд`)},
	{Stars, words(`(хорош|положительн|отличн|позитивн|высок|высш|наивысш|лучш|максимальн)\p{L}* (отзыв|оценк|реитинг|балл)`)},
	{Stars, words(`\b(5|piec|pieciu)[ -]?(\*|gwiazd|punkt|na (5|piec))|\b(piatk[eai]\b|pieciogwiazdk)`)},
	{Stars, words(`(dobr|pozytywn|swietn|wysok|najlepsz|maksymaln|najwyzsz)\p{L}* (opini|ocen|not[eay]\b|recenzj)`)},
	{Stars, words(`(rate|rating|review|mark|score|оцен\p{L}*|отзыв\p{L}*|ocen\p{L}*|opini\p{L}*)([ :=-]+\p{L}+){0,2}[ :=-]+(на |na )?(5|10)\b`)},
	{Stars, words(`([★⭐✩✪✭✯☆*🌟] ?){5}|\b(5|10) ?[★⭐🌟]|^(5 ?/ ?5|10 ?/ ?10)$`)},
	{Pays, words(`(discount|bonus|gift|reward|points?|coupon|voucher|present|prize|raffle|lottery|giveaway|cash ?back|cash|money|free\p{L}*|we pay( you)?|%|[€$£] ?\d+|\d ?[€$£])[^.!?]{0,50}\b(for|after|by|in return)\b[^.!?]{0,30}\b(review|rating|feedback)`)},
	{Pays, words(`\b(review|rate|rating|feedback)\b[^.!?]{0,60}(discount|bonus|gift\b|reward|points\b|coupon|voucher|\ba present|prize|raffle|lottery|giveaway|cash|for free|money off|\bwin\b|\bearn\b|\d ?[%€$£]|[€$£] ?\d)`)},
	{Pays, words(`(скидк|бонус|подар|дари|балл|купон|промокод|приз|деньги|денег|кешб[еэ]к|кэшб[еэ]к|к[еэ]ш-?б[еэ]к|розыгрыш|лотере|вознагражд|сертификат|бесплатн|процент|рубл|[€$£₽]|\d ?%)[^.!?]{0,50}\P{L}(за|взамен|после|среди)\P{L}[^.!?]{0,30}(отзыв|оценк)`)},
	{Pays, words(`(отзыв|оценк|оцените)[^.!?]{0,60}(скидк|бонус|подар(о?к|и)|\P{L}балл|купон|промокод|\P{L}приз|к[еэ]ш-?б[еэ]к|розыгрыш|лотере|вознагражд|сертификат|выигра|\d ?(%|руб|р\.|₽|[€$£]))`)},
	{Pays, words(`(^|\P{L})\p{L}+ за (\p{L}+ ){0,2}(отзыв|оценку)(\P{L}|$)`)},
	{Pays, words(`(rabat|znizk|bonus|prezent|nagrod|punkt|kupon|voucher|gratis|upomin|losowan|loteri|konkurs|\d ?(%|zl|[€$£]))[^.!?]{0,50}\b(za|w zamian|po|wsrod)\b[^.!?]{0,30}(opini|ocen|recenzj)`)},
	{Pays, words(`(opini|ocen|recenzj)[^.!?]{0,60}(rabat|znizk|bonus|prezent|nagrod|punkt|kupon|voucher|gratis|upomin|losowan|loteri|wygra|\d ?(%|zl\b|[€$£]))`)},
	{Pays, words(`\p{L}+ za (\p{L}+ ){0,2}(opinie|ocene|recenzje)\b`)},
}

// honest are words that would be taken for what they are not: a question that
// leaves the answer open, whoever thinks what, thanks for a review.
var honest = words(`\bhow (did|do) you (like|enjoy|find)( \w+){0,3}\?|(happy|satisfied|pleased|content|liked it|good|great),? or not|` +
	`как (вам|тебе) понравил\p{L}*( \p{L}+){0,2}\?|(понравил\p{L}*|довол\p{L}*|хорошо)( вам| вы)?,? или не\p{L}*|(спасибо|благодар\p{L}*|признательн\p{L}*)( вам| вас)? за|отвеча\p{L}* за|` +
	`\bjak (ci|wam|panu|pani|panstwu) (sie )?(s?podoba|smakowa)\p{L}*( \p{L}+){0,2}\?|(zadowol\p{L}*|podobalo sie|dobrze),? (czy|lub|albo) nie\p{L}*|(dziekuj\p{L}*|podziekowan\p{L}*)( ci| wam| panstwu)? za|odpowiada\p{L}* za`)

// words compiles a pattern.
func words(pattern string) *regexp.Regexp { return regexp.MustCompile(pattern) }

// marks are the letters and signs that Unicode takes not apart by itself.
var marks = strings.NewReplacer("ł", "l", "’", "'", "–", "-", "—", "-", "‑", "-", "−", "-")

// spaced is a word whose letters stand apart: at least four of them.
var spaced = regexp.MustCompile(`(^|[^\p{L}\d])([\p{L}\d]([ ._*-][\p{L}\d]){3,})($|[^\p{L}\d])`)

// plain folds a text for the linter: small letters without marks (ё as е, й as
// и, ą as a), letters of ornament as common ones, nothing that is not seen, each
// run of space as one, letters that stand apart brought together.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
	text = marks.Replace(strings.ToLower(strings.Join(strings.Fields(text), " ")))
	return spaced.ReplaceAllStringFunc(text, func(apart string) string {
		m := spaced.FindStringSubmatch(apart)
		return m[1] + strings.NewReplacer(" ", "", ".", "", "_", "", "*", "", "-", "").Replace(m[2]) + m[4]
	})
}

// Letters of one script that look like those of the other, pair by pair.
const (
	latinLooks    = "aceopxyiskmthbu"
	cyrillicLooks = "асеорхуіѕкмтнви"
)

// alike returns a text with the letters of one script in the place of those of
// another that look the same.
func alike(text, from, to string) string {
	letters := []rune(to)
	at := map[rune]rune{}
	for i, r := range []rune(from) {
		at[r] = letters[i]
	}
	return strings.Map(func(r rune) rune {
		if other, found := at[r]; found {
			return other
		}
		return r
	}, text)
}

// readings are what somebody may read in a text: as it stands, and with letters
// borrowed from another alphabet as those of the words around them.
func readings(text string) []string {
	folded := plain(text)
	latin := alike(alike(folded, cyrillicLooks, latinLooks), "οαρενι", "oapevi")
	return []string{folded, latin, alike(folded, latinLooks, cyrillicLooks)}
}

// Lint returns what may not stand in a text for a card, whatever its language:
// asking only the contented, asking for stars, paying for a review. It knows
// words, not meanings: who wants to say it in others will find them.
func Lint(text string) []Finding {
	var found []Finding
	seen := map[Reason]bool{}
	for _, reading := range readings(text) {
		reading = honest.ReplaceAllString(reading, ".")
		for _, d := range deny {
			if words := d.pattern.FindString(reading); words != "" && !seen[d.reason] {
				seen[d.reason] = true
				found = append(found, Finding{d.reason, strings.TrimFunc(words, func(r rune) bool { return unicode.IsSpace(r) || r == '.' || r == ',' })})
			}
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
