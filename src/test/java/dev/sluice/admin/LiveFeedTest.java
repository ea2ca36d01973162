package dev.sluice.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Snapshot;
import dev.sluice.config.SluiceConfig;
import dev.sluice.telemetry.Telemetry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events, on channels whose clock is turned by hand. */
final class LiveFeedTest {

    private final FakeSource source = new FakeSource();
    private final Telemetry telemetry = new Telemetry(SluiceConfig.DEFAULT, "test");
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final LiveFeed feed = new LiveFeed(source, telemetry, clock.eventLoop());

    LiveFeedTest() {
        clock.freezeTime();
        feed.start();
        clock.runPendingTasks();
    }

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void aListenerHearsTheLastMinutesAndThenTheStateOnceASecond() {
        second();
        EmbeddedChannel listener = listener();
        HttpResponse head = listener.readOutbound();

        assertThat(head.status().code()).isEqualTo(200);
        assertThat(head.headers().get("content-type")).isEqualTo("text/event-stream; charset=utf-8");
        assertThat(text(listener))
                .startsWith("retry: 2000\nevent: history\ndata: [[")
                .contains(",0.71,0.85,0.5,0.9,0.25,12]");
        second();
        assertThat(text(listener))
                .startsWith("event: state\ndata: {\"mode\":\"enforce\"")
                .contains("\"at\":");
        second();
        assertThat(text(listener)).startsWith("event: state\n");
    }

    @Test
    void theHistoryIsBounded() {
        for (int second = 0; second < 400; second++) {
            second();
        }
        EmbeddedChannel listener = listener();
        listener.readOutbound();

        assertThat(text(listener).split("\\[")).hasSize(302);
    }

    @Test
    void oneMoreListenerThanMayIsTurnedAway() {
        for (int i = 0; i < LiveFeed.MOST_LISTENERS; i++) {
            listener();
        }
        assertThat(feed.listeners()).isEqualTo(LiveFeed.MOST_LISTENERS);
        FullHttpResponse refusal = listener().readOutbound();
        assertThat(refusal.status().code()).isEqualTo(503);
        assertThat(refusal.headers().get("retry-after")).isEqualTo("10");
        refusal.release();

        channels.get(0).close();
        assertThat(feed.listeners()).isEqualTo(LiveFeed.MOST_LISTENERS - 1);
    }

    @Test
    void aListenerThatDoesNotReadIsDropped() {
        EmbeddedChannel slow = listener();
        EmbeddedChannel other = listener();
        slow.unsafe().outboundBuffer().setUserDefinedWritability(1, false);

        second();

        assertThat(slow.isOpen()).isFalse();
        assertThat(other.isOpen()).isTrue();
        assertThat(feed.listeners()).isEqualTo(1);
    }

    @Test
    void aGateThatDoesNotAnswerIsToldAndHeardAgain() {
        EmbeddedChannel listener = listener();
        source.snapshot = new CompletableFuture<>();
        CompletableFuture<Snapshot> late = source.snapshot;
        for (int second = 0; second < 5; second++) {
            second();
        }
        assertThat(all(listener)).contains("event: stalled\ndata: {\"error\":\"the gate does not answer\"}\n\n");

        source.snapshot = CompletableFuture.failedFuture(new IllegalStateException("gate broken"));
        late.complete(FakeSource.usual());
        clock.runPendingTasks();
        assertThat(all(listener)).contains("event: state\n");
        for (int second = 0; second < 5; second++) {
            second();
        }
        assertThat(all(listener)).contains("event: stalled\n");
        source.snapshot = CompletableFuture.completedFuture(FakeSource.usual());
        second();
        assertThat(all(listener)).contains("event: state\n");
    }

    @Test
    void aLookThatFailsIsNotTheLast() {
        EmbeddedChannel listener = listener();
        source.throwsAtSnapshots = true;
        for (int second = 0; second < 5; second++) {
            second();
        }
        assertThat(all(listener)).contains("event: stalled\n");
        source.throwsAtSnapshots = false;
        second();
        assertThat(all(listener)).contains("event: state\n");
    }

    @Test
    void anotherRequestOnTheSameConnectionEndsIt() {
        EmbeddedChannel listener = listener();

        listener.writeInbound(request());

        assertThat(listener.isOpen()).isFalse();
        assertThat(feed.listeners()).isZero();
    }

    private void second() {
        clock.advanceTimeBy(1, TimeUnit.SECONDS);
        clock.runScheduledPendingTasks();
        clock.runPendingTasks();
    }

    private EmbeddedChannel listener() {
        EmbeddedChannel channel = new EmbeddedChannel(new AdminHandler(
                new AdminPages(source, telemetry),
                new AdminChanges(source, new AdminToken(""), telemetry),
                feed,
                new HostCheck(InetAddress.getLoopbackAddress())));
        channels.add(channel);
        channel.writeInbound(request());
        return channel;
    }

    private static DefaultFullHttpRequest request() {
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/events");
        request.headers().set("host", "localhost");
        return request;
    }

    private static String all(EmbeddedChannel channel) {
        StringBuilder text = new StringBuilder();
        while (channel.outboundMessages().peek() != null) {
            if (channel.outboundMessages().peek() instanceof HttpContent) {
                text.append(text(channel));
            } else {
                channel.readOutbound();
            }
        }
        return text.toString();
    }

    private static String text(EmbeddedChannel channel) {
        HttpContent content = channel.readOutbound();
        ByteBuf bytes = content.content();
        String text = bytes.toString(UTF_8);
        content.release();
        return text;
    }
}
