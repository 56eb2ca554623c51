# Turns a text file into a C++ source that defines it as pgrehearse::NAME, a std::string_view.
#   cmake -DINPUT=<file> -DOUTPUT=<file.cpp> -DNAME=<variable> -P cmake/embed.cmake
# Compilers need not take literals above 64 kB: the text is cut into pieces below that, which the
# language joins again.
foreach(needed IN ITEMS INPUT OUTPUT NAME)
  if(NOT DEFINED ${needed})
    message(FATAL_ERROR "embed.cmake: -D${needed}= is missing")
  endif()
endforeach()

file(READ "${INPUT}" text)
set(fence "embedded")
string(FIND "${text}" ")${fence}\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "embed.cmake: ${INPUT} holds the fence ')${fence}\"'")
endif()

set(piece_size 16000)
string(LENGTH "${text}" size)
set(literals "")
set(begin 0)
while(begin LESS size)
  string(SUBSTRING "${text}" ${begin} ${piece_size} piece)
  string(APPEND literals "\n    R\"${fence}(${piece})${fence}\"")
  math(EXPR begin "${begin} + ${piece_size}")
endwhile()
if(literals STREQUAL "")
  set(literals " \"\"")
endif()

get_filename_component(input_name "${INPUT}" NAME)
file(WRITE "${OUTPUT}.new" "// Generated from ${input_name} by cmake/embed.cmake.
#include <string_view>

namespace pgrehearse {

extern const std::string_view ${NAME};
const std::string_view ${NAME} =${literals};

}  // namespace pgrehearse
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
