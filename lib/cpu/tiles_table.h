/* tiles_table.h - the kernels of the engine of tiles, one table per instruction set.
 *
 * A tile is 8 x 8 cells of the matrix R(i, j), rows i and columns j: a word whose byte r is row r and
 * whose bit c of that byte is column c. A tile that its bounding boxes decide is full or empty, the
 * others are open. Along columns and rows, and along the diagonals of a parallelogram, eight cells are
 * one byte; a byte of changes has a bit set where a cell differs from the one before it.
 */
#ifndef RQA_CPU_TILES_TABLE_H
#define RQA_CPU_TILES_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "cpu/bits_table.h"

/* Kinds of sums of terms |d|, after which kernels are named nowhere else. */
enum { RQA__TILES_MAXIMUM = 0, RQA__TILES_SQUARES = 1, RQA__TILES_ABSOLUTE = 2 };

/* Tiles of a strip at most, and what arrays of one word a tile need beyond. */
enum {
    RQA__TILES_WIDEST = 512,
    RQA__TILES_SLACK = 32,
    RQA__TILES_ROOM = RQA__TILES_WIDEST + RQA__TILES_SLACK
};

/* Entries of a list of changes: one for each byte that has any, and room for a step of overrun. */
#define RQA__TILES_LIST (8 * RQA__TILES_WIDEST + 8 * RQA__TILES_SLACK)

/* The lines of one direction that change within a row of tiles, by rising tile; [RQA__TILES_LIST]. */
typedef struct rqa__tiles_list {
    uint16_t *line;  /* 8 * tile + place */
    uint8_t *change; /* byte of changes */
    uint8_t *first;  /* twice the place of its first change */
    uint8_t *after;  /* twice that of its last, plus one if the cells from there on are recurrent */
    size_t n;
    uint32_t *bytes; /* [512] by byte of changes, plus 256 after a recurrent cell: counted where a byte
                        has more than one; NULL: not */
} rqa__tiles_list;

/* Where the cells of one (dim, threshold) come from. A term is d = q[c] - row_q[r], saturated to 16 bits,
 * then |d| or (d * d + 2^14) >> 15; T is the greatest term, or their sum, saturated at 65535.
 * T <= lo: the pair recurs (none does if lo < 0); T > hi: it does not; between, it is in doubt. Of the
 * cells d may wrap instead: the samples are of so narrow a range that what does comes to more than hi. */
typedef struct rqa__tiles_field {
    int kind; /* RQA__TILES_* */
    size_t n_terms;
    const int16_t *const *q;    /* [n_terms] of vector 0; read up to the end of the last tile */
    const int16_t *const *low;  /* [n_terms] least q of each tile of columns */
    const int16_t *const *high; /* and greatest */
    const int16_t *const *row_q, *const *row_low, *const *row_high; /* those of rows */
    int32_t lo, hi;             /* -1 <= lo <= 32000, max(lo, 0) <= hi <= 65535 */
} rqa__tiles_field;

/* Tiles (row, first + 64 * k + b), bit b of word k. */
typedef struct rqa__tiles_words {
    size_t row, first, n_words;
    uint64_t *full, *open;
} rqa__tiles_words;

/* Tiles (row, first + tile[at[k]]), k < n, and what becomes of their cells. */
typedef struct rqa__tiles_asked {
    size_t row, first;
    const uint16_t *tile, *at;
    size_t n;
    uint64_t *sure;  /* [at[k]] the cells that recur */
    uint64_t *doubt; /* those in doubt, of the m-th tile that has any, */
    uint16_t *which; /* and its at[k]; both with room for one more */
} rqa__tiles_asked;

/* A row of tiles in one strip, by 64 tiles a word, and its active tiles one after another. */
typedef struct rqa__tiles_line {
    size_t first_word, n_words;
    const uint64_t *active, *full, *open; /* [n_words] */
    const uint8_t *last; /* last rows of the tiles above, from last[-1]; read in eights */
    /* Out, [RQA__TILES_ROOM]: */
    uint16_t *tile;              /* which of the strip */
    uint8_t *above, *above_left; /* last rows of the tiles above and above left */
    uint8_t *follows;            /* 255: the tile to its left is the active one before it, else 0 */
    uint8_t *left_full;          /* 255: the tile to its left is full, else 0 */
    uint64_t *cells;             /* all of a full one, else none */
    uint16_t *open_at;           /* which of the active ones are open */
    size_t n, n_open;
} rqa__tiles_line;

