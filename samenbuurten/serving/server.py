"""The server: some processes on one socket, each with a loop that waits for clients and threads that answer."""

import atexit
import mmap
import os
import resource
import signal
import socket
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from functools import partial
from importlib import import_module

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from samenbuurten.serving.fair_queue import FairQueue
from samenbuurten.serving.requests import Channel

# For each process. At the last place the client goes that has kept one longest without asking anything.
MOST_CLIENTS = 500
DRAIN_SECONDS = 20
FAILED_TO_START = 3
# Of all processes of this server together: 1 when all of them stop, and not only one.
ALL_STOP = mmap.mmap(-1, 1)
OPTIONS = {
    "ident": None,
    "max_request_header_size": 16 * 1024,
    # The route says how much (samenbuurten/serving/limits.py); this is only what a number can be.
    "max_request_body_size": 10**30,
    "inbuf_overflow": 256 * 1024,
    # Above this a file takes an answer over, so that who fetches slowly keeps no thread.
    "outbuf_overflow": 1024 * 1024,
    "outbuf_high_watermark": 128 * 1024 * 1024,
    "connection_limit": MOST_CLIENTS + 100,
    "cleanup_interval": 2,
    "channel_timeout": 75,
    "asyncore_use_poll": True,
    "log_socket_errors": False,
    "backlog": 1024,
    # Whose word counts is said in the settings (BEHIND_PROXY).
    "clear_untrusted_proxy_headers": False,
}


class Server(TcpWSGIServer):
    """One process. ``threads`` answer; the rest of it waits for clients."""

    channel_class = Channel
    is_stopping = False
    most_clients = MOST_CLIENTS

    def __init__(self, *arguments, adj, **named):
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.queue = FairQueue()
        dispatcher.set_thread_count(adj.threads)
        super().__init__(*arguments, adj=adj, dispatcher=dispatcher, **named)

    def handle_accept(self):
        if len(self.active_channels) >= self.most_clients:
            self._make_room()
        super().handle_accept()

    def _make_room(self):
        waiting = [channel for channel in self.active_channels.values() if channel.is_waiting]
        if waiting:
            min(waiting, key=lambda channel: channel.waits_since).handle_close()

    def maintenance(self, now):
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.is_late(time.monotonic()):
                channel.handle_close()

    def run(self, parent=None):
        """Serve until told to stop, or until ``parent`` is gone; then let what is under way be answered."""
        while not self.is_stopping and parent in (None, os.getppid()):
            self._turn()
        if ALL_STOP[0]:
            self._close_the_door()
        self.accepting = False
        self.del_channel()
        give_up = time.monotonic() + DRAIN_SECONDS
        while (now := time.monotonic()) < give_up and any(
            channel.is_under_way(now) for channel in self.active_channels.values()
        ):
            self._turn()
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        self.task_dispatcher.shutdown()
        self.close()

    def _close_the_door(self):
        """Take in who stands in line already; who comes now is refused at once, so that a proxy asks another server.
        It is the door of all processes of this server."""
        before = None
        while before != len(self.active_channels):
            before = len(self.active_channels)
            self.handle_accept()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RD)

    def handle_close(self):
        """Another process closed the door; what is under way here goes on."""
        self.is_stopping = True
        self.del_channel()

    def _turn(self):
        self.asyncore.loop(timeout=1, map=self._map, use_poll=True, count=1)

    def stop(self, *_signal):
        self.is_stopping = True
        self.pull_trigger()


def serve(host, port, *, processes, threads, with_work=False):
    """Listen on ``host``:``port`` until SIGTERM or SIGINT, and do the regular work beside it when asked to.

    A process that dies, in whatever way, is followed by another. All end together: told to stop, they end what is under
    way; when this one is killed, they notice and end by themselves.
    """
    if os.environ.get("METRICS_TOKEN"):
        folder = tempfile.TemporaryDirectory(prefix="samenbuurten-metrics-")
        atexit.register(folder.cleanup)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder.name
    listening = _listen(host, port)
    missing = [partial(_start, listening, threads)] * processes + [_start_work] * with_work
    children, is_stopping = {}, False

    def stop(*_signal):
        nonlocal is_stopping
        ALL_STOP[0] = 1
        is_stopping = True
        for child in list(children):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while children or not is_stopping:
        while missing and not is_stopping:
            start = missing.pop(0)
            children[start()] = start
            if is_stopping:  # told so between the two
                stop()
        child, status = os.wait()
        if child not in children:
            continue
        start = children.pop(child)
        if os.waitstatus_to_exitcode(status) == FAILED_TO_START and not is_stopping:
            stop()
            print("The site cannot start; what stands above says why.", file=sys.stderr)
            sys.exit(FAILED_TO_START)
        if not is_stopping:
            what = "the regular work" if start is _start_work else "the server"
            print(f"Process {child} of {what} ended ({status}); another takes its place.", file=sys.stderr)
            missing.append(start)
            time.sleep(0.5)


def _start_work():
    """`manage.py work`, which stops when this process is gone; its number."""
    command = [sys.executable, "-m", "django", "work", "--beside", str(os.getpid())]
    return os.posix_spawn(sys.executable, command, os.environ)


def _listen(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(OPTIONS["backlog"])
    listening.setblocking(False)
    return listening


def _start(listening, threads):
    """A child that serves; its number."""
    parent = os.getpid()
    if child := os.fork():
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = FAILED_TO_START
    try:
        application = import_module("samenbuurten.wsgi").application
        status = 1
        _serve_here(application, listening, threads, parent)
        status = 0
    except BaseException:  # noqa: BLE001  a child that failed ends here, whatever it was
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _serve_here(application, listening, threads, parent):
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MOST_CLIENTS
    if most_files == resource.RLIM_INFINITY or most_files > wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most_files))
    server = Server(
        application,
        _sock=listening,
        bind_socket=False,
        adj=Adjustments(threads=threads, **OPTIONS),
        sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
    )
    signal.signal(signal.SIGTERM, server.stop)
    signal.signal(signal.SIGINT, server.stop)
    server.run(parent)
