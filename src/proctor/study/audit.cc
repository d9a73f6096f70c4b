#include "proctor/study/audit.h"

namespace proctor {
namespace {

bool differ(const std::vector<std::optional<char>>& letters) {
  std::optional<char> first;
  for (const auto& letter : letters) {
    if (!letter) continue;
    if (first && *first != *letter) return true;
    first = letter;
  }
  return false;
}

// The end of a reply, from the beginning of a character.
std::string_view end_of(std::string_view reply) {
  constexpr std::size_t most = 160;
  if (reply.size() <= most) return reply;
  reply.remove_prefix(reply.size() - most);
  while (!reply.empty() && (static_cast<unsigned char>(reply[0]) & 0xC0U) == 0x80U)
    reply.remove_prefix(1);
  return reply;
}

class Auditor {
 public:
  explicit Auditor(std::string_view own) {
    for (const Reader& reader : readers()) {
      if (reader.name == own) own_ = audit_.readers.size();
      audit_.readers.push_back({.name = reader.name});
    }
  }

  Status see(const Graded& graded) {
    if (!graded.attempt->outcome) {
      for (AuditedReader& reader : audit_.readers) reader.ledger.add(Mark::failed);
      ++audit_.failed;
      return {};
    }
    ++audit_.replies;
    add(*graded.question, *graded.attempt->outcome);
    return {};
  }

  Audit take(ScoredRun run) {
    audit_.run = std::move(run);
    return std::move(audit_);
  }

 private:
  void add(const Question& question, const Reply& reply) {
    std::vector<std::optional<char>> letters;
    for (std::size_t i = 0; i < audit_.readers.size(); ++i) {
      const MarkedAnswer marked = mark_reply(readers()[i], question, reply);
      audit_.readers[i].ledger.add(marked.mark);
      letters.push_back(marked.answer.letter);
    }
    for (std::size_t i = 0; i < letters.size(); ++i)
      audit_.readers[i].agreed += letters[i] == letters[own_] ? 1 : 0;
    if (!differ(letters)) return;
    const std::string_view whole = python_strip(reply.text);
    const std::string_view end = end_of(whole);
    audit_.disagreements.push_back({.id = question.id,
                                    .right = right_letters(question),
                                    .letters = std::move(letters),
                                    .reply_end = std::string(end),
                                    .is_cut = end.size() < whole.size()});
  }

  Audit audit_;
  std::size_t own_ = 0;
};

}  // namespace

Result<Audit> audit(Store& store, const StoredRun& run, const Look& look) {
  if (scoring_of(run.info.key) != "generate") {
    return fail(Fault::usage,
                "run {}: its protocol, {}, scores letters; there is no reply to read",
                run.id.substr(0, 8), run.info.protocol);
  }
  Auditor auditor(run.info.extract);
  ScoredRun scored =
      TRY(score_stored_run(store, run, look, false,
                           [&](const Graded& graded) { return auditor.see(graded); }));
  TRY(check_has_reply(scored));
  return auditor.take(std::move(scored));
}

}  // namespace proctor
