package api

import (
	"strings"
	"testing"
	"time"
)

// bookings is the part of the story about services that customers come for.
func bookings() []step {
	always := strings.Repeat(`{"from":"00:00","to":"24:00"},`, 7)
	service := `{"names":{"en":"A tasting"},"minutes":60,"places":1,"shops":["$shop"],"week":[` + strings.TrimSuffix(always, ",") + `],"ahead":30,"notice":24,"early_ranks":["gold"],"early":60}`
	alone := strings.Replace(service, `"early_ranks":["gold"],"early":60`, `"ranks":["platinum"]`, 1)
	book := func(who, begins string) string {
		return `{"service":"$svc","shop":"$shop","begins":"` + begins + `",` + who + `}`
	}
	const nina, guest = `"member":"$nina"`, `"name":"Ewa Nowak","phone":"+447700900123","key":"web-1"`
	return []step{
		{op: "add-service", method: "POST", path: "/v1/services", body: service, status: 201, learn: map[string]string{"svc": "service"}, before: chooseTimes},
		{op: "add-service", method: "POST", path: "/v1/services", body: strings.Replace(service, `"minutes":60`, `"minutes":1`, 1), status: 422, wrong: true},
		{op: "add-service", method: "POST", path: "/v1/services", body: strings.Replace(service, `"early":60`, `"early":30`, 1), status: 422},
		{op: "add-service", method: "POST", path: "/v1/services", body: alone, status: 201, learn: map[string]string{"alone": "service"}},
		{op: "list-services", method: "GET", path: "/v1/services", status: 200},
		{op: "get-service", method: "GET", path: "/v1/services/$svc", status: 200},
		{op: "get-service", method: "GET", path: "/v1/services/svc_01h9x3k7q2v5n", status: 404},
		{op: "list-free-times", method: "GET", path: "/v1/services/$svc/times?shop=$shop&day=$day&member=$nina", status: 200, learn: map[string]string{"first": "items.0.begins"}},
		{op: "list-free-times", method: "GET", path: "/v1/services/$svc/times?shop=$shop", status: 200},
		{op: "list-free-times", method: "GET", path: "/v1/services/$svc/times?shop=$shop&day=tomorrow", status: 422, wrong: true},
		{op: "list-free-times", method: "GET", path: "/v1/services/$svc/times?shop=shp_01h9x3k7q2v5n", status: 422},
		{op: "add-booking", method: "POST", path: "/v1/bookings", body: book(nina, "$first"), status: 201, learn: map[string]string{"bkg": "booking"}},
		{op: "add-booking", method: "POST", path: "/v1/bookings", body: book(guest, "$first"), status: 409},
		{op: "add-booking", method: "POST", path: "/v1/bookings", body: book(guest, "$ten"), status: 201, learn: map[string]string{"ewa": "booking"}},
		{op: "add-booking", method: "POST", path: "/v1/bookings", body: book(guest, "$ten"), status: 201},
		{op: "add-booking", method: "POST", path: "/v1/bookings", body: book(`"note":"for whom?"`, "$ten"), status: 422},
		{op: "add-booking", method: "POST", path: "/v1/bookings", body: strings.Replace(book(nina, "$ten"), "$svc", "$alone", 1), status: 403},
		{op: "add-booking", method: "POST", path: "/v1/bookings", body: strings.Replace(book(nina, "$ten"), "$svc", "svc_01h9x3k7q2v5n", 1), status: 404},
		{op: "get-booking", method: "GET", path: "/v1/bookings/$bkg", status: 200},
		{op: "get-booking", method: "GET", path: "/v1/bookings/bkg_01h9x3k7q2v5n", status: 404},
		{op: "list-bookings", method: "GET", path: "/v1/bookings?service=$svc&shop=$shop&member=$nina&state=booked&from=$first", status: 200},
		{op: "list-bookings", method: "GET", path: "/v1/bookings?limit=1", status: 200},
		{op: "list-bookings", method: "GET", path: "/v1/bookings?cursor=x", status: 422},
		{op: "get-booking-calendar", method: "GET", path: "/v1/bookings/$bkg/calendar.ics", status: 200},
		{op: "get-booking-calendar", method: "GET", path: "/v1/bookings/bkg_01h9x3k7q2v5n/calendar.ics", status: 404},
		{op: "list-bookings", method: "GET", path: "/v1/bookings?member=mem_01h9x3k7q2v5n", status: 404},
		{op: "move-booking", method: "POST", path: "/v1/bookings/$bkg/move", body: `{"begins":"$ten"}`, status: 409},
		{op: "move-booking", method: "POST", path: "/v1/bookings/$bkg/move", body: `{"begins":"$eleven"}`, status: 200},
		{op: "mark-booking", method: "POST", path: "/v1/bookings/$bkg/mark", body: `{"state":"came"}`, status: 409},
		{op: "add-booking", method: "POST", path: "/v1/bookings", body: book(nina, "$soon"), status: 201, learn: map[string]string{"soon": "booking"}},
		{op: "mark-booking", method: "POST", path: "/v1/bookings/$soon/mark", body: `{"state":"came"}`, status: 200},
		{op: "cancel-booking", method: "POST", path: "/v1/bookings/$ewa/cancel", body: `{"by":"us"}`, status: 422},
		{op: "cancel-booking", method: "POST", path: "/v1/bookings/$ewa/cancel", body: `{"by":"us","reason":"The oven is broken."}`, status: 200},
		{op: "cancel-booking", method: "POST", path: "/v1/bookings/$ewa/cancel", body: `{"by":"customer"}`, status: 409},
		{op: "change-service", method: "PUT", path: "/v1/services/$svc", body: `{"version":1,"service":` + service + `}`, status: 200},
		{op: "change-service", method: "PUT", path: "/v1/services/$svc", body: `{"version":1,"service":` + service + `}`, status: 409},
		{op: "retire-service", method: "POST", path: "/v1/services/$svc/retire", status: 200},
		{op: "retire-service", method: "POST", path: "/v1/services/$svc/retire", status: 409},
	}
}

// chooseTimes learns the day after tomorrow, with ten and eleven o'clock of it,
// and the midnight before, which is within hours.
func chooseTimes(_ *testing.T, c *contract) {
	y, m, d := c.h.clock.now().AddDate(0, 0, 2).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	c.vars["soon"] = day.AddDate(0, 0, -1).Format(time.RFC3339)
	c.vars["day"] = day.Format(time.DateOnly)
	c.vars["ten"] = day.Add(10 * time.Hour).Format(time.RFC3339)
	c.vars["eleven"] = day.Add(11 * time.Hour).Format(time.RFC3339)
}
