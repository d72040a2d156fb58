"""What a program holds, measured from outside, and whether that grows."""
import pathlib
import re
import subprocess
import time

PERIOD = 15
# How long what was there for clients may stay when they have gone: flows of datagrams, for 50 seconds.
AFTERWARDS = 120
# Those of load balancers that were made meanwhile, and of connections that wait for the next request.
DESCRIPTORS = 25


class Trend:
    """Samples of one measure; the first third is for warming up.

    It grows if the line that fits the rest best rises, from its begin to its end, by more than 5 % of
    the mean and by more than what comes and goes.
    """

    def __init__(self, unit, noise):
        self.unit = unit
        self.noise = noise
        self.samples = []

    def settled(self):
        return self.samples[len(self.samples) // 3:]

    def rise(self):
        values = self.settled()
        middle = (len(values) - 1) / 2
        mean = sum(values) / len(values)
        above = sum((i - middle) * (value - mean) for i, value in enumerate(values))
        below = sum((i - middle) ** 2 for i in range(len(values)))
        return above / below * (len(values) - 1) if below else 0.0

    def grows(self):
        values = self.settled()
        return self.rise() > max(self.noise, 0.05 * sum(values) / len(values))

    def told(self):
        values = self.settled()
        return {'unit': self.unit, 'first': self.samples[0], 'least': min(values), 'most': max(values),
                'last': values[-1], 'rise': round(self.rise(), 2), 'allowed': round(
                    max(self.noise, 0.05 * sum(values) / len(values)), 2)}


class Watch:
    def __init__(self, pid):
        self.pid = pid
        self.descriptors = [self.open()]
        self.trendlines = {
            'heap after a full collection': Trend('MiB', 3),
            'resident memory': Trend('MiB', 8),
            'native memory of the JVM, without the heap': Trend('MiB', 5),
            'off-heap memory (NMT: Other)': Trend('MiB', 2),
            'threads': Trend('', 4)}

    def run(self, until):
        while time.time() < until:
            began = time.time()
            self.sample()
            time.sleep(max(0, min(PERIOD - (time.time() - began), until - time.time())))

    def sample(self):
        self.jcmd('GC.run')
        heap = int(re.search(r'used (\d+)K', self.jcmd('GC.heap_info')).group(1)) / 1024
        native = self.jcmd('VM.native_memory', 'summary', 'scale=KB')
        total = self.committed(native, r'Total')
        java_heap = self.committed(native, r'-\s+Java Heap \(')
        other = self.committed(native, r'-\s+Other \(')
        status = pathlib.Path(f'/proc/{self.pid}/status').read_text()
        values = [heap, int(re.search(r'VmRSS:\s+(\d+)', status).group(1)) / 1024,
                  (total - java_heap) / 1024, other / 1024,
                  int(re.search(r'Threads:\s+(\d+)', status).group(1))]
        for trend, value in zip(self.trendlines.values(), values):
            trend.samples.append(round(value, 1))
        print(time.strftime('%T'), ' '.join(
            f'{name}={trend.samples[-1]}' for name, trend in self.trendlines.items()),
            f'file descriptors={self.open()}', flush=True)

    def open(self):
        return len(list(pathlib.Path(f'/proc/{self.pid}/fd').iterdir()))

    def settle(self):
        """Waits until the descriptors are no more than before the clients came, or time is over: while
        they are there, flows of datagrams come and go by the hundred."""
        until = time.time() + AFTERWARDS
        while self.open() > self.descriptors[0] + DESCRIPTORS and time.time() < until:
            time.sleep(1)
        self.descriptors.append(self.open())
        return self.descriptors[1] <= self.descriptors[0] + DESCRIPTORS

    @staticmethod
    def committed(native, start):
        found = re.search(start + r'.*?committed=(\d+)KB', native)
        return int(found.group(1)) if found else 0

    def jcmd(self, *command):
        java = pathlib.Path(f'/proc/{self.pid}/exe').resolve()
        return subprocess.run([java.with_name('jcmd'), str(self.pid), *command],
                              capture_output=True, text=True, check=True).stdout

    def trends(self):
        return self.trendlines
