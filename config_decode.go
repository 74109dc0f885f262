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
	conf = keepWhole(conf)
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
	if err := c.RetryOnFailure.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("retry_on_failure: %w", err))
	}
	return errors.Join(append(errs, c.Validate())...)
}

// keepWhole makes a list of one of a text that stands where a list of expressions is expected. The decoder would cut
// it at its commas, which expressions have.
func keepWhole(conf *confmap.Conf) *confmap.Conf {
	values := conf.ToStringMap()
	sections := []map[string]any{values}
	if section, ok := values["map"].(map[string]any); ok {
		sections = append(sections, section)
	}
	changed := false
	for _, section := range sections {
		for _, key := range []string{"partition_by", "key", "conditions"} {
			if text, ok := section[key].(string); ok {
				section[key], changed = []any{text}, true
			}
		}
	}
	if !changed { // what was made of environment variables is known to conf alone
		return conf
	}
	return confmap.NewFromStringMap(values)
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
			if !known {
				errs = append(errs, unknown(path, key, t))
				continue
			}
			errs = append(errs, fmt.Errorf("%s is %#v, must be %s", strings.Join(inner, "::"), value, allowed(field.Type)))
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

// unknown is the error of a key that there is not, with those that there are in its place.
func unknown(path []string, key string, t reflect.Type) error {
	name := strings.Join(append(slices.Clone(path), key), "::")
	if _, elsewhere := fieldOf(reflect.TypeFor[MapConfig](), key); elsewhere && len(path) == 0 {
		return fmt.Errorf("%s is not a key of this processor, but map::%s is", name, key)
	}
	var keys []string
	for f := range t.Fields() {
		if tag := f.Tag.Get("mapstructure"); tag != "" {
			keys = append(keys, tag)
		}
	}
	return fmt.Errorf("%s is not a key of this processor, must be one of %s", name, strings.Join(keys, ", "))
}

func allowed(t reflect.Type) string {
	if t == reflect.TypeFor[time.Duration]() {
		return `a duration such as "200ms"`
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
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
