// emulator_block.cpp - one block: its threads as fibers, the order they run in, where they meet,
// and the complaint when they do not meet as they should.
#include "emulator_block.h"

#include <memory>
#include <mutex>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vector>

#include "emulator_lanes.h"
#include "emulator_sanitizers.h"
#include "emulator_shared.h"

RQA_EMULATOR_TLS uint3 threadIdx;
RQA_EMULATOR_TLS uint3 blockIdx;
RQA_EMULATOR_TLS dim3 blockDim;
RQA_EMULATOR_TLS dim3 gridDim;

namespace rqa_emulator
{

namespace
{

constexpr unsigned n_marks = 64;

// ThreadSanitizer takes what one fiber does for one thread's doing, in order. So that blocks are
// seen to race, a block's fibers are not those of the block just before it.
#ifdef RQA_EMULATOR_TSAN
constexpr unsigned n_crews = 2;
#else
constexpr unsigned n_crews = 1;
#endif

// The fibers and memory a launch needs; kept for the next.
struct arena {
    fiber host;
    std::vector<lane> lanes;
    shared_memory shared;
};

struct block_run {
    const launch *what;
    std::unique_ptr<arena> room;
    lane *lanes;
    warp warps[max_block_threads / 32];
    unsigned warps_ready;
    unsigned n_threads, n_done;
    unsigned current;
    order lane_order;
    uint64_t random;
    uint3 index;
    struct {
        unsigned n, epoch;
        barrier what;
        const char *file;
        int line;
        int count, result;
    } gate;
    // ThreadSanitizer's objects that order a block's threads, and those that order all threads
    // behind the launch and the host behind them.
    char *marks;
    char *start_mark, *end_mark;
};

RQA_EMULATOR_TLS block_run *running;

std::mutex arenas_mutex;
std::vector<std::unique_ptr<arena>> idle_arenas;

std::unique_ptr<arena> take_arena(unsigned n_threads)
{
    std::unique_ptr<arena> room;
    {
        std::lock_guard<std::mutex> lock(arenas_mutex);
        if (!idle_arenas.empty()) {
            room = std::move(idle_arenas.back());
            idle_arenas.pop_back();
        }
    }
    if (!room)
        room = std::make_unique<arena>();
    const size_t have = room->lanes.size();
    if (have < n_threads) {
        std::vector<fiber> fresh(n_threads - have);
        fiber_map_stacks(fresh.data(), fresh.size());
        for (const fiber &f : fresh) {
            room->lanes.emplace_back();
            room->lanes.back().stack = f;
        }
    }
    fiber_adopt_thread(room->host);
    return room;
}

void give_arena(std::unique_ptr<arena> room)
{
    std::lock_guard<std::mutex> lock(arenas_mutex);
    idle_arenas.push_back(std::move(room));
}

const char *name_of(barrier what)
{
    static const char *const names[] = {"__syncthreads", "__syncthreads_or", "__syncthreads_and",
                                        "__syncthreads_count"};
    return names[static_cast<int>(what)];
}

// One place has one line and mostly one string for its file.
bool same_place(const char *file, int line, const char *other_file, int other_line)
{
    return line == other_line && (file == other_file || !strcmp(file, other_file));
}

// Lists, warp by warp, who waits where.
void describe(const block_run &b)
{
    for (unsigned w = 0; w * 32 < b.n_threads; w++) {
        const warp &p = b.warps[w];
        if (p.done)
            fprintf(stderr, "  warp %u, lanes 0x%08x: returned\n", w, p.done);
        if (p.ready)
            fprintf(stderr, "  warp %u, lanes 0x%08x: can run\n", w, p.ready);
        if (p.in_barrier)
            fprintf(stderr, "  warp %u, lanes 0x%08x: wait in %s at %s:%d\n", w, p.in_barrier,
                    name_of(b.gate.what), b.gate.file, b.gate.line);
        for (unsigned left = p.in_meeting; left;) {
            const lane &first = b.lanes[w * 32 + static_cast<unsigned>(__builtin_ctz(left))];
            unsigned same = 0;
            for (unsigned l = 0; l < 32; l++) {
                const lane &other = b.lanes[w * 32 + l];
                if ((left >> l & 1) && other.what == first.what && other.mask == first.mask &&
                    same_place(other.file, other.line, first.file, first.line))
                    same |= 1u << l;
            }
            fprintf(stderr, "  warp %u, lanes 0x%08x: wait in %s(0x%08x) at %s:%d\n", w, same,
                    name_of(first.what), first.mask, first.file, first.line);
            left &= ~same;
        }
    }
}

[[noreturn]] __attribute__((format(printf, 2, 3))) void die(const block_run &b, const char *format,
                                                            ...)
{
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "rqa emulator: %s: ", where_now());
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    describe(b);
    abort();
}

unsigned any_bit(unsigned set, block_run &b)
{
    if (b.lane_order == order::forward)
        return static_cast<unsigned>(__builtin_ctz(set));
    if (b.lane_order == order::reverse)
        return 31 - static_cast<unsigned>(__builtin_clz(set));
    b.random ^= b.random << 13;
    b.random ^= b.random >> 7;
    b.random ^= b.random << 17;
    const unsigned n = static_cast<unsigned>(__builtin_popcount(set));
    for (unsigned skip = static_cast<unsigned>(b.random >> 32) % n; skip > 0; skip--)
        set &= set - 1;
    return static_cast<unsigned>(__builtin_ctz(set));
}

// Takes the thread that runs next out of the ready ones; false: the block is finished.
bool choose(block_run &b)
{
    if (!b.warps_ready) {
        if (b.n_done == b.n_threads)
            return false;
        die(b, "no thread can go on; a barrier or collective is not reached by all it waits for");
    }
    unsigned w = b.current / 32;
    if (b.lane_order == order::shuffle || !(b.warps_ready >> w & 1))
        w = any_bit(b.warps_ready, b);
    const unsigned l = any_bit(b.warps[w].ready, b);
    b.warps[w].ready &= ~(1u << l);
    if (!b.warps[w].ready)
        b.warps_ready &= ~(1u << w);
    b.current = w * 32 + l;
    threadIdx = b.lanes[b.current].index;
    return true;
}

// The running thread has been put into a set; it returns when it is chosen again.
void wait(block_run &b)
{
    lane &self = b.lanes[b.current];
    if (!choose(b))
        abort();
    lane &next = b.lanes[b.current];
    if (&next != &self)
        fiber_switch(self.stack, next.stack);
}

void lane_entry()
{
    fiber_entered();
    block_run &b = *running;
    race_acquire(b.start_mark);
    b.what->body();
    lane &self = b.lanes[b.current];
    race_release(b.end_mark);
    b.warps[b.current / 32].done |= 1u << b.current % 32;
    b.n_done++;
    fiber_leave(self.stack, choose(b) ? b.lanes[b.current].stack : b.room->host);
}

// Whether every lane of the mask waits in the meeting that lane l has come to.
bool all_here(block_run &b, const warp &p, lane *lanes, unsigned l)
{
    const lane &self = lanes[l];
    if ((p.in_meeting & self.mask) != self.mask)
        return false;
    for (unsigned left = self.mask; left; left &= left - 1) {
        const lane &other = lanes[__builtin_ctz(left)];
        if (other.mask != self.mask)
            return false;
        if (other.what != self.what || !same_place(other.file, other.line, self.file, self.line))
            die(b, "lanes of one mask meet in different places");
    }
    return true;
}

// The mark that lanes of one __syncwarp share: that of a lane already there, or the next.
char *mark_of(warp &p, const lane *lanes, unsigned l)
{
    const lane &self = lanes[l];
    for (unsigned left = p.in_meeting & self.mask & ~(1u << l); left; left &= left - 1) {
        const lane &other = lanes[__builtin_ctz(left)];
        if (other.what == self.what && other.mask == self.mask && other.line == self.line)
            return other.mark;
    }
    return p.marks + p.next_mark++ % n_marks;
}

char *new_marks()
{
    char *marks = static_cast<char *>(malloc((max_block_threads / 32 + 1) * n_marks));
    if (!marks)
        abort();
    return marks;
}

void start_block(block_run &b)
{
    const dim3 &size = b.what->block;
    b.warps_ready = 0;
    b.n_done = 0;
    b.current = b.lane_order == order::reverse ? b.n_threads - 1 : 0;
    b.gate.n = 0;
    b.gate.epoch = 0;
    for (unsigned w = 0; w * 32 < b.n_threads; w++) {
        const unsigned n = b.n_threads - w * 32;
        const unsigned exists = n >= 32 ? 0xffffffffu : (1u << n) - 1;
        b.warps[w] = {exists, exists, 0, 0, 0, 0, b.marks + (w + 1) * n_marks};
        b.warps_ready |= 1u << w;
    }
    for (unsigned t = 0; t < b.n_threads; t++) {
        lane &self = b.lanes[t];
        self.index = {t % size.x, t / size.x % size.y, t / size.x / size.y};
        fiber_prepare(self.stack, lane_entry);
    }
    b.room->shared.begin_block();
}

void run_block(block_run &b, uint64_t nth)
{
    b.lanes = b.room->lanes.data() + nth % n_crews * b.n_threads;
#ifdef RQA_EMULATOR_TSAN
    // New for every block: what ordered the last one must not order this one.
    {
        race_silence silence;
        free(b.marks);
        b.marks = new_marks();
    }
#endif
    start_block(b);
    blockIdx = b.index;
    choose(b);
    fiber_switch(b.room->host, b.lanes[b.current].stack);
    if (const char *name = b.room->shared.damaged())
        die(b, "written outside a shared array, next to %s", name);
}

} // namespace

