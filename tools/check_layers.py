#!/usr/bin/env python3
"""Checks every #include of src/proctor against the tables in docs/ARCHITECTURE.md.

A folder may include the public headers (NAME/NAME.h) of the folders that its row names,
and any header of its own; a third-party header stands only where its row says so.
No two folders' headers define a type of the same name: all share one namespace, and a
program that links both would break the one-definition rule without a word.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "proctor"


def table(text, header):
    """The rows under a Markdown table's header line, as lists of cells."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.strip() == header:
            break
    next(lines, None)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")])
    return rows


def names(cell):
    return [] if cell in ("–", "-", "") else [name.strip() for name in cell.split(",")]


def twice_defined():
    """Types that the headers of more than one folder define."""
    folders = {}
    for file in sorted(SOURCES.rglob("*.h")):
        text = file.read_text(encoding="utf-8")
        for name in re.findall(r"^(?:struct|class|enum class|enum)\s+(\w+)[^;{(]*\{", text, re.M):
            folders.setdefault(name, set()).add(file.relative_to(SOURCES).parts[0])
    return [f"{name}: defined in {' and in '.join(sorted(where))}" for name, where in folders.items() if len(where) > 1]


def main():
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    allowed = {folder: names(cell) for folder, cell in table(page, "| folder | may include |")}
    third_party = [(names(header), names(cell)) for header, cell in table(page, "| header | only in |")]
    if not allowed or not third_party:
        sys.exit("docs/ARCHITECTURE.md: expected the tables '| folder | may include |' and '| header | only in |'")
    wrong, seen = twice_defined(), 0
    for file in sorted([*SOURCES.rglob("*.h"), *SOURCES.rglob("*.cc")]):
        folder = file.relative_to(SOURCES).parts[0]
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found = re.match(r'#include\s+[<"]([^>"]+)[>"]', line)
            if not found:
                continue
            seen += 1
            header, place = found[1], f"{file.relative_to(ROOT)}:{number}"
            if header.startswith("proctor/"):
                other = header.split("/")[1]
                if other == folder:
                    continue
                if folder not in allowed:
                    wrong.append(f"{place}: {folder} is not in the table")
                elif "everything" not in allowed[folder] and other not in allowed[folder]:
                    wrong.append(f"{place}: {folder} may not include {header}")
                elif header != f"proctor/{other}/{other}.h":
                    wrong.append(f"{place}: {header} is not {other}'s public header")
            for prefixes, folders in third_party:
                if any(header.startswith(prefix) for prefix in prefixes) and folder not in folders:
                    wrong.append(f"{place}: {header} belongs to {', '.join(folders)} only")
    print(f"{seen} includes in {len(allowed)} folders")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
