package shelf

import (
	"os"
	"slices"
	"testing"
	"time"

	"regulars/internal/id"
)

func TestThingsStandOnAShelf(t *testing.T) {
	s := Shelf{Dir: t.TempDir(), Prefix: id.Import}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []id.ID{3, 5, 4} {
		check(s.Place(n))
		check(s.Keep(n, "about.json", map[string]int64{"n": int64(n)}))
	}
	check(os.Mkdir(s.Path(3, "../stranger"), 0o700))
	check(os.WriteFile(s.Path(3, "../"+id.ID(9).In(id.Import)), nil, 0o600)) // a file is no thing
	list, err := s.All()
	if check(err); !slices.Equal(list, []id.ID{5, 4, 3}) {
		t.Errorf("there stand %v", list)
	}
	var about map[string]int64
	if ok, err := s.Find(4, "about.json", &about); !ok || err != nil || about["n"] != 4 {
		t.Errorf("of 4 it says %v, %v", about, err)
	}
	if ok, err := s.Find(4, "other.json", &about); ok || err != nil {
		t.Errorf("there is another: %v", err)
	}
	check(os.WriteFile(s.Path(4, "about.json"), []byte("{"), 0o600))
	if _, err := s.Find(4, "about.json", &about); err == nil {
		t.Error("half a file is read")
	}
	check(s.Drop(4, "about.json", "never.json"))
	check(s.Drop(5))
	if list, err = s.All(); err != nil || !slices.Equal(list, []id.ID{4, 3}) {
		t.Errorf("there stand %v, %v", list, err)
	}
	if none, err := (Shelf{Dir: s.Path(3, "nowhere"), Prefix: id.Import}).All(); err != nil || len(none) > 0 {
		t.Errorf("where no folder is there stand %v, %v", none, err)
	}
}

func TestOldThings(t *testing.T) {
	made := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	n := id.NewMaker(1, time.Time{}, func() time.Time { return made }).New()
	if OlderThan(n, made.Add(time.Hour), time.Hour) || !OlderThan(n, made.Add(time.Hour+time.Second), time.Hour) {
		t.Error("it is not an hour old an hour later, and older after it")
	}
}
