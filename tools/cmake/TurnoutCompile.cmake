# How every file of the project is compiled: the language, the warnings, the hardening, the sanitizers.

option(TURNOUT_WERROR "treat warnings as errors" OFF)
set(TURNOUT_SANITIZE "" CACHE STRING "sanitizers to build with, as -fsanitize= takes them")
option(TURNOUT_FUZZ "build the fuzzers of tests/fuzz; needs clang" OFF)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(TURNOUT_CCACHE ccache)
if(TURNOUT_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${TURNOUT_CCACHE})
endif()

add_compile_definitions(_GNU_SOURCE)
add_compile_options(
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wformat=2
  -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wwrite-strings -Wswitch-enum
  -Wnull-dereference -Wimplicit-fallthrough)
if(TURNOUT_WERROR)
  add_compile_options(-Werror)
endif()

# Assertions guard states that must never be; they stay on in release builds.
foreach(build RELEASE RELWITHDEBINFO MINSIZEREL)
  string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_${build} "${CMAKE_C_FLAGS_${build}}")
endforeach()

if(TURNOUT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link) # every branch taken is told to libFuzzer
endif()
if(TURNOUT_SANITIZE)
  add_compile_options(-fsanitize=${TURNOUT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TURNOUT_SANITIZE})
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-pie -Wl,-z,relro -Wl,-z,now)
endif()
