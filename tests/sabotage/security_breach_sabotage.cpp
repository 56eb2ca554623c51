// The security breach on trial: a server that was never cut off, evidence that changed, a backup or
// a replay that brings the intruder back, credentials and keys that stayed.
#include <functional>

#include <fmt/format.h>

#include "harness/drill/rotation.hpp"
#include "harness/incident/tampering.hpp"
#include "harness/pg/tls.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

/// What a story has when it is half told.
struct Breach {
  Vault vault;
  std::unique_ptr<Source> source = {};
  BackupSet clean = {};
  Marker marker = {};
  IntrusionBaseline trusted = {};
};

Restored newest_clean(Drill& drill, Breach& breach) {
  return drill.restore_newest_without_intruder(breach.vault, breach.marker, breach.trusted, {});
}

TlsKey give_new_tls_key(Restored& restored, Breach&) {
  return rotate_tls_key(restored.cluster, restored.settings);
}

/// One way to break the drill. Each hook is the one thing changed against the healthy drill.
struct Broken {
  std::string killed_by = {};
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
  void must_be_killed(const Broken& broken) {
    Trial::must_be_killed(
        "security-breach", broken.killed_by, [&](Drill& drill) { tell(drill, broken); });
  }

  static void tell(Drill& drill, const Broken& broken) {
    Breach breach{.vault = Vault{run()}};
    auto injury =
        drill.step("Prepare, and suffer the break-in", [&] { return suffer(drill, breach); });
    auto evidence = drill.step("Cut the server off, and preserve it", [&] {
      auto sink = drill.open_sink(*breach.source);
      broken.cut_off(drill, *breach.source);
      drill.expect_isolated(*breach.source, *sink);
      return preserve(*breach.source, breach.vault);
    });
    broken.preserved(breach);
    auto restored = drill.step("Restore", [&] { return broken.restore(drill, breach); });
    broken.restored(restored, breach);
    drill.expect(restored, stopped_at(breach.marker));
    drill.expect(restored, holds_exactly_the_commits_before(breach.marker, *breach.source));
    drill.expect(restored, has_every_fact_of(breach.marker, subject().database));
    drill.expect(
        restored, shows_no_trace_of_intrusion(breach.trusted, {.own_settings = restored.settings}));
    const KeyRing keys_before = breach.vault.keys();
    TlsKey tls_key;
    auto rotation = drill.step("Rotate", [&] {
      broken.rotate_key(breach.vault);
      tls_key = broken.rotate_tls(restored, breach);
      return rotate_credentials(restored.cluster);
    });
    drill.expect_key_rotated(breach.vault, keys_before);
    drill.expect(restored, has_rotated_tls_key(breach.source->tls_key(), tls_key));
    broken.rotated(restored, breach);
    drill.expect(
        restored, has_rotated_credentials(rotation, breach.trusted, breach.source->credentials()));
    breach.source->tell_application(rotation.credentials);
    drill.step("Switch", [&] { drill.switch_traffic(*breach.source, restored); });
    drill.expect(restored, is_serving(*breach.source));
    drill.expect_objectives_met(restored, *breach.source, breach.marker, injury);
    drill.expect_untouched(evidence, *breach.source, breach.vault);
  }

  static Injury suffer(Drill& drill, Breach& breach) {
    breach.source = drill.start_source();
    breach.source->serve_tls();
    back_up(breach);
    breach.clean = back_up(breach);
    breach.source->write(run().options.commits);
    breach.marker = breach.source->set_marker("before-break-in", breach.clean);
    breach.trusted = capture_intrusion_baseline(
        [&](const std::string& database) { return breach.source->cluster().connect(database); },
        breach.source->cluster().instance(),
        {subject().database + "." + subject().security_breach.table});
    Injury injury = drill.break_in(*breach.source, {"hidden-superuser", "at-every-write"});
    breach.source->write(20);
    breach.source->archive_everything();
    breach.vault.backups().ship_wal(
        breach.source->cluster().instance(), breach.source->archive().volume());
    drill.raise_alarm();
    return injury;
  }

