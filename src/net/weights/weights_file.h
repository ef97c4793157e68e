/* weights_file.h - trained weights from files beside a workload file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_WEIGHTS_WEIGHTS_FILE_H
#define NET_WEIGHTS_WEIGHTS_FILE_H

#include "net/trained.h"
#include "onnx/tensor.h"
#include <stdio.h>

/* What a file has under the name of a layer. The reader fills in type and
 * shape; the numbers are asked for once the shape is the layer's. */
struct entry {
    const char *what;      /* "'w/a.npy'", for messages */
    struct tensor tensor;  /* its data stay NULL */
    bool fortran;          /* the first dimension runs fastest */
    int64_t offset, bytes; /* of its numbers in the file: all there are */
    /* What the dimensions may be, the first that fits: letters of
     * weights_file.c; NULL at the end. */
    const char *const *layouts;
};

/* A file, or a folder of files, while it is read. */
struct weights_file {
    const struct conf_env *env;
    const char *path;
    const struct node *key; /* that names it, or NULL */
    const struct layer *l;  /* that is read; NULL: none yet */
    FILE *in;              /* open, or NULL */
    int64_t size;          /* of it, bytes */
    void *all, *one;       /* the reader's: all entries, the one found last */
};

/* How files whose names end in `end` are read. -1: it has reported. */
struct weights_reader {
    const char *end, *entry; /* of the name; how entries are called */
    int (*open)(struct weights_file *f);
    /* 1: it is there and *e is set; 0: there is none */
    int (*find)(struct weights_file *f, const char *name, struct entry *e);
    /* the numbers of the entry found last, e->bytes of them */
    int (*read)(struct weights_file *f, const struct entry *e, uint8_t *to);
    void (*close)(struct weights_file *f); /* whatever is open */
};
extern const struct weights_reader npy_folder, npz_file, safetensors_file;

/* Reports what is wrong with `what`, a file or its entry; returns -1. */
int weights_refuse(const struct weights_file *f, const char *what,
                   const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether it is a regular file, and its f->size. -1 having reported. */
int weights_stat(struct weights_file *f, const char *path);

/* Opens it as f->in, too. -1 having reported. */
int weights_open(struct weights_file *f, const char *path);

/*
 * The head of a numpy array, from a stream of `size` bytes: type, shape and
 * how many bytes follow. `get` reads n bytes and returns how many there were.
 */
struct npy_stream {
    size_t (*get)(void *from, void *to, size_t n);
    void *from;
    int64_t size;
};
int npy_head(const struct weights_file *f, const struct npy_stream *s,
             struct entry *e);

/*
 * Reads the weights of all layers from where the network's `weights` says,
 * beside the file of the setting `key` (NULL, or one of -s: as it stands). A
 * layer that the file does not have is named in a warning. Memory from
 * env->arena. Returns 0, or -1 having reported.
 */
int weights_read(const struct conf_env *env, const struct node *key,
                 struct net *net);

#endif
