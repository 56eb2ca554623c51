# The programs: the harness with its scenarios, the agent that runs inside instances, the watchdog that
# outlives the harness, and the application of the built-in subject. All lie in bin/, where they look for each
# other.

# The agent is copied into containers of any distribution, so it is fully static, and never sanitized.
# It compiles what it needs anew: the other libraries are built for dynamic linking.
file(GLOB agent_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/harness/agent/*.cpp")
if(agent_sources)
  foreach(folder IN LISTS uses_of_agent)
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/harness/${folder}/*.cpp")
    list(APPEND agent_sources ${sources})
  endforeach()
  find_library(LIBCRYPTO_STATIC NAMES libcrypto.a REQUIRED)
  find_library(LIBSSL_STATIC NAMES libssl.a REQUIRED)
  add_executable(pgrehearse-agent ${agent_sources})
  target_link_libraries(pgrehearse-agent PRIVATE pgrehearse_settings fmt::fmt-header-only
    "${LIBSSL_STATIC}" "${LIBCRYPTO_STATIC}" -static $<$<CONFIG:Release>:-s>)
  # libcrypto has functions that look up names and load modules; the linker warns that a static program
  # cannot rely on them. The agent computes digests, looks at certificates of the loopback, and calls none.
  include(CheckLinkerFlag)
  check_linker_flag(CXX "LINKER:--no-warnings" PGREHEARSE_LINKER_CAN_BE_SILENT)
  if(PGREHEARSE_LINKER_CAN_BE_SILENT)
    target_link_options(pgrehearse-agent PRIVATE "LINKER:--no-warnings")
  endif()
endif()

set(watchdog_source "${PROJECT_SOURCE_DIR}/harness/engine/watchdog_program.cpp")
if(EXISTS "${watchdog_source}")
  add_executable(pgrehearse-watchdog "${watchdog_source}")
  target_link_libraries(pgrehearse-watchdog PRIVATE pgrehearse_engine)
endif()

# The application of the built-in subject: no part of the harness, and linked to none.
file(GLOB app_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/fixtures/app/*.cpp")
if(app_sources)
  add_executable(bookings-app ${app_sources})
  target_link_libraries(bookings-app PRIVATE pgrehearse_settings pgrehearse_sanitizers
    PkgConfig::HTTPLIB PkgConfig::PQXX Threads::Threads)
endif()

# Scenarios and sabotages are linked as objects, not through a library: GoogleTest finds a case only if
# its object is in the program.
set(main_source "${PROJECT_SOURCE_DIR}/harness/cli/pgrehearse_program.cpp")
if(EXISTS "${main_source}")
  file(GLOB stories CONFIGURE_DEPENDS
    "${PROJECT_SOURCE_DIR}/scenarios/*.cpp" "${PROJECT_SOURCE_DIR}/tests/sabotage/*.cpp")
  set(oracle "${PROJECT_SOURCE_DIR}/tests/sabotage/oracle.cpp")
  list(REMOVE_ITEM stories "${oracle}")
  add_library(pgrehearse_stories OBJECT "${main_source}" ${stories})
  target_link_libraries(pgrehearse_stories PUBLIC pgrehearse_cli CLI11::CLI11 GTest::gtest)
  add_executable(pgrehearse "${oracle}")
  target_link_libraries(pgrehearse PRIVATE pgrehearse_stories)
  # The same with one check that always says "met". A part of the tests: nobody installs it.
  add_executable(pgrehearse-stubbed "${PROJECT_SOURCE_DIR}/tests/stubs/stubbed_oracle.cpp")
  target_link_libraries(pgrehearse-stubbed PRIVATE pgrehearse_stories)
endif()

# Programs and tests start these, so they are built first.
function(pgrehearse_needs_companions target)
  foreach(companion IN ITEMS pgrehearse-agent pgrehearse-watchdog bookings-app)
    if(TARGET ${companion})
      add_dependencies(${target} ${companion})
    endif()
  endforeach()
endfunction()
if(TARGET pgrehearse)
  pgrehearse_needs_companions(pgrehearse)
endif()
