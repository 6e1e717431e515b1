#!/usr/bin/env python3
"""Regenerate the example recordings from the packages they come from.

    make_examples.py EYEDENTIFY3D_SDIST PYTHON3_SCIPY_DEB [OUTDIR]

EYEDENTIFY3D_SDIST  eyedentify3d-1.0.7.tar.gz, the source distribution of the
                    PyPI package eyedentify3d 1.0.7
PYTHON3_SCIPY_DEB   python3-scipy_1.10.1-2_*.deb, Debian 12, or the file
                    ecg.dat out of it
OUTDIR              where gaze/, ecg/, LICENSES/ and manifest.csv go; default:
                    the folder this script is in

Needs numpy beside the standard library.  README.md says what the files are.
"""
import csv
import gzip
import hashlib
import io
import json
import lzma
import os
import sys
import tarfile

import numpy as np

# x, y = 0.5 + angle / FIELD_DEG: 0 and 1 are 30 degrees either side of
# straight ahead.  Angles past that run outside [0, 1]; nothing is clipped.
FIELD_DEG = 60.0
EDGE_S = 0.04       # dropped on each side of a blink or an invalid stretch
MIN_S = 1.15        # shortest stretch that becomes a recording
OPEN_MIN = 0.5      # eyelid openness below this counts as a blink (HTC Vive)

ECG_SAMPLES = 20000
SDIST_SHA256 = "4c3e7c31187a037001f5a7549fc3bc46760d918652fbd29802984217d4225025"
ECG_SHA256 = "f20ad3365fb9b7f845d0e5c48b6fe67081377ee466c3a220b7f69f35c8958baf"

# HTC Vive Pro Eye trials: file, end of the video in seconds (the package's
# own examples/complete_example.py), name here.
VIVE = [
    ("TESTNA01_2D_Fist3", 7.18, "video2d", "p01_fist3"),
    ("TESTNA05_2D_Spread7", 5.06, "video2d", "p05_spread7"),
    ("TESTNA15_2D_Pen3", 4.23, "video2d", "p15_pen3"),
    ("TESTNA01_360VR_Fist3", 7.18, "video360", "p01_fist3"),
    ("TESTNA05_360VR_Spread7", 5.06, "video360", "p05_spread7"),
    ("TESTNA15_360VR_Pen3", 4.23, "video360", "p15_pen3"),
]

# Tobii Pro Glasses 3 calibration recording: episodes in seconds.  The bounds
# were set by looking at the gyroscope of the glasses (head still or turning)
# and at the gaze angles; the package gives no labels for them.
TOBII = [
    (5.70, 10.00, "fixation", "glasses_1"),
    (38.00, 43.80, "fixation", "glasses_2"),
    (45.00, 49.00, "fixation", "glasses_3"),
    (10.00, 13.55, "headturn", "glasses_up"),
    (19.40, 21.65, "headturn", "glasses_down"),
    (26.60, 30.60, "headturn", "glasses_right"),
    (30.60, 35.10, "headturn", "glasses_left"),
    (49.00, 52.19, "sweep", "glasses_1"),
    (52.19, 53.70, "sweep", "glasses_2"),
]

DATA = "examples/data/"


def sdist_reader(path):
    tar = tarfile.open(path, "r:gz")
    root = tar.getnames()[0].split("/")[0]
    return lambda name: tar.extractfile(root + "/" + name).read()


def deb_file(path, wanted):
    """The contents of the members of a .deb whose path ends in one of wanted."""
    with open(path, "rb") as f:
        blob = f.read()
    assert blob[:8] == b"!<arch>\n", "not a .deb"
    pos, out = 8, {}
    while pos + 60 <= len(blob):
        name = blob[pos:pos + 16].decode().strip().rstrip("/")
        size = int(blob[pos + 48:pos + 58])
        body = blob[pos + 60:pos + 60 + size]
        pos += 60 + size + size % 2
        if not name.startswith("data.tar"):
            continue
        if name.endswith(".xz"):
            body = lzma.decompress(body)
        elif name.endswith(".gz"):
            body = gzip.decompress(body)
        elif name != "data.tar":
            sys.exit("cannot unpack " + name)
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            for m in tar:
                for w in wanted:
                    if m.isfile() and m.name.endswith(w):
                        out[w] = tar.extractfile(m).read()
    return out


def runs(ok):
    """[(first, past the last)] of the stretches where ok holds."""
    e = np.flatnonzero(np.diff(np.r_[0, ok.astype(np.int8), 0]))
    return list(zip(e[::2].tolist(), e[1::2].tolist()))


def clean_mask(t, ok):
    """ok, less EDGE_S on each side of every stretch that is not ok."""
    good = ok.copy()
    for a, b in runs(~ok):
        good &= ~((t >= t[a] - EDGE_S) & (t <= t[b - 1] + EDGE_S))
    return good


def angles(right, up, ahead):
    return np.degrees(np.arctan2(right, ahead)), np.degrees(np.arctan2(up, ahead))


def vive(text):
    """t, azimuth, elevation, valid: the mean direction of the two eyes."""
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    tick = np.array([int(r["time(100ns)"]) for r in rows])
    v = sum(np.array([[float(r["gaze_direct_%s.%s" % (e, c)]) for c in "xyz"]
                      for r in rows]) for e in "LR") / 2
    ok = np.array([all(r["eye_valid_" + e] == "31" and
                       float(r["openness_" + e]) >= OPEN_MIN for e in "LR")
                   for r in rows])
    x, y = angles(-v[:, 0], v[:, 1], v[:, 2])     # the device's x points left
    return (tick - tick[0]) / 1e7, x, y, ok


def pupil(text):
    """The same from a Pupil Invisible export; blink = its own blink id."""
    rows = list(csv.DictReader(io.StringIO(text)))
    ns = np.array([int(r["timestamp [ns]"]) for r in rows])
    ok = np.array([r["blink id"] == "" and r["worn"] == "1" for r in rows])
    x = np.array([float(r["azimuth [deg]"]) for r in rows])
    y = np.array([float(r["elevation [deg]"]) for r in rows])
    return (ns - ns[0]) / 1e9, x, y, ok


def tobii(text):
    """The same from Tobii Pro Glasses 3: direction of the 3-D gaze point."""
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    t = np.array([r["timestamp"] for r in rows])
    g = np.array([r["data"].get("gaze3d", [np.nan] * 3) for r in rows])
    x, y = angles(-g[:, 0], g[:, 1], g[:, 2])     # the device's x points left
    return t, x, y, ~np.isnan(g[:, 0])


def cut(t, x, y, ok, lo=-np.inf, hi=np.inf):
    """The clean, gap-free stretches in [lo, hi) of at least MIN_S seconds."""
    m = clean_mask(t, ok) & (t >= lo) & (t < hi)
    for a, b in runs(m):
        if t[b - 1] - t[a] >= MIN_S:
            yield a, t[a:b], x[a:b], y[a:b]


def recordings(read):
    """(group, name, source file, first row, t, x deg, y deg)"""
    for name, end, group, short in VIVE:
        src = DATA + "HTC_Vive_Pro/" + name + ".csv"
        d = vive(read(src).decode())
        for g, s, lo, hi in ((group, short, -np.inf, end),
                             ("aftervideo", short + "_" + group[5:], end, np.inf)):
            got = list(cut(*d, lo, hi))
            for k, (a, t, x, y) in enumerate(got):
                yield g, s + ("_%d" % (k + 1) if len(got) > 1 else ""), src, a, t, x, y
    for k in (1, 2, 3):
        src = DATA + "Pupil_Invisible/trampoline_%02d/gaze.csv" % k
        for n, (a, t, x, y) in enumerate(cut(*pupil(read(src).decode()))):
            yield "trampoline", "r%d_%d" % (k, n + 1), src, a, t, x, y
    src = DATA + "Tobii_Pro_Glasses_3/calibration_1/gazedata.gz"
    d = tobii(gzip.decompress(read(src)).decode())
    for lo, hi, group, name in TOBII:
        got = list(cut(*d, lo, hi))
        assert len(got) == 1, (group, name, len(got))
        a, t, x, y = got[0]
        yield group, name, src, a, t, x, y


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="\n") as f:
        f.write(text)


def main(argv):
    if len(argv) not in (3, 4):
        sys.exit(__doc__)
    out = argv[3] if len(argv) == 4 else os.path.dirname(os.path.abspath(__file__))

    with open(argv[1], "rb") as f:
        if hashlib.sha256(f.read()).hexdigest() != SDIST_SHA256:
            print("note: this is not the sdist the shipped files were made from")
    read = sdist_reader(argv[1])
    man = ["path,group,samples,seconds,hz,source_file,source_row\n"]
    for group, name, src, first, t, x, y in recordings(read):
        path = "gaze/%s/%s.csv" % (group, name)
        u, v = 0.5 + x / FIELD_DEG, 0.5 + y / FIELD_DEG
        assert np.isfinite(u).all() and np.isfinite(v).all()
        write(os.path.join(out, path), "t,x,y\n" + "".join(
            "%.6f,%.6f,%.6f\n" % r for r in zip(t - t[0], u, v)))
        sec = t[-1] - t[0]
        man.append("%s,%s,%d,%.3f,%.1f,%s,%d\n" % (
            path, group, len(t), sec, (len(t) - 1) / sec, src, first))
    write(os.path.join(out, "manifest.csv"), "".join(man))
    write(os.path.join(out, "LICENSES", "eyedentify3d-MIT.txt"),
          "The files below gaze/ derive from the example data of the Python package\n"
          "eyedentify3d 1.0.7 (Eve Charbonneau), which is under this licence:\n\n"
          + read("LICENSE").decode())

    if argv[2].endswith(".deb"):
        got = deb_file(argv[2], ["scipy/misc/ecg.dat", "python3-scipy/copyright"])
        raw, notice = got["scipy/misc/ecg.dat"], got["python3-scipy/copyright"].decode()
    else:
        with open(argv[2], "rb") as f:
            raw, notice = f.read(), None
    if hashlib.sha256(raw).hexdigest() != ECG_SHA256:
        print("note: this is not the ecg.dat the shipped file was made from")
    adc = np.load(io.BytesIO(raw))["ecg"].astype(np.int64)
    mv = (adc[:ECG_SAMPLES] - 1024) / 200.0
    write(os.path.join(out, "ecg", "ecg.csv"),
          "mv\n" + "".join("%.3f\n" % q for q in mv))
    if notice is not None:
        write(os.path.join(out, "LICENSES", "scipy-BSD-3-Clause.txt"), scipy_licence(notice))


def scipy_licence(notice):
    """The first paragraph and the BSD-3-clause text of a Debian copyright file."""
    paras = notice.split("\n\n")
    first = next(p for p in paras if p.startswith("Files: *\n"))
    text = next(p for p in paras if p.startswith("License: BSD-3-clause\n"))
    head = first.split("\nLicense:")[0].split("Copyright:", 1)[1].strip().splitlines()
    body = [line[1:] if line.startswith(" ") else line for line in text.splitlines()[1:]]
    return ("ecg/ecg.csv derives from misc/ecg.dat of SciPy 1.10.1, whose notice and\n"
            "licence (BSD-3-Clause) are these.  The signal is an excerpt of record 208 of\n"
            "the MIT-BIH Arrhythmia Database: Moody GB, Mark RG, The impact of the MIT-BIH\n"
            "Arrhythmia Database, IEEE Eng in Med and Biol 20(3):45-50, 2001,\n"
            "doi:10.13026/C2F305; Goldberger AL et al., PhysioBank, PhysioToolkit, and\n"
            "PhysioNet, Circulation 101(23):e215-e220, 2000.\n\n"
            + "".join("Copyright (c) %s\n" % c.strip() for c in head) + "\n"
            + "\n".join("" if b.strip() == "." else b for b in body).rstrip() + "\n")


if __name__ == "__main__":
    main(sys.argv)
