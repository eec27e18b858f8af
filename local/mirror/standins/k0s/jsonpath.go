package main

import (
	"fmt"
	"strings"
)

// jsonpath fills in a template of kubectl's: text, {.a.b}, {.items[*].a} (a list, by spaces), {"text"} and
// {range .items[*]}…{end}.
func jsonpath(template string, content any) (string, error) {
	var out strings.Builder
	for template != "" {
		text, rest, found := strings.Cut(template, "{")
		out.WriteString(text)
		if !found {
			return out.String(), nil
		}
		inside, rest, found := strings.Cut(rest, "}")
		if !found {
			return "", fmt.Errorf("jsonpath: a { without its }")
		}
		template = rest
		switch {
		case strings.HasPrefix(inside, "\""):
			out.WriteString(strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(strings.Trim(inside, "\"")))
		case strings.HasPrefix(inside, "range "):
			body, after, found := strings.Cut(template, "{end}")
			if !found {
				return "", fmt.Errorf("jsonpath: a {range} without its {end}")
			}
			template = after
			for _, it := range find(strings.TrimPrefix(inside, "range "), content) {
				text, err := jsonpath(body, it)
				if err != nil {
					return "", err
				}
				out.WriteString(text)
			}
		default:
			values := []string{}
			for _, it := range find(inside, content) {
				values = append(values, fmt.Sprint(it))
			}
			out.WriteString(strings.Join(values, " "))
		}
	}
	return out.String(), nil
}

// find follows a path like .items[*].metadata.name.
func find(path string, content any) []any {
	found := []any{content}
	for _, key := range strings.Split(strings.Trim(strings.ReplaceAll(path, "[*]", ".*"), "."), ".") {
		var next []any
		for _, it := range found {
			switch value := it.(type) {
			case []any:
				if key == "*" {
					next = append(next, value...)
				}
			case object:
				if member, exists := value[key]; exists {
					next = append(next, member)
				}
			}
		}
		found = next
	}
	return found
}
