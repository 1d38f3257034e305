// Spravka is a self-hosted assistant for a public help line.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
	kongyaml "github.com/alecthomas/kong-yaml"
)

type program struct {
	Config kong.ConfigFlag `help:"YAML file with settings; each is a flag's name." placeholder:"FILE"`

	Serve serveCommand `cmd:"" help:"Run the server: web chat, console, health and metrics."`
	Chat  chatCommand  `cmd:"" help:"Talk in the terminal; with --json, for scripts."`
	Flows flowsCommand `cmd:"" help:"Check, rehearse and draw the content."`
	Eval  evalCommand  `cmd:"" help:"Measure understanding on labelled messages."`
	Data  dataCommand  `cmd:"" help:"Back up the database; look at updates that could not be understood."`

	Operator operatorCommand `cmd:"" help:"The staff, for an administrator who is locked out; the server must be stopped."`
}

func main() {
	var p program
	k := kong.Parse(&p,
		kong.Name("spravka"),
		kong.Description("A self-hosted assistant for a public help line."),
		kong.DefaultEnvars("SPRAVKA"),
		kong.Configuration(kongyaml.Loader, "spravka.yaml"),
		kong.UsageOnError(),
	)
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "spravka:", err)
		os.Exit(1)
	}
}
