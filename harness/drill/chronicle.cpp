#include "harness/drill/chronicle.hpp"

#include <algorithm>

#include "harness/base/error.hpp"

namespace pgrehearse {

void Chronicle::note(InstantRecord instant) {
  record_->chronicle.push_back(std::move(instant));
}

void Chronicle::note_now(const std::string& name) {
  note({.name = name, .time = Timestamp::now().text(), .clock = "host"});
}

void Chronicle::incident_at(SteadyTime when) {
  incident_ = when;
  phase_ = "detect";
  phase_begin_ = when;
}

void Chronicle::end_phase(SteadyTime now) {
  const auto same = std::find_if(record_->phases.begin(), record_->phases.end(),
      [&](const PhaseRecord& phase) { return phase.name == phase_; });
  const double took = seconds_of(now - phase_begin_);
  if (same != record_->phases.end()) {
    same->seconds += took;
  } else {
    record_->phases.push_back({phase_, took});
  }
  phase_begin_ = now;
}

void Chronicle::begin_phase(const std::string& name) {
  if (!incident_ || phase_.empty()) {
    return;
  }
  end_phase(SteadyTime::now());
  phase_ = name;
}

std::chrono::nanoseconds Chronicle::stop() {
  if (!incident_) {
    throw Error{ErrorCode::internal, "a recovery time was asked for before an incident"};
  }
  const SteadyTime now = SteadyTime::now();
  if (!phase_.empty()) {
    end_phase(now);
    phase_.clear();
  }
  return now - *incident_;
}

void Chronicle::alarm_now() {
  alarm_ = SteadyTime::now();
  note_now("alarm");
  begin_phase("decide");
}

}  // namespace pgrehearse
