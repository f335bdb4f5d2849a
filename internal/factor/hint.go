package factor

// hints are the words by which factors are suggested until a programme writes
// its own, by language. A word hints at one factor.
var hints = map[Code]map[string]string{
	Assortment: {
		"en": "assortment range choice selection stock goods quality fresh tasty broken variety",
		"ru": "ассортимент выбор товар качество наличие свежий вкусный сломано брак разнообразие",
		"pl": "asortyment wybór towar jakość świeże smaczne zepsute różnorodność produkty",
	},
	Value: {
		"en": "price expensive cheap discount bonus points value overpriced",
		"ru": "цена дорого дёшево скидка бонусы баллы выгодно переплата",
		"pl": "cena drogo tanio zniżka rabat punkty bonus opłaca",
	},
	Serving: {
		"en": "staff service rude polite friendly helpful assistant cashier",
		"ru": "персонал обслуживание грубо хамство вежливо продавец кассир сотрудник",
		"pl": "obsługa personel niegrzeczny uprzejmy sprzedawca kasjer pracownik",
	},
	Reputation: {
		"en": "reputation brand trust famous honest",
		"ru": "репутация бренд доверие известный честный",
		"pl": "reputacja marka zaufanie znany uczciwy",
	},
	Reviews: {
		"en": "reviews ratings stars recommended",
		"ru": "отзывы рейтинг звёзды посоветовали",
		"pl": "opinie recenzje oceny gwiazdki polecili",
	},
	Convenience: {
		"en": "convenient website app parking location hours checkout login",
		"ru": "удобно сайт приложение парковка расположение часы оформление",
		"pl": "wygodne strona aplikacja parking lokalizacja godziny logowanie",
	},
	Expectations: {
		"en": "expected promised described photo picture wrong missing damaged",
		"ru": "ожидал обещали описание фото картинка ошибка повреждён недостаёт",
		"pl": "oczekiwałem obiecali opis zdjęcie obrazek pomyłka uszkodzony brakuje",
	},
	Speed: {
		"en": "fast slow late delay queue waiting delivery quickly",
		"ru": "быстро медленно опоздание задержка очередь ждать доставка",
		"pl": "szybko wolno spóźnienie opóźnienie kolejka czekać dostawa",
	},
	Relations: {
		"en": "attention care listen apology answer refund remembered",
		"ru": "внимание забота слушать извинились ответили возврат помнят",
		"pl": "uwaga troska słuchać przeprosili odpowiedzieli zwrot pamiętają",
	},
}
