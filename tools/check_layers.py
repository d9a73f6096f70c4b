#!/usr/bin/env python3
"""Checks every #include of src/proctor, and what CMake links, against the tables in
docs/ARCHITECTURE.md.

    tools/check_layers.py [PROGRAM…]

A folder may include the public headers (NAME/NAME.h) of the folders that its row names,
and any header of its own; a third-party header stands only where its row says so.
No two folders' headers define a type of the same name: all share one namespace, and a
program that links both would break the one-definition rule without a word; and no type
of ours has a second name by `using`. A folder's
CMakeLists.txt links the folders of its row, no more and no fewer. The programs named are
ones that must be linked without a network, pictures and models.
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "proctor"
HEAVY = ["libcurl", "libpango", "libcairo", "libllama", "libggml"]


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


def named_twice():
    """Types of ours that a header gives a second name."""
    headers = {file: file.read_text(encoding="utf-8") for file in sorted(SOURCES.rglob("*.h"))}
    defined = r"^(?:struct|class|enum class|enum)\s+(\w+)[^;{(]*\{"
    ours = {name for text in headers.values() for name in re.findall(defined, text, re.M)}
    return [f"{file.relative_to(ROOT)}: {name} is {other} by another name"
            for file, text in headers.items()
            for name, other in re.findall(r"^using (\w+) = (?:proctor::)?(\w+);", text, re.M) if other in ours]


def linked(folder, text):
    """The folders whose libraries this CMakeLists.txt links to the folder's."""
    found = re.search(rf"proctor_folder\({folder}\b([^)]*)\)", text)
    return {word.removeprefix("proctor_") for word in found[1].split() if word.startswith("proctor_")} if found else None


def wrongly_linked(allowed):
    for folder, row in allowed.items():
        expected = set(allowed) - {folder} if "everything" in row else set(row)
        text = (SOURCES / folder / "CMakeLists.txt").read_text(encoding="utf-8")
        found = linked(folder, text)
        if re.search(rf"target_link_libraries\(proctor_{folder}\b[^)]*\bproctor_", text):
            yield f"src/proctor/{folder}/CMakeLists.txt: links folders beside proctor_folder({folder} …)"
        if found is None:
            yield f"src/proctor/{folder}/CMakeLists.txt: no proctor_folder({folder} …)"
        elif found != expected:
            yield (f"src/proctor/{folder}/CMakeLists.txt: links {', '.join(sorted(found))}; its row says "
                   f"{', '.join(sorted(expected))}")


def heavily_linked(program):
    if not shutil.which("ldd"):
        print(f"{program}: not looked at, there is no ldd")
        return []
    needed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return [f"{program}: needs {name}" for name in HEAVY if f"{name}." in needed or f"{name}-" in needed]


def main():
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    allowed = {folder: names(cell) for folder, cell in table(page, "| folder | may include |")}
    third_party = [(names(header), names(cell)) for header, cell in table(page, "| header | only in |")]
    if not allowed or not third_party:
        sys.exit("docs/ARCHITECTURE.md: expected the tables '| folder | may include |' and '| header | only in |'")
    wrong, seen = [*twice_defined(), *named_twice(), *wrongly_linked(allowed)], 0
    for program in sys.argv[1:]:
        wrong += heavily_linked(program)
    for file in sorted([*SOURCES.rglob("*.h"), *SOURCES.rglob("*.cc")]):
        folder = file.relative_to(SOURCES).parts[0]
        is_front = folder == "proctor.h"  # for programs outside: all but the command line
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
                if is_front:
                    if other in ("cli", "console"):
                        wrong.append(f"{place}: the library's front has no command line")
                elif folder not in allowed:
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
