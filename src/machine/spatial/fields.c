/* fields.c - the parameters of a spatial accelerator */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/spatial.h"

static const char *const narrows[] = {"none", "fused", "serial_weight",
                                      "serial", NULL};
static const char *const widers[] = {"error", "passes", NULL};
static const char *const unrolls[] = {"never", "first", "always", NULL};
static const char *const keeps[] = {"nothing", "weights", "maps", "all", NULL};

/* clang-format off */
#define A(member) offsetof(struct array, member)
const struct field array_fields[] = {
    {"rows", FIELD_COUNT, DIM_NONE, A(rows), 1, 1e6, NULL, NULL,
     "units in a column of the array"},
    {"columns", FIELD_COUNT, DIM_NONE, A(columns), 1, 1e6, NULL, NULL,
     "units in a row of the array"},
    {"macs", FIELD_COUNT, DIM_NONE, A(macs), 1, 1e6, "1", NULL,
     "MACs of a unit, of successive input channels"},
    {"clock", FIELD_QUANTITY, DIM_HZ, A(clock_Hz), 1e3, 1e12, NULL, NULL,
     "of the array"},
    {"input_bits", FIELD_COUNT, DIM_NONE, A(input_bits), 1, 64, NULL, NULL,
     "widest input of one step"},
    {"weight_bits", FIELD_COUNT, DIM_NONE, A(weight_bits), 1, 64, NULL, NULL,
     "widest weight of one step"},
    {"smallest_bits", FIELD_COUNT, DIM_NONE, A(smallest_bits), 1, 64, "1",
     NULL, "narrowest operand that saves anything"},
    {"output_bits", FIELD_COUNT, DIM_NONE, A(output_bits), 0, 64, "0", NULL,
     "of a result in memory; 0: as the layers that read it take it"},
    {"sum_bits", FIELD_COUNT, DIM_NONE, A(sum_bits), 1, 128, "32", NULL,
     "of a partial sum"},
    {"narrow", FIELD_CHOICE, DIM_NONE, A(narrow), 0, 0, "none", narrows,
     "how narrower operands take less time: they do not; several in the "
     "place of one; a cycle a weight bit; a cycle a pair of bits"},
    {"wider", FIELD_CHOICE, DIM_NONE, A(wider), 0, 0, "error", widers,
     "what becomes of wider operands: an error, or several passes"},
    {"unroll", FIELD_CHOICE, DIM_NONE, A(unroll), 0, 0, "first", unrolls,
     "layers whose kernel positions lie beside input channels (im2col)"},
    {"input_store", FIELD_QUANTITY, DIM_BIT, A(store_bits[INPUT]), 0, 1e9,
     "0 bit", NULL, "inputs that a unit holds"},
    {"weight_store", FIELD_QUANTITY, DIM_BIT, A(store_bits[WEIGHT]), 0, 1e9,
     "0 bit", NULL, "weights that a unit holds"},
    {"sum_store", FIELD_QUANTITY, DIM_BIT, A(store_bits[OUTPUT]), 0, 1e9,
     "0 bit", NULL, "partial sums that a unit holds"},
    {"input_bus", FIELD_QUANTITY, DIM_BIT, A(bus_bits[INPUT]), 0, 1e9,
     "0 bit", NULL, "inputs a cycle into the array; 0: never the limit"},
    {"weight_bus", FIELD_QUANTITY, DIM_BIT, A(bus_bits[WEIGHT]), 0, 1e9,
     "0 bit", NULL, "weights a cycle into the array; 0: never the limit"},
    {"sum_bus", FIELD_QUANTITY, DIM_BIT, A(bus_bits[OUTPUT]), 0, 1e9, "0 bit",
     NULL, "sums a cycle into or out of the array; 0: never the limit"},
    {"keep_sums", FIELD_FLAG, DIM_NONE, A(keep_sums), 0, 0, "false", NULL,
     "sums stay in the units over all input channels where their store has "
     "room (row_stationary)"},
    {"pass_cycles", FIELD_REAL, DIM_NONE, A(pass_cycles), 0, 1e9, "0", NULL,
     "cycles besides, for every filling of the array"},
    {"layer_cycles", FIELD_REAL, DIM_NONE, A(layer_cycles), 0, 1e12, "0",
     NULL, "cycles besides, for every layer: its start"},
    {0}};
