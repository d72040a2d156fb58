#!/usr/bin/env python3
"""CPU time per request of Agrippa beside HAProxy: same backend, same generator, interleaved.

    bench/versus_haproxy.py [--rounds 5] [--seconds 4] [WORKLOAD...]

Needs two cores and, from Debian, haproxy, nginx-light, wrk, curl and, for HTTP/2, nghttp2-client. The proxies are pinned to core 0 with one
thread each, generator and backend to core 1; everything is on loopback. What is compared is the CPU time
of the proxy's process, since throughput on a shared machine is noise. HAProxy runs twice: configured as
Octavia configures it, and tuned (connections to members always reused); the ratio is to the better one.
Compressed are 32 KiB of JSON; HAProxy has no zstd, and answers with gzip there.
"""
import argparse
import base64
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import uuid

from common import LB, Program, cpu_seconds, free_port, machine, mirrored

PROXY_CPU, LOAD_CPU = 0, 1
BACKEND = '127.60.0.200'
CONNECTIONS = 64
WARM_UP_SECONDS = 4
MOST_WARM_UPS = 12

#                name: (scheme, mode, path, headers, connections)
WORKLOADS = {
    'http keep-alive': ('http', 'http', '/small', [], CONNECTIONS),
    'http new connection': ('http', 'http', '/small', ['Connection: close'], CONNECTIONS),
    'tls keep-alive': ('https', 'http', '/small', [], CONNECTIONS),
    'tcp small messages': ('http', 'tcp', '/small', [], CONNECTIONS),
    'tcp 1 MiB bodies': ('http', 'tcp', '/big', [], 8),
    'http 1 MiB bodies': ('http', 'http', '/big', [], 8),
    'gzip': ('http', 'compressed', '/json', ['Accept-Encoding: gzip'], 8),
    'zstd': ('http', 'compressed', '/json', ['Accept-Encoding: gzip;q=0.9, zstd'], 8),
    'h2 over tls': ('https', 'h2', '/small', [], 8),
    'h2 without tls': ('http', 'h2', '/small', [], 8),
    'h2 1 MiB bodies': ('https', 'h2', '/big', [], 4),
}
STREAMS = 8


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def json_text(length):
    """Such as an API lists: the same names again and again, and values that are all different."""
    numbers = random.Random(1)
    rows = ({'id': str(uuid.UUID(int=numbers.getrandbits(128))), 'name': f'server-{i}', 'status': 'ACTIVE',
             'address': f'10.0.{numbers.randrange(256)}.{numbers.randrange(256)}', 'tags': ['production', 'web']}
            for i in range(length // 100))
    return json.dumps(list(rows))[:length]


class Nginx:
    """The backend: cheap enough not to be the bottleneck."""

    def __init__(self, folder):
        self.port = free_port()
        root = pathlib.Path(folder, 'www')
        root.mkdir()
        (root / 'big').write_bytes(os.urandom(1 << 20))
        (root / 'json').write_text(json_text(32 << 10))
        config = pathlib.Path(folder, 'nginx.conf')
        config.write_text(f'''
            {'user root;' if os.geteuid() == 0 else ''}
            daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
            events {{ worker_connections 4096; }}
            http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; sendfile on;
              server {{ listen {BACKEND}:{self.port} backlog=4096; root {root};
                location = /json {{ default_type application/json; }}
                location = /small {{ return 200 "a small answer of a member\\n"; }} }} }}''')
        self.process = subprocess.Popen(['taskset', '-c', str(LOAD_CPU), '/usr/sbin/nginx', '-p', folder,
                                         '-c', str(config)])

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class HAProxy:
    def __init__(self, folder, name, member_port, pem, reuse):
        self.address = '127.61.0.1'
        self.ports = {key: free_port() for key in ('http', 'https', 'tcp', 'compressed')}
        extra = '' if reuse == 'safe' else 'tune.pipesize 1048576\n'
        config = pathlib.Path(folder, f'{name}.cfg')
        bind = self.address
        server = f'server m {BACKEND}:{member_port} weight 1'
        config.write_text(f'''
global
    maxconn 4000
    nbthread 1
    {extra}
defaults
    no log
    retries 3
    option redispatch
    option splice-request
    option splice-response
    option http-keep-alive
    timeout client 50000
    timeout connect 5000
    timeout server 50000
frontend http
    mode http
    bind {bind}:{self.ports['http']}
    maxconn 4000
    default_backend web
frontend compressed
    mode http
    bind {bind}:{self.ports['compressed']}
    maxconn 4000
    compression algo gzip
    compression type application/json
    default_backend web
frontend https
    mode http
    bind {bind}:{self.ports['https']} ssl crt {pem} no-sslv3 no-tlsv10 no-tlsv11 alpn h2,http/1.1,http/1.0
    redirect scheme https if !{{ ssl_fc }}
    maxconn 4000
    default_backend web
frontend tcp
    mode tcp
    bind {bind}:{self.ports['tcp']}
    maxconn 4000
    default_backend raw
backend web
    mode http
    http-reuse {reuse}
    balance roundrobin
    option allbackups
    option forwardfor
    fullconn 4000
    {server}
backend raw
    mode tcp
    balance roundrobin
    option allbackups
    fullconn 4000
    {server}
''')
        self.process = subprocess.Popen(
            ['taskset', '-c', str(PROXY_CPU), '/usr/sbin/haproxy', '-db', '-f', str(config)])
        self.pid = self.process.pid

    def target(self, scheme, mode):
        return self.address, self.ports[port_key(scheme, mode)]

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class Agrippa:
    def __init__(self, folder, member_port, bundle):
        self.program = Program('data_plane: {loops: 1}\n', cpu=PROXY_CPU)
        self.pid = self.program.process.pid
        self.ports = {key: free_port() for key in ('http', 'https', 'tcp', 'compressed')}
        call = self.program.call
        subnet = self.program.subnet('10.60.0.0/24')
        secret = call('POST', '/key-manager/v1/secrets', {
            'name': 'bench', 'payload': base64.b64encode(pathlib.Path(bundle).read_bytes()).decode(),
            'payload_content_type': 'application/octet-stream',
            'payload_content_encoding': 'base64'})['secret_ref']
        members = [{'address': '10.60.0.200', 'protocol_port': member_port}]
        created = call('POST', f'{LB}/loadbalancers', {'loadbalancer': {
            'vip_subnet_id': subnet,
            'pools': [
                {'name': 'web', 'protocol': 'HTTP', 'lb_algorithm': 'ROUND_ROBIN', 'members': members},
                {'name': 'raw', 'protocol': 'TCP', 'lb_algorithm': 'ROUND_ROBIN', 'members': members}],
            'listeners': [
                {'protocol': 'HTTP', 'protocol_port': self.ports['http'],
                 'insert_headers': {'X-Forwarded-For': 'true'}, 'default_pool': {'name': 'web'}},
                {'protocol': 'HTTP', 'protocol_port': self.ports['compressed'],
                 'tags': ['agrippa:compression=zstd,gzip'],
                 'insert_headers': {'X-Forwarded-For': 'true'}, 'default_pool': {'name': 'web'}},
                {'protocol': 'TERMINATED_HTTPS', 'protocol_port': self.ports['https'],
                 'insert_headers': {'X-Forwarded-For': 'true'},
                 'default_tls_container_ref': secret, 'default_pool': {'name': 'web'}},
                {'protocol': 'TCP', 'protocol_port': self.ports['tcp'],
                 'default_pool': {'name': 'raw'}}]}})['loadbalancer']
        self.program.active(created['id'])
        self.address = mirrored(created['vip_address'])

    def target(self, scheme, mode):
        return self.address, self.ports[port_key(scheme, mode)]

    def close(self):
        self.program.close()


def port_key(scheme, mode):
    return mode if mode in ('tcp', 'compressed') else scheme


def body_bytes(proxy, workload):
    """How long a body is on its way to the client."""
    scheme, mode, path, headers, _ = workload
    address, port = proxy.target(scheme, mode)
    fields = [it for header in headers for it in ('-H', header)]
    return int(run('curl', '-sk', '-o', '/dev/null', '-w', '%{size_download}', *fields,
                   f'{scheme}://{address}:{port}{path}'))


def load(address, port, scheme, path, headers, connections, seconds):
    """Requests that succeeded, of a run of wrk."""
    command = ['taskset', '-c', str(LOAD_CPU), 'wrk', '-t1', f'-c{connections}', f'-d{seconds}s']
    for header in headers:
        command += ['-H', header]
    output = run(*command, f'{scheme}://{address}:{port}{path}')
    bad = re.search(r'Non-2xx or 3xx responses: (\d+)', output)
    errors = re.search(r'Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)', output)
    if bad or (errors and 'Connection: close' not in headers and any(map(int, errors.groups()))):
        raise SystemExit(f'requests failed: {output}')
    return int(re.search(r'(\d+) requests in', output).group(1))


def load_h2(url, connections, seconds):
    """Requests that succeeded, of a run of h2load with several at a time on each connection."""
    output = run('taskset', '-c', str(LOAD_CPU), 'h2load', '-t1', f'-c{connections}', f'-m{STREAMS}',
                 f'-D{seconds}', url)
    found = re.search(r'(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout', output)
    if not found or any(map(int, found.groups()[1:])) or 'protocol: h2' not in output:
        raise SystemExit(f'requests failed: {output}')
    return int(found.group(1))


def measure(proxy, workload, seconds):
    """CPU-microseconds per request."""
    scheme, mode, path, headers, connections = workload
    address, port = proxy.target(scheme, mode)
    before = cpu_seconds(proxy.pid)
    if mode == 'h2':
        requests = load_h2(f'{scheme}://{address}:{port}{path}', connections, seconds)
    else:
        requests = load(address, port, scheme, path, headers, connections, seconds)
    return (cpu_seconds(proxy.pid) - before) * 1e6 / requests


def compiler_seconds(pid):
    """CPU time of the threads of a process that compile at run time: none in one that is compiled."""
    return sum(cpu_seconds(f'{pid}/task/{task.name}') for task in pathlib.Path(f'/proc/{pid}/task').iterdir()
               if 'CompilerThre' in (task / 'comm').read_text())


def warm_up(proxy, workload):
    """Until hardly anything is compiled any more: 1 % of the time."""
    for _ in range(MOST_WARM_UPS):
        before = compiler_seconds(proxy.pid)
        measure(proxy, workload, WARM_UP_SECONDS)
        if compiler_seconds(proxy.pid) - before <= WARM_UP_SECONDS / 100:
            return


def certificate(folder):
    key, pem, both, bundle = (os.path.join(folder, it) for it in ('k.pem', 'c.pem', 'b.pem', 'b.p12'))
    run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
        '-keyout', key, '-out', pem, '-days', '2', '-subj', '/CN=bench')
    run('openssl', 'pkcs12', '-export', '-inkey', key, '-in', pem, '-passout', 'pass:', '-out', bundle)
    pathlib.Path(both).write_text(pathlib.Path(pem).read_text() + pathlib.Path(key).read_text())
    return both, bundle


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('workloads', nargs='*', metavar='WORKLOAD', help=', '.join(WORKLOADS))
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=int, default=4)
    options = parser.parse_args()
    unknown = set(options.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f'unknown workload: {", ".join(unknown)}')
    for tool in ('haproxy', 'nginx', 'wrk', 'h2load', 'curl', 'taskset'):
        if not shutil.which(tool, path=os.environ['PATH'] + ':/usr/sbin'):
            raise SystemExit(f'{tool} is missing: apt-get install haproxy nginx-light wrk nghttp2-client curl util-linux')
    results = {}
    with tempfile.TemporaryDirectory(prefix='agrippa-bench') as folder:
        pem, bundle = certificate(folder)
        nginx = Nginx(folder)
        proxies = {'haproxy as octavia': HAProxy(folder, 'octavia', nginx.port, pem, 'safe'),
                   'haproxy tuned': HAProxy(folder, 'tuned', nginx.port, pem, 'always'),
                   'agrippa': Agrippa(folder, nginx.port, bundle)}
        try:
            for name in options.workloads or WORKLOADS:
                results[name] = compare(name, proxies, options)
        finally:
            for proxy in proxies.values():
                proxy.close()
            nginx.close()
    print(json.dumps({'machine': machine(), 'rounds': options.rounds, 'seconds': options.seconds,
                      'cpu_microseconds_per_request': results}, indent=2))


def compare(name, proxies, options):
    figures = {key: [] for key in proxies}
    for proxy in proxies.values():
        warm_up(proxy, WORKLOADS[name])
    for _ in range(options.rounds):
        for key, proxy in proxies.items():
            figures[key].append(measure(proxy, WORKLOADS[name], options.seconds))
    summary = {key: {'median': round(statistics.median(it), 2), 'min': round(min(it), 2),
                     'max': round(max(it), 2)} for key, it in figures.items()}
    if WORKLOADS[name][1] == 'compressed':
        for key, proxy in proxies.items():
            summary[key]['body'] = body_bytes(proxy, WORKLOADS[name])
    best = min(summary[key]['median'] for key in summary if key != 'agrippa')
    summary['ratio to the better haproxy'] = round(summary['agrippa']['median'] / best, 2)
    print(f'{name:22} ratio {summary["ratio to the better haproxy"]:.2f}  '
          + '  '.join(f'{key} {summary[key]["median"]} us' for key in figures), flush=True)
    return summary


if __name__ == '__main__':
    main()
