package main

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

func models(w http.ResponseWriter, _ *http.Request) {
	data := []object{}
	for _, name := range modelNames() {
		data = append(data, object{"id": name, "object": "model"})
	}
	answer(w, object{"object": "list", "data": data})
}

// asked is what of a request the stand-in looks at; nil where the request cannot be answered, and says so.
func asked(w http.ResponseWriter, r *http.Request) *string {
	var question struct{ Model string }
	if r.Method != http.MethodPost {
		refuse(w, http.StatusMethodNotAllowed, "expected POST, found "+r.Method)
		return nil
	}
	if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
		refuse(w, http.StatusBadRequest, "expected JSON: "+err.Error())
		return nil
	}
	if !slices.Contains(modelNames(), question.Model) {
		refuse(w, http.StatusNotFound, "found no model \""+question.Model+"\"")
		return nil
	}
	if len(backends()) == 0 {
		refuse(w, http.StatusInternalServerError, "no backends found")
		return nil
	}
	return &question.Model
}

var usage = object{"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}

func chat(w http.ResponseWriter, r *http.Request) {
	if model := asked(w, r); model != nil {
		choice := object{"index": 0, "finish_reason": "stop", "message": object{"role": "assistant", "content": notice}}
		answer(w, object{"id": "stand-in", "object": "chat.completion", "created": time.Now().Unix(), "model": *model,
			"choices": []object{choice}, "usage": usage})
	}
}

func completion(w http.ResponseWriter, r *http.Request) {
	if model := asked(w, r); model != nil {
		choice := object{"index": 0, "finish_reason": "stop", "text": notice}
		answer(w, object{"id": "stand-in", "object": "text_completion", "created": time.Now().Unix(), "model": *model,
			"choices": []object{choice}, "usage": usage})
	}
}

// backends lists the folders with a run.sh, those of the system first, as LocalAI does.
func backends() []object {
	found := []object{}
	for _, place := range []struct {
		path   string
		system bool
	}{
		{cmp.Or(os.Getenv("LOCALAI_BACKENDS_SYSTEM_PATH"), "/var/lib/local-ai/backends"), true},
		{cmp.Or(os.Getenv("LOCALAI_BACKENDS_PATH"), "/backends"), false},
	} {
		runs, _ := filepath.Glob(filepath.Join(place.path, "*", "run.sh"))
		for _, run := range runs {
			found = append(found, object{"Name": filepath.Base(filepath.Dir(run)), "RunFile": run, "IsSystem": place.system})
		}
	}
	return found
}
