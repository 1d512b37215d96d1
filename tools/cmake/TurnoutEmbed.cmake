# turnout_embed(FILE NAME OUTPUT): writes OUTPUT, a C file that holds FILE's bytes as
# `const char NAME[]`, NUL-terminated, and their number as `const size_t NAME_length`.

set(TURNOUT_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed.cmake)

function(turnout_embed file name output)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFILE=${file} -DNAME=${name} -DOUTPUT=${output} -P ${TURNOUT_EMBED_SCRIPT}
    DEPENDS ${file} ${TURNOUT_EMBED_SCRIPT}
    COMMENT "Embedding ${name}"
    VERBATIM)
endfunction()
