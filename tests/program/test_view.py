"""The page of a store that is served while a run goes on, in a browser."""

import http.client
import json
import signal

import pytest
from test_page import Page, browser, pytestmark  # noqa: F401: a fixture, and what it needs

HOSTILE = "</script><img src=x onerror=\"document.title='taken'\"> \u202e The answer is (A)."


class View:
    """proctor view, as long as the test lasts."""

    def __init__(self, folder, *words):
        self.process = folder.start("view", *words)
        self.address = self.process.stdout.readline().strip()
        self.origin, self.token = self.address.split("/?token=")
        self.port = int(self.origin.rsplit(":", 1)[1])

    def status(self, path, method="GET", **headers):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        link.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return link.getresponse().status

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        said = self.process.communicate(timeout=20)
        return self.process.returncode, *said


class LivePage(Page):
    def __init__(self, browser, view, rows=True):  # noqa: F811
        self.browser = browser
        browser.get("about:blank")
        browser.get(view.address)
        if rows:
            self.until("return document.querySelectorAll('.row').length > 0")

    def counts(self):
        return self.do("return head.runs.map((run) => run.count)")


@pytest.fixture
def served(work):
    views = []

    def start(*words):
        views.append(View(work, *words))
        return views[-1]

    yield start
    for view in views:
        view.process.kill()
        view.process.communicate()


def test_the_page_follows_a_run_to_what_report_says(work, served, start_server, browser):  # noqa: F811
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 20)
    server = start_server("--random", 7, "--latency-ms", 40)
    view = served()
    browser.get_log("performance")
    page = LivePage(browser, view)
    assert page.counts() == [[5, 20]]
    page.choose("mark", "wrong")
    page.do("byId('live').querySelector('details').open = true; openRow(rows[3])")
    opened = page.until("return document.querySelector('#one h3')?.textContent")

    run = work.start("run", "llama", "--base-url", server.url, "--dataset", "exam", "--concurrency", 1)
    page.until("return head.runs.length === 2")
    first = page.counts()[1][1]
    assert first < 100
    page.until(f"return head.runs[1].count[1] > {first}")
    assert run.wait(timeout=60) == 0
    page.until("return head.runs[1].complete && !looking")

    report = [json.loads(line) for line in work.run("report", "--json").stdout.splitlines()]
    assert page.counts() == [[one["correct"], one["n"]] for one in sorted(report, key=lambda one: one["n"])]
    exact = next(one for one in report if one["n"] == 100)
    assert page.do("return head.runs[1].interval") == exact["ci95"]
    assert page.do("return head.live.curves[1].at(-1)") == [exact["correct"], 100, *exact["ci95"]]
    figures = page.do("return document.getElementById('live').textContent")
    assert f"{100 * exact['accuracy']:.2f} %" in figures and "100 of 100" in figures
    # What a person has done stays.
    assert page.do("return document.getElementById('mark').value") == "wrong"
    assert page.do("return byId('live').querySelector('details').open")
    assert page.do("return document.querySelector('#one h3').textContent") == opened
    assert page.found() == "15 of 100 questions"
    page.choose("mark", "")
    assert page.found() == "100 of 100 questions"
    assert page.do("return document.querySelectorAll('#live .newest tbody tr').length") == 12
    assert page.do("return window.seen") == []
    asked = [json.loads(line["message"])["message"] for line in browser.get_log("performance")]
    asked = [one["params"]["request"]["url"] for one in asked if one["method"] == "Network.requestWillBeSent"]
    assert {url.split("?")[0] for url in asked if not url.startswith(("data:", "about:"))} == {
        view.origin + path for path in ("/", "/head", "/part")}
    assert view.end()[0] == 0


def test_who_types_or_tabs_while_the_page_follows_is_not_taken_elsewhere(work, served, start_server, browser):  # noqa: F811
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 20)
    server = start_server("--random", 7, "--latency-ms", 200)
    page = LivePage(browser, served())
    page.do("byId('text').focus()")
    run = work.start("run", "llama", "--base-url", server.url, "--dataset", "exam", "--concurrency", 1)
    typed = ""
    while page.do("return head.runs.length") < 2:
        typed += "x"
        browser.switch_to.active_element.send_keys("x")
    # Of each place that can have the focus: whether it has it after the next page, too.
    for place in ("byId('text')", "byId('pair-b')", "document.querySelector('#contents a[href=\"#runs\"]')",
                  "byId('live').querySelector('.choose input')", "document.querySelector('#runs button')"):  # fmt: skip
        is_there = f"return document.activeElement === {place}"
        page.do(f"for (const one of document.querySelectorAll('#live details')) one.open = true; {place}.focus()")
        assert page.do(is_there), place
        shown = page.do("return head.made")
        page.until(f"return head.made !== '{shown}'")
        assert page.do(is_there), place
    assert page.do("return byId('text').value") == typed
    assert page.do("return [byId('mark').value, byId('subject').value, byId('language').value]") == ["", "", "en"]
    assert run.poll() is None
    run.kill()


