#!/usr/bin/env python3
"""Members for the soak: good ones, and ones that fail in each way that members fail.

Serves HTTP, echoes TCP and UDP. Says on standard output, as one line of JSON, at which port of its
address each one is; ends when its standard input does.
"""
import asyncio
import json
import socket
import struct
import sys
import zlib

ADDRESS = sys.argv[1]
GOOD = 6
BIG = bytes(range(256)) * 4096


async def request(reader):
    """Path and body of the next request, or None at the end."""
    try:
        head = await reader.readuntil(b'\r\n\r\n')
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    lines = head.decode('latin1').split('\r\n')
    fields = dict(line.lower().split(': ', 1) for line in lines[1:] if ': ' in line)
    body = b''
    if fields.get('transfer-encoding') == 'chunked':
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    elif 'content-length' in fields:
        body = await reader.readexactly(int(fields['content-length']))
    return lines[0].split(' ')[1], body


def answer(name, body):
    return (f'HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nX-Member: {name}\r\n'
            f'X-Sum: {zlib.crc32(body)}\r\n\r\n').encode() + body


async def good(reader, writer, name):
    while asked := await request(reader):
        path, body = asked
        writer.write(answer(name, BIG if path == '/big' else body or b'hello ' + path.encode()))
        await writer.drain()
    writer.close()


async def failing(reader, writer, kind):
    """Healthy when asked for health, and otherwise not."""
    asked = await request(reader)
    if asked and asked[0] == '/health' and kind != 'dead':
        writer.write(answer(kind, b'well').replace(b'\r\n\r\n', b'\r\nConnection: close\r\n\r\n'))
    elif kind == 'garbage':
        writer.write(b'\x00\xffwhat is that?\r\n\r\n')
    elif kind == 'half':
        writer.write(answer(kind, bytes(10_000))[:5_000])
    elif kind == 'slow':
        for piece in answer(kind, b'hello late').splitlines(keepends=True):
            await asyncio.sleep(0.3)
            writer.write(piece)
            await writer.drain()
    elif kind == 'hang' and asked:
        await reader.read()
    elif kind in ('reset', 'dead'):
        writer.get_extra_info('socket').setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    writer.close()


async def echo(reader, writer):
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


class EchoDatagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, source):
        self.transport.sendto(data, source)


async def calmly(serve, *arguments):
    """Peers that go away in the middle are nothing to speak of."""
    try:
        await serve(*arguments)
    except (OSError, asyncio.IncompleteReadError):
        arguments[1].close()


async def start(serve, *more):
    server = await asyncio.start_server(
        lambda reader, writer: calmly(serve, reader, writer, *more), ADDRESS, 0, limit=1 << 20)
    return server.sockets[0].getsockname()[1]


async def main():
    loop = asyncio.get_running_loop()
    ports = {'good': [await start(good, f'good{i}') for i in range(GOOD)],
             'tcp': [await start(echo) for _ in range(GOOD)],
             'udp': []}
    for _ in range(GOOD):
        transport, _ = await loop.create_datagram_endpoint(EchoDatagrams, (ADDRESS, 0))
        ports['udp'].append(transport.get_extra_info('sockname')[1])
    for kind in ('garbage', 'half', 'slow', 'hang', 'reset', 'dead'):
        ports[kind] = [await start(failing, kind)]
    refusing = socket.socket()
    refusing.bind((ADDRESS, 0))
    ports['refuse'] = [refusing.getsockname()[1]]
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
