"""The page of a run, in a browser: Debian's chromium, by chromedriver and selenium."""

import csv
import importlib.util
import io
import json
import os
import pathlib
import shutil
import subprocess

import pytest
from conftest import PROCTOR, write_exam

webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium: tools/python-packages selenium")
from selenium.webdriver.chrome.options import Options  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="no browser: apt-get install chromium chromium-driver")

# axe-core as a package of Python brings it; its driver of browsers is not used.
package = importlib.util.find_spec("axe_playwright_python")
AXE = package and next(pathlib.Path(package.origin).parent.rglob("axe.min.js"), None)
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

HOSTILE = ("</script><script>document.title='taken'</script><!-- <img src=http://127.0.0.1:9/x onerror=alert(1)>"
           " \u2028 \u202e reversed \u0000 {{head}} The answer is (B).")
FORMULA = "=HYPERLINK(\"http://127.0.0.1:9\") The answer is (B)."
LONG = "word " * 200_000 + "The answer is (B)."


def entries(answers):
    """MMLU-Pro's form of results: 40 questions, of which A is right in every second."""
    for i, said in enumerate(answers):
        yield {
            "question_id": 100 + i,
            "question": f"Question {i}, of the {'<b>bold</b>' if i == 2 else 'plain'} kind: what is it?",
            "options": ["one", "two", "three", "<i>four</i>"],
            "answer": "AB"[i % 2], "answer_index": i % 2,
            "category": "law" if i < 10 else "math",
            "pred": None, "model_outputs": said,
        }


