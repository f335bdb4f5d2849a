package guest

import (
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/photo"
	"regulars/internal/web"
)

// tellAt is the door for everybody, tellSigned the same for who is signed in.
const (
	tellAt     = "/c/{slug}"
	tellSigned = inProgramme + "/tell"
)

// tellBytes bounds a form that may bring photos.
const tellBytes = photo.MaxUpload + formBytes

// tellPace bounds the cases that one network opens.
var tellPace = auth.Pace{Burst: 10, Every: time.Minute}

// teller is who acts in the customer's place on these pages.
var teller = auth.System("guest")

func (g *Guest) complaintRoutes() []route {
	return []route{
		{pattern: "GET " + tellAt, open: true, do: g.showTell},
		{pattern: "POST " + tellAt, open: true, do: g.tell, bytes: tellBytes},
		{pattern: "GET " + tellAt + "/track", open: true, do: g.showTrack},
		{pattern: "POST " + tellAt + "/track", open: true, do: g.track, bytes: tellBytes},
		{pattern: "GET " + tellSigned, do: g.showTell},
		{pattern: "POST " + tellSigned, do: g.tell, bytes: tellBytes},
	}
}

// telling is the page on which somebody says what went wrong, or what they
// wish.
type telling struct {
	*visit
	kind     complaint.Kind
	settings complaint.Settings
	nonce    string
	errs     web.FormErrors
}

// door is the address of these pages of the programme, with something asked of
// them: names and values in turn.
func (v *visit) door(path string, asked ...string) string {
	at := "/c/" + v.programme.Slug + path
	if strings.HasPrefix(v.r.URL.Path, "/me/") && path == "" {
		at = v.at("/tell")
	}
	query := url.Values{}
	if l, named := v.asksFor(); named {
		query.Set("lang", string(l))
	}
	for i := 0; i+1 < len(asked); i += 2 {
		query.Set(asked[i], asked[i+1])
	}
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	return at
}

func (g *Guest) telling(v *visit) (*telling, error) {
	p := &telling{visit: v, kind: complaint.Kind(v.field("kind")), nonce: v.field("nonce")}
	if p.kind != complaint.Wish && p.kind != complaint.Praise {
		p.kind = complaint.Complaint
	}
	if len(p.nonce) < 20 || len(p.nonce) > 40 {
		p.nonce = rand.Text()
	}
	var err error
	p.settings, _, err = g.Complaints.Settings(v.ctx(), teller, v.programme.ID)
	return p, err
}

func (g *Guest) showTell(v *visit) error {
	p, err := g.telling(v)
	if err != nil {
		return err
	}
	p.nonce = rand.Text()
	return v.render(tellPage(p))
}

func (p *telling) reasons() (list []web.Option) {
	chosen := p.field("reason")
	for _, r := range p.settings.Reasons {
		said := p.Said(p.settings.ReasonText(r.Code, p.Lang()))
		list = append(list, web.Option{Value: r.Code, Label: said.Text, Lang: said.Lang, Chosen: r.Code == chosen})
	}
	return list
}

func (p *telling) wants() (list []web.Option) {
	chosen := p.field("wanted")
	for _, w := range complaint.Wants() {
		list = append(list, web.Option{Value: string(w), Label: p.Say(w.Text()), Chosen: string(w) == chosen})
	}
	return list
}

// told reports whether what is folded away was used, or is to be put right.
func (p *telling) told() bool {
	for _, name := range []string{"text", "reference", "contact", "photos"} {
		if p.errs[name] != "" || p.field(name) != "" {
			return true
		}
	}
	return false
}

// unchosen says which of the taps of a complaint are missing, or that the words of
// a wish or of praise are.
func (p *telling) unchosen() web.FormErrors {
	errs := web.FormErrors{}
	if p.kind != complaint.Complaint {
		if p.field("text") == "" {
			errs["text"] = p.T("guest.tell.write")
		}
		return errs
	}
	if p.field("reason") == "" {
		errs["reason"] = p.T("fault.case_reason")
	}
	if p.field("wanted") == "" {
		errs["wanted"] = p.T("guest.tell.choose_wanted")
	}
	return errs
}

