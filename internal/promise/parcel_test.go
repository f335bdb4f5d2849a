package promise

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"regulars/internal/db/dbtest"
)

func (w *town) parcel(number string) NewParcel {
	return NewParcel{
		ProgrammeID: w.Programme.ID, MemberID: w.ann, Shop: "soho", Carrier: "Royal Mail", Number: number, Source: "shop", Order: "ord-7",
		Postcode: "SW1A 1AA", Phone: "+44 20 7946 0018", What: "a teapot", Promised: w.Now().Add(48 * time.Hour),
	}
}

func TestAParcelKeepsOrBreaksItsPromise(t *testing.T) {
	each(t, func(w *town) {
		p, err := w.Register(w.Context(), boss, w.parcel("rm 123-456"))
		w.OK(err)
		again, err := w.Register(w.Context(), boss, w.parcel("RM123456"))
		w.OK(err)
		if p.ID != again.ID || p.Number != "RM123456" || p.PromiseID == 0 || again.PromiseID != p.PromiseID {
			w.Errorf("registered %+v, again %+v", p, again)
		}
		other := w.parcel("RM123456")
		other.Order = "ord-8"
		_, err = w.Register(w.Context(), boss, other)
		w.Refuses(err, "parcel_taken")
		start := w.Now()
		w.Set(start.Add(72 * time.Hour))
		w.sweeps()
		word := &Promise{ID: p.PromiseID}
		w.is(word, Broken)
		// The carrier tells late, twice and out of order that it came in time.
		list := []Scan{
			{Status: Delivered, Occurred: start.Add(40 * time.Hour), Words: "signed"}, {Status: InTransit, Occurred: start.Add(time.Hour)},
			{Status: Delivered, Occurred: start.Add(40 * time.Hour), Words: "signed"},
		}
		for range 2 {
			p, err = w.Follow(w.Context(), boss, w.Programme.ID, p.ID, list)
			w.OK(err)
		}
		if p.Status != Delivered || !p.Delivered.Equal(start.Add(40*time.Hour)) {
			w.Errorf("the parcel is %+v", p)
		}
		w.is(word, Kept)
		track, err := w.TrackCode(w.Context(), strings.ToUpper(p.Code[:10])+"-"+p.Code[10:])
		w.OK(err)
		if len(track.Scans) != 2 || track.Promise == nil || track.Late(w.Now()) {
			w.Errorf("tracked %+v", track)
		}
		w.Clean(Room())
	})
}

// TestWhoWasDeliveredTo: each member once, from a moment until before another,
// and nobody to whom nothing came or whose parcel went back.
func TestWhoWasDeliveredTo(t *testing.T) {
	each(t, func(w *town) {
		start := w.Now()
		w.Set(start.Add(100 * time.Hour))
		for number, scans := range map[string][]Scan{
			"1": {{Status: Delivered, Occurred: start.Add(40 * time.Hour)}}, "2": {{Status: Delivered, Occurred: start.Add(41 * time.Hour)}},
			"3": {{Status: InTransit, Occurred: start.Add(40 * time.Hour)}},
			"4": {{Status: Delivered, Occurred: start.Add(50 * time.Hour)}, {Status: Returned, Occurred: start.Add(60 * time.Hour)}},
		} {
			p, err := w.Register(w.Context(), boss, w.parcel(number))
			w.OK(err)
			_, err = w.Follow(w.Context(), boss, w.Programme.ID, p.ID, scans)
			w.OK(err)
		}
		for _, c := range []struct {
			from, until time.Duration
			want        int
		}{{40, 42, 1}, {41, 42, 1}, {40, 41, 1}, {38, 40, 0}, {42, 80, 0}, {-5000, 30, 0}} {
			got, err := w.Delivered(w.Context(), w.DB.Reader(), w.Programme.ID, start.Add(c.from*time.Hour), start.Add(c.until*time.Hour))
			w.OK(err)
			if len(got) != c.want || c.want == 1 && got[0] != w.parcel("1").MemberID {
				w.Errorf("from hour %d until %d it came to %v", c.from, c.until, got)
			}
		}
	})
}

