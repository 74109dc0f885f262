// SPDX-License-Identifier: Apache-2.0

package load

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var routes = []string{"/cart", "/orders", "/orders/{id}", "/orders/{id}/items", "/products/{id}", "/payment"}

// request makes one request of a resource that differs from the others in the values of its attributes.
func request(resource, spans int, random *rand.Rand) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	Describe(rs.Resource().Attributes(), resource)
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("example.com/shop/instrumentation/http")
	ss.Scope().SetVersion("1.14.2")
	ss.Spans().EnsureCapacity(spans)
	for range spans {
		span := ss.Spans().AppendEmpty()
		route := routes[random.IntN(len(routes))]
		span.SetName("GET " + route)
		span.SetKind(ptrace.SpanKindServer)
		span.Attributes().PutStr("http.request.method", "GET")
		span.Attributes().PutStr("http.route", route)
		span.Attributes().PutInt("http.response.status_code", 200)
	}
	return td
}

// Describe puts the ten attributes that an SDK and the k8sattributes processor give a pod. Resources
// differ in the values.
func Describe(attrs pcommon.Map, resource int) {
	service := fmt.Sprintf("checkout-%d", resource%5)
	attrs.PutStr("service.name", service)
	attrs.PutStr("service.namespace", "shop")
	attrs.PutStr("service.version", "2.31.0")
	attrs.PutStr("service.instance.id", fmt.Sprintf("627cc493-f310-47de-96bd-%012x", 7919*(resource+1)))
	attrs.PutStr("k8s.namespace.name", "shop-production")
	attrs.PutStr("k8s.pod.name", fmt.Sprintf("%s-6d5f8b9c7d-x%04d", service, resource))
	attrs.PutStr("k8s.pod.uid", fmt.Sprintf("0b2c5d51-9d43-4f7b-8f0e-%012x", 104729*(resource+1)))
	attrs.PutStr("k8s.node.name", fmt.Sprintf("ip-10-0-%d-17.eu-west-1.compute.internal", resource%8))
	attrs.PutStr("container.id", fmt.Sprintf("%x", sha256.Sum256([]byte{byte(resource)})))
	attrs.PutStr("container.image.name", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/"+service)
}
