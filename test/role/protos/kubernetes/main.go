// Reads protos' files as Kubernetes reads them: with its own types, and strictly, so that a misspelt or misplaced key is
// an error here and not something that a cluster ignores.
//
//	kubernetes K0S.YAML MANIFEST.YAML…
//
// Prints one line for each mistake and exits with 1; without one it prints what it has read. k0s' own module is not
// among its imports (its version, v1.34.10+k0s.0, is none to Go): the few keys of its ClusterConfig are written out below.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	"k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	rbac "k8s.io/api/rbac/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	kubelet "k8s.io/kubelet/config/v1beta1"
	strict "sigs.k8s.io/yaml"
)

// What protos uses of k0s.k0sproject.io/v1beta1, ClusterConfig; k0s refuses any key that it does not know.
type clusterConfig struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Telemetry struct {
			Enabled *bool `json:"enabled"`
		} `json:"telemetry"`
		WorkerProfiles []struct {
			Name   string               `json:"name"`
			Values runtime.RawExtension `json:"values"`
		} `json:"workerProfiles"`
	} `json:"spec"`
}

// k0s sets these itself and refuses them in a profile.
var locked = []string{"clusterDNS", "clusterDomain", "apiVersion", "kind", "staticPodURL"}

// The kinds that manifests may have; another group is one line more here.
var kinds = runtime.NewScheme()

func init() {
	groups := runtime.NewSchemeBuilder(v1.AddToScheme, apps.AddToScheme, batch.AddToScheme, networking.AddToScheme,
		rbac.AddToScheme, storage.AddToScheme)
	if err := groups.AddToScheme(kinds); err != nil {
		panic(err)
	}
}

var mistakes int

func mistake(file string, format string, values ...any) {
	mistakes++
	fmt.Printf("%s: %s\n", file, fmt.Sprintf(format, values...))
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: kubernetes K0S.YAML MANIFEST.YAML…")
		os.Exit(64)
	}
	configuration(os.Args[1])
	for _, file := range os.Args[2:] {
		manifests(file)
	}
	if mistakes > 0 {
		os.Exit(1)
	}
}

func configuration(file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		mistake(file, "%v", err)
		return
	}
	var config clusterConfig
	if err := strict.UnmarshalStrict(text, &config); err != nil {
		mistake(file, "%v", err)
		return
	}
	if config.APIVersion != "k0s.k0sproject.io/v1beta1" || config.Kind != "ClusterConfig" || config.Metadata.Name != "k0s" {
		mistake(file, "is %s %s %q, k0s reads k0s.k0sproject.io/v1beta1 ClusterConfig \"k0s\"",
			config.APIVersion, config.Kind, config.Metadata.Name)
	}
	for _, profile := range config.Spec.WorkerProfiles {
		place := file + ", profile " + profile.Name
		var keys map[string]any
		if err := strict.Unmarshal(profile.Values.Raw, &keys); err != nil {
			mistake(place, "%v", err)
		}
		for _, key := range locked {
			if _, found := keys[key]; found {
				mistake(place, "%s is k0s' own", key)
			}
		}
		var values kubelet.KubeletConfiguration
		if err := strict.UnmarshalStrict(profile.Values.Raw, &values); err != nil {
			mistake(place, "%v", err)
			continue
		}
		bounds(place, values)
		fmt.Printf("read KubeletConfiguration of profile %s, %d keys\n", profile.Name, len(keys))
	}
}

// What the kubelet checks when it starts, and refuses to start on, of the keys that protos sets.
func bounds(place string, values kubelet.KubeletConfiguration) {
	for name, reserved := range map[string]map[string]string{"kubeReserved": values.KubeReserved, "systemReserved": values.SystemReserved} {
		for what, amount := range reserved {
			if _, err := resource.ParseQuantity(amount); err != nil {
				mistake(place, "%s %s: %q: %v", name, what, amount, err)
			}
			if what != "cpu" && what != "memory" && what != "ephemeral-storage" && what != "pid" {
				mistake(place, "%s knows no %q", name, what)
			}
		}
	}
	signals := []string{"memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree", "pid.available"}
	for signal, amount := range values.EvictionHard {
		if !strings.Contains(strings.Join(signals, " ")+" ", signal+" ") {
			mistake(place, "evictionHard knows no %q", signal)
		}
		if percent, found := strings.CutSuffix(amount, "%"); found {
			if share, err := strconv.ParseFloat(percent, 64); err != nil || share < 0 || share > 100 {
				mistake(place, "evictionHard %s: %q is no share", signal, amount)
			}
		} else if _, err := resource.ParseQuantity(amount); err != nil {
			mistake(place, "evictionHard %s: %q: %v", signal, amount, err)
		}
	}
	if high, low := values.ImageGCHighThresholdPercent, values.ImageGCLowThresholdPercent; high != nil && low != nil && *low >= *high {
		mistake(place, "imageGCLowThresholdPercent %d is not below imageGCHighThresholdPercent %d", *low, *high)
	}
	if size, err := resource.ParseQuantity(values.ContainerLogMaxSize); values.ContainerLogMaxSize != "" && (err != nil || size.Sign() <= 0) {
		mistake(place, "containerLogMaxSize %q is no size", values.ContainerLogMaxSize)
	}
	if files := values.ContainerLogMaxFiles; files != nil && *files < 2 {
		mistake(place, "containerLogMaxFiles is %d, at least 2", *files)
	}
}

func manifests(file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		mistake(file, "%v", err)
		return
	}
	reader := json.NewSerializerWithOptions(json.DefaultMetaFactory, kinds, kinds,
		json.SerializerOptions{Yaml: true, Strict: true})
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for number := 1; ; number++ {
		document, err := documents.Read()
		if err == io.EOF {
			return
		}
		place := fmt.Sprintf("%s, document %d", file, number)
		if err != nil {
			mistake(place, "%v", err)
			return
		}
		object, kind, err := reader.Decode(document, nil, nil)
		if err != nil {
			mistake(place, "%v", err)
			continue
		}
		if limits, is := object.(*v1.LimitRange); is {
			ordered(place, limits)
		}
		fmt.Printf("read %s %s\n", kind.GroupVersion(), kind.Kind)
	}
}

// The API server refuses a default request above the default limit.
func ordered(place string, limits *v1.LimitRange) {
	for _, item := range limits.Spec.Limits {
		for name, request := range item.DefaultRequest {
			if limit, found := item.Default[name]; found && request.Cmp(limit) > 0 {
				mistake(place, "default request of %s %s is above the default limit %s", name, request.String(), limit.String())
			}
		}
	}
}
