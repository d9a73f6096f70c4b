"""Stand-ins for servers that say who they are: llama-server, vLLM, ollama. What they are
can be changed while they run, as if another had been started at the same address."""

import contextlib
import json
import threading

from json_handler import JsonHandler, ServerOfMany


class StandIn:
    """Answers every question with one letter, at one address, under a changing name."""

    def __init__(self, kind="llama", **who):
        self.kind = kind
        self.file, self.build, self.letter, self.digest = "mistral.gguf", "b1", "A", "aa"
        self.says_model = True  # in its replies, in its own words
        self.asked = 0
        self.become(**who)
        self.change_after = None  # (n, who): from the n-th question on
        self.lock = threading.Lock()
        self.server = None
        self.port = 0
        self.start()

    def become(self, **who):
        for name, value in who.items():
            assert hasattr(self, name), name
            setattr(self, name, value)

    def start(self):
        stand_in = self

        class Handler(JsonHandler):
            def do_GET(self):
                self.tell(stand_in.told(self.path))

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.tell(stand_in.reply_to(body))

            def tell(self, document):
                missing = {"error": {"message": "no such page"}}
                self.answer(200 if document else 404, document or missing)

        self.server = ServerOfMany(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
        self.server = None

    def told(self, path):
        if (self.kind, path) == ("llama", "/props"):
            return {"total_slots": 2, "model_path": f"/models/{self.file}",
                    "build_info": self.build}
        if (self.kind, path) == ("llama", "/v1/models"):
            meta = {"n_params": 7 * len(self.file), "size": 4 * len(self.file), "n_vocab": 32}
            return {"data": [{"id": f"/models/{self.file}", "owned_by": "llamacpp",
                              "meta": meta}]}
        if (self.kind, path) == ("vllm", "/v1/models"):
            return {"data": [{"id": "chat", "root": self.file, "owned_by": "vllm"}]}
        if (self.kind, path) == ("ollama", "/api/tags"):
            return {"models": [{"name": "mistral:7b", "digest": self.digest}]}
        return None

    def reply_to(self, body):
        with self.lock:
            self.asked += 1
            if self.change_after and self.asked > self.change_after[0]:
                self.become(**self.change_after[1])
            name = self.file if self.kind in ("llama", "silent") else body.get("model")
            reply = {"choices": [{"message": {"content": self.letter},
                                  "finish_reason": "stop"}],
                     "usage": {"prompt_tokens": 100, "completion_tokens": 1}}
            if self.says_model:
                reply["model"] = name
            if self.kind == "llama":
                reply["system_fingerprint"] = self.build
            return reply


@contextlib.contextmanager
def standing_in(kind="llama", **who):
    server = StandIn(kind, **who)
    try:
        yield server
    finally:
        server.stop()
