/* emulator_hooks.h - what an emulated plugin exports beside its own entry point, for tests: found
   with dlsym. */
#ifndef RQA_EMULATOR_HOOKS_H
#define RQA_EMULATOR_HOOKS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Live allocations of device memory, and live pinned blocks, streams and events, of all devices. */
uint64_t rqa_emulator_live_allocations(void);
uint64_t rqa_emulator_live_objects(void);
/* Bytes of device memory in use, and the most that ever were; device -1: the sum over devices. */
uint64_t rqa_emulator_used_bytes(int device);
uint64_t rqa_emulator_peak_bytes(int device);
/* Launches accepted since the start; device -1: of all devices. */
uint64_t rqa_emulator_launches(int device);

/* Of these, those that nobody has waited for yet: with LAZY=1 they have not begun. */
uint64_t rqa_emulator_waiting(int device);
/* Devices that have had a context since the start; device -1: of all. */
uint64_t rqa_emulator_contexts(int device);
/* Waits since the start that kept a processor busy: all but those for an event that was made with
   cudaEventBlockingSync. */
uint64_t rqa_emulator_spins(void);
/* The calling thread's context, NULL if it has none. Another one: NULL, what the former gave, or
   any other address, which is a context that the host has made on device 0. That of a device. */
void *rqa_emulator_context(void);
void rqa_emulator_use_context(void *context);
void rqa_emulator_use_device(int device);
/* Puts a call of work(argument) into a stream of the calling thread's device, as a library with
   kernels of its own does. 0, or the error that a launch there would give. */
int rqa_emulator_enqueue(void *stream, void (*work)(void *argument), void *argument);
/* Reads the environment again and starts counting anew: calls, launches, peaks; lost devices are
   back. What is allocated stays. No other thread may be inside the plugin. */
void rqa_emulator_reload(void);

#ifdef __cplusplus
}
#endif

#endif
