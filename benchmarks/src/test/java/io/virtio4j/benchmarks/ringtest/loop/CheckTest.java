// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.benchmarks.ringtest.Settings;
import org.junit.jupiter.api.Test;

/** What the loops ask of each buffer has teeth. */
final class CheckTest {
    private static final Settings SETTINGS = new Settings(4, 1, 4);

    private static Buffer sent(long serial) {
        Buffer buffer = new Buffer();
        buffer.send(SETTINGS, serial);
        return buffer;
    }

    @Test
    void theNextBufferIsTaken() {
        Buffer buffer = sent(7);
        buffer.use(SETTINGS, 7);
        assertThatCode(() -> buffer.checkBack(7)).doesNotThrowAnyException();
    }

    @Test
    void anotherBufferIsNot() {
        assertThatThrownBy(() -> sent(7).use(SETTINGS, 6)).hasMessage("buffer 128 was expected and 192 came");
    }

    @Test
    void norIsOneThatComesBackTooEarlyOrWasNotWritten() {
        Buffer early = sent(7);
        early.use(SETTINGS, 7);
        assertThatThrownBy(() -> early.checkBack(6)).hasMessageContaining("token 6");
        assertThatThrownBy(() -> sent(7).checkBack(7)).hasMessageContaining("bytes written");
    }
}