unsigned long long meet(meeting what, unsigned mask, unsigned long long value, int source,
                        int width, const char *file, int line)
{
    block_run &b = *running;
    warp &p = b.warps[b.current / 32];
    lane *const lanes = b.lanes + b.current / 32 * 32;
    const unsigned l = b.current % 32;
    lane &self = lanes[l];
    self.what = what;
    self.mask = mask;
    self.value = value;
    self.source = source;
    self.width = width;
    self.file = file;
    self.line = line;
    p.in_meeting |= 1u << l;
    if (!(mask >> l & 1))
        die(b, "lane %u of warp %u calls %s(0x%08x), a mask without itself", l, b.current / 32,
            name_of(what), mask);
    if (mask & ~p.exists)
        die(b, "%s(0x%08x) names lanes that warp %u of this block does not have", name_of(what),
            mask, b.current / 32);
    if (what >= meeting::shfl && what <= meeting::shfl_xor &&
        (width < 1 || width > 32 || (width & (width - 1))))
        die(b, "%s with width %d; allowed are 1, 2, 4, 8, 16 and 32", name_of(what), width);
    if (what == meeting::syncwarp) {
        self.mark = mark_of(p, lanes, l);
        race_release(self.mark);
    }
    if (all_here(b, p, lanes, l)) {
        settle(lanes, what, mask);
        p.in_meeting &= ~mask;
        p.ready |= mask;
        b.warps_ready |= 1u << b.current / 32;
    }
    wait(b);
    if (what == meeting::syncwarp)
        race_acquire(self.mark);
    return self.result;
}

