#include "tests/contract/damage_trials.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

std::uint64_t new_seed() {
  const char* given = std::getenv("PGREHEARSE_TEST_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  fmt::print("PGREHEARSE_TEST_SEED={}\n", seed);
  return seed;
}

// Each folder has a lot of its own that begins with it: whichever cases run, the same are drawn.
std::uint64_t seed() {
  static const std::uint64_t drawn = new_seed();
  return drawn;
}

// In place: the file keeps its inode and its permissions.
std::fstream opened(const fs::path& file) {
  std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
  stream.exceptions(std::ios::failbit | std::ios::badbit);
  return stream;
}

}  // namespace

int trials(int pull_request, int nightly) {
  const char* size = std::getenv("PGREHEARSE_TEST_SIZE");
  return size != nullptr && std::string_view{size} == "nightly" ? nightly : pull_request;
}

std::string text_of(const Spot& spot) {
  return fmt::format("bit {} of byte {} of {}", spot.bit, spot.offset, spot.file);
}

Lot::Lot(fs::path folder) : folder_(std::move(folder)), random_(seed()) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder_}) {
    if (entry.is_regular_file() && entry.file_size() > 0) {
      files_.push_back({fs::relative(entry.path(), folder_).string(), entry.file_size()});
      bytes_ += entry.file_size();
    }
  }
  std::sort(files_.begin(), files_.end(),
      [](const File& left, const File& right) { return left.name < right.name; });
  if (files_.empty()) {
    throw std::runtime_error{"there is nothing to damage in " + folder_.string()};
  }
}

Spot Lot::weighted_by_byte() {
  std::uint64_t at = below(bytes_);
  auto file = files_.begin();
  for (; at >= file->bytes; ++file) {
    at -= file->bytes;
  }
  return {file->name, at, static_cast<unsigned>(below(8))};
}

Spot Lot::weighted_by_file() {
  const File& file = files_[below(files_.size())];
  return {file.name, below(file.bytes), static_cast<unsigned>(below(8))};
}

Spot Lot::within(const std::string& file) {
  return within(file, fs::file_size(folder_ / file));
}

Spot Lot::within(const std::string& file, std::uint64_t end) {
  return {file, below(end), static_cast<unsigned>(below(8))};
}

std::uint64_t Lot::below(std::uint64_t bound) {
  return std::uniform_int_distribution<std::uint64_t>{0, bound - 1}(random_);
}

Flipped::Flipped(const fs::path& folder, const Spot& spot)
    : file_(folder / spot.file), spot_(spot) {
  flip();
}

Flipped::~Flipped() {
  try {
    if (!kept_) {
      flip();
    }
  } catch (const std::exception& problem) {
    ADD_FAILURE() << "the damage stays: " << problem.what();
  }
}

void Flipped::flip() const {
  std::fstream stream = opened(file_);
  const auto place = static_cast<std::streamoff>(spot_.offset);
  stream.seekg(place);
  const auto byte = static_cast<unsigned>(stream.get());
  stream.seekp(place);
  stream.put(static_cast<char>(byte ^ (1U << spot_.bit)));
}

Truncated::Truncated(const fs::path& folder, const Spot& spot) : file_(folder / spot.file) {
  tail_ = read_file(file_).substr(spot.offset);
  fs::resize_file(file_, spot.offset);
}

Truncated::~Truncated() {
  try {
    std::fstream stream = opened(file_);
    stream.seekp(0, std::ios::end);
    stream.write(tail_.data(), static_cast<std::streamsize>(tail_.size()));
  } catch (const std::exception& problem) {
    ADD_FAILURE() << "the damage stays: " << problem.what();
  }
}

Score::Score(std::string damage) : damage_(std::move(damage)) {}

Score::~Score() {
  std::string line = fmt::format("{}: {} trials", damage_, tried_);
  for (const auto& [check, count] : by_) {
    line += fmt::format("; {}: {}", check, count);
  }
  line += fmt::format("; {}", readable(SteadyTime::now() - begun_));
  fmt::print("{}\n", line);
  std::fflush(stdout);
  std::string key = damage_;
  std::replace_if(
      key.begin(), key.end(), [](unsigned char letter) { return std::isalnum(letter) == 0; }, '-');
  testing::Test::RecordProperty(key, line);
}

int Score::by(const std::string& check) const {
  const auto found = by_.find(check);
  return found == by_.end() ? 0 : found->second;
}

}  // namespace pgrehearse
