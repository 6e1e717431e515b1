// lags.h - the maximum norm: bits of delay vectors from those of single samples; when, and where
// they lie.
//
// Of the maximum norm a pair of vectors recurs if each pair of their coordinates does:
//   R_m(i, j) = AND over k < m of R_1(i + k d_x, j + k d_y),
// where R_1 is the plot of single samples (of all channels at one time) for the same bound and d
// the delays. The largest of the differences is compared, none is summed: this holds to the last
// bit, and a missing sample makes all cells white that touch it, here as there. So R_1 is decided
// once for a band and for the columns that its lags reach behind it, by the kernels that decide any
// matrix, rechecks in double and all; it is a matrix of the device like others, which nobody
// counts. Words of it are shifted and and-ed (lags_kernel.cu).
//   base   the R_1 of a series and of up to BIT_THRESHOLDS bounds. Every dim and delay that has the
//          same bounds is made from it. Of a joint matrix each system has its own plane.
//   chain  the groups of one task and base by rising dim: R_m continues R_(m-1), in registers. A
//          group of dim 1 is the base itself, unless the matrix is joint.
// Of a symmetric matrix R_1 has words with some j >= i alone, as every matrix here. The cell
// (i + k d, j + k d) lies at the same offset as (i, j), so one side follows from one side; in the
// tiles on the main diagonal the other is mirrored. Theiler windows and parts concern those who
// count, not bits: a part's columns are a band's. Corridors and bounds of single columns are no AND
// of the bounds of coordinates; no plugin is told of them (rqa__device_takes()).
//
// What lies behind the last cell of R_1 is read as zeros, which ends each R_m where it should:
// i + (m-1) d_x is the number of samples exactly if i is the number of vectors, and likewise j.
#ifndef RQA_CUDA_LAGS_H
#define RQA_CUDA_LAGS_H

#include <stdint.h>

#include "lags_kernel.h"

struct bundle;
struct bundle_group;

enum { LAGS_NONE = 0xffffffffu };

// R_1 of one field.
struct lag_plane {
    uint64_t n_x, n_y; // samples that some lag reaches
    uint64_t behind;   // columns that lags reach behind a band
    uint32_t n_words;  // with the zeros that follow a column
    uint32_t n_rows, chunk;
    uint64_t bits; // position
};

struct lag_base {
    uint32_t first_group; // whose series and bounds it has
    uint32_t n_fields, n_thresholds;
    uint64_t x_end; // columns of groups are before it
    uint32_t at;    // its first plane among the device's groups, behind those of tallies
    int on;
    lag_plane plane[2];
};

struct lag_links {
    uint32_t base, first_group, last_group;
    uint32_t n_links, first_link; // the groups but for one that is the base
};

// Of a bundle. Positions in the arena.
struct lag_space {
    lag_base *base;
    lag_links *chain;
    uint32_t n_bases, room_bases, n_chains, room_chains;
    uint32_t n_planes, n_links; // of the bases that are on
    uint64_t chains_at, links_at;
    uint64_t bits_at, bits_end; // planes, which are cleared
};

// Takes a group up that bits of lags could be made for. 0 or RQA_ERROR_MEMORY of the host.
int32_t lags_add(bundle *b, uint32_t group);

// When all groups are there: what there is memory for is used.
void lags_begin(bundle *b);

// Once the band is known for that: what does not pay is not used. Whether there was any such.
int lags_choose(bundle *b);

// The base from which a group's bits are made, or NULL; and whether they are its very bits.
const lag_base *lags_of(const bundle *b, const bundle_group *g);
int lags_is_base(const bundle *b, const bundle_group *g);

// Tallies that have such groups.
uint64_t lags_tallies(const bundle *b);

// What making a group's bits costs for each pair, in operations of a lane.
double lags_cost(const bundle *b, const bundle_group *g);

// Bytes of all planes in use, for `columns` columns of a band.
uint64_t lags_bytes(const bundle *b, uint64_t columns);

// Sizes for the band, where `warps` warps walk; positions of what the host writes, and of bits.
void lags_set(bundle *b, uint64_t warps);
void lags_place_upload(bundle *b);
void lags_place_bits(bundle *b);

// Writes the chains into the image that begins at position `origin`.
void lags_fill(const bundle *b, char *image, uint64_t origin);

// The columns of a plane that the groups' columns need in the band that begins at column `first`.
walk_band lags_columns(const bundle *b, const lag_base *base, uint32_t field, uint64_t first);

void lags_free(bundle *b);

#endif
