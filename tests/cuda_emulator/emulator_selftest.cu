// emulator_selftest.cu - the plugin of the emulator's own tests: runs a case by name. Built by nvcc
// it is a program that asks a card whether it agrees with the emulator.
#include <string.h>

#include "emulator_cases.h"

extern "C" __attribute__((visibility("default"))) int emulator_selftest(const char *name);

int emulator_selftest(const char *name)
{
    const emulator_case *const lists[] = {
        meeting_cases, arithmetic_cases,
#ifdef RQA_CUDA_EMULATOR
        memory_cases,  runtime_cases,    guest_cases,
#endif
    };
    for (const emulator_case *list : lists)
        for (const emulator_case *c = list; c->name; c++)
            if (!strcmp(c->name, name))
                return c->run();
    printf("no case is called %s\n", name);
    return 2;
}

#ifndef RQA_CUDA_EMULATOR
int main()
{
    int n_bad = 0;
    for (const char *name : {"barrier", "syncwarp", "votes", "collectives", "crossed_masks",
                             "indices", "integers", "floats", "atomics", "vectors"}) {
        const int bad = emulator_selftest(name) != 0 || cudaDeviceSynchronize() != cudaSuccess;
        printf("%-14s %s\n", name, bad ? "differs from the emulator" : "as in the emulator");
        n_bad += bad;
    }
    return n_bad != 0;
}
#endif
