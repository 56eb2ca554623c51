// A run as numbers for a monitoring system. Names only, and no number that the record does not
// have.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// The text format of Prometheus (exposition format 0.0.4), as node_exporter's textfile collector
/// reads it: gauges, with scenario, case and engine as labels. What was not measured has no sample.
[[nodiscard]] std::string render_prometheus(const RunRecord& record);

/// The same as one OTLP/JSON request of metrics (OpenTelemetry protocol,
/// ExportMetricsServiceRequest).
[[nodiscard]] std::string render_otlp(const RunRecord& record);

}  // namespace pgrehearse
