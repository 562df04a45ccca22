// Command config renders a Config's templates as upstream's engine does, with text/template and sprig, once for
// each keystroke, and prints what each took in microseconds: what our evaluation is measured against.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

type item struct {
	Name    string `json:"name"`
	Default string `json:"default"`
	When    string `json:"when"`
	Help    string `json:"help"`
}

type edit struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type input struct {
	Items []item `json:"items"`
	Edits []edit `json:"edits"`
}

type form struct {
	items  map[string]item
	order  []item
	given  map[string]string
	parsed map[string]*template.Template
	values map[string]string
}

func (f *form) render(text string) string {
	if !strings.Contains(text, "{{repl") {
		return text
	}
	parsed := f.parsed[text]
	if parsed == nil {
		functions := sprig.TxtFuncMap()
		functions["ConfigOption"] = f.value
		functions["ConfigOptionEquals"] = func(name, value string) bool { return f.value(name) == value }
		functions["ConfigOptionNotEquals"] = func(name, value string) bool { return f.value(name) != value }
		parsed = template.Must(template.New("item").Delims("{{repl", "}}").Funcs(functions).Parse(text))
		f.parsed[text] = parsed
	}
	var out strings.Builder
	if err := parsed.Execute(&out, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return out.String()
}

func (f *form) value(name string) string {
	if given := f.given[name]; given != "" {
		return given
	}
	if value, known := f.values[name]; known {
		return value
	}
	value := f.render(f.items[name].Default)
	f.values[name] = value
	return value
}

func main() {
	content, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var in input
	if err := json.Unmarshal(content, &in); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	f := form{items: map[string]item{}, order: in.Items, given: map[string]string{}, parsed: map[string]*template.Template{}}
	for _, item := range in.Items {
		f.items[item.Name] = item
	}
	var last string
	for _, edit := range in.Edits {
		f.given[edit.Name] = edit.Value
		started := time.Now()
		f.values = map[string]string{}
		var all strings.Builder
		for _, item := range f.order {
			all.WriteString(f.value(item.Name))
			all.WriteString(f.render(item.When))
			all.WriteString(f.render(item.Help))
		}
		fmt.Println(float64(time.Since(started).Nanoseconds()) / 1000)
		last = f.value(in.Items[len(in.Items)-1].Name)
	}
	fmt.Fprintln(os.Stderr, last)
}
