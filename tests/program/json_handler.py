"""What the servers of these tests have in common: they answer in JSON and are quiet."""

import http.server
import json


class ServerOfMany(http.server.ThreadingHTTPServer):
    # Python's own 5 are too few for 32 connections in one moment: the others are lost, and
    # come again after a second or three.
    request_queue_size = 256


class JsonHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes: the second would wait for the first one's late ACK.
    disable_nagle_algorithm = True

    def answer(self, status, document, **headers):
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass
