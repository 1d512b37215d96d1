/* Gives a fuzzer files instead of inventions: `replay PATH...`, each a file or a folder of files. What it asserts, it
 * asserts here as well; a run without any file is a mistake. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>

enum { INPUT_BYTES_MAX = 1 << 20 };

static bool replay_file(const char *path)
{
    char *bytes;
    size_t length;
    struct error error;
    if (file_read(path, INPUT_BYTES_MAX, &bytes, &length, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, error.text);
        return false;
    }
    /* An assertion that fails says nothing about the input, so its name goes first. */
    (void)printf("%s\n", path);
    (void)fflush(stdout);
    char *copy = fuzz_copy(bytes, length);
    free(bytes);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)copy, length);
    free(copy);
    return true;
}

/* How many were replayed; -1 when one of them could not be read. */
static int replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        perror(path);
        return -1;
    }
    int count = 0;
    const struct dirent *entry;
    while (count >= 0 && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        struct buffer file = {0};
        buffer_printf(&file, "%s/%s", path, entry->d_name);
        count = replay_file(file.bytes) ? count + 1 : -1;
        buffer_done(&file);
    }
    (void)closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        bool is_folder = stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode);
        int count = is_folder ? replay_folder(argv[i]) : replay_file(argv[i]) ? 1 : -1;
        if (count < 0) {
            return EXIT_FAILURE;
        }
        total += count;
    }
    (void)printf("%d inputs\n", total);
    return total > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
