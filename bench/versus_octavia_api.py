#!/usr/bin/env python3
"""Requests per second of Agrippa's API beside those of a real octavia-api: same generator, interleaved.

    . openrc; bench/versus_octavia_api.py --peer-subnet ID [--rounds 3] [--seconds 4] [WORKLOAD...]

Needs, from Debian, wrk, and a real Octavia on this machine (bench/README.md tells how to get one), whose
scratch account is in OS_AUTH_URL, OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME. The account's project is
filled to 1,000 load balancers, which stay for the next run unless --clean is given; those that the POST
workloads made are deleted. Agrippa gets as many, in a state folder that is thrown away. Nothing is pinned:
both have the whole machine, as they would in use. Where others use it too, rates are noise, the more so
for a peer of many processes that wait for each other; --peer-pid then compares CPU time per request.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from common import LB, Program, cpu_seconds, machine

POPULATION = 1000
PAGE = 100
POPULATED, POSTED = 'bench', 'bench-posted'
WARM_UP_SECONDS = 3
#                      name: (what, connections, how many times --seconds)
WORKLOADS = {
    'get one, 1 connection': ('one', 1, 1),
    'get one, 16 connections': ('one', 16, 1),
    'list of all, 1 connection': ('all', 1, 2),
    'list by 100, 1 connection': ('page', 1, 1),
    'list by 100, 16 connections': ('page', 16, 1),
    'create, 1 connection': ('create', 1, 1),
    'create, 16 connections': ('create', 16, 1),
}
# wrk has no options for several paths and for a body; what it measured it gives to done().
SCRIPT = '''
local requests, at = {}, 0
function init()
  wrk.method = METHOD
  wrk.body = BODY
  for i, path in ipairs(PATHS) do requests[i] = wrk.format(nil, path) end
end
function request()
  at = at %% #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('RESULT {"requests": %%d, "seconds": %%f, "p50": %%f, "p99": %%f, "bad": %%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
METHOD, BODY, PATHS = %s, %s, {%s}
'''


class Api:
    """Octavia's API, real or not: the URL of its load balancers, a token, a subnet for VIPs."""

    def __init__(self, url, token, subnet, pids):
        self.url, self.token, self.subnet, self.pids = url, token, subnet, pids

    def cpu_seconds(self):
        """Of its processes and their children."""
        return sum(cpu_seconds(child) for pid in self.pids for child in [pid, *children(pid)])

    def call(self, method, rest='', body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + rest, data, method=method, headers=self.headers())
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.loads(answer.read() or b'null')
        except urllib.error.HTTPError as error:
            raise SystemExit(f'{method} {self.url}{rest}: {error.code} {error.read().decode()}') from error

    def host(self):
        return urllib.parse.urljoin(self.url, '/').rstrip('/')

    def headers(self):
        return {'X-Auth-Token': self.token, 'Content-Type': 'application/json', 'Accept': 'application/json'}

    def body(self, name):
        return {'loadbalancer': {'name': name, 'vip_subnet_id': self.subnet}}

    def ids(self, **query):
        """Of the load balancers of which the query holds."""
        query = urllib.parse.urlencode(query | {'fields': 'id'})
        return [it['id'] for it in self.call('GET', f'?{query}')['loadbalancers']]

    def populate(self, count):
        missing = max(0, count - len(self.ids()))
        with concurrent.futures.ThreadPoolExecutor(8) as workers:
            list(workers.map(lambda _: self.call('POST', body=self.body(POPULATED)), range(missing)))

    def settle(self, seconds):
        """Until nothing is PENDING, lest what was asked for before be at work during a measurement."""
        end = time.monotonic() + seconds
        while pending := sum(len(self.ids(provisioning_status=f'PENDING_{it}'))
                             for it in ('CREATE', 'UPDATE', 'DELETE')):
            if time.monotonic() > end:
                print(f'after {seconds} s {pending} load balancers are still PENDING at {self.url}', flush=True)
                return
            time.sleep(0.5)

    def delete(self, seconds, **query):
        """What is still at work cannot be deleted and stays."""
        end = time.monotonic() + seconds
        for balancer in self.ids(provisioning_status='ACTIVE', **query):
            if time.monotonic() > end:
                break
            self.call('DELETE', f'/{balancer}?cascade=true')
        self.settle(max(0, end - time.monotonic()))
        print(f'{len(self.ids(**query))} of the load balancers made here are left at {self.url}', flush=True)

    def requests(self, what):
        """Method, body and the URLs that take turns."""
        if what == 'create':
            return 'POST', json.dumps(self.body(POSTED)), [self.url]
        if what == 'all':
            return 'GET', None, [self.url]
        ids = self.ids()
        if what == 'one':
            return 'GET', None, [f'{self.url}/{it}' for it in ids]
        markers = [''] + [f'&marker={it}' for it in ids[PAGE - 1:-1:PAGE]]
        return 'GET', None, [f'{self.url}?limit={PAGE}{it}' for it in markers]


