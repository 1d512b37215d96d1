/* The percentage, rounded as it is published and honest at both ends. */
#include <turnout/election/percent.h>

#include <assert.h>
#include <string.h>

int32_t percent_of(int64_t part, int64_t whole)
{
    assert(0 <= part && part <= whole && whole <= INT64_MAX / 20000);
    if (whole == 0) {
        return PERCENT_NONE;
    }
    if (part == 0 || part == whole) {
        return part == 0 ? 0 : PERCENT_ALL;
    }
    /* Unsigned, because 20000 times the whole may leave no room for adding half of the divisor. */
    uint64_t rounded = ((uint64_t)part * 20000 + (uint64_t)whole) / ((uint64_t)whole * 2);
    if (rounded == 0) {
        return 1;
    }
    return rounded >= PERCENT_ALL ? PERCENT_ALL - 1 : (int32_t)rounded;
}

void percent_format(int32_t hundredths, char ret_text[PERCENT_TEXT_BYTES])
{
    assert(hundredths >= PERCENT_NONE && hundredths <= PERCENT_ALL);
    char *end = ret_text;
    if (hundredths != PERCENT_NONE) {
        int whole = hundredths / 100;
        if (whole >= 100) {
            *end++ = '1';
        }
        if (whole >= 10) {
            *end++ = (char)('0' + whole / 10 % 10);
        }
        *end++ = (char)('0' + whole % 10);
        *end++ = '.';
        *end++ = (char)('0' + hundredths / 10 % 10);
        *end++ = (char)('0' + hundredths % 10);
    }
    *end = '\0';
}

void percent_format_json(int32_t hundredths, char ret_text[PERCENT_TEXT_BYTES])
{
    if (hundredths == PERCENT_NONE) {
        memcpy(ret_text, "null", sizeof "null");
        return;
    }
    percent_format(hundredths, ret_text);
    size_t length = strlen(ret_text);
    while (ret_text[length - 1] == '0') { /* ends at the point */
        length--;
    }
    if (ret_text[length - 1] == '.') {
        length--;
    }
    ret_text[length] = '\0';
}
