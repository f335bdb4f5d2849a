package promo

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"io"
	"math"
	"math/bits"
	"slices"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
)

const (
	signBits = 5
	// leading is the number of signs that are drawn as one number; signs after
	// these are drawn each for itself.
	leading = 12
)

// codeSpace returns how many codes have that many random signs; the greatest
// number where they are more than can be counted.
func codeSpace(length int) int64 {
	if length > leading {
		return math.MaxInt64
	}
	return 1 << (signBits * length)
}

// fitting returns the least length, from the one given, whose space is at most
// half full with so many codes; -1 when none is. Taken says how many codes of a
// length there are already.
func fitting(length int, wanted int64, taken func(length int) (int64, error)) (int, error) {
	for ; length <= maxLength; length++ {
		n, err := taken(length)
		if err != nil {
			return 0, err
		}
		if wanted+n <= codeSpace(length)/2 {
			return length, nil
		}
	}
	return -1, nil
}

// drawer draws the random part of codes.
type drawer struct {
	in     io.Reader
	length int
}

func newDrawer(length int) *drawer {
	return &drawer{bufio.NewReaderSize(rand.Reader, 16<<10), length}
}

// draw returns up to n distinct texts in order, drawn evenly from the part of
// the space from lo to below hi of whole. The parts make the codes of a large
// batch come in the order of their key, which databases write many times
// faster, and leave each as hard to guess.
func (d *drawer) draw(n int, lo, hi, whole int64) ([]string, error) {
	space := uint64(1) << (signBits * min(d.length, leading))
	from, to := share(space, lo, whole), share(space, hi, whole)
	numbers := make([]uint64, n)
	for i := range numbers {
		v, err := d.below(to - from)
		if err != nil {
			return nil, err
		}
		numbers[i] = from + v
	}
	slices.Sort(numbers)
	if d.length <= leading {
		numbers = slices.Compact(numbers)
	}
	texts := make([]string, len(numbers))
	for i, v := range numbers {
		text, err := d.text(v)
		if err != nil {
			return nil, err
		}
		texts[i] = text
	}
	slices.Sort(texts)
	return slices.Compact(texts), nil
}

// share returns space × part ÷ whole, rounded down.
func share(space uint64, part, whole int64) uint64 {
	hi, lo := bits.Mul64(space, uint64(part))
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return q
}

// below returns a number from 0 to below n, each as likely as any other: what
// would make some likelier is drawn again.
func (d *drawer) below(n uint64) (uint64, error) {
	for {
		var b [8]byte
		if _, err := io.ReadFull(d.in, b[:]); err != nil {
			return 0, err
		}
		hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b[:]), n)
		if lo >= -n%n {
			return hi, nil
		}
	}
}

// text writes a number in signs, and draws those that it is too short for.
func (d *drawer) text(v uint64) (string, error) {
	b := make([]byte, d.length)
	more := max(0, d.length-leading)
	if _, err := io.ReadFull(d.in, b[d.length-more:]); err != nil {
		return "", err
	}
	for i := d.length - more; i < d.length; i++ {
		b[i] = checkcode.Letters[b[i]&31]
	}
	for i := d.length - more - 1; i >= 0; i-- {
		b[i] = checkcode.Letters[v&31]
		v >>= signBits
	}
	return string(b), nil
}

func spaceFull(length int) *fault.Error {
	return fault.Conflict("codes_space_full", "there are too few codes of this length left; make a new batch with longer codes").With("length", length)
}
