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
# A line or two of them do one thing, in the spellings of older and newer libraries.
_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # Python reads modules, and writes its scratch; which files these are is Landlock's business.
    "read": (0, 63), "readv": (19, 65), "pread64": (17, 67),
    "write": (1, 64), "writev": (20, 66), "pwrite64": (18, 68),
    "lseek": (8, 62), "close": (3, 57), "ftruncate": (77, 46),
    # An import looks for files; libraries ask what file system /dev/shm or /sys is.
    "stat": (4, None), "fstat": (5, 80), "lstat": (6, None), "newfstatat": (262, 79),
    "statx": (332, 291), "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439),
    "readlink": (89, None), "readlinkat": (267, 78), "getdents64": (217, 61), "statfs": (137, 43),
    # Folders and files come and go in the scratch folder, and the work may move about in it.
    "getcwd": (79, 17), "chdir": (80, 49), "mkdir": (83, None), "mkdirat": (258, 34),
    "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None),
    "renameat": (264, 38), "renameat2": (316, 276),
    # The one socket there is: a request, an answer, and what kind of socket Python finds it to be.
    "recvfrom": (45, 207), "sendto": (44, 206), "getsockopt": (55, 209), "getsockname": (51, 204),
    # Waiting for it, or for a time; the driver of a GPU waits for threads and events of its own.
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "restart_syscall": (219, 128),
    "eventfd2": (290, 19), "pipe2": (293, 59),
    # Memory, and in which node of the machine it lies.
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216),
    "madvise": (28, 233), "brk": (12, 214), "get_mempolicy": (239, 236),
    # Threads of torch start (clone is restricted below), wait, spin, and end.
    "set_robust_list": (273, 99), "rseq": (334, 293), "futex": (202, 98), "sched_yield": (24, 124),
    "exit": (60, 93), "exit_group": (231, 94),
    # How many there may be, on which processors, and what a new one inherits.
    "sched_getaffinity": (204, 123), "getcpu": (309, 168), "sysinfo": (99, 179),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    # Handlers of signals: Python sets its own, that of faulthandler has a stack of its own, abort()
    # raises one, and a handler has to end; the work may set itself an alarm.
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "setitimer": (38, 103), "getitimer": (36, 102), "alarm": (37, None),
    # What time it is, where the vDSO does not know, and how much of it was used.
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169),
    "time": (201, None), "getrusage": (98, 165),
    # Who and where it is: for the names of temporary files, folders of caches, and `platform`.
    "getpid": (39, 172), "gettid": (186, 178), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "uname": (63, 160),
    # Random numbers; oneDNN asks for the matrix registers of newer processors.
    "getrandom": (318, 278), "arch_prctl": (158, None),
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


_Call = tuple[int | None, int | None]  # its number on x86_64 and on aarch64
_Step = tuple[int, int, int, int]  # an instruction: code, jump if true, jump if false, operand
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; arguments take 8 bytes
_ALLOW, _REFUSE = (_RETURN, 0, 0, _RET_ALLOW), (_RETURN, 0, 0, _RET_ERRNO | _EPERM)


def _filter(pid: int, *, gpu: bool) -> list[_Step]:
    """The seccomp program. Those in `_ALLOWED` may be called, the others with some arguments."""
    column, audit = _MACHINES[platform.machine()]
    program = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _RET_KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, 0x40000000),  # the x32 table, under the same machine code
        _REFUSE,
    ]
    tested = [(call, [_ALLOW]) for call in _ALLOWED.values()] + _by_arguments(pid, gpu=gpu)
    for call, test in tested:
        if (called := call[column]) is not None:
            program += [(_EQUAL, 0, len(test), called), *test]
    return [*program, _REFUSE]


def _argument(index: int, *, high: bool = False) -> _Step:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index + (4 if high else 0))


def _only(*values: int) -> list[_Step]:
    """Allow the call if what was loaded is one of these."""
    tests = [(_EQUAL, len(values) - n, 0, value) for n, value in enumerate(values)]
    return [*tests, _REFUSE, _ALLOW]


def _by_arguments(pid: int, *, gpu: bool) -> list[tuple[_Call, list[_Step]]]:
    """Calls that depend on what they are given, each with a test that ends in a return."""
    # Threads, not processes, that share their descriptors: the judge counts files by those.
    shared = _CLONE_FILES | _CLONE_THREAD
    # Before Landlock's third version a file that may be read could be emptied by opening it so.
    truncating = [(_AND, 0, 0, os.O_TRUNC | os.O_ACCMODE), (_EQUAL, 0, 1, os.O_TRUNC)]
    # Read limits, never set them: root could raise its own, anyone those of its siblings.
    reading = [
        *(_argument(2), (_EQUAL, 0, 3, 0)),
        *(_argument(2, high=True), (_EQUAL, 0, 1, 0)),
        *(_ALLOW, _REFUSE),
    ]
    ioctl = [_argument(1), *_only(*_IOCTL)]
    pinning: list[tuple[_Call, list[_Step]]] = []
    if gpu:  # the driver has commands of its own, and pins its helper threads to processors
        first, after = _SOCKET_IOCTLS
        outside = [(_AT_LEAST, 0, 2, first), (_AT_LEAST, 1, 0, after), _REFUSE, _ALLOW]
        ioctl, pinning = [_argument(1), *outside], [((203, 122), [_ALLOW])]
    return [
        ((56, 220), [_argument(0), (_AND, 0, 0, shared), *_only(shared)]),
        # clone3 hides its flags in memory, so libc is told to use clone.
        ((435, 435), [(_RETURN, 0, 0, _RET_ERRNO | _ENOSYS)]),
        # Signals to its own threads only, as abort() and raise() do.
        ((234, 131), [_argument(0), *_only(pid)]),
        ((302, 261), reading),
        ((2, None), [_argument(1), *truncating, _REFUSE, _ALLOW]),
        ((257, 56), [_argument(2), *truncating, _REFUSE, _ALLOW]),
        # Naming a thread is all that prctl is good for here.
        ((157, 167), [_argument(0), *_only(15)]),
        ((72, 25), [_argument(1), *_only(*_FCNTL)]),
        # Closing descriptors, and not in a table of one's own (CLOSE_RANGE_UNSHARE).
        ((436, 436), [_argument(2), *_only(0, 4)]),
        ((16, 29), ioctl),
        *pinning,
    ]
