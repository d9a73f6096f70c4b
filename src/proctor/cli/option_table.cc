#include <algorithm>
#include <array>

#include "proctor/cli/commands.h"

namespace proctor {
namespace {

constexpr unsigned bit(Command command) {
  return 1U << static_cast<unsigned>(command);
}

constexpr unsigned on_run = bit(Command::run);
constexpr unsigned on_prompt = bit(Command::prompt);
constexpr unsigned on_doctor = bit(Command::doctor);
constexpr unsigned asking = on_run | on_prompt | on_doctor;
constexpr unsigned on_data = on_run | on_prompt | bit(Command::list);
constexpr unsigned reading =
    bit(Command::report) | bit(Command::chart) | bit(Command::show) |
    bit(Command::exporting) | bit(Command::verify) | bit(Command::rescore) |
    bit(Command::compare) | bit(Command::audit) | bit(Command::list);
// About runs that are stored: some of their questions, or of all runs.
constexpr unsigned of_runs = reading & ~bit(Command::verify) & ~bit(Command::list);
constexpr unsigned every = ~0U;

constexpr std::string_view question_group = "What is asked";
constexpr std::string_view model_group = "Of which model";
constexpr std::string_view request_group = "How it is asked";
constexpr std::string_view keep_group = "What is kept and shown";

constexpr std::array command_table = {
    CommandText{Command::run, run_command, "run", "[MODEL…]",
                "evaluate; the same command again goes on where it stopped",
                "proctor run ollama/mistral:7b hf:OWNER/REPO:Q4_K_M --subject all"},
    CommandText{Command::report, report_command, "report", "[RUN…]",
                "table of runs: accuracy with its interval, and what was not counted",
                "proctor report\nproctor report 7f3a --format markdown\n"
                "proctor report --subject anatomy"},
    CommandText{Command::compare, compare_command, "compare", "RUN RUN",
                "what the second run costs or gains, on the same questions",
                "proctor compare 7f3a 91bc\n"
                "proctor compare 7f3a 91bc --explain"},
    CommandText{Command::chart, chart_command, "chart", "[RUN…|FILE.csv] -o FILE",
                "bar chart as .jpg, .png, .svg or .pdf",
                "proctor chart -o accuracy.png\n"
                "proctor chart examples/seed_results.csv --lang ja -o chart.jpg"},
    CommandText{Command::show, show_command, "show", "RUN",
                "questions of a run, with their replies",
                "proctor show last --only unread\nproctor show 7f3a --question 17"},
    CommandText{Command::rescore, rescore_command, "rescore", "RUN --extract X",
                "read the stored replies again; asks no model",
                "proctor rescore last --extract proctor"},
    CommandText{Command::audit, audit_command, "audit", "[RUN]",
                "every reader over a run's replies: accuracies, disagreements",
                "proctor audit last"},
    CommandText{Command::exporting, export_command, "export", "RUN --format F -o FILE",
                "all questions of a run with replies and marks: jsonl or csv",
                "proctor export last --format jsonl -o run.jsonl"},
    CommandText{Command::forget, forget_command, "forget", "RUN…",
                "leave runs out of tables, charts and last; or remove them",
                "proctor forget 7f3a\nproctor forget 7f3a --undo\n"
                "proctor forget 7f3a --for-good"},
    CommandText{Command::merge, merge_command, "merge", "STORE… --into STORE",
                "copy the runs of stores into one; twice, or in any order, is the same",
                "proctor merge gpu1.db gpu2.db --into all.db"},
    CommandText{Command::prompt, prompt_command, "prompt", "[MODEL]",
                "what would be sent, byte for byte; asks no model",
                "proctor prompt --type deepseek --index 0\n"
                "proctor prompt ollama/mistral:7b --subject anatomy --json"},
    CommandText{Command::extract, extract_command, "extract", "FILE.jsonl --extract X",
                "the letters a reader finds in the replies of a file",
                "proctor extract replies.jsonl --extract first-letter"},
    CommandText{Command::verify, verify_command, "verify", "",
                "check the store and recompute every score from the replies",
                "proctor verify --store proctor.db"},
    CommandText{Command::doctor, doctor_command, "doctor", "[MODEL]",
                "check libraries, fonts, cache, keys, a server, or what a .gguf says",
                "proctor doctor\nproctor doctor ollama/mistral:7b\n"
                "proctor doctor model.gguf"},
    CommandText{Command::list, list_command, "list",
                "models|datasets|protocols|subjects|readers|templates|runs",
                "what there is", "proctor list protocols\nproctor list runs"},
};

constexpr std::array option_table = {
    Option{"--type", "T", "the seed's spelling: ollama, llama, deepseek, gemini, …",
           model_group, false, asking, "", "called"},
    Option{"--base-url", "URL",
           "the server's address, with or without /v1 or its endpoint", model_group,
           false, asking},
    Option{"--api-key-env", "VAR",
           "the variable that holds the key (default: the provider's)", model_group,
           false, asking, "", "key_variable"},
    Option{"--header", "'K: V'", "a header for every request", model_group, true,
           asking, "", "headers"},
    Option{"--extra-body", "JSON",
           "an object merged into every request; null takes a key out", model_group,
           false, asking},

    Option{"--engine", "E",
           "a .gguf: in this process, or by a llama-server for the run: server",
           model_group, false, on_run, "", "computes"},
    Option{"--serve", "CMD",
           "a command that starts a server for the run: {port}, {model} in it",
           model_group, false, on_run},
    Option{"--serve-wait", "S", "seconds it has until it answers (default 600)",
           model_group, false, on_run},

    Option{"--dataset", "D",
           "see list datasets; a folder, .zip, .csv, .jsonl, .parquet (default "
           "cais/mmlu)",
           question_group, false, on_data},
    Option{"--subject", "S",
           "S[,S…], all, stem, high_school_* (MMLU: college_computer_science)",
           question_group, false, on_run | on_prompt, "", "subjects"},
    Option{"--subject", "S",
           "only these: S[,S…], a category, high_school_* (default: all it holds)",
           question_group, false, of_runs, "", "subjects"},
    Option{
        "--split", "S",
        "test, dev, validation, auxiliary_train (default: the protocol's, else test)",
        question_group, false, on_data},
    Option{"--limit", "N", "the first N questions of each subject", question_group,
           false, on_run | on_prompt},
    Option{"--sample", "N",
           "N questions of each subject at random, the same every time", question_group,
           false, on_run | on_prompt},
    Option{"--columns", "C",
           "question=Q,choices=A+B+C+D,answer=K,subject=S,id=I,context=P",
           question_group, false, on_data},
    Option{"--drop-bad-labels", "",
           "leave out what the data set itself calls bad (MMLU-Redux)", question_group,
           false, on_data},
    Option{"--cache-dir", "DIR", "where downloads are kept (default: the hub's cache)",
           question_group, false, on_data | on_doctor},

    Option{"--protocol", "P",
           "what is sent, and how (default seed); P1,P2 for several; a .toml of yours",
           request_group, false, on_run | on_prompt, "", "protocols"},
    Option{"--shots", "K",
           "worked examples before each question (default: the protocol's)",
           request_group, false, on_run | on_prompt},
    Option{"--shots-from", "FILE",
           "where the examples come from (default: the dev split)", request_group,
           false, on_run | on_prompt},
    Option{"--system", "TEXT", "a system message before the protocol's own",
           request_group, false, on_run | on_prompt},
    Option{"--max-tokens", "N",
           "the reply's limit (default: the protocol's, else the server's)",
           request_group, false, on_run | on_prompt},
    Option{"--temperature", "T", "0 to 2 (default: the protocol's, else the server's)",
           request_group, false, on_run | on_prompt},
    Option{"--stop", "S", "text that ends a reply", request_group, true,
           on_run | on_prompt},
    Option{"--seed", "N", "of the sampling", request_group, false, on_run | on_prompt},
    Option{"--reasoning", "R",
           "on, off, minimal, low, medium, high (default: the protocol's, or nothing)",
           request_group, false, on_run | on_prompt},
    Option{"--only-letters", "",
           "a .gguf, llama: a grammar lets the reply be one letter and nothing else",
           request_group, false, on_run | on_prompt},
    Option{"--concurrency", "N",
           "requests in flight (default: the server's slots; 32 for APIs)",
           request_group, false, on_run},
    Option{"--timeout", "S", "seconds for a whole request (default 600)", request_group,
           false, on_run | on_doctor},
    Option{"--retries", "N",
           "further tries of a question that gets no answer (default 5)", request_group,
           false, on_run},
    Option{"--again", "M[,M]",
           "ask once more, and alone, what is unread, refused, cut or failed",
           request_group, false, on_run},
    Option{"--mixed", "", "go on though another model or build answers than before",
           request_group, false, on_run},

    Option{"--exact", "", "a .gguf: repeatable to the bit, at some cost; not truer",
           request_group, false, on_run},
    Option{"--precision", "f32",
           "a .gguf: next to no rounding error, for 4 bytes a weight", request_group,
           false, on_run},
    Option{"--threads", "N", "a .gguf: threads (default: the cores that are free)",
           request_group, false, on_run},
    Option{"--gpu-layers", "N",
           "a .gguf: layers on the GPU (default: all that fit its build)",
           request_group, false, on_run},
    Option{"--context", "N",
           "a .gguf, ollama: tokens of context (default: the model's, or 8192)",
           request_group, false, on_run},
    Option{"--chat-template", "T",
           "a .gguf: a file of Jinja, a name, or none (default: the model's own)",
           request_group, false, on_run},
    Option{"--template-date", "D",
           "a .gguf: what a template is told of the day (default 2026-01-01), or today",
           request_group, false, on_run},

    Option{"--extract", "X", "the reader (default: the protocol's); see list readers",
           keep_group, false,
           on_run | bit(Command::report) | bit(Command::chart) | bit(Command::show) |
               bit(Command::exporting) | bit(Command::rescore) | bit(Command::compare) |
               bit(Command::extract),
           "--reader", "reader"},
    Option{"--labels", "ABCD", "the letters there are (default ABCD)", keep_group,
           false, bit(Command::extract)},
    Option{"--store", "PATH", "where all is kept (default ./proctor.db)", keep_group,
           false, on_run | reading | bit(Command::forget), "", "store"},
    Option{"--into", "STORE", "the store that takes the runs; made where there is none",
           keep_group, false, bit(Command::merge)},
    Option{"--all", "", "also runs that are forgotten, or that never had a reply",
           keep_group, false, of_runs | bit(Command::list)},
    Option{"--undo", "", "show them again", keep_group, false, bit(Command::forget)},
    Option{"--for-good", "",
           "remove their replies from the store: nothing brings them back", keep_group,
           false, bit(Command::forget)},
    Option{"--yes", "", "with --for-good: do not ask", keep_group, false,
           bit(Command::forget)},
    Option{"--name", "NAME", "a name to call the run by", keep_group, false, on_run},
    Option{"--note", "TEXT", "how it was got, for the report: \"macOS M2, 16 GB\"",
           keep_group, false, on_run},
    Option{"--show", "", "print every question, reply and mark, in order", keep_group,
           false, on_run},
    Option{"--quiet", "", "no progress line and no next step", keep_group, false,
           on_run},
    Option{"--dry-run", "", "say what would be asked, and ask nothing", keep_group,
           false, on_run},

    Option{"--index", "I", "only this question: its number within subject and split",
           keep_group, false, on_prompt},
    Option{"--only", "MARK", "right, wrong, unread, refused, cut or failed", keep_group,
           false, bit(Command::show)},
    Option{"--question", "ID", "only this one: its id, or its row in the split",
           keep_group, false, bit(Command::show)},
    Option{
        "--format", "F",
        "terminal, markdown, csv, json; export: jsonl, csv; chart: jpg, png, svg, pdf",
        keep_group, false,
        bit(Command::report) | bit(Command::exporting) | bit(Command::chart)},
    Option{"--output", "FILE", "where to write; - is stdout", keep_group, false,
           bit(Command::chart) | bit(Command::exporting) | bit(Command::report), "-o"},
    Option{"--by", "B", "a table by model (default), subject or category", keep_group,
           false, bit(Command::report)},
    Option{"--sort", "S", "of subjects: by name (default) or accuracy", keep_group,
           false, bit(Command::report)},
    Option{
        "--explain", "",
        "split the difference of two protocols into prompt, shots, reading, averaging",
        keep_group, false, bit(Command::compare), "", "explain"},
    Option{"--title", "TEXT", "the chart's title", keep_group, false,
           bit(Command::chart)},
    Option{"--x-label", "TEXT", "of the models' axis", keep_group, false,
           bit(Command::chart)},
    Option{"--y-label", "TEXT", "of the values' axis", keep_group, false,
           bit(Command::chart)},

    Option{"--lang", "L", "en or ja (default: en)", keep_group, false,
           on_run | bit(Command::report) | bit(Command::chart) | bit(Command::compare) |
               bit(Command::audit)},
    Option{"--json", "", "one JSON object a line on stdout", keep_group, false, every},
    Option{"--config", "FILE", "a TOML file of options: their long names without --",
           keep_group, false, every},
};

}  // namespace

std::span<const CommandText> commands() {
  return command_table;
}
std::span<const Option> options() {
  return option_table;
}

std::string_view flag_of(std::string_view field) {
  const auto found = std::ranges::find_if(option_table, [&](const Option& option) {
    if (!option.field.empty()) return option.field == field;
    return option.group != keep_group &&
           replace_all(std::string(option.name.substr(2)), "-", "_") == field;
  });
  return found == option_table.end() ? "" : found->name;
}

}  // namespace proctor
