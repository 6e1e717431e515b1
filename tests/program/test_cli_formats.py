#!/usr/bin/env python3
"""test_cli_formats.py - files as people have them: .npz, .mat, EDF, BDF, WAV, tables of devices, and
what is recognised though it is not read.

Usage: test_cli_formats.py PATH_TO_RQA
"""
import gzip
import io
import math
import os
import random
import struct
import subprocess
import sys
import wave
import zipfile

import test_cli as cli
from test_cli import RQA, Skipped, analyze, npy, read_csv, refused, refused_sweep, run, test, write

cli.tests.clear()  # those of the other file

try:
    import numpy
except ImportError:
    numpy = None
try:
    import scipy.io
except ImportError:
    scipy = None

ONE = ["--threshold", "1"]
BUILT = run("version")[0]
random.seed(17)
N = 120
ROWS = [(round(random.gauss(0, 1), 3), round(random.gauss(0, 1), 3)) for _ in range(N)]


def table(rows=ROWS, names="x,y"):
    return names + "\n" + "".join(",".join(repr(v) for v in row) + "\n" for row in rows)


def wanted(rows, *options):
    """What the plain table of these rows gives."""
    width = len(rows[0])
    write("plain.csv", table(rows, ",".join(f"c{k}" for k in range(width))))
    return cli.comparable(analyze("plain.csv", *ONE, *options))


def same(rows, name, *options):
    assert cli.comparable(analyze(name, *ONE, *options)) == wanted(rows), (name, options)


def need(module, name):
    if module is None:
        raise Skipped(f"no {name}")


def need_built(kind):
    if f"{kind} files: not read" in BUILT:
        raise Skipped(f"built without the library for {kind}")


# --- arrays by name -------------------------------------------------------------------------------

X = [[a] for a, _ in ROWS]


@test
def npz():
    need(numpy, "numpy")
    m = numpy.array(ROWS)
    for save, name in ((numpy.savez, "plain.npz"), (numpy.savez_compressed, "packed.npz")):
        save(name, m)
        same(ROWS, name)
        save(name, x=m[:, 0], y=m[:, 1].astype("f8").reshape(-1, 1), fs=250.0)
        same(ROWS, name)
        same([(b, a) for a, b in ROWS], name, "--columns", "y,x")
        same(X, name, "--variable", "x")
        save(name, m=numpy.asfortranarray(m), x=m[:, 0], word=numpy.array(["a", "b"]))
        refused("choose one with --variable NAME; it holds m (120 x 2), x (120 x 1), word (no table",
                name, *ONE)
        same(ROWS, name, "--variable", "m")
        same([[b] for _, b in ROWS], name, "--variable", "m", "--columns", "2")
        same(X, name, "--columns", "x")
        refused(f"{name}: 'word' is no table of numbers", name, *ONE, "--variable", "word")
        refused(f"{name}: there is no variable 'q'", name, *ONE, "--variable", "q")
        refused(f"{name}: there is no column 'q'", name, *ONE, "--columns", "q")
        refused("no key columns", name, *ONE, "--variable", "x", "--group-by", "x")
        refused("--skip-lines is for text tables; this is a .npz file", name, *ONE, "--skip-lines", "1")
    numpy.savez("lengths.npz", x=m[:, 0], y=m[:50, 1])
    refused("lengths.npz: its vectors differ in length", "lengths.npz", *ONE)
    same(X, "lengths.npz", "--columns", "x")
    numpy.savez("clock.npz", t=numpy.arange(N) / 4, x=m[:, 0])
    refused("column 't' looks like a clock", "clock.npz", *ONE)
    numpy.savez("wide.npz", x=numpy.array([2**53 + 1, 1, 2]))
    refused("wide.npz: sample 0, column 1: the integer is no exact double", "wide.npz", *ONE)
    numpy.savez("hole.npz", x=numpy.where(m[:, 0] < -1, numpy.nan, m[:, 0]))
    refused("column x: a missing value", "hole.npz", *ONE)
    assert analyze("hole.npz", *ONE, "--missing-policy", "skip")["n_samples"] == N
    with open("packed.npz", "rb") as file:
        out = analyze("-", *ONE, "--variable", "m", stdin=file.read())
    assert cli.comparable(out) == wanted(ROWS)


