"""cffi_consumer.py INCLUDE LIBRARY - the README's analysis through cffi, its declarations being the
installed headers as the C compiler's preprocessor leaves them."""
import subprocess
import sys

import cffi


def declarations(include: str) -> str:
    """What the headers of librqa declare, without those of the system."""
    command = ["cc", "-E", "-x", "c", "-std=c99", "-D__attribute__(x)=", "-I", include,
               f"{include}/rqa/rqa.h"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    own, lines = False, []
    for line in output.splitlines():
        if line.startswith("#"):
            own = include in line
        elif own:
            lines.append(line)
    return "\n".join(lines)


ffi = cffi.FFI()
ffi.cdef(declarations(sys.argv[1]))
lib = ffi.dlopen(sys.argv[2])
assert lib.rqa_struct_size(lib.RQA_STRUCT_ANALYSIS_OPTIONS) == ffi.sizeof("rqa_analysis_options")


def made(kind: str, create: str, *arguments: object) -> object:
    """What a create function makes, or its error as an exception."""
    out = ffi.new(f"rqa_{kind} **")
    if getattr(lib, create)(out, *arguments):
        raise ValueError(ffi.string(lib.rqa_last_error()).decode())
    return out[0]


x = ffi.new("double[]", [.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3])
options = ffi.new("rqa_analysis_options *")
lib.rqa_analysis_options_init(options)
options.threshold = 0.65
context = made("context", "rqa_context_create", ffi.NULL)
series = made("series", "rqa_series_create", context, x, len(x), 1, ffi.NULL)
embedding = made("embedding", "rqa_embedding_create", series, 2, 2)
metrics = made("metrics", "rqa_metrics_compute", embedding, ffi.NULL, options)
rr, det = ffi.new("double *"), ffi.new("double *")
assert lib.rqa_metrics_get(metrics, lib.RQA_MEASURE_RR, rr) == lib.RQA_OK
assert lib.rqa_metrics_get(metrics, lib.RQA_MEASURE_DET, det) == lib.RQA_OK
lib.rqa_metrics_destroy(metrics)
lib.rqa_embedding_destroy(embedding)
lib.rqa_series_destroy(series)
lib.rqa_context_destroy(context)
print(f"recurrence rate {rr[0]:.4f}, determinism {det[0]:.4f}")
