#!/usr/bin/env python3
"""How long a page of `proctor html` takes in a browser: bench/page.py report.html

First paint, a filter's answer and a search, in milliseconds, and the tab's memory.
Needs chromium, chromedriver and selenium, as tests/program/test_page.py does.
"""

import pathlib
import shutil
import sys

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

FILTERS = [("mark", "wrong"), ("flips", "any"), ("flips", ""), ("mark", ""), ("sort", "hard"), ("sort", "latency"), ("sort", "")]
# From the choice until what it leaves is on the screen.
CHOOSE = """const [id, value, done] = arguments, start = performance.now(), select = document.getElementById(id);
    select.value = value; select.dispatchEvent(new Event('change'));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)))"""
# The longest time in which the page could not answer, too.
SEARCH = """const [text, done] = arguments, start = performance.now(); let worst = 0, last = start, on = true;
    (function beat() { const now = performance.now(); worst = Math.max(worst, now - last); last = now; if (on) setTimeout(beat, 0); })();
    search(text).then(() => { on = false; done([performance.now() - start, worst]); })"""


def measured(page):
    options = Options()
    options.binary_location = shutil.which("chromium")
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"):
        options.add_argument(word)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        browser.get(page.resolve().as_uri())
        WebDriverWait(browser, 60).until(lambda one: one.execute_script("return document.querySelector('.row') !== null"))
        yield "first paint", browser.execute_script("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
        for id_, value in FILTERS:
            if id_ == "flips" and browser.execute_script("return head.runs.length") < 2:
                continue
            yield f"{id_} {value or '(all)'}", browser.execute_async_script(CHOOSE, id_, value)
        took, worst = browser.execute_async_script(SEARCH, "photosynthesis")
        yield "search", took
        yield "longest pause in it", worst
        yield "heap, MB", browser.execute_script("return performance.memory.usedJSHeapSize / 1e6")
    finally:
        browser.quit()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for what, number in measured(pathlib.Path(sys.argv[1])):
        print(f"{what:22} {number:7.0f}")