def children(pid):
    tasks = pathlib.Path(f'/proc/{pid}/task').iterdir()
    return [int(it) for task in tasks for it in (task / 'children').read_text().split()]


def peer(options):
    """The real Octavia, found as its own clients find it: by the catalogue that comes with a token."""
    try:
        url, user, password, project = (os.environ[it] for it in (
            'OS_AUTH_URL', 'OS_USERNAME', 'OS_PASSWORD', 'OS_PROJECT_NAME'))
    except KeyError as missing:
        raise SystemExit(f'{missing.args[0]} is not set: source the openrc of the real Octavia') from missing
    domains = [{'name': os.environ.get(it, 'Default')} for it in ('OS_USER_DOMAIN_NAME', 'OS_PROJECT_DOMAIN_NAME')]
    body = {'auth': {
        'identity': {'methods': ['password'],
                     'password': {'user': {'name': user, 'password': password, 'domain': domains[0]}}},
        'scope': {'project': {'name': project, 'domain': domains[1]}}}}
    request = urllib.request.Request(
        url.rstrip('/').removesuffix('/v3') + '/v3/auth/tokens', json.dumps(body).encode(),
        {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=30) as answer:
        token, catalog = answer.headers['X-Subject-Token'], json.load(answer)['token']['catalog']
    urls = [endpoint['url'] for service in catalog if service['type'] == 'load-balancer'
            for endpoint in service['endpoints'] if endpoint['interface'] == 'public']
    endpoint = options.peer_endpoint or (urls[0] if urls else None)
    if not endpoint:
        raise SystemExit('no load-balancer in the catalogue: give --peer-endpoint')
    base = endpoint.rstrip('/').removesuffix('/v2.0').removesuffix('/v2')
    return Api(f'{base}/v2.0/lbaas/loadbalancers', token, options.peer_subnet, options.peer_pid)


def load(api, workload, seconds, folder):
    """Of a run of wrk: requests per second, latencies in milliseconds, milliseconds of CPU per request."""
    what, connections, _ = workload
    method, body, urls = api.requests(what)
    lua = pathlib.Path(folder, 'requests.lua')
    lua.write_text(SCRIPT % (json.dumps(method), json.dumps(body) if body else 'nil',
                             ','.join(json.dumps(it.removeprefix(api.host())) for it in urls)))
    headers = [part for name, value in api.headers().items() for part in ('-H', f'{name}: {value}')]
    before = api.cpu_seconds()
    output = subprocess.run(
        ['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '--timeout', '60s', '-s', lua, *headers, api.url],
        check=True, capture_output=True, text=True).stdout
    used = api.cpu_seconds() - before
    result = json.loads(output.split('RESULT ', 1)[1])
    if result['bad']:
        raise SystemExit(f'requests failed: {output}')
    # At the end each connection waits for an answer, on average for half of its time.
    requests = result['requests'] + connections / 2
    return requests / result['seconds'], result['p50'], result['p99'], used * 1000 / requests


def compare(name, sides, options, folder):
    workload = WORKLOADS[name]
    for api in sides.values():
        load(api, workload, WARM_UP_SECONDS, folder)
        api.settle(options.settle)
    rounds = {key: [] for key in sides}
    for _ in range(options.rounds):
        for key, api in sides.items():
            rounds[key].append(load(api, workload, options.seconds * workload[2], folder))
            api.settle(options.settle)
    summary = {}
    for key, figures in rounds.items():
        rates, p50, p99, cpu = zip(*figures)
        summary[key] = {'per_second': round(statistics.median(rates), 1), 'min': round(min(rates), 1),
                        'max': round(max(rates), 1), 'p50_ms': round(statistics.median(p50), 2),
                        'p99_ms': round(statistics.median(p99), 2),
                        'cpu_ms': round(statistics.median(cpu), 3) if sides[key].pids else None}
    if sides['octavia'].pids:
        summary['cpu_ratio'] = round(summary['octavia']['cpu_ms'] / summary['agrippa']['cpu_ms'], 1)
    summary['ratio'] = round(summary['agrippa']['per_second'] / summary['octavia']['per_second'], 1)
    print(f'{name:28} ratio {summary["ratio"]:6.1f}, of CPU time {summary.get("cpu_ratio", "unknown"):>6}  '
          + '  '.join(f'{key} {it["per_second"]}/s (p50 {it["p50_ms"]} ms, p99 {it["p99_ms"]} ms, '
                      f'CPU {it["cpu_ms"]} ms)' for key, it in summary.items() if key in sides), flush=True)
    return summary


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split('\n\n')[0],
        epilog='The real Octavia is found by OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME, '
               'OS_USER_DOMAIN_NAME and OS_PROJECT_DOMAIN_NAME in the environment.')
    parser.add_argument('workloads', nargs='*', metavar='WORKLOAD', help=', '.join(WORKLOADS))
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=int, default=4)
    parser.add_argument('--peer-subnet', required=True, metavar='ID', help='where its VIPs shall be')
    parser.add_argument('--peer-endpoint', metavar='URL', help='of its API; else what the catalogue says')
    parser.add_argument('--peer-pid', type=int, action='append', default=[], metavar='PID',
                        help='a process of the peer, whose CPU time and its children\'s is counted; give '
                             'octavia-api, Keystone, the database and memcached')
    parser.add_argument('--settle', type=int, default=60, metavar='SECONDS',
                        help='how long to wait at most until nothing is PENDING (60)')
    parser.add_argument('--clean', action='store_true', help='delete the 1,000 as well')
    options = parser.parse_args()
    unknown = set(options.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f'unknown workload: {", ".join(unknown)}')
    if not shutil.which('wrk'):
        raise SystemExit('wrk is missing: apt-get install wrk')
    return options


def main():
    options = arguments()
    octavia = peer(options)
    octavia.populate(POPULATION)
    octavia.settle(options.settle * 10)
    population = len(octavia.ids())
    program = Program(quiet=True)
    results = {}
    try:
        agrippa = Api(f'{program.url}{LB}/loadbalancers', program.token, program.subnet('10.64.0.0/10'),
                      [program.process.pid])
        agrippa.populate(population)
        agrippa.settle(options.settle)
        with tempfile.TemporaryDirectory(prefix='agrippa-bench') as folder:
            for name in options.workloads or WORKLOADS:
                results[name] = compare(name, {'agrippa': agrippa, 'octavia': octavia}, options, folder)
    finally:
        program.close()
        octavia.delete(options.settle, name=POSTED)
        if options.clean:
            octavia.delete(options.settle * 10, name=POPULATED)
    print(json.dumps({'machine': machine(), 'rounds': options.rounds, 'seconds': options.seconds,
                      'load_balancers': population, 'workloads': results}, indent=2))


if __name__ == '__main__':
    main()
