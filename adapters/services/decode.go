package services

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode"
	"unicode/utf8"
)

// decode reads an answer token by token, because encoding/json takes what the contract does not allow: a key twice, keys
// in another case, null, broken UTF-8. Errors never quote the answer.
func decode(body []byte, op Operation) (outcome string, data map[string]string, err error) {
	if !utf8.Valid(body) {
		return "", nil, errors.New("it is not UTF-8")
	}
	d := &decoder{json.NewDecoder(bytes.NewReader(body))}
	var hasOutcome, hasData bool
	err = d.object("it", func(key string) (err error) {
		switch {
		case key == "outcome" && !hasOutcome:
			hasOutcome = true
			outcome, err = d.text("its outcome")
		case key == "data" && !hasData:
			hasData = true
			data, err = d.data(op.Data)
		default:
			err = errors.New("it has a key that is unknown or comes twice")
		}
		return err
	})
	if err != nil {
		return "", nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", nil, errors.New("something follows it")
	}
	if !slices.Contains(op.Outcomes, outcome) {
		return "", nil, errors.New("its outcome is none that the operation names")
	}
	return outcome, data, nil
}

type decoder struct{ *json.Decoder }

// data reads texts under the names that the operation gives.
func (d *decoder) data(names []string) (map[string]string, error) {
	data := map[string]string{}
	err := d.object("its data", func(key string) error {
		if !slices.Contains(names, key) {
			return errors.New("its data have a key that the operation does not name")
		}
		if _, twice := data[key]; twice {
			return fmt.Errorf("its data have the key %s twice", key)
		}
		text, err := d.text(key)
		data[key] = text
		return err
	})
	return data, err
}

// object reads an object and calls member with each of its keys; member reads the value.
func (d *decoder) object(what string, member func(key string) error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("%s is not a JSON object", what)
	}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return fmt.Errorf("%s is not a JSON object", what)
		}
		if err := member(key); err != nil {
			return err
		}
	}
	if t, err := d.Token(); err != nil || t != json.Delim('}') {
		return fmt.Errorf("%s is cut off", what)
	}
	return nil
}

func (d *decoder) text(what string) (string, error) {
	t, err := d.Token()
	s, ok := t.(string)
	switch {
	case err != nil || !ok:
		return "", fmt.Errorf("%s is not a text", what)
	case utf8.RuneCountInString(s) > maxText:
		return "", fmt.Errorf("%s has more than %d characters", what, maxText)
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return "", fmt.Errorf("%s has control characters", what)
		}
	}
	return s, nil
}
