#include "proctor/cli/options.h"

#include <algorithm>

#include "cli/arguments.h"

namespace proctor {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(Options, words_without_a_dash_are_positional_wherever_they_stand) {
  const Arguments arguments =
      arguments_of({"run", "ollama/a", "--limit", "5", "llama", "--json"});

  EXPECT_EQ(arguments.command, Command::run);
  EXPECT_THAT(arguments.positional, ElementsAre("ollama/a", "llama"));
  EXPECT_EQ(arguments.get("--limit"), "5");
  EXPECT_TRUE(arguments.has("--json"));
  EXPECT_FALSE(arguments.has("--quiet"));
}

TEST(Options, a_value_may_follow_an_equals_sign) {
  EXPECT_EQ(arguments_of({"run", "--base-url=http://h/?a=b"}).get("--base-url"),
            "http://h/?a=b");
}

TEST(Options, a_value_may_be_empty_or_hold_anything) {
  EXPECT_EQ(arguments_of({"run", "--system", ""}).get("--system"), "");
  EXPECT_EQ(arguments_of({"run", "--note", "a, b; \"c\" = ü\n"}).get("--note"),
            "a, b; \"c\" = ü\n");
  EXPECT_EQ(arguments_of({"run", "--extra-body", R"({"a":[1,2]})"}).get("--extra-body"),
            R"({"a":[1,2]})");
  EXPECT_EQ(arguments_of({"run", "--system", "[a,b]"}).get("--system"), "[a,b]");
}

TEST(Options, one_without_its_value_says_what_it_takes_with_an_example) {
  EXPECT_EQ(error_of({"run", "baseline/A", "--limit"}),
            "--limit: expected N behind it: the first N questions of each subject; for "
            "example --limit 10");
  for (const ManualCommand& command : manual()) {
    for (const ManualOption& option : command.options) {
      if (option.value.empty()) continue;
      const std::string name(option.also.starts_with("-o") ? option.also : option.name);
      const std::vector<std::string> words = {std::string(command.name), name};
      const std::string said = error_of(words);
      EXPECT_THAT(said, StartsWith(fmt::format(
                            "{}: expected {} behind it: ", option.name, option.value)));
      const std::string example = said.substr(said.rfind("; for example ") + 14);
      EXPECT_THAT(example, StartsWith(std::string(option.name) + " "));
      EXPECT_GT(example.size(), option.name.size() + 1);
      EXPECT_EQ(error_of({words[0], words[1], name}), said);
    }
  }
}

TEST(Options, an_empty_word_or_name_is_told_what_belongs_there) {
  const std::string limit = error_of({"run", "--limit"});
  EXPECT_EQ(error_of({"run", "--limit="}), limit);
  EXPECT_EQ(error_of({"run", "--limit", ""}), limit);
  EXPECT_EQ(error_of({"run", "--shots-from", ""}), error_of({"run", "--shots-from"}));
  EXPECT_EQ(error_of({"run", ""}),
            "proctor run: found an empty word, expected [MODEL…]");
  EXPECT_EQ(error_of({"run", "--protocol", "seed,,mmlu"}),
            "--protocol: found an empty name in seed,,mmlu, expected names with commas "
            "between");
  EXPECT_EQ(error_of({"run", "--exact=yes"}),
            "--exact: found yes behind it, expected nothing");
}

TEST(Options, the_last_one_wins) {
  EXPECT_EQ(arguments_of({"run", "--limit", "5", "--limit", "7"}).get("--limit"), "7");
}

TEST(Options, those_that_repeat_keep_all_in_order) {
  EXPECT_THAT(
      arguments_of({"run", "--stop", "b", "--stop", "a", "--stop", ""}).all("--stop"),
      ElementsAre("b", "a", ""));
  EXPECT_THAT(arguments_of({"run"}).all("--stop"), IsEmpty());
}

TEST(Options, a_short_name_is_the_same_option) {
  EXPECT_EQ(arguments_of({"chart", "-o", "a.png"}).get("--output"), "a.png");
  EXPECT_EQ(arguments_of({"chart", "--output", "a.png"}).get("--output"), "a.png");
}

TEST(Options, a_mistyped_one_is_told_the_nearest) {
  EXPECT_EQ(error_of({"run", "--limt", "5"}),
            "--limt: no such option of proctor run; did you mean --limit?");
  EXPECT_EQ(error_of({"run", "--limt=5"}),
            "--limt: no such option of proctor run; did you mean --limit?");
}

TEST(Options, one_of_another_command_is_unknown) {
  EXPECT_THAT(error_of({"verify", "--protocol", "seed"}),
              StartsWith("--protocol: no such option of proctor verify"));
}

TEST(Options, the_start_of_a_name_is_no_name) {
  EXPECT_THAT(error_of({"run", "--lim", "5"}), StartsWith("--lim: no such option"));
}

TEST(Options, a_missing_value_is_told_by_the_option_s_name) {
  EXPECT_THAT(error_of({"run", "--limit"}), HasSubstr("--limit"));
}

TEST(Options, a_flag_takes_no_text) {
  EXPECT_THAT(error_of({"run", "--quiet=loud"}), HasSubstr("quiet"));
}

TEST(Options, a_mistyped_command_is_told_the_nearest) {
  EXPECT_EQ(error_of({"rum"}), "rum: no such command; did you mean run?");
  EXPECT_EQ(error_of({"xyzzy"}), "xyzzy: no such command; see proctor --help");
}

TEST(Options, one_may_stand_before_the_command) {
  const Arguments arguments =
      arguments_of({"--json", "--limit", "5", "run", "llama", "--limit", "7"});

  EXPECT_EQ(arguments.command, Command::run);
  EXPECT_THAT(arguments.positional, ElementsAre("llama"));
  EXPECT_TRUE(arguments.has("--json"));
  EXPECT_EQ(arguments.get("--limit"), "7");
  EXPECT_EQ(arguments_of({"-o", "x.csv", "report"}).get("--output"), "x.csv");
}

TEST(Options, ones_without_a_command_are_no_command) {
  EXPECT_EQ(error_of({"--json"}), "--json: expected a command; see proctor --help");
}

TEST(Options, the_version_is_a_command_under_three_names) {
  for (const std::string word : {"version", "--version", "-V"})
    EXPECT_EQ(arguments_of({word}).command, Command::version);
  EXPECT_TRUE(arguments_of({"--json", "-V"}).has("--json"));
}

TEST(Options, a_number_is_read_within_its_bounds) {
  const Arguments arguments =
      arguments_of({"run", "--limit", "5", "--temperature", "0.5"});

  EXPECT_EQ(*arguments.number("--limit", NumberRange{1, 10}), 5);
  EXPECT_EQ(*arguments.number("--temperature", NumberRange{0.0, 2.0}), 0.5);
  EXPECT_EQ(*arguments.number("--retries", NumberRange{1, 10}), std::nullopt);
  EXPECT_EQ(*arguments.number("--timeout", NumberRange{1.0, 10.0}), std::nullopt);
}

TEST(Options, what_is_no_number_or_out_of_bounds_says_what_was_expected) {
  for (const std::string_view value :
       {"0", "11", "5x", "x", "", " 5", "5.0", "1e1", "99999999999999999999", "+5"}) {
    Arguments arguments;
    arguments.add("--limit", std::string(value));

    const auto number = arguments.number("--limit", NumberRange{1, 10});

    ASSERT_FALSE(number) << value;
    EXPECT_EQ(number.error().fault, Fault::usage);
    EXPECT_EQ(
        number.error().message,
        fmt::format("--limit: found {}, expected a whole number from 1 to 10", value));
  }
}

TEST(Options, a_decimal_out_of_bounds_says_what_was_expected) {
  for (const std::string_view value :
       {"-1", "2.5", "x", "nan", "inf", "1e999", "1,5"}) {
    Arguments arguments;
    arguments.add("--temperature", std::string(value));

    const auto number = arguments.number("--temperature", NumberRange{0.0, 2.0});

    ASSERT_FALSE(number) << value;
    EXPECT_EQ(
        number.error().message,
        fmt::format("--temperature: found {}, expected a number from 0 to 2", value));
  }
}

TEST(Options, a_negative_number_is_a_value) {
  EXPECT_EQ(arguments_of({"run", "--limit", "-1"}).get("--limit"), "-1");
}

TEST(Config, a_file_s_options_stand_behind_those_of_the_command_line) {
  const File file(
      "limit = 5\ntemperature = 0.5\nprotocol = \"mmlu\"\njson = true\nquiet = false\n"
      "stop = [\"a\", \"b\"]\n",
      ".toml");

  const Arguments arguments =
      arguments_of({"run", "--config", file.path().string(), "--protocol", "seed"});

  EXPECT_EQ(arguments.get("--limit"), "5");
  EXPECT_EQ(arguments.get("--temperature"), "0.5");
  EXPECT_EQ(arguments.get("--protocol"), "seed");
  EXPECT_TRUE(arguments.has("--json"));
  EXPECT_FALSE(arguments.has("--quiet"));
  EXPECT_THAT(arguments.all("--stop"), ElementsAre("a", "b"));
}

TEST(Config, an_unknown_option_is_told_with_line_and_nearest) {
  const File file("json = true\nlimt = 5\n", ".toml");

  EXPECT_EQ(
      error_of({"run", "--config", file.path().string()}),
      file.path().string() + ": line 2: limt: no such option; did you mean --limit?");
}

TEST(Config, a_value_of_a_wrong_kind_is_told_with_its_line) {
  const File list("limit = [1, 2]\n", ".toml");
  EXPECT_THAT(error_of({"run", "--config", list.path().string()}),
              HasSubstr("line 1: limit: expected a text or a number"));
}

TEST(Config, a_flag_is_true_or_false) {
  const File file("\njson = \"yes\"\n", ".toml");

  EXPECT_THAT(error_of({"run", "--config", file.path().string()}),
              HasSubstr("line 2: json: expected true or false"));
}

TEST(Config, what_is_no_toml_is_told_with_its_line) {
  const File file("limit = 5\nprotocol = \n", ".toml");

  EXPECT_THAT(error_of({"run", "--config", file.path().string()}),
              StartsWith(file.path().string() + ": line 2: "));
}

TEST(Config, a_file_that_is_not_there_is_named) {
  const auto result = parsed({"run", "--config", "/nowhere/proctor.toml"});

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("--config"));
  EXPECT_THAT(result.error().message, HasSubstr("/nowhere/proctor.toml"));
}

