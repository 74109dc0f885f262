// SPDX-License-Identifier: Apache-2.0

package collector

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Metrics is one scrape of a collector's own telemetry.
type Metrics map[string]*dto.MetricFamily

// Metrics reads the collector's own telemetry from its Prometheus endpoint.
func (p *Process) Metrics(ctx context.Context) (Metrics, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.metricsURL, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read metrics: %s", response.Status)
	}
	return parse(response.Body)
}

func parse(r io.Reader) (Metrics, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(r)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	return families, nil
}

// Sum adds the values of a counter or gauge over all series that have the given
// labels; found is false when there is none. A histogram counts by its number
// of observations.
func (m Metrics) Sum(name string, labels map[string]string) (sum float64, found bool) {
	for _, series := range m[name].GetMetric() {
		if !has(series, labels) {
			continue
		}
		found = true
		sum += series.GetCounter().GetValue() + series.GetGauge().GetValue() + series.GetUntyped().GetValue() +
			float64(series.GetHistogram().GetSampleCount())
	}
	return sum, found
}

// Names lists the metrics, sorted.
func (m Metrics) Names() []string { return slices.Sorted(maps.Keys(m)) }

func has(series *dto.Metric, labels map[string]string) bool {
	matched := 0
	for _, label := range series.GetLabel() {
		want, ok := labels[label.GetName()]
		if !ok {
			continue
		}
		if want != label.GetValue() {
			return false
		}
		matched++
	}
	return matched == len(labels)
}
