#!/usr/bin/env python3
"""make_declarations.py - reads include/rqa/*.h and writes what bindings need.

Usage: make_declarations.py INCLUDE_FOLDER OUT_FOLDER

Writes _declarations.py (ctypes: constants, structures, prototypes) and rqa_cdef.h (for cffi's
ffi.cdef). The headers are plain C99 in one regular style; anything else is an error that names the
file and the text, so that a declaration is never left out in silence.
"""
from __future__ import annotations

import dataclasses
import os
import re
import sys
from typing import Union

TOKEN = re.compile(r"\s*(?:[A-Za-z_]\w*|(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*|[(){}\[\];,*=-])")

# C type -> ctypes, without the pointer.
SCALARS = {"int8_t": "c_int8", "uint8_t": "c_uint8", "int16_t": "c_int16", "uint16_t": "c_uint16",
           "int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64",
           "uint64_t": "c_uint64", "size_t": "c_size_t", "int": "c_int", "double": "c_double"}

# Headers that declare nothing a binding calls.
SILENT = {"export.h"}


class HeaderError(Exception):
    """A header holds something that this program does not understand."""


@dataclasses.dataclass(frozen=True)
class CType:
    base: str
    pointers: int
    const: bool
    length: int = 0  # of an array, in a field


@dataclasses.dataclass(frozen=True)
class Function:
    """A prototype, a callback type, or a function pointer in a struct."""
    name: str
    result: CType
    parameters: list[tuple[str, CType]]


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    type: Union[CType, Function]


@dataclasses.dataclass
class Api:
    """All that the headers declare, in the order in which they declare it."""
    macros: dict[str, object] = dataclasses.field(default_factory=dict)
    macro_functions: list[tuple[str, list[str], str]] = dataclasses.field(default_factory=list)
    macro_expressions: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    enums: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)
    aliases: dict[str, str] = dataclasses.field(default_factory=dict)
    opaque: list[str] = dataclasses.field(default_factory=list)
    structs: dict[str, list[Field]] = dataclasses.field(default_factory=dict)
    callbacks: dict[str, Function] = dataclasses.field(default_factory=dict)
    functions: dict[str, Function] = dataclasses.field(default_factory=dict)
    order: list[str] = dataclasses.field(default_factory=list)


class Parser:
    """Recursive descent over the tokens of one header."""

    def __init__(self, name: str, text: str, api: Api):
        self.name = name
        self.api = api
        self.tokens: list[str] = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                found = text[position:position + 60].strip()
                raise HeaderError(f"{name}: not understood: '{found}'")
            self.tokens.append(match.group(0).strip())
            position = match.end()
        self.at = 0

    def fail(self, expected: str) -> HeaderError:
        near = " ".join(self.tokens[max(0, self.at - 4):self.at + 6])
        return HeaderError(f"{self.name}: expected {expected} at '{near}'")

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        if self.peek() not in expected if expected else not self.peek():
            raise self.fail(" or ".join(expected) or "more text")
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def identifier(self) -> str:
        if not re.fullmatch(r"[A-Za-z_]\w*", self.peek()):
            raise self.fail("a name")
        return self.take()

    def integer(self) -> int:
        sign = -1 if self.accept("-") else 1
        if not re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)[uUlL]*", self.peek()):
            raise self.fail("a number")
        return sign * int(self.take().rstrip("uUlL"), 0)

    def file(self) -> None:
        while self.peek():
            start = self.take("typedef", "enum", "RQA_API")
            if start == "enum":
                self.enum()
            elif start == "RQA_API":
                function = self.function()
                if function.name in self.api.functions:
                    raise HeaderError(f"{self.name}: {function.name} is declared twice")
                self.api.functions[function.name] = function
                self.api.order.append(function.name)
            elif self.accept("struct"):
                self.struct()
            else:
                self.alias()
            self.take(";")

    def enum(self) -> None:
        name = self.identifier()
        values: dict[str, int] = {}
        self.take("{")
        while not self.accept("}"):
            member = self.identifier()
            self.take("=")
            values[member] = self.integer()
            if self.peek() != "}":
                self.take(",")
        self.api.enums[name] = values
        # With its word: a function may have the name of an enum.
        self.api.order.append("enum " + name)

    def struct(self) -> None:
        name = self.identifier()
        if not self.accept("{"):
            if self.identifier() != name:
                raise self.fail(f"typedef struct {name} {name}")
            self.api.opaque.append(name)
            self.api.order.append(name)
            return
        fields = []
        while not self.accept("}"):
            fields.append(self.field())
            self.take(";")
        if self.identifier() != name:
            raise self.fail(f"the name {name}")
        self.api.structs[name] = fields
        self.api.order.append(name)

    def alias(self) -> None:
        result = self.type()
        if self.accept("("):
            self.take("*")
            name = self.identifier()
            self.take(")")
            self.api.callbacks[name] = Function(name, result, self.parameters())
        else:
            name = self.identifier()
            if result.pointers or result.base not in SCALARS:
                raise self.fail("a typedef of an integer")
            self.api.aliases[name] = result.base
        self.api.order.append(name)

    def function(self) -> Function:
        result = self.type()
        return Function(self.identifier(), result, self.parameters())

    def parameters(self) -> list[tuple[str, CType]]:
        self.take("(")
        if self.peek() == "void" and self.peek(1) == ")":
            self.at += 2
            return []
        found = []
        while True:
            kind = self.type()
            self.check_value(kind)
            found.append((self.identifier(), kind))
            if self.take(",", ")") == ")":
                return found

    def field(self) -> Field:
        kind = self.type()
        if self.accept("("):
            self.take("*")
            name = self.identifier()
            self.take(")")
            return Field(name, Function(name, kind, self.parameters()))
        name = self.identifier()
        if self.accept("["):
            kind = dataclasses.replace(kind, length=self.integer())
            self.take("]")
        self.check_value(kind)
        return Field(name, kind)

    def check_value(self, kind: CType) -> None:
        """No void, no lone char, and no opaque object by value."""
        if not kind.pointers and (kind.base == "void" or kind.base in self.api.opaque or
                                  (kind.base == "char" and not kind.length)):
            raise self.fail(f"a pointer to {kind.base}")

    def type(self) -> CType:
        const = self.accept("const")
        self.accept("struct")
        base = self.identifier()
        api = self.api
        if not (base in SCALARS or base in ("void", "char") or base in api.aliases or
                base in api.opaque or base in api.structs or base in api.callbacks):
            self.at -= 1
            raise self.fail("a type that is declared")
        pointers = 0
        while self.accept("*"):
            self.accept("const")
            pointers += 1
        return CType(base, pointers, const)


