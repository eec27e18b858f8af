package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/kairos-io/AuroraBoot/deployer"
	"github.com/kairos-io/AuroraBoot/pkg/schema"
	"github.com/kairos-io/kairos-sdk/unstructured"
	"github.com/spectrocloud-labs/herd"
	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"
)

// raw is what upstream's program does without a subcommand: all steps that the configuration enables.
func raw(ctx *cli.Context) error {
	if ctx.Args().Present() {
		return fmt.Errorf("unknown command or unsupported configuration file: %s", ctx.Args().First())
	}
	config, release, err := readSettings(ctx.StringSlice("set"))
	if err != nil {
		return err
	}
	if release.ContainerImage == "" {
		return errors.New("no source defined: --set container_image=dir:/rootfs is missing")
	}
	if file := ctx.String("cloud-config"); file != "" {
		if config.CloudConfig, err = readCloudConfig(file); err != nil {
			return err
		}
	}
	if config.State == "" {
		config.State = "/tmp/auroraboot"
	}
	d := deployer.NewDeployer(*config, *release, herd.CollectOrphans)
	return run(ctx, d, func() error { return deployer.RegisterAll(d) })
}

func readSettings(settings []string) (*schema.Config, *schema.ReleaseArtifact, error) {
	values := map[string]interface{}{}
	for _, setting := range settings {
		key, value, found := strings.Cut(setting, "=")
		if !found {
			return nil, nil, fmt.Errorf("--set: found %q, expected KEY=VALUE", setting)
		}
		// upstream's two older names
		switch strings.ToLower(key) {
		case "disk.raw":
			key = "disk.efi"
		case "disk.mbr":
			key = "disk.bios"
		}
		values[key] = value
	}
	text, err := unstructured.ToYAML(values)
	if err != nil {
		return nil, nil, err
	}
	config, release := &schema.Config{}, &schema.ReleaseArtifact{}
	return config, release, errors.Join(yaml.Unmarshal(text, config), yaml.Unmarshal(text, release))
}

func readCloudConfig(file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if strings.Contains(string(content), "[[[") {
		return "", fmt.Errorf("%s: templates are beyond the stand-in", file)
	}
	if len(content) == 0 {
		return "", fmt.Errorf("%s is empty", file)
	}
	return string(content), nil
}
