"""test_py_plot.py - Matrix.plot: black where it recurs, the origin at the lower left."""
import io
import sys
import unittest

from py_case import main, np
import rqa

try:
    import matplotlib
except ImportError:
    print("skipped: no matplotlib")
    sys.exit(77)
matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


class Plot(unittest.TestCase):
    def pixels(self, cells, **options):
        """Grey values of the plot area, a pixel a cell or block, row 0 at the bottom."""
        n_rows, n_columns = cells.shape
        figure = pyplot.figure(figsize=(n_columns / 10, n_rows / 10), dpi=10)
        axes = figure.add_axes((0, 0, 1, 1))
        self.assertIs(rqa.Matrix.from_numpy(cells).plot(axes, **options), axes)
        self.assertEqual(axes.get_xlim(), (0, n_columns))
        axes.set_axis_off()
        buffer = io.BytesIO()
        figure.savefig(buffer, dpi=10, format="rgba")
        pyplot.close(figure)
        image = np.frombuffer(buffer.getvalue(), np.uint8).reshape(n_rows, n_columns, 4)
        return image[::-1, :, 0]

    def test_cells(self):
        cells = np.random.default_rng(3).random((30, 40)) < 0.3
        np.testing.assert_array_equal(self.pixels(cells), np.where(cells, 0, 255))

    def test_blocks(self):
        cells = np.zeros((40, 40), dtype=bool)
        cells[:4, 36:] = True  # lower right
        grey = self.pixels(cells, max_pixels=10)
        self.assertEqual((grey[1, 38], grey[38, 1], grey[1, 1]), (0, 255, 255))

    def test_new_figure(self):
        axes = rqa.matrix(np.arange(10.0), threshold=1).plot(sample_period=0.5)
        self.assertEqual(axes.get_xlim(), (0, 5))
        self.assertTrue(axes.get_xlabel() and axes.get_ylabel())
        pyplot.close(axes.figure)


if __name__ == "__main__":
    main()
