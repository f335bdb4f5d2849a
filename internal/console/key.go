package console

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/web"
)

func (c *Console) keyRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/keys", permission: auth.KeysRead, do: c.showKeys},
		{pattern: "POST /p/{slug}/keys", permission: auth.KeysWrite, do: c.createKey},
		{pattern: "POST /p/{slug}/keys/{key}/revoke", permission: auth.KeysWrite, do: c.revokeKey},
	}
}

// keyList is the page of API keys.
type keyList struct {
	*visit
	keys []auth.Key
	now  time.Time
	form keyForm
	errs web.FormErrors
}

type keyForm struct {
	Name, Expires string
	Scopes        []string
}

func (c *Console) keyList(v *visit) (*keyList, error) {
	l := &keyList{visit: v, now: c.Now(), form: keyForm{Scopes: usualScopes}}
	var err error
	l.keys, err = c.Auth.Keys(v.ctx(), v.actor, v.programme.ID)
	return l, err
}

// usualScopes are what a till or a shop needs: to send what happened and to
// ask what a customer has.
var usualScopes = []string{string(auth.EventsWrite.Scope()), string(auth.MembersRead.Scope()), string(auth.PointsRead.Scope())}

func (c *Console) showKeys(v *visit) error {
	l, err := c.keyList(v)
	if err != nil {
		return err
	}
	return v.render(keyListPage(l))
}

func (c *Console) createKey(v *visit) error {
	l, err := c.keyList(v)
	if err != nil {
		return err
	}
	l.form = keyForm{Name: v.field("name"), Expires: v.field("expires"), Scopes: v.r.Form["scopes"]}
	mended := func(errs web.FormErrors) templ.Component {
		l.errs = errs
		return keyListPage(l)
	}
	expires, err := v.day("expires")
	if err != nil {
		return v.mend(err, mended)
	}
	if !expires.IsZero() {
		expires = expires.AddDate(0, 0, 1) // the day itself is the last
	}
	made, secret, err := c.Auth.CreateKey(v.ctx(), v.actor, auth.NewKey{
		ProgrammeID: v.programme.ID, Name: l.form.Name, Scopes: scopesOf(l.form.Scopes), Expires: expires,
	})
	if err != nil {
		return v.mend(err, mended)
	}
	return v.render(keySecretPage(v, made, secret))
}

func scopesOf(list []string) []auth.Scope {
	var scopes []auth.Scope
	for _, s := range list {
		scopes = append(scopes, auth.Scope(s))
	}
	return scopes
}

func (c *Console) revokeKey(v *visit) error {
	key, err := v.pathID("key", id.Key)
	if err != nil {
		return err
	}
	if err := c.Auth.RevokeKey(v.ctx(), v.actor, v.programme.ID, key); err != nil {
		return err
	}
	return v.done(v.at("/keys"), "console.key.revoked")
}

// permissionOf is what a scope allows.
func permissionOf(s auth.Scope) auth.Permission {
	return auth.Permission(strings.Replace(string(s), ":", ".", 1))
}

// scopeOptions are what the person may let a key do.
func (l *keyList) scopeOptions() []web.Option {
	var list []web.Option
	for _, s := range auth.Scopes() {
		if l.can(permissionOf(s)) {
			list = append(list, web.Option{Value: string(s), Label: l.Say(permissionOf(s).Text()), Help: string(s)})
		}
	}
	return web.Choose(list, l.form.Scopes...)
}

// live reports whether a key opens anything.
func (l *keyList) live(k auth.Key) bool {
	return k.Revoked.IsZero() && (k.Expires.IsZero() || l.now.Before(k.Expires))
}

func (l *keyList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.key.title"),
		Columns: []web.Column{
			{Head: l.T("console.key.name")}, {Head: l.T("console.key.scopes")}, {Head: l.T("console.key.used")},
			{Head: l.T("console.key.state")}, {Head: l.T("console.key.do"), Hidden: true},
		},
		Empty: l.empty(),
	}
	for _, k := range l.keys {
		t.Rows = append(t.Rows, web.Row{Quiet: !l.live(k), Cells: []templ.Component{
			web.TwoLines(k.Name, "rg_"+k.Prefix+"_…"), web.Words(l.scopes(k)), web.Words(l.used(k)), l.state(k), keyRevoke(l, k),
		}})
	}
	return t
}

// scopes says what a key may do.
func (l *keyList) scopes(k auth.Key) string {
	var list []string
	for _, s := range k.Scopes {
		list = append(list, l.Say(permissionOf(s).Text()))
	}
	return l.List(list)
}

func (l *keyList) used(k auth.Key) string {
	if k.Used.IsZero() {
		return l.T("console.key.never")
	}
	return l.DateTime(k.Used)
}

func (l *keyList) state(k auth.Key) templ.Component {
	switch {
	case !k.Revoked.IsZero():
		return web.Badge(web.Neutral, l.T("console.key.state_revoked"))
	case !l.live(k):
		return web.Badge(web.Neutral, l.T("console.key.state_expired"))
	case !k.Expires.IsZero():
		return web.Badge(web.Warn, l.T("console.key.state_until", "until", k.Expires.AddDate(0, 0, -1)))
	}
	return web.Badge(web.Good, l.T("console.key.state_live"))
}

func (l *keyList) empty() templ.Component {
	h := web.Hint{Icon: web.IconKey, Title: l.T("console.key.none"), Text: l.T("console.key.none_text")}
	if l.can(auth.KeysWrite) {
		h.Next = &web.Button{Label: l.T("console.key.create"), Kind: web.Primary, Opens: "create"}
	}
	return web.Empty(h)
}

func (l *keyList) head() web.Head {
	h := web.Head{Title: l.T("console.key.title"), Lead: l.T("console.key.lead")}
	if l.can(auth.KeysWrite) && len(l.keys) > 0 {
		h.Actions = web.Action(web.Button{Label: l.T("console.key.create"), Kind: web.Primary, Icon: web.IconPlus, Opens: "create"})
	}
	return h
}

// tryKey is a line that asks the API something with a key; a partner's asks about
// the partner, as it may ask nothing else.
func (v *visit) tryKey(k auth.Key, secret string) string {
	path := "/v1/members"
	if k.PartnerID != 0 {
		path = "/v1/partners/" + k.PartnerID.In(id.Partner)
	}
	return "curl -H 'Authorization: Bearer " + secret + "' " + v.whole(path)
}

// whole is the address of a path as somebody elsewhere opens it.
func (v *visit) whole(path string) string {
	scheme := "http"
	if secure(v.r) {
		scheme = "https"
	}
	return scheme + "://" + v.r.Host + path
}
