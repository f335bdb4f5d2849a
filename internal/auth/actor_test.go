package auth

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/id"
)

func staffWith(roles ...Assignment) Actor { return Actor{Kind: KindStaff, ID: 5, Roles: roles} }

func TestActorCan(t *testing.T) {
	key := Actor{Kind: KindKey, ID: 6, ProgrammeID: here, Scopes: []Scope{"members:read"}}
	for _, c := range []struct {
		name      string
		actor     Actor
		programme id.ID
		p         Permission
		ok        bool
	}{
		{"nobody", Actor{}, here, MembersRead, false},
		{"the system", System("demo"), 0, BackupRun, true},
		{"a key in its programme", key, here, MembersRead, true},
		{"a key in another programme", key, there, MembersRead, false},
		{"a key over the installation", key, 0, MembersRead, false},
		{"a key without the scope", key, here, MembersWrite, false},
		{"a key with a scope no key may have", Actor{Kind: KindKey, ProgrammeID: here, Scopes: []Scope{"staff:write", ""}}, here, StaffWrite, false},
		{"a key of no programme", Actor{Kind: KindKey, Scopes: []Scope{"members:read"}}, 0, MembersRead, false},
		{"a member", Actor{Kind: KindMember, ID: 7, ProgrammeID: here}, here, MembersRead, false},
		{"a role everywhere", staffWith(Assignment{0, Till}), there, MembersRead, true},
		{"a role everywhere, over the installation", staffWith(Assignment{0, Manager}), 0, JobsRetry, true},
		{"the stronger of two roles", staffWith(Assignment{0, ReadOnly}, Assignment{here, Manager}), here, RulesPublish, true},
		{"the weaker of two roles", staffWith(Assignment{0, ReadOnly}, Assignment{here, Manager}), there, RulesPublish, false},
		{"an unknown role", staffWith(Assignment{0, "boss"}), here, MembersRead, false},
	} {
		code := "not_permitted"
		if c.ok {
			code = ""
		}
		wantCode(t, c.name, c.actor.Can(c.programme, c.p), code)
	}
}

func TestActorString(t *testing.T) {
	for want, a := range map[string]Actor{
		"system:demo":                      System("demo"),
		"staff:" + id.ID(5).In(id.Staff):   staffWith(),
		"key:" + id.ID(6).In(id.Key):       {Kind: KindKey, ID: 6},
		"member:" + id.ID(7).In(id.Member): {Kind: KindMember, ID: 7},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCanAdjust(t *testing.T) {
	agent := staffWith(Assignment{here, Agent})
	for _, c := range []struct {
		name     string
		actor    Actor
		amount   int64
		decimals int
		code     string
	}{
		{"at the limit", agent, 1_000, 0, ""},
		{"below zero at the limit", agent, -1_000, 0, ""},
		{"over the limit", agent, 1_001, 0, "over_adjust_limit"},
		{"below zero over the limit", agent, -1_001, 0, "over_adjust_limit"},
		{"at the limit in hundredths", agent, 100_000, 2, ""},
		{"over the limit in hundredths", agent, 100_001, 2, "over_adjust_limit"},
		{"the least number", agent, math.MinInt64, 2, "over_adjust_limit"},
		{"decimals beyond all numbers", agent, math.MaxInt64, 30, ""},
		{"an owner", staffWith(Assignment{0, Owner}), math.MaxInt64, 0, ""},
		{"the system", System("demo"), math.MinInt64, 0, ""},
		{"a key", Actor{Kind: KindKey, ProgrammeID: here, Scopes: []Scope{"points:adjust"}}, 100_001, 0, "over_adjust_limit"},
		{"a key without the scope", Actor{Kind: KindKey, ProgrammeID: here}, 1, 0, "not_permitted"},
		{"a till", staffWith(Assignment{here, Till}), 1, 0, "not_permitted"},
		{"the higher of two limits", staffWith(Assignment{0, Agent}, Assignment{here, Manager}), 100_000, 0, ""},
	} {
		wantCode(t, c.name, c.actor.CanAdjust(here, c.amount, c.decimals), c.code)
	}
}

func TestActorProgrammes(t *testing.T) {
	some := staffWith(Assignment{here, Till}, Assignment{there, Manager})
	only, every := some.Programmes(MembersRead)
	if diff := cmp.Diff([]id.ID{here, there}, only); diff != "" || every {
		t.Errorf("two programmes: every %v, %s", every, diff)
	}
	if only, every = some.Programmes(RulesWrite); every || !cmp.Equal(only, []id.ID{there}) {
		t.Errorf("one programme: got %v %v", only, every)
	}
	if _, every = staffWith(Assignment{0, Till}).Programmes(MembersRead); !every {
		t.Error("a role everywhere is not everywhere")
	}
	key := Actor{Kind: KindKey, ProgrammeID: here, Scopes: []Scope{"members:read"}}
	if only, every = key.Programmes(MembersRead); every || !cmp.Equal(only, []id.ID{here}) {
		t.Errorf("a key: got %v %v", only, every)
	}
	if only, every = key.Programmes(MembersWrite); every || only != nil {
		t.Errorf("a key without the scope: got %v %v", only, every)
	}
}

// Nobody may manage a role that can do anything they cannot.
func TestMayManageNeverExceedsOwnPowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		assignment := rapid.Custom(func(t *rapid.T) Assignment {
			return Assignment{rapid.SampledFrom([]id.ID{0, here, there}).Draw(t, "programme"), rapid.SampledFrom(Roles()).Draw(t, "role")}
		})
		a := staffWith(rapid.SliceOfN(assignment, 0, 3).Draw(t, "own")...)
		roles := rapid.SliceOfN(assignment, 0, 3).Draw(t, "theirs")
		if a.mayManage(roles) != nil {
			return
		}
		them := staffWith(roles...)
		for _, programme := range []id.ID{0, here, there} {
			for _, p := range Owner.Permissions() {
				if them.holds(programme, p) && !a.holds(programme, p) {
					t.Fatalf("%v manages %v, who holds %s in %d", a.Roles, roles, p, programme)
				}
			}
			if them.AdjustLimit(programme) > a.AdjustLimit(programme) {
				t.Fatalf("%v manages %v, who adjust more in %d", a.Roles, roles, programme)
			}
		}
	})
}

func TestManagersManageTheirOwnProgrammeOnly(t *testing.T) {
	manager := staffWith(Assignment{here, Manager})
	for _, c := range []struct {
		roles []Assignment
		code  string
	}{
		{[]Assignment{{here, Agent}}, ""},
		{[]Assignment{{here, Manager}}, ""},
		{[]Assignment{{here, Owner}}, "role_above_yours"},
		{[]Assignment{{there, Agent}}, "not_permitted"},
		{[]Assignment{{0, Agent}}, "not_permitted"},
		{[]Assignment{{here, Agent}, {there, Agent}}, "not_permitted"},
		{[]Assignment{{here, "boss"}}, "unknown_role"},
		{nil, "not_permitted"},
	} {
		wantCode(t, string(append([]Assignment{{}}, c.roles...)[len(c.roles)].Role), manager.mayManage(c.roles), c.code)
	}
}
