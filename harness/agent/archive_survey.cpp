#include "harness/agent/archive_survey.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>

#include "harness/agent/archive_digests.hpp"
#include "harness/agent/descriptor.hpp"
#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256UL * 1024;

bool is_our_own(std::string_view name) {
  return name == archive_digests_name || (name.starts_with('.') && name.ends_with(".tmp"));
}

void read(ArchivedFile& file, const fs::path& path) {
  const Descriptor open = open_file(path, O_RDONLY | O_NOFOLLOW);
  std::vector<char> piece(piece_bytes);
  Sha256 digest;
  for (std::size_t got = 0; (got = read_piece(open, piece, path)) > 0; file.bytes += got) {
    if (file.bytes == 0) {
      file.page = wal_first_page({piece.data(), std::min(got, wal_header_bytes)});
    }
    digest.add({piece.data(), got});
  }
  file.sha256 = digest.take_hex();
}

}  // namespace

ArchiveSurvey survey_of_archive(const fs::path& archive) {
  ArchiveSurvey survey{.record = "none"};
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator{archive, problem}) {
    ArchivedFile file{.name = entry.path().filename().string()};
    if (is_our_own(file.name)) {
      continue;
    }
    file.regular = entry.symlink_status().type() == fs::file_type::regular;
    if (file.regular) {
      read(file, entry.path());
    }
    survey.files.push_back(std::move(file));
  }
  if (problem) {
    throw Error{
        ErrorCode::io, "cannot read the archive: " + problem.message(), {}, archive.string()};
  }
  std::sort(survey.files.begin(), survey.files.end(),
      [](const ArchivedFile& left, const ArchivedFile& right) { return left.name < right.name; });
  // After the files: each has its digest before it appears.
  try {
    if (std::optional<ArchiveDigests> digests = archive_digests_of(archive)) {
      survey.record = "whole";
      for (ArchivedFile& file : survey.files) {
        file.digests = (*digests)[file.name];
      }
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::archive_gap) {
      throw;
    }
    survey.record = error.message();
  }
  return survey;
}

std::string text_of(const ArchiveSurvey& survey) {
  std::string text = survey.record + '\0';
  for (const ArchivedFile& file : survey.files) {
    const WalFirstPage page = file.page.value_or(WalFirstPage{});
    std::string digests;
    for (const std::string& digest : file.digests) {
      digests += (digests.empty() ? "" : " ") + digest;
    }
    for (const std::string& field : {file.name, std::string{file.regular ? "file" : "other"},
             std::to_string(file.bytes), file.sha256, std::string{file.page ? "page" : "no page"},
             std::to_string(page.timeline), std::to_string(page.address),
             std::to_string(page.system_identifier), std::to_string(page.segment_bytes), digests}) {
      text += field;
      text += '\0';
    }
  }
  return text;
}

}  // namespace pgrehearse
