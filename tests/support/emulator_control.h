/* emulator_control.h - the emulated plugin's settings and counters, for the tests that use it. */
#ifndef EMULATOR_CONTROL_H
#define EMULATOR_CONTROL_H

#include <stdint.h>

/* What it exports (cuda_emulator/emulator_hooks.h); there after the first emulate(). */
typedef struct emulator_counters {
    uint64_t (*live_allocations)(void);
    uint64_t (*live_objects)(void);
    uint64_t (*peak_bytes)(int device);
    uint64_t (*launches)(int device);
    uint64_t (*waiting)(int device);
    uint64_t (*used_bytes)(int device);
    uint64_t (*contexts)(int device);
    uint64_t (*spins)(void);
    void *(*context)(void);
    void (*use_context)(void *context);
    void (*use_device)(int device);
} emulator_counters;

extern emulator_counters emulator;

/* The emulated plugin's file, as CTest names it. */
const char *emulator_path(void);

/* The emulator anew with these devices and faults alone: "DEVICES=2 FAIL_LAUNCH=%d", names without
 * RQA_EMULATOR_, separated by blanks. No other thread may be inside it.
 */
__attribute__((format(printf, 1, 2))) void emulate(const char *format, ...);

#endif
