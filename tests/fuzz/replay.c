/* replay.c - the files of the corpus, once each, without a fuzzer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MOST = 1 << 20 };

/* The name goes out first: should the reader end the process, it is known at
 * which file. */
static int replay(const char *path, uint8_t *data)
{
    FILE *f = fopen(path, "rb");
    printf("%s\n", path);
    fflush(stdout);
    if (!f)
        return -1;
    size_t n = fread(data, 1, FILE_MOST, f);
    int bad = ferror(f) != 0;
    fclose(f);
    return bad ? -1 : fuzz_file(path, data, n);
}

int main(int argc, char **argv)
{
    uint8_t *data = malloc(FILE_MOST);
    int bad = !data;
    for (int i = 1; i < argc && data; i++)
        bad |= replay(argv[i], data) != 0;
    free(data);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
