/* Text for XML 1.0. */
#ifndef TURNOUT_WIRE_XML_TEXT_H
#define TURNOUT_WIRE_XML_TEXT_H

#include <turnout/base/buffer.h>

/* Appends UTF-8 as content of an element or a double-quoted attribute. U+FFFD replaces characters that XML does not
 * allow. */
void xml_put_text(struct buffer *out, const char *text);

#endif
