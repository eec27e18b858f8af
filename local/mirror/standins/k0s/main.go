// A test stand-in for k0s: the part of its command line that the role protos uses, answering like one ready node.
// It runs no container, and says what it is on stderr.
package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

var version = "v0.0.0"

const apiServer = "https://127.0.0.1:6443"

func main() {
	fmt.Fprintln(os.Stderr, "k0s: a TEST STAND-IN for k0s "+version+", it runs no containers")
	args := os.Args[1:]
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	var err error
	switch command {
	case "version":
		fmt.Println(version)
	case "controller":
		err = controller(args)
	case "status":
		err = status()
	case "kubectl", "kc":
		err = kubectl(args)
	case "kubeconfig":
		err = kubeconfig(args)
	case "backup":
		err = backup(args)
	case "restore":
		err = restore(args)
	default:
		err = fmt.Errorf("found %q, the stand-in knows: version controller status kubectl kubeconfig backup restore", command)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "k0s (stand-in):", err)
		os.Exit(1)
	}
}

// running asks the controller whether it is up.
func running() error {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // its certificate is of this boot, and nobody signed it
	}}
	response, err := client.Get(apiServer + "/readyz")
	if err != nil {
		return errors.New("the controller does not answer: " + err.Error())
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the controller is not ready: %s", response.Status)
	}
	return nil
}

func status() error {
	if err := running(); err != nil {
		return err
	}
	fmt.Printf("Version: %s\nProcess ID: stand-in\nRole: controller\nWorkloads: true\nSingleNode: false\n", version)
	return nil
}

func kubeconfig(args []string) error {
	if len(args) != 1 || args[0] != "admin" {
		return fmt.Errorf("kubeconfig: found %q, the stand-in knows: admin", strings.Join(args, " "))
	}
	content, err := os.ReadFile(adminConf)
	fmt.Print(string(content))
	return err
}
