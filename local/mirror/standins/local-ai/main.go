// A test stand-in for LocalAI: the same port and paths, and no model behind them. It says so in each answer.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sort"
	"strings"
)

const notice = "This is a test stand-in for LocalAI: no model has read your words."

var version = "v0.0.0"

func main() {
	address := cmp.Or(os.Getenv("LOCALAI_ADDRESS"), ":8080")
	mux := http.NewServeMux()
	ok := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "OK") }
	mux.HandleFunc("/readyz", ok)
	mux.HandleFunc("/healthz", ok)
	mux.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) { answer(w, object{"version": version + " (stand-in)"}) })
	for _, path := range []string{"/v1/models", "/models"} {
		mux.HandleFunc(path, models)
	}
	for _, path := range []string{"/v1/chat/completions", "/chat/completions"} {
		mux.HandleFunc(path, chat)
	}
	for _, path := range []string{"/v1/completions", "/completions"} {
		mux.HandleFunc(path, completion)
	}
	mux.HandleFunc("/backends", func(w http.ResponseWriter, _ *http.Request) { answer(w, backends()) })
	log.Printf("LocalAI TEST STAND-IN (for %s) listens on %s", version, address)
	log.Fatal(http.ListenAndServe(address, guarded(mux)))
}

type object map[string]any

func answer(w http.ResponseWriter, content any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Stand-In", "local-ai")
	_ = json.NewEncoder(w).Encode(content)
}

// refuse answers with an error in OpenAI's shape.
func refuse(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(object{"error": object{"code": code, "message": message + " (stand-in)"}})
}

// guarded asks for LOCALAI_API_KEY, where the machine has one, on all paths but the health checks.
func guarded(next http.Handler) http.Handler {
	keys := strings.FieldsFunc(os.Getenv("LOCALAI_API_KEY"), func(r rune) bool { return r == ',' })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowed := len(keys) == 0 || r.URL.Path == "/readyz" || r.URL.Path == "/healthz"
		for _, key := range keys {
			allowed = allowed || r.Header.Get("Authorization") == "Bearer "+key
		}
		if !allowed {
			refuse(w, http.StatusUnauthorized, "An authentication key is required")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// modelNames are the model files on the disk, as LocalAI lists them.
func modelNames() []string {
	names := []string{}
	entries, _ := os.ReadDir(cmp.Or(os.Getenv("LOCALAI_MODELS_PATH"), "/models"))
	for _, entry := range entries {
		if entry.Type().IsRegular() && !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	sort.Strings(names)
	return names
}
