package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"log"
	"math/big"
	"net/http"
	"strings"
	"time"
)

// controller plays the API server's health checks and CoreDNS until it is stopped.
func controller(args []string) error {
	configuration, profile := "", "default"
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "--enable-worker", "--no-taints", "--single", "--debug", "--verbose":
		case "--profile":
			profile = value
		case "--config":
			configuration = value
		default:
			return fmt.Errorf("controller: unknown flag: %s", arg)
		}
	}
	if err := writeKubeconfigs(); err != nil {
		return err
	}
	if err := writeState(); err != nil {
		return err
	}
	if configuration != "" {
		if err := fits(configuration, profile); err != nil {
			return err
		}
	}
	certificate, err := newCertificate()
	if err != nil {
		return err
	}
	go func() { log.Fatal(serveDNS()) }()
	started := time.Now()
	mux := http.NewServeMux()
	ready := func(w http.ResponseWriter, _ *http.Request) {
		// a real one is not there at once either: who does not wait shall fail here too
		if time.Since(started) < 3*time.Second {
			http.Error(w, "starting", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	}
	for _, path := range []string{"/readyz", "/healthz", "/livez"} {
		mux.HandleFunc(path, ready)
	}
	mux.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "{\"gitVersion\": \"%s\", \"platform\": \"test stand-in\"}\n", version)
	})
	server := &http.Server{Addr: ":6443", Handler: mux, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}}}
	log.Println("k0s TEST STAND-IN listens on", server.Addr)
	return server.ListenAndServeTLS("", "")
}

func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "k0s test stand-in"},
		NotBefore:    time.Now().Add(-24 * time.Hour),
		NotAfter:     time.Now().Add(365 * 24 * time.Hour),
		DNSNames:     []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
