/* validate.h - published figures beside ours */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef USE_VALIDATE_H
#define USE_VALIDATE_H

#include "base/table.h"
#include "conf/conf.h"
#include "use/compare.h"

/* silicon: measured. model: what a paper's own model or RTL gives. tool: what
 * another tool gives, run by us. arithmetic: follows from published rows and
 * is no evidence. target: a headline to compare with. */
enum claim_kind {
    KIND_SILICON, KIND_MODEL, KIND_TOOL, KIND_ARITHMETIC, KIND_TARGET, KINDS
};
/* calibrated: the value has set a parameter. recalled: not found again in its
 * source. Only predictions count. */
enum claim_role { ROLE_PREDICTED, ROLE_CALIBRATED, ROLE_RECALLED, ROLES_OF };
enum claim_mean { MEAN_GEOMETRIC, MEAN_ARITHMETIC, MEAN_SUM };
/* within the tolerance or not, without and with a reason */
enum verdict { VERDICT_OK, VERDICT_OFF, VERDICT_EXPLAINED, VERDICT_STALE };

extern const char *const claim_kinds[];  /* NULL at the end */
extern const char *const claim_roles[];
extern const char *const claim_means[];
extern const char *const verdict_names[];

/* A figure of the network, of layers (their sum), of a component. */
struct question {
    const char *figure, *part;  /* part "": none */
    const char *const *layers;  /* NULL: none */
    struct place at;
    bool refused; /* reported once */
};

/* What a run says to a question. */
struct answer {
    struct question *question;
    struct trial *trial;
    double value; /* SI; NaN until the run is made */
    enum dim dim;
    struct answer *next; /* of the same run */
};

/* A network on a machine. Every run is made once, after those before it. Runs
 * of one name are one machine on each of the file's networks. */
struct trial {
    const char *name, *tech, *network, *quant; /* quant "": the network's own */
    const char *const *sets;      /* as of ivq-est -s; never NULL */
    const struct trial *equal;    /* brought to its size; NULL: as it is */
    enum normalise how;
    struct size size;             /* once it is made; name NULL: it is not */
    struct place at;
    struct answer *first;
    struct trial *next;
};

/* Ours, over theirs if that is not NULL. */
struct pair {
    struct answer *ours, *theirs;
};

/* A step on the way from `over` to `run`, over what was before it, or the case
 * under an assumption. */
struct variant {
    const char *name;
    struct place at;
    struct pair *pair; /* as many as the case has */
    int mean;          /* enum claim_mean */
    double value;
    struct variant *next;
};

/* A published value, and ours. */
struct claim {
    const struct paper *paper;
    const char *group;       /* the component; NULL: a case of runs */
    const char *id, *name, *reason, *source; /* "": none */
    const char *label;       /* for people: its id, or what it is of */
    const char *peer;        /* another tool with an error of its own; "" */
    const char *runs, *overs, *layers; /* their names in one text */
    struct node *written;    /* the published value in the file, and the end */
    struct node *written_end; /* of a span; NULL: it is none */
    int kind, role, mean;
    struct question question, over;
    int pairs;
    struct pair *pair;
    struct variant *step, *assumption; /* NULL: none */
    double per, until, within; /* until: end of a published span, or 0 */
    double published, ours, ratio; /* published / per; SI */
    double peer_ratio;       /* NaN: none */
    double own_node_ratio;   /* where ours is on the other tool's transistors:
                                on ours; NaN: does not apply */
    enum dim dim;
    enum verdict verdict;
    struct claim *next;
};

/* A file of cases. */
struct paper {
    const char *path, *title;
    const char *const *folders; /* in which its names are looked up */
    struct node *root, *sources;
    struct trial *networks; /* that runs without a network stand for, */
    int network_count;      /* so many */
    bool networks_used;
    struct trial *trial, **trial_end;
    int runs; /* of them as written; steps and assumptions add more */
    struct claim *claim, **claim_end;
    struct paper *next;
};

struct validation {
    struct arena *arena; /* for as long as the validation */
    struct arena *run;   /* for one run, emptied after it */
    struct msgs *msgs;
    const char *const *folders; /* NULL at the end */
    const char *home;           /* of the installed cases */
    struct paper *first, **end;
    int claims, variants;
};

/* Runs the cases of a file, or of all .cfg files of a folder, in the order of
 * their names; NULL: of the installed ones. 0, or -1 having reported. */
int validate_add(struct validation *v, const char *name);

/* Cases that lie outside their tolerance without a reason, and cases whose
 * reason is no longer needed. */
int validate_failures(const struct validation *v);

/* For people, 79 columns: a line a file, a line a case, or also reasons and the
 * peers' errors. -1: the stream fails. */
enum validate_detail { DETAIL_FILES, DETAIL_CASES, DETAIL_REASONS };
int validate_text(FILE *out, const struct validation *v,
                  enum validate_detail detail);
/* A row a case; a row a step or assumption. */
struct table *validate_table(const struct validation *v, struct arena *a);
struct table *validate_variants(const struct validation *v, struct arena *a);

/* ---- within this folder ---- */

/* Reads a file into p, or its cases of components. */
int paper_read(struct validation *v, const char *path, struct paper *p);
int part_claims(struct validation *v, struct paper *p, struct node *one);
/* A claim without what it is of: its texts, kind, role, tolerance; adds it to
 * p. `outer` (may be NULL) and p's root say what the group does not. NULL
 * having reported. */
struct claim *claim_read(struct validation *v, struct paper *p,
                         struct node *group, struct node *outer);
struct trial *trial_add(struct validation *v, struct paper *p,
                        struct trial like);
struct answer *trial_ask(struct validation *v, struct trial *t,
                         struct question *q);
/* Steps and assumptions of a case whose pairs are known. */
int variants_read(struct validation *v, struct paper *p, struct claim *c,
                  struct node *group);
int variants_settle(struct validation *v, struct claim *c);
/* The values of a text or a list of texts, NULL at the end; *out is left alone
 * if there is no such key. */
int texts_read(struct validation *v, struct node *group, const char *key,
               const char *const **out);
extern const char *const no_texts[];
/* Overrides of the network, each without its first `skip` characters, or those
 * of the technology. */
const char *const *sets_of(struct arena *a, const char *const *sets,
                           bool network, int skip);
int trial_run(struct validation *v, struct paper *p, struct trial *t);
/* The published value; of a span, what of it is nearest to ours. */
double claim_nearest(const struct claim *c, double ours);
/* NaN: a run has no answer, which has been reported. */
double pairs_mean(const struct claim *c, const struct pair *pair, int mean);
/* The published value or span in numbers of c->dim, ratio and verdict. */
int claim_settle(struct validation *v, struct claim *c);
/* Errors of `from`, each behind `lead` with its place. */
void pass_on(struct validation *v, const struct msgs *from,
             const struct place *at, const char *lead);

#endif
