/* msg.c - messages to the user: file:line: what is wrong; what to do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/msg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* "file:line: " before the text, as far as the place is known. */
static int place_print(char *out, size_t size, const struct place *at)
{
    if (!at || !at->file)
        return 0;
    int n = at->line > 0 ? snprintf(out, size, "%s:%d: ", at->file, at->line)
                         : snprintf(out, size, "%s: ", at->file);
    return n < 0 || (size_t)n >= size ? (int)size - 1 : n;
}

/* Where the next message goes; NULL: nowhere. An error takes the place of the
 * last warning: what ended a run is never behind what did not. */
static struct msg *place_for(struct msgs *m, int is_error)
{
    if (m->n < MSG_MAX)
        return &m->list[m->n++];
    m->dropped++;
    int last = MSG_MAX - 1;
    while (last >= 0 && m->list[last].is_error)
        last--;
    if (!is_error || last < 0)
        return NULL;
    memmove(&m->list[last], &m->list[last + 1],
            (size_t)(MSG_MAX - 1 - last) * sizeof m->list[0]);
    return &m->list[MSG_MAX - 1];
}

__attribute__((format(printf, 4, 0))) static void
add(struct msgs *m, int is_error, const struct place *at, const char *format,
    va_list args)
{
    m->errors += is_error;
    struct msg *msg = place_for(m, is_error);
    if (!msg)
        return;
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