int meet_block(barrier what, int predicate, const char *file, int line)
{
    block_run &b = *running;
    auto &gate = b.gate;
    if (gate.n == 0) {
        gate.what = what;
        gate.file = file;
        gate.line = line;
        gate.count = 0;
    } else if (gate.what != what || !same_place(gate.file, gate.line, file, line)) {
        die(b, "thread (%u,%u,%u) calls %s at %s:%d while others wait in another barrier",
            threadIdx.x, threadIdx.y, threadIdx.z, name_of(what), file, line);
    }
    char *const mark = b.marks + gate.epoch % n_marks;
    race_release(mark);
    b.warps[b.current / 32].in_barrier |= 1u << b.current % 32;
    gate.count += predicate != 0;
    if (++gate.n == b.n_threads) {
        gate.result = what == barrier::any     ? gate.count > 0
                      : what == barrier::all   ? gate.count == static_cast<int>(b.n_threads)
                      : what == barrier::count ? gate.count
                                               : 0;
        gate.n = 0;
        gate.epoch++;
        for (unsigned w = 0; w * 32 < b.n_threads; w++) {
            b.warps[w].in_barrier = 0;
            b.warps[w].ready = b.warps[w].exists;
            b.warps_ready |= 1u << w;
            for (unsigned l = 0; l < 32 && w * 32 + l < b.n_threads; l++)
                b.lanes[w * 32 + l].result = static_cast<unsigned>(gate.result);
        }
    }
    lane &self = b.lanes[b.current];
    wait(b);
    race_acquire(mark);
    return static_cast<int>(self.result);
}

