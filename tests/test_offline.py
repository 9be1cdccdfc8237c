"""No test reaches a network: sockets refuse it in process, and the system in all processes that tests start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from pytest_socket import SocketConnectBlockedError

from conftest import NOT_CUT_OFF

NOWHERE = ("192.0.2.1", 80)  # of the addresses kept for documentation: RFC 5737


@pytest.mark.filterwarnings("ignore:A test tried")
def test_in_process_pytest_socket_refuses_a_connection_to_what_is_not_this_machine() -> None:
    with socket.socket() as one, pytest.raises(SocketConnectBlockedError, match=r'with host "192\.0\.2\.1"'):
        one.connect(NOWHERE)


def test_in_process_a_socket_reaches_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as here, socket.create_connection(here.getsockname(), 10) as one:
        assert one.getpeername() == here.getsockname()
    first, second = socket.socketpair(socket.AF_UNIX)
    with first, second:
        first.sendall(b"yes")
        assert second.recv(3) == b"yes"


@pytest.mark.parametrize("tried", [
    lambda one: one.connect_ex(NOWHERE), lambda one: one.sendto(b"", NOWHERE),
    lambda one: socket.getaddrinfo("example.org", 80),
], ids=["connect_ex", "sendto", "a name"])  # fmt: skip
def test_in_process_a_socket_refuses_what_is_not_this_machine(tried: Callable[[Any], Any]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, pytest.raises(AssertionError, match="tried to reach"):
        tried(one)


def _in_child(program: str) -> str:
    words = [sys.executable, "-c", f"import socket\ntry:\n    {program}\nexcept OSError as e:\n    print(e.errno)"]
    return subprocess.run(words, capture_output=True, text=True, timeout=20, check=True).stdout.strip()


def test_a_child_process_reaches_no_network_at_all() -> None:
    if reason := os.environ.get(NOT_CUT_OFF):
        pytest.skip(f"the processes that tests start are not cut off from the network here: {reason}")
    assert _in_child(f"socket.create_connection({NOWHERE}, 10)") == "101"  # the network is unreachable, at once
    assert _in_child("print([name for _, name in socket.if_nameindex()])") == "['lo']"


def test_a_child_process_reaches_itself() -> None:
    here = "one = socket.create_server(('127.0.0.1', 0))"
    assert _in_child(f"{here}; socket.create_connection(one.getsockname(), 10); print('yes')") == "yes"