def answers(letters, **others):
    said = [f"Let me think. The answer is ({letter})." for letter in letters]
    for place, text in others.items():
        said[int(place[1:])] = text
    return said


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """two.html, of two runs, and ja.html, of the first alone in Japanese."""
    folder = tmp_path_factory.mktemp("pages")
    first = answers("AB" * 20, q3=HOSTILE, q4=FORMULA, q5=LONG)
    second = answers("AA" * 20, q7="I have no idea about zebras.")
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}

    def do(*words):
        done = subprocess.run([PROCTOR, *words], cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done

    for name, said in (("first", first), ("second", second)):
        (folder / f"model_outputs_{name}_5shots.json").write_text(json.dumps(list(entries(said))))
        do("import", f"model_outputs_{name}_5shots.json", "--name", name)
    do("html", "first", "second", "--reader", "mmlu_pro_first_rule", "-o", "two.html")
    do("html", "first", "--lang", "ja", "-o", "ja.html")
    for name, said in (("silent", [None] * 40), ("half", [None] * 5 + answers("BA" * 17 + "B")),
                       ("short", answers("AB" * 6))):
        (folder / f"model_outputs_{name}_5shots.json").write_text(json.dumps(list(entries(said))))
        do("import", f"model_outputs_{name}_5shots.json", "--name", name)
    do("html", "first", "silent", "half", "-o", "failed.html")
    do("html", "first", "short", "-o", "short.html")
    (folder / "model_outputs_long_5shots.json").write_text(json.dumps(list(entries(answers("ABB" * 1750)))))
    do("import", "model_outputs_long_5shots.json", "--name", "long")
    do("html", "long", "-o", "long.html")
    many = [f"model_outputs_a-model-of-a-long-name-{i}_5shots.json" for i in range(25)]
    for name in many:
        (folder / name).write_text(json.dumps(list(entries(answers("AB" * 6)))))
    do("import", *many, "--store", "many.db")
    do("html", "--store", "many.db", "-o", "many.html")
    for name in ("first", "half"):
        do("html", name, "-o", f"{name}.html")
        for form in ("csv", "jsonl"):
            do("export", name, "-o", f"{name}.{form}")
    for n, subject in enumerate(("anatomy", "astronomy", "econometrics", "philosophy", "weaving"), 5):
        write_exam(folder / "exam", n, subject)
    do("run", "baseline/A", "--dataset", "exam", "--subject", "all", "--shots", "0")
    do("html", "last", "-o", "exam.html")
    (folder / "exam.json").write_text(do("report", "last", "--json").stdout)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = Options()
    options.binary_location = BROWSER
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(DRIVER))
    # What the page's policy stopped, and what was thrown.
    started.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        window.seen = [];
        addEventListener("securitypolicyviolation", (e) => seen.push(e.violatedDirective));
        addEventListener("error", (e) => seen.push(e.message));
        addEventListener("unhandledrejection", (e) => seen.push(String(e.reason)));"""})
    yield started
    started.quit()


class Page:
    def __init__(self, browser, path, hash_="", width=1280, height=900):
        self.browser = browser
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        browser.get("about:blank")
        browser.get(path.as_uri() + hash_)
        self.until("return document.querySelectorAll('.row').length > 0")

    def do(self, script, *words):
        return self.browser.execute_script(script, *words)

    def until(self, script):
        return WebDriverWait(self.browser, 20).until(lambda _: self.do(script))

    def choose(self, id_, value):
        self.do("const s = document.getElementById(arguments[0]); s.value = arguments[1];"
                "s.dispatchEvent(new Event('change'))", id_, value)

    def found(self):
        return self.do("return document.getElementById('found').textContent")

    def listed(self):
        """The ids of the rows that are drawn, from above."""
        return self.do("""return [...document.querySelectorAll('.row')]
            .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
            .map((row) => row.querySelector('.about').textContent.split(' ')[0])""")

    def one(self):
        return self.do("return document.getElementById('one').textContent")

    def is_open(self, id_):
        self.until(f"return document.querySelector('#one h3')?.textContent === '{id_}'")

    def saved(self, form):
        """The file that a button gives."""
        self.do("""window.given = null; const make = URL.createObjectURL;
            URL.createObjectURL = (blob) => { blob.text().then((text) => { given = text; }); return make(blob); };
            HTMLAnchorElement.prototype.click = () => {};
            document.getElementById(arguments[0]).click()""", form)
        return self.until("return window.given")

    def keys(self, *keys):
        self.browser.switch_to.active_element.send_keys(*keys)


@pytest.fixture
def page(browser, pages):
    return Page(browser, pages / "two.html")


def test_html_goes_to_an_html_file(pages):
    done = subprocess.run([PROCTOR, "html", "first", "-o", "x.json"], cwd=pages, capture_output=True, text=True,
                          env={**os.environ, "HOME": str(pages)})
    assert done.returncode == 2 and "-o: found x.json, expected .html" in done.stderr
    assert not (pages / "x.json").exists()


def test_says_what_is_hidden_as_report_does(pages):
    def told(*words):
        return subprocess.run([PROCTOR, *words], cwd=pages, capture_output=True, text=True, check=True,
                              env={**os.environ, "HOME": str(pages), "LC_ALL": "C.UTF-8"}).stderr
    assert "1 run is hidden" in told("report") and "1 run is hidden" in told("html", "-o", "hidden.html")


def test_a_page_says_what_report_says(page):
    text = page.do("return document.getElementById('runs').textContent")
    assert "97.50 %" in text and "50.00 %" in text  # 39 of 40; 20 of 40


def heat(page):
    """The cells of the heat map by the names of their rows."""
    return dict(page.do("""return [...document.querySelectorAll('#subjects tbody tr')].map((row) =>
        [row.cells[0].textContent, [...row.cells].slice(1).map((cell) =>
          cell.querySelector('[data-tip]')?.dataset.tip.split('\\n')[1] ?? cell.textContent)])"""))


def test_categories_and_subjects_have_the_numbers_of_a_report(browser, pages):
    told = heat(Page(browser, pages / "exam.html"))
    report = json.loads((pages / "exam.json").read_text())
    counts = {**report["by_category"], **report["by_subject"]}
    assert list(report["by_category"]) == ["-", "humanities", "other", "social_sciences", "stem"]
    titles = {"no category": "-", "STEM": "stem", "social sciences": "social_sciences"}
    for name, (cell,) in told.items():
        of = report if name == "All" else counts[titles.get(name, name)]
        share = f"{100 * of['accuracy']:.1f} % ({of['correct']}/{of['n']}), 95 % CI "
        assert cell.startswith(share), name


def test_a_failure_is_no_wrong_answer(browser, pages):
    page = Page(browser, pages / "failed.html")
    told = heat(page)
    assert told["law"][1] == "– (10 failed)" and told["All"][1] == "– (40 failed)"
    assert told["law"][2].startswith("50.0 % (5/10)") and told["law"][2].endswith(" (5 failed)")
    assert "failed" not in told["math"][2]
    silent, half = page.do("""return [...document.querySelectorAll('#runs tbody')[0].rows].slice(1).map((row) =>
        row.textContent)""")
    assert "40 failed" in silent and "%" not in silent and "asked" not in silent
    assert "5 failed" in half and "asked" not in half


def test_numbers_are_rounded_as_in_a_terminal(page):
    wanted = [(k, n) for n in range(1, 401) for k in range(n + 1)]
    for digits in (1, 2):
        told = page.do("return arguments[0].map(([k, n]) => percent(k / n, arguments[1]))", wanted, digits)
        said = [f"{100 * (k / n):.{digits}f}" for k, n in wanted]
        assert [pair for pair in zip(wanted, told, said) if pair[1] != pair[2]] == []


def test_a_press_on_a_run_s_subject_lists_what_that_run_was_asked(browser, pages):
    page = Page(browser, pages / "short.html")
    page.do("document.getElementById('text').value = 'zebra';"
            "document.getElementById('text').dispatchEvent(new Event('input'))")
    page.until("return document.querySelectorAll('.row').length === 0")
    page.do("[...document.querySelectorAll('#subjects button.cell')].find((cell) =>"
            " cell.dataset.tip.startsWith('math') && cell.dataset.tip.includes('/2)')).click()")
    assert page.found() == "2 of 40 questions"
    assert page.do("return document.getElementById('text').value") == ""
    page.do("document.getElementById('reset').click()")
    assert page.found() == "40 of 40 questions"


def test_an_imported_run_has_no_command_that_asks_it_again(page):
    facts = page.do("return document.querySelector('#runs details dl').textContent")
    assert "MMLU-Pro" in facts and "proctor run" not in facts


def test_nothing_hostile_runs_and_no_request_leaves_the_page(browser, pages):
    browser.get_log("performance")
    page = Page(browser, pages / "two.html", "#q=103")
    page.is_open("103")

    assert "</script><script>document.title='taken'</script>" in page.one()
    assert "⟨U+202E⟩" in page.one() and "⟨U+0000⟩" in page.one()
    assert page.do("return document.querySelectorAll('#one img, #one i, #one b').length") == 0
    assert "taken" not in browser.title
    assert page.do("return window.seen") == []
    events = [json.loads(line["message"])["message"] for line in browser.get_log("performance")]
    asked = {event["params"]["request"]["url"].split(":")[0] for event in events
             if event["method"] == "Network.requestWillBeSent"}
    assert asked <= {"file", "data", "blob", "about"}


def test_the_policy_stops_a_script_that_is_not_the_page_s(page):
    page.do("const s = document.createElement('script'); s.textContent = 'window.ran = true';"
            "document.body.append(s)")
    assert page.do("return window.ran") is None
    assert page.until("return window.seen.includes('script-src-elem')")


def test_a_megabyte_of_reply_is_cut_until_it_is_asked_for(browser, pages):
    page = Page(browser, pages / "two.html", "#q=105")
    page.is_open("105")
    assert len(page.one()) < 50_000

    page.do("[...document.querySelectorAll('#one button')].find((b) => b.textContent.includes('1,000,0')).click()")

    assert len(page.one()) > 1_000_000


def test_filters_by_mark_and_subject(page):
    page.choose("mark", "wrong")
    assert page.found() == "1 of 40 questions"
    assert page.listed() == ["104"]
    page.choose("mark", "")
    law = page.do("return [...document.querySelectorAll('#subject option')].find((o) => o.text === 'law').value")
    page.choose("subject", law)
    assert page.found() == "10 of 40 questions"


def test_finds_what_one_run_lost(page):
    page.choose("flips", "lost")
    assert page.found() == "20 of 40 questions"
    page.choose("flips", "won")
    assert page.listed() == ["104"]
    page.choose("flips", "any")
    assert page.found() == "21 of 40 questions"


def test_searches_replies_and_questions(page):
    for text, ids in (("ZEBRAS", ["107"]), ("<b>bold", ["102"]), ("nowhere to be found", [])):
        page.do("document.getElementById('text').value = arguments[0];"
                "document.getElementById('text').dispatchEvent(new Event('input'))", text)
        WebDriverWait(page.browser, 20).until(lambda _, ids=ids: page.listed() == ids)


def test_sorts_by_mark(page):
    page.choose("run-a", "1")
    page.choose("sort", "mark")
    assert page.listed()[-1] != page.listed()[0]
    first = page.do("return document.querySelector('.row[aria-posinset=\"1\"] .letter:nth-of-type(3)').className")
    assert "is-right" in first


def test_a_link_opens_its_question(browser, pages):
    page = Page(browser, pages / "two.html", "#q=139")
    page.is_open("139")
    assert page.do("return document.querySelector('.row[aria-selected=true] .about').textContent").startswith("139")


def test_goes_through_questions_by_keyboard_alone(page):
    page.do("document.getElementById('list').focus()")
    page.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER)
    page.is_open("101")
    page.keys("j")
    page.is_open("102")
    page.keys("k")
    page.is_open("101")
    page.keys("/")
    assert page.do("return document.activeElement.id") == "text"
    page.keys(Keys.ESCAPE)
    assert page.do("return document.activeElement.id") == "list"
    page.keys(Keys.END)
    assert page.do("return document.querySelector('.row[aria-selected=true]').id") == "row-39"


def test_a_cell_tells_its_interval_at_the_focus_and_shows_its_questions(page):
    page.do("document.querySelector('#subjects button.cell').focus()")
    page.keys(Keys.ARROW_DOWN)
    told = page.do("return document.getElementById('tip').textContent")
    assert "95 % CI" in told and told.startswith("law")
    page.keys(Keys.ARROW_RIGHT, Keys.ENTER)
    assert page.found() == "10 of 40 questions"
    assert page.do("return document.getElementById('run-a').value") == "1"


def test_exports_what_is_listed_and_a_spreadsheet_runs_none_of_it(page):
    page.choose("mark", "wrong")
    lines = [json.loads(line) for line in page.saved("jsonl").split("\n") if line]
    assert [line["id"] for line in lines] == ["104", "104"]
    assert lines[0]["reply"] == FORMULA and lines[0]["mark"] == "wrong" and lines[0]["right"] == "A"

    (titles, first, *_) = csv.reader(io.StringIO(page.saved("csv")))
    assert dict(zip(titles, first))["reply"] == "'" + FORMULA


@pytest.mark.parametrize("run", ["first", "half"])
def test_exports_as_the_program_does(browser, pages, run):
    page = Page(browser, pages / f"{run}.html")
    said = [json.loads(line) for line in (pages / f"{run}.jsonl").read_text().split("\n") if line]
    told = [json.loads(line) for line in page.saved("jsonl").split("\n") if line]
    for line in (*said, *told):
        line.pop("run", None)
        assert not line.pop("latency_ms")  # none was measured
    assert told == said

    page = Page(browser, pages / f"{run}.html")
    csv.field_size_limit(10_000_000)
    said, told = (list(csv.DictReader(io.StringIO(text, newline=""))) for text in (
        (pages / f"{run}.csv").read_bytes().decode(), page.saved("csv")))
    assert list(told[0]) == ["run", *said[0]]
    for line in (*said, *told):
        line.pop("run", None)
        line.pop("latency_ms")
    assert told == said


def test_an_export_in_any_order_inflates_each_chunk_once(browser, pages):
    page = Page(browser, pages / "long.html")
    page.choose("sort", "mark")
    listed = page.do("return Array.from(rows, (row) => columns.id[row])")
    page.do("""kept.clear(); window.inflated = 0; const Real = DecompressionStream;
        window.DecompressionStream = function (form) { ++inflated; return new Real(form); };""")

    text = page.saved("jsonl")

    assert page.do("return window.inflated") == 2 * -(-5250 // 512)
    assert [json.loads(line)["id"] for line in text.split("\n") if line] == listed != sorted(listed, key=int)
    assert page.found().endswith("proctor.jsonl: 5,250 lines")
    assert page.do("return document.getElementById('csv').disabled") is False


def without(pages, name, id_):
    """A page that lacks an element."""
    html = (pages / "two.html").read_text()
    start = html.index(f'<script type="application/octet-stream" id="{id_}">')
    end = html.index("</script>", start) + len("</script>")
    (pages / name).write_text(html[:start] + html[end:])
    return pages / name


def test_a_reply_that_is_missing_from_the_file_is_not_told_as_empty(browser, pages):
    page = Page(browser, without(pages, "cut.html", "r1-0"), "#q=100")
    page.is_open("100")
    said = page.do("return [...document.querySelectorAll('#one .reply')].map((one) => one.textContent)")
    assert "The answer is (A)" in said[0] and "(empty)" not in page.one()
    assert "it was cut or changed" in said[1]
    page.do("document.getElementById('csv').click()")
    page.until("return document.getElementById('found').textContent.includes('cut or changed')")
    page.do("document.getElementById('text').value = 'think';"
            "document.getElementById('text').dispatchEvent(new Event('input'))")
    page.until("return document.getElementById('found').textContent.match(/^3\\d of .*cut or changed/)")


def test_a_comparison_that_is_missing_from_the_file_says_so(browser, pages):
    page = Page(browser, without(pages, "unpaired.html", "pairs"))
    page.until("return document.getElementById('comparison').textContent.includes('cut or changed')")


def test_speaks_japanese_from_the_start_or_by_its_switch(browser, pages):
    page = Page(browser, pages / "ja.html")
    assert page.do("return document.documentElement.lang") == "ja"
    assert page.found() == "40 問中 40 問"
    page.choose("language", "en")
    assert page.found() == "40 of 40 questions"
    assert page.do("return document.documentElement.lang") == "en"


def test_a_page_of_one_run_compares_nothing(browser, pages):
    page = Page(browser, pages / "ja.html")
    shown = page.do("return [...document.querySelectorAll('.of-two, #comparison')].filter((one) => one.offsetParent)")
    assert shown == []


def test_every_word_is_there_in_both_languages():
    from spoken import ROOT
    words = json.loads((ROOT / "data/page/words.json").read_text())
    for key, both in words.items():
        assert len(both) == 2 and all(both), key
        for place in ("{0}", "{1}"):
            assert (place in both[0]) == (place in both[1]), key


def contrast(one, other):
    def luminance(colour):
        parts = [c / 255 for c in colour]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(page, theme):
    page.choose("theme", theme)
    # The page's own colours, as they are drawn: a canvas gives their numbers.
    colours = page.do("""const context = document.createElement('canvas').getContext('2d');
        const of = (name) => { const probe = document.createElement('i'); document.body.append(probe);
          probe.style.color = `var(--${name})`; context.fillStyle = getComputedStyle(probe).color; probe.remove();
          context.fillRect(0, 0, 1, 1); return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3); };
        return Object.fromEntries(['paper', 'ink', 'quiet', 'soft', 'link', 'right', 'wrong', 'other', 'chosen', 'heat', 'edge', 'bar']
          .map((name) => [name, of(name)]))""")
    for text in ("ink", "quiet", "link", "right", "wrong", "other"):
        for ground in ("paper", "soft", "chosen"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["ink"], colours["heat"]) >= 4.5
    for part in ("edge", "bar"):  # what is no text
        assert contrast(colours[part], colours["paper"]) >= 3, part


@pytest.mark.parametrize("name", ["two.html", "many.html"])
def test_names_of_rows_have_room_on_a_phone(browser, pages, name):
    page = Page(browser, pages / name, width=320)
    widths = page.do("""const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
        return [...document.querySelectorAll('.heat tbody th')].map((one) => one.offsetWidth / rem)""")
    assert min(widths) >= 5.9 and max(widths) <= 8.1


def test_every_run_is_on_paper_and_what_can_be_opened_is_open(browser, pages):
    page = Page(browser, pages / "many.html", width=718)  # A4's, less its margins
    page.do("dispatchEvent(new Event('beforeprint'))")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert page.do("return document.querySelectorAll('details:not([open])').length") == 0
        shown = page.do("""return ['subjects', 'comparison'].map((id) =>
            [...document.querySelectorAll(`#${id} .heat`)].filter((one) => one.offsetParent).map((one) =>
              [one.offsetWidth, one.rows[0].cells.length - 1, one.rows[1].cells[0].textContent]))""")
        for blocks in shown:
            assert sum(columns for _, columns, _ in blocks) == 25
            assert all(width <= 718 and name for width, _, name in blocks)
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    page.do("dispatchEvent(new Event('afterprint'))")
    assert page.do("return document.querySelectorAll('details[open], .blocks, .heat.no-print').length") == 0


def test_keys_work_with_caps_lock_and_leave_a_conversion_alone(page):
    page.do("document.getElementById('list').focus()")
    page.keys(Keys.ARROW_DOWN, Keys.ENTER)
    page.is_open("100")
    page.do("document.getElementById('one').dispatchEvent(new KeyboardEvent('keydown', {key: 'J', bubbles: true}))")
    page.is_open("101")
    page.do("""const text = document.getElementById('text'); text.focus();
        text.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', isComposing: true, bubbles: true}))""")
    assert page.do("return document.activeElement.id") == "text"


