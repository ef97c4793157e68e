/* spawn.c - median time and memory of a whole process: spawn RUNS COMMAND... */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double seconds(const struct timeval *t)
{
    return (double)t->tv_sec + 1e-6 * (double)t->tv_usec;
}

/* Seconds from the spawn to the end, -1 if it failed; its memory in KB, its
 * seconds on a processor, if they are fewer. */
static double run_s(char **argv, long *peak_KB, double *least_s)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    pid_t pid;
    int status = 0;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    double begin_s = now_s();
    errno = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (errno || wait4(pid, &status, 0, &usage) != pid || status)
        return -1;
    *peak_KB = usage.ru_maxrss;
    double cpu_s = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
    *least_s = cpu_s < *least_s ? cpu_s : *least_s;
    return now_s() - begin_s;
}

int main(int argc, char **argv)
{
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    double *time_s = calloc((size_t)(runs > 0 ? runs : 1), sizeof *time_s);
    long peak_KB = 0, most_KB = 0;
    double least_s = 1e9;

    if (runs < 1 || !time_s) {
        fputs("usage: spawn RUNS COMMAND...\n", stderr);
        return 2;
    }
    for (int i = 0; i < runs; i++) {
        time_s[i] = run_s(argv + 2, &peak_KB, &least_s);
        if (time_s[i] < 0) {
            fprintf(stderr, "spawn: '%s' failed\n", argv[2]);
            return 1;
        }
        most_KB = peak_KB > most_KB ? peak_KB : most_KB;
    }
    qsort(time_s, (size_t)runs, sizeof *time_s, by_value);
    printf("%.2f ms median, %.2f to %.2f ms, %.1f MB at most, CPU %.2f ms "
           "at least\n",
           1e3 * time_s[runs / 2], 1e3 * time_s[0], 1e3 * time_s[runs - 1],
           (double)most_KB / 1024, 1e3 * least_s);
    free(time_s);
    return 0;
}
