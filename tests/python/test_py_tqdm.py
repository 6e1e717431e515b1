"""test_py_tqdm.py - the progress bar counts every row, and is closed when something fails."""
import contextlib
import io
import sys
import unittest

from py_case import main, noise
import rqa

try:
    import tqdm  # noqa: F401
except ImportError:
    print("skipped: no tqdm")
    sys.exit(77)


class Bar(unittest.TestCase):
    def test_bar(self):
        text = io.StringIO()
        with contextlib.redirect_stderr(text):
            rqa.sweep([noise(300), [1, float("nan")]], dim=range(1, 11), threshold=[.1, .2],
                      progress=True)
        self.assertIn("40.0/40.0", text.getvalue())
        self.assertIn("failed=20", text.getvalue())


if __name__ == "__main__":
    main()
