// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.util.List;

/**
 * What {@code sendmsg} and {@code recvmsg} are told: bytes, and descriptors that travel with them. One thread.
 *
 * <pre>
 *   header (struct msghdr)        56 bytes: name, its length, vector, its count, control, its length, flags
 *   vector (struct iovec)         16 bytes: address, length
 *   control (struct cmsghdr)      16 bytes: length, level, type; then the descriptors, 4 bytes each
 * </pre>
 */
final class Packet {
    /** More than any message of the protocol carries: who sends more has lost its way. */
    static final int MAX_FDS = 16;

    private static final int HEADER_BYTES = 56;
    private static final int VECTOR_BYTES = 16;
    private static final int CONTROL_HEADER_BYTES = 16;
    private static final int CONTROL_BYTES = CONTROL_HEADER_BYTES + MAX_FDS * Integer.BYTES;

    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;

    private final Memory all;
    private final long bytesAt = HEADER_BYTES + VECTOR_BYTES + CONTROL_BYTES;
    private final int capacityBytes;

    Packet(int capacityBytes) {
        this.capacityBytes = capacityBytes;
        this.all = new Memory(bytesAt + capacityBytes);
        all.clear();
    }

    int capacityBytes() {
        return capacityBytes;
    }

    private long at(long offset) {
        return Pointer.nativeValue(all) + offset;
    }

    private void prepare(int lengthBytes, int controlBytes) {
        all.setLong(MSG_IOV, at(HEADER_BYTES));
        all.setLong(MSG_IOVLEN, 1);
        all.setLong(HEADER_BYTES, at(bytesAt));
        all.setLong(HEADER_BYTES + (long) Long.BYTES, lengthBytes);
        all.setLong(MSG_CONTROL, controlBytes == 0 ? 0 : at(HEADER_BYTES + VECTOR_BYTES));
        all.setLong(MSG_CONTROLLEN, controlBytes);
        all.setInt(MSG_FLAGS, 0);
    }

    /** One call; negative: {@link SystemCalls#errno}. All descriptors have been entered. */
    long send(int socket, byte[] bytes, int offset, int lengthBytes, List<Fd> fds) {
        long control = HEADER_BYTES + VECTOR_BYTES;
        int fdBytes = fds.size() * Integer.BYTES;
        // The space of a control message ends at a multiple of 8; its length does not.
        int space = fds.isEmpty() ? 0 : CONTROL_HEADER_BYTES + ((fdBytes + Long.BYTES - 1) & -Long.BYTES);
        prepare(lengthBytes, space);
        if (!fds.isEmpty()) {
            all.setLong(control, CONTROL_HEADER_BYTES + fdBytes);
            all.setInt(control + CMSG_LEVEL, Linux.SOL_SOCKET);
            all.setInt(control + CMSG_TYPE, Linux.SCM_RIGHTS);
            for (int i = 0; i < fds.size(); i++) {
                all.setInt(
                        control + CONTROL_HEADER_BYTES + (long) i * Integer.BYTES,
                        fds.get(i).number());
            }
        }
        all.write(bytesAt, bytes, offset, lengthBytes);
        try {
            return SystemCalls.sendmsg(socket, at(0), Linux.MSG_NOSIGNAL);
        } finally {
            Reference.reachabilityFence(all);
        }
    }

    /** One call; negative: {@link SystemCalls#errno}. The descriptors that came along are added, and owned by the caller. */
    long receive(int socket, byte[] bytes, int offset, int lengthBytes, List<Fd> fds) {
        prepare(lengthBytes, CONTROL_BYTES);
        long count;
        try {
            count = SystemCalls.recvmsg(socket, at(0), Linux.MSG_CMSG_CLOEXEC);
        } finally {
            Reference.reachabilityFence(all);
        }
        if (count >= 0) {
            takeFds(fds);
            all.read(bytesAt, bytes, offset, (int) count);
        }
        return count;
    }

    private void takeFds(List<Fd> fds) {
        long control = HEADER_BYTES + VECTOR_BYTES;
        long left = all.getLong(MSG_CONTROLLEN);
        while (left >= CONTROL_HEADER_BYTES) {
            long length = all.getLong(control);
            if (length < CONTROL_HEADER_BYTES || length > left) {
                return;
            }
            if (all.getInt(control + CMSG_LEVEL) == Linux.SOL_SOCKET
                    && all.getInt(control + CMSG_TYPE) == Linux.SCM_RIGHTS) {
                for (long at = CONTROL_HEADER_BYTES; at + Integer.BYTES <= length; at += Integer.BYTES) {
                    fds.add(new Fd(all.getInt(control + at)));
                }
            }
            long step = (length + Long.BYTES - 1) & -Long.BYTES;
            control += step;
            left -= step;
        }
    }

    /** {@return whether descriptors were sent that had no room, and are lost} */
    boolean isCut() {
        return (all.getInt(MSG_FLAGS) & Linux.MSG_CTRUNC) != 0;
    }
}
