package dev.sluice.proxy;

import dev.sluice.config.LimitsConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
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

/**
 * One request from bytes to messages: {@link RequestDecoder} beside Netty's own, over the same channel and buffers. Samples
 * instead of a mean: a host that stops the machine now and then moves the mean, not the median.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
@Fork(2)
public class DecoderBenchmark {

    private static final int READ_BYTES = 16 << 10;

    /** Bytes of the body. */
    @Param({"200", "100000"})
    public int body;

    @Param({"length", "chunked"})
    public String framing;

    private ByteBuf bytes;
    private EmbeddedChannel ours;
    private EmbeddedChannel nettys;

    @Setup
    public void open() {
        String content = "x".repeat(body);
        boolean isChunked = framing.equals("chunked");
        String request = "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: application/json\r\n"
                + "Content-Type: application/json\r\nAccept-Encoding: gzip, deflate\r\nAuthorization: Bearer sk-none\r\n"
                + "User-Agent: OpenAI/Python 2.54.0\r\nX-Stainless-Lang: python\r\nX-Stainless-Package-Version: 2.54.0\r\n"
                + "X-Stainless-OS: Linux\r\nX-Stainless-Arch: x64\r\nX-Stainless-Runtime: CPython\r\n"
                + "X-Stainless-Runtime-Version: 3.12.4\r\nX-Stainless-Async: false\r\nx-stainless-retry-count: 0\r\n"
                + "x-stainless-read-timeout: 600\r\nX-Session-Id: 0190c7a2-7d1f-7a55-8f2e-1b2c3d4e5f60\r\n"
                + (isChunked
                        ? "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body) + "\r\n" + content
                                + "\r\n0\r\n\r\n"
                        : "Content-Length: " + body + "\r\n\r\n" + content);
        byte[] encoded = request.getBytes(StandardCharsets.ISO_8859_1);
        bytes = PooledByteBufAllocator.DEFAULT.directBuffer(encoded.length).writeBytes(encoded);
        ours = channel(new RequestDecoder(LimitsConfig.DEFAULT));
        nettys = channel(new HttpRequestDecoder());
    }

    @Benchmark
    public int sluice() {
        return decode(ours);
    }

    @Benchmark
    public int netty() {
        return decode(nettys);
    }

    private static EmbeddedChannel channel(ChannelHandler decoder) {
        return new EmbeddedChannel(decoder);
    }

    /** In reads of the size that an event loop makes. */
    private int decode(EmbeddedChannel channel) {
        for (int from = 0; from < bytes.writerIndex(); from += READ_BYTES) {
            channel.writeInbound(bytes.retainedSlice(from, Math.min(READ_BYTES, bytes.writerIndex() - from)));
        }
        int messages = 0;
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            ReferenceCountUtil.release(message);
            messages++;
        }
        return messages;
    }
}
