// Damage to backup sets, one bit or one end at a time: every one is refused by the digests that
// were taken with the set, by name, before a server reads a byte of it. What the programs of
// Postgres would have said for themselves is counted beside it.
#include <algorithm>

#include <fmt/format.h>

#include "tests/contract/damage_source.hpp"
#include "tests/contract/damage_trials.hpp"

namespace pgrehearse {
namespace {

constexpr const char* digests = "our digests";

// Of a tar archive that was cut, pg_restore 15 may look for the end for minutes (9 were measured).
// For a whole one of this size it needs 10 ms.
constexpr Milliseconds patience{500};

enum class Answer { yes, no, none };

Answer asked(
    Instance& instance, const std::vector<std::string>& argv, Milliseconds deadline = patience) {
  const Completed answer = instance.exec({.argv = argv, .deadline = deadline});
  return answer.timed_out ? Answer::none : answer.ok() ? Answer::yes : Answer::no;
}

// The refusal must speak of the very file: a set refused for another reason proves nothing.
void expect_refused(
    Score& score, const Spot& spot, const std::optional<std::string>& refusal, bool cut) {
  const std::string named = fmt::format("{}: {}", spot.file,
      cut ? fmt::format("{} bytes where the list says", spot.offset) : "other content");
  score.tried();
  EXPECT_TRUE(refusal && refusal->find(named) != std::string::npos)
      << text_of(spot) << ": " << refusal.value_or("used as if it were whole");
  if (refusal) {
    score.noticed_by(digests);
  }
}

class DamagedBaseBackup : public testing::Test {
 protected:
  std::optional<std::string> refusal() {
    return refusal_of([&] { source_.tool().restore(*target_, set_, Latest{}); });
  }
  bool nothing_is_left() {
    return exec_or_throw(*target_, {.argv = {"ls", "-A", target_->path_of(Place::data)}})
        .out.empty();
  }
  void flip(Score& score, Lot& lot, const Spot& spot) {
    const Flipped damage{lot.folder(), spot};
    expect_refused(score, spot, refusal(), false);
    if (asked(source_.instance(), {"pg_verifybackup", "--quiet", lot.folder()}, Seconds{30}) ==
        Answer::no) {
      score.noticed_by("pg_verifybackup alone");
    }
  }
  [[nodiscard]] std::filesystem::path folder() const { return source_.path_of(set_); }
  [[nodiscard]] std::string first_segment() const {
    return "pg_wal/" + segments_between(set_.timeline, set_.start, set_.end).front();
  }

 private:
  DamageSource source_;
  BackupSet set_ = source_.take();
  std::unique_ptr<Instance> target_ = source_.new_instance("target", false);
};

TEST_F(DamagedBaseBackup, IsRefusedWhicheverBitFlips) {
  Lot lot{folder()};
  {
    Score score{"base backup, flips weighted by byte"};
    for (int trial = 0; trial < trials(20, 1000); ++trial) {
      flip(score, lot, lot.weighted_by_byte());
    }
  }
  {
    Score score{"base backup, flips weighted by file"};
    for (int trial = 0; trial < trials(20, 1000); ++trial) {
      flip(score, lot, lot.weighted_by_file());
    }
  }
  Score score{"base backup, flips in the files that matter most"};
  for (const std::string& file :
      {first_segment(), std::string{"postgresql.auto.conf"}, std::string{"backup_label"},
          std::string{"backup_manifest"}, std::string{"global/pg_control"}}) {
    flip(score, lot, lot.within(file));
  }
  EXPECT_TRUE(nothing_is_left());
  EXPECT_EQ(refusal(), std::nullopt) << "the damage was not taken back: nothing is proven";
}

class DamagedDump : public testing::TestWithParam<std::string> {
 protected:
  std::optional<std::string> refusal() {
    return refusal_of([&] { source_.tool().load(target_, set_); });
  }
  bool nothing_is_left() {
    return target_.connect().value("SELECT count(*) FROM pg_database WHERE datname = 'app'") == "0";
  }
  void judge(Score& score, const Spot& spot, bool cut) {
    expect_refused(score, spot, refusal(), cut);
    const std::string dump = (folder() / "database").string();
    const Answer whole =
        GetParam() == "plain"
            ? asked(source_.instance(),
                  {"sh", "-c", R"(tail -n 8 "$1" | grep -q 'PostgreSQL database dump complete')",
                      "sh", dump})
            : asked(source_.instance(), {"pg_restore", "--file=/dev/null", dump});
    if (whole != Answer::yes) {
      score.noticed_by(
          whole == Answer::no ? "the dump's own form alone" : "pg_restore comes to no end");
    }
  }
  [[nodiscard]] std::filesystem::path folder() const { return source_.path_of(set_); }

 private:
  DamageSource source_{{.tool = "pg_dump", .settings = {{"format", GetParam()}}}};
  BackupSet set_ = source_.take();
  std::unique_ptr<Instance> instance_ = source_.new_instance("target", true);
  Cluster target_ = started(source_.cluster_in(*instance_));

  static Cluster started(Cluster cluster) {
    cluster.start();
    return cluster;
  }
};

INSTANTIATE_TEST_SUITE_P(EveryFormat, DamagedDump,
    testing::Values("custom", "directory", "plain", "tar"),
    [](const auto& format) { return format.param; });

TEST_P(DamagedDump, IsRefusedWhicheverBitFlips) {
  Lot lot{folder()};
  Score score{GetParam() + " dump, flips"};
  const int wanted = trials(20, 1000);
  for (int trial = 0; trial < wanted; ++trial) {
    const Spot spot = trial < wanted / 2 ? lot.weighted_by_byte() : lot.weighted_by_file();
    const Flipped damage{lot.folder(), spot};
    judge(score, spot, false);
  }
  EXPECT_TRUE(nothing_is_left());
  EXPECT_EQ(refusal(), std::nullopt) << "the damage was not taken back: nothing is proven";
}

TEST_P(DamagedDump, IsRefusedWhereverItEnds) {
  Lot lot{folder()};
  Score score{GetParam() + " dump, truncations"};
  const int wanted = trials(10, 200);
  for (int trial = 0; trial < wanted; ++trial) {
    const Spot spot = trial < wanted / 2 ? lot.weighted_by_byte() : lot.weighted_by_file();
    const Truncated damage{lot.folder(), spot};
    judge(score, spot, true);
  }
  EXPECT_TRUE(nothing_is_left());
  EXPECT_EQ(refusal(), std::nullopt) << "the damage was not taken back: nothing is proven";
}

}  // namespace
}  // namespace pgrehearse
