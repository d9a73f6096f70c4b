#!/usr/bin/env python3
"""Write src/proctor/answer/unicode_tables.h from this Python's Unicode tables.

The peers' rules are Python regular expressions and string methods, so Python's own
tables are what a faithful reader needs. Ranges are closed; run it, read the diff.
"""
import pathlib
import re
import sys
import unicodedata

CODE_POINTS = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000]


def ranges(true_of):
    found = []
    for c in map(ord, filter(true_of, CODE_POINTS)):
        if found and found[-1][1] == c - 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return found


def lower_ranges():
    """Runs (first, last, step, distance) of code points whose lower case is one other."""
    pairs = [(ord(c), ord(c.lower())) for c in CODE_POINTS
             if len(c.lower()) == 1 and c.lower() != c]
    found = []
    for c, low in pairs:
        distance = low - c
        if found and found[-1][3] == distance:
            first, last, step, _ = found[-1]
            gap = c - last
            if gap in (1, 2) and (first == last or gap == step):
                found[-1] = (first, c, gap, distance)
                continue
        found.append((c, c, 1, distance))
    return found


def table(name, kind, rows):
    cells = ["{" + ", ".join(f"0x{v:X}" if i < 2 else str(v) for i, v in enumerate(row)) + "}"
             for row in rows]
    text = f"inline constexpr {kind} {name}[] = {{\n"
    line = "   "
    for cell in cells:
        if len(line) + len(cell) + 2 > 88:
            text += line + "\n"
            line = "   "
        line += " " + cell + ","
    return text + line + "\n};\n"


def main():
    out = [
        "// Made by tools/unicode_tables.py from Unicode "
        f"{unicodedata.unidata_version}; do not edit.",
        "#pragma once", "", "namespace proctor::unicode {", "",
        "// clang-format off",
        "struct Range { char32_t first, last; };",
        "struct CaseRange { char32_t first, last; int step, distance; };",
        "",
        r"// What Python's \w matches.",
        table("word", "Range", ranges(lambda c: re.match(r"\w", c))),
        r"// What Python's \d matches.",
        table("digit", "Range", ranges(lambda c: re.match(r"\d", c))),
        "// The categories P*.",
        table("punctuation", "Range",
              ranges(lambda c: unicodedata.category(c)[0] == "P")),
        "// What Python's str.isupper() says of one code point.",
        table("upper", "Range", ranges(str.isupper)),
        "// Lower case = code point + distance.",
        table("lower", "CaseRange", lower_ranges()),
        "// clang-format on", "", "}  // namespace proctor::unicode", ""]
    path = pathlib.Path(__file__).parent.parent / "src/proctor/answer/unicode_tables.h"
    path.write_text("\n".join(out), encoding="utf-8")


if __name__ == "__main__":
    main()
