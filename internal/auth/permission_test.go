package auth

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regulars/internal/i18n"
)

// matrix is what the table must say, one line a permission, one column a role
// (owner, manager, marketer, agent, till, read-only) and the last for keys.
const matrix = `
members.read     O M K A T R  key
members.write    O M - A T -  key
members.merge    O M - A - -  key
members.erase    O M - - - -  key
members.export   O M - A - -  key
points.read      O M K A T R  key
points.adjust    O M - A - -  key
events.write     O M - A T -  key
rules.read       O M K A - R  key
rules.write      O M K - - -  key
rules.publish    O M - - - -  key
ranks.read       O M K A T R  key
ranks.write      O M K - - -  key
ranks.assign     O M - - - -  key
products.read    O M K A T R  key
products.write   O M K - - -  key
codes.read       O M K A T R  key
codes.write      O M K - - -  key
programmes.read  O M K A T R  key
programmes.write O M - - - -  key
staff.read       O M - - - -  key
staff.write      O M - - - -  -
keys.read        O M - - - -  key
keys.write       O M - - - -  key
audit.read       O M - - - R  key
jobs.read        O M - - - R  -
jobs.retry       O M - - - -  -
import.run       O M - - - -  key
backup.run       O - - - - -  -
simulate.run     O M K - - -  key
reports.read     O M K - - R  key
giftcards.read   O M K A T R  key
giftcards.sell   O M - A T -  key
giftcards.block  O M - A - -  key
giftcards.issue  O M - - - -  key
rewards.read     O M K A T R  key
conflicts.read   O M - A - R  key
conflicts.write  O M - A - -  key
rewards.write    O M K - - -  key
redemptions.write O M - A T -  key
contacts.read    O M K A - R  key
contacts.write   O M K A - -  key
contacts.policy  O M - - - -  key
cases.read       O M - A - R  key
cases.write      O M - A T -  key
cases.compensate O M - A - -  key
cases.approve    O M - - - -  key
cases.mail       O M - - - -  key
promises.read    O M K A - R  key
promises.write   O M - A - -  key
returns.read     O M K A - R  key
returns.write    O M - A - -  key
referrals.read   O M K A - R  key
referrals.write  O M K - - -  key
partners.read    O M K - - R  key
partners.write   O M - - - -  key
partners.settle  O M - - - -  key
till.enrol       O M - - - -  -
plans.read       O M K A T R  key
plans.write      O M K - - -  key
subscriptions.write O M - A T -  key
charges.write    O M - - - -  key
challenges.read   O M K A T R  key
challenges.write  O M K - - -  key
challenges.publish O M - - - -  key
touch.read       O M K A T R  key
touch.write      O M K A - -  key
households.read  O M K A T R  key
households.write O M - A - -  key
points.transfer  O M - A - -  key
fraud.read        O M - - - R  key
fraud.write       O M - - - -  key
surveys.read     O M K A - R  key
surveys.write    O M K - - -  key
standards.read   O M K A - R  key
standards.write  O M - - - -  key
visits.plan      O M - - - -  key
audits.write     O M - A - -  key
lessons.read     O M - - - R  key
lessons.write    O M - - - -  key
factors.read     O M K A - R  key
factors.write    O M K - - -  key
trust.read       O M K A - R  key
trust.write      O M - A - -  key
trust.publish    O M - - - -  key
bookings.read    O M K A T R  key
bookings.write   O M - A T -  key
services.write   O M K - - -  key
gestures.read    O M K A - R  key
gestures.give    O M - A T -  key
gestures.write   O M K - - -  key
churn.read       O M K A - R  key
churn.write      O M K - - -  key
calls.read       O M K A - R  key
calls.write      O M K - - -  key
calls.make       O M - A - -  key
recoveries.start O M - - - -  key
baskets.read     O M K A - R  key
baskets.write    O M - A - -  key
`

func TestPermissionMatrix(t *testing.T) {
	seen := map[Permission]bool{}
	for line := range strings.Lines(strings.TrimSpace(matrix)) {
		fields := strings.Fields(line)
		p := Permission(fields[0])
		seen[p] = true
		for i, role := range Roles() {
			a := Actor{Kind: KindStaff, ID: 1, Roles: []Assignment{{here, role}}}
			if got, want := a.Can(here, p) == nil, fields[1+i] != "-"; got != want {
				t.Errorf("%s %s: got %v, want %v", role, p, got, want)
			}
			wantCode(t, "in another programme", a.Can(there, p), "not_permitted")
			wantCode(t, "over the installation", a.Can(0, p), "not_permitted")
		}
		if got, want := p.Scope().Valid(), fields[7] == "key"; got != want {
			t.Errorf("key %s: got %v, want %v", p, got, want)
		}
	}
	for role, power := range powers {
		for _, p := range power.permissions {
			if !seen[p] {
				t.Errorf("%s has %s, which the matrix does not know", role, p)
			}
		}
	}
}

// Whoever makes a key must not gain by it.
func TestKeysGiveNoMoreThanTheirMakers(t *testing.T) {
	for _, role := range Roles() {
		if role.allows(KeysWrite) && role.AdjustLimit() < forKeys.adjust {
			t.Errorf("%s may make keys that adjust more points than %d", role, role.AdjustLimit())
		}
	}
	if forKeys.adjust <= 0 {
		t.Error("keys may not adjust at all, though there is a scope for it")
	}
}

func TestScopes(t *testing.T) {
	for _, s := range Scopes() {
		if !s.Valid() || s.permission().Scope() != s || strings.Count(string(s), ":") != 1 {
			t.Errorf("scope %q does not stand for itself", s)
		}
	}
	for _, s := range []Scope{"", "members.read", "members:", "staff:write", "backup:run", "members:read:x", "Members:read"} {
		if s.Valid() {
			t.Errorf("%q is taken for a scope", s)
		}
	}
}

func TestEveryNameHasWords(t *testing.T) {
	catalog := must(i18n.New())(t)
	for _, role := range Roles() {
		if !catalog.Has(role.Text().Key) || !catalog.Has(role.Text().Key+".help") {
			t.Errorf("role %s has no words", role)
		}
	}
	for _, p := range Owner.Permissions() {
		if !catalog.Has(p.Text().Key) {
			t.Errorf("permission %s has no words", p)
		}
	}
	for _, c := range codesInSource(t) {
		if !catalog.Has(c) {
			t.Errorf("%s has no words", c)
		}
	}
}

// codesInSource returns the keys of the texts for failures and audit actions
// that this room's code names.
func codesInSource(t *testing.T) []string {
	failure := regexp.MustCompile(`fault\.(?:Invalid|Missing|Conflict|Refused|Busy)\("([a-z_]+)"`)
	action := regexp.MustCompile(`"((?:staff|key)\.[a-z_]+)"`)
	var keys []string
	for _, name := range must(filepath.Glob("*.go"))(t) {
		if strings.HasSuffix(name, "_test.go") || name == "permission.go" {
			continue
		}
		source := string(must(os.ReadFile(name))(t))
		for _, m := range failure.FindAllStringSubmatch(source, -1) {
			keys = append(keys, "fault."+m[1])
		}
		for _, m := range action.FindAllStringSubmatch(source, -1) {
			keys = append(keys, "audit."+m[1])
		}
	}
	if len(keys) < 40 {
		t.Errorf("found only %d codes in the source", len(keys))
	}
	return slices.Compact(slices.Sorted(slices.Values(keys)))
}
