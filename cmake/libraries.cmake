# The third-party libraries, all from the distribution's packages (ci/packages installs them).
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(valijson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)

# What each folder links beside the folders of its layer row. Which of its files may include the
# headers is the seam rows' business.
set(links_of_base PUBLIC fmt::fmt Threads::Threads)
set(links_of_crypto PRIVATE OpenSSL::Crypto)
set(links_of_store PRIVATE CURL::libcurl)
set(links_of_pg PRIVATE PkgConfig::PQXX PkgConfig::LIBPQ OpenSSL::Crypto)
set(links_of_traffic PRIVATE PkgConfig::LIBPQ)
set(links_of_drill PRIVATE yaml-cpp)
set(links_of_gtest PUBLIC GTest::gtest)
set(links_of_cli PRIVATE CLI11::CLI11)
