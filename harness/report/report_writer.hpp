// Keeps the reports of a run on disk truthful at every moment, whenever the run is killed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/files.hpp"
#include "harness/drill/record.hpp"
#include "harness/report/junit.hpp"

namespace pgrehearse {

/// Owns a folder of its own for the length of a run. Write the record first with all selected
/// drills
/// ("not finished"), then again after every change: a kill in between leaves whole files that say
/// which drills were never finished.
class [[nodiscard]] ReportWriter {
 public:
  /// Makes the folder if it is new (0700: evidence lies beside the reports). Throws Error{refused}
  /// when it holds anything, so that no report of another run is ever replaced, and when another
  /// run is about to use it; Error{io} when it cannot be made.
  explicit ReportWriter(std::filesystem::path folder, JunitForm junit = {});
  ~ReportWriter();
  ReportWriter(const ReportWriter&) = delete;
  ReportWriter& operator=(const ReportWriter&) = delete;

  /// record.json, junit.xml, drill-record.md and report.html, each replaced whole. Throws
  /// Error{io}; Error{internal} when the record is of another run or has fewer drills than the one
  /// written before.
  void write(const RunRecord& record) { put(record, write_file); }
  /// The same while the run goes on, without waiting for the disk: a kill of this program leaves
  /// whole files, a power cut may leave older ones.
  void update(const RunRecord& record) { put(record, replace_file); }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  using Put = void (*)(const std::filesystem::path&, std::string_view, unsigned);
  void put(const RunRecord& record, Put file);

  std::filesystem::path folder_;
  JunitForm junit_;
  std::string run_id_;
  std::size_t drills_ = 0;
};

}  // namespace pgrehearse
