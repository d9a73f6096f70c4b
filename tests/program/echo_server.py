"""A server that answers A and repeats all that it was sent: headers, address, body and
its own command line. Every third question gets an error that does the same.

As a program: echo_server.py --port P [--die-after N] [anything], which also prints it.
"""

import json
import os
import ssl
import sys
import threading

from json_handler import JsonHandler, ServerOfMany


class Handler(JsonHandler):
    def answer(self, status, document):
        super().answer(status, document, **{"X-Echo": self.path})

    def do_HEAD(self):  # as the hub is asked for a file
        self.server.seen.append(("HEAD", self.path, dict(self.headers), ""))
        self.send_response(403)
        self.send_header("X-Error-Message", f"no right for {self.headers['Authorization']}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.server.seen.append(("GET", self.path, dict(self.headers), ""))
        if not self.server.says_who:
            return self.answer(404 if "props" in self.path else 200, {"echo": self.path})
        echo = json.dumps([self.path, dict(self.headers)]).replace("/", "|")
        self.answer(200, {"data": [{"id": "m", "root": echo}], "model_path": echo,
                          "build_info": echo, "total_slots": 1})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        seen = self.server.seen
        seen.append(("POST", self.path, dict(self.headers), body))
        echo = json.dumps([self.path, dict(self.headers), body, self.server.said])
        posts = sum(1 for each in seen if each[0] == "POST")
        if self.server.status and posts >= self.server.good:
            return self.answer(self.server.status, {"error": {"message": echo[:200]}})
        if self.server.errors and posts % 3 == 0:
            return self.answer(400, {"error": {"message": echo}})
        self.answer(200, {
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": "A\n" + echo,
                                     "reasoning_content": echo}}],
            "model": "echo " + echo[-60:], "system_fingerprint": echo[-60:],
            "usage": {"prompt_tokens": min(len(body) // 4, self.server.context),
                      "completion_tokens": 1}})
        if self.server.die_after and posts >= self.server.die_after:
            print("dying:", self.server.said, flush=True)
            os._exit(1)


class EchoServer(ServerOfMany):
    daemon_threads = True

    def __init__(self, port=0, said="", die_after=0, errors=True, status=0, good=0,
                 context=9, says_who=False):
        super().__init__(("127.0.0.1", port), Handler)
        self.seen, self.said, self.die_after = [], said, die_after
        self.errors, self.status, self.good = errors, status, good
        self.says_who = says_who  # in words that repeat the request
        self.context = context  # tokens that it says it read, at most
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def over_tls(self, certificate, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.port}"
        return self

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def paths(self, method="POST"):
        return [path for how, path, _, _ in self.seen if how == method]


if __name__ == "__main__":
    words = sys.argv[1:]
    number = {name: int(words[words.index(name) + 1]) if name in words else 0
              for name in ("--port", "--die-after")}
    said = " ".join(words) + " " + " ".join(
        f"{name}={value}" for name, value in os.environ.items() if "KEY" in name)
    print("started with", said, flush=True)
    EchoServer(number["--port"], said, number["--die-after"]).serve_forever()
