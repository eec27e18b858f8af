// Package types stands in for a module that the Go module proxy does not serve. Nothing boots from a network here.
package types

// ID names a file that a netboot server would send.
type ID string

// Spec says what a machine would boot.
type Spec struct {
	Kernel  ID
	Cmdline string
	Initrd  []ID
}