void fence()
{
    static char order_of_fences;
    race_release(&order_of_fences);
    race_acquire(&order_of_fences);
}

unsigned own_lane()
{
    return running->current % 32;
}

void trap(const char *file, int line)
{
    die(*running, "thread (%u,%u,%u) calls __trap at %s:%d", threadIdx.x, threadIdx.y, threadIdx.z,
        file, line);
}

void *shared_bytes(const void *site, const char *name, size_t bytes, size_t alignment)
{
    void *const array = running->room->shared.array(site, name, bytes, alignment);
    if (!array)
        die(*running, "static shared memory exceeds %zu bytes, or with the dynamic %zu, at %s",
            max_static_shared, max_shared, name);
    return array;
}

void *dynamic_shared()
{
    return running->room->shared.dynamic();
}

const char *where_now()
{
    static __thread char text[256];
    text[0] = '\0';
    if (running)
        snprintf(text, sizeof text, "kernel %s, block (%u,%u,%u)", running->what->name,
                 running->index.x, running->index.y, running->index.z);
    return text;
}

void run_grid(const launch &what, const config &settings, uint64_t number)
{
    const uint64_t n = static_cast<uint64_t>(what.grid.x) * what.grid.y * what.grid.z;
    const auto b = std::make_unique<block_run>();
    b->what = &what;
    b->n_threads = what.block.x * what.block.y * what.block.z;
    b->room = take_arena(b->n_threads * n_crews);
    b->lane_order = settings.lanes;
    b->random = (settings.seed + number + 1) * 0x9e3779b97f4a7c15u | 1;
    b->marks = new_marks();
    b->start_mark = new_marks();
    b->end_mark = b->start_mark + 8;
    b->room->shared.begin_launch(what.dynamic_bytes, settings.poison);
    blockDim = what.block;
    gridDim = what.grid;
    running = b.get();
    race_release(b->start_mark);
    // A stride prime to the number of blocks visits each once.
    uint64_t stride = 1, start = 0;
    if (settings.lanes == order::shuffle && n > 2) {
        start = (b->random >> 8) % n;
        for (stride = n / 2 + (b->random >> 40) % (n / 2); stride > 1; stride--) {
            uint64_t x = n, y = stride;
            while (y) {
                const uint64_t rest = x % y;
                x = y;
                y = rest;
            }
            if (x == 1)
                break;
        }
    }
    for (uint64_t k = 0; k < n; k++) {
        const uint64_t at = settings.lanes == order::reverse ? n - 1 - k : (start + k * stride) % n;
        b->index = {static_cast<unsigned>(at % what.grid.x),
                    static_cast<unsigned>(at / what.grid.x % what.grid.y),
                    static_cast<unsigned>(at / what.grid.x / what.grid.y)};
        run_block(*b, k);
    }
    running = nullptr;
    race_acquire(b->end_mark);
    {
        race_silence silence;
        free(b->marks);
        free(b->start_mark);
    }
    give_arena(std::move(b->room));
}

} // namespace rqa_emulator
