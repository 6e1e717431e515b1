// caller_context.h - the CUDA context that the calling thread came with.
//
// A host may use CUDA itself, through a runtime of its own: what is current on its thread is its
// own business. Every entry of the plugin that makes a device current holds one of these, which
// gives back at its end what there was: a context of whatever device, one that the host has made
// with the driver, or none. cudaSetDevice() would not do: it makes a context where there was none,
// and drops the host's own.
#ifndef RQA_CUDA_CALLER_CONTEXT_H
#define RQA_CUDA_CALLER_CONTEXT_H

struct caller_context {
    caller_context();
    ~caller_context();
    caller_context(const caller_context &) = delete;
    caller_context &operator=(const caller_context &) = delete;

    // Around a call of the host's code: it finds its own context, and may leave another.
    void lend();
    void take_back();

  private:
    int (*get)(void **context); // cuCtxGetCurrent(); NULL: the driver cannot be asked
    int (*set)(void *context);  // cuCtxSetCurrent()
    void *theirs, *ours;
};

#endif