@test
def damaged_npz():
    need(numpy, "numpy")
    numpy.savez_compressed("whole.npz", x=numpy.array(ROWS))
    whole = open("whole.npz", "rb").read()
    for cut in range(40, len(whole), 97):
        write("cut.npz", whole[:cut])
        refused("cut.npz: the .npz archive is cut short or damaged", "cut.npz", *ONE)
    at = whole.index(b".npy") + 60
    write("flip.npz", whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
    refused("flip.npz: the .npz archive is cut short or damaged", "flip.npz", *ONE)
    numpy.savez("flat.npz", x=numpy.array(ROWS))
    whole = open("flat.npz", "rb").read()
    at = whole.index(b"PK\1\2") - 1  # in the last number, which only the checksum knows
    write("flat.npz", whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
    refused("flat.npz: the .npz archive is cut short or damaged", "flat.npz", *ONE)
    # A directory that claims more than deflate can pack is refused before memory is taken.
    at = whole.index(b"PK\1\2") + 24
    write("bomb.npz", whole[:at] + struct.pack("<I", 0xf0000000) + whole[at + 4:])
    refused("bomb.npz: the .npz archive is cut short or damaged", "bomb.npz", *ONE)


@test
def mat():
    need(scipy, "scipy")
    m = numpy.array(ROWS)
    for packed in (False, True):
        def save(name, **variables):
            scipy.io.savemat(name, variables, do_compression=packed)
        save("m.mat", m=m)
        same(ROWS, "m.mat")
        same(ROWS, "m.mat", "--variable", "m")
        save("xy.mat", x=m[:, 0].reshape(1, -1), y=m[:, 1].reshape(-1, 1), fs=250.0)
        same(ROWS, "xy.mat")
        same(X, "xy.mat", "--columns", "x")
        save("mix.mat", m=m, x=m[:, 0], s={"a": 1}, c=numpy.array([1, "b"], dtype=object), z=m[:, 0] + 1j,
             text="hello", sparse=scipy.sparse.csc_matrix(m), cube=numpy.zeros((2, 3, 4)))
        same(ROWS, "mix.mat", "--variable", "m")
        same(X, "mix.mat", "--columns", "x")
        refused("choose one with --variable NAME; it holds m (120 x 2), x (1 x 120), s (a struct), "
                "c (a cell array), z (complex), text (text), sparse (sparse), cube (no matrix, ",
                "mix.mat", *ONE)
        for name, what in (("s", "a struct"), ("c", "a cell array"), ("z", "complex"), ("text", "text"),
                           ("sparse", "sparse"), ("cube", "no matrix")):
            refused(f"mix.mat: '{name}' is {what}", "mix.mat", *ONE, "--variable", name)
        for kind in ("f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "?"):
            whole = (abs(m * 20)).astype(kind)
            save("kind.mat", x=whole)
            same([tuple(float(v) for v in row) for row in whole], "kind.mat")
        save("wide.mat", x=numpy.array([1, 2**53 + 1], dtype="i8"))
        refused("wide.mat: x(1,2): the integer is no exact double", "wide.mat", *ONE)
        save("nan.mat", x=numpy.where(m[:, 0] < -1, numpy.nan, m[:, 0]))
        refused("column x: a missing value", "nan.mat", *ONE)
        save("scalar.mat", fs=250.0)
        refused("there is no real array of two numbers and more in the file; it holds fs (1 x 1)",
                "scalar.mat", *ONE)
    whole = open("m.mat", "rb").read()
    assert cli.comparable(analyze("-", *ONE, stdin=whole)) == wanted(ROWS)
    write("m.mat.gz", gzip.compress(whole))
    same(ROWS, "m.mat.gz")
    big = (b"MATLAB 5.0 MAT-file".ljust(124) + b"\1\0MI" + struct.pack(">2I", 14, 80) +
           struct.pack(">2I2I", 6, 8, 6, 0) + struct.pack(">2I2i", 5, 8, 2, 2) + b"\0\1\0\1x\0\0\0" +
           struct.pack(">2I4d", 9, 32, 1, 2, 3, 4.5))
    write("big.mat", big)
    same([(1.0, 3.0), (2.0, 4.5)], "big.mat")


@test
def damaged_mat():
    need(scipy, "scipy")
    for packed in (False, True):
        scipy.io.savemat("whole.mat", {"x": numpy.array(ROWS)}, do_compression=packed)
        whole = open("whole.mat", "rb").read()
        for cut in list(range(140, len(whole), 131)) + [len(whole) - 1]:
            write("cut.mat", whole[:cut])
            refused("cut.mat: the MATLAB file is ", "cut.mat", *ONE)
    scipy.io.savemat("whole.mat", {"x": numpy.array(ROWS)})
    whole = bytearray(open("whole.mat", "rb").read())
    dims = 128 + 8 + 16 + 8
    assert struct.unpack_from("<2i", whole, dims) == (N, 2)
    for shape in ((N + 1, 2), (N, 1), (-1, 2), (2**31 - 1, 65535), (N * 1000, 2)):
        struct.pack_into("<2i", whole, dims, *shape)
        write("dims.mat", bytes(whole))
        refused("dims.mat: the MATLAB file is damaged", "dims.mat", *ONE)


def mat73(name, **arrays):
    """As MATLAB -v7.3 writes it: HDF5 behind a block of 512 bytes, arrays lying on their side."""
    import h5py
    with h5py.File(name, "w", userblock_size=512) as file:
        for key, value in arrays.items():
            value = numpy.atleast_2d(value)
            data = file.create_dataset(key, data=value.T)
            word = {"f8": b"double", "f4": b"single", "i2": b"int16"}[value.dtype.str[1:]]
            kind = h5py.h5t.C_S1.copy()
            kind.set_size(len(word))
            kind.set_strpad(h5py.h5t.STR_NULLTERM)
            h5py.h5a.create(data.id, b"MATLAB_class", kind, h5py.h5s.create(h5py.h5s.SCALAR)).write(
                numpy.array(word), mtype=kind)
    with open(name, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM")


@test
def mat_of_version_7_3():
    need(numpy, "numpy")
    need_built(".mat -v7.3")
    try:
        import h5py
    except ImportError:
        raise Skipped("no h5py") from None
    m = numpy.array(ROWS)
    mat73("v73.mat", m=m)
    same(ROWS, "v73.mat")
    mat73("both.mat", m=m, x=m[:, 0].astype("f4"), i=(m[:, 1] * 50).astype("i2"), fs=250.0)
    refused("choose one with --variable NAME", "both.mat", *ONE)
    same(ROWS, "both.mat", "--variable", "m")
    same([(float(v),) for v in m[:, 0].astype("f4")], "both.mat", "--columns", "x")
    same([(int(v),) for v in (m[:, 1] * 50).astype("i2")], "both.mat", "--variable", "i")
    whole = open("v73.mat", "rb").read()
    refused("a MATLAB file of version 7.3 is read from a file of its own", "-", *ONE, stdin=whole)
    write("v73.mat.gz", gzip.compress(whole))
    refused("a MATLAB file of version 7.3 is read from a file of its own", "v73.mat.gz", *ONE)
    for cut in list(range(600, len(whole), 301)) + [len(whole) - 1]:
        write("cut73.mat", whole[:cut])
        refused("cut73.mat: the MATLAB file ", "cut73.mat", *ONE)
    with h5py.File("plain.h5", "w") as file:
        file["x"] = m
    refused("plain.h5: an HDF5 file that is not MATLAB's, which is not read; ", "plain.h5", *ONE)


# --- EDF, BDF, WAV --------------------------------------------------------------------------------

def edf(signals, n_records, seconds=1, bdf=False, reserved="", stated=None, limits=None):
    """signals: (label, samples of a record, digital values); limits: (physical, digital) min and max."""
    physical, digital = limits or ((-10, 10), (-8388608, 8388607) if bdf else (-2048, 2047))
    n = len(signals)

    def text(value, width):
        return str(value).ljust(width).encode()

    head = (b"\xffBIOSEMI" if bdf else text("0", 8)) + text("X", 80) + text("Startdate", 80)
    head += text("01.02.03", 8) + text("04.05.06", 8) + text(256 * (n + 1), 8) + text(reserved, 44)
    head += text(n_records if stated is None else stated, 8) + text(seconds, 8) + text(n, 4)
    head += b"".join(text(label, 16) for label, _, _ in signals) + b" " * 80 * n
    head += text("uV", 8) * n
    for value in (*physical, *digital):
        head += text(value, 8) * n
    head += b" " * 80 * n + b"".join(text(spr, 8) for _, spr, _ in signals) + b" " * 32 * n
    body = b""
    for record in range(n_records):
        for label, spr, values in signals:
            for value in values[record * spr:(record + 1) * spr]:
                body += int(value).to_bytes(3 if bdf else 2, "little", signed=True)
    return head + body


DIGITAL = [(random.randint(-2048, 2047), random.randint(-2048, 2047)) for _ in range(N)]


def physical(d, pmin=-10, pmax=10, dmin=-2048, dmax=2047):
    return (float(d) - dmin) * (pmax - pmin) / (dmax - dmin) + pmin


@test
def edf_files():
    x, y = zip(*DIGITAL)
    rows = [(physical(a), physical(b)) for a, b in DIGITAL]
    pair = [("EEG Fp1", 40, x), ("Resp", 40, y)]
    write("two.edf", edf(pair, 3))
    same(rows, "two.edf")
    same([(b,) for _, b in rows], "two.edf", "--columns", "Resp")
    # The limits of the digital values are those of the physical ones.
    write("limits.edf", edf([("a", 2, (-2048, 2047))], 1))
    assert analyze("limits.edf", "--threshold", "20")["measures"]["rr"] == 1
    assert analyze("limits.edf", "--threshold", "19.9999999")["measures"]["rr"] == 0
    write("open.edf", edf(pair, 3, stated=-1))
    same(rows, "open.edf")
    write("two.edf.gz", gzip.compress(edf(pair, 3)))
    same(rows, "two.edf.gz")
    notes = [0x142b, 0x1430, 0, 0] * 3
    write("notes.edf", edf(pair + [("EDF Annotations", 4, notes)], 3, reserved="EDF+C"))
    same(rows, "notes.edf")
    wide = [(a * 4096, b * 4096) for a, b in DIGITAL]
    whole = [(physical(a, dmin=-8388608, dmax=8388607), physical(b, dmin=-8388608, dmax=8388607))
             for a, b in wide]
    write("two.bdf", edf([("A1", 40, [a for a, _ in wide]), ("A2", 40, [b for _, b in wide])], 3, bdf=True))
    same(whole, "two.bdf")
    write("upside.edf", edf([("a", 120, x)], 1, limits=((5, -5), (-2048, 2047))))
    same([(physical(a, 5, -5),) for a in x], "upside.edf")


@test
def edf_rates():
    x, y = zip(*DIGITAL)
    write("rates.edf", edf([("EEG Fp1", 40, x), ("EEG Fp2", 40, x), ("Resp", 10, y)], 3, seconds=0.5))
    refused("rates.edf: its signals have different sampling rates (EEG Fp1 and 1 more: 80 Hz; Resp: 20 "
            "Hz); choose signals of one rate, by name or number: --columns 'EEG Fp1'", "rates.edf", *ONE)
    out = read_csv(run("windows", "rates.edf", *ONE, "--columns", "Resp", "--window", "11", "--step", "10",
                       "--out", "-")[0])
    assert [float(row["time"]) for row in out] == [.25, .75]
    out = read_csv(run("windows", "rates.edf", *ONE, "--columns", "Resp", "--window", "11", "--step", "10",
                       "--out", "-", "--sampling-rate", "10")[0])
    assert [float(row["time"]) for row in out] == [.5, 1.5]
    out = read_csv(run("profile", "rates.edf", *ONE, "--columns", "EEG Fp1", "--max-lag", "4")[0])
    assert [float(row["lag_s"]) for row in out] == [0, 1 / 80, 2 / 80, 3 / 80, 4 / 80]
    done = run("profile", "rates.edf", "--with", "rates.edf", *ONE, "--columns", "1", "--columns-y", "3",
               "--max-lag", "4")
    assert "lag_s" not in done[0] and "note: rates.edf has 80 samples in a second, rates.edf 20" in done[1]
    # Recordings with and without a rate in one table of windows.
    write("bare.txt", cli.column(a for a, _ in ROWS))
    out = read_csv(run("windows", "rates.edf", "bare.txt", *ONE, "--columns", "1", "--window", "41", "--step",
                       "40", "--out", "-")[0])
    assert [row["time"] for row in out] == [".25", "0.75", "", ""] or \
        [row["time"] for row in out] == ["0.25", "0.75", "", ""]


@test
def damaged_edf():
    x, _ = zip(*DIGITAL)
    whole = edf([("a", 40, x)], 3)
    for cut in range(256, len(whole), 37):
        write("cut.edf", whole[:cut])
        refused("cut.edf: the EDF header is cut short" if cut < 512 else "cut.edf: the file ends within "
                "record", "cut.edf", *ONE)
    write("long.edf", whole + b"\0")
    refused("long.edf: the file goes on after the records that its header counts", "long.edf", *ONE)
    write("gaps.edf", edf([("a", 40, x)], 3, reserved="EDF+D"))
    refused("gaps.edf: the recording has gaps (EDF+D)", "gaps.edf", *ONE)
    for limits in (((1, 1), (-5, 5)), ((-1, 1), (0, 0)), (("nan", 1), (-5, 5)), (("", 1), (-5, 5))):
        write("flat.edf", edf([("a", 40, x)], 3, limits=limits))
        refused("flat.edf: signal 1 ('a'): the header has no physical and digital minimum", "flat.edf", *ONE)
    write("huge.edf", edf([("a", 99999999, x)], 3))
    refused("huge.edf: signal 1 ('a'): the header has no number of samples in a record", "huge.edf", *ONE)
    write("many.edf", edf([("a", 40, x)], 3, stated=99999999))
    refused("many.edf: the file ends within record 4 of 99999999", "many.edf", *ONE)
    write("notes.edf", edf([("EDF Annotations", 4, [0] * 12)], 3))
    refused("notes.edf: the recording holds annotations and no signal", "notes.edf", *ONE)


def wav(values, width, rate=250, channels=1):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"".join((v + 128).to_bytes(1, "little") if width == 1 else
                                  v.to_bytes(width, "little", signed=True) for v in values))
    return out.getvalue()


@test
def wav_files():
    need_built(".wav")
    eighths = [(max(-128, min(127, round(a * 40))), max(-128, min(127, round(b * 40)))) for a, b in ROWS]
    rows = [(a / 128, b / 128) for a, b in eighths]
    flat = [v for row in eighths for v in row]
    for width in (1, 2, 3, 4):
        write("two.wav", wav([v << 8 * (width - 1) for v in flat], width, channels=2))
        same(rows, "two.wav")
        same([(b,) for _, b in rows], "two.wav", "--columns", "2")
    write("two.wav.gz", gzip.compress(open("two.wav", "rb").read()))
    same(rows, "two.wav.gz")
    out = read_csv(run("windows", "two.wav", *ONE, "--window", "51", "--step", "50", "--out", "-")[0])
    assert [float(row["time"]) for row in out] == [.1, .3]
    # Floats are as they are stored.
    samples = b"".join(struct.pack("<f", a) for a, _ in ROWS)
    chunk = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, 250, 1000, 4, 32)
    data = b"data" + struct.pack("<I", len(samples)) + samples
    body = b"WAVE" + chunk + data
    write("float.wav", b"RIFF" + struct.pack("<I", len(body)) + body)
    floats = [struct.unpack("<f", struct.pack("<f", a)) for a, _ in ROWS]
    same(floats, "float.wav")
    # A recorder that never came back to write the length.
    for length in (0, 0xffffffff):
        body = b"WAVE" + chunk + b"data" + struct.pack("<I", length) + samples
        write("open.wav", b"RIFF" + struct.pack("<I", length) + body)
        if length:
            same(floats, "open.wav")
        else:
            refused("open.wav: the WAV file states that it holds no samples", "open.wav", *ONE)
    whole = open("two.wav", "rb").read()
    for cut in list(range(44, len(whole), 101)) + [len(whole) - 1]:
        write("cut.wav", whole[:cut])
        refused("cut.wav: the WAV file is cut short", "cut.wav", *ONE)
    write("adpcm.wav", b"RIFF" + struct.pack("<I", 100) + b"WAVE" +
          struct.pack("<4sIHHIIHHHH", b"fmt ", 20, 17, 1, 8000, 4055, 256, 4, 2, 505) + b"fact\4\0\0\0\xf9\1\0\0" +
          b"data" + struct.pack("<I", 256) + bytes(256))
    refused("adpcm.wav: the WAV file is compressed", "adpcm.wav", *ONE)


# --- tables of devices ----------------------------------------------------------------------------

@test
def motion_capture():
    """.trc, Vicon and Qualisys: two markers, of which the first's X and Y are ROWS."""
    xyz = [(a, b, 1.5, a + b, 2.5, k % 3) for k, (a, b) in enumerate(ROWS)]
    chosen = ["--columns", "HEE_X,HEE_Y"]
    trc = ("PathFileType\t4\t(X/Y/Z)\ta.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate"
           f"\tOrigDataStartFrame\tOrigNumFrames\n120.00\t120.00\t{N}\t2\tmm\t120.00\t1\t{N}\n"
           "Frame#\tTime\tHEE\t\t\tTOE\t\t\t\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n\n")
    write("a.trc", trc + "".join(f"{k + 1}\t{k / 120:.5f}\t" + "\t".join(map(repr, row)) + "\n"
                                 for k, row in enumerate(xyz)))
    same(ROWS, "a.trc", *chosen)
    same([(row[0],) for row in xyz], "a.trc", "--columns", "3")
    same(xyz, "a.trc")  # without the clocks
    rate = read_csv(run("windows", "a.trc", *ONE, *chosen, "--window", "61", "--step", "60", "--out", "-")[0])
    assert float(rate[0]["time"]) == 30 / 120
    write("crlf.trc", open("a.trc").read().replace("\n", "\r\n"))
    same(xyz, "crlf.trc")
    write("gap.trc", trc + "1\t0\t1\t2\t3\t\t\t\n2\t.1\t1\t2\t3\t4\t5\t6\n")
    refused("gap.trc:7:6: a missing value in column TOE_X", "gap.trc", *ONE)
    for bad, what in ((trc.replace("DataRate\tC", "Rate\tC"), "bad.trc:3: a .trc file, but it has no DataRate"),
                      (trc.replace("Frame#", "Frame"), "bad.trc:4: a .trc file, but Frame#, Time"),
                      (trc.replace("\tZ2", ""), "bad.trc:5: a .trc file, but X, Y and Z"),
                      (trc[:60], "bad.trc:3: a .trc file, but it ends there")):
        write("bad.trc", bad)
        refused(what, "bad.trc", *ONE)
    section = ("Trajectories\n100\n,,S:HEE,,,S:TOE,,\nFrame,Sub Frame,X,Y,Z,X,Y,Z\n,,mm,mm,mm,mm,mm,mm\n" +
               "".join(f"{k + 1},0," + ",".join(map(repr, row)) + "\n" for k, row in enumerate(xyz)))
    write("vicon.csv", section)
    same(ROWS, "vicon.csv", "--columns", "S:HEE_X,S:HEE_Y")
    same(xyz, "vicon.csv")
    force = "Devices\n1000\n,,Plate - Force,,\nFrame,Sub Frame,Fx,Fy,Fz\n,,N,N,N\n" + "".join(
        f"{k + 1},{s},{k},{s},0.5\n" for k in range(30) for s in range(2))
    write("both.csv", force + "\n" + section)
    refused("both.csv:67: a Vicon file with several sections, another is 'Trajectories'; choose one by its "
            "title", "both.csv", *ONE)
    same(xyz, "both.csv", "--variable", "Trajectories")
    assert analyze("both.csv", *ONE, "--variable", "Devices", "--columns", "Plate - Force_Fx")["n_samples"] == 60
    refused("both.csv: there is no section 'Joints'", "both.csv", *ONE, "--variable", "Joints")
    out = read_csv(run("windows", "both.csv", *ONE, "--variable", "Devices", "--columns", "3", "--window", "21",
                       "--step", "20", "--out", "-")[0])
    assert float(out[0]["time"]) == 10 / 1000
    write("joints.csv", "Joints\n" + cli.column(range(30)))  # a table like any other
    assert analyze("joints.csv", *ONE)["n_samples"] == 30
    keys = (f"NO_OF_FRAMES\t{N}\nNO_OF_CAMERAS\t8\nNO_OF_MARKERS\t2\nFREQUENCY\t200\nNO_OF_ANALOG\t0\n"
            "ANALOG_FREQUENCY\t0\nDESCRIPTION\t--\nTIME_STAMP\t2020-01-01, 10:00:00\t1.5\nDATA_INCLUDED\t3D\n"
            "MARKER_NAMES\tHEE\tTOE\n")
    rows = "".join("\t".join(map(repr, row)) + "\n" for row in xyz)
    timed = "".join(f"{k + 1}\t{k / 200:.5f}\t" + "\t".join(map(repr, row)) + "\n" for k, row in enumerate(xyz))
    names = "\t".join(f"{m} {c}" for m in ("HEE", "TOE") for c in "XYZ")
    for name, text in (("bare.tsv", keys + rows), ("timed.tsv", keys + timed)):
        write(name, text)
        same(xyz, name)
        same(ROWS, name, *chosen)
    write("named.tsv", keys + "Frame\tTime\t" + names + "\n" + timed)
    same(xyz, "named.tsv")
    same(ROWS, "named.tsv", "--columns", "HEE X,HEE Y")
    out = read_csv(run("windows", "timed.tsv", *ONE, *chosen, "--window", "41", "--out", "-")[0])
    assert float(out[0]["time"]) == 20 / 200
    write("lean.tsv", keys + "1\t2\t3\t4\n")
    refused("lean.tsv:10: a Qualisys file, but its rows do not have three columns for each of its markers",
            "lean.tsv", *ONE)


@test
def labchart():
    head = ("Interval=\t0.004 s\nExcelDateTime=\t4.1e+04\t01/01/2020 10:00:00\nTimeFormat=\tStartOfBlock\n"
            "DateFormat=\t\nChannelTitle=\tECG\tResp\nRange=\t10.000 V\t5.000 V\n")
    rows = "".join(f"{k * .004:.3f}\t{a}\t{b}" + ("\t#1 a remark" if k == 7 else "") + "\n"
                   for k, (a, b) in enumerate(ROWS))
    write("chart.txt", head + rows)
    same(ROWS, "chart.txt")
    same([(b,) for _, b in ROWS], "chart.txt", "--columns", "Resp")
    out = read_csv(run("windows", "chart.txt", *ONE, "--columns", "ECG", "--window", "51", "--out", "-")[0])
    assert float(out[0]["time"]) == 25 / 250
    write("ms.txt", head.replace("0.004 s", "4 ms") + rows)
    out = read_csv(run("windows", "ms.txt", *ONE, "--columns", "ECG", "--window", "51", "--out", "-")[0])
    assert float(out[0]["time"]) == 25 / 250
    write("untimed.txt", head + "".join(f"{a}\t{b}\n" for a, b in ROWS))
    same(ROWS, "untimed.txt")
    write("comma.txt", (head + rows).replace(".", ","))
    same(ROWS, "comma.txt")
    write("blocks.txt", head + rows + head + rows)
    refused(f"blocks.txt:{6 + N + 1}: a LabChart file, and another block begins here", "blocks.txt", *ONE)
    write("lean.txt", head + "0\n")
    refused("lean.txt:6: a LabChart file, but its rows do not have a column for each", "lean.txt", *ONE)


@test
def other_devices():
    head = ("%OpenBCI Raw EXG Data\n%Number of channels = 2\n%Sample Rate = 250 Hz\n%Board = Cyton\n")
    names = "Sample Index, EXG Channel 0, EXG Channel 1, Timestamp, Timestamp (Formatted)\n"
    rows = "".join(f"{k % 256}, {a}, {b}, {1.6e9 + k / 250}, 2020-01-01 10:00:00.{k:03}\n"
                   for k, (a, b) in enumerate(ROWS))
    write("bci.txt", head + names + rows)
    same(ROWS, "bci.txt")
    same([(b,) for _, b in ROWS], "bci.txt", "--columns", "EXG Channel 1")
    out = read_csv(run("windows", "bci.txt", *ONE, "--window", "51", "--out", "-")[0])
    assert float(out[0]["time"]) == 25 / 250
    write("old.txt", head + "".join(f"{k % 256}, {a}, {b}\n" for k, (a, b) in enumerate(ROWS)))
    same(ROWS, "old.txt", "--columns", "2,3")
    likely = [(a, b, .99) for a, b in ROWS]
    body = "".join(f"{k}," + ",".join(map(repr, row)) + "\n" for k, row in enumerate(likely))
    write("dlc.csv", "scorer,net,net,net\nbodyparts,nose,nose,nose\ncoords,x,y,likelihood\n" + body)
    same(likely, "dlc.csv")
    same(ROWS, "dlc.csv", "--columns", "nose_x,nose_y")
    write("mice.csv", "scorer,net,net,net\nindividuals,m1,m1,m1\nbodyparts,nose,nose,nose\n"
          "coords,x,y,likelihood\n" + body)
    same(ROWS, "mice.csv", "--columns", "m1_nose_x,m1_nose_y")
    write("bad.csv", "scorer,net\nparts,nose\ncoords,x\n0,1\n")
    refused("bad.csv:2: a DeepLabCut file, but bodyparts are expected in this line", "bad.csv", *ONE)
    # Told how to read it, the program does so.
    same(ROWS, "dlc.csv", "--skip-lines", "3", "--header", "no", "--columns", "2,3")


@test
def units_below_the_names():
    rows = "".join(f"{a},{b}\n" for a, b in ROWS)
    write("units.csv", "x,y\nmV,(deg)\n" + rows)
    same(ROWS, "units.csv")
    write("sep.csv", "sep=;\nx;y\nmV;s\n" + rows.replace(",", ";"))
    same(ROWS, "sep.csv")
    write("long.csv", "x,y\n" + "a sentence about x,mV\n" + rows)
    refused("long.csv:2:1: 'a sentence about x' is not a number", "long.csv", *ONE)
    # What means missing is no unit, and among texts no word is.
    write("code.csv", "x,y\nbad,bad\n1,2\n3,4\n5,7\n")
    assert analyze("code.csv", *ONE, "--missing", "bad", "--missing-policy", "skip")["n_samples"] == 4
    write("texts.csv", "x,y\na,b\n1,2\na,b\n")
    assert analyze("texts.csv", "--categorical")["n_samples"] == 3
    # Two rows of words above rows of words are a table of texts.
    write("words.csv", "x,y\na,b\n1,c\n")
    refused("words.csv:2:1: 'a' is not a number", "words.csv", *ONE)


# --- what is foreign ------------------------------------------------------------------------------

@test
def foreign_files():
    with zipfile.ZipFile("book.xlsx", "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("xl/workbook.xml", "<workbook/>")
    with zipfile.ZipFile("sheet.ods", "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with zipfile.ZipFile("data.zip", "w") as file:
        file.writestr("x.csv", "x\n1\n2\n")
    kinds = {
        "x.h5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file that is not MATLAB's"),
        "x.parquet": (b"PAR1" + bytes(100), "a Parquet file"),
        "x.feather": (b"ARROW1\0\0" + bytes(100), "an Arrow (Feather) file"),
        "x.c3d": (b"\2P" + bytes(510), "a C3D file"),
        "book.xlsx": (None, "an Excel workbook"),
        "sheet.ods": (None, "an OpenDocument file"),
        "data.zip": (None, "a ZIP archive"),
        "x.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "an old Office file (.xls)"),
        "x.xz": (b"\xfd7zXZ\0" + bytes(100), "an xz file"),
        "x.sqlite": (b"SQLite format 3\0" + bytes(100), "an SQLite database"),
        "x.flac": (b"fLaC" + bytes(100), "a FLAC file"),
        "x.tar": (bytes(257) + b"ustar\0" + bytes(100), "a tar archive"),
        "x.pkl": (b"\x80\4\x95" + bytes(100), "a Python pickle"),
    }
    for name, (content, kind) in kinds.items():
        if content is not None:
            write(name, content)
        refused(f"{name}: {kind}, which is not read; ", name, *ONE)
        packed = write("packed.gz", gzip.compress(open(name, "rb").read()))
        refused(f"packed.gz: {kind}, which is not read; ", packed, *ONE)
    write("twice.gz", gzip.compress(gzip.compress(b"x\n1\n2\n")))
    refused("twice.gz: a gzip file within gzip, which is not read; ", "twice.gz", *ONE)
    write("plain.csv", table())
    refused("--variable is for .npz, .mat and Vicon files; this is a text table", "plain.csv", *ONE,
            "--variable", "x")
    write("x.npy", npy([[1.0], [2.0]]))
    refused("--variable is for .npz, .mat and Vicon files; this is a .npy file", "x.npy", *ONE, "--variable", "x")


@test
def folders_take_them():
    need(numpy, "numpy")
    os.makedirs("kinds/a", exist_ok=True)
    m = numpy.array(ROWS)
    numpy.savez("kinds/a/one.npz", x=m[:, 0])
    write("kinds/a/two.edf", edf([("x", 120, [a for a, _ in DIGITAL])], 1))
    write("kinds/a/three.txt", cli.column(a for a, _ in ROWS))
    write("kinds/a/left.xlsx", b"PK\3\4")
    out, said = run("sweep", "kinds", *ONE, "--measures", "rr", "--out", "-")
    rows = read_csv(out)
    assert [row["series"] for row in rows] == ["a/one", "a/three", "a/two"], rows
    assert all(row["status"] == "ok" for row in rows) and rows[0]["rr"] == rows[1]["rr"]
    assert "left.xlsx" in said


@test
def not_built_in():
    """What `rqa version` says is so."""
    for kind, name, content in ((".mat -v7.3", "x.mat", b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM" + bytes(64)),
                                (".wav", "x.wav", wav([1, 2, 3], 2))):
        if f"{kind} files: not read, built without" in BUILT:
            write(name, content)
            refused("and this program was built without lib", name, *ONE)
        else:
            assert f"{kind} files: by lib" in BUILT


if __name__ == "__main__":
    sys.exit(cli.main())
