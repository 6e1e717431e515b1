/* graph_count.c - counts a recurrence network: what it needs, in which order, back in the order of
 * time. */
#include "network/graph_count.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "network/graph_internal.h"

/* A band beyond this gains nothing: rows are made again once or twice. */
static const uint64_t most_band_bytes = UINT64_C(256) << 20;

const rqa__network_kernels *rqa__network_kernels_of(rqa__cpu cpu)
{
#if defined(__x86_64__)
    if (cpu.level == RQA__LEVEL_AVX512 && cpu.features & RQA__FEATURE_AVX512_VPOPCNTDQ)
        return &rqa__network_vpopcnt;
    if (cpu.level >= RQA__LEVEL_AVX2 && cpu.level <= RQA__LEVEL_AVX512)
        return &rqa__network_avx2;
#else
    (void)cpu;
#endif
    return &rqa__network_ref;
}

void rqa__graph_free(rqa__graph *graph)
{
    rqa__free(graph->degree);
    rqa__free(graph->twice_triangles);
    rqa__free(graph->neighbour_degrees);
    rqa__free(graph->source);
    memset(graph, 0, sizeof *graph);
}

/* splitmix64 (Steele, Lea, Flood 2014), from state 0. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* All vectors in the order of time, or some of them without repetition (Floyd: the same for everybody,
 * whatever the threads). */
static void choose_sources(const rqa__graph_run *run, size_t n_sources, uint32_t *node)
{
    uint64_t state = 0;
    for (size_t k = 0; k < n_sources; k++) {
        node[k] = (uint32_t)k;
        if (n_sources == run->n)
            continue;
        const uint64_t last = run->n - n_sources + k;
        node[k] = (uint32_t)(next_random(&state) % (last + 1));
        for (size_t j = 0; j < k; j++)
            if (node[j] == node[k]) {
                node[k] = (uint32_t)last;
                break;
            }
    }
}

static int count_paths(rqa__graph_run *run, rqa__graph *out)
{
    rqa__graph_rows *g = &run->rows;
    const size_t n = run->n <= RQA__GRAPH_EXACT_PATHS ? run->n : RQA__GRAPH_SOURCES;
    run->n_words = (run->n + 63) / 64;
    run->sets = rqa__alloc_array(3 * run->n_words * run->n_workers, sizeof *run->sets);
    run->source_place = rqa__alloc_array(n, sizeof *run->source_place);
    run->source = out->source = rqa__calloc(n, sizeof *out->source);
    if (!run->sets || !run->source_place || !out->source)
        return RQA_ERROR_MEMORY;
    choose_sources(run, n, run->source_place);
    for (size_t k = 0; k < n; k++)
        run->source_place[k] = g->order->place[run->source_place[k]];
    out->counts.source = out->source;
    out->counts.n_sources = n;
    return rqa__graph_paths(run, n);
}

static void by_time(const rqa__graph_order *order, uint64_t *out, const uint64_t *sorted)
{
    for (size_t p = 0; p < order->n; p++)
        out[order->node[p]] = sorted[p];
}

static int count_all(rqa__graph_run *run, rqa__graph *out, uint32_t parts)
{
    const rqa__graph_order *order = run->rows.order;
    int status = rqa__graph_triangles(run);
    if (!status && (run->neighbours || run->parent))
        status = rqa__graph_edges(run);
    if (!status && parts & RQA__CELLS_PATHS)
        status = count_paths(run, out);
    if (status)
        return status;
    by_time(order, out->degree, run->degree);
    if (run->triangles)
        by_time(order, out->twice_triangles, run->triangles);
    if (run->neighbours)
        by_time(order, out->neighbour_degrees, run->neighbours);
    if (run->parent)
        out->counts.n_components = rqa__graph_components(run);
    return RQA_OK;
}

static int make_room(rqa__graph_run *run, rqa__graph *out, uint32_t parts)
{
    const size_t n = run->n, w = run->n_workers;
    int missing = !(out->degree = rqa__calloc(n, sizeof(uint64_t))) ||
                  !(run->degree = rqa__calloc(n, sizeof(uint64_t)));
    if (parts & RQA__CELLS_TRIANGLES)
        missing |= !(out->twice_triangles = rqa__calloc(n, sizeof(uint64_t))) ||
                   !(run->triangles = rqa__calloc(w * n, sizeof(uint64_t)));
    if (parts & RQA__CELLS_NEIGHBOURS)
        missing |= !(out->neighbour_degrees = rqa__calloc(n, sizeof(uint64_t))) ||
                   !(run->neighbours = rqa__calloc(n, sizeof(uint64_t)));
    if (parts & RQA__CELLS_COMPONENTS)
        missing |= !(run->parent = rqa__alloc_array(w * n, sizeof(uint32_t)));
    out->counts = (rqa__graph_counts){.n = n,
                                      .degree = out->degree,
                                      .twice_triangles = out->twice_triangles,
                                      .neighbour_degrees = out->neighbour_degrees};
    return missing ? RQA_ERROR_MEMORY : RQA_OK;
}