func (p *telling) kinds() (list []web.Tab) {
	for _, k := range complaint.Kinds() {
		list = append(list, web.Tab{Label: p.Say(k.Text()), Href: p.door("", "kind", string(k)), Current: k == p.kind})
	}
	return list
}

// receipt is what a customer keeps of a case that was opened.
type receipt struct {
	*visit
	opened complaint.Opened
}

// tell opens the case and shows its receipt. The same form sent twice shows the
// same receipt.
func (g *Guest) tell(v *visit) error {
	photos, err := v.photos()
	if err != nil {
		return v.tellAgain(g, err)
	}
	p, err := g.telling(v)
	if err != nil {
		return err
	}
	if p.errs = p.unchosen(); len(p.errs) > 0 {
		return v.mendAll(p.errs, func(web.FormErrors) component { return tellPage(p) })
	}
	ask := complaint.Ask{
		Name: "web:" + p.nonce, Kind: p.kind, Reason: v.field("reason"), Wanted: complaint.Wanted(v.field("wanted")), Source: complaint.FromWeb,
		Language: v.Lang(), Contact: v.field("contact"), Text: v.r.FormValue("text"), Reference: v.field("reference"), Photos: photos,
	}
	if p.kind != complaint.Complaint {
		ask.Reason, ask.Wanted = complaint.Other, complaint.JustTelling
	}
	if v.who != nil {
		ask.MemberID = v.who.ID
	}
	if err := g.charge(v.ctx(), auth.From("told from:", v.r.RemoteAddr, tellPace)); err != nil {
		return v.mendAt("", err, func(errs web.FormErrors) component { // what was written stays
			p.errs = errs
			return tellPage(p)
		})
	}
	opened, err := g.Complaints.Begin(v.ctx(), teller, v.programme.ID, ask)
	if err != nil {
		return v.tellAgain(g, err)
	}
	v.w.Header().Set("Cache-Control", "no-store")
	return v.render(toldPage(&receipt{v, opened}))
}

// tellAgain shows the form with what must be put right.
func (v *visit) tellAgain(g *Guest, failure error) error {
	p, err := g.telling(v)
	if err != nil {
		return err
	}
	return v.mend(failure, func(errs web.FormErrors) component {
		p.errs = ofPhotos(errs)
		return tellPage(p)
	})
}

// ofPhotos puts what is wrong with one of the photos where they are chosen.
func ofPhotos(errs web.FormErrors) web.FormErrors {
	for _, name := range slices.Sorted(maps.Keys(errs)) {
		if strings.HasPrefix(name, "photos/") {
			errs.Add("photos", errs[name])
			delete(errs, name)
		}
	}
	return errs
}

// photos reads the photos of a form; those left empty are passed over.
func (v *visit) photos() ([][]byte, error) {
	all, err := v.uploads()
	return all["photos"], err
}

// uploads reads the files of a form by the names of their fields.
func (v *visit) uploads() (map[string][][]byte, error) {
	if err := v.r.ParseMultipartForm(formBytes); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			return nil, photo.TooLarge().At("/photos")
		}
		return nil, photo.Unreadable().At("/photos")
	}
	if v.r.MultipartForm == nil {
		return nil, nil
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	if err := plainParts(v.r.MultipartForm.Value); err != nil {
		v.r.Form, v.r.PostForm, v.r.MultipartForm.Value = url.Values{}, url.Values{}, nil // nothing of it is used
		return nil, err
	}
	all := map[string][][]byte{}
	for name, files := range v.r.MultipartForm.File {
		for _, f := range files {
			if f.Size == 0 {
				continue
			}
			b, err := whole(f)
			if err != nil {
				return nil, err
			}
			all[name] = append(all[name], b)
		}
	}
	return all, nil
}

