// SPDX-License-Identifier: Apache-2.0

package key

import (
	"maps"
	"slices"
)

// field is one thing that a path can name.
type field uint8

const (
	resourceAttributes field = iota
	scopeWhole
	scopeName
	scopeVersion
	scopeAttributes
	metricWhole
	metricName
	metricUnit
	metricType
	itemAttributes
	itemTraceID
	itemSpanID
	spanParentSpanID
	spanName
	spanKind
	logBody
	logSeverityNumber
	logSeverityText
	logEventName
	// itemExpression is whatever else OTTL can make of an item.
	itemExpression
)

func (f field) level() Level {
	switch {
	case f >= itemAttributes:
		return Item
	case f >= metricWhole:
		return Metric
	case f >= scopeWhole:
		return Scope
	default:
		return Resource
	}
}

// indexable tells whether the field is a map from which brackets choose one
// attribute.
func (f field) indexable() bool {
	return f == resourceAttributes || f == scopeAttributes || f == itemAttributes
}

// schema is what one signal offers to key paths. Names are canonical: without
// the prefix of the signal's own item context.
type schema struct {
	// itemContext is the prefix that means "of the item", such as span.
	itemContext string
	fields      map[string]field
}

var outerFields = map[string]field{
	"resource":            resourceAttributes,
	"resource.attributes": resourceAttributes,
	"scope":               scopeWhole,
	"scope.name":          scopeName,
	"scope.version":       scopeVersion,
	"scope.attributes":    scopeAttributes,
}

var schemas = [...]schema{
	Traces: {itemContext: "span", fields: withOuterFields(map[string]field{
		"attributes":     itemAttributes,
		"name":           spanName,
		"trace_id":       itemTraceID,
		"span_id":        itemSpanID,
		"parent_span_id": spanParentSpanID,
		"kind":           spanKind,
	})},
	Logs: {itemContext: "log", fields: withOuterFields(map[string]field{
		"attributes":      itemAttributes,
		"trace_id":        itemTraceID,
		"span_id":         itemSpanID,
		"body":            logBody,
		"severity_number": logSeverityNumber,
		"severity_text":   logSeverityText,
		"event_name":      logEventName,
	})},
	Metrics: {itemContext: "datapoint", fields: withOuterFields(map[string]field{
		"metric":      metricWhole,
		"metric.name": metricName,
		"metric.unit": metricUnit,
		"metric.type": metricType,
		"attributes":  itemAttributes,
	})},
	Profiles: {fields: outerFields},
}

func withOuterFields(fields map[string]field) map[string]field {
	maps.Copy(fields, outerFields)
	return fields
}

// allowed lists the paths of the schema in a stable order, for error messages.
func (s *schema) allowed() []string {
	var paths []string
	for name, f := range s.fields {
		paths = append(paths, name)
		if f.indexable() && name != "resource" {
			paths = append(paths, name+`["..."]`)
		}
	}
	slices.Sort(paths)
	return paths
}
