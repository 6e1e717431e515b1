"""Files as the program reads them: one as a table, a folder of them as recordings for a sweep."""
from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, TypedDict, Union

import numpy as np
import numpy.typing as npt

from ._library import _PACKAGE, _TREE
from ._library import path as _library_path
from ._names import file_path, integer, shown
from .types import Floats, Path
from .types import Table as Frame
from .errors import fail

if TYPE_CHECKING:
    from typing_extensions import Unpack

#: Columns: a list of names and numbers, or such a list as the program has it.
Names = Union[str, Sequence[Union[str, int]], None]

# As examples/rqa/cli_files.c has them.
_ENDINGS = (".csv", ".tsv", ".txt", ".npy", ".npz", ".mat", ".edf", ".bdf", ".wav", ".trc", ".asc")
_MESSAGE = 700
_STATUSES = {1: "VALUE", 2: "IO", 3: "MEMORY_LIMIT"}


class Table(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    values : array, samples x columns
        NaN where a value is missing.
    columns : list of str
        Their names.
    sampling_rate : float, or None
        Samples in a second, where the file states it.
    parts : array of int, or None
        The recording that each row belongs to, where the file holds several.
    keys : list of dict
        What tells the parts apart.

    Examples
    --------
    >>> np.savetxt("gaze.csv", [[1.0, 2.0], [3.0, 4.0]], delimiter=",", header="x,y", comments="")
    >>> found = rqa.read("gaze.csv")
    >>> found.columns, found.values.shape, found.sampling_rate
    (['x', 'y'], (2, 2), None)
    """

    values: Floats
    columns: list[str]
    sampling_rate: Optional[float]
    parts: Optional[npt.NDArray[np.uint32]]
    keys: list[dict[str, str]]


class Recording(tuple[str, dict[str, str], Floats]):
    """(label, keys, samples), as `sweep` takes it.

    Attributes
    ----------
    columns : list of str
        What the samples are.
    sampling_rate : float, or None
        Samples in a second, where the file states it.
    """

    columns: list[str]
    sampling_rate: Optional[float]


class Reading(TypedDict, total=False):
    """The options of read() but for columns and by."""

    where: Optional[str]
    missing: Optional[str]
    variable: Optional[str]
    delimiter: Optional[str]
    decimal: Optional[str]
    header: Optional[bool]
    skip_lines: int
    comment: Optional[str]


class _Options(ctypes.Structure):
    """readers_options of readers.h."""

    _fields_ = [("struct_size", ctypes.c_uint32), ("header", ctypes.c_int32),
                ("columns", ctypes.c_char_p), ("keys", ctypes.c_char_p), ("where", ctypes.c_char_p),
                ("missing", ctypes.c_char_p), ("variable", ctypes.c_char_p), ("comment", ctypes.c_char_p),
                ("skip_lines", ctypes.c_uint64), ("memory_bytes", ctypes.c_uint64),
                ("delimiter", ctypes.c_int32), ("decimal", ctypes.c_int32)]


def _candidates() -> Iterator[str]:
    """Beside the package, beside the library, in a source tree."""
    name = "librqa_readers" + {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    yield os.path.join(_PACKAGE, name)
    folder = os.path.dirname(_library_path)
    for place in ((name,), ("rqa", name), ("..", "examples", "rqa", name)):
        yield os.path.join(folder, *place)
    yield os.path.join(_TREE, "build", "examples", "rqa", name)


def _open() -> Any:
    given = os.environ.get("RQA_READERS")
    for path in [given] if given else _candidates():
        if not given and not os.path.exists(path):
            continue
        try:
            return ctypes.CDLL(path)
        except OSError as error:
            raise ImportError(f"rqa: {path} cannot be loaded: {error}") from None
    raise ImportError("rqa: librqa_readers was not found beside the package or librqa; it is built "
                      "with the program. RQA_READERS can name it.")


_readers: Any = None


def _load() -> Any:
    """The readers, when a file is first read."""
    global _readers
    if _readers is None:
        lib = _open()
        handle, count = ctypes.c_void_p, ctypes.c_uint64
        lib.readers_open.argtypes = [ctypes.POINTER(handle), ctypes.c_char_p, ctypes.POINTER(_Options),
                                     ctypes.c_char_p]
        functions: list[tuple[str, Any, list[Any]]] = [
            ("close", None, []), ("n_rows", count, []), ("n_columns", count, []),
            ("values", ctypes.c_void_p, []), ("column", ctypes.c_char_p, [count]),
            ("sampling_rate", ctypes.c_double, []), ("n_parts", count, []), ("n_keys", count, []),
            ("parts", ctypes.c_void_p, []), ("key_name", ctypes.c_char_p, [count]),
            ("key", ctypes.c_char_p, [count, count])]
        for name, result, arguments in functions:
            function = getattr(lib, "readers_" + name)
            function.restype = result
            function.argtypes = [handle, *arguments]
        _readers = lib
    return _readers


def _listed(value: Names, name: str) -> Optional[bytes]:
    """Names and numbers as a list of the program; a name that holds a comma or a quote is quoted."""
    if value is None or isinstance(value, str):
        return None if value is None else value.encode()
    items = []
    for item in value:
        if isinstance(item, (int, np.integer)):
            items.append(str(item))
        elif isinstance(item, str):
            items.append('"' + item.replace('"', '""') + '"')
        else:
            fail("VALUE", f"{name} holds {shown(item)}; allowed are names and numbers from 1")
    return ",".join(items).encode()


def _sign(value: Optional[str], name: str) -> int:
    """0 for None."""
    if value is None:
        return 0
    if not isinstance(value, str) or len(value) != 1 or not value.isascii():
        fail("VALUE", f"{name} is {shown(value)}; allowed is one ASCII character")
    return ord(value)


def _text(value: Optional[bytes]) -> str:
    return (value or b"").decode(errors="replace")


def _copied(address: int, n: int, kind: Any, dtype: Any) -> Any:
    return np.frombuffer((kind * n).from_address(address), dtype=dtype).copy()


def read(path: Path, *, columns: Names = None, by: Names = None, where: Optional[str] = None,
         missing: Optional[str] = None, variable: Optional[str] = None,
         delimiter: Optional[str] = None, decimal: Optional[str] = None,
         header: Optional[bool] = None, skip_lines: int = 0,
         comment: Optional[str] = None) -> Table:
    """A file as the program reads it: text, .npy, .npz, .mat, EDF, BDF, WAV, .trc and others.

    Parameters
    ----------
    path : Path
        The file.
    columns : str or list of str and int, optional
        Names or numbers from 1; "all" has the clock too. None is all columns, and an error if one
        looks like a clock.
    by : str or list of str and int, optional
        Columns whose values split a text table into recordings.
    where : str, optional
        "COLUMN=TEXT": only the rows that have this text.
    missing : str, optional
        Texts or numbers that mean missing, separated by commas.
    variable : str, optional
        Array of a .npz or .mat file, or section of a Vicon file.
    delimiter, decimal : str, optional
        What separates columns, and whole from decimals; None is found out.
    header : bool, optional
        Whether the first line names the columns; None is found out.
    skip_lines : int
        Lines to leave out at the top.
    comment : str, optional
        What begins a line that is left out.

    Returns
    -------
    Table
        The values, their columns, and what else the file says.

    Raises
    ------
    Error
        With the line that the program says.

    Examples
    --------
    >>> np.savetxt("gaze.csv", [[0, 1.5], [1, -9], [2, 2.5]], delimiter=",", header="t,x",
    ...            comments="")
    >>> rqa.read("gaze.csv", columns="x", missing="-9").values.ravel().tolist()
    [1.5, nan, 2.5]
    """
    lib = _load()
    options = _Options(struct_size=ctypes.sizeof(_Options),
                       skip_lines=integer(skip_lines, "skip_lines", 0, 2**63 - 1),
                       header=0 if header is None else 1 if header else -1,
                       delimiter=_sign(delimiter, "delimiter"),
                       decimal=_sign(decimal, "decimal"), columns=_listed(columns, "columns"),
                       keys=_listed(by, "by"), where=_listed(where, "where"),
                       missing=_listed(missing, "missing"), variable=_listed(variable, "variable"),
                       comment=_listed(comment, "comment"))
    file = ctypes.c_void_p()
    message = ctypes.create_string_buffer(_MESSAGE)
    code = lib.readers_open(ctypes.byref(file), os.fsencode(file_path(path, "path")),
                            ctypes.byref(options), message)
    if code:
        fail(_STATUSES[code], _text(message.value))
    try:
        return _table(lib, file)
    finally:
        lib.readers_close(file)


def _table(lib: Any, file: ctypes.c_void_p) -> Table:
    n_rows, n_columns = lib.readers_n_rows(file), lib.readers_n_columns(file)
    values = _copied(lib.readers_values(file), n_rows * n_columns, ctypes.c_double, np.float64)
    n_parts, n_keys = lib.readers_n_parts(file), lib.readers_n_keys(file)
    parts = _copied(lib.readers_parts(file), n_rows, ctypes.c_uint32, np.uint32) if n_parts else None
    names = [_text(lib.readers_key_name(file, k)) for k in range(n_keys)]
    return Table(values.reshape(n_rows, n_columns),
                 [_text(lib.readers_column(file, k)) for k in range(n_columns)],
                 lib.readers_sampling_rate(file) or None, parts,
                 [{name: _text(lib.readers_key(file, part, k)) for k, name in enumerate(names)}
                  for part in range(n_parts)])


def _stem(name: str) -> str:
    """The name without the endings of recordings; "" if it has none of them."""
    bare = name[:-3] if name.lower().endswith(".gz") else name
    stem, ending = os.path.splitext(bare)
    return stem if ending.lower() in _ENDINGS else ""


def _found(given: Path) -> list[tuple[str, str, dict[str, str]]]:
    """(path, label, keys) of the files behind one input; sub-folders are groups."""
    root = file_path(given, "given")
    if not os.path.isdir(root):
        return [(root, root, {})]
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = os.path.relpath(folder, root)
        for name in names:
            if not name.startswith(".") and _stem(name):
                below = name if inside == "." else os.path.join(inside, name)
                files.append((os.path.join(root, below), below, "" if inside == "." else inside))
    if not files:
        fail("VALUE", f"{root}: the folder holds no recordings ({', '.join(_ENDINGS)} or one of these "
                      "with .gz)")
    labels = [_stem(below) for _, below, _ in files]
    grouped = any(group for _, _, group in files)
    return sorted((path, label if labels.count(label) == 1 else below, {"group": group} if grouped else {})
                  for (path, below, group), label in zip(files, labels))


def _recording(label: str, keys: dict[str, str], samples: Any, table: Table) -> Recording:
    made = Recording((label, keys, samples))
    made.columns = table.columns
    made.sampling_rate = table.sampling_rate
    return made


def _of_file(path: str, label: str, keys: dict[str, str], by: Names, columns: Names,
             options: Reading, is_only: bool) -> Iterator[Recording]:
    table = read(path, by=by, columns=columns, **options)
    if table.parts is None:
        yield _recording(label, keys, table.values, table)
        return
    # As the program labels them: [FILE:]KEY/KEY by columns, FILE#TRIAL by the file itself.
    prefix = f"{label}#" if by is None else "" if is_only else f"{label}:"
    for part, texts in enumerate(table.keys):
        yield _recording(prefix + "/".join(texts.values()), keys if by is None else texts,
                         table.values[table.parts == part], table)


def _of_frame(frame: Any, by: Names, columns: Names) -> list[Recording]:
    """A pandas data frame, split by columns."""
    if by is None:
        fail("VALUE", "by is not given; of a data frame it names the columns that tell its recordings "
                      "apart")
    names: list[Any] = [by] if isinstance(by, str) else list(by)
    chosen: list[Any] = [name for name in frame.columns if name not in names] if columns is None else \
        [columns] if isinstance(columns, str) else list(columns)
    found = []
    for values, part in frame.groupby(names, sort=False):
        texts = [str(value) for value in (values if isinstance(values, tuple) else (values,))]
        table = Table(part[chosen].to_numpy(float), [str(name) for name in chosen], None, None, [])
        found.append(_recording("/".join(texts), dict(zip(map(str, names), texts)), table.values, table))
    return found


def recordings(given: Union[Path, Iterable[Path], Frame], *, by: Names = None,
               columns: Names = None, **options: "Unpack[Reading]") -> list[Recording]:
    """Recordings for a sweep, as the program takes them from files, folders and long tables.

    Parameters
    ----------
    given : Path, list of Path, or pandas.DataFrame
        Of a folder all files, named without their endings; sub-folders are groups.
    by : str or list of str, optional
        Columns of a long table that tell its recordings apart.
    columns : str or list, optional
        As `read` has it.

    Other parameters are those of `read`.

    Returns
    -------
    list of Recording
        Triples (label, keys, samples), which `sweep` takes; each has columns and sampling_rate.

    Raises
    ------
    Error
        For the first file that cannot be read.

    Examples
    --------
    >>> for name in ("a", "b"):
    ...     np.savetxt(name + ".csv", np.sin(0.1 * np.arange(200)), header="x", comments="")
    >>> found = rqa.recordings(["a.csv", "b.csv"])
    >>> found[0][0], found[0].columns, rqa.sweep(found, threshold=0.1)["series"].tolist()
    ('a.csv', ['x'], ['a.csv', 'b.csv'])
    """
    if hasattr(given, "groupby"):
        if options:
            fail("VALUE", f"{next(iter(options))} is for files; a data frame is given")
        return _of_frame(given, by, columns)
    inputs: Iterable[Path] = [given] if isinstance(given, (str, bytes, os.PathLike)) else given
    if not isinstance(inputs, Iterable):
        fail("VALUE", f"given is {shown(given)}; allowed are a path, a list of paths and a data frame")
    files = [file for one in inputs for file in _found(one)]
    grouped = any(keys for _, _, keys in files)
    found: list[Recording] = []
    for path, label, keys in files:
        keys = keys or ({"group": ""} if grouped else {})
        found += _of_file(path, label, keys, by, columns, options, len(files) == 1)
    return found
