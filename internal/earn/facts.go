package earn

import (
	"time"

	"regulars/internal/condition"
	"regulars/internal/sale"
)

// Facts are what rules may ask about one event and its member.
type Facts struct {
	Kind     string // the event's kind; rules with this trigger are asked
	Occurred time.Time
	// Shop is the shop's code. What is not known is empty, here and below.
	Shop, Channel string
	// Rank is the code of the rank in force at Occurred.
	Rank string
	Tags []string
	// Attributes are the event's own, Member those of the member.
	Attributes, Member map[string]string
	// Lines, Goods and Total are of the sale, in minor units; no lines where
	// the event is none.
	Lines        []sale.Line
	Goods, Total int64
	// Nth says that this is the member's n-th purchase; 0 where it is none.
	Nth int64
	// BirthDay and BirthMonth are the member's birthday; 0 where not known.
	BirthDay, BirthMonth int
	// Again says that the member has signed up before, which earns only once.
	Again bool
}

// saleFields and otherFields are the catalogues of what conditions may ask.
var (
	otherFields = catalogue()
	saleFields  = catalogue(
		condition.Field{Name: "sale.goods", Type: condition.Money, Label: "earn.field.goods"},
		condition.Field{Name: "sale.total", Type: condition.Money, Label: "earn.field.total"},
		condition.Field{Name: "sale.skus", Type: condition.Set, Label: "earn.field.skus"},
		condition.Field{Name: "sale.categories", Type: condition.Set, Label: "earn.field.categories"},
		condition.Field{Name: "sale.first", Type: condition.Flag, Label: "earn.field.first"},
		condition.Field{Name: "sale.nth", Type: condition.Number, Label: "earn.field.nth"},
	)
)

func catalogue(more ...condition.Field) *condition.Catalog {
	c, err := condition.NewCatalog(append(more,
		condition.Field{Name: "shop", Type: condition.Text, Label: "earn.field.shop"},
		condition.Field{Name: "channel", Type: condition.Text, Label: "earn.field.channel"},
		condition.Field{Name: "weekday", Type: condition.Weekday, Label: "earn.field.weekday"},
		condition.Field{Name: "clock", Type: condition.Clock, Label: "earn.field.clock"},
		condition.Field{Name: "date", Type: condition.Date, Label: "earn.field.date"},
		condition.Field{Name: "rank", Type: condition.Text, Label: "earn.field.rank"},
		condition.Field{Name: "birthday.in_days", Type: condition.Number, Label: "earn.field.birthday"},
		condition.Field{Name: "tags", Type: condition.Set, Label: "earn.field.tags"},
		condition.Field{Name: "attr", Type: condition.Attributes, Label: "earn.field.attr"},
		condition.Field{Name: "member", Type: condition.Attributes, Label: "earn.field.member"},
	)...)
	if err != nil {
		panic(err) // the list above is wrong; any test finds it
	}
	return c
}

// Catalog returns the fields that conditions of rules with the trigger may ask
// for. Days and clock times are those of the programme's zone.
func Catalog(t Trigger) *condition.Catalog {
	if t.ofSales() {
		return saleFields
	}
	return otherFields
}

// lookup answers conditions about one event, and works out only what is asked.
type lookup struct {
	*Facts
	local            time.Time // Occurred on the wall clock of the programme
	skus, categories []string
}

// In returns the facts as conditions ask for them, by the wall clock of the
// zone. It is for one goroutine.
func (f *Facts) In(zone *time.Location) condition.Facts {
	return &lookup{Facts: f, local: f.Occurred.In(zone)}
}

// Fact implements condition.Facts.
func (l *lookup) Fact(name string) (condition.Value, bool) {
	switch name {
	case "shop":
		return condition.Value{Text: l.Shop}, l.Shop != ""
	case "channel":
		return condition.Value{Text: l.Channel}, l.Channel != ""
	case "rank":
		return condition.Value{Text: l.Rank}, l.Rank != ""
	case "birthday.in_days":
		days, known := birthdayIn(l.local, l.BirthDay, l.BirthMonth)
		return condition.Value{Int: days}, known
	case "tags":
		return condition.Value{Set: l.Tags}, true
	case "attr":
		return condition.Value{Texts: l.Attributes}, true
	case "member":
		return condition.Value{Texts: l.Member}, true
	case "weekday":
		return condition.Value{Int: int64(l.local.Weekday()+6)%7 + 1}, true
	case "clock":
		return condition.Value{Int: int64(l.local.Hour()*60 + l.local.Minute())}, true
	case "date":
		return condition.Value{Int: condition.Days(l.local)}, true
	}
	return l.ofSale(name)
}

func (l *lookup) ofSale(name string) (condition.Value, bool) {
	isSale := len(l.Lines) > 0
	switch name {
	case "sale.goods":
		return condition.Value{Int: l.Goods}, isSale
	case "sale.total":
		return condition.Value{Int: l.Total}, isSale
	case "sale.skus":
		l.skus = l.gather(l.skus, func(line *sale.Line) string { return line.SKU })
		return condition.Value{Set: l.skus}, isSale
	case "sale.categories":
		l.categories = l.gather(l.categories, func(line *sale.Line) string { return line.Category })
		return condition.Value{Set: l.categories}, isSale
	case "sale.first":
		return condition.Value{Flag: l.Nth == 1}, l.Nth > 0
	case "sale.nth":
		return condition.Value{Int: l.Nth}, l.Nth > 0
	}
	return condition.Value{}, false
}

// gather returns what the goods are called, once worked out.
func (l *lookup) gather(done []string, name func(*sale.Line) string) []string {
	if done != nil {
		return done
	}
	done = make([]string, 0, len(l.Lines))
	for i := range l.Lines {
		if s := name(&l.Lines[i]); s != "" && !l.Lines[i].Fee {
			done = append(done, s)
		}
	}
	return done
}