def python_expression(name: str, text: str) -> str:
    """A macro's body in Python: names, numbers, + - << | and parentheses; casts are dropped."""
    text = re.sub(r"\(u?int\d+_t\)", "", text)
    text = re.sub(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]+\b", r"\1", text)
    if re.sub(r"[A-Za-z_]\w*|0[xX][0-9a-fA-F]+|\d+|<<|[-+|(), ]", "", text):
        raise HeaderError(f"{name}: a macro that is not understood: '{text}'")
    return text


def read_macro(name: str, line: str, api: Api) -> None:
    match = re.fullmatch(r"#define (\w+)(?:\(([\w, ]+)\))?(?:\s+(.*\S))?\s*", line)
    if not match:
        raise HeaderError(f"{name}: not understood: '{line}'")
    macro, parameters, body = match.groups()
    if body is None:
        if not macro.endswith("_H"):
            raise HeaderError(f"{name}: the macro {macro} is empty")
    elif re.fullmatch(rf"{macro}_sized\(\(options\), sizeof\(\w+\)\)", body):
        pass  # a call of the function of that name, with the size of the caller's struct
    elif parameters:
        names = [p.strip() for p in parameters.split(",")]
        api.macro_functions.append((macro, names, python_expression(name, body)))
    elif re.fullmatch(r'"[^"]*"', body):
        api.macros[macro] = body[1:-1]
    elif re.fullmatch(r"-?(0[xX][0-9a-fA-F]+|\d+)[uUlL]*", body):
        api.macros[macro] = int(body.rstrip("uUlL"), 0)
    else:
        api.macro_expressions.append((macro, python_expression(name, body)))


