// What a drill may claim about an objective. All renderings ask here, so that none is kinder than
// another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/drill/record.hpp"

namespace pgrehearse {

enum class ReadingKind {
  measured,
  not_measured,  ///< no value, no unit of time, or no source: a number nobody can trace is none
  not_achieved,  ///< RTO of a drill whose restored cluster was never proven good
};

/// One objective as reported: its target, and what was achieved.
struct Reading {
  ReadingKind kind = ReadingKind::not_measured;
  double seconds = 0;                        ///< only when measured
  std::string source = {};                   ///< only when measured
  std::optional<double> bound_seconds = {};  ///< none: the drill has no such objective
  Verdict verdict = Verdict::unknown;
};

/// `objective` is "rpo" or "rto". The recovery time ends when the cluster is verified *and*
/// serving, so a drill that is not finished, failed, or has a finding other than met has not
/// achieved any. The findings "rpo" and "rto" do not count here: late is still a time.
[[nodiscard]] Reading reading_of(const DrillRecord& drill, std::string_view objective);

/// "NOT MEASURED" or "not achieved"; empty when measured.
[[nodiscard]] std::string_view words_for(ReadingKind kind);

/// The text a person reads first: "MET", "NOT PROVEN", "MISSED".
[[nodiscard]] std::string_view headline_of(Verdict verdict);

/// "missed: <check>: expected ..., observed ..." is built from this everywhere, on one line.
[[nodiscard]] std::string sentence_of(const Finding& finding);
/// "rto: expected at most 900 s, observed 1200 s".
[[nodiscard]] std::string sentence_of(const DrillRecord& drill, const ObjectiveRecord& objective);

/// The objectives with a bound that no finding of the same name tells already: a judged objective
/// is usually filed as a finding too, and must not be reported twice.
[[nodiscard]] std::vector<ObjectiveRecord> untold_objectives(const DrillRecord& drill);

/// Why a drill proves nothing, in one line: its error, its status, or the checks without an answer.
/// Empty when its verdict is met or missed by a finding.
[[nodiscard]] std::string doubt_of(const DrillRecord& drill);

/// Scenario line of the i-th finding; the drill's own line when it is not known.
[[nodiscard]] int line_of_finding(const DrillRecord& drill, std::size_t index);

/// At most three decimals, no trailing zeros: "12.5", "0", "900".
[[nodiscard]] std::string number_text(double number);

}  // namespace pgrehearse
