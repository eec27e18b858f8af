// A test stand-in for the program auroraboot: its command line for ISO and RAW, run by AuroraBoot's own steps.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/kairos-io/AuroraBoot/deployer"
	"github.com/urfave/cli/v2"
)

var version = "v0.0.0"

func main() {
	fmt.Fprintln(os.Stderr, "auroraboot: a TEST STAND-IN for AuroraBoot "+version+", built around its library")
	app := &cli.App{
		Name:    "auroraboot",
		Usage:   "a test stand-in that makes the ISO or RAW of a root file system",
		Version: version,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "set", Usage: "a key of AuroraBoot's configuration, KEY=VALUE"},
			&cli.StringFlag{Name: "cloud-config", Usage: "the cloud-config to embed"},
			&cli.BoolFlag{Name: "debug"},
		},
		Commands: []*cli.Command{buildISO},
		Action:   raw,
	}
	if err := app.Run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "auroraboot (stand-in):", err)
		os.Exit(1)
	}
}

// run runs the steps in the order that their dependencies ask for, and cleans up whatever happened.
func run(ctx *cli.Context, d *deployer.Deployer, steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	err := d.Run(ctx.Context)
	return errors.Join(err, d.CollectErrors(), d.CleanTmpDirs())
}
