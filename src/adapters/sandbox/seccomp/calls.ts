/**
 * The numbers of system calls, for the two architectures that Sluice's sandbox knows (linux/arch/x86/entry/syscalls/
 * syscall_64.tbl and include/uapi/asm-generic/unistd.h). From 424 on both have the same.
 */
export interface Architecture {
  /** AUDIT_ARCH_* of linux/audit.h. */
  readonly audit: number;
  /** Calls that the filter looks at by argument. */
  readonly clone: number;
  readonly unshare: number;
  readonly socket: number;
  readonly socketpair: number;
  /** Traced, where a step is. */
  readonly connect: number;
  readonly ioctl: number;
  readonly personality: number;
  /** Calls that are always refused, by name. */
  readonly refused: Readonly<Record<string, number>>;
  /** From this number on, calls belong to another ABI (x32) and kill. */
  readonly foreignFrom?: number;
}

const SHARED = {
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  pidfd_getfd: 438,
  mount_setattr: 442,
  quotactl_fd: 443,
  open_tree_attr: 467,
} as const;

/** Answered with ENOSYS, so that libraries fall back to `clone`, whose flags a filter can read. */
export const CLONE3 = 435;

const X86_64: Architecture = {
  audit: 0xc000003e,
  clone: 56,
  unshare: 272,
  socket: 41,
  socketpair: 53,
  connect: 42,
  ioctl: 16,
  personality: 135,
  foreignFrom: 0x40000000,
  refused: {
    ...SHARED,
    modify_ldt: 154,
    pivot_root: 155,
    _sysctl: 156,
    adjtimex: 159,
    chroot: 161,
    acct: 163,
    settimeofday: 164,
    mount: 165,
    umount2: 166,
    swapon: 167,
    swapoff: 168,
    reboot: 169,
    sethostname: 170,
    setdomainname: 171,
    iopl: 172,
    ioperm: 173,
    create_module: 174,
    init_module: 175,
    delete_module: 176,
    get_kernel_syms: 177,
    query_module: 178,
    quotactl: 179,
    nfsservctl: 180,
    lookup_dcookie: 212,
    clock_settime: 227,
    mbind: 237,
    set_mempolicy: 238,
    kexec_load: 246,
    add_key: 248,
    request_key: 249,
    keyctl: 250,
    migrate_pages: 256,
    move_pages: 279,
    perf_event_open: 298,
    fanotify_init: 300,
    open_by_handle_at: 304,
    clock_adjtime: 305,
    setns: 308,
    kcmp: 312,
    finit_module: 313,
    kexec_file_load: 320,
    bpf: 321,
    userfaultfd: 323,
    syslog: 103,
    uselib: 134,
    ustat: 136,
    sysfs: 139,
    vhangup: 153,
  },
};

const AARCH64: Architecture = {
  audit: 0xc00000b7,
  clone: 220,
  unshare: 97,
  socket: 198,
  socketpair: 199,
  connect: 203,
  ioctl: 29,
  personality: 92,
  refused: {
    ...SHARED,
    lookup_dcookie: 18,
    umount2: 39,
    mount: 40,
    pivot_root: 41,
    nfsservctl: 42,
    chroot: 51,
    vhangup: 58,
    quotactl: 60,
    acct: 89,
    kexec_load: 104,
    init_module: 105,
    delete_module: 106,
    clock_settime: 112,
    syslog: 116,
    reboot: 142,
    sethostname: 161,
    setdomainname: 162,
    settimeofday: 170,
    adjtimex: 171,
    add_key: 217,
    request_key: 218,
    keyctl: 219,
    swapon: 224,
    swapoff: 225,
    mbind: 235,
    set_mempolicy: 237,
    migrate_pages: 238,
    move_pages: 239,
    perf_event_open: 241,
    fanotify_init: 262,
    open_by_handle_at: 265,
    clock_adjtime: 266,
    setns: 268,
    kcmp: 272,
    finit_module: 273,
    bpf: 280,
    userfaultfd: 282,
    kexec_file_load: 294,
  },
};

/** By the names that Node gives (`process.arch`). */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x64: X86_64, arm64: AARCH64 };
