// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import java.awt.Dimension;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.Toolkit;
import java.awt.event.InputEvent;
import java.awt.event.KeyEvent;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;

/** Somebody else on the same display: a program that looks at the whole screen, takes pictures of it, and presses Escape. */
final class Screen {
    private static final int PICTURES = 3;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(300);

    private Screen() {}

    /** Writes {@code 0.png} and so on into a folder, from when the middle of the screen has a colour. */
    public static void main(String[] args) throws Exception {
        Robot robot = new Robot();
        Dimension size = Toolkit.getDefaultToolkit().getScreenSize();
        Rectangle all = new Rectangle(size);
        long end = System.nanoTime() + LIMIT_NANOS;
        BufferedImage seen = robot.createScreenCapture(all);
        while (isGrey(seen.getRGB(size.width / 2, size.height / 2))) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("nothing has been shown on the screen");
            }
            Thread.sleep(100);
            seen = robot.createScreenCapture(all);
        }
        for (int i = 0; i < PICTURES; i++) {
            Thread.sleep(300);
            ImageIO.write(
                    robot.createScreenCapture(all),
                    "png",
                    Path.of(args[0], i + ".png").toFile());
        }
        robot.mouseMove(size.width / 2, size.height / 2);
        robot.mousePress(InputEvent.BUTTON1_DOWN_MASK);
        robot.mouseRelease(InputEvent.BUTTON1_DOWN_MASK);
        robot.waitForIdle();
        robot.keyPress(KeyEvent.VK_ESCAPE);
        robot.keyRelease(KeyEvent.VK_ESCAPE);
        robot.waitForIdle();
    }

    /** Black and white are colours of a window that has nothing to show yet. */
    private static boolean isGrey(int pixel) {
        int blue = pixel & 0xFF;
        return (pixel >> 16 & 0xFF) == blue && (pixel >> 8 & 0xFF) == blue;
    }
}
