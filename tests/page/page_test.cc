#include "proctor/page/page.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <nlohmann/json.hpp>

#include "study/made_store.h"

namespace proctor {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string bytes_of(const std::string& base64) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0, held = 0;
  for (const char c : base64) {
    const std::size_t value = digits.find(c);
    if (value == std::string_view::npos) continue;
    bits = bits << 6U | static_cast<unsigned>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFFU);
  }
  return bytes;
}

std::string inflated(const std::string& packed) {
  const auto free = [](libdeflate_decompressor* one) {
    libdeflate_free_decompressor(one);
  };
  const std::unique_ptr<libdeflate_decompressor, decltype(free)> unpacker(
      libdeflate_alloc_decompressor(), free);
  std::string bytes(4'000'000, '\0');
  std::size_t size = 0;
  EXPECT_EQ(libdeflate_zlib_decompress(unpacker.get(), packed.data(), packed.size(),
                                       bytes.data(), bytes.size(), &size),
            LIBDEFLATE_SUCCESS);
  bytes.resize(size);
  return bytes;
}

// The text of the element of that id.
std::string element(const std::string& html, const std::string& id) {
  const std::size_t at = html.find("id=\"" + id + "\">");
  EXPECT_NE(at, std::string::npos) << id;
  const std::size_t begin = html.find('>', at) + 1;
  return html.substr(begin, html.find("</script>", begin) - begin);
}
std::string unpacked(const std::string& html, const std::string& id) {
  return inflated(bytes_of(element(html, id)));
}

class RunPage : public testing::Test {
 protected:
  Page page_of(const std::vector<StoredRun>& runs, PageSetting setting = {}) {
    auto page = run_page(made_.store(), runs, setting);
    EXPECT_TRUE(page) << page.error().message;
    return page.value_or(Page{});
  }
  StoredRun add(std::string_view letters, std::string model = "a") {
    return made_.add(exam_, letters, info_of(std::move(model)));
  }
  static RunInfo info_of(std::string model) {
    return {.key = {.model = std::move(model), .protocol = protocol_of("?", 0)}};
  }

  MadeStore made_;
  Dataset exam_ = exam_of({"anatomy", "anatomy", "anatomy", "virology", "virology"});
};

TEST_F(RunPage, has_each_run_s_count_and_interval) {
  const json head = json::parse(page_of({add("AABAB"), add("ABBBB", "b")}).json);

  EXPECT_EQ(head["runs"][0]["count"], json({3, 5}));
  EXPECT_EQ(head["runs"][1]["count"], json({1, 5}));
  const Interval interval = wilson({3, 5});
  EXPECT_NEAR(head["runs"][0]["interval"][0], interval.low, 1e-15);
  EXPECT_NEAR(head["runs"][0]["interval"][1], interval.high, 1e-15);
}

TEST_F(RunPage, counts_the_categories_of_a_data_set_as_a_report_does) {
  for (const std::string name : {"cais/mmlu", "haonan-li/cmmlu"}) {
    std::vector<std::string> subjects;
    for (const Subject& subject : known_subjects(name))
      subjects.emplace_back(subject.name);
    exam_ = exam_of(subjects);
    exam_.name = name;
    std::string letters;
    for (std::size_t i = 0; i < subjects.size(); ++i) letters += "AABC"[i % 4];
    const StoredRun run = add(letters);

    const json head = json::parse(page_of({run}).json);

    const auto report = by_category(made_.marked(run).run.account.tally, name);
    ASSERT_EQ(head["categories"].size(), report.size()) << name;
    for (std::size_t i = 0; i < report.size(); ++i) {
      const std::string title = head["categories"][i];
      const Count count = report.at(std::string(category_key(title))).count();
      const json& told = head["runs"][0]["by_category"][i];
      EXPECT_EQ(told,
                json({count.right, count.n, wilson(count).low, wilson(count).high, 0}))
          << name << ": " << title;
    }
  }
}

TEST_F(RunPage, counts_what_is_in_no_category_by_itself) {
  exam_ = exam_of({"anatomy", "basket weaving", "basket weaving"});

  const json head = json::parse(page_of({add("AAB")}).json);

  EXPECT_EQ(head["categories"], json({"other"}));
  EXPECT_EQ(head["runs"][0]["by_category"][0][1], 1);
  EXPECT_EQ(head["runs"][0]["by_category"][1][0], 1);
  EXPECT_EQ(head["runs"][0]["by_category"][1][1], 2);
}

TEST_F(RunPage, tells_no_share_where_nothing_was_replied) {
  const json run = json::parse(page_of({add("!!!!!")}).json)["runs"][0];

  EXPECT_EQ(run["count"], json({nullptr, 5}));
  EXPECT_EQ(run["interval"], json({0.0, 1.0}));
  EXPECT_EQ(run["by_subject"], json::parse("[[null,3,0,1,3],[null,2,0,1,2]]"));
}

