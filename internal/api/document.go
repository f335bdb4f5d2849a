package api

import (
	"cmp"
	"net/http"
	"path"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
)

const title = "Regulars API"

const introduction = `Record what customers do, and read what they have earned.

Every request carries an API key of one programme in the header ` + "`Authorization: Bearer rg_…`" + `, and everything that it
reads or changes belongs to that programme. A key has scopes; each operation names the ones that it needs.

Sums of money are whole minor units of the programme's currency (1250 is £12.50), points are whole numbers of the wallet's
smallest unit, quantities are decimals in texts, times are RFC 3339. Names of fields are exact, and a field that is not
known here is refused, so that a slip of the pen is noticed.`

// Tags group the operations of the document.
const (
	tagEvents    = "Events"
	tagMembers   = "Members"
	tagImports   = "Imports"
	tagPoints    = "Points"
	tagRanks     = "Ranks"
	tagRules     = "Rules"
	tagGiftCards = "Gift cards"
	tagRewards   = "Rewards"
	tagReferrals = "Referrals"
	tagOffers    = "Offers"
	tagCodes     = "Codes"
	tagPartners  = "Partners"
	tagProgramme = "Programme"
	tagProducts  = "Products"
	tagKeys      = "Keys and audit"
	tagOperation = "For operators"

	tagContacts   = "Messages"
	tagPlans      = "Plans"
	tagChallenges = "Challenges"
	tagCases      = "Complaints"
	tagTouch      = "Cards and reviews"
	tagPromises   = "Promises and parcels"
	tagTrust      = "Trust"
	tagHouseholds = "Households"
	tagFraud      = "Fraud watch"
	tagSurveys    = "Surveys"
	tagStandards  = "Standards"
	tagLessons    = "Lessons"
	tagGestures   = "Gestures"
	tagBookings   = "Bookings"
	tagAlarms     = "Alarms"
	tagFactors    = "Factors of loyalty"
	tagChurn      = "Silent customers"
	tagCalls      = "Calls"
	tagBaskets    = "Left baskets"
)

var tags = []*huma.Tag{
	{Name: tagEvents, Description: "What happened: purchases, returns and other facts. An event is named by its source and its number there; sent again it changes nothing and is answered alike."},
	{Name: tagMembers, Description: "Customers: who they are, how they are recognised, what they consented to."},
	{Name: tagImports, Description: "Files of members, sales, returns and consents: left as they are, taken as declared, each row that is left out told with its reason."},
	{Name: tagPoints, Description: "What a member has, what became of it, and why."},
	{Name: tagRanks, Description: "Where a member stands and what is missing for more."},
	{Name: tagRules, Description: "How points are earned: what is in force, what was, and drafts."},
	{Name: tagGiftCards, Description: "Stored value that is sold or given. Whoever has the number of a card can spend it."},
	{Name: tagChallenges, Description: "What members are invited to do: so much of something within a period, a card of stamps, a streak."},
	{Name: tagCases, Description: "Complaints, wishes and praise: what was said, by when an answer is due, what made good, and the causes behind them."},
	{Name: tagTouch, Description: "Printed cards with two doors, a public review and a private word, open to everybody; the reviews that come in, and the Support Index."},
	{Name: tagHouseholds, Description: "Members who share points: who belongs together, their pool, and points that one passes on to another."},
	{Name: tagFraud, Description: "What honest customers and staff seldom do: what is watched for, and the flags that staff decide."},
	{Name: tagRewards, Description: "What points buy, alone or with money on top, and what was taken."},
	{Name: tagReferrals, Description: "Members who bring friends: what both are promised, codes, and what became of each friend."},
	{Name: tagLessons, Description: "What staff learn: lessons with a quiz, who must take them, and how they stand."},
	{Name: tagGestures, Description: "What staff may do for a member once, and honest tips: the library, what was given, and what followed, with how sure it is."},
	{Name: tagBookings, Description: "Services that customers come for at a time: what is given where and when, free times, and who is expected."},
	{Name: tagAlarms, Description: "What wants to be looked at, and which of the staff are told of it by e-mail."},
	{Name: tagStandards, Description: "What shops keep to, who looks whether they do, announced or not, and what was found, with how sure it is."},
	{Name: tagSurveys, Description: "Questions to members and passers-by, whom to ask, what they answered, and figures that say how sure they are."},
	{Name: tagFactors, Description: "What feedback is about: every answer, case and review coded to one factor, how much each matters and how well it is done, and what is to be done about it."},
	{Name: tagChurn, Description: "Who stays away for longer than is usual for them, since when, on what evidence, and what went wrong before."},
	{Name: tagCalls, Description: "Lists of whom staff phone because their points lie idle, what came of each call, and what the calls brought."},
	{Name: tagBaskets, Description: "Baskets that customers left before paying: how far they came, how the price grew, why they left, and who came back."},
	{Name: tagOffers, Description: "What promotions take off a sale: what is in force, what was, drafts, and what each has given. Purchases with a checkout are priced by them."},
	{Name: tagCodes, Description: "Promises of an offer: made at random, shared, given to a member or printed, each with its life from issue to use."},
	{Name: tagContacts, Description: "What members are told, and why they are not: the contact policy decides, and every verdict is kept."},
	{Name: tagPartners, Description: "Companies whose shops give and take points, and what is settled with them. A partner's key may recognise members, ask for quotes, send purchases and returns of its own shops, and read its own statements and results; everything else refuses it."},
	{Name: tagPlans, Description: "Paid memberships: what there is to join, who has joined, and what is asked for it. Cards are the payment provider's business and never come here."},
	{Name: tagPromises, Description: "What customers were told to expect and what came of it, and where their parcels are."},
	{Name: tagTrust, Description: "What is not perfect and is known, figures that are published and stay so, and the signals of trust with their evidence."},
	{Name: tagProgramme, Description: "The programme of the key, its settings and its shops."},
	{Name: tagProducts, Description: "The catalogue. Sales may name products that are not in it."},
	{Name: tagKeys, Description: "Who may call, and who did what."},
	{Name: tagOperation, Description: "For whoever runs the server. These take no key and should not be open to the world."},
}

