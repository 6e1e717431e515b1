// emulator_sanitizers.h - the calls by which the emulator tells the sanitizers what it does.
// Without them they are empty.
#ifndef RQA_EMULATOR_SANITIZERS_H
#define RQA_EMULATOR_SANITIZERS_H

#include <stddef.h>

#ifdef RQA_EMULATOR_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#endif

#ifdef RQA_EMULATOR_TSAN
extern "C" {
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
void __tsan_acquire(void *address);
void __tsan_release(void *address);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
}
#endif

namespace rqa_emulator
{

inline void race_release(void *object)
{
#ifdef RQA_EMULATOR_TSAN
    __tsan_release(object);
#else
    (void)object;
#endif
}

inline void race_acquire(void *object)
{
#ifdef RQA_EMULATOR_TSAN
    __tsan_acquire(object);
#else
    (void)object;
#endif
}

// While one of these lives, ThreadSanitizer takes memory that is freed or mapped to be new, without
// asking who used it before.
struct race_silence {
#ifdef RQA_EMULATOR_TSAN
    race_silence()
    {
        AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
        AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    }
    ~race_silence()
    {
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
        AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
    }
#else
    race_silence()
    {
    }
#endif
};

} // namespace rqa_emulator

#endif