/* The active tiles of one row of tiles in one strip. */
typedef struct rqa__tiles_changes {
    size_t n;
    const uint16_t *tile;                    /* as in rqa__tiles_line, and so the next four */
    const uint8_t *above, *above_left, *follows, *left_full;
    const uint64_t *column, *diagonal, *row; /* the cells as each direction counts them; from [-1],
                                                which is to the left of the first where it follows */
    rqa__tiles_list to_column, to_diagonal, to_row; /* out; to_column.line may be NULL: no columns */
} rqa__tiles_changes;

/* A list of changes against runs under way. */
typedef struct rqa__tiles_runs {
    uint32_t *state;  /* as in bits_table.h: 2 * start + colour, and RQA__BITS_BORDER */
    const rqa__tiles_list *list;
    uint32_t base;    /* twice the place of the first cell of a byte; of rows, of the strip */
    uint32_t *hist[2]; /* [2 * limit] by 2 * length - colour, in turn */
    uint32_t limit;
    int kind;         /* RQA__BITS_DIAGONAL, _COLUMN or _ROW */
    void (*rare)(void *user, int kind, uint32_t index);
    void *user;
    /* Optional, one or the other: */
    uint64_t *points; /* of diagonals: of each line += its cells, as its runs end */
    uint32_t *start;  /* of columns and rows: start of the last line of each, plus one */
    uint64_t *hist_time; /* beside it: [limit] by start to start of two lines */
    uint64_t *gap_sum;   /* and start to last cell before */
    /* Optional: of columns and rows that missing cells cut. By cell, how many there are before it; what
     * a white run across one comes to is for `split`, and the runs within a byte are counted here. */
    const uint32_t *cuts;
    void (*split)(void *user, uint32_t run, uint32_t end);
} rqa__tiles_runs;

/* What a tile takes, and 64 cells of strips, in nanoseconds on one core. */
typedef struct rqa__tiles_cost {
    double tile, tile_term;   /* boxes */
    double open, open_term;   /* cells of an open tile */
    double tile_change;       /* a change in a tile */
    double strip, strip_term; /* 64 cells of a strip, of sums by the term, */
    double strip_term_maximum;
    double strip_change;
    double windows; /* of one colour, whose short runs are counted by windows */
    double cross_change; /* of a cross matrix, in one of two directions that is followed in strips */
} rqa__tiles_cost;

typedef struct rqa__tiles_kernels rqa__tiles_kernels;

struct rqa__tiles_kernels {
    /* Whether each tile is full, or open. */
    void (*decide)(const rqa__tiles_field *f, const rqa__tiles_words *words);
    /* The cells of some tiles. Returns how many of those have any in doubt. */
    size_t (*cells)(const rqa__tiles_field *f, const rqa__tiles_asked *asked);
    void (*gather)(rqa__tiles_line *line);
    /* Bit b of word k: whether byte 64 * k + b is 0, or 255. */
    void (*uniform)(const uint8_t *bytes, size_t n_words, uint64_t *none, uint64_t *all);
    void (*changes)(rqa__tiles_changes *c);
    /* Ends at each change the run under way, and begins the next with the last change of the byte.
     * A run that is at the border, or as long as `limit`, goes to `rare`; those between the changes of
     * one byte `changes` has counted by the byte. */
    void (*runs)(const rqa__tiles_runs *r);
    /* Both at once for r->kind, with the cells as `changes` takes them and the bytes of its lists, where
     * nothing but runs is wanted and no cells cut any; a row begins in the strip at r->base. NULL: not at
     * this level. */
    void (*count)(const rqa__tiles_changes *c, const rqa__tiles_runs *r);
    rqa__tiles_cost cost[2]; /* where runs are all that is wanted, and with recurrence times or offsets */
};

extern const rqa__tiles_kernels rqa__tiles_ref;
#if defined(__x86_64__) || defined(_M_X64)
extern const rqa__tiles_kernels rqa__tiles_avx2;
extern const rqa__tiles_kernels rqa__tiles_avx512;
extern const rqa__tiles_kernels rqa__tiles_avx512_vbmi2; /* AVX-512, VBMI2 and GFNI */
#endif

#endif
