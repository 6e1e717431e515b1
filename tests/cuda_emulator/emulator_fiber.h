// emulator_fiber.h - a fiber: a stack that can be left and entered again, known to the sanitizers.
#ifndef RQA_EMULATOR_FIBER_H
#define RQA_EMULATOR_FIBER_H

#include <stddef.h>

#if !defined(__x86_64__) && !defined(RQA_EMULATOR_UCONTEXT)
#define RQA_EMULATOR_UCONTEXT
#endif
#ifdef RQA_EMULATOR_UCONTEXT
#include <ucontext.h>
#endif

namespace rqa_emulator
{

struct fiber {
    char *stack = nullptr;
    size_t stack_bytes = 0;
#ifdef RQA_EMULATOR_UCONTEXT
    ucontext_t context;
#else
    void *stack_pointer = nullptr;
#endif
    // AddressSanitizer's and ThreadSanitizer's own records of the fiber.
    void *fake_stack = nullptr;
    void *race_state = nullptr;
};

// Describes the thread that calls, so that fibers can switch back to it.
void fiber_adopt_thread(fiber &self);
// The next switch to the fiber calls entry, which must begin with fiber_entered() and not return.
void fiber_prepare(fiber &self, void (*entry)());
void fiber_entered();
void fiber_switch(fiber &from, fiber &to);
// Leaves a fiber for good: its entry has nothing more to do.
[[noreturn]] void fiber_leave(fiber &from, fiber &to);

// Stacks for n fibers, each above a page that cannot be touched; kept by the caller.
void fiber_map_stacks(fiber *fibers, size_t n);

} // namespace rqa_emulator

#endif
