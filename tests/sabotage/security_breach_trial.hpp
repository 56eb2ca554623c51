// The security-breach drill, with a place to break each of its steps. The variants share the story:
// they differ by how many backups were tainted, and by whether one was tampered with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/drill/rotation.hpp"
#include "harness/incident/tampering.hpp"
#include "harness/pg/tls.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {

/// What a story has when it is half told.
struct Breach {
  Vault vault;
  std::unique_ptr<Source> source = {};
  BackupSet clean = {};   ///< the newest from before the break-in
  BackupSet newest = {};  ///< of them all
  Marker marker = {};
  IntrusionBaseline trusted = {};
  std::vector<std::string> expected_unused = {};
};

/// The way back of the runbook.
[[nodiscard]] Restored newest_clean(Drill& drill, Breach& breach);
[[nodiscard]] TlsKey give_new_tls_key(Restored& restored, Breach& breach);

/// One way to break the drill. Each hook is the one thing changed against the healthy drill.
struct BrokenBreach {
  Red killed_by = {};
  std::vector<std::string> tricks = {"hidden-superuser", "at-every-write"};
  int tainted_backups = 0;
  std::vector<std::string> expected_unused = {};
  std::function<void(Drill&, Source&)> cut_off = [](Drill& drill, Source& source) {
    drill.cut_off(source);
  };
  std::function<void(Breach&)> preserved = [](Breach&) {};
  std::function<Restored(Drill&, Breach&)> restore = newest_clean;
  std::function<void(Restored&, Breach&)> restored = [](Restored&, Breach&) {};
  std::function<void(Vault&)> rotate_key = [](Vault& vault) { vault.rotate_key(); };
  std::function<TlsKey(Restored&, Breach&)> rotate_tls = give_new_tls_key;
  std::function<void(Restored&, Breach&)> rotated = [](Restored&, Breach&) {};
};

class SecurityBreachSabotage : public Trial {
 protected:
  void must_be_killed(const BrokenBreach& broken);
  void must_be_green(const BrokenBreach& nothing);

 private:
  static void tell(Drill& drill, const BrokenBreach& broken);
  static Injury suffer(Drill& drill, Breach& breach, const BrokenBreach& broken);
  static BackupSet back_up(Breach& breach);
};

}  // namespace pgrehearse
