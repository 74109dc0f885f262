// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Validate returns everything that is wrong with the configuration, each with the key, its value and what is
// allowed. Key paths that no signal has are found here, those that one signal lacks when its pipeline is built.
func (c *Config) Validate() error {
	var errs []error
	check := func(ok bool, key string, value any, allowed string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s is %v, must be %s", key, value, allowed))
		}
	}
	check(c.Mode == modeQueue || c.Mode == modeMap, "mode", fmt.Sprintf("%q", c.Mode), `"queue" or "map"`)
	check(c.Timeout >= 0, "timeout", c.Timeout, "0 or more")
	check(c.DeliveryTimeout >= 0, "delivery_timeout", c.DeliveryTimeout, "0 or more")
	check(!c.WaitForResult || c.Mode != modeMap, "wait_for_result", true, `false with mode "map": an item that a newer one replaced has no result`)
	check(c.ShutdownTimeout >= 0, "shutdown_timeout", c.ShutdownTimeout, "0 or more")
	check(c.MetadataIdleTimeout >= 0, "metadata_idle_timeout", c.MetadataIdleTimeout, "0 or more")
	for _, n := range []struct {
		key   string
		value int
	}{
		{"send_batch_size", c.SendBatchSize},
		{"send_batch_max_size", c.SendBatchMaxSize},
		{"send_batch_max_bytes", c.SendBatchMaxBytes},
		{"metadata_cardinality_limit", c.MetadataCardinalityLimit},
		{"partitions", c.Partitions},
		{"max_buffered_items", c.MaxBufferedItems},
		{"max_buffered_bytes", c.MaxBufferedBytes},
	} {
		check(n.value >= 0, n.key, n.value, "0 or more")
	}
	check(c.Partitions <= maxPartitions, "partitions", c.Partitions, fmt.Sprintf("%d or less", maxPartitions))
	check(c.SendBatchSize <= math.MaxInt32, "send_batch_size", c.SendBatchSize, fmt.Sprintf("%d or less", math.MaxInt32))
	check(c.SendBatchMaxSize <= math.MaxInt32, "send_batch_max_size", c.SendBatchMaxSize, fmt.Sprintf("%d or less", math.MaxInt32))
	check(c.SendBatchMaxBytes <= math.MaxInt32, "send_batch_max_bytes", c.SendBatchMaxBytes, fmt.Sprintf("%d or less", math.MaxInt32))
	check(c.SendBatchMaxSize <= 0 || c.SendBatchMaxSize >= c.SendBatchSize, "send_batch_max_size", c.SendBatchMaxSize,
		fmt.Sprintf("0 or at least send_batch_size (%d)", c.SendBatchSize))
	_, err := c.overflow()
	errs = append(errs, err, c.validateMetadataKeys(), c.validateRetry(), c.validateMap())
	if len(c.PartitionBy) > 0 {
		errs = append(errs, anySignal("partition_by", c.PartitionBy, parsePaths))
	}
	return errors.Join(errs...)
}

// validateRetry refuses what would try again without a pause, and says with values what configretry says without.
func (c *Config) validateRetry() error {
	r := &c.RetryOnFailure
	if !r.Enabled {
		return nil
	}
	var errs []error
	if r.InitialInterval <= 0 {
		errs = append(errs, fmt.Errorf("retry_on_failure::initial_interval is %v, must be more than 0", r.InitialInterval))
	}
	if r.MaxInterval <= 0 {
		errs = append(errs, fmt.Errorf("retry_on_failure::max_interval is %v, must be more than 0", r.MaxInterval))
	}
	if r.Multiplier < 1 {
		errs = append(errs, fmt.Errorf("retry_on_failure::multiplier is %v, must be 1 or more", r.Multiplier))
	}
	if longest := max(r.InitialInterval, r.MaxInterval); r.MaxElapsedTime != 0 && r.MaxElapsedTime < longest {
		errs = append(errs, fmt.Errorf("retry_on_failure::max_elapsed_time is %v, must be 0 or at least initial_interval (%v) and max_interval (%v)",
			r.MaxElapsedTime, r.InitialInterval, r.MaxInterval))
	}
	return errors.Join(errs...)
}

func (c *Config) validateMetadataKeys() error {
	var errs []error
	seen := map[string]bool{}
	for _, k := range c.MetadataKeys {
		lower := strings.ToLower(k)
		switch {
		case k == "":
			errs = append(errs, errors.New(`metadata_keys has "", every entry must be the name of a key`))
		case seen[lower]:
			errs = append(errs, fmt.Errorf("metadata_keys has %q twice (case-insensitive), every key must be there once", lower))
		}
		seen[lower] = true
	}
	return errors.Join(errs...)
}
