"""Who changes load balancers all the time, through the API only, and knows what was when."""
import base64
import collections
import itertools
import os
import pathlib
import random
import subprocess
import tempfile
import time
import urllib.request

from common import LB, free_port, mirrored

# How long something that was changed may still be felt: a request that had begun, a check that is due.
SLACK = 3
PAUSE = 0.3
ADDRESS = '10.50.0.200'
FAILING = ('refuse', 'dead', 'hang', 'reset', 'half', 'garbage', 'slow')
# Which members may be the cause of what a client gets.
CAUSES = {
    'status 502': {'garbage', 'reset', 'half', 'dead'},
    'status 504': {'hang'},
    'IncompleteReadError': {'half'},
    'ConnectionResetError': {'half'},
}
ALGORITHMS = ('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT')
PERSISTENCES = (None, {'type': 'SOURCE_IP'}, {'type': 'HTTP_COOKIE'},
                {'type': 'APP_COOKIE', 'cookie_name': 'JSESSIONID'})


class Operator:
    def __init__(self, program, ports):
        self.program = program
        self.ports = ports
        self.changes = collections.Counter()
        self.refused = []
        self.folder = tempfile.TemporaryDirectory(prefix='agrippa-soak')
        self.names = itertools.count()
        self.subnet = program.subnet('10.50.0.0/24')
        self.secret = self._secret()
        self.http_port, self.tls_port, self.tcp_port, self.udp_port = (free_port() for _ in range(4))
        self.failing_port = free_port()
        # From when to when the failing pool had members of these kinds.
        self.history = [[0, None, {'good'}]]
        self._steady()
        self._failing()
        self.policies = []
        self.extra = []

    # ---- what is there at first

    def _steady(self):
        http = {'type': 'HTTP', 'delay': 1, 'timeout': 1, 'max_retries': 1, 'url_path': '/health'}
        tree = self.program.call('POST', f'{LB}/loadbalancers', {'loadbalancer': {
            'vip_subnet_id': self.subnet,
            'pools': [self._pool('web', 'HTTP', 'good', http), self._pool('other', 'HTTP', 'good', None),
                      self._pool('raw', 'TCP', 'tcp', None), self._pool('dgram', 'UDP', 'udp', None)],
            'listeners': [
                self._listener('http', 'HTTP', self.http_port, 'web'),
                self._listener('tls', 'TERMINATED_HTTPS', self.tls_port, 'web')
                | {'default_tls_container_ref': self.secret},
                self._listener('tcp', 'TCP', self.tcp_port, 'raw'),
                self._listener('udp', 'UDP', self.udp_port, 'dgram')]}})['loadbalancer']
        self.steady = tree['id']
        self.vip = mirrored(tree['vip_address'])
        self.program.active(self.steady)
        self.listeners = {it['name']: it['id'] for it in self._list('listeners', self.steady)}
        self.pools = {it['name']: it['id'] for it in self._list('pools', self.steady)}

    def _failing(self):
        http = {'type': 'HTTP', 'delay': 1, 'timeout': 1, 'max_retries': 1, 'url_path': '/health'}
        tree = self.program.call('POST', f'{LB}/loadbalancers', {'loadbalancer': {
            'vip_subnet_id': self.subnet, 'pools': [self._pool('failing', 'HTTP', 'good', http)],
            'listeners': [self._listener('failing', 'HTTP', self.failing_port, 'failing')
                          | {'timeout_member_data': 2000, 'timeout_member_connect': 1000}]}})
        self.failing = tree['loadbalancer']['id']
        self.failing_vip = mirrored(tree['loadbalancer']['vip_address'])
        self.program.active(self.failing)
        self.failing_pool = self._list('pools', self.failing)[0]['id']

    def _pool(self, name, protocol, kind, monitor):
        pool = {'name': name, 'protocol': protocol, 'lb_algorithm': 'ROUND_ROBIN',
                'members': [self._member(kind, port) for port in self.ports[kind][:3]]}
        return pool | ({'healthmonitor': monitor} if monitor else {})

    @staticmethod
    def _listener(name, protocol, port, pool):
        return {'name': name, 'protocol': protocol, 'protocol_port': port, 'default_pool': {'name': pool}}

    @staticmethod
    def _member(kind, port):
        return {'name': kind, 'address': ADDRESS, 'protocol_port': port}

    def _list(self, what, balancer):
        return self.program.call('GET', f'{LB}/{what}?load_balancer_id={balancer}')[what]

    def _secret(self):
        key, pem, bundle = (os.path.join(self.folder.name, it) for it in ('k.pem', 'c.pem', 'b.p12'))
        for command in (
                f'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {key} -out {pem}'
                f' -days 90 -subj /CN=soak{next(self.names)}',
                f'pkcs12 -export -inkey {key} -in {pem} -passout pass: -out {bundle}'):
            subprocess.run(['openssl', *command.split()], check=True, capture_output=True)
        return self.program.call('POST', '/key-manager/v1/secrets', {
            'name': 'soak', 'payload': base64.b64encode(pathlib.Path(bundle).read_bytes()).decode(),
            'payload_content_type': 'application/octet-stream',
            'payload_content_encoding': 'base64'})['secret_ref']

    # ---- what is changed

    def run(self, until):
        kinds = [self.add_member, self.remove_member, self.weigh, self.switch_off, self.algorithm,
                 self.persistence, self.policy, self.certificate, self.listener, self.settings,
                 self.monitor, self.whole, self.fail, self.fail]
        while time.time() < until - 2:
            change = random.choice(kinds)
            try:
                change()
                self.program.active(self.steady)
                self.changes[change.__name__] += 1
            except SystemExit as refusal:
                self.refused.append(str(refusal))
                print('refused:', refusal, flush=True)
            time.sleep(PAUSE)

    def _write(self, method, path, body=None):
        return self.program.call(method, f'{LB}/{path}', body)

    def _some_pool(self):
        name, kind = random.choice([('web', 'good'), ('other', 'good'), ('raw', 'tcp'), ('dgram', 'udp')])
        return f'pools/{self.pools[name]}/members', kind

    def _members(self, path):
        return self._write('GET', path)['members']

    def add_member(self):
        path, kind = self._some_pool()
        used = {it['protocol_port'] for it in self._members(path)}
        free = [it for it in self.ports[kind] if it not in used]
        if free:
            self._write('POST', path, {'member': self._member(kind, random.choice(free))})

    def remove_member(self):
        path, _ = self._some_pool()
        members = self._members(path)
        if len(members) > 2:
            self._write('DELETE', f'{path}/{random.choice(members)["id"]}')

    def weigh(self):
        path, _ = self._some_pool()
        member = random.choice(self._members(path))
        self._write('PUT', f'{path}/{member["id"]}', {'member': {'weight': random.randint(1, 256)}})

    def switch_off(self):
        """One member at most: at least one other stays on."""
        path, _ = self._some_pool()
        members = self._members(path)
        off = [it for it in members if not it['admin_state_up']]
        member = off[0] if off else random.choice(members)
        self._write('PUT', f'{path}/{member["id"]}', {'member': {'admin_state_up': bool(off)}})

    def algorithm(self):
        pool = random.choice(list(self.pools.values()))
        self._write('PUT', f'pools/{pool}', {'pool': {'lb_algorithm': random.choice(ALGORITHMS)}})

    def persistence(self):
        self._write('PUT', f'pools/{self.pools[random.choice(["web", "other"])]}',
                    {'pool': {'session_persistence': random.choice(PERSISTENCES)}})

    def policy(self):
        if len(self.policies) > 4:
            self._write('DELETE', f'l7policies/{self.policies.pop(0)}')
            return
        listener = self.listeners[random.choice(['http', 'tls'])]
        created = self._write('POST', 'l7policies', {'l7policy': {
            'listener_id': listener, 'action': 'REDIRECT_TO_POOL', 'redirect_pool_id': self.pools['other']}})
        self.policies.append(created['l7policy']['id'])
        self._write('POST', f'l7policies/{self.policies[-1]}/rules', {'rule': {
            'type': 'PATH', 'compare_type': random.choice(['EQUAL_TO', 'STARTS_WITH', 'REGEX']),
            'value': f'/{random.randint(0, 6)}'}})

    def certificate(self):
        old, self.secret = self.secret, self._secret()
        self._write('PUT', f'listeners/{self.listeners["tls"]}',
                    {'listener': {'default_tls_container_ref': self.secret}})
        self.program.active(self.steady)
        self.program.call('DELETE', '/key-manager' + old.split('/key-manager', 1)[1])

    def listener(self):
        if len(self.extra) > 3:
            self._write('DELETE', f'listeners/{self.extra.pop(0)}')
            return
        self.extra.append(self._write('POST', 'listeners', {'listener': {
            'loadbalancer_id': self.steady, 'protocol': 'HTTP', 'protocol_port': free_port(),
            'default_pool_id': self.pools['web']}})['listener']['id'])

    def settings(self):
        self._write('PUT', f'listeners/{self.listeners[random.choice(["http", "tls"])]}', {'listener': {
            'timeout_client_data': random.randint(30_000, 60_000),
            'connection_limit': random.choice([-1, 1_000, 2_000]),
            'insert_headers': random.choice([{}, {'X-Forwarded-For': 'true', 'X-Forwarded-Port': 'true'}])}})

    def monitor(self):
        pool = self.pools['web']
        monitors = self._write('GET', f'healthmonitors?pool_id={pool}')['healthmonitors']
        if monitors:
            self._write('DELETE', f'healthmonitors/{monitors[0]["id"]}')
            return
        self._write('POST', 'healthmonitors', {'healthmonitor': {
            'pool_id': pool, 'type': random.choice(['HTTP', 'TCP']), 'delay': 1, 'timeout': 1,
            'max_retries': 2}})

    def whole(self):
        """A load balancer that comes, serves, and goes with all that it has."""
        port = free_port()
        tree = self._write('POST', 'loadbalancers', {'loadbalancer': {
            'vip_subnet_id': self.subnet, 'pools': [self._pool('short', 'HTTP', 'good', None)],
            'listeners': [self._listener('short', 'HTTP', port, 'short')]}})['loadbalancer']
        self.program.active(tree['id'])
        url = f'http://{mirrored(tree["vip_address"])}:{port}/'
        urllib.request.urlopen(url, timeout=10).read()
        self._write('DELETE', f'loadbalancers/{tree["id"]}?cascade=true')

    def fail(self):
        """Other members for the failing pool, all at once; good ones are among them mostly."""
        kinds = random.sample(FAILING, random.randint(0, 3))
        good = random.choice([0, 1, 1, 2])
        members = [self._member(it, self.ports[it][0]) for it in kinds]
        members += [self._member('good', it) for it in random.sample(self.ports['good'], good)]
        entry = [time.time(), None, set(kinds) | ({'good'} if good else set())]
        last = self.history[-1]
        self.history.append(entry)
        self._write('PUT', f'pools/{self.failing_pool}/members', {'members': members})
        self.program.active(self.failing)
        last[1] = time.time()

    # ---- what can be expected

    def explanation(self, what, began):
        """Why a client of the failing pool got this, or None."""
        then = [kinds for start, end, kinds in self.history[-50:] if end is None or end > began - SLACK]
        if what == 'status 503' and any('good' not in kinds for kinds in then):
            return 'no usable member'
        causes = CAUSES.get(what, set()) & set().union(*then)
        return f'one of {", ".join(sorted(CAUSES[what]))} was a member' if causes else None
