package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// bar shows how far a long command is, on a terminal only.
type bar struct {
	w     io.Writer
	on    bool
	shown time.Time
	width int
}

func newBar(w io.Writer) *bar {
	f, is := w.(*os.File)
	return &bar{w: w, on: is && term.IsTerminal(int(f.Fd()))}
}

const (
	barEvery = 100 * time.Millisecond
	barWidth = 30
)

// show draws the bar anew, not too often. A total of 0 shows a count alone.
func (b *bar) show(stage string, done, total int64) {
	if !b.on || time.Since(b.shown) < barEvery {
		return
	}
	b.shown = time.Now()
	line := fmt.Sprintf("%-22s %d", stage, done)
	if total > 0 {
		full := int(min(barWidth, done*barWidth/total))
		line = fmt.Sprintf("%-22s %s%s %3d %%", stage, strings.Repeat("█", full), strings.Repeat("░", barWidth-full), min(100, done*100/total))
	}
	fmt.Fprintf(b.w, "\r%-*s", b.width, line)
	b.width = len([]rune(line))
}

// end wipes the bar away.
func (b *bar) end() {
	if b.on && b.width > 0 {
		fmt.Fprintf(b.w, "\r%*s\r", b.width, "")
	}
}
