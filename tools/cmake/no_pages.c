/* Stands for the pages where the build leaves them out (TurnoutWeb.cmake). */
#include "static_http.h"

const struct static_file static_files[] = {{.path = ""}};
const size_t static_file_count = 0;
