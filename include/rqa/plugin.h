/**
 * @file rqa/plugin.h
 * @brief The interface between librqa and a device plugin such as librqa_cuda.so.
 *
 * Not needed to use librqa: include it to write a plugin. A plugin is a shared object with one
 * exported function, ::RQA_PLUGIN_ENTRY_NAME, of type ::rqa_plugin_entry_function. librqa opens it
 * on the first need and never closes it. A plugin returns nothing but integers, the line tallies of
 * recurrence matrices; every measure is computed from them inside librqa.
 *
 * The numerics contract: vector i of a side has the coordinates channel[c][i + k * delay],
 * k = 0..dim-1 outer, c = 0..n_channels-1 inner. The value of a pair is the maximum, the sum or the
 * sum of squares of the coordinates' differences, summed in that order, every operation rounded to
 * double, nothing contracted. A pair recurs if and only if value <= bound. Faster arithmetic may
 * only be a filter. A missing sample is NaN in every channel, and a vector that touches one recurs
 * with nothing.
 *
 * All structs are plain C with members of fixed width; the first member is struct_size, and members
 * are only ever appended. A side that was compiled against a shorter struct sees the rest as zero.
 */
#ifndef RQA_PLUGIN_H
#define RQA_PLUGIN_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of this interface; a plugin refuses a host that asks for another one. */
#define RQA_PLUGIN_ABI 2

/** Name of the exported function. */
#define RQA_PLUGIN_ENTRY_NAME "rqa_plugin_entry"

/** What is compared with what. */
enum rqa_plugin_relation {
    RQA_PLUGIN_AUTO = 0,  /**< x with itself; y repeats x. */
    RQA_PLUGIN_CROSS = 1, /**< x with y in one space: equal dims and channels. */
    RQA_PLUGIN_JOINT = 2  /**< R = Rx and Ry; equal numbers of vectors. */
};

/** Norms. */
enum rqa_plugin_norm {
    RQA_PLUGIN_MAXIMUM = 0,   /**< Largest difference. */
    RQA_PLUGIN_EUCLIDEAN = 1, /**< Sum of squares; the bound is one of squares too. */
    RQA_PLUGIN_MANHATTAN = 2  /**< Sum of absolute differences. */
};

/** What to count beyond points; see ::rqa_plugin_tally. */
enum rqa_plugin_tallies {
    RQA_PLUGIN_TALLY_DIAGONAL = 1,        /**< Diagonal lines. */
    RQA_PLUGIN_TALLY_VERTICAL = 2,        /**< Vertical lines. */
    RQA_PLUGIN_TALLY_WHITE = 4,           /**< White vertical runs, inner and at the border. */
    RQA_PLUGIN_TALLY_RECURRENCE_TIME = 8, /**< Recurrence times and gap_sum; needs VERTICAL. */
    RQA_PLUGIN_TALLY_OFFSETS = 16         /**< Points per diagonal. */
};

/** One side of the comparison. Embedded by value, so it is complete for this ABI version. */
typedef struct rqa_plugin_side {
    const double *const *channel; /**< n_channels arrays of n_samples values. */
    const uint32_t *dims;         /**< Embedding dimensions, n_dims of the task, rising strictly. */
    uint64_t n_samples;           /**< Samples per channel. */
    uint32_t n_channels;          /**< Channels. */
    uint32_t delay;               /**< Delay in samples. */
} rqa_plugin_side;

/** One work unit: a pair of sides, one norm, several dims and thresholds. */
typedef struct rqa_plugin_task {
    uint32_t struct_size;      /**< sizeof(rqa_plugin_task) of the host. */
    uint32_t relation;         /**< ::rqa_plugin_relation. */
    uint32_t norm;             /**< ::rqa_plugin_norm. */
    uint32_t n_dims;           /**< Entries of dims. */
    uint32_t n_thresholds;     /**< Bounds per dim. */
    uint32_t tallies;          /**< ::rqa_plugin_tallies, or-ed. */
    uint32_t upper_only;       /**< AUTO only: columns begin at the main diagonal, which is a border;
                                    diagonals and points are of that triangle alone. */
    uint32_t band_is_white;    /**< theiler_vertical makes cells white instead of removing them. */
    rqa_plugin_side x;         /**< Index i, columns. */
    rqa_plugin_side y;         /**< Index j, rows. */
    const double *bounds;      /**< [n_dims][n_thresholds]; may be negative: nothing recurs. */
    const double *bounds_y;    /**< JOINT: those of y; else NULL. */
    uint64_t theiler_points;   /**< Cells with |i-j| below it do not count as points. */
    uint64_t theiler_diagonal; /**< The same for diagonal lines. */
    uint64_t theiler_vertical; /**< The same for verticals and white runs, which it cuts, as it does
                                    the times between verticals. */
    uint64_t part_first;       /**< First column of the part to take, a multiple of 32; see
                                    ::rqa_plugin_edges. */
    uint64_t part_end;         /**< One past its last column: a multiple of 32, or the number of
                                    vectors of x. 0 = no part: the whole matrix, and part_first
                                    is 0. */
} rqa_plugin_task;

