// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// Unmarshal reads the configuration. What the decoder says of a value that is of the wrong type names neither
// that value nor what is allowed, and hides what Validate would say: here all of it is said at once.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	type plain Config
	err := conf.Unmarshal((*plain)(c))
	if err == nil {
		return nil
	}
	values := conf.ToStringMap()
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(values)) {
		alone := confmap.NewFromStringMap(map[string]any{key: values[key]})
		if alone.Unmarshal((*plain)(c)) != nil {
			errs = append(errs, describe(key, values[key]))
		}
	}
	if len(errs) == 0 {
		return err
	}
	return errors.Join(append(errs, c.Validate())...)
}

func describe(key string, value any) error {
	for field := range reflect.TypeFor[Config]().Fields() {
		if field.Tag.Get("mapstructure") == key {
			return fmt.Errorf("%s is %#v, must be %s", key, value, allowed(field.Type))
		}
	}
	return fmt.Errorf("%s is not a key of this processor", key)
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
	default:
		return "a whole number"
	}
}
