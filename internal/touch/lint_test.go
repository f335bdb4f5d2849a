package touch

import (
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

// TestTheLinterAllows honest words, and all of ours.
func TestTheLinterAllows(t *testing.T) {
	for _, text := range []string{
		"How was it? Your honest word helps.", "Leave a review", "Tell us privately", "Something went wrong? Tell us, we will mend it.",
		"We read every review. Thank you for your order!", "Как всё прошло?", "Мы рады каждому отзыву", "Оставить отзыв", "Что-то не так? Скажите нам.",
		"Спасибо за заказ! Мы читаем все отзывы.", "Jak było?", "Dziękujemy za zakupy. Czytamy każdą opinię.", "Zostaw opinię", "Both ways are open to everybody.",
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
