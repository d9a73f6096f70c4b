"""docs/fake-server.md works as it is written."""

import re
import shlex

import pytest

from conftest import ROOT, Server

PAGE = (ROOT / "docs/fake-server.md").read_text()
BLOCKS = [block for block in re.findall(r"^```\n(.*?)^```", PAGE, re.M | re.S) if block.startswith("$ fake_server")]


def test_the_page_has_examples():
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0][2:])
def test_what_it_shows_is_what_is_printed(work, block):
    """Lines may be left out. The port is a free one, and a run's id and a pause differ."""
    (work.path / "data").symlink_to(ROOT / "data")
    server = None
    try:
        for shown in block.split("$ ")[1:]:
            line, *expected = shown.splitlines()
            words = shlex.split(line)
            if words[0] == "fake_server":
                key = [str(ROOT / word) if word.startswith("data/") else word for word in words[1:]]
                at = key.index("--port")
                server = Server(*key[:at], *key[at + 2 :])
                continue
            more = ["--base-url", server.url] if words[1] == "run" else []
            done = work.run(*words[1:], *more)
            printed = (done.stdout + done.stderr).splitlines()
            for one in expected:
                if one == "…":
                    continue
                pattern = re.sub(r"\b[0-9a-f]{8}\b", "ID", re.sub(r"in \d\.\d s$", "PAUSE", one))
                pattern = re.escape(pattern).replace("ID", "[0-9a-f]{8}").replace("PAUSE", r"in \d\.\d s")
                assert any(re.fullmatch(pattern, line) for line in printed), (one, done.stdout, done.stderr)
    finally:
        server.stop()
