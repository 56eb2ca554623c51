#include "harness/cli/side_by_side.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <list>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/cli/case_process.hpp"
#include "harness/cli/run_reports.hpp"
#include "harness/cli/run_verb.hpp"
#include "harness/drill/time_left.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/wait.hpp"
#include "harness/report/kill_score.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds longest_case = std::chrono::hours{24};
constexpr Milliseconds removal_takes_at_most = std::chrono::minutes{2};

DrillRecord planned(const CaseName& name) {
  DrillRecord drill;
  drill.suite = name.suite;
  drill.test = name.test;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int s = 0; s < all.total_test_suite_count(); ++s) {
    const testing::TestSuite& suite = *all.GetTestSuite(s);
    for (int t = 0; t < suite.total_test_count(); ++t) {
      if (name == CaseName{suite.name(), suite.GetTestInfo(t)->name()}) {
        drill.file = suite.GetTestInfo(t)->file();
        drill.line = suite.GetTestInfo(t)->line();
      }
    }
  }
  return drill;
}

/// The run as a whole: what waits, what is under way, what has come of the rest.
class SideBySide {
 public:
  SideBySide(const RunRequest& request, RunRecord& record, ReportWriter& writer)
      : request_(request), record_(record), writer_(writer) {}

  void run(const std::vector<CaseName>& cases) {
    for (const CaseName& name : cases) {
      record_.drills.push_back(planned(name));
    }
    waiting_.assign(cases.begin(), cases.end());
    writer_.write(record_);
    make_private_directory(writer_.folder() / "cases");
    try {
      while (!waiting_.empty() || !running_.empty()) {
        start_more();
        await_an_end(longest_case);
        collect();
      }
    } catch (const Error& error) {
      if (!interrupted_by()) {
        throw;
      }
      end_all(*interrupted_by());
    }
  }

 private:
  static std::string folder_of(const CaseName& name) {
    std::string folder = "cases/" + name.text();
    std::replace(
        folder.begin() + static_cast<std::ptrdiff_t>(folder.find('/')) + 1, folder.end(), '/', '-');
    return folder;
  }

  void start_more() {
    while (running_.size() < static_cast<std::size_t>(request_.jobs) && !waiting_.empty()) {
      const CaseName name = waiting_.front();
      running_.emplace_back(request_, name, writer_.folder() / folder_of(name));
      waiting_.pop_front();
    }
  }

  void await_an_end(Milliseconds at_most) {
    wait_until("a case to end", at_most, [&]() -> std::optional<std::string> {
      const bool any = std::any_of(
          running_.begin(), running_.end(), [](CaseProcess& one) { return one.ended(); });
      return any ? std::nullopt : std::optional<std::string>{"all are under way"};
    });
  }

  void collect() {
    for (auto one = running_.begin(); one != running_.end();) {
      if (one->ended()) {
        file(*one);
        one = running_.erase(one);
      } else {
        ++one;
      }
    }
  }

  void file(CaseProcess& ended) {
    const auto at =
        std::find_if(record_.drills.begin(), record_.drills.end(), [&](const DrillRecord& drill) {
          return CaseName{drill.suite, drill.test} == ended.name();
        });
    if (const std::optional<RunRecord> own = ended.record()) {
      take_over(*own, *at);
      if (at->error.empty() && own->exit_status >= 0 && own->exit_status != ended.status()) {
        at->error = fmt::format("the process of this case ended with status {}, its record says {}",
            ended.status(), own->exit_status);
      }
    }
    if (at->status == "not finished" && at->error.empty()) {
      at->status = "crashed";
      at->error = fmt::format("the process of this case ended with status {}", ended.status());
    }
    ++done_;
    tell(*at, ended);
    writer_.update(record_);
  }

  void take_over(const RunRecord& own, DrillRecord& drill) {
    if (record_.engine.empty()) {
      record_.engine = own.engine;
      record_.engine_reason = own.engine_reason;
      record_.server_version = own.server_version;
      record_.proof = request_.sabotages ? std::nullopt : own.proof;
    }
    record_.leftovers.insert(record_.leftovers.end(), own.leftovers.begin(), own.leftovers.end());
    const CaseName name{drill.suite, drill.test};
    for (const DrillRecord& found : own.drills) {
      if (CaseName{found.suite, found.test} == name) {
        drill = found;
      } else if (!found.error.empty()) {
        drill.error = found.error;  // of a run that could not even begin
        drill.status = "finished";
      }
    }
    for (EvidenceRecord& evidence : drill.evidence) {
      evidence.name = folder_of(name) + "/" + evidence.name;
    }
  }

  // A line for each case, with the time that the rest may take.
  void tell(const DrillRecord& drill, const CaseProcess& ended) const {
    const std::string_view outcome =
        request_.sabotages ? name_of(fate_of(drill)) : name_of(verdict_of(drill));
    const std::string left = time_left(SteadyTime::now() - began_, done_, record_.drills.size());
    fmt::print(request_.told(), "[{:>3}/{}] {:<14} {:>8}  {}.{}{}\n", done_, record_.drills.size(),
        outcome, readable(ended.running_for()), drill.suite, drill.test,
        left.empty() ? "" : "; " + left);
    std::fflush(request_.told());
  }

  void end_all(int signal) {
    const RemovalScope uninterrupted;
    for (const CaseProcess& one : running_) {
      one.signal(signal);
    }
    try {
      while (!running_.empty()) {
        await_an_end(removal_takes_at_most);
        collect();
      }
    } catch (const Error& error) {
      // Their watchdogs remove what they had once they are gone.
      record_.leftovers.push_back(error.message());
    }
  }

  const RunRequest& request_;
  RunRecord& record_;
  ReportWriter& writer_;
  SteadyTime began_ = SteadyTime::now();
  std::size_t done_ = 0;
  std::deque<CaseName> waiting_ = {};
  std::list<CaseProcess> running_ = {};
};

}  // namespace

bool can_be_split(const RunRequest& request) {
  return !request.options.keep &&
         std::all_of(request.gtest_arguments.begin(), request.gtest_arguments.end(),
             [](const std::string& argument) { return argument.starts_with("--gtest_filter="); });
}

int run_side_by_side(const RunRequest& request) {
  start_googletest(request);
  return run_cases(request).exit_status;
}

int run_as_asked(const RunRequest& request) {
  return request.jobs > 1 ? run_side_by_side(request) : run_drills(request);
}

RunRecord run_cases(const RunRequest& request) {
  static_cast<void>(subject_of(request));  // what is wrong with it is said once, and now
  const std::vector<CaseName> cases = selected_cases(request);
  catch_interrupts();
  sweep_dead_runs(request.told());
  const std::string run_id = new_run_id();
  RunRecord record = begun_record(request, run_id);
  ReportWriter writer = report_writer(request, run_id);
  fmt::print(
      request.told(), "run {}: {} cases, {} at a time\n", run_id, cases.size(), request.jobs);
  try {
    SideBySide{request, record, writer}.run(cases);
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    add_unfinished_begin(record, error.message());
  }
  static_cast<void>(conclude(record, writer, request));
  return record;
}

}  // namespace pgrehearse
