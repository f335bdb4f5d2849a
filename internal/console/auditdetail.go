package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
)

// details say in words what was kept with an entry; what has no words of its
// own is shown as it was kept.
func (p *auditPage) details(r auth.AuditRow) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(r.Detail)) {
		if said := p.detail(name, r.Detail[name]); said != "" {
			list = append(list, said)
		}
	}
	return list
}

// silentDetails name what says nothing to people: codes that stand for what
// the entry is about anyhow.
var silentDetails = []string{"code", "event", "unit"}

func (p *auditPage) detail(name string, v any) string {
	value := p.detailValue(name, v)
	switch _, isText := v.(string); {
	case value == "" || slices.Contains(silentDetails, name) || name == "version" && isText:
		return ""
	case isText && (name == "from" || name == "to"):
		name += "_name"
	}
	if key := "audit.detail." + name; p.Has(key) {
		return p.T(key, "value", value)
	}
	return name + ": " + value
}

// detailValue says one value of the trail: a time (microseconds, 0 for none), a
// name for an identifier, words for a code.
func (p *auditPage) detailValue(name string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		switch {
		case name != "from" && name != "until":
			return p.Number(int64(v))
		case v == 0:
			return ""
		}
		return p.DateTime(time.UnixMicro(int64(v)))
	case string:
		return p.detailWord(name, v)
	case []any:
		words := make([]string, len(v))
		for i, one := range v {
			words[i] = p.detailValue(name, one)
		}
		return strings.Join(words, ", ")
	}
	return fmt.Sprint(v)
}

func (p *auditPage) detailWord(name, code string) string {
	switch name {
	case "scopes":
		return p.Say(permissionOf(auth.Scope(code)).Text())
	case "role":
		return p.Say(auth.Role(code).Text())
	case "kind":
		if key := "promo_code.kind." + code; p.Has(key) {
			return p.T(key)
		}
		return p.kind(code)
	case "statements":
		return p.statement(code)
	}
	for prefix, names := range map[string]string{
		"audit.field.": "changed", "member.identity.": "identities_added identities_removed", "console.settings.policy.": "clawback",
	} {
		if slices.Contains(strings.Fields(names), name) && p.Has(prefix+code) {
			return p.T(prefix + code)
		}
	}
	if known := p.subjects[code]; known != "" {
		return known
	}
	return code
}

// statement says a consent: for what, by which way, given or withdrawn.
func (p *auditPage) statement(kept string) string {
	words := strings.Fields(kept)
	if len(words) != 3 || !p.Has("audit.statement."+words[2]) {
		return kept
	}
	return p.T("audit.statement."+words[2], "purpose", p.T("member.purpose."+words[0]), "channel", p.T("member.channel."+words[1]))
}

// mentioned are the identifiers of an entry: what it is about, and what else
// it names.
func mentioned(r auth.AuditRow) []string {
	list := []string{r.Subject}
	for _, name := range []string{"other", "ladder", "shop", "offer", "batch", "member"} {
		if one, is := r.Detail[name].(string); is {
			list = append(list, one)
		}
	}
	return list
}
