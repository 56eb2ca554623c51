# How every source of ours is compiled. Third-party headers come in as system headers (CMake's default
# for imported targets), so that only our own code answers for warnings.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

set(PGREHEARSE_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize takes them")
option(PGREHEARSE_WERROR "Treat warnings as errors" ON)

# Assertions stay on in every build: a wrong verdict costs more than a comparison.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

# Flags of our own targets. The static agent takes these without the sanitizers.
add_library(pgrehearse_settings INTERFACE)
# What is built against an installed pgrehearse (cmake/install.cmake) answers for its own warnings.
include(GNUInstallDirs)
target_include_directories(pgrehearse_settings INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/pgrehearse>")
target_compile_features(pgrehearse_settings INTERFACE cxx_std_20)
target_compile_options(pgrehearse_settings INTERFACE
  "$<BUILD_INTERFACE:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;$<$<BOOL:${PGREHEARSE_WERROR}>:-Werror>>")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 reports std::string concatenation as overlapping memcpy when it optimises (its bug 105651).
  target_compile_options(pgrehearse_settings INTERFACE $<BUILD_INTERFACE:-Wno-restrict>)
endif()
target_compile_definitions(pgrehearse_settings INTERFACE
  _GLIBCXX_ASSERTIONS "PGREHEARSE_VERSION=\"${PROJECT_VERSION}\"")

# Reports and messages name files relative to the root, never a path of the machine that built them.
# Debug builds map only the macros, so that debuggers still find the sources.
target_compile_options(pgrehearse_settings INTERFACE
  $<BUILD_INTERFACE:$<IF:$<CONFIG:Debug>,-fmacro-prefix-map,-ffile-prefix-map>=${PROJECT_SOURCE_DIR}/=>)

add_library(pgrehearse_sanitizers INTERFACE)
if(PGREHEARSE_SANITIZE)
  set(sanitizer_flags
    -fsanitize=${PGREHEARSE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(pgrehearse_sanitizers INTERFACE ${sanitizer_flags})
  target_link_options(pgrehearse_sanitizers INTERFACE ${sanitizer_flags})
endif()
