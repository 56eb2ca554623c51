#include "harness/engine/container_image.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <sys/resource.h>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view official_image = "postgres:15";
constexpr std::string_view built_image = "pgrehearse-postgres:15";
constexpr int major_version = 15;
constexpr int least_minor_version = 19;

// Debian keeps the programs out of PATH, the official images have them in it.
constexpr std::string_view looking_script = R"sh(
for folder in $(echo "$PATH" | tr ':' ' ') /usr/lib/postgresql/15/bin /usr/local/bin /usr/pgsql-15/bin; do
  if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && [ -x "$folder/pg_ctl" ]; then
    echo "programs=$folder"
    echo "version=$("$folder/postgres" --version)"
    break
  fi
done
echo "path=$PATH"
id -u postgres >/dev/null 2>&1 && echo "account=postgres"
exit 0
)sh";

std::optional<LocalImage> local_image(
    const ContainerProgram& program, const std::string& reference) {
  const Completed answer = program.call({"image", "inspect", "--format",
      "{{.Id}}{{range $path, $empty := .Config.Volumes}} {{$path}}{{end}}", reference});
  if (!answer.ok()) {
    return std::nullopt;
  }
  std::vector<std::string> words = split(trimmed(answer.out), ' ');
  LocalImage image{.reference = reference, .id = words.front()};
  image.volumes.assign(words.begin() + 1, words.end());
  return image;
}

LocalImage pulled(const ContainerProgram& program, const std::string& reference) {
  if (reference.starts_with("pgrehearse-")) {
    // Made here and published nowhere: whatever a registry has under this name is somebody else's.
    throw Error{ErrorCode::engine_missing,
        fmt::format("{} has no image {}", program.name(), reference),
        fmt::format(
            "Run 'ci/images/build {0}' (for tests also 'ci/images/official-style/build {0}').",
            program.name())};
  }
  const Completed answer = program.call({"pull", "--quiet", reference}, {.deadline = Seconds{20}});
  const std::optional<LocalImage> image = local_image(program, reference);
  if (!image.has_value()) {
    throw Error{ErrorCode::engine_missing,
        fmt::format("{} has no image {} and cannot pull it: {}", program.name(), reference,
            answer.timed_out ? "no end within 20 s" : last_line(answer.err)),
        fmt::format(
            "Run 'ci/images/build {0}' to make {1} from Debian's packages, or pull the image by "
            "hand: '{0} pull {2}'.",
            program.name(), built_image, reference)};
  }
  return *image;
}

// The limits this process itself is under, and no more than any drill needs. Some hosts forbid
// raising a hard limit, and podman's own defaults try to.
std::vector<std::string> limits_of_this_process() {
  constexpr rlim_t plenty = 16'384;
  rlimit files{};
  rlimit processes{};
  getrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_NPROC, &processes);
  return {"--ulimit", fmt::format("nofile={0}:{0}", std::min(files.rlim_max, plenty)), "--ulimit",
      fmt::format("nproc={0}:{0}", std::min(processes.rlim_max, plenty))};
}

std::vector<ContainerFlags> flags_to_try(const ContainerProgram& program) {
  std::vector<ContainerFlags> choices{ContainerFlags{}};
  if (program.is_podman()) {
    choices.push_back({.run = limits_of_this_process()});
    choices.push_back({.global = {"--runtime", "runc"}, .run = limits_of_this_process()});
    choices.push_back({.global = {"--cgroup-manager", "cgroupfs", "--runtime", "runc"},
        .run = limits_of_this_process()});
  }
  return choices;
}

Completed look(const ContainerProgram& program, const LocalImage& image) {
  std::vector<std::string> arguments{"run", "--rm", "--network", "none", "--entrypoint", "/bin/sh"};
  for (const std::vector<std::string>& more : {program.flags().run, confinement_flags()}) {
    arguments.insert(arguments.end(), more.begin(), more.end());
  }
  arguments.insert(arguments.end(), {image.id, "-c", std::string{looking_script}});
  return program.call(arguments);
}

