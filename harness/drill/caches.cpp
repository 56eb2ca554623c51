#include "harness/drill/caches.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

// A server of the drill's own gets a password of its own: whoever else is on this host has no
// business with what it holds.
std::vector<EnvVar> environment_of(const Cache& cache) {
  std::vector<EnvVar> env{{"PGREHEARSE_CACHE_PASSWORD", cache.password}};
  if (cache.server) {
    env.push_back({"PORT", Secret{fmt::format("{}", cache.server->port())}});
  }
  return env;
}

}  // namespace

Caches::Caches(Run& run) {
  if (run.subject.caches.empty()) {
    throw Error{ErrorCode::bad_config, "drill.yaml has no 'caches'",
        "Declare one, or leave this case out with --gtest_filter."};
  }
  for (const CacheSpec& spec : run.subject.caches) {
    Cache cache{.spec = spec, .password = Secret::random()};
    if (spec.server) {
      const std::filesystem::path folder = run.journal.folder() / run.next_name("cache");
      run.journal.intend("directory", folder.string());
      cache.server = std::make_unique<CacheServer>(Program{.argv = spec.server->argv,
                                                       .env = environment_of(cache),
                                                       .cwd = run.subject.folder,
                                                       .deadline = spec.server->deadline},
          folder);
    }
    caches_.push_back(std::move(cache));
  }
}

HookContext Caches::context_of(
    const Cache& cache, const Source& source, Cluster& cluster, const std::string& phase) {
  HookContext context = source.hook(cluster, phase);
  context.more = environment_of(cache);
  return context;
}

Agreement Caches::agreement_of(const Cache& cache, const Source& source, Cluster& cluster) {
  if (cache.server && cache.server->has_ended()) {
    return Agreement::cannot_tell;  // whoever answers on its port now is somebody else
  }
  const Completed checked = hook_outcome(
      cache.spec.check, source.subject(), context_of(cache, source, cluster, "check-cache"));
  return checked.ok()                                ? Agreement::agrees
         : checked.status == 1 && !checked.timed_out ? Agreement::differs
                                                     : Agreement::cannot_tell;
}

void Caches::fill(Source& source) {
  for (const Cache& cache : caches_) {
    run_hook(cache.spec.rebuild, source.subject(),
        context_of(cache, source, source.cluster(), "rebuild-cache"));
    if (agreement_of(cache, source, source.cluster()) != Agreement::agrees) {
      throw Error{ErrorCode::bad_config,
          fmt::format("the cache '{}' does not agree with the source that it was just filled from",
              cache.spec.name),
          "Its check must exit 0 after its rebuild. Run both by hand against one database."};
    }
  }
}

void Caches::look(const Source& source, Restored& restored) {
  for (Cache& cache : caches_) {
    cache.before = agreement_of(cache, source, restored.cluster);
  }
}

void Caches::rebuild(const Source& source, Restored& restored) {
  for (Cache& cache : caches_) {
    const Completed ended = hook_outcome(cache.spec.rebuild, source.subject(),
        context_of(cache, source, restored.cluster, "rebuild-cache-again"));
    cache.trouble = ended.ok()        ? ""
                    : ended.timed_out ? "did not end within " + text_of(cache.spec.rebuild.deadline)
                                      : fmt::format("ended with status {}", ended.status);
  }
}

Finding Caches::ask(const Cache& cache, const Source& source, Restored& restored) {
  Finding finding{.check = "caches",
      .question = fmt::format(
          "does the cache '{}' hold what the restored database holds?", cache.spec.name),
      .expected = "it agrees, and before its rebuild it did not"};
  if (!restored.serving) {
    finding.observed = restored.trouble;
    return finding;
  }
  if (!cache.trouble.empty()) {
    finding.observed = "its rebuild " + cache.trouble;
    finding.verdict = Verdict::missed;
    return finding;
  }
  switch (agreement_of(cache, source, restored.cluster)) {
    case Agreement::differs:
      finding.observed = "it does not agree";
      finding.verdict = Verdict::missed;
      break;
    case Agreement::cannot_tell:
      finding.observed = "its check could not tell";
      break;
    case Agreement::agrees:
      if (cache.before == Agreement::differs) {
        finding.observed = "it agrees, and before its rebuild it did not";
        finding.verdict = Verdict::met;
      } else {
        finding.observed = "it agrees, but its check never said no, not even before the rebuild";
      }
  }
  return finding;
}

std::vector<Finding> Caches::ask(const Source& source, Restored& restored) {
  std::vector<Finding> findings;
  for (const Cache& cache : caches_) {
    findings.push_back(ask(cache, source, restored));
  }
  return findings;
}

Question has_fresh_caches(Caches& caches, const Source& source) {
  return {.check = "caches",
      .sentence = "does every cache hold what the restored database holds?",
      .ask = [&](Restored& restored) { return caches.ask(source, restored); }};
}

}  // namespace pgrehearse
