package console

import (
	"net/http"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
)

const alarmsAt = "/p/bean/alarms"

// alarmed has a feed fail, mentions come and the watch look at it.
func (w *town) alarmed() {
	w.t.Helper()
	check(w.t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO touch_feed (id, programme_id, address, name, words, minutes, burst, paused, made, read_at, next, failure, detail, failures, etag, modified)
			VALUES (7, $1, '', $2, '', 60, 0, FALSE, 1, 1, 1, '', '', 3, '', '')`, w.programme.ID, "The <Paper> of "+longWord)
		return err
	}))
	check(w.t, w.console.Alarms.Watch(ctx))
}

// TestSomebodyChoosesOfWhatTheyAreTold on the page of alarms.
func TestSomebodyChoosesOfWhatTheyAreTold(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(alarmsAt).is(t, 200).shows(t, "No alarm so far", "usual for your role", "olga@example.com").holds(t, `value="complaints" checked`)
	b.post(alarmsAt, "topics", "feeds", "topics", "mentions").is(t, 200).shows(t, "Saved.").hides(t, "usual for your role").holds(t, `value="feeds" checked`)
	b.post(alarmsAt, "topics", "moon").is(t, http.StatusUnprocessableEntity).shows(t, "There is no such alarm")
	w.alarmed()
	b.get(alarmsAt).is(t, 200).shows(t, "“The <Paper> of "+longWord+"” could not be read 3 times in a row", "goes on").holds(t, `/p/bean/mentions/feeds`)
	b.post(alarmsAt).is(t, 200)
	choice, err := w.console.Alarms.Mine(ctx, w.owner.Actor(), w.programme.ID)
	check(t, err)
	if choice.Usual || len(choice.Topics) != 0 {
		t.Errorf("chosen is %+v", choice)
	}
	w.as(auth.Marketer).get(alarmsAt).is(t, 200).shows(t, "Feeds that cannot be read").hides(t, "Much upon one person")
}

// TestAlarmsInTheBrowser opens the page on a phone and on a desk.
func TestAlarmsInTheBrowser(t *testing.T) {
	w := newTown(t)
	w.alarmed()
	walk(t, browse(t, w.console.Handler()), map[string]string{"alarms": alarmsAt})
}
