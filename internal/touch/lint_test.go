package touch

import (
	"slices"
	"testing"

	"regulars/internal/i18n"
)

// TestTheLinterRefuses texts that filter by mood, beg for stars or pay.
func TestTheLinterRefuses(t *testing.T) {
	for text, want := range map[string]Reason{
		"If you are satisfied, leave a review":     Filters,
		"When you loved it – tell everyone":        Filters,
		"Happy? Leave us a review!":                Filters,
		"Not satisfied? Please write to us first":  Filters,
		"Если вам всё понравилось, оставьте отзыв": Filters,
		"Если Вы довольны покупкой – напишите":     Filters,
		"Довольны? Оставьте отзыв":                 Filters,
		"Недовольны? Сначала скажите нам":          Filters,
		"Jeśli jesteś zadowolony, zostaw opinię":   Filters,
		"Jeżeli Ci się podobało, napisz":           Filters,
		"Zadowolona? Zostaw opinię":                Filters,
		"Give us 5 stars":                          Stars,
		"Five stars make our day":                  Stars,
		"Please leave a positive review":           Stars,
		"Поставьте 5 звёзд":                        Stars,
		"Будем рады пятёрке":                       Stars,
		"Оставьте хороший отзыв":                   Stars,
		"Daj nam 5 gwiazdek":                       Stars,
		"Zostaw dobrą opinię":                      Stars,
		"★★★★★":                                    Stars,
		"A discount for your review":               Pays,
		"Write a review and get 100 points":        Pays,
		"10 % off after a review":                  Pays,
		"Скидка 10 % за отзыв":                     Pays,
		"Оставьте отзыв и получите подарок":        Pays,
		"Rabat za opinię":                          Pays,
		"Zostaw opinię i odbierz prezent":          Pays,
	} {
		found := Lint(text)
		if len(found) == 0 || found[0].Reason != want {
			t.Errorf("%q: found %v, want %s", text, found, want)
		}
		d := Design{Layout: Calm, Language: i18n.English, Words: Words{Heading: text}}
		if err := d.Check(); err == nil {
			t.Errorf("%q may stand on a card", text)
		}
	}
}

// TestTheLinterSeesThroughTricks: letters of another alphabet, of ornament or
// apart, what is not seen between them, stars as signs, and the same in other
// words.
func TestTheLinterSeesThroughTricks(t *testing.T) {
	for want, texts := range map[Reason][]string{
		Filters: {
			"If you аre happy, leave a review", "If you are hap\u200bpy, leave a review", "Content with us? Leave a review", "Did you like it? Leave a review!",
			"Only happy customers please", "Happy customers: leave a review. Unhappy: tell us privately", "Unhappy? Tell us privately",
			"Eсли вы дoвольны, напишите", "Е́сли вам понра́вилось, напишите", "Всё понравилось? Поделитесь!", "Понравилось — отзыв. Нет — напишите нам.", "Не понравилось? Скажите нам лично",
			"Только для довольных", "Zadowоleni? Zostaw opinię", "Jeśli Ci smakowało, zostaw opinię", "Smakowało? Zostaw opinię", "Nie podobało się? Napisz do nas", "Tylko zadowoleni goście",
		},
		Stars: {
			"Give us 5\u00a0stars", "Give us 5\u200bstars", "Give us f i v e s t a r s", "F.I.V.E.S.T.A.R.S", "Gіve us 5 stаrs", "ｆｉｖｅ ｓｔａｒｓ", "𝟓 𝐬𝐭𝐚𝐫𝐬", "Rate us 10/10", "Maximum score",
			"⭐️⭐️⭐️⭐️⭐️", "★ ★ ★ ★ ★", "🌟🌟🌟🌟🌟", "5/5", "П я т ь звёзд", "Пять звëзд", "Поставьте максимальную оценку", "Оценка 5", "Maksymalna ocena", "Ocena: 5",
		},
		Pays: {
			"Review us and win a phone", "Leave feedback and receive cashback", "Earn $5 by reviewing us", "We pay for your review", "Review = 10€ off",
			"Кофе за отзыв", "Розыгрыш среди отзывов", "Кэш-бэк за отзыв", "Напишите отзыв и участвуйте в розыгрыше", "Отзыв — и 100 рублей ваши",
			"Kawa za opinię", "Zostaw opinię i wygraj", "5 zł za opinię", "Ｒａｂａｔ za opinię", "Losowanie wśród opinii",
		},
	} {
		for _, text := range texts {
			if found := Lint(text); !slices.ContainsFunc(found, func(f Finding) bool { return f.Reason == want }) {
				t.Errorf("%q: found %v, want %s", text, found, want)
			}
		}
	}
}

// TestTheLinterAllows honest words, and all of ours.
func TestTheLinterAllows(t *testing.T) {
	for _, text := range []string{
		"How was it? Your honest word helps.", "Leave a review", "Tell us privately", "Something went wrong? Tell us, we will mend it.",
		"We read every review. Thank you for your order!", "Как всё прошло?", "Мы рады каждому отзыву", "Оставить отзыв", "Что-то не так? Скажите нам.",
		"Спасибо за заказ! Мы читаем все отзывы.", "Jak było?", "Dziękujemy za zakupy. Czytamy każdą opinię.", "Zostaw opinię", "Both ways are open to everybody.",
		"How did you like it? Leave a review", "Tell everybody whether you are happy or not: a review helps", "Thank you for your review!", "Scan for a review", "Each review is read by a person.",
		"Open 24/7, five minutes from the station", "Как вам понравилось у нас? Оставьте отзыв", "Понравилось или нет — расскажите в отзыве", "Спасибо за отзыв!", "Мы отвечаем за каждый отзыв",
		"Следим за отзывами и отвечаем на каждый", "Сразу видно, что хорошо и что плохо: расскажите", "Бывает разное, и хорошее, и плохое", "Jak Ci się podobało? Zostaw opinię", "Dziękujemy za opinię!",
		"Zadowoleni czy nie – napiszcie opinię", "Nigdy nie jest tak dobrze, żeby nie mogło być lepiej", "Jeśli coś poszło nie tak, napisz do nas", "Если что-то не так, скажите нам",
	} {
		if found := Lint(text); len(found) > 0 {
			t.Errorf("%q: found %v", text, found)
		}
	}
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs() {
		d := Design{Layout: Band, Language: l}
		d.Words = d.filled(texts.Printer(l, nil, ""))
		if err := d.Check(); err != nil {
			t.Errorf("our own words in %s: %v", l, err)
		}
	}
}

// TestWordsTogetherAreLinted: what is refused in one piece is refused in two.
func TestWordsTogetherAreLinted(t *testing.T) {
	d := Design{Layout: Calm, Language: i18n.English, Words: Words{Heading: "If you are happy with us", Review: "Leave a review"}}
	if err := d.Check(); err == nil {
		t.Error("a filter in two pieces may stand on a card")
	}
}
