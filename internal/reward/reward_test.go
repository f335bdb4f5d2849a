package reward

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/checkcode"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/money"
)

func codeOf(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return ""
}

func TestSpecs(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Spec)
		code   string
	}{
		"ordinary":          {func(*Spec) {}, ""},
		"no name":           {func(s *Spec) { s.Name = " " }, "reward_name"},
		"two lines":         {func(s *Spec) { s.Name = "a\nb" }, "reward_name"},
		"long name":         {func(s *Spec) { s.Name = strings.Repeat("ż", 101) }, "reward_name"},
		"name just right":   {func(s *Spec) { s.Name = strings.Repeat("ż", 100) }, ""},
		"paragraphs":        {func(s *Spec) { s.Description = "a\r\n\nb" }, ""},
		"control letters":   {func(s *Spec) { s.Description = "a\x00" }, "reward_description"},
		"no kind":           {func(s *Spec) { s.Kind = "" }, "reward_kind"},
		"partner unnamed":   {func(s *Spec) { s.Kind = KindPartner }, "reward_partner"},
		"partner":           {func(s *Spec) { s.Kind, s.Partner = KindPartner, "Cinema" }, ""},
		"goods of partner":  {func(s *Spec) { s.Partner = "Cinema" }, "reward_partner"},
		"goods that give":   {func(s *Spec) { s.Gives = 1 }, "reward_gives"},
		"free":              {func(s *Spec) { s.Points = 0 }, "reward_points"},
		"money back":        {func(s *Spec) { s.Money = -1 }, "reward_money"},
		"no wallet":         {func(s *Spec) { s.WalletID = 0 }, "required"},
		"stock below":       {func(s *Spec) { s.Stock = -1 }, "reward_stock"},
		"limit of nothing":  {func(s *Spec) { s.Limit = Limit{Period: earn.Day} }, "reward_limit_terms"},
		"limit per century": {func(s *Spec) { s.Limit = Limit{Times: 1, Period: "century"} }, "reward_limit_terms"},
		"ends first":        {func(s *Spec) { s.Begins, s.Ends = time.Unix(2, 0), time.Unix(2, 0) }, "reward_ends_first"},
		"waits too long":    {func(s *Spec) { s.PickUpDays = MaxPickUpDays + 1 }, "reward_pick_up_days"},
		"rank twice":        {func(s *Spec) { s.Ranks = []string{"gold", "gold"} }, "reward_rank_twice"},
		"early":             {early(-1, "gold"), ""},
		"early for nobody":  {early(-1), "reward_early"},
		"early by nothing":  {early(0, "gold"), "reward_early"},
		"early, no day":     {func(s *Spec) { s.EarlyRanks = []string{"gold"} }, "reward_early"},
		"early, always had": {func(s *Spec) { early(-1, "gold")(s); s.Begins = time.Time{} }, "reward_early"},
		"early twice":       {early(-1, "gold", "gold"), "reward_rank_twice"},
		"early, not its":    {func(s *Spec) { early(-1, "gold")(s); s.Ranks = []string{"silver"} }, "reward_early_rank"},
		"early, its":        {func(s *Spec) { early(-1, "gold")(s); s.Ranks = []string{"silver", "gold"} }, ""},
		"too many ranks":    {func(s *Spec) { s.Ranks = make([]string, 51) }, "too_many"},
		"donation":          {donates(1_00, 1), ""},
		"gives nothing":     {donates(0, 1), "reward_donation"},
		"matched 100 times": {donates(1_00, 100), ""},
		"matched too often": {donates(1_00, 101), "reward_match"},
		"takes off":         {donates(1_00, -1), "reward_match"},
		"donation and cash": {func(s *Spec) { donates(1, 1)(s); s.Money = 1 }, "reward_donation_price"},
	} {
		t.Run(name, func(t *testing.T) {
			s := mug()
			c.change(&s)
			if got := codeOf(s.Check()); got != c.code {
				t.Errorf("got %q, want %q", got, c.code)
			}
		})
	}
}

// early begins a reward, and some hours from then for ranks.
func early(hours int, ranks ...string) func(*Spec) {
	return func(s *Spec) {
		s.Begins = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
		s.Early, s.EarlyRanks = s.Begins.Add(time.Duration(hours)*time.Hour), ranks
	}
}

