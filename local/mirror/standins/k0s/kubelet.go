package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// fits ends as the kubelet does when it starts (kubernetes, pkg/kubelet/cm, validateNodeAllocatable): a profile may not
// keep more from pods than the machine has of memory, or than the data folder's file system has of room.
func fits(configuration, profile string) error {
	text, err := os.ReadFile(configuration)
	if err != nil {
		return err
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dataFolder, &disk); err != nil {
		return fmt.Errorf("%s: %w", dataFolder, err)
	}
	var machine syscall.Sysinfo_t
	if err := syscall.Sysinfo(&machine); err != nil {
		return err
	}
	capacity := map[string]uint64{
		"ephemeral-storage": disk.Blocks * uint64(disk.Bsize),
		"memory":            machine.Totalram * uint64(machine.Unit),
	}
	for resource, has := range capacity {
		keeps, err := kept(string(text), profile, resource, has)
		if err != nil {
			return err
		}
		if keeps > has {
			return fmt.Errorf("kubelet: resource %q has a reservation of %d but capacity of %d", resource, keeps, has)
		}
	}
	return nil
}

// signals are the names that eviction has for a resource.
var signals = map[string]string{"memory": "memory.available", "ephemeral-storage": "nodefs.available"}

// kept sums up what a profile of k0s.yaml reserves of a resource, in bytes. It reads block style with a key a line.
func kept(text, profile, resource string, has uint64) (uint64, error) {
	var sum uint64
	inProfile, section := false, ""
	for _, line := range strings.Split(text, "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch {
		case key == "- name":
			inProfile = value == profile
		case value == "":
			section = key
		case inProfile && (section == "kubeReserved" || section == "systemReserved") && key == resource,
			inProfile && section == "evictionHard" && key == signals[resource]:
			amount, err := bytesOf(value, has)
			if err != nil {
				return 0, fmt.Errorf("%s %s: %w", section, key, err)
			}
			sum += amount
		}
	}
	return sum, nil
}

// bytesOf reads a quantity like 512Mi, or a share of the whole like 10%.
func bytesOf(amount string, whole uint64) (uint64, error) {
	units := map[string]uint64{"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "%": 0}
	for suffix, unit := range units {
		if number, found := strings.CutSuffix(amount, suffix); found {
			count, err := strconv.ParseUint(number, 10, 64)
			if suffix == "%" {
				return whole * count / 100, err
			}
			return count * unit, err
		}
	}
	return strconv.ParseUint(amount, 10, 64)
}
