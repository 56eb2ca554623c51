// What can go wrong with a cache beside the database after a restore.
#include <functional>

#include "harness/drill/caches.hpp"
#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

/// What is done to the cache; healthy: it is rebuilt from the restored server.
struct CacheSabotage {
  std::function<void(CacheSpec&)> change = [](CacheSpec&) {};
  std::function<void(Drill&, Caches&, Source&, Restored&)> rebuild =
      [](Drill& drill, Caches& caches, Source& source, Restored& restored) {
        drill.rebuild_caches(caches, source, restored);
      };
};

// The command, with a line of shell around it; "$@" is the command.
void wrap(Command& command, const std::string& line) {
  command.argv.insert(command.argv.begin(), {"/bin/sh", "-c", line, "sh"});
}

// The rebuild works on the source, and does this in its place after the restore.
std::function<void(CacheSpec&)> after_the_restore(const std::string& line) {
  return [=](CacheSpec& cache) {
    wrap(cache.rebuild, R"([ "$PGREHEARSE_PHASE" = rebuild-cache-again ] || exec "$@"; )" + line);
  };
}

std::string redis(const std::string& command) {
  return R"(REDISCLI_AUTH=$PGREHEARSE_CACHE_PASSWORD redis-cli -h 127.0.0.1 -p "$PORT" -e )" +
         command;
}

std::function<void(Drill&)> story_of(const CacheSabotage& sabotage) {
  return [=](Drill& drill) {
    if (drill.run().subject.caches.empty()) {
      throw NotApplicable{"drill.yaml has no 'caches'"};
    }
    for (CacheSpec& cache : drill.run().subject.caches) {
      sabotage.change(cache);
    }
    auto source = drill.step("Start the database", [&] { return drill.start_source(); });
    auto backup = drill.step("Take a full backup", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Set the marker", [&] {
      source->write(drill.run().options.commits);
      return source->set_marker("before-mistake", backup);
    });
    Caches caches = drill.step("Start the caches", [&] { return Caches{drill.run()}; });
    drill.step("Fill the caches", [&] {
      source->write(20);
      caches.fill(*source);
    });
    auto restored =
        drill.step("Restore", [&] { return drill.restore(*source, backup, to(marker)); });
    drill.expect(restored, has_every_fact_of(marker, source->subject().database));
    drill.step("Rebuild", [&] { sabotage.rebuild(drill, caches, *source, restored); });
    drill.expect(restored, has_fresh_caches(caches, *source));
  };
}

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinWithCachesIsGreen) {
  Trial::must_be_green("accidental-delete", story_of({}));
}

TEST_F(AccidentalDeleteSabotage, CacheThatNobodyRebuilt) {
  Trial::must_be_killed("accidental-delete", {"caches", "it does not agree"},
      story_of({.rebuild = [](Drill&, Caches&, Source&, Restored&) {}}));
}

TEST_F(AccidentalDeleteSabotage, RebuildThatSaysItWorkedAndLeavesTheCacheAsItWas) {
  Trial::must_be_killed("accidental-delete", {"caches", "it does not agree"},
      story_of({.change = after_the_restore("exit 0")}));
}

TEST_F(AccidentalDeleteSabotage, CacheRebuiltFromTheOldServer) {
  Trial::must_be_killed("accidental-delete", {"caches", "it does not agree"},
      story_of({.rebuild = [](Drill& drill, Caches& caches, Source& source, Restored&) {
        Restored old_server = drill.live(source);
        drill.rebuild_caches(caches, source, old_server);
      }}));
}

TEST_F(AccidentalDeleteSabotage, RebuildThatFails) {
  Trial::must_be_killed("accidental-delete", {"caches", "its rebuild ended with status 3"},
      story_of({.change = after_the_restore(R"("$@"; exit 3)")}));
}

TEST_F(AccidentalDeleteSabotage, RebuildThatNeverEnds) {
  Trial::must_be_killed("accidental-delete", {"caches", "its rebuild did not end within"},
      story_of({.change = [](CacheSpec& cache) {
        after_the_restore("exec tail -f /dev/null")(cache);
        cache.rebuild.deadline = Seconds{5};
      }}));
}

TEST_F(AccidentalDeleteSabotage, RebuildThatLeavesOneEntryBehind) {
  Trial::must_be_killed("accidental-delete", {"caches", "it does not agree"},
      story_of({.change = after_the_restore(
                    R"("$@" && )" + redis("HSET bookings 999999999 confirmed"))}));
}

TEST_F(AccidentalDeleteSabotage, EmptyCache) {
  Trial::must_be_killed("accidental-delete", {"caches", "it does not agree"},
      story_of({.change = after_the_restore(redis("FLUSHALL"))}));
}

TEST_F(AccidentalDeleteSabotage, CheckThatNeverSaysNo) {
  Trial::must_be_unknown("accidental-delete", {{"caches", "its check never said no"}},
      story_of({.change = [](CacheSpec& cache) { cache.check.argv = {"true"}; }}));
}

TEST_F(AccidentalDeleteSabotage, CacheThatDiedBeforeItWasAsked) {
  Trial::must_be_unknown("accidental-delete", {{"caches", "its check could not tell"}},
      story_of({.change = after_the_restore(R"("$@" && )" + redis("SHUTDOWN NOSAVE") + " || :")}));
}

}  // namespace
}  // namespace pgrehearse
