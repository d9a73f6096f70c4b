#include <algorithm>
#include <array>

#include "proctor/cli/commands.h"

namespace proctor {
namespace {

constexpr unsigned bit(Command command) {
  return 1U << static_cast<unsigned>(command);
}

constexpr unsigned on_submit = bit(Command::submit);
constexpr unsigned on_run = bit(Command::run) | on_submit;
constexpr unsigned on_prompt = bit(Command::prompt);
constexpr unsigned on_doctor = bit(Command::doctor);
constexpr unsigned on_list = bit(Command::list);
constexpr unsigned on_report = bit(Command::report);
constexpr unsigned on_chart = bit(Command::chart);
constexpr unsigned on_html = bit(Command::html);
constexpr unsigned on_view = bit(Command::view);
constexpr unsigned on_show = bit(Command::show);
constexpr unsigned on_export = bit(Command::exporting);
constexpr unsigned on_import = bit(Command::importing);
constexpr unsigned on_rescore = bit(Command::rescore);
constexpr unsigned on_compare = bit(Command::compare);
constexpr unsigned on_audit = bit(Command::audit);
constexpr unsigned on_forget = bit(Command::forget);
constexpr unsigned on_merge = bit(Command::merge);
constexpr unsigned on_extract = bit(Command::extract);
constexpr unsigned on_verify = bit(Command::verify);
constexpr unsigned sending = on_run | on_prompt;
constexpr unsigned asking = sending | on_doctor;
constexpr unsigned on_data = sending | on_list;
// About runs that are stored: some of their questions, or of all runs.
constexpr unsigned of_runs = on_report | on_chart | on_html | on_show | on_export |
                             on_rescore | on_compare | on_audit;
constexpr unsigned reading = of_runs | on_view | on_verify | on_list;
constexpr unsigned tables = (of_runs & ~on_chart & ~on_html) | on_list | on_import |
                            on_merge | on_extract | on_doctor;
constexpr unsigned writing = tables | on_chart | on_html | on_prompt | on_verify |
                             bit(Command::completing) | bit(Command::man);
constexpr unsigned every = ~bit(Command::completing);

constexpr std::string_view questions = "What is asked";
constexpr std::string_view model = "Of which model";
constexpr std::string_view cluster = "On which machines";
constexpr std::string_view way = "How it is asked";
constexpr std::string_view kept = "What is kept and shown";

constexpr std::array command_table = {
    CommandText{Command::run, run_command, "run", "[MODEL…]",
                "evaluate; the same command again goes on where it stopped",
                "proctor run ollama/mistral:7b hf:OWNER/REPO:Q4_K_M --subject all"},
    CommandText{Command::submit, submit_command, "submit", "slurm|kubernetes [MODEL…]",
                "the same as jobs of a cluster, each of which asks a part",
                "proctor submit slurm model.gguf --subject all --shards 8 "
                "--sbatch=--gres=gpu:1\n"
                "proctor submit slurm openai/gpt-4o --subject all --nodes 4 --dry-run"},
    CommandText{Command::report, report_command, "report", "[RUN…]",
                "table of runs: accuracy with its interval, and what was not counted",
                "proctor report\nproctor report 7f3a --format markdown\n"
                "proctor report --subject anatomy"},
    CommandText{Command::compare, compare_command, "compare", "RUN RUN",
                "what the second run costs or gains, on the same questions",
                "proctor compare 7f3a 91bc\n"
                "proctor compare 7f3a 91bc --explain"},
    CommandText{Command::chart, chart_command, "chart", "[RUN…|FILE.csv]",
                "draw runs: in the terminal, or as .jpg, .png, .svg or .pdf",
                "proctor chart --kind subjects\n"
                "proctor chart -o accuracy.png\n"
                "proctor chart --kind heatmap -o subjects.svg\n"
                "proctor chart 7f3a 91bc --kind compare --theme dark -o gains.png\n"
                "proctor chart examples/seed_results.csv --lang ja -o chart.jpg"},
    CommandText{Command::html, html_command, "html", "[RUN…] -o FILE",
                "one page for a browser: figures, every question and its replies",
                "proctor html last -o run.html\n"
                "proctor html 7f3a 91bc -o report.html"},
    CommandText{Command::view, view_command, "view", "[STORE]",
                "the same page of a whole store, served here, live while runs go on",
                "proctor view --open\nproctor view all.db --port 8123"},
    CommandText{Command::show, show_command, "show", "RUN",
                "questions of a run, with their replies",
                "proctor show last --only unread\nproctor show 7f3a --question 17"},
    CommandText{Command::rescore, rescore_command, "rescore", "RUN --extract X",
                "read the stored replies again; asks no model",
                "proctor rescore last --extract proctor"},
    CommandText{Command::audit, audit_command, "audit", "[RUN]",
                "every reader over a run's replies: accuracies, disagreements",
                "proctor audit last"},
    CommandText{
        Command::exporting, export_command, "export", "RUN -o FILE",
        "all questions of a run with replies and marks, or as another harness has them",
        "proctor export last -o run.jsonl\n"
        "proctor export last --format lm-eval -o results"},
    CommandText{
        Command::importing, import_command, "import", "FILE…",
        "a run of lm-evaluation-harness, inspect_ai or MMLU-Pro, of its own files",
        "proctor import model_outputs_X_5shots.json\n"
        "proctor import out/acme__model-7b/results_*.json"},
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
    CommandText{Command::completing, completions_command, "completions",
                "bash|zsh|fish", "what the shell is to know to complete a command",
                "source <(proctor completions bash)"},
    CommandText{Command::man, man_command, "man", "", "the manual, as man reads it",
                "proctor man | man -l -"},
    CommandText{Command::version, version_command, "version", "",
                "which proctor this is; also --version and -V", "proctor version"},
    CommandText{Command::init, init_command, "init", "[FILE.toml]",
                "a configuration to begin with, for --config; never overwrites",
                "proctor init exam.toml\nproctor run --config exam.toml"},
};

constexpr Option option_table[] = {
    {"--type", "T", model, asking,
     "a provider: its usual model, or MODEL of it; ollama, llama…", "called"},
    {"--base-url", "URL", model, asking,
     "the server's address, with or without /v1; several share the questions", "", "",
     true},
    {"--api-key-env", "VAR", model, asking,
     "the variable that holds the key (default: the provider's)", "key_variable"},
    {"--header", "'K: V'", model, asking, "a header for every request", "headers", "",
     true},
    {"--extra-body", "JSON", model, asking,
     "an object merged into every request; null takes a key out"},

    {"--engine", "E", model, on_run,
     "a .gguf: process (default), or server: a llama-server of it", "computes"},
    {"--serve", "CMD", model, on_run,
     "a command that starts a server; {port} and {model} in it"},
    {"--serve-wait", "S", model, on_run,
     "seconds it has until it answers (default 600)"},

    {"--dataset", "D", questions, on_data,
     "see list datasets; a folder or file (default cais/mmlu)", "", "", true},
    {"--subject", "S", questions, sending,
     "S[,S…], all, stem, … (of MMLU: college_computer_science)", "subjects"},
    {"--subject", "S", questions, of_runs | on_view,
     "only these: S[,S…], a category, high_school_* (default: all it holds)",
     "subjects"},
    {"--shards", "N", cluster, on_submit,
     "parts, cut where their tokens are even (default: as many as --nodes)"},
    {"--nodes", "N", cluster, on_submit, "parts that are asked at a time, at most",
     "at_once"},
    {"--dir", "DIR", cluster, on_submit,
     "of scripts, logs and the parts' stores (default: proctor-…, by what is asked)",
     "folder"},
    {"--scratch", "DIR", cluster, on_submit,
     "a disk of the machine's own, as $TMPDIR, for a part's store while it is asked"},
    {"--sbatch", "OPTION", cluster, on_submit,
     "a line behind #SBATCH: --sbatch=--partition=gpu", "", "", true},
    {"--image", "IMAGE", cluster, on_submit,
     "Kubernetes: a container's that has proctor"},
    {"--claim", "CLAIM", cluster, on_submit,
     "Kubernetes: the volume claim that is mounted as --dir"},

    {"--split", "S", questions, on_data,
     "test, dev, validation (default: the protocol's, else test)"},
    {"--limit", "N", questions, sending, "the first N questions of each subject"},
    {"--sample", "N", questions, sending,
     "N questions of each subject at random, the same every time"},
    {"--shard", "K/N", questions, on_run,
     "only part K of N, cut where their tokens are even; see submit"},
    {"--columns", "C", questions, on_data,
     "question=Q,choices=A+B+C+D,answer=K,subject=S,id=I,context=P"},
    {"--drop-bad-labels", "", questions, on_data,
     "leave out what the data set itself calls bad (MMLU-Redux)"},
    {"--cache-dir", "DIR", questions, on_data | on_doctor,
     "where downloads are kept (default: the hub's cache)"},

    {"--protocol", "P", way, sending,
     "what is sent and how (default seed); P1,P2; a .toml of yours", "protocols"},
    {"--shots", "K", way, sending,
     "worked examples a question (default: the protocol's)"},
    {"--shots-from", "FILE", way, sending,
     "where the examples come from (default: the dev split)"},
    {"--system", "TEXT", way, sending, "a system message before the protocol's own"},
    {"--max-tokens", "N", way, sending,
     "the reply's limit (default: the protocol's, or the server's)"},
    {"--temperature", "T", way, sending,
     "0 to 2 (default: the protocol's, else the server's)"},
    {"--stop", "S", way, sending, "text that ends a reply", "", "", true},
    {"--seed", "N", way, sending, "of the sampling"},
    {"--reasoning", "R", way, sending,
     "on, off, minimal, low, medium, high (default: protocol's)"},
    {"--only-letters", "", way, sending,
     "a .gguf, llama: by a grammar a reply is one letter, no more"},
    {"--concurrency", "N", way, on_run,
     "requests in flight (default: the server's slots; of APIs 32)"},
    {"--timeout", "S", way, on_run | on_doctor,
     "seconds for a whole request (default 600)"},
    {"--retries", "N", way, on_run,
     "further tries of a question that gets no answer (default 5)"},
    {"--rpm", "N", way, on_run,
     "at most so many requests a minute (default: the server's word)"},
    {"--tpm", "N", way, on_run,
     "at most so many tokens a minute, of prompts and replies"},
    {"--rpd", "N", way, on_run, "at most so many requests a day"},
    {"--again", "M[,M]", way, on_run,
     "ask only what is unread, refused, cut or failed, once more"},
    {"--mixed", "", way, on_run,
     "go on though another model or build answers than before"},

    {"--exact", "", way, on_run,
     "a .gguf: repeatable to the bit, at some cost; not truer"},
    {"--precision", "f32", way, on_run,
     "a .gguf: next to no rounding error, for 4 bytes a weight"},
    {"--threads", "N", way, on_run,
     "a .gguf: threads (default: the cores that are free)"},
    {"--gpu-layers", "N", way, on_run,
     "a .gguf: layers on the GPU (default: all that fit its build)"},
    {"--context", "N", way, on_run,
     "a .gguf, ollama: tokens of context (default: its own; 8192)"},
    {"--chat-template", "T", way, on_run,
     "a .gguf: Jinja, tokenizer_config.json, a name, or none"},
    {"--template-date", "D", way, on_run,
     "a .gguf: its template's day (default 2026-01-01), or today"},

    {"--extract", "X", kept,
     on_run | on_report | on_chart | on_html | on_view | on_show | on_export |
         on_rescore | on_compare | on_extract,
     "the reader (default: the protocol's); see list readers", "reader", "--reader"},
    {"--labels", "ABCD", kept, on_extract, "the letters there are (default ABCD)"},
    {"--store", "PATH", kept, on_run | reading | on_forget,
     "file or postgresql:// (default $PROCTOR_STORE or proctor.db)", "store"},
    {"--store", "STORE", kept, on_import,
     "where it is kept; made where there is none (default as of run)", "store",
     "--into"},
    {"--into", "STORE", kept, on_merge,
     "the store that takes the runs; made where there is none"},
    {"--complete", "", kept, on_merge | on_verify,
     "say where a run lacks replies, and end with exit code 75"},
    {"--all", "", kept, of_runs | on_view | on_list,
     "also runs that are forgotten, or that never had a reply"},
    {"--undo", "", kept, on_forget, "show them again"},
    {"--for-good", "", kept, on_forget,
     "remove their replies from the store: nothing brings them back"},
    {"--yes", "", kept, on_forget, "with --for-good: do not ask"},
    {"--name", "NAME", kept, on_run | on_import, "a name to call the run by"},
    {"--note", "TEXT", kept, on_run | on_import,
     "how it was got, for the report: \"macOS M2, 16 GB\""},
    {"--show", "", kept, on_run, "print every question, reply and mark, in order"},
    {"--progress", "P", kept, on_run,
     "auto (default): drawn, else a line now and then; line, none", "progress"},
    {"--quiet", "", kept, on_run, "no progress and no next step"},
    {"--dry-run", "", kept, on_run, "say what would be asked, and ask nothing"},

    {"--index", "I", kept, on_prompt,
     "only this question: its number within subject and split"},
    {"--only", "MARK", kept, on_show, "right, wrong, unread, refused, cut or failed"},
    {"--wrong", "", kept, on_show, "short for --only wrong"},
    {"--question", "ID", kept, on_show,
     "only this one: its id, or its row in the split"},
    {"--limit", "N", kept, on_show | on_compare | on_audit,
     "the first N (default: show all; 20 of compare --show and of audit)"},
    {"--full", "", kept, on_show, "fold nothing: whole prompts, thoughts and replies"},
    {"--show", "", kept, on_compare,
     "also the questions that only one of them got right, the most telling first"},
    {"--format", "F", kept, on_chart,
     "jpg, png, svg, pdf, text, kitty or sixel (default: as -o ends)"},
    {"--format", "F", kept, on_export,
     "jsonl, csv, parquet, inspect, lm-eval (a folder), mmlu-pro (or as -o ends)"},
    {"--format", "F", kept, tables & ~on_export,
     "terminal, markdown, csv or json (default: as -o ends)"},
    {"--output", "FILE", kept, writing,
     "where to write: .csv, .md, .json, .txt, …; - is stdout", "", "-o"},
    {"--bom", "", kept, tables, "csv begins with a mark, for Excel to see UTF-8"},
    {"--by", "B", kept, on_report, "a table by model (default), subject or category"},
    {"--sort", "S", kept, on_report, "of subjects: by name (default) or accuracy"},
    {"--columns", "A[,B]", kept, on_report,
     "of the table by model, in this order (default: what tells runs apart)"},
    {"--explain", "", kept, on_compare,
     "split the difference of two protocols into prompt, shots, reading, averaging",
     "explain"},
    {"--kind", "K", kept, on_chart,
     "bars (default), subjects, heatmap, pareto, calibration, progress, compare, seed"},
    {"--x", "COST", kept, on_chart,
     "of pareto: size, bits, latency or tokens (default: what all runs have)"},
    {"--theme", "T", kept, on_chart, "light (default) or dark"},
    {"--width", "N", kept, on_chart, "of the picture, in points (default 720)"},
    {"--title", "TEXT", kept, on_chart, "the chart's title"},
    {"--x-label", "TEXT", kept, on_chart, "of the models' axis"},
    {"--y-label", "TEXT", kept, on_chart, "of the values' axis"},
    {"--open", "", kept, on_chart | on_html | on_view,
     "then open it in the desktop's own viewer"},
    {"--port", "N", kept, on_view, "the port on 127.0.0.1 (default: any that is free)",
     "port"},

    {"--lang", "L", kept, every, "en or ja (default: $PROCTOR_LANG, or the locale's)"},
    {"--color", "WHEN", kept, on_report | on_show | on_compare | on_audit | on_list,
     "auto, always or never (default auto: on a terminal, unless NO_COLOR is set)"},
    {"--json", "", kept, every & ~bit(Command::man),
     "one JSON object a line on stdout"},
    {"--config", "FILE", kept, every, "a TOML file of options: see proctor init"},
};

}  // namespace

std::span<const CommandText> commands() {
  return command_table;
}
std::span<const Option> options() {
  return option_table;
}

// Of run, before all others.
constexpr std::array<std::string_view, 5> most_needed = {
    "--dataset", "--subject", "--limit", "--protocol", "--dry-run"};
// Of run, by their names alone, at the end of its help.
constexpr std::array<std::string_view, 9> least_needed = {
    "--shard", "--serve-wait", "--cache-dir", "--stop",         "--tpm",
    "--rpd",   "--exact",      "--precision", "--template-date"};

std::vector<ManualCommand> manual() {
  std::vector<ManualCommand> written;
  for (const CommandText& command : command_table) {
    ManualCommand& one = written.emplace_back(ManualCommand{
        command.name, command.arguments, command.about, command.examples, {}});
    for (const Option& option : option_table) {
      if (!option.belongs_to(command.command)) continue;
      const auto is_of = [&](std::span<const std::string_view> names) {
        return command.command == Command::run &&
               std::ranges::find(names, option.name) != names.end();
      };
      one.options.push_back({option.name, option.also, option.value,
                             is_of(most_needed) ? "" : option.group, option.about,
                             option.repeats, is_of(least_needed)});
    }
    std::ranges::stable_sort(one.options, {}, [](const ManualOption& option) {
      return !option.group.empty();
    });
  }
  return written;
}

std::string_view flag_of(std::string_view field) {
  const auto found = std::ranges::find_if(option_table, [&](const Option& option) {
    if (!option.field.empty()) return option.field == field;
    return option.group != kept &&
           replace_all(std::string(option.name.substr(2)), "-", "_") == field;
  });
  return found == std::end(option_table) ? "" : found->name;
}

}  // namespace proctor
