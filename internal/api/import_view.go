package api

import (
	"context"
	"maps"
	"time"

	"regulars/internal/id"
	"regulars/internal/intake"
	"regulars/internal/jobs"
	"regulars/internal/money"
)

const exampleImport = `{"holds": "sales", "source": "till", "columns": {"occurred": "date", "reference": "receipt", "customer": "customer", "sku": "product", "quantity": "quantity", "amount": "amount"},
  "dates": ["DD.MM.YYYY hh:mm"], "zone": "Europe/London", "currency": "GBP", "numbers": {"decimal": "point"}}`

// importSettings declare how a file is to be taken.
type importSettings struct {
	Holds           string             `json:"holds" enum:"members,sales,returns,consents"`
	Source          string             `json:"source,omitempty" maxLength:"100" doc:"Names where the file comes from; with a reference it decides whether a sale is known already. import when left out." example:"till"`
	Format          importFormat       `json:"format,omitzero"`
	Columns         map[string]string  `json:"columns" doc:"By role, the column that plays it: customer, card, phone, email, reference, sale, occurred, time, shop, channel, sku, product, category, quantity, unit_price, amount, currency, given_name, family_name, full_name, birth, language, joined, tags, purpose, given, evidence, text_version, ip."`
	Constants       map[string]string  `json:"constants,omitempty" doc:"By role, what is taken where it has no column or the cell is empty."`
	Attributes      map[string]string  `json:"attributes,omitempty" doc:"Of members: further columns, and the names under which they are kept."`
	Dates           []string           `json:"dates,omitempty" nullable:"false" maxItems:"10" doc:"Patterns, tried in turn; iso when left out." example:"[\"DD.MM.YYYY hh:mm\"]"`
	Zone            string             `json:"zone" maxLength:"100" doc:"The time zone of times without an offset." example:"Europe/London"`
	Numbers         importNumbers      `json:"numbers,omitzero"`
	Currency        string             `json:"currency,omitempty" maxLength:"3" doc:"Of sales: the only one that is taken." example:"GBP"`
	Fees            []string           `json:"fees,omitempty" nullable:"false" doc:"Product codes that belong to a sale without being goods." example:"[\"POST\"]"`
	Cancellation    importCancellation `json:"cancellation,omitzero"`
	Duplicates      string             `json:"duplicates,omitempty" enum:"leave_out,keep" doc:"Rows that stand twice; leave_out when left out."`
	WithoutCustomer string             `json:"without_customer,omitempty" enum:"leave_out,guest" doc:"Rows that name nobody; leave_out when left out."`
	NameOrder       string             `json:"name_order,omitempty" enum:"given_first,family_first" doc:"Of full names; given_first when left out."`
}

type importFormat struct {
	Encoding  string `json:"encoding,omitempty" enum:"utf-8,utf-16le,utf-16be,windows-1250,windows-1251,windows-1252" doc:"Detected when left out."`
	Separator string `json:"separator,omitempty" maxLength:"1" doc:"A comma, a semicolon, a tab or a vertical line; detected when left out." example:";"`
	NoHeader  bool   `json:"no_header,omitempty" doc:"The first line is a row already; columns are named by their numbers from 1."`
}

type importNumbers struct {
	Decimal   string `json:"decimal,omitempty" enum:"point,comma" doc:"The mark before the decimals; point when left out."`
	Thousands string `json:"thousands,omitempty" enum:"space,point,comma,apostrophe" doc:"The mark between groups of three digits; none when left out."`
}

type importCancellation struct {
	Prefix   string `json:"prefix,omitempty" maxLength:"40" doc:"Begins the reference of a return within a file of sales." example:"C"`
	Negative bool   `json:"negative,omitempty" doc:"Lines with a negative quantity are a return beside the sale of the same reference."`
}

