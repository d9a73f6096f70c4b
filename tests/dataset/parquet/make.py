#!/usr/bin/env python3
"""Writes the Parquet and Arrow files beside it, which the tests read: make.py. Needs pyarrow."""
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent


def write(name, columns, **options):
    pq.write_table(pa.table(columns), here / f"{name}.parquet", **options)


text, texts = pa.string(), pa.list_(pa.string())
write("mmlu", {
    "question": pa.array(["One and one?", "None\tof\r\nthese?\u0085"], text),
    "subject": pa.array(["sums", "sums"], text),
    "choices": pa.array([["1", "2"], ["None", "NA"]], texts),
    "answer": pa.array([1, 0], pa.int64()),
})
write("mmlu_pro", {
    "question_id": pa.array([70, 71], pa.int64()),
    "question": pa.array(["One and one?", "Two and two?"], text),
    "options": pa.array([["N/A", "1", "2", "N/A"], ["4", "5", "6"]], texts),
    "answer": pa.array(["C", "A"], text),
    "answer_index": pa.array([2, 0], pa.int64()),
    "cot_content": pa.array(["A: Count. The answer is (C).", ""], text),
    "category": pa.array(["sums", "sums"], text),
    "src": pa.array(["made up", "made up"], text),
})
write("global_mmlu", {
    "sample_id": pa.array(["sums/test/0"], text),
    "subject": pa.array(["sums"], text),
    "subject_category": pa.array(["STEM"], text),
    "question": pa.array(["1足す1は?"], text),
    **{f"option_{c}": pa.array([v], text) for c, v in zip("abcd", ["1", "2", "3", "4"])},
    "answer": pa.array(["B"], text),
    "annotations": pa.array([[{"who": "a", "what": 1}]]),
})
redux = [
    # choices, answer, error_type, correct_answer
    (["1", "2", "3", "4"], 1, "ok", None),
    (["1", "2", "3", "4"], 0, "no_correct_answer", "five"),
    (["1", "2", "3", "4"], 0, "wrong_groundtruth", "2"),
    (["1", "2", "3", "4"], 0, "wrong_groundtruth", "D"),
    (["1", "2", "3", "4"], 0, "multiple_correct_answers", "(1,3)"),
    (["1", "2", "3", "4"], 3, "bad_question_clarity", ""),
]
write("mmlu_redux", {
    "question": pa.array([f"Question {i}?" for i in range(len(redux))], text),
    "choices": pa.array([row[0] for row in redux], texts),
    "answer": pa.array([row[1] for row in redux], pa.int64()),
    "error_type": pa.array([row[2] for row in redux], text),
    "source": pa.array([None] * len(redux), text),
    "correct_answer": pa.array([row[3] for row in redux], text),
    "potential_reason": pa.array([""] * len(redux), text),
})
write("auxiliary_train", {
    "question": pa.array(["One and one?", "Two and two?"], text),
    "subject": pa.array(["", ""], text),
    "choices": pa.array([["1", "2", "3", "4"]] * 2, texts),
    "answer": pa.array([1, 3], pa.int64()),
})
write("other_types", {
    "question": pa.array(["Q", "R"], pa.large_string()),
    "subject": pa.array(["law", "law"], text).dictionary_encode(),
    "choices": pa.array([["a", "b"], ["c", "d"]], pa.large_list(pa.large_string())),
    "answer": pa.array([1, 0], pa.int32()),
}, row_group_size=1)
write("no_answer", {
    "question": pa.array(["Q"], text), "choices": pa.array([["a"]], texts),
    "awnser": pa.array([0], pa.int64()),
})
write("float_answer", {
    "question": pa.array(["Q"], text), "choices": pa.array([["a"]], texts),
    "answer": pa.array([0.0], pa.float64()),
})
write("float_answers", {
    "question": pa.array(["Q", "R"], text), "choices": pa.array([["a", "b"]] * 2, texts),
    "answer": pa.array([1.0, 0.5], pa.float64()),
})
write("missing_values", {
    "question": pa.array(["Q", None], text), "choices": pa.array([["a"], ["a"]], texts),
    "answer": pa.array([0, 0], pa.int64()),
})
write("missing_choice", {
    "question": pa.array(["Q"], text), "choices": pa.array([["a", None]], texts),
    "answer": pa.array([0], pa.int64()),
})
write("no_rows", {
    "question": pa.array([], text), "choices": pa.array([], texts),
    "answer": pa.array([], pa.int64()),
})
write("arc", {
    "id": pa.array(["T_1", "N_2"], text),
    "question": pa.array(["Which of these is a liquid?", "What do plants take in?"], text),
    "choices": pa.array(
        [{"text": ["iron", "water"], "label": ["A", "B"]},
         {"text": ["gold", "carbon dioxide", "iron"], "label": ["1", "2", "3"]}],
        pa.struct([("text", texts), ("label", texts)])),
    "answerKey": pa.array(["B", "2"], text),
})
structs = pa.table({
    "question": pa.array(["Q", "R"], text),
    "options": pa.array([{"A": "x", "B": "y", "C": "z"}, {"A": "u", "B": "v", "C": None}],
                        pa.struct([(c, text) for c in "ABC"])),
    "answer": pa.array(["C", "B"], text),
})
pq.write_table(structs, here / "structs.parquet")
pairs = [[{"label": "1", "text": "x"}, {"label": "2", "text": "y"}]]
write("pairs", {
    "question": pa.array(["Q"], text),
    "choices": pa.array(pairs, pa.list_(pa.struct([("label", text), ("text", text)]))),
    "answerKey": pa.array(["2"], text),
})
with pa.OSFile(str(here / "stream.arrow"), "wb") as out, pa.ipc.new_stream(out, structs.schema) as to:
    to.write_table(structs)
with pa.OSFile(str(here / "file.arrow"), "wb") as out, pa.ipc.new_file(out, structs.schema) as to:
    to.write_table(structs)
for name, choices in {
    "numbers": pa.array([[3, 4], [5, 6]], pa.list_(pa.int64())),
    "fixed_lists": pa.array([["3", "4"], ["5", "6"]], pa.list_(text, 2)),
    "large_lists": pa.array([["3", "4"], ["5", "6"]], pa.large_list(pa.large_string())),
}.items():
    write(name, {
        "question": pa.array(["Q", "R"], text),
        "choices": choices,
        "answer": pa.array([1, 0], pa.uint16() if name == "numbers" else pa.uint64()),
    })
