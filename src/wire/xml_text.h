/* Text on its way into XML 1.0. */
#ifndef TURNOUT_WIRE_XML_TEXT_H
#define TURNOUT_WIRE_XML_TEXT_H

#include <turnout/base/buffer.h>

/* Appends UTF-8 as content of an element or of an attribute in double quotes. U+FFFD stands for what no XML may hold. */
void xml_put_text(struct buffer *out, const char *text);

#endif
