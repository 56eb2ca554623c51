#include "harness/drill/subject_caches.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

namespace pgrehearse {

std::vector<CacheSpec> cache_specs(const YamlNode& list, const SubjectValues& values) {
  std::vector<CacheSpec> found;
  std::map<std::string, int> lines;
  for (const YamlNode& node : list.items) {
    CacheSpec cache;
    SubjectValues::set(cache.name, node, "name");
    const auto [known, fresh] = lines.emplace(cache.name, node.find("name")->line);
    if (!fresh) {
      values.fail(node.find("name")->line,
          fmt::format("cache '{}' is given twice, first on line {}", cache.name, known->second),
          "Give each cache a name of its own: reports tell them apart by it.");
    }
    cache.server = values.command(node, "server");
    cache.rebuild = *values.command(node, "rebuild");
    cache.check = *values.command(node, "check");
    found.push_back(std::move(cache));
  }
  return found;
}

}  // namespace pgrehearse
