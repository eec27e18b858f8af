package main

import (
	"os"
	"path/filepath"
)

const (
	dataFolder = "/var/lib/k0s"
	adminConf  = dataFolder + "/pki/admin.conf"
)

// kubeconfigs are the four that k0s writes below pki, with its modes: 0640, and for admin.conf 0600, as releases since
// October 2025 have it.
var kubeconfigs = map[string]os.FileMode{
	"admin.conf":        0o600,
	"ccm.conf":          0o640,
	"scheduler.conf":    0o640,
	"konnectivity.conf": 0o640,
}

func writeKubeconfigs() error {
	folder := filepath.Dir(adminConf)
	if err := os.MkdirAll(folder, 0o751); err != nil {
		return err
	}
	content := "# test stand-in: no cluster is behind this\napiVersion: v1\nkind: Config\nclusters:\n- {name: k0s, cluster: {server: \"" +
		apiServer + "\"}}\n"
	for name, mode := range kubeconfigs {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			return err
		}
		// whatever the umask is
		if err := os.Chmod(path, mode); err != nil {
			return err
		}
	}
	return nil
}
