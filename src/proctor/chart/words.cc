#include "proctor/chart/layout.h"

namespace proctor {
namespace {

std::string cost_title(RunCost cost, Language language) {
  switch (cost) {
    case RunCost::size:
      return in_language(language, "Size of the weights", "重みの大きさ");
    case RunCost::bits:
      return in_language(language, "Bits of a weight", "重み 1 つのビット数");
    case RunCost::latency:
      return in_language(language, "Seconds a reply (median)", "返答の秒数（中央値）");
    case RunCost::tokens:
      break;
  }
  return in_language(language, "Tokens a reply (mean)", "返答のトークン数（平均）");
}

// `models` is the axis across, `accuracy` that of the values.
void say_axes(ChartWords& words, const Chart& chart, Language language) {
  words.accuracy = in_language(language, "Accuracy (%)", "正答率 (%)");
  words.models = {};
  words.whiskers =
      in_language(language, "Lines: 95% confidence interval", "線: 95%信頼区間");
  words.partial = {};
  switch (chart.kind) {
    case ChartKind::subjects:
      break;
    case ChartKind::heatmap:
      words.whiskers =
          in_language(language, "Numbers: percent right", "数字: 正答率 (%)");
      break;
    case ChartKind::pareto:
      words.models = cost_title(chart.cost, language);
      words.partial = in_language(language, "dotted: none is better and costs no more",
                                  "点線: これより良く、高くつかない実行がない");
      break;
    case ChartKind::calibration:
      words.accuracy = in_language(language, "Right (%)", "正答 (%)");
      words.models =
          in_language(language, "Probability of the answer (%)", "回答の確率 (%)");
      words.partial =
          in_language(language, "dotted: as often right as sure; numbers: n",
                      "点線: 確率どおりの正答率。数字: n");
      break;
    case ChartKind::progress:
      words.models = in_language(language, "Questions asked", "出題数");
      words.whiskers =
          in_language(language, "Bands: 95% confidence interval", "帯: 95%信頼区間");
      break;
    case ChartKind::compare:
      words.accuracy = in_language(language, "Points gained on the first run",
                                   "最初の実行との差（ポイント）");
      break;
    case ChartKind::bars:
    case ChartKind::seed:
      break;
  }
}

}  // namespace

ChartWords words_in(Language language, const Chart& chart) {
  ChartWords words = language == Language::ja
                         ? ChartWords{.title = "MMLUベンチマーク精度",
                                      .models = "モデル",
                                      .accuracy = "精度 (%)",
                                      .whiskers = "誤差線: 95%信頼区間",
                                      .each = "(各モデル)",
                                      .chance = "破線: あてずっぽう ({:.0f}%)",
                                      .partial = "斜線: 未出題あり"}
                         : ChartWords{.title = "MMLU benchmark accuracy",
                                      .models = "Model",
                                      .accuracy = "Accuracy (%)",
                                      .whiskers = "Whiskers: 95% confidence interval",
                                      .each = "each",
                                      .chance = "dashed: chance ({:.0f}%)",
                                      .partial = "hatched: not all asked"};
  if (!chart.has_bars()) say_axes(words, chart, language);
  if (!chart.title.empty()) words.title = for_terminal_line(chart.title);
  words.subtitle = for_terminal_line(chart.subtitle);
  words.x_label = for_terminal_line(chart.x_label);
  words.y_label = for_terminal_line(chart.y_label);
  return words;
}

}  // namespace proctor
