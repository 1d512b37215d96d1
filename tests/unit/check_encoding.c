/* Bytes as people save them: what is text comes out as UTF-8, what is not is named. */
#include <turnout/base/encoding.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/base/memory.h>

#include "suite.h"

/* A literal with its length, NUL bytes and all. */
#define BYTES(literal) literal, sizeof literal - 1

static char *copy_of(const char *bytes, size_t length)
{
    char *copy = memory_new_array(length + 1, 1);
    memcpy(copy, bytes, length);
    return copy;
}

static const struct {
    const char *bytes;
    size_t length;
    const char *text; /* in UTF-8 */
} texts[] = {
    {BYTES(""), ""},
    {BYTES("code,name\n"), "code,name\n"},
    {BYTES("\xef\xbb\xbf"
           "code"),
     "\xef\xbb\xbf"
     "code"},
    {BYTES("t\xc3\xaan, T\xe1\xbb\x95 b\xe1\xba\xa7u c\xe1\xbb\xad s\xe1\xbb\x91 1"), "tên, Tổ bầu cử số 1"},
    /* UTF-16 with a mark */
    {BYTES("\xff\xfe"
           "a\0,\0\xd5\x1e\n\0"),
     "a,\xe1\xbb\x95\n"},
    {BYTES("\xfe\xff"
           "\0a\0,\x1e\xd5\0\n"),
     "a,\xe1\xbb\x95\n"},
    {BYTES("\xff\xfe"
           "\xea\0"),
     "\xc3\xaa"},
    {BYTES("\xfe\xff\xd8\x3c\xdd\xf3"), "\xf0\x9f\x87\xb3"},
    {BYTES("\xff\xfe"), ""},
    /* and without */
    {BYTES("a\0b\0\n\0"), "ab\n"},
    {BYTES("\0a\0b\0\n"), "ab\n"},
};

LOOP_TEST(text_comes_out_as_utf8, COUNT(texts))
{
    size_t length = texts[_i].length;
    char *bytes = copy_of(texts[_i].bytes, length);
    uint32_t line;
    struct error error;
    ck_assert_int_eq(encoding_to_utf8(&bytes, &length, &line, &error), TURNOUT_OK);
    ck_assert_uint_eq(length, strlen(texts[_i].text));
    ck_assert_str_eq(bytes, texts[_i].text);
    free(bytes);
}

static const struct {
    const char *bytes;
    size_t length;
    uint32_t line;
    const char *why; /* how the error begins */
} strangers[] = {
    {BYTES("PK\x03\x04\x14\0"), 0,
     "the file is not text but a spreadsheet's own file (.xlsx, .ods) or another"},
    {BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"), 0,
     "the file is not text but a spreadsheet's own file of the old"},
    {BYTES("%PDF-1.7"), 0, "the file is not text but a PDF;"},
    {BYTES("{\\rtf1"), 0, "the file is not text but a word processor's file"},
    {BYTES("<html>"), 0, "the file is not text but a page"},
    {BYTES("\x1f\x8b\x08"), 0, "the file is not text but a gzip file;"},
    {BYTES("\xff\xfe\0\0a\0\0\0"), 0, "the file is not text but UTF-32;"},
    {BYTES("\xff\xfe"
           "a\0b"),
     0, "the file is damaged UTF-16;"},
    {BYTES("\xff\xfe\x3c\xd8"), 0, "the file is damaged UTF-16;"},
    {BYTES("\xff\xfe\xf3\xdd"
           "a\0"),
     0, "the file is damaged UTF-16;"},
    {BYTES("code,name\n1,b\xea\n"), 2, "the line is not UTF-8: the file was saved in a code page"},
    {BYTES("code,name\n1,b\xc3\xaa\n2,\xc3\n3,\xc3\xaa"), 3, "the line is not UTF-8"},
    {BYTES("T\xea"), 1, "the line is not UTF-8"},
};

LOOP_TEST(what_is_no_text_is_named, COUNT(strangers))
{
    size_t length = strangers[_i].length;
    char *bytes = copy_of(strangers[_i].bytes, length);
    uint32_t line = 99;
    struct error error;
    ck_assert_int_eq(encoding_to_utf8(&bytes, &length, &line, &error), TURNOUT_BAD_INPUT);
    ck_assert_uint_eq(line, strangers[_i].line);
    ck_assert_msg(strncmp(error.text, strangers[_i].why, strlen(strangers[_i].why)) == 0, "%s", error.text);
    ck_assert_ptr_nonnull(strstr(error.text, "save it as text in UTF-8"));
    free(bytes);
}

SUITE("encoding");
