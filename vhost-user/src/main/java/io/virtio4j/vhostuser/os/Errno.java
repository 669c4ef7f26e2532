// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

/** Why system calls fail, by the numbers of Linux. */
final class Errno {
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ECONNABORTED = 103;
    static final int ECONNRESET = 104;
    static final int ECONNREFUSED = 111;

    private static final String[] NAMES = new String[134];

    static {
        String[] named = {
            "1 EPERM",
            "2 ENOENT",
            "4 EINTR",
            "5 EIO",
            "6 ENXIO",
            "9 EBADF",
            "11 EAGAIN",
            "12 ENOMEM",
            "13 EACCES",
            "14 EFAULT",
            "16 EBUSY",
            "17 EEXIST",
            "19 ENODEV",
            "20 ENOTDIR",
            "21 EISDIR",
            "22 EINVAL",
            "23 ENFILE",
            "24 EMFILE",
            "26 ETXTBSY",
            "27 EFBIG",
            "28 ENOSPC",
            "29 ESPIPE",
            "30 EROFS",
            "32 EPIPE",
            "36 ENAMETOOLONG",
            "38 ENOSYS",
            "40 ELOOP",
            "75 EOVERFLOW",
            "88 ENOTSOCK",
            "90 EMSGSIZE",
            "91 EPROTOTYPE",
            "98 EADDRINUSE",
            "104 ECONNRESET",
            "105 ENOBUFS",
            "107 ENOTCONN",
            "109 ETOOMANYREFS",
            "111 ECONNREFUSED",
        };
        for (String one : named) {
            int blank = one.indexOf(' ');
            NAMES[Integer.parseInt(one.substring(0, blank))] = one.substring(blank + 1);
        }
    }

    private Errno() {}

    /** {@return the name, or the number where it has none here} */
    static String name(int errno) {
        String name = errno >= 0 && errno < NAMES.length ? NAMES[errno] : null;
        return name == null ? "errno " + errno : name;
    }
}
