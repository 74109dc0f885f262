// SPDX-License-Identifier: Apache-2.0

package identity

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"
)

// HashResource hashes all of a resource: attributes, dropped attribute count
// and entity references. It is safe for concurrent use.
func HashResource(r pcommon.Resource) uint64 {
	h := Mix(HashMap(r.Attributes()), uint64(r.DroppedAttributesCount()))
	refs := entity.ResourceEntityRefs(r)
	for i := range refs.Len() {
		h = Mix(h, hashEntity(refs.At(i)))
	}
	return h
}

// EqualResource reports whether two resources have equal attributes, dropped
// attribute counts and entity references. It is safe for concurrent use.
//
// Entity references are compared in order.
func EqualResource(a, b pcommon.Resource) bool {
	return EqualMap(a.Attributes(), b.Attributes()) && EqualDetails(a, b)
}

// EqualDetails reports whether two resources are equal in everything but their
// attributes. It is safe for concurrent use.
func EqualDetails(a, b pcommon.Resource) bool {
	return a.DroppedAttributesCount() == b.DroppedAttributesCount() &&
		equalEntities(entity.ResourceEntityRefs(a), entity.ResourceEntityRefs(b))
}

// HashScope hashes all of a scope: name, version, attributes and dropped
// attribute count. It is safe for concurrent use.
func HashScope(s pcommon.InstrumentationScope) uint64 {
	h := Mix(HashString(s.Name()), HashString(s.Version()))
	if s.Attributes().Len() > 0 {
		h = Mix(h, HashMap(s.Attributes()))
	}
	return Mix(h, uint64(s.DroppedAttributesCount()))
}

// EqualScope reports whether two scopes have equal names, versions, attributes
// and dropped attribute counts. It is safe for concurrent use.
func EqualScope(a, b pcommon.InstrumentationScope) bool {
	return a.Name() == b.Name() &&
		a.Version() == b.Version() &&
		a.DroppedAttributesCount() == b.DroppedAttributesCount() &&
		EqualMap(a.Attributes(), b.Attributes())
}

func hashEntity(ref entity.EntityRef) uint64 {
	h := Mix(HashString(ref.Type()), HashString(ref.SchemaUrl()))
	return Mix(Mix(h, hashStrings(ref.IdKeys())), hashStrings(ref.DescriptionKeys()))
}

func hashStrings(s pcommon.StringSlice) uint64 {
	h := uint64(s.Len())
	for i := range s.Len() {
		h = Mix(h, HashString(s.At(i)))
	}
	return h
}

func equalEntities(a, b entity.EntityRefSlice) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		x, y := a.At(i), b.At(i)
		if x.Type() != y.Type() || x.SchemaUrl() != y.SchemaUrl() ||
			!equalStrings(x.IdKeys(), y.IdKeys()) ||
			!equalStrings(x.DescriptionKeys(), y.DescriptionKeys()) {
			return false
		}
	}
	return true
}

func equalStrings(a, b pcommon.StringSlice) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if a.At(i) != b.At(i) {
			return false
		}
	}
	return true
}
