#include "harness/backup/decompressor.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};

constexpr std::array decompressors{Decompressor{ArtifactFormat::gzip, "gzip", ".gz"},
    Decompressor{ArtifactFormat::zstd, "zstd", ".zst"},
    Decompressor{ArtifactFormat::xz, "xz", ".xz"},
    Decompressor{ArtifactFormat::bzip2, "bzip2", ".bz2"}};

const Decompressor* decompressor_by_name(const std::string& file) {
  const auto* const found = std::find_if(decompressors.begin(), decompressors.end(),
      [&](const Decompressor& known) { return file.ends_with(known.ending); });
  return found == decompressors.end() ? nullptr : found;
}

}  // namespace

const Decompressor* decompressor_of(ArtifactFormat format) {
  const auto* const found = std::find_if(decompressors.begin(), decompressors.end(),
      [&](const Decompressor& known) { return known.format == format; });
  return found == decompressors.end() ? nullptr : found;
}

std::string archived_name_of(const std::string& file) {
  const Decompressor* const by = decompressor_by_name(file);
  return by == nullptr ? file : file.substr(0, file.size() - by->ending.size());
}

void copy_decompressed(const std::filesystem::path& file, const std::filesystem::path& to) {
  const Decompressor* by = decompressor_by_name(file.filename().string());
  if (by == nullptr) {
    by = decompressor_of(format_of(file));
  }
  if (by == nullptr) {
    std::filesystem::copy_file(file, to);
  } else if (!run({.argv = {by->program, "--decompress", "--stdout"},
                      .input_file = file,
                      .output_file = to,
                      .deadline = hours_at_most})
                  .ok()) {
    throw Error{ErrorCode::archive_gap,
        fmt::format("segment {} cannot be decompressed", archived_name_of(file.filename())),
        "It was cut, or has changed."};
  }
}

}  // namespace pgrehearse