func TestOnlyWhoKnowsFindsAParcel(t *testing.T) {
	each(t, func(w *town) {
		p, err := w.Register(w.Context(), boss, w.parcel("1"))
		w.OK(err)
		for _, key := range []string{"sw1a1aa", "0018", "020 7946 0018"} {
			code, err := w.FindTrack(w.Context(), w.Programme.ID, "ord-7", key)
			w.OK(err)
			if code != p.Code {
				w.Errorf("%q opens %q", key, code)
			}
		}
		for _, key := range [][2]string{{"ord-7", "0019"}, {"ord-7", ""}, {"ord-7", "SW1A"}, {"ord-8", "0018"}, {"", "0018"}, {"ord-7", "%"}, {"ord-7", "\xff"}, {"ord-7", strings.Repeat("1", 500)}} {
			_, err := w.FindTrack(w.Context(), w.Programme.ID, key[0], key[1])
			w.Refuses(err, "unknown_parcel")
		}
		for _, code := range []string{"", "0", strings.Repeat("0", codeLetters), p.Code[:codeLetters-1], "' OR 1=1 --........."} {
			_, err := w.TrackCode(w.Context(), code)
			w.Refuses(err, "unknown_parcel")
		}
		var left int
		w.OK(w.DB.Reader().QueryRow(w.Context(), `SELECT COUNT(*) FROM parcel WHERE postcode_door LIKE '%SW1A%' OR phone_door LIKE '%0018%'`).Scan(&left))
		if left != 0 {
			w.Error("a postcode or a telephone is kept as it is")
		}
	})
}

const easyPost = `{"id":"evt_1","object":"Event","description":"tracker.updated","result":{"id":"trk_1","object":"Tracker","tracking_code":"EZ1000","status":"delivered","carrier":"USPS",
	"tracking_details":[{"object":"TrackingDetail","message":"Delivered, front door","status":"delivered","datetime":"2026-01-02T09:30:00Z","tracking_location":{"city":"CHARLESTON","state":"SC","country":"US"}},
	{"object":"TrackingDetail","message":"Pre-Shipment Info Sent","status":"pre_transit","datetime":"2026-01-01T13:00:00Z","tracking_location":{}},
	{"object":"TrackingDetail","message":"?","status":"unknown","datetime":"2026-01-01T14:00:00Z","tracking_location":{}}]}}`

const afterShip = `{"event":"tracking_update","event_id":"e1","msg":{"tracking_number":"AS 2000","slug":"dpd","tag":"Exception","checkpoints":[
	{"slug":"dpd","checkpoint_time":"2026-01-01T15:00:00","location":"Łódź","tag":"InTransit","subtag":"InTransit_001","message":"Sorted"},
	{"slug":"dpd","checkpoint_time":"2026-01-02T15:00:00+01:00","city":"Łódź","country_name":"Poland","tag":"Exception","subtag":"Exception_011","message":"Returned to sender"}]}}`

const generic = `{"data":{"track":{"code":3000},"steps":[{"n":"a1","state":"WAY","when":"2026-01-01 18:00:00","where":{"town":"Gdańsk"}},{"n":"a2","state":"HOME","when":"2026-01-02 18:00:00"},{"n":"a3","state":"?","when":"soon"}]}}`

var mapper = Mapper{Number: "data.track.code", Events: "data.steps", Status: "state", Time: "when", Place: "where.town", ID: "n", Words: map[string]Status{"WAY": InTransit, "HOME": Delivered}}

