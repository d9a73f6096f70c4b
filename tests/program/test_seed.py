"""What the seed's script sends and prints, Proctor sends and prints."""

import json

import pytest

from conftest import KEYS, SUBJECT, exam_rows

RIGHT = "Accuracy: 40.00% (40/100)"
KEY = "sk-0123456789abcdef"


def seed_prompt(question, choices, subject=SUBJECT):
    """The seed's own rule."""
    prompt = "The following are multiple-choice questions about {}".format(
        subject.replace("_", " ")
    )
    prompt += ". Please answer with the letter of the correct choice (A, B, C, or D) only."
    prompt += " Answer the letter only. Do not need Explanation."
    prompt += f"Question: {question}\n"
    prompt += "Choices:\nA. {}\nB. {}\nC. {}\nD. {}\n".format(*choices)
    return prompt


def seed_body(kind, prompt):
    body = {"messages": [{"role": "user", "content": prompt}]}
    if kind == "ollama":
        body["model"] = "mistral:7b"
    if kind == "deepseek":
        body.update(model="deepseek-chat", max_tokens=100)
    return body


URLS = {
    "ollama": "http://localhost:11434/v1/chat/completions",
    "llama": "http://localhost:8080/v1/chat/completions",
    "deepseek": "https://api.deepseek.com/chat/completions",
}


def prompts(work, *args):
    done = work.run("prompt", *args, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]


@pytest.mark.parametrize("kind", URLS)
def test_all_100_questions_are_sent_as_the_seed_sends_them(work, mmlu_csv, kind):
    rows = exam_rows(mmlu_csv / f"test/{SUBJECT}_test.csv")
    lines = prompts(work, "--type", kind, "--dataset", mmlu_csv)
    assert len(lines) == len(rows) == 100
    for index, (row, line) in enumerate(zip(rows, lines)):
        prompt = seed_prompt(row[0], row[1:5])
        assert line["messages"] == [{"role": "user", "content": prompt}]
        assert line["body"] == seed_body(kind, prompt)
        assert line["url"] == URLS[kind]
        assert (line["subject"], line["index"]) == (SUBJECT, index)


def test_a_prompt_is_printed_byte_for_byte(work):
    done = work.run("prompt", "--dataset", "exam", "--index", 1, text=False)
    assert done.returncode == 0
    prompt = seed_prompt("1: what follows 1?", ["1", "2", "3", "4"])
    assert prompt.encode() in done.stdout


def test_braces_in_the_data_are_text(work):
    file = work.path / "braces.csv"
    file.write_text('question,choice0,choice1,choice2,choice3,answer\n{} {0} {x},{,},{{,%s,2\n')
    (line,) = prompts(work, "--type", "llama", "--dataset", file)
    told = line["messages"][0]["content"]
    assert "Question: {} {0} {x}\nChoices:\nA. {\nB. }\nC. {{\nD. %s\n" in told


@pytest.mark.parametrize(
    "model, env",
    [
        (["--type", "llama"], {}),
        (["--type", "ollama"], {}),
        (["--type", "gemini"], {"GEMINI_API_KEY": KEY}),
        (["gemini/gemini-1.5-flash"], {"GOOGLE_API_KEY": KEY}),
        (["openai/gpt-4o-mini"], {"OPENAI_API_KEY": KEY}),
        (["anthropic/claude"], {"ANTHROPIC_API_KEY": KEY}),
        (["openai-compatible/any"], {}),
    ],
    ids=lambda value: "-".join(value).strip("-").replace("/", "-"),
)
def test_40_of_100_right_is_said_in_the_seeds_words(work, exam_server, model, env):
    options = ["--key-required", KEY] if env else []
    server = exam_server(*options)
    done = work.run("run", *model, "--base-url", server.url, "--dataset", "exam", **env)
    assert done.returncode == 0, done.stderr
    assert RIGHT in done.stdout
    assert f"Subject: {SUBJECT}\n" in done.stdout
    assert server.requests() == 100


