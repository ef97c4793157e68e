/* load.c - a workload file to a network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/peers/peers.h"
#include "net/weights/weights_file.h"
#include <string.h>

/* In the order of enum clip of quant/quant.h. */
static const char *const clips[] = {"auto", "max",    "percentile",
                                    "mse",  "scheme", NULL};
static const char *const scales[] = {"tensor", "column", NULL};

/* clang-format off */
const struct field net_fields[] = {
    {"name", FIELD_TEXT, DIM_NONE, offsetof(struct net, name), 0, 0,
     NULL, NULL, "name of the network"},
    {"source", FIELD_TEXT, DIM_NONE, offsetof(struct net, source), 0, 0,
     "", NULL, "where the shapes come from"},
    {"dataset", FIELD_TEXT, DIM_NONE, offsetof(struct net, dataset), 0, 0,
     "", NULL, "what the network is for"},
    {"input_density", FIELD_REAL, DIM_NONE,
     offsetof(struct net, input_density), 0, 1, "1", NULL,
     "share of ones among the bits of the inputs"},
    {"max_input_bits", FIELD_COUNT, DIM_NONE,
     offsetof(struct net, max_input_bits), 1, 64, "64", NULL,
     "activations of more bits are rounded to so many"},
    {"weights", FIELD_TEXT, DIM_NONE, offsetof(struct net, weights.folder),
     0, 0, "", NULL, "the weights: a folder, .npz or .safetensors"},
    {"weight_clip", FIELD_CHOICE, DIM_NONE, offsetof(struct net, weights.clip),
     0, 0, "auto", clips, "weight of the largest level"},
    {"weight_percentile", FIELD_REAL, DIM_NONE,
     offsetof(struct net, weights.percentile), 1, 100, "99.9", NULL,
     "of the clip 'percentile'"},
    {"weight_scale", FIELD_CHOICE, DIM_NONE,
     offsetof(struct net, weights.scale), 0, 0, "tensor", scales,
     "weights that share a scale"},
    {"statistics", FIELD_TEXT, DIM_NONE, offsetof(struct net, statistics),
     0, 0, "", NULL, "file that stands for weights that are left out"},
    {"fold_norm", FIELD_FLAG, DIM_NONE, offsetof(struct net, weights.fold),
     0, 1, "true", NULL, "whether batch normalisation goes into the weights"},
    {0}
};
/* clang-format on */

/* input = [channels, height, width], [features, length] or [features]. On an
 * error the input stays unknown (c = 0): nothing is inferred from it. */
static int read_input(struct node *root, struct net *net, struct msgs *msgs)
{
    struct node *n = node_get(root, "input");
    if (!n)
        return msg_error(msgs, &root->at,
                         "'input' is missing: [channels, height, width]");
    return shape_read(n, "input", &net->input, msgs);
}

/* The keys of a network but for `own`, that its format has besides; NULL at
 * the end. */
static void read_root(struct node *root, const struct field *fields,
                      const char *const *own, struct net *net,
                      const struct conf_env *env)
{
    struct bound bound = {.path = "", .fields = fields, .data = net};
    const char *known[FIELDS_MAX] = {"quant", "sources"};
    int n = 2;
    for (const struct field *f = fields; f->name; f++)
        known[n++] = f->name;
    for (; *own; own++)
        known[n++] = *own;
    for (int i = 0; i < n; i++)
        node_get(root, known[i]);
    net->quant = node_get(root, "quant");
    net->sources = node_get(root, "sources");
    if (net->sources && net->sources->kind != NODE_GROUP)
        msg_error(env->msgs, &net->sources->at, "sources must be a group");
    node_report_unused(root, known, n, "", env->msgs);
    for (struct node *c = root->child; c; c = c->next)
        c->used = true;
    field_read(&bound, root, net->sources, root->at, env->arena, env->msgs);
}

static void read_layers(struct node *root, struct net *net,
                        const struct conf_env *env)
{
    struct node *list = node_get(root, "layers");
    struct build build = {.net = net,
                          .names = {.arena = env->arena},
                          .arena = env->arena,
                          .msgs = env->msgs};
    struct scope scope = {.prefix = "", .in = FROM_INPUT};
    if (list)
        expand_list(&build, item_read_list(list, 0, env->arena, env->msgs),
                    &scope);
    else
        msg_error(env->msgs, &root->at,
                  "'layers' is missing: ( { name = ...; type = ...; }, ... )");
}

