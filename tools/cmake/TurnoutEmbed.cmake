# turnout_embed(NAME OUTPUT FILE...): writes OUTPUT, a C file that holds the bytes of the FILEs, one behind the other,
# as `const char NAME[]`, NUL-terminated, and their number as `const size_t NAME_length`.

set(TURNOUT_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed.cmake)

function(turnout_embed name output)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DOUTPUT=${output} "-DFILES=${ARGN}" -P ${TURNOUT_EMBED_SCRIPT}
    DEPENDS ${ARGN} ${TURNOUT_EMBED_SCRIPT}
    COMMENT "Embedding ${name}"
    VERBATIM)
endfunction()
