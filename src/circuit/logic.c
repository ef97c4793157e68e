/* logic.c - adders, adder trees, comparators, multipliers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/logic_cell.h"

#include <math.h>
#include <stddef.h>

const char *const adder_styles[] = {"ripple", "carry_select", NULL};
const char *const multiplier_styles[] = {"tree", "array", NULL};

/* ---- how often nodes change ---- */

/* Far from the first bit: a carry changes N times with each addition. A bit
 * whose operands now agree (half of them) decides its carry at once, which
 * changes with probability a; else the carry is that of the bit below, first
 * the old one (changed with probability a (1 - a)), then each of its changes:
 * N = a/2 + (a (1 - a) + N)/2. */
static double carry_limit(double activity)
{
    return activity * (2 - activity);
}

struct toggles adder_toggles(double activity, int bits)
{
    double limit = carry_limit(activity), first = ldexp(1, -bits);
    /* means of N (1 - 2^-i), i = 1 to bits, and of what enters, 0 to bits-1 */
    double carry = limit * (bits - 1 + first) / bits;
    double enters = limit * (bits - 2 + 2 * first) / bits;

    return (struct toggles){activity, carry,
                            2 * activity * (1 - activity) + enters};
}

/*
 * What a level of a tree adds for random words: its operands arrive one after
 * the other. Counted on a tree of 16 words of 8 bits, a step a carry, two a
 * sum; tests/unit/t_logic_count.c counts again.
 */
static const double level_toggles = 0.4;

struct toggles tree_toggles(double activity, int bits, int level)
{
    struct toggles n = adder_toggles(activity, bits);
    double share = carry_limit(activity) / carry_limit(0.5);
    double more = level_toggles * (level - 1) * share;

    if (level > 1)
        n.operand = n.sum + more - level_toggles * share;
    n.carry += more;
    n.sum += more;
    return n;
}

/* Transitions of sums and carries of a multiplier's cells with random words,
 * by rows of partial products; counted as above. */
/* clang-format off */
static const struct row {
    double rows, sum, carry, last_sum, last_carry;
} counted[][6] = {
    [MULTIPLIER_TREE] = {{2, 0.36, 0.08, 0.36, 0.08},
                         {3, 0.47, 0.12, 0.65, 0.19},
                         {4, 0.65, 0.22, 0.96, 0.32},
                         {8, 0.90, 0.39, 1.97, 0.91},
                         {16, 0.95, 0.49, 2.61, 1.57},
                         {32, 0.98, 0.55, 3.55, 2.44}},
    [MULTIPLIER_ARRAY] = {{2, 0.43, 0.06, 0.31, 0.06},
                          {3, 0.59, 0.13, 0.68, 0.18},
                          {4, 0.77, 0.21, 1.17, 0.38},
                          {8, 1.64, 0.56, 3.18, 1.40},
                          {16, 3.39, 1.19, 6.68, 3.27},
                          {32, 6.82, 2.38, 13.0, 6.64}},
};
/* clang-format on */

struct toggles multiplier_toggles(enum multiplier_style style, double activity,
                                  int bits, bool last)
{
    const struct row *r = counted[style];
    double share = carry_limit(activity) / carry_limit(0.5);
    while (bits > r[1].rows && r[1].rows < 32)
        r++;
    double x = fmax(0, (bits - r->rows) / (r[1].rows - r->rows));
    double sum = last ? r->last_sum : r->sum;
    double carry = last ? r->last_carry : r->carry;
    double sum_1 = last ? r[1].last_sum : r[1].sum;
    double carry_1 = last ? r[1].last_carry : r[1].carry;

    /* a b is 1 for a quarter of random bits, and changes from it, or to it,
     * if either factor does: 2 (1/4) (1 - (1 - a)^2) */
    return (struct toggles){0.5 * carry_limit(activity),
                            share * (carry + x * (carry_1 - carry)),
                            share * (sum + x * (sum_1 - sum))};
}

/* ---- adders ---- */

/* n cells in which nodes change so often. */
static void add_cells(struct cells *sum, const struct adder_cell *c, double n,
                      struct toggles toggles)
{
    cells_add(sum, n, c->area_m2, c->leakage_W,
              2 * toggles.operand * c->operand_J + toggles.carry * c->carry_J +
                  toggles.sum * c->sum_J);
}

/*
 * Carry select (Bedrij 1962; Weste and Harris, 4th ed., sec. 11.2): a group
 * computes its sums for both carries, and the carry that arrives selects. Each
 * group is one bit longer than the one before, since its carry comes a
 * multiplexer later.
 */
enum { GROUP_FIRST = 2 };

/* The selecting carry's buffer: fan-out of 4 (logical effort). */
enum { SELECT_FANOUT = 4 };

