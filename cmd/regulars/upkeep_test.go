package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionsSayWhatIsKnown(t *testing.T) {
	commit := []debug.BuildSetting{{Key: "vcs.revision", Value: "22b767a4d0f1c2e3b4a5"}}
	for _, c := range []struct {
		recorded string
		settings []debug.BuildSetting
		want     string
	}{
		{"v1.2.3", commit, "v1.2.3"},
		{"(devel)", commit, "unreleased-22b767a4d0f1"},
		{"(devel)", nil, "unreleased"},
		{"", nil, "unreleased"},
	} {
		if got := named(&debug.BuildInfo{Main: debug.Module{Version: c.recorded}, Settings: c.settings}); got != c.want {
			t.Errorf("%q: got %q, want %q", c.recorded, got, c.want)
		}
	}
}
