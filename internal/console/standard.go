package console

import (
	"slices"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/standard"
	"regulars/internal/web"
)

const standardPath = inProgramme + "/standards"

func (c *Console) standardRoutes() []route {
	one := standardPath + "/{standard}"
	return []route{
		{pattern: "GET " + standardPath, permission: auth.StandardsRead, do: c.standards},
		{pattern: "POST " + standardPath, permission: auth.StandardsWrite, do: c.createStandard},
		{pattern: "GET " + one, permission: auth.StandardsRead, do: c.standard},
		{pattern: "GET " + one + "/edit", permission: auth.StandardsWrite, do: c.editStandard},
		{pattern: "POST " + one + "/edit", permission: auth.StandardsWrite, do: c.saveStandard},
		{pattern: "POST " + one + "/publish", permission: auth.StandardsWrite, do: c.publishStandard},
		{pattern: "POST " + one + "/retire", permission: auth.StandardsWrite, do: c.retireStandard},
	}
}

// standardList is every standard.
type standardList struct {
	*visit
	all  []*standard.Standard
	errs web.FormErrors
}

func (c *Console) meetStandards(v *visit) (*standardList, error) {
	l := &standardList{visit: v}
	var err error
	l.all, err = c.Standards.List(v.ctx(), v.actor, v.programme.ID)
	return l, err
}

func (c *Console) standards(v *visit) error {
	l, err := c.meetStandards(v)
	if err != nil {
		return err
	}
	return v.render(standardListPage(l))
}

// createStandard writes a draft with a first criterion, to be gone on with in the
// editor.
func (c *Console) createStandard(v *visit) error {
	l, err := c.meetStandards(v)
	if err != nil {
		return err
	}
	first := standard.Criterion{Code: "k1", Form: standard.YesNo, Weight: 1, Words: standard.Words{}}
	for _, lang := range i18n.Langs() {
		first.Words[string(lang)] = c.Texts.Printer(lang, nil, "").T("console.standard.first")
	}
	lang := standard.FirstLang(&v.programme)
	n, err := c.Standards.Create(v.ctx(), v.actor, v.programme.ID, standard.Spec{Names: standard.Words{lang: v.field("name")}, Criteria: []standard.Criterion{first}})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			l.errs = web.FormErrors{"name": errs["names"]}
			return standardListPage(l)
		})
	}
	return v.redirect(v.standardAt(n.ID, "/edit"))
}

func (v *visit) standardAt(n id.ID, more string) string {
	return v.at("/standards/" + n.In(id.Standard) + more)
}

// standardPage is one standard with what was found by it.
type standardPage struct {
	*visit
	n       *standard.Standard
	kind    standard.Kind
	results *standard.Results
	shops   map[id.ID]string
}

func (c *Console) standard(v *visit) error {
	which, err := v.pathID("standard", id.Standard)
	if err != nil {
		return err
	}
	p := &standardPage{visit: v, kind: standard.Kind(v.field("kind"))}
	if !slices.Contains(standard.Kinds(), p.kind) {
		p.kind = standard.Mystery
	}
	if p.n, err = c.Standards.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	if p.shops, err = shopNames(v, c.DB.Reader()); err != nil {
		return err
	}
	if p.results, err = c.Standards.Results(v.ctx(), v.actor, v.programme.ID, standard.Span{StandardID: which, Kind: p.kind}); err != nil {
		return err
	}
	return v.render(standardShown(p))
}

func (c *Console) publishStandard(v *visit) error {
	which, err := v.pathID("standard", id.Standard)
	if err == nil {
		_, err = c.Standards.Publish(v.ctx(), v.actor, v.programme.ID, which)
	}
	if err != nil {
		return err
	}
	return v.done(v.standardAt(which, ""), "console.standard.published")
}

func (c *Console) retireStandard(v *visit) error {
	which, err := v.pathID("standard", id.Standard)
	if err == nil {
		_, err = c.Standards.Retire(v.ctx(), v.actor, v.programme.ID, which)
	}
	if err != nil {
		return err
	}
	return v.done(v.standardAt(which, ""), "console.standard.retired")
}

