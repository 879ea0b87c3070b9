/**
 * The C library's socket functions on Linux, through koffi. Used because
 * Node has no ICMP sockets: the usual add-on for them, raw-socket, registers with the main thread's event loop and
 * crashes the process when another thread loads it.
 */

export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  close(fd: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  /** `messages` is the address of an array of `struct mmsghdr`. */
  sendmmsg(fd: number, messages: bigint, count: number, flags: number): number;
  recvmmsg(fd: number, messages: bigint, count: number, flags: number, timeout: null): number;
  /** `timespec` is the address of 16 bytes. */
  clockGettime(clock: number, timespec: bigint): number;
  /** errno of the last call. */
  errno(): number;
  /** Memory that does not move, with its address. Never freed: sockets live as long as the process. */
  allocate(bytes: number): { readonly address: bigint; readonly bytes: Uint8Array };
}

let loaded: Promise<Libc> | undefined;

/** @throws Error when koffi or the functions are missing (not Linux, exotic C library) */
export function loadLibc(): Promise<Libc> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Libc> {
  const koffi = (await import('koffi')).default;
  const library = koffi.load(null);
  return {
    socket: library.func('int socket(int family, int type, int protocol)'),
    close: library.func('int close(int fd)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)'),
    sendmmsg: library.func('int sendmmsg(int fd, void *messages, uint32_t count, int flags)'),
    recvmmsg: library.func('int recvmmsg(int fd, void *messages, uint32_t count, int flags, void *timeout)'),
    clockGettime: library.func('int clock_gettime(int clock, void *timespec)'),
    errno: () => koffi.errno(),
    allocate(bytes) {
      const pointer = koffi.alloc('uint8_t', bytes);
      return { address: koffi.address(pointer), bytes: new Uint8Array(koffi.view(pointer, bytes)) };
    },
  };
}