/* Delay; adds its cells to sum: second chains, multiplexers, buffers. */
static double select_groups(struct cells *sum, const struct adder_cell *c,
                            const struct mux_cell *m, int bits,
                            struct toggles toggles)
{
    int group = GROUP_FIRST < bits ? GROUP_FIRST : bits;
    double carry_s = group * c->carry_s, last_s = carry_s + c->sum_s;
    double select_J = m->select_J * (1 + 1.0 / SELECT_FANOUT);

    for (int left = bits - group; left > 0; left -= group) {
        group = left < group + 1 ? left : group + 1;
        double ways = group + 1; /* the sums and the carry */
        double ready_s = group * c->carry_s, chosen_s = carry_s + m->select_s;
        add_cells(sum, c, group, toggles);
        cells_add(sum, ways, m->area_m2, m->leakage_W,
                  toggles.carry * select_J);
        sum->energy_J += (group * toggles.sum + toggles.carry) * m->data_J;
        last_s = fmax(last_s, fmax(ready_s + c->sum_s, chosen_s) + m->data_s);
        carry_s = fmax(ready_s, chosen_s) + m->data_s;
    }
    return fmax(last_s, carry_s);
}

/* Delay; adds its cells to sum. m: NULL for a ripple adder. */
static double add_adder(struct cells *sum, const struct adder_cell *c,
                        const struct mux_cell *m, int bits,
                        struct toggles toggles)
{
    add_cells(sum, c, bits, toggles);
    if (!m)
        return bits * c->carry_s + c->sum_s;
    return select_groups(sum, c, m, bits, toggles);
}

/* What an adder of either style is made of. */
struct kit {
    struct adder_cell cell;
    struct mux_cell mux;
    const struct mux_cell *select; /* NULL: ripple */
};

static void kit_init(struct kit *k, const struct technology *t,
                     enum adder_style style)
{
    k->cell = adder_cell(t, true);
    k->select = NULL;
    if (style == ADDER_CARRY_SELECT) {
        k->mux = mux_cell(t);
        k->select = &k->mux;
    }
}

struct block logic_adder(const struct technology *t, enum adder_style style,
                         int bits, double activity)
{
    struct kit k;
    struct cells sum = {0};
    kit_init(&k, t, style);
    double delay_s =
        add_adder(&sum, &k.cell, k.select, bits, adder_toggles(activity, bits));
    struct block b = cells_block(&sum);
    b.delay_s = delay_s;
    b.rise_s = k.cell.rise_s;
    b.input_F = k.cell.operand_F;
    return b;
}

/* ---- trees ---- */

/* The wires of words from the sums of a level to the next: half the side of
 * what the adders below take, as in an H-tree (Bakoglu 1990). Their delay;
 * adds what they take for n transitions. */
static double add_wires(struct cells *sum, const struct technology *t,
                        const struct adder_cell *c, double below_m2, double n)
{
    struct rc line = wire_rc(t, WIRE_LOCAL, sqrt(below_m2) / 2);
    sum->energy_J += n * toggle_J(t, line.F);
    return line_delay_s(c->sum_ohm, line, c->operand_F) -
           line_delay_s(c->sum_ohm, (struct rc){0, 0}, c->operand_F);
}

/* Of ripple adders: a level's bits arrive as it can use them, one carry later
 * each, so that only the first level's chain counts whole. */
struct block logic_adder_tree(const struct technology *t,
                              enum adder_style style, int inputs, int bits,
                              double activity)
{
    struct kit k;
    struct cells sum = {0};
    double below_m2 = 0, delay_s = 0; /* area under one word */

    kit_init(&k, t, style);
    for (int level = 1; inputs > 1; level++, bits++) {
        struct toggles n = tree_toggles(activity, bits, level);
        struct cells one = {0};
        int adders = inputs / 2;
        double add_s = add_adder(&one, &k.cell, k.select, bits, n);
        cells_add(&sum, adders, one.area_m2, one.leakage_W, one.energy_J);
        delay_s += add_wires(&sum, t, &k.cell, below_m2,
                             2.0 * adders * bits * n.operand);
        delay_s += style == ADDER_RIPPLE && level > 1
                       ? k.cell.carry_s + k.cell.sum_s
                       : add_s;
        below_m2 = 2 * below_m2 + one.area_m2;
        inputs -= adders;
    }
    struct block b = cells_block(&sum);
    b.delay_s = delay_s;
    b.rise_s = k.cell.rise_s;
    b.input_F = k.cell.operand_F;
    return b;
}

/* ---- comparator ---- */

struct block logic_comparator(const struct technology *t, int bits,
                              double activity)
{
    struct adder_cell c = compare_cell(t);
    struct toggles n = adder_toggles(activity, bits);
    n.sum = 0; /* has none */
    struct cells sum = {0};
    add_cells(&sum, &c, bits, n);
    struct block b = cells_block(&sum);

    b.delay_s = bits * c.carry_s + c.sum_s;
    b.rise_s = c.rise_s;
    b.input_F = c.operand_F;
    return b;
}

