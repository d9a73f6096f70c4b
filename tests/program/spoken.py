"""The sentences in the sources: every text of at least two words that a person may be told.

Not among them: what has both languages beside each other (in_language), SQL, and in the folders
whose texts are cues, prompts or data what is no error.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "proctor"
SILENT = {"answer", "prompt", "question"}
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|FROM|CREATE|PRAGMA|DROP|BEGIN|ATTACH|DELETE)\b")
TEXT = r'"(?:[^"\\\n]|\\.)*"'
WORDS = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "\\": "\\", "'": "'"}


def end_of_call(source, at):
    """Where the parenthesis that is open at `at` is closed."""
    depth, in_text = 1, False
    while depth:
        c = source[at]
        if in_text:
            at += c == "\\"
            in_text = c != '"'
        elif c == '"':
            in_text = True
        else:
            depth += (c == "(") - (c == ")")
        at += 1
    return at


def without_pairs(source):
    while (found := re.search(r"\bin_language\(", source)) is not None:
        source = source[: found.start()] + "0" + source[end_of_call(source, found.end()):]
    return source


def value_of(literals):
    text = "".join(part[1:-1] for part in re.findall(TEXT, literals))
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[0]), text)


def phrases_of(text, is_format):
    """As the catalogues have them: a line each, "{}" where something is filled in."""
    if is_format:
        text = re.sub(r"(?<!\{)\{:[^{}]*(?:\{\}[^{}]*)?\}", "{}", text)
        text = text.replace("{{", "{").replace("}}", "}")
    for line in text.split("\n"):
        line = re.sub(r"^(; |: )", "", line.strip())
        if WORDS.search(line) and not SQL.search(line):
            yield line


def spoken():
    """{phrase: the files that say it}."""
    found = {}
    for path in sorted(SOURCES.rglob("*.cc")) + sorted(SOURCES.rglob("*.h")):
        folder = path.relative_to(SOURCES).parts[0]
        source = re.sub(r"(?m)^\s*//.*$|\s//[^\"\n]*$", "", path.read_text())
        source = re.sub(r"(?m)^#.*$", "", source)
        source = re.sub(r'R"(\w*)\(.*?\)\1"', '""', source, flags=re.S)
        source = without_pairs(source)
        for text in re.finditer(rf"(?:{TEXT}\s*)+", source):
            before = source[max(0, text.start() - 80): text.start()]
            if folder in SILENT and not re.search(r"\bfail\([^\"]*$", before):
                continue
            is_format = re.search(r"\b(fail|format)\([^\"]*$", before) is not None
            for phrase in phrases_of(value_of(text[0]), is_format):
                found.setdefault(phrase, []).append(str(path.relative_to(ROOT)))
    return found


if __name__ == "__main__":
    for phrase, files in spoken().items():
        print(files[0].removeprefix("src/proctor/"), phrase, sep="\t")
