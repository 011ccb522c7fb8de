"""Confinement of one process on Linux, without root, containers, namespaces or a library.

`confine` is called in a freshly forked worker and cannot be undone. It uses

- Landlock (kernel 5.13 and later): the worker reads the Python installation, writes its scratch
  folder, and reaches nothing else by path; later kernels also refuse TCP, signals and abstract
  sockets to the outside;
- a seccomp filter: a closed list of system calls, and of commands for those that take one.
  Everything else fails with EPERM: sockets, new processes, exec, ptrace, signals to others, leases
  and locks, changing modes, owners, times and limits, ...;
- no capabilities, also as root;
- resource limits for memory, processor time, files and file sizes.

Landlock: https://docs.kernel.org/userspace-api/landlock.html
seccomp:  https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox.limits import Limits

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CAPSET = {"x86_64": 126, "aarch64": 91}
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 22, 36, 38

# Landlock rights, by bit.
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_READ = _READ_FILE | _READ_DIR
_SCRATCH = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_FILE_RIGHTS = _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_HANDLED_FS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}

# The system calls a worker may make: name -> (x86-64 number, arm64 number), None where it has none.
_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # files: what they reach is Landlock's business
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66),
    "pread64": (17, 67), "pwrite64": (18, 68), "lseek": (8, 62), "close": (3, 57),
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24),
    "pipe": (22, None), "pipe2": (293, 59), "stat": (4, None), "fstat": (5, 80),
    "lstat": (6, None), "newfstatat": (262, 79), "statx": (332, 291), "access": (21, None),
    "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, None),
    "readlinkat": (267, 78), "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49),
    "fchdir": (81, 50), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "ftruncate": (77, 46), "fsync": (74, 82), "fdatasync": (75, 83),
    "umask": (95, 166), "statfs": (137, 43), "fstatfs": (138, 44),
    # waiting, and the one socket there is
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None),
    "epoll_pwait": (281, 22), "eventfd2": (290, 19), "recvfrom": (45, 207), "sendto": (44, 206),
    "recvmsg": (47, 212), "shutdown": (48, 210), "getsockopt": (55, 209),
    "getsockname": (51, 204), "getpeername": (52, 205),
    # memory
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216),
    "madvise": (28, 233), "brk": (12, 214), "msync": (26, 227), "get_mempolicy": (239, 236),
    # threads (clone is restricted below) and signals to itself
    "futex": (202, 98), "futex_waitv": (449, 449), "set_robust_list": (273, 99),
    "get_robust_list": (274, 100), "rseq": (334, 293), "membarrier": (324, 283),
    "set_tid_address": (218, 96), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120), "getcpu": (309, 168),
    "getpriority": (140, 141), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137),
    "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132), "restart_syscall": (219, 128),
    "pause": (34, None), "wait4": (61, 260), "waitid": (247, 95), "exit": (60, 93),
    "exit_group": (231, 94),
    # time and knowing oneself
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "gettimeofday": (96, 169), "time": (201, None),
    "times": (100, 153), "setitimer": (38, 103), "getitimer": (36, 102), "alarm": (37, None),
    "getpid": (39, 172), "getppid": (110, 173), "gettid": (186, 178), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "getpgrp": (111, None),
    "getpgid": (121, 155), "getsid": (124, 156), "uname": (63, 160), "sysinfo": (99, 179),
    "getrusage": (98, 165), "getrlimit": (97, 163), "arch_prctl": (158, None),
    "getrandom": (318, 278),
}  # fmt: skip
# Commands of fcntl: copies and flags of one's own descriptors. Leases (F_SETLEASE) stall whoever
# opens a file, locks whoever locks it, F_SETOWN and F_SETSIG send signals.
_FCNTL = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
# Commands of ioctl: is it a terminal and how large, how much is there to read, and one's own flags.
# The one socket would otherwise tell of the machine's network, and root could change it.
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
_SOCKET_IOCTLS = 0x8900, 0x8A00  # the range of them
_CLONE_FILES, _CLONE_THREAD = 0x400, 0x10000
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_EPERM, _ENOSYS = 1, 38
_RET_ALLOW, _RET_ERRNO, _RET_KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AND, _RETURN, _AT_LEAST = 0x20, 0x15, 0x54, 0x06, 0x35


def unavailable() -> str | None:
    """Why this machine cannot confine a process; None if it can."""
    if _libc is None:
        return f"{platform.system()} has no Landlock"
    if platform.machine() not in _MACHINES:
        return f"no system call table for {platform.machine()}"
    if _landlock_abi() < 1:
        return "this kernel has Landlock switched off (it needs Linux 5.13 or later)"
    return None


def readable_paths() -> list[str]:
    """What importing from the Python installation needs to read, and nothing of the user's."""
    import sysconfig

    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    paths |= {p for p in sys.path if p.endswith((".zip", "site-packages", "dist-packages"))}
    paths |= {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"}
    paths |= {"/usr/share/zoneinfo", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"}
    paths.add(str(Path(sys.base_prefix) / "lib"))
    return sorted(path for path in paths if path and os.path.exists(path))


def exposed(folder: Path) -> str | None:
    """Why a confined worker could still read this folder; None if it cannot."""
    for path in readable_paths():
        if folder.resolve().is_relative_to(Path(path).resolve()):
            return f"{folder} lies inside the Python installation ({path}), which workers can read"
    return None


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it dies."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent is gone, so that none escapes."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def address_space() -> int:
    """The bytes of memory that the calling process has reserved. Raises: OSError but on Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def limit_resources(limits: Limits, *, bound_memory: bool) -> None:
    """Bound memory, processor time, files and core dumps of the calling process.

    Where a GPU is used memory stays unbounded: its driver reserves huge address ranges.
    """
    import resource

    def bound(which: int, amount: int) -> None:
        _, hard = resource.getrlimit(which)
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(which, (amount, amount))

    if bound_memory and sys.platform == "linux":
        bound(resource.RLIMIT_AS, address_space() + limits.memory_bytes)
    bound(resource.RLIMIT_CPU, limits.cpu_seconds)
    bound(resource.RLIMIT_FSIZE, limits.file_bytes)
    bound(resource.RLIMIT_NOFILE, limits.open_files)
    bound(resource.RLIMIT_CORE, 0)


def confine(readable: Iterable[str], scratch: str, *, gpu: bool) -> None:
    """Confine the calling process for good.

    Raises: OSError if the kernel refuses; the process must not go on then.
    """
    assert _libc is not None
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _drop_capabilities()
    _restrict_paths(readable, scratch, gpu=gpu)
    _restrict_calls(gpu=gpu)


def _drop_capabilities() -> None:
    """Leave root with no more than its files."""
    assert _libc is not None
    header = struct.pack("=Ii", 0x20080522, 0)  # version 3, this process
    _checked(_libc.syscall(_CAPSET[platform.machine()], header, bytes(24)), "capset")


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _landlock_abi() -> int:
    assert _libc is not None
    return int(_libc.syscall(_CREATE_RULESET, None, 0, 1))


def _restrict_paths(readable: Iterable[str], scratch: str, *, gpu: bool) -> None:
    assert _libc is not None
    abi = _landlock_abi()
    handled = _HANDLED_FS.get(abi, 0xFFFF)
    attributes = struct.pack("=QQQ", handled, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, attributes, size, 0), "landlock")
    allow = [(path, _READ) for path in readable]
    allow += [(scratch, _SCRATCH), ("/dev/null", _READ | _WRITE_FILE)]
    allow += [(f"/dev/{name}", _READ) for name in ("zero", "random", "urandom")]
    if gpu:
        allow += [(str(p), _FILE_RIGHTS) for p in Path("/dev").glob("nvidia*")]
        allow += [(p, _READ) for p in ("/sys", "/proc/self", "/proc/driver", "/proc/devices")]
    for path, rights in allow:
        _allow(ruleset, path, rights & handled)
    _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0), "landlock")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    assert _libc is not None
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= _FILE_RIGHTS
    rule = struct.pack("=Qi", rights, target)
    _checked(_libc.syscall(_ADD_RULE, ruleset, 1, rule, 0), f"landlock rule for {path}")
    os.close(target)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _restrict_calls(*, gpu: bool) -> None:
    assert _libc is not None
    code = b"".join(struct.pack("=HBBI", *step) for step in _filter(os.getpid(), gpu=gpu))
    program = _Program(len(code) // 8, code)
    _checked(_libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0), "seccomp")


def _filter(pid: int, *, gpu: bool) -> list[tuple[int, int, int, int]]:
    """The seccomp program: instructions as (code, jump if true, jump if false, operand)."""
    column, audit = _MACHINES[platform.machine()]
    number, machine, first = 0, 4, 16  # offsets in struct seccomp_data; arguments take 8 bytes each

    def when(
        call: tuple[int | None, int | None], *test: tuple[int, int, int, int]
    ) -> list[tuple[int, int, int, int]]:
        """Run `test` for this call; it ends in a return on both branches."""
        return [] if call[column] is None else [(_EQUAL, 0, len(test), call[column] or 0), *test]

    allow, refuse = (_RETURN, 0, 0, _RET_ALLOW), (_RETURN, 0, 0, _RET_ERRNO | _EPERM)
    absent = (_RETURN, 0, 0, _RET_ERRNO | _ENOSYS)

    def argument(index: int, high: bool = False) -> tuple[int, int, int, int]:
        return (_LOAD, 0, 0, first + 8 * index + (4 if high else 0))

    def only(*values: int) -> list[tuple[int, int, int, int]]:
        """Allow the call if what was loaded is one of these."""
        tests = [(_EQUAL, len(values) - n, 0, value) for n, value in enumerate(values)]
        return [*tests, refuse, allow]

    truncating = [
        (_AND, 0, 0, os.O_TRUNC | os.O_ACCMODE),
        (_EQUAL, 0, 1, os.O_TRUNC),
        refuse,
        allow,
    ]
    program = [
        (_LOAD, 0, 0, machine),
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _RET_KILL),
        (_LOAD, 0, 0, number),
        (_AT_LEAST, 0, 1, 0x40000000),  # the x32 table, under the same machine code
        refuse,
    ]
    for call in _ALLOWED.values():
        program += when(call, allow)
    # Threads, not processes, that share their descriptors: the judge counts files by those.
    # clone3 hides its flags in memory, so libc is told to use clone.
    shared = _CLONE_FILES | _CLONE_THREAD
    program += when((56, 220), argument(0), (_AND, 0, 0, shared), *only(shared))
    program += when((435, 435), absent)
    # Signals to its own threads only, as abort() and raise() do.
    program += when((234, 131), argument(0), *only(pid))
    # Read limits, never set them: root could raise its own, anyone those of its siblings.
    program += when(
        (302, 261),
        argument(2), (_EQUAL, 0, 3, 0), argument(2, high=True), (_EQUAL, 0, 1, 0), allow, refuse,
    )  # fmt: skip
    # Before Landlock's third version a file that may be read could be emptied by opening it so.
    program += when((2, None), argument(1), *truncating)
    program += when((257, 56), argument(2), *truncating)
    # Naming a thread is all that prctl is good for here.
    program += when((157, 167), argument(0), *only(15))
    program += when((72, 25), argument(1), *only(*_FCNTL))
    # Closing descriptors, and not in a table of one's own (CLOSE_RANGE_UNSHARE).
    program += when((436, 436), argument(2), *only(0, 4))
    if gpu:  # the driver has commands of its own, and pins its helper threads to processors
        first_one, after = _SOCKET_IOCTLS
        outside = [(_AT_LEAST, 0, 2, first_one), (_AT_LEAST, 1, 0, after), refuse, allow]
        program += when((16, 29), argument(1), *outside)
        program += when((203, 122), allow)
    else:
        program += when((16, 29), argument(1), *only(*_IOCTL))
    return [*program, refuse]