func donates(gives, match int64) func(*Spec) {
	return func(s *Spec) {
		s.Kind, s.Partner, s.Gives, s.Match, s.PickUpDays = KindDonation, "Woods", gives, money.NewRate(match, 1), 0
	}
}

func TestWhoCanHaveIt(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC) // the 1st of July in Warsaw
	for name, c := range map[string]struct {
		change func(*Reward, *Standing)
		code   string
	}{
		"ordinary":          {func(*Reward, *Standing) {}, ""},
		"draft":             {func(r *Reward, _ *Standing) { r.State = Draft }, "reward_withdrawn"},
		"not yet":           {func(r *Reward, _ *Standing) { r.Begins = at.Add(1) }, "reward_not_begun"},
		"just begun":        {func(r *Reward, _ *Standing) { r.Begins = at }, ""},
		"early rank":        {func(r *Reward, s *Standing) { early(-2, "gold")(&r.Spec); s.Rank = "gold" }, ""},
		"just early":        {func(r *Reward, s *Standing) { early(-2, "gold")(&r.Spec); r.Early, s.Rank = at, "gold" }, ""},
		"too early":         {func(r *Reward, s *Standing) { early(-1, "gold")(&r.Spec); s.Rank = "gold" }, "reward_not_begun"},
		"early for others":  {func(r *Reward, s *Standing) { early(-2, "gold")(&r.Spec); s.Rank = "silver" }, "reward_not_begun"},
		"just over":         {func(r *Reward, _ *Standing) { r.Ends = at }, "reward_ended"},
		"not joined":        {func(_ *Reward, s *Standing) { s.Joined = false }, "reward_members_only"},
		"other rank":        {func(r *Reward, s *Standing) { r.Ranks, s.Rank = []string{"gold"}, "silver" }, "reward_rank"},
		"its rank":          {func(r *Reward, s *Standing) { r.Ranks, s.Rank = []string{"silver", "gold"}, "gold" }, ""},
		"as often as it is": {func(_ *Reward, s *Standing) { s.Had = []time.Time{at, at} }, "reward_limit"},
		"last month":        {func(_ *Reward, s *Standing) { s.Had = []time.Time{at, at.Add(-time.Hour)} }, ""},
		"sold out":          {func(_ *Reward, s *Standing) { s.Stock = &Stock{Of: 3, Taken: 3} }, "reward_out_of_stock"},
		"the last":          {func(_ *Reward, s *Standing) { s.Stock = &Stock{Of: 3, Taken: 2} }, ""},
		"any number":        {func(_ *Reward, s *Standing) { s.Stock = &Stock{Of: db.Never, Taken: 1 << 40} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, s := Reward{State: Published, Spec: mug()}, Standing{At: at, Zone: warsaw, Joined: true}
			c.change(&r, &s)
			if got := codeOf(r.Refuse(s)); got != c.code {
				t.Errorf("got %q, want %q", got, c.code)
			}
		})
	}
}

func TestPickUpTime(t *testing.T) {
	s := Spec{PickUpDays: 1}
	due := s.due(time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), time.UTC)
	if want := time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC); !due.Equal(want) {
		t.Errorf("due %s, want %s", due, want)
	}
}

func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		code := drawCode()
		if len(code) != codeChars || strings.Trim(code, checkcode.Letters) != "" || NormaliseCode(strings.ToLower(ShowCode(code))) != code {
			t.Fatalf("%q is no code", code)
		}
		seen[code] = true
	}
	if len(seen) != 10_000 {
		t.Errorf("only %d of 10,000 differ", len(seen))
	}
	if got := NormaliseCode(" oil1-\u00a0x"); got != "0111X" {
		t.Errorf("read %q", got)
	}
}

// TestWords holds that everything can be said in every language.
func TestWords(t *testing.T) {
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, k := range Kinds() {
		keys = append(keys, k.Text().Key)
	}
	for _, s := range States() {
		keys = append(keys, s.Text().Key)
	}
	for _, p := range Progresses() {
		keys = append(keys, p.Text().Key)
	}
	for _, k := range keys {
		if !catalog.Has(k) {
			t.Errorf("%s has no words", k)
		}
	}
}