  static BackupSet back_up(Breach& breach) {
    BackupSet set = breach.source->take_full_backup();
    breach.vault.backups().ship(breach.source->cluster().instance(), set);
    return set;
  }
};

TEST_F(SecurityBreachSabotage, TheHealthyTwinIsGreen) {
  must_be_green("security-breach", [&](Drill& drill) { tell(drill, {}); });
}

TEST_F(SecurityBreachSabotage, ServerThatWasNeverCutOff) {
  must_be_killed(
      {.killed_by = "isolated", .cut_off = [](Drill&, Source& source) { source.hold_clients(); }});
}

TEST_F(SecurityBreachSabotage, EvidenceThatSomebodyWroteTo) {
  must_be_killed({.killed_by = "evidence", .preserved = [](Breach& breach) {
                    Cluster& cluster = breach.source->cluster();
                    put_file(cluster.instance(), cluster.data_path() + "/note", "seen");
                  }});
}

TEST_F(SecurityBreachSabotage, EvidenceTamperedWithInTheVault) {
  must_be_killed(
      {.killed_by = "evidence", .rotated = [](Restored&, Breach& breach) {
         tamper_with(breach.vault.as_stored(), breach.vault.store().list("evidence/").front().key);
       }});
}

TEST_F(SecurityBreachSabotage, ReplayPastTheBreakIn) {
  must_be_killed({.killed_by = "intrusion-scan", .restore = [](Drill& drill, Breach& breach) {
                    return drill.restore_in_quarantine(breach.vault, breach.clean, Latest{});
                  }});
}

TEST_F(SecurityBreachSabotage, WayBackThatWasOverlooked) {
  must_be_killed({.killed_by = "intrusion-scan", .restored = [](Restored& restored, Breach&) {
                    restored.cluster.connect().exec("CREATE ROLE left_over SUPERUSER NOLOGIN");
                  }});
}

TEST_F(SecurityBreachSabotage, ReplayThatStopsBeforeTheMarker) {
  must_be_killed({.killed_by = "exact-set", .restore = [](Drill& drill, Breach& breach) {
                    return drill.restore_in_quarantine(breach.vault, breach.clean, Immediate{});
                  }});
}

TEST_F(SecurityBreachSabotage, NewestBackupThatNobodyCanOpen) {
  must_be_killed({.killed_by = "backup-choice", .restore = [](Drill& drill, Breach& breach) {
                    tamper_with(breach.vault.as_stored(), "base/" + breach.clean.id + ".tar");
                    return newest_clean(drill, breach);
                  }});
}

TEST_F(SecurityBreachSabotage, KeyThatStayed) {
  must_be_killed({.killed_by = "backup-key-rotated", .rotate_key = [](Vault&) {}});
}

// The files came back with the backup: TLS is turned on, and a new key was made, but is not there.
TEST_F(SecurityBreachSabotage, TlsKeyThatCameBackWithTheBackup) {
  must_be_killed({.killed_by = "tls-key-rotated", .rotate_tls = [](Restored& restored, Breach&) {
                    add_tls_settings(restored.settings);
                    restored.cluster.write_settings(restored.settings);
                    restored.cluster.reload();
                    return make_tls_key();
                  }});
}

TEST_F(SecurityBreachSabotage, NewCertificateForTheStolenTlsKey) {
  must_be_killed(
      {.killed_by = "tls-key-rotated", .rotate_tls = [](Restored& restored, Breach& breach) {
         TlsKey renewed = with_new_certificate(breach.source->tls_key());
         serve_tls(restored.cluster, restored.settings, renewed.private_key, renewed.certificate);
         return renewed;
       }});
}

TEST_F(SecurityBreachSabotage, RoleThatGotItsOldPasswordBack) {
  must_be_killed(
      {.killed_by = "credentials-rotated", .rotated = [](Restored& restored, Breach& breach) {
         const Credentials old = breach.source->credentials();
         const auto& [role, password] = *old.begin();
         Session session = restored.cluster.connect();
         session.exec(fmt::format("ALTER ROLE {} PASSWORD {}", identifier(role),
             literal(session.scram_verifier(role, password))));
       }});
}

}  // namespace
}  // namespace pgrehearse
