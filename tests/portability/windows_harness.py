"""windows_harness.py - runs rqa.exe under Wine, and in a console of its own, for windows_program.py."""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading

EXE, NATIVE = (os.path.abspath(path) for path in sys.argv[1:3])
WINE = os.environ.get("RQA_TEST_WINE", "wine")
DEADLINE_S = 300  # only for what hangs
CONSOLE_S = 120

tests = []


def test(function):
    tests.append(function)
    return function


def long_test(function):
    """One of many seconds, for "full" or by its name alone."""
    function.is_long = True
    return test(function)


def run(*arguments, stdin=None, code=0, text=True, cwd=None):
    done = subprocess.run([WINE, EXE, *arguments], input=stdin, capture_output=True, cwd=cwd,
                          timeout=DEADLINE_S, stdin=subprocess.DEVNULL if stdin is None else None)
    assert done.returncode == code, (arguments, done.returncode, done.stderr.decode())
    return (done.stdout.decode() if text else done.stdout), done.stderr.decode()


def native(*arguments, text=True, code=0):
    done = subprocess.run([NATIVE, *arguments], capture_output=True, timeout=DEADLINE_S,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == code, (arguments, done.returncode, done.stderr.decode())
    return (done.stdout.decode() if text else done.stdout), done.stderr.decode()


def write(path, text):
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(text if isinstance(text, bytes) else text.encode())


def read(path):
    with open(path, "rb") as source:
        return source.read()


def windows_path(path):
    """As Wine shows this machine's files, with backslashes."""
    return "Z:" + os.path.abspath(path).replace("/", "\\")


SERIES = "x\n" + "".join(f"{(k * 7919 % 101) / 8}\n" for k in range(400))
GRID = ["--dim", "1:3", "--delay", "1,2", "--threshold", "1:6:1", "--lmin", "2,3"]
SETTING = ["--dim", "2", "--delay", "1", "--threshold", "2"]


def in_console(event, milliseconds, *arguments):
    """Runs rqa.exe in a console of Wine's; the exit code and what the console shows."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    threading.Thread(target=lambda: [None for _ in iter(lambda: take(master), b"")], daemon=True).start()
    helper = os.path.join(os.path.dirname(EXE), "interrupt.exe")
    done = subprocess.run([WINE, helper, event, str(milliseconds), "out.txt", EXE, *arguments],
                          stdin=slave, stdout=slave, stderr=slave, timeout=CONSOLE_S,
                          env=dict(os.environ, TERM="xterm"), start_new_session=True)
    os.close(slave)
    assert done.returncode == 0, done
    first, *screen = read("out.txt").decode().split("\n")
    return int(first.split()[1]), "\n".join(screen)


def take(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