def test_deepseeks_key_is_read_from_dotenv(work, exam_server):
    (work.path / ".env").write_text(f"# keys\nexport DEEPSEEK_API_KEY='{KEY}'\n")
    server = exam_server("--key-required", KEY)
    done = work.run("run", "--type", "deepseek", "--base-url", server.url, "--dataset", "exam")
    assert done.returncode == 0, done.stderr
    assert RIGHT in done.stdout
    assert json.loads(server.log()[0]["body"])["max_tokens"] == 100


def test_the_environment_wins_over_dotenv(work, exam_server):
    (work.path / ".env").write_text("DEEPSEEK_API_KEY=another-key-0123456789\n")
    server = exam_server("--key-required", KEY)
    done = work.run(
        *["run", "--type", "deepseek", "--base-url", server.url, "--dataset", "exam"],
        DEEPSEEK_API_KEY=KEY,
    )
    assert RIGHT in done.stdout


def test_gemini_is_asked_in_its_native_form(work, exam_server):
    server = exam_server()
    work.run(
        *["run", "--type", "gemini", "--base-url", server.url, "--dataset", "exam"],
        *["--limit", 1],
        GEMINI_API_KEY=KEY,
    )
    (sent,) = server.log()
    assert sent["path"] == "/v1beta/models/gemini-3.5-flash:generateContent"
    assert sent["headers"]["x-goog-api-key"] == KEY


@pytest.mark.parametrize("provider", ["openai-compatible/any", "llama", "ollama", "openai/m"])
def test_a_base_url_with_and_without_v1_is_the_same_run(work, exam_server, provider):
    server = exam_server()
    runs = [
        work.json("run", provider, "--base-url", server.url + end, "--dataset", "exam",
                  "--limit", 5, OPENAI_API_KEY=KEY)
        for end in ["", "/v1", "/v1/"]
    ]
    assert len({run["run"] for run in runs}) == 1
    assert server.requests() == 5


def test_the_seeds_spelling_and_the_providers_name_are_the_same_run(work, exam_server):
    server = exam_server()
    same = ["--base-url", server.url, "--dataset", "exam", "--limit", 5]
    first = work.json("run", "--type", "ollama", *same)
    assert work.json("run", "ollama/mistral:7b", *same)["run"] == first["run"]
    assert work.json("run", *same)["run"] == first["run"]
    assert server.requests() == 5


def test_show_tells_what_the_seed_told_question_by_question(work, exam_server):
    server = exam_server()
    done = work.run("run", "llama", "--base-url", server.url, "--dataset", "exam", "--show")
    marks = [
        line for line in done.stdout.splitlines() if line.startswith("Predicted Answer: ")
    ]
    assert len(marks) == 100
    assert marks[1] == "Predicted Answer: B, Ground Truth: B, Correct: True"
    assert [mark.endswith("True") for mark in marks] == [True] * 40 + [False] * 60
    asked = [line for line in done.stdout.splitlines() if line.startswith("Question: ")]
    assert [line.split()[1] for line in asked] == [f"{i}:" for i in range(100)]
    assert "Processed 10/100. Current Accuracy: 100.00% (10/10)\n" in done.stdout
    assert "Processed 100/100. Current Accuracy: 40.00% (40/100)\n" in done.stdout
    assert "Choices: A. 1, B. 2, C. 3, D. 4\n" in done.stdout


def test_a_lower_case_letter_with_blanks_around_counts(work, start_server):
    server = start_server("--answer", " \n a.")
    run = work.json("run", "llama", "--base-url", server.url, "--dataset", "exam")
    assert (run["correct"], run["ledger"]["wrong"]) == (25, 75)


@pytest.mark.parametrize("provider", KEYS)
def test_without_a_key_nothing_is_asked(work, start_server, provider):
    server = start_server()
    done = work.run(
        "run", f"{provider}/model", "--base-url", server.url, "--dataset", "exam"
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert KEYS[provider] in done.stderr and ".env" in done.stderr
    assert done.stdout == "" and server.requests() == 0


def test_the_seeds_deepseek_without_a_key_is_one_line(work):
    done = work.run("run", "--type", "deepseek")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "DEEPSEEK_API_KEY" in done.stderr and ".env" in done.stderr
