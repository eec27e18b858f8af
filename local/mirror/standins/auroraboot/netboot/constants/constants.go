// Package constants stands in for a module that the Go module proxy does not serve.
package constants

// PortDHCP is where DHCP servers listen.
const PortDHCP = 67
