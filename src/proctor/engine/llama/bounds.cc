#include "proctor/engine/llama/bounds.h"

#ifdef PROCTOR_HAS_JINJA

namespace proctor {
namespace {

using jinja::statement_ptr;
using jinja::statements;
using jinja::value;

// Steps, values looked at, and kilobytes: hundreds of times what a prompt of many
// many examples takes, and done in seconds.
constexpr std::int64_t most_work = 500'000;
constexpr std::size_t bytes_a_step = 1024;
// Of a value when it is made, and values that are changed after that: on the way down
// from one to the next there are so many levels at most.
constexpr int most_depth = 30;
constexpr std::size_t most_changed = 64;
// A thread has some megabytes; between two steps lies one expression (jinja.cc bounds
// it).
constexpr std::uintptr_t most_stack = std::uintptr_t{512} << 10U;

std::uintptr_t here() {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

// A statement or an expression whose value is looked at.
struct Held : jinja::expression {
  Held(Bounds& bounds_of, statement_ptr inner_of, bool may_change_of = false)
      : bounds(bounds_of), inner(std::move(inner_of)), may_change(may_change_of) {
    pos = inner->pos;
  }
  std::string type() const override { return inner->type(); }
  value execute_impl(jinja::context& context) const override {
    bounds.step();
    value result = inner->execute(context);
    bounds.look_at(result);
    if (may_change && jinja::is_val<jinja::value_array>(result)) bounds.changed(result);
    return result;
  }
  Bounds& bounds;
  statement_ptr inner;
  bool may_change;  // append() gives the list that it has changed
};

// An assignment: what now holds the new value is looked at, which may be a part of it.
struct HeldSet : Held {
  HeldSet(Bounds& bounds_of, statement_ptr set_of)
      : Held(bounds_of, std::move(set_of)) {}
  value execute_impl(jinja::context& context) const override {
    value result = Held::execute_impl(context);
    const auto& set = dynamic_cast<const jinja::set_statement&>(*inner);
    const auto* const member =
        dynamic_cast<const jinja::member_expression*>(set.assignee.get());
    const jinja::statement& holder =
        member == nullptr ? *set.assignee : *member->object;
    const value held = holder.execute(context);
    bounds.look_at(held);
    if (member != nullptr) bounds.changed(held);
    return result;
  }
};

// Where a body begins: of a loop a turn, of a macro a call with its arguments.
struct Begin : jinja::statement {
  Begin(Bounds& bounds_of, const statements& parameters) : bounds(bounds_of) {
    pos = 0;
    for (const statement_ptr& parameter : parameters) {
      const auto* const with_default =
          dynamic_cast<const jinja::keyword_argument_expression*>(parameter.get());
      const auto* const name = dynamic_cast<const jinja::identifier*>(
          with_default == nullptr ? parameter.get() : with_default->key.get());
      if (name != nullptr) names.push_back(name->val);
    }
  }
  value execute_impl(jinja::context& context) const override {
    bounds.step();
    for (const std::string& name : names) bounds.look_at(context.get_val(name));
    return jinja::mk_val<jinja::value_undefined>();
  }
  Bounds& bounds;
  std::vector<std::string> names;
};

template <class Node>
Node* as(const statement_ptr& node) {
  return dynamic_cast<Node*>(node.get());
}

// Whether what is called may be a list's append().
bool may_append(const statement_ptr& callee) {
  if (as<jinja::identifier>(callee) != nullptr) return false;
  const auto* const member = as<jinja::member_expression>(callee);
  if (member == nullptr || member->computed) return true;
  const auto* const name = as<jinja::identifier>(member->property);
  return name != nullptr && name->val == "append";
}

bool is_append(const statement_ptr& filter) {
  const auto* const call = as<jinja::call_expression>(filter);
  const auto* const name =
      as<jinja::identifier>(call == nullptr ? filter : call->callee);
  return name == nullptr || name->val == "append";
}

void put_first(statements& body, statement_ptr first) {
  body.insert(body.begin(), std::move(first));
}

}  // namespace

void Bounds::begin(const IsStopped& is_stopped) {
  is_stopped_ = is_stopped;
  was_stopped_ = was_exceeded_ = false;
  left_ = most_work;
  changed_.clear();
  stack_ = here();
}

void Bounds::refuse(const char* why) {
  was_exceeded_ = true;
  throw std::runtime_error(why);
}

void Bounds::spend(std::size_t work) {
  left_ -= static_cast<std::int64_t>(work);
  if (left_ < 0) refuse("more is done than any chat template does");
}

void Bounds::step() {
  spend(1);
  if (is_stopped_ && is_stopped_()) {
    was_stopped_ = true;
    throw std::runtime_error("stopped");
  }
  const std::uintptr_t now = here();
  if ((now < stack_ ? stack_ - now : now - stack_) > most_stack)
    refuse("a macro calls itself without end");
}

void Bounds::changed(const value& value) {
  changed_.insert(value.get());
  if (changed_.size() > most_changed)
    refuse("more lists and objects are changed than any chat template does");
}

void Bounds::look_at(const value& value, int depth) {
  spend(1);
  if (depth > most_depth) {
    refuse("a value holds itself, or is deeper than any chat template's");
  }
  if (value == nullptr) return;
  spend(value->val_str.parts.size() + value->val_str.length() / bytes_a_step);
  for (const jinja::value& item : value->val_arr) look_at(item, depth + 1);
  for (const auto& [key, item] : value->val_obj) {
    look_at(key, depth + 1);
    look_at(item, depth + 1);
  }
  if (const auto* const function = jinja::cast_val<jinja::value_func>(value)) {
    // The one holds all variables there were, and nobody sees into it; by the other a
    // list could be changed unseen.
    if (function->name == "caller") refuse("what a call block is given is kept");
    if (function->arg0 != nullptr) refuse("a value's own function is kept");
  }
  if (const auto* const named = jinja::cast_val<jinja::value_kwarg>(value))
    look_at(named->val, depth + 1);
}

void Bounds::hold(jinja::program& program) {
  hold_body(program.body);
}

void Bounds::hold_body(statements& body) {
  for (statement_ptr& node : body) {
    hold(node);
    if (as<jinja::set_statement>(node) != nullptr) {
      node = std::make_unique<HeldSet>(*this, std::move(node));
    } else if (as<Held>(node) == nullptr) {
      node = std::make_unique<Held>(*this, std::move(node));
    }
  }
}

void Bounds::hold(statement_ptr& node) {
  if (node == nullptr) return;
  hold_children(node);
  if (const auto* const call = as<jinja::call_expression>(node)) {
    const bool may_change = may_append(call->callee);
    node = std::make_unique<Held>(*this, std::move(node), may_change);
  } else if (const auto* const filter = as<jinja::filter_expression>(node)) {
    const bool may_change = is_append(filter->filter);
    node = std::make_unique<Held>(*this, std::move(node), may_change);
  }
}

void Bounds::hold_children(statements& nodes) {
  for (statement_ptr& node : nodes) hold(node);
}

// A filter or a test is a name, or a call of one that the interpreter looks into.
void Bounds::hold_filter(statement_ptr& filter) {
  if (auto* const call = as<jinja::call_expression>(filter)) hold_children(call->args);
}

void Bounds::hold_children(statement_ptr& node) {
  if (auto* const n = as<jinja::if_statement>(node)) {
    hold(n->test);
    hold_body(n->body);
    hold_body(n->alternate);
    return;
  }
  if (auto* const n = as<jinja::for_statement>(node)) {
    // The interpreter looks into the condition of a loop.
    auto* const chosen = as<jinja::select_expression>(n->iterable);
    hold(chosen == nullptr ? n->iterable : chosen->lhs);
    if (chosen != nullptr) {
      hold(chosen->test);
      chosen->test = std::make_unique<Held>(*this, std::move(chosen->test));
    }
    hold_body(n->body);
    hold_body(n->default_block);
    put_first(n->body, std::make_unique<Begin>(*this, statements()));
    return;
  }
  if (auto* const n = as<jinja::set_statement>(node)) {
    hold(n->val);
    hold_body(n->body);
    return;
  }
  if (auto* const n = as<jinja::macro_statement>(node)) {
    for (statement_ptr& parameter : n->args) hold_children(parameter);
    hold_body(n->body);
    put_first(n->body, std::make_unique<Begin>(*this, n->args));
    return;
  }
  if (auto* const n = as<jinja::call_statement>(node)) {
    hold_children(n->call);
    for (statement_ptr& parameter : n->caller_args) hold_children(parameter);
    hold_body(n->body);
    put_first(n->body, std::make_unique<Begin>(*this, n->caller_args));
    return;
  }
  if (auto* const n = as<jinja::filter_statement>(node)) {
    hold_filter(n->filter);
    hold_body(n->body);
    return;
  }
  if (auto* const n = as<jinja::member_expression>(node)) {
    hold(n->object);
    if (n->computed) hold(n->property);
    return;
  }
  if (auto* const n = as<jinja::call_expression>(node)) {
    hold(n->callee);
    hold_children(n->args);
    return;
  }
  if (auto* const n = as<jinja::filter_expression>(node)) {
    hold(n->operand);
    hold_filter(n->filter);
    return;
  }
  if (auto* const n = as<jinja::test_expression>(node)) {
    hold(n->operand);
    hold_filter(n->test);
    return;
  }
  if (auto* const n = as<jinja::select_expression>(node)) {
    hold(n->lhs);
    hold(n->test);
    return;
  }
  if (auto* const n = as<jinja::ternary_expression>(node)) {
    hold(n->condition);
    hold(n->true_expr);
    hold(n->false_expr);
    return;
  }
  if (auto* const n = as<jinja::binary_expression>(node)) {
    hold(n->left);
    hold(n->right);
    return;
  }
  if (auto* const n = as<jinja::unary_expression>(node)) {
    hold(n->argument);
    return;
  }
  if (auto* const n = as<jinja::slice_expression>(node)) {
    hold(n->start_expr);
    hold(n->stop_expr);
    hold(n->step_expr);
    return;
  }
  if (auto* const n = as<jinja::array_literal>(node)) {
    hold_children(n->val);
    return;
  }
  if (auto* const n = as<jinja::tuple_literal>(node)) {
    hold_children(n->val);
    return;
  }
  if (auto* const n = as<jinja::object_literal>(node)) {
    for (auto& [key, item] : n->val) {
      hold(key);
      hold(item);
    }
    return;
  }
  if (auto* const n = as<jinja::keyword_argument_expression>(node)) {
    hold(n->val);
    return;
  }
  if (auto* const n = as<jinja::spread_expression>(node)) {
    hold(n->argument);
  }
}

}  // namespace proctor
#endif
