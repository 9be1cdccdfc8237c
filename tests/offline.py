"""Cuts a process, and all it starts, off from every network but a loopback of its own, where the machine allows it."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # CLONE_NEWNET and CLONE_NEWUSER of <sched.h>
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1  # of an interface: SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP
_CAPABILITIES = 0x20080522  # _LINUX_CAPABILITY_VERSION_3


def cut_off() -> str:
    """Why this process is not cut off; "" where it is, with all it starts from now on. Before it has threads."""
    if sys.platform != "linux":
        return "network namespaces are Linux's alone"
    system = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if system.unshare(_NEW_NETWORK) == 0:  # for an administrator
        _raise_loopback()
        return ""
    if system.unshare(_NEW_USER | _NEW_NETWORK) != 0:  # for anybody else, where it is not forbidden
        return os.strerror(ctypes.get_errno())
    for name, text in (("uid_map", f"{user} {user} 1"), ("setgroups", "deny"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    _raise_loopback()
    # What an administrator of the new namespace may do would make tests of forbidden files pass or fail by mistake.
    system.capset(struct.pack("Ii", _CAPABILITIES, 0), bytes(24))
    return ""


def _raise_loopback() -> None:
    """A new namespace has a loopback that is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = fcntl.ioctl(any_socket, _GET_FLAGS, struct.pack("16sh22x", b"lo", 0))
        flags = struct.unpack("16sh22x", asked)[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags | _UP))
