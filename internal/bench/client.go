package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
)

// client is one kept connection. It reads no more of an answer than it must,
// since it shares the processors with the server that is measured.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	body bytes.Buffer
}

func dial(addr string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("reaching the measured server: %w", err)
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 32<<10)}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// refusal is an answer with a status from 400 on.
type refusal struct {
	status int
	body   string
}

// Error tells the status and the body.
func (r *refusal) Error() string { return fmt.Sprintf("the server answered %d: %s", r.status, r.body) }

// ask sends a whole request and reads the whole answer. A status from 400 on
// is a *refusal.
func (c *client) ask(request []byte) error {
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	status, length, chunked, err := c.head()
	if err != nil {
		return fmt.Errorf("reading an answer: %w", err)
	}
	c.body.Reset()
	if chunked {
		if _, err = io.Copy(&c.body, httputil.NewChunkedReader(c.in)); err == nil {
			_, err = c.in.Discard(len("\r\n"))
		}
	} else {
		_, err = io.CopyN(&c.body, c.in, length)
	}
	if err != nil {
		return fmt.Errorf("reading an answer: %w", err)
	}
	if status >= 400 {
		return &refusal{status, c.body.String()}
	}
	return nil
}

// head reads the status line and the two headers that tell where the answer
// ends.
func (c *client) head() (status int, length int64, chunked bool, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, false, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, 0, false, fmt.Errorf("the answer begins with %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, false, err
	}
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, 0, false, err
		}
		name, value, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(": "))
		switch {
		case len(name) == 0:
			return status, length, chunked, nil
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.ParseInt(string(value), 10, 64); err != nil {
				return 0, 0, false, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
}
