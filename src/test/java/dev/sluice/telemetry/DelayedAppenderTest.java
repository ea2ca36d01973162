package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DelayedAppenderTest {

    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void linesComeInOrderAndAllOfThemBeforeTheEnd() {
        DelayedAppender appender = started(written);
        IntStream.range(0, 1_000).forEach(i -> appender.doAppend(line("line " + i)));
        appender.stop();
        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo(IntStream.range(0, 1_000)
                        .mapToObj(i -> "line " + i + "\n")
                        .collect(Collectors.joining()));
    }

    @Test
    void whatDoesNotFitIsDroppedWholeAndCounted() {
        CountDownLatch free = new CountDownLatch(1);
        DelayedAppender appender = started(new OutputStream() {
            @Override
            public void write(int octet) {
                written.write(octet);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                try {
                    free.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                written.write(bytes, from, length);
            }
        });
        String text = "x".repeat(1023);
        int fitting = DelayedOutput.MAX_BYTES / 1024;
        long before = DelayedOutput.dropped();
        // As many again may be on their way, and no more.
        IntStream.range(0, 2 * fitting + 3).forEach(i -> appender.doAppend(line(text)));
        long dropped = DelayedOutput.dropped() - before;
        free.countDown();
        appender.stop();
        assertThat(dropped).isBetween(3L, fitting + 3L);
        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo((text + "\n").repeat((int) (2 * fitting + 3 - dropped)));
    }

    @Test
    void whatComesAfterTheEndIsLeftOut() {
        DelayedAppender appender = started(written);
        appender.stop();
        appender.doAppend(line("late"));
        assertThat(written.size()).isZero();
    }

    private DelayedAppender started(OutputStream behind) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%msg%n");
        encoder.start();
        DelayedAppender appender = new DelayedAppender(behind);
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    private LoggingEvent line(String text) {
        return new LoggingEvent(
                DelayedAppenderTest.class.getName(), context.getLogger("sluice.access"), Level.INFO, text, null, null);
    }
}
