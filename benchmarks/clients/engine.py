"""An engine that does one thing, whatever it is asked, for what the emulator does not do:
engine.py refuse SECONDS   429 with Retry-After, always
engine.py stop             half an answer, and then a clean end without the last event
Prints its port, then nothing."""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

deed = sys.argv[1]


def events(path):
    if path.endswith("/messages"):
        start = dict(id="m", type="message", role="assistant", model="emulated-tiny", content=[], stop_reason=None,
                     stop_sequence=None, usage=dict(input_tokens=5, output_tokens=1))
        yield "message_start", dict(type="message_start", message=start)
        yield "content_block_start", dict(type="content_block_start", index=0, content_block=dict(type="text", text=""))
        yield "content_block_delta", dict(type="content_block_delta", index=0, delta=dict(type="text_delta", text="half"))
    elif path.endswith("/responses"):
        response = dict(id="r", object="response", created_at=0, status="in_progress", model="emulated-tiny", output=[],
                        parallel_tool_calls=True, tool_choice="auto", tools=[])
        item = dict(id="i", type="message", role="assistant", status="in_progress", content=[])
        yield "response.created", dict(type="response.created", sequence_number=0, response=response)
        yield "response.output_item.added", dict(type="response.output_item.added", sequence_number=1, output_index=0, item=item)
        yield "response.output_text.delta", dict(type="response.output_text.delta", sequence_number=2, item_id="i",
                                                 output_index=0, content_index=0, delta="half", logprobs=[])
    else:
        chunk = dict(id="c", object="chat.completion.chunk", created=0, model="emulated-tiny")
        yield None, dict(chunk, choices=[dict(index=0, delta=dict(role="assistant", content=""), finish_reason=None)])
        yield None, dict(chunk, choices=[dict(index=0, delta=dict(content="half"), finish_reason=None)])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if deed == "refuse":
            body = json.dumps(dict(error=dict(message="busy", type="rate_limit_error", param=None, code="busy"))).encode()
            self.send_response(429)
            self.send_header("Retry-After", sys.argv[2])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for name, data in events(self.path):
            text = ("event: %s\n" % name if name else "") + "data: " + json.dumps(data) + "\n\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text.encode()))
        self.wfile.write(b"0\r\n\r\n")

    def do_GET(self):
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
