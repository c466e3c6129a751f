"""Runs stemma once, and returns its report, the seconds, those of the processors, and its peak memory."""
import dataclasses
import os
import pathlib
import re
import subprocess
import threading
import time


@dataclasses.dataclass(frozen=True)
class Measured:
    report: str
    seconds: float
    # Of the processors, which other work on the machine changes little.
    cpu: float
    # In bytes.
    memory: int

    def records(self):
        return self.number(r": ([\d,]+) records?: ")

    def created(self):
        return self.number(r" ([\d,]+) created in ")

    def corrections(self):
        return self.number(r"corrections among them: ([\d,]+)")

    def number(self, pattern):
        found = re.search(pattern, self.report)
        return int(found[1].replace(",", "")) if found else 0


def run(*arguments):
    """Runs a command that prints less than a pipe holds; a failure ends the benchmark."""
    before = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    memory = 0
    while True:
        memory = max(memory, high_water(process.pid))
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        time.sleep(0.005)
    seconds = time.monotonic() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    report = process.stdout.read()
    process.stdout.close()
    if process.returncode != 0:
        raise SystemExit(f"exit code {process.returncode} of {' '.join(arguments)}\n{report}")
    return Measured(report, seconds, usage.ru_utime + usage.ru_stime, memory)


class Server:
    """A server on a store, until the end of the block."""

    def __init__(self, stemma, store):
        command = [stemma, "serve", "--data", str(store), "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        found = None
        while found is None:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("the server did not start")
            found = re.search(r"http://[0-9.:]+", line)
        self.url = found[0]
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def memory(self):
        return high_water(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def high_water(pid):
    """The peak memory of a process, in bytes. (That of `wait4` includes this script's own.)"""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def size_of(path):
    """Returns the number of bytes of the files below a folder."""
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


def write_and_sync(path, size):
    """Returns the seconds in which so many bytes are written to one file, with one fsync."""
    before = time.monotonic()
    with open(path, "wb") as file:
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
        file.write(bytes(size % (1 << 20)))
        file.flush()
        os.fsync(file.fileno())
    seconds = time.monotonic() - before
    path.unlink()
    return seconds
