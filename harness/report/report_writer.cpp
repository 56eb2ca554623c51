#include "harness/report/report_writer.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/report/html.hpp"
#include "harness/report/markdown.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Made exclusively, so that of two runs with the same folder only one gets past it.
constexpr const char* claim_name = ".pgrehearse-claim";

[[noreturn]] void refuse(std::string_view why, const fs::path& folder) {
  throw Error{ErrorCode::refused, fmt::format("the report folder {}", why),
      "Name a new or empty folder. Reports are never replaced by those of another run: move the "
      "old "
      "ones away if you want to keep the name.",
      folder.string()};
}

void claim(const fs::path& folder) {
  const int fd = open(
      (folder / claim_name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    if (errno == EEXIST) {
      refuse("is in use by another run, or was left by one that died", folder);
    }
    throw Error{ErrorCode::io,
        fmt::format("cannot write into the report folder: {}", std::strerror(errno)), {},
        folder.string()};
  }
  close(fd);
}

void give_up_claim(const fs::path& folder) {
  std::error_code ignored;
  fs::remove(folder / claim_name, ignored);
}

}  // namespace

ReportWriter::ReportWriter(fs::path folder, JunitForm junit)
    : folder_(std::move(folder)), junit_(std::move(junit)) {
  make_private_directory(folder_);
  claim(folder_);
  for (const fs::directory_entry& entry : fs::directory_iterator{folder_}) {
    if (entry.path().filename() != claim_name) {
      const bool recorded = fs::exists(folder_ / "record.json");
      give_up_claim(folder_);
      refuse(recorded ? "already holds the record of another run" : "is not empty", folder_);
    }
  }
}

ReportWriter::~ReportWriter() {
  give_up_claim(folder_);
}

void ReportWriter::put(const RunRecord& record, Put file) {
  if (!run_id_.empty() && (record.run_id != run_id_ || record.drills.size() < drills_)) {
    throw Error{ErrorCode::internal, "a report may only grow, and only with its own run",
        "This is a defect of the harness. The report written before is still there."};
  }
  // Rendered before the first of them is replaced: a rendering that throws costs nothing.
  const std::string json = to_json(record);
  const std::string junit = render_junit(record, junit_);
  const std::string markdown = render_markdown(record);
  const std::string html = render_html(record);
  file(folder_ / "record.json", json, 0644);
  file(folder_ / "junit.xml", junit, 0644);
  file(folder_ / "drill-record.md", markdown, 0644);
  file(folder_ / "report.html", html, 0644);
  run_id_ = record.run_id;
  drills_ = record.drills.size();
}

}  // namespace pgrehearse
