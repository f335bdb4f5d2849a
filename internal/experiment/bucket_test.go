package experiment

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// The pinned values are those of an independent reckoning in Python:
//
//	h = hashlib.sha256()
//	for s in texts: h.update(struct.pack(">Q", len(s.encode())) + s.encode())
//	int.from_bytes(h.digest()[:8], "big") % 10000
func TestBucketIsPinned(t *testing.T) {
	for _, c := range []struct {
		salt, source, external string
		want                   int
	}{
		{"", "", "", 5838},
		{"salt", "till", "1", 9915},
		{"salt", "till", "2", 7465},
		{"pepper", "till", "1", 3040},
		{"salt", "", "till1", 530},
		{"Соль", "касса", "ż-17", 7993},
	} {
		if got := Bucket(c.salt, c.source, c.external); got != c.want {
			t.Errorf("Bucket(%q, %q, %q) = %d, want %d", c.salt, c.source, c.external, got, c.want)
		}
	}
}

// chiSquare returns the statistic of counts against equal expectations.
func chiSquare(counts []int, n int) float64 {
	expected, sum := float64(n)/float64(len(counts)), 0.0
	for _, c := range counts {
		d := float64(c) - expected
		sum += d * d / expected
	}
	return sum
}

// With 99 degrees of freedom a fair draw exceeds 148.2 once in a thousand
// (NIST handbook, table 1.3.6.7.4); the salts are fixed, so the test is too.
func TestBucketsAreUniform(t *testing.T) {
	const customers, cells, critical = 100_000, 100, 148.230
	for _, salt := range []string{"", "alpha", "beta", "Соль"} {
		counts := make([]int, cells)
		for i := range customers {
			counts[Bucket(salt, "till", strconv.Itoa(i))*cells/Buckets]++
		}
		if x := chiSquare(counts, customers); x > critical {
			t.Errorf("salt %q: chi-square %.1f exceeds %.1f", salt, x, critical)
		}
	}
}

// Two programmes must not hold out the same people: the joint draw under two
// salts is uniform over 10 × 10 cells.
func TestSaltsAreIndependent(t *testing.T) {
	const customers, critical = 100_000, 148.230
	counts := make([]int, 100)
	for i := range customers {
		a, b := Bucket("one", "till", strconv.Itoa(i)), Bucket("two", "till", strconv.Itoa(i))
		counts[a/1000*10+b/1000]++
	}
	if x := chiSquare(counts, customers); x > critical {
		t.Errorf("chi-square of the joint draw %.1f exceeds %.1f", x, critical)
	}
}

func TestTextsDoNotRunTogether(t *testing.T) {
	if Bucket("s", "ab", "c") == Bucket("s", "a", "bc") && Bucket("sa", "b", "c") == Bucket("s", "ab", "c") {
		t.Error("moving letters between the texts draws the same bucket")
	}
}

func TestHeld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bucket := Bucket(rapid.String().Draw(t, "salt"), rapid.String().Draw(t, "source"), rapid.String().Draw(t, "external"))
		if bucket < 0 || bucket >= Buckets {
			t.Fatalf("bucket %d is out of range", bucket)
		}
		if Held(bucket, 0) || !Held(bucket, Buckets) {
			t.Fatal("a share of nothing holds somebody, or a share of all lets somebody go")
		}
		small := rapid.IntRange(0, Buckets).Draw(t, "small")
		large := rapid.IntRange(small, Buckets).Draw(t, "large")
		if Held(bucket, small) && !Held(bucket, large) {
			t.Fatal("a larger group lost somebody whom the smaller had")
		}
	})
}

func TestHeldShareIsTheShare(t *testing.T) {
	const customers, share = 50_000, 500
	held := 0
	for i := range customers {
		if Held(Bucket("salt", "web", strconv.Itoa(i)), share) {
			held++
		}
	}
	// 5 % of 50,000 is 2,500 with a standard deviation of 48.7; four of them.
	if held < 2_305 || held > 2_695 {
		t.Errorf("%d of %d are held, want about 2,500", held, customers)
	}
}
