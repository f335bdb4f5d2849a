package api

import "regulars/internal/experiment"

// trialGroup is one of the two groups that chance parted.
type trialGroup struct {
	Chosen int64         `json:"chosen" example:"190"`
	Ripe   int64         `json:"ripe" doc:"Whose window is over." example:"190"`
	Back   int64         `json:"back" doc:"Of these, who bought something in it that they kept." example:"41"`
	Goods  int64         `json:"goods" doc:"What they bought and kept in it, in minor units."`
	Share  *intervalView `json:"share,omitempty" doc:"Of the ripe who came back, with Wilson's interval at 95 %; missing under 10."`
}

func trialGroupOf(g experiment.Group) trialGroup {
	return trialGroup{g.Chosen, g.Ripe, g.Back, g.Goods, intervalOf(g.Ripe >= experiment.LeastInGroup, g.Share())}
}
