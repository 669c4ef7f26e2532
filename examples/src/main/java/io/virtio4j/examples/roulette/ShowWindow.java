// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.examples.wheel.Spin;
import io.virtio4j.preempt.Cpu;
import java.awt.AWTError;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.HeadlessException;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.event.KeyAdapter;
import java.awt.event.KeyEvent;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.swing.JFrame;
import javax.swing.JPanel;
import javax.swing.SwingUtilities;
import javax.swing.WindowConstants;

/**
 * A window with what the device shows.
 *
 * <p>There are two pictures: one that the window paints, and one that the driver's thread copies a frame into while the window
 * is idle. A frame that comes while the window still paints is dropped: nobody waits for it. What the driver's thread does here
 * lies outside of the frame path and its time.
 *
 * <p>The window sets the pace of the run, {@value Spin#FRAMES_PER_SECOND} frames a second, so that the spin is seen as it is
 * meant. Closing it, or Escape, ends the run.
 */
final class ShowWindow implements Audience {
    private static final long FRAME_NANOS = TimeUnit.SECONDS.toNanos(1) / Spin.FRAMES_PER_SECOND;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long APPLAUSE_SECONDS = 3;
    private static final double PART_OF_SCREEN = 0.9;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicBoolean idle = new AtomicBoolean(true);
    private final JFrame frame = new JFrame("virtio4j roulette: scanout 0 of the GPU");
    private final Panel panel = new Panel();

    // The window's thread has the front picture always, and the back one while it is not idle.
    private BufferedImage front;
    private BufferedImage back;

    private long nextNanos = System.nanoTime();
    private int seen;
    private int dropped;

    private ShowWindow(FrameSize size) {
        front = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
        back = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
        panel.setPreferredSize(fitting(size));
        panel.setBackground(Color.BLACK);
        frame.setBackground(Color.BLACK);
        frame.setContentPane(panel);
        frame.setDefaultCloseOperation(WindowConstants.DISPOSE_ON_CLOSE);
        frame.addWindowListener(new WindowAdapter() {
            @Override
            public void windowClosed(WindowEvent event) {
                closed.countDown();
            }
        });
        frame.addKeyListener(new KeyAdapter() {
            @Override
            public void keyPressed(KeyEvent event) {
                if (event.getKeyCode() == KeyEvent.VK_ESCAPE) {
                    frame.dispose();
                }
            }
        });
        frame.pack();
        frame.setLocationRelativeTo(null);
        frame.setVisible(true);
    }

    /**
     * Opens the window.
     *
     * @throws NoDisplayException if that cannot be done here
     */
    static ShowWindow open(FrameSize size) throws NoDisplayException {
        ShowWindow[] opened = new ShowWindow[1];
        try {
            if (GraphicsEnvironment.isHeadless()) {
                throw new NoDisplayException(
                        "DISPLAY is not set, or this Java was started or installed headless", null);
            }
            SwingUtilities.invokeAndWait(() -> opened[0] = new ShowWindow(size));
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            throw new NoDisplayException(reason(cause == null ? e : cause), e);
        } catch (AWTError | HeadlessException | LinkageError e) {
            throw new NoDisplayException(reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoDisplayException("interrupted", e);
        }
        return opened[0];
    }

    private static String reason(Throwable error) {
        String message = error.getMessage();
        return (message == null ? error.toString() : message)
                .lines()
                .findFirst()
                .orElse("");
    }

    private static Dimension fitting(FrameSize size) {
        Rectangle screen = GraphicsEnvironment.getLocalGraphicsEnvironment().getMaximumWindowBounds();
        double scale = Math.min(
                1, PART_OF_SCREEN * Math.min(screen.getWidth() / size.width(), screen.getHeight() / size.height()));
        return new Dimension((int) Math.max(1, Math.rint(scale * size.width())), (int)
                Math.max(1, Math.rint(scale * size.height())));
    }

    @Override
    public void shown(int[] pixels) {
        if (!idle.compareAndSet(true, false)) {
            dropped++;
            return;
        }
        seen++;
        int[] to = ((DataBufferInt) back.getRaster().getDataBuffer()).getData();
        System.arraycopy(pixels, 0, to, 0, to.length);
        SwingUtilities.invokeLater(this::turn);
    }

    /** Paints the picture that has come. */
    private void turn() {
        try {
            BufferedImage painted = front;
            front = back;
            back = painted;
            panel.paintImmediately(0, 0, panel.getWidth(), panel.getHeight());
        } finally {
            idle.set(true);
        }
    }

    @Override
    public boolean awaitsNext() {
        nextNanos += FRAME_NANOS;
        long now = System.nanoTime();
        if (nextNanos - now < 0) {
            nextNanos = now; // late: what is lost is not caught up with by haste
        }
        while (nextNanos - System.nanoTime() > 0 && !hasLeft()) {
            Cpu.interruptPoint();
            LockSupport.parkNanos(NAP_NANOS);
        }
        return !hasLeft();
    }

    @Override
    public boolean hasLeft() {
        return closed.getCount() == 0;
    }

    @Override
    public void applaud() {
        try {
            closed.await(APPLAUSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<String> summary() {
        return Optional.of("window: " + seen + " frames shown, " + dropped + " dropped");
    }

    @Override
    public void close() {
        SwingUtilities.invokeLater(frame::dispose);
    }

    /** The picture in the middle, in its own size or as large as the window allows. */
    private final class Panel extends JPanel {
        private static final long serialVersionUID = 1L;

        @Override
        protected void paintComponent(Graphics graphics) {
            super.paintComponent(graphics);
            double scale = Math.min((double) getWidth() / front.getWidth(), (double) getHeight() / front.getHeight());
            int width = (int) Math.rint(scale * front.getWidth());
            int height = (int) Math.rint(scale * front.getHeight());
            if (graphics instanceof Graphics2D fine) {
                fine.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            }
            graphics.drawImage(front, (getWidth() - width) / 2, (getHeight() - height) / 2, width, height, null);
        }
    }
}