TEST(Help, no_words_ask_for_it) {
  const std::vector<std::vector<std::string>> all = {{}, {"--help"}, {"-h"}, {"help"}};
  for (const auto& words : all) {
    const auto result = parsed(words);

    ASSERT_TRUE(result);
    EXPECT_FALSE(result->arguments);
    EXPECT_EQ(result->text, program_help(manual(), Language::en));
  }
}

TEST(Help, of_a_command_is_asked_for_in_four_ways) {
  for (const ManualCommand& command : manual()) {
    const std::string name(command.name);
    const std::vector<std::vector<std::string>> all = {
        {name, "--help"}, {name, "-h"}, {"help", name}, {name, "help"}};
    for (const auto& words : all) {
      const auto result = parsed(words);

      ASSERT_TRUE(result) << name;
      EXPECT_EQ(result->text, command_help(command, Language::en));
    }
  }
}

TEST(Help, of_the_program_names_every_command) {
  for (const CommandText& command : commands()) {
    EXPECT_THAT(program_help(manual(), Language::en),
                HasSubstr(fmt::format("\n  {} ", command.name)));
  }
}

// However its lines are broken.
std::string words_in(std::string_view text) {
  std::string words = replace_all(std::string(text), "\n", " ");
  while (words.find("  ") != std::string::npos) words = replace_all(words, "  ", " ");
  return words;
}

