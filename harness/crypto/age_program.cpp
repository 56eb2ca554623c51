#include "harness/crypto/age_program.hpp"

#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_of_a_small_answer = 64UL * 1024;

bool is_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    if (!folder.empty() && access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::unique_ptr<Filter> start_age(const FilterRequest& request) {
  const std::string& program = request.argv.front();
  if (!is_in_path(program)) {
    throw Error{ErrorCode::program_failed, fmt::format("the program {} is not here", program),
        "Sealing and opening is its work. Install the package age (ci/packages does), or put it in "
        "PATH."};
  }
  return std::make_unique<Filter>(request);
}

std::string small_answer(Filter& program, std::string_view input) {
  program.write(input);
  program.end_of_input();
  std::string answer;
  std::array<char, 4096> piece;
  while (const std::size_t got = program.read(piece.data(), piece.size())) {
    answer.append(piece.data(), got);
    if (answer.size() > most_of_a_small_answer) {
      break;
    }
  }
  return answer;
}

void report_broken(const std::string& program, const Completed& completed) {
  throw Error{ErrorCode::program_failed,
      fmt::format("{} ended with status {}", program, completed.status),
      "Was it killed, or is the disk full? Run it by hand: what it says is not repeated here."};
}

}  // namespace pgrehearse
