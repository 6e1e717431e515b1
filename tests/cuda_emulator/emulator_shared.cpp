// emulator_shared.cpp - layout, poison and guards of shared memory.
#include "emulator_shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "emulator_block.h"
#include "emulator_sanitizers.h"

namespace rqa_emulator
{

namespace
{

constexpr size_t gap_bytes = 64;
constexpr unsigned char gap_mark = 0xc7;
constexpr size_t most_arrays = 256;
// Room for the largest block, and for a gap and the rounding up of every array.
constexpr size_t region_bytes = max_shared + (most_arrays + 2) * 2 * gap_bytes;

size_t rounded_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

} // namespace

shared_memory::~shared_memory()
{
    if (!memory)
        return;
    ASAN_UNPOISON_MEMORY_REGION(memory, region_bytes);
    munmap(memory, region_bytes);
}

// ThreadSanitizer must not hold a block's accesses against the last one's: to it, memory that is
// mapped is new. Other builds keep what they have.
void shared_memory::map_anew(size_t bytes)
{
#ifndef RQA_EMULATOR_TSAN
    if (memory)
        return;
#endif
    race_silence silence;
    void *got = mmap(memory, memory ? bytes : region_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | (memory ? MAP_FIXED : 0), -1, 0);
    if (got == MAP_FAILED) {
        perror("rqa emulator: no memory for the shared arrays");
        abort();
    }
    memory = static_cast<char *>(got);
}

void shared_memory::close_gap(size_t begin, size_t past)
{
    memset(memory + begin, gap_mark, past - begin);
    ASAN_POISON_MEMORY_REGION(memory + begin, past - begin);
}

void shared_memory::fill(const span &s)
{
    memset(memory + s.begin, poison, s.bytes);
}

void shared_memory::begin_launch(size_t dynamic_bytes, unsigned char byte)
{
    poison = byte;
    static_bytes = 0;
    spans.reserve(most_arrays);
    spans.assign(1, {nullptr, "dynamic shared memory", gap_bytes, dynamic_bytes});
    end = rounded_up(gap_bytes + dynamic_bytes, 16) + gap_bytes;
}

void shared_memory::begin_block()
{
    map_anew(end);
    race_silence silence;
    ASAN_UNPOISON_MEMORY_REGION(memory, region_bytes);
    size_t from = 0;
    for (const span &s : spans) {
        close_gap(from, s.begin);
        fill(s);
        from = s.begin + s.bytes;
    }
    close_gap(from, end);
    ASAN_POISON_MEMORY_REGION(memory + end, region_bytes - end);
}

const char *shared_memory::damaged() const
{
#ifndef RQA_EMULATOR_ASAN
    size_t from = 0;
    for (size_t k = 0; k <= spans.size(); k++) {
        const size_t to = k < spans.size() ? spans[k].begin : end;
        for (size_t i = from; i < to; i++)
            if (static_cast<unsigned char>(memory[i]) != gap_mark)
                return k == 0 || (k < spans.size() && i - from > to - i) ? spans[k].name
                                                                         : spans[k - 1].name;
        if (k < spans.size())
            from = to + spans[k].bytes;
    }
#endif
    return nullptr;
}

void *shared_memory::dynamic() const
{
    return memory + spans[0].begin;
}

void *shared_memory::array(const void *site, const char *name, size_t bytes, size_t alignment)
{
    for (const span &s : spans)
        if (s.site == site)
            return memory + s.begin;
    const size_t begin = rounded_up(end, alignment < 16 ? 16 : alignment);
    if (static_bytes + bytes > max_static_shared ||
        static_bytes + bytes + spans[0].bytes > max_shared || spans.size() == most_arrays)
        return nullptr;
    // Whichever thread comes first does this for all.
    race_silence silence;
    static_bytes += bytes;
    const size_t past = rounded_up(begin + bytes, 16) + gap_bytes;
    ASAN_UNPOISON_MEMORY_REGION(memory + end, past - end);
    close_gap(end, begin);
    spans.push_back({site, name, begin, bytes});
    fill(spans.back());
    close_gap(begin + bytes, past);
    end = past;
    return memory + begin;
}

} // namespace rqa_emulator
