// Damage to real backups, drawn by lot and taken back: which bit of which file, or where a file
// ends. The lot has a seed, which is printed; PGREHEARSE_TEST_SEED draws the same again, and
// PGREHEARSE_TEST_SIZE=nightly draws many more.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "harness/base/time.hpp"

namespace pgrehearse {

/// Of these two, the one that this run is for.
[[nodiscard]] int trials(int pull_request, int nightly);

/// Where to hit.
struct Spot {
  std::string file;  ///< relative to the folder
  std::uint64_t offset = 0;
  unsigned bit = 0;
};
[[nodiscard]] std::string text_of(const Spot& spot);

/// Draws spots in the files of one folder. Files without a byte have none.
class Lot {
 public:
  explicit Lot(std::filesystem::path folder);

  /// Every byte of the folder is as likely as any other, so large files are hit most.
  [[nodiscard]] Spot weighted_by_byte();
  /// Every file is as likely as any other, so small ones are hit too.
  [[nodiscard]] Spot weighted_by_file();
  [[nodiscard]] Spot within(const std::string& file);
  /// The same, before its byte `end`.
  [[nodiscard]] Spot within(const std::string& file, std::uint64_t end);
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  struct File {
    std::string name;
    std::uint64_t bytes;
  };

  [[nodiscard]] std::uint64_t below(std::uint64_t bound);

  std::filesystem::path folder_;
  std::vector<File> files_;
  std::uint64_t bytes_ = 0;
  std::mt19937_64 random_;
};

/// One inverted bit, for as long as it lives.
class [[nodiscard]] Flipped {
 public:
  Flipped(const std::filesystem::path& folder, const Spot& spot);
  ~Flipped();
  Flipped(const Flipped&) = delete;
  Flipped& operator=(const Flipped&) = delete;

  /// Somebody else heals it.
  void keep() { kept_ = true; }

 private:
  void flip() const;

  bool kept_ = false;

  std::filesystem::path file_;
  Spot spot_;
};

/// A file that ends before the spot, for as long as it lives.
class [[nodiscard]] Truncated {
 public:
  Truncated(const std::filesystem::path& folder, const Spot& spot);
  ~Truncated();
  Truncated(const Truncated&) = delete;
  Truncated& operator=(const Truncated&) = delete;

 private:
  std::filesystem::path file_;
  std::string tail_;
};

/// How many trials of one kind there were, and what noticed them.
class Score {
 public:
  explicit Score(std::string damage);
  /// Prints the line, and makes it a property of the running test.
  ~Score();
  Score(const Score&) = delete;
  Score& operator=(const Score&) = delete;

  void tried() { ++tried_; }
  [[nodiscard]] int trials() const { return tried_; }
  void noticed_by(const std::string& check) { ++by_[check]; }
  /// How many it noticed.
  [[nodiscard]] int by(const std::string& check) const;

 private:
  std::string damage_;
  int tried_ = 0;
  std::map<std::string, int> by_;
  SteadyTime begun_ = SteadyTime::now();
};

}  // namespace pgrehearse
