// Package dhcp4 stands in for a module that the Go module proxy does not serve. It has the names that AuroraBoot
// compiles against and no behaviour.
package dhcp4

import (
	"errors"
	"net"
)

// Option is the number of a DHCP option (RFC 2132).
type Option int

// The options that AuroraBoot names.
const (
	OptServerIdentifier        Option = 54
	OptVendorIdentifier        Option = 60
	OptClientSystem            Option = 93
	OptUidGuidClientIdentifier Option = 97
)

// Options are a packet's options.
type Options map[Option][]byte

// MessageType is what kind of packet it is.
type MessageType int

// The kinds that AuroraBoot names.
const (
	MsgDiscover MessageType = 1
	MsgOffer    MessageType = 2
)

func (MessageType) String() string { return "a DHCP message" }

// Packet is a DHCP packet.
type Packet struct {
	Type                              MessageType
	TransactionID                     []byte
	Broadcast                         bool
	HardwareAddr                      net.HardwareAddr
	ClientAddr, ServerAddr, RelayAddr net.IP
	BootServerName, BootFilename      string
	Options                           Options
}

// Conn would be a socket.
type Conn struct{}

var errNone = errors.New("this AuroraBoot is a test stand-in and serves no DHCP")

// NewSnooperConn refuses.
func NewSnooperConn(string) (*Conn, error) { return nil, errNone }

// Close does nothing.
func (*Conn) Close() error { return nil }

// RecvDHCP refuses.
func (*Conn) RecvDHCP() (*Packet, *net.Interface, error) { return nil, nil, errNone }

// SendDHCP refuses.
func (*Conn) SendDHCP(*Packet, *net.Interface) error { return errNone }
