package services

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"spravka/engine/host"
)

type object = map[string]any

func contract(t *testing.T) object {
	t.Helper()
	var doc object
	if err := yaml.Unmarshal(Contract, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at walks into the document and follows references; it fails where there is nothing.
func at(t *testing.T, doc object, v any, path ...string) any {
	t.Helper()
	v = resolve(t, doc, v)
	for _, key := range path {
		o, ok := v.(object)
		if !ok || o[key] == nil {
			t.Fatalf("openapi.yaml: there is no %q of %q in %v", key, path, v)
		}
		v = resolve(t, doc, o[key])
	}
	return v
}

func resolve(t *testing.T, doc object, v any) any {
	t.Helper()
	o, ok := v.(object)
	if !ok {
		return v
	}
	ref, ok := o["$ref"].(string)
	if !ok {
		return v
	}
	if len(o) != 1 || !strings.HasPrefix(ref, "#/") {
		t.Fatalf("openapi.yaml: the reference %v is not a plain local one", o)
	}
	return at(t, doc, doc, strings.Split(ref[2:], "/")...)
}

func keys(o any) []string {
	var out []string
	if o, ok := o.(object); ok {
		for k := range o {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func texts(v any) []string {
	var out []string
	if v, ok := v.([]any); ok {
		for _, s := range v {
			out = append(out, fmt.Sprint(s))
		}
	}
	slices.Sort(out)
	return out
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

func TestContractIsThatOfTheFlows(t *testing.T) {
	doc := contract(t)
	want, got := map[string]Operation{}, map[string]Operation{}
	for name, op := range operations(t) {
		if !host.Own(name) {
			want["/v1/"+name] = Operation{sorted(op.Params), sorted(op.Outcomes), sorted(op.Data)}
		}
	}
	for path, item := range at(t, doc, doc, "paths").(object) {
		if k := keys(item); !slices.Equal(k, []string{"post"}) {
			t.Errorf("%s can be asked by %v, want POST only", path, k)
		}
		ask := at(t, doc, item, "post", "requestBody", "content", "application/json", "schema").(object)
		answer := at(t, doc, item, "post", "responses", "200", "content", "application/json", "schema").(object)
		if k := keys(answer["properties"]); !slices.Equal(k, []string{"data", "outcome"}) {
			t.Errorf("%s answers with %v, want an outcome and data", path, k)
		}
		if !slices.Equal(texts(ask["required"]), keys(ask["properties"])) {
			t.Errorf("%s: every parameter is always sent, so each must be required", path)
		}
		got[path] = Operation{
			Params:   keys(ask["properties"]),
			Outcomes: texts(at(t, doc, answer, "properties", "outcome", "enum")),
			Data:     keys(at(t, doc, answer, "properties", "data", "properties")),
		}
	}
	for path, op := range want {
		for _, s := range [][]string{op.Params, op.Outcomes, op.Data} {
			if s == nil {
				t.Errorf("%s: a list of flows/services.yaml is missing", path)
			}
		}
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("nil", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
		t.Errorf("openapi.yaml is not flows/services.yaml (- flows, + openapi):\n%s", diff)
	}
}

func TestContractDescribesEverything(t *testing.T) {
	doc := contract(t)
	if at(t, doc, doc, "openapi") != "3.1.0" {
		t.Error("it is not OpenAPI 3.1")
	}
	if len(at(t, doc, doc, "security").([]any)) == 0 || at(t, doc, doc, "components", "securitySchemes", "token", "scheme") != "bearer" {
		t.Error("calls are not authorised by a bearer token")
	}
	for path, item := range at(t, doc, doc, "paths").(object) {
		post := at(t, doc, item, "post").(object)
		if "/v1/"+post["operationId"].(string) != path {
			t.Errorf("%s has the operationId %v", path, post["operationId"])
		}
		if post["summary"] == nil || post["description"] == nil {
			t.Errorf("%s is not described", path)
		}
		key := at(t, doc, post["parameters"].([]any)[0]).(object)
		if key["name"] != "Idempotency-Key" || key["in"] != "header" || key["required"] != true {
			t.Errorf("%s does not take an Idempotency-Key", path)
		}
		for _, status := range []string{"400", "401", "403", "404", "413", "422", "425", "429", "500", "503"} {
			e := at(t, doc, post, "responses", status).(object)
			if e["description"] == nil || !slices.Equal(keys(at(t, doc, e, "content", "application/json", "schema", "properties")), []string{"error"}) {
				t.Errorf("%s does not say what an error %s looks like", path, status)
			}
		}
	}
	if got := texts(at(t, doc, doc, "components", "schemas", "Error", "properties", "error", "properties", "code", "enum")); !slices.Equal(got, sorted(codes)) {
		t.Errorf("the contract names the error codes %v, the client knows %v", got, codes)
	}
	described(t, doc, doc, "")
}

// described sees to it that every reference leads somewhere, every object is closed, and every field has a description,
// a type and a bound.
func described(t *testing.T, doc object, v any, path string) {
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			described(t, doc, e, fmt.Sprintf("%s/%d", path, i))
		}
	case object:
		resolve(t, doc, v)
		if v["type"] == "object" && v["additionalProperties"] != false {
			t.Errorf("%s may have keys that are not named", path)
		}
		if props, ok := v["properties"].(object); ok {
			for name, p := range props {
				field := resolve(t, doc, p).(object)
				if field["description"] == nil || field["type"] == nil {
					t.Errorf("%s: the field %s has no description or no type", path, name)
				}
				if field["type"] == "string" && field["maxLength"] == nil && field["pattern"] == nil && field["enum"] == nil && field["format"] == nil {
					t.Errorf("%s: the field %s has no bound", path, name)
				}
			}
		}
		for k, e := range v {
			if e == nil {
				t.Errorf("%s: %q has no value; is a comma in a text without quotation marks?", path, k)
			}
			described(t, doc, e, path+"/"+k)
		}
	}
}

func TestContractExamplesAreValid(t *testing.T) {
	doc := contract(t)
	ops := operations(t)
	for path, item := range at(t, doc, doc, "paths").(object) {
		op := ops[strings.TrimPrefix(path, "/v1/")]
		ask := at(t, doc, item, "post", "requestBody", "content", "application/json", "example")
		if !slices.Equal(keys(ask), sorted(op.Params)) {
			t.Errorf("%s: the example asks with %v", path, keys(ask))
		}
		answer, err := json.Marshal(at(t, doc, item, "post", "responses", "200", "content", "application/json", "example"))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := decode(answer, op); err != nil {
			t.Errorf("%s: the client refuses the example of an answer: %v", path, err)
		}
	}
}