/* Sums over the layers. Called when all of them are good. */
static int sum_up(struct node *root, struct net *net, struct msgs *msgs)
{
    for (int i = 0; i < net->n; i++) {
        const struct layer *l = &net->layer[i];
        net->n_weight += l->groups > 0;
        net->macs = count_add(net->macs, l->macs);
        net->params = count_add(net->params, l->params);
    }
    if (net->macs < 0 || net->params < 0)
        return msg_error(msgs, &root->at,
                         "the network has more than 2^63 operations or "
                         "parameters");
    if (net->n_weight == 0)
        return msg_error(msgs, &root->at,
                         "the network has no layer with a weight matrix");
    return 0;
}

/* ---- files of other formats ---- */

/* Readers of formats, by the ends of names. They fill in layers and what the
 * network takes in. */
static const struct format {
    const char *end;
    bool takes_input;   /* its size may be given */
    const char *source; /* whose file it is, before the path; NULL: nobody's */
    int (*read)(const struct conf_env *env, const char *path, const char *input,
                struct net *net);
} formats[] = {
    {".onnx", true, NULL, from_onnx},
    {".csv", false, "NeuroSim NetWork.csv", from_neurosim},
    {".yaml", false, "Timeloop problem", from_timeloop},
    {".yml", false, "Timeloop problem", from_timeloop},
    {"/", false, "Timeloop problems", from_timeloop_folder},
};

static const struct format *format_of(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t end = strlen(formats[i].end);
        if (n > end && !strcmp(name + n - end, formats[i].end))
            return &formats[i];
    }
    return NULL;
}

static bool is_folder(const struct format *format)
{
    return *format->end == '/';
}

/* Name and source follow from the path, unless an override says them. */
static struct node *read_overrides(const struct conf_env *env, const char *path,
                                   const struct format *format, struct net *net)
{
    static const char *const none[] = {NULL};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t ends = is_folder(format) ? 0 : strlen(format->end);
    struct field fields[sizeof net_fields / sizeof *net_fields];
    struct node *root = conf_overrides(env, path);
    memcpy(fields, net_fields, sizeof fields);
    fields[0].def = arena_strndup(env->arena, name, strlen(name) - ends);
    fields[1].def = format->source ? arena_printf(env->arena, "%s: %s",
                                                  format->source, path)
                                   : path;
    read_root(root, fields, none, net, env);
    return root;
}

static struct node *read_format(const struct conf_env *env,
                                const struct format *format, const char *name,
                                const char *input, struct net *net)
{
    int before = env->msgs->errors;
    const char *path = is_folder(format)
                           ? arena_strndup(env->arena, name, strlen(name) - 1)
                           : conf_find(env, name);
    struct node *root = path ? read_overrides(env, path, format, net) : NULL;
    if (!root || format->read(env, path, input, net) ||
        env->msgs->errors > before)
        return NULL;
    return root;
}

static struct node *read_workload(const struct conf_env *env, const char *name,
                                  struct net *net)
{
    static const char *const own[] = {"input", "layers", "base", NULL};
    int before = env->msgs->errors;
    struct node *root = conf_load(env, name);
    if (!root)
        return NULL;
    read_input(root, net, env->msgs);
    read_root(root, net_fields, own, net, env);
    read_layers(root, net, env);
    return env->msgs->errors > before ? NULL : root;
}

int net_load(const struct conf_env *env, const char *name, const char *input,
             struct net *net)
{
    const struct format *format = format_of(name);
    *net = (struct net){.name = name};
    if (input && !(format && format->takes_input))
        return msg_error(
            env->msgs, NULL,
            "the input shape '%s' is for files in .onnx; '%s' has its "
            "own",
            input, name);
    struct node *root = format ? read_format(env, format, name, input, net)
                               : read_workload(env, name, net);
    if (!root || sum_up(root, net, env->msgs) ||
        weights_read(env, node_get(root, "weights"), net) ||
        statistics_read(env, node_get(root, "statistics"), net))
        return -1;
    return 0;
}
