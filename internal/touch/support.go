package touch

import (
	"cmp"
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/stats"
)

// ReviewFact is what the Support Index must know of a review.
type ReviewFact struct {
	At       time.Time
	Positive bool
	// Spot is where it was left: a platform and the place's id there.
	Spot string
	// Customer is whose order it names; 0 when it names none that we know.
	Customer id.ID
	// Card says that the customer's order had a card.
	Card bool
	// Shop is that of the order, and Products are what was bought with it.
	Shop     id.ID
	Products []string
}

// ClickFact is how often one card led to a spot within an hour.
type ClickFact struct {
	Hour   time.Time
	Spot   string
	Visits int64
	// Customer is whose order the card went out with; 0 when there is none.
	Customer id.ID
	Shop     id.ID
	// Products are what was bought with the card's order.
	Products []string

	order string
}

// ProductFact is how many different customers bought a product.
type ProductFact struct {
	SKU, Name string
	Served    int64
}

// Arm is one side of the comparison of orders: how many there were, and how many
// were followed by a positive review that names them.
type Arm struct{ Orders, Reviewed int64 }

// Facts are those of a period.
type Facts struct {
	Reviews []ReviewFact
	Clicks  []ClickFact
	// Cards is how many were handed out, Served how many different customers
	// bought something, by shop too.
	Cards, Served int64
	Shops         map[id.ID]int64
	Products      []ProductFact
	// WithCard and Without are the orders drawn while some got no card.
	WithCard, Without Arm
	// Reviewers and Others are the retention of customers with a positive review
	// and of everybody else: how many there were from ReturnFrom to before
	// ReturnTo, and how many bought again in the 90 days after.
	Reviewers, Others    Return
	ReturnFrom, ReturnTo time.Time
}

// Return is how many of some customers came back.
type Return struct{ Customers, Back int64 }

// Interval returns the share that came back with its Wilson interval.
func (r Return) Interval() stats.Interval { return stats.Wilson(r.Back, r.Customers, stats.Confidence) }

// Shown reports whether there are enough of them for a figure.
func (r Return) Shown() bool { return r.Customers >= 10 }

// Index is one Support Index: customers with a positive public review as a share
// of a base. Low is the lower bound of the Wilson interval of those that are
// certain, High the upper bound of those that are possible, so that the truth
// lies between them unless the reviews of other places count.
type Index struct {
	Base int64
	// Sure customers are confirmed; Likely ones are confirmed or probable;
	// Possible ones count each unattributed review as one more customer, up to
	// the base.
	Sure, Likely, Possible int64
	Low, High              float64
}

// Shown reports whether the base is large enough for a figure, and Preliminary
// whether it is small for one.
func (i Index) Shown() bool { return i.Base >= 10 }

// Preliminary reports whether the figure rests on fewer than 30.
func (i Index) Preliminary() bool { return i.Base < 30 }

// Share returns a number as a share of the base.
func (i Index) Share(n int64) float64 {
	if i.Base == 0 {
		return 0
	}
	return float64(n) / float64(i.Base)
}

func index(sure, likely, unattributed, base int64) Index {
	i := Index{Base: base, Sure: min(sure, base), Likely: min(likely, base), Possible: min(likely+unattributed, base)}
	i.Low = stats.Wilson(i.Sure, base, stats.Confidence).Low
	i.High = stats.Wilson(i.Possible, base, stats.Confidence).High
	return i
}

// ShopIndex is that of one shop: its customers by its orders. Unattributed
// reviews belong to none.
type ShopIndex struct {
	ShopID id.ID
	Index
}

// ProductIndex is that of one product: its customers, and those of them whose
// review is of an order with it. Unattributed reviews belong to none.
type ProductIndex struct {
	SKU, Name string
	Index
}

// Support is the Support Index of a period.
type Support struct {
	// Positive reviews are Confirmed, Probable or Unattributed; one customer may
	// have left several.
	Positive, Confirmed, Probable, Unattributed int64
	ByCards, ByCustomers                        Index
	Shops                                       []ShopIndex
	// Products are those that most customers bought, the most first.
	Products []ProductIndex
	// Added is the share of orders with a positive review among those that got a
	// card less that among those drawn to get none (Newcombe's interval).
	Added             stats.Interval
	WithCard, Without Arm
	// Reviewers and Others are who came back, of the customers from ReturnFrom to
	// before ReturnTo: the period, or the last one as long of which 90 days have
	// passed.
	Reviewers, Others    Return
	ReturnFrom, ReturnTo time.Time
}

