# The pages of src/web, bundled and compressed by its build.mjs. They need Node and what src/web/package-lock.json names
# from an npm registry; where that is not to be had they are left out, and everything else is built.
# Sets TURNOUT_PAGES (whether they are there) and TURNOUT_net_GENERATED.

option(TURNOUT_WEB "build the pages, which needs Node and an npm registry" ON)
set(TURNOUT_PAGES OFF)
set(TURNOUT_net_GENERATED ${CMAKE_SOURCE_DIR}/tools/cmake/no_pages.c)

# turnout_npm(FOLDER RESULT): installs what FOLDER's package-lock.json names, once as long as that does not change.
# RESULT is why it cannot, or empty.
function(turnout_npm folder result)
  set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/package-lock.json)
  find_program(TURNOUT_NODE node)
  find_program(TURNOUT_NPM npm)
  if(NOT TURNOUT_NODE OR NOT TURNOUT_NPM)
    set(${result} "Node or npm is missing (Debian's nodejs and npm)" PARENT_SCOPE)
    return()
  endif()
  set(stamp ${folder}/node_modules/.turnout-installed)
  file(SHA256 ${folder}/package-lock.json wanted)
  set(installed "")
  if(EXISTS ${stamp})
    file(READ ${stamp} installed)
  endif()
  if(NOT installed STREQUAL wanted)
    execute_process(
      COMMAND ${TURNOUT_NPM} ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000
      WORKING_DIRECTORY ${folder} RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE said TIMEOUT 300)
    if(NOT status EQUAL 0)
      string(REGEX MATCH "[^\n]+" said "${said}")
      set(${result} "no npm registry has answered (${said})" PARENT_SCOPE)
      return()
    endif()
    file(WRITE ${stamp} ${wanted})
  endif()
  set(${result} "" PARENT_SCOPE)
endfunction()

if(TURNOUT_WEB)
  turnout_npm(${CMAKE_SOURCE_DIR}/src/web missing)
  if(missing)
    message(NOTICE "The pages are left out: ${missing}. To add them, mend that and run: cmake ${CMAKE_BINARY_DIR}")
  else()
    set(TURNOUT_PAGES ON)
    set(TURNOUT_net_GENERATED ${CMAKE_BINARY_DIR}/generated/pages.c)
    file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS src/web/*.jsx src/web/*.js src/web/*.mjs src/web/*.css
      src/web/*.html src/web/*.json)
    list(FILTER web_sources EXCLUDE REGEX "/node_modules/")
    add_custom_command(
      OUTPUT ${TURNOUT_net_GENERATED}
      COMMAND ${TURNOUT_NODE} ${CMAKE_SOURCE_DIR}/src/web/build.mjs ${CMAKE_BINARY_DIR}/generated
      DEPENDS ${web_sources} ${CMAKE_SOURCE_DIR}/config/elections/vn-2026/provinces.csv
      COMMENT "Bundling the pages"
      VERBATIM)
  endif()
endif()
set_source_files_properties(${TURNOUT_net_GENERATED} PROPERTIES INCLUDE_DIRECTORIES ${CMAKE_SOURCE_DIR}/src/net)