func TestCarriersAreRead(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		carrier  Carrier
		body     string
		number   string
		statuses []Status
		first    time.Time
		place    string
	}{
		{EasyPost, easyPost, "EZ1000", []Status{Delivered, Created}, time.Date(2026, 1, 2, 9, 30, 0, 0, time.UTC), "CHARLESTON, SC, US"},
		{AfterShip, afterShip, "AS 2000", []Status{InTransit, Returned}, time.Date(2026, 1, 1, 14, 0, 0, 0, time.UTC), "Łódź"},
		{Generic, generic, "3000", []Status{InTransit, Delivered}, time.Date(2026, 1, 1, 17, 0, 0, 0, time.UTC), "Gdańsk"},
	} {
		got, err := c.carrier.Read([]byte(c.body), &mapper, warsaw)
		if err != nil || got.Number != c.number || len(got.Scans) != len(c.statuses) {
			t.Errorf("%s: %+v, %v", c.carrier, got, err)
			continue
		}
		for i, s := range c.statuses {
			if got.Scans[i].Status != s {
				t.Errorf("%s: event %d is %s", c.carrier, i, got.Scans[i].Status)
			}
		}
		if !got.Scans[0].Occurred.Equal(c.first) || got.Scans[0].Place != c.place {
			t.Errorf("%s: %+v", c.carrier, got.Scans[0])
		}
	}
	for _, c := range Carriers() {
		for _, body := range []string{"", "[]", "{", `{"result":7,"msg":7,"data":7}`, "null"} {
			if _, err := c.Read([]byte(body), &mapper, warsaw); err == nil {
				t.Errorf("%s reads %q", c, body)
			}
		}
	}
	if _, err := Generic.Read([]byte(generic), &Mapper{}, warsaw); err == nil {
		t.Error("a message is read without a mapper")
	}
}

func TestWebhooksAreSigned(t *testing.T) {
	each(t, func(w *town) {
		const secret = "a secret of a carrier"
		for _, c := range Carriers() {
			w.OK(w.SetSecret(w.Context(), boss, w.Programme.ID, c, secret))
		}
		w.Refuses(w.SetSecret(w.Context(), boss, w.Programme.ID, Generic, "short"), "parcel_secret")
		set := DefaultSetting()
		set.Mapper = mapper
		w.OK(w.SetSetting(w.Context(), boss, w.Programme.ID, 0, set))
		mux := http.NewServeMux()
		mux.Handle(WebhookPattern, w.Webhook(slog.New(slog.DiscardHandler)))
		post := func(path, body, header, value string) int {
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			r.Header.Set(header, value)
			rec := httptest.NewRecorder()
			mux.ServeHTTP(rec, r)
			return rec.Code
		}
		sign := func(body string) []byte {
			mac := hmac.New(sha256.New, []byte(secret))
			mac.Write([]byte(body))
			return mac.Sum(nil)
		}
		const batch = `{"description": "batch.created", "result": {"object": "Batch", "id": "batch_1"}}`
		ez := "hmac-sha256-hex=" + hex.EncodeToString(sign(easyPost))
		for _, c := range []struct {
			path, body, header, value string
			want                      int
		}{
			{"/hooks/parcels/corner/easypost", easyPost, "X-Hmac-Signature", ez, 204},
			{"/hooks/parcels/corner/easypost", easyPost, "X-Hmac-Signature", ez, 204},                           // replayed
			{"/hooks/parcels/corner/easypost", batch, "X-Hmac-Signature", hex.EncodeToString(sign(batch)), 204}, // of no parcel
			{"/hooks/parcels/corner/easypost", batch, "X-Hmac-Signature", ez, 401},
			{"/hooks/parcels/corner/easypost", `{"result": {"object": "Tracker"}}`, "X-Hmac-Signature", hex.EncodeToString(sign(`{"result": {"object": "Tracker"}}`)), 422},
			{"/hooks/parcels/corner/easypost", easyPost + " ", "X-Hmac-Signature", ez, 401},
			{"/hooks/parcels/corner/easypost", easyPost, "X-Other", "", 401},
			{"/hooks/parcels/nowhere/easypost", easyPost, "X-Hmac-Signature", ez, 401},
			{"/hooks/parcels/corner/pigeon", easyPost, "X-Signature", ez, 401},
			{"/hooks/parcels/corner/aftership", afterShip, "aftership-hmac-sha256", base64.StdEncoding.EncodeToString(sign(afterShip)), 204},
			{"/hooks/parcels/corner/generic", generic, "X-Signature", "sha256=" + hex.EncodeToString(sign(generic)), 204},
			{"/hooks/parcels/corner/generic", "{}", "X-Signature", hex.EncodeToString(sign("{}")), 422},
			{"/hooks/parcels/corner/generic", strings.Repeat("a", maxMessage+1), "X-Signature", "", 413},
		} {
			w.Set(dbtest.Start.Add(72 * time.Hour))
			if got := post(c.path, c.body, c.header, c.value); got != c.want {
				w.Errorf("%s answers %d, want %d", c.path, got, c.want)
			}
		}
		list, err := w.Parcels(w.Context(), boss, ParcelQuery{ProgrammeID: w.Programme.ID, Limit: 10})
		w.OK(err)
		if len(list) != 3 || list[0].Status != Delivered || list[1].Status != Returned || list[2].Status != Delivered || list[2].Carrier != "USPS" {
			w.Errorf("the parcels are %+v", list)
		}
		// A moment that cannot be does not keep the others from being heard.
		odd := `{"result": {"object": "Tracker", "tracking_code": "EZ4000", "tracking_details": [{"status": "failure", "datetime": "0001-01-01T00:00:00Z"},
			{"status": "delivered", "datetime": "2190-01-01T00:00:00Z"}, {"status": "in_transit", "datetime": "2026-01-02T09:30:00Z"}]}}`
		if got := post("/hooks/parcels/corner/easypost", odd, "X-Hmac-Signature", hex.EncodeToString(sign(odd))); got != 204 {
			w.Errorf("a message with moments that cannot be is answered with %d", got)
		}
		late, err := w.Parcels(w.Context(), boss, ParcelQuery{ProgrammeID: w.Programme.ID, Limit: 1})
		w.OK(err)
		if late[0].Number != "EZ4000" || late[0].Status != InTransit {
			w.Errorf("of them is kept %+v", late[0])
		}
		// Its order is said later.
		n := w.parcel("EZ1000")
		n.Promised = w.Now().Add(time.Hour)
		p, err := w.Register(w.Context(), boss, n)
		w.OK(err)
		if p.ID != list[2].ID || p.Order != "ord-7" {
			w.Errorf("registered %+v", p)
		}
		w.is(&Promise{ID: p.PromiseID}, Kept)
		w.OK(w.SetSecret(w.Context(), boss, w.Programme.ID, EasyPost, ""))
		if got := post("/hooks/parcels/corner/easypost", easyPost, "X-Hmac-Signature", ez); got != 401 {
			w.Errorf("a closed webhook answers %d", got)
		}
		w.Clean(Room())
	})
}

