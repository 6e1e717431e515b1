#!/usr/bin/env python3
"""ctypes_caller.py - librqa from plain Python: standard library only.

Usage: ctypes_caller.py [PATH_TO_LIBRQA]
"""
import ctypes
import ctypes.util
import math
import sys


class AnalysisOptions(ctypes.Structure):
    """rqa_analysis_options as release 0.2.0 had it, field by field: a later one takes it."""
    _fields_ = [("struct_size", ctypes.c_uint32), ("convention", ctypes.c_int32),
                ("norm", ctypes.c_int32), ("compare", ctypes.c_int32),
                ("relation", ctypes.c_int32), ("threshold_unit", ctypes.c_int32),
                ("threshold", ctypes.c_double), ("threshold_y", ctypes.c_double),
                ("theiler", ctypes.c_int64), ("theiler_points", ctypes.c_int64),
                ("theiler_diagonal", ctypes.c_int64), ("theiler_vertical", ctypes.c_int64),
                ("lmin", ctypes.c_uint32), ("vmin", ctypes.c_uint32), ("wmin", ctypes.c_uint32),
                ("white_border", ctypes.c_int32), ("trend_border", ctypes.c_uint32),
                ("backend", ctypes.c_int32), ("measures", ctypes.c_uint64)]


STRUCT_ANALYSIS_OPTIONS = 4
MEASURE_COUNT = 19  # those of a mask of 0


def load(path):
    library = ctypes.CDLL(path)
    library.rqa_last_error.restype = ctypes.c_char_p
    library.rqa_measure_name.restype = ctypes.c_char_p
    library.rqa_struct_size.restype = ctypes.c_size_t
    library.rqa_series_create.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p,
                                          ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p]
    for name in ("context", "series", "embedding", "metrics"):
        getattr(library, f"rqa_{name}_destroy").argtypes = [ctypes.c_void_p]
        getattr(library, f"rqa_{name}_destroy").restype = None
    library.rqa_embedding_create.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32,
                                             ctypes.c_uint32]
    library.rqa_metrics_compute.argtypes = [ctypes.c_void_p] * 4
    library.rqa_metrics_get.argtypes = [ctypes.c_void_p, ctypes.c_int32, ctypes.c_void_p]
    #! [load]
    # A later release's may be longer: it takes ours as it is.
    if library.rqa_struct_size(STRUCT_ANALYSIS_OPTIONS) < ctypes.sizeof(AnalysisOptions):
        raise ImportError("rqa_analysis_options is shorter than what this script declares")
    #! [load]
    return library


def analyze(library, samples, dim, delay, threshold):
    """All measures of a list of numbers."""
    def check(status):
        if status:
            raise ValueError(library.rqa_last_error().decode())

    context, series, embedding, metrics = (ctypes.c_void_p() for _ in range(4))
    array = (ctypes.c_double * len(samples))(*samples)
    options = AnalysisOptions()
    library.rqa_analysis_options_init(ctypes.byref(options))
    options.threshold = threshold
    try:
        check(library.rqa_context_create(ctypes.byref(context), None))
        check(library.rqa_series_create(ctypes.byref(series), context, array, len(samples), 1, None))
        check(library.rqa_embedding_create(ctypes.byref(embedding), series, dim, delay))
        check(library.rqa_metrics_compute(ctypes.byref(metrics), embedding, None,
                                          ctypes.byref(options)))
        values = {}
        for measure in range(MEASURE_COUNT):
            value = ctypes.c_double()
            check(library.rqa_metrics_get(metrics, measure, ctypes.byref(value)))
            values[library.rqa_measure_name(measure).decode()] = value.value
        return values
    finally:
        library.rqa_metrics_destroy(metrics)
        library.rqa_embedding_destroy(embedding)
        library.rqa_series_destroy(series)
        library.rqa_context_destroy(context)


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else ctypes.util.find_library("rqa") or "librqa.so"
    library = load(path)
    result = analyze(library, [math.sin(0.1 * t) for t in range(500)], 2, 16, 0.2)
    for name, value in result.items():
        print(f"{name:8s} {value:.6g}")
    try:
        analyze(library, [0.0, 1.0], 5, 3, 0.2)
    except ValueError as error:
        print("as expected:", error)
    else:
        sys.exit("a series that is too short was accepted")


if __name__ == "__main__":
    main()
