package lexicon

import (
	"slices"
	"testing"
)

func TestTopics(t *testing.T) {
	topics := NewTopics()
	topics.Add("waiting", "wait queue, очередь ждать; kolejka")
	topics.Add("price", "price expensive дорого цена drogo cena")
	for words, want := range map[string]string{
		"":                     "",
		"We waited and waited": "waiting",
		"Стояли в очередях, ждали час": "waiting",
		"ciągle kolejki":                    "waiting",
		"The prices!":                       "price",
		"queues and prices":                 "", // two alike
		"expensive, high price, long queue": "price",
		"nothing of the kind":               "",
	} {
		if got := topics.Suggest(words); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestStems(t *testing.T) {
	if got := Stems("Цены, цена и цену"); !slices.Equal(got, []string{"ru:цен"}) {
		t.Errorf("%q", got)
	}
	if got := Stems("it is ok"); len(got) != 0 {
		t.Errorf("words of two letters have stems: %q", got)
	}
	if got := Stems("ёлка"); !slices.Equal(got, Stems("елка")) {
		t.Errorf("%q", got)
	}
}