#undef A

#define B(member) offsetof(struct buffers, member)
const struct field buffers_fields[] = {
    {"input", FIELD_QUANTITY, DIM_BIT, B(bits[INPUT]), 0, 1e14, "0 bit", NULL,
     "capacity for inputs; 0: in the unified buffer"},
    {"weight", FIELD_QUANTITY, DIM_BIT, B(bits[WEIGHT]), 0, 1e14, "0 bit",
     NULL, "capacity for weights; 0: in the unified buffer"},
    {"output", FIELD_QUANTITY, DIM_BIT, B(bits[OUTPUT]), 0, 1e14, "0 bit",
     NULL, "capacity for outputs and sums; 0: in the unified buffer"},
    {"unified", FIELD_QUANTITY, DIM_BIT, B(unified_bits), 0, 1e14, "0 bit",
     NULL, "capacity for all that have no buffer of their own"},
    {"bank", FIELD_QUANTITY, DIM_BIT, B(bank_bits), 0, 1e14, "0 bit", NULL,
     "an operand takes whole banks of a buffer; 0: any share (row_stationary)"},
    {"double_buffered", FIELD_FLAG, DIM_NONE, B(twice), 0, 0, "true", NULL,
     "half is filled while half is worked from"},
    {0}};
#undef B

#define M(member) offsetof(struct memory, member)
const struct field memory_fields[] = {
    {"width", FIELD_QUANTITY, DIM_BIT, M(width_bits), 0, 1e9, "0 bit", NULL,
     "bits of the link in a cycle of the array; 0: by its bandwidth"},
    {"bandwidth", FIELD_QUANTITY, DIM_BIT_S, M(bandwidth_bit_s), 0, 1e18,
     "0 bit/s", NULL, "of the link; 0: by its width"},
    {"latency_cycles", FIELD_REAL, DIM_NONE, M(latency_cycles), 0, 1e9, "0",
     NULL, "cycles before the first bit of a layer"},
    {"keeps", FIELD_CHOICE, DIM_NONE, M(keeps), 0, 0, "nothing", keeps,
     "what stays on the chip: nothing, weights from one input to the next, "
     "maps from layer to layer, all"},
    {"fills_first", FIELD_FLAG, DIM_NONE, M(fills_first), 0, 0, "false", NULL,
     "all that buffers will hold comes before the array begins; else a tile"},
    {"reads_sums", FIELD_FLAG, DIM_NONE, M(reads_sums), 0, 0, "false", NULL,
     "sums are read from memory even where they begin"},
    {"map_ratio", FIELD_REAL, DIM_NONE, M(map_ratio), 0.01, 2, "1", NULL,
     "compression: bits of maps in memory over bits of their values"},
    {0}};
#undef M

const struct field spatial_schedule_fields[] = {
    {"dataflow", FIELD_TEXT, DIM_NONE, offsetof(struct spatial_rule, dataflow),
     0, 0, NULL, NULL, "what stays in the array and what moves"},
    {"batch", FIELD_COUNT, DIM_NONE, offsetof(struct spatial_rule, batch), 1,
     1e6, "1", NULL, "inputs that are worked on together"},
    {0}};

const struct field elementwise_fields[] = {
    {"lanes", FIELD_REAL, DIM_NONE, offsetof(struct elementwise, lanes), 0,
     1e9, "0", NULL,
     "operations a cycle of what is no product of matrices; 0: in the "
     "stream of the layer before"},
    {0}};
/* clang-format on */
