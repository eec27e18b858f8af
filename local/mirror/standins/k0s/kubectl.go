package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type object = map[string]any

// cluster is all there is, by kind. Names say what it is.
func cluster() map[string][]object {
	thing := func(kind, namespace, name string, more object) object {
		more["kind"], more["apiVersion"] = kind, "v1"
		more["metadata"] = object{"name": name, "namespace": namespace}
		return more
	}
	host, _ := os.Hostname()
	ready := object{"conditions": []any{object{"type": "Ready", "status": "True"}}, "nodeInfo": object{"kubeletVersion": version}}
	return map[string][]object{
		"node":      {thing("Node", "", host, object{"status": ready})},
		"pod":       {thing("Pod", "kube-system", "test-stand-in", object{"status": object{"phase": "Running"}})},
		"namespace": {thing("Namespace", "", "default", object{}), thing("Namespace", "", "kube-system", object{})},
		"service": {
			thing("Service", "default", "kubernetes", object{"spec": object{"clusterIP": kubernetesAddress}}),
			thing("Service", "kube-system", "kube-dns", object{"spec": object{"clusterIP": dnsAddress}}),
		},
	}
}

// kubectl answers get, wait and version. Global flags other than the namespace are accepted and not used.
func kubectl(args []string) error {
	var words []string
	namespace, output := "default", ""
	for i := 0; i < len(args); i++ {
		flag, value, found := strings.Cut(args[i], "=")
		takes := flag == "-n" || flag == "--namespace" || flag == "-o" || flag == "--output"
		if takes && !found && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch {
		case flag == "-A" || flag == "--all-namespaces":
			namespace = ""
		case flag == "-n" || flag == "--namespace":
			namespace = value
		case flag == "-o" || flag == "--output":
			output = value
		case !strings.HasPrefix(flag, "-"):
			words = append(words, args[i])
		}
	}
	if err := running(); err != nil {
		return err
	}
	if len(words) == 1 && words[0] == "version" {
		fmt.Println("Server Version:", version, "(test stand-in)")
		return nil
	}
	if len(words) < 2 || (words[0] != "get" && words[0] != "wait") {
		return fmt.Errorf("kubectl: found %q, the stand-in knows: get, wait, version", strings.Join(words, " "))
	}
	return show(words, namespace, output)
}

func show(words []string, namespace, output string) error {
	kind, name, _ := strings.Cut(strings.TrimSuffix(words[1], "s"), "/")
	short := map[string]string{"no": "node", "po": "pod", "svc": "service", "n": "namespace"}
	if long, known := short[kind]; known {
		kind = long
	}
	if len(words) > 2 {
		name = words[2]
	}
	items := []any{}
	for _, it := range cluster()[kind] {
		metadata := it["metadata"].(object)
		inNamespace := namespace == "" || metadata["namespace"] == "" || metadata["namespace"] == namespace
		if inNamespace && (name == "" || metadata["name"] == name) {
			items = append(items, it)
		}
	}
	if name != "" && len(items) == 0 {
		return fmt.Errorf("Error from server (NotFound): %s %q not found", kind, name)
	}
	if words[0] == "wait" {
		for _, it := range items {
			fmt.Printf("%s/%s condition met\n", kind, it.(object)["metadata"].(object)["name"])
		}
		return nil
	}
	var content any = object{"kind": "List", "apiVersion": "v1", "items": items}
	if name != "" {
		content = items[0]
	}
	if template, found := strings.CutPrefix(output, "jsonpath="); found {
		text, err := jsonpath(template, content)
		fmt.Print(text)
		return err
	}
	if output == "json" {
		return json.NewEncoder(os.Stdout).Encode(content)
	}
	for _, it := range items {
		itsName := it.(object)["metadata"].(object)["name"]
		if output == "name" {
			fmt.Printf("%s/%s\n", kind, itsName)
		} else {
			fmt.Printf("%-30s Ready     test stand-in   %s\n", itsName, version)
		}
	}
	return nil
}
