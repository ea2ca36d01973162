package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The edit that makes an engine report usage in a stream. */
final class UsageEditTest {

    private static final RequestReader READER = new RequestReader(Set.of());

    /** More than the buffers of the parser hold, in characters of two, three and four bytes. */
    private static final String LONG = "é€😀".repeat(3_000);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
                    {"stream":true} | {"stream_options":{"include_usage":true},"stream":true}
                    ' { "stream" : true }' | ' {"stream_options":{"include_usage":true}, "stream" : true }'
                    {"stream_options":null,"stream":true} | {"stream_options":{"include_usage":true},"stream":true}
                    {"stream_options":{"include_usage":false},"stream":true} | {"stream_options":{"include_usage":true},"stream":true}
                    {"stream":true,"stream_options":{ "x":[1], "include_usage" : null }} | {"stream":true,"stream_options":{ "x":[1], "include_usage" : true }}
                    {"stream_options":{"include_usage":true},"stream":true,"stream_options":null} | {"stream_options":{"include_usage":true},"stream":true,"stream_options":{"include_usage":true}}
                    {"stream_options":{"include_usage":true,"include_usage":false},"stream":true} | {"stream_options":{"include_usage":true,"include_usage":true},"stream":true}
                    {"stream":false,"stream":true} | {"stream_options":{"include_usage":true},"stream":false,"stream":true}
                    """)
    void changesNothingElse(String body, String edited) throws BadRequestException {
        assertThat(edited(Route.CHAT_COMPLETIONS, body)).isEqualTo(edited);
        assertThat(edited(Route.COMPLETIONS, body)).isEqualTo(edited);
        String text = "\"ключ\":\"" + LONG + "\"";
        String front = body.contains("stream_options") ? "{" : "true},";
        assertThat(edited(Route.CHAT_COMPLETIONS, surrounded(body, "{", text)))
                .isEqualTo(surrounded(edited, front, text));
    }

    /** The object with one field more behind {@code front} and one more at its end. */
    private static String surrounded(String object, String front, String field) {
        int start = object.indexOf(front) + front.length();
        int end = object.lastIndexOf('}');
        return object.substring(0, start)
                + field
                + ','
                + object.substring(start, end)
                + ','
                + field
                + object.substring(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
                "{\"stream\":true,\"stream_options\":{\"include_usage\":false,\"include_usage\":true}}",
                "{\"stream\":true,\"stream_options\":{}}",
                "{\"stream\":true,\"stream_options\":{\"x\":1}}",
                "{\"stream\":true,\"stream_options\":{\"include_usage\":false,\"continuous_usage_stats\":true}}",
                "{\"stream\":true,\"stream_options\":{\"include_usage\":1}}",
                "{\"stream\":true,\"stream_options\":7}",
                "{\"stream\":false}",
                "{\"stream\":true,\"stream\":false}",
                "{}"
            })
    void noneWhereTheClientSeesToUsageItselfOrTheEngineDecides(String body) throws BadRequestException {
        RequestFacts facts = facts(Route.CHAT_COMPLETIONS, body);
        assertThat(facts.usageEdit()).isNull();
        assertThat(facts.asksUsage()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"RESPONSES", "MESSAGES"})
    void noneWhereStreamsAlwaysCarryUsage(Route route) throws BadRequestException {
        RequestFacts facts = facts(route, "{\"stream\":true,\"stream_options\":null}");
        assertThat(facts.usageEdit()).isNull();
        assertThat(facts.asksUsage()).isTrue();
    }

    @Test
    void standsBehindAByteOrderMark() throws BadRequestException {
        assertThat(edited(Route.CHAT_COMPLETIONS, "\uFEFF{\"stream\":true}"))
                .isEqualTo("\uFEFF{\"stream_options\":{\"include_usage\":true},\"stream\":true}");
    }

    private static RequestFacts facts(Route route, String body) throws BadRequestException {
        return READER.read(route, Unpooled.wrappedBuffer(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String edited(Route route, String text) throws BadRequestException {
        ByteBuf body =
                Unpooled.copiedBuffer("xxx" + text, StandardCharsets.UTF_8).skipBytes(3);
        RequestFacts facts = READER.read(route, body);
        assertThat(facts.asksUsage()).isFalse();
        BodyEdit edit = facts.usageEdit();
        assertThat(edit).isNotNull();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, edit.offset());
        out.writeBytes(edit.inserted().getBytes(StandardCharsets.US_ASCII));
        int resume = edit.offset() + edit.deleted();
        out.write(bytes, resume, bytes.length - resume);
        return out.toString(StandardCharsets.UTF_8);
    }
}