def test_the_list_names_no_row_that_is_filtered_out(page):
    page.do("document.getElementById('list').focus()")
    page.keys(Keys.ARROW_DOWN)
    page.choose("mark", "wrong")
    assert page.do("return document.getElementById('list').getAttribute('aria-activedescendant')") is None


def test_filters_wait_for_the_questions_and_a_browser_that_cannot_unpack_says_so(browser, pages):
    name = "old.html"
    html = (pages / "two.html").read_text()
    start = html.index('id="columns">')
    (pages / name).write_text(html[:start] + 'id="columns">' + html[html.index("</script>", start):])
    browser.get((pages / name).as_uri())
    said = "return document.getElementById('found').textContent"
    WebDriverWait(browser, 20).until(lambda _: "cut or changed" in browser.execute_script(said))
    assert browser.execute_script("return document.getElementById('text').matches(':disabled')")


def test_a_difference_is_red_only_where_it_is_more_than_chance(page):
    # 5 against 0: Tango's interval leaves 0 out, and McNemar's p is 0.06.
    is_red = "return forestPicture([5, 0, 5, 0, 0.5, 0.1, 0.8, arguments[0], arguments[1]], [-1, 1]).querySelector('.sure') !== null"
    assert not page.do(is_red, 0.0625, 0)
    assert page.do(is_red, 0.03, 1)