TEST(Help, of_a_command_has_its_options_and_no_others) {
  for (const ManualCommand& command : manual()) {
    const std::string help = command_help(command, Language::en);
    for (const ManualOption& option : command.options) {
      EXPECT_THAT(help, ContainsRegex(fmt::format("[ \n]{}[ ,:]", option.name)))
          << command.name;
      EXPECT_EQ(words_in(help).find(words_in(option.about)) == std::string::npos,
                option.is_rare);
    }
  }
}

TEST(Help, says_what_a_run_is_where_one_is_taken) {
  for (const ManualCommand& command : manual()) {
    const bool takes = command.arguments.find("RUN") != std::string_view::npos;
    EXPECT_EQ(command_help(command, Language::en).find("RUN: last, last~1") !=
                  std::string::npos,
              takes)
        << command.name;
  }
}

TEST(Help, no_line_is_wider_than_a_terminal_of_eighty_columns) {
  std::vector<std::string> texts;
  for (const Language language : {Language::en, Language::ja}) {
    texts.push_back(program_help(manual(), language));
    for (const ManualCommand& command : manual())
      texts.push_back(command_help(command, language));
  }
  for (const std::string& text : texts) {
    for (const std::string& line : split(text, '\n')) {
      EXPECT_LE(display_width(line), 80) << line;
    }
  }
}

