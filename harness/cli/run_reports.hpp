// How an invocation of `run` or `prove` begins its record, and how it ends: reports, summary, exit
// status.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>

#include "harness/cli/run_request.hpp"
#include "harness/report/report_writer.hpp"

namespace pgrehearse {

/// How JUnit XML is written beside the evidence in this folder, for readers that look for that from
/// $CI_PROJECT_DIR, which GitLab sets, or from the working folder.
[[nodiscard]] JunitForm junit_form(JunitDialect dialect, const std::filesystem::path& folder);

/// Of the folder where the reports of this run lie. Throws as ReportWriter does.
[[nodiscard]] ReportWriter report_writer(const RunRequest& request, const std::string& run_id);

/// What is known before anything has run.
[[nodiscard]] RunRecord begun_record(const RunRequest& request, const std::string& run_id);

/// Prints the run's engine and settings.
void print_settings(const RunRecord& record, std::FILE* out);

/// Files a case of the run's own for work that could not even begin.
void add_unfinished_begin(RunRecord& record, const std::string& error);

/// Writes the reports for the last time, prints the summary and, of `prove`, the kill score; or the
/// record, when that was asked for; and annotations, where GitHub runs it.
/// Returns the exit status.
[[nodiscard]] int conclude(RunRecord& record, ReportWriter& writer, const RunRequest& request);

}  // namespace pgrehearse
