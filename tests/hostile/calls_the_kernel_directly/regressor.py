"""Arguments are invalid on purpose: a call that looks at them was not refused at the door."""

import ctypes
import errno
import platform

CALLS = {
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "io_uring_setup": 425,
    "io_uring_enter": 426, "userfaultfd": 323, "bpf": 321, "perf_event_open": 298, "keyctl": 250,
    "add_key": 248, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272,
    "setns": 308, "pidfd_open": 434, "pidfd_getfd": 438, "memfd_create": 319, "memfd_secret": 447,
    "open_by_handle_at": 304, "name_to_handle_at": 303, "init_module": 175, "delete_module": 176,
    "kexec_load": 246, "swapon": 167, "quotactl": 179, "acct": 163, "iopl": 172, "ioperm": 173,
    "shmget": 29, "shmat": 30, "msgctl": 71, "semget": 64, "mq_open": 240, "fanotify_init": 300,
    "inotify_init1": 294, "timer_create": 222, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
    "tkill": 200, "setpriority": 141, "sched_setaffinity": 203, "sched_setscheduler": 144,
    "ioprio_set": 251, "prlimit64": 302, "setrlimit": 160, "personality": 135, "seccomp": 317,
    "landlock_create_ruleset": 444, "move_pages": 279, "vmsplice": 278, "splice": 275, "setsid": 112,
    "clone3": 435, "execveat": 322, "uselib": 134, "modify_ldt": 154, "process_madvise": 440,
    "mount_setattr": 442, "open_tree": 428, "fsopen": 430, "fchmod": 91, "fchown": 93, "fsetxattr": 190,
    "utimensat": 280, "fallocate": 285, "linkat": 265, "symlinkat": 266, "mknodat": 259, "creat": 85,
    "truncate": 76, "socket": 41, "connect": 42, "bind": 49,
}  # fmt: skip
REFUSED = (errno.EPERM, errno.ENOSYS, errno.EACCES)
libc = ctypes.CDLL(None, use_errno=True)
gained = []
if platform.machine() == "x86_64":
    for name, number in CALLS.items():
        ctypes.set_errno(0)
        done = libc.syscall(number, *[ctypes.c_long(-1)] * 6) >= 0
        if done or ctypes.get_errno() not in REFUSED:
            gained.append(name)
if gained:
    raise RuntimeError("escaped: allowed ".upper() + ", ".join(gained))
