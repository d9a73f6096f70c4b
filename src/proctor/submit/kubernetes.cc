#include "proctor/submit/submit.h"
#include "proctor/submit/words.h"

namespace proctor {
namespace {

// A text in YAML's quotes, in which these alone mean something else.
std::string yaml_text(std::string text) {
  for (const auto& [character, escaped] :
       {std::pair{"\\", "\\\\"}, std::pair{"\"", "\\\""}, std::pair{"\n", "\\n"}})
    text = replace_all(std::move(text), character, escaped);
  return "\"" + text + "\"";
}

}  // namespace

Result<std::string> kubernetes_job(const ExamJob& job, const KubernetesPlace& place) {
  TRY(check_job(job));
  const std::string command = fmt::format(
      "part=$((JOB_COMPLETION_INDEX + 1)); exec {}{} --progress line",
      words_for_shell(job),
      job.is_shared
          ? fmt::format(" --store {}", for_shell(job.store))
          : fmt::format(" --shard $part/{} --store part-$part.db", job.shards));
  return fmt::format(
      R"(# kubectl apply -f THIS; once it has ended, where the claim is mounted:
#   {merge}
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
spec:
  completionMode: Indexed
  completions: {shards}
  parallelism: {at_once}
  backoffLimitPerIndex: 6
  template:
    spec:
      restartPolicy: Never
      # SIGTERM, and time to keep what is on its way.
      terminationGracePeriodSeconds: 120
      containers:
        - name: proctor
          image: {image}
          workingDir: {mount}
          command: ["/bin/sh", "-c", {command}]
          volumeMounts:
            - name: stores
              mountPath: {mount}
      volumes:
        - name: stores
          persistentVolumeClaim:
            claimName: {claim}
)",
      fmt::arg(
          "merge",
          job.is_shared
              ? fmt::format("proctor verify --complete --store {}", job.store)
              : fmt::format("proctor merge {}/part-*.db --into proctor.db --complete",
                            job.folder)),
      fmt::arg("name", job.name), fmt::arg("shards", job.shards),
      fmt::arg("at_once", job.at_once > 0 ? job.at_once : job.shards),
      fmt::arg("image", yaml_text(place.image)),
      fmt::arg("workdir", yaml_text(job.workdir)),
      fmt::arg("command", yaml_text(command)), fmt::arg("mount", yaml_text(job.folder)),
      fmt::arg("claim", yaml_text(place.claim)));
}

}  // namespace proctor
