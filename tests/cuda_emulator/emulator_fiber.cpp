// emulator_fiber.cpp - fibers by a few instructions on x86-64, by ucontext elsewhere.
#include "emulator_fiber.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "emulator_sanitizers.h"

#ifndef RQA_EMULATOR_UCONTEXT
// Saves what a call must preserve, changes the stack, restores. The rounding mode is not switched:
// no kernel leaves it changed.
asm(R"(
    .text
    .hidden rqa_emulator_switch
    .globl rqa_emulator_switch
    .type rqa_emulator_switch, @function
rqa_emulator_switch:
    .cfi_startproc
    endbr64
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .cfi_endproc
    .size rqa_emulator_switch, .-rqa_emulator_switch
)");
extern "C" void rqa_emulator_switch(void **save, void *load);
#endif

namespace rqa_emulator
{

namespace
{

// Sanitizers make frames several times larger.
#if defined(RQA_EMULATOR_ASAN) || defined(RQA_EMULATOR_TSAN)
constexpr size_t stack_bytes = 256 << 10;
#else
constexpr size_t stack_bytes = 64 << 10;
#endif

void *map_or_abort(void *where, size_t bytes, int protection, int flags)
{
    void *got = mmap(where, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (got == MAP_FAILED) {
        perror("rqa emulator: no memory for the stacks of a block");
        abort();
    }
    return got;
}

void machine_switch(fiber &from, fiber &to)
{
#ifdef RQA_EMULATOR_UCONTEXT
    swapcontext(&from.context, &to.context);
#else
    rqa_emulator_switch(&from.stack_pointer, to.stack_pointer);
#endif
}

} // namespace

void fiber_adopt_thread(fiber &self)
{
#ifdef RQA_EMULATOR_ASAN
    pthread_attr_t attributes;
    void *stack;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0 ||
        pthread_attr_getstack(&attributes, &stack, &self.stack_bytes) != 0) {
        fprintf(stderr, "rqa emulator: this thread's stack is unknown\n");
        abort();
    }
    self.stack = static_cast<char *>(stack);
    pthread_attr_destroy(&attributes);
#endif
#ifdef RQA_EMULATOR_TSAN
    self.race_state = __tsan_get_current_fiber();
#endif
    (void)self;
}

void fiber_prepare(fiber &self, void (*entry)())
{
#ifdef RQA_EMULATOR_UCONTEXT
    getcontext(&self.context);
    self.context.uc_stack.ss_sp = self.stack;
    self.context.uc_stack.ss_size = self.stack_bytes;
    self.context.uc_link = nullptr;
    makecontext(&self.context, entry, 0);
#else
    // Six registers, the address to return to, and a return address of the entry itself: none.
    void **top = reinterpret_cast<void **>(self.stack + self.stack_bytes) - 10;
    for (int k = 0; k < 10; k++)
        top[k] = nullptr;
    top[6] = reinterpret_cast<void *>(entry);
    self.stack_pointer = top;
#endif
    self.fake_stack = nullptr;
}

void fiber_entered()
{
#ifdef RQA_EMULATOR_ASAN
    __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
}

void fiber_switch(fiber &from, fiber &to)
{
#ifdef RQA_EMULATOR_ASAN
    __sanitizer_start_switch_fiber(&from.fake_stack, to.stack, to.stack_bytes);
#endif
#ifdef RQA_EMULATOR_TSAN
    // 1: the switch orders nothing, or no race between two lanes could be seen.
    __tsan_switch_to_fiber(to.race_state, 1);
#endif
    machine_switch(from, to);
#ifdef RQA_EMULATOR_ASAN
    __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

void fiber_leave(fiber &from, fiber &to)
{
#ifdef RQA_EMULATOR_ASAN
    __sanitizer_start_switch_fiber(nullptr, to.stack, to.stack_bytes);
#endif
#ifdef RQA_EMULATOR_TSAN
    __tsan_switch_to_fiber(to.race_state, 1);
#endif
    machine_switch(from, to);
    abort();
}

void fiber_map_stacks(fiber *fibers, size_t n)
{
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t pitch = page + stack_bytes;
    char *base = static_cast<char *>(map_or_abort(nullptr, n * pitch, PROT_NONE, MAP_NORESERVE));
    for (size_t k = 0; k < n; k++) {
        fibers[k].stack = base + k * pitch + page;
        fibers[k].stack_bytes = stack_bytes;
        map_or_abort(fibers[k].stack, stack_bytes, PROT_READ | PROT_WRITE, MAP_FIXED);
#ifdef RQA_EMULATOR_TSAN
        fibers[k].race_state = __tsan_create_fiber(0);
#endif
    }
}

} // namespace rqa_emulator
