// SPDX-License-Identifier: Apache-2.0

package identity

import (
	"strconv"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// benchMap has ten attributes in one of two orders.
func benchMap(reverse bool) pcommon.Map {
	m := pcommon.NewMap()
	for i := range 10 {
		if reverse {
			i = 9 - i
		}
		m.PutStr("deployment.attribute."+strconv.Itoa(i), "a value of some length "+strconv.Itoa(i))
	}
	return m
}

func BenchmarkHashMap(b *testing.B) {
	m := benchMap(false)
	b.ReportAllocs()
	for b.Loop() {
		HashMap(m)
	}
}

func BenchmarkEqualMap(b *testing.B) {
	m := benchMap(false)
	for name, other := range map[string]pcommon.Map{"same_order": benchMap(false), "other_order": benchMap(true)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !EqualMap(m, other) {
					b.Fatal("equal maps differ")
				}
			}
		})
	}
}

func BenchmarkSketchMap(b *testing.B) {
	m := benchMap(false)
	b.ReportAllocs()
	for b.Loop() {
		SketchMap(m)
	}
}

func BenchmarkTemplate(b *testing.B) {
	m := benchMap(false)
	var t Template
	t.Set(benchMap(false))
	b.ReportAllocs()
	for b.Loop() {
		if !t.Equal(m) {
			b.Fatal("equal maps differ")
		}
	}
}
