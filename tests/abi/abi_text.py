"""abi_text.py - the public headers as one text, and what can be made of it: a library that
declares everything and does nothing, a program that prints the layout, headers that have grown."""
import re
from pathlib import Path


def flatten(include: Path) -> str:
    """rqa/rqa.h with all it includes in one text, without comments."""
    seen: set[str] = set()

    def inline(name: str) -> str:
        if name in seen:
            return ""
        seen.add(name)
        text = re.sub(r"/\*.*?\*/", "", (include / "rqa" / name).read_text(), flags=re.S)
        return re.sub(r'^#include "(?:rqa/)?(\w+\.h)"\n', lambda found: inline(found[1]), text,
                      flags=re.M)

    lines = (line.rstrip() for line in inline("rqa.h").splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def stub(header: str) -> str:
    """A library that declares what the header does and does nothing."""
    return re.sub(r"^(RQA_API [^;{}]*\));", r"\1\n{\n    __builtin_trap();\n}", header, flags=re.M)


def structs(header: str) -> dict[str, str]:
    """The body of each struct of the header, by name, without comments."""
    header = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    return {found[2]: found[1] for found in
            re.finditer(r"^typedef struct \w+ \{\n(.*?)^\} (\w+);", header, flags=re.S | re.M)}


def growing(header: str) -> list[str]:
    """The structs that tell their size and lie in no other, so that a field may be appended."""
    bodies = structs(header)
    return [name for name, body in bodies.items() if re.match(r"\s*uint32_t struct_size;", body)
            and not any(re.search(rf"\b{name} \w+;", other) for other in bodies.values())]


def grown(header: str, names: list[str]) -> str:
    """The header with one more field, `grown`, at the end of each struct in `names` it declares."""
    for name in names:
        header = re.sub(rf"^\}} {name};", f"    uint64_t grown;\n}} {name};", header, flags=re.M)
    return header


def layout_program(header: str) -> str:
    """A program that prints each field's offset and size, each struct's size and each number that
    `header` names, compiled with that header or a later one. Reserved fields may be put to use."""
    lines = []
    for name, body in structs(header).items():
        fields = re.findall(r"(\w+);|\(\*(\w+)\)\(", body)
        for field in (first or second for first, second in fields):
            if not field.startswith("reserved"):
                member = f"(({name} *)0)->{field}"
                lines.append(f'"{name}.{field} %d %d\\n", (int)offsetof({name}, {field}), '
                             f"(int)sizeof {member}")
        lines.append(f'"sizeof {name} %d\\n", (int)sizeof({name})')
    for name in re.findall(r"^ *(RQA_\w+) = ", header, flags=re.M):
        lines.append(f'"{name} %d\\n", (int){name}')
    body = "".join(f"    printf({line});\n" for line in lines)
    return f"#include <stdio.h>\n#include RQA_HEADER\nint main(void)\n{{\n{body}    return 0;\n}}\n"
