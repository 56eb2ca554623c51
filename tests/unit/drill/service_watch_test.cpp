// What a watch says it has seen, whatever the service does.
#include "harness/drill/service_watch.hpp"

#include <atomic>
#include <stdexcept>

#include <gtest/gtest.h>

#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

using std::chrono_literals::operator""ms;

void wait_for_answers(const ServiceWatch& watch, std::int64_t answers) {
  wait_until("probes to be answered", Seconds{60}, [&]() -> std::optional<std::string> {
    return watch.seen().answered >= answers ? std::nullopt : std::optional<std::string>{"fewer"};
  });
}

TEST(ServiceWatch, SeesTheFirstProbeThatFailsAfterAnswers) {
  std::atomic<bool> serving = true;
  const ServiceWatch watch{[&] { return serving.load(); }, 1ms};
  wait_for_answers(watch, 3);
  EXPECT_FALSE(watch.seen().failed.has_value());
  const SteadyTime outage = SteadyTime::now();
  serving = false;
  const ServiceWatch::Seen seen = watch.wait_for_failure(Seconds{60});
  ASSERT_TRUE(seen.failed.has_value());
  EXPECT_GE(seen.answered, 3);
  EXPECT_GE(*seen.failed, outage);
}

// Where it takes long to get no answer, a probe begins long before the outage that it meets.
TEST(ServiceWatch, KnowsOfAFailureWhenTheProbeHasEnded) {
  std::atomic<bool> serving = true;
  std::atomic<bool> asked = false;
  std::atomic<bool> refused = false;
  const auto probe = [&] {
    if (serving) {
      return true;
    }
    asked = true;
    asked.notify_all();
    refused.wait(false);
    return false;
  };
  const ServiceWatch watch{probe, 1ms};
  wait_for_answers(watch, 1);
  serving = false;
  asked.wait(false);
  const SteadyTime outage = SteadyTime::now();
  refused = true;
  refused.notify_all();
  const ServiceWatch::Seen seen = watch.wait_for_failure(Seconds{60});
  ASSERT_TRUE(seen.failed.has_value());
  EXPECT_GE(*seen.failed, outage);
}

TEST(ServiceWatch, TakesAnExceptionForNoAnswer) {
  std::atomic<bool> serving = true;
  const ServiceWatch watch{
      [&]() -> bool { return serving ? true : throw std::runtime_error{"refused"}; }, 1ms};
  wait_for_answers(watch, 1);
  serving = false;
  EXPECT_TRUE(watch.wait_for_failure(Seconds{60}).failed.has_value());
}

TEST(ServiceWatch, SaysNothingOfAServiceThatAnswers) {
  const ServiceWatch watch{[] { return true; }, 1ms};
  wait_for_answers(watch, 5);
  EXPECT_FALSE(watch.wait_for_failure(20ms).failed.has_value());
}

// A watch that never saw the service answer cannot tell an outage from its own mistake.
TEST(ServiceWatch, SaysNothingOfAServiceThatNeverAnswered) {
  std::atomic<int> probes = 0;
  const ServiceWatch watch{[&] { return ++probes < 0; }, 1ms};
  wait_until("some probes", Seconds{60}, [&]() -> std::optional<std::string> {
    return probes > 5 ? std::nullopt : std::optional<std::string>{"fewer"};
  });
  EXPECT_FALSE(watch.seen().failed.has_value());
  EXPECT_EQ(watch.seen().answered, 0);
}

TEST(ServiceWatch, EndsWhileItWaitsForTheNextProbe) {
  const SteadyTime begin = SteadyTime::now();
  {
    const ServiceWatch watch{[] { return true; }, std::chrono::hours{1}};
    wait_for_answers(watch, 1);
  }
  EXPECT_LT(SteadyTime::now() - begin, std::chrono::minutes{5});
}

}  // namespace
}  // namespace pgrehearse
