package db

import "context"

// warmerQueue bounds the statements that wait to be prepared; more are prepared
// when they are met again.
const warmerQueue = 64

// warmer prepares for the readers what snapshots met for the first time. It
// holds no connection while it waits for one, so nobody waits for it.
type warmer struct {
	stmts *statements
	texts chan string
	stop  context.CancelFunc
	done  chan struct{}
}

func newWarmer(stmts *statements) *warmer {
	ctx, stop := context.WithCancel(context.Background())
	w := &warmer{stmts: stmts, texts: make(chan string, warmerQueue), stop: stop, done: make(chan struct{})}
	go w.run(ctx)
	return w
}

func (w *warmer) run(ctx context.Context) {
	defer close(w.done)
	for {
		select {
		case <-ctx.Done():
			return
		case text := <-w.texts:
			if p, err := w.stmts.get(ctx, text); err == nil { // who runs it is told what is wrong with it
				w.stmts.put(p)
			}
		}
	}
}

// prepare leaves the statement to be prepared, and does not wait.
func (w *warmer) prepare(text string) {
	select {
	case w.texts <- text:
	default:
	}
}

func (w *warmer) close() {
	w.stop()
	<-w.done
}
