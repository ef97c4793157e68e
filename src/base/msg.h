/* msg.h - messages to the user: file:line: what is wrong; what to do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_MSG_H
#define BASE_MSG_H

#define MSG_MAX 20 /* as many as a person reads in one run */

/* Where in the user's input a message points to; file may be NULL. */
struct place {
    const char *file;
    int line; /* from 1; 0: the file as a whole */
};

struct msg {
    char text[400];
    int is_error;
};

/*
 * Up to MSG_MAX messages, errors rather than warnings; further ones are
 * counted only. Texts start lower case, have no full stop and quote their
 * subject: unknown key 'kernal'; did you mean 'kernel'?
 */
struct msgs {
    struct msg list[MSG_MAX];
    int n;       /* stored */
    int errors;  /* seen, stored or not */
    int dropped; /* seen and not stored */
};

/* Adds an error and returns -1, so that a reader can `return msg_error(...)`.
 * A reader reports and goes on with the next key: one run shows all. */
int msg_error(struct msgs *m, const struct place *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void msg_warn(struct msgs *m, const struct place *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
