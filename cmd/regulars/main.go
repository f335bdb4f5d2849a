// Command regulars runs the loyalty platform: the demo, the server, imports,
// checks and backups. This folder is the only place where rooms are wired
// together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // programmes keep their own zones, whatever the machine has

	"github.com/alecthomas/kong"

	"regulars/internal/fault"
)

// The exit codes; docs/operations.md lists them for scripts.
const (
	exitOK       = 0
	exitFailed   = 1 // something went wrong that the user cannot mend by the command line
	exitUsage    = 2 // the command line or its input is wrong
	exitFindings = 3 // the command worked and found faults, as check does
	exitBusy     = 4 // the data folder or the database is in use or out of reach
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// cli is the command line.
type cli struct {
	Demo      demoCmd       `cmd:"" help:"Run a programme over one year of a real shop's sales and open the console."`
	Serve     serveCmd      `cmd:"" help:"Serve the API and the console."`
	Mail      mailCmd       `cmd:"" help:"Take an e-mail in as a complaint, as from the pipe of a mail server."`
	Import    importCmd     `cmd:"" help:"Take members, sales and returns from CSV files (gzip too)."`
	Export    exportCmd     `cmd:"" help:"Write a whole programme, or everything about one member, to files."`
	Simulate  simulateCmd   `cmd:"" help:"Set a draft of a rule beside what is, over the whole real past."`
	User      userCmd       `cmd:"" help:"List, add and change the staff."`
	Check     checkCmd      `cmd:"" help:"Verify every invariant over the whole database."`
	Backup    backupCmd     `cmd:"" help:"Write a consistent copy of the database while it runs."`
	Restore   restoreCmd    `cmd:"" help:"Load a copy made by backup into an empty database."`
	Bench     benchCmd      `cmd:"" help:"Measure the speed, each figure beside its limit."`
	Note      exportNoteCmd `cmd:"" name:"export-note" hidden:""`
	BenchHost benchHostCmd  `cmd:"" name:"bench-host" hidden:""`
	Version   versionCmd    `cmd:"" help:"Print the version."`
}

// streams are where a command writes: results to out, everything else to err.
type streams struct{ out, err io.Writer }

// commandLine is the command as it was given, for a server that runs it in our
// place.
type commandLine []string

// quit ends a command with an exit code; its message has been printed.
type quit int

func (q quit) Error() string { return fmt.Sprintf("exit code %d", int(q)) }

// run is the whole program but for signals and the process's own streams, so
// that tests can call it.
func run(ctx context.Context, args []string, out, err io.Writer) (code int) {
	var c cli
	parser, perr := kong.New(&c,
		kong.Name("regulars"),
		kong.Description("Customer loyalty, self-hosted: know, reward, and prove that it pays.\n\nStart with: regulars demo"),
		kong.Writers(out, err),
		kong.Exit(func(code int) { panic(quit(code)) }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{out, err}, commandLine(args)),
	)
	if perr != nil {
		fmt.Fprintln(err, "regulars:", perr)
		return exitFailed
	}
	defer exitBy(&code)
	command, perr := parser.Parse(args)
	if perr != nil {
		fmt.Fprintln(err, "regulars:", perr)
		return exitUsage
	}
	return report(command.Run(), err)
}

// exitBy, deferred, takes the code by which kong ends a command such as --help.
// What else panics goes on, lest a command that broke off seem to have gone well.
func exitBy(code *int) {
	switch q := recover().(type) {
	case nil:
	case quit:
		*code = int(q)
	default:
		panic(q)
	}
}

// report prints a failure in words and chooses its exit code.
func report(failure error, err io.Writer) int {
	var q quit
	switch {
	case failure == nil:
		return exitOK
	case errors.As(failure, &q):
		return int(q)
	case errors.Is(failure, context.Canceled):
		fmt.Fprintln(err, "regulars: stopped")
		return exitFailed
	}
	fmt.Fprintln(err, "regulars:", failure)
	switch fault.KindOf(failure) {
	case fault.KindInvalid:
		return exitUsage
	case fault.KindBusy, fault.KindConflict:
		return exitBusy
	}
	return exitFailed
}
