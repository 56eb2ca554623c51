#include "harness/drill/service_watch.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "harness/pg/session.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

bool holds(const ServiceWatch::Probe& probe) {
  try {
    return probe();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

ServiceWatch::ServiceWatch(Probe probe, Milliseconds interval)
    : thread_([this, probe = std::move(probe), interval](
                  const std::stop_token& stop) { watch(stop, probe, interval); }) {}

void ServiceWatch::watch(const std::stop_token& stop, const Probe& probe, Milliseconds interval) {
  std::optional<SteadyTime> before;
  while (!stop.stop_requested()) {
    const SteadyTime begin = SteadyTime::now();
    const bool answered = holds(probe);
    const SteadyTime end = SteadyTime::now();
    std::unique_lock lock{mutex_};
    if (before) {
      seen_.longest_apart =
          std::max(seen_.longest_apart, std::chrono::duration_cast<Milliseconds>(begin - *before));
    }
    before = begin;
    if (answered) {
      ++seen_.answered;
    } else if (seen_.answered > 0 && !seen_.failed) {
      seen_.failed = end;
    }
    changed_.notify_all();
    const auto spent = std::chrono::duration_cast<Milliseconds>(SteadyTime::now() - begin);
    changed_.wait_for(
        lock, stop, std::max(interval - spent, Milliseconds{0}), [] { return false; });
  }
}

ServiceWatch::Seen ServiceWatch::seen() const {
  const std::lock_guard lock{mutex_};
  return seen_;
}

ServiceWatch::Seen ServiceWatch::wait_for_failure(Milliseconds deadline) const {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, deadline, [&] { return seen_.failed.has_value(); });
  return seen_;
}

std::unique_ptr<ServiceWatch> watch_service(const Source& source) {
  ConnectionSpec way = source.application(source.cluster());
  way.application = "pgrehearse watch";
  way.connect_timeout = Seconds{2};
  auto watch = std::make_unique<ServiceWatch>(
      [way = std::move(way)] { return Session{way}.value("SELECT 1") == "1"; });
  wait_until("the service to answer its watch", Seconds{60}, [&]() -> std::optional<std::string> {
    return watch->seen().answered > 0 ? std::nullopt : std::optional<std::string>{"no answer yet"};
  });
  return watch;
}

}  // namespace pgrehearse
