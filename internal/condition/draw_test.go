package condition_test

import (
	"encoding/json"
	"fmt"

	"pgregory.net/rapid"

	"regulars/internal/condition"
)

// anyCondition draws conditions over the test catalogue that SQL can say.
func anyCondition(depth int) *rapid.Generator[condition.Condition] {
	if depth <= 1 {
		return anyTest()
	}
	return rapid.Custom(func(t *rapid.T) condition.Condition {
		inner := anyCondition(depth - 1)
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 0:
			return condition.Condition{All: rapid.SliceOfN(inner, 1, 3).Draw(t, "all")}
		case 1:
			return condition.Condition{Any: rapid.SliceOfN(inner, 1, 3).Draw(t, "any")}
		case 2:
			c := inner.Draw(t, "not")
			return condition.Condition{Not: &c}
		}
		return anyTest().Draw(t, "test")
	})
}

var words = []string{"a", "b", "ab", "A", "%", "é"}

func anyTest() *rapid.Generator[condition.Condition] {
	return rapid.Custom(func(t *rapid.T) condition.Condition {
		field := rapid.SampledFrom([]struct {
			name string
			kind condition.Type
			draw *rapid.Generator[string]
		}{
			{"sale.total", condition.Money, rapid.Map(rapid.IntRange(0, 4), toJSON)},
			{"nth", condition.Number, rapid.Map(rapid.IntRange(-2, 4), toJSON)},
			{"weekday", condition.Weekday, rapid.Map(rapid.IntRange(1, 7), toJSON)},
			{"clock", condition.Clock, rapid.Map(rapid.IntRange(0, 4), func(n int) string { return fmt.Sprintf(`"00:0%d"`, n) })},
			{"date", condition.Date, rapid.Map(rapid.IntRange(1, 5), func(n int) string { return fmt.Sprintf(`"1970-01-0%d"`, n) })},
			{"shop", condition.Text, rapid.Map(rapid.SampledFrom(words), toJSON)},
			{"tags", condition.Set, rapid.Map(rapid.SampledFrom(words), toJSON)},
			{"first", condition.Flag, rapid.Map(rapid.Bool(), toJSON)},
		}).Draw(t, "field")
		op := rapid.SampledFrom(field.kind.Ops()).Draw(t, "op")
		return condition.Condition{Field: field.name, Op: op, Value: anyValue(t, op, field.draw)}
	})
}

func anyValue(t *rapid.T, op condition.Op, one *rapid.Generator[string]) json.RawMessage {
	switch op {
	case condition.Exists:
		return json.RawMessage(toJSON(rapid.Bool().Draw(t, "exists")))
	case condition.Between:
		low, high := one.Draw(t, "low"), one.Draw(t, "high")
		return json.RawMessage("[" + min(low, high) + "," + max(low, high) + "]")
	case condition.In, condition.NotIn:
		list := one.Draw(t, "value")
		for _, more := range rapid.SliceOfN(one, 0, 3).Draw(t, "more") {
			list += "," + more
		}
		return json.RawMessage("[" + list + "]")
	}
	return json.RawMessage(one.Draw(t, "value"))
}

func toJSON[T any](v T) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// anyFacts draws facts, some of them not known. A set is always known.
func anyFacts() *rapid.Generator[facts] {
	return rapid.Custom(func(t *rapid.T) facts {
		f := facts{"tags": {Set: rapid.SliceOfNDistinct(rapid.SampledFrom(words), 0, 3, rapid.ID[string]).Draw(t, "tags")}}
		for name, least := range map[string]int64{"sale.total": 0, "nth": -2, "weekday": 1, "clock": 0, "date": 0} {
			if rapid.IntRange(0, 4).Draw(t, name+" known") > 0 {
				f[name] = condition.Value{Int: rapid.Int64Range(least, 4).Draw(t, name)}
			}
		}
		if rapid.Bool().Draw(t, "shop known") {
			f["shop"] = condition.Value{Text: rapid.SampledFrom(words).Draw(t, "shop")}
		}
		if rapid.Bool().Draw(t, "first known") {
			f["first"] = condition.Value{Flag: rapid.Bool().Draw(t, "first")}
		}
		return f
	})
}
