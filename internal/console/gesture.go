package console

import (
	"slices"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/gesture"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

const gesturePath = inProgramme + "/gestures"

func (c *Console) gestureRoutes() []route {
	one := gesturePath + "/{gesture}"
	return []route{
		{pattern: "GET " + gesturePath, permission: auth.GesturesRead, do: c.gestures},
		{pattern: "GET " + gesturePath + "/new", permission: auth.GesturesWrite, do: c.editGesture},
		{pattern: "POST " + gesturePath + "/new", permission: auth.GesturesWrite, do: c.saveGesture},
		{pattern: "GET " + one, permission: auth.GesturesRead, do: c.gesture},
		{pattern: "GET " + one + "/edit", permission: auth.GesturesWrite, do: c.editGesture},
		{pattern: "POST " + one + "/edit", permission: auth.GesturesWrite, do: c.saveGesture},
		{pattern: "POST " + one + "/retire", permission: auth.GesturesWrite, do: c.retireGesture},
		{pattern: "GET " + memberPath + "/gestures", permission: auth.GesturesRead, do: c.memberGestures},
		{pattern: "POST " + memberPath + "/gestures", permission: auth.GesturesGive, do: c.giveGesture},
		{pattern: "POST " + memberPath + "/gestures/{giving}/take-back", permission: auth.GesturesGive, do: c.takeGestureBack},
	}
}

func (v *visit) gestureAt(n id.ID, more string) string {
	return v.at("/gestures/" + n.In(id.Gesture) + more)
}

// gestureShelf is the library.
type gestureShelf struct {
	*visit
	list []*gesture.Gesture
}

func (c *Console) gestures(v *visit) error {
	l := &gestureShelf{visit: v}
	var err error
	if l.list, err = c.Gestures.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(gestureListPage(l))
}

// gesturesShown is how many of what was given a page has.
const gesturesShown = 20

// gesturePage is one of the library with what was given and what followed.
type gesturePage struct {
	*visit
	*gesture.Results
	givings []*gesture.Giving
	shops   map[id.ID]string
	names   map[id.ID]string
	actors  map[string]string
}

func (c *Console) meetGesture(v *visit) (*gesturePage, error) {
	which, err := v.pathID("gesture", id.Gesture)
	if err != nil {
		return nil, err
	}
	p := &gesturePage{visit: v}
	if p.Results, err = c.Gestures.Results(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.givings, err = c.Gestures.Givings(v.ctx(), v.actor, gesture.Query{ProgrammeID: v.programme.ID, GestureID: which, Limit: gesturesShown}); err != nil {
		return nil, err
	}
	return p, c.DB.View(v.ctx(), func(q db.Queryer) error {
		if p.shops, err = shopNames(v, q); err != nil {
			return err
		}
		if p.actors, err = givers(v, q, p.givings); err != nil || !v.can(auth.MembersRead) {
			return err
		}
		var ids []id.ID
		for _, n := range p.givings {
			ids = append(ids, n.MemberID)
		}
		people, err := member.Read(v.ctx(), q, ids)
		p.names = map[id.ID]string{}
		for asked, m := range people {
			p.names[asked] = firstOr(m.Name(), m.ID.In(id.Member))
		}
		return err
	})
}

// givers names those of the staff who gave something.
func givers(v *visit, q db.Queryer, list []*gesture.Giving) (map[string]string, error) {
	var actors []string
	for _, n := range list {
		if strings.HasPrefix(n.Actor, string(auth.KindStaff)) && !slices.Contains(actors, n.Actor) {
			actors = append(actors, n.Actor)
		}
	}
	return auth.Names(v.ctx(), q, actors)
}

func (c *Console) gesture(v *visit) error {
	p, err := c.meetGesture(v)
	if err != nil {
		return err
	}
	return v.render(gestureShown(p))
}

func (c *Console) retireGesture(v *visit) error {
	which, err := v.pathID("gesture", id.Gesture)
	if err == nil {
		_, err = c.Gestures.Retire(v.ctx(), v.actor, v.programme.ID, which)
	}
	if err != nil {
		return err
	}
	return v.done(v.gestureAt(which, ""), "console.gesture.retired")
}

// gestureForm is the editor of a gesture.
type gestureForm struct {
	*visit
	id      id.ID // 0 for a new one
	version int64
	spec    gesture.Spec
	shops   []web.Option
	errs    web.FormErrors
}

// usualCalm is how many days after a complaint a new gesture waits.
const usualCalm = 14

func (c *Console) meetGestureForm(v *visit) (*gestureForm, error) {
	f := &gestureForm{visit: v, spec: gesture.Spec{Kind: gesture.Favour, EveryDays: gesture.UsualEvery, CalmDays: usualCalm}, errs: web.FormErrors{}}
	if v.r.PathValue("gesture") == "" {
		if gesture.Kind(v.r.URL.Query().Get("kind")) == gesture.Tip {
			f.spec = gesture.Spec{Kind: gesture.Tip}
		}
		return f, nil
	}
	which, err := v.pathID("gesture", id.Gesture)
	if err != nil {
		return nil, err
	}
	g, err := c.Gestures.Get(v.ctx(), v.actor, v.programme.ID, which)
	if err != nil {
		return nil, err
	}
	f.id, f.version, f.spec = g.ID, g.Version, g.Spec
	return f, nil
}

func (c *Console) gestureShops(f *gestureForm) (err error) {
	var chosen []string
	for _, n := range f.spec.Shops {
		chosen = append(chosen, n.In(id.Shop))
	}
	f.shops, err = c.shopChoices(f.visit, chosen...)
	return err
}

func (c *Console) editGesture(v *visit) error {
	f, err := c.meetGestureForm(v)
	if err != nil {
		return err
	}
	if err := c.gestureShops(f); err != nil {
		return err
	}
	return v.render(gestureEditor(f))
}

func (c *Console) saveGesture(v *visit) error {
	f, err := c.meetGestureForm(v)
	if err != nil {
		return err
	}
	var g *gesture.Gesture
	if err = f.read(); err == nil && f.id == 0 {
		g, err = c.Gestures.Add(v.ctx(), v.actor, v.programme.ID, f.spec)
	} else if err == nil {
		g, err = c.Gestures.Change(v.ctx(), v.actor, v.programme.ID, f.id, f.version, f.spec)
	}
	if err != nil {
		if err := c.gestureShops(f); err != nil {
			return err
		}
		return v.mend(err, func(errs web.FormErrors) component {
			for at, said := range errs {
				f.errs.Add(gestureField(at), said)
			}
			return gestureEditor(f)
		})
	}
	return v.done(v.gestureAt(g.ID, ""), "console.standard.saved")
}

// gestureField is the field that a part of a gesture is typed in.
func gestureField(pointer string) string {
	first, lang, of := strings.Cut(pointer, "/")
	switch {
	case first != "names" && first != "fits" && first != "does":
		return first
	case of:
		return first + "_" + lang
	}
	return first + "_" + string(i18n.Langs()[0])
}

// read takes the gesture as it was typed.
func (f *gestureForm) read() error {
	typed := &standardForm{visit: f.visit}
	words := func(name string) gesture.Words { return gesture.Words(typed.wordsOf(name)) }
	kind := f.spec.Kind
	if f.id == 0 {
		kind = gesture.Kind(f.field("kind"))
	}
	f.version = f.seenVersion()
	if f.version < 1 {
		f.version = -1 // of no change: a conflict
	}
	f.spec = gesture.Spec{
		Kind: kind, Names: words("names"), Fits: words("fits"), Does: words("does"), EveryDays: typed.whole("every_days"), MonthMost: int64(typed.whole("month_most")),
		CalmDays: typed.whole("calm_days"), DuringCase: f.field("during_case") != "", Withhold: 100 * typed.whole("withhold"),
	}
	for _, r := range f.r.PostForm["roles"] {
		f.spec.Roles = append(f.spec.Roles, auth.Role(r))
	}
	for _, shown := range f.r.PostForm["shops"] {
		if n, err := id.Parse(id.Shop, shown); err == nil {
			f.spec.Shops = append(f.spec.Shops, n)
		}
	}
	cost, err := f.figures().read(f.field("cost"), f.programme.Currency.Decimals())
	f.spec.Cost = cost
	return placed(err, "/cost")
}

func (f *gestureForm) to() string {
	if f.id == 0 {
		return f.at("/gestures/new")
	}
	return f.gestureAt(f.id, "/edit")
}

func (f *gestureForm) title() i18n.Said {
	switch {
	case f.id == 0 && f.spec.Kind == gesture.Tip:
		return i18n.Said{Text: f.T("console.gesture.new_tip")}
	case f.id == 0:
		return i18n.Said{Text: f.T("console.gesture.new")}
	}
	return f.own(f.spec.Names)
}

func (f *gestureForm) roleOptions() []web.Option {
	var list []web.Option
	for _, r := range auth.Roles() {
		if slices.Contains(r.Permissions(), auth.GesturesGive) {
			list = append(list, web.Option{Value: string(r), Label: f.Say(r.Text()), Chosen: slices.Contains(f.spec.Roles, r)})
		}
	}
	return list
}

// small writes a number that is 0 when nothing is said.
func (f *gestureForm) small(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
