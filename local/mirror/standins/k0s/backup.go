package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	etcdFolder   = dataFolder + "/etcd"
	etcdDatabase = etcdFolder + "/member/snap/db"
	// what the archive calls it, as k0s does
	etcdSnapshot = "etcd-snapshot.db"
)

// writeState makes the state of a cluster that is new, and leaves one that is there.
func writeState() error {
	if _, err := os.Stat(etcdDatabase); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(etcdDatabase), 0o700); err != nil {
		return err
	}
	return os.WriteFile(etcdDatabase, []byte("test stand-in: a cluster made by "+version+"\n"), 0o600)
}

// backup wants what k0s wants: a controller that runs, and a folder that is there.
func backup(args []string) error {
	folder, found := strings.CutPrefix(strings.Join(args, " "), "--save-path=")
	if !found {
		return fmt.Errorf("backup: found %q, the stand-in knows: --save-path=FOLDER", strings.Join(args, " "))
	}
	if about, err := os.Stat(folder); err != nil || !about.IsDir() {
		return fmt.Errorf("the save-path directory (%s) does not exist", folder)
	}
	if err := running(); err != nil {
		return err
	}
	content, err := os.ReadFile(etcdDatabase)
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(folder, "k0s_backup_"+time.Now().UTC().Format("2006-01-02T15_04_05_000Z")+".tar.gz"))
	if err != nil {
		return err
	}
	defer file.Close()
	packed := gzip.NewWriter(file)
	archive := tar.NewWriter(packed)
	header := tar.Header{Name: etcdSnapshot, Mode: 0o600, Size: int64(len(content))}
	if err := archive.WriteHeader(&header); err != nil {
		return err
	}
	_, err = archive.Write(content)
	return errors.Join(err, archive.Close(), packed.Close())
}

// restore refuses what k0s refuses: while it runs, and over an etcd that has anything in its folder (etcdutl).
func restore(args []string) error {
	name := ""
	for _, arg := range args {
		if !strings.HasPrefix(arg, "--config-out=") {
			name = arg
		}
	}
	if running() == nil {
		return errors.New("k0s seems to be running! k0s must be down during the restore operation")
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if there, err := os.ReadDir(etcdFolder); len(there) > 0 || (err != nil && !errors.Is(err, os.ErrNotExist)) {
		return fmt.Errorf("failed to restore on step `etcd`: data-dir %q not empty or could not be read", etcdFolder)
	}
	packed, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	archive := tar.NewReader(packed)
	if header, err := archive.Next(); err != nil || header.Name != etcdSnapshot {
		return fmt.Errorf("%s is no backup of the stand-in's: %v", name, err)
	}
	content, err := io.ReadAll(archive)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(etcdDatabase), 0o700); err != nil {
		return err
	}
	return os.WriteFile(etcdDatabase, content, 0o600)
}
