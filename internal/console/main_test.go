package console

import (
	"os"
	"testing"

	"regulars/internal/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }
