#!/usr/bin/env python3
"""sass_counts.py [--arch sm_86 --arch sm_90] [--loops] - what the machine code of the kernels says.

Compiles cuda/*.cu and prints, for each kernel: instructions, registers, bytes spilled, and
instructions by kind; then the loops that the time is spent in, with the least number of instructions
that one turn takes and what that is for each pair. These are counts, no measurements: they say
nothing of memory, of latencies, or of the clock. Needs nvcc and nvdisasm (NVDISASM names another).
"""

import argparse
import heapq
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CUDA = os.path.join(HERE, "..", "..", "cuda")
SOURCES = ["bits_kernel", "lags_kernel", "walk_kernel", "join_kernel", "products_kernel"]
KINDS = [
    ("RED", r"RED|REDG"),  # atomics whose address space is known, nothing returned
    ("ATOMG", r"ATOMG"),
    ("ATOM", r"ATOM"),  # generic: they may be in shared memory, and come with a loop for that
    ("ATOMS", r"ATOMS"),
    ("LDG", r"LDG"),
    ("LD", r"LD"),  # generic
    ("LDS", r"LDS"),
    ("LDL", r"LDL"),
    ("STG", r"STG"),
    ("ST", r"ST"),
    ("IMAD", r"IMAD"),
    ("LOP3", r"U?LOP3"),
    ("SHF", r"SHF"),
    ("POPC", r"POPC"),
    ("FLO", r"FLO"),
    ("FADD", r"FADD"),
    ("FFMA", r"FFMA"),
    ("FMNMX", r"FMNMX"),
    ("DADD", r"DADD"),
    ("DMUL", r"DMUL|DFMA"),
    ("BAR", r"BAR"),
    ("SHFL", r"SHFL"),
    ("VOTE", r"VOTE"),
    ("BRA", r"BRA"),
]
# Transposed; its length follows from the last white cell before its end.
ONE_ENDS = [r"SHFL"] * 5 + [r"FLO\.U32 R\d+, ~", r"ATOMS"]
# Kernel, name of the loop, what an instruction of the loop is (the smallest such loop is taken; with
# "outer" the largest), what a turn must pass, pairs of one turn and lane.
MARKS = [
    (r"bits_of<1, *1>", "a word without rechecks", "outer", r"FADD", [r"SHF\.L"] * 32 + [r"STG?\."], 32),
    (r"bits_of<8, *1>", "the same for 8 thresholds", "outer", r"FADD", [r"SHF\.L"] * 256 + [r"STG?\."], 32),
    (r"bits_of<", "a tile that its boxes decide", "outer", r"FADD", [r"SHFL", r"STG?\."], 32),
    (r"bits_of<", "a coordinate, Euclidean", "inner", r"FFMA", [r"FFMA"], 32),
    (r"bits_of<", "a coordinate, Manhattan", "inner", r"FADD .*\|R\d+\|", [], 32),
    (r"bits_of<", "a coordinate, maximum", "inner", r"FMNMX3? .*\|R\d+\|", [], 32),
    (r"bits_of_lags", "a lag of eight words", "inner", r"SHF\.R\.W", [r"SHF\.R\.W"] * 8, 256),
    (r"bits_of_lags", "eight words of a group, without lags", "outer", r"STG", [r"STG?\."] * 8, 256),
    (r"walk<", "a word, the least", "outer", r"SHFL|SHF\.R\.W", [], 32),
    (r"walk<", "a word that is transposed", "outer", r"SHFL|SHF\.R\.W", [r"SHFL"] * 5, 32),
    (r"walk<., *0>", "a word in which one run ends", "outer", r"SHFL|SHF\.R\.W", ONE_ENDS, 32),
    (r"walk<., *0>", "a word in which short ones end too", "outer", r"SHFL|SHF\.R\.W",
     ONE_ENDS + [r"POPC"] * 4, 32),
    (r"walk<., *1>", "a word to the runs' door", "outer", r"SHFL|SHF\.R\.W", [r"SHFL", "door"], 32),
    (r"walk<", "a run that is counted", "inner", r"FLO", [r"FLO", r"ATOMS"], 0),
]


class Kernel:
    """Instructions, labels, and what follows on what."""

    def __init__(self, name):
        self.name = name
        self.ops = []  # text without predicate
        self.predicated = []
        self.label = {}

    def op(self, k):
        return self.ops[k].split(" ", 1)[0]

    def next_of(self, k):
        """Instructions that may come after the k-th."""
        op, text = self.op(k), self.ops[k]
        after = [k + 1] if k + 1 < len(self.ops) else []
        if op.split(".")[0] in ("EXIT", "RET"):
            return after if self.predicated[k] else []
        if op.split(".")[0] != "BRA" or op.startswith("BRA.DIV"):
            return after  # a divergent warp's own way round is cold
        target = re.search(r"`\((\.\w+)\)", text)
        to = [self.label[target.group(1)]] if target and target.group(1) in self.label else []
        is_sure = not self.predicated[k] and not re.match(r"BRA\S* !?U?P\d", text)
        return to if is_sure else to + after


def parse(text):
    kernels, kernel = [], None
    for line in text.splitlines():
        section = re.match(r"\s*\.section\s+\.text\.(\w+)", line)
        if section:
            kernel = Kernel(section.group(1))
            kernels.append(kernel)
        elif kernel and re.match(r"\.L_x_\d+:", line.strip()):
            kernel.label[line.strip()[:-1]] = len(kernel.ops)
        else:
            found = re.match(r"\s*/\*[0-9a-f]+\*/\s+(@!?U?P\w+\s+)?([^;]+?)\s*;", line)
            if kernel and found and not found.group(2).startswith("."):
                kernel.ops.append(re.sub(r"\s+", " ", found.group(2)))
                kernel.predicated.append(bool(found.group(1)))
    return kernels


def loops_of(kernel):
    """Natural loops: {head: set of instructions}."""
    n = len(kernel.ops)
    after = [kernel.next_of(k) for k in range(n)]
    before = [[] for _ in range(n)]
    for k in range(n):
        for t in after[k]:
            before[t].append(k)
    # Dominators by intersection, in the order in which a walk from the entry leaves its nodes.
    order, seen, stack = [], {0}, [(0, iter(after[0]))]
    while stack:
        k, rest = stack[-1]
        for t in rest:
            if t not in seen:
                seen.add(t)
                stack.append((t, iter(after[t])))
                break
        else:
            order.append(k)
            stack.pop()
    rank = {k: r for r, k in enumerate(order)}
    above = {0: 0}
    changed = True
    while changed:
        changed = False
        for k in reversed(order):
            if k == 0:
                continue
            best = None
            for p in before[k]:
                if p in above:
                    a = p
                    while best is not None and a != best:
                        if rank[a] < rank[best]:
                            a = above[a]
                        else:
                            best = above[best]
                    best = a
            if above.get(k) != best:
                above[k] = best
                changed = True

    def dominates(a, k):
        while k != a and k != 0:
            k = above[k]
        return k == a

    loops = {}
    for k in order:
        for head in after[k]:
            if dominates(head, k):
                body, todo = {head}, [k]
                while todo:
                    x = todo.pop()
                    if x not in body:
                        body.add(x)
                        todo += [p for p in before[x] if p in rank]
                loops.setdefault(head, set()).update(body)
    return loops


def least_turn(kernel, head, body, must, inner_heads):
    """Fewest instructions from the head round to it, past each of `must` in turn."""
    queue, seen = [(0, head, 0)], set()
    while queue:
        length, k, stage = heapq.heappop(queue)
        if (k, stage) in seen:
            continue
        seen.add((k, stage))
        after = kernel.next_of(k)
        if stage < len(must):
            if must[stage] == "door":
                passed = any(t in inner_heads and k not in inner_heads[t] for t in after)
            else:
                passed = re.match(must[stage], kernel.ops[k])
            stage += bool(passed)
        for t in after:
            if t == head and stage == len(must):
                return length + 1
            if t in body and t != head:
                heapq.heappush(queue, (length + 1, t, stage))
    return None


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("sass_counts.py: %s failed:\n%s" % (command[0], done.stderr))
    return done.stdout, done.stderr


def demangle(name):
    text = run(["c++filt", name])[0].strip()
    text = re.sub(r"^void ", "", text).split("(")[0]
    return text.replace("(int)", "")


def resources(text):
    """{mangled: (registers, spilled bytes)} from what ptxas says."""
    out, name, spilled = {}, None, 0
    for line in text.splitlines():
        entry = re.search(r"Compiling entry function '(\w+)'", line)
        spill = re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", line)
        used = re.search(r"Used (\d+) registers", line)
        if entry:
            name, spilled = entry.group(1), 0
        elif spill:
            spilled = max(spilled, int(spill.group(1)))
        elif used:
            out[name] = (int(used.group(1)), spilled)
    return out


def compile_source(arch, source, folder):
    cubin = os.path.join(folder, source + ".cubin")
    nvcc = os.environ.get("NVCC") or shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    said = run([nvcc, "-std=c++17", "-O3", "--fmad=false", "-arch=" + arch, "-cubin", "-Xptxas", "-v",
                "-I" + os.path.join(CUDA, "..", "include"), os.path.join(CUDA, source + ".cu"),
                "-o", cubin])[1]
    text = run([os.environ.get("NVDISASM") or "nvdisasm", "-c", cubin])[0]
    return parse(text), resources(said)


def kinds_of(kernel):
    parts = []
    for name, pattern in KINDS:
        n = sum(1 for k in range(len(kernel.ops))
                if re.fullmatch(pattern, kernel.op(k).split(".")[0]))
        if n:
            parts.append("%s %d" % (name, n))
    return ", ".join(parts)


def print_marks(kernel, name):
    loops = loops_of(kernel)
    for pattern, title, which, marker, must, pairs in MARKS:
        if not re.match(pattern, name):
            continue
        found = [h for h in loops if any(re.match(marker, kernel.ops[k]) for k in loops[h])]
        if not found:
            continue
        head = (max if which == "outer" else min)(found, key=lambda h: len(loops[h]))
        doors = {h: loops[h] for h in loops if h != head and loops[h] < loops[head]}
        turn = least_turn(kernel, head, loops[head], must, doors)
        if turn:
            per = "" if not pairs else ", %.2f a pair" % (turn / pairs)
            print("      %-42s %5d instructions%s" % (title, turn, per))


def print_loops(kernel):
    loops = loops_of(kernel)
    for head in sorted(loops):
        turn = least_turn(kernel, head, loops[head], [], {})
        print("      loop at %d: %d instructions, least turn %s" % (head, len(loops[head]), turn))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--arch", action="append", help="sm_86 and sm_90 if none is named")
    options.add_argument("--only", default="", help="kernels whose name has this")
    options.add_argument("--loops", action="store_true", help="list every loop too")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for arch in chosen.arch or ["sm_86", "sm_90"]:
            print(arch)
            for source in SOURCES:
                kernels, used = compile_source(arch, source, folder)
                for kernel in sorted(kernels, key=lambda k: demangle(k.name)):
                    name = demangle(kernel.name)
                    if chosen.only not in name:
                        continue
                    registers, spilled = used.get(kernel.name, (0, 0))
                    print("  %-26s %5d instructions, %3d registers, %3d bytes spilled"
                          % (name, len(kernel.ops), registers, spilled))
                    print("      " + kinds_of(kernel))
                    print_marks(kernel, name)
                    if chosen.loops:
                        print_loops(kernel)


if __name__ == "__main__":
    main()
