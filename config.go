// SPDX-License-Identifier: Apache-2.0

package partbufferprocessor

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configretry"

	"github.com/partbuffer/partbufferprocessor/partbuffer"
)

// modeQueue is the mode that batches.
const modeQueue = "queue"

const defaultSendBatchSize = 8192

// maxPartitions is far more than any machine can use, and few enough that a typing error does not eat all memory.
const maxPartitions = 4096

// Config is the configuration of the processor. Keys that the stock batch processor has keep their name,
// default and meaning. It must not be changed once a processor was made from it.
type Config struct {
	// Mode is "queue", which batches, or "map", which keeps the newest item of every key. Default "queue".
	Mode string `mapstructure:"mode"`

	// Timeout is the longest that an item waits before its batch is handed over. 0 = every request is sent at
	// once and only split. Default 200ms. In Map mode it is the window, above 0; default 5s.
	Timeout time.Duration `mapstructure:"timeout"`
	// SendBatchSize is the number of items at which a batch is sent before Timeout; it is no cap. 0 = every
	// request is sent at once and only split. Default 8192. In Map mode it also caps a batch of entries.
	SendBatchSize int `mapstructure:"send_batch_size"`
	// SendBatchMaxSize caps the items of an outbound batch; larger ones are split. 0 = no cap, else not below
	// SendBatchSize. Default 0.
	SendBatchMaxSize int `mapstructure:"send_batch_max_size"`
	// SendBatchMaxBytes caps the OTLP protobuf bytes of an outbound batch. A single item above it is sent alone.
	// 0 = no cap. Default 0.
	SendBatchMaxBytes int `mapstructure:"send_batch_max_bytes"`

	// MetadataKeys are the client metadata keys by whose values requests are kept apart, one lane for each
	// distinct combination. Case does not matter. Default none.
	MetadataKeys []string `mapstructure:"metadata_keys"`
	// MetadataCardinalityLimit caps the lanes alive at a time. 0 = no limit. Default 1000.
	MetadataCardinalityLimit int `mapstructure:"metadata_cardinality_limit"`
	// MetadataIdleTimeout is how long an empty lane stays unused before it is removed. 0 = for ever. Default 90s.
	MetadataIdleTimeout time.Duration `mapstructure:"metadata_idle_timeout"`

	// Partitions is how many batches of a lane are filled and delivered at a time. 0 = the number of usable
	// CPUs, at least 4. 1 = strict arrival order. Default 0.
	Partitions int `mapstructure:"partitions"`
	// PartitionBy are the key paths whose values route an item to its partition, in order. Default none:
	// metrics go by resource, everything else wherever there is room.
	PartitionBy []string `mapstructure:"partition_by"`
	// MergeResources makes equal resources and scopes of one batch one. Default true.
	MergeResources bool `mapstructure:"merge_resources"`

	// MaxBufferedItems caps the items held, in flight included. 0 = 2 x SendBatchSize x Partitions. Default 0.
	MaxBufferedItems int `mapstructure:"max_buffered_items"`
	// MaxBufferedBytes caps the OTLP protobuf bytes held, in flight included. 0 = no cap. Default 0.
	MaxBufferedBytes int `mapstructure:"max_buffered_bytes"`
	// OnOverflow is what happens to a request that finds no room: block, reject or drop_oldest. Default block.
	OnOverflow string `mapstructure:"on_overflow"`

	// DeliveryTimeout is the deadline of one delivery attempt. 0 = none. Default 0.
	DeliveryTimeout time.Duration `mapstructure:"delivery_timeout"`
	// ShutdownTimeout is how long Shutdown waits for what is held to be delivered, before it gives up, counts and
	// reports what is left. 0 = as long as its context says. Default 30s.
	ShutdownTimeout time.Duration `mapstructure:"shutdown_timeout"`

	// WaitForResult makes Consume return when all of its data is delivered or lost, with the error of its delivery.
	// Not with mode "map". Default false.
	WaitForResult bool `mapstructure:"wait_for_result"`
	// RetryOnFailure makes a failed delivery be tried again, unless its error is permanent. Its partition delivers
	// nothing else meanwhile. In Map mode it is for what passes through. Default off.
	RetryOnFailure configretry.BackOffConfig `mapstructure:"retry_on_failure"`

	// Map is for mode "map" only.
	Map MapConfig `mapstructure:"map"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	retry := configretry.NewDefaultBackOffConfig()
	retry.Enabled = false
	return &Config{
		Mode:                     modeQueue,
		Timeout:                  200 * time.Millisecond,
		SendBatchSize:            defaultSendBatchSize,
		MetadataCardinalityLimit: 1000,
		MetadataIdleTimeout:      90 * time.Second,
		MergeResources:           true,
		OnOverflow:               partbuffer.Block.String(),
		ShutdownTimeout:          30 * time.Second,
		RetryOnFailure:           retry,
		Map:                      defaultMapConfig(),
	}
}

var overflows = choices[partbuffer.Overflow]{
	{"block", partbuffer.Block}, {"reject", partbuffer.Reject}, {"drop_oldest", partbuffer.DropOldest},
}

func (c *Config) overflow() (partbuffer.Overflow, error) {
	return overflows.choose("on_overflow", c.OnOverflow)
}

func (c *Config) partitions() int {
	if c.Partitions > 0 {
		return c.Partitions
	}
	return max(4, runtime.GOMAXPROCS(0))
}

// immediate reports whether requests are sent at once.
func (c *Config) immediate() bool { return c.Timeout == 0 || c.SendBatchSize == 0 }

// laneIdleTimeout is at least as long as versions are remembered, which go with their lane.
func (c *Config) laneIdleTimeout() time.Duration {
	if c.Mode == modeMap && c.MetadataIdleTimeout > 0 {
		return max(c.MetadataIdleTimeout, c.Map.Remember)
	}
	return c.MetadataIdleTimeout
}

// sizesBytes reports whether requests must be sized in bytes.
func (c *Config) sizesBytes() bool { return c.SendBatchMaxBytes > 0 || c.MaxBufferedBytes > 0 }

// limits returns the buffer's limits, without capacity: that is shared by all lanes.
func (c *Config) limits() partbuffer.Limits {
	l := partbuffer.Limits{
		Interval: c.Timeout,
		Trigger:  partbuffer.Weight{Items: c.SendBatchSize},
		MaxBatch: partbuffer.Weight{Items: c.SendBatchMaxSize, Bytes: c.SendBatchMaxBytes},
	}
	if c.Mode == modeMap {
		l.Interval = min(l.Interval, passTimeout)
	}
	if c.immediate() {
		l.Interval = 0
		l.Trigger = partbuffer.Weight{}
	}
	return l
}

func (c *Config) capacity() partbuffer.Weight {
	w := partbuffer.Weight{Items: c.MaxBufferedItems, Bytes: c.MaxBufferedBytes}
	if w.Items == 0 {
		size := c.SendBatchSize
		if size == 0 {
			size = defaultSendBatchSize
		}
		w.Items = 2 * size * c.partitions()
	}
	return w
}

// metadataKeys returns the keys as client metadata spells them, in an order that does not depend on the file.
func (c *Config) metadataKeys() []string {
	keys := make([]string, len(c.MetadataKeys))
	for i, k := range c.MetadataKeys {
		keys[i] = strings.ToLower(k)
	}
	slices.Sort(keys)
	return keys
}
