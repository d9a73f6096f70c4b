"""The table of providers: a server that speaks OpenAI's form is one row of it."""

import re

from conftest import ROOT


def test_no_place_but_the_table_asks_for_a_provider_by_its_name():
    table = (ROOT / "src/proctor/backend/providers.cc").read_text()
    names = re.findall(r'\.name = "([^"]+)"', table)
    asked = re.compile(r'[!=]= "(%s)"' % "|".join(map(re.escape, names)))
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in sorted((ROOT / "src").rglob("*.cc"))
        for line in file.read_text().splitlines()
        if asked.search(line)
    ]

    assert len(names) >= 7 and not found, found
