# cmake --install, find_package(pgrehearse) and the Debian packages. Programs lie together in lib/pgrehearse, as
# they look for each other there; bin/pgrehearse is a link. `pgrehearse` is what drills need, `pgrehearse-dev` what
# a scenario in C++ of somebody's own needs.
include(CMakePackageConfigHelpers)
set(PGREHEARSE_PROGRAMS "${CMAKE_INSTALL_LIBDIR}/pgrehearse")
set(PGREHEARSE_PACKAGE "${CMAKE_INSTALL_LIBDIR}/cmake/pgrehearse")

# What the help says, for man(1) and shells.
set(help_texts "${PROJECT_BINARY_DIR}/generated/help")
file(MAKE_DIRECTORY "${help_texts}")
set(help_files "")
foreach(text IN ITEMS man completion:bash completion:zsh completion:fish)
  string(REPLACE ":" ";" words "${text}")
  string(REPLACE ":" "." file "${help_texts}/${text}")
  add_custom_command(OUTPUT "${file}"
    COMMAND pgrehearse ${words} > "${file}"
    DEPENDS pgrehearse VERBATIM)
  list(APPEND help_files "${file}")
endforeach()
add_custom_target(help-texts ALL DEPENDS ${help_files})

install(TARGETS pgrehearse pgrehearse-agent pgrehearse-watchdog bookings-app
  RUNTIME DESTINATION "${PGREHEARSE_PROGRAMS}" COMPONENT runtime)
install(CODE "
  set(bin \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
  file(MAKE_DIRECTORY \"\${bin}\")
  file(RELATIVE_PATH program \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\"
    \"\${CMAKE_INSTALL_PREFIX}/${PGREHEARSE_PROGRAMS}/pgrehearse\")
  file(CREATE_LINK \"\${program}\" \"\${bin}/pgrehearse\" SYMBOLIC)" COMPONENT runtime)
install(DIRECTORY fixtures/bookings fixtures/pgbench fixtures/backup-scripts
  DESTINATION "${CMAKE_INSTALL_DATADIR}/pgrehearse/fixtures" COMPONENT runtime USE_SOURCE_PERMISSIONS)
install(DIRECTORY ci/pipelines DESTINATION "${CMAKE_INSTALL_DATADIR}/pgrehearse"
  COMPONENT runtime USE_SOURCE_PERMISSIONS)
install(FILES README.md LICENSE docs/drill-yaml.md docs/guides/ten-minutes.md
  DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT runtime)
install(FILES "${help_texts}/man" RENAME pgrehearse.1
  DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT runtime)
install(FILES "${help_texts}/completion.bash" RENAME pgrehearse
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" COMPONENT runtime)
install(FILES "${help_texts}/completion.zsh" RENAME _pgrehearse
  DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions" COMPONENT runtime)
install(FILES "${help_texts}/completion.fish" RENAME pgrehearse.fish
  DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" COMPONENT runtime)

# The program without its scenarios: a team's own are linked to it. A library, so that only main is missing.
add_library(pgrehearse_main STATIC "${PROJECT_SOURCE_DIR}/harness/cli/pgrehearse_program.cpp"
  "${PROJECT_SOURCE_DIR}/tests/sabotage/known_traps.cpp")
target_link_libraries(pgrehearse_main PUBLIC pgrehearse_cli PRIVATE CLI11::CLI11)

set(libraries pgrehearse_main pgrehearse_settings pgrehearse_sanitizers)
foreach(row IN LISTS layer_rows)
  string(REGEX REPLACE "^layer +([a-z]+) *:.*$" "\\1" folder "${row}")
  if(TARGET pgrehearse_${folder} AND NOT folder STREQUAL "agent")
    list(APPEND libraries pgrehearse_${folder})
  endif()
endforeach()
install(TARGETS ${libraries} EXPORT pgrehearse
  ARCHIVE DESTINATION "${PGREHEARSE_PROGRAMS}" COMPONENT dev)
install(EXPORT pgrehearse NAMESPACE pgrehearse:: DESTINATION "${PGREHEARSE_PACKAGE}" COMPONENT dev)
install(DIRECTORY harness DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/pgrehearse" COMPONENT dev
  FILES_MATCHING PATTERN "*.hpp" PATTERN "agent" EXCLUDE)
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/pgrehearse-config.cmake.in"
  "${PROJECT_BINARY_DIR}/generated/pgrehearse-config.cmake" INSTALL_DESTINATION "${PGREHEARSE_PACKAGE}"
  PATH_VARS PGREHEARSE_PROGRAMS)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/pgrehearse-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/generated/pgrehearse-config.cmake"
  "${PROJECT_BINARY_DIR}/generated/pgrehearse-config-version.cmake"
  DESTINATION "${PGREHEARSE_PACKAGE}" COMPONENT dev)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pgrehearse)
set(CPACK_PACKAGE_CONTACT "The pgrehearse maintainers <maintainers@pgrehearse.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_COMPONENTS_ALL runtime dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME pgrehearse)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "postgresql-15 (>= 15.19), postgresql-client-15 (>= 15.19), xz-utils")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "age, pgbouncer, redis-server, redis-tools")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SUGGESTS "docker.io | podman, pgbackrest, barman")
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Restore drills for Postgres, run by CI
 pgrehearse starts a disposable Postgres server, fills it, takes a backup, does
 the damage on purpose, recovers, and says whether what came back is exactly
 what was there.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME pgrehearse-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "pgrehearse (= ${PROJECT_VERSION}), libgtest-dev, libfmt-dev, libpqxx-dev, libpq-dev, libyaml-cpp-dev, libssl-dev, libcurl4-openssl-dev, nlohmann-json3-dev, libcli11-dev, libvalijson-dev, pkg-config")
set(CPACK_COMPONENT_DEV_DESCRIPTION "Restore drills for Postgres: to write scenarios in C++
 Headers, libraries and the CMake package of pgrehearse.")
include(CPack)
