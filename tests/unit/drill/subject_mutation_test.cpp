// Damages a good drill.yaml at random, repeatably: whatever comes out is read or refused, never
// worse.

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/drill/subject_file.hpp"

namespace pgrehearse {
namespace {

constexpr const char* good = R"(name: shop
database: shop_db
postgres:
  version: 15
  settings: {autovacuum: off, jit: "on"}
migrate: {directory: migrations}
seed:
  sql: &one SELECT 1
  files: [seed.sql]
scale: 7
workload:
  writers: 2
  sql: [*one, "SELECT 2"]
application:
  command: [shop-server]
  urls: {ready: /ready, write: "/orders?x=$token$", read: /orders}
accidental_delete:
  delete_from: public.orders
checks:
  - {id: some-orders, sql: SELECT count(*) FROM orders, expect: "> 0"}
objectives:
  accidental-delete: {rpo: 0s, rto: 15min}
backup: {tool: pg_basebackup, settings: {checkpoint: fast}}
)";

class Damage {
 public:
  std::string on(std::string text) {
    for (int left = 1 + below(3); left > 0; --left) {
      const std::size_t at = static_cast<std::size_t>(below(static_cast<int>(text.size())));
      switch (below(6)) {
        case 0:
          text.erase(at, static_cast<std::size_t>(1 + below(8)));
          break;
        case 1:
          text.insert(at, 1, letter());
          break;
        case 2:
          text[at] = letter();
          break;
        case 3:
          text.insert(
              at, text.substr(static_cast<std::size_t>(below(static_cast<int>(text.size()))), 20));
          break;
        case 4:
          text.insert(at, std::string(static_cast<std::size_t>(below(200)), letter()));
          break;
        default:
          text[at] = static_cast<char>(below(256));
          break;
      }
      if (text.empty()) {
        return text;
      }
    }
    return text;
  }

 private:
  int below(int bound) { return static_cast<int>(source_() % static_cast<unsigned>(bound)); }
  char letter() {
    const std::string interesting = "[]{}:,&*!|>'\"%@`#-?~<\n \t\\01x";
    return interesting[static_cast<std::size_t>(below(static_cast<int>(interesting.size())))];
  }
  std::mt19937 source_{20261121};
};

TEST(LoadSubject, SurvivesTwoThousandDamagedFiles) {
  Damage damage;
  const SubjectFile file{good};
  ASSERT_FALSE(file.refusal().has_value()) << file.refusal()->what();
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    file.write(damage.on(good));
    if (const std::optional<Error> error = file.refusal()) {
      ASSERT_EQ(error->code(), ErrorCode::bad_config) << error->what();
      ASSERT_TRUE(error->place().starts_with(file.path().string() + ":")) << error->what();
      ++refused;
    } else {
      ++accepted;
    }
  }
  EXPECT_GT(accepted, 0);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace pgrehearse
