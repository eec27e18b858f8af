package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
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

// backends plays the gallery: what is asked for counts as installed at once.
func backends(mux *http.ServeMux) {
	var mutex sync.Mutex
	installed := []object{}
	mux.HandleFunc("/backends", func(w http.ResponseWriter, _ *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		answer(w, installed)
	})
	mux.HandleFunc("/backends/apply", func(w http.ResponseWriter, r *http.Request) {
		var wanted struct{ ID string }
		if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil || wanted.ID == "" {
			refuse(w, http.StatusBadRequest, "expected {\"id\": …}")
			return
		}
		mutex.Lock()
		defer mutex.Unlock()
		installed = append(installed, object{"Name": wanted.ID, "IsSystem": false})
		answer(w, object{"uuid": "stand-in", "status": "/backends/jobs/stand-in"})
	})
	mux.HandleFunc("/backends/jobs/", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"processed": true, "progress": 100, "message": "completed (stand-in)", "error": nil})
	})
}
