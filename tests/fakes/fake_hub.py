#!/usr/bin/env python3
"""A hub of what is in a folder: fake_hub.py ROOT [--port N] [--token T] [--fail N] [--slow N]

ROOT/datasets/OWNER/NAME and ROOT/models/OWNER/NAME are its repositories, each of one
commit, which is main. As the hub does with large files, it sends those who want one to
another host (localhost, where its own name is 127.0.0.1) and says commit, SHA-256 and
size in headers; that host knows ranges and wants no token. ROOT/rows/OWNER/NAME/CONFIG/
SPLIT.jsonl are the rows of a datasets-server, which gives at most 100 at a time. GET
/log is every request so far.

It prints "listening on http://127.0.0.1:PORT". Only with --token's token it answers,
--fail answers the first N requests with 503, --slow sends at most N bytes a second.
"""

import argparse
import hashlib
import http.server
import json
import pathlib
import re
import threading
import time
import urllib.parse

COMMIT = "c30699e8356da336a370243923dbaf21066bb9fe"  # where Proctor has pinned cais/mmlu
NAME = r"([\w.-]+/[\w.-]+)"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes

    def log_message(self, *_):
        pass

    def do_GET(self):
        hub = self.server
        url = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(url.path)
        if path == "/log":
            return self.say(200, hub.log)
        hub.log.append({"method": self.command, "path": self.path,
                        "host": self.headers["Host"], "range": self.headers["Range"],
                        "authorization": self.headers["Authorization"]})  # fmt: skip
        if path.startswith("/cdn/"):
            return self.content(path.removeprefix("/cdn/"))
        if hub.is_to_fail():
            return self.say(503, {"error": "busy"})
        if hub.token and self.headers["Authorization"] != f"Bearer {hub.token}":
            return self.say(401, {"error": "who is it?"}, X_Error_Code="GatedRepo")
        if path == "/rows":
            return self.rows(dict(urllib.parse.parse_qsl(url.query)))
        if found := re.fullmatch(f"/api/(datasets|models)/{NAME}(?:/revision/(.+))?", path):
            return self.listing(*found.groups())
        if found := re.fullmatch(f"/(datasets/)?{NAME}/resolve/([^/]+)/(.+)", path):
            kind, *rest = found.groups()
            return self.facts("datasets" if kind else "models", *rest)
        return self.say(404, {"error": "nothing is here"})

    do_HEAD = do_GET

    def listing(self, kind, repo, revision):
        folder = self.server.root / kind / repo
        if not folder.is_dir():
            return self.say(404, {"error": "no repository"}, X_Error_Code="RepoNotFound")
        if revision not in [None, "main", COMMIT]:
            return self.say(404, {"error": "no revision"}, X_Error_Code="RevisionNotFound")
        files = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
        siblings = [{"rfilename": name} for name in sorted(files)]
        return self.say(200, {"id": repo, "sha": COMMIT, "siblings": siblings})

    def facts(self, kind, repo, revision, path):
        """Of a file, and where it is."""
        if not (self.server.root / kind / repo).is_dir():
            return self.say(404, {"error": "no repository"}, X_Error_Code="RepoNotFound")
        if revision not in ["main", COMMIT]:
            return self.say(404, {"error": "no revision"}, X_Error_Code="RevisionNotFound")
        data = self.server.file(kind, repo, path)
        if data is None:
            return self.say(404, {"error": "no file"}, X_Error_Code="EntryNotFound",
                            X_Repo_Commit=COMMIT)  # fmt: skip
        where = urllib.parse.quote(f"/cdn/{kind}/{repo}/{path}")
        return self.say(302, {}, X_Repo_Commit=COMMIT, X_Linked_Size=len(data),
                        X_Linked_Etag=f'"{hashlib.sha256(data).hexdigest()}"',
                        ETag='"of the pointer"', Location=self.server.elsewhere + where)  # fmt: skip

    def content(self, path):
        data = self.server.file(path)
        if data is None:
            return self.say(404, {"error": "no file"})
        start = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        if not start:
            return self.send(200, data)
        at, last = int(start[1]), len(data) - 1
        if at > last:
            return self.send(416, b"", Content_Range=f"bytes */{len(data)}")
        return self.send(206, data[at:], Content_Range=f"bytes {at}-{last}/{len(data)}")

    def rows(self, query):
        name = f"{query['config']}/{query['split']}.jsonl"
        data = self.server.file("rows", query["dataset"], name)
        if data is None:
            return self.say(404, {"error": "no such split"})
        rows = [json.loads(line) for line in data.splitlines()]
        first = int(query["offset"])
        page = rows[first : first + min(100, int(query["length"]))]
        return self.say(200, {
            "features": [{"name": name} for name in rows[0]],
            "rows": [{"row_idx": first + i, "row": row, "truncated_cells": []}
                     for i, row in enumerate(page)],
            "num_rows_total": len(rows), "num_rows_per_page": 100, "partial": False,
        })  # fmt: skip

    def say(self, status, document, **headers):
        headers["Content_Type"] = "application/json"
        self.send(status, json.dumps(document).encode(), **headers)

    def send(self, status, data, **headers):
        self.send_response(status)
        for name, value in {"Content_Length": len(data), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command == "HEAD":
            return
        piece = max(1, self.server.slow // 20) if self.server.slow else len(data)
        for at in range(0, len(data), max(1, piece)):
            self.wfile.write(data[at : at + piece])
            if self.server.slow:
                time.sleep(1 / 20)


class Hub(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, words):
        super().__init__(("127.0.0.1", words.port), Handler)
        self.root, self.token, self.slow = words.root.resolve(), words.token, words.slow
        self.left_to_fail, self.lock = words.fail, threading.Lock()
        self.elsewhere = f"http://localhost:{self.server_port}"
        self.log = []

    def is_to_fail(self):
        with self.lock:
            self.left_to_fail -= 1
            return self.left_to_fail >= 0

    def file(self, *parts):
        path = self.root.joinpath(*parts).resolve()
        return path.read_bytes() if path.is_file() and path.is_relative_to(self.root) else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="")
    parser.add_argument("--fail", type=int, default=0)
    parser.add_argument("--slow", type=int, default=0)
    hub = Hub(parser.parse_args())
    print(f"listening on http://127.0.0.1:{hub.server_port}", flush=True)
    hub.serve_forever()


if __name__ == "__main__":
    main()
