// A dump that means harm to whoever loads it, and whose digests say that it is whole: what is taken
// of a database that somebody else controls, or out of a folder that he can write.
#include <filesystem>
#include <fstream>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "tests/contract/backup_tool_contract.hpp"

namespace pgrehearse {
namespace {

class HostileDump : public BackupToolContract {
 protected:
  [[nodiscard]] const std::string& canary() const { return canary_; }
  [[nodiscard]] static std::string script_of(const BackupSet& set) {
    return set.folder + "/database";
  }

  /// A plain dump with `line` before its end, as if it had been written so.
  BackupSet take_with(const std::string& line) {
    BackupSet set = take("full-1");
    const std::string file = path_in_backups(script_of(set));
    Instance& instance = beside_the_source();
    const std::string whole = exec_or_throw(instance, {.argv = {"cat", file}}).out;
    const std::size_t end = whole.rfind("\\unrestrict ");
    const std::string word = whole.substr(end + 12, whole.find('\n', end) - end - 12);
    put_file(
        instance, file, whole.substr(0, end) + with(line, "WORD", word) + "\n" + whole.substr(end));
    set.digest_list = exec_or_throw(
        instance, {.argv = {instance.path_of(Place::agent), "digest", path_in_backups(set.folder)}})
                          .out;
    return set;
  }

  [[nodiscard]] bool ran_in(Instance& instance) const {
    return instance.exec({.argv = {"test", "-e", canary_}}).ok();
  }

  void TearDown() override {
    if (HasFatalFailure() || IsSkipped()) {
      BackupToolContract::TearDown();
      return;
    }
    beside_the_source().exec({.argv = {"rm", "-f", canary_}});
    BackupToolContract::TearDown();
  }

 private:
  static std::string with(std::string text, const std::string& what, const std::string& by) {
    const std::size_t found = text.find(what);
    return found == std::string::npos ? text : text.replace(found, what.size(), by);
  }

  std::string canary_ = "/tmp/pgrehearse-canary-" + random_hex(6);
};

class HostileScript : public HostileDump {};

INSTANTIATE_TEST_SUITE_P(Local, HostileScript,
    testing::Values(BackupToolUnderTest{
        .name = "pg_dump_plain", .config = {.tool = "pg_dump", .settings = {{"format", "plain"}}}}),
    suffix_of);

TEST_P(HostileScript, RunsNoProgramOfItsOwn) {
  const std::string touch = "touch " + canary();
  const std::vector<std::string> lines{"\\! " + touch, "\\copy visit TO PROGRAM '" + touch + "'",
      "\\o |" + touch, "SELECT 1 \\g |" + touch, "SELECT 1; \\! " + touch,
      "\\unrestrict WORD\n\\! " + touch, "\\setenv PAGER '" + touch + "'", "\\i /etc/hostname",
      "\\set x `" + touch + "`"};
  for (const std::string& line : lines) {
    SCOPED_TRACE(line);
    const BackupSet set = take_with(line);
    EXPECT_TRUE(tool().verify(beside_the_source(), set).usable);
    EXPECT_EQ(error_of([&] { restore_only(tool(), set); }), ErrorCode::backup_unusable);
    EXPECT_TRUE(nothing_is_left());
    EXPECT_FALSE(ran_in(beside_the_source()));
    exec_or_throw(beside_the_source(), {.argv = {"rm", "-r", path_in_backups(set.folder)}});
  }
}

// Without our word in front the same file runs what it likes: the test above can fail.
TEST_P(HostileScript, WouldRunItInPsqlAlone) {
  const BackupSet set = take_with("\\unrestrict WORD\n\\! touch " + canary());
  Instance& instance = beside_the_source();
  static_cast<void>(
      instance.exec({.argv = {"psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--host",
                         instance.path_of(Place::sockets), "--port",
                         std::to_string(instance.listen_inside().port), "--username=postgres",
                         "--dbname=postgres", "--file=" + path_in_backups(script_of(set))},
          .env = {{"PGPASSWORD", source().connection().password}}}));
  EXPECT_TRUE(ran_in(instance));
}

TEST_P(HostileScript, WithoutARestrictionOfItsOwnIsNotOneOfPgDump) {
  const BackupSet set = take_with("");
  exec_or_throw(beside_the_source(),
      {.argv = {"sed", "-i", "/^.unrestrict /d", path_in_backups(script_of(set))}});
  BackupSet changed = set;
  changed.digest_list = exec_or_throw(beside_the_source(),
      {.argv = {beside_the_source().path_of(Place::agent), "digest", path_in_backups(set.folder)}})
                            .out;
  EXPECT_EQ(error_of([&] { restore_only(tool(), changed); }), ErrorCode::backup_unusable);
}

class HostileContents : public HostileDump {};

INSTANTIATE_TEST_SUITE_P(Docker, HostileContents,
    testing::Values(BackupToolUnderTest{.name = "pg_dump_custom",
        .config = {.tool = "pg_dump", .settings = {{"format", "custom"}}},
        .engine = "docker"}),
    suffix_of);

// What the server itself does on being loaded, it does as a superuser. The wall is the container.
TEST_P(HostileContents, ActInsideTheInstanceThatTheyAreLoadedInto) {
  const std::string strike = "COPY (SELECT 1) TO PROGRAM 'cat >" + canary() + "'; ";
  source().connect("app").exec(
      "CREATE FUNCTION trigger_strike() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN " +
      strike +
      "END $$; "
      "CREATE FUNCTION strike() RETURNS int LANGUAGE plpgsql AS $$ BEGIN " +
      strike +
      "RETURN 1; END $$; "
      "CREATE FUNCTION harmless(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT "
      "public.strike()';"
      "CREATE TABLE trap (id int); INSERT INTO trap VALUES (1); "
      "CREATE INDEX ON trap (public.harmless(id)); "
      "CREATE EVENT TRIGGER strikes ON ddl_command_end EXECUTE FUNCTION trigger_strike()");
  const BackupSet set = take("full-1");
  exec_or_throw(beside_the_source(), {.argv = {"rm", "-f", canary()}});
  Cluster& loaded = restored(tool(), set, {});
  EXPECT_TRUE(ran_in(loaded.instance())) << "nothing was tried, so nothing is proven";
  EXPECT_FALSE(ran_in(beside_the_source()));
  EXPECT_FALSE(std::filesystem::exists(canary()));
}

}  // namespace
}  // namespace pgrehearse
