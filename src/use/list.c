/* list.c - what can be written in files, and what has been */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/study.h"

#include "net/layer_types.h"

#include <math.h>
#include <string.h>

enum { TEXT = 64 };

static void range(FILE *out, const struct field *f)
{
    char min[TEXT], max[TEXT];
    if (f->kind == FIELD_CHOICE) {
        for (int i = 0; f->choices[i]; i++)
            fprintf(out, "%s%s", i ? "|" : "", f->choices[i]);
    } else if (f->kind == FIELD_QUANTITY) {
        fprintf(out, "%s to %s", quantity_format(min, TEXT, f->min, f->dim),
                quantity_format(max, TEXT, f->max, f->dim));
    } else if (f->kind == FIELD_COUNT || f->kind == FIELD_REAL) {
        fprintf(out, "%g to %g", f->min, f->max);
    } else {
        fputs(f->kind == FIELD_FLAG   ? "true|false"
              : f->kind == FIELD_TEXT ? "text"
                                      : "points",
              out);
    }
    if (f->def)
        fprintf(out, ", default %s", *f->def ? f->def : "none");
}

static void describe(FILE *out, const char *path, const struct field *f)
{
    fprintf(out, "  %s%s%s: %s (", path, *path ? "." : "", f->name, f->text);
    range(out, f);
    fputs(")\n", out);
}

static void describe_all(FILE *out, const char *path,
                         const struct field *fields)
{
    for (; fields->name; fields++)
        describe(out, path, fields);
}

static void loaded(FILE *out, const struct bound *b)
{
    char text[TEXT];
    for (int k = 0; b->fields[k].name; k++) {
        const struct origin *o = &b->origin[k];
        fprintf(out, "%s.%s = %s", b->path, b->fields[k].name,
                field_print(&b->fields[k], b->data, text, TEXT));
        if (o->relative > 0)
            fprintf(out, " +-%.0f%%", 100 * o->relative);
        fprintf(out, "  [%s]\n",
                o->source    ? o->source
                : o->at.file ? "assumption"
                             : "default");
    }
}

int list_params(FILE *out, const struct study *s)
{
    int n = 0;
    struct bound *b = s->machine ? s->type->bounds(s->machine, &n) : NULL;
    for (int i = 0; i < n; i++)
        loaded(out, &b[i]);
    if (b)
        return ferror(out) ? -1 : 0;
    for (int t = 0; machine_types[t]; t++) {
        fprintf(out, "machine \"%s\"\n", machine_types[t]->name);
        for (const struct param_group *g = machine_types[t]->groups; g->path;
             g++)
            describe_all(out, g->path, g->fields);
    }
    for (int m = 0; models[m]; m++) {
        fprintf(out, "component model \"%s\"\n", models[m]->name);
        describe_all(out, "", models[m]->fields);
    }
    return ferror(out) ? -1 : 0;
}

int list_models(FILE *out)
{
    fputs("machines\n", out);
    for (int i = 0; machine_types[i]; i++)
        fprintf(out, "  %-12s %s\n", machine_types[i]->name,
                machine_types[i]->text);
    for (int i = 0; machine_types[i]; i++)
        machine_types[i]->list(out);
    fputs("component models\n", out);
    for (int i = 0; models[i]; i++)
        fprintf(out, "  %-12s %s\n               energy = %s; %s\n",
                models[i]->name, models[i]->text, models[i]->formula,
                models[i]->source);
    return ferror(out) ? -1 : 0;
}

int list_schemes(FILE *out)
{
    for (int i = 0; schemes[i]; i++) {
        const struct scheme *s = schemes[i];
        fprintf(out, "%-12s %s\n             %d to %d bits, default %d; %s\n",
                s->name, s->text, s->bits_min, s->bits_max, s->bits_default,
                s->source);
    }
    fputs("  in a group: scheme, mix, bits, input_bits, first, last, source\n",
          out);
    describe_all(out, "", quant_fields);
    return ferror(out) ? -1 : 0;
}

int list_layers(FILE *out)
{
    fputs("every layer: name, type, from, quant; a block: name, repeat, first, "
          "layers\n",
          out);
    for (int i = 0; layer_types[i]; i++) {
        fprintf(out, "%-12s %s\n", layer_types[i]->name, layer_types[i]->text);
        describe_all(out, "", layer_types[i]->fields);
        if (layer_types[i]->has_window)
            fputs("  kernel, stride, pad, dilation: a number or [height, "
                  "width]; pad may be \"same\"\n",
                  out);
        if (layer_types[i]->has_codes)
            fputs("  codes: rows x columns integer weights, for examples\n",
                  out);
    }
    return ferror(out) ? -1 : 0;
}

int list_metrics(FILE *out)
{
    for (const struct metric *m = metrics; m->name; m++)
        fprintf(out, "%-20s %-10s %s\n", m->name, m->unit, m->text);
    return ferror(out) ? -1 : 0;
}
