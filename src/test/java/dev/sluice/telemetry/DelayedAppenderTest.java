package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DelayedAppenderTest {

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> behind = new ListAppender<>();
    private final DelayedAppender appender = new DelayedAppender();

    @BeforeEach
    void setUp() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    @Test
    void linesComeInOrderAndAllOfThemBeforeTheEnd() {
        behind.start();
        appender.setContext(context);
        appender.addAppender(behind);
        appender.start();
        for (int i = 0; i < 100; i++) {
            appender.doAppend(line(i));
        }
        appender.stop();
        assertThat(behind.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(i -> "line " + i).toList());
        assertThat(behind.isStarted()).isFalse();
    }

    @Test
    void whatDoesNotFitIsCounted() {
        CountDownLatch written = new CountDownLatch(1);
        ListAppender<ILoggingEvent> stuck = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent line) {
                try {
                    written.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        stuck.start();
        appender.setContext(context);
        appender.addAppender(stuck);
        appender.start();
        long before = DelayedAppender.dropped();
        // One is being written at most, the others are more than wait.
        for (int i = 0; i < DelayedAppender.MOST_LINES + 11; i++) {
            appender.doAppend(line(i));
        }
        assertThat(DelayedAppender.dropped() - before).isBetween(10L, 11L);
        written.countDown();
        appender.stop();
    }

    @Test
    void whatComesAfterTheEndIsDropped() {
        behind.start();
        appender.setContext(context);
        appender.addAppender(behind);
        appender.start();
        appender.stop();
        appender.doAppend(line(1));
        assertThat(behind.list).isEmpty();
    }

    private LoggingEvent line(int number) {
        return new LoggingEvent(
                DelayedAppenderTest.class.getName(),
                context.getLogger("sluice.access"),
                Level.INFO,
                "line " + number,
                null,
                null);
    }
}
