package main

import (
	"errors"

	"github.com/kairos-io/AuroraBoot/deployer"
	"github.com/kairos-io/AuroraBoot/pkg/schema"
	"github.com/spectrocloud-labs/herd"
	"github.com/urfave/cli/v2"
)

var buildISO = &cli.Command{
	Name:      "build-iso",
	Aliases:   []string{"bi"},
	Usage:     "Makes an ISO",
	ArgsUsage: "<source>",
	Flags: []cli.Flag{
		&cli.StringFlag{Name: "cloud-config", Aliases: []string{"c"}},
		&cli.StringFlag{Name: "override-name", Aliases: []string{"n"}},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}},
		&cli.BoolFlag{Name: "date"},
		&cli.StringFlag{Name: "overlay-rootfs"},
		&cli.StringFlag{Name: "overlay-iso"},
		&cli.StringFlag{Name: "loglevel", Aliases: []string{"l"}, Value: "info"},
		&cli.StringFlag{Name: "arch"},
		&cli.StringFlag{Name: "extend-live-cmdline"},
		&cli.StringFlag{Name: "live-console"},
	},
	Action: func(ctx *cli.Context) error {
		source := ctx.Args().First()
		if source == "" {
			return errors.New("no source defined")
		}
		config := schema.Config{
			ISO: schema.ISO{
				OverrideName:      ctx.String("override-name"),
				IncludeDate:       ctx.Bool("date"),
				OverlayISO:        ctx.String("overlay-iso"),
				OverlayRootfs:     ctx.String("overlay-rootfs"),
				ExtendLiveCmdline: ctx.String("extend-live-cmdline"),
				LiveConsole:       ctx.String("live-console"),
			},
			State: ctx.String("output"),
			Arch:  ctx.String("arch"),
		}
		if config.State == "" {
			config.State = "/tmp/auroraboot"
		}
		if file := ctx.String("cloud-config"); file != "" {
			var err error
			if config.CloudConfig, err = readCloudConfig(file); err != nil {
				return err
			}
		}
		d := deployer.NewDeployer(config, schema.ReleaseArtifact{ContainerImage: source}, herd.EnableInit)
		return run(ctx, d, d.PrepDirs, d.StepCopyCloudConfig, d.StepDumpSource, d.StepGenISO)
	},
}
