package main

import (
	"log"
	"net"
	"strings"
)

// Addresses on the loopback interface where a cluster has its service network.
const (
	dnsAddress        = "127.7.7.10"
	kubernetesAddress = "127.7.7.1"
)

// serveDNS plays CoreDNS: it knows one name.
func serveDNS() error {
	connection, err := net.ListenPacket("udp", net.JoinHostPort(dnsAddress, "53"))
	if err != nil {
		return err
	}
	log.Println("k0s TEST STAND-IN answers DNS at", dnsAddress)
	packet := make([]byte, 512)
	for {
		length, client, err := connection.ReadFrom(packet)
		if err != nil {
			return err
		}
		if answer := answerTo(packet[:length]); answer != nil {
			_, _ = connection.WriteTo(answer, client)
		}
	}
}

// answerTo answers the first question of a DNS packet (RFC 1035, 4.1): an A record for the API server's name,
// NXDOMAIN for any other. Nil for what is no question.
func answerTo(packet []byte) []byte {
	const header = 12
	if len(packet) < header {
		return nil
	}
	var labels []string
	at := header
	for at < len(packet) && packet[at] != 0 {
		next := at + 1 + int(packet[at])
		if packet[at] > 63 || next >= len(packet) {
			return nil
		}
		labels = append(labels, string(packet[at+1:next]))
		at = next
	}
	end := at + 5 // the root label, type and class
	if end > len(packet) {
		return nil
	}
	known := strings.EqualFold(strings.Join(labels, "."), "kubernetes.default.svc.cluster.local")
	isA := packet[at+1] == 0 && packet[at+2] == 1
	answer := append([]byte{packet[0], packet[1], 0x85, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, packet[header:end]...)
	switch {
	case !known:
		answer[3] |= 3 // NXDOMAIN
	case isA:
		answer[7] = 1
		record := []byte{0xc0, header, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4}
		answer = append(append(answer, record...), net.ParseIP(kubernetesAddress).To4()...)
	}
	return answer
}
