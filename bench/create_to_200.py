#!/usr/bin/env python3
"""How long from the POST of a fully populated load balancer until a client gets 200 through it, and how
long the program needs to start.

    bench/create_to_200.py [RUNS]        (100 unless told)
"""
import http.server
import json
import socket
import statistics
import sys
import threading
import time

from common import LB, Program, free_port, machine, mirrored


class Backend(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass


def first_200(address, port):
    """Tries until a 200 comes; there may be nothing to connect to at first."""
    while True:
        try:
            with socket.create_connection((address, port), 1) as client:
                client.sendall(b'GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n')
                if client.recv(64).startswith(b'HTTP/1.1 200'):
                    return
        except OSError:
            pass
        time.sleep(0.0005)


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    backend = http.server.ThreadingHTTPServer(('127.50.0.200', 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    starts = []
    for _ in range(3):
        program = Program()
        starts.append(program.answer_seconds)
        program.close()
    program = Program()
    subnet = program.subnet('10.50.0.0/24')
    port = free_port()
    tree = {'loadbalancer': {'vip_subnet_id': subnet, 'listeners': [{
        'protocol': 'HTTP', 'protocol_port': port, 'default_pool': {
            'name': 'p', 'protocol': 'HTTP', 'lb_algorithm': 'ROUND_ROBIN',
            'healthmonitor': {'type': 'HTTP', 'delay': 5, 'timeout': 2, 'max_retries': 1},
            'members': [{'address': '10.50.0.200', 'protocol_port': backend.server_port}]}}]}}
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        created = program.call('POST', f'{LB}/loadbalancers', tree)['loadbalancer']
        first_200(mirrored(created['vip_address']), port)
        times.append((time.perf_counter() - began) * 1000)
        program.active(created['id'])
        program.call('DELETE', f'{LB}/loadbalancers/{created["id"]}?cascade=true')
    program.close()
    times.sort()
    print(json.dumps({
        'machine': machine(), 'runs': runs,
        'create_to_200_ms': {'p50': round(statistics.median(times), 1),
                             'p99': round(times[int(len(times) * 0.99) - 1], 1),
                             'max': round(times[-1], 1)},
        'start_to_first_answer_s': {'median': round(statistics.median(starts), 2),
                                    'all': [round(it, 2) for it in starts]}}, indent=2))


if __name__ == '__main__':
    main()