// describe returns what the document says before any operation is added.
func describe(version string) huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", nameOf)
	format := huma.Format{Marshal: encode}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: title, Version: cmp.Or(version, "dev"), Description: introduction},
			Servers: []*huma.Server{{URL: "/"}},
			Tags:    tags,
			Components: &huma.Components{
				Schemas: registry, Responses: failures(registry),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					keyScheme: {Type: "http", Scheme: "bearer", Description: "An API key, made under Staff and keys or by POST /v1/api-keys."},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat: "application/json",
	}
}

// keyScheme names the key among the security schemes of the document.
const keyScheme = "key"

// nameOf names the schema of a type: memberView is shown as Member, and what
// is another room's has the name of the room before it.
func nameOf(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := strings.ReplaceAll(huma.DefaultSchemaNamer(t, hint), "View", "")
	room := path.Base(t.PkgPath())
	if t.Name() == "" || room == "api" || room == "." {
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

// failure is a way in which operations fail, for the document.
type failure struct {
	name   string
	status int
	text   string
}

// everyFailure are those of all operations, writingFailures those of the ones
// that take a body or change something.
var (
	everyFailure = []failure{
		{"KeyRefused", http.StatusUnauthorized, "There is no key, or it is not good."},
		{"Forbidden", http.StatusForbidden, "The key lacks a scope, or a rule of the programme forbids it."},
		{"Missing", http.StatusNotFound, "What was asked for does not exist in this programme."},
		{"Invalid", http.StatusUnprocessableEntity, "Something in the request must be changed; errors says where."},
		{"TooOften", http.StatusTooManyRequests, "The key asks too often; Retry-After says how many seconds to wait."},
		{"Internal", http.StatusInternalServerError, "Our fault. Report request_id."},
		{"Busy", http.StatusServiceUnavailable, "The server is busy or stopping; Retry-After says when to try again."},
	}
	writingFailures = []failure{
		{"TooSlow", http.StatusRequestTimeout, "The body did not come in time."},
		{"Conflict", http.StatusConflict, "The request contradicts what is there already."},
		{"VersionPassed", http.StatusPreconditionFailed, "If-Match names another version than the present one."},
		{"TooLarge", http.StatusRequestEntityTooLarge, "The body is too large."},
		{"WrongMediaType", http.StatusUnsupportedMediaType, "The body is not plain JSON, or not CSV where a table is wanted."},
	}
)

func failures(r huma.Registry) map[string]*huma.Response {
	schema := r.Schema(reflect.TypeFor[problem](), true, "")
	responses := map[string]*huma.Response{}
	for _, list := range [][]failure{everyFailure, writingFailures} {
		for _, f := range list {
			responses[f.name] = &huma.Response{Description: f.text, Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
		}
	}
	return responses
}

// describe returns the operation for huma, without its body.
func (o operation) describe() huma.Operation {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Tags: []string{o.tag}, Summary: o.summary, Description: o.text,
		DefaultStatus: o.status(), SkipValidateParams: true, SkipValidateBody: true, Responses: map[string]*huma.Response{},
	}
	ways := everyFailure
	if o.method != http.MethodGet {
		ways = append(ways[:len(ways):len(ways)], writingFailures...)
	}
	for _, f := range ways {
		op.Responses[strconv.Itoa(f.status)] = &huma.Response{Ref: "#/components/responses/" + f.name}
	}
	if o.tagged {
		op.Responses[strconv.Itoa(o.status())] = &huma.Response{Headers: map[string]*huma.Param{
			"ETag": {Description: "The version, for If-Match.", Schema: &huma.Schema{Type: huma.TypeString}},
		}}
	}
	scopes := make([]string, len(o.needs))
	for i, p := range o.needs {
		scopes[i] = string(p.Scope())
	}
	op.Security = []map[string][]string{{keyScheme: scopes}}
	return op
}

// documented returns the operation's entry in the document.
func documented(doc *huma.OpenAPI, o operation) *huma.Operation {
	item := doc.Paths[o.path]
	switch o.method {
	case http.MethodPost:
		return item.Post
	case http.MethodPut:
		return item.Put
	case http.MethodPatch:
		return item.Patch
	case http.MethodDelete:
		return item.Delete
	}
	return item.Get
}

// documentKey says that an operation takes an Idempotency-Key.
func documentKey(doc *huma.Operation) {
	most := maxKey
	doc.Parameters = append(doc.Parameters, &huma.Param{
		Name: keyHeader, In: "header", Description: "Names the request, so that it can be sent again within 24 hours without being done twice.",
		Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most},
	})
	for status, r := range doc.Responses {
		if r.Ref == "" && status[0] == '2' {
			if r.Headers == nil {
				r.Headers = map[string]*huma.Param{}
			}
			r.Headers["Idempotent-Replayed"] = &huma.Param{
				Description: "true when an earlier request under the same key did the work.", Schema: &huma.Schema{Type: huma.TypeString},
			}
		}
	}
}

// needs lists permissions, for the tables of operations.
func needs(list ...auth.Permission) []auth.Permission { return list }
