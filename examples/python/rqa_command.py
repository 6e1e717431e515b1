"""The command rqa of a Python environment: the program that the package carries, in place of this process."""
import os
import subprocess
import sys
from importlib.util import find_spec


def find_program() -> str:
    """The program's path; exits with a line where the package carries none."""
    found = find_spec("rqa")  # not imported: that takes NumPy and the library
    folder = os.path.dirname(found.origin) if found and found.origin else ""
    path = os.path.join(folder, "bin", "rqa.exe" if os.name == "nt" else "rqa")
    if not os.path.isfile(path):
        sys.exit(f"rqa: this package carries no program ({path} is not there); the package for your "
                 "system does, or build it with CMake: target rqa_program")
    return path


def main() -> None:
    """Runs it with the arguments of this process; what it returns is returned."""
    path = find_program()
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(path, [path, *sys.argv[1:]])
    program = subprocess.Popen([path, *sys.argv[1:]])  # Ctrl-C is the program's
    while True:
        try:
            sys.exit(program.wait())
        except KeyboardInterrupt:
            continue
