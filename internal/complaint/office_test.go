package complaint

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// office is a mail server that really listens, with one user.
type office struct {
	*testing.T
	user  *imapmemserver.User
	spec  MailboxSpec
	roots *x509.CertPool
	// stubborn refuses to mark or move, forgetful finds every number that there is;
	// signIns counts, and breaks is the e-mail at whose reading the line breaks off,
	// counted from now; 0 for none.
	stubborn, forgetful atomic.Bool
	signIns, breaks     atomic.Int64
	close               func()
	// mechanisms are the ways of signing in, a password alone when empty; said is
	// what came by one with a token, badToken what is said to a wrong one, goodToken the
	// right one.
	mechanisms, said, badToken, goodToken atomic.Value
}

const secretWord = "correct horse"

// certified makes a certificate of its own for 127.0.0.1.
func certified(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "office"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, made, made, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// opensOffice starts a mail server that speaks as asked.
func opensOffice(t *testing.T, security MailboxSecurity, caps ...imap.Cap) *office {
	t.Helper()
	o := &office{T: t, user: imapmemserver.NewUser("help", secretWord)}
	if err := o.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	cert, roots := certified(t)
	o.roots = roots
	house := imapmemserver.New()
	house.AddUser(o.user)
	known := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range caps {
		known[c] = struct{}{}
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(conn *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &counter{house.NewSession().(imapserver.SessionIMAP4rev2), o, conn}, nil, nil
		},
		Caps: known, TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}}, InsecureAuth: security == MailboxPlain, Logger: log.New(io.Discard, "", 0),
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	if security == MailboxTLS {
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"imap"}})
	}
	go func() { _ = server.Serve(ln) }()
	o.close = func() { _ = server.Close() }
	t.Cleanup(o.close)
	o.spec = MailboxSpec{Host: "127.0.0.1", Port: port, Security: security, User: "help", Folder: "INBOX", On: true}
	return o
}

// counter is what stands at the counter of the office.
type counter struct {
	imapserver.SessionIMAP4rev2
	*office
	conn *imapserver.Conn
}

func (c *counter) Close() error { return c.SessionIMAP4rev2.Close() }

// Login counts.
func (c *counter) Login(name, password string) error {
	c.signIns.Add(1)
	return c.SessionIMAP4rev2.Login(name, password)
}

var errStubborn = &imap.Error{Type: imap.StatusResponseTypeNo, Text: "Not today, " + secretWord}

// Store marks, unless the office does not want to.
func (c *counter) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, options *imap.StoreOptions) error {
	if c.stubborn.Load() {
		return errStubborn
	}
	return c.SessionIMAP4rev2.Store(w, set, flags, options)
}

// Fetch reads, unless the line breaks off.
func (c *counter) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	if len(options.BodySection) > 0 && c.breaks.Add(-1) == 0 {
		return c.conn.NetConn().Close()
	}
	return c.SessionIMAP4rev2.Fetch(w, set, options)
}

// Move moves, unless the office does not want to.
func (c *counter) Move(w *imapserver.MoveWriter, set imap.NumSet, dest string) error {
	if c.stubborn.Load() {
		return errStubborn
	}
	return c.SessionIMAP4rev2.Move(w, set, dest)
}

// Search answers with every number that there is, where the office is forgetful.
func (c *counter) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, options *imap.SearchOptions) (*imap.SearchData, error) {
	found, err := c.SessionIMAP4rev2.Search(kind, criteria, options)
	if err == nil && c.forgetful.Load() {
		everything := imap.UIDSet{}
		everything.AddRange(1, 40)
		everything.AddRange(4_000_000_000, 4_000_000_040)
		found.All = everything
	}
	return found, err
}

// lies has an e-mail lie in a folder since a time.
func (o *office) lies(folder string, at time.Time, raw []byte) {
	o.Helper()
	if _, err := o.user.Append(folder, &literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at}); err != nil {
		o.Fatal(err)
	}
}

type literal struct{ *bytes.Reader }

func (l *literal) Size() int64 { return l.Reader.Size() }

// holds says how many e-mails a folder holds and how many of them nobody read.
func (o *office) holds(folder string, all, unread uint32) {
	o.Helper()
	s, err := o.user.Status(folder, &imap.StatusOptions{NumMessages: true, NumUnseen: true})
	if err != nil {
		o.Fatal(err)
	}
	if *s.NumMessages != all || *s.NumUnseen != unread {
		o.Errorf("%s holds %d, %d unread; want %d, %d", folder, *s.NumMessages, *s.NumUnseen, all, unread)
	}
}

// reads has the town read the mailbox of an office.
func (w *town) reads(o *office) {
	w.Helper()
	w.MailRoots = o.roots
	w.OK(w.SetMailbox(w.Context(), boss, w.Programme.ID, o.spec, MailboxSecrets{Password: secretWord}))
}

// fetches looks into the mailbox when it is due.
func (w *town) fetches() *Mailbox {
	w.Helper()
	w.Pass(mailboxPause + time.Minute)
	return w.looks()
}

// looks looks into the mailbox, if it is due.
func (w *town) looks() *Mailbox {
	w.Helper()
	w.OK(w.FetchMails(w.Context()))
	m, _, err := w.Mailbox(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	return m
}

// cases are the texts of the cases that were opened by e-mail, the first first.
func (w *town) mailed() (texts []string) {
	w.Helper()
	list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Limit: 100})
	w.OK(err)
	for _, c := range list {
		texts = append(texts, w.get(c.ID).Messages[0].Text)
	}
	slices.Sort(texts)
	return texts
}

func (w *town) hasMailed(texts ...string) {
	w.Helper()
	slices.Sort(texts)
	if got := w.mailed(); !slices.Equal(got, texts) {
		w.Errorf("cases of %q, want %q", got, texts)
	}
}

// leftBehind are the e-mails that need somebody's eye, as "uid text".
func (w *town) leftBehind(want ...string) []LeftMail {
	w.Helper()
	_, left, err := w.Mailbox(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	var got []string
	for _, l := range left {
		got = append(got, strconv.Itoa(int(l.UID))+" "+strings.TrimPrefix(l.Why.Key, "fault."))
	}
	if !slices.Equal(got, want) {
		w.Errorf("left are %q, want %q", got, want)
	}
	return left
}