TEST(Help, every_option_says_what_it_is_in_a_line_and_belongs_somewhere) {
  for (const Option& option : options()) {
    EXPECT_THAT(std::string(option.name), StartsWith("--"));
    EXPECT_FALSE(option.about.empty());
    EXPECT_THAT(std::string(option.about), Not(HasSubstr("\n")));
    EXPECT_TRUE(std::ranges::any_of(commands(), [&](const CommandText& command) {
      return option.belongs_to(command.command);
    })) << option.name;
  }
}

TEST(Completions, each_shell_s_name_every_option_and_command) {
  const std::string bash = *completions(manual(), "bash");
  const std::string zsh = *completions(manual(), "zsh");
  const std::string fish = *completions(manual(), "fish");
  for (const Option& option : options()) {
    EXPECT_THAT(bash, HasSubstr(fmt::format("{} ", option.name)));
    EXPECT_THAT(zsh, HasSubstr(fmt::format("'{}:", option.name)));
    EXPECT_THAT(fish, HasSubstr(fmt::format("-l {} ", option.name.substr(2))));
  }
  for (const CommandText& command : commands()) {
    EXPECT_THAT(bash, HasSubstr(fmt::format("{}) words", command.name)));
    EXPECT_THAT(fish, HasSubstr(fmt::format("-a {} ", command.name)));
  }
}

TEST(Completions, a_command_s_own_words_are_among_them) {
  EXPECT_THAT(*completions(manual(), "bash"),
              HasSubstr("completions) words=\"bash zsh fish "));
  EXPECT_THAT(*completions(manual(), "zsh"),
              HasSubstr("list) words_of=(models datasets"));
  EXPECT_THAT(*completions(manual(), "fish"), HasSubstr("from list' -a protocols\n"));
}

TEST(Completions, another_shell_is_told_which_there_are) {
  const auto text = completions(manual(), "tcsh");

  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "found tcsh, expected bash, zsh or fish");
}

TEST(Manual, has_every_option_of_every_command) {
  const std::string page = manual_page(manual(), Language::ja);
  const std::string markdown =
      manual_markdown(manual(), Language::en) + manual_markdown(manual(), Language::ja);
  for (const Option& option : options()) {
    EXPECT_THAT(page, HasSubstr(replace_all(std::string(option.name), "-", "\\-")));
    EXPECT_THAT(markdown, HasSubstr(std::string(option.name)));
  }
  for (const CommandText& command : commands()) {
    EXPECT_THAT(page, HasSubstr(fmt::format(".SS proctor {}", command.name)));
    EXPECT_THAT(markdown, HasSubstr(fmt::format("## proctor {}", command.name)));
  }
}

TEST(Manual, no_line_of_text_is_read_as_a_request) {
  // troff takes a line that begins with a dot or an apostrophe for one.
  const std::string both =
      manual_page(manual(), Language::en) + manual_page(manual(), Language::ja);
  for (const std::string& line : split(both, '\n')) {
    EXPECT_FALSE(line.starts_with('\'')) << line;
    if (line.starts_with('.')) {
      EXPECT_TRUE(line.starts_with(".TH ") || line.starts_with(".S") ||
                  line.starts_with(".B ") || line.starts_with(".I ") || line == ".TP")
          << line;
    }
  }
}

}  // namespace
}  // namespace proctor
