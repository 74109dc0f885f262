// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// Unmarshal reads the configuration. What the decoder says of a value that is of the wrong type names neither
// that value nor what is allowed, and hides what Validate would say: here all of it is said at once.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	type plain Config
	err := conf.Unmarshal((*plain)(c))
	if c.Mode == modeMap && !conf.IsSet("timeout") {
		c.Timeout = defaultWindow
	}
	if err == nil {
		return nil
	}
	errs := c.decodeEach(conf.ToStringMap(), reflect.TypeFor[Config](), nil)
	if len(errs) == 0 {
		return err
	}
	return errors.Join(append(errs, c.Validate())...)
}

// decodeEach decodes one value after the other, below the keys of path, and describes those that can not be.
func (c *Config) decodeEach(values map[string]any, t reflect.Type, path []string) (errs []error) {
	type plain Config
	for _, key := range slices.Sorted(maps.Keys(values)) {
		inner := append(slices.Clone(path), key)
		value := values[key]
		field, known := fieldOf(t, key)
		if section, ok := value.(map[string]any); ok && known && field.Type.Kind() == reflect.Struct {
			errs = append(errs, c.decodeEach(section, field.Type, inner)...)
			continue
		}
		alone := value
		for _, k := range slices.Backward(inner) {
			alone = map[string]any{k: alone}
		}
		if confmap.NewFromStringMap(alone.(map[string]any)).Unmarshal((*plain)(c)) != nil {
			errs = append(errs, describe(strings.Join(inner, "::"), value, field, known))
		}
	}
	return errs
}

func fieldOf(t reflect.Type, key string) (field reflect.StructField, known bool) {
	for f := range t.Fields() {
		if f.Tag.Get("mapstructure") == key {
			return f, true
		}
	}
	return field, false
}

func describe(name string, value any, field reflect.StructField, known bool) error {
	if !known {
		return fmt.Errorf("%s is not a key of this processor", name)
	}
	return fmt.Errorf("%s is %#v, must be %s", name, value, allowed(field.Type))
}

func allowed(t reflect.Type) string {
	if t == reflect.TypeFor[time.Duration]() {
		return `a duration such as "200ms"`
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list of texts"
	case reflect.String:
		return "a text"
	case reflect.Struct:
		return "a section of keys"
	default:
		return "a whole number"
	}
}