def test_what_a_data_set_calls_its_subjects_turns_no_tip(page):
    assert page.do("return el('i', { 'data-tip': 'a\u202eb', title: '\u0007' }).outerHTML") == (
        '<i data-tip="a⟨U+202E⟩b" title="⟨U+0007⟩"></i>')


def test_a_long_name_of_a_subject_leaves_a_comparison_as_wide_as_it_is(page):
    page.until("return document.querySelectorAll('#comparison tbody th').length > 1")
    page.do("document.querySelectorAll('#comparison tbody th')[1].textContent = 'x'.repeat(300)")
    assert page.do("const box = document.querySelector('#comparison .scroll'); return box.scrollWidth - box.clientWidth") <= 0


def test_every_column_has_a_title(page):
    assert page.do("return [...document.querySelectorAll('thead th')].filter((one) => !one.textContent).length") == 0


@pytest.mark.parametrize("width", [320, 768, 3840])
def test_is_as_wide_as_its_window(browser, pages, width):
    page = Page(browser, pages / "two.html", "#q=103", width=width)
    page.is_open("103")
    assert page.do("return document.documentElement.scrollWidth") <= width


def test_every_picture_has_words(page):
    # A drawing stands in a row of numbers, or says what it is.
    assert page.do("""return [...document.querySelectorAll('svg')].filter((one) =>
        !(one.getAttribute('aria-hidden') === 'true' && one.closest('tr'))
        && !(one.getAttribute('role') === 'img' && one.getAttribute('aria-label'))).length""") == 0
    assert page.do("""return [...document.querySelectorAll('table')].filter((one) =>
        !document.getElementById(one.getAttribute('aria-labelledby'))?.textContent).length""") == 0


