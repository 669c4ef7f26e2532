// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FdTest {
    private List<String> open;

    @BeforeEach
    void count() {
        open = Descriptors.open();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(Descriptors.open()).isEqualTo(open);
    }

    @Test
    void closesOnce() {
        EventFd first = EventFd.create();
        int number = first.fd().number();
        first.close();
        // The kernel gives the lowest number that is free, and the JVM may have opened or closed something of its own
        // just now.
        List<EventFd> others = new ArrayList<>();
        EventFd second = EventFd.create();
        while (second.fd().number() < number) {
            others.add(second);
            second = EventFd.create();
        }
        others.forEach(EventFd::close);
        assertThat(second.fd().number()).isEqualTo(number);
        first.close();
        assertThat(second.signal()).isTrue();
        assertThat(second.take()).isTrue();
        second.close();
    }

    @Test
    void staysOpenWhileAThreadIsInACallOnIt() {
        EventFd counter = EventFd.create();
        Fd fd = counter.fd();
        assertThat(fd.enter()).isTrue();
        fd.close();
        assertThat(fd.isClosed()).isTrue();
        assertThat(Descriptors.open()).hasSize(open.size() + 1);
        assertThat(fd.enter()).isFalse();
        fd.leave();
        assertThat(Descriptors.open()).isEqualTo(open);
    }

    @Test
    void aClosedCounterIsRaisedByNobody() {
        EventFd counter = EventFd.create();
        counter.close();
        assertThat(counter.signal()).isFalse();
        assertThat(counter.take()).isFalse();
    }

    @Test
    void aCounterIsRaisedAndTaken() {
        try (EventFd counter = EventFd.create()) {
            assertThat(counter.take()).isFalse();
            counter.signal();
            counter.signal();
            assertThat(counter.take()).isTrue();
            assertThat(counter.take()).isFalse();
        }
    }

    @Test
    void whatFailsNamesTheCallAndTheError() {
        assertThatThrownBy(() -> Fd.of(SystemCalls.socket(-1, 0, 0), "socket"))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("socket: errno 97");
        try (Fd socket = Fd.of(SystemCalls.socket(Linux.AF_UNIX, Linux.SOCK_STREAM, 0), "socket")) {
            assertThatThrownBy(socket::lengthBytes)
                    .isInstanceOf(SystemCallException.class)
                    .hasMessage("lseek: ESPIPE");
        }
    }
}
