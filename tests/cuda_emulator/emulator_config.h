// emulator_config.h - what the environment asks of the emulator (README.md lists the variables).
#ifndef RQA_EMULATOR_CONFIG_H
#define RQA_EMULATOR_CONFIG_H

#include <stddef.h>
#include <stdint.h>

namespace rqa_emulator
{

constexpr int max_devices = 16;

enum class order { forward, reverse, shuffle };

// The k-th call of a kind fails; with `onwards` every later one too. 0: none fails.
struct failure {
    uint64_t at;
    bool onwards;

    bool hits(uint64_t call) const
    {
        return at != 0 && (call == at || (onwards && call > at));
    }
};

struct config {
    int n_devices;
    bool no_driver;
    size_t memory_bytes;
    failure alloc, host_alloc, launch, call;
    int lost_device; // -1: none
    uint64_t lost_after;
    uint64_t slow_us[max_devices];
    order lanes;
    uint64_t seed;
    unsigned char poison;
    int n_processors;
    int double_ratio; // float operations in the time of one in double
    bool report_leaks;
    bool written; // what is copied to the host must have been
    bool lazy;
};

// Aborts with a line that says what is allowed when a variable cannot be understood.
config read_config();

} // namespace rqa_emulator

#endif
