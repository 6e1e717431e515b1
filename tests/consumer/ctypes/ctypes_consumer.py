"""ctypes_consumer.py EXAMPLES LIBRARY - the README's analysis through examples/ctypes_caller.py."""
import sys

sys.path.insert(0, sys.argv[1])
import ctypes_caller  # noqa: E402

library = ctypes_caller.load(sys.argv[2])
x = [.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3]
result = ctypes_caller.analyze(library, x, dim=2, delay=2, threshold=0.65)
print(f"recurrence rate {result['rr']:.4f}, determinism {result['det']:.4f}")