def preprocess(name: str, text: str, api: Api) -> tuple[str, list[str]]:
    """The text without comments and directives, and the headers of ours that it includes."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S).replace("\\\n", " ")
    kept, includes, in_cxx = [], [], False
    for line in text.split("\n"):
        line = line.rstrip()
        if not line.lstrip().startswith("#"):
            if not in_cxx:
                kept.append(line)
            continue
        own = re.fullmatch(r'#include "(\w+\.h)"', line)
        if line == "#ifdef __cplusplus":
            in_cxx = True
        elif own:
            includes.append(own.group(1))
        elif line.startswith("#define"):
            read_macro(name, line, api)
        elif line.startswith("#endif"):
            in_cxx = False
        elif not re.fullmatch(r"#ifndef RQA_\w+_H|#include <std(def|int)\.h>", line):
            raise HeaderError(f"{name}: not understood: '{line}'")
    return "\n".join(kept), includes


def read_headers(folder: str) -> Api:
    """Parses rqa.h and what it includes, each header after those it needs."""
    api = Api()
    seen = set(SILENT)

    def read(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        with open(os.path.join(folder, "rqa", name), encoding="utf-8") as file:
            text, includes = preprocess(name, file.read(), api)
        for include in includes:
            read(include)
        Parser(name, text, api).file()

    read("rqa.h")
    if not api.functions:
        raise HeaderError(f"{folder}: no function is declared")
    return api


def ctypes_type(api: Api, kind: CType) -> str:
    pointers, base = kind.pointers, kind.base
    if base in ("void", "char"):
        if not pointers:
            return "None" if base == "void" else f"c_char * {kind.length}"
        name, pointers = "c_void_p" if base == "void" else "c_char_p", pointers - 1
    elif base in SCALARS or base in api.aliases:
        name = SCALARS[api.aliases.get(base, base)]
    else:
        name = base
    for _ in range(pointers):
        name = f"POINTER({name})"
    return f"{name} * {kind.length}" if kind.length else name


def ctypes_callback(api: Api, function: Function) -> str:
    types = [ctypes_type(api, function.result)]
    types += [ctypes_type(api, kind) for _, kind in function.parameters]
    return f"CFUNCTYPE({', '.join(types)})"


def struct_ids(api: Api) -> dict[str, int]:
    """Struct -> number for rqa_struct_size(); every public struct has one."""
    ids = {name[len("RQA_STRUCT_"):].lower(): number
           for name, number in api.enums["rqa_struct_id"].items()}
    found = {name: ids.pop(name[len("rqa_"):], None) for name in api.structs}
    missing = [name for name, number in found.items() if number is None]
    if missing or ids:
        raise HeaderError("version.h: rqa_struct_id and the structs differ: "
                          f"{', '.join(missing) or ', '.join(ids)}")
    return {name: number for name, number in found.items() if number is not None}


def python_source(api: Api) -> str:
    """The text of _declarations.py."""
    lines = ['"""Generated from include/rqa by make_declarations.py; not to be edited."""',
             "from ctypes import (CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double,",
             "                    c_int, c_int8, c_int16, c_int32, c_int64, c_size_t, c_uint8,",
             "                    c_uint16, c_uint32, c_uint64, c_void_p)", ""]
    lines += [f"{name} = {value!r}" for name, value in api.macros.items()]
    for values in api.enums.values():
        lines += [f"{name} = {value}" for name, value in values.items()]
    for name, parameters, body in api.macro_functions:
        lines += ["", "", f"def {name}({', '.join(parameters)}):", f"    return {body}", ""]
    lines += [f"{name} = {body}" for name, body in api.macro_expressions]
    lines += ["", f"ENUMS = {api.enums!r}", f"STRUCT_IDS = {struct_ids(api)!r}", ""]
    for name in api.order:
        if name in api.opaque:
            lines += ["", f"class {name}(Structure):", "    pass", ""]
        elif name in api.callbacks:
            lines.append(f"{name} = {ctypes_callback(api, api.callbacks[name])}")
        elif name in api.structs:
            lines += ["", f"class {name}(Structure):", "    _fields_ = ["]
            for field in api.structs[name]:
                kind = (ctypes_callback(api, field.type) if isinstance(field.type, Function)
                        else ctypes_type(api, field.type))
                lines.append(f"        ({field.name!r}, {kind}),")
            lines += ["    ]", ""]
    lines.append("PROTOTYPES = {")
    for name, function in api.functions.items():
        types = ", ".join(ctypes_type(api, kind) for _, kind in function.parameters)
        lines.append(f"    {name!r}: ({ctypes_type(api, function.result)}, [{types}]),")
    return "\n".join(lines + ["}", ""])


def c_type(kind: CType, name: str) -> str:
    text = f"{'const ' if kind.const else ''}{kind.base} {'*' * kind.pointers}{name}"
    return f"{text}[{kind.length}]" if kind.length else text


def c_parameters(function: Function) -> str:
    return ", ".join(c_type(kind, name) for name, kind in function.parameters) or "void"


def c_pointer(function: Function) -> str:
    return f"{c_type(function.result, '')}(*{function.name})({c_parameters(function)})"


def cdef_source(api: Api) -> str:
    """The text of rqa_cdef.h: what cffi's parser takes, without directives other than numbers."""
    lines = ["/* Generated from include/rqa by make_declarations.py; not to be edited. */"]
    lines += [f"#define {name} {value}" for name, value in api.macros.items()
              if isinstance(value, int)]
    for name in api.order:
        if name.startswith("enum "):
            values = api.enums[name.split()[1]]
            members = ", ".join(f"{m} = {v}" for m, v in values.items())
            lines.append(f"{name} {{ {members} }};")
        elif name in api.aliases:
            lines.append(f"typedef {api.aliases[name]} {name};")
        elif name in api.opaque:
            lines.append(f"typedef struct {name} {name};")
        elif name in api.callbacks:
            lines.append(f"typedef {c_pointer(api.callbacks[name])};")
        elif name in api.structs:
            lines.append(f"typedef struct {name} {{")
            for field in api.structs[name]:
                text = (c_pointer(field.type) if isinstance(field.type, Function)
                        else c_type(field.type, field.name))
                lines.append(f"    {text};")
            lines.append(f"}} {name};")
        else:
            function = api.functions[name]
            lines.append(f"{c_type(function.result, name)}({c_parameters(function)});")
    return "\n".join(lines + [""])


def write(include: str, out: str) -> None:
    """Writes both files into a folder."""
    api = read_headers(include)
    for name, text in (("_declarations.py", python_source(api)), ("rqa_cdef.h", cdef_source(api))):
        with open(os.path.join(out, name), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit((__doc__ or "").split("\n\n")[1])
    try:
        write(sys.argv[1], sys.argv[2])
    except (HeaderError, OSError) as error:
        sys.exit(f"make_declarations.py: {error}")