TEST_F(RunPage, says_how_many_of_a_count_have_failed) {
  const json run = json::parse(page_of({add("AA!BA")}).json)["runs"][0];

  EXPECT_EQ(run["by_subject"][0][0], 2);
  EXPECT_EQ(run["by_subject"][0][1], 3);
  EXPECT_EQ(run["by_subject"][0][4], 1);
}

TEST_F(RunPage, has_a_question_of_two_runs_once) {
  const Page page = page_of({add("AABAB"), add("ABBBB", "b")});

  EXPECT_EQ(page.about, "2 runs, 5 questions");
  EXPECT_EQ(json::parse(unpacked(page.html, "q0")).size(), 5U);
}

TEST_F(RunPage, leaves_out_what_no_run_asked) {
  const Page page = page_of({add("A..A."), add(".B...", "b")});

  EXPECT_EQ(json::parse(page.json)["questions"], 3);
  EXPECT_THAT(json::parse(unpacked(page.html, "ids")),
              ElementsAre("anatomy/0", "anatomy/1", "virology/3"));
}

TEST_F(RunPage, matches_the_questions_of_two_data_sets_by_what_they_are) {
  Dataset other = exam_;
  other.name = "other";
  std::ranges::rotate(other.questions, other.questions.begin() + 3);
  other.digest = digest_of(other.questions);
  const StoredRun b = made_.add(other, "AA!AB", info_of("b"));

  const json head = json::parse(page_of({add("AABAB"), b}).json);

  EXPECT_EQ(head["questions"], 5);
  // Of the exam: A A B A B; of the other, in the exam's order: . A B A A, one failed.
  EXPECT_EQ(head["pairs"][0][0], 2);  // both right
  EXPECT_EQ(head["pairs"][0][2], 1);  // only b
  EXPECT_EQ(head["pairs"][0][3], 1);  // neither
}

TEST_F(RunPage, has_the_paired_difference_that_compare_tells) {
  const StoredRun a = add("AABAB"), b = add("ABABB", "b");
  const Comparison comparison = compare_runs(made_.marked(a), made_.marked(b));

  const json pair = json::parse(page_of({a, b}).json)["pairs"][0];

  EXPECT_EQ(pair[0], comparison.pairs.both);
  EXPECT_EQ(pair[1], comparison.pairs.only_a);
  EXPECT_EQ(pair[2], comparison.pairs.only_b);
  EXPECT_EQ(pair[3], comparison.pairs.neither);
  EXPECT_NEAR(pair[4], comparison.pairs.difference(), 1e-15);
  EXPECT_NEAR(pair[5], tango(comparison.pairs).low, 1e-15);
  EXPECT_NEAR(pair[7], mcnemar_p(comparison.pairs), 1e-15);
}

TEST_F(RunPage, groups_neighbours_that_differ_by_no_more_than_chance) {
  const json head =
      json::parse(page_of({add("BBBBB"), add("AABAB", "b"), add("AAAAB", "c")}).json);

  EXPECT_EQ(head["order"], json({2, 1, 0}));
  EXPECT_EQ(head["groups"], json::parse("[[2,1,0]]"));
}

TEST_F(RunPage, says_who_was_asked_what_and_how_it_is_asked_again) {
  const PageSetting setting{.version = "9.9", .command = [](const auto&, const auto&) {
                              return std::string("proctor run again");
                            }};

  const json run = json::parse(page_of({add("AABAB")}, setting).json)["runs"][0];

  EXPECT_EQ(run["command"], "proctor run again");
  EXPECT_EQ(run["dataset"], "exam");
  EXPECT_EQ(run["reader"], "first-letter");
  EXPECT_THAT(run["summary"][0].get<std::string>(), HasSubstr("60.00%"));
}

TEST_F(RunPage, names_a_file_of_this_machine_without_its_folders) {
  const PageSetting setting{.command = [](const auto&, const auto&) {
    return std::string(
        "proctor run /home/me/m.gguf --dataset '/my data/exam' --file=/a/b/ "
        "--url http://host:1/v1/x data/exam");
  }};

  const json run = json::parse(page_of({add("AABAB")}, setting).json)["runs"][0];

  EXPECT_EQ(run["command"],
            "proctor run m.gguf --dataset 'exam' --file=b/ --url http://host:1/v1/x "
            "data/exam");
}

TEST_F(RunPage, names_an_exam_of_this_machine_without_its_folders) {
  exam_.name = "/home/me/my data/exam";

  const Page page = page_of({add("AABAB")});

  EXPECT_EQ(json::parse(page.json)["runs"][0]["dataset"], "exam");
  EXPECT_THAT(page.html, HasSubstr("<title>exam all</title>"));
  EXPECT_THAT(page.html, Not(HasSubstr("/home/me")));
}

TEST_F(RunPage, reads_replies_by_the_reader_of_the_look) {
  const StoredRun run =
      made_.add(exam_, {{0, "B or not B: the answer is (A)."}}, info_of("a"));

  EXPECT_EQ(json::parse(page_of({run}).json)["runs"][0]["count"], json({0, 1}));
  EXPECT_EQ(
      json::parse(
          page_of({run}, {.look = {.reader = "proctor"}}).json)["runs"][0]["count"],
      json({1, 1}));
}

TEST_F(RunPage, holds_a_hostile_reply_as_data) {
  const std::string hostile =
      "A </script><script>alert(1)</script><!-- \xE2\x80\xA8 \xE2\x80\xAE" +
      std::string(1, '\0') + "{{head}}";
  exam_.questions[0].text = "</script><img src=x onerror=alert(2)>";
  exam_.questions[0].subject = "<b>anatomy</b>";
  exam_.digest = digest_of(exam_.questions);
  RunInfo info = info_of("<script>alert(3)</script>");
  info.note = "</script>";
  const Page page = page_of({made_.add(exam_, {{0, hostile}}, info)});

  EXPECT_EQ(json::parse(unpacked(page.html, "r0-0"))["0"]["text"], hostile);
  EXPECT_THAT(page.html, Not(HasSubstr("<script>alert(")));
  EXPECT_THAT(page.html, Not(HasSubstr("<img")));
  EXPECT_THAT(page.html, Not(HasSubstr("<b>")));
  const std::regex of_ours("<script[ >]");
  // Words, head and the script; columns, pairs, ids, a chunk of questions, one of
  // replies.
  EXPECT_EQ(std::distance(
                std::sregex_iterator(page.html.begin(), page.html.end(), of_ours), {}),
            8);
}

TEST_F(RunPage, names_its_own_script_and_style_in_the_policy_and_nothing_else) {
  const std::string html = page_of({add("AABAB")}).html;

  const std::size_t style = html.find("<style>") + 7;
  const std::string css = html.substr(style, html.find("</style>") - style);
  const std::size_t script = html.find("<script>") + 8;
  const std::string js = html.substr(script, html.find("</script>", script) - script);
  for (const std::string& text : {css, js}) {
    const std::string hex = sha256_hex(text);
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    EXPECT_THAT(html, HasSubstr("'sha256-" + base64_of(bytes) + "'"));
    EXPECT_THAT(text, Not(HasSubstr("innerHTML")));
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_THAT(html, Not(HasSubstr("unsafe")));
}

TEST_F(RunPage, has_columns_of_one_length_for_every_run) {
  const Page page = page_of({add("AAB.!"), add("ABBBB", "b")});

  // place and key; a run: latency and tokens; subject; a run: mark, letter and tries.
  EXPECT_EQ(unpacked(page.html, "columns").size(),
            5U * (4 * 2 + 2 * 4 * 2 + 2 + 2 * 3));
}

TEST_F(RunPage, is_refused_where_there_is_no_run) {
  const auto page = run_page(made_.store(), {}, {});

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().fault, Fault::usage);
}

TEST_F(RunPage, is_the_same_for_the_same_runs) {
  const StoredRun run = add("AABAB");

  EXPECT_EQ(page_of({run}).html, page_of({run}).html);
}

TEST_F(RunPage, a_file_has_no_script_that_asks_anybody) {
  const std::string html = page_of({add("AB")}).html;

  EXPECT_THAT(html, Not(HasSubstr("fetch(")));
  EXPECT_THAT(html, Not(HasSubstr("connect-src")));
}

TEST_F(RunPage, a_page_that_is_served_may_ask_who_it_is_from_and_holds_no_part) {
  const std::vector<StoredRun> runs = {add("AB")};
  const LivePage live = live_page(made_.store(), runs, runs, {}).value();
  const ServedPage served = served_page(live, {});

  EXPECT_THAT(served.policy, HasSubstr("connect-src 'self'"));
  EXPECT_THAT(served.html, HasSubstr(served.policy));
  EXPECT_THAT(served.html, Not(HasSubstr("octet-stream")));
  const json head = json::parse(live.head);
  EXPECT_EQ(head["live"]["parts"].size(), live.parts.size());
  for (const PagePart& part : live.parts)
    EXPECT_EQ(head["live"]["parts"][part.id], sha256_hex(part.bytes));
}

TEST_F(RunPage, a_served_page_orders_nothing_whose_times_are_not_known) {
  const std::vector<StoredRun> runs = {add("AB")};

  const LivePage page = live_page(made_.store(), runs, runs, {}).value();

  const json live = json::parse(page.head)["live"];
  EXPECT_EQ(live["curves"], json::parse("[[]]"));
  EXPECT_EQ(live["newest"], json::array());
}

TEST_F(RunPage, a_served_page_of_no_run_has_nothing_to_show) {
  const LivePage live = live_page(made_.store(), {}, {}, {}).value();

  EXPECT_EQ(json::parse(live.head)["runs"].size(), 0);
}

}  // namespace
}  // namespace proctor