/** One class of a histogram. */
typedef struct rqa_plugin_bin {
    uint64_t length; /**< Length of the lines. */
    uint64_t count;  /**< Number of them, not 0. */
} rqa_plugin_bin;

/** A histogram: its non-empty classes by rising length. */
typedef struct rqa_plugin_spectrum {
    const rqa_plugin_bin *bin; /**< n_bins classes. */
    uint64_t n_bins;           /**< Number of classes. */
} rqa_plugin_spectrum;

/**
 * Where the lines of a part leave it.
 *
 * One long series is shared between devices and threads by parts: the cells (i, j) whose column i is
 * in [part_first, part_end); of a symmetric matrix (AUTO, JOINT) those with j >= i, and their mirror
 * images. So column c of a symmetric matrix has the cells j in [part_first, part_end) if c lies
 * behind the part, j >= part_first if it lies in it, and none before. A diagonal's cells are numbered
 * by i, a column's by j.
 *
 * The points and offset_points of a part are those of its cells. Its histograms have the runs that
 * neither begin nor end a line's piece in the part, whether that is a cut or the border of the
 * matrix; the first and the last run of each piece are described here instead, and are counted by
 * whoever joins the parts. recurrence_time has the distances between starts inside the piece, except
 * a start at its first cell, and except across removed cells. Where columns have edges, gap_sum of the
 * whole follows from the joined histograms and the lines that no other follows; that of a part is the
 * cells beyond their first of lines that are the last before removed cells and begin in the piece, not
 * at its first cell.
 *
 * Runs have a colour: 0 white, 1 recurrent, 2 removed (by theiler_vertical). The lines are exactly
 * those that have cells in the part: diagonals from offset 0 (CROSS: 1 - part_end) to
 * n_y - 1 - part_first, columns from part_first to n_x - 1. Arrays have n_lines entries and live as
 * long as the tally. Where a diagonal is not counted, being inside theiler_diagonal, head is
 * ::RQA_PLUGIN_EDGE_NONE and the rest undefined. A diagonal j > i of a symmetric matrix stands for
 * its mirror image too, unless the task is upper_only: histograms count its runs twice. Columns of a
 * task that is upper_only have no edges: each lies wholly in one part.
 */
typedef struct rqa_plugin_edges {
    uint64_t n_lines;      /**< 0: there are none, or they are not wanted. */
    int64_t first_line;    /**< Offset j - i of the first diagonal, or index of the first column. */
    const uint32_t *head;  /**< First run of the piece: length << 2 | colour. */
    const uint32_t *tail;  /**< Last run; the same as head if there is no other. */
    const uint32_t *first; /**< Columns with RECURRENCE_TIME, else NULL: start of the first vertical
                                line that does not begin with the piece, before any removed cell;
                                ::RQA_PLUGIN_EDGE_NONE if there is none. */
    const uint32_t *last;  /**< Likewise of the last such line, behind all removed cells. */
    const uint32_t *end;   /**< Likewise the cell after the last recurrent one behind them. */
} rqa_plugin_edges;

/** No such cell. */
#define RQA_PLUGIN_EDGE_NONE 0xffffffffu

