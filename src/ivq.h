/* ivq.h - what a neural network costs on an in-memory-computing chip */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IVQ_H
#define IVQ_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IVQ_API_VERSION 10000 /* 10000 major + 100 minor + patch */

/*
 * A context holds one technology, one network and the estimate of the one on
 * the other. Contexts are independent of one another; a context is used by
 * one thread at a time. Nothing here prints, exits or changes the locale;
 * numbers are read and written the same way in every locale.
 */
typedef struct ivq ivq;

enum ivq_status {
    IVQ_OK = 0,
    IVQ_INPUT = 1,  /* the input was refused; ivq_message says why */
    IVQ_OUTPUT = 4, /* the output could not be written */
    IVQ_MEMORY = 5  /* out of memory */
};

ivq *ivq_new(void); /* NULL: out of memory */
void ivq_free(ivq *ctx);
const char *ivq_version(void);

/* Messages since the last ivq_clear: the i-th text, NULL past the end. Owned
 * by the context. *is_error (may be NULL): 1 error, 0 warning. */
const char *ivq_message(const ivq *ctx, int i, int *is_error);
int ivq_dropped(const ivq *ctx); /* messages beyond those kept */
void ivq_clear(ivq *ctx);

/* Adds a folder in which names of files are looked up, before the installed
 * ones. Copied. */
enum ivq_status ivq_folder(ivq *ctx, const char *path);

/* Overrides a parameter of technologies loaded from now on, "adc.bits=7"; a
 * path that begins with "workload." overrides one of networks. Copied. */
enum ivq_status ivq_set(ivq *ctx, const char *assignment);

/* Replaces the quantization of networks loaded from now on: "apot:4/4", or
 * the name of a quantization file. NULL: their own again. Copied. */
enum ivq_status ivq_quant(ivq *ctx, const char *scheme);

/* The size of the input of ONNX networks loaded from now on, batch first:
 * "1,3,224,224". NULL: as their files say. Copied. */
enum ivq_status ivq_input_shape(ivq *ctx, const char *shape);

/* What stands for the weights of networks loaded from now on. IVQ_EXACT:
 * themselves, counted; IVQ_STATS: a distribution with their moments; IVQ_MODEL:
 * the distribution of the scheme; IVQ_BEST, as in the beginning: themselves
 * where they are given, else what ivq_write_statistics kept of them, else the
 * scheme's distribution. */
enum ivq_weights { IVQ_BEST, IVQ_EXACT, IVQ_STATS, IVQ_MODEL };
enum ivq_status ivq_weights(ivq *ctx, enum ivq_weights as);

/* Loads a file by path, or by its name in the folders, in place of what was
 * loaded before. Networks: by the end of the name, also ONNX files and tables
 * of other estimators; see ivq-workload(5). */
enum ivq_status ivq_load_tech(ivq *ctx, const char *name);
enum ivq_status ivq_load_network(ivq *ctx, const char *name);

/*
 * The loaded network as a workload file, with its quantization; weights are
 * left out. `statistics` (may be NULL) is the name of a file beside it with
 * what ivq_write_statistics writes: for each layer with weights what their
 * quantization left of them, so that the workload file alone gives nearly the
 * same estimate. ivq_weighted_layers: layers whose weights are known.
 */
enum ivq_status ivq_write_network(ivq *ctx, FILE *out, const char *statistics);
enum ivq_status ivq_write_statistics(ivq *ctx, FILE *out);
int ivq_weighted_layers(const ivq *ctx);

/* Estimates the network on the technology. Cheap when only values of
 * components have changed since the last time. */
enum ivq_status ivq_estimate(ivq *ctx);

/*
 * The network on other technologies, a comma-separated list of files, beside
 * the last estimate, for IVQ_COMPARISON. An override "NAME:path=value" given
 * to ivq_set goes to the technology NAME of the list. Chips are as published,
 * or crossbar chips get as much area, or as many cells, as the one loaded;
 * others are copied until they fill the same area. Needs an estimate; a later
 * one forgets the comparison.
 */
enum ivq_normalise { IVQ_AS_PUBLISHED, IVQ_EQUAL_AREA, IVQ_EQUAL_CROSSBARS };
enum ivq_status ivq_compare(ivq *ctx, const char *names,
                            enum ivq_normalise how);

/* A figure of the last estimate, SI, by its name: "energy", "latency", see
 * ivq_metric. NaN when there is no such figure or no estimate. */
double ivq_value(const ivq *ctx, const char *metric);
/* Name, SI unit and description of the i-th figure; NULL past the end. */
const char *ivq_metric(int i, const char **unit, const char **text);

/*
 * Parameters of the loaded technology, for sweeps. ivq_param finds one by its
 * path ("adc.rate"), -1 if there is none. Values are SI. ivq_param_set refuses
 * what is outside the parameter's range, and parameters that are no number.
 */
int ivq_param(const ivq *ctx, const char *path);
double ivq_param_get(const ivq *ctx, int param);
enum ivq_status ivq_param_set(ivq *ctx, int param, double value);

enum ivq_format { IVQ_TEXT, IVQ_CSV, IVQ_JSON };
enum ivq_view { IVQ_REPORT, IVQ_LAYERS, IVQ_COMPONENTS, IVQ_NETWORK,
                IVQ_COMPARISON, IVQ_PLANES };

/*
 * Writes the last estimate. Text: the report, or one table for people. CSV
 * (RFC 4180, SI units in the header): one table, the report meaning layers.
 * JSON: everything, whatever the view; the bit planes only if they are the
 * view. IVQ_OUTPUT if the stream fails; the caller flushes and closes it.
 */
enum ivq_status ivq_write(ivq *ctx, FILE *out, enum ivq_format format,
                          enum ivq_view view);

/* The chain behind a figure: total, layers, components, count x cost, the
 * formula, its inputs and their sources. */
enum ivq_status ivq_explain(ivq *ctx, FILE *out, const char *metric);

/*
 * Published figures beside ours. ivq_validate makes the runs of a file of cases
 * (of all .cfg files of a folder; NULL: of the installed ones) and adds its
 * cases to those before. ivq_validation_write writes all of them: text for
 * people in the detail that is wanted; CSV, a row a case; JSON, also the steps
 * and assumptions. ivq_validation_failures counts the cases that lie outside
 * their tolerance without a reason, or whose reason is not needed any more.
 * Nothing is kept of a technology, network or estimate of the context.
 */
enum ivq_detail { IVQ_FILES, IVQ_CASES, IVQ_REASONS };
enum ivq_status ivq_validate(ivq *ctx, const char *name);
enum ivq_status ivq_validation_write(ivq *ctx, FILE *out,
                                     enum ivq_format format,
                                     enum ivq_detail detail);
int ivq_validation_failures(const ivq *ctx);

enum ivq_list { IVQ_LIST_PARAMS, IVQ_LIST_MODELS, IVQ_LIST_SCHEMES,
                IVQ_LIST_LAYERS, IVQ_LIST_METRICS };
/* Lists what can be written in files. Parameters: those of the loaded
 * technology with values and sources, or else all there are. */
enum ivq_status ivq_list(ivq *ctx, FILE *out, enum ivq_list what);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
