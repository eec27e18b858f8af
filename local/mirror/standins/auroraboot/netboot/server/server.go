// Package server stands in for a module that the Go module proxy does not serve.
package server

import "errors"

// Server is what AuroraBoot would fill in and start.
type Server struct {
	Log, Debug func(subsystem, msg string)
	HTTPPort   int
	DHCPNoBind bool
	Address    string
	Booter     any
}

// SetDefaultFirmwares does nothing.
func (*Server) SetDefaultFirmwares() {}

// Serve refuses.
func (*Server) Serve() error {
	return errors.New("this AuroraBoot is a test stand-in and serves no netboot")
}
