#!/usr/bin/env python3
"""Half an hour of moderate load through one program, while it is reconfigured all the time through its
API and some of its members fail: nothing may leak, and no client may see an error that the
configuration does not explain.

    bench/soak.py [--minutes 30]

Needs openssl and, from Debian, nghttp2-client. See README.md for what is watched and by which rules.
"""
import argparse
import asyncio
import collections
import json
import os
import pathlib
import random
import ssl
import subprocess
import sys
import time
import zlib

from common import Program, machine, mirrored
from soak_operator import Operator
from soak_watch import Watch

MEMBERS = '127.50.0.200'
PATIENCE = 20


class Ledger:
    """What clients saw. An error is explained by a reason, or it counts against us."""

    def __init__(self):
        self.done = collections.Counter()
        self.explained = collections.Counter()
        self.unexplained = []

    def good(self, client):
        self.done[client] += 1

    def bad(self, client, what, reason):
        if reason:
            self.explained[f'{client}: {what}: {reason}'] += 1
        else:
            self.unexplained.append(f'{time.strftime("%T")} {client}: {what}')
            print('unexplained:', self.unexplained[-1], flush=True)


class Http:
    """Requests on a connection that is kept."""

    def __init__(self, address, port, context=None):
        self.where = (address, port)
        self.context = context
        self.reader = self.writer = None

    async def ask(self, path, body=None, chunked=False):
        """Status and body; an error of the connection is an OSError or an EOFError."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                *self.where, ssl=self.context, limit=1 << 20)
        self.writer.write(self._request(path, body, chunked))
        await self.writer.drain()
        head = (await self.reader.readuntil(b'\r\n\r\n')).decode('latin1').lower()
        fields = dict(line.split(': ', 1) for line in head.split('\r\n')[1:] if ': ' in line)
        got = await self.reader.readexactly(int(fields.get('content-length', 0)))
        if fields.get('connection') == 'close':
            self.close()
        if 'x-sum' in fields and int(fields['x-sum']) != zlib.crc32(got):
            raise ValueError('the body is not what the member sent')
        return int(head[9:12]), got

    @staticmethod
    def _request(path, body, chunked):
        start = f'{"POST" if body else "GET"} {path} HTTP/1.1\r\nHost: soak\r\n'
        if not body:
            return (start + '\r\n').encode()
        if not chunked:
            return (start + f'Content-Length: {len(body)}\r\n\r\n').encode() + body
        half = len(body) // 2
        pieces = b''.join(b'%x\r\n%s\r\n' % (len(it), it) for it in (body[:half], body[half:]))
        return (start + 'Transfer-Encoding: chunked\r\n\r\n').encode() + pieces + b'0\r\n\r\n'

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


class Clients:
    """Everybody who uses the load balancers."""

    def __init__(self, ledger, operator, until):
        self.ledger = ledger
        self.operator = operator
        self.until = until
        self.untrusting = ssl.create_default_context()
        self.untrusting.check_hostname = False
        self.untrusting.verify_mode = ssl.CERT_NONE

    async def paced(self, rate, step):
        """Calls a step so often a second until the end."""
        due = time.monotonic()
        while time.time() < self.until:
            await step()
            due = max(due + random.expovariate(rate), time.monotonic() - 1)
            await asyncio.sleep(max(0, due - time.monotonic()))

    async def http(self, name, port, rate, context=None):
        client = Http(self.operator.vip, port, context)
        count = 0

        async def step():
            nonlocal count
            count += 1
            body = os.urandom(random.choice([10, 1_000, 100_000])) if count % 5 == 0 else None
            path = '/big' if count % 50 == 1 else f'/{count % 7}'
            try:
                status, got = await asyncio.wait_for(
                    client.ask(path, body, count % 2 == 0), PATIENCE)
                right = status == 200 and (not body or path == '/big' or got == body)
                if right:
                    self.ledger.good(name)
                else:
                    self.ledger.bad(name, f'status {status}', None)
            except (OSError, EOFError, ValueError, TimeoutError) as e:
                self.ledger.bad(name, f'request {count}: {e!r}', None)
                client.close()
            if count % 100 == 0:
                client.close()

        await self.paced(rate, step)
        client.close()

    async def failing(self, rate):
        """Asks the pool whose members fail; its errors must have been to be expected."""
        client = Http(self.operator.failing_vip, self.operator.failing_port)

        async def step():
            began = time.time()
            try:
                status, _ = await asyncio.wait_for(client.ask('/'), PATIENCE)
                if status == 200:
                    self.ledger.good('failing')
                    return
                what = f'status {status}'
            except (OSError, EOFError, ValueError, TimeoutError) as e:
                what = type(e).__name__
                client.close()
            self.ledger.bad('failing', what, self.operator.explanation(what, began))

        await self.paced(rate, step)
        client.close()

    async def tcp(self, rate):
        reader = writer = None
        count = 0

        async def step():
            nonlocal reader, writer, count
            count += 1
            data = os.urandom(random.choice([1, 500, 60_000]))
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection(
                        self.operator.vip, self.operator.tcp_port)
                writer.write(data)
                got = await asyncio.wait_for(reader.readexactly(len(data)), PATIENCE)
                if got != data:
                    raise ValueError('not what was sent')
                self.ledger.good('tcp')
            except (OSError, EOFError, ValueError, TimeoutError) as e:
                self.ledger.bad('tcp', f'message {count}: {e!r}', None)
                writer = None
            if count % 60 == 0 and writer:
                writer.close()
                writer = None

        await self.paced(rate, step)

    async def udp(self, rate):
        loop = asyncio.get_running_loop()
        waiting = {}

        class Answers(asyncio.DatagramProtocol):
            def datagram_received(self, data, source):
                future = waiting.pop(data, None)
                if future and not future.done():
                    future.set_result(None)

        async def step():
            transport, _ = await loop.create_datagram_endpoint(
                Answers, remote_addr=(self.operator.vip, self.operator.udp_port))
            for _ in range(10):
                data = os.urandom(random.choice([16, 1_200]))
                waiting[data] = loop.create_future()
                transport.sendto(data)
                try:
                    await asyncio.wait_for(waiting[data], 5)
                    self.ledger.good('udp')
                except TimeoutError:
                    waiting.pop(data, None)
                    self.ledger.bad('udp', 'no answer', None)
            transport.close()

        await self.paced(rate / 10, step)

    async def http2(self, rate):
        """h2load, ten seconds at a time."""
        url = f'https://{self.operator.vip}:{self.operator.tls_port}/h2'
        while time.time() < self.until:
            process = await asyncio.create_subprocess_exec(
                'h2load', '-c', '2', '-m', '4', f'--rps={rate // 2}', '-D', '10', url,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
            said = (await process.communicate())[0].decode()
            codes = next(it for it in said.splitlines() if it.startswith('status codes:'))
            requests = next(it for it in said.splitlines() if it.startswith('requests:'))
            self.ledger.done['http2'] += int(codes.split()[2])
            broken = [it for it in (codes.split(', ')[1:] + requests.split(', ')[4:])
                      if not it.startswith('0 ')]
            for what in broken:
                self.ledger.bad('http2', what, None)
            await asyncio.sleep(2)

    async def all(self):
        operator = self.operator
        await asyncio.gather(
            *(self.http('http', operator.http_port, 20) for _ in range(8)),
            *(self.http('tls', operator.tls_port, 15, self.untrusting) for _ in range(4)),
            *(self.failing(10) for _ in range(4)),
            *(self.tcp(15) for _ in range(4)),
            *(self.udp(20) for _ in range(3)),
            self.http2(40))


def members():
    process = subprocess.Popen(
        [sys.executable, pathlib.Path(__file__).with_name('soak_members.py'), MEMBERS],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())


async def soak(minutes, program, ports):
    until = time.time() + 60 * minutes
    operator = Operator(program, ports)
    ledger = Ledger()
    watch = Watch(program.process.pid)
    operating = asyncio.to_thread(operator.run, until)
    watching = asyncio.to_thread(watch.run, until)
    await asyncio.gather(operating, watching, Clients(ledger, operator, until).all())
    return operator, ledger, watch


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--minutes', type=float, default=30)
    parser.add_argument('--log', default='soak-program.log', help='where the program logs')
    options = parser.parse_args()
    minutes = options.minutes
    os.environ['AGRIPPA_JAVA_OPTS'] = '-Xmx384m -XX:NativeMemoryTracking=summary'
    process, ports = members()
    log = open(options.log, 'w', encoding='utf-8')
    program = Program(log=log)
    try:
        operator, ledger, watch = asyncio.run(soak(minutes, program, ports))
        settled = watch.settle()
    finally:
        program.close()
        process.stdin.close()
        process.wait(10)
    log.close()
    trends = watch.trends()
    complaints = [line for line in pathlib.Path(options.log).read_text().splitlines()
                  if ' ERROR ' in line or ' WARNING ' in line or line.startswith(('java.', '\tat '))]
    print(json.dumps({
        'machine': machine(), 'minutes': minutes,
        'done': dict(ledger.done), 'changes': dict(operator.changes),
        'explained': dict(ledger.explained), 'unexplained': ledger.unexplained,
        'refused changes': operator.refused, 'complaints of the program': complaints[:20],
        'descriptors before and after': watch.descriptors,
        'trends': {name: trend.told() for name, trend in trends.items()}}, indent=2))
    grows = [name for name, trend in trends.items() if trend.grows()]
    if grows or not settled or ledger.unexplained or operator.refused or complaints:
        raise SystemExit(f'failed; what grows: {grows}')


if __name__ == '__main__':
    main()
