package till

import (
	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/gesture"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// readGestures reads what may be done for the customer here and now.
func (t *till) readGestures(v *visit, c *customer) error {
	if v.actor.Can(v.programme.ID, auth.GesturesGive) != nil {
		return nil //nolint:nilerr // who may give nothing is shown nothing
	}
	list, err := t.Gestures.Offers(v.ctx(), v.actor, v.programme.ID, c.id, v.shop.ID)
	for _, o := range list {
		if o.Refused == nil {
			c.gestures = append(c.gestures, o.Gesture)
		}
	}
	return err
}

// own returns the shop's own words in the reader's language, or else in one of the
// programme's, with the language that they are really in.
func (v *visit) own(words map[string]string) i18n.Said {
	return i18n.Pick(words, append([]string{string(v.Lang())}, v.programme.Languages...)...)
}

// favour is a gesture that somebody at the till is about to give, or one to be
// taken back.
type favour struct {
	Number  string `json:"number"`
	Member  string `json:"member"`
	Gesture string `json:"gesture"`
	Giving  string `json:"giving"`
}

// give notes a gesture before it is given, and says what to do.
func (t *till) give(v *visit) (any, error) {
	var f favour
	if err := v.read(&f); err != nil {
		return nil, err
	}
	if !number.MatchString(f.Number) {
		return nil, fault.Invalid("till_malformed", "what the till sent cannot be read; open the page again").At("/number")
	}
	w := gesture.Wish{Shop: v.shop.ID, Channel: channel, Name: "till:" + f.Number}
	var err error
	if w.MemberID, err = id.Parse(id.Member, f.Member); err != nil {
		return nil, err
	}
	if w.GestureID, err = id.Parse(id.Gesture, f.Gesture); err != nil {
		return nil, err
	}
	n, err := t.Gestures.Give(v.ctx(), v.actor, v.programme.ID, w)
	if err != nil {
		return nil, err
	}
	g, err := t.Gestures.Get(v.ctx(), auth.System("till"), v.programme.ID, n.GestureID)
	if err != nil {
		return nil, err
	}
	return t.showGiving(v, n, g, v.T("till.gesture_noted"))
}

// takeGestureBack takes back what was just noted by mistake.
func (t *till) takeGestureBack(v *visit) (any, error) {
	var f favour
	if err := v.read(&f); err != nil {
		return nil, err
	}
	which, err := id.Parse(id.Giving, f.Giving)
	if err != nil {
		return nil, err
	}
	n, err := t.Gestures.TakeBack(v.ctx(), v.actor, v.programme.ID, which, v.T("till.gesture_mistake"))
	if err != nil {
		return nil, err
	}
	g, err := t.Gestures.Get(v.ctx(), auth.System("till"), v.programme.ID, n.GestureID)
	if err != nil {
		return nil, err
	}
	return t.showGiving(v, n, g, v.T("till.gesture_back_done"))
}

func (t *till) showGiving(v *visit, n *gesture.Giving, g *gesture.Gesture, said string) (any, error) {
	html, err := v.html(givingPart(v, n, g, said))
	return scanned{Kind: "part", HTML: html}, err
}