func TestScansAreChecked(t *testing.T) {
	w := newTown(t, sqlite(t))
	p, err := w.Register(w.Context(), boss, w.parcel("1"))
	w.OK(err)
	for _, c := range []struct {
		code string
		scan Scan
	}{
		{"parcel_status", Scan{Status: "lost", Occurred: w.Now()}}, {"absurd_time", Scan{Status: InTransit}},
		{"absurd_time", Scan{Status: InTransit, Occurred: w.Now().AddDate(1, 0, 0)}}, {"too_long", Scan{Status: InTransit, Occurred: w.Now(), Words: strings.Repeat("x", 501)}},
		{"malformed_text", Scan{Status: InTransit, Occurred: w.Now(), Place: "\x1b[31m"}},
	} {
		_, err := w.Follow(w.Context(), boss, w.Programme.ID, p.ID, []Scan{c.scan})
		w.Refuses(err, c.code)
	}
	_, err = w.Follow(w.Context(), boss, w.Programme.ID, p.ID, []Scan{{Status: InTransit, Occurred: w.Now()}, {Status: "lost", Place: "\x1b[31m"}, {Status: Failed}})
	tells(t, err, "/events/1/status", "/events/1/occurred", "/events/1/place", "/events/2/occurred")
	_, err = w.Register(w.Context(), boss, NewParcel{ProgrammeID: w.Programme.ID, Order: "1", Country: "pl", Postcode: "\x00", What: strings.Repeat("x", maxWords+1)})
	tells(t, err, "/number", "/source", "/postcode", "/country", "/what")
	_, err = w.Follow(w.Context(), boss, w.Programme.ID, p.ID, make([]Scan, maxScans+1))
	w.Refuses(err, "too_many")
	_, err = w.Follow(w.Context(), boss, w.Programme.ID, 99, nil)
	w.Refuses(err, "unknown_parcel")
	if got := clean("a\x00b\xff" + strings.Repeat("я", 400)); len(got) > maxWords || !strings.HasPrefix(got, "a b") {
		t.Errorf("cleaned to %q", got)
	}
}