// plainParts refuses words that came with files and are no text, or more than
// words take.
func plainParts(values url.Values) error {
	n := 0
	for _, list := range values {
		for _, value := range list {
			n += len(value)
		}
	}
	if n > wordBytes {
		return &http.MaxBytesError{Limit: wordBytes}
	}
	return web.PlainValues(values)
}

func whole(f *multipart.FileHeader) ([]byte, error) {
	file, err := f.Open()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(file)
	_ = file.Close() // it was only read
	return b, err
}

// tracking is the page on which a customer follows a case. view is nil until
// code and PIN were right.
type tracking struct {
	*visit
	ticket complaint.Ticket
	view   *complaint.View
	// nonce names the forms of who is signed in.
	nonce string
	errs  web.FormErrors
}

// head says what the case is about and where it stands.
func (p *tracking) head(crumbs []web.Crumb) web.Head {
	h := web.Head{Title: p.Say(p.view.Kind.Text()), Lead: p.T("guest.case.stands", "kind", string(p.view.Kind), "state", string(p.view.State)), Crumbs: crumbs}
	if p.view.Kind == complaint.Complaint {
		h.Of = p.Said(p.view.Reason)
	}
	return h
}

func (g *Guest) showTrack(v *visit) error {
	return v.render(trackPage(&tracking{visit: v, ticket: complaint.Ticket{Track: v.field("code")}}))
}

// track shows the case of a code and a PIN, after it took what the customer
// says further. Nothing is kept in the browser; the forms bring both along.
func (g *Guest) track(v *visit) error {
	photos, failure := v.photos()
	p := &tracking{visit: v, ticket: complaint.Ticket{Track: v.field("code"), PIN: v.field("pin")}}
	if err := g.charge(v.ctx(), auth.From("case from:", v.r.RemoteAddr, tryPace)); err != nil {
		return v.mendAt("code", err, func(errs web.FormErrors) component {
			p.errs = errs
			return trackPage(p)
		})
	}
	v.w.Header().Set("Cache-Control", "no-store")
	do := v.field("do")
	if failure == nil {
		switch do {
		case "reply":
			failure = g.Complaints.Reply(v.ctx(), v.programme.ID, p.ticket, v.r.FormValue("text"), photos)
		case "dispute":
			failure = g.Complaints.NotSolved(v.ctx(), v.programme.ID, p.ticket, "")
		}
	}
	if f := fault.As(failure); failure != nil && (f == nil || f.Kind == fault.KindBusy) {
		return failure
	}
	view, err := g.Complaints.Follow(v.ctx(), v.programme.ID, p.ticket, v.Lang())
	if err != nil {
		f := fault.As(err)
		if f == nil {
			return err
		}
		p.errs = web.FormErrors{"code": v.Fault(f)}
		return web.Render(v.w, v.r, http.StatusUnprocessableEntity, trackPage(p))
	}
	p.view = view
	if failure != nil {
		p.errs = p.wrong(failure)
		return web.Render(v.w, v.r, http.StatusUnprocessableEntity, trackPage(p))
	}
	return v.render(trackPage(p))
}

// wrong says what must be put right in an answer of the customer's.
func (p *tracking) wrong(failure error) web.FormErrors {
	errs, _ := web.ErrorsOf(p.Page, failure)
	if f := fault.As(failure); f.Code == "required" {
		errs["text"] = p.T("guest.case.write")
	}
	if whole, ok := errs[""]; ok {
		errs.Add("text", whole)
	}
	return ofPhotos(errs)
}

// said is who said something, and when.
func (p *tracking) said(m complaint.Message) string {
	who := p.T("guest.case.you")
	if m.Author == complaint.ByUs {
		who = p.programme.Name
	}
	said := p.T("guest.case.said", "who", who, "when", m.At)
	if m.Photos > 0 {
		said += ", " + p.T("guest.case.photos", "n", m.Photos)
	}
	return said
}

// given says what made good.
func (p *tracking) given() (list []string) {
	for _, r := range p.view.Remedies {
		list = append(list, p.T("guest.case.given", "kind", string(r.Kind), "sum", r.Amount, "n", r.Points))
	}
	return list
}
