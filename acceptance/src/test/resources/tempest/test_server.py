#!/usr/bin/python3
"""The server that the traffic tests of octavia-tempest-plugin start on their machines.

Debian's package lacks the plugin's own, a program in Go; this one takes its options and answers as
the tests expect. Every answer is the server's id; "/request" shows the request's header, and
"/slow?delay=SECONDS" takes its time. Datagrams are answered with the id, too.
"""
import argparse
import http.server
import re
import socket
import ssl
import threading
import time
import urllib.parse

options = argparse.ArgumentParser(prefix_chars="-", allow_abbrev=False)
options.add_argument("-id", required=True)
options.add_argument("-port", type=int, required=True)
options.add_argument("-https_port", type=int)
options.add_argument("-cert")
options.add_argument("-key")
options.add_argument("-https_client_auth_port", type=int)
options.add_argument("-client_ca")
asked = options.parse_args()


def seconds(text):
    """As Go writes durations: "1s", "500ms"."""
    parts = re.fullmatch(r"([0-9.]+)(ms|s)", text)
    return 3.0 if parts is None else float(parts[1]) / (1000 if parts[2] == "ms" else 1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        body = asked.id
        if url.path == "/request":
            body = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        elif url.path == "/slow":
            delay = urllib.parse.parse_qs(url.query).get("delay", [""])[0]
            time.sleep(min(seconds(delay), 60))
        self.answer(body.encode())

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def answer(self, body):
        self.send_response(200)
        if "JSESSIONID" not in self.headers.get("Cookie", ""):
            self.send_header("Set-Cookie", f"JSESSIONID={asked.id}")
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    request_queue_size = 512

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


class SecureServer(Server):
    context = None

    def finish_request(self, request, client_address):
        """The handshake is made here, in the request's own thread, since it may take long."""
        with self.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def handle_error(self, request, client_address):
        pass


def serve(server):
    threading.Thread(target=server.serve_forever).start()


def secure(port, client_ca=None):
    server = SecureServer(("::", port), Handler)
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(asked.cert, asked.key)
    server.context.set_alpn_protocols(["http/1.1"])
    if client_ca is not None:
        server.context.load_verify_locations(client_ca)
        server.context.verify_mode = ssl.CERT_REQUIRED
    serve(server)


def datagrams():
    port = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    port.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    port.bind(("::", asked.port))
    return port


# First of all: the suite sends datagrams once the others answer, and waits for each forever.
port = datagrams()
serve(Server(("::", asked.port), Handler))
if asked.https_port is not None:
    secure(asked.https_port)
if asked.https_client_auth_port is not None:
    secure(asked.https_client_auth_port, asked.client_ca)
while True:
    _, sender = port.recvfrom(2048)
    port.sendto(asked.id.encode(), sender)