/* ---- multiplier ---- */

/* Levels that reduce `rows` to two by full adders: heights 2, 3, 4, 6, 9, 13
 * ... (Dadda, Alta Frequenza 34, 1965). */
static int tree_levels(int rows)
{
    int levels = 0;
    for (int height = 2; height < rows; height += height / 2)
        levels++;
    return levels;
}

/* Cells that reduce the partial products to two rows, and of the adder that
 * adds these. Tree: for n x n n^2 - 4 n + 3 full and n - 1 half adders, and
 * 2 n - 2 bits (Dadda 1965); a half adder counts as a full one here. */
struct counts {
    double products, cells;
    int last_bits, levels;
};

static struct counts multiplier_counts(enum multiplier_style style, int rows,
                                       int columns)
{
    double products = (double)rows * columns;
    if (rows < 2)
        return (struct counts){products, 0, 0, 0};
    if (style == MULTIPLIER_ARRAY)
        return (struct counts){products, products - columns, columns, rows - 1};
    double full = (double)(rows - 2) * (columns - 2) - 1;
    return (struct counts){products, full + rows - 1, rows + columns - 2,
                           tree_levels(rows)};
}

/* The gates a b, and the wires that bring each bit of one word to all of the
 * other, along the side of gates and adders. Delay; adds them to sum. */
static double add_products(struct cells *sum, const struct technology *t,
                           double a_bits, double b_bits, double activity,
                           double out_toggles)
{
    struct and_cell g = and_cell(t);
    double gates = a_bits * b_bits;
    double least = fmin(a_bits, b_bits), most = fmax(a_bits, b_bits);
    double side_m = sqrt(sum->area_m2 + gates * g.area_m2);
    struct rc line = wire_rc(t, WIRE_LOCAL, side_m);
    struct block drive = fanout_buffer(t, line, most * g.input_F);
    struct block other = fanout_buffer(t, line, least * g.input_F);

    cells_add(sum, gates, g.area_m2, g.leakage_W, out_toggles * g.out_J);
    drive.energy_J *= activity / 2; /* of a pulse's two transitions */
    other.energy_J *= activity / 2;
    cells_add_block(sum, least, &drive);
    cells_add_block(sum, most, &other);
    return drive.delay_s + g.delay_s;
}

/* Wire from a cell of a tree to the next level: half of a level's side. Those
 * of an array's cells meet. */
static double level_wire_F(const struct technology *t,
                           enum multiplier_style style,
                           const struct adder_cell *c, struct counts n)
{
    if (style == MULTIPLIER_ARRAY || n.levels < 1)
        return 0;
    double side_m = sqrt(n.cells * c->area_m2 / n.levels);
    return wire_rc(t, WIRE_LOCAL, side_m / 2).F;
}

/* Rows of partial products to two. Delay; adds them to sum. */
static double add_rows(struct cells *sum, const struct technology *t,
                       enum multiplier_style style, struct counts n,
                       struct toggles toggles)
{
    struct adder_cell c = adder_cell(t, false);
    double wire_F = level_wire_F(t, style, &c, n);
    /* every sum and carry is an operand of the cell after it */
    double operand_J = c.operand_J + toggle_J(t, wire_F);
    double cell_J = toggles.sum * (c.sum_J + operand_J) +
                    toggles.carry * (c.carry_J + operand_J);

    cells_add(sum, n.cells, c.area_m2, c.leakage_W, cell_J);
    sum->energy_J += n.products * toggles.operand * c.operand_J;
    return n.levels * (c.carry_s + c.sum_s + gate_after_s(c.sum_ohm * wire_F));
}

struct block logic_multiplier(const struct technology *t,
                              enum multiplier_style style, int a_bits,
                              int b_bits, double activity)
{
    int rows = a_bits < b_bits ? a_bits : b_bits;
    int columns = a_bits < b_bits ? b_bits : a_bits;
    struct counts n = multiplier_counts(style, rows, columns);
    struct toggles in = multiplier_toggles(style, activity, rows, false);
    struct toggles last = multiplier_toggles(style, activity, rows, true);
    struct cells sum = {0};
    struct kit k;

    double rows_s = add_rows(&sum, t, style, n, in), last_s = 0;
    double first_s =
        add_products(&sum, t, a_bits, b_bits, activity, in.operand);
    last.operand = 0; /* counted with the cells before */
    kit_init(&k, t,
             style == MULTIPLIER_TREE ? ADDER_CARRY_SELECT : ADDER_RIPPLE);
    if (n.last_bits > 0)
        last_s = add_adder(&sum, &k.cell, k.select, n.last_bits, last);
    struct block b = cells_block(&sum);
    b.delay_s = first_s + rows_s + last_s;
    b.rise_s = k.cell.rise_s;
    b.input_F = pair_gate_F(t, width_cell_m(t)); /* of its buffers */
    return b;
}