/** Counts of one (dim, threshold). What was not asked for is empty. */
typedef struct rqa_plugin_tally {
    uint32_t struct_size;                /**< sizeof(rqa_plugin_tally) of the plugin. */
    uint32_t reserved;                   /**< 0. */
    uint64_t points;                     /**< Recurrent cells outside theiler_points. */
    uint64_t gap_sum;                    /**< Over successive vertical lines of one column with no
                                              removed cell between them: start of the later minus
                                              last row of the earlier. */
    rqa_plugin_spectrum diagonal;        /**< Maximal runs along (i+k, j+k). */
    rqa_plugin_spectrum vertical;        /**< Maximal runs along j for fixed i. */
    rqa_plugin_spectrum white_inner;     /**< White runs along j that touch no border. */
    rqa_plugin_spectrum white_border;    /**< White runs along j that do. */
    rqa_plugin_spectrum recurrence_time; /**< Start-to-start distances of successive verticals. */
    const uint64_t *offset_points;       /**< Recurrent cells per offset d = j-i, no Theiler, in the
                                              square of n = min(nx, ny): AUTO d = 0..n-1; else index
                                              d + n-1; or NULL. */
    uint64_t n_offsets;                  /**< n, or 2n-1. */
    rqa_plugin_edges diagonals;          /**< Of a part, with DIAGONAL. */
    rqa_plugin_edges columns;            /**< Of a part of a symmetric matrix, with VERTICAL or WHITE;
                                              in a cross matrix, or one triangle, columns lie wholly
                                              in one part, and are counted there in full. */
} rqa_plugin_tally;

/** Receives tallies: tasks in order, then rising dim, then rising threshold. What a tally points to
 *  lives until the call returns. A non-zero result ends the run with it. */
typedef int32_t (*rqa_plugin_sink)(void *user, uint64_t task_index, uint32_t dim_index,
                                   uint32_t threshold_index, const rqa_plugin_tally *tally);

/** What a plugin may ask of librqa. */
typedef struct rqa_plugin_host {
    uint32_t struct_size; /**< sizeof(rqa_plugin_host) of the host. */
    uint32_t reserved;    /**< 0. */
    void *(*allocate)(uint64_t n_bytes);  /**< Host memory, or NULL. */
    void (*release)(void *block);         /**< Frees what allocate gave; NULL is allowed. */
    void (*explain)(const char *text);    /**< Sets the text of the failure that the plugin is about
                                               to return on this thread. One line. */
    void (*log)(void *log_user, int32_t level, const char *line); /**< ::rqa_log_level. */
} rqa_plugin_host;

/** A device as it is found. */
typedef struct rqa_plugin_device_info {
    uint32_t struct_size;      /**< Set by the host. */
    uint32_t n_processors;     /**< Multiprocessors. */
    uint64_t memory_total;     /**< Bytes. */
    uint64_t memory_free;      /**< Bytes free now; 0 = not known. A plugin that would have to take
                                    memory of a device to know tells it of open devices alone. */
    int32_t driver_version;    /**< As cudaDriverGetVersion: 1000 * major + 10 * minor. */
    int32_t runtime_version;   /**< As cudaRuntimeGetVersion. */
    int32_t capability_major;  /**< Compute capability. */
    int32_t capability_minor;  /**< Compute capability. */
    char name[128];            /**< Name of the device. */
    char bus_id[32];           /**< PCI bus id, for example "0000:65:00.0". */
} rqa_plugin_device_info;

/** How a device is to be used. Zero in a field means automatic. */
typedef struct rqa_plugin_device_options {
    uint32_t struct_size;     /**< sizeof(rqa_plugin_device_options) of the host. */
    uint32_t index;           /**< Which device, 0-based. */
    double memory_share;      /**< Share of free device memory to use at most; 0 = 0.8. */
    uint64_t memory_limit;    /**< Bytes to use at most; 0 = as memory_share says. */
    uint32_t batch_tallies;   /**< Tallies per batch at most. */
    uint32_t band_steps;      /**< Cells along a line per launch; rounded up to 32. */
    uint32_t segment_steps;   /**< Cells along a line per warp; rounded up to 32. */
    uint32_t flags;           /**< ::rqa_plugin_flags. */
} rqa_plugin_device_options;

/** Flags of ::rqa_plugin_device_options. */
enum rqa_plugin_flags {
    RQA_PLUGIN_EXACT_ONLY = 1, /**< Decide every pair in double, as a check on the filter. */
    RQA_PLUGIN_PRODUCTS_ALWAYS = 2, /**< Euclidean distances from matrix products wherever they can
                                         be, not only where they pay. */
    RQA_PLUGIN_PRODUCTS_NEVER = 4,  /**< No matrix products; goes before the other flag. */
    RQA_PLUGIN_PRODUCTS_SINGLE = 8, /**< Matrix products in float on every device; else only on
                                         those with few units for double. */
    RQA_PLUGIN_LAGS_ALWAYS = 16,    /**< Bits of the maximum norm from those of single samples
                                         wherever memory allows, not only where that pays. */
    RQA_PLUGIN_LAGS_NEVER = 32      /**< Never so; goes before the other flag. */
};

