// emulator_meetings.cu - barriers and warp collectives: right results, and wrong uses that must be
// refused.
#include <time.h>

#include "emulator_cases.h"

namespace
{

constexpr unsigned full = 0xffffffffu;

// Every thread writes, all read a neighbour's value of another warp: right only with the barrier.
template <bool HasBarrier> __global__ void rotate(const int *in, int *out)
{
    RQA_SHARED(int, box, 96);
    const unsigned t = threadIdx.x, at = blockIdx.x * blockDim.x + t;
    box[t] = in[at];
    if (HasBarrier)
        __syncthreads();
    out[at] = box[(t + 77) % blockDim.x];
}

template <bool HasBarrier> int rotated()
{
    int in[384], out[384];
    for (int k = 0; k < 384; k++)
        in[k] = k;
    int *a = on_device(in, 384), *b = on_device<int>(nullptr, 384);
    RQA_LAUNCH(rotate<HasBarrier>, 4, 96, 0, nullptr, a, b);
    EXPECT(cudaDeviceSynchronize() == cudaSuccess);
    EXPECT(fetch(out, b, 384) == cudaSuccess);
    int wrong = 0;
    for (int k = 0; k < 384; k++)
        wrong += out[k] != k / 96 * 96 + (k % 96 + 77) % 96;
    cudaFree(a);
    cudaFree(b);
    EXPECT(wrong == 0);
    return 0;
}

// The same inside a warp, by halving: a sum that needs __syncwarp at every step.
template <bool HasBarrier> __global__ void warp_sum(int *out)
{
    RQA_SHARED(int, part, 32);
    const unsigned l = threadIdx.x;
    part[l] = static_cast<int>(l);
    for (unsigned step = 16; step > 0; step /= 2) {
        if (HasBarrier)
            __syncwarp();
        const int other = part[(l + step) % 32];
        if (HasBarrier)
            __syncwarp();
        part[l] += other;
    }
    out[l] = part[l];
}

template <bool HasBarrier> int summed()
{
    int out[32], wrong = 0;
    int *d = on_device<int>(nullptr, 32);
    RQA_LAUNCH(warp_sum<HasBarrier>, 1, 32, 0, nullptr, d);
    EXPECT(fetch(out, d, 32) == cudaSuccess);
    for (int v : out)
        wrong += v != 496;
    cudaFree(d);
    EXPECT(wrong == 0);
    return 0;
}

__global__ void block_votes(int *out)
{
    const unsigned t = threadIdx.x;
    const int any_no = __syncthreads_or(0), any_yes = __syncthreads_or(t == 70);
    const int all_no = __syncthreads_and(t != 3), all_yes = __syncthreads_and(1);
    const int n = __syncthreads_count(t % 3 == 0);
    out[t] = any_no | any_yes << 1 | all_no << 2 | all_yes << 3 | n << 4;
}

int votes()
{
    int out[96];
    int *d = on_device<int>(nullptr, 96);
    RQA_LAUNCH(block_votes, 1, 96, 0, nullptr, d);
    EXPECT(fetch(out, d, 96) == cudaSuccess);
    for (int v : out)
        EXPECT(v == (2 | 8 | 32 << 4));
    cudaFree(d);
    return 0;
}

struct lane_results {
    unsigned ballot, any, all, match, match_wide, sum, least, most, bits_and, bits_or, bits_xor;
    int any_of_none, signed_sum, signed_least, signed_most;
    int shfl, up, down, cross, narrow, narrow_up, narrow_down, narrow_cross;
    double wide;
    float real;
    unsigned long long packed;
    unsigned half;
};

__global__ void collectives(lane_results *out)
{
    const unsigned t = threadIdx.x, l = t % 32;
    lane_results r;
    r.ballot = __ballot_sync(full, l % 3 == 0);
    r.any = static_cast<unsigned>(__any_sync(full, l == 31));
    r.any_of_none = __any_sync(full, 0);
    r.all = static_cast<unsigned>(__all_sync(full, l < 32) + 2 * __all_sync(full, l != 9));
    r.match = __match_any_sync(full, l / 8);
    r.match_wide = __match_any_sync(full, static_cast<unsigned long long>(l & 1) << 40);
    r.sum = __reduce_add_sync(full, l);
    r.least = __reduce_min_sync(full, l + 5);
    r.most = __reduce_max_sync(full, l - 1);
    r.bits_and = __reduce_and_sync(full, l | 0x60);
    r.bits_or = __reduce_or_sync(full, 1u << l % 7);
    r.bits_xor = __reduce_xor_sync(full, l == 4 || l == 9 ? l : 0);
    r.signed_sum = __reduce_add_sync(full, -static_cast<int>(l));
    r.signed_least = __reduce_min_sync(full, 3 - static_cast<int>(l));
    r.signed_most = __reduce_max_sync(full, static_cast<int>(l) - 40);
    const int v = static_cast<int>(100 + t);
    r.shfl = __shfl_sync(full, v, static_cast<int>(l * 5 % 32));
    r.up = __shfl_up_sync(full, v, 3);
    r.down = __shfl_down_sync(full, v, 3);
    r.cross = __shfl_xor_sync(full, v, 5);
    r.narrow = __shfl_sync(full, v, 9, 8);
    r.narrow_up = __shfl_up_sync(full, v, 3, 8);
    r.narrow_down = __shfl_down_sync(full, v, 3, 8);
    r.narrow_cross = __shfl_xor_sync(full, v, 12, 8);
    r.wide = __shfl_sync(full, 0.5 + t, 7);
    r.real = __shfl_xor_sync(full, 0.25f + static_cast<float>(l), 1);
    r.packed = __shfl_sync(full, 0x100000000ull * l, 30);
    // Halves that go separate ways meet separately.
    r.half = l < 16 ? __ballot_sync(0xffffu, l & 1) : __ballot_sync(0xffff0000u, 1);
    out[t] = r;
}

int every_collective()
{
    static lane_results out[64];
    lane_results *d = on_device<lane_results>(nullptr, 64);
    RQA_LAUNCH(collectives, 1, 64, 0, nullptr, d);
    EXPECT(fetch(out, d, 64) == cudaSuccess);
    for (int t = 0; t < 64; t++) {
        const lane_results &r = out[t];
        const int l = t % 32, w = t - l + 100, g = l / 8 * 8;
        EXPECT(r.ballot == 0x49249249u && r.any == 1 && r.any_of_none == 0 && r.all == 1);
        EXPECT(r.match == 0xffu << g && r.match_wide == 0x55555555u << (l & 1));
        EXPECT(r.sum == 496 && r.least == 5 && r.most == 0xffffffffu);
        EXPECT(r.bits_and == 0x60 && r.bits_or == 0x7f && r.bits_xor == (4 ^ 9));
        EXPECT(r.signed_sum == -496 && r.signed_least == -28 && r.signed_most == -9);
        EXPECT(r.shfl == w + l * 5 % 32);
        EXPECT(r.up == w + (l < 3 ? l : l - 3));
        EXPECT(r.down == w + (l > 28 ? l : l + 3));
        EXPECT(r.cross == w + (l ^ 5));
        EXPECT(r.narrow == w + g + 1);
        EXPECT(r.narrow_up == w + (l - g < 3 ? l : l - 3));
        EXPECT(r.narrow_down == w + (l - g > 4 ? l : l + 3));
        // From an earlier group a lane may read, from a later one it keeps its own.
        EXPECT(r.narrow_cross == w + ((l ^ 12) < g + 8 ? l ^ 12 : l));
        EXPECT(r.wide == 0.5 + t - l + 7 && r.real == 0.25f + static_cast<float>(l ^ 1));
        EXPECT(r.packed == 0x100000000ull * 30);
        EXPECT(r.half == (l < 16 ? 0xaaaau : 0xffff0000u));
    }
    cudaFree(d);
    return 0;
}

// Lane 0 meets lane 1, then lane 2, then all: meetings that nest and wait for each other.
__global__ void crossed(unsigned *out)
{
    const unsigned l = threadIdx.x;
    unsigned seen = 0;
    if (l == 0 || l == 1)
        seen += __ballot_sync(3, 1);
    if (l == 0 || l == 2)
        seen += __ballot_sync(5, 1);
    seen += __ballot_sync(full, l >= 16) >> 16;
    out[l] = seen;
}

int crossed_masks()
{
    unsigned out[32];
    unsigned *d = on_device<unsigned>(nullptr, 32);
    RQA_LAUNCH(crossed, 1, 32, 0, nullptr, d);
    EXPECT(fetch(out, d, 32) == cudaSuccess);
    for (unsigned l = 0; l < 32; l++)
        EXPECT(out[l] == 0xffffu + (l == 0 ? 8 : l == 1 ? 3 : l == 2 ? 5 : 0));
    cudaFree(d);
    return 0;
}

__global__ void indices(uint3 *thread, uint3 *block, unsigned *seen)
{
    const unsigned b = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    const unsigned t = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    const unsigned at = b * blockDim.x * blockDim.y * blockDim.z + t;
    __syncthreads();
    thread[at] = threadIdx;
    block[at] = blockIdx;
    atomicAdd(&seen[at], 1u);
}

int all_indices()
{
    constexpr size_t n = 5 * 3 * 2 * 4 * 6 * 3;
    static uint3 thread[n], block[n];
    static unsigned seen[n];
    uint3 *a = on_device<uint3>(nullptr, n), *b = on_device<uint3>(nullptr, n);
    unsigned *c = on_device(seen, n);
    RQA_LAUNCH(indices, dim3(5, 3, 2), dim3(4, 6, 3), 0, nullptr, a, b, c);
    EXPECT(fetch(thread, a, n) == cudaSuccess && fetch(block, b, n) == cudaSuccess);
    EXPECT(fetch(seen, c, n) == cudaSuccess);
    for (unsigned k = 0; k < n; k++) {
        EXPECT(seen[k] == 1);
        EXPECT(thread[k].x == k % 4 && thread[k].y == k / 4 % 6 && thread[k].z == k / 24 % 3);
        EXPECT(block[k].x == k / 72 % 5 && block[k].y == k / 72 / 5 % 3 &&
               block[k].z == k / 72 / 15);
    }
    cudaFree(a);
    cudaFree(b);
    cudaFree(c);
    return 0;
}

// The order in which threads and blocks come first, as one number per thread.
__global__ void take_turns(unsigned *counter, unsigned *turn)
{
    turn[blockIdx.x * blockDim.x + threadIdx.x] = atomicAdd(counter, 1u);
}

int print_order()
{
    const unsigned zero = 0;
    unsigned turn[6 * 48];
    unsigned *counter = on_device(&zero, 1), *d = on_device<unsigned>(nullptr, 6 * 48);
    RQA_LAUNCH(take_turns, 6, 48, 0, nullptr, counter, d);
    EXPECT(fetch(turn, d, 6 * 48) == cudaSuccess);
    unsigned forward = 0, backward = 0, sum = 0;
    for (unsigned k = 0; k < 6 * 48; k++) {
        forward += turn[k] == k;
        backward += turn[k] == 6 * 48 - 1 - k;
        sum += turn[k];
    }
    EXPECT(sum == 288 * 287 / 2);
    printf("order: %s, first %u of block %u\n",
           forward == 288    ? "forward"
           : backward == 288 ? "reverse"
                             : "neither",
           turn[0] % 48, turn[0] / 48);
    cudaFree(counter);
    cudaFree(d);
    return 0;
}

__global__ void alone(unsigned *out)
{
    out[threadIdx.x] = __activemask();
    __threadfence();
    __threadfence_block();
}

int active_mask()
{
    unsigned out[40];
    unsigned *d = on_device<unsigned>(nullptr, 40);
    RQA_LAUNCH(alone, 1, 40, 0, nullptr, d);
    EXPECT(fetch(out, d, 40) == cudaSuccess);
    for (unsigned t = 0; t < 40; t++)
        EXPECT(out[t] == 1u << t % 32);
    cudaFree(d);
    return 0;
}

// How many steps of a thread the emulator makes in a second; asked for by hand.
enum class step { syncthreads, syncwarp, ballot, shuffle, none };

template <step What> __global__ void many_steps(unsigned *out, int n)
{
    unsigned sum = threadIdx.x;
    for (int k = 0; k < n; k++) {
        if (What == step::syncthreads)
            __syncthreads();
        if (What == step::syncwarp)
            __syncwarp();
        if (What == step::ballot)
            sum += __ballot_sync(full, static_cast<int>(sum & 1));
        if (What == step::shuffle)
            sum += __shfl_down_sync(full, sum, 1);
    }
    out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

template <step What> int time_steps(const char *name, int n_blocks, int n)
{
    unsigned *d = on_device<unsigned>(nullptr, static_cast<size_t>(n_blocks) * 128);
    EXPECT(d);
    // The processor's time: others may use the machine too.
    const clock_t start = clock();
    RQA_LAUNCH(many_steps<What>, static_cast<unsigned>(n_blocks), 128, 0, nullptr, d, n);
    EXPECT(cudaDeviceSynchronize() == cudaSuccess);
    const double seconds = static_cast<double>(clock() - start) / CLOCKS_PER_SEC;
    printf("%-22s %7.1f million a second\n", name, 128e-6 * n_blocks * (n > 0 ? n : 1) / seconds);
    cudaFree(d);
    return 0;
}

int speed()
{
    return time_steps<step::syncthreads>("__syncthreads", 100, 1000) +
           time_steps<step::syncwarp>("__syncwarp", 100, 1000) +
           time_steps<step::ballot>("__ballot_sync", 100, 1000) +
           time_steps<step::shuffle>("__shfl_down_sync", 100, 1000) +
           time_steps<step::none>("threads begun and done", 10000, 0);
}

enum class misuse {
    divergent_barrier,
    skipped_barrier,
    returned,
    mask_without_self,
    mask_of_nobody,
    mask_differs,
    mask_narrower,
    other_collective,
    lane_missing,
    bad_width,
    trapped
};

template <misuse Which> __global__ void misused(unsigned *out)
{
    const unsigned t = threadIdx.x;
    unsigned got = 0;
    if (Which == misuse::divergent_barrier) {
        if (t < 32)
            __syncthreads();
        else
            __syncthreads();
    } else if (Which == misuse::skipped_barrier) {
        if (t != 40)
            __syncthreads();
        __syncwarp();
        __syncthreads();
    } else if (Which == misuse::returned) {
        if (t == 33)
            return;
        __syncthreads();
    } else if (Which == misuse::mask_without_self) {
        got = __ballot_sync(0x7fffffffu, 1);
    } else if (Which == misuse::mask_of_nobody) {
        got = t < 32 ? 0 : __ballot_sync(full, 1);
    } else if (Which == misuse::mask_differs) {
        got = __ballot_sync(t % 2 ? full : 0x55555555u, 1);
    } else if (Which == misuse::mask_narrower) {
        if (t < 3)
            got = __ballot_sync(t == 1 ? 3u : 7u, 1);
    } else if (Which == misuse::other_collective) {
        got = t % 2 ? __ballot_sync(full, 1) : static_cast<unsigned>(__any_sync(full, 1));
    } else if (Which == misuse::lane_missing) {
        if (t % 32 != 7)
            got = static_cast<unsigned>(__shfl_sync(full, 1, 0));
    } else if (Which == misuse::bad_width) {
        got = static_cast<unsigned>(__shfl_sync(full, 1, 0, 12));
    } else {
        if (t == 5)
            __trap();
    }
    out[t] = got;
}

template <misuse Which, unsigned Threads> int misuse_it()
{
    unsigned *d = on_device<unsigned>(nullptr, 64);
    RQA_LAUNCH(misused<Which>, 2, Threads, 0, nullptr, d);
    cudaFree(d);
    return 0;
}

} // namespace

const emulator_case meeting_cases[] = {
    {"barrier", rotated<true>},
    {"barrier_missing", rotated<false>},
    {"syncwarp", summed<true>},
    {"syncwarp_missing", summed<false>},
    {"votes", votes},
    {"collectives", every_collective},
    {"crossed_masks", crossed_masks},
    {"indices", all_indices},
    {"order", print_order},
    {"active_mask", active_mask},
    {"divergent_barrier", misuse_it<misuse::divergent_barrier, 64>},
    {"skipped_barrier", misuse_it<misuse::skipped_barrier, 64>},
    {"returned", misuse_it<misuse::returned, 64>},
    {"mask_without_self", misuse_it<misuse::mask_without_self, 64>},
    {"mask_of_nobody", misuse_it<misuse::mask_of_nobody, 48>},
    {"mask_differs", misuse_it<misuse::mask_differs, 64>},
    {"mask_narrower", misuse_it<misuse::mask_narrower, 64>},
    {"other_collective", misuse_it<misuse::other_collective, 64>},
    {"lane_missing", misuse_it<misuse::lane_missing, 64>},
    {"bad_width", misuse_it<misuse::bad_width, 64>},
    {"speed", speed},
    {"trap", misuse_it<misuse::trapped, 64>},
    {nullptr, nullptr},
};