@pytest.mark.skipif(not AXE, reason="no axe-core: PIP_NO_DEPS=1 tools/python-packages axe-playwright-python")
@pytest.mark.parametrize("name, theme, width", [
    ("two.html", "light", 1280), ("two.html", "dark", 320), ("ja.html", "dark", 1280), ("ja.html", "light", 320),
    ("failed.html", "light", 1280), ("exam.html", "dark", 1280)])
def test_axe_finds_nothing(browser, pages, name, theme, width):
    page = Page(browser, pages / name, width=width)
    page.choose("theme", theme)
    page.do("document.querySelector('.row').click();"
            "for (const one of document.querySelectorAll('details')) one.open = true")
    page.until("return document.querySelector('#one h3') !== null")
    page.do(AXE.read_text())
    found = browser.execute_async_script("""const [rules, done] = arguments;
        axe.run(document, {runOnly: rules}).then(done, (error) => done({error: String(error)}))""", AXE_RULES)
    assert found.get("error") is None
    assert len(found["passes"]) >= 20
    assert [(one["id"], one["impact"], part["target"], part["failureSummary"])
            for one in found["violations"] for part in one["nodes"]] == []


def test_ten_thousand_questions_are_drawn_as_they_scroll(page):
    assert page.do("return document.querySelectorAll('.row').length") < 40
    page.do("document.getElementById('list').scrollTop = 1e6")
    page.until("return [...document.querySelectorAll('.row')].some((row) => row.id === 'row-39')")
    assert page.do("return document.getElementById('row-0')") is None