func (b *importSettings) settings() intake.Settings {
	s := intake.Settings{
		Holds: intake.Holds(b.Holds), Source: b.Source, Columns: byRole(b.Columns), Constants: byRole(b.Constants), Attributes: b.Attributes,
		Format: intake.Format{Encoding: intake.Encoding(b.Format.Encoding), Separator: intake.Separator(b.Format.Separator), NoHeader: b.Format.NoHeader},
		Dates:  b.Dates, Zone: b.Zone, Numbers: intake.Numbers{Decimal: intake.Mark(b.Numbers.Decimal), Thousands: intake.Mark(b.Numbers.Thousands)},
		Currency: money.Currency(b.Currency), Fees: b.Fees, Cancellation: intake.Cancellation(b.Cancellation),
		Duplicates: intake.Policy(b.Duplicates), WithoutCustomer: intake.Policy(b.WithoutCustomer), NameOrder: intake.NameOrder(b.NameOrder),
	}
	return s
}

func byRole(words map[string]string) map[intake.Role]string {
	if words == nil {
		return nil
	}
	roles := make(map[intake.Role]string, len(words))
	for role, column := range words {
		roles[intake.Role(role)] = column
	}
	return roles
}

func importSettingsOf(s *intake.Settings) importSettings {
	words := func(roles map[intake.Role]string) map[string]string {
		if roles == nil {
			return nil
		}
		list := make(map[string]string, len(roles))
		for role, column := range roles {
			list[string(role)] = column
		}
		return list
	}
	v := importSettings{
		Holds: string(s.Holds), Source: s.Source, Columns: words(s.Columns), Constants: words(s.Constants), Attributes: maps.Clone(s.Attributes),
		Format: importFormat{string(s.Format.Encoding), string(s.Format.Separator), s.Format.NoHeader},
		Dates:  s.Dates, Zone: s.Zone, Numbers: importNumbers{string(s.Numbers.Decimal), string(s.Numbers.Thousands)},
		Currency: string(s.Currency), Fees: s.Fees, Cancellation: importCancellation(s.Cancellation),
		Duplicates: string(s.Duplicates), WithoutCustomer: string(s.WithoutCustomer), NameOrder: string(s.NameOrder),
	}
	if v.Columns == nil {
		v.Columns = map[string]string{}
	}
	return v
}

type fileImports struct {
	Items []fileImport `json:"items" nullable:"false"`
}

// fileImport is a file that was left to be taken.
type fileImport struct {
	Import   string          `json:"import" example:"imp_01h9x3k7q2v5n"`
	Name     string          `json:"name" example:"sales.csv"`
	By       string          `json:"by" doc:"Who left it or let it run." example:"key:key_01h9x3k7q2v5n"`
	Bytes    int64           `json:"bytes" doc:"As it came, compressed or not."`
	Columns  []string        `json:"columns" nullable:"false"`
	State    string          `json:"state" enum:"draft,waiting,running,done,failed,stuck" doc:"draft: nobody started it. stuck: it was tried several times; whoever runs the server finds it under Jobs."`
	Like     string          `json:"like,omitempty" doc:"The file whose settings were taken over, as it has the same columns."`
	Settings importSettings  `json:"settings"`
	Made     time.Time       `json:"made"`
	Started  *time.Time      `json:"started,omitempty"`
	Ended    *time.Time      `json:"ended,omitempty"`
	Progress *importProgress `json:"progress,omitempty" doc:"While it is running."`
	Result   *importOutcome  `json:"result,omitempty" doc:"Once it is done."`
	Failure  string          `json:"failure,omitempty" doc:"Why it could not be taken."`
}

type importProgress struct {
	Part string `json:"part" enum:"reading,taking"`
	Rows int64  `json:"rows" doc:"Read or taken so far."`
	Of   int64  `json:"of,omitempty" doc:"How many are to be taken; unknown while it is read."`
}

type importOutcome struct {
	Rows      int64            `json:"rows"`
	LeftOut   map[string]int64 `json:"left_out" doc:"Rows by reason; rejects.csv has them."`
	Members   int64            `json:"members"`
	Sales     int64            `json:"sales"`
	Returns   int64            `json:"returns"`
	Consents  int64            `json:"consents"`
	Fresh     int64            `json:"fresh" doc:"Records that were new."`
	Known     int64            `json:"known" doc:"Records that had been taken before and changed nothing."`
	Unmatched int64            `json:"unmatched" doc:"Returned goods for which no sale was found."`
	Waiting   int64            `json:"waiting" doc:"Returns whose sale is not known yet."`
	Rounded   int64            `json:"rounded" doc:"Lines whose amount was not whole in minor units."`
	From      *time.Time       `json:"from,omitempty" doc:"The earliest business time taken."`
	To        *time.Time       `json:"to,omitempty"`
	Resumed   bool             `json:"resumed,omitempty" doc:"The work was interrupted and went on; fresh then counts the rest."`
}

