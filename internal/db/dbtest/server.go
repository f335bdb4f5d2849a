package dbtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
)

// BinVariable names the environment variable that holds the folder of
// PostgreSQL's programs, for tests that need a server of their own.
const BinVariable = Variable + "_BIN"

// Server is a PostgreSQL server that belongs to one test, so that it may be
// stopped and started while other tests go on with theirs.
type Server struct {
	// URL is the address of an empty database.
	URL string

	bin, dir string
}

// NewServer starts a server, which is stopped and removed with the test. It
// skips the test when PostgreSQL's programs are not known.
func NewServer(t *testing.T) *Server {
	t.Helper()
	bin := os.Getenv(BinVariable)
	if bin == "" {
		t.Skipf("%s is not set: it names the folder of PostgreSQL's programs (see build/with-postgres.sh)", BinVariable)
	}
	dir, err := os.MkdirTemp("", "regulars-postgres-") // the test's own folder is closed to the server's user
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{bin: bin, dir: dir}
	t.Cleanup(func() {
		_ = s.control("stop").Run()
		_ = os.RemoveAll(dir)
	})
	s.giveAway(t)
	s.must(t, s.as("initdb", "-D", s.data(), "-U", "regulars", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"))
	port := freePort(t)
	s.must(t, s.control("start", "-o", fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s", port, dir)))
	s.URL = fmt.Sprintf("postgres://regulars@127.0.0.1:%d/postgres?sslmode=disable", port)
	return s
}

// Restart kills the server and starts it again.
func (s *Server) Restart(t *testing.T) {
	t.Helper()
	s.must(t, s.control("restart"))
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) control(verb string, more ...string) *exec.Cmd {
	return s.as("pg_ctl", append([]string{"-D", s.data(), "-m", "immediate", "-w", "-l", filepath.Join(s.dir, "log"), verb}, more...)...)
}

// as returns the command of one of PostgreSQL's programs, which refuse to run
// as root.
func (s *Server) as(program string, args ...string) *exec.Cmd {
	program = filepath.Join(s.bin, program)
	if os.Geteuid() != 0 {
		return exec.Command(program, args...)
	}
	return exec.Command("runuser", append([]string{"-u", "postgres", "--", program}, args...)...)
}

func (s *Server) must(t *testing.T, c *exec.Cmd) {
	t.Helper()
	said, err := os.Create(filepath.Join(s.dir, "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	c.Stdout, c.Stderr = said, said // no pipe: the server would hold it open
	if err := c.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		t.Fatalf("running %s: %v: %s", c, err, text)
	}
}

// giveAway makes the folder the server's user's where the test runs as root.
func (s *Server) giveAway(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	if err := os.Chown(s.dir, uid, gid); err != nil {
		t.Fatal(err)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