// standardForm is the editor of a draft.
type standardForm struct {
	*visit
	id   id.ID
	edit int64
	spec standard.Spec
	errs web.FormErrors
}

// spareCriteria is how many empty rows the editor offers.
const spareCriteria = 2

func (c *Console) meetStandardForm(v *visit) (*standardForm, error) {
	which, err := v.pathID("standard", id.Standard)
	if err != nil {
		return nil, err
	}
	n, err := c.Standards.Get(v.ctx(), v.actor, v.programme.ID, which)
	if err != nil {
		return nil, err
	}
	f := &standardForm{visit: v, id: which, edit: n.Edit, spec: n.Spec, errs: web.FormErrors{}}
	if n.Draft != nil {
		f.spec = *n.Draft
	}
	return f, nil
}

func (c *Console) editStandard(v *visit) error {
	f, err := c.meetStandardForm(v)
	if err != nil {
		return err
	}
	return v.render(standardEditor(f))
}

func (c *Console) saveStandard(v *visit) error {
	f, err := c.meetStandardForm(v)
	if err != nil {
		return err
	}
	f.read()
	seen, err := strconv.ParseInt(v.field("edit"), 10, 64)
	if err != nil || seen < 1 {
		return fault.Conflict("standard_changed", "somebody changed this meanwhile; look at it again")
	}
	f.edit = seen
	if _, err := c.Standards.Change(v.ctx(), v.actor, v.programme.ID, f.id, seen, f.spec); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			for at, said := range errs {
				f.errs.Add(standardField(at), said)
			}
			return standardEditor(f)
		})
	}
	if v.field("do") == "more" {
		return v.done(v.standardAt(f.id, "/edit"), "console.standard.saved")
	}
	return v.done(v.standardAt(f.id, ""), "console.standard.saved")
}

// read takes the standard as it was typed; criteria without words are dropped.
func (f *standardForm) read() {
	old := f.spec
	f.spec = standard.Spec{Names: f.wordsOf("name"), Intro: f.wordsOf("intro")}
	taken := map[string]bool{}
	for _, c := range old.Criteria {
		taken[c.Code] = true
	}
	for i := range standard.MaxCriteria + spareCriteria {
		n := "_" + strconv.Itoa(i)
		c := standard.Criterion{
			Form: standard.Form(f.field("form" + n)), Top: f.whole("top" + n), Weight: f.whole("weight" + n), Critical: f.field("critical"+n) != "",
			Least: f.whole("least" + n), Words: f.wordsOf("words" + n), Help: f.wordsOf("help" + n),
		}
		if len(c.Words) == 0 {
			continue
		}
		if i < len(old.Criteria) {
			c.Code = old.Criteria[i].Code
			if old.Criteria[i].Form != c.Form || c.Form == standard.Scale && old.Criteria[i].Top != c.Top {
				c.Code = "" // another kind of answer is another criterion
			}
		}
		for k := len(taken) + 1; c.Code == ""; k++ {
			if fresh := "k" + strconv.Itoa(k); !taken[fresh] {
				c.Code, taken[fresh] = fresh, true
			}
		}
		if !c.Critical || c.Form == standard.YesNo {
			c.Least = 0
		}
		f.spec.Criteria = append(f.spec.Criteria, c)
	}
}

func (f *standardForm) wordsOf(name string) standard.Words {
	w := standard.Words{}
	for _, l := range i18n.Langs() {
		if said := f.field(name + "_" + string(l)); said != "" {
			w[string(l)] = said
		}
	}
	return w
}

// whole reads a small number; what is none is one that no field takes.
func (f *standardForm) whole(name string) int {
	typed := f.field(name)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		return -1
	}
	return n
}

// rows are the criteria with the empty ones to be filled in.
func (f *standardForm) rows() []standard.Criterion {
	list := slices.Clone(f.spec.Criteria)
	for range min(spareCriteria, standard.MaxCriteria-len(list)) {
		list = append(list, standard.Criterion{Form: standard.YesNo, Weight: 1})
	}
	return list
}
