// What the tests of the renderings start from.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/files.hpp"
#include "harness/drill/record.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {

inline std::filesystem::path source_path(const std::string& path) {
  return std::filesystem::path{PGREHEARSE_SOURCE_DIR} / path;
}

/// One drill met, one missed, one skipped.
inline RunRecord sample_record() {
  return record_from_json(read_file(source_path("reports/samples/record.json")));
}

/// Every status, and every kind of text that breaks a careless writer.
inline RunRecord hostile_record() {
  return record_from_json(read_file(source_path("tests/golden/data/hostile.record.json")));
}

inline RunRecord empty_record() {
  return record_from_json(read_file(source_path("tests/golden/data/empty.record.json")));
}

inline Completed program(std::vector<std::string> argv) {
  return run({.argv = std::move(argv)});
}

/// What an XPath expression says of a document, as xmllint prints it.
inline std::string xpath(const std::filesystem::path& document, const std::string& expression) {
  std::string out = program({"xmllint", "--huge", "--xpath", expression, document.string()}).out;
  while (!out.empty() && out.back() == '\n') {
    out.pop_back();
  }
  return out;
}

}  // namespace pgrehearse