/* A band, of tiles of so many bytes. */
static uint64_t least_band(uint64_t n, uint64_t tile, uint32_t parts)
{
    const uint64_t n_tiles = (n + RQA__GRAPH_TILE - 1) / RQA__GRAPH_TILE;
    return tile * (parts & RQA__CELLS_PATHS ? n_tiles : 1);
}

/* Of a task as an order has it. */
static uint64_t bytes_beside_band(const rqa__task *task, uint64_t tile, unsigned n_workers)
{
    const uint64_t n = rqa__side_vectors(&task->x, 0);
    const uint64_t slack = (n_workers + 1) * RQA__GRAPH_SLACK * sizeof(uint64_t);
    return rqa__graph_order_memory(task) + rqa__rows_memory(task, n_workers) + slack +
           n_workers * (tile + 12 * n) + 48 * n;
}

/* Before there is an order no row is known to have zeros. */
uint64_t rqa__graph_least_memory(const rqa__task *task, uint32_t parts)
{
    const uint32_t one = 1;
    const rqa__task shape = rqa__graph_order_shape(task, &one);
    const uint64_t n = rqa__side_vectors(&shape.x, 0);
    const uint64_t n_words = (n + 63) / 64;
    const uint64_t tile = (n_words + RQA__GRAPH_CHUNK - 1) / RQA__GRAPH_CHUNK * RQA__GRAPH_CHUNK *
                          RQA__GRAPH_TILE * sizeof(uint64_t);
    return bytes_beside_band(&shape, tile, 1) + least_band(n, tile, parts);
}

/* Bytes for the band: all rows for paths, else what there is, within reason. Where they are there on
 * one thread alone, on that. */
static int find_band(rqa__graph_run *run, rqa__graph_means *means, const rqa__graph_order *order,
                     uint32_t parts, uint64_t *band)
{
    const uint64_t tile = rqa__graph_rows_tile_bytes(order), most = means->memory_bytes;
    const uint64_t least = least_band(order->n, tile, parts);
    uint64_t rest = bytes_beside_band(&order->task, tile, run->n_workers);
    if (run->n_workers > 1 && (most < rest || most - rest < least)) {
        run->n_workers = 1;
        means->parallel = NULL;
        rest = bytes_beside_band(&order->task, tile, 1);
    }
    if (most < rest || most - rest < least)
        return means->refuse(means->user, rest + least);
    *band = rqa__smaller64(most - rest, most_band_bytes);
    if (*band < least)
        *band = least;
    return RQA_OK;
}

int rqa__graph_count(rqa__graph *out, const rqa__task *task, uint32_t parts,
                     const rqa__graph_means *wanted)
{
    rqa__graph_order order;
    rqa__graph_means own = *wanted, *means = &own;
    rqa__graph_run run = {.means = means,
                          .n_workers = means->parallel ? means->parallel->n_workers : 1};
    uint64_t band = 0;
    memset(out, 0, sizeof *out);
    int status = rqa__graph_order_make(&order, task);
    run.n = order.n;
    if (!status)
        status = find_band(&run, means, &order, parts, &band);
    if (!status)
        status = make_room(&run, out, parts);
    if (!status)
        status = rqa__graph_rows_open(&run.rows, &order, means->bits, means->parallel,
                                      means->cancel, band);
    if (!status)
        status = count_all(&run, out, parts);
    rqa__graph_rows_close(&run.rows);
    rqa__graph_order_free(&order);
    rqa__free(run.degree);
    rqa__free(run.triangles);
    rqa__free(run.neighbours);
    rqa__free(run.parent);
    rqa__free(run.sets);
    rqa__free(run.source_place);
    if (status == RQA_ERROR_MEMORY)
        return rqa__fail_memory("a recurrence network");
    return status == RQA_ERROR_CANCELLED ? rqa__fail(status, "cancelled") : status;
}
