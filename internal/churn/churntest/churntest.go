// Package churntest has customers with habits, for the rooms that watch them.
package churntest

import (
	"fmt"

	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

// Customers buy in a town that has a shop called "main".
type Customers struct {
	// Members are those who bought, by their names.
	Members map[string]id.ID

	town    *flowtest.Town
	sales   int
	waiting []*flow.Event
}

// Of returns the customers of a town, of whom there are none yet.
func Of(town *flowtest.Town) *Customers {
	return &Customers{town: town, Members: map[string]id.ID{}}
}

// Bought has somebody buy so many days ago, each time for 100.00; Take is what lets
// it happen.
func (c *Customers) Bought(name string, daysAgo ...int) {
	for _, ago := range daysAgo {
		c.sales++
		c.waiting = append(c.waiting, &flow.Event{
			ProgrammeID: c.town.Programme.ID, Source: "till", ExternalID: fmt.Sprint("sale-", c.sales), Kind: journal.Purchase, Occurred: c.town.Now().AddDate(0, 0, -ago),
			Shop: "main", Actor: flowtest.Boss, Who: flowtest.Named(name),
			Payload: flow.Payload{Currency: c.town.Programme.Currency, Lines: []sale.Line{{SKU: "pot", Quantity: 1000, Amount: 100_00}}},
		})
	}
}

// Every lists days from so many to so many days ago.
func Every(wait, from, to int) (days []int) {
	for ago := from; ago >= to; ago -= wait {
		days = append(days, ago)
	}
	return days
}

// Take lets happen what was bought.
func (c *Customers) Take() {
	c.town.Helper()
	results, err := c.town.Flow.Take(c.town.Context(), c.waiting)
	c.town.OK(err)
	for i, r := range results {
		c.town.OK(r.Err)
		c.Members[c.waiting[i].Who.Identities[0].Value] = r.Answer.MemberID
	}
	c.waiting = nil
}

// Crowd has eighty people buy, of whom one in four did so once and one in three of
// the others left months ago.
func (c *Customers) Crowd() {
	for i := range 80 {
		name, last := fmt.Sprint("crowd-", i), i%9
		switch {
		case i%4 == 0:
			c.Bought(name, 20+3*i)
			continue
		case i%3 == 0:
			last += 100 + i
		}
		c.Bought(name, Every(6+i%23, 320, last)...)
	}
}
