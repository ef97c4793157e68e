/* estimate.h - loading and writing through ivq.h in unit tests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UNIT_ESTIMATE_H
#define UNIT_ESTIMATE_H

#include "files.h"
#include "ivq.h"

#include <jansson.h>

/* A context that finds the files of the source tree by name. */
static ivq *context(void)
{
    ivq *ctx = ivq_new();
    ck_assert_ptr_nonnull(ctx);
    ck_assert_int_eq(ivq_folder(ctx, source_file("tech")), IVQ_OK);
    ck_assert_int_eq(ivq_folder(ctx, source_file("workloads")), IVQ_OK);
    ck_assert_int_eq(ivq_folder(ctx, source_file("workloads/quant")), IVQ_OK);
    return ctx;
}

static const char *first_message(const ivq *ctx)
{
    const char *text = ivq_message(ctx, 0, NULL);
    return text ? text : "(no message)";
}

#define ck_ok(ctx, call)                                                       \
    ck_need((call) == IVQ_OK, "%s: %s", #call, first_message(ctx))

/* The network on the technology, estimated. */
__attribute__((unused)) static ivq *estimated(const char *tech,
                                              const char *network)
{
    ivq *ctx = context();
    ck_ok(ctx, ivq_load_tech(ctx, tech));
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_estimate(ctx));
    return ctx;
}

/* What a writer writes; free() it. */
static char *written(ivq *ctx, enum ivq_format format, enum ivq_view view)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    ck_ok(ctx, ivq_write(ctx, out, format, view));
    fclose(out);
    ck_assert_uint_eq(strlen(text), size);
    return text;
}

/* The estimate as JSON; json_decref() it. */
__attribute__((unused)) static json_t *tables(ivq *ctx)
{
    char *text = written(ctx, IVQ_JSON, IVQ_REPORT);
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_need(root != NULL, "%d: %s", error.line, error.text);
    free(text);
    return root;
}

/* A number of a row; fails where there is none. */
__attribute__((unused)) static double number_at(const json_t *row,
                                                const char *column)
{
    const json_t *x = json_object_get(row, column);
    ck_need(json_is_number(x), "no number '%s'", column);
    return json_number_value(x);
}

/* The sum of a column. */
__attribute__((unused)) static double
column_sum(const json_t *root, const char *table, const char *column)
{
    json_t *rows = json_object_get(root, table), *row;
    size_t i;
    double sum = 0;
    ck_need(json_array_size(rows) > 0, "no rows in '%s'", table);
    json_array_foreach(rows, i, row) sum += number_at(row, column);
    return sum;
}

/* The row whose `key` is `name`. */
__attribute__((unused)) static json_t *
row_of(const json_t *root, const char *table, const char *key, const char *name)
{
    json_t *row;
    size_t i;
    json_array_foreach(json_object_get(root, table), i, row)
    {
        const char *text = json_string_value(json_object_get(row, key));
        if (text && !strcmp(text, name))
            return row;
    }
    ck_abort_msg("no row '%s' in '%s'", name, table);
    return NULL;
}

#endif