// "postgres (PostgreSQL) 15.20 (Debian ...)" -> "15.20"
std::string accepted_version(const LocalImage& image, const std::string& banner) {
  const std::vector<std::string> words = split(banner, ' ');
  const std::string version = words.size() < 3 ? banner : words[2];
  const std::vector<std::string> numbers = split(version, '.');
  int major = 0;
  int minor = -1;
  std::from_chars(numbers[0].data(), numbers[0].data() + numbers[0].size(), major);
  if (numbers.size() > 1) {
    std::from_chars(numbers[1].data(), numbers[1].data() + numbers[1].size(), minor);
  }
  if (major != major_version || minor < least_minor_version) {
    throw Error{ErrorCode::refused,
        fmt::format("image {} holds Postgres {}, and {}.{} or a later {} is needed",
            image.reference, version, major_version, least_minor_version, major_version),
        "Pull a newer image of the same major version: older ones have known recovery defects."};
  }
  return version;
}

}  // namespace

LocalImage choose_image(const ContainerProgram& program, const std::string& wanted) {
  if (!wanted.empty()) {
    const std::optional<LocalImage> image = local_image(program, wanted);
    return image.has_value() ? *image : pulled(program, wanted);
  }
  for (const std::string_view reference : {official_image, built_image}) {
    if (const auto image = local_image(program, std::string{reference}); image.has_value()) {
      return *image;
    }
  }
  // podman asks which registry a short name means; docker knows only one answer.
  return pulled(
      program, (program.is_podman() ? "docker.io/library/" : "") + std::string{official_image});
}

PostgresInside look_inside(const ContainerProgram& program, const LocalImage& image) {
  ContainerProgram trial = program;
  Completed answer;
  for (const ContainerFlags& flags : flags_to_try(program)) {
    trial.set_flags(flags);
    answer = look(trial, image);
    if (answer.ok()) {
      break;
    }
  }
  if (!answer.ok()) {
    throw Error{ErrorCode::engine_missing,
        fmt::format("{} cannot start a container of image {}: {}", program.name(), image.reference,
            last_line(answer.err)),
        hint_for(program, answer.err)};
  }
  std::map<std::string, std::string> told;
  for (const std::string& line : lines_of(answer.out)) {
    const std::size_t equals = line.find('=');
    told[line.substr(0, equals)] = equals == std::string::npos ? "" : line.substr(equals + 1);
  }
  if (told["programs"].empty() || told["account"].empty()) {
    throw Error{ErrorCode::engine_missing,
        fmt::format(
            "image {} has no Postgres server programs and account 'postgres'", image.reference),
        fmt::format("Name an image of Postgres 15, or run 'ci/images/build {}'.", program.name())};
  }
  return {.server_version = accepted_version(image, told["version"]),
      .programs = told["programs"],
      .path = told["path"].starts_with(told["programs"] + ":")
                  ? told["path"]
                  : told["programs"] + ":" + told["path"],
      .flags = trial.flags()};
}

std::vector<std::string> confinement_flags() {
  const char* asked = std::getenv("PGREHEARSE_CONTAINER_MEMORY");
  const std::string memory = asked == nullptr ? "2g" : asked;
  const std::size_t digits = std::min(memory.find_first_not_of("0123456789"), memory.size());
  if (digits == 0 || (memory.substr(digits) != "m" && memory.substr(digits) != "g")) {
    throw Error{ErrorCode::bad_config, fmt::format("'{}' is not a memory limit", memory),
        "Write PGREHEARSE_CONTAINER_MEMORY as a whole number and m or g: 512m, 2g.",
        "PGREHEARSE_CONTAINER_MEMORY"};
  }
  return {"--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", "1024",
      "--memory", memory, "--shm-size", "256m", "--log-driver", "none"};
}

}  // namespace pgrehearse