// attribution is how long before a review a click may be that led to it.
const attribution = 72 * time.Hour

// Reckon returns the Support Index from its facts. A positive review is
// confirmed when it names an order; probable when it names none and there was
// exactly one click at its spot in the 72 hours before, by a card that went out
// with an order; else unattributed. It is a lower bound of support: whoever is
// content and silent is not in it.
func Reckon(f Facts) Support {
	s := Support{WithCard: f.WithCard, Without: f.Without, Reviewers: f.Reviewers, Others: f.Others, ReturnFrom: f.ReturnFrom, ReturnTo: f.ReturnTo}
	sure, carded, likely := map[id.ID]bool{}, map[id.ID]bool{}, map[id.ID]bool{}
	at := map[visitor]bool{} // true where confirmed
	for _, r := range f.Reviews {
		if !r.Positive {
			continue
		}
		s.Positive++
		if r.Customer != 0 {
			s.Confirmed++
			sure[r.Customer] = true
			at[visitor{r.Customer, r.Shop}] = true
			carded[r.Customer] = carded[r.Customer] || r.Card
			continue
		}
		if c := onlyClick(f.Clicks, r); c != nil {
			s.Probable++
			likely[c.Customer] = true
			if v := (visitor{c.Customer, c.Shop}); !at[v] {
				at[v] = false
			}
			continue
		}
		s.Unattributed++
	}
	withCard := int64(0)
	for _, card := range carded {
		if card {
			withCard++
		}
	}
	// Whoever clicked holds a card: they count for it, once.
	byCard := withCard
	for customer := range likely {
		if !carded[customer] {
			byCard++
		}
	}
	for customer := range sure {
		delete(likely, customer)
	}
	s.ByCards = index(withCard, byCard, s.Unattributed, f.Cards)
	s.ByCustomers = index(int64(len(sure)), int64(len(sure)+len(likely)), s.Unattributed, f.Served)
	s.Shops = byShop(f.Shops, at)
	s.Products = byProduct(f)
	s.Added = stats.ShareDifference(f.WithCard.Reviewed, f.WithCard.Orders, f.Without.Reviewed, f.Without.Orders, stats.Confidence)
	return s
}

// onlyClick returns the one click that can have led to a review, or nil. Clicks
// are known to the hour; one whose hour touches the 72 hours counts.
func onlyClick(clicks []ClickFact, r ReviewFact) *ClickFact {
	var found *ClickFact
	n := int64(0)
	for i, c := range clicks {
		if c.Spot != r.Spot || c.Hour.After(r.At) || !c.Hour.Add(time.Hour).After(r.At.Add(-attribution)) {
			continue
		}
		n += c.Visits
		found = &clicks[i]
	}
	if n != 1 || found.Customer == 0 {
		return nil
	}
	return found
}

// visitor is a customer of one shop; who praised two of them counts in both, as
// they are among the customers of both.
type visitor struct{ customer, shop id.ID }

func byShop(served map[id.ID]int64, praised map[visitor]bool) []ShopIndex {
	sure, likely := map[id.ID]int64{}, map[id.ID]int64{}
	for v, confirmed := range praised {
		likely[v.shop]++
		if confirmed {
			sure[v.shop]++
		}
	}
	var list []ShopIndex
	for shop, customers := range served {
		list = append(list, ShopIndex{shop, index(sure[shop], likely[shop], 0, customers)})
	}
	slices.SortFunc(list, func(a, b ShopIndex) int { return cmp.Compare(a.ShopID, b.ShopID) })
	return list
}

// byProduct counts the customers of each product by the orders of their reviews.
func byProduct(f Facts) []ProductIndex {
	sure, likely := map[string]map[id.ID]bool{}, map[string]map[id.ID]bool{}
	note := func(to map[string]map[id.ID]bool, products []string, customer id.ID) {
		for _, sku := range products {
			if to[sku] == nil {
				to[sku] = map[id.ID]bool{}
			}
			to[sku][customer] = true
		}
	}
	for _, r := range f.Reviews {
		if !r.Positive {
			continue
		}
		if r.Customer != 0 {
			note(sure, r.Products, r.Customer)
			note(likely, r.Products, r.Customer)
		} else if c := onlyClick(f.Clicks, r); c != nil {
			note(likely, c.Products, c.Customer)
		}
	}
	list := make([]ProductIndex, len(f.Products))
	for i, n := range f.Products {
		list[i] = ProductIndex{n.SKU, n.Name, index(int64(len(sure[n.SKU])), int64(len(likely[n.SKU])), 0, n.Served)}
	}
	return list
}
