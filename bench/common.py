"""What the benchmarks share: a running program, its API, processes' CPU time. Only the standard library."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

HOME = pathlib.Path(__file__).resolve().parent.parent
TICKS = os.sysconf('SC_CLK_TCK')
LB = '/load-balancer/v2.0/lbaas'


def free_port():
    with socket.socket() as probe:
        probe.bind(('', 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """User and system time that a process has used."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def machine():
    model = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    commit = subprocess.run(['git', '-C', HOME, 'rev-parse', '--short', 'HEAD'],
                            capture_output=True, text=True).stdout.strip()
    return (f'{os.cpu_count()} x {model.group(1) if model else os.uname().machine}, '
            f'Linux {os.uname().release}, commit {commit or "unknown"}')


class Program:
    """`./agrippa serve` in a state folder of its own.

    What it logs goes where the benchmark's own errors go, into a file, or is dropped: an API that is
    measured logs thousands of lines.
    """

    def __init__(self, config='', cpu=None, quiet=False, log=None, home=HOME):
        self.folder = tempfile.TemporaryDirectory(prefix='agrippa-bench')
        state = os.path.join(self.folder.name, 'state')
        settings = os.path.join(self.folder.name, 'agrippa.yaml')
        pathlib.Path(settings).write_text(config)
        pin = ['taskset', '-c', str(cpu)] if cpu is not None else []
        began = time.monotonic()
        self.process = subprocess.Popen(
            pin + [home / 'agrippa', 'serve', '--state', state, '--port', '0', '--config', settings],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL if quiet else log, text=True)
        line = self.process.stdout.readline()
        ready = re.match(r'agrippa: ready at (\S+) ', line)
        if not ready:
            raise SystemExit(f'agrippa said: {line}')
        self.url = ready.group(1)
        self.ready_seconds = time.monotonic() - began
        self.answer_seconds = None
        urllib.request.urlopen(self.url + '/load-balancer/').read()
        self.answer_seconds = time.monotonic() - began
        env = subprocess.run([home / 'agrippa', 'env', '--state', state],
                             capture_output=True, text=True, check=True).stdout
        self.env = dict(re.findall(r"export (\w+)='(.*)'", env))
        self.token = self._login()

    def _login(self):
        user = {'name': self.env['OS_USERNAME'], 'password': self.env['OS_PASSWORD'],
                'domain': {'id': 'default'}}
        scope = {'project': {'name': self.env['OS_PROJECT_NAME'], 'domain': {'id': 'default'}}}
        body = {'auth': {'identity': {'methods': ['password'], 'password': {'user': user}},
                         'scope': scope}}
        request = urllib.request.Request(
            self.url + '/identity/v3/auth/tokens', json.dumps(body).encode(),
            {'Content-Type': 'application/json'})
        with urllib.request.urlopen(request) as answer:
            return answer.headers['X-Subject-Token']

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data, method=method,
            headers={'X-Auth-Token': self.token, 'Content-Type': 'application/json'})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b'null')
        except urllib.error.HTTPError as error:
            raise SystemExit(f'{method} {path}: {error.code} {error.read().decode()}') from error

    def subnet(self, cidr):
        network = self.call('POST', '/network/v2.0/networks', {'network': {'name': 'bench'}})
        return self.call('POST', '/network/v2.0/subnets', {'subnet': {
            'network_id': network['network']['id'], 'ip_version': 4, 'cidr': cidr}})['subnet']['id']

    def active(self, balancer):
        while True:
            status = self.call('GET', f'{LB}/loadbalancers/{balancer}')
            if status['loadbalancer']['provisioning_status'] == 'ACTIVE':
                return
            time.sleep(0.002)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.folder.cleanup()


def mirrored(address):
    return '127' + address[address.index('.'):]
