/* msg.c - messages to the user: file:line: what is wrong; what to do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/msg.h"

#include <stdarg.h>
#include <stdio.h>

/* "file:line: " before the text, as far as the place is known. */
static int place_print(char *out, size_t size, const struct place *at)
{
    if (!at || !at->file)
        return 0;
    int n = at->line > 0 ? snprintf(out, size, "%s:%d: ", at->file, at->line)
                         : snprintf(out, size, "%s: ", at->file);
    return n < 0 || (size_t)n >= size ? (int)size - 1 : n;
}

__attribute__((format(printf, 4, 0))) static void
add(struct msgs *m, int is_error, const struct place *at, const char *format,
    va_list args)
{
    m->errors += is_error;
    if (m->n == MSG_MAX) {
        m->dropped++;
        return;
    }
    struct msg *msg = &m->list[m->n++];
    msg->is_error = is_error;
    int n = place_print(msg->text, sizeof msg->text, at);
    vsnprintf(msg->text + n, sizeof msg->text - (size_t)n, format, args);
}

int msg_error(struct msgs *m, const struct place *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(m, 1, at, format, args);
    va_end(args);
    return -1;
}

void msg_warn(struct msgs *m, const struct place *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(m, 0, at, format, args);
    va_end(args);
}
