package dev.sluice.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What is read in passing: a request with its fingerprint, and one event amid a stream. Samples, as hosts stop now and then. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
@Fork(1)
public class ReadingBenchmark {

    private static final String EVENT = "data: {\"id\":\"chatcmpl-8f1c2d3e4a5b6c7d8f1c2d3e4a5b6c7d\","
            + "\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"m\",\"choices\":[{\"index\":0,"
            + "\"delta\":{\"content\":\" a token or two of it\"},\"logprobs\":null,\"finish_reason\":null,"
            + "\"token_ids\":null}]}\n\n";

    /** Of the body, about. */
    @Param({"512", "100000", "1000000"})
    public int bytes;

    private final RequestReader requests = new RequestReader(Set.of("user", "metadata.user_id"));
    private final AnswerReader looking = AnswerReader.of(Route.CHAT_COMPLETIONS, "text/event-stream", false);
    private final AnswerReader filtering = AnswerReader.of(Route.CHAT_COMPLETIONS, "text/event-stream", true);
    private ByteBuf body;
    private int text;
    private long serial;
    private ByteBuf event;

    @Setup
    public void open() {
        String lines = "lorem ipsum dolor sit amet, consectetur adipiscing elit;\\n".repeat(1 + bytes / 58);
        String front = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"";
        body = encoded(front + lines + "\"}],\"stream\":true}");
        text = front.length();
        event = encoded(EVENT);
    }

    /** With a message that nobody has seen before. */
    @Benchmark
    public RequestFacts request() throws BadRequestException {
        long number = serial++;
        for (int i = 0; i < 13; i++, number /= 26) {
            body.setByte(text + i, (byte) ('a' + number % 26));
        }
        return requests.read(Route.CHAT_COMPLETIONS, body);
    }

    /** With a message that was said before, as most are. */
    @Benchmark
    public RequestFacts requestAgain() throws BadRequestException {
        return requests.read(Route.CHAT_COMPLETIONS, body);
    }

    @Benchmark
    public void event() {
        looking.read(event, 0, event.writerIndex());
    }

    @Benchmark
    public void filteredEvent() {
        filtering.onBytes(event.retainedDuplicate()).release();
    }

    private static ByteBuf encoded(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return PooledByteBufAllocator.DEFAULT.directBuffer(encoded.length).writeBytes(encoded);
    }
}