def test_a_run_is_shown_where_none_was_and_others_may_be_chosen(work, served, start_server, browser):  # noqa: F811
    server = start_server()
    run = ["run", "llama", "--base-url", server.url, "--dataset", "exam", "--limit", 3]
    # A store that a run has just made, and nothing in it.
    work.run("run", "llama", "--base-url", "http://127.0.0.1:9", "--dataset", "exam", "--limit", 1, "--retries", 0)
    view = served()
    page = LivePage(browser, view, rows=False)
    assert "No run of this store has a reply yet" in page.until("return byId('live')?.textContent")

    work.run(*run)
    page.until("return head.runs.length === 1 && document.querySelectorAll('.row').length === 3")
    work.run("run", "baseline/B", "--dataset", "exam", "--limit", 5)
    page.until("return head.runs.length === 2")
    page.do("byId('live').querySelector('.choose input').click()")
    page.until("return head.runs.length === 1 && head.runs[0].count[1] === 5")
    assert page.do("return head.live.stored.length") == 2


def test_a_hostile_reply_is_text_there_too(work, served, start_server, browser):  # noqa: F811
    (work.path / "replies.jsonl").write_text(json.dumps({"match": "", "reply": HOSTILE}) + "\n")
    server = start_server("--answers", work.path / "replies.jsonl", "--build", HOSTILE)
    work.run("run", "llama", "--base-url", server.url, "--dataset", "exam", "--limit", 2, "--name", "<b>bold")
    page = LivePage(browser, served())

    page.do("openRow(0)")
    page.until("return document.getElementById('one').textContent.includes('</script>')")

    assert "⟨U+202E⟩" in page.one() and "taken" not in browser.title
    assert page.do("return document.querySelectorAll('main img, main b').length") == 0


def test_the_page_says_that_the_store_or_view_is_gone_and_goes_on(work, served, browser):  # noqa: F811
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 3)
    view = served()
    page = LivePage(browser, view)
    state = "return document.getElementById('state').textContent"

    (work.path / "proctor.db").rename(work.path / "away.db")
    page.until(f"{state}.includes('no such store')")
    (work.path / "away.db").rename(work.path / "proctor.db")
    page.until(f"{state}.includes('follows the store')")
    view.end()
    page.until(f"{state}.includes('does not answer')")
    assert page.counts() == [[1, 3]]
    again = served("--port", str(view.port))
    assert again.port == view.port
    page.until(f"{state}.includes('started anew')")


def test_a_wrong_token_gives_a_line_to_read(work, served, browser):  # noqa: F811
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 3)
    view = served("--lang", "ja")

    browser.get(view.origin + "/?token=x")

    assert browser.execute_script("return document.body.innerText").startswith("403: トークンがない")


def test_who_may_not_ask_is_refused(work, served):
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 3)
    view = served()
    known = {"X_Proctor_Token": view.token}

    assert view.status("/head", **known) == 200
    assert view.status("/head") == 403
    assert view.status(f"/head?token={view.token}") == 403
    assert view.status("/head", **known, Host=f"evil.example:{view.port}") == 403
    assert view.status("/head", **known, Origin="http://evil.example") == 403
    assert view.status("/head", **known, Sec_Fetch_Site="cross-site") == 403
    assert view.status("/head", "POST", **known) == 405
    assert view.status("/../proctor.db", **known) == 404


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_and_the_store_is_as_it_was(work, served, number, code):
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 3)
    before = (work.path / "proctor.db").read_bytes()
    view = served()
    assert view.status("/head", X_Proctor_Token=view.token) == 200

    ended, _, talk = view.end(number)

    assert (ended, talk) == (code, "")
    assert (work.path / "proctor.db").read_bytes() == before


def test_says_where_it_is_as_json(work, served):
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 3)
    view = work.start("view", "proctor.db", "--json")
    try:
        assert json.loads(view.stdout.readline())["address"].startswith("http://127.0.0.1:")
    finally:
        view.kill()
        view.communicate()


def test_what_cannot_be_served_is_refused(work, served):
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 3)
    (work.path / "notes.txt").write_text("no store at all, but a text")
    taken = served().port
    for words, said in ((["none.db"], "none.db: no such store"), (["notes.txt"], "expected a Proctor store"),
                        (["--port", taken], f"--port: {taken} cannot be taken"), (["--port", 0], "--port: found 0"),
                        (["a.db", "b.db"], "expected one store, found 2"),
                        (["--subject", "alchemy"], "alchemy")):  # fmt: skip
        done = work.run("view", *words)
        assert done.returncode == 2 and said in done.stderr, done.stderr
