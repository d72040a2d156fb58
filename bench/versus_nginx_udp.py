#!/usr/bin/env python3
"""CPU time per datagram of Agrippa beside nginx's stream module: same member, same clients, interleaved.

    bench/versus_nginx_udp.py [--rounds 5] [--seconds 3] [--against CHECKOUT] [WORKLOAD...]

Needs two cores and, from Debian, gcc, nginx-light and libnginx-mod-stream. The proxies are pinned to core 0
with one thread each, clients and member (`udp_load.c`) to core 1; everything is on loopback. What is compared
is the CPU time of the proxy's process per exchange, which is a datagram there and one back.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile

from common import HOME, LB, Program, cpu_seconds, free_port, machine, mirrored

PROXY_CPU, LOAD_CPU = '0', '1'
MEMBER = '127.60.0.200'
NGINX = '127.61.0.1'
WARM_UP_SECONDS = 2
WARM_UPS = 4

#                name: (clients, datagrams under way of each, bytes, datagrams that leave in one call)
WORKLOADS = {
    'one client': (1, 1, 100, 1),
    'many clients': (512, 1, 100, 1),
    'busy clients': (4, 64, 100, 1),
    'bulk': (4, 64, 1200, 1),
    'bulk, segmented': (4, 128, 1200, 32),
}


def on_load_cpu(*command, **options):
    return subprocess.Popen(['taskset', '-c', LOAD_CPU, *map(str, command)], stdout=subprocess.PIPE, text=True,
                            **options)


class Member:
    def __init__(self, tool):
        self.port = free_port()
        self.process = on_load_cpu(tool, 'echo', MEMBER, self.port)
        assert self.process.stdout.readline() == 'ready\n'

    def close(self):
        self.process.kill()
        self.process.wait()


class Nginx:
    def __init__(self, folder, member_port):
        self.address, self.port = NGINX, free_port()
        config = pathlib.Path(folder, 'nginx.conf')
        config.write_text(f'''
            load_module /usr/lib/nginx/modules/ngx_stream_module.so;
            {'user root;' if os.geteuid() == 0 else ''}
            daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit;
            events {{ worker_connections 16384; }}
            stream {{ server {{ listen {NGINX}:{self.port} udp rcvbuf=4m; proxy_pass {MEMBER}:{member_port};
              proxy_timeout 60s; }} }}''')
        self.process = subprocess.Popen(['taskset', '-c', PROXY_CPU, '/usr/sbin/nginx', '-p', folder,
                                         '-c', str(config)])
        self.pid = self.process.pid

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class Agrippa:
    def __init__(self, home, member_port):
        self.program = Program('data_plane: {loops: 1}\n', cpu=PROXY_CPU, home=home)
        self.pid = self.program.process.pid
        self.port = free_port()
        subnet = self.program.subnet('10.60.0.0/24')
        created = self.program.call('POST', f'{LB}/loadbalancers', {'loadbalancer': {
            'vip_subnet_id': subnet,
            'pools': [{'name': 'raw', 'protocol': 'UDP', 'lb_algorithm': 'ROUND_ROBIN',
                       'members': [{'address': '10.60.0.200', 'protocol_port': member_port}]}],
            'listeners': [{'protocol': 'UDP', 'protocol_port': self.port,
                           'default_pool': {'name': 'raw'}}]}})['loadbalancer']
        self.program.active(created['id'])
        self.address = mirrored(created['vip_address'])

    def close(self):
        self.program.close()


def measure(tool, proxy, workload, seconds):
    """CPU-microseconds per exchange, and how many in a hundred were lost."""
    clients, window, size, segments = workload
    before = cpu_seconds(proxy.pid)
    load = on_load_cpu(tool, 'load', proxy.address, proxy.port, clients, window, size, seconds, segments)
    said = re.search(r'(\d+) answered, (\d+) lost', load.communicate()[0])
    answered, lost = map(int, said.groups())
    return (cpu_seconds(proxy.pid) - before) * 1e6 / answered, lost * 100 / (answered + lost), answered / seconds


def compare(tool, name, proxies, options):
    figures = {key: [] for key in proxies}
    for proxy in proxies.values():
        for _ in range(WARM_UPS if isinstance(proxy, Agrippa) else 1):
            measure(tool, proxy, WORKLOADS[name], WARM_UP_SECONDS)
    for _ in range(options.rounds):
        for key, proxy in proxies.items():
            figures[key].append(measure(tool, proxy, WORKLOADS[name], options.seconds))
    summary = {}
    for key, rounds in figures.items():
        times, losses, rates = zip(*rounds)
        summary[key] = {'median': round(statistics.median(times), 2), 'min': round(min(times), 2),
                        'max': round(max(times), 2), 'percent lost': round(statistics.median(losses), 3),
                        'exchanges a second': round(statistics.median(rates))}
    print(f'{name:16} ' + '  '.join(
        f'{key} {it["median"]} us ({it["min"]}-{it["max"]}; {it["percent lost"]} % lost; '
        f'{it["exchanges a second"]}/s)' for key, it in summary.items()), flush=True)
    return summary


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('workloads', nargs='*', metavar='WORKLOAD', help='; '.join(WORKLOADS))
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=int, default=3)
    parser.add_argument('--against', metavar='CHECKOUT', help='another checkout of Agrippa to compare with')
    options = parser.parse_args()
    unknown = set(options.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f'unknown workload: {", ".join(unknown)}')
    for tool in ('gcc', 'nginx', 'taskset'):
        if not shutil.which(tool, path=os.environ['PATH'] + ':/usr/sbin'):
            raise SystemExit(f'{tool} is missing: apt-get install gcc libc6-dev nginx-light libnginx-mod-stream')
    results = {}
    with tempfile.TemporaryDirectory(prefix='agrippa-bench') as folder:
        tool = os.path.join(folder, 'udp_load')
        subprocess.run(['gcc', '-O2', '-o', tool, pathlib.Path(__file__).with_name('udp_load.c')], check=True)
        member = Member(tool)
        proxies = {'nginx': Nginx(folder, member.port), 'agrippa': Agrippa(HOME, member.port)}
        if options.against:
            proxies['against'] = Agrippa(pathlib.Path(options.against).resolve(), member.port)
        try:
            for name in options.workloads or WORKLOADS:
                results[name] = compare(tool, name, proxies, options)
        finally:
            for proxy in proxies.values():
                proxy.close()
            member.close()
    print(json.dumps({'machine': machine(), 'rounds': options.rounds, 'seconds': options.seconds,
                      'cpu_microseconds_per_exchange': results}, indent=2))


if __name__ == '__main__':
    main()