func importOutcomeOf(r *intake.Outcome) *importOutcome {
	v := &importOutcome{
		Rows: r.Rows, LeftOut: map[string]int64{}, Members: r.Members, Sales: r.Sales, Returns: r.Returns, Consents: r.Consents, Fresh: r.Fresh, Known: r.Known,
		Unmatched: r.Unmatched, Waiting: r.Waiting, Rounded: r.Rounded, From: moment(r.From), To: moment(r.To), Resumed: r.Resumed,
	}
	for reason, n := range r.LeftOut {
		v.LeftOut[string(reason)] = n
	}
	return v
}

// fileImport shows a file as it stands now.
func (s *server) fileImport(ctx context.Context, c *call, u *intake.Upload) (fileImport, error) {
	v := fileImport{
		Import: u.ID.In(id.Import), Name: u.Name, By: u.Who(), Bytes: u.Size, Columns: u.Columns, State: "draft", Like: u.Like, Settings: importSettingsOf(&u.Set),
		Made: u.ID.Time(), Started: moment(u.Started), Ended: moment(u.Ended),
	}
	switch {
	case u.Failed != nil:
		v.State, v.Failure = "failed", u.Failed.Say(c.print)
	case u.Result != nil:
		v.State, v.Result = "done", importOutcomeOf(u.Result)
	case !u.Started.IsZero():
		job, found, err := s.Imports.Progress(ctx, u)
		if err != nil {
			return v, err
		}
		v.State, v.Progress = "waiting", importProgressOf(&job)
		switch {
		case found && job.State == jobs.Dead:
			v.State, v.Progress = "stuck", nil
		case found && job.State == jobs.Running:
			v.State = "running"
		}
	}
	return v, nil
}

func importProgressOf(job *jobs.Info) *importProgress {
	if job.Note == "" {
		return nil
	}
	return &importProgress{job.Note, job.Done, job.Total}
}

func (s *server) showImported(ctx context.Context, c *call, subject string) (fileImport, error) {
	which, err := parseID(id.Import, "import", subject)
	if err != nil {
		return fileImport{}, err
	}
	u, err := s.Imports.Find(ctx, watcher, c.programme(), which)
	if err != nil {
		return fileImport{}, err
	}
	return s.fileImport(ctx, c, u)
}

type importPreview struct {
	Items []importRow `json:"items" nullable:"false" doc:"The first 200 rows."`
}

// importRow is one row and what would become of it.
type importRow struct {
	Line   int64    `json:"line" doc:"In the file, from 1, the header counted."`
	Fields []string `json:"fields" nullable:"false"`
	Taken  bool     `json:"taken" doc:"Whether it would be taken."`
	Reason string   `json:"reason,omitempty" doc:"Why it would be left out, as a stable word." example:"malformed_date"`
	Detail string   `json:"detail,omitempty" doc:"The same in words."`
}

func (s *server) previewImport(ctx context.Context, c *call, in *fileImportIn) (importPreview, error) {
	v := importPreview{Items: []importRow{}}
	u, err := s.upload(ctx, c, in)
	if err != nil {
		return v, err
	}
	if !u.Ended.IsZero() {
		return v, intake.Begun()
	}
	rows, err := intake.Preview(s.Imports.Opener(u, u.Set.Format), u.Set, intake.Sampled, s.Now())
	for i := range rows {
		r := &rows[i]
		one := importRow{Line: r.Line, Fields: r.Fields, Taken: r.Refusal.Reason == "", Reason: string(r.Refusal.Reason)}
		if !one.Taken {
			one.Detail = c.print.Say(r.Refusal.Text(u.Columns))
		}
		v.Items = append(v.Items, one)
	}
	return v, err
}
