// SPDX-License-Identifier: Apache-2.0

package mapmode

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Signal is how requests of one signal are made and counted.
type Signal[T any] struct {
	Name string
	// Make returns a request with one point for each key, all of one resource.
	Make func(resource int, keys []int, attributes int) T
	// Stamp gives all points of a request the time and the value of a round.
	Stamp     func(data T, round int)
	Count     func(T) int
	Marshal   func(T) ([]byte, error)
	Unmarshal func([]byte) (T, error)
}

// KeyAttribute is the attribute whose value no two keys share.
const KeyAttribute = "http.route"

var (
	methods = []string{"GET", "PUT", "POST", "DELETE"}
	codes   = []int64{200, 201, 404, 500, 503}
)

// describePoint puts n attributes, at least three.
func describePoint(attrs pcommon.Map, key, n int) {
	attrs.EnsureCapacity(n)
	attrs.PutStr("http.request.method", methods[key%len(methods)])
	attrs.PutInt("http.response.status_code", codes[key%len(codes)])
	attrs.PutStr(KeyAttribute, fmt.Sprintf("/shop/v2/orders/%07d", key))
	for i := attrs.Len(); i < n; i++ {
		attrs.PutStr(fmt.Sprintf("shop.dimension.%02d", i), fmt.Sprintf("value-%02d-%03d", i, (key+i)%101))
	}
}

var (
	epoch    = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	interval = 10 * time.Second
)

// roundTime is when the points of a round were measured.
func roundTime(round int) pcommon.Timestamp {
	return pcommon.NewTimestampFromTime(epoch.Add(time.Duration(round+1) * interval))
}
