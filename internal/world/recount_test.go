package world

import (
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRecount runs the independent count, which needs Python, and compares
// its whole output with what is kept of it.
func TestRecount(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	path := writeCSV(t)
	for _, c := range []struct {
		golden string
		slow   bool
		args   []string
	}{
		{"online_retail_2000.json", false, []string{"--limit", "2000", path}},
		{"online_retail.json", true, []string{path}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			if c.slow && testing.Short() {
				t.Skip("it takes some ten seconds")
			}
			got, err := exec.Command(python, append([]string{"recount/recount.py"}, c.args...)...).Output()
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile("testdata/" + c.golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("the count has changed (-kept +now):\n%s", d)
			}
		})
	}
}