/** An opened device. Opaque to the host; one run at a time. */
typedef struct rqa_plugin_device rqa_plugin_device;

/** One run over a batch of tasks. */
typedef struct rqa_plugin_run {
    uint32_t struct_size;                /**< sizeof(rqa_plugin_run) of the host. */
    uint32_t reserved;                   /**< 0. */
    const rqa_plugin_task *const *tasks; /**< n_tasks tasks. */
    uint64_t n_tasks;                    /**< Number of tasks. */
    rqa_plugin_sink sink;                /**< Receives the tallies, on the calling thread. */
    void *sink_user;                     /**< Passed to sink. */
    int32_t (*cancelled)(void *user);    /**< Non-zero: end with RQA_ERROR_CANCELLED. May be NULL. */
    void *cancelled_user;                /**< Passed to cancelled. */
    void *log_user;                      /**< Passed to the host's log. */
} rqa_plugin_run;

/** Seconds that the kernels of the last run took, by the device's own events. */
typedef struct rqa_plugin_timings {
    uint32_t struct_size; /**< Set by the host. */
    uint32_t reserved;    /**< 0. */
    double bits_s;        /**< Deciding pairs. */
    double diagonals_s;   /**< Counting along diagonals. */
    double columns_s;     /**< Counting along columns. */
    double join_s;        /**< Joining segments. */
    uint64_t n_products;  /**< Matrix products that helped to decide pairs; 0 = all directly. */
    uint64_t n_by_lags;   /**< Tallies whose bits were made from those of single samples. */
} rqa_plugin_timings;

/** What the entry fills in. All functions return RQA_OK or a status after host->explain(). */
typedef struct rqa_plugin_table {
    uint32_t struct_size; /**< In: room in the host's table. Out: what the plugin has filled. */
    uint32_t reserved;    /**< 0. */
    const char *name;     /**< "cuda"; static. */
    const char *version;  /**< Release of the plugin; static. */
    /** Number of devices, at least 1; else RQA_ERROR_BACKEND_MISSING and why. Any thread. */
    int32_t (*device_count)(uint32_t *out);
    /** Describes a device; struct_size of info is set. Any thread. */
    int32_t (*device_info)(uint32_t index, rqa_plugin_device_info *info);
    /** Makes a device ready. */
    int32_t (*device_open)(rqa_plugin_device **out, const rqa_plugin_device_options *options);
    /** Ends the use of a device; NULL is allowed. */
    void (*device_close)(rqa_plugin_device *device);
    /** RQA_OK; RQA_ERROR_UNSUPPORTED and why the device cannot run such a task, for example a part
     *  with several dims; RQA_ERROR_VALUE and what is wrong with its part. */
    int32_t (*supports)(const rqa_plugin_device *device, const rqa_plugin_task *task);
    /** Runs tasks. RQA_ERROR_MEMORY: the device's (or host's) memory does not hold one tally, even
     *  by itself. RQA_ERROR_BACKEND_FAILED: the device failed and must not be used again. */
    int32_t (*run)(rqa_plugin_device *device, const rqa_plugin_run *run);
    /** Bytes of device memory that an opened device holds, to look for leaks. */
    uint64_t (*memory_held)(const rqa_plugin_device *device);
    /** Where the last run spent its time; struct_size of timings is set. */
    void (*timings)(const rqa_plugin_device *device, rqa_plugin_timings *timings);
} rqa_plugin_table;

/**
 * The exported function.
 *
 * @param abi ::RQA_PLUGIN_ABI of the host
 * @param host services; lives as long as the process
 * @param[in,out] table struct_size is the room; the plugin fills what fits and sets struct_size
 * @return RQA_OK, or RQA_ERROR_BACKEND_MISSING after host->explain()
 */
typedef int32_t (*rqa_plugin_entry_function)(uint32_t abi, const rqa_plugin_host *host,
                                             rqa_plugin_table *table);

#ifdef __cplusplus
}
#endif

#endif
