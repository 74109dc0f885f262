// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/partbuffer/partbufferprocessor/internal/key"
	"github.com/partbuffer/partbufferprocessor/internal/signal"
	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// modeMap is the mode that keeps the newest item of every key.
const modeMap = "map"

// defaultWindow is the Timeout of a configuration with mode "map" and no timeout.
const defaultWindow = 5 * time.Second

// passTimeout is the longest that an item waits which passes through in Map mode.
const passTimeout = 200 * time.Millisecond

// MapConfig is what only Map mode has.
type MapConfig struct {
	// Key are the key paths whose values make two items the same thing. Default none: the signal's natural
	// identity.
	Key []string `mapstructure:"key"`
	// Conditions are OTTL conditions; items that match none of them pass through. Default none: all match.
	Conditions []string `mapstructure:"conditions"`
	// Version says what makes an item newer: timestamp, observed_timestamp (logs) or arrival. Default timestamp.
	Version string `mapstructure:"version"`
	// Tie says who stays on an equal version: first or last. Default first.
	Tie string `mapstructure:"tie"`
	// MissingKey is what becomes of an item none of whose key paths has a value: pass_through, drop, or group,
	// which makes them one key. Default pass_through.
	MissingKey string `mapstructure:"missing_key"`
	// MaxKeys caps the keys held at a time, in flight included. 0 = no cap. Default 1000000.
	MaxKeys int `mapstructure:"max_keys"`
	// OnMaxKeys is what happens to an item whose key is new when MaxKeys are held: flush (the fullest partition
	// goes early and the item waits for that), pass_through, or reject (its whole request). Default flush.
	OnMaxKeys string `mapstructure:"on_max_keys"`
	// Remember is how long after its flush the version of a key is remembered, so that nothing older follows.
	// 0 = not. Default 0.
	Remember time.Duration `mapstructure:"remember"`
	// UpdatesAttribute is the attribute in which a sent item says how many older ones it replaced. Default none.
	UpdatesAttribute string `mapstructure:"updates_attribute"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func defaultMapConfig() MapConfig {
	return MapConfig{
		Version: "timestamp", Tie: "first", MissingKey: "pass_through", MaxKeys: 1_000_000, OnMaxKeys: "flush",
	}
}

// choices are the words that a key takes, and what they stand for.
type choices[T any] []choice[T]

type choice[T any] struct {
	word    string
	meaning T
}

func (c choices[T]) choose(key, word string) (meaning T, err error) {
	for _, one := range c {
		if one.word == word {
			return one.meaning, nil
		}
	}
	words := make([]string, len(c))
	for i, one := range c {
		words[i] = fmt.Sprintf("%q", one.word)
	}
	last := len(words) - 1
	return meaning, fmt.Errorf("%s is %q, must be %s or %s", key, word, strings.Join(words[:last], ", "), words[last])
}

var (
	versions = choices[signal.Version]{
		{"timestamp", signal.ByTimestamp}, {"observed_timestamp", signal.ByObserved}, {"arrival", signal.ByArrival},
	}
	ties        = choices[partbuffer.Tie]{{"first", partbuffer.TieFirst}, {"last", partbuffer.TieLast}}
	missingKeys = choices[signal.Missing]{
		{"pass_through", signal.PassMissing}, {"drop", signal.DropMissing}, {"group", signal.GroupMissing},
	}
	fullMaps = choices[partbuffer.Overflow]{
		{"flush", partbuffer.Block}, {"pass_through", partbuffer.HandBack}, {"reject", partbuffer.Reject},
	}
)

// validateMap returns everything that is wrong with what Map mode needs.
func (c *Config) validateMap() error {
	if c.Mode != modeMap {
		if !reflect.DeepEqual(c.Map, defaultMapConfig()) {
			return fmt.Errorf(`map is set and mode is %q, must be "map" for it to have an effect`, c.Mode)
		}
		return nil
	}
	var errs []error
	if c.Timeout == 0 {
		errs = append(errs, errors.New(`timeout is 0s, must be more with mode "map": it is the window`))
	}
	m := &c.Map
	_, versionErr := versions.choose("map::version", m.Version)
	_, tieErr := ties.choose("map::tie", m.Tie)
	_, missingErr := missingKeys.choose("map::missing_key", m.MissingKey)
	_, fullErr := fullMaps.choose("map::on_max_keys", m.OnMaxKeys)
	errs = append(errs, versionErr, tieErr, missingErr, fullErr)
	if m.MaxKeys < 0 {
		errs = append(errs, fmt.Errorf("map::max_keys is %d, must be 0 or more", m.MaxKeys))
	}
	if m.Remember < 0 {
		errs = append(errs, fmt.Errorf("map::remember is %v, must be 0 or more", m.Remember))
	}
	if len(m.Key) > 0 {
		errs = append(errs, anySignal("map::key", m.Key, parsePaths))
	}
	if len(m.Conditions) > 0 {
		errs = append(errs, anySignal("map::conditions", m.Conditions, parseConditions))
	}
	return errors.Join(errs...)
}

// anySignal accepts what is right for at least one signal. Whether it is right for the signal of a pipeline is
// seen when that is built. Otherwise it returns what the signal says that takes the most of the texts, because they
// seem to be meant for that one, or what each says where there are several.
func anySignal(name string, texts []string, parse func(key.Signal, []string) error) error {
	var errs []error
	most := -1
	for _, s := range []key.Signal{key.Traces, key.Metrics, key.Logs} {
		err := parse(s, texts)
		if err == nil {
			return nil
		}
		taken := 0
		for _, text := range texts {
			if parse(s, []string{text}) == nil {
				taken++
			}
		}
		if taken > most {
			errs, most = nil, taken
		}
		if taken == most {
			errs = append(errs, fmt.Errorf("in %s: %w", s, err))
		}
	}
	if parse(key.Profiles, texts) == nil {
		return nil
	}
	return fmt.Errorf("%s is [%s]: %w", name, quoted(texts), errors.Join(errs...))
}

// quoted lists texts as a configuration file would have them.
func quoted(texts []string) string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = "'" + text + "'"
	}
	return strings.Join(all, ", ")
}

func parsePaths(s key.Signal, paths []string) error {
	_, err := key.Parse(s, paths)
	return err
}

func parseConditions(s key.Signal, conditions []string) error {
	_, err := key.ParseConditions(s, conditions)
	return err
}

// rules returns the rules of Map mode for one signal.
func (m *MapConfig) rules(s key.Signal) (*signal.Rules, error) {
	var errs []error
	r := &signal.Rules{}
	var err error
	if len(m.Key) == 0 {
		r.Key, err = key.Natural(s)
	} else if r.Key, err = key.Parse(s, m.Key); err != nil {
		err = fmt.Errorf("map::key is [%s]: %w", quoted(m.Key), err)
	}
	errs = append(errs, err)
	if r.Conditions, err = key.ParseConditions(s, m.Conditions); err != nil {
		errs = append(errs, fmt.Errorf("map::conditions is [%s]: %w", quoted(m.Conditions), err))
	}
	r.Version, err = versions.choose("map::version", m.Version)
	errs = append(errs, err)
	if r.Version == signal.ByObserved && s != key.Logs {
		errs = append(errs, fmt.Errorf(`map::version is %q, must be "timestamp" or "arrival" for %s: only log records have an observed timestamp`,
			m.Version, s))
	}
	r.Missing, err = missingKeys.choose("map::missing_key", m.MissingKey)
	return r, errors.Join(append(errs, err)...)
}

// windowLimits are the limits of the entries of one lane. Capacity is shared by all lanes.
func (c *Config) windowLimits() partbuffer.Limits {
	sizes := slices.DeleteFunc([]int{c.SendBatchSize, c.SendBatchMaxSize}, func(n int) bool { return n == 0 })
	limits := partbuffer.Limits{Interval: c.Timeout}
	if len(sizes) > 0 {
		limits.MaxBatch.Items = slices.Min(sizes)
	}
	return limits
}

// keyCapacity is how many entries may be held, by keys or by items, and their bytes.
func (c *Config) keyCapacity() partbuffer.Weight {
	w := partbuffer.Weight{Items: c.Map.MaxKeys, Bytes: c.MaxBufferedBytes}
	if c.MaxBufferedItems > 0 && (w.Items == 0 || c.MaxBufferedItems < w.Items) {
		w.Items = c.MaxBufferedItems
	}
	return w
}
