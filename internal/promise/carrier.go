package promise

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/fault"
)

// Carrier names who tells of parcels by webhook.
type Carrier string

// The carriers' services whose messages are read. Generic ones are read by the
// programme's mapper.
const (
	EasyPost  Carrier = "easypost"
	AfterShip Carrier = "aftership"
	Generic   Carrier = "generic"
)

// Carriers returns every kind of webhook.
func Carriers() []Carrier { return []Carrier{EasyPost, AfterShip, Generic} }

// Told is what one message tells of one parcel; without a number it is of
// something else, and there is nothing to take.
type Told struct {
	Carrier, Number string
	Scans           []Scan
}

// Signed reports whether a message was signed with the secret, by HMAC-SHA-256
// over its body: in hexadecimal in X-Hmac-Signature (EasyPost) or X-Signature,
// in base 64 in aftership-hmac-sha256.
func (c Carrier) Signed(secret string, h http.Header, body []byte) bool {
	if secret == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	want := mac.Sum(nil)
	var got []byte
	var err error
	switch c {
	case AfterShip:
		got, err = base64.StdEncoding.DecodeString(h.Get("aftership-hmac-sha256"))
	case EasyPost:
		got, err = hex.DecodeString(strings.TrimPrefix(h.Get("X-Hmac-Signature"), "hmac-sha256-hex="))
	default:
		got, err = hex.DecodeString(strings.TrimPrefix(h.Get("X-Signature"), "sha256="))
	}
	return err == nil && hmac.Equal(got, want)
}

// unreadable is the fault of a message that is none of the carrier's.
func unreadable() *fault.Error {
	return fault.Invalid("parcel_message", "the message cannot be read as one of this carrier's; check which kind its webhook is")
}

// Read takes a message apart. Statuses that say nothing of where the parcel is
// are left out. Times without a zone are of the zone given.
func (c Carrier) Read(body []byte, m *Mapper, zone *time.Location) (Told, error) {
	switch c {
	case EasyPost:
		return readEasyPost(body, zone)
	case AfterShip:
		return readAfterShip(body, zone)
	default:
		return m.read(body, zone)
	}
}

var easyPostWords = map[string]Status{
	"pre_transit": Created, "in_transit": InTransit, "out_for_delivery": OutForDelivery, "delivered": Delivered,
	"available_for_pickup": OutForDelivery, "return_to_sender": Returned, "failure": Failed, "error": Failed, "cancelled": Failed,
}

func readEasyPost(body []byte, zone *time.Location) (Told, error) {
	var in struct {
		Result struct {
			Object  string `json:"object"`
			Number  string `json:"tracking_code"`
			Carrier string `json:"carrier"`
			Details []struct {
				Message  string `json:"message"`
				Status   string `json:"status"`
				At       string `json:"datetime"`
				Location struct {
					City    string `json:"city"`
					State   string `json:"state"`
					Country string `json:"country"`
				} `json:"tracking_location"`
			} `json:"tracking_details"`
		} `json:"result"`
	}
	err := json.Unmarshal(body, &in)
	if err == nil && in.Result.Object != "" && in.Result.Object != "Tracker" { // a webhook hears of batches, refunds and payments too
		return Told{}, nil
	}
	if err != nil || in.Result.Number == "" {
		return Told{}, unreadable()
	}
	t := Told{Carrier: in.Result.Carrier, Number: in.Result.Number}
	for _, d := range in.Result.Details {
		t.add(easyPostWords[d.Status], d.At, zone, join(d.Location.City, d.Location.State, d.Location.Country), d.Message)
	}
	return t, nil
}

var afterShipWords = map[string]Status{
	"Pending": Created, "InfoReceived": Created, "InTransit": InTransit, "OutForDelivery": OutForDelivery, "AvailableForPickup": OutForDelivery,
	"Delivered": Delivered, "AttemptFail": Failed, "Exception": Failed, "Expired": Failed,
}

func readAfterShip(body []byte, zone *time.Location) (Told, error) {
	var in struct {
		Message struct {
			Number      string `json:"tracking_number"`
			Slug        string `json:"slug"`
			Checkpoints []struct {
				At       string `json:"checkpoint_time"`
				Tag      string `json:"tag"`
				Subtag   string `json:"subtag"`
				Message  string `json:"message"`
				Location string `json:"location"`
				City     string `json:"city"`
				Country  string `json:"country_name"`
			} `json:"checkpoints"`
		} `json:"msg"`
	}
	if err := json.Unmarshal(body, &in); err != nil || in.Message.Number == "" {
		return Told{}, unreadable()
	}
	t := Told{Carrier: in.Message.Slug, Number: in.Message.Number}
	for _, c := range in.Message.Checkpoints {
		status := afterShipWords[c.Tag]
		if c.Tag == "Exception" && strings.HasPrefix(c.Subtag, "Exception_01") { // returned, or on its way back
			status = Returned
		}
		place := c.Location
		if place == "" {
			place = join(c.City, c.Country)
		}
		t.add(status, c.At, zone, place, c.Message)
	}
	return t, nil
}

// add takes one scan, if it says where the parcel is and when.
func (t *Told) add(status Status, at string, zone *time.Location, place, message string) {
	when, ok := readTime(at, zone)
	if status == "" || !ok {
		return
	}
	t.Scans = append(t.Scans, Scan{Status: status, Occurred: when, Place: clean(place), Words: clean(message)})
}

// readTime reads the ways in which carriers write times.
func readTime(s string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func join(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ", ")
}

// clean makes of a carrier's text one that can be kept.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	for len(s) > maxWords {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return strings.TrimSpace(s)
}
